"""What pages say that are no articles: not found, blocked, consent first, subscribers only, log in.

One pattern a line, with where it comes from. "Django", "Drupal" and "WordPress" stand for the wording that their
own translations give every site that runs them; "TCF" for the texts of the IAB's consent framework, which all consent
managers show; a vendor's name for the page that vendor puts before a site; "press" for the common wording of the
newspapers of the language.

Nothing here is searched for in running text: an article about a wall says the same words. A title must be the phrase
and nothing else, a block of text must begin with it.
"""

import re
from typing import Final

from pipelines.phrases import pattern

_ORIGIN: Final = re.compile(r"\s{2,}#.*$", re.MULTILINE)
_SORRY: Final = (
    r"^\W*(?:(?:4\d\d|entschuldigung|error|erreur|fehler|hiba|hoppla|http|lamentamos|leider|lo sentimos|oops|ops|ojdå"
    r"|pardon|przepraszamy|sorry|spiacenti|spijtig|upps|vabandame|whoops|désolé|извините|ошибка|упс)[\W\d]*){0,3}"
)
_END: Final = r"[\W\d]*(?:(?:error|erreur|fehler)\W*)?$"
_NOT_FOUND_PHRASES: Final = r"""
    404(?: error| not found| fehler| erreur)?  # HTTP
    can['’]t find (?:that|the|this) page  # WordPress
    cette page n['’](?:existe pas|est plus disponible|existe plus)  # press, fr
    content (?:not found|is no longer available|unavailable)  # press, en
    den(?:ne|) side(?:n)? (?:findes ikke|kan ikke findes|eksisterer ikke)  # press, da
    denne siden finnes ikke  # press, no
    der (?:artikel|beitrag|inhalt) ist (?:leider )?nicht (?:mehr )?verfügbar  # press, de
    der (?:artikel|beitrag|inhalt) wurde (?:leider )?(?:nicht gefunden|gelöscht)  # press, de
    die (?:angeforderte |gesuchte |gewünschte )?seite (?:existiert|konnte|wurde|ist) (?:leider )?nicht  # TYPO3, press
    die(?:se)? seite (?:gibt es|existiert) (?:leider )?nicht  # press, de
    esta página (?:no existe|ya no existe|no está disponible|não existe)  # press, es, pt
    fant ikke siden  # Django, nb
    file not found  # HTTP servers
    halaman tidak ditemukan  # WordPress, id
    hindi (?:natagpuan|mahanap) ang pahina  # press, tl
    hittar inte sidan  # press, sv
    httpstatus 404  # HTTP servers
    không tìm thấy trang  # Django, vi
    laman tidak ditemukan  # Django, id
    la page (?:demandée|que vous (?:recherchez|cherchez)) .{0,20}(?:n['’]existe|est introuvable)  # Drupal, fr
    la pagina (?:richiesta |che (?:cerchi|stai cercando) )?non (?:è stata trovata|esiste|è disponibile)  # Drupal, it
    lapa nav atrasta  # Django, lv
    la página (?:solicitada |que buscas? )?no (?:existe|se encuentra|ha sido encontrada)  # Drupal, es
    lehte ei leitud  # Django, et
    nessun risultato  # WordPress, it
    nie znaleziono (?:strony|artykułu)  # press, pl
    nincs ilyen oldal  # Django, hu
    no s['’]ha (?:pogut trobar|trobat) la pàgina  # Django, ca
    not found  # HTTP
    nothing (?:was )?found  # WordPress
    ode? stranica nije pronađena  # press, hr
    oldal nem található  # WordPress, hu
    page (?:cannot be|could not be|not) found  # WordPress, Drupal
    page (?:does not|doesn['’]t|no longer) exists?  # press, en
    page (?:introuvable|non trouvée|inexistante)  # WordPress, Django, fr
    page unavailable  # press, en
    pagina (?:niet gevonden|bestaat niet)  # Django, nl
    pagina non (?:trovata|disponibile)  # Django, it
    pagina nu (?:a fost găsită|există)  # WordPress, ro
    pagină inexistentă  # Django, ro
    puslapis nerastas  # Django, lt
    página (?:no|não) (?:encontrada|existe)  # Django, es, pt
    sayfa bulunamadı  # Django, tr
    seite (?:wurde )?nicht gefunden  # Django, WordPress, de
    sidan (?:hittades inte|kunde inte hittas|finns inte)  # Django, WordPress, sv
    siden (?:blev ikke fundet|ble ikke funnet|finnes ikke|findes ikke)  # Django, WordPress, da, nb
    sivua ei (?:löydy|löytynyt)  # Django, fi
    stranica nije pronađena  # Django, hr
    strani ni mogoče najti  # Django, sl
    strona nie (?:została znaleziona|istnieje)  # Django, pl
    stránka (?:nebyla nalezena|nenalezena|neexistuje|nenájdená|sa nenašla)  # Django, cs, sk
    s['’]u gjet faqe  # Django, sq
    síðan fannst ekki  # WordPress, is
    that page (?:can['’]t|cannot|could not) be found  # WordPress
    the (?:article|page|story)[^.]{0,40} (?:does not|doesn['’]t|no longer) exists?  # press, en
    the (?:article|page|story)[^.]{0,40} (?:has been (?:re)?moved|is no longer available)  # press, en
    the (?:requested )?(?:article|page|story|url)[^.]{0,40} (?:can ?not|can['’]t|could not) be found  # Drupal
    the (?:requested )?(?:article|page|story|url)[^.]{0,40} (?:was not|wasn['’]t) found  # Apache
    this (?:article|content|page|story) (?:does not|doesn['’]t|no longer) exists?  # press, en
    this (?:article|content|page|story) (?:is (?:no longer|not)|isn['’]t) available  # press, en
    trang (?:không tồn tại|không tìm thấy)  # WordPress, vi
    ukurasa haujapatikana  # Django, sw
    we (?:can['’]t|cannot|could ?n['’]?o?t) (?:seem to )?find (?:that|the|this|what)  # press, en
    we (?:zijn|hebben)[^.]{0,30} niet (?:gevonden|vinden)  # press, nl
    wir (?:konnten|können) (?:die|diese) (?:gewünschte |angeforderte )?seite (?:leider )?nicht finden  # press, de
    η σελίδα δεν βρέθηκε  # Django, el
    запитувану сторінку не знайдено  # Django, uk
    материал (?:не найден|удал[её]н)  # press, ru
    сторінка не знайдена  # Django, uk
    сторінку не знайдено  # WordPress, uk
    страница није пронађена  # Django, sr
    страница(?:та)? не (?:е намерена|е пронајдена|найдена|существует)  # Django, bg, ru
    страницата не е (?:намерена|најдена)  # WordPress, bg; Django, mk
    такой страницы (?:нет|не существует)  # press, ru
    דף לא קיים  # Django, he
    הדף (?:המבוקש )?לא נמצא  # WordPress, he
    الصفحة (?:غير موجودة|المطلوبة غير موجودة)  # WordPress, ar
    العثور على الصفحة  # Django, ar
    تعذر العثور على الصفحة  # Django, ar
    صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد  # Django, fa
    صفحہ نھیں ملا  # Django, ur
    पेज नहीं मिला  # press, hi
    पृष्ठ (?:लापता|नहीं मिला)  # Django, hi
    পৃষ্ঠা পাওয়া যায়নি  # Django, bn
    பக்கத்தைக் காணவில்லை  # Django, ta
    ไม่พบหน้า(?:นี้|ที่)?  # Django, th
    お探しのページ(?:は|が)  # press, ja
    ページが(?:見つかりません|存在しません)  # Django, ja
    (?:您(?:要)?访问的)?(?:页面|网页|頁面)(?:不存在|没有找到|未找到)  # Django, zh
    找不到(?:该|此|這個)?(?:页面|頁面|网页)  # Django, zh
    (?:요청하신|존재하지 않는) 페이지  # press, ko
    페이지를 찾을 수 없습니다  # Django, ko
"""
_DENIED_PHRASES: Final = r"""
    acceso (?:denegado|prohibido)  # Drupal, es
    accesso negato  # Drupal, it
    access (?:to this (?:page|site|website) has been )?(?:denied|forbidden|restricted)  # Akamai, PerimeterX
    accès (?:refusé|interdit|bloqué)  # Drupal, fr
    acesso negado  # Drupal, pt
    adgang nægtet  # Drupal, da
    brak dostępu  # Drupal, pl
    dostęp zabroniony  # Drupal, pl
    erişim (?:engellendi|reddedildi)  # Drupal, tr
    error 10(?:05|06|07|08|09|10|12|15|20)\b  # Cloudflare
    forbidden  # HTTP
    request (?:blocked|rejected|unsuccessful)  # F5, Imperva
    service (?:temporarily )?unavailable  # HTTP
    sorry, you have been blocked  # Cloudflare
    the (?:owner of this website|request could not be satisfied)  # Cloudflare, CloudFront
    toegang geweigerd  # Drupal, nl
    too many requests  # HTTP
    you (?:don['’]t|do not) have (?:permission|authorization) to (?:access|view)  # Akamai
    you have been blocked  # Cloudflare
    your (?:access|request) (?:to this (?:service|site) )?has been (?:blocked|limited)  # Wordfence
    zugriff (?:verweigert|nicht gestattet)  # Drupal, de
    åtkomst nekad  # Drupal, sv
    доступ (?:запрещ[её]н|заборонено|ограничен)  # Drupal, ru, uk
    アクセスが拒否されました  # Drupal, ja
    访问(?:被拒绝|受限)  # Drupal, zh
"""
_CHALLENGE_PHRASES: Final = r"""
    are you a (?:human|robot)  # Bloomberg, PerimeterX
    attention required  # Cloudflare
    bir dakika lütfen  # Cloudflare, tr
    bot (?:detection|verification)  # press, en
    checking (?:if the site connection is secure|your browser)  # Cloudflare
    cierpliwości  # Cloudflare, pl
    complete the security check  # Cloudflare
    ddos[- ]guard  # DDoS-Guard
    ddos protection by  # Cloudflare
    een ogenblik geduld  # Cloudflare, nl
    enable (?:javascript|cookies)(?: and (?:javascript|cookies))? to continue  # Cloudflare
    human verification  # AWS WAF
    just a moment  # Cloudflare
    nur einen moment  # Cloudflare, de
    one more step  # Cloudflare
    pardon our interruption  # Imperva
    please (?:complete the )?(?:captcha|verify (?:that )?you are (?:a )?human)  # DataDome
    please (?:enable|turn on) (?:javascript|js)(?: and disable any ad ?blocker)?  # DataDome, Imperva
    press (?:&|and) hold  # PerimeterX
    robot check  # Amazon
    security (?:check|checkpoint|verification)  # Vercel, press
    um momento  # Cloudflare, pt
    un instant  # Cloudflare, fr
    un momento  # Cloudflare, es, it
    verify(?:ing)? (?:that )?you(?: are|['’]re) (?:a )?(?:human|not a (?:bot|robot))  # Cloudflare
    we(?: have|['’]ve) detected unusual (?:activity|traffic)  # Bloomberg
    один момент  # Cloudflare, ru
    проверка браузера  # DDoS-Guard, ru
    لحظة  # Cloudflare, ar
    しばらくお待ちください  # Cloudflare, ja
    請稍候  # Cloudflare, zh
    请稍候  # Cloudflare, zh
    잠시만 기다리십시오  # Cloudflare, ko
"""
_BLOCKED_PHRASES: Final = _DENIED_PHRASES + _CHALLENGE_PHRASES
# What the page of a guard has in its source, whatever language it speaks; used only where a page shows next to no text.
GUARDS: Final = (
    ("/_Incapsula_Resource", "Imperva"),
    ("_cf_chl_opt", "Cloudflare"),
    ("_kpsdk", "Kasada"),
    ("bm-verify", "Akamai"),
    ("captcha-delivery.com", "DataDome"),
    ("cf-browser-verification", "Cloudflare"),
    ("ddos-guard", "DDoS-Guard"),
    ("errors.edgesuite.net", "Akamai"),
    ("gokuProps", "AWS WAF"),
    ("px-captcha", "PerimeterX"),
    ("sec-if-cpt-container", "Akamai"),
    ("sucuri_cloudproxy_js", "Sucuri"),
)
_CONSENT_PHRASES: Final = r"""
    (?:accept|allow) (?:all )?cookies  # OneTrust
    accepter (?:et continuer|et fermer|les cookies|tous les cookies)  # Didomi, fr
    accetta(?:re)? (?:e continua|i cookie|tutti)  # Iubenda, it
    aceitar (?:e continuar|todos os cookies)  # Didomi, pt
    (?:aceptar|rechazar) (?:todas las )?cookies  # Didomi, es
    akceptuj(?:ę|) (?:i (?:zamknij|przechodzę)|wszystkie)  # press, pl
    alle (?:akzeptieren|cookies (?:akzeptieren|accepteren|toestaan))  # Usercentrics, DPG
    before you continue  # Google
    bevor sie fortfahren  # Google, de
    bienvenue sur .{2,40} avec votre consentement  # press, fr
    consent or pay  # press, en
    contentpass  # contentpass
    continuar (?:sin aceptar|con publicidad)  # press, es
    continuer (?:sans accepter|avec (?:la )?publicité)  # Didomi, fr
    continue (?:with|without) (?:accepting|ads|advertising)  # press, en
    cookie(?:s)? (?:consent|notice|preferences|settings|einstellungen|-hinweis)  # OneTrust
    datenschutz(?:-?einstellungen|hinweis)  # Usercentrics, de
    davanti a te  # press, it
    deine (?:privatsphäre|zustimmung|einwilligung)  # press, de
    diese (?:seite|website|webseite) (?:verwendet|nutzt|benutzt) cookies  # Cookiebot, de
    din(?:e)? (?:personvern|cookie|privatliv)  # press, da, no
    este (?:sitio|site)(?: web)? (?:utiliza|usa) cookies  # Cookiebot, es, pt
    ge ditt samtycke  # press, sv
    gizliliğiniz(?:e)?  # TCF, tr
    ihre (?:privatsphäre|zustimmung|einwilligung|privatsphäre-einstellungen)  # Sourcepoint, de
    je privacy  # DPG, nl
    la tua privacy  # Iubenda, it
    manage (?:your )?(?:consent|cookie|privacy)  # OneTrust
    mit (?:werbung|zustimmung) (?:weiterlesen|lesen|nutzen|weiterlesen|weiter)  # Pur-Abo, de
    noi e i nostri (?:\d+ )?partner  # TCF, it
    nosotros y nuestros (?:\d+ )?socios  # TCF, es
    nous et nos (?:\d+ )?partenaires  # TCF, fr
    nous (?:respectons|nous soucions de) (?:de )?votre vie privée  # Didomi, fr
    nós e os nossos (?:\d+ )?parceiros  # TCF, pt
    privacy(?:-| )?(?:gate|instellingen|settings|center|preferences)  # DPG, press
    respectăm confidențialitatea  # press, ro
    su privacidad  # press, es
    szanujemy (?:twoją|państwa) prywatność  # Didomi, pl
    this (?:site|website) uses cookies  # Cookiebot
    tu privacidad  # press, es
    valoramos (?:tu|su|a sua) privacidad[e]?  # Quantcast, es, pt
    vaše soukromí  # press, cs
    vi (?:och våra|og våre|og vores) (?:\d+ )?(?:partner|samarbejdspartner)  # TCF, sv, no, da
    votre (?:vie privée|consentement)  # Didomi, fr
    vážíme si (?:vašeho )?soukromí  # press, cs
    we (?:and|&) our (?:\d+ )?(?:\w+ )?partners  # TCF
    we (?:care about|value|respect) your privacy  # Quantcast
    weiter mit (?:werbung|abo)  # Pur-Abo, de
    werbefrei (?:lesen|im abo)  # Pur-Abo, de
    we use cookies  # OneTrust
    wij en onze (?:\d+ )?partners  # TCF, nl
    wir (?:respektieren|schätzen) ihre privatsphäre  # Usercentrics, de
    wir (?:und unsere (?:\d+ )?partner|verwenden cookies|benötigen ihre zustimmung|brauchen ihre zustimmung)  # TCF, de
    your privacy(?: choices| matters| is important)?  # OneTrust
    zustimmen (?:und|&) (?:weiter|schließen)  # Sourcepoint, de
    εμείς και οι (?:\d+ )?συνεργάτες μας  # TCF, el
    με σεβασμό στην ιδιωτικότητα  # press, el
    ваша (?:конфиденциальность|приватність)  # press, ru, uk
    мы используем (?:файлы )?cookie  # press, ru
    (?:мы|ми) (?:и|та) (?:наши|наші) партн[её]р[ыи]  # TCF, ru, uk
    当社とパートナー  # TCF, ja
"""
CONSENT_HOSTS: Final = re.compile(
    r"^(?:cmp|consent|cookies?|guce|myprivacy|privacy|privacygate)\."
    r"|/(?:consent|consentcheck|cookie-?(?:consent|wall)|privacy-?(?:gate|wall)|zustimmung)(?:[/?.]|$)",
    re.IGNORECASE,
)
# How much of the text is behind the wall: "Il vous reste 77.43% de cet article à lire", "残り1,234文字".
LEFT_SHARE: Final = re.compile(
    r"(?:have|jeszcze|nog|noch|quedan?|restam|restano|reste|still have|zbývá|осталось|剩余|残り)\D{0,20}"
    r"(?P<share>\d{1,2})(?:[.,]\d+)?\s?[%％]",
    re.IGNORECASE,
)
LEFT_LETTERS: Final = re.compile(r"残り[:：]?\s*(?P<letters>[\d,，]+)\s*文字")
_LOGIN_PHRASES: Final = r"""
    aanmelden  # Django, nl
    acceder  # WordPress, es
    accedi  # Django, it
    anmelden  # Django, de
    anmeldung  # press, de
    autentificare  # Django, ro
    bejelentkezés  # Django, hu
    connexion  # Django, fr
    einloggen  # press, de
    entrar  # Django, pt
    identification  # press, fr
    iniciar (?:sesión|sessió|sessão)  # Django, es, ca
    inloggen  # press, nl
    kirjaudu(?: sisään)?  # Django, fi
    logga in  # Django, sv
    logg inn  # Django, nb
    log ind  # Django, da
    log ?(?:in|on)(?: to .{2,40})?  # Django, en
    logowanie  # press, pl
    oturum aç  # Django, tr
    prihlásenie  # Django, sk
    prijav(?:a|i se|ite se)  # Django, hr, sl
    přihlášení  # Django, cs
    se connecter  # press, fr
    sign ?in(?: to .{2,40})?  # press, en
    zaloguj się  # Django, pl
    σύνδεση  # Django, el
    войти|вход|авторизация  # Django, ru, bg
    увійти|вхід  # Django, uk
    כניסה  # Django, he
    تسجيل الدخول  # WordPress, ar
    ورود  # Django, fa
    लॉगिन  # Django, hi
    ログイン  # Django, ja
    登录|登入  # Django, zh
    로그인  # Django, ko
"""


