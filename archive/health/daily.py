"""How each source does: what was tried of it, what came, and how complete it was, over a day or any other span.

`measure` keeps a row a source a day (UTC). The same figures of the hours just past, set against those rows, tell where
a source departs from its usual (`archive.health.alerts`). Reads tables that others write, but for `health` itself.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any, Final

from archive.model.article import PageKind
from archive.model.outcome import FAILED, Outcome
from archive.times import parse_stamp, stamp

_DAY: Final = timedelta(days=1)
OWN_FAULT: Final = "outage"  # stage of a try that failed with our own network: it says nothing of its source

_EMPTY: Final = frozenset({Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.NOT_HTML})
_READ: Final = frozenset({Outcome.SAVED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE})
_REFUSED: Final = frozenset({Outcome.ROBOTS, Outcome.RATE_LIMITED, Outcome.RESERVED})
_FORBIDDEN: Final = frozenset({401, 403, 407, 451})
_SHUT: Final = (PageKind.WALL, PageKind.BLOCKED, PageKind.CONSENT)  # kinds that the detail of `not_article` begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The figures of one source over a span. What is None cannot be told: nothing came that would tell it."""

    tried: int = 0  # tries of addresses, listings too
    seen: int = 0  # addresses of articles that listings named for the first time
    new: int = 0  # articles filed for the first time
    updated: int = 0  # articles with a new version
    pages: int = 0  # pages that were read for the first time, with an article or without
    empty: int = 0  # those without
    blocked: int = 0  # tries that were refused
    errors: int = 0  # tries that failed, but for planned looks at what is gone
    median_words: float | None = None  # of the new articles
    author_share: float | None = None  # of those, how many name an author, 0 to 1
    date_share: float | None = None  # of those, how many say when they were published, 0 to 1

    @property
    def empty_share(self) -> float | None:
        """Pages without an article, of those that were read."""
        return self.empty / self.pages if self.pages else None

    @property
    def blocked_share(self) -> float | None:
        """Tries that were refused, of all."""
        return self.blocked / self.tried if self.tried else None

    @property
    def error_share(self) -> float | None:
        """Tries that failed, of all."""
        return self.errors / self.tried if self.tried else None


@dataclass(frozen=True, slots=True)
class _Try:
    """What a row of `fetches` says of how a source does."""

    outcome: Outcome
    status: int | None
    detail: str
    planned: bool
    article: bool

    @property
    def blocked(self) -> bool:
        """True where the site did not let us."""
        if self.outcome is Outcome.NOT_ARTICLE:
            return self.detail.split(";", 1)[0] in _SHUT
        return self.outcome in _REFUSED or (self.outcome is Outcome.HTTP_4XX and self.status in _FORBIDDEN)

    @property
    def read(self) -> bool:
        """True for a page that was read for the first time, with an article or without."""
        return self.article and not self.planned and not self.blocked and self.outcome in _EMPTY | _READ

    @property
    def empty(self) -> bool:
        """True for one of those that had none."""
        return self.read and self.outcome in _EMPTY

    @property
    def failed(self) -> bool:
        """True where server or network failed. A filed article that is gone is an event, no failure."""
        gone = self.planned and self.outcome is Outcome.HTTP_4XX
        return self.outcome in FAILED and not self.blocked and not gone


def measure(conn: sqlite3.Connection, source_ids: Sequence[int], since: datetime, until: datetime) -> None:
    """Write the rows of these sources anew for every day that has a part in the span."""
    begin = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while begin <= until:
        for source_id in source_ids:
            _keep(conn, source_id, begin)
        begin += _DAY


def _keep(conn: sqlite3.Connection, source_id: int, begin: datetime) -> None:
    found = health(conn, source_id, begin, begin + _DAY)
    conn.execute(
        """
        INSERT INTO health (source_id, day, tried, seen, new, updated, pages, empty, blocked, errors, median_words,
                            author_share, date_share)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (source_id, day) DO UPDATE SET
            tried = excluded.tried, seen = excluded.seen, new = excluded.new, updated = excluded.updated,
            pages = excluded.pages, empty = excluded.empty, blocked = excluded.blocked, errors = excluded.errors,
            median_words = excluded.median_words, author_share = excluded.author_share,
            date_share = excluded.date_share
        """,
        (
            source_id, f"{begin:%Y-%m-%d}", found.tried, found.seen, found.new, found.updated, found.pages,
            found.empty, found.blocked, found.errors, found.median_words, found.author_share, found.date_share,
        ),
    )  # fmt: skip


