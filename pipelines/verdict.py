"""What a page is: article, live blog, gallery, video, index page, soft 404, consent wall, paywall stub, or a refusal.

Each verdict needs evidence of its own and comes with it; a page that has a whole article on it is an article, whatever
boxes stand around it. Pure: reads values, never the tree.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive.models import Access, PageKind
from archive.text import count_words
from pipelines.blocks import Block, Index
from pipelines.clutter.draft import Line, is_prose
from pipelines.clutter.phrases import pattern
from pipelines.metadata import Signals

MIN_WORDS: Final = 25  # fewer words than this is no article: the usual floor of corpora, and the default of `min_words`
_WHOLE: Final = 200  # words from which a text is taken for a whole article, wall or not
_STUB: Final = 120  # words up to which a text with a wall next to it is a stub
_REFUSAL: Final = 3_000  # characters of text up to which a page may be a refusal and nothing else
_CONSENT_PAGE: Final = 8_000  # the same for a consent page: they name their partners

_SOFT_404: Final = pattern(
    r"""
    404
    nie znaleziono strony
    no longer (?:available|exists)
    not found
    nothing (?:was )?found
    page introuvable
    page (?:not found|cannot be found|doesn[’']t exist|does not exist|unavailable)
    pagina niet gevonden
    pagina non trovata
    página no encontrada
    página não encontrada
    sayfa bulunamadı
    seite (?:wurde )?nicht gefunden
    sidan hittades inte
    siden (?:blev|ble) ikke funnet
    страница не найдена
    ページが見つかりません
    找不到页面
    页面不存在
    """,
    before=r"\b",
    after=r"\b",
)
_BLOCKED: Final = pattern(
    r"""
    access (?:to this page has been )?denied
    are you a robot
    attention required
    bot detection
    captcha
    checking (?:if the site connection is secure|your browser)
    ddos protection
    enable javascript and cookies to continue
    forbidden
    just a moment
    pardon our interruption
    press (?:&|and) hold
    request blocked
    security check
    service unavailable
    too many requests
    unusual (?:traffic|activity)
    verify(?:ing)? (?:that )?you are (?:a )?human
    you don[’']t have permission to access
    you have been blocked
    """,
    before=r"\b",
    after=r"\b",
)
_CONSENT: Final = pattern(
    r"""
    accept (?:all )?cookies
    accepter et (?:continuer|fermer)
    accetta (?:i )?cookie
    aceptar (?:todas las )?cookies
    before you continue
    consent or pay
    cookie (?:settings|consent|preferences)
    datenschutz-?einstellungen
    ihre zustimmung
    la tua privacy
    mit werbung (?:weiterlesen|lesen)
    nous (?:et nos partenaires|utilisons des cookies|respectons votre vie privée)
    privacy-?instellingen
    pur-?abo
    su privacidad
    szanujemy twoją prywatność
    valoramos (?:tu|su) privacidad
    we and our (?:\d+ )?partners
    we (?:value|care about) your privacy
    wir (?:und unsere partner )?(?:verwenden|benötigen|brauchen) (?:ihre zustimmung|cookies)
    your privacy (?:choices|matters)
    zustimmen (?:und|&) weiter
    """,
    before=r"\b",
    after=r"\b",
)
_WALL: Final = pattern(
    r"""
    abbonati per
    abonnez-vous (?:pour|à partir)
    alleen voor abonnees
    already a subscriber
    artikel (?:ist|nur) .{0,30}abonnenten
    assine para (?:ler|continuar)
    contenido (?:exclusivo|solo) para suscriptores
    contenuto riservato agli abbonati
    create a free account to
    exclusivo para (?:assinantes|suscriptores)
    exklusiv für abonnenten
    for subscribers
    il vous reste [\d.,]+ ?%
    jetzt (?:weiterlesen|abonnieren|testen)
    nur für abonnenten
    register (?:for free )?to (?:continue|read)
    réservée? (?:à nos |aux )abonnés
    sign in to (?:continue|read)
    start your (?:free )?trial
    subscribe (?:now )?(?:to|for) (?:continue|read|full|unlimited|keep)
    subscribers? only
    suscríbete para (?:seguir|leer|continuar)
    this (?:article|content|story) is (?:available |exclusively |only |reserved )*(?:for|to) (?:our )?subscribers
    this (?:article|content|story) is (?:available |exclusively |only |reserved )*(?:for|to) paying
    this (?:article|content|story) is (?:available |exclusively |only |reserved )*(?:for|to) (?:our )?members
    this (?:article|content|story) is (?:available |exclusively |only |reserved )*(?:for|to) registered
    (?:to )?continue reading
    tylko dla (?:prenumeratorów|subskrybentów)
    unlock this (?:article|story)
    weiterlesen mit
    you(?:[’']ve| have) (?:reached|read) (?:your|all)\b.{0,40}(?:limit|free)
    付费阅读
    会員限定
    有料会員
    订阅后
    """,
    before=r"\b",
)
_REGISTER: Final = re.compile(
    r"\b(?:register|sign in|create a free account|log ?in|kostenlos registrieren|inscrivez-vous|regístrate)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the page is, how a reader gets at it, and the evidence."""

    kind: PageKind
    access: Access
    notes: tuple[str, ...] = ()


def judge(signals: Signals, index: Index, lines: tuple[Line, ...], url: str, status: int = 200) -> Verdict:
    """Judge a page by what it says of itself and by the text that was found in it."""
    words = count_words("\n".join(line.text for line in lines))
    notes = tuple(note for note, holds in _flags(signals, words) if holds)
    page = _Evidence(
        signals=signals,
        index=index,
        lines=lines,
        url=url,
        status=status,
        words=words,
        title=" ".join(signals.titles[:3]),
        seen=_seen(index) if words < _WHOLE else "",
    )
    for kind, check in _CHECKS:
        evidence = check(page)
        if evidence is None:
            continue
        return Verdict(kind=kind, access=_walled(signals, kind, evidence), notes=(*notes, f"{kind.value}: {evidence}"))
    return Verdict(kind=_filed(signals, words), access=_access(signals, index, words), notes=notes)


def _flags(signals: Signals, words: int) -> Iterator[tuple[str, bool]]:
    yield "paywalled", signals.access == Access.PAYWALLED
    yield "short", words < 2 * MIN_WORDS
    yield "live", "LiveBlogPosting" in signals.types


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What the checks look at: the page's title and text, as far as they are needed, and how much text was kept."""

    signals: Signals
    index: Index
    lines: tuple[Line, ...]
    url: str
    status: int
    words: int
    title: str
    seen: str

    @property
    def is_thin(self) -> bool:
        return self.words < _STUB


def _blocked(page: _Evidence) -> str | None:
    if not page.is_thin:
        return None
    small = not page.signals.is_article and page.index.chars[-1] < _REFUSAL
    return _found(_BLOCKED, page.title) or (_found(_BLOCKED, page.seen) if small else None)


def _soft_404(page: _Evidence) -> str | None:
    if page.is_thin and page.status in (404, 410):
        return f"status {page.status}"
    dated = page.signals.published is not None and page.signals.published.source != "url"
    return _found(_SOFT_404, page.title) if page.words < _WHOLE and not dated else None


def _consent(page: _Evidence) -> str | None:
    if page.signals.is_article or not page.is_thin:
        return None
    small = page.index.chars[-1] < _CONSENT_PAGE
    return _found(_CONSENT, page.title) or (_found(_CONSENT, page.seen) if small else None)


def _wall(page: _Evidence) -> str | None:
    if page.signals.access == Access.PAYWALLED and page.words < 2 * MIN_WORDS:
        return "the page says it is not free, and the text is short"
    stated = page.signals.access in (Access.PAYWALLED, Access.REGISTRATION, Access.METERED)
    return _found(_WALL, page.seen) if page.words < (_STUB if stated else _STUB // 2) else None


def _index_page(page: _Evidence) -> str | None:
    if page.signals.is_article:
        return None
    home = page.words < _WHOLE and _is_home(page.url)
    return "a page of links" if home or _lists_links(page.index, page.lines) else None


def _found(pattern_: re.Pattern[str], text: str) -> str | None:
    match = pattern_.search(text)
    return match[0] if match else None


# Reasons not to file a page, the surest first.
_CHECKS: Final[tuple[tuple[PageKind, Callable[[_Evidence], str | None]], ...]] = (
    (PageKind.BLOCKED, _blocked),
    (PageKind.SOFT_404, _soft_404),
    (PageKind.CONSENT, _consent),
    (PageKind.WALL, _wall),
    (PageKind.INDEX, _index_page),
)


def _seen(index: Index) -> str:
    """The text of the page as far as evidence is looked for in it."""
    return "\n".join(block.text for block in index.blocks[:600])[:40_000]


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/").lower() in ("", "index.html", "index.php", "home") and not parts.query


def _lists_links(index: Index, lines: tuple[Line, ...]) -> bool:
    """Headlines that are links stand among the lines that were kept, as many as there is prose: teasers, not a text."""
    places = [line.place for line in lines if line.place >= 0]
    if len(places) < 2:
        return sum(map(_is_headline_link, index.blocks)) >= 15
    within = index.blocks[max(0, min(places) - 1) : max(places) + 1]  # the first teaser's headline stands above it
    headlines = sum(map(_is_headline_link, within))
    return headlines >= 8 and headlines >= sum(1 for line in lines if is_prose(line))


def _is_headline_link(block: Block) -> bool:
    return block.linked > 0.9 * len(block.text) and 25 <= len(block.text) <= 200


def _walled(signals: Signals, kind: PageKind, evidence: str) -> Access:
    if kind != PageKind.WALL:
        return signals.access
    if signals.access in (Access.PAYWALLED, Access.REGISTRATION, Access.METERED):
        return signals.access
    return Access.REGISTRATION if _REGISTER.search(evidence) else Access.PAYWALLED


def _access(signals: Signals, index: Index, words: int) -> Access:
    """What the page says; a page that says nothing but shows a wall below a short text is behind one."""
    if signals.access != Access.UNKNOWN or words >= 2 * _WHOLE:
        return signals.access
    match = _WALL.search(_seen(index))
    return Access.UNKNOWN if match is None else Access.METERED


_OPINION: Final = frozenset({"OpinionNewsArticle"})
_GALLERY: Final = frozenset({"ImageGallery", "MediaGallery"})


def _filed(signals: Signals, words: int) -> PageKind:
    if "LiveBlogPosting" in signals.types:
        return PageKind.LIVEBLOG
    if signals.types & _OPINION:
        return PageKind.OPINION
    articles = any(name.endswith(("Article", "Posting")) for name in signals.types)
    if signals.post_format == "gallery" or (not articles and signals.types & _GALLERY):
        return PageKind.GALLERY
    if (words < _WHOLE and (signals.og_type or "").startswith("video")) or (
        not articles and "VideoObject" in signals.types and words < _WHOLE
    ):
        return PageKind.VIDEO
    return PageKind.ARTICLE
