"""What is to be looked at, and when: the listings by their schedule or their own pace. Reads only.

A schedule of the configuration is kept to the letter, but for a listing that says it is gone for good. `auto` follows
what the looks have brought (`archive.crawl.pace`), all `auto` listings sharing the project's budget of looks a day.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from archive.crawl.frontier import LOOKED_AT
from archive.crawl.pace import LONGEST_OF_DEAD, Pace, next_look, share_of
from archive.model.listing import ListingKind
from archive.model.schedule import Auto, Schedule, following
from archive.times import parse_stamp

if TYPE_CHECKING:
    from archive.config.toml import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A listing, and when it is to be looked at. `id` is its row in the frontier."""

    id: int
    source: str  # its id in the configuration
    url: str
    last: datetime | None
    due: datetime


@dataclass(frozen=True, slots=True)
class Agenda:
    """The looks at all listings of the configuration that the archive knows, in no order."""

    looks: tuple[Look, ...]

    def due(self, now: datetime) -> tuple[Look, ...]:
        """The looks whose time has come."""
        return tuple(look for look in self.looks if look.due <= now)

    def next(self) -> dict[str, datetime]:
        """When each source is looked at next."""
        found: dict[str, datetime] = {}
        for look in self.looks:
            found[look.source] = min(look.due, found.get(look.source, look.due))
        return found


def agenda(conn: sqlite3.Connection, config: "Config", now: datetime) -> Agenda:
    """When each listing of the enabled sources is to be looked at."""
    schedules = {source.id: source.every for source in config.sources}
    rows = [row for row in _rows(conn) if row["source"] in schedules]
    paces = {row["id"]: pace_of(row) for row in rows if isinstance(schedules[row["source"]], Auto)}
    share = share_of(config.polls, paces.values())
    looks = [_look(row, schedules[row["source"]], config, paces.get(row["id"], Pace()), share, now) for row in rows]
    return Agenda(tuple(looks))


def articles_due(conn: sqlite3.Connection, sources: frozenset[str], now: datetime) -> dict[str, datetime]:
    """When the first article of each source that waits is due; sources without any are left out."""
    rows = conn.execute(
        """
        SELECT s.key, (
            SELECT min(f.due_at) FROM frontier AS f
            WHERE f.source_id = s.id AND f.state IN ('pending', 'leased') AND f.kind = 'article'
        ) AS due
        FROM sources AS s
        """
    )
    return {key: min(parse_stamp(due), now + timedelta(days=36_500)) for key, due in rows if due and key in sources}


def pace_of(row: dict[str, Any]) -> Pace:
    """The pace of a listing, from its row."""
    window = row["items"] if row["kind"] == ListingKind.FEED else 0
    return Pace(
        fresh=row["fresh"], watched=row["watched"], window=window, failures=row["failures"],
        floor=timedelta(seconds=row["floor"]), skip_hours=frozenset(orjson.loads(row["skip_hours"] or "[]")),
    )  # fmt: skip


def _look(row: dict[str, Any], schedule: Schedule, config: "Config", pace: Pace, share: float, now: datetime) -> Look:
    last = parse_stamp(row["checked_at"]) if row["checked_at"] else None
    if row["state"] == "pending" or last is None or last > now:  # waits already, is new, or was dated by a wrong clock
        due = parse_stamp(row["due_at"]) if row["state"] == "pending" and last is not None else now
    elif row["gone_at"] is not None:
        due = last + LONGEST_OF_DEAD
    elif isinstance(schedule, Auto):
        overran = row["overran_at"] is not None and row["overran_at"] == row["checked_at"]
        due = next_look(pace, last, share, overran=overran)
    else:
        due = following(schedule, last, config.timezone)
    return Look(id=row["id"], source=row["source"], url=row["url"], last=last, due=due)


def _rows(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    cursor = conn.execute(
        f"""
        SELECT frontier.id, s.key AS source, frontier.url, frontier.kind, frontier.state, frontier.due_at,
            feeds.checked_at, feeds.overran_at, coalesce(feeds.items, 0) AS items, coalesce(feeds.fresh, 0) AS fresh,
            coalesce(feeds.watched, 0) AS watched, coalesce(feeds.failures, 0) AS failures,
            coalesce(feeds.floor, 0) AS floor, feeds.skip_hours, feeds.gone_at
        FROM (SELECT * FROM frontier WHERE kind <> 'article' AND {LOOKED_AT}) AS frontier
        JOIN sources AS s ON s.id = frontier.source_id
        LEFT JOIN feeds ON feeds.url = frontier.url
        """,  # noqa: S608 - a text of our own
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