def _table(table: str, before: str = "", after: str = "") -> re.Pattern[str]:
    return pattern(_ORIGIN.sub("", table), before, after)


NOT_FOUND: Final = _table(_NOT_FOUND_PHRASES, before=_SORRY)
NOT_FOUND_TITLE: Final = _table(_NOT_FOUND_PHRASES, before=_SORRY, after=_END)

BLOCKED: Final = _table(_BLOCKED_PHRASES, before=_SORRY)
BLOCKED_TITLE: Final = _table(_BLOCKED_PHRASES, before=_SORRY, after=_END)
DENIED: Final = _table(_DENIED_PHRASES, before=_SORRY)  # only says no: it asks for nothing that a person could do

NEEDS_SCRIPT: Final = _table(r"""
    (?:activar|active|activer|activez|aktivieren|attivare|inschakelen|włącz|включите)[^<]{0,40}java ?script
    (?:activate|enable|requires?|turn on)[^<]{0,40}java ?script
    java ?script[^<]{0,60}(?:aktivier|deaktiviert|désactivé|inschakelen|włącz|включ|有効|启用|켜)
    java ?script[^<]{0,60}(?:disabled|enable|required)
""")

CONSENT: Final = _table(_CONSENT_PHRASES, before=r"^\W*(?:(?:welcome|willkommen|bienvenue|hinweis|info)\W*)?")
CONSENT_TITLE: Final = _table(
    _CONSENT_PHRASES, before=r"^\W*(?:(?:welcome|willkommen)\W*)?", after=r"\W*(?:[|–—-].{0,40})?$"
)
# Purposes and buttons that the consent framework words for everyone.
CONSENT_LINE: Final = _table(r"""
    accesso a informazioni su un dispositivo  # TCF, it
    consent management platform  # TCF
    cookies? and (?:similar|other) (?:technologies|tracking)  # press, en
    cookies? (?:oder|und) (?:ähnliche|vergleichbare|andere) (?:technologien|technologie)  # TCF, de
    cookies y (?:otras )?tecnologías similares  # press, es
    información (?:en|de) un dispositivo  # TCF, es
    informacji na urządzeniu  # TCF, pl
    informatie op een apparaat  # TCF, nl
    informationen auf einem (?:end)?gerät (?:zu )?speichern  # TCF, de
    informations? sur un (?:appareil|terminal)  # TCF, fr
    informações num dispositivo  # TCF, pt
    legitimate interests?  # TCF
    personalis(?:ed|ierte|ées?) (?:advertising|ads|anzeigen|werbung|publicités)  # TCF
    precise geolocation data  # TCF
    store and/?(?:or )?access information on a device  # TCF
    vendors? list  # TCF
    widerrufen|withdraw (?:your )?consent|retirer votre consentement  # TCF
""")

