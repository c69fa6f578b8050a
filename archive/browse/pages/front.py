"""What the front page tells: how much there is, what came last, from whom, what is to be looked at, the last run.

Reads the archive. Each function is one quick question, so that a slow one costs its own part of the page only.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archive.browse.look import plots
from archive.browse.look.plots import Plot, Spark
from archive.browse.pages.runs import Run, runs
from archive.storage.rows import first, rows

LARGEST: Final = 8
COUNTED: Final = {  # table -> what a reader calls one of its rows, in the order they are shown
    "articles": "article",
    "sources": "source",
    "authors": "author",
    "images": "picture",
    "removed": "clutter block",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Largest:
    """A source with many articles, and their number by month; all such plots have the same months."""

    key: str
    name: str
    articles: int
    by_month: Spark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source to look at, and why."""

    key: str
    name: str
    detail: str
    since: str | None


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows there are in each of `COUNTED`, the words kept, and the articles that are not dated."""
    kept = {row["name"]: row["amount"] for row in rows(conn, "SELECT name, amount FROM table_counts")}
    kept["undated"] = first(conn, "SELECT coalesce(sum(articles), 0) FROM article_counts WHERE month = ''")[0]
    kept["sources"] = first(conn, "SELECT count(*) FROM sources")[0]
    kept["words"] = first(conn, "SELECT coalesce(sum(words), 0) FROM article_counts")[0]
    return {name: kept[name] for name in (*COUNTED, "words", "undated")}


def by_month(conn: sqlite3.Connection) -> Plot | None:
    """Return the articles a month of all sources."""
    counted = {row["month"]: [row["articles"]] for row in rows(conn, _BY_MONTH)}
    return plots.plot("Articles a month", plots.by_month(counted))


def largest(conn: sqlite3.Connection) -> list[Largest]:
    """Return the sources with most articles."""
    found = list(rows(conn, _LARGEST, (LARGEST,)))
    months: dict[int, dict[str, list[int]]] = {
        row["id"]: {
            each["month"]: [each["articles"]] for each in rows(conn, _MONTHS_OF, (row["id"],))
        }
        for row in found
    }  # fmt: skip
    every = sorted({month for counted in months.values() for month in counted})
    return [
        Largest(
            key=row["key"],
            name=row["name"],
            articles=row["articles"],
            by_month=plots.spark(
                f"{row['name']}, articles a month",
                [
                    (month, values[0])
                    for month, values in plots.by_month(_spread(months[row["id"]], every[:1] + every[-1:]))
                ],
            ),
        )
        for row in found
    ]


def troubles(conn: sqlite3.Connection) -> list[Trouble]:
    """Return open alerts, then listings that could not be read."""
    return [Trouble(**dict(row)) for row in rows(conn, _TROUBLES)]


def last_run(conn: sqlite3.Connection) -> Run | None:
    """Return the run that was started last."""
    return next(iter(runs(conn, limit=1)), None)


def _spread(counted: Mapping[str, list[int]], ends: list[str]) -> dict[str, list[int]]:
    """Counts with these months in them, so that plots beside one another have one axis."""
    return {**{month: [0] for month in ends}, **counted}


_BY_MONTH: Final = "SELECT month, sum(articles) AS articles FROM article_counts WHERE month <> '' GROUP BY month"
_LARGEST: Final = """
    SELECT s.id, s.key, s.name, sum(c.articles) AS articles
    FROM article_counts AS c JOIN sources AS s ON s.id = c.source_id
    GROUP BY s.id ORDER BY articles DESC, s.name LIMIT ?
"""
_MONTHS_OF: Final = """
    SELECT month, sum(articles) AS articles FROM article_counts WHERE source_id = ? AND month <> '' GROUP BY month
"""
_TROUBLES: Final = """
    SELECT s.key, s.name, a.detail, a.opened_at AS since
    FROM alerts AS a JOIN sources AS s ON s.id = a.source_id WHERE a.closed_at IS NULL
    UNION ALL
    SELECT s.key, s.name, f.outcome || ': ' || f.url, f.checked_at
    FROM feeds AS f JOIN sources AS s ON s.id = f.source_id
    WHERE f.outcome NOT IN ('listed', 'unchanged') AND f.failures >= 1
    LIMIT 12
"""
