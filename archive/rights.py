"""The rights ledger: every signal with its place and its dates, and what of it holds for an article now.

In the caller's transaction. A signal that was not found again where it had stood has gone; it stays in the ledger.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from archive.models import Rights
from archive.signals import Signal, SignalKind, fits
from archive.times import stamp
from archive.urls import host


@dataclass(frozen=True, slots=True)
class HostRights:
    """What holds for a host as a whole, by its files."""

    signals: tuple[Signal, ...] = ()

    def reserving(self, url: str) -> tuple[Signal, ...]:
        """The signals that reserve an address. Of tdmrep.json the longest location that fits decides (RFC 9309)."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        found: list[Signal] = []
        decided = False
        for signal in sorted(self.signals, key=lambda signal: -len(signal.location or "")):
            if signal.kind is SignalKind.TDMREP:
                if decided or not fits(signal.location or "/", path):
                    continue
                decided = True
            if signal.reserves:
                found.append(signal)
        return tuple(found)


def note(
    conn: sqlite3.Connection, source_id: int, article_id: int | None, url: str, signals: Sequence[Signal],
    now: datetime, kinds: Iterable[SignalKind] = tuple(SignalKind),
) -> None:  # fmt: skip
    """Write down what an address says now. Of these kinds, what it said before and says no more has gone."""
    marks = ",".join(f"'{kind}'" for kind in kinds)
    conn.execute(
        f"UPDATE rights SET gone_at = coalesce(gone_at, ?) WHERE url = ? AND signal IN ({marks})",  # noqa: S608 - our own names
        (stamp(now), url),
    )
    conn.executemany(
        """
        INSERT INTO rights (source_id, article_id, url, signal, value, location, reserves, first_seen_at, seen_at)
        VALUES (:source, :article, :url, :signal, :value, :location, :reserves, :now, :now)
        ON CONFLICT (url, signal, value, location) DO UPDATE SET
            seen_at = excluded.seen_at, gone_at = NULL, reserves = excluded.reserves
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


def of_host(conn: sqlite3.Connection, source_id: int, name: str) -> HostRights:
    """What holds for a host of a source now."""
    rows = conn.execute(
        """
        SELECT url, signal, value, location, reserves FROM rights
        WHERE source_id = ? AND article_id IS NULL AND gone_at IS NULL
            AND (url LIKE '%/robots.txt' OR url LIKE '%/ai.txt' OR url LIKE '%/tdmrep.json')  -- not of reserved pages
        ORDER BY id
        """,
        (source_id,),
    )
    return HostRights(
        tuple(
            Signal(kind=SignalKind(kind), value=value, reserves=bool(reserves), location=location or None)
            for url, kind, value, location, reserves in rows
            if host(url) == name
        )
    )


def refresh(conn: sqlite3.Connection, source_id: int, name: str) -> None:
    """Work out anew what reserves the filed articles of a host: its files say something else than they did."""
    by_host = of_host(conn, source_id, name)
    filed = conn.execute("SELECT id, url, reserved FROM articles WHERE source_id = ?", (source_id,)).fetchall()
    for article_id, url, reserved in filed:
        if host(url) == name:
            now = reservation(_of_article(conn, article_id), by_host.reserving(url))
            if now != reserved:
                conn.execute("UPDATE articles SET reserved = ? WHERE id = ?", (now, article_id))


def _of_article(conn: sqlite3.Connection, article_id: int) -> list[Signal]:
    rows = conn.execute(
        "SELECT signal, value, reserves FROM rights WHERE article_id = ? AND gone_at IS NULL", (article_id,)
    )
    return [Signal(kind=SignalKind(kind), value=value, reserves=bool(reserves)) for kind, value, reserves in rows]


def reservation(page: Sequence[Signal], by_host: Sequence[Signal]) -> str | None:
    """What reserves an article, as `articles.reserved` has it; None where nothing does.

    A page that says by itself that nothing is reserved (tdm-reservation=0) is more specific than its host's file.
    """
    own = {signal.value for signal in page if signal.kind in _TDM_OF_PAGES}
    freed = "tdm-reservation=0" in own and "tdm-reservation=1" not in own
    kinds = [signal.kind for signal in page if signal.reserves]
    kinds += [signal.kind for signal in by_host if not (freed and signal.kind is SignalKind.TDMREP)]
    return " ".join(dict.fromkeys(kinds)) or None


_TDM_OF_PAGES: Final = frozenset({SignalKind.TDM_HEADER, SignalKind.TDM_META})
