"""What became of every URL that a source listed, day by day (UTC). Reads only.

Each listed URL of an article is in exactly one part, so that the parts of a day add up to what was listed on it. A URL
that is in none of them is a fault: something vanished.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from archive.storage.rows import first, rows

LATEST_DAYS: Final = 7  # of a report that names no day
EARLIER: Final = "joined earlier, reason unknown"  # by a version that did not write down why
_OTHER_SOURCE: Final = "listed by this source too; filed by {}"


class Part(StrEnum):
    """What became of a listed URL."""

    FILED = "filed"  # it filed an article
    JOINED = "joined"  # its page is that of an article which another URL filed
    REFUSED = "refused"  # it was attempted, and there is nothing to file
    DUE = "due"  # it waits for its first attempt
    EXCLUDED = "excluded"  # passed over by `include` or `exclude` of the configuration
    FORMS = "forms"  # another form of a URL that is known; never requested
    UNACCOUNTED = "unaccounted"  # none of these: a fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The URLs that a source listed first on one day, by what became of them. `refused` is by outcome, most first."""

    source: str
    day: str
    listed: int
    filed: int = 0
    joined: int = 0
    refused: tuple[tuple[str, int], ...] = ()
    due: int = 0
    excluded: int = 0
    forms: int = 0
    unaccounted: int = 0

    @property
    def refusals(self) -> int:
        """The refused, all outcomes together."""
        return sum(count for _, count in self.refused)

    @property
    def adds_up(self) -> bool:
        """Whether every listed URL is accounted for."""
        parts = self.filed + self.joined + self.refusals + self.due + self.excluded + self.forms
        return self.listed == parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A listed URL. `why` is the reason: why it was joined, why there is no next attempt, or what it waits for."""

    source: str
    day: str
    url: str
    part: Part
    outcome: str | None  # of the last attempt
    article_id: int | None
    next_at: str | None  # of the next attempt; None where none is planned
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days, both included; None is open."""

    since: date | None = None
    until: date | None = None

    @property
    def bounds(self) -> dict[str, str]:
        """The first stamp of the days, and one after their last: `U` follows the `T` of a stamp."""
        return {"since": (self.since or date.min).isoformat(), "until": f"{(self.until or date.max).isoformat()}U"}


def sources(conn: sqlite3.Connection) -> list[str]:
    """The ids of all sources of the archive."""
    return [row["key"] for row in rows(conn, "SELECT key FROM sources ORDER BY key")]


def latest(conn: sqlite3.Connection, keys: Sequence[str], until: date | None = None) -> Span:
    """The last days, up to one, on which any of these sources listed something new. An open end if there is none."""
    days: set[str] = set()
    for key in keys:
        days.update(_latest_of(conn, key, Span(until=until).bounds["until"]))
    shown = sorted(days)[-LATEST_DAYS:]
    return Span(since=date.fromisoformat(shown[0]) if shown else None, until=until)


def coverage(conn: sqlite3.Connection, keys: Sequence[str], span: Span) -> Iterator[Coverage]:
    """Yield the sums of each source and day, newest day first; days without anything are left out."""
    for key in keys:
        days: dict[str, Counter[tuple[str, str]]] = {}
        for row in rows(conn, _SUMS, {**_number(conn, key), **span.bounds}):
            days.setdefault(row["day"], Counter())[row["part"], row["outcome"] or ""] = row["amount"]
        for day in sorted(days, reverse=True):
            yield _summed(key, day, days[day])


def urls(
    conn: sqlite3.Connection, keys: Sequence[str], span: Span, parts: Sequence[Part], most: int = -1
) -> Iterator[Listed]:
    """Yield the listed URLs that are in one of these parts, `most` of each source (all if negative), newest first."""
    marks = ", ".join(f"'{part}'" for part in parts)
    for key in keys:
        wanted = {**_number(conn, key), **span.bounds, "most": most}
        for row in rows(conn, _URLS.format(parts=marks), wanted):
            yield _listed(key, row)


def _summed(key: str, day: str, amounts: Counter[tuple[str, str]]) -> Coverage:
    parts: Counter[str] = Counter()
    for (part, _), amount in amounts.items():
        parts[part] += amount
    refused = [(outcome, amount) for (part, outcome), amount in amounts.items() if part == Part.REFUSED]
    return Coverage(
        source=key,
        day=day,
        listed=parts.total(),
        refused=tuple(sorted(refused, key=lambda pair: (-pair[1], pair[0]))),
        **{part: parts[part] for part in Part if part is not Part.REFUSED},
    )


def _listed(key: str, row: Any) -> Listed:
    waits = row["part"] in {Part.REFUSED, Part.DUE} and row["state"] in {"pending", "leased"}
    return Listed(
        source=key,
        day=row["day"],
        url=row["url"],
        part=Part(row["part"]),
        outcome=row["outcome"],
        article_id=row["article_id"],
        next_at=row["due_at"] if waits else None,
        why=_why(row),
    )


