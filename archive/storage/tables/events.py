"""What happened that a person may want to know years later, as rows: gaps, sleep, articles gone and back, outages,
listings that are retired, sources that are renamed.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.times import stamp


class EventKind(StrEnum):
    """What sort of thing happened."""

    GAP = "gap"  # a listing named nothing that it had named at the look before: entries were lost in between
    ASLEEP = "asleep"  # nothing was looked at for long, though it was due
    SKIPPED = "skipped"  # a run did not begin, for another was going on
    GONE = "gone"  # a filed article answered 404 or 410, or a listing of the configuration 410
    BACK = "back"  # ... and was there again
    OUTAGE = "outage"  # our own network was down
    CONTRADICTED = "contradicted"  # different stories of a source claim one URL
    RETIRED = "retired"  # the configuration names a listing, or a source, no more
    RENAMED = "renamed"  # a source has a new id in the configuration
    MOVED = "moved"  # a listing of the configuration says it has another URL for good
    BLOCKED = "blocked"  # a host that refused us is left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. Of what lasted, `since` is its beginning and `when` its end; `amount` is what was lost, at least."""

    kind: EventKind
    when: datetime
    detail: str
    run_id: int | None = None
    source_id: int | None = None
    feed_id: int | None = None
    article_id: int | None = None
    since: datetime | None = None
    amount: int | None = None


def extend_event(conn: sqlite3.Connection, event: Event) -> bool:
    """Make the newest event of its kind last until now, where nothing has answered since. False where it is over."""
    row = conn.execute(
        """
        SELECT id FROM events WHERE kind = ? AND NOT EXISTS (
            SELECT 1 FROM fetches WHERE run_id >= events.run_id AND status IS NOT NULL AND fetched_at > happened_at
        ) ORDER BY id DESC LIMIT 1
        """,
        (event.kind,),
    ).fetchone()
    if row is None:
        return False
    conn.execute(
        """
        UPDATE events SET since = coalesce(since, happened_at), happened_at = ?, amount = amount + ?, detail = ?
        WHERE id = ?
        """,
        (stamp(event.when), event.amount, event.detail, row[0]),
    )
    return True


def insert_event(conn: sqlite3.Connection, event: Event) -> None:
    """Write an event down, in the caller's transaction."""
    conn.execute(
        """
        INSERT INTO events (happened_at, kind, run_id, source_id, feed_id, article_id, since, amount, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            stamp(event.when), event.kind, event.run_id, event.source_id, event.feed_id, event.article_id,
            event.since and stamp(event.since), event.amount, event.detail,
        ),
    )  # fmt: skip
