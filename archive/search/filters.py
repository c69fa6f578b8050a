"""Which articles are meant: by source, language, day and length. Search and export choose with the same words.

It reads the archive only to check names (`archive.search.naming`). It must not know words to search for nor formats.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from archive.errors import UsageError
from archive.search.naming import UNDATED, Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Facts that an article must have; an empty one means every article.

    `since` and `until` are days in UTC, both included, of publication, `year` is of publication too, or UNDATED: a page
    that does not say when it was published is of no day and no year. `language` is a BCP 47 primary subtag, `source`
    the id in cuttings.toml.
    """

    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    year: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    min_words: int | None = None
    match: str | None = None  # an expression of the search index, see archive.search.expressions
    ids: tuple[int, ...] | None = None
    without_reserved: bool = False  # leaves out what its publisher reserves, unless its source has rights = "ignore"

    @property
    def is_of_time(self) -> bool:
        """Whether it narrows by the time of publication."""
        return bool(self.since or self.until or self.year)

    def undated(self) -> "Selection":
        """Return what would be selected too, were it not without a date."""
        return replace(self, since=None, until=None, year=(UNDATED,))


def conditions(selection: Selection) -> tuple[list[str], list[object]]:
    """Return SQL conditions on `articles AS a`, and the values of their parameters."""
    clauses: list[str] = []
    values: list[object] = []
    for clause, given in (*_of_facts(selection), *_of_time(selection), *_of_contents(selection)):
        clauses.append(clause)
        values.extend(given)
    return clauses, values


def of_source(source: str | None) -> tuple[list[str], list[object]]:
    """Return the condition that `a` is of one source, as `conditions` does; none for every source."""
    return conditions(Selection(source=(source,) if source else ()))


_Condition = tuple[str, tuple[object, ...]]


def _of_facts(selection: Selection) -> Iterator[_Condition]:
    """One source is compared, not looked for in a list: rows then come in the order of the index, sorted by time."""
    if len(selection.source) == 1:
        yield "a.source_id = (SELECT id FROM sources WHERE key = ?)", selection.source
    elif selection.source:
        yield f"a.source_id IN (SELECT id FROM sources WHERE key IN ({_marks(selection.source)}))", selection.source  # noqa: S608
    if selection.language:
        column = "+a.language" if selection.source else "a.language"  # the index of a source is the narrower one
        one = len(selection.language) == 1
        yield f"{column} = ?" if one else f"{column} IN ({_marks(selection.language)})", selection.language
    if selection.kind:
        yield f"+a.kind IN ({_marks(selection.kind)})", selection.kind


def _of_time(selection: Selection) -> Iterator[_Condition]:
    if selection.year:
        spans = [_of_year(year) for year in selection.year]
        clause = " OR ".join(clause for clause, _ in spans)
        yield clause if len(spans) == 1 else f"({clause})", tuple(value for _, values in spans for value in values)
    if selection.since:
        yield "a.published_at >= ?", (selection.since.isoformat(),)
    if selection.until:
        yield "a.published_at < ?", (before(selection.until),)


def _of_year(year: str) -> _Condition:
    if year == UNDATED:
        return "a.published_at IS NULL", ()
    return "a.published_at >= ? AND a.published_at < ?", (year, f"{year}~")


def before(until: date) -> str:
    """Return the text that every time up to the end of a day, in UTC, sorts before."""
    return (until + timedelta(days=1)).isoformat() if until < date.max else _BEHIND


_BEHIND: Final = "~"  # behind every digit


def _of_contents(selection: Selection) -> Iterator[_Condition]:
    if selection.min_words is not None:
        yield "a.words >= ?", (selection.min_words,)
    if selection.match is not None:
        yield "a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)", (selection.match,)
    if selection.ids is not None:
        yield f"a.id IN ({_marks(selection.ids)})", selection.ids
    if selection.without_reserved:
        yield "(a.reserved IS NULL OR a.source_id IN (SELECT id FROM sources WHERE rights = 'ignore'))", ()


def where(clauses: list[str]) -> str:
    """Join conditions to a WHERE clause; no condition selects every row."""
    return " AND ".join(clauses) if clauses else "1"


def named(conn: sqlite3.Connection, selection: Selection) -> Selection:
    """Return a selection with every name as the archive has it, each once.

    Raises UsageError for a name that the archive does not know, or that two sources share, or a period that ends before
    it begins.
    """
    if selection.since and selection.until and selection.until < selection.since:
        raise UsageError(f"the period ends ({selection.until}) before it begins ({selection.since})")
    names = Names(conn)
    return replace(
        selection,
        source=_each(names.source(name) for name in selection.source),
        language=_each(names.language(name) for name in selection.language),
        kind=_each(names.kind(name) for name in selection.kind),
        year=_each(names.year(name) for name in selection.year),
    )


def _each(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))
