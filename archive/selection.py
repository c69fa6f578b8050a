"""Which articles are meant: by source, language, day and length. Search and export choose with the same words.

It reads the archive only to check names. It does not know words to search for (`archive.search`) nor formats.
"""

import difflib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from archive.errors import UsageError
from archive.models import PageKind
from archive.rows import rows

_KINDS: Final = tuple(str(kind) for kind in PageKind)[:6]  # those that are filed
_NAMES_SHOWN: Final = 12  # known names in an error message: a screen has room for a dozen, an archive for thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Facts that an article must have; an empty one means every article.

    `since` and `until` are days in UTC, both included, of publication; where the page did not say when it was
    published, of the day it was first seen. `language` is a BCP 47 primary subtag, `source` the id in cuttings.toml.
    """

    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    year: int | None = None
    kind: tuple[str, ...] = ()
    min_words: int | None = None
    match: str | None = None  # an expression of the search index, see archive.query
    ids: tuple[int, ...] | None = None
    without_reserved: bool = False  # leaves out what its publisher reserves, unless its source has rights = "ignore"


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
    if selection.year is not None:
        yield "a.sort_at >= ? AND a.sort_at < ?", (f"{selection.year:04}", f"{selection.year + 1:04}")
    if selection.since:
        yield "a.sort_at >= ?", (selection.since.isoformat(),)
    if selection.until and selection.until < date.max:
        yield "a.sort_at < ?", ((selection.until + timedelta(days=1)).isoformat(),)


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


def check(conn: sqlite3.Connection, selection: Selection) -> None:
    """Raise UsageError for a source or language that the archive does not have, or a period that ends before it begins.

    A misspelt name would otherwise look like an archive without such articles.
    """
    if selection.since and selection.until and selection.until < selection.since:
        raise UsageError(f"the period ends ({selection.until}) before it begins ({selection.since})")
    if selection.source:
        _known("source", selection.source, [row["key"] for row in rows(conn, "SELECT key FROM sources ORDER BY key")])
    if selection.language:
        _known("language", selection.language, languages(conn))
    for kind in selection.kind:
        if kind not in _KINDS:
            raise UsageError(f'there is no kind "{kind}" of articles; there are {", ".join(_KINDS)}')


def languages(conn: sqlite3.Connection) -> list[str]:
    """Return the languages of the archive's articles, sorted.

    A loose index scan: one seek in the index a language, where DISTINCT would read every entry of it.
    """
    found = rows(
        conn,
        """
        WITH RECURSIVE known(language) AS (
            SELECT min(language) FROM articles
            UNION ALL
            SELECT (SELECT min(language) FROM articles WHERE language > known.language)
            FROM known WHERE known.language IS NOT NULL
        )
        SELECT language FROM known WHERE language IS NOT NULL
        """,
    )
    return [row["language"] for row in found]


def _known(what: str, asked: tuple[str, ...], known: list[str]) -> None:
    for name in asked:
        if name in known:
            continue
        if not known:
            raise UsageError(f'there is no {what} "{name}": the archive has no articles yet')
        near = difflib.get_close_matches(name, known, n=_NAMES_SHOWN, cutoff=0.6)
        shown = list(dict.fromkeys([*near, *known]))[:_NAMES_SHOWN]
        more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
        raise UsageError(f'there is no {what} "{name}" in this archive; known are {", ".join(shown)}{more}')


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))
