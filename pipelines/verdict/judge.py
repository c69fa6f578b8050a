"""Whether a page holds an article: or is an index, a soft 404, a front page instead, a consent wall, a stub, a refusal.

Each verdict needs evidence of its own and comes with it; a page that has a whole article on it is an article, whatever
boxes stand around it. What says no looks the same in articles about it: so a title must be such a phrase and nothing
else, a block must begin with one, and what the page shows besides decides. Pure: reads values, never the tree.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from archive.model.article import Access, PageKind
from archive.model.capture import Capture
from archive.text import count_words
from archive.web.urls import is_home, leads_home
from pipelines.clutter.draft import NOWHERE, Cut, Line, is_prose
from pipelines.images.page_images import PageImage
from pipelines.metadata.article_facts import Signals
from pipelines.metadata.claims import Claims
from pipelines.page.blocks import Block, Index
from pipelines.phrases import phrase_set
from pipelines.verdict.page_kinds import Filing, sort_of, wire
from pipelines.verdict.refusals import (
    BLOCKED,
    BLOCKED_TITLE,
    CONSENT,
    CONSENT_HOSTS,
    CONSENT_LINE,
    CONSENT_TITLE,
    GUARDS,
    LOGIN_TITLE,
    NEEDS_SCRIPT,
    NOT_FOUND,
    NOT_FOUND_TITLE,
    REGISTER,
)
from pipelines.verdict.walls import Wall, delivers, find_wall, is_cut_off

MIN_WORDS: Final = 25  # fewer words than this is no article: the usual floor of corpora, and the default of `min_words`
_WHOLE: Final = 200  # words from which a text is taken for a whole article, unless it is known to be longer
_STUB: Final = 120  # words up to which a text is thin, and may be all that a refusal or a wall shows
_EMPTY: Final = 400  # characters of text on a page that shows nothing
_REFUSAL: Final = 3_000  # characters of text up to which a page may be a refusal and nothing else
_CONSENT_PAGE: Final = 8_000  # the same for a consent page: they name their partners


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the page is, how a reader gets at it, the evidence, and how many words were kept."""

    kind: PageKind
    access: Access
    notes: tuple[str, ...] = ()
    words: int = 0


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out is kept
class Evidence:
    """What a page is judged by. `source` is its HTML; `lines` and `cuts` are what cleaning left and took."""

    signals: Signals
    claims: Claims
    index: Index
    lines: tuple[Line, ...]
    capture: Capture
    cuts: tuple[Cut, ...] = ()
    pictures: tuple[PageImage, ...] = ()
    source: str = ""

    @cached_property
    def words(self) -> int:
        """Words that were kept."""
        return count_words("\n".join(line.text for line in self.lines))

    @cached_property
    def shown(self) -> int:
        """Words of prose on the page, kept or not."""
        return count_words("\n".join(block.text for block in self.index.blocks if block.is_prose))

    @property
    def is_thin(self) -> bool:
        """Less text than a whole article has."""
        return self.words < _STUB

    @property
    def is_dated(self) -> bool:
        """Marked as an article, with a date in what is written for machines: refusals are not."""
        dated = self.signals.published
        return self.says_article and dated is not None and dated.source in ("jsonld", "meta", "og")

    @property
    def says_article(self) -> bool:
        """It calls itself an article, and does not describe a list of them."""
        return self.signals.is_article and self.claims.articles < _LISTED

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """What stands in the title and in the first headings, piece by piece: "Page not found", "The Gazette"."""
        headings = [block.text for block in self.index.blocks[:_FIRST] if block.element.tag in _HEADINGS][:3]
        return tuple(piece for title in (*self.signals.titles[:6], *headings) for piece in _pieces(title))

    @cached_property
    def openings(self) -> tuple[str, ...]:
        """The first texts of the page that are neither headings nor links: a headline may begin with anything."""
        blocks = (block for block in self.index.blocks[:_FIRST] if block.element.tag not in _HEADINGS)
        return tuple(block.text for block in blocks if block.linked <= len(block.text) / 2)

    @property
    def is_stated(self) -> bool:
        """The page says that it is not free for everybody."""
        return self.signals.access in _STATED

    @cached_property
    def wall(self) -> Wall | None:
        """The wall below the text, if one is shown."""
        return find_wall(self.index, self.lines, self.words, stated=self.is_stated)

    @cached_property
    def missing(self) -> float:
        """The share of the text that is not on the page: as the wall says, else as JSON-LD claims; 0 if unknown."""
        if self.wall and self.wall.left is not None:
            return self.wall.left
        if self.claims.words < _CLAIMED or self.words > (1 - _SOME) * self.claims.words:
            return 0.0
        return max(0.0, 1 - max(self.words, self.shown) / self.claims.words)

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the address that answered, in lower case."""
        return _path(self.capture.final_url)


_LISTED: Final = 4  # articles that a page describes, from which it is a list of them
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FIRST: Final = 120  # blocks in which a refusal says so: menus stand before it
_JOINT: Final = re.compile(r"\s+[|–—·»«•:-]+\s+|\s*\|\s*")
_SHORT_PIECE: Final = 5  # words of a site's name, beside the phrase in a title


def _pieces(title: str) -> Iterator[str]:
    """The whole of a title, and its parts where the others are as short as the name of a site."""
    yield title
    parts = [part for part in _JOINT.split(title) if part]
    for part in parts if len(parts) > 1 else ():
        if all(len(other.split()) <= _SHORT_PIECE for other in parts if other is not part):
            yield part


def _split(url: str) -> SplitResult:
    """The parts of an address; none of one that cannot be read."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _path(url: str) -> tuple[str, ...]:
    return tuple(part for part in unquote(_split(url).path).casefold().split("/") if part)


