"""The order of an article on its page, and how its script is written. Pure: it knows neither SQLite nor HTML."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, TypeVar
from urllib.parse import urlsplit

from archive.storage.read_article import Cut, Picture

# Languages written from right to left in their usual script (CLDR, "characterOrder"), as BCP 47 primary subtags.
RIGHT_TO_LEFT: Final = frozenset(
    {
        "ar", "arc", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "ks", "lrc", "mzn", "nqo", "pnb",
        "prs", "ps", "sd", "sdh", "skr", "syr", "ug", "ur", "yi",
    }
)  # fmt: skip

_Placed = TypeVar("_Placed", Picture, Cut)
Block = tuple[str, str] | tuple[str, Picture] | tuple[str, tuple[Cut, ...]]


def direction(language: str | None) -> str:
    """Return the value of `dir` for a language; where none is known the browser looks at the letters."""
    if not language:
        return "auto"
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def blocks(paragraphs: Sequence[str], images: Iterable[Picture], cuts: Iterable[Cut] = ()) -> Iterator[Block]:
    """Yield ("paragraph", text), ("picture", image) and ("cuts", cuts) in the order of the page.

    What one rule cut in one place as one kind stands together: a list of related articles is ten cuts in a row. One
    that claims to stand behind the last paragraph comes at the end: nothing is left out.
    """
    last = len(paragraphs)
    pictures_at = _by_place(images, last)
    cuts_at = _by_place(cuts, last)
    for place in range(last + 1):
        if place:
            yield "paragraph", paragraphs[place - 1]
        yield from (("picture", image) for image in pictures_at.get(place, ()))
        for _, alike in groupby(cuts_at.get(place, ()), key=lambda cut: (cut["kind"], cut["rule"])):
            yield "cuts", tuple(alike)


def web_address(url: str | None) -> str | None:
    """Return the address where it is one a browser may be sent to (http or https with a host), else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def _by_place(things: Iterable[_Placed], last: int) -> dict[int, list[_Placed]]:
    found: dict[int, list[_Placed]] = {}
    for thing in things:
        found.setdefault(max(0, min(thing["after_paragraph"], last)), []).append(thing)
    return found
