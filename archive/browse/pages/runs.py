"""Runs of the program and what happened besides, as the pages show them. Reads the archive."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from archive.storage.rows import rows
from archive.times import parse_stamp

RUNS_A_PAGE: Final = 40
_EVENTS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run. `outcomes` are counts of how tries ended, the most frequent first; `took` is None while it runs."""

    id: int
    command: str
    state: str
    started_at: str
    ended_at: str | None
    new: int | None
    known: int | None
    tried: int | None
    outcomes: tuple[tuple[str, int], ...]
    events: tuple[str, ...]
    took: timedelta | None


def runs(conn: sqlite3.Connection, before: int | None = None, limit: int = RUNS_A_PAGE) -> list[Run]:
    """Return runs, the last first; `before` is the number of a run, and those before it are meant."""
    return [_run(dict(row)) for row in rows(conn, _RUNS, {"before": before, "limit": limit})]


def events(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return what happened besides, the last first: gaps, sleep, outages, articles gone and back."""
    return [dict(row) for row in rows(conn, _WHAT_HAPPENED, (_EVENTS,))]


def _run(facts: dict[str, Any]) -> Run:
    outcomes = json.loads(facts.pop("summary") or "{}")
    events = tuple((facts.pop("events") or "").splitlines())
    ended = facts["ended_at"]
    return Run(
        outcomes=tuple(sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))),
        events=events,
        took=parse_stamp(ended) - parse_stamp(facts["started_at"]) if ended else None,
        **facts,
    )


_RUNS: Final = """
    SELECT id, command, state, started_at, ended_at, new, known, tried, summary, events
    FROM runs WHERE :before IS NULL OR id < :before ORDER BY id DESC LIMIT :limit
"""
_WHAT_HAPPENED: Final = """
    SELECT e.happened_at, e.since, e.kind, e.amount, e.detail, e.article_id, e.run_id, s.key, s.name
    FROM events AS e LEFT JOIN sources AS s ON s.id = e.source_id
    ORDER BY e.happened_at DESC, e.id DESC LIMIT ?
"""