def judge(page: Evidence) -> Verdict:
    """Judge a page by what it says of itself and by the text that was found in it."""
    for kind, check in _CHECKS:
        evidence = check(page)
        if evidence is not None:
            access = _walled(page, evidence) if kind == PageKind.WALL else page.signals.access
            return Verdict(
                kind=kind, access=access, notes=(*_flags(page), f"{kind.value}: {evidence}"), words=page.words
            )
    filing = Filing(
        signals=page.signals,
        claims=page.claims,
        lines=page.lines,
        cuts=page.cuts,
        pictures=page.pictures,
        host=_split(page.capture.final_url).hostname or "",
        segments=page.path,
        words=page.words,
    )
    kind, sort = sort_of(filing)
    agency = wire(filing) if kind not in (PageKind.ARTICLE, PageKind.WIRE) else None
    said = [f"{kind.value}: {sort}"] if sort else []
    said += [f"wire: {agency}"] if agency else []
    cut_off = _truncated(page)
    said += [f"truncated: {cut_off}"] if cut_off else []
    return Verdict(kind=kind, access=_access(page), notes=(*_flags(page), *said), words=page.words)


def _flags(page: Evidence) -> Iterator[str]:
    if page.signals.access == Access.PAYWALLED:
        yield "paywalled"
    if page.words < 2 * MIN_WORDS:
        yield "short"
    if "LiveBlogPosting" in page.signals.types:
        yield "live"


# ------------------------------------------------------------------------------------------------ refusals
def _blocked(page: Evidence) -> str | None:
    """A guard's page: an HTTP header, its own wording, or its scripts on a page that shows nothing."""
    if any(name.lower() == "cf-mitigated" and value == "challenge" for name, value in page.capture.headers):
        return "cf-mitigated"
    if not page.is_thin or page.is_dated:
        return None
    titled = _first(BLOCKED_TITLE, page.titles)
    if titled:
        return titled
    small = not page.says_article and page.index.chars[-1] < _REFUSAL
    guard = next((vendor for mark, vendor in GUARDS if mark in page.source), None) if small else None
    return (
        guard
        or (_opening(BLOCKED, BLOCKED_TITLE, page.openings) if small else None)
        or _script_only(page)
        or _refused(page)
    )


