"""What the page says about a line of the text: its place, how much of it is linked, what is around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from archive.web.urls import registered_domain
from pipelines.body.rescue import SUBHEADS
from pipelines.body.trafilatura import TextLine
from pipelines.clutter.draft import NOWHERE, Line
from pipelines.clutter.prune import names_of
from pipelines.page.blocks import Block
from pipelines.page.parse import Element

_AROUND: Final = 3  # elements around a block whose names count as its marks
HEADS: Final = SUBHEADS | {"h1", "h6"}
_ALL_LINKED: Final = 0.9
_LABELLED: Final = 15  # letters of the shortest headline behind a label
_SPACES: Final = 3  # a link's own white space counts to neither side
_LABEL: Final = re.compile(r"[^:?!|]{2,40}[:?!|]\s*")  # before a link: "Weather:", "New alliance?"


@dataclass(frozen=True, slots=True)
class Scene:
    """The blocks of a page, their texts as keys ("" for one that was cut), and the page's URL."""

    blocks: Sequence[Block]
    keys: Sequence[str]
    url: str
    lists: dict[Element, int] = field(default_factory=dict)


def describe(line: TextLine, place: int, scene: Scene) -> Line:
    """Make a line of the draft from a line of the text and the block that it is."""
    block = scene.blocks[place]
    length = max(1, len(block.text))
    label = _LABEL.match(block.text)
    return Line(
        text=line.text,
        tag=line.tag if line.tag != "p" or block.element.tag not in HEADS else "head",
        group=line.group,
        place=place,
        linked=min(1.0, block.linked / length),
        bold=min(1.0, block.bold / length),
        italic=min(1.0, block.italic / length),
        marks=_marks(block.element),
        heads_links=_heads_links(place, scene),
        in_header=_is_in_header(block.element),
        labelled=label is not None and length - block.linked <= label.end() + _SPACES < length - _LABELLED,
        away=block.linked > 0 and _leads_away(block.element, scene.url),
        list=_list_of(block.element, scene),
    )


def _marks(element: Element | None) -> str:
    marks: list[str] = []
    for _ in range(_AROUND):
        if element is None or element.tag in ("article", "body", "main"):
            break
        marks += names_of(element)
        element = element.getparent()
    return " ".join(marks).lower()


def _is_in_header(element: Element) -> bool:
    """Tell whether an element is in the header that holds a title; a post of a live blog has a header, too."""
    header = next(element.iterancestors("header"), None)
    return header is not None and next(header.iter("h1"), None) is not None


def _heads_links(place: int, scene: Scene) -> bool:
    """Tell whether the next two blocks that are still there are links."""
    following = islice((scene.blocks[at] for at in range(place + 1, len(scene.blocks)) if scene.keys[at]), 2)
    return [block.linked > _ALL_LINKED * len(block.text) for block in following] == [True, True]


def _leads_away(element: Element, url: str) -> bool:
    """Tell whether all links in an element lead to other sites."""
    here = registered_domain(url)
    return all(registered_domain((link.get("href") or "").strip()) not in ("", here) for link in element.iter("a"))


def _list_of(element: Element, scene: Scene) -> int:
    """Return a number for the list that an item is in."""
    around = element.getparent() if element.tag == "li" else None
    return NOWHERE if around is None else scene.lists.setdefault(around, len(scene.lists))
