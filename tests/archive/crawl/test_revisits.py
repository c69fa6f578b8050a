"""Filed articles are looked at again when it was planned, and what became of them is called by its name."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.config.toml import Config
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run, Summary
from archive.model.article import Access, Article, Extraction, PageKind
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.schedule import Interval
from archive.model.source import Source
from archive.storage.connection import open_reader
from archive.storage.tables.events import Event, EventKind

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORY = "http://paper.test/1"
PAPER = Source(
    id="paper", url="http://paper.test/", name="The Paper", feeds=("http://paper.test/feed",),
    revisit=(3_600.0, 21_600.0, 86_400.0), every=Interval(86_400.0 * 30),
)  # fmt: skip
TEXT = tuple(f"Paragraph {n} of a story about a bridge, with words enough to be one." for n in range(6))


class Desk:
    """One paper, and a crawl of what is due whenever it is asked for one."""

    def __init__(self, folder: Path) -> None:
        self.archive = folder / "cuttings.db"
        self.now = NOW
        self.source = PAPER
        self.asked: list[tuple[str, str | None]] = []  # address, and the ETag that went along

    def crawl(self, result: Extraction | Failure | None = None, fetch: dict[str, Any] | None = None) -> Summary:
        """Do what is due; every page ends with the result (None: the same bytes)."""
        settings = Config(path=None, archive=self.archive, user_agent="x", sources=(self.source,))
        run = Run.start(settings, Plan(sources=(self.source,), due=True), lambda: self.now)
        while leases := run.lease(1, 1):
            for lease in leases:
                self._end(run, lease, result, fetch or {})
        return run.finish()

    def _end(self, run: Run, lease: Lease, result: Extraction | Failure | None, facts: dict[str, Any]) -> None:
        got = Fetch(url=lease.url, fetched_at=self.now, **{"status": 200, **facts})
        if lease.kind:
            found = (Found(url=STORY),)
            run.file_listing(lease, got, Listing(kind=ListingKind.FEED, found=found), (None, None))
            return
        self.asked.append((lease.url, lease.etag))
        if result is None:
            run.file_same(lease, got)
        elif isinstance(result, Failure):
            run.fail(lease, got, result)
        else:
            run.file(lease, got, result, extractor="1")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(open_reader(self.archive)) as conn:
            return [tuple(row) for row in conn.execute(sql)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def story(*paragraphs: str, **facts: Any) -> Extraction:
    article = Article(url=STORY, title="The bridge", paragraphs=paragraphs or TEXT)
    return Extraction(article=replace(article, **facts))


def failed(outcome: Outcome, detail: str = "") -> Failure:
    return Failure(url=STORY, stage="fetch", outcome=outcome, detail=detail)


def test_an_article_is_looked_at_when_it_was_planned_and_then_no_more(desk: Desk) -> None:
    looks = []
    desk.crawl(story())
    for _ in range(40):
        desk.now += HOUR
        before = len(desk.asked)
        desk.crawl()
        looks += [round((desk.now - NOW) / HOUR)] * (len(desk.asked) - before)

    assert looks == [1, 6, 24]
    assert desk.rows("SELECT state FROM frontier WHERE kind = 'article'") == [("done",)]
    assert desk.rows("SELECT sum(planned) FROM fetches") == [(3,)]


def test_looks_that_were_missed_are_one(desk: Desk) -> None:
    desk.crawl(story())
    desk.now += 10 * HOUR
    desk.crawl()
    desk.crawl()

    assert len(desk.asked) == 2
    assert desk.rows("SELECT due_at FROM frontier WHERE kind = 'article'") == [("2026-11-25T08:00:00Z",)]


def test_a_look_within_a_day_asks_whether_it_changed_and_a_later_one_for_the_whole_page(desk: Desk) -> None:
    desk.crawl(story(), {"etag": '"1"'})
    desk.now += HOUR
    desk.crawl(None, {"status": 304})
    desk.now = NOW + 25 * HOUR
    desk.crawl(story())

    assert [etag for _, etag in desk.asked] == [None, '"1"', None]


def test_no_look_is_planned_where_none_is_wanted(desk: Desk) -> None:
    desk.source = replace(PAPER, revisit=())
    desk.crawl(story())
    desk.now += 48 * HOUR
    desk.crawl()

    assert len(desk.asked) == 1


def test_a_change_is_a_version_of_its_kind(desk: Desk) -> None:
    desk.crawl(story())
    desk.now += HOUR
    summary = desk.crawl(story(*TEXT[:-1], "Another end."))

    assert summary.outcomes == {"updated": 1}
    ((change, words),) = desk.rows("SELECT change, changed_words FROM versions WHERE n = 2")
    assert change == "edit"
    assert words > 0


def test_what_a_wall_has_left_does_not_take_the_article_s_place(desk: Desk) -> None:
    desk.crawl(story())
    wall = story(TEXT[0], access=Access.PAYWALLED)
    for hours in (1, 6, 24):
        desk.now = NOW + hours * HOUR
        desk.crawl(wall)

    assert desk.rows("SELECT n, change FROM versions ORDER BY n") == [(1, "new"), (2, "truncated")]
    assert desk.rows("SELECT v.n FROM articles AS a JOIN versions AS v ON v.id = a.version_id") == [(1,)]
    assert desk.rows("SELECT access FROM articles") == [("paywalled",)]


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.HTTP_4XX, 410), (Outcome.HTTP_4XX, 404), (Outcome.NOT_ARTICLE, 200)]
)
def test_an_article_that_is_gone_is_one_event_and_stays_filed(desk: Desk, outcome: Outcome, status: int) -> None:
    desk.crawl(story())
    for hours in (1, 6):
        desk.now = NOW + hours * HOUR
        desk.crawl(failed(outcome, "it is gone"), {"status": status})

    assert desk.rows("SELECT kind, happened_at, article_id FROM events") == [("gone", "2026-11-24T09:00:00Z", 1)]
    assert desk.rows("SELECT gone_at, versions FROM articles") == [("2026-11-24T09:00:00Z", 1)]


def test_one_that_is_back_is_an_event_too(desk: Desk) -> None:
    desk.crawl(story())
    desk.now = NOW + HOUR
    desk.crawl(failed(Outcome.HTTP_4XX), {"status": 404})
    desk.now = NOW + 6 * HOUR
    desk.crawl(story())

    assert desk.rows("SELECT kind FROM events ORDER BY id") == [("gone",), ("back",)]
    assert desk.rows("SELECT gone_at FROM articles") == [(None,)]


def test_a_server_that_fails_makes_nothing_gone(desk: Desk) -> None:
    desk.crawl(story())
    desk.now = NOW + HOUR
    desk.crawl(failed(Outcome.HTTP_5XX), {"status": 500})

    assert desk.rows("SELECT gone_at FROM articles") == [(None,)]
    assert desk.rows("SELECT count(*) FROM events") == [(0,)]


def test_a_live_blog_has_one_version_a_day(desk: Desk) -> None:
    desk.source = replace(PAPER, revisit=(3_600.0, 7_200.0, 10_800.0, 86_400.0))
    for hours in (0, 1, 2, 3, 24):
        desk.now = NOW + hours * HOUR
        desk.crawl(story(*TEXT, f"News of hour {hours}.", kind=PageKind.LIVEBLOG))

    assert desk.rows("SELECT created_at FROM versions ORDER BY n") == [
        ("2026-11-24T08:00:00Z",),
        ("2026-11-25T08:00:00Z",),
    ]


def test_an_outage_that_goes_on_is_one_event(desk: Desk) -> None:
    desk.crawl(story())
    settings = Config(path=None, archive=desk.archive, user_agent="x", sources=(desk.source,))
    for hours in (1, 2, 3):
        run = Run.start(settings, Plan(sources=(desk.source,), due=True), lambda hours=hours: NOW + hours * HOUR)
        event = Event(kind=EventKind.OUTAGE, when=NOW + hours * HOUR, amount=5, detail="no network", run_id=run.id)
        run.store.note_outage(event)
        run.finish()

    assert desk.rows("SELECT since, happened_at, amount FROM events") == [
        ("2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z", 15)
    ]


def test_a_page_that_only_sends_its_readers_on_is_told_as_gone_and_its_article_stays(desk: Desk) -> None:
    desk.crawl(story(*TEXT))
    desk.now += HOUR
    stub = Article(url=STORY, title="Moved", paragraphs=("Moved on.",))
    desk.crawl(Extraction(article=stub, outcome=Outcome.TOO_SHORT, notes=("leads_on: http://paper.test/2",)))

    assert desk.rows("SELECT detail FROM events WHERE kind = 'gone'") == [
        ("gone: leads to http://paper.test/2 (The bridge)",)
    ]
    assert desk.rows("SELECT count(*), max(n) FROM versions") == [(1, 1)]
