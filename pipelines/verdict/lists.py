"""Pages that list other pages: front pages, sections, tags, authors, search results, redirects to the front page.

Pure: counts headlines that are links against the prose that was kept.
"""

import re
from typing import Final
from urllib.parse import parse_qsl

from archive.web.urls import is_home, leads_home
from pipelines.clutter.draft import NOWHERE, Line, is_prose
from pipelines.page.blocks import Block
from pipelines.phrases import phrase_set
from pipelines.verdict.evidence import MIN_WORDS, WHOLE, Evidence, split_url

_QUOTED: Final = 100  # characters of a URL in a note
_TEXT: Final = 400  # characters: real lists have no run of more below 330, articles mistaken for one none below 410
_SENTENCE: Final = 40  # characters
_DAY_AND_NAME: Final = re.compile(r"/(?:19|20)\d\d/[01]?\d/[0-3]?\d/[^/?#]*\w{3}-[^/?#]*\w/?(?:[?#]|$)")
_FEW_LINKS: Final = 4
_SEVERAL_LINKS: Final = 6
_MANY_LINKS: Final = 15
_ABOVE: Final = 2
_LINKED: Final = 0.5
_HEADS: Final = frozenset({"h2", "h3", "h4", "h5"})
_HEADLINE: Final = (15, 200)  # characters
_LISTING_TYPES: Final = frozenset({"CollectionPage", "ProfilePage", "SearchResultsPage"})
# Class names that WordPress, Drupal and Ghost give the body of a list.
_LISTING_NAMES: Final = phrase_set("""
    archive | author | author-template | blog | category | home-template | page-node-type-landing-page | path-frontpage
    path-taxonomy | post-type-archive | search | search-results | tag | tag-template | tax-post_tag
""")
# The part of a URL above the name of what is listed, as the common systems and newspapers call it.
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


def home_redirect(page: Evidence) -> str | None:
    """Recognize a front page that came when the URL of an article was fetched."""
    if not leads_home(page.capture.url, page.capture.final_url) or (page.says_article and page.words >= WHOLE):
        return None
    return f"asked for {split_url(page.capture.url).path}"[:_QUOTED]


def index_page(page: Evidence) -> str | None:
    """Recognize a list of other pages: a front page, a section, a tag, an author, search results."""
    if page.is_dated or (page.says_article and (page.signals.published or not lists_links(page))):
        return None
    home = is_home(page.capture.final_url)
    if home and page.words < WHOLE:
        return "a front page"
    own = 0 if home else _own_text(page)
    if own < _TEXT and lists_links(page):
        return "a page of links"
    links = sum(map(_is_headline_link, page.index.blocks))
    hint = _listing(page) if own < 2 * _TEXT else None
    few = links < _FEW_LINKS if page.words < WHOLE else links < sum(map(is_prose, page.lines)) + _FEW_LINKS
    if hint and (not few or page.words < MIN_WORDS):
        return f"{hint}, {links} links"
    if own < _TEXT and page.is_thin and links >= _MANY_LINKS and _is_headed_by_link(page):
        return f"a teaser, {links} links"
    return None


def _own_text(page: Evidence) -> int:
    """Count the characters in the longest run of prose that no headline of another page interrupts: teasers are short.

    A run below such a headline counts half: it may be the teaser. A URL with a day and a name in it is that of an
    article, whatever else the page shows.
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


def _listing(page: Evidence) -> str | None:
    """Return what says that the page lists others: its type, its theme's class names, its URL."""
    typed = page.signals.types & _LISTING_TYPES
    if typed:
        return min(typed)
    named = next((name for name in page.claims.body_names if name in _LISTING_NAMES), None)
    if named and not {"single", "page-template-default"} & set(page.claims.body_names):
        return f"class {named}"
    query = {name.lower() for name, _ in parse_qsl(split_url(page.capture.final_url).query)}
    if query & _SEARCHES or (page.path and page.path[-1] in _SEARCH_PATHS):
        return "a search"
    above = [part for part in page.path if not part.isdecimal() and part != "page"][-2:-1]
    said = next((part for part in above if part in _LISTING_PATHS), None)
    return f"address {said}" if said and page.words < WHOLE else None


def lists_links(page: Evidence) -> bool:
    """Tell whether the kept lines have as many linked headlines among them as prose: teasers, not a text."""
    places = [line.place for line in page.lines if line.place >= 0]
    if len(places) < 2:
        plain = any(is_prose(line) and line.place >= 0 and line.linked < _LINKED for line in page.lines)
        return (
            not (plain and not _is_headed_by_link(page))
            and sum(map(_is_headline_link, page.index.blocks)) >= _MANY_LINKS
        )
    within = page.index.blocks[max(0, min(places) - _ABOVE) : max(places) + 1]  # a teaser's headline is above it
    headlines = sum(map(_is_headline_link, within))
    if headlines >= 2 * _FEW_LINKS and headlines >= sum(map(is_prose, page.lines)):
        return True
    heads = [_is_headline_link(block) for block in within if block.element.tag in _HEADS]
    return sum(heads) >= _SEVERAL_LINKS and sum(heads) > 2 * heads.count(False)


def _is_headline_link(block: Block) -> bool:
    return block.linked > 0.9 * len(block.text) and _HEADLINE[0] <= len(block.text) <= _HEADLINE[1]


def _is_headed_by_link(page: Evidence) -> bool:
    """Tell whether a headline that leads elsewhere is right above the first line that was kept."""
    first = min((line.place for line in page.lines if line.place >= 0), default=0)
    return any(map(_is_headline_link, page.index.blocks[max(0, first - _ABOVE) : first + 1]))
