"""The blocks of a page in document order, and for each element which of them it holds.

One pass over the tree. An element holds a contiguous run of blocks, so prefix sums answer "how much text, linked text
or prose is in there" at once for any element; asking the tree again for each is quadratic.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from archive.text import fold
from pipelines.page.parse import Element

# Elements that end the line of text before them and start a new one (HTML standard 15.3.3), and those we treat alike.
BLOCK_TAGS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "legend",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# Elements whose content is no text of the page.
OPAQUE_TAGS: Final = frozenset(
    [
        "applet",
        "audio",
        "canvas",
        "embed",
        "head",
        "iframe",
        "map",
        "math",
        "noframes",
        "noscript",
        "object",
        "script",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
_PROSE: Final = 80  # characters from which a block counts as prose ...
_LINKED: Final = 0.4  # ... unless this share of it is links
_KINDS_OF_MARK: Final = (0, 1, 2)
_MARKS: Final = {"a": 0, "b": 1, "em": 2, "i": 2, "strong": 1}
_HIDEABLE: Final = frozenset({"a", "button", "small", "span"})
# What opens, not the word it opens over.
POPUP: Final = re.compile(
    r"(?<![a-z])(?:hover-?card|(?:popover|tooltip)-{0,2}_{0,2}(?:body|box|content|inner|text)|rollover-(?:\w+-)?block)",
    re.IGNORECASE,
)


class Block(NamedTuple):
    """A run of text without a break in it: the element that holds it, and how much of it is linked, bold or italic."""

    text: str
    element: Element
    linked: int
    bold: int
    italic: int

    @property
    def is_prose(self) -> bool:
        """Tell whether it reads as running text: long, and not a link."""
        return len(self.text) >= _PROSE and self.linked <= _LINKED * len(self.text)


class Span(NamedTuple):
    """An element with the blocks it holds: from `start` up to, but not with, `end`; `stop` is its last descendant."""

    element: Element
    start: int
    end: int
    stop: int


@dataclass(frozen=True, slots=True)
class Index:
    """Blocks and elements of a page in document order, with prefix sums over the blocks."""

    blocks: tuple[Block, ...]
    spans: tuple[Span, ...]
    depth: int
    chars: tuple[int, ...] = field(repr=False)
    linked: tuple[int, ...] = field(repr=False)
    prose: tuple[int, ...] = field(repr=False)

    def text_in(self, span: Span) -> int:
        """Characters of text in an element."""
        return self.chars[span.end] - self.chars[span.start]

    def linked_in(self, span: Span) -> int:
        """Characters of linked text in an element."""
        return self.linked[span.end] - self.linked[span.start]

    def prose_in(self, span: Span) -> int:
        """Characters of prose (see `Block.is_prose`) in an element."""
        return self.prose[span.end] - self.prose[span.start]

    @property
    def all_prose(self) -> int:
        """Characters of prose on the page."""
        return self.prose[-1]


def index(root: Element) -> Index:
    """Read the blocks below an element."""
    blocks, spans, depth = _walk(root)
    return Index(
        blocks=tuple(blocks),
        spans=tuple(spans),
        depth=depth,
        chars=tuple(accumulate((len(block.text) for block in blocks), initial=0)),
        linked=tuple(accumulate((block.linked for block in blocks), initial=0)),
        prose=tuple(accumulate((len(block.text) if block.is_prose else 0 for block in blocks), initial=0)),
    )


def _walk(root: Element) -> tuple[list[Block], list[Span], int]:  # noqa: C901 - see its docstring
    """Walk the tree in one pass, a state machine in one function: calls for every element would double its cost."""
    blocks: list[Block] = []
    spans: list[Span | None] = []  # filled when the element ends
    entered: list[tuple[int, int]] = []  # of each open element: its position in spans, its first block
    owners: list[Element] = [root]  # open block elements
    pieces: list[str] = []  # text since the last break
    marked = [0, 0, 0]  # linked, bold, italic characters since the last break
    open_marks = [0, 0, 0]
    inside = 0  # how many marks are open in all
    depth = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        breaks = tag in BLOCK_TAGS
        if breaks and pieces:
            if text := fold("".join(pieces)):
                blocks.append(Block(text, owners[-1], *marked))
            pieces.clear()
            marked = [0, 0, 0]
        if event == "start":
            if breaks:
                owners.append(element)
            elif tag in _MARKS:
                open_marks[_MARKS[tag]] += 1
                inside += 1
            entered.append((len(spans), len(blocks)))
            spans.append(None)
            if len(entered) > depth:
                depth = len(entered)
            if tag in OPAQUE_TAGS or (tag in _HIDEABLE and _is_hidden(element)):
                walker.skip_subtree()
                continue
            said = element.text
        else:
            if breaks:
                owners.pop()
            elif tag in _MARKS:
                open_marks[_MARKS[tag]] -= 1
                inside -= 1
            at, first = entered.pop()
            spans[at] = Span(element, first, len(blocks), len(spans))
            said = element.tail if element is not root else None
        if said and (pieces or not said.isspace()):  # white space at the beginning of a line is none
            pieces.append(said)
            if inside:
                length = len(said.strip())
                for kind in _KINDS_OF_MARK:
                    if open_marks[kind]:
                        marked[kind] += length
    if text := fold("".join(pieces)):
        blocks.append(Block(text, root, *marked))
    return blocks, [span for span in spans if span is not None], depth


def _is_hidden(element: Element) -> bool:
    """Tell small things a reader never sees (WordPress's "Cancel reply"); hidden sections are left to later steps.

    So are popups that open over a word of a sentence: they would be in its middle.
    """
    style, name = element.get("style"), element.get("class")
    return (
        element.get("hidden") is not None
        or (style is not None and "display:none" in style.replace(" ", ""))
        or (name is not None and ("over" in name or "tool" in name) and POPUP.search(name) is not None)
    )
