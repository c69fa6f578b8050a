"""The frontier: which URL is due, leased, done, dead or retired. Its tables stand in the archive's own file.

Nothing here opens a transaction: every function runs inside the caller's, so that the state of a URL changes together
with what was filed for it. A lease belongs to a run; leases of a run that died return when the next one starts.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

import orjson

from archive.crawl.chances import DEAD, LADDER, next_chance, revival
from archive.crawl.pace import LONGEST_OF_DEAD
from archive.model.listing import Found, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.storage.candidates import is_contradicted, proven
from archive.storage.tables.article_urls import READ_THERE
from archive.times import parse_stamp, stamp
from archive.web import same_article

ARTICLE: Final = "article"
MAX_TRIES: Final = 3
FULL_AFTER: Final = timedelta(days=1)
# Nothing but a second chance is put off for longer than a day; what is due later was written by a clock that was wrong.
_AHEAD: Final = timedelta(days=2)
MAX_DEPTH: Final = 3  # listings between a URL and the configuration: home page > sitemap index > sitemap

# Outcomes after which the URL is due again later; every other outcome is final until a listing says it changed.
TRANSIENT: Final = frozenset(
    {
        Outcome.CONNECTION,
        Outcome.DNS,
        Outcome.ERROR,
        Outcome.HTTP_5XX,
        Outcome.PRIVATE,  # some networks lead every name to themselves until one has logged in
        Outcome.RATE_LIMITED,
        Outcome.TIMEOUT,
        Outcome.TLS,
    }
)
# Wait after the first, second ... failed try. The third makes it dead, with its reason, where a person can see it.
BACKOFF: Final = (timedelta(hours=1), timedelta(days=1))

# Outcomes of a URL that had no article, while another form of it may.
_OF_NO_USE: Final = frozenset(
    {
        *(Outcome.EXCLUDED, Outcome.HTTP_4XX, Outcome.REDIRECT, Outcome.ROBOTS, Outcome.BAD_URL, Outcome.PRIVATE),
        *(Outcome.TRAP, Outcome.TOO_BIG, Outcome.NOT_HTML),
    }
)
_NO_USE: Final = f"({', '.join(repr(str(outcome)) for outcome in sorted(_OF_NO_USE))})"

_PRIORITY: Final = {ListingKind.FEED: 0, ListingKind.SITEMAP: 1, ListingKind.SECTION: 2, ListingKind.URLS: 3}
_ARTICLE_PRIORITY: Final = 10
_REVISIT_PRIORITY: Final = 20  # what is new goes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A URL that a run holds. `kind` is None for an article. `etag` and `last_modified` are validators of a listing."""

    id: int
    source_id: int
    url: str
    kind: ListingKind | None
    depth: int
    etag: str | None = None
    last_modified: str | None = None
    listed_url: str | None = None  # as a listing wrote it, where that differs from url
    article_id: int | None = None  # the article that is filed under it already
    digest: str | None = None  # of the body that was read last of that article
    planned: bool = False  # a look that the revisit schedule asks for
    chance: int = 0  # which second chance this is; 0 for none
    asked: str | None = None  # a listing: where it is asked for instead of url, which redirects there for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a listing brought: rows that are due now, how many are new, and the ids of all its usable entries."""

    due: int
    new: int
    ids: tuple[int, ...]


def add_configured(conn: sqlite3.Connection, source_id: int, kind: ListingKind, url: str, now: datetime) -> None:
    """Make the row of a listing of the configuration, due if it is new or was retired.

    It belongs to the source that names it now, whoever named or found it before. What was taken for a page is none.
    """
    conn.execute(
        """
        UPDATE frontier SET article_id = NULL, same_as = NULL, joined = NULL, identity = NULL, outcome = NULL
        WHERE url = ? AND kind = 'article'
        """,
        (url,),
    )
    conn.execute(
        """
        INSERT INTO frontier (source_id, url, kind, state, priority, due_at, found_at)
        VALUES (:source, :url, :kind, 'pending', :priority, :now, :now)
        ON CONFLICT (url) DO UPDATE SET
            source_id = excluded.source_id, kind = excluded.kind, priority = excluded.priority, depth = 0,
            hints = NULL, tries = 0,
            due_at = CASE WHEN kind = 'article' OR state = 'retired' THEN excluded.due_at ELSE due_at END,
            detail = CASE WHEN state = 'retired' THEN NULL ELSE detail END,
            state = CASE WHEN kind = 'article' OR state = 'retired' THEN 'pending' ELSE state END
        """,
        {"source": source_id, "url": url, "kind": kind, "priority": _PRIORITY[kind], "now": stamp(now)},
    )
    conn.execute("UPDATE feeds SET source_id = ? WHERE url = ? AND source_id <> ?", (source_id, url, source_id))


def make_listings_due(conn: sqlite3.Connection, source_id: int, now: datetime) -> None:
    """Make every listing of a source due, but those whose parent tells when they change (a sitemap's lastmod).

    One that could not be read last time is due whatever its parent says. A child of a sitemap index that does not
    change is due ever more rarely, and one that is gone for good (410) once a week.
    """
    conn.execute(
        f"""
        UPDATE frontier SET state = 'pending', due_at = :now
        WHERE source_id = :source AND kind <> 'article' AND {LOOKED_AT} AND NOT ({_AT_REST})
            AND NOT EXISTS (
                SELECT 1 FROM feeds WHERE feeds.url = frontier.url AND gone_at IS NOT NULL
                    AND checked_at > :week AND checked_at <= :now
            )
        """,  # noqa: S608 - texts of our own
        {"now": stamp(now), "source": source_id, "week": stamp(now - LONGEST_OF_DEAD)},
    )


