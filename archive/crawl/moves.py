"""Listings that have moved for good, or are gone for good: what their servers say of it, remembered and told.

Everything runs in the caller's transaction. A listing stays under the URL of the configuration until that names the new
one; only the requests go to where a redirect leads for good, since conditional headers would not survive the redirect.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.crawl.frontier import FULL_AFTER, Lease
from archive.model.capture import Fetch
from archive.model.listing import Listing
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.tables.events import Event, EventKind, insert_event
from archive.times import parse_stamp, stamp

GONE_STATUS: Final = 410  # RFC 9110, section 15.5.11
GONE: Final = "gone for good (410); take it out of cuttings.toml"
# Failures that say nothing of whether the listing stands where a redirect led.
_PASSING: Final = frozenset(
    {Outcome.CONNECTION, Outcome.ERROR, Outcome.HTTP_5XX, Outcome.QUARANTINED, Outcome.RATE_LIMITED, Outcome.TIMEOUT}
)


def moved(url: str, target: str) -> str:
    """The sentence about a listing that has moved."""
    return f"{url} has moved for good to {target}; `cuttings check --fix` writes that into cuttings.toml"


# What is said --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a listing says it stands. `moved_to` is told; `poll_url` is where a redirect leads, and is asked instead.

    A feed may name any URL as its new one (`itunes:new-feed-url`), so that is told alone.
    """

    moved_to: str | None = None
    poll_url: str | None = None


def place(lease: Lease, fetch: Fetch, listing: Listing) -> Place:
    """Where a listing that was read says it stands."""
    poll_url = fetch.moved_to
    # The answer of the URL that a redirect had led to tells nothing of that redirect, unless it leads back.
    if poll_url is None and lease.asked is not None and fetch.final_url != lease.url:
        poll_url = lease.asked
    named = listing.moved_to if listing.moved_to != lease.url else None
    return Place(moved_to=named or poll_url, poll_url=poll_url)


def note_listed(
    conn: sqlite3.Connection, run_id: int, lease: Lease, feed_id: int, answer: tuple[Fetch, Listing], now: datetime
) -> tuple[str, ...]:
    """Remember where a listing says it stands; one that has answered is not gone. Returns what a person is told."""
    there = place(lease, *answer)
    (before,) = conn.execute("SELECT moved_to FROM feeds WHERE id = ?", (feed_id,)).fetchone()
    conn.execute(
        """
        UPDATE feeds SET moved_to = :moved_to, poll_url = :poll_url,
            moved_at = CASE WHEN moved_to IS :moved_to THEN moved_at WHEN :moved_to IS NOT NULL THEN :now END,
            poll_until = CASE WHEN :poll_url IS NULL THEN NULL WHEN :asked IS NULL THEN :until ELSE poll_until END
        WHERE id = :id
        """,
        {
            "moved_to": there.moved_to, "poll_url": there.poll_url, "asked": lease.asked, "now": stamp(now),
            "until": stamp(now + FULL_AFTER), "id": feed_id,
        },
    )  # fmt: skip
    told = list(note_answered(conn, run_id, lease, feed_id, now))
    # What other listings have found is none of the file's.
    if there.moved_to is not None and there.moved_to != before and lease.depth == 0:
        told.append(_tell(conn, EventKind.MOVED, run_id, lease, feed_id, now, moved(lease.url, there.moved_to)))
    return tuple(told)


def note_answered(conn: sqlite3.Connection, run_id: int, lease: Lease, feed_id: int, now: datetime) -> tuple[str, ...]:
    """Remember that a listing is there. Returns what a person is told, where it was gone."""
    (gone_at,) = conn.execute("SELECT gone_at FROM feeds WHERE id = ?", (feed_id,)).fetchone()
    if gone_at is None:
        return ()
    conn.execute("UPDATE feeds SET gone_at = NULL WHERE id = ?", (feed_id,))
    if lease.depth:
        return ()
    detail = f"{lease.url} is back; it was gone since {parse_stamp(gone_at):%Y-%m-%d}"
    return (_tell(conn, EventKind.BACK, run_id, lease, feed_id, now, detail),)


def is_gone(lease: Lease, fetch: Fetch) -> bool:
    """Whether a listing says that it is gone for good. What stood where a redirect had led says it for itself alone."""
    return lease.kind is not None and fetch.status == GONE_STATUS and lease.asked is None


