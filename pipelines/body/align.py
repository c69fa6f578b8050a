"""Which blocks of the page the lines of the main text are: gives lines their place, and shows what was left out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pipelines.body.lines import HEADS, Scene, describe
from pipelines.body.rescue import Kept, home, missed
from pipelines.body.trafilatura import TextLine
from pipelines.clutter.draft import NOWHERE, Line, is_prose
from pipelines.compare import key
from pipelines.page.blocks import Block, Index
from pipelines.page.parse import Element

_START: Final = 32  # letters by which a line is found that trafilatura put together from several blocks
_MOST: Final = 0.6
_FOUND: Final = 0.9
_AHEAD: Final = 40  # blocks
_NEAR: Final = 2  # elements between a line of a list or quotation and the body around it
_RESCUED: Final = 1_000_000  # groups of rescued lines: beyond those of any text
_PARTS: Final = 12  # blocks of which a line is put together


@dataclass(frozen=True, slots=True)
class Placed:
    """Lines with their places, and the places of blocks among them that are not in the text."""

    lines: tuple[Line, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The page's URL, the first block that can belong to the article, and the standfirst, which is none of it."""

    url: str = ""
    start: int = 0
    standfirst: str | None = None


def align(text: Iterable[TextLine], blocks: tuple[Block, ...], gone: frozenset[int], bounds: Bounds) -> Placed:
    """Find each line among the blocks that were not cut (`gone`), in page order where texts repeat."""
    keys = [key(block.text) if place not in gone else "" for place, block in enumerate(blocks)]
    scene = Scene(blocks, keys, bounds.url)
    whole, starts = _lookup(keys)
    lines: list[Line] = []
    last = NOWHERE
    taken: set[int] = set()
    for line in text:
        said = key(line.text)
        place = _next(whole.get(said) or starts.get(said[:_START]), last, taken, scene, line.tag)
        whole_text = line.text
        if place is None and (place := _without_capital(said, last, taken, keys)) is not None:
            whole_text = blocks[place].text
        if place is None:
            lines.append(Line(text=line.text, tag=line.tag, group=line.group, place=last))
            continue
        taken.add(place)
        last = place
        lines.append(describe(replace(line, text=whole_text), place, scene))
    lines = _set_apart(_rescued(lines, scene, taken, bounds), scene)
    return Placed(tuple(lines), _dropped(keys, lines, taken, whole))


def covers(text: Sequence[TextLine], blocks: Index, gone: frozenset[int]) -> bool:
    """Tell whether a text is most of the prose that was not cut, and is on the page word for word.

    On 524 labelled pages it was if a first pass over the page gave the same text as a second, but for three.
    """
    left = [block for place, block in enumerate(blocks.blocks) if place not in gone]
    prose = sum(len(block.text) for block in left if block.is_prose)
    said = sum(len(line.text) for line in text)
    if not text or said < _MOST * prose:
        return False
    starts = {key(block.text)[:_START] for block in left}
    return sum(len(line.text) for line in text if key(line.text)[:_START] in starts) >= _FOUND * said


def _without_capital(said: str, last: int, taken: set[int], keys: list[str]) -> int | None:
    """Find a paragraph whose initial trafilatura lost: it was in an element of its own, set large."""
    if len(said) < _START:
        return None
    following = (place for place in range(last + 1, min(len(keys), last + _AHEAD)) if place not in taken)
    return next(
        (place for place in following if keys[place].endswith(said) and len(keys[place]) - len(said) <= 2), None
    )


def _set_apart(lines: list[Line], scene: Scene) -> list[Line]:
    """Mark the lines that are neither in nor near an element that holds two paragraphs of the text."""
    found = {at: home(scene.blocks[line.place]) for at, line in enumerate(lines) if _is_found(line, scene)}
    homes = [element for at, element in found.items() if is_prose(lines[at])]
    around = Counter(element.getparent() for element in set(homes))
    bodies = {element for element, count in (Counter(homes) + around).items() if count > 1}
    return [
        replace(line, apart=True) if bodies and at in found and not _is_within(found[at], bodies) else line
        for at, line in enumerate(lines)
    ]


def _is_found(line: Line, scene: Scene) -> bool:
    """Tell whether a line is at its place: one that was not found has the place of the line before it."""
    return line.place != NOWHERE and scene.keys[line.place].startswith(key(line.text)[: _START // 2])


def _is_within(element: Element, bodies: set[Element]) -> bool:
    if element in bodies or any(above in bodies for above in islice(element.iterancestors(), _NEAR)):
        return True
    name = element.get("class")  # a body that adverts part has several containers of one name
    return name is not None and any(name == body.get("class") and element.tag == body.tag for body in bodies)


def _rescued(lines: list[Line], scene: Scene, taken: set[int], bounds: Bounds) -> list[Line]:
    """Put back the paragraphs that were passed over (see `pipelines.body.rescue`), unless the text says them anyhow."""
    said = "\n".join(key(line.text) for line in lines)
    above = key(bounds.standfirst or "")
    places = missed(Kept(scene.blocks, scene.keys, frozenset(taken), bounds.start))
    places = tuple(place for place in places if scene.keys[place] not in said and scene.keys[place] != above)
    taken.update(places)
    back = [describe(_text_line(scene.blocks[place], place), place, scene) for place in places]
    return sorted([*lines, *back], key=lambda line: line.place)


def _text_line(block: Block, place: int) -> TextLine:
    return TextLine(text=block.text, tag="item" if block.element.tag == "li" else "p", group=_RESCUED + place)


def _lookup(keys: list[str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    whole: dict[str, list[int]] = defaultdict(list)
    starts: dict[str, list[int]] = defaultdict(list)
    for place, said in enumerate(keys):
        if said:
            whole[said].append(place)
            if len(said) >= _START // 2:
                starts[said[:_START]].append(place)
    return whole, starts


def _next(places: list[int] | None, last: int, taken: set[int], scene: Scene, tag: str) -> int | None:
    """Return the first free place after the last one, else any free place; for a heading, a heading if there is one."""
    free = [place for place in places or () if place not in taken]
    if tag == "head":
        free = [place for place in free if scene.blocks[place].element.tag in HEADS] or free
    return next((place for place in free if place > last), free[0] if free else None)


def _dropped(keys: list[str], lines: list[Line], taken: set[int], whole: Collection[str]) -> tuple[int, ...]:
    """Return the blocks inside the text that are neither a line of it nor part of one joined from several."""
    if not taken:
        return ()
    joined = [(line.place, said) for line in lines if (said := key(line.text)) not in whole]
    return tuple(
        place
        for place in range(min(taken) + 1, max(taken))
        if place not in taken and keys[place] and not _is_part(place, keys[place], joined)
    )


def _is_part(place: int, said: str, joined: list[tuple[int, str]]) -> bool:
    return any(place - _PARTS <= at <= place + 1 and said in line for at, line in joined)
