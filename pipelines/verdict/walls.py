"""The wall below a teaser, and how much of the text is behind it. Pure: reads values, never the tree.

A wall comes right below the text, says what it takes to read on, or has a name like "paywall". A box that sells
subscriptions is there too, below whole articles: what tells them apart is whether text is missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipelines.clutter.draft import Line, is_prose
from pipelines.clutter.prune import names_of
from pipelines.compare import ends_sentence
from pipelines.metadata.claims import Claims
from pipelines.page.blocks import Block, Index
from pipelines.page.parse import Element
from pipelines.phrases import in_order, pattern

_NEAR: Final = 12  # blocks below the last paragraph
_FAR: Final = 60  # the same on a page that says it is not free
_LONGEST: Final = 250  # characters of a text that is a wall's
_LEVELS: Final = 4  # elements around a block whose names count
_WALL: Final = pattern(in_order("verdict/walls"))
_BESIDE: Final = pattern(in_order("verdict/beside-walls"))
_NAME: Final = pattern(in_order("verdict/wall-names"))
# How much of the text is behind the wall: "Il vous reste 77.43% de cet article à lire", "残り1,234文字".
_LEFT_SHARE: Final = re.compile(
    r"(?:have|jeszcze|nog|noch|quedan?|restam|restano|reste|still have|zbývá|осталось|剩余|残り)\D{0,20}"
    r"(?P<share>\d{1,2})(?:[.,]\d+)?\s?[%％]",
    re.IGNORECASE,
)
_LEFT_LETTERS: Final = re.compile(r"残り[:：]?\s*(?P<letters>[\d,，]+)\s*文字")
_LOWER_WALL: Final = re.compile(_WALL.pattern)  # a fifth of the time that ignoring case takes
_LOWER_NAME: Final = re.compile(_NAME.pattern)
_SENTENCE: Final = 40  # characters
_DELIVERED: Final = 600  # characters of prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A sign that there is more: its words, whether they leave no doubt, whether the text ends right above, and
    whether the element around them has the name of a wall."""

    said: str
    is_plain: bool
    is_near: bool
    is_named: bool = False
    left: float | None = None  # share of the text that it says is behind it


def find_wall(index: Index, lines: tuple[Line, ...], words: int, *, stated: bool) -> Wall | None:
    """Find the plainest wall below the last paragraph; on a page without paragraphs, anywhere.

    `stated` means that the page says it is not free: then a wall may be further below, and its name is enough.
    """
    last = max((line.place for line in lines if is_prose(line) and not _is_wall_line(line)), default=-1)
    most = len(index.blocks) if last < 0 else last + 1 + (_FAR if stated else _NEAR)
    below = [(place, index.blocks[place]) for place in range(last + 1, min(most, len(index.blocks)))]
    near = len(index.blocks) if last < 0 else last + _NEAR
    for place, block in below:
        plain = _plain(block.text) if len(block.text) <= _LONGEST else None
        if plain:
            left = _left(block.text, words)
            named = _named(block) is not None
            return Wall(said=plain[0].strip(), is_plain=True, is_near=place <= near, is_named=named, left=left)
    return next(_beside(below, near), None) if stated else None


def _plain(text: str) -> re.Match[str] | None:
    return _WALL.search(text) if _LOWER_WALL.search(text.lower()) else None


def _is_wall_line(line: Line) -> bool:
    return len(line.text) <= _LONGEST and _WALL.match(line.text) is not None


def _beside(below: list[tuple[int, Block]], near: int) -> Iterator[Wall]:
    """Yield what is found beside walls, and beside whole articles too."""
    for place, block in below:
        match = _BESIDE.match(block.text) if len(block.text) <= _LONGEST else None
        said = match[0].strip() if match else _named(block)
        if said:
            yield Wall(said=said, is_plain=False, is_near=place <= near)


def _named(block: Block) -> str | None:
    """Return the name of an element around a block that is called a wall."""
    element: Element = block.element
    for around in islice((element, *element.iterancestors()), _LEVELS):
        name = next((name for name in names_of(around) if _LOWER_NAME.search(name.lower())), None)
        if name:
            return f"element {name}"
    return None


def _left(text: str, words: int) -> float | None:
    share = _LEFT_SHARE.search(text)
    if share:
        return int(share["share"]) / 100
    letters = _LEFT_LETTERS.search(text)
    if letters is None:
        return None
    left = int(letters["letters"].replace(",", "").replace("，", ""))
    return left / (left + words) if left else None


def is_cut_off(lines: tuple[Line, ...]) -> bool:
    """Tell whether the last paragraph stops in the middle of a sentence, or trails off."""
    last = next((line.text for line in reversed(lines) if line.tag != "head" and not _is_wall_line(line)), "")
    return len(last) >= _SENTENCE and (last.endswith(("...", "…", "[…]")) or not ends_sentence(last))


def delivers(index: Index, claims: Claims) -> bool | None:
    """Tell whether the part that is said to be locked is on the page all the same; None where nothing is said."""
    if not claims.locked:
        return None
    names = set(claims.locked)
    locked = [
        span
        for span in index.spans
        if not names.isdisjoint((span.element.get("class") or "").split()) or span.element.get("id") in names
    ]
    return sum(index.prose_in(span) for span in locked) >= _DELIVERED
