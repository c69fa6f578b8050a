"""The archive follows cuttings.toml: whose a listing is, which listings are retired, and sources under a new id.

Everything runs in the caller's transaction, at the start of a run. It knows the sources of the whole configuration, not
only those of the run; it opens no file and asks for nothing. What it did, it says in sentences for a person.
"""

import sqlite3
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from archive.crawl import frontier
from archive.health import alerts
from archive.model.listing import ListingKind
from archive.model.source import Source
from archive.storage.tables.events import Event, EventKind, insert_event
from archive.times import stamp
from archive.web import same_article, urls

FILE: Final = "cuttings.toml"
NOTHING_TO_POLL: Final = (
    f"nothing to poll: the archive has no listing of it; see its url, feeds, sitemaps and sections in {FILE}"
)
NOTHING_READ: Final = "none of its listings could be read at its last poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Something a person is told; with a `kind` it is an event of the archive too."""

    source: str  # id of the source it is about
    detail: str
    kind: EventKind | None = None
    source_id: int | None = None
    feed_id: int | None = None
    amount: int | None = None


def follow(
    conn: sqlite3.Connection, sources: Sequence[Source], now: datetime, run_id: int | None = None
) -> tuple[str, ...]:
    """Make the archive follow the configuration, whose sources these are (all of them). Returns what was done."""
    named = {source.id: source for source in sources}
    said = [*_follow_ids(conn, named, now), *_follow_sources(conn, named, now), *_follow_listings(conn, named, now)]
    for each in said:
        if each.kind is not None:
            insert_event(conn, Event(
                kind=each.kind, when=now, detail=each.detail, run_id=run_id, source_id=each.source_id,
                feed_id=each.feed_id, amount=each.amount,
            ))  # fmt: skip
    return tuple(f"{each.source}: {each.detail}" for each in said)


def is_behind(conn: sqlite3.Connection, sources: Sequence[Source], wanted: frozenset[str]) -> bool:
    """Whether the next run would change anything: the file was edited since the last. `wanted` are the run's sources.

    After `follow`, and once the wanted sources are registered, this is False: a caller may wait until it is.
    """
    owners = {url: source.id for source in sources for _, url in source.listings}
    rows = conn.execute(
        """
        SELECT f.url, s.key FROM frontier AS f JOIN sources AS s ON s.id = f.source_id
        WHERE f.kind <> 'article' AND f.depth = 0 AND f.state <> 'retired'
        """
    )
    held = dict(rows.fetchall())
    if any(owners.get(url) != key for url, key in held.items()):
        return True
    if any(owner in wanted and url not in held for url, owner in owners.items()):
        return True
    return bool({row.key for row in _known(conn) if row.retired_at is None} - {source.id for source in sources})


def unpolled(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Ids of the sources, of those that have not left the configuration, without any listing that can be polled."""
    rows = conn.execute(
        """
        SELECT key FROM sources AS s WHERE retired_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM frontier
            WHERE source_id = s.id AND kind <> 'article' AND +state IN ('pending', 'done', 'leased')
        ) ORDER BY key
        """
    )
    return tuple(key for (key,) in rows)


def unread(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Ids of the sources, of those that have not left the configuration, whose listings all failed at their last poll.

    One that was never polled has not failed.
    """
    rows = conn.execute(
        """
        SELECT key FROM sources AS s WHERE retired_at IS NULL AND 1 = (
            SELECT min(coalesce(feeds.outcome NOT IN ('listed', 'unchanged'), 0))
            FROM frontier AS f LEFT JOIN feeds ON feeds.url = f.url
            WHERE f.source_id = s.id AND f.kind <> 'article' AND f.state <> 'retired'
        ) ORDER BY key
        """
    )
    return tuple(key for (key,) in rows)