# A child of a sitemap index that was read, and is not yet to be read again: for half of the time that it has not
# changed in, a week at most; under an hour of that says nothing. Its parent is polled all the same, and names new
# children. A poll dated later than now was dated by a wrong clock.
_AT_REST: Final = """
    depth > 0 AND kind = 'sitemap' AND outcome IN ('listed', 'unchanged')
    AND EXISTS (SELECT 1 FROM feeds AS parent WHERE parent.id = frontier.feed_id AND parent.kind = 'sitemap')
    AND EXISTS (
        SELECT 1 FROM feeds WHERE feeds.url = frontier.url AND feeds.checked_at <= :now
            AND julianday(feeds.checked_at) - julianday(feeds.changed_at) >= 1.0 / 24
            AND julianday(feeds.checked_at)
                + min(7, (julianday(feeds.checked_at) - julianday(feeds.changed_at)) / 2) > julianday(:now)
    )
"""


# What is looked at by the clock: all but what its parent tells the changes of. What waits already waits no longer. What
# is retired is not looked at. The `+` leaves the choice to the index of listings: that by state has the articles too.
LOOKED_AT: Final = """(
    +state IN ('pending', 'done')
    AND (depth = 0 OR hints IS NULL OR json_extract(hints, '$.modified') IS NULL
         OR coalesce(outcome, '') NOT IN ('listed', 'unchanged'))
)"""


