"""The article while it is being cleaned: lines that are kept, blocks that were cut, and what is known of the page.

A step takes a draft and returns one with lines moved from kept to cut. It never changes a line, adds one or reorders
them. This module must not know HTML.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from archive.model.article import ClutterKind
from pipelines.compare import ends_sentence

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text with what the page says about it.

    `place` is its position among the blocks of the page; `linked`, `bold` and `italic` are shares of its text; `marks`
    are the class names and ids around it, lower case; lines of one paragraph share their `group`. `heads_links` says
    that the next two blocks on the page are links, `apart` that it is in no element that holds the paragraphs of
    the text, `in_header` that it is in a `header`, and `labelled` that it is a link but for a label of its own
    ("Weather: Storm reaches the coast"). `away` says that its links leave the site; items of one list share their
    `list`.
    """

    text: str
    tag: str = "p"
    group: int = 0
    place: int = NOWHERE
    linked: float = 0.0
    bold: float = 0.0
    italic: float = 0.0
    marks: str = ""
    heads_links: bool = False
    apart: bool = False
    in_header: bool = False
    labelled: bool = False
    away: bool = False
    list: int = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A block that was cut, by which rule, and its position among the blocks of the page."""

    kind: ClutterKind
    text: str
    rule: str
    place: int = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Kept lines and cuts.

    `titles` are all forms of the title that the page gives; `title_place` is the place of the title among the blocks
    of the page, if it is one of them; `whole` is the length of the text before the first step, in characters.
    """

    lines: tuple[Line, ...]
    cuts: tuple[Cut, ...] = ()
    titles: tuple[str, ...] = ()
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    site_name: str | None = None
    title_place: int = NOWHERE
    whole: int = 0


def start(draft: Draft) -> Draft:
    """Return the draft with `whole` set: what the guard of `move` measures by."""
    return replace(draft, whole=sum(len(line.text) for line in draft.lines))


def move(draft: Draft, kind: ClutterKind, rule: str, chosen: Collection[int]) -> Draft:
    """Move the lines at these positions to the cuts, unless that would leave less than a third of the text."""
    if not chosen:
        return draft
    kept = sum(len(line.text) for at, line in enumerate(draft.lines) if at not in chosen)
    return draft if 3 * kept < draft.whole else cut(draft, kind, rule, chosen)


def cut(draft: Draft, kind: ClutterKind, rule: str, chosen: Collection[int]) -> Draft:
    """Move the lines at these positions to the cuts, however many they are."""
    if not chosen:
        return draft
    kept = tuple(line for at, line in enumerate(draft.lines) if at not in chosen)
    cuts = tuple(
        Cut(kind=kind, text=line.text, rule=rule, place=line.place)
        for at, line in enumerate(draft.lines)
        if at in chosen
    )
    return replace(draft, lines=kept, cuts=draft.cuts + cuts)


def move_where(draft: Draft, kind: ClutterKind, rule: str, test: Callable[[Line], bool]) -> Draft:
    """Move the lines that pass a test."""
    return move(draft, kind, rule, {at for at, line in enumerate(draft.lines) if test(line)})


def opening(draft: Draft, most: int = 8) -> Iterator[tuple[int, Line]]:
    """Yield the lines before the text proper, with positions: up to the first that reads as prose, at most `most`."""
    for at, line in enumerate(draft.lines[:most]):
        if is_prose(line):
            return
        yield at, line


def ending(draft: Draft, most: int = 8) -> Iterator[tuple[int, Line]]:
    """Yield the last lines, at most `most`, with their positions, from the end backwards."""
    for at in range(len(draft.lines) - 1, max(-1, len(draft.lines) - 1 - most), -1):
        yield at, draft.lines[at]


def is_prose(line: Line) -> bool:
    """Tell whether a line reads as running text: long and ending as a sentence does."""
    return len(line.text) >= 120 or (len(line.text) >= 60 and ends_sentence(line.text))