def register(conn: sqlite3.Connection, source: Source, now: datetime) -> int:
    """Make or refresh the row of a source that the configuration names, and those of its listings. Returns its id."""
    row = conn.execute("SELECT url, former FROM sources WHERE key = ?", (source.id,)).fetchone()
    former = _former(row[0], row[1], source.url) if row else "[]"
    (source_id,) = conn.execute(
        """
        INSERT INTO sources (key, name, url, language, rights, enabled, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, url = excluded.url, language = excluded.language,
            rights = excluded.rights, enabled = excluded.enabled, retired_at = NULL, former = ?
        RETURNING id
        """,
        (source.id, source.name, source.url, source.language, source.rights, source.enabled, stamp(now), former),
    ).fetchone()
    for kind, url in source.listings:
        frontier.add_configured(conn, source_id, kind, url, now)
    return int(source_id)


def _former(before: str, former: str, url: str) -> str:
    """The sites a source has left, as the column keeps them."""
    sites: list[str] = orjson.loads(former)
    site = urls.site(before)
    moved = site != urls.site(url) and site not in sites
    return orjson.dumps([*sites, site] if moved else sites).decode()


# Sources --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A source as the archive has it. `has_pages`: articles, or URLs of articles, are its own."""

    id: int
    key: str
    url: str
    retired_at: str | None
    has_pages: bool


def _known(conn: sqlite3.Connection) -> list[_Known]:
    rows = conn.execute(
        """
        SELECT id, key, url, retired_at, EXISTS (SELECT 1 FROM articles WHERE source_id = s.id)
            OR EXISTS (SELECT 1 FROM frontier WHERE source_id = s.id AND kind = 'article')
        FROM sources AS s ORDER BY id
        """
    )
    return [
        _Known(id=number, key=key, url=url, retired_at=retired_at, has_pages=bool(has_pages))
        for number, key, url, retired_at, has_pages in rows.fetchall()
    ]


def _follow_sources(conn: sqlite3.Connection, named: Mapping[str, Source], now: datetime) -> Iterator[_Said]:
    """Refresh the rows of the sources that the file names, and retire those that it names no more."""
    known = {row.key: row for row in _known(conn)}
    for row in known.values():
        if row.key not in named and row.retired_at is None:
            conn.execute("UPDATE sources SET retired_at = ? WHERE id = ?", (stamp(now), row.id))
            alerts.close_all(conn, row.id, now)
            detail = f"is no longer in {FILE}; {_articles(conn, row.id)}, and it is not crawled"
            yield _Said(source=row.key, detail=detail, kind=EventKind.RETIRED, source_id=row.id)
    owners = _owners(conn)
    for source in named.values():
        moved = [(url, owners[url]) for _, url in source.listings if owners.get(url, source.id) != source.id]
        for url, before in moved:
            yield _Said(source=source.id, detail=f'{url} is its own now; it was of "{before}", whose articles stay')
        if source.id in known and not urls.same_site(known[source.id].url, source.url):
            sites = f"from {urls.site(known[source.id].url)} to {urls.site(source.url)}"
            yield _Said(source=source.id, detail=f"has moved {sites}; its articles stay with it")
        # One that is new, and takes no listing over, is made by the first run that crawls it.
        if source.id in known or moved:
            register(conn, source, now)


def _owners(conn: sqlite3.Connection) -> dict[str, str]:
    """URL of each listing that is polled -> id of the source it belongs to."""
    return dict(conn.execute(
        """
        SELECT f.url, s.key FROM frontier AS f JOIN sources AS s ON s.id = f.source_id
        WHERE f.kind <> 'article' AND f.state <> 'retired'
        """
    ).fetchall())  # fmt: skip


def _articles(conn: sqlite3.Connection, source_id: int) -> str:
    (count,) = conn.execute("SELECT count(*) FROM articles WHERE source_id = ?", (source_id,)).fetchone()
    return f"its {count:,} articles stay" if count else "it has no articles"


# Ids ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A source whose id has left the file. `listings` are those the file named last; `now`: it was there till now."""

    id: str
    url: str
    listings: frozenset[str]
    has_pages: bool
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Renames:
    """Which source of the file is which that has left it (new id -> old id), and what there is to say of the others."""

    pairs: Mapping[str, str]
    unsure: Sequence[tuple[str, str]]  # id of the source it is about, and the sentence