def ask_again(conn: sqlite3.Connection, source_id: int, since: datetime, now: datetime) -> None:
    """Make due, once, what a source had no article in since a time: its pages are such as can be read again."""
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?
        WHERE id IN (
            SELECT id FROM frontier
            WHERE source_id = ? AND found_at >= ? AND kind = 'article' AND state = 'done' AND article_id IS NULL
                AND outcome IN ('not_article', 'too_short')
            ORDER BY found_at DESC LIMIT ?
        )
        """,
        (stamp(now), source_id, stamp(since), _MOST_AGAIN),
    )


_MOST_AGAIN: Final = 500


def make_due(conn: sqlite3.Connection, ids: Iterable[int], now: datetime) -> None:
    """Make rows due that are done."""
    conn.executemany(
        "UPDATE frontier SET state = 'pending', due_at = ? WHERE id = ? AND state = 'done'",
        [(stamp(now), each) for each in ids],
    )


def refill(conn: sqlite3.Connection, source_id: int, run_id: int, now: datetime) -> int:
    """Make the sitemaps of a source due that this run has not read yet. Returns how many it reads or has read."""
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?
        WHERE source_id = ? AND kind <> 'article' AND kind = 'sitemap' AND +state = 'done' AND run_id IS NOT ?
        """,
        (stamp(now), source_id, run_id),
    )
    (sitemaps,) = conn.execute(
        """
        SELECT count(*) FROM frontier
        WHERE source_id = ? AND kind <> 'article' AND kind = 'sitemap' AND state NOT IN ('dead', 'retired')
        """,
        (source_id,),
    ).fetchone()
    return int(sitemaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many URLs may be taken: in all, and of each sort."""

    most: int
    listings: int
    articles: int


def lease(conn: sqlite3.Connection, *, run_id: int, source_id: int, room: Room, now: datetime) -> list[Lease]:
    """Take due URLs of a source as far as there is room: listings, articles, planned looks, then what was refused."""
    taken: list[Lease] = []
    listings, articles = room.listings, room.articles
    for queue in _QUEUES:
        left = room.most - len(taken)
        if queue.kind is _Kind.LISTING:
            got = _take(conn, run_id, source_id, queue, min(left, listings), now)
            listings -= len(got)
        elif room.articles <= 0:  # the limit is reached, and the run is to end
            continue
        elif queue.kind is _Kind.PLANNED:
            got = _take(conn, run_id, source_id, queue, left, now)
        else:
            got = _take(conn, run_id, source_id, queue, min(left, articles), now)
            articles -= len(got)
        taken += got
    return taken


class _Kind(Enum):
    """What bounds the URLs of a queue: planned looks have no limit of their own."""

    LISTING = auto()
    ARTICLE = auto()
    PLANNED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queue:
    """Due URLs of one kind (`which`), in the order they are asked for."""

    kind: _Kind
    which: str
    order: str


# A URL whose host refused it is asked for last, at this run and the next: else the one that is always refused would
# keep the others from their turn.
_REFUSED: Final = "coalesce(frontier.outcome, '') IN ('http_4xx', 'http_5xx', 'not_article', 'rate_limited')"
# Listings of the configuration go first. Then what was never asked for, the newest first: by its lastmod, else the last
# that its index names. Then what was asked for longest ago. So a long index is read to its end before any part of it
# again.
_IN_TURN: Final = """
    depth > 0, priority, feeds.checked_at IS NOT NULL, feeds.checked_at,
    CASE WHEN depth > 0 THEN json_extract(hints, '$.modified') END DESC,
    CASE WHEN depth > 0 THEN -frontier.id ELSE frontier.id END
"""
_QUEUES: Final = tuple(
    _Queue(kind=kind, which=f"priority {compare} AND {refused} {_REFUSED}", order=order)
    for refused in ("NOT", "")
    for kind, compare, order in (
        (_Kind.LISTING, f"< {_ARTICLE_PRIORITY}", _IN_TURN),
        (_Kind.ARTICLE, f"= {_ARTICLE_PRIORITY}", "due_at, frontier.id"),
        (_Kind.PLANNED, f"= {_REVISIT_PRIORITY}", "due_at, frontier.id"),
    )
)


def _take(
    conn: sqlite3.Connection, run_id: int, source_id: int, queue: _Queue, most: int, now: datetime
) -> list[Lease]:
    """Lease the first due URLs of a queue of a source."""
    if most <= 0:
        return []
    polls = "LEFT JOIN feeds ON feeds.url = frontier.url" if queue.kind is _Kind.LISTING else ""
    rows = conn.execute(
        f"""
        SELECT frontier.id, frontier.url, frontier.kind, depth, found_url, article_id, priority, chances
        FROM frontier {polls}
        WHERE frontier.source_id = ? AND state = 'pending' AND {queue.which} AND due_at <= ?
        ORDER BY {queue.order} LIMIT ?
        """,  # noqa: S608 - texts of our own
        (source_id, stamp(now), most),
    ).fetchall()
    conn.executemany(
        "UPDATE frontier SET state = 'leased', run_id = ? WHERE id = ?", [(run_id, row[0]) for row in rows]
    )
    return [_lease(conn, source_id, row, now) for row in rows]


def _lease(
    conn: sqlite3.Connection,
    source_id: int,
    row: tuple[int, str, str, int, str | None, int | None, int, int],
    now: datetime,
) -> Lease:
    frontier_id, url, kind, depth, listed_url, article_id, priority, chances = row
    article = _known(conn, article_id, now) if kind == ARTICLE else None
    etag, last_modified, digest = article or (None, None, None)
    asked: str | None = None
    if kind != ARTICLE:
        etag, last_modified, asked = _poll(conn, url, now)
    return Lease(
        id=frontier_id,
        source_id=source_id,
        url=url,
        kind=None if kind == ARTICLE else ListingKind(kind),
        depth=depth,
        etag=etag,
        last_modified=last_modified,
        listed_url=listed_url,
        article_id=article_id,
        digest=digest,
        planned=kind == ARTICLE and priority == _REVISIT_PRIORITY,
        chance=chances if article_id is None else 0,
        asked=asked,
    )


def _known(
    conn: sqlite3.Connection, article_id: int | None, now: datetime
) -> tuple[str | None, str | None, str | None]:
    """Validators and digest of the body that was read last of a filed article.

    The validators only for a day after it was filed: the looks later than that ask for the whole page, for some servers
    say 304 for ever.
    """
    row = conn.execute(
        """
        SELECT CASE WHEN first_seen_at BETWEEN :day AND :now THEN etag END,
            CASE WHEN first_seen_at BETWEEN :day AND :now THEN last_modified END, digest
        FROM articles WHERE id = :id
        """,
        {"id": article_id, "day": stamp(now - FULL_AFTER), "now": stamp(now)},
    ).fetchone()
    return row or (None, None, None)


def plan_revisit(conn: sqlite3.Connection, held: Lease, offsets: Sequence[float], now: datetime) -> bool:
    """Plan the next look at a filed article. False where there is none left.

    `offsets` are seconds after its filing. Those whose time has gone by, for nobody was there, are one look, not many.
    """
    row = conn.execute(
        "SELECT first_seen_at FROM articles WHERE id = (SELECT article_id FROM frontier WHERE id = ?)", (held.id,)
    ).fetchone()
    return row is not None and _plan(conn, held, offsets, parse_stamp(row[0]), now)


def plan_second_look(conn: sqlite3.Connection, held: Lease, offsets: Sequence[float], now: datetime) -> bool:
    """Plan the next look at a page that was a placeholder, by the same offsets after the first attempt at it."""
    (first,) = conn.execute("SELECT min(fetched_at) FROM fetches WHERE url = ?", (held.url,)).fetchone()
    return first is not None and _plan(conn, held, offsets, parse_stamp(first), now)


def _plan(conn: sqlite3.Connection, held: Lease, offsets: Sequence[float], begun: datetime, now: datetime) -> bool:
    if begun > now + _EARLY:  # by a clock that was wrong: there is no saying when its looks are due
        return False
    # Less than a minute early is the look itself: a crawl takes its time, a clock is set.
    done = sum(begun + timedelta(seconds=offset) <= now + _EARLY for offset in offsets)
    if done >= len(offsets):
        conn.execute("UPDATE frontier SET revisits = ? WHERE id = ?", (done, held.id))
        return False
    conn.execute(
        "UPDATE frontier SET state = 'pending', tries = 0, revisits = ?, priority = ?, due_at = ? WHERE id = ?",
        (done, _REVISIT_PRIORITY, stamp(begun + timedelta(seconds=offsets[done])), held.id),
    )
    return True


_EARLY: Final = timedelta(minutes=1)


def _poll(conn: sqlite3.Connection, url: str, now: datetime) -> tuple[str | None, str | None, str | None]:
    """ETag and Last-Modified of a listing, and where it is asked for where its own URL redirects for good.

    No validators where a day has passed without a body, for some servers say 304 for ever; none for another URL than
    they were given for.
    """
    row = conn.execute(
        """
        SELECT etag, last_modified, poll_url, full_at BETWEEN :day AND :now, poll_until BETWEEN :now AND :ahead
        FROM feeds WHERE url = :url
        """,
        {"url": url, "day": stamp(now - FULL_AFTER), "now": stamp(now), "ahead": stamp(now + FULL_AFTER)},
    ).fetchone()
    etag, last_modified, poll_url, was_full, is_there = row or (None, None, None, False, False)
    asked = poll_url if is_there else None
    return (etag, last_modified, asked) if was_full and asked == poll_url else (None, None, asked)


def finish(
    conn: sqlite3.Connection, held: Lease, outcome: Outcome, detail: str, now: datetime, *, status: int | None = None
) -> None:
    """Write how an attempt ended: done, due again later, or dead after the third failure. Never a silent drop."""
    if outcome in TRANSIENT:
        _failed(conn, held, outcome, detail, now)
        return
    if held.kind is None and held.article_id is None and _has_chance(conn, held, outcome, detail, now, status):
        return
    state = "dead" if outcome is Outcome.QUARANTINED and held.kind is None else "done"
    conn.execute(
        "UPDATE frontier SET state = ?, tries = 0, outcome = ?, detail = ? WHERE id = ?",
        (state, outcome, detail or None, held.id),
    )
    if held.kind is None and outcome in _OF_NO_USE:
        _release_form(conn, held.id, now)


def _release_form(conn: sqlite3.Connection, frontier_id: int, now: datetime) -> None:
    """Let another form of a URL that brought nothing be asked for; what it is another form of may be of no use."""
    row = conn.execute(
        """
        UPDATE frontier SET same_as = NULL, joined = NULL, state = 'pending', outcome = NULL, due_at = ?
        WHERE id = (SELECT min(id) FROM frontier WHERE same_as = ? AND article_id IS NULL) RETURNING id
        """,
        (stamp(now), frontier_id),
    ).fetchone()
    if row is not None:
        conn.execute("UPDATE frontier SET same_as = ? WHERE same_as = ? AND article_id IS NULL", (row[0], frontier_id))


def _failed(conn: sqlite3.Connection, held: Lease, outcome: Outcome, detail: str, now: datetime) -> None:
    tries, chances = conn.execute("SELECT tries + 1, chances FROM frontier WHERE id = ?", (held.id,)).fetchone()
    # A listing is asked for again at the next run whatever happened: a dead feed may come back.
    dead = tries >= MAX_TRIES and held.kind is None
    # What is dead rests so long before a listing that still names it may revive it.
    rest = (revival(chances) or timedelta()) if dead else BACKOFF[min(tries, len(BACKOFF)) - 1]
    due = now if held.kind else now + rest
    conn.execute(
        "UPDATE frontier SET state = ?, tries = ?, due_at = ?, outcome = ?, detail = ? WHERE id = ?",
        ("dead" if dead else "done" if held.kind else "pending", tries, stamp(due), outcome, detail or None, held.id),
    )
    if dead:
        _release_form(conn, held.id, now)


def _has_chance(
    conn: sqlite3.Connection, held: Lease, outcome: Outcome, detail: str, now: datetime, status: int | None
) -> bool:
    """Plan the next attempt at a URL that was refused and that a listing still names. False where there is none."""
    (chances,) = conn.execute("SELECT chances FROM frontier WHERE id = ?", (held.id,)).fetchone()
    wait = next_chance(outcome, status, chances)
    if wait is None or not is_listed(conn, held.id):
        return False
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', tries = 0, chances = chances + 1, due_at = ?, outcome = ?, detail = ?
        WHERE id = ?
        """,
        (stamp(now + wait), outcome, detail or None, held.id),
    )
    _release_form(conn, held.id, now)
    return True