def _why(row: Any) -> str:
    """The reason a person reads; empty where the part says it all."""
    if row["part"] == Part.JOINED:
        return row["joined"] or (_OTHER_SOURCE.format(row["owner"]) if row["owner"] else EARLIER)
    if row["part"] == Part.FORMS:
        return f"another form of {row['form_of']}"
    if row["part"] == Part.UNACCOUNTED:
        ended = row["outcome"] or "never attempted"
        return f"{row['state']} ({ended}), but nothing is filed and no attempt is planned"
    if row["part"] == Part.REFUSED and row["state"] == "dead" and row["tries"]:
        return ": ".join(filter(None, (f"given up after {row['tries']} attempts", row["detail"])))
    if row["part"] == Part.REFUSED:
        return row["detail"] or f"ended as {row['outcome']}"
    return row["detail"] or ""


def _number(conn: sqlite3.Connection, key: str) -> dict[str, int]:
    row = first(conn, "SELECT id FROM sources WHERE key = ?", (key,))
    return {"source": row["id"] if row else 0}


def _latest_of(conn: sqlite3.Connection, key: str, until: str) -> Iterator[str]:
    """The last days on which a source listed something: one look into each index a day, however many URLs."""
    values: dict[str, Any] = {**_number(conn, key), "until": until}
    for _ in range(LATEST_DAYS):
        day = first(conn, _LAST_DAY, values)["day"]
        if day is None:
            return
        yield day
        values["until"] = day


# An outcome that files an article, or joins one. Without an article it is a fault.
_WITH_ARTICLE: Final = "('saved', 'updated', 'unchanged', 'duplicate', 'part')"
# A row of the frontier that is in no part; the one definition, for those who look for faults and mend them.
UNACCOUNTED: Final = f"""kind = 'article' AND same_as IS NULL AND article_id IS NULL
    AND CASE WHEN outcome IS NULL THEN state NOT IN ('pending', 'leased') ELSE outcome IN {_WITH_ARTICLE} END"""

# What a source listed: its own rows, and those of other sources that it listed too. Both by an index, in time order.
_SEEN: Final = """
    SELECT id, source_id, found_at, 0 AS shared FROM frontier
    WHERE source_id = :source AND found_at >= :since AND found_at < :until AND kind = 'article'
    UNION ALL
    SELECT s.frontier_id, f.source_id, s.found_at, 1 FROM sightings AS s JOIN frontier AS f ON f.id = s.frontier_id
    WHERE s.source_id = :source AND s.found_at >= :since AND s.found_at < :until
        AND f.kind = 'article' AND f.source_id <> s.source_id
"""
# The order is that of the rules: a URL is in the first part that fits.
_PART: Final = f"""CASE
    WHEN f.outcome = 'excluded' THEN 'excluded'
    WHEN f.same_as IS NOT NULL THEN 'forms'
    WHEN f.article_id IS NOT NULL AND NOT seen.shared AND EXISTS (
        SELECT 1 FROM urls WHERE urls.url = f.url AND urls.kind IN ('own', 'led') AND urls.article_id = f.article_id
    ) THEN 'filed'
    WHEN f.article_id IS NOT NULL THEN 'joined'
    WHEN f.outcome IS NULL AND f.state IN ('pending', 'leased') THEN 'due'
    WHEN f.outcome IS NOT NULL AND f.outcome NOT IN {_WITH_ARTICLE} THEN 'refused'
    ELSE 'unaccounted'
END"""  # noqa: S608 - texts of our own
_SUMS: Final = f"""
    SELECT substr(seen.found_at, 1, 10) AS day, {_PART} AS part, f.outcome, count(*) AS amount
    FROM ({_SEEN}) AS seen JOIN frontier AS f ON f.id = seen.id
    GROUP BY 1, 2, 3
"""  # noqa: S608 - texts of our own
_URLS: Final = f"""
    SELECT * FROM (
        SELECT substr(seen.found_at, 1, 10) AS day, {_PART} AS part, f.url, f.outcome, f.article_id, f.state, f.due_at,
            f.tries, f.detail, f.joined, (SELECT url FROM frontier WHERE id = f.same_as) AS form_of,
            iif(seen.shared, (SELECT key FROM sources WHERE id = f.source_id), NULL) AS owner, seen.found_at, f.id
        FROM ({_SEEN}) AS seen JOIN frontier AS f ON f.id = seen.id
    )
    WHERE part IN ({{parts}}) ORDER BY found_at DESC, id LIMIT :most
"""  # noqa: S608 - texts of our own
_LAST_DAY: Final = """
    SELECT substr(max(found_at), 1, 10) AS day FROM (
        SELECT (SELECT found_at FROM frontier WHERE source_id = :source AND found_at < :until AND kind = 'article'
                ORDER BY found_at DESC LIMIT 1) AS found_at
        UNION ALL
        SELECT (SELECT found_at FROM sightings WHERE source_id = :source AND found_at < :until
                ORDER BY found_at DESC LIMIT 1)
    )
"""
