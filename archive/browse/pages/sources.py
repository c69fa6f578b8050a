"""The sources: how much each has, how it does day by day, and what there is to know of one. Reads the archive."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from archive.browse.look import plots
from archive.browse.look.plots import Plot, Spark
from archive.health.coverage import Coverage, Span, coverage
from archive.storage.rows import first, rows
from archive.storage.tables import rights

DAYS: Final = 30  # of the sparklines
_DAYS_OF_ONE: Final = 90
COVERED_DAYS: Final = 14
SORTS: Final = ("trouble", "name", "articles", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A source in the list. `new` are its new articles a day; `alerts` are sentences."""

    key: str
    name: str
    language: str | None
    articles: int
    words: int
    removed_words: int
    latest: str | None
    new: Spark | None
    alerts: tuple[str, ...]


def names(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return key and name of every source, by name."""
    found = rows(conn, "SELECT key, name FROM sources ORDER BY name COLLATE NOCASE")
    return [(row["key"], row["name"]) for row in found]


def outlets(conn: sqlite3.Connection, sort: str, today: date) -> list[Outlet]:
    """Return every source."""
    alerts: dict[int, list[str]] = defaultdict(list)
    for row in rows(conn, "SELECT source_id, detail FROM alerts WHERE closed_at IS NULL ORDER BY opened_at"):
        alerts[row["source_id"]].append(row["detail"])
    days: dict[int, dict[str, int]] = defaultdict(dict)
    shown = plots.days_to(today, DAYS)
    for row in rows(conn, _NEW_A_DAY, (shown[0], shown[-1])):
        days[row["source_id"]][row["day"]] = row["new"]
    found = [
        Outlet(
            new=plots.spark("New articles a day", [(day, days[row["id"]].get(day, 0)) for day in shown]),
            alerts=tuple(alerts[row["id"]]),
            **{name: row[name] for name in ("key", "name", "language", "articles", "words", "removed_words", "latest")},
        )
        for row in rows(conn, _OUTLETS)
    ]
    order = {
        "trouble": lambda each: (-len(each.alerts), each.name.casefold()),
        "name": lambda each: each.name.casefold(),
        "articles": lambda each: (-each.articles, each.name.casefold()),
        "latest": lambda each: "" if each.latest is None else each.latest,
    }[sort]
    return sorted(found, key=order, reverse=sort == "latest")


def outlet(conn: sqlite3.Connection, key: str, today: date) -> dict[str, Any] | None:
    """Return what there is to know of one source, or None."""
    source = first(conn, "SELECT * FROM sources WHERE key = ?", (key,))
    if source is None:
        return None
    number = source["id"]
    sums = first(
        conn,
        "SELECT coalesce(sum(articles), 0) AS articles, coalesce(sum(words), 0) AS words, "
        "coalesce(sum(removed_words), 0) AS removed_words, "
        "coalesce(sum(articles) FILTER (WHERE month = ''), 0) AS undated FROM article_counts WHERE source_id = ?",
        (number,),
    )
    return {
        **dict(source),
        **dict(sums),
        "languages": [tuple(row) for row in rows(conn, _LANGUAGES, (number,))],
        "alerts": [dict(row) for row in rows(conn, _ALERTS, (number,))],
        "feeds": [dict(row) for row in rows(conn, _FEEDS, (number,))],
        "events": [dict(row) for row in rows(conn, _EVENTS, (number,))],
        "rules": [dict(row) for row in rows(conn, _RULES, (number,))],
        "said": [dict(row) for row in rows(conn, _RIGHTS, (number, number))],
        "shut_out": rights.shut_out(conn, number),
        "learned": [dict(row) for row in rows(conn, _LEARNED, (number,))],
        "plots": _plots(conn, number, today),
    }


def covered(conn: sqlite3.Connection, key: str, today: date) -> list[Coverage]:
    """What became of the URLs that a source listed in the last days; days without any are left out."""
    return list(coverage(conn, [key], Span(since=today - timedelta(days=COVERED_DAYS - 1))))


def _plots(conn: sqlite3.Connection, number: int, today: date) -> list[tuple[str, Plot, tuple[str, ...]]]:
    """Title, plot and names of its series."""
    begin = (today - timedelta(days=_DAYS_OF_ONE - 1)).isoformat()
    published = plots.single((row["day"], row["articles"]) for row in rows(conn, _PUBLISHED, (number, begin)))
    health = {row["day"]: row for row in rows(conn, _HEALTH, (number, begin))}
    found = [
        ("Articles a day, by their date", plots.by_day(published, today, _DAYS_OF_ONE), ("articles",)),
        *(
            (title, plots.by_day(_columns(health, names), today, _DAYS_OF_ONE, len(names)), names)
            for title, names in _OF_HEALTH.items()
        ),
    ]
    drawn = [(title, plots.plot(title, steps, series), series) for title, steps, series in found]
    return [(title, plot, series) for title, plot, series in drawn if plot]


def _columns(health: dict[str, Any], names: tuple[str, ...]) -> dict[str, list[int]]:
    return {day: [round(row[name] or 0) for name in names] for day, row in health.items()}


# Title of a plot -> columns of the table `health` that it stacks.
_OF_HEALTH: Final = {
    "What a day brought": ("new", "updated"),
    "What went wrong": ("errors", "blocked", "empty"),
    "Median words of new articles": ("median_words",),
}
_OUTLETS: Final = """
    SELECT s.id, s.key, s.name, s.language, coalesce(c.articles, 0) AS articles, coalesce(c.words, 0) AS words,
        coalesce(c.removed_words, 0) AS removed_words,
        (SELECT max(published_at) FROM articles WHERE source_id = s.id) AS latest
    FROM sources AS s LEFT JOIN (
        SELECT source_id, sum(articles) AS articles, sum(words) AS words, sum(removed_words) AS removed_words
        FROM article_counts GROUP BY source_id
    ) AS c ON c.source_id = s.id
"""
_NEW_A_DAY: Final = "SELECT source_id, day, new FROM health WHERE day BETWEEN ? AND ?"
_LANGUAGES: Final = """
    SELECT language, sum(articles) AS articles FROM article_counts WHERE source_id = ? GROUP BY language ORDER BY 2 DESC
"""
_ALERTS: Final = """
    SELECT kind, opened_at, closed_at, detail FROM alerts WHERE source_id = ? ORDER BY closed_at IS NOT NULL, id DESC
    LIMIT 10
"""
_FEEDS: Final = (
    "SELECT id, url, kind, checked_at, changed_at, items, outcome, detail FROM feeds WHERE source_id = ? LIMIT 50"
)
_EVENTS: Final = """
    SELECT happened_at, since, kind, amount, detail, article_id FROM events WHERE source_id = ?
    ORDER BY happened_at DESC LIMIT 20
"""
_RULES: Final = """
    SELECT rule, kind, cuts, words FROM cut_counts WHERE source_id = ? ORDER BY cuts DESC, rule LIMIT 20
"""
_RIGHTS: Final = """
    SELECT signal, value, location, url, reserves, seen_at FROM rights
    WHERE (source_id = ? OR url IN (SELECT value FROM rights WHERE source_id = ? AND signal = 'rsl-link'))
        AND article_id IS NULL AND gone_at IS NULL AND signal <> 'rsl-feed'
    ORDER BY reserves DESC, signal = 'robots.txt', signal LIMIT 20
"""
_LEARNED: Final = """
    SELECT id, text, kind, pages, of_pages, state FROM boilerplate WHERE source_id = ?
    ORDER BY state, pages DESC LIMIT 20
"""
_PUBLISHED: Final = """
    SELECT substr(published_at, 1, 10) AS day, count(*) AS articles FROM articles
    WHERE source_id = ? AND published_at >= ? GROUP BY day
"""
_HEALTH: Final = "SELECT * FROM health WHERE source_id = ? AND day >= ?"