def health(conn: sqlite3.Connection, source_id: int, since: datetime, until: datetime) -> Health:
    """The figures of a source from a time on, until before another."""
    span = (source_id, stamp(since), stamp(until))
    tries = _tries(conn, "source_id = ? AND fetched_at >= ? AND fetched_at < ? AND stage <> 'outage' ORDER BY id", span)
    (seen,) = conn.execute(
        "SELECT count(*) FROM frontier WHERE source_id = ? AND found_at >= ? AND found_at < ? AND kind = 'article'",
        span,
    ).fetchone()
    filed = _filed(conn, "source_id = ? AND first_seen_at >= ? AND first_seen_at < ?", span)
    return _figures(tries, seen, filed)


def recent(conn: sqlite3.Connection, source_id: int, now: datetime, least: int) -> Health:
    """The figures of the day just past, but: of the six hours just past where there were tries enough to tell failures;
    of pages and new articles the newest `least` of a week where the day had fewer, or a source of four stories a day
    would never have enough of them.
    """
    past = health(conn, source_id, now - _DAY, now)
    acute = health(conn, source_id, now - _ACUTE, now)
    if acute.tried >= _TELLING:
        past = replace(past, tried=acute.tried, blocked=acute.blocked, errors=acute.errors)
    span = (source_id, stamp(now - _WEEK), stamp(now))
    if past.pages < least:
        pages = _tries(
            conn,
            "source_id = ? AND fetched_at >= ? AND fetched_at < ? AND kind = 'article' AND planned = 0 "
            f"AND outcome IN ({_quoted(_EMPTY | _READ)}) ORDER BY fetched_at DESC, id DESC LIMIT {least}",
            span,
        )
        pages_read, empty = _pages(pages)
        past = replace(past, pages=pages_read, empty=empty)
    if past.new < least:
        newest = _filed(
            conn,
            f"source_id = ? AND first_seen_at >= ? AND first_seen_at < ? ORDER BY first_seen_at DESC LIMIT {least}",
            span,
        )
        past = replace(past, new=len(newest), **_completeness(newest))
    return past


_ACUTE: Final = timedelta(hours=6)
_TELLING: Final = 4  # tries
_WEEK: Final = timedelta(days=7)


def last_seen(conn: sqlite3.Connection, source_id: int) -> datetime | None:
    """When a listing of a source named an article that was new; None where none ever did."""
    (found,) = conn.execute(
        "SELECT max(found_at) FROM frontier WHERE source_id = ? AND kind = 'article'", (source_id,)
    ).fetchone()
    return parse_stamp(found) if found else None


def longest_rest(conn: sqlite3.Connection, source_id: int, since: datetime, until: datetime) -> timedelta:
    """The longest time in a span in which no listing of a source named anything new."""
    rows = conn.execute(
        """
        SELECT DISTINCT found_at FROM frontier
        WHERE source_id = ? AND found_at BETWEEN ? AND ? AND kind = 'article' ORDER BY found_at
        """,
        (source_id, stamp(since), stamp(until)),
    )
    times = [parse_stamp(found) for (found,) in rows]
    return max((later - earlier for earlier, later in pairwise(times)), default=timedelta())


def _figures(tries: Sequence[_Try], seen: int, filed: Sequence[tuple[int, bool, bool]]) -> Health:
    pages, empty = _pages(tries)
    past = Health(
        tried=len(tries),
        seen=seen,
        new=len(filed),
        updated=sum(each.outcome is Outcome.UPDATED for each in tries),
        pages=pages,
        empty=empty,
        blocked=sum(each.blocked for each in tries),
        errors=sum(each.failed for each in tries),
    )
    return replace(past, **_completeness(filed))


def _pages(tries: Sequence[_Try]) -> tuple[int, int]:
    """Pages that were read, and those of them without an article."""
    return sum(each.read for each in tries), sum(each.empty for each in tries)


def _completeness(filed: Sequence[tuple[int, bool, bool]]) -> dict[str, Any]:
    if not filed:
        return {}
    words, authors, dates = zip(*filed, strict=True)
    return {"median_words": float(median(words)), "author_share": fmean(authors), "date_share": fmean(dates)}


def _tries(conn: sqlite3.Connection, where: str, values: Sequence[object]) -> list[_Try]:
    rows = conn.execute(f"SELECT outcome, status, detail, planned, kind FROM fetches WHERE {where}", values)  # noqa: S608 - our own texts
    return [
        _Try(Outcome(outcome), status, detail or "", bool(planned), kind == "article")
        for outcome, status, detail, planned, kind in rows
    ]


def _filed(conn: sqlite3.Connection, where: str, values: Sequence[object]) -> list[tuple[int, bool, bool]]:
    """Words of articles, whether they name an author, and whether they say when they were published."""
    rows = conn.execute(f"SELECT words, byline, published_at FROM articles WHERE {where}", values)  # noqa: S608 - our own texts
    return [(words, byline is not None, published is not None) for words, byline, published in rows]


def _quoted(outcomes: frozenset[Outcome]) -> str:
    return ", ".join(f"'{outcome}'" for outcome in sorted(outcomes))