def is_listed(conn: sqlite3.Connection, frontier_id: int) -> bool:
    """Whether the last body of a listing names a URL, or another form of it."""
    row = conn.execute(
        """
        SELECT 1 FROM listed WHERE frontier_id = :id
        UNION ALL SELECT 1 FROM frontier AS f JOIN listed AS l ON l.frontier_id = f.id WHERE f.same_as = :id LIMIT 1
        """,
        {"id": frontier_id},
    ).fetchone()
    return row is not None


def leave_listings(conn: sqlite3.Connection, ids: Iterable[int]) -> None:
    """End the second chances of URLs that a listing has ceased to name, if no other names them."""
    for frontier_id in ids:
        if not is_listed(conn, frontier_id):
            conn.execute(
                """
                UPDATE frontier SET state = 'done', detail = coalesce(detail || '; ', '') || ?
                WHERE id = ? AND state = 'pending' AND chances > 0 AND article_id IS NULL AND outcome = ?
                """,
                (NOT_LISTED, frontier_id, Outcome.HTTP_4XX),
            )


NOT_LISTED: Final = "not asked for again, for no listing names it any more"


def revive_listed(conn: sqlite3.Connection, feed_id: int, now: datetime) -> int:
    """Make due what a listing names and was given up too early. Returns how many.

    A URL that was given up after three failures has one more attempt each time it has rested long enough. One that an
    older version joined to an article because some page claimed it is asked for once: a claim proves nothing.
    """
    dead = conn.execute(
        """
        UPDATE frontier SET state = 'pending', tries = ?, chances = chances + 1, due_at = ?
        WHERE id IN (SELECT frontier_id FROM listed WHERE feed_id = ?)
            AND state = 'dead' AND kind = 'article' AND chances < ? AND due_at <= ? AND same_as IS NULL
            AND outcome IN (SELECT value FROM json_each(?))
        """,
        (MAX_TRIES - 1, stamp(now), feed_id, len(LADDER), stamp(now), orjson.dumps(sorted(TRANSIENT)).decode()),
    )
    claimed = conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?, article_id = NULL, outcome = NULL
        WHERE id IN (SELECT frontier_id FROM listed WHERE feed_id = ?)
            AND state = 'done' AND kind = 'article' AND outcome = 'duplicate' AND joined IS NULL AND same_as IS NULL
            AND EXISTS (SELECT 1 FROM urls WHERE urls.url = frontier.url AND kind IN ('canonical', 'amp', 'redirect'))
            AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.url = frontier.url)
        """,
        (stamp(now), feed_id),
    )
    # A URL that had fallen out of its listing for a while goes on where its second chances ended.
    back = conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = max(due_at, ?)
        WHERE id IN (SELECT frontier_id FROM listed WHERE feed_id = ?) AND state = 'done' AND kind = 'article'
            AND outcome = 'http_4xx' AND article_id IS NULL AND chances BETWEEN 1 AND ? AND detail LIKE ?
        """,
        (stamp(now), feed_id, len(LADDER), f"%{NOT_LISTED}"),
    )
    return dead.rowcount + claimed.rowcount + back.rowcount


