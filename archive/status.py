"""What an archive holds and how its crawls go, as plain values for the command line. Reads only."""

import sqlite3
from typing import Any

import orjson

from archive.times import stamp, utc_now

_SOURCES = """
SELECT s.key AS id, s.name, s.url,
    (SELECT count(*) FROM articles WHERE source_id = s.id) AS articles,
    (SELECT coalesce(sum(words), 0) FROM articles WHERE source_id = s.id) AS words,
    (SELECT max(sort_at) FROM articles WHERE source_id = s.id) AS latest,
    (SELECT max(fetched_at) FROM fetches WHERE source_id = s.id) AS fetched,
    (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'pending' AND due_at <= :now) AS due,
    (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'dead') AS dead,
    (SELECT count(*) FROM boilerplate WHERE source_id = s.id AND state = 'cut') AS learned,
    (SELECT f.outcome || ' ' || f.url FROM feeds AS f
     WHERE f.source_id = s.id AND f.outcome NOT IN ('listed', 'unchanged')
     ORDER BY f.checked_at DESC LIMIT 1) AS problem
FROM sources AS s ORDER BY problem IS NULL, dead DESC, s.key
"""


def report(conn: sqlite3.Connection) -> dict[str, Any]:
    """Return sources (those with a problem first), hosts that are left alone, totals and the last run of an archive."""
    totals = conn.execute(
        """
        SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM versions) AS versions,
               (SELECT count(*) FROM removed) AS removed
        """
    ).fetchone()
    run = conn.execute(
        """
        SELECT id, started_at, ended_at, state, command, new, known, tried, summary, events
        FROM runs ORDER BY id DESC LIMIT 1
        """
    ).fetchone()
    now = stamp(utc_now())
    paused = conn.execute("SELECT name, paused_until, reason FROM hosts WHERE paused_until > ? ORDER BY name", (now,))
    return {
        **dict(totals),
        "sources": [dict(row) for row in conn.execute(_SOURCES, {"now": now})],
        "paused": [dict(row) for row in paused],
        "last_run": _run(run) if run else None,
    }


def _run(row: sqlite3.Row) -> dict[str, Any]:
    facts = dict(row)
    summary, events = facts.pop("summary"), facts.pop("events")
    return facts | {"outcomes": orjson.loads(summary) if summary else None, "events": (events or "").splitlines()}
