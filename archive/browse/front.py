"""What the front page tells: how much there is, what came last, from whom, and how the last run ended.

Reads the archive. Each function is one quick question, so that a slow one costs its own part of the page only.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from archive.rows import first, rows

SOURCES_SHOWN: Final = 12
COUNTED: Final = {  # table -> what a reader calls one of its rows, in the order they are shown
    "articles": "article",
    "sources": "source",
    "authors": "author",
    "images": "picture",
    "removed": "clutter block",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A source, the number of its articles, and the day of its latest."""

    key: str
    name: str
    articles: int
    latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The last run. `outcomes` are counts of how tries ended, the most frequent first."""

    id: int
    command: str
    state: str
    started_at: str
    ended_at: str | None
    new: int | None
    known: int | None
    tried: int | None
    outcomes: tuple[tuple[str, int], ...]


def count(conn: sqlite3.Connection, table: str) -> int:
    """Return how many rows there are in one of `COUNTED`."""
    return int(first(conn, f"SELECT count(*) FROM {table}")[0])  # noqa: S608 - a name of our own


def sources(conn: sqlite3.Connection) -> list[SourceFacts]:
    """Return the sources with most articles."""
    return [SourceFacts(**dict(row)) for row in rows(conn, _SOURCES, (SOURCES_SHOWN,))]


def last_run(conn: sqlite3.Connection) -> Run | None:
    """Return the run that was started last."""
    row = first(conn, _LAST_RUN)
    if row is None:
        return None
    facts = dict(row)
    outcomes = json.loads(facts.pop("summary") or "{}")
    return Run(outcomes=tuple(sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))), **facts)


# The index (source_id, sort_at) answers this alone.
_SOURCES: Final = """
    SELECT s.key, s.name, coalesce(a.articles, 0) AS articles, a.latest
    FROM sources AS s
    LEFT JOIN (SELECT source_id, count(*) AS articles, max(sort_at) AS latest FROM articles GROUP BY source_id) AS a
        ON a.source_id = s.id
    ORDER BY articles DESC, s.name LIMIT ?
"""
_LAST_RUN: Final = """
    SELECT id, command, state, started_at, ended_at, new, known, tried, summary FROM runs ORDER BY id DESC LIMIT 1
"""
