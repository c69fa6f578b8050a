"""The main text of a parsed page, by trafilatura. The only module that knows it.

Comments are left out (trafilatura's default takes them for text), its duplicate filter is never used (it is a cache of
the process: the result would depend on the pages before), nor are its downloads and its metadata.
"""

import logging
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from archive.text import fold
from pipelines.page.parse import Element

# It logs each page it finds no text in as a warning; that is an outcome of ours, with the URL, in a table.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_THOROUGH: Final = Extractor(output_format="python", comments=False, dedup=False)
# Without its second opinions (readability, jusText), which take half of its time and change 5 pages in 100.
_QUICK: Final = Extractor(output_format="python", comments=False, dedup=False, fast=True)
# What it drops anyhow. Not here: what is in a button, a form or navigation, which it weighs as links or text first.
_NO_TEXT: Final = ("img", "input", "noscript", "picture", "select", "source", "track")
_BLOCKS: Final = frozenset({"body", "code", "div", "head", "item", "list", "p", "quote", "row", "table"})
_TEXTS: Final = frozenset({"cell", "head", "item", "p"})  # within these, code is a word of the sentence
_KINDS: Final = {"code": "code", "head": "head", "item": "item", "p": "p", "quote": "quote", "row": "row"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of the main text. `tag` is p, head, item, quote, row or code; lines of one paragraph share a `group`."""

    text: str
    tag: str
    group: int


Lines = tuple[TextLine, ...]


def main_text(tree: Element, url: str, is_enough: Callable[[Lines], bool]) -> Lines:
    """Return the lines of a page's main text, if trafilatura finds any. Takes pictures out of the tree.

    What it finds at first is taken where `is_enough` says so; else it searches again with all it has.
    """
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)  # it copies the tree four times first
    found = _found(tree, url, _QUICK)
    return found if is_enough(found) else _found(tree, url, _THOROUGH)


def _found(tree: Element, url: str, options: Extractor) -> Lines:
    options = copy(options)
    options.source = options.url = url
    document = bare_extraction(tree, options=options)
    if document is None or document.body is None:  # type: ignore[union-attr]  # a dict only with as_dict
        return ()
    return tuple(_lines(document.body))  # type: ignore[union-attr]  # a dict only with as_dict


def _lines(body: Element) -> Iterator[TextLine]:  # noqa: C901 - a state machine over events, whole in one view
    """Walk trafilatura's own XML: blocks end a line, and so do `lb` elements."""
    pieces: list[str] = []
    tags: list[str] = ["p"]
    group = 0

    def line() -> Iterator[TextLine]:
        for part in "".join(pieces).split("\n") if tags[-1] == "code" else ("".join(pieces),):
            if text := fold(part):
                yield TextLine(text=text, tag=tags[-1], group=group)
        pieces.clear()

    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if element.tag != "code" or _is_block(element) else "hi"
        if event == "start":
            if tag in _BLOCKS:
                yield from line()
                group += 1
                tags.append(_KINDS.get(tag, tags[-1]))
            elif tag == "lb":
                yield from line()
            if element.text:
                pieces.append(element.text)
            continue
        if tag in _BLOCKS:
            yield from line()
            tags.pop()
            group += 1
        elif tag == "cell":
            pieces.append(" | " if element.getnext() is not None else "")
        if element.tail:
            pieces.append(element.tail)
    yield from line()


def _is_block(code: Element) -> bool:
    """Tell whether code is a block by itself, or in lines of its own."""
    around = code.getparent()
    if around is None or around.tag not in _TEXTS:
        return True
    return next(code.iter("lb"), None) is not None or "\n" in "".join(code.itertext()).strip()
