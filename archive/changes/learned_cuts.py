"""Learned lines as values, and a text with the lines put back that were cut for having been learned. Pure.

Which lines these are `pipelines.rules.learn` decides; `archive.storage.tables.learned_lines` keeps them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.model.article import Clutter, ClutterKind

RULE: Final = "learned"  # of cuts, in the ledger
MOST: Final = 100  # lines cut for one source; their keys travel with each of its pages


class Place(StrEnum):
    """The place of a line on its pages."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An article to learn from: its lines before learned ones were cut, and what it has in common with others."""

    article_id: int
    title: str
    lines: tuple[str, ...]
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedLine:
    """A learned line. `pages` of `of` pages, none a near-duplicate of another, carry it."""

    key: str  # pipelines.compare.key: what lines are compared by
    text: str
    kind: ClutterKind
    place: Place
    pages: int
    of: int
    examples: tuple[int, ...] = ()  # ids of articles


def as_it_stood(lines: Sequence[str], cuts: Iterable[Clutter]) -> tuple[str, ...]:
    """Return the lines of a text with those put back that were cut for having been learned."""
    back: dict[int, list[str]] = {}
    for cut in cuts:
        if cut.rule == RULE:
            back.setdefault(cut.after_paragraph, []).append(cut.text)
    if not back:
        return tuple(lines)
    whole = list(back.get(0, ()))
    for number, line in enumerate(lines, start=1):
        whole += [line, *back.get(number, ())]
    return tuple(whole)
