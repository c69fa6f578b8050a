"""News agencies, and how a text shows that it is theirs: byline, dateline, last line, publisher. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from archive.text import fold

# Agency, the names it goes by (short ones in capitals count only as written), and its own hosts, where its reports are
# its own and no wire copy. Members of the European Alliance, OANA and FANA, and the agencies that newspapers subscribe
# to; the names as their customers print them.
AGENCIES: Final[tuple[tuple[str, str, str], ...]] = (
    ("AA", "AA|Anadolu|Anadolu Agency|Anadolu Ajansı", "aa.com.tr"),
    ("AAP", "AAP|Australian Associated Press", "aap.com.au"),
    ("Adnkronos", "Adnkronos", "adnkronos.com"),
    ("AFP", "AFP|Agence France-Presse|Agence France Presse|afp.com|AFPTV|France-Presse|أ ف ب|فرانس برس", "afp.com"),
    ("AGERPRES", "AGERPRES", "agerpres.ro"),
    ("Agência Brasil", "Agência Brasil", "agenciabrasil.ebc.com.br"),
    ("AGI", "AGI", "agi.it"),
    ("ANI", "ANI", "aninews.in"),
    ("ANP", "ANP", "anp.nl"),
    ("ANSA", "ANSA", "ansa.it"),
    ("Antara", "ANTARA|Antara", "antaranews.com"),
    ("AP", "AP|Associated Press|The Associated Press|apnews.com", "apnews.com|ap.org"),
    ("APA", "APA|Austria Presse Agentur", "apa.at"),
    ("APS", "APS", "aps.dz"),
    ("ATS", "ATS|Keystone-ATS", "keystone-sda.ch"),
    ("Belga", "Belga|BELGA", "belga.be|belganewsagency.eu"),
    ("Bernama", "Bernama|BERNAMA", "bernama.com"),
    ("BNS", "BNS", "bns.lt|bns.lv|bns.ee"),
    ("Bloomberg", "Bloomberg|Bloomberg News", "bloomberg.com"),
    ("BTA", "BTA|БТА", "bta.bg"),
    (
        "Canadian Press",
        "CP|Canadian Press|The Canadian Press|La Presse canadienne|La Presse Canadienne",
        "thecanadianpress.com",
    ),
    ("CNS", "CNS|China News Service|中新社|中新网", "chinanews.com|chinanews.com.cn"),
    ("ČTK", "ČTK|CTK", "ctk.cz|ceskenoviny.cz"),
    ("DHA", "DHA", "dha.com.tr"),
    ("dpa", "dpa|DPA|dpa-infocom|dpa-AFX|dpa-afx|Deutsche Presse-Agentur|dpa/tmn|tmn|د ب أ", "dpa.com"),
    ("EFE", "EFE|Agencia EFE|Efe", "efe.com"),
    ("epd", "epd", "epd.de"),
    ("Europa Press", "Europa Press|EUROPA PRESS", "europapress.es"),
    ("FENA", "FENA|Fena", "fena.ba"),
    ("Hina", "Hina|HINA", "hina.hr"),
    ("IANS", "IANS", "ians.in"),
    ("İHA", "İHA", "iha.com.tr"),
    ("Interfax", "Interfax|Интерфакс", "interfax.ru|interfax.com|interfax.com.ua"),
    ("IRNA", "IRNA", "irna.ir"),
    ("Jiji", "時事|時事通信|Jiji Press", "jiji.com"),
    ("KNA", "KNA", "kna.de"),
    ("KUNA", "KUNA", "kuna.net.kw"),
    ("Kyodo", "共同|共同通信|Kyodo|Kyodo News|KYODO", "kyodonews.net|kyodo.co.jp|nordot.app"),
    ("LETA", "LETA", "leta.lv"),
    ("Lusa", "Lusa|LUSA|Agência Lusa", "lusa.pt"),
    ("MAP", "MAP", "mapnews.ma"),
    ("MTI", "MTI", "mti.hu"),
    ("NAN", "NAN|News Agency of Nigeria", "nannews.ng"),
    ("NTB", "NTB", "ntb.no"),
    ("PA", "PA|PA Media|Press Association|The Press Association|PA News Agency", "pamediagroup.com"),
    ("PAP", "PAP", "pap.pl"),
    ("PTI", "PTI|Press Trust of India|पीटीआई", "ptinews.com"),
    ("Reuters", "Reuters|REUTERS|Thomson Reuters|Reuters News|رويترز|ロイター|路透社|로이터", "reuters.com"),
    ("RIA Novosti", "RIA Novosti|РИА Новости", "ria.ru"),
    ("Ritzau", "Ritzau|RITZAU|/ritzau/", "ritzau.dk"),
    ("SDA", "SDA|sda|Keystone-SDA|Schweizerische Depeschenagentur", "keystone-sda.ch"),
    ("SID", "SID|Sport-Informations-Dienst", "sid.de"),
    ("SPA", "SPA", "spa.gov.sa"),
    ("STT", "STT", "stt.fi"),
    ("TANJUG", "TANJUG|Tanjug|Танјуг", "tanjug.rs"),
    ("TASR", "TASR", "tasr.sk"),
    ("TASS", "TASS|ТАСС", "tass.com|tass.ru"),
    ("Tribune News Service", "TNS|Tribune News Service", "tribunenewsservice.com"),
    ("TT", "TT", "tt.se"),
    ("Ukrinform", "Ukrinform|Укрінформ|Укринформ", "ukrinform.net|ukrinform.ua|ukrinform.ru"),
    ("UNI", "UNI", "uniindia.com"),
    ("UPI", "UPI|United Press International", "upi.com"),
    ("VNA", "VNA|TTXVN|VietnamPlus", "vnanet.vn|vietnamplus.vn"),
    ("WAM", "WAM|وام", "wam.ae"),
    ("Xinhua", "Xinhua|XINHUA|新华社|新华网|新華社|Agencia Xinhua", "xinhuanet.com|news.cn"),
    ("Yonhap", "Yonhap|연합뉴스|Yonhap News Agency", "yna.co.kr"),
)
_NAMES: Final = {name: agency for agency, names, _ in AGENCIES for name in names.split("|")}
_FOLDED: Final = {name.casefold(): agency for name, agency in _NAMES.items() if len(name) > 4}
_HOSTS: Final = {host: agency for agency, _, hosts in AGENCIES for host in hosts.split("|")}
_ANY: Final = "(?:" + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)) + ")"

# As in: LONDON, March 3 (Reuters) - ...; (ANSA) - ROMA, ...; ST. JOSEPH, Mich. (AP) — ...; Berlin (dpa/tmn) - ...;
# dpa - ...; 新华社北京1月1日电; 【ロンドン共同】; (서울=연합뉴스).
_DATELINE: Final = re.compile(
    rf"^.{{0,60}}?[(\[（](?P<dashed>{_ANY})(?:\s*[/,+-]\s*[\w -]{{2,30}})?\s*[)\]）]\s*[.]?[-–—:]"
    rf"|^(?P<first>{_ANY})\s*[-–—:]\s"
    rf"|^[(（【][^()（）【】]{{0,12}}?=?(?P<bracketed>{_ANY})[)）】]"
    rf"|^(?P<chinese>新华社|中新社|中新网)[^，。]{{0,20}}[电電]"
)
_LAST: Final = re.compile(
    rf"^\W*(?:©|\(c\)|source|quelle|fuente|fonte|bron|kilde|källa|źródło|zdroj|kaynak|источник|джерело|出典|来源|来源：)?"
    rf"\s*[:：]?\s*(?P<agency>{_ANY})(?:\s*[/,-]\s*[\w.-]{{1,30}}){{0,3}}(?:,? dpa:[\w:/-]+)?\W*$",
)
_PARTS: Final = re.compile(r"\s*[/|;·•,+()\[\]]\s*|\s+[–—-]\s+")
_AND: Final = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|i|ja|&|и|та)\s+", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|od|by:|from|text|agency|agencia|agence|agenzia|agentur)\s+", re.IGNORECASE
)
_MOST: Final = 120  # characters of a byline


_REFERENCE: Final = re.compile(r"\bdpa:\d{6}-\d+")  # the number that dpa gives a report, printed below it


def is_referred_to(text: str) -> bool:
    """Tell whether a line gives the number that an agency filed its report under."""
    return "dpa:" in text and len(text) <= _MOST and _REFERENCE.search(text) is not None


def agency_of(name: str) -> str | None:
    """The agency that goes by a name."""
    bare = _LABEL.sub("", name.strip(" .:,–—-"))
    return _NAMES.get(bare) or _FOLDED.get(bare.casefold())


def is_own_host(host: str, agency: str) -> bool:
    """Tell whether a page stands on the agency's own site."""
    labels = host.split(".")
    return any(_HOSTS.get(".".join(labels[at:])) == agency for at in range(len(labels)))


def in_bylines(bylines: Iterable[str]) -> str | None:
    """The agency in bylines that name no one else but, at most, its own reporter: "Reuters", "Jane Doe, AP"."""
    found: str | None = None
    for byline in (fold(byline) for byline in bylines):
        named = next(filter(None, map(_agencies_alone, _PARTS.split(byline[:_MOST]))), None)
        if named is None:
            return None
        found = found or named
    return found


def _agencies_alone(part: str) -> str | None:
    """The first of one or several agencies; None where somebody else is named with them."""
    named = [agency_of(name) for name in _AND.split(part)]
    return named[0] if all(named) else None


def in_text(first: str, last: str) -> str | None:
    """The agency that the first or the last line of a text names."""
    opening = _DATELINE.match(first)
    if opening:
        return _NAMES.get(next(filter(None, opening.groups())))
    closing = _LAST.match(last) if len(last) <= _MOST else None
    return _NAMES.get(closing["agency"]) if closing else None
