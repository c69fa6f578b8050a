"""Listings as rows: what a feed, sitemap, section page or list said last, in the caller's transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import orjson

from archive.crawl import frontier
from archive.crawl.bounds import traps
from archive.crawl.frontier import Added, Lease
from archive.crawl.gaps import Gap, Seen, gap, overlap
from archive.crawl.pace import LONGEST, Pace
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.storage.tables.events import Event, EventKind, insert_event
from archive.storage.tables.fetches import insert_fetch
from archive.times import parse_stamp, stamp


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
    frontier.leave_listings(conn, sorted(before - now))


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


def note_wishes(conn: sqlite3.Connection, feed_id: int, fetch: Fetch, listing: Listing) -> None:
    """Write down how often a feed and its server want it polled. Of other listings they say nothing: they are pages."""
    is_feed = listing.kind is ListingKind.FEED
    wishes = [wish for wish in (fetch.max_age, listing.at_least) if is_feed and wish]
    floor = min(max(wishes, default=timedelta()), LONGEST)
    skipped = orjson.dumps(sorted(listing.skip_hours)).decode() if is_feed and listing.skip_hours else None
    conn.execute(
        "UPDATE feeds SET floor = ?, skip_hours = ? WHERE id = ?", (int(floor.total_seconds()), skipped, feed_id)
    )


# Looks and what they teach -------------------------------------------------------------------------------------------

_SOFT: Final = frozenset({Outcome.TIMEOUT, Outcome.HTTP_5XX, Outcome.DNS, Outcome.CONNECTION, Outcome.RATE_LIMITED})


def note_failure(conn: sqlite3.Connection, feed_id: int, outcome: Outcome) -> None:
    """Take account of a look that brought nothing: one that may pass is a half of a failure."""
    weight = 0.5 if outcome in _SOFT else 1.0
    conn.execute("UPDATE feeds SET failures = failures + ? WHERE id = ?", (weight, feed_id))


def note_unchanged(conn: sqlite3.Connection, feed_id: int, when: datetime) -> None:
    """Take account of a look that found nothing new."""
    _learn(conn, feed_id, 0, when)


def note_look(conn: sqlite3.Connection, lease: Lease, feed_id: int, added: Added, when: datetime) -> Gap | None:
    """Take account of what a look found, and of what was lost since the last one. Returns that gap.

    Only a feed is a window that entries drop out of one after the other. A section page puts old ones up again, and a
    sitemap names whole months.
    """
    before = {row[0] for row in conn.execute("SELECT frontier_id FROM listed WHERE feed_id = ?", (feed_id,))}
    last, learned = _last_answer(conn, feed_id)
    record_listed(conn, feed_id, added.ids)
    new = len(set(added.ids) - before) if lease.kind is ListingKind.FEED else added.new
    found = _gap(conn, before, added.ids, (last, when), learned) if lease.kind is ListingKind.FEED and last else None
    # What an overrun window names is less than came.
    _learn(conn, feed_id, new + (found.lost or 0 if found else 0), when)
    if found:
        conn.execute("UPDATE feeds SET overran_at = ? WHERE id = ?", (stamp(when), feed_id))
    return found


def note_gap(conn: sqlite3.Connection, run_id: int, lease: Lease, feed_id: int, gap: Gap, sitemaps: int) -> str:
    """Write a gap down, with what is done about it. Returns the sentence."""
    then = f"; {sitemaps} of its sitemaps are read for them" if sitemaps else "; it has no sitemap to find them in"
    event = Event(
        kind=EventKind.GAP, when=gap.until, since=gap.since, amount=gap.lost, detail=gap.sentence(lease.url) + then,
        run_id=run_id, source_id=lease.source_id, feed_id=feed_id,
    )  # fmt: skip
    insert_event(conn, event)
    return event.detail


def _last_answer(conn: sqlite3.Connection, feed_id: int) -> tuple[datetime | None, float | None]:
    """When a listing last answered, and its rate in new entries a day; None where it is not known yet."""
    answered, fresh, watched = conn.execute(
        "SELECT answered_at, fresh, watched FROM feeds WHERE id = ?", (feed_id,)
    ).fetchone()
    if answered is None:
        return None, None
    return parse_stamp(answered), Pace(fresh=fresh, watched=watched).rate if watched else None


def _learn(conn: sqlite3.Connection, feed_id: int, new: int, when: datetime) -> None:
    answered, fresh, watched = conn.execute(
        "SELECT answered_at, fresh, watched FROM feeds WHERE id = ?", (feed_id,)
    ).fetchone()
    last = parse_stamp(answered) if answered else None
    elapsed = when - last if last and last <= when else None
    pace = Pace(fresh=fresh, watched=watched).after(new, elapsed)
    conn.execute(
        "UPDATE feeds SET fresh = ?, watched = ?, failures = 0, answered_at = ? WHERE id = ?",
        (pace.fresh, pace.watched, stamp(when), feed_id),
    )


def _gap(
    conn: sqlite3.Connection, before: set[int], ids: Sequence[int], looks: tuple[datetime, datetime], rate: float | None
) -> Gap | None:
    if not before or not ids or not before.isdisjoint(ids):
        return None
    then, now = _seen(conn, before), _seen(conn, ids)
    if overlap(then, now):
        return None
    return gap(then, now, last=looks[0], this=looks[1], rate=rate)


def _seen(conn: sqlite3.Connection, ids: Iterable[int]) -> list[Seen]:
    marks = list(ids)
    rows = [conn.execute("SELECT url, hints FROM frontier WHERE id = ?", (each,)).fetchone() for each in marks]
    return [_entry(url, orjson.loads(hints) if hints else {}) for url, hints in rows]


def _entry(url: str, hints: dict[str, str]) -> Seen:
    published = hints.get("published")
    return Seen(
        url=url,
        guid=hints.get("guid"),
        title=hints.get("title"),
        published=parse_stamp(published) if published else None,
    )