def detail_of(lease: Lease, fetch: Fetch, failure: Failure) -> str:
    """What a person reads of a listing that could not be read."""
    return GONE if is_gone(lease, fetch) and lease.depth == 0 else failure.detail


def told_of(lease: Lease, fetch: Fetch, failure: Failure) -> tuple[str, ...]:
    """What a run tells of a listing of the configuration that could not be read: what a person has to do about it."""
    if lease.kind is None or lease.depth or not (is_gone(lease, fetch) or failure.outcome is Outcome.BAD_LISTING):
        return ()
    return (f"{lease.url}: {detail_of(lease, fetch, failure)}",)


def note_failed(
    conn: sqlite3.Connection, run_id: int, lease: Lease, feed_id: int, answer: tuple[Fetch, Failure], now: datetime
) -> None:
    """Remember a listing that is gone, with an event the first time; ask the URL of the file again where it failed."""
    fetch, failure = answer
    if lease.asked is not None and failure.outcome not in _PASSING:
        conn.execute(
            "UPDATE feeds SET poll_url = NULL, poll_until = NULL, etag = NULL, last_modified = NULL WHERE id = ?",
            (feed_id,),
        )
    if not is_gone(lease, fetch):
        return
    known = conn.execute("SELECT gone_at FROM feeds WHERE id = ?", (feed_id,)).fetchone()[0]
    conn.execute("UPDATE feeds SET gone_at = coalesce(gone_at, ?) WHERE id = ?", (stamp(now), feed_id))
    if known is None and lease.depth == 0:
        _tell(conn, EventKind.GONE, run_id, lease, feed_id, now, f"{lease.url} is {GONE}")


def _tell(
    conn: sqlite3.Connection, kind: EventKind, run_id: int, lease: Lease, feed_id: int, now: datetime, detail: str
) -> str:
    insert_event(
        conn,
        Event(kind=kind, when=now, detail=detail, run_id=run_id, source_id=lease.source_id, feed_id=feed_id),
    )
    return detail


# What the configuration says -----------------------------------------------------------------------------------------


def remembered(conn: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """The listings of the configuration that have moved: id of the source, URL, new URL."""
    yield from conn.execute(
        """
        SELECT s.key, f.url, f.moved_to FROM feeds AS f JOIN frontier ON frontier.url = f.url
        JOIN sources AS s ON s.id = frontier.source_id
        WHERE f.moved_to IS NOT NULL AND frontier.kind <> 'article' AND frontier.depth = 0
            AND frontier.state <> 'retired'
        ORDER BY s.key, f.url
        """
    )


def follow(conn: sqlite3.Connection, sources: Sequence[Source]) -> tuple[str, ...]:
    """Give the rows of a listing that has moved its new URL, once the configuration names that in place of the old one.

    `sources` are all of the configuration. What the listing has named, its pace and its validators go on. Returns what
    was done. It comes before `archive.crawl.following`, which would retire the old URL and begin the new one.
    """
    named = {url: source.id for source in sources for _, url in source.listings}
    rows = conn.execute(
        """
        SELECT f.url, f.moved_to FROM feeds AS f JOIN frontier ON frontier.url = f.url
        WHERE f.moved_to IS NOT NULL AND frontier.kind <> 'article' AND frontier.depth = 0 ORDER BY f.id
        """
    ).fetchall()
    done: list[str] = []
    for old, new in rows:
        if new in named and old not in named and not _is_known(conn, new):
            _rename(conn, old, new)
            done.append(f"{named[new]}: {old} goes on as {new}, as cuttings.toml has it now")
    return tuple(done)


def _is_known(conn: sqlite3.Connection, url: str) -> bool:
    row = conn.execute(
        "SELECT 1 FROM frontier WHERE url = :url UNION ALL SELECT 1 FROM feeds WHERE url = :url", {"url": url}
    ).fetchone()
    return row is not None


def _rename(conn: sqlite3.Connection, old: str, new: str) -> None:
    conn.execute("UPDATE frontier SET url = ? WHERE url = ?", (new, old))
    # Validators are of the URL that was asked for.
    conn.execute(
        """
        UPDATE feeds SET url = :new, moved_to = NULL, moved_at = NULL, poll_url = NULL, poll_until = NULL,
            etag = CASE WHEN poll_url = :new THEN etag END,
            last_modified = CASE WHEN poll_url = :new THEN last_modified END
        WHERE url = :old
        """,
        {"old": old, "new": new},
    )
