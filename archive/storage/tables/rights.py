"""The rights ledger: every signal with its place and its dates, and what of it holds for an article now.

In the caller's transaction. A signal that was not found again where it had stood has gone; it stays in the ledger. What
a licence says stands under the address of the licence, whoever names it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from archive.model.source import Rights
from archive.rights.decisions import Decisions, Said, decide, is_unread
from archive.rights.licences import UNREAD
from archive.rights.signals import AI_ROBOTS, ARCHIVING_ROBOTS, Signal, SignalKind
from archive.times import stamp
from archive.web.urls import host

OF_PAGES: Final = tuple(kind for kind in SignalKind if kind is not SignalKind.RSL_FEED)  # that is said elsewhere


@dataclass(frozen=True, slots=True)
class HostRights:
    """What holds for a host as a whole, by its files and the licences that they name."""

    said: tuple[Said, ...] = ()

    def decide(self, url: str, page: Sequence[Said] = ()) -> Decisions:
        """Decide for an address of the host, whose page says this."""
        return decide(url, page, self.said)

    def says_the_same(self, other: "HostRights") -> bool:
        """Whether nothing changed but the day when it was read."""
        return [(said.signal, said.place) for said in self.said] == [(each.signal, each.place) for each in other.said]


def note(
    conn: sqlite3.Connection, source_id: int, article_id: int | None, url: str, signals: Sequence[Signal],
    now: datetime, kinds: Iterable[SignalKind] = OF_PAGES,
) -> None:  # fmt: skip
    """Write down what an address says now. Of these kinds, what it said before and says no more has gone."""
    marks = ",".join(f"'{kind}'" for kind in kinds)
    conn.execute(
        f"UPDATE rights SET gone_at = coalesce(gone_at, ?) WHERE url = ? AND signal IN ({marks})",  # noqa: S608 - our own names
        (stamp(now), url),
    )
    _insert(conn, source_id, article_id, url, signals, now)


def _insert(
    conn: sqlite3.Connection,
    source_id: int,
    article_id: int | None,
    url: str,
    signals: Sequence[Signal],
    now: datetime,
) -> None:
    conn.executemany(
        """
        INSERT INTO rights (source_id, article_id, url, signal, value, location, reserves, first_seen_at, seen_at)
        VALUES (:source, :article, :url, :signal, :value, :location, :reserves, :now, :now)
        ON CONFLICT (url, signal, value, location) DO UPDATE SET
            seen_at = excluded.seen_at, gone_at = NULL, reserves = excluded.reserves,
            article_id = coalesce(excluded.article_id, article_id)
        """,
        [
            {
                "source": source_id, "article": article_id, "url": url, "signal": signal.kind, "value": signal.value,
                "location": signal.location or "", "reserves": signal.reserves, "now": stamp(now),
            }
            for signal in signals
        ],
    )  # fmt: skip


def rights_of(conn: sqlite3.Connection, source_id: int) -> Rights:
    """What a source's configuration wants done with what is reserved."""
    (policy,) = conn.execute("SELECT rights FROM sources WHERE id = ?", (source_id,)).fetchone()
    return Rights(policy)


# What holds now -------------------------------------------------------------------------------------------------------


def of_host(conn: sqlite3.Connection, name: str) -> HostRights:
    """What holds for a host now, whichever source it was read for."""
    rows: list[Sequence[object]] = []
    for scheme in ("http", "https"):
        origin = f"{scheme}://{name}"
        rows += conn.execute(
            f"""
            SELECT {_SAID} FROM rights
            WHERE (url IN (?, ?, ?) OR (url > ? AND url < ? AND article_id IS NULL))  -- or at a port
                AND (url LIKE '%/robots.txt' OR url LIKE '%/ai.txt' OR url LIKE '%/tdmrep.json') AND gone_at IS NULL
            ORDER BY id
            """,  # noqa: S608 - our own names
            (*(f"{origin}{path}" for path in _FILES), f"{origin}:", f"{origin};"),
        ).fetchall()
    return HostRights(_with_terms(conn, [_said(row) for row in rows]))


