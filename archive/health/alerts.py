"""Where a source departs from its own usual, or falls silent: alerts that open and close by themselves.

A source is held against nothing but itself: the median of its own 28 days before. What it was while an alert is open
is no part of its usual where that can never be one (silence, failures), or a source that is dead for two weeks would
be found well again.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from archive.crawl import frontier
from archive.health.daily import Health, last_seen, longest_rest, recent
from archive.times import parse_stamp, stamp

HISTORY: Final = timedelta(days=28)
_LEAST_DAYS: Final = 5  # of that history, or there is no telling what is usual
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


class AlertKind(StrEnum):
    """How a source departs from its usual."""

    QUIET = "quiet"  # its listings name nothing new
    EMPTY = "empty"  # pages without an article, as after a redesign
    BLOCKED = "blocked"  # it refuses us
    ERRORS = "errors"  # its server fails
    SHORT = "short"  # its articles have become short, as behind a wall
    AUTHORS = "authors"  # they name authors less often
    DATES = "dates"  # they say less often when they were published


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it stands."""

    id: int
    source: str  # its id in the configuration
    kind: AlertKind
    opened_at: datetime
    closed_at: datetime | None
    detail: str

    @property
    def sentence(self) -> str:
        """What a person is told."""
        if self.closed_at is None:
            return f"{self.source}: {self.detail}"
        return f"{self.source}: {self.kind} no longer, after {_lasted(self.closed_at - self.opened_at)}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One figure, and how far from its usual it may be. `opens` and `closes` differ: nothing is to flutter."""

    kind: AlertKind
    value: Callable[[Health], float | None]
    size: Callable[[Health], int]  # how many tries, pages or articles speak
    opens: Callable[[float, float], bool]
    closes: Callable[[float, float], bool]
    sentence: str


def _above(least: float) -> Callable[[float, float], bool]:
    return lambda value, usual: value - usual >= least


def _within(most: float) -> Callable[[float, float], bool]:
    return lambda value, usual: value - usual < most


def _fallen(least: float) -> Callable[[float, float], bool]:
    return lambda value, usual: usual - value >= least


def _recovered(most: float) -> Callable[[float, float], bool]:
    return lambda value, usual: usual - value < most


_RULES: Final = (
    _Rule(
        AlertKind.EMPTY, lambda past: past.empty_share, lambda past: past.pages, _above(0.3), _within(0.2),
        "{value:.0%} of its pages have no article, {usual:.0%} is usual: has the site been rebuilt?",
    ),
    _Rule(
        AlertKind.BLOCKED, lambda past: past.blocked_share, lambda past: past.tried, _above(0.3), _within(0.2),
        "{value:.0%} of the tries are refused, {usual:.0%} is usual",
    ),
    _Rule(
        AlertKind.ERRORS, lambda past: past.error_share, lambda past: past.tried, _above(0.3), _within(0.2),
        "{value:.0%} of the tries fail, {usual:.0%} is usual",
    ),
    _Rule(
        AlertKind.SHORT, lambda past: past.median_words, lambda past: past.new,
        lambda value, usual: value < 0.5 * usual, lambda value, usual: value >= 0.65 * usual,
        "its new articles have {value:,.0f} words (median), {usual:,.0f} is usual: is there a wall?",
    ),
    _Rule(
        AlertKind.AUTHORS, lambda past: past.author_share, lambda past: past.new, _fallen(0.4), _recovered(0.25),
        "{value:.0%} of its new articles name an author, {usual:.0%} is usual",
    ),
    _Rule(
        AlertKind.DATES, lambda past: past.date_share, lambda past: past.new, _fallen(0.4), _recovered(0.25),
        "{value:.0%} of its new articles say when they were published, {usual:.0%} is usual",
    ),
)  # fmt: skip
_ENOUGH: Final = 4  # tries, pages or articles; fewer tell nothing
# Kinds that no source has as its usual, however long it lasts.
_NEVER_USUAL: Final = frozenset({AlertKind.EMPTY, AlertKind.BLOCKED, AlertKind.ERRORS})


