"""Author names as pages write them -> people, agencies, desks and publishers. Better fewer authors than wrong ones.

A text is taken apart at its separators. What follows a full name behind a comma or a dash is mostly where somebody
works or what as ("Jane Doe, Futurism", "Jane Doe - Staff Writer"): there only another full name or an agency counts.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Final

from archive.text import fold
from pipelines.compare import key
from pipelines.phrases import alternatives, pattern, phrase_set

_BYLINE: Final = 1_000  # characters; what is longer is a text
_JUNK: Final = pattern(r"""
    [<>{}\[\]=]
    ^@
    \d{3,}
    https?:
    ^\s*(?:facebook|twitter|x|instagram|email|e-mail|linkedin|whatsapp|youtube|follow|share)\b
    \S+@\S+\.\w
    ^\W*$
    ^google\b
    ^(?:published|updated|posted|read|view|see|contact)\b
    www\.
    ^(?:foto|photo|image|bild|picture|getty|imago|©)\b
    (?:getty images|shutterstock|istock|ritzau scanpix|picture alliance)
    \.(?:com|net|org)\b
""")
_HANDLE: Final = re.compile(
    r"[a-z][a-z0-9_-]*|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}"
)  # a log-in ("jdoe") or a host ("gazette.net")
_NOBODY: Final = phrase_set("""
    admin | administrator | aktuelles | anonym | anonyme | anonymous | author | autor | autore | contributor
    contributors | desk | editor | editorial | editorialteam | editors | gast | gastautor | guest | guestauthor
    guestcontributor | invitado | invité | laredacción | laredazione | larédaction | nachrichten | news | newsdesk
    newsroom | none | notfound | noticias | notizie | null | online | onlineredaktion | redaccion | redacción | redactie
    redakce | redakcia | redakcija | redakcja | redaksi | redaksjonen | redaktion | redaktionen | redaktionsteam
    redazione | redação | root | rédaction | staff | staffreporter | staffwriter | szerkesztőség | team | toimitus
    undefined | unknown | user | uredništvo | webdesk | webmaster | webredaktion | wpadmin | σύνταξη | админ
    администратор | гость | редакция | редакція | אורח | מערכת | تحرير | مدير | 編集部 | 编辑部 | 관리자 | 편집부
""")  # fmt: skip
# Wire services by the names and abbreviations in bylines. First names ("Petra", "Sid") are left out.
AGENCIES: Final = phrase_set("""
    aap | adnkronos | afp | africannewsagency | agencebelga | agencefrancepresse | agenciabrasil | agenciaefe
    agencialusa | agerpres | agi | agênciabrasil | agêncialusa | amna | anadoluagency | anadoluajansi
    anadoluajansı | anp | ansa | antaranews | ap | apa | armenpress | askanews | associatedpress | ats | atskeystone
    australianassociatedpress | austriapresseagentur | belga | belganews | bernama | bloomberg | bloombergnews
    bns | canadianpress | chinanewsservice | cp | ctk | deutschepresseagentur | dpa | dpaafx | dpainfocom | dts
    dtsnachrichtenagentur | efe | elta | epd | estadãoconteúdo | europapress | evangelischerpressedienst | fena
    folhapress | ghananewsagency | hina | ians | interfax | jiji | jijipress | katholischenachrichtenagentur
    keystoneats | keystonesda | kna | kyodo | kyodonews | lapresse | leta | lusa | mediafax | mti
    newsagencyofnigeria | ntb | pa | pamedia | panewsagency | pap | prensalatina | pressassociation
    presstrustofindia | pti | reuters | rianovosti | ritzau | sana | sanews | saudipressagency | sda | sdaats
    sportinformationsdienst | stt | tanjug | tasr | tass | theassociatedpress | thecanadianpress
    thepressassociation | thomsonreuters | tt | télam | ukrinform | unian | unitedpressinternational | upi | vna
    wafa | xinhua | yonhap | yonhapnewsagency | čtk | απεμπε | интерфакс | риановости | тасс | укрінформ | أفب
    رويترز | 中国新闻网 | 中央社 | 中新社 | 共同通信 | 共同通信社 | 新华社 | 新華社 | 時事通信 | 時事通信社
    뉴시스 | 연합뉴스
