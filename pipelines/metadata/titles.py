"""The title of an article among all that a page gives as its title.

Sources in the order they are believed: JSON-LD, OpenGraph, other meta elements, the heading, the window's title. What a
site adds to it (its name, a label like "Opinion |") is dropped, if it can be told from the title's own words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from archive.text import fold, unescape
from archive.web.urls import host
from pipelines.compare import key
from pipelines.page.head import Head
from pipelines.page.jsonld import text_of

Titled = tuple[str, str]  # value, source

_LONGEST: Final = 500  # characters; what is longer is no title, and every part of it would be compared
_MOST_HEADINGS: Final = 5  # more headings of the first rank are no titles
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_CUT_OFF: Final = re.compile(r"\s*(?:…|\.\.\.)$")
_ENOUGH: Final = 10  # letters: less could begin any title
_ENOUGH_OF_HOST: Final = 4
_JOINT: Final = re.compile(r"\s+[|–—·»•:-]\s+|\s*[|｜：]\s*|--+|_")
_LABEL: Final = re.compile(r"\s*[|｜·•]\s*")  # behind a label; a dash or a colon belongs to the title
_SHORT: Final = 10
_SYLLABLES: Final = "\u2e80"


def stated_titles(head: Head) -> tuple[Titled, ...]:
    """Return every title the page states, as written, the most believed first."""
    return tuple(
        (clean, source) for value, source in _said(head) if value and (clean := _readable(value[:_LONGEST]).strip())
    )


def _said(head: Head) -> Iterator[tuple[str | None, str]]:
    yield text_of(head.node.get("headline")), "jsonld"
    yield head.first("og:title"), "og"
    yield head.first("twitter:title", "dc.title", "title", "parsely-title", "sailthru.title"), "meta"
    for heading in _headings(head):
        yield heading, "html"
    yield head.window_title, "html"


def all_titles(head: Head, title: str | None, stated: tuple[Titled, ...]) -> tuple[str, ...]:
    """Return all forms of the title, to recognize it if the text repeats it."""
    said = [title, text_of(head.page_node.get("name")), *(value for value, _ in stated)]
    return tuple(dict.fromkeys(value for value in said if value))


def own_titles(head: Head, stated: tuple[Titled, ...], site: str | None) -> Iterator[Titled]:
    """Yield the titles without what the site adds, and whole if one was cut off ("The bridge is to be ...")."""
    headings = {key(text) for text in _headings(head)} | {key(text_of(head.node.get("headline")) or "")}
    known = _Known(headings=frozenset(headings - {""}), site=key(site or ""), host=key(host(head.page.url)))
    own = [(_without_added(value, known), source) for value, source in stated]
    for value, source in own:
        if _CUT_OFF.search(value):
            yield from ((other, said) for other, said in own if _continues(value, other))
        yield value, source


def _headings(head: Head) -> list[str]:
    found = (fold(heading.text_content())[:_LONGEST] for heading in head.headings)
    texts = list(islice((text for text in found if text), _MOST_HEADINGS))
    if len(texts) > 1:  # a logo may be one too
        window = key(head.window_title)
        texts.sort(key=lambda text: key(text) not in window or len(text) < _SHORT)  # stable: else in page order
    return texts


def _readable(text: str) -> str:
    """Drop invisible hyphens, and decode entities that were escaped twice."""
    bare = _INVISIBLE.sub("", text)
    return unescape(bare)


def _continues(cut: str, other: str) -> bool:
    start = key(_CUT_OFF.sub("", cut))
    return len(start) >= _ENOUGH and key(other).startswith(start) and not _CUT_OFF.search(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What tells the site's words from the title's, as keys."""

    headings: frozenset[str]
    site: str
    host: str

    def is_heading(self, text: str) -> bool:
        return key(text) in self.headings

    def is_site(self, text: str) -> bool:
        said = key(text)
        return bool(said) and (said == self.site or (len(said) >= _ENOUGH_OF_HOST and said in self.host))


def _without_added(title: str, known: _Known) -> str:
    """Drop "| Site name" where the rest is a heading of the page, or what is dropped is the site's name."""
    for joint in _JOINT.finditer(title):
        before, after = title[: joint.start()].strip(), title[joint.end() :].strip()
        if _is_title(before) and (known.is_heading(before) or known.is_site(after)):
            return before
        if known.is_heading(after) and (known.is_site(before) or _LABEL.fullmatch(joint[0])):
            return after
    return title


def _is_title(text: str) -> bool:
    """Tell whether it is long enough: ten letters, or five in scripts where a letter is a syllable or a word."""
    return len(text) >= (_SHORT if text.isascii() or text[0].isascii() or text[0] < _SYLLABLES else _SHORT // 2)