_REFUSALS: Final = (401, 403, 407, 429, 451, 503)


def _refused(page: Evidence) -> str | None:
    status = page.capture.status
    return f"status {status}" if status in _REFUSALS and not page.says_article else None


def _script_only(page: Evidence) -> str | None:
    """Nothing to read, and a note that scripts must run."""
    if page.index.chars[-1] >= _EMPTY or page.words >= MIN_WORDS:
        return None
    match = NEEDS_SCRIPT.search(page.source[:_SOURCE])
    return match[0] if match else None


_SOURCE: Final = 200_000  # characters


def _soft_404(page: Evidence) -> str | None:
    """Says that nothing is there: in its status, its address, its theme's own class, its title or its first words."""
    if page.capture.status in (404, 410) and (page.is_thin or not page.says_article):
        return f"status {page.capture.status}"
    if page.is_dated:
        return None
    named = next((name for name in page.claims.body_names if name in _NOT_FOUND_NAMES), None)
    if named:
        return f"class {named}"
    said = next((part for part in page.path if part in _NOT_FOUND_PATHS), None)
    if said and not page.says_article:
        return f"address {said}"
    thin = page.words < _WHOLE or (not page.says_article and _lists_links(page))
    titled = _first(NOT_FOUND_TITLE, page.titles) if thin else None
    return titled or (_opening(NOT_FOUND, NOT_FOUND_TITLE, page.openings) if thin and not page.says_article else None)


# Class names of the body element: WordPress's own body_class(), Shopify's template, Drupal's and TYPO3's common themes.
_NOT_FOUND_NAMES: Final = phrase_set("""
    404 | error-404 | error404 | not-found | notfound | page-404 | page-not-found | path-not-found | template-404
    tpl-404
""")
_NOT_FOUND_PATHS: Final = phrase_set("""
    404 | 404.asp | 404.aspx | 404.htm | 404.html | 404.php | error-404 | error404 | not-found | not_found | notfound
    notfound.html | page-not-found | page_not_found | pagenotfound | seite-nicht-gefunden
""")


def _consent(page: Evidence) -> str | None:
    """Asks for consent, and shows nothing else. The article may stand behind it in the page: then it was kept."""
    if page.says_article and not page.is_thin:
        return None
    asked = [line for line in page.lines if CONSENT.match(line.text) or CONSENT_LINE.search(line.text)]
    if page.lines and 2 * sum(len(line.text) for line in asked) >= sum(len(line.text) for line in page.lines):
        return asked[0].text[:60]
    if asked and page.is_thin and not page.says_article and any(map(CONSENT.match, page.titles)):
        return asked[0].text[:60]
    if not page.is_thin or page.is_dated:
        return None
    gate = CONSENT_HOSTS.search(_address(page.capture.final_url))
    if gate:
        return f"address {gate[0].strip('/')}"
    kept = page.words >= MIN_WORDS
    titled = _first(CONSENT_TITLE, page.titles) if not page.says_article else None
    small = page.index.chars[-1] < _CONSENT_PAGE and not kept and not page.says_article
    return titled or (_first(CONSENT, page.openings) if small else None)


def _address(url: str) -> str:
    parts = _split(url)
    return f"{parts.hostname or ''}{parts.path}"


# ------------------------------------------------------------------------------------------------ walls
def _wall(page: Evidence) -> str | None:
    """A teaser with a wall below it, a page that locks everything, or a login form and nothing else."""
    if page.signals.access == Access.PAYWALLED and page.words < 2 * MIN_WORDS:
        said = f": {page.wall.said}" if page.wall else ""
        return f"the page says it is not free, and the text is short{said}"
    login = _login(page) if page.is_thin and not page.says_article else None
    if login or not _may_be_stub(page):
        return login
    wall = page.wall
    if wall is None:
        return f"{page.words} of {page.claims.words} words" if page.is_stated and page.missing >= _MOST else None
    return f"{page.words} words, then: {wall.said}" if _is_stub(page, wall) else None


