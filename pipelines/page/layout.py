"""Tables that lay out a page, as pages did before style sheets: told apart from tables of data, made plain blocks.

trafilatura reads a table as rows of data, so an article in a cell loses its paragraphs, lists and headings.
"""

from typing import Final

from pipelines.page.blocks import Index, Span
from pipelines.page.parse import Element

_SHARE: Final = 0.5  # of the page's prose: a table that holds more is the page rather than something on it
_BLOCKS: Final = ("blockquote", "div", "ol", "p", "table", "ul")
_FEW: Final = 2  # such blocks in one cell; a cell of data is seldom more than a paragraph
_BREAKS: Final = 4  # line breaks in a cell: two or three paragraphs with an empty line between them
_PARTS: Final = frozenset({"table", "tbody", "td", "tfoot", "thead", "tr"})
_DATA: Final = ("caption", "th")  # what only tables of data have


def unwrap_layout_tables(index: Index) -> None:
    """Make the tables that hold the article plain blocks, and the cell it is in an article element.

    The blocks of the index do not change.
    """
    tables = [span for span in index.spans if span.element.tag == "table"]
    layout = [span.element for span in tables if _is_layout(span, index)]
    if not layout:
        return
    cells = [span for span in index.spans if span.element.tag == "td" and _holds_most(span, index)]
    for table in layout:
        for part in _own_parts(table):
            part.tag = "div"
    if cells:
        cells[-1].element.tag = "article"  # the innermost


def _is_layout(span: Span, index: Index) -> bool:
    """Tell whether it has most of the page's prose in it, and a cell with blocks of its own."""
    if not _holds_most(span, index):
        return False
    parts = _own_parts(span.element)
    if any(next(part.iterchildren(*_DATA), None) is not None for part in parts):
        return False
    cells = (part for part in parts if part.tag == "td")
    return any(_is_page_like(cell) for cell in cells)


def _is_page_like(cell: Element) -> bool:
    """Tell whether a cell holds blocks, a title, or paragraphs that are parted by line breaks."""
    if cell.find("h1") is not None or sum(1 for _ in cell.iterchildren(*_BLOCKS)) >= _FEW:
        return True
    return sum(1 for _ in cell.iterchildren("br")) >= _BREAKS


def _holds_most(span: Span, index: Index) -> bool:
    return index.prose_in(span) > _SHARE * index.all_prose


def _own_parts(table: Element) -> list[Element]:
    """Return a table, its rows and its cells, but not those of a table within a cell."""
    parts = [table]
    for part in parts:
        parts += [child for child in part if child.tag in _PARTS and child.tag != "table" and part.tag != "td"]
    return parts