""")  # fmt: skip
# Somebody of the publisher's, without a name.
_DESK: Final = pattern(
    r"""
    (?:business|city|foreign|national|news|our|own|special|sports|staff|web) (?:correspondent|reporter|writer)s?
    agenc(?:ies|y)
    bureau
    corresponsal(?:es)?
    desk
    editorial (?:board|team)
    mwandishi wetu
    news ?(?:desk|room|team)
    newswire
    nyhetsbyrån
    onlineredaktion
    press release
    redac(?:ción|tie)
    redak(?:ce|cja|sjon|sjonen|tion|tionen|tionsteam)
    redazione
    redação
    rédaction
    staff(?: reports?| reporters?| writers?)?
    toimitus
    wire (?:reports?|services?)
    редакци[яи]
    """,
    before=r"(?<!\w)",
    after=r"(?!\w)",
)
# How the names of newspapers and institutions end.
_HOUSE: Final = pattern(
    r"""
    agency
    leader
    business
    college
    courier
    daily
    foundation
    gazette
    herald
    institute?
    magazine
    media
    nachrichten
    network
    news
    newspapers?
    observer
    online
    press
    review
    school
    sentinel
    sport
    times
    today
    tribune
    zeitung
    """,
    before=r"(?<!\w)",
    after=r"$",
)
# What somebody is: no part of a name.
_TITLE: Final = pattern(
    r"""
    (?:co-?)?(?:found|edit)(?:er|or)(?:-at-large|-in-chief)?
    (?:chef|senior|junior)?-?redakteur(?:e|in)?
    (?:chief|deputy|senior|assistant|associate|managing|executive) \w+
    analyst
    blogger
    c[ef]o
    chefredakteur(?:in)?
    columnist
    columnista
    contributing writer
    correspondent(?:e|s)?
    corrispondente
    dziennikar(?:ka|z)
    giornalista
    grand reporter
    instructor
    journalist(?:e|in|en)?
    korrespondent(?:in)?
    lecturer
    mba
    ph\.?d
    periodista
    photographer
    president
    prof(?:esor|essor|esorius|essorin)
    profesora
    redactrice?
    redaktor(?:in|ka)?
    reporter(?:in|s)?
    researcher
    special to .*
    university
    universit(?:y|ät|é|à|eit|etas?)
    volontär(?:in)?
    writer
    корреспондент
    журналист
    """,
    before=r"(?<!\w)",
    after=r"(?!\w)",
)
_JOINTS: Final = re.compile(r"\s+[|–—·»•:-]\s+|\s*[|｜：]\s*")
_ARTICLE: Final = re.compile(
    r"^(?:the|der|die|das|le|la|les|el|il|de|het)\s+|\s+(?:online|digital|web)$", re.IGNORECASE
)
_WORD: Final = r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*|[a-z]?['’][^\W\d_a-zß-öø-ÿ][\w.-]*)"
_PARTICLE: Final = r"(?:al|bin|d[aeiou]|de[lnrs]|dos|el|e|i|la|le|ten|ter|v[ao]n|y|zu[mr]?)"
_PERSON: Final = re.compile(rf"(?:Dr\. |Prof\. )*{_WORD}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_WORD}){{1,3}}")
_SHORT: Final = 2
_LONG: Final = 5  # letters a short form has: "Beachbody" for beachbodyondemand.com


class Credited(IntEnum):
    """The kinds of a credited name, the most specific first."""

    PERSON = 0
    AGENCY = 1  # a wire service
    DESK = 2  # "Staff Reporter", "Newsroom": somebody of the publisher's
    PUBLISHER = 3


def clean_names(raw: Iterable[str], site_name: str | None = None) -> tuple[str, ...]:
    """Split, strip and check names; drop URLs, handles, placeholders and the site itself. Order is kept."""
    site = key(site_name or "")
    found: dict[str, str] = {}
    for text in raw:
        for name in _names(fold(text[:_BYLINE])):
            said = key(name)
            if said and said != site and said not in _NOBODY:
                found.setdefault(said, name)
    return tuple(found.values())


def credited(name: str, publisher: frozenset[str]) -> Credited:
    """Return the kind of a clean name; `publisher` are keys of the names the site goes by, see `publisher_keys`."""
    said = key(name)
    if said in AGENCIES:
        return Credited.AGENCY
    if said in publisher or _begins_with_publisher(name, publisher):
        return Credited.PUBLISHER
    return Credited.DESK if _DESK.search(name) else Credited.PERSON


@lru_cache(maxsize=256)  # pages come by the site
def publisher_keys(names: tuple[str, ...], host: str) -> frozenset[str]:
    """Keys of what a site is called: its names whole, in parts, without the article, by their initials; its host."""
    labels = host.lower().removeprefix("www.").split(".")
    found = {key(host), key(host.removeprefix("www.")), *(key(label) for label in labels[:-1] if len(label) > 2)}
    for name in names:
        for part in (name, *_JOINTS.split(name)):
            bare = _ARTICLE.sub("", part)
            found |= {key(part), key(bare), _initials(part), _initials(bare)}
    return frozenset(found - {""})


def looks_like_person(text: str) -> bool:
    """Tell whether a text has the form of a full name: two to five words, all capitalised but particles."""
    return bool(_PERSON.fullmatch(text)) and not any(table.search(text) for table in (_TITLE, _DESK, _HOUSE))


# ------------------------------------------------------------------------------------------------ taking apart
_SHORTEST: Final = 2
_LONGEST: Final = 60  # characters of a name
_ROLE: Final = alternatives(r"""
    (?:an? )?(?:exclusive )?(?:analysis|column|comment|commentary|essay|interview|opinion|review|video)
    (?:eine? )?(?:analyse|bericht|essay|gastbeitrag|interview|kolumne|kommentar|leitartikel|reportage|rezension|text)
    (?:een )?(?:analyse|column|commentaar|opinie|recensie)
    (?:una? )?(?:analisi|análisis|artículo|columna|commento|entrevista|intervista)
    (?:une? )?(?:analyse|chronique|entretien|tribune|texte)
    (?:en )?(?:analys|kommentar|krönika|ledare|kronik)