_FILES: Final = ("/robots.txt", "/ai.txt", "/.well-known/tdmrep.json")
_SAID: Final = "url, signal, value, location, reserves, seen_at"


def _said(row: Sequence[object]) -> Said:
    url, kind, value, location, reserves, seen_at = row
    signal = Signal(
        kind=SignalKind(str(kind)), value=str(value), reserves=bool(reserves), location=str(location) or None
    )
    return Said(signal=signal, place=str(url), seen_at=str(seen_at))


def _with_terms(conn: sqlite3.Connection, said: Sequence[Said]) -> tuple[Said, ...]:
    """The same, with what the licences say that are named there; one that was not read yet says that."""
    links = (each for each in said if each.signal.kind is SignalKind.RSL_LINK)
    return (*said, *(term for link in links for term in _terms(conn, link)))


def _terms(conn: sqlite3.Connection, link: Said) -> Iterator[Said]:
    rows = conn.execute(
        f"SELECT {_SAID} FROM rights WHERE url = ? AND signal = ? AND gone_at IS NULL ORDER BY id",  # noqa: S608
        (link.signal.value, SignalKind.RSL),
    ).fetchall()
    yield from map(_said, rows)
    if not rows:
        unread = Signal(kind=SignalKind.RSL, value=UNREAD, reserves=True)
        yield Said(signal=unread, place=link.signal.value, seen_at="")


def of_page(
    conn: sqlite3.Connection, url: str, signals: Iterable[Signal], when: datetime, addresses: Iterable[str]
) -> tuple[Said, ...]:
    """What a page says that was read just now, the licences it names, and the feeds that list it by these addresses."""
    said = [Said(signal=signal, place=url, seen_at=stamp(when)) for signal in signals]
    feeds = [row for address in dict.fromkeys(addresses) for row in _of_feeds(conn, "url = ?", address)]
    return (*_with_terms(conn, said), *map(_said, feeds))


def _of_feeds(conn: sqlite3.Connection, condition: str, value: object) -> list[Sequence[object]]:
    return conn.execute(
        f"SELECT {_SAID} FROM rights WHERE {condition} AND signal = 'rsl-feed' AND gone_at IS NULL",  # noqa: S608
        (value,),
    ).fetchall()


def decisions(conn: sqlite3.Connection, article_id: int, by_host: HostRights | None = None) -> Decisions:
    """What may be done with a filed article, by what was read last of its page, its feeds and its host."""
    (url,) = conn.execute("SELECT url FROM articles WHERE id = ?", (article_id,)).fetchone()
    own = conn.execute(
        f"SELECT {_SAID} FROM rights WHERE article_id = ? AND gone_at IS NULL ORDER BY id",  # noqa: S608
        (article_id,),
    ).fetchall()
    feeds = _of_feeds(conn, "url IN (SELECT url FROM urls WHERE article_id = ?)", article_id)
    page = (*_with_terms(conn, [_said(row) for row in own]), *map(_said, feeds))
    return (by_host or of_host(conn, host(url))).decide(url, page)


# When something else is said ------------------------------------------------------------------------------------------


def refresh(conn: sqlite3.Connection, name: str) -> None:
    """Work out anew what reserves the filed articles of a host: its files say something else than they did."""
    by_host = of_host(conn, name)
    for scheme in ("http", "https"):
        origin = f"{scheme}://{name}"
        filed = conn.execute("SELECT id, url FROM articles WHERE url >= ? AND url < ?", (origin, f"{origin}\x7f"))
        for article_id, url in filed.fetchall():
            if host(url) == name:
                _renew(conn, article_id, by_host)


def _renew(conn: sqlite3.Connection, article_id: int, by_host: HostRights | None = None) -> None:
    reserved = decisions(conn, article_id, by_host).reserved
    conn.execute(
        "UPDATE articles SET reserved = ? WHERE id = ? AND reserved IS NOT ?", (reserved, article_id, reserved)
    )