def review(conn: sqlite3.Connection, source_ids: Sequence[int], now: datetime) -> list[Alert]:
    """Open and close the alerts of these sources, in the caller's transaction. Returns those that changed."""
    changed = []
    for source_id in source_ids:
        # Eight pages are needed to believe that something is wrong, half of them that it is well again.
        past, newest = recent(conn, source_id, now, 2 * _ENOUGH), recent(conn, source_id, now, _ENOUGH)
        verdicts = [_judge(conn, source_id, rule, past, newest, now) for rule in _RULES]
        verdicts.append(_silence(conn, source_id, past, now))
        changed += [_apply(conn, source_id, verdict, now) for verdict in verdicts if verdict]
    return [alert for alert in changed if alert]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is to be said of one kind of alert: whether it is to be open, and the figures."""

    kind: AlertKind
    open: bool
    value: float
    usual: float | None
    detail: str


def _judge(
    conn: sqlite3.Connection, source_id: int, rule: _Rule, past: Health, newest: Health, now: datetime
) -> _Verdict | None:
    """The verdict of a rule; None where too little is known for one."""
    opened = _opened(conn, source_id, rule.kind)
    held = newest if opened else past
    value = rule.value(held)
    if value is None or rule.size(held) < _ENOUGH:
        return None
    until = opened if opened and rule.kind in _NEVER_USUAL else now
    figures = [each for day in history(conn, source_id, until) if (each := rule.value(day)) is not None]
    if len(figures) < _LEAST_DAYS:
        return None
    usual = median(figures)
    is_open = not rule.closes(value, usual) if opened else rule.opens(value, usual)
    return _Verdict(rule.kind, is_open, value, usual, rule.sentence.format(value=value, usual=usual))


def _silence(conn: sqlite3.Connection, source_id: int, past: Health, now: datetime) -> _Verdict | None:
    """Whether a source has had nothing new for longer than it ever had, in a time that should have brought much.

    By chance nothing comes where seven are expected once in a thousand times (Poisson, e^-7); but papers rest at
    night and at weekends, so it must also be half as long again as their longest rest.
    """
    if not past.tried:
        return None
    opened = _opened(conn, source_id, AlertKind.QUIET)
    days = [day for day in history(conn, source_id, opened or now) if day.tried]
    last = last_seen(conn, source_id)
    if last is None:
        return _never(conn, source_id, now)
    if len(days) < _A_WEEK:
        return None
    silent = now - last
    rate = sum(day.seen for day in days) / len(days)
    quiet = rate * (silent / _DAY) >= _EXPECTED and silent > 1.5 * longest_rest(conn, source_id, now - HISTORY, last)
    detail = f"nothing new for {_lasted(silent)}, {rate:.1f} a day are usual"
    return _Verdict(AlertKind.QUIET, quiet, float(past.seen), median(day.seen for day in days), detail)


_EXPECTED: Final = 7.0
_A_WEEK: Final = 8  # days of history, or a paper's first weekend is taken for silence


def _never(conn: sqlite3.Connection, source_id: int, now: datetime) -> _Verdict:
    """A source that was looked at for two days and never named an article: most likely its addresses are wrong."""
    (added,) = conn.execute("SELECT added_at FROM sources WHERE id = ?", (source_id,)).fetchone()
    since = now - parse_stamp(added)
    detail = f"no article was ever found in {_lasted(since)}: check its url, feeds and sitemaps"
    return _Verdict(AlertKind.QUIET, since > 2 * _DAY, 0.0, None, detail)


def history(conn: sqlite3.Connection, source_id: int, now: datetime) -> list[Health]:
    """The rows of the 28 days before that day, oldest first."""
    rows = conn.execute(
        """
        SELECT tried, seen, new, updated, pages, empty, blocked, errors, median_words, author_share, date_share
        FROM health WHERE source_id = ? AND day >= ? AND day < ? ORDER BY day
        """,
        (source_id, f"{now - HISTORY:%Y-%m-%d}", f"{now:%Y-%m-%d}"),
    ).fetchall()
    return [
        Health(
            tried=row[0], seen=row[1], new=row[2], updated=row[3], pages=row[4], empty=row[5], blocked=row[6],
            errors=row[7], median_words=row[8], author_share=row[9], date_share=row[10],
        )
        for row in rows
    ]  # fmt: skip


# Rows ----------------------------------------------------------------------------------------------------------------


def close_all(conn: sqlite3.Connection, source_id: int, now: datetime) -> None:
    """Close what is open of a source that is crawled no more: nothing else could. It is not told as a recovery."""
    conn.execute(
        """
        UPDATE alerts SET closed_at = :now, told_at = coalesce(told_at, :now), told_end_at = :now
        WHERE source_id = :source AND closed_at IS NULL
        """,
        {"now": stamp(now), "source": source_id},
    )


def _opened(conn: sqlite3.Connection, source_id: int, kind: AlertKind) -> datetime | None:
    row = conn.execute(
        "SELECT opened_at FROM alerts WHERE source_id = ? AND kind = ? AND closed_at IS NULL", (source_id, kind)
    ).fetchone()
    return parse_stamp(row[0]) if row else None


def _apply(conn: sqlite3.Connection, source_id: int, verdict: _Verdict, now: datetime) -> Alert | None:
    opened = _opened(conn, source_id, verdict.kind)
    if opened is None:
        return _alert(conn, _open(conn, source_id, verdict, now)) if verdict.open else None
    (alert_id,) = conn.execute(
        """
        UPDATE alerts SET value = :value, usual = :usual, closed_at = :closed,
            detail = CASE WHEN :closed IS NULL THEN :detail ELSE detail END
        WHERE source_id = :source AND kind = :kind AND closed_at IS NULL RETURNING id
        """,
        {
            "value": verdict.value, "usual": verdict.usual, "detail": verdict.detail, "source": source_id,
            "kind": verdict.kind, "closed": None if verdict.open else stamp(now),
        },
    ).fetchone()  # fmt: skip
    if verdict.open:
        return None
    if verdict.kind is AlertKind.EMPTY:
        frontier.ask_again(conn, source_id, opened - _DAY, now)
    return _alert(conn, alert_id)


def _open(conn: sqlite3.Connection, source_id: int, verdict: _Verdict, now: datetime) -> int:
    (alert_id,) = conn.execute(
        """
        INSERT INTO alerts (source_id, kind, opened_at, value, usual, detail) VALUES (?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (source_id, verdict.kind, stamp(now), verdict.value, verdict.usual, verdict.detail),
    ).fetchone()
    return int(alert_id)