_STATED: Final = frozenset({Access.PAYWALLED, Access.REGISTRATION, Access.METERED})
_HALF: Final = 0.5  # of the text is missing: what is there is a teaser
_MOST: Final = 0.75
_BRIEF: Final = 60  # words that may stand above a wall and say nothing


def _may_be_stub(page: Evidence) -> bool:
    """The text is short, or next to all of it is missing; and what is locked does not stand there after all."""
    if page.words >= _STUB and delivers(page.index, page.claims):
        return False
    return page.words < _WHOLE or (page.words < 2 * _WHOLE and page.missing >= _MOST)


def _is_stub(page: Evidence, wall: Wall) -> bool:
    """Tell a teaser above a wall from a whole text above a box that sells subscriptions."""
    if page.missing >= _HALF and (page.is_stated or (wall.is_plain and wall.is_near)):
        return True
    if _is_complete(page):
        return False
    cut = is_cut_off(page.lines)
    if not wall.is_plain:
        return page.words < _STUB and page.is_stated and (cut or page.words < _BRIEF)
    if page.words >= _STUB or not wall.is_near:
        return page.is_stated and (cut or (wall.is_near and page.signals.access != Access.METERED))
    return page.is_stated or cut or wall.is_named or page.words < _BRIEF


def _is_complete(page: Evidence) -> bool:
    """As long as JSON-LD says that the text is."""
    return page.claims.words >= _CLAIMED and page.words >= (1 - _SOME) * page.claims.words


def _login(page: Evidence) -> str | None:
    """A form for a password below a title that says so, or nothing to read at an address that does."""
    titled = _first(LOGIN_TITLE, page.titles)
    if titled and page.claims.asks_password:
        return f"login, {titled}"
    moved = page.claims.asks_password or page.capture.url != page.capture.final_url
    said = next((part for part in page.path if part in _LOGIN_PATHS), None)
    return f"login, address {said}" if said and moved and page.words < MIN_WORDS else None


_LOGIN_PATHS: Final = phrase_set("""
    aanmelden | acceso | accounts | anmelden | anmeldung | auth | connexion | iniciar-sesion | inloggen | inscription
    kirjaudu | log-in | logga-in | logg-inn | login | login.aspx | login.html | login.php | logowanie | oauth
    prihlaseni | register | registration | registrieren | sign-in | signin | sign_in | sso | users | wp-login.php
""")


def _truncated(page: Evidence) -> str | None:
    """A text that is filed though some of it is missing, as far as the page lets on."""
    if not page.is_stated and page.words >= 2 * _WHOLE:
        return None
    wall = page.wall
    if page.missing >= _SOME and (page.is_stated or (wall and wall.is_plain)):
        return f"{round(100 * page.missing)} % missing"
    return wall.said if wall and wall.is_plain and wall.is_near and is_cut_off(page.lines) else None


_SOME: Final = 0.2
_CLAIMED: Final = 100  # words: claims of fewer say nothing about a wall


# ------------------------------------------------------------------------------------------------ lists
def _home_redirect(page: Evidence) -> str | None:
    """The address of an article was asked for, and a front page answered."""
    asked, answered = page.capture.url, page.capture.final_url
    if not leads_home(asked, answered) or (page.says_article and page.words >= _WHOLE):
        return None
    return f"asked for {_split(asked).path}"[:_QUOTED]


_QUOTED: Final = 100  # characters of an address in a note


def _index_page(page: Evidence) -> str | None:
    """A list of other pages: a front page, a section, a tag, an author, results of a search."""
    if page.is_dated or (page.says_article and (page.signals.published or not _lists_links(page))):
        return None
    home = is_home(page.capture.final_url)
    if home and page.words < _WHOLE:
        return "a front page"
    own = 0 if home else _own_text(page)
    if own < _TEXT and _lists_links(page):
        return "a page of links"
    links = sum(map(_is_headline_link, page.index.blocks))
    hint = _listing(page) if own < 2 * _TEXT else None
    few = links < _FEW_LINKS if page.words < _WHOLE else links < sum(map(is_prose, page.lines)) + _FEW_LINKS
    if hint and (not few or page.words < MIN_WORDS):
        return f"{hint}, {links} links"
    if own < _TEXT and page.is_thin and links >= _MANY_LINKS and _is_headed_by_link(page):
        return f"a teaser, {links} links"
    return None