def note_licence(conn: sqlite3.Connection, source_id: int, url: str, signals: Sequence[Signal], now: datetime) -> None:
    """Write down what a licence says now, and work out anew what it is named for."""
    before = [(said.signal, said.place) for said in _terms(conn, _link(url))]
    note(conn, source_id, None, url, signals, now, (SignalKind.RSL,))
    if [(said.signal, said.place) for said in _terms(conn, _link(url))] == before:
        return
    naming = conn.execute(
        "SELECT url, article_id FROM rights WHERE signal = 'rsl-link' AND value = ? AND gone_at IS NULL", (url,)
    ).fetchall()
    for name in dict.fromkeys(host(place) for place, article_id in naming if article_id is None):
        refresh(conn, name)
    for article_id in dict.fromkeys(article_id for _, article_id in naming if article_id is not None):
        _renew(conn, article_id)


def _link(url: str) -> Said:
    return Said(signal=Signal(kind=SignalKind.RSL_LINK, value=url))


def was_read(conn: sqlite3.Connection, url: str) -> bool:
    """Whether it is known what a licence says."""
    return any(not is_unread(said.signal) for said in _terms(conn, _link(url)))


def licences_of(conn: sqlite3.Connection, source_id: int) -> list[str]:
    """The licences that a source's robots.txt and pages name, those of robots.txt first."""
    rows = conn.execute(
        """
        SELECT value FROM rights WHERE source_id = ? AND signal = 'rsl-link' AND gone_at IS NULL
        GROUP BY value ORDER BY min(article_id IS NOT NULL), max(seen_at) DESC
        """,
        (source_id,),
    )
    return [value for (value,) in rows]


def note_feed(
    conn: sqlite3.Connection, source_id: int, feed: str, entries: Mapping[str, Sequence[Signal]], now: datetime
) -> None:
    """Write down what a feed says in RSL of its entries (address -> signals); what it lists no more it says still."""
    known = {
        url
        for (url,) in conn.execute(
            "SELECT url FROM rights WHERE source_id = ? AND signal = 'rsl-feed' AND location = ? AND gone_at IS NULL",
            (source_id, feed),
        )
    }
    for url, signals in entries.items():
        if not signals and url not in known:
            continue
        conn.execute(
            "UPDATE rights SET gone_at = ? WHERE url = ? AND signal = 'rsl-feed' AND location = ? AND gone_at IS NULL",
            (stamp(now), url, feed),
        )
        said = [replace(signal, kind=SignalKind.RSL_FEED, location=feed) for signal in signals]
        _insert(conn, source_id, None, url, said, now)
        for (article_id,) in conn.execute("SELECT article_id FROM urls WHERE url = ?", (url,)).fetchall():
            _renew(conn, article_id)


# To others by name ----------------------------------------------------------------------------------------------------


def shut_out(conn: sqlite3.Connection, source_id: int) -> str | None:
    """How many robots a source's robots.txt shuts out by their names, in a sentence; None where it is none."""
    (home,) = conn.execute("SELECT url FROM sources WHERE id = ?", (source_id,)).fetchone()
    rows = conn.execute(
        """
        SELECT value FROM rights
        WHERE (source_id = ? OR url IN (?, ?)) AND signal = 'robots.txt' AND gone_at IS NULL  -- or read for another
        """,
        (source_id, *(f"{scheme}://{host(home)}/robots.txt" for scheme in ("http", "https"))),
    )
    names = {value.partition(": disallow:")[0] for (value,) in rows if ": disallow:" in value}
    archiving = len(names & ARCHIVING_ROBOTS)
    counts = ((len(names & AI_ROBOTS - ARCHIVING_ROBOTS), "AI"), (archiving, "archiving"))
    said = [f"{count:,} {kind} robot{'s' if count > 1 else ''}" for count, kind in counts if count]
    return f"shuts out {' and '.join(said)} by name" if said else None