def renames(left: Sequence[Left], named: Sequence[Source], with_pages: frozenset[str]) -> Renames:
    """Decide which sources have only changed their id. `with_pages` are ids of the file that have pages already.

    What the file says with `was` is done. Else a rename is assumed only where exactly one new id fits an old one, by
    its url or its set of listings, and fits no other: articles in the wrong source are hard to bring back.
    """
    by_id = {old.id: old for old in left}
    told = {source.id: by_id[source.was] for source in named if source.was in by_id}
    pairs = {new: old.id for new, old in told.items() if new not in with_pages}
    unsure = [
        (new, _kept_apart(old.id, f'"{new}"')) for new, old in told.items() if new in with_pages and old.has_pages
    ]
    open_ = [old for old in left if old not in told.values()]
    free = [source for source in named if source.id not in told]
    for old in open_:
        fitting = [source for source in free if _fits(old, source)]
        new = [source for source in fitting if source.id not in with_pages]
        rivals = _rivals(open_, new[0]) if len(new) == 1 else []
        if rivals == [old]:
            pairs[new[0].id] = old.id
        elif fitting and old.has_pages and old.now:
            unsure.append((old.id, _unsure(old, fitting, new, rivals)))
    return Renames(pairs=pairs, unsure=unsure)


def _fits(old: Left, source: Source) -> bool:
    """Whether a source is another one under a new id: by its url or its listings, in whatever form they are written."""
    if same_article.key(source.url) == same_article.key(old.url):
        return True
    return _keys(url for _, url in source.listings) == _keys(old.listings)


def _keys(listings: Iterable[str]) -> frozenset[str]:
    return frozenset(map(same_article.key, listings))


def _rivals(left: Sequence[Left], source: Source) -> list[Left]:
    """The old ids that a new one fits. One that was renamed before, and left an empty row, is no rival."""
    fitting = [old for old in left if _fits(old, source)]
    return [old for old in fitting if old.has_pages] or fitting


def _unsure(old: Left, fitting: Sequence[Source], new: Sequence[Source], rivals: Sequence[Left]) -> str:
    if not new:
        return _kept_apart(old.id, " and ".join(f'"{source.id}"' for source in fitting))
    if rivals:
        others = " and ".join(f'"{each.id}"' for each in rivals)
        return f'"{new[0].id}" may be {others} under a new id; nothing was moved: write was = "{old.id}" where it is so'
    several = " or ".join(f'"{source.id}"' for source in new)
    return f'may be {several} under a new id; nothing was moved: write was = "{old.id}" in the one that it is'


def _kept_apart(old: str, new: str) -> str:
    return f'"{old}" left {FILE} and {new} fits it, but both have articles or URLs of their own; nothing was moved'


def _follow_ids(conn: sqlite3.Connection, named: Mapping[str, Source], now: datetime) -> Iterator[_Said]:
    """Let the rows of a source whose id has changed go along."""
    known = {row.key: row for row in _known(conn)}
    left = [_left(conn, row) for row in known.values() if row.key not in named]
    if not left:
        return
    with_pages = frozenset(key for key in named if key in known and known[key].has_pages)
    found = renames(left, tuple(named.values()), with_pages)
    for new, old in found.pairs.items():
        source_id = known[old].id
        if new in known:  # a version that knew no renames has begun it anew
            _fold(conn, known[new].id, source_id, now)
        conn.execute("UPDATE sources SET key = ?, retired_at = NULL WHERE id = ?", (new, source_id))
        detail = f'was "{old}" in {FILE}; {_articles(conn, source_id)} with it under its new id'
        yield _Said(source=new, detail=detail, kind=EventKind.RENAMED, source_id=source_id)
    yield from (_Said(source=source, detail=detail) for source, detail in found.unsure)