""")
_PREFIX: Final = re.compile(
    rf"^(?:{_ROLE}\s+)?(?:"
    + alternatives(r"""
    (?:(?:\w+ )?(?:and \w+ )?by|byline)
    af
    auteur(?:e|s)?
    authors?
    autor(?:e|a|es|as|in|innen|ka|ki|zy)?
    av
    bởi
    de la main de
    di
    door
    from
    kirjoittanut
    người đăng
    oleh
    par
    penulis
    por
    propos recueillis par
    przez
    reporter
    szerző
    tekst
    teksti
    text
    texto
    testo
    toimittaja
    tác giả
    von(?: unser(?:em|er) (?:korrespondent|redakteur|reporter)(?:en|in)?)?
    written by
    écrit par
    автор
    текст
    作者
    文
    記者
    记者
    撰文
    """)
    + r")(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
# Two words that would be joined by these are two names in any form ...
_STRONG: Final = re.compile(
    r"\s*(?:;|\||\s/\s|•|·|\n|、)\s*|\s+(?:and|und|et|&|и|та|oraz)\s+|(?<=[^\x00-\u2fff])[,，/・](?=[^\x00-\u2fff])",
    re.IGNORECASE,
)
# ... while these may also precede what somebody is, or within a name.
_WEAK: Final = re.compile(
    r"\s*[,，](?:\s+|(?=[A-ZÀ-Þ]))(?!(?:Jr|Sr|II|III)\b)|\s+[-–—]\s+|(?<=[^\W\d_]{2})/(?=[A-ZÀ-Þ])"
    r"|\s+(?:mit|with|avec|med|con|met|s)\s+(?=[A-Z]{2,4}$|dpa$|afp$)|\s+(?:y|e|i|og|och|ja|ve|en|dan|a|și|és|och)\s+(?=[A-ZÀ-ÞŠŽČ])"
)
_PLACE: Final = re.compile(
    r"(?<=\w)\s+(?:in|at|for|für|aus|from|à|près)\s+(?:[A-ZÀ-Þ]|the\b).*$"
)  # "Jane Doe in Kyiv", "Jane Doe for the Wire"
_INITIALS: Final = re.compile(r"\s*\([\w./-]{1,9}\)\s*$")  # "Jane Doe (jdo)", "Jane Doe (dpa)"
_OFFICE: Final = re.compile(r"\s*(?:기자|논설위원|特派員|記者|记者|編集委員|論説委員)$")  # "Kim, reporter"
_EDGES: Final = " ,.:;-–—|*/"


def _names(text: str) -> Iterator[str]:
    """Yield the parts of one text that can be names at all."""
    for group in _STRONG.split(_PREFIX.sub("", text.strip(_EDGES))):
        full = False
        for at, part in enumerate(_WEAK.split(group or "")):
            name = _tidy(part)
            if not _is_possible(name) or (full and at and not _may_follow(name)):
                continue
            full = full or " " in name
            yield name


def _tidy(text: str) -> str:
    name = _OFFICE.sub("", _INITIALS.sub("", text.strip(_EDGES)))
    name = _PREFIX.sub("", name).strip(_EDGES)
    return _PLACE.sub("", name).strip(_EDGES) if " " in name else name


def _is_possible(name: str) -> bool:
    if not _SHORTEST <= len(name) <= _LONGEST or _JUNK.search(name) or _is_job(name):
        return False
    initials = name.isascii() and len(name) == _SHORTEST
    return key(name) in AGENCIES or not (initials or _HANDLE.fullmatch(name))  # "dpa" is written like a log-in


def _may_follow(name: str) -> bool:
    """Tell a second author behind "Jane Doe,": another full name, a name in another script, an agency."""
    if not name[:1].isascii():
        return True
    return key(name) in AGENCIES or (looks_like_person(name) and not _HOUSE.search(name))


def _is_job(name: str) -> bool:
    return bool(_TITLE.search(name)) and not _DESK.search(name)


# ------------------------------------------------------------------------------------------------ tables


def _initials(name: str) -> str:
    """Return the initials of a name of several words: "tpn" for "The Portugal News"; nothing for a single word."""
    words = name.split()
    return "".join(word[0] for word in words).lower() if len(words) > 1 else ""


def _begins_with_publisher(name: str, publisher: frozenset[str]) -> bool:
    """ "BR24 Redaktion", "CNN Business": its name in capitals, and then a part of the house; or a short form of it."""
    first = re.split(r"[\s-]", name, maxsplit=1)[0]
    if first != name:
        return first.isupper() and len(first) >= _SHORT and key(first) in publisher
    said = key(name)
    return len(said) >= _LONG and any(
        one.startswith(said) or one.removeprefix("the").startswith(said) for one in publisher
    )