def _own_text(page: Evidence) -> int:
    """Characters in the longest run of prose that no headline of another page interrupts: teasers are short.

    A run below such a headline counts half: it may be the teaser. At an address with a day and a name in it stands an
    article, with whatever else.
    """
    if _DAY_AND_NAME.search(page.capture.final_url):
        return 2 * _TEXT
    kept = {line.place: len(line.text) for line in page.lines if _is_running(line)}
    longest = run = 0
    headline = NOWHERE - _ABOVE  # the place of the last one
    share = 1.0
    for place in range(max(0, min(kept, default=0) - _ABOVE), max(kept, default=NOWHERE) + 1):
        if _is_headline_link(page.index.blocks[place]):
            run, headline = 0, place
        elif place in kept:
            share = share if run else 1.0 - (place - headline <= _ABOVE) / 2
            run += kept[place]
            longest = max(longest, int(share * run))
    return longest


def _is_running(line: Line) -> bool:
    return line.place >= 0 and line.linked < _LINKED and len(line.text) >= _SENTENCE


_TEXT: Final = 400  # characters: real lists have no run of more below 330, articles mistaken for one none below 410
_SENTENCE: Final = 40
_DAY_AND_NAME: Final = re.compile(r"/(?:19|20)\d\d/[01]?\d/[0-3]?\d/[^/?#]*\w{3}-[^/?#]*\w/?(?:[?#]|$)")
_FEW_LINKS: Final = 4
_SEVERAL_LINKS: Final = 6
_MANY_LINKS: Final = 15
_LISTING_TYPES: Final = frozenset({"CollectionPage", "ProfilePage", "SearchResultsPage"})
# Class names that WordPress, Drupal and Ghost give the body of a list.
_LISTING_NAMES: Final = phrase_set("""
    archive | author | author-template | blog | category | home-template | page-node-type-landing-page | path-frontpage
    path-taxonomy | post-type-archive | search | search-results | tag | tag-template | tax-post_tag
""")
# The part of an address above the name of what is listed, as the common systems and newspapers call it.
_LISTING_PATHS: Final = phrase_set("""
    archive | archiv | archives | archivio | archivo | arkisto | arkiv | auteur | auteurs | author | authors | autor
    autore | autoren | autores | autori | avainsana | by | byline | categoria | categorias | categorie | categories
    category | contributor | contributors | dossier | dossiers | emne | etiket | etiqueta | etiquetas | hashtag
    journalist | journalists | kategori | kategoria | kategorie | keyword | keywords | label | ontheme | people | person
    profil | profile | profiles | redakteur | rubric | rubrik | rubrika | rubrique | schlagwort | search | section
    series | staff | stichwort | suche | tag | tags | tema | temas | temat | thema | themen | topic | topics
    utilisateur | writer | writers | автор | авторы | рубрика | тег | теги
""")
_SEARCHES: Final = frozenset({"buscar", "q", "query", "s", "search", "suche"})
_SEARCH_PATHS: Final = phrase_set(
    "buscar | cerca | hae | hledani | ricerca | recherche | search | sok | suche | szukaj | zoeken"
)


def _listing(page: Evidence) -> str | None:
    """What says that the page lists others: its type, its theme's class names, its address."""
    typed = page.signals.types & _LISTING_TYPES
    if typed:
        return min(typed)
    named = next((name for name in page.claims.body_names if name in _LISTING_NAMES), None)
    if named and not {"single", "page-template-default"} & set(page.claims.body_names):
        return f"class {named}"
    query = {name.lower() for name, _ in parse_qsl(_split(page.capture.final_url).query)}
    if query & _SEARCHES or (page.path and page.path[-1] in _SEARCH_PATHS):
        return "a search"
    above = [part for part in page.path if not part.isdecimal() and part != "page"][-2:-1]
    said = next((part for part in above if part in _LISTING_PATHS), None)
    return f"address {said}" if said and page.words < _WHOLE else None