def revive(conn: sqlite3.Connection, source_ids: Iterable[int], named: Iterable[str], now: datetime) -> int:
    """Make due the URLs of a source's articles whose last attempt ended so, or that are dead. Returns how many."""
    names = list(named)
    outcomes = orjson.dumps(names).decode()
    return sum(
        conn.execute(
            """
            UPDATE frontier SET state = 'pending', due_at = :now, tries = 0, chances = 0, priority = :priority
            WHERE source_id = :source AND kind = 'article' AND state IN ('done', 'dead', 'pending') AND same_as IS NULL
                AND (article_id IS NULL OR outcome = 'duplicate')
                AND (outcome IN (SELECT value FROM json_each(:outcomes)) OR (:dead AND state = 'dead'))
                AND coalesce(outcome, '') NOT IN ('bad_url', 'trap')
            """,
            {
                "now": stamp(now),
                "priority": _ARTICLE_PRIORITY,
                "source": source_id,
                "outcomes": outcomes,
                "dead": DEAD in names,
            },
        ).rowcount
        for source_id in source_ids
    )


def row_of_story(conn: sqlite3.Connection, held: Lease, url: str, now: datetime) -> int | None:
    """The row of a URL that a redirect led to, made where there is none; it needs no request of its own any more.

    None where the row is another source's, or a listing's: that one goes on as it was.
    """
    conn.execute(
        """
        INSERT INTO frontier (source_id, url, kind, state, priority, due_at, depth, found_at, run_id, identity)
        VALUES (?, ?, 'article', 'done', ?, ?, ?, ?, (SELECT run_id FROM frontier WHERE id = ?), ?)
        ON CONFLICT (url) DO UPDATE SET state = iif(state = 'leased', state, 'done')
        WHERE source_id = excluded.source_id AND kind = 'article'
        """,
        (held.source_id, url, _ARTICLE_PRIORITY, stamp(now), held.depth, stamp(now), held.id, same_article.key(url)),
    )
    row = conn.execute(
        "SELECT id FROM frontier WHERE url = ? AND source_id = ? AND kind = 'article'", (url, held.source_id)
    ).fetchone()
    return None if row is None else int(row[0])


def postpone(conn: sqlite3.Connection, held: Lease, due: datetime, outcome: Outcome | None, detail: str) -> None:
    """Put a URL off to a later time without a failed attempt on its account; `outcome` is None where it was not asked.

    A listing waits like an article while its run lasts; `settle` ends that.
    """
    conn.execute(
        "UPDATE frontier SET state = 'pending', due_at = ?, outcome = coalesce(?, outcome), detail = ? WHERE id = ?",
        (stamp(due), outcome, detail or None, held.id),
    )


def give_chance_back(conn: sqlite3.Connection, held: Lease) -> None:
    """Take the last attempt off the account of a URL: its host had refused whatever was asked for."""
    conn.execute("UPDATE frontier SET chances = max(chances - 1, 0) WHERE id = ?", (held.id,))


def settle(conn: sqlite3.Connection, run_id: int) -> None:
    """Leave the listings that a run has put off to their schedule, now that it ends; others wait for their time."""
    conn.execute(
        f"""
        UPDATE frontier SET state = 'done'
        WHERE run_id = ? AND state = 'pending' AND kind <> 'article' AND {LOOKED_AT}
        """,  # noqa: S608 - a text of our own
        (run_id,),
    )


