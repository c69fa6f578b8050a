"""The small markup the demonstration's stories are written in: text to blocks. Knows nothing of outlets or HTML pages.

A body is blocks separated by blank lines; the first characters of a block say what it is:

    a plain line            a paragraph                       ## text       a subhead
    > text | speaker        a quotation, part of the text     >> text | by  a pull quote: repeats the text, is cut
    - text (on every line)  a list                            ===           the article goes on on a second page
    ! file | caption | credit | alt     a picture             !! title      a gallery; its pictures on the next lines
    ~ text | slug           a promo for another story         @ time | text  an entry of a live blog begins

Inside a text, *so* is emphasis and [so](http://...) is a link.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape


class BlockKind(StrEnum):
    """What a block of a story is."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    QUOTE = "quote"
    PULL_QUOTE = "pull_quote"
    LIST = "list"
    PAGE_BREAK = "page_break"
    PICTURE = "picture"
    GALLERY = "gallery"
    PROMO = "promo"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as the story names it: `file` has no folder, that is the outlet's affair."""

    file: str
    caption: str = ""
    credit: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block. `by` is a quotation's speaker or a promo's slug; `items` are a list's lines."""

    kind: BlockKind
    text: str = ""
    by: str = ""
    items: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    when: datetime | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """The plain texts of this block that belong to the article."""
        texts = {BlockKind.LIST: self.items}.get(self.kind, (self.text,) if self.kind in _KEPT else ())
        return tuple(plain(text) for text in texts)


_KEPT = frozenset({BlockKind.PARAGRAPH, BlockKind.SUBHEAD, BlockKind.QUOTE, BlockKind.ENTRY})
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_EMPHASIS = re.compile(r"\*([^*]+)\*")


def plain(text: str) -> str:
    """Return the text as a reader sees it, without links and emphasis."""
    return _EMPHASIS.sub(r"\1", _LINK.sub(r"\1", text))


def inline_html(text: str) -> str:
    """Return the text as HTML, with its links and emphasis."""
    linked = _LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
    return _EMPHASIS.sub(r"<em>\1</em>", linked)


def parse(body: str) -> tuple[Block, ...]:
    """Return the blocks of a body."""
    return tuple(_block(chunk.strip()) for chunk in re.split(r"\n\s*\n", body) if chunk.strip())


def paginate(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], ...]:
    """Return the blocks page by page: a page break ends one."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind is BlockKind.PAGE_BREAK:
            pages.append([])
        else:
            pages[-1].append(block)
    return tuple(tuple(page) for page in pages)


def _block(chunk: str) -> Block:
    mark, _, rest = chunk.partition(" ")
    return _READERS.get(mark, _paragraph)(chunk if mark not in _READERS else rest.strip())


def _paragraph(text: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=" ".join(text.split()))


def _spoken(kind: BlockKind) -> Callable[[str], Block]:
    def read(text: str) -> Block:
        words, by = _fields(text, 2)
        return Block(kind=kind, text=words, by=by)

    return read


def _list(text: str) -> Block:
    return Block(kind=BlockKind.LIST, items=tuple(line.removeprefix("- ").strip() for line in text.splitlines()))


def _picture(text: str) -> Block:
    return Block(kind=BlockKind.PICTURE, pictures=(_read_picture(text),))


def _gallery(text: str) -> Block:
    title, *lines = text.splitlines()
    return Block(kind=BlockKind.GALLERY, text=title, pictures=tuple(_read_picture(line[2:]) for line in lines))


def _entry(text: str) -> Block:
    when, title = _fields(text, 2)
    return Block(kind=BlockKind.ENTRY, text=title, when=datetime.fromisoformat(when))


def _read_picture(line: str) -> Picture:
    file, caption, credit, alt = _fields(line, 4)
    return Picture(file=file, caption=caption, credit=credit, alt=alt)


def _fields(line: str, count: int) -> tuple[str, ...]:
    """Return exactly `count` trimmed fields; those a line does not give are empty."""
    given = [part.strip() for part in line.split("|")]
    return tuple((given + [""] * count)[:count])


_READERS: dict[str, Callable[[str], Block]] = {
    "##": lambda text: Block(kind=BlockKind.SUBHEAD, text=text),
    ">": _spoken(BlockKind.QUOTE),
    ">>": _spoken(BlockKind.PULL_QUOTE),
    "-": _list,
    "===": lambda _: Block(kind=BlockKind.PAGE_BREAK),
    "!": _picture,
    "!!": _gallery,
    "~": _spoken(BlockKind.PROMO),
    "@": _entry,
}
