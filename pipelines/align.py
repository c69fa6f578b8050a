"""Which blocks of the page the lines of the main text are: gives lines their place, and shows what was left out."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipelines.blocks import Block
from pipelines.clutter.draft import NOWHERE, Line, ends_sentence, key
from pipelines.clutter.prune import names_of
from pipelines.main_text import TextLine
from pipelines.page import Element

_START: Final = 32  # letters by which a line is found that trafilatura put together from several blocks
_AROUND: Final = 3  # elements around a block whose names count as its marks


@dataclass(frozen=True, slots=True)
class Placed:
    """Lines with their places, and the places of blocks that stood among them but are not in the text."""

    lines: tuple[Line, ...]
    dropped: tuple[int, ...]


def align(text: Iterable[TextLine], blocks: tuple[Block, ...], gone: frozenset[int]) -> Placed:
    """Find each line among the blocks that were not cut (`gone`), in page order where texts repeat."""
    keys = [key(block.text) if place not in gone else "" for place, block in enumerate(blocks)]
    whole, starts = _lookup(keys)
    lines: list[Line] = []
    last = NOWHERE
    taken: set[int] = set()
    for line in text:
        said = key(line.text)
        place = _next(whole.get(said) or starts.get(said[:_START]), last, taken)
        if place is None:
            lines.append(Line(text=line.text, tag=line.tag, group=line.group, place=last))
            continue
        taken.add(place)
        last = place
        lines.append(_described(line, blocks[place], place, heads_links=_heads_links(blocks, keys, place)))
    lines = _rescued(lines, blocks, keys, taken)
    return Placed(tuple(lines), _dropped(keys, lines, taken))


def _rescued(lines: list[Line], blocks: tuple[Block, ...], keys: list[str], taken: set[int]) -> list[Line]:
    """Put back paragraphs that trafilatura passed over: prose among paragraphs it kept, in the same element as they.

    It judges by link density, and a paragraph with many names linked in it is still a paragraph.
    """
    if not taken:
        return lines
    homes = Counter(_home(blocks[place]) for place in taken)
    missed = [
        place
        for place in range(min(taken) + 1, max(taken))
        if place not in taken and keys[place] and homes[_home(blocks[place])] >= 2 and _belongs(blocks[place])
    ]
    said = "\n".join(key(line.text) for line in lines)
    missed = [place for place in missed if keys[place] not in said]
    taken.update(missed)
    back = [
        _described(TextLine(text=blocks[place].text, tag="p", group=_RESCUED + place), blocks[place], place)
        for place in missed
    ]
    return sorted([*lines, *back], key=lambda line: line.place) if back else lines


_RESCUED: Final = 1_000_000  # groups of rescued lines: beyond those of any text


def _home(block: Block) -> Element:
    """What a paragraph stands in: its parent, past a quotation; for text outside any paragraph, its own element."""
    element = block.element
    if element.tag not in ("li", "p", *_SUBHEADS):
        return element
    parent = element.getparent()
    return parent.getparent() if parent is not None and parent.tag == "blockquote" else parent


def _belongs(block: Block) -> bool:
    """A sentence or more of prose, or a heading that is no link."""
    if block.element.tag in _SUBHEADS:
        return len(block.text) <= 150 and not block.linked
    return len(block.text) >= 100 and block.linked < 0.7 * len(block.text) and ends_sentence(block.text)


def _lookup(keys: list[str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    whole: dict[str, list[int]] = defaultdict(list)
    starts: dict[str, list[int]] = defaultdict(list)
    for place, said in enumerate(keys):
        if said:
            whole[said].append(place)
            if len(said) >= _START // 2:
                starts[said[:_START]].append(place)
    return whole, starts


def _next(places: list[int] | None, last: int, taken: set[int]) -> int | None:
    """The first free place after the last one, else any free place."""
    free = [place for place in places or () if place not in taken]
    return next((place for place in free if place > last), free[0] if free else None)


def _described(line: TextLine, block: Block, place: int, *, heads_links: bool = False) -> Line:
    length = max(1, len(block.text))
    marks: list[str] = []
    element = block.element
    for _ in range(_AROUND):
        if element is None or element.tag in ("article", "body", "main"):
            break
        marks += names_of(element)
        element = element.getparent()
    tag = line.tag if line.tag != "p" or block.element.tag not in _HEADS else "head"
    return Line(
        text=line.text,
        tag=tag,
        group=line.group,
        place=place,
        linked=min(1.0, block.linked / length),
        bold=min(1.0, block.bold / length),
        italic=min(1.0, block.italic / length),
        marks=" ".join(marks).lower(),
        heads_links=heads_links,
    )


def _heads_links(blocks: tuple[Block, ...], keys: list[str], place: int) -> bool:
    """Tell whether the next two blocks that are still there are links."""
    following = islice((blocks[at] for at in range(place + 1, len(blocks)) if keys[at]), 2)
    return [block.linked > _ALL_LINKED * len(block.text) for block in following] == [True, True]


_ALL_LINKED: Final = 0.9


_SUBHEADS: Final = frozenset({"h2", "h3", "h4", "h5"})
_HEADS: Final = _SUBHEADS | {"h1", "h6"}


def _dropped(keys: list[str], lines: list[Line], taken: set[int]) -> tuple[int, ...]:
    if not taken:
        return ()
    kept = "\n".join(key(line.text) for line in lines)
    inside = range(min(taken) + 1, max(taken))
    return tuple(place for place in inside if place not in taken and keys[place] and keys[place] not in kept)