def excuse(conn: sqlite3.Connection, held: Lease, due: datetime, detail: str) -> None:
    """End an attempt that failed for a reason of our own; the URL bears nothing of it."""
    conn.execute(
        "UPDATE frontier SET state = ?, due_at = ?, detail = ? WHERE id = ?",
        ("done" if held.kind else "pending", stamp(due), detail or None, held.id),
    )


def postpone_host(conn: sqlite3.Connection, host: str, until: datetime, reason: str) -> None:
    """Put off every article of a host that is due earlier, without a failed attempt on its account."""
    for first, end in _urls_of(host):
        conn.execute(
            """
            UPDATE frontier SET due_at = ?, detail = ?
            WHERE url >= ? AND url < ? AND +state = 'pending' AND kind = 'article' AND due_at < ?
            """,
            (stamp(until), reason, first, end, stamp(until)),
        )


def count_of_host(conn: sqlite3.Connection, host: str, until: datetime) -> int:
    """The articles of a host that wait, or are under way, and are due until a time."""
    return sum(
        conn.execute(
            """
            SELECT count(*) FROM frontier
            WHERE url >= ? AND url < ? AND +state IN ('pending', 'leased') AND kind = 'article' AND due_at <= ?
            """,
            (first, end, stamp(until)),
        ).fetchone()[0]
        for first, end in _urls_of(host)
    )


def _urls_of(host: str) -> Iterator[tuple[str, str]]:
    """The ranges that the URLs of a host stand in: from, and up to."""
    for scheme in ("http", "https"):
        for following in "/:":  # what follows a host in a normal URL; the next character bounds the range
            yield f"{scheme}://{host}{following}", f"{scheme}://{host}{chr(ord(following) + 1)}"


def set_right(conn: sqlite3.Connection, program: str, now: datetime) -> None:
    """Make due again what a wrong clock put off, and what another version of the program was killed by."""
    conn.execute(
        "UPDATE frontier SET due_at = ? WHERE state = 'pending' AND priority < ? AND due_at > ? AND chances = 0",
        (stamp(now), _REVISIT_PRIORITY, stamp(now + _AHEAD)),
    )
    conn.execute(
        "UPDATE frontier SET due_at = ? WHERE state = 'pending' AND priority < ? AND due_at > ? AND chances > 0",
        (stamp(now), _REVISIT_PRIORITY, stamp(now + LADDER[-1] + _AHEAD)),
    )
    # Looks planned at what was filed at a time that is yet to come: its listing tells when it changes.
    conn.execute(
        """
        UPDATE frontier SET state = 'done' WHERE state = 'pending' AND priority = ? AND due_at > ?
            AND article_id IN (SELECT id FROM articles WHERE first_seen_at > ?)
        """,
        (_REVISIT_PRIORITY, stamp(now + _AHEAD), stamp(now + _AHEAD)),
    )
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?, tries = 0
        WHERE state = 'dead' AND outcome = ? AND run_id IN (SELECT id FROM runs WHERE program <> ?)
        """,
        (stamp(now), Outcome.QUARANTINED, program),
    )


def release(conn: sqlite3.Connection, run_id: int | None = None) -> int:
    """Return leases to the due ones: of one run, or of all. Returns how many. A lost lease is no failed try."""
    done = conn.execute(
        "UPDATE frontier SET state = 'pending' WHERE state = 'leased' AND (? IS NULL OR run_id = ?)", (run_id, run_id)
    )
    return done.rowcount


def give_back(conn: sqlite3.Connection, leases: Iterable[Lease]) -> None:
    """Return leases that were not begun; they are due as they were."""
    conn.executemany(
        "UPDATE frontier SET state = 'pending' WHERE id = ? AND state = 'leased'", [(each.id,) for each in leases]
    )


def add_found(
    conn: sqlite3.Connection, *, parent: Lease, feed_id: int | None, found: Iterable[Found], run_id: int, now: datetime
) -> Added:
    """Add what a listing found. Known URLs stay as they are, but for those the listing says have changed since."""
    trusted = _lastmod_is_trusted(conn, parent.source_id)
    due = 0
    ids: list[int] = []
    (last,) = conn.execute("SELECT coalesce(max(id), 0) FROM frontier").fetchone()
    for entry in found:
        if entry.kind is not None and parent.depth >= MAX_DEPTH:
            continue
        frontier_id, became_due = _add(conn, parent, feed_id, entry, run_id, now, trusted=trusted)
        due += became_due
        ids.append(frontier_id)
    return Added(due=due, new=sum(each > last for each in set(ids)), ids=tuple(ids))


def _add(
    conn: sqlite3.Connection,
    parent: Lease,
    feed_id: int | None,
    entry: Found,
    run_id: int,
    now: datetime,
    *,
    trusted: bool,
) -> tuple[int, bool]:
    row = conn.execute(
        """
        SELECT id, state, run_id, hints, article_id, outcome FROM frontier
        WHERE id = (SELECT coalesce(same_as, id) FROM frontier WHERE url = ?)
        """,
        (entry.url,),
    ).fetchone()
    if row is None:
        return _insert(conn, parent, feed_id, entry, now)
    frontier_id, state, last_run, hints, article_id, outcome = row
    if state == "retired":
        return frontier_id, entry.kind is not None and _come_back(conn, parent, feed_id, frontier_id, now)
    if entry.kind is None:
        _share(conn, parent.source_id, entry.url, now)
    if outcome == Outcome.EXCLUDED:
        conn.execute("UPDATE frontier SET source_id = ? WHERE id = ?", (parent.source_id, frontier_id))
        return frontier_id, _make_due(conn, frontier_id, entry, now)
    waits = state == "pending" and article_id is not None  # for a planned look
    if last_run == run_id or not (state == "done" or waits):
        _add_hints(conn, frontier_id, entry, hints)
        return frontier_id, False
    if not _says_changed(conn, entry, hints, article_id, now, trusted=trusted):
        return frontier_id, False
    return frontier_id, _make_due(conn, frontier_id, entry, now)


def _make_due(conn: sqlite3.Connection, frontier_id: int, entry: Found, now: datetime) -> bool:
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?, hints = ?, outcome = nullif(outcome, 'excluded') WHERE id = ?
        """,
        (stamp(now), _hints(entry), frontier_id),
    )
    return True


