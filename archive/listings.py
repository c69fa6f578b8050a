"""Listings as rows: what a feed, sitemap, section page or list said last, in the caller's transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive import frontier, traps
from archive.frontier import Lease
from archive.models import Failure, Fetch, Found, Outcome
from archive.times import stamp
from archive.tries import insert_fetch


def without_traps(found: Sequence[Found]) -> tuple[list[Found], list[Failure]]:
    """Entries that may be asked for, and those that are crawler traps by their address."""
    good: list[Found] = []
    trapped: list[Failure] = []
    for entry in found:
        reason = traps.reason(entry.url)
        if reason is None:
            good.append(entry)
        else:
            trapped.append(Failure(url=entry.url, stage="discover", outcome=Outcome.TRAP, detail=reason))
    return good, trapped


def file_unusable(conn: sqlite3.Connection, run_id: int, lease: Lease, failure: Failure, now: datetime) -> bool:
    """Record an entry of a listing that is not requested, the first time it is seen."""
    if not frontier.add_unusable(conn, lease, failure, run_id, now):
        return False
    entry = replace(lease, url=failure.url, kind=None)
    fetch = Fetch(url=failure.url, fetched_at=now)
    insert_fetch(conn, run_id, entry, fetch, failure.outcome, failure.stage, failure.detail, None)
    return True


def record_check(conn: sqlite3.Connection, lease: Lease, fetch: Fetch, outcome: Outcome, detail: str) -> int:
    """Write down how a look at a listing ended. Returns the id of its row."""
    (feed_id,) = conn.execute(
        """
        INSERT INTO feeds (source_id, url, kind, checked_at, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET kind = excluded.kind, checked_at = excluded.checked_at,
            outcome = excluded.outcome, detail = excluded.detail
        RETURNING id
        """,
        (lease.source_id, lease.url, lease.kind, stamp(fetch.fetched_at), outcome, detail or None),
    ).fetchone()
    return int(feed_id)


def record_listed(conn: sqlite3.Connection, feed_id: int, frontier_ids: Sequence[int]) -> None:
    """Write down what the last body of a listing named."""
    before = {row[0] for row in conn.execute("SELECT frontier_id FROM listed WHERE feed_id = ?", (feed_id,))}
    now = set(frontier_ids)
    conn.executemany(
        "DELETE FROM listed WHERE feed_id = ? AND frontier_id = ?", [(feed_id, gone) for gone in before - now]
    )
    conn.executemany("INSERT INTO listed VALUES (?, ?)", [(feed_id, new) for new in now - before])


def listed_articles(conn: sqlite3.Connection, feed_id: int) -> set[int]:
    """The filed articles that the last body of a listing named."""
    rows = conn.execute(
        """
        SELECT frontier.article_id FROM listed JOIN frontier ON frontier.id = listed.frontier_id
        WHERE listed.feed_id = ? AND frontier.article_id IS NOT NULL
        """,
        (feed_id,),
    )
    return {row[0] for row in rows}
