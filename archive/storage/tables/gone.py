"""Articles that are gone from the web, and those that are back, as events. In the caller's transaction.

410 says so itself; 404 and a redirect to the front page are taken for the same, since nothing that was filed is lost by
it, and the looks that are planned go on: one that answers again is back.
"""

import sqlite3
from datetime import datetime

from archive.model.capture import Fetch
from archive.model.outcome import Failure, Outcome
from archive.storage.tables.events import Event, EventKind, insert_event
from archive.times import parse_stamp, stamp


def is_gone(fetch: Fetch, failure: Failure) -> bool:
    """Whether a failed look at a filed article says that it is there no more."""
    if fetch.status in {404, 410}:
        return True
    return failure.outcome is Outcome.NOT_ARTICLE and failure.stage == "fetch"  # led to the front page


def note_gone(conn: sqlite3.Connection, run_id: int, article_id: int, why: str, now: datetime) -> None:
    """Write it down, the first time."""
    gone_at, source_id, title = _facts(conn, article_id)
    if gone_at is not None:
        return
    conn.execute("UPDATE articles SET gone_at = ? WHERE id = ?", (stamp(now), article_id))
    insert_event(
        conn,
        Event(
            kind=EventKind.GONE, when=now, run_id=run_id, source_id=source_id, article_id=article_id,
            detail=f"gone: {why} ({title})",
        ),
    )  # fmt: skip


def note_led_away(conn: sqlite3.Connection, run_id: int, article_id: int, other_id: int, now: datetime) -> None:
    """Write down that the URL of an article leads to another article now."""
    (title,) = conn.execute("SELECT title FROM articles WHERE id = ?", (other_id,)).fetchone()
    note_gone(conn, run_id, article_id, f'leads to article {other_id}, "{title}"', now)


def note_back(conn: sqlite3.Connection, run_id: int, article_id: int, now: datetime) -> None:
    """Write it down where an article that was gone has answered."""
    gone_at, source_id, title = _facts(conn, article_id)
    if gone_at is None:
        return
    conn.execute("UPDATE articles SET gone_at = NULL WHERE id = ?", (article_id,))
    insert_event(
        conn,
        Event(
            kind=EventKind.BACK, when=now, since=parse_stamp(gone_at), run_id=run_id, source_id=source_id,
            article_id=article_id, detail=f"back again: {title}",
        ),
    )  # fmt: skip


def _facts(conn: sqlite3.Connection, article_id: int) -> tuple[str | None, int, str]:
    row: tuple[str | None, int, str] = conn.execute(
        "SELECT gone_at, source_id, title FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return row