def _sight(conn: sqlite3.Connection, source_id: int, frontier_id: int, now: datetime) -> None:
    """Remember that a source listed a URL which belongs to another one."""
    conn.execute("INSERT INTO sightings VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (source_id, frontier_id, stamp(now)))


def _share(conn: sqlite3.Connection, source_id: int, url: str, now: datetime) -> None:
    """Note that a source lists a URL of another one. What waits of one that is not crawled becomes its own."""
    frontier_id, owner_id, same_as = conn.execute(
        "SELECT id, source_id, same_as FROM frontier WHERE url = ?", (url,)
    ).fetchone()
    if owner_id == source_id:
        return
    _sight(conn, source_id, frontier_id, now)
    conn.execute(
        """
        UPDATE frontier SET source_id = ?
        WHERE id IN (?, ?) AND article_id IS NULL AND state <> 'leased'
            AND source_id IN (SELECT id FROM sources WHERE retired_at IS NOT NULL OR NOT enabled)
        """,
        (source_id, frontier_id, same_as),
    )


def add_excluded(conn: sqlite3.Connection, parent: Lease, found: Iterable[Found], now: datetime) -> None:
    """Remember what a listing names and the file passes over. Changed patterns make it due at the next look."""
    for entry in found:
        added = conn.execute(
            """
            INSERT INTO frontier (source_id, url, kind, state, priority, due_at, depth, found_at, outcome, detail,
                                  identity)
            VALUES (?, ?, 'article', 'done', ?, ?, ?, ?, 'excluded', ?, ?) ON CONFLICT (url) DO NOTHING
            """,
            (parent.source_id, entry.url, _ARTICLE_PRIORITY, stamp(now), parent.depth + 1, stamp(now), entry.excluded,
             same_article.key(entry.url)),
        )  # fmt: skip
        if added.rowcount:
            continue
        # What another source lists as well is that one's to fetch, whatever this one's patterns say.
        conn.execute(
            """
            UPDATE frontier SET state = 'done', outcome = 'excluded', detail = ?
            WHERE url = ? AND source_id = ? AND state = 'pending' AND article_id IS NULL AND outcome IS NULL
                AND NOT EXISTS (SELECT 1 FROM sightings AS s WHERE s.frontier_id = frontier.id)
            """,
            (entry.excluded, entry.url, parent.source_id),
        )


def _come_back(conn: sqlite3.Connection, parent: Lease, feed_id: int | None, frontier_id: int, now: datetime) -> bool:
    """Make a retired listing due again, for another listing has found it."""
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?, tries = 0, detail = NULL, hints = NULL, source_id = ?,
            depth = ?, feed_id = ?
        WHERE id = ?
        """,
        (stamp(now), parent.source_id, parent.depth + 1, feed_id, frontier_id),
    )
    return True


def _insert(
    conn: sqlite3.Connection, parent: Lease, feed_id: int | None, entry: Found, now: datetime
) -> tuple[int, bool]:
    known = _read_there(conn, parent.source_id, entry.url)
    same_as: int | None = None
    if known is None:
        same_as, article_id = _twin(conn, parent.source_id, entry)
        joined = "another form of its URL" if same_as is not None else None
    else:
        article_id, joined = known
    done = known is not None or same_as is not None
    if same_as is not None and article_id is not None:
        conn.execute(
            """
            INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, 'found', ?)
            ON CONFLICT (url) DO NOTHING
            """,
            (article_id, entry.url, stamp(now)),
        )
    (frontier_id,) = conn.execute(
        """
        INSERT INTO frontier (source_id, url, kind, state, priority, due_at, depth, feed_id, found_at, found_url,
                              article_id, outcome, hints, identity, guid, same_as, joined)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (
            parent.source_id,
            entry.url,
            entry.kind or ARTICLE,
            "done" if done else "pending",
            _PRIORITY[entry.kind] if entry.kind else _ARTICLE_PRIORITY,
            stamp(now),
            parent.depth + 1,
            feed_id,
            stamp(now),
            entry.listed_url,
            article_id,
            Outcome.DUPLICATE if done else None,
            _hints(entry),
            None if entry.kind else same_article.key(entry.url),
            entry.guid if same_article.is_global(entry.guid) else None,
            same_as,
            joined,
        ),
    ).fetchone()
    return frontier_id, not done