def _lists_links(page: Evidence) -> bool:
    """Headlines that are links stand among the lines that were kept, as many as there is prose: teasers, not a text."""
    places = [line.place for line in page.lines if line.place >= 0]
    if len(places) < 2:
        plain = any(is_prose(line) and line.place >= 0 and line.linked < _LINKED for line in page.lines)
        return (
            not (plain and not _is_headed_by_link(page))
            and sum(map(_is_headline_link, page.index.blocks)) >= _MANY_LINKS
        )
    within = page.index.blocks[max(0, min(places) - _ABOVE) : max(places) + 1]  # a teaser's headline stands above it
    headlines = sum(map(_is_headline_link, within))
    if headlines >= 2 * _FEW_LINKS and headlines >= sum(map(is_prose, page.lines)):
        return True
    heads = [_is_headline_link(block) for block in within if block.element.tag in _HEADS]
    return sum(heads) >= _SEVERAL_LINKS and sum(heads) > 2 * heads.count(False)


_ABOVE: Final = 2
_LINKED: Final = 0.5
_HEADS: Final = frozenset({"h2", "h3", "h4", "h5"})


def _is_headline_link(block: Block) -> bool:
    return block.linked > 0.9 * len(block.text) and _HEADLINE[0] <= len(block.text) <= _HEADLINE[1]


_HEADLINE: Final = (15, 200)  # characters


def _is_headed_by_link(page: Evidence) -> bool:
    """What stands right above the first line that was kept is a headline that leads elsewhere."""
    first = min((line.place for line in page.lines if line.place >= 0), default=0)
    return any(map(_is_headline_link, page.index.blocks[max(0, first - _ABOVE) : first + 1]))


# Reasons not to file a page, the surest first.
_CHECKS: Final[tuple[tuple[PageKind, Callable[[Evidence], str | None]], ...]] = (
    (PageKind.BLOCKED, _blocked),
    (PageKind.SOFT_404, _soft_404),
    (PageKind.CONSENT, _consent),
    (PageKind.WALL, _wall),
    (PageKind.HOME, _home_redirect),
    (PageKind.INDEX, _index_page),
)


# ------------------------------------------------------------------------------------------------ access
def _walled(page: Evidence, evidence: str) -> Access:
    """How to get past a wall: as the page says, or as the wall does; schema.org only knows free and not."""
    if page.signals.access in (Access.REGISTRATION, Access.METERED):
        return page.signals.access
    return Access.REGISTRATION if REGISTER.search(evidence) else Access.PAYWALLED


def _access(page: Evidence) -> Access:
    """What the page says; one that says nothing but shows a wall below a text that is not long is behind one."""
    if page.signals.access != Access.UNKNOWN or page.words >= 2 * _WHOLE:
        return page.signals.access
    return Access.METERED if page.wall and page.wall.is_plain else Access.UNKNOWN


def _first(phrases: re.Pattern[str], texts: tuple[str, ...]) -> str | None:
    found = next(filter(None, map(phrases.match, texts)), None)
    return found[0].strip() if found else None


def _opening(phrases: re.Pattern[str], whole: re.Pattern[str], texts: tuple[str, ...]) -> str | None:
    """A short text that begins with a phrase; one of a word or two must be all there is: "404", not "404 people"."""
    for text in texts:
        match = phrases.match(text) if len(text) <= _STATEMENT else None
        if match and (len(match[0].encode()) >= _TELLING or whole.match(text)):
            return match[0].strip()
    return None


_STATEMENT: Final = 160  # characters of the text with which a page refuses
_TELLING: Final = 22  # bytes of a phrase that no report begins with: bytes, for scripts that need fewer letters
