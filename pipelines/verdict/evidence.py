"""What is counted on a page before it is judged: words kept and shown, titles, the wall, how much is missing. Pure.

Reads values, never the tree, and decides nothing. Each figure is computed once, when a check needs it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from archive.model.article import Access
from archive.model.capture import Capture
from archive.text import count_words
from pipelines.clutter.draft import Cut, Line
from pipelines.images.page_images import PageImage
from pipelines.metadata.article_facts import Signals
from pipelines.metadata.claims import Claims
from pipelines.page.blocks import Index
from pipelines.verdict.walls import Wall, find_wall

MIN_WORDS: Final = 25  # fewer words than this is no article: the usual floor of corpora, and the default of `min_words`
WHOLE: Final = 200  # words from which a text is taken for a whole article, unless it is known to be longer
STUB: Final = 120  # words up to which a text is thin, and may be all that a refusal or a wall shows
_STATED: Final = frozenset({Access.PAYWALLED, Access.REGISTRATION, Access.METERED})
_CLAIMED: Final = 100  # words: claims of fewer say nothing about a wall
SOME_MISSING: Final = 0.2  # share of the text, from which it is noted as missing
_LISTED: Final = 4  # articles that a page describes, from which it is a list of them
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FIRST: Final = 120  # blocks in which a refusal says so: menus come before it
_JOINT: Final = re.compile(r"\s+[|–—·»«•:-]+\s+|\s*\|\s*")
_SHORT_PIECE: Final = 5  # words of a site's name, beside the phrase in a title


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out is kept
class Evidence:
    """A page to judge. `source` is its HTML; `lines` are what cleaning kept, `cuts` what it removed."""

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
        return self.words < STUB

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
        """The title and the first headings, piece by piece: "Page not found", "The Gazette"."""
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
        if self.claims.words < _CLAIMED or self.words > (1 - SOME_MISSING) * self.claims.words:
            return 0.0
        return max(0.0, 1 - max(self.words, self.shown) / self.claims.words)

    @property
    def is_complete(self) -> bool:
        """As long as JSON-LD says that the text is."""
        return self.claims.words >= _CLAIMED and self.words >= (1 - SOME_MISSING) * self.claims.words

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the final URL's path, in lower case."""
        return _path(self.capture.final_url)


def _pieces(title: str) -> Iterator[str]:
    """Yield a title, and each part of it whose other parts are as short as the name of a site."""
    yield title
    parts = [part for part in _JOINT.split(title) if part]
    for part in parts if len(parts) > 1 else ():
        if all(len(other.split()) <= _SHORT_PIECE for other in parts if other is not part):
            yield part


def split_url(url: str) -> SplitResult:
    """Split a URL; all parts are empty if it cannot be read."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _path(url: str) -> tuple[str, ...]:
    return tuple(part for part in unquote(split_url(url).path).casefold().split("/") if part)


def first_match(phrases: re.Pattern[str], texts: tuple[str, ...]) -> str | None:
    """Return the first phrase with which one of the texts begins."""
    found = next(filter(None, map(phrases.match, texts)), None)
    return found[0].strip() if found else None