# A wall says that there is more, and what it takes to read it.
WALL: Final = _table(r"""
    abbonati per (?:continuare|leggere|proseguire)  # press, it
    (?:abonneer|abonnér|abonner|prenumerera) .{0,30}(?:verder (?:te )?lezen|læse|lese|läsa)  # press, nl, da, no, sv
    (?:abonnez|inscrivez|connectez|identifiez)-vous pour (?:lire|continuer|accéder|poursuivre)  # press, fr
    accedi per (?:continuare|leggere)  # press, it
    alleen (?:toegankelijk )?voor (?:abonnees|leden)  # press, nl
    (?:article|contenu|cet article est|la suite est) réservée? (?:à nos |aux |à )?abonnés  # Le Monde and others, fr
    artikel (?:ist|nur) .{0,30}(?:abonnenten|abonnement|mitglieder)  # press, de
    artiklen er (?:kun )?for abonnenter  # press, da
    assine (?:já )?para (?:ler|continuar|ter acesso)  # press, pt
    become a (?:member|subscriber) to (?:continue|keep|read|unlock)  # press, en
    cadastre-se para (?:ler|continuar)  # press, pt
    (?:contenido|artículo|noticia) (?:exclusivo|exclusiva|solo|sólo|reservado) para (?:suscriptores|socios)  # press, es
    contenuto riservato agli abbonati  # press, it
    conteúdo (?:exclusivo|restrito) (?:para|a) assinantes  # press, pt
    continue reading (?:for|this|with|your|by|the rest)  # press, en
    create (?:a|your) free account to (?:continue|keep|read|access)  # press, en
    (?:(?:den ganzen|diesen) artikel|jetzt) .{0,40}(?:mit|im) .{0,20}(?:abo\b|premium|\+)  # press, de
    der (?:ganze|vollständige) (?:artikel|text|beitrag) .{0,40}(?:abonnenten|abo\b|registrierung)  # press, de
    dieser (?:artikel|beitrag|inhalt) ist .{0,40}(?:abonnenten|kostenpflichtig|exklusiv)  # press, de
    dit artikel is (?:exclusief |alleen |enkel )?voor (?:abonnees|leden)  # press, nl
    exclusivo para (?:assinantes|socios|suscriptores)  # press, es, pt
    exklusiv für (?:abonnenten|mitglieder|plus)  # press, de
    for (?:at|å) læse (?:videre|hele|resten)|for å lese (?:videre|hele|resten)  # press, da, no
    för att (?:läsa|fortsätta läsa)  # press, sv
    för (?:dig som är|våra) prenumerant(?:er)?  # press, sv
    hai (?:raggiunto il limite|letto tutti)  # press, it
    has (?:alcanzado|superado) (?:el|tu|su) límite  # press, es
    il (?:vous )?reste [\d.,]+ ?%  # Le Monde, fr
    inicia sesión para (?:continuar|leer|seguir)  # press, es
    jetzt (?:weiterlesen|freischalten|kostenlos weiterlesen)  # press, de
    jo tilaaja\? kirjaudu  # press, fi
    (?:kirjaudu|tilaa) .{0,30}(?:lukeaksesi|lue lisää|jatka lukemista)  # press, fi
    kostenlos registrieren (?:und|um)  # press, de
    (?:lees|log in om) verder (?:te lezen )?(?:met|via|als abonnee)?  # press, nl
    lire la suite .{0,30}abonn  # press, fr
    (?:log|sign) ?in to (?:continue|finish|keep|read|view|access|unlock)  # press, en
    membership is required to (?:read|continue|access)  # press, en
    mit .{2,30} (?:plus|abo|\+|premium) weiterlesen  # press, de
    nur für (?:abonnenten|abonnentinnen|registrierte|mitglieder|premium)  # press, de
    (?:odblokuj|kup) (?:dostęp|ten artykuł)|aby (?:przeczytać|czytać) (?:cały|dalej)  # press, pl
    (?:pełna treść|dalsza część) .{0,40}(?:abonent|prenumerat|subskrybent)  # press, pl
    pokračování (?:článku )?(?:je )?(?:pouze |jen )?pro předplatitele  # press, cs
    pouze pro předplatitele|jen pro předplatitele|předplaťte si  # press, cs
    register .{0,20}to (?:access|continue|keep|read|view)  # press, en
    (?:registrate|registrati|regístrate) .{0,20}(?:para (?:continuar|leer)|per (?:continuare|leggere))  # press, es, it
    registr(?:er|era|ieren sie sich) .{0,20}(?:for at læse|för att läsa|um weiterzulesen)  # press, da, de, sv
    sadece aboneler|aboneler(?:e|imize) özel|devamını (?:okumak|oku).{0,30}abone  # press, tr
    samo za pretplatnike|pretplatite se  # press, hr, sr
    sisältö (?:on )?(?:vain )?tilaajille  # press, fi
    (?:solo|sólo) para (?:suscriptores|abonados|socios)  # press, es
    start your (?:free )?(?:subscription|trial) to  # press, en
    subscribe (?:now |today )?(?:to|for) (?:continue|finish|full|keep|read|unlimited|unlock)  # press, en
    (?:subscriber|member)s?[- ]only (?:article|content|story)  # press, en
    (?:suscríbete|suscríbase|suscribirte) para (?:seguir|leer|continuar|acceder)  # press, es
    the rest of this (?:article|post|story) is  # Substack, press
    this (?:article|content|post|story) is .{0,30}(?:for|to) .{0,20}(?:members|readers|subscribers)\b  # press, en
    this (?:article|content|post|story) is .{0,30}(?:for|to) (?:paying|registered)\b  # press, en
    this post is for (?:paid|paying|subscribers)  # Substack
    to (?:continue|finish|keep) reading  # press, en
    to read (?:the (?:full|rest)|this (?:article|story)|more,? (?:register|sign|subscribe))  # press, en
    tylko dla (?:prenumeratorów|subskrybentów|abonentów)  # press, pl
    unlock (?:this|the full|the rest) (?:article|story|post)?  # press, en
    vous (?:avez|n['’]avez) .{0,30}(?:lu|articles? gratuits?)  # press, fr
    want to read more\?|keep reading (?:for|with)  # press, en
    weiterlesen (?:mit|nach|als|für)  # press, de
    you(?:['’]ve| have) (?:reached|read|used) (?:all|your|\d)\b.{0,40}(?:limit|free|articles?)  # press, en
    zum weiterlesen  # press, de
    è riservato agli abbonati  # press, it
    καταχώρηση συνδρομητή|μόνο για συνδρομητές|αποκλειστικά για συνδρομητές  # press, el
    доступ(?:но|ен)? только (?:для |по )подпис  # press, ru
    оформите подписку|чтобы (?:дочитать|продолжить чтение|читать дальше)  # press, ru
    само за абонати|абонирайте се, за да  # press, bg
    тільки для передплатників|передплатіть  # press, uk
    למנויים בלבד|להמשך קריאה .{0,20}(?:מנוי|הירשמו)  # press, he
    (?:للمشتركين|للأعضاء) فقط|اشترك (?:الآن )?(?:لمواصلة|لمتابعة) القراءة  # press, ar
    付费阅读|订阅后|登录后(?:阅读|查看)|剩余\s*\d+%|成为会员|訂閱後|會員限定  # press, zh
    (?:有料|会員)(?:会員)?(?:限定|登録)|この記事は(?:有料|会員)|続きを読むには|続きは  # press, ja
    残り[:：]?\s*[\d,，]+\s*文字  # press, ja
    (?:유료|구독자) (?:전용|회원)|로그인 후 (?:이용|열람)  # press, ko
""")
# What stands beside walls, and beside whole articles too: counts only with other evidence.
WALL_NEARBY: Final = _table(r"""
    (?:already|not) a (?:member|subscriber)\?  # press, en
    bereits (?:abonnent|registriert|kunde)  # press, de
    continue reading$  # press, en
    deja abonat  # press, ro
    déjà abonné  # press, fr
    for subscribers$  # press, en
    già abbonat[oi]  # press, it
    jetzt (?:abonnieren|testen|bestellen)  # press, de
    já é assinante  # press, pt
    nu? abonnere$  # press, da
    subscribe$  # press, en
    subscribers? only$  # press, en
    unlimited (?:digital )?access  # press, en
    weiterlesen$  # press, de
    ya (?:soy|eres) suscriptor|¿ya eres suscriptor  # press, es
    zaten abone misiniz  # press, tr
""")
REGISTER: Final = _table(
    r"""
    accedi
    anmelden
    cadastre
    free account
    inicia sesión
    inscrivez-vous
    kirjaudu
    kostenlos registrieren
    log ?in
    register(?!ed)
    registr(?:ati|era|ez|ieren)
    regístrate
    sign ?in
    zaloguj
    войдите
    зарегистрируйтесь
    登录
    登録
    로그인
    """,
    before=r"\b",
)
# Names of the elements that walls are made of, whatever language they speak.
WALL_NAME: Final = _table(r"""
    (?:^|[-_])(?:barrier|paygate|regwall)
    article-?(?:barrier|gate|lock)
    content-?gate
    locked-?(?:article|content|message)
    (?:meter|pay|reg|subscribe|subscription)-?wall
    piano-(?:container|inline|offer)  # Piano
    poool  # Poool
    premium-?(?:barrier|box|overlay|wall)
    subscriber-?only-?(?:box|message|notice|wall)
    tp-container  # Piano
    wall-(?:message|offer)
    zephr  # Zephr
""")

LOGIN_TITLE: Final = _table(_LOGIN_PHRASES, before=r"^\W*", after=r"\W*$")