def _left(conn: sqlite3.Connection, row: _Known) -> Left:
    """What is known of a source that the file does not name. Listings it lost before it left are not among its own."""
    listings = conn.execute(
        """
        SELECT url FROM frontier WHERE source_id = ? AND kind <> 'article' AND depth = 0 AND (state <> 'retired' OR ?)
        """,
        (row.id, row.retired_at is not None),
    )
    return Left(
        id=row.key, url=row.url, listings=frozenset(url for (url,) in listings), has_pages=row.has_pages,
        now=row.retired_at is None,
    )  # fmt: skip


def _fold(conn: sqlite3.Connection, emptier: int, fuller: int, now: datetime) -> None:
    """Give the rows of a source without articles to another one. Where only one row can be, the other's stays."""
    alerts.close_all(conn, emptier, now)  # what it lacked, the other one has; and one of a kind may be open
    for table, column in _that_point_at_sources(conn):
        conn.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE "{column}" = ?', (fuller, emptier))  # noqa: S608 - names of the schema
        conn.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (emptier,))  # noqa: S608 - names of the schema
    conn.execute("DELETE FROM sources WHERE id = ?", (emptier,))


def _that_point_at_sources(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Tables and columns that refer to a source, whatever later versions, or the user, have added."""
    return conn.execute(
        """
        SELECT m.name, k."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS k
        WHERE m.type = 'table' AND k."table" = 'sources' ORDER BY 1, 2
        """
    ).fetchall()


# Listings -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A listing as the frontier has it. `feed` is its row in `feeds`, `found_in` that of the listing that found it."""

    id: int
    url: str
    kind: str
    state: str
    depth: int
    source_id: int
    source: str
    feed: int | None
    found_in: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """How a listing is reached from the configuration: by which sources, first through which, at what depth."""

    sources: frozenset[str]
    through: int | None  # a row of `feeds`
    depth: int


def _follow_listings(conn: sqlite3.Connection, named: Mapping[str, Source], now: datetime) -> Iterator[_Said]:
    """Retire the listings that nothing leads to any more, and bring back those that something leads to again."""
    listings = _listings(conn)
    roots = {url: source.id for source in named.values() for _, url in source.listings}
    roots |= {
        # Found by a listing that is not known: kept as long as its source is.
        each.url: each.source for each in listings if each.depth and each.found_in is None and each.source in named
    }  # fmt: skip
    edges = [(each.found_in, each.id) for each in listings if each.depth and each.found_in is not None]
    reached = _reach(listings, roots, edges, named)
    doubtful = [each.id for each in listings if each.id not in reached and each.kind in _FOUND]
    if doubtful:
        reached = _reach(listings, roots, [*edges, *_naming(conn, doubtful)], named)
    for each in listings:
        if each.id in reached and each.url not in roots:
            _keep(conn, each, reached[each.id], now)
    gone = [each for each in listings if each.id not in reached and each.state != "retired"]
    yield from _retire(conn, gone, now)


# Listings find feeds and sitemaps alone; a link to what was a section page is one to a page.
_FOUND: Final = frozenset({ListingKind.FEED, ListingKind.SITEMAP})


def _listings(conn: sqlite3.Connection) -> list[_Listing]:
    rows = conn.execute(
        """
        SELECT f.id, f.url, f.kind, f.state, f.depth, f.source_id, s.key, feeds.id, f.feed_id
        FROM frontier AS f
        JOIN sources AS s ON s.id = f.source_id LEFT JOIN feeds ON feeds.url = f.url
        WHERE f.kind <> 'article' ORDER BY +f.id
        """
    )
    return [
        _Listing(id=number, url=url, kind=kind, state=state, depth=depth, source_id=source_id, source=key, feed=feed,
                 found_in=found_in)
        for number, url, kind, state, depth, source_id, key, feed, found_in in rows.fetchall()
    ]  # fmt: skip


def _naming(conn: sqlite3.Connection, listings: Iterable[int]) -> list[tuple[int, int]]:
    """Which listings (rows of `feeds`) named these (rows of the frontier) in their last body."""
    return conn.execute(
        "SELECT feed_id, frontier_id FROM listed WHERE frontier_id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(listings)).decode(),),
    ).fetchall()


def _reach(
    listings: Sequence[_Listing],
    roots: Mapping[str, str],
    edges: Iterable[tuple[int, int]],
    named: Mapping[str, Source],
) -> dict[int, _Reached]:
    """Every listing that the configuration leads to, by way of others or at once; circles lead nowhere by themselves.

    `roots` are URLs with the id of their source, `edges` lead from a row of `feeds` to one of the frontier.
    """
    by_id = {each.id: each for each in listings}
    children: defaultdict[int, list[int]] = defaultdict(list)
    for feed, found in edges:
        children[feed].append(found)
    reached: dict[int, _Reached] = {}
    waiting: deque[tuple[_Listing, str, int | None, int]] = deque(
        (each, roots[each.url], None, 0) for each in listings if each.url in roots
    )
    while waiting:
        each, source, through, depth = waiting.popleft()
        before = reached.get(each.id)
        if before is None:
            reached[each.id] = _Reached(sources=frozenset({source}), through=through, depth=depth)
        elif source not in before.sources:
            reached[each.id] = _Reached(
                sources=before.sources | {source}, through=before.through, depth=before.depth
            )  # fmt: skip
        else:
            continue
        if each.feed is not None and _leads_on(each, named[source]):
            waiting.extend((by_id[child], source, each.feed, depth + 1) for child in children[each.feed])
    return reached


def _leads_on(listing: _Listing, source: Source) -> bool:
    """Whether what a listing found is polled: not what the front page found of a source that wants no such thing."""
    return source.autodiscover or listing.kind != ListingKind.SECTION or listing.url != source.url


def _keep(conn: sqlite3.Connection, listing: _Listing, reached: _Reached, now: datetime) -> None:
    """Hold a listing that another one found to be just that, of a source that leads to it, and polled."""
    source = listing.source if listing.source in reached.sources else min(reached.sources)
    if listing.state != "retired" and listing.depth and source == listing.source:
        return
    (source_id,) = conn.execute("SELECT id FROM sources WHERE key = ?", (source,)).fetchone()
    conn.execute(
        """
        UPDATE frontier SET source_id = :source, depth = :depth, feed_id = :through,
            due_at = CASE state WHEN 'retired' THEN :now ELSE due_at END,
            detail = CASE state WHEN 'retired' THEN NULL ELSE detail END,
            state = CASE state WHEN 'retired' THEN 'pending' ELSE state END
        WHERE id = :id
        """,
        {
            "source": source_id, "depth": reached.depth, "through": reached.through, "now": stamp(now),
            "id": listing.id,
        },
    )  # fmt: skip
    conn.execute("UPDATE feeds SET source_id = ? WHERE url = ?", (source_id, listing.url))


def _retire(conn: sqlite3.Connection, gone: Sequence[_Listing], now: datetime) -> Iterator[_Said]:
    """Retire listings. Those of the file are said one by one; what they had found may be hundreds, and is counted."""
    found: defaultdict[tuple[str, int], list[_Listing]] = defaultdict(list)
    for each in gone:
        reason = f"only listings that are retired had found it, since {now:%Y-%m-%d}"
        if each.depth == 0:
            reason = f"{FILE} no longer names it, since {now:%Y-%m-%d}"
            detail = f"{each.url} is retired: {reason}"
            yield _Said(source=each.source, detail=detail, kind=EventKind.RETIRED, source_id=each.source_id,
                        feed_id=each.feed)  # fmt: skip
        else:
            found[each.source, each.source_id].append(each)
        conn.execute("UPDATE frontier SET state = 'retired', detail = ? WHERE id = ?", (reason, each.id))
    for (source, source_id), those in found.items():
        detail = f"{len(those):,} listings are retired, {those[0].url} first: only listings that are retired found them"
        yield _Said(source=source, detail=detail, kind=EventKind.RETIRED, source_id=source_id, amount=len(those))
