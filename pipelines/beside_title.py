"""What stands below the title for people to read: who wrote it, and the day. For pages that say it to no machine.

Knows where such lines stand and what they look like; nothing of the article's text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from archive.models import Dated
from archive.text import fold
from pipelines.clutter.bylines import named_in, without_dates
from pipelines.dates import read_written_date
from pipelines.names import clean_names
from pipelines.page import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideTitle:
    """The byline and the day below the title, as far as there are any."""

    authors: tuple[str, ...] = ()
    published: Dated | None = None


def read_beside_title(tree: Element) -> BesideTitle:
    """Read the few short lines below the first heading of the page."""
    title = next(tree.iter("h1"), None)
    if title is None:
        return BesideTitle()
    lines = tuple(_short_lines(title))
    found = (_names(element, text) for element, text in lines)
    dates = (read_written_date(text, "html") for _, text in lines if _is_dateline(text))
    return BesideTitle(
        authors=next((names for names in found if names), ()),
        published=next((dated for dated in dates if dated), None),
    )


def _is_dateline(text: str) -> bool:
    """A day in a sentence is something the article tells; a dateline has a place or a name beside it, and no more."""
    return len(without_dates(text)) <= _BESIDE_DAY and not text.endswith((".", "!", "?", "。"))


def _short_lines(title: Element) -> Iterator[tuple[Element, str]]:
    """Elements below the title with a line of text, up to the first paragraph of the article."""
    for element in islice(title.itersiblings(*_LINES), _MOST):
        for line in (element, *element.iterdescendants(*_LINES)):
            text = fold(line.text_content())
            if line.tag == "p" and len(text) > _LONG:
                return
            if 0 < len(text) <= _LONG:
                yield line, text


_LINES: Final = ("address", "div", "p", "span", "time")
_MOST: Final = 6  # elements beside the title, with a standfirst and a picture between it and the byline
_LONG: Final = 160
_BESIDE_DAY: Final = 60


def _names(element: Element, text: str) -> tuple[str, ...]:
    """The names in "By Jane Doe and John Roe", or in "Jane Doe / May 4, 2024" where its class says what it is."""
    for stamp in element.iter("time"):
        text = text.replace(fold(stamp.text_content()), "")
    text = without_dates(text).strip(_EDGES)
    names = named_in(text)
    if names is None and _BYLINE.search(element.get("class") or ""):
        names = _SEPARATOR.split(text, maxsplit=1)[0]
    found = clean_names([names]) if names else ()
    return found if found and all(_PERSON.fullmatch(name) for name in found) else ()


_EDGES: Final = " ,;|/·•–—-"
_SEPARATOR: Final = re.compile(r"\s+[|/·•–—-]+(?:\s+|$)")
_BYLINE: Final = re.compile(r"(?:^|[\s_-])(?:author|autor|byline|by-line|meta)s?(?:$|[\s_-])", re.IGNORECASE)
_WORD: Final = r"[^\W\d_a-zß-ÿ][\w.'’-]*"
_PERSON: Final = re.compile(rf"{_WORD}(?:\s+(?:{_WORD}|d[aeiu]|de[lnr]|la|van|von)){{1,4}}")
