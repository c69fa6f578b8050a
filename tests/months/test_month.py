"""Eleven days of the demonstration newspaper with a clock of its own: all that happens is seen and called by its name.

`tests/benchmarks/month.py` works through thirty, and prints the figures.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from archive.times import parse_stamp
from tests.months.desk import Desk
from tests.months.press import BEGIN, Edit, Plan, Press, Span
from tests.months.report import Found, naive, ours

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # the days go by in the first test: a minute

PLAN = Plan.short()
LATE = timedelta(hours=8)  # a poll may be that far off


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("month"), Press(PLAN))
    desk.work()
    return desk


@pytest.fixture
def conn(desk: Desk) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(desk.folder / "cuttings.db")) as conn:
        yield conn


def begins(span: Span) -> datetime:
    return BEGIN + span.begin


def ends(span: Span) -> datetime:
    return BEGIN + span.end


def events(conn: sqlite3.Connection, kind: str) -> list[tuple[datetime, str]]:
    rows = conn.execute("SELECT happened_at, detail FROM events WHERE kind = ? ORDER BY id", (kind,))
    return [(parse_stamp(when), detail) for when, detail in rows]


def alerts(conn: sqlite3.Connection) -> dict[tuple[str, str], tuple[datetime, datetime | None]]:
    rows = conn.execute(
        "SELECT s.key, a.kind, a.opened_at, a.closed_at FROM alerts AS a JOIN sources AS s ON s.id = a.source_id"
    )
    return {
        (source, kind): (parse_stamp(opened), parse_stamp(closed) if closed else None)
        for source, kind, opened, closed in rows
    }


@pytest.fixture(scope="module")
def figures(desk: Desk) -> tuple[Found, Found]:
    return ours(desk.folder / "cuttings.db", desk.press), naive(desk.press, desk.settings.sources)


def test_fewer_requests_than_by_polling_hourly_and_nothing_found_later(figures: tuple[Found, Found]) -> None:
    mine, hourly = figures

    assert mine.requests - mine.revisits < 0.7 * hourly.requests
    assert mine.delay < 1.1 * hourly.delay
    assert mine.found >= hourly.found


@pytest.mark.parametrize("edit", [edit for edit in Edit if edit is not Edit.DELETED])
def test_what_becomes_of_a_story_is_a_version_of_its_kind(desk: Desk, conn: sqlite3.Connection, edit: Edit) -> None:
    made = {
        life.first.url
        for _, life in desk.press.stories()
        for change in life.changes
        # While the machine sleeps, or the outlet shows something else, an edit can be older than the first look.
        if change.edit is edit and change.when < begins(PLAN.asleep) - timedelta(days=1)
    }
    seen = {url for (url,) in conn.execute(
        "SELECT a.url FROM versions AS v JOIN articles AS a ON a.id = v.article_id WHERE v.change = ?", (edit.value,)
    )}  # fmt: skip

    assert len(made & seen) >= 0.5 * len(made) > 0
    assert seen <= {life.first.url for _, life in desk.press.stories() if any(c.edit is edit for c in life.changes)}


def test_every_version_is_of_something_an_outlet_did(conn: sqlite3.Connection) -> None:
    kinds = {change for (change,) in conn.execute("SELECT DISTINCT change FROM versions WHERE n > 1")}

    assert kinds == {"headline", "edit", "correction", "cosmetic"}


def test_a_deleted_story_is_gone_and_stays_filed(desk: Desk, conn: sqlite3.Connection) -> None:
    deleted = {life.first.url for _, life in desk.press.stories() for c in life.changes if c.edit is Edit.DELETED}
    gone = {url for (url,) in conn.execute("SELECT url FROM articles WHERE gone_at IS NOT NULL")}

    assert gone
    assert gone <= deleted
    assert len(events(conn, "gone")) == len(gone)


def test_that_no_name_could_be_resolved_is_one_event_and_no_outlets_fault(conn: sqlite3.Connection) -> None:
    ((when, detail),) = events(conn, "outage")

    assert when - begins(PLAN.no_names) > timedelta(hours=3)
    assert when < ends(PLAN.no_names)
    assert "no source is to blame" in detail
    (since,) = conn.execute("SELECT since FROM events WHERE kind = 'outage'").fetchone()
    assert parse_stamp(since) - begins(PLAN.no_names) < LATE


def test_a_feed_that_overran_lost_items_and_says_when(conn: sqlite3.Connection) -> None:
    flood = BEGIN + PLAN.flood_at

    (gap,) = [(when, detail) for when, detail in events(conn, "gap") if "ferry-lane" in detail]

    assert flood < gap[0] < flood + LATE
    assert gap[1].startswith("window overran: at least ")


def test_two_days_asleep_are_noted_once_and_caught_up_with(conn: sqlite3.Connection) -> None:
    ((when, detail),) = events(conn, "asleep")

    assert when == ends(PLAN.asleep)
    assert "(48 hours)" in detail or "(49 hours)" in detail  # it looks once an hour
    runs = conn.execute(
        "SELECT count(*) FROM runs WHERE started_at >= ? AND started_at < ?",
        (f"{begins(PLAN.asleep):%Y-%m-%dT%H:%M:%SZ}", f"{ends(PLAN.asleep):%Y-%m-%dT%H:%M:%SZ}"),
    ).fetchone()
    assert runs == (0,)


def test_an_outage_of_an_outlet_is_an_alert_that_closes_by_itself(conn: sqlite3.Connection) -> None:
    opened, closed = alerts(conn)[PLAN.failing, "errors"]

    assert begins(PLAN.outage) < opened < begins(PLAN.outage) + LATE
    assert closed
    assert ends(PLAN.outage) < closed < ends(PLAN.outage) + 2 * LATE


def test_a_redesign_that_breaks_extraction_is_an_alert_and_its_stories_are_read_when_it_is_over(
    desk: Desk, conn: sqlite3.Connection
) -> None:
    opened, closed = alerts(conn)[PLAN.redesigned, "empty"]

    assert begins(PLAN.redesign) < opened < ends(PLAN.redesign)
    assert closed
    assert closed > ends(PLAN.redesign)
    printed = {
        life.first.url
        for name, life in desk.press.stories()
        if name == PLAN.redesigned and PLAN.redesign.holds(life.first.published)
        and not any(change.edit is Edit.DELETED for change in life.changes)
    }  # fmt: skip
    filed = {url for (url,) in conn.execute("SELECT url FROM articles")}
    assert printed <= filed


def test_no_outlet_is_blamed_for_anything_else(conn: sqlite3.Connection) -> None:
    assert alerts(conn).keys() == {(PLAN.failing, "errors"), (PLAN.redesigned, "empty")}


def test_health_adds_up_to_what_was_tried(conn: sqlite3.Connection) -> None:
    tried = conn.execute("SELECT sum(tried), sum(new) FROM health").fetchone()

    assert (
        tried
        == conn.execute(
            "SELECT (SELECT count(*) FROM fetches WHERE stage <> 'outage'), (SELECT count(*) FROM articles)"
        ).fetchone()
    )