_SELECT: Final = """
SELECT a.id, s.key, a.kind, a.opened_at, a.closed_at, a.detail FROM alerts AS a JOIN sources AS s ON s.id = a.source_id
"""


def _alert(conn: sqlite3.Connection, alert_id: int) -> Alert:
    (found,) = _read(conn.execute(f"{_SELECT} WHERE a.id = ?", (alert_id,)))
    return found


def open_alerts(conn: sqlite3.Connection) -> list[Alert]:
    """The alerts that are open, oldest first."""
    return list(_read(conn.execute(f"{_SELECT} WHERE a.closed_at IS NULL ORDER BY a.opened_at, a.id")))


def untold(conn: sqlite3.Connection) -> list[Alert]:
    """The alerts of whose beginning or end nobody was told yet. One that is over before anybody was told is none."""
    conn.execute(
        "UPDATE alerts SET told_at = closed_at, told_end_at = closed_at WHERE closed_at IS NOT NULL AND told_at IS NULL"
    )
    where = "(a.closed_at IS NULL AND a.told_at IS NULL) OR (a.closed_at IS NOT NULL AND a.told_end_at IS NULL)"
    return list(_read(conn.execute(f"{_SELECT} WHERE {where} ORDER BY a.id")))


def mark_told(conn: sqlite3.Connection, alerts: Iterable[Alert], now: datetime) -> None:
    """Write down that these were told, each of its beginning or its end."""
    for alert in alerts:
        column = "told_at" if alert.closed_at is None else "told_end_at"
        conn.execute(f"UPDATE alerts SET {column} = ? WHERE id = ?", (stamp(now), alert.id))  # noqa: S608 - our own names


def _read(rows: Iterable[Sequence[str]]) -> Iterator[Alert]:
    for alert_id, source, kind, opened, closed, detail in rows:
        yield Alert(
            id=int(alert_id), source=source, kind=AlertKind(kind), opened_at=parse_stamp(opened),
            closed_at=parse_stamp(closed) if closed else None, detail=detail,
        )  # fmt: skip


def _lasted(span: timedelta) -> str:
    hours = span / _HOUR
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.0f} hours"
