"""What became of articles: their versions word by word, and the edits of all of them. Reads the archive."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from archive.browse.look import plots
from archive.browse.look.plots import Plot
from archive.browse.pages.cuts import is_small
from archive.changes.word_diff import Fold, Line, differences, folded
from archive.errors import UsageError
from archive.search.filters import of_source, where
from archive.storage.read_article import Version, version_text
from archive.storage.rows import rows

EDITS_A_PAGE: Final = 40
_DAYS: Final = 60
# Kinds of change that a reader would call one -> how it is told. See archive.changes.kinds.
CHANGES: Final = {
    "headline": "the headline",
    "correction": "a correction",
    "edit": "the text",
    "cosmetic": "cosmetic",
    "truncated": "cut off by a wall",
    "reextracted": "read anew, the page is the same",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one version changed in another. `lines` are paragraphs in pieces, and folds of those that stayed."""

    first: int
    second: int
    lines: tuple[Line | Fold, ...]
    is_same: bool


def difference(
    conn: sqlite3.Connection, article_id: int, versions: Sequence[Version], first: int | None, second: int | None
) -> Difference | None:
    """Return what version `second` (the last) changed in `first` (the one before it); None where there is one version.

    Raises UsageError for a version that the article does not have.
    """
    count = len(versions)
    for name, number in (("from", first), ("to", second)):
        if number is not None and number > count:
            raise UsageError(f"{name}: this article has no version {number}; it has 1 to {count}")
    if count < 2:
        return None
    second = second or (first + 1 if first and first < count else count)
    first = first or max(1, second - 1)
    lines = differences(version_text(conn, article_id, first), version_text(conn, article_id, second))
    shown = tuple(folded(lines))
    return Difference(first=first, second=second, lines=shown, is_same=all(isinstance(each, Fold) for each in shown))


def edits(
    conn: sqlite3.Connection, *, largest: bool, change: str | None, source: str | None, offset: int
) -> list[dict[str, Any]]:
    """Return versions that changed something, newest first, or by the number of words that changed."""
    clauses, values = of_source(source)
    clauses.append("v.change <> 'new'")
    if largest:
        clauses.append("v.changed_words IS NOT NULL")
    if change:
        clauses.append("v.change = ?")
        values.append(change)
    order, index = ("v.changed_words DESC", "versions_changed") if largest else ("v.created_at DESC", "versions_edited")
    tables = f"versions AS v INDEXED BY {index} CROSS JOIN articles AS a ON a.id = v.article_id"
    if source and is_small(conn, source):
        tables = "articles AS a INDEXED BY articles_source CROSS JOIN versions AS v ON v.article_id = a.id"
        clauses.append("a.versions > 1")
    sql = f"""
        SELECT v.article_id, v.n, v.change, v.created_at, v.changed_words, v.words, v.title, s.key, s.name AS source,
            a.language
        FROM {tables} CROSS JOIN sources AS s ON s.id = a.source_id
        WHERE {where(clauses)} ORDER BY {order}, v.id DESC LIMIT ? OFFSET ?
    """  # noqa: S608 - names of our own
    return [dict(row) for row in rows(conn, sql, (*values, EDITS_A_PAGE + 1, offset))]


def edits_a_day(conn: sqlite3.Connection, today: date) -> Plot | None:
    """Return the edits of the last days."""
    begin = (today - timedelta(days=_DAYS - 1)).isoformat()
    counted = plots.single((row["day"], row["edits"]) for row in rows(conn, _BY_DAY, (begin,)))
    return plots.plot("Edits a day", plots.by_day(counted, today, _DAYS))


_BY_DAY: Final = """
    SELECT substr(created_at, 1, 10) AS day, count(*) AS edits FROM versions INDEXED BY versions_edited
    WHERE change <> 'new' AND created_at >= ? GROUP BY day
"""