def _read_there(conn: sqlite3.Connection, source_id: int, url: str) -> tuple[int, str] | None:
    """The source's article that was read at a URL, and why that is known; None where the URL was at most claimed."""
    at = proven(conn, url)
    if at is None or is_contradicted(conn, url):
        return None
    article_id, kind = at
    own = conn.execute("SELECT 1 FROM articles WHERE id = ? AND source_id = ?", (article_id, source_id)).fetchone()
    return (article_id, _WHY.get(kind, READ_THERE)) if own else None


_WHY: Final = {"part": "a further page of the article", "found": "another form of its URL"}


def _twin(conn: sqlite3.Connection, source_id: int, entry: Found) -> tuple[int | None, int | None]:
    """The row, and the article if it is filed, that a URL is another form of."""
    if entry.kind is not None:
        return None, None
    row = conn.execute(
        f"""
        SELECT id, article_id, url, json_extract(hints, '$.title') FROM frontier
        WHERE source_id = ? AND identity = ? AND same_as IS NULL AND state <> 'dead'
            AND coalesce(outcome, '') NOT IN {_NO_USE}
        ORDER BY id LIMIT 1
        """,  # noqa: S608 - a text of our own
        (source_id, same_article.key(entry.url)),
    ).fetchone()
    if row is None:
        return None, None
    frontier_id, article_id, url, title = row
    # `sid` may be a session's and a story's: where the listing has other titles for the two, both are asked for.
    differs = title is not None and entry.title is not None and title != entry.title
    return (None, None) if differs and not same_article.is_form(url, entry.url) else (frontier_id, article_id)


def add_unusable(conn: sqlite3.Connection, parent: Lease, failure: Failure, run_id: int, now: datetime) -> bool:
    """Remember an entry whose address is not requested, so that it is told once. False where it is known."""
    added = conn.execute(
        """
        INSERT INTO frontier (source_id, url, kind, state, priority, due_at, depth, found_at, outcome, detail, run_id)
        VALUES (?, ?, 'article', 'dead', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO NOTHING
        """,
        (parent.source_id, failure.url, _ARTICLE_PRIORITY, stamp(now), parent.depth + 1, stamp(now),
         failure.outcome, failure.detail, run_id),
    )  # fmt: skip
    return added.rowcount == 1


def _says_changed(
    conn: sqlite3.Connection, entry: Found, hints: str | None, article_id: int | None, now: datetime, *, trusted: bool
) -> bool:
    """True where the listing dates a change after our last look: a `lastmod` or `updated` that is new and later.

    A look that lies in the future was dated by a clock that was wrong, and says nothing.
    """
    said = orjson.loads(hints) if hints else {}
    if article_id is None and entry.published and "" < said.get("published", "") < stamp(entry.published):
        return True  # it was never read, and is printed anew
    if entry.modified is None or said.get("modified") == stamp(entry.modified):
        return False
    if entry.kind is not None:
        return True
    fetched = conn.execute("SELECT fetched_at FROM articles WHERE id = ?", (article_id,)).fetchone()
    return trusted and (fetched is None or fetched[0] < stamp(entry.modified) or fetched[0] > stamp(now))


def _lastmod_is_trusted(conn: sqlite3.Connection, source_id: int) -> bool:
    """False for a source whose dates of change do not predict change: of its last 20 second looks under one in ten.

    Many sites date every entry with the time of the request; each crawl would fetch everything again.
    """
    outcomes = [
        outcome
        for (outcome,) in conn.execute(
            """
            SELECT outcome FROM fetches
            WHERE source_id = ? AND outcome IN ('updated', 'unchanged') AND kind = 'article'
            ORDER BY id DESC LIMIT 20
            """,
            (source_id,),
        )
    ]
    return len(outcomes) < 5 or outcomes.count(Outcome.UPDATED) * 10 >= len(outcomes)


def _add_hints(conn: sqlite3.Connection, frontier_id: int, entry: Found, hints: str | None) -> None:
    """Keep claims that the first listing did not make: else its date of change would be news to the next run."""
    known = orjson.loads(hints) if hints else {}
    claims = _claims(entry)
    if claims.keys() - known.keys():
        both = orjson.dumps(claims | known).decode()
        conn.execute("UPDATE frontier SET hints = ? WHERE id = ?", (both, frontier_id))


def _hints(entry: Found) -> str | None:
    kept = _claims(entry)
    return orjson.dumps(kept).decode() if kept else None


def _claims(entry: Found) -> dict[str, str]:
    """What a listing says of an entry, as far as it says anything."""
    claims = {
        "title": entry.title,
        "published": stamp(entry.published) if entry.published else None,
        "modified": stamp(entry.modified) if entry.modified else None,
        **_exactness("published", entry.published, entry.published_precision, zoned=entry.published_zoned),
        **_exactness("modified", entry.modified, entry.modified_precision, zoned=entry.modified_zoned),
        "language": entry.language,
        "guid": entry.guid,
    }
    return {key: value for key, value in claims.items() if value}


def _exactness(name: str, when: datetime | None, precision: str, *, zoned: bool) -> dict[str, str]:
    """How exact a date is, as far as it is less than a second of a zone that is known."""
    if when is None:
        return {}
    said = {f"{name}_precision": "" if precision == "second" else precision, f"{name}_zone": "" if zoned else "none"}
    return {key: value for key, value in said.items() if value}
