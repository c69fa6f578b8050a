"""A run as its crawl sees it: what is worth asking for now, whose fault a failure is, and what a person is told."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.config.toml import Config
from archive.crawl import run
from archive.crawl.bounds.limits import MAX_LISTINGS
from archive.crawl.bounds.traps import MAX_BARREN
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run, Summary
from archive.errors import BusyError
from archive.model.article import Article, Extraction
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.connection import open_reader

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAPER = Source(id="paper", url="http://paper.example/", name="The Paper", feeds=("http://paper.example/feed",))
HERALD = Source(id="herald", url="http://herald.example/", name="The Herald", feeds=("http://herald.example/feed",))
WORDS = " ".join(f"word{n}" for n in range(60))


class Desk:
    """Runs over one archive, and the clock on the wall."""

    def __init__(self, folder: Path) -> None:
        self.archive = folder / "cuttings.db"
        self.now = NOW

    def begin(self, *sources: Source) -> Run:
        chosen = sources or (PAPER,)
        settings = Config(
            path=None, archive=self.archive, user_agent="test (+mailto:desk@paper.example)", sources=chosen
        )
        return Run.start(settings, Plan(sources=chosen))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(open_reader(self.archive)) as conn:
            return [tuple(row) for row in conn.execute(sql)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    monkeypatch.setattr(run, "utc_now", lambda: made.now)
    return made


def fetch(lease: Lease, now: datetime = NOW, status: int | None = 200) -> Fetch:
    return Fetch(url=lease.url, fetched_at=now, status=status)


def listed(crawl: Run, *urls: str, source: int = 1, now: datetime = NOW) -> None:
    """Let the source's feed name these."""
    (feed,) = crawl.lease(source, 1)
    listing = Listing(kind=ListingKind.FEED, found=tuple(Found(url=url) for url in urls))
    crawl.file_listing(feed, fetch(feed, now), listing, (None, None))


def failed(lease: Lease, outcome: Outcome, detail: str = "why", retry_at: datetime | None = None) -> Failure:
    return Failure(url=lease.url, stage="fetch", outcome=outcome, detail=detail, retry_at=retry_at)


def saved(crawl: Run, lease: Lease, now: datetime = NOW) -> None:
    article = Article(url=lease.url, title=lease.url, paragraphs=(f"{lease.url} {WORDS}",))
    crawl.file(lease, fetch(lease, now), Extraction(article=article), extractor="1")


def drain(crawl: Run, end: Callable[[Lease], None], source: int = 1) -> int:
    """Take leases until there is none; returns how many there were."""
    count = 0
    while leases := crawl.lease(source, 2):
        for lease in leases:
            end(lease)
            count += 1
    return count


# ---- Pauses ----------------------------------------------------------------------------------------------------------


def test_a_host_that_asks_for_a_pause_is_asked_nothing_more_and_no_try_is_spent(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, *(f"http://paper.example/{n}" for n in range(40)))
    (first,) = crawl.lease(1, 1)
    until = desk.now + timedelta(hours=3)

    crawl.fail(first, fetch(first, status=429), failed(first, Outcome.RATE_LIMITED, "HTTP 429", until))
    left = crawl.lease(1, 10)
    summary = crawl.finish()

    assert left == []
    assert summary.outcomes == {"listed": 1, "rate_limited": 1}
    assert summary.events == ("paper.example is left alone until 2026-11-24 11:00:00 UTC (HTTP 429)",)
    assert "left alone until" in summary.line()
    assert desk.rows("SELECT state, tries, due_at, count(*) FROM frontier WHERE kind = 'article' GROUP BY 1, 2, 3") == [
        ("pending", 0, "2026-11-24T11:00:00Z", 40)
    ]


def test_a_pause_outlives_its_run_and_ends_in_time(desk: Desk) -> None:
    crawl = desk.begin()
    (feed,) = crawl.lease(1, 1)
    crawl.fail(
        feed, fetch(feed, status=503), failed(feed, Outcome.RATE_LIMITED, "HTTP 503", desk.now + timedelta(hours=3))
    )
    crawl.finish()

    desk.now += timedelta(hours=2)
    early = desk.begin()
    assert early.lease(1, 1) == []
    early.finish()
    desk.now += timedelta(hours=2)
    late = desk.begin()
    assert [lease.url for lease in late.lease(1, 1)] == ["http://paper.example/feed"]
    late.finish()


def test_a_host_that_cannot_be_asked_is_left_alone_by_this_run_only(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1", "http://paper.example/2")
    (first,) = crawl.lease(1, 1)
    why = "robots.txt cannot be had"
    crawl.fail(first, fetch(first), failed(first, Outcome.HTTP_5XX, why, desk.now + timedelta(minutes=10)))
    assert crawl.lease(1, 5) == []
    crawl.finish()

    crawl = desk.begin()

    assert [lease.url for lease in crawl.lease(1, 5)] == ["http://paper.example/feed"]
    assert desk.rows("SELECT count(*) FROM hosts") == [(0,)]
    crawl.finish()


def test_a_pause_of_one_host_holds_up_no_other(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1", "http://sister.example/2")
    first, second = crawl.lease(1, 2)

    crawl.fail(first, fetch(first), failed(first, Outcome.RATE_LIMITED, "HTTP 429", desk.now + timedelta(hours=1)))
    saved(crawl, second)

    assert crawl.finish().outcomes == {"listed": 1, "rate_limited": 1, "saved": 1}


def test_after_a_short_pause_the_same_run_goes_on(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1", "http://paper.example/2")
    (first,) = crawl.lease(1, 1)
    until = desk.now + timedelta(seconds=5)
    crawl.fail(first, fetch(first), failed(first, Outcome.RATE_LIMITED, "HTTP 429", until))

    assert crawl.lease(1, 2) == []
    assert crawl.next_resumption() == until
    desk.now += timedelta(seconds=6)
    crawl.resume()

    assert len(crawl.lease(1, 2)) == 2
    assert crawl.next_resumption() is None
    crawl.finish()


def test_what_was_refused_goes_behind_the_other_urls_of_its_host_at_this_run_and_the_next(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, *(f"http://paper.example/{n}" for n in range(3)))
    (first,) = crawl.lease(1, 1)
    until = desk.now + timedelta(seconds=5)
    crawl.fail(first, fetch(first), failed(first, Outcome.RATE_LIMITED, "HTTP 429", until))
    desk.now = until
    assert crawl.resume()
    behind = [lease.url[-1] for lease in crawl.lease(1, 3)]
    crawl.finish()

    later = desk.begin()
    order = [lease.url.rpartition("/")[2] for lease in later.lease(1, 4)]
    later.finish()

    assert behind == ["1", "2", "0"]
    assert order == ["feed", "1", "2", "0"]


def test_a_url_counts_once_in_the_summary_by_how_it_ended_last_and_each_attempt_has_its_row(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1")
    for _ in range(2):
        (page,) = crawl.lease(1, 1)
        until = desk.now + timedelta(seconds=5)
        crawl.fail(page, fetch(page), failed(page, Outcome.RATE_LIMITED, "HTTP 429", until))
        desk.now += timedelta(minutes=1)
        crawl.resume()
    (page,) = crawl.lease(1, 1)
    saved(crawl, page, desk.now)
    summary = crawl.finish()

    assert summary.outcomes == {"listed": 1, "saved": 1}
    assert (summary.tried, summary.new) == (2, 1)
    assert crawl.progress.sources["paper"].failed == 0
    assert desk.rows("SELECT outcome FROM fetches WHERE kind = 'article'") == [
        ("rate_limited",), ("rate_limited",), ("saved",)
    ]  # fmt: skip
    assert desk.rows("SELECT tried FROM runs") == [(2,)]


def test_a_run_waits_for_no_host_that_has_nothing_due(desk: Desk) -> None:
    crawl = desk.begin(PAPER, HERALD)
    (feed,) = crawl.lease(1, 1)
    crawl.fail(feed, fetch(feed), failed(feed, Outcome.RATE_LIMITED, "HTTP 429", desk.now + timedelta(seconds=9)))
    crawl.finish()

    other = desk.begin(HERALD)
    listed(other, source=2)

    assert other.next_end_of_a_pause() == desk.now + timedelta(seconds=9)
    assert other.next_resumption() is None
    other.finish()


# ---- Order -----------------------------------------------------------------------------------------------------------


def test_a_child_that_an_index_names_for_the_first_time_goes_before_those_that_wait_already(desk: Desk) -> None:
    def poll(*numbers: int) -> list[str]:
        crawl = desk.begin()
        (index,) = crawl.lease(1, 1)
        found = tuple(Found(url=f"http://paper.example/{n}.xml", kind=ListingKind.SITEMAP) for n in numbers)
        crawl.file_listing(index, fetch(index), Listing(kind=ListingKind.SITEMAP, found=found), (None, None))
        first = [lease.url.rpartition("/")[2] for lease in crawl.lease(1, 3)]
        crawl.finish()
        return first

    assert poll(*range(40)) == ["39.xml", "38.xml", "37.xml"]
    assert poll(*range(40), 99) == ["99.xml", "39.xml", "38.xml"]


# ---- Whose fault -----------------------------------------------------------------------------------------------------


def test_where_no_name_can_be_resolved_no_source_is_blamed(desk: Desk) -> None:
    crawl = desk.begin(PAPER, HERALD)
    for source in (1, 2):
        (feed,) = crawl.lease(source, 1)
        crawl.fail(feed, fetch(feed, status=None), failed(feed, Outcome.DNS))
    summary = crawl.finish()

    assert summary.outcomes == {"dns": 2}
    assert [event.partition(":")[0] for event in summary.events] == ["no name could be resolved"]
    assert desk.rows("SELECT count(*) FROM feeds WHERE outcome = 'dns'") == [(0,)]
    assert desk.rows("SELECT state, tries FROM frontier") == [("done", 0), ("done", 0)]
    assert desk.rows("SELECT outcome, count(*) FROM fetches GROUP BY outcome") == [("dns", 2)]
    again = desk.begin(PAPER, HERALD)
    assert len(again.lease(1, 1)) == len(again.lease(2, 1)) == 1
    again.finish()


@pytest.mark.parametrize("answer_first", [True, False])
def test_a_name_that_alone_cannot_be_resolved_is_at_fault_itself(desk: Desk, *, answer_first: bool) -> None:
    crawl = desk.begin(PAPER, HERALD)
    (lost,), (found,) = crawl.lease(1, 1), crawl.lease(2, 1)
    ends = [lambda: crawl.file_listing(found, fetch(found), Listing(kind=ListingKind.FEED), (None, None)),
            lambda: crawl.fail(lost, fetch(lost, status=None), failed(lost, Outcome.DNS, "no such name"))]  # fmt: skip
    for end in ends if answer_first else reversed(ends):
        end()
    summary = crawl.finish()

    assert summary.outcomes == {"dns": 1, "listed": 1}
    assert summary.events == ()
    assert desk.rows("SELECT outcome, detail FROM feeds WHERE outcome = 'dns'") == [("dns", "no such name")]


def test_an_outage_ends_the_run_before_every_url_was_tried(desk: Desk) -> None:
    sources = tuple(replace(PAPER, id=f"s{n}", url=f"http://s{n}.example/", feeds=(f"http://s{n}.example/feed",))
                    for n in range(40))  # fmt: skip
    crawl = desk.begin(*sources)

    tried = sum(
        drain(crawl, lambda lease: crawl.fail(lease, fetch(lease, status=None), failed(lease, Outcome.DNS)), source)
        for source in range(1, 41)
    )
    summary = crawl.finish()

    assert tried == summary.tried < 40
    assert desk.rows("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]


# ---- Bounds ----------------------------------------------------------------------------------------------------------


def test_addresses_that_repeat_themselves_are_told_once_and_never_asked_for(desk: Desk) -> None:
    trap = "http://paper.example/a/b/a/b/a/b/a/b/"
    for expected in ({"listed": 1, "trap": 1}, {"listed": 1}):
        crawl = desk.begin()
        listed(crawl, trap)
        assert crawl.lease(1, 5) == []
        assert crawl.finish().outcomes == expected
    assert desk.rows("SELECT detail FROM fetches WHERE outcome = 'trap'") == [('its path repeats "a" 4 times',)]


def test_a_calendar_is_left_after_so_many_pages_without_an_article_and_articles_are_not(desk: Desk) -> None:
    crawl = desk.begin()
    days = [f"http://paper.example/day/{2000 + n}/{n % 12 + 1}" for n in range(MAX_BARREN + 100)]
    listed(crawl, *days, "http://paper.example/news/bridge-mended")

    def end(lease: Lease) -> None:
        if "/news/" in lease.url:
            saved(crawl, lease)
        else:
            crawl.fail(lease, fetch(lease), failed(lease, Outcome.NOT_ARTICLE))

    asked = drain(crawl, end)
    summary = crawl.finish()

    assert MAX_BARREN < asked < MAX_BARREN + 20
    assert summary.new == 1
    assert [
        event for event in summary.events if event.endswith("put off, a trap by the look of it: paper.example/day/#/#")
    ]
    put_off = desk.rows(
        "SELECT count(*) FROM frontier WHERE state = 'pending' AND outcome IS NULL AND kind = 'article'"
    )
    assert put_off == [(len(days) + 1 - asked,)]


def test_a_pattern_that_brings_articles_now_and_then_is_no_trap(desk: Desk) -> None:
    crawl = desk.begin()
    listed(crawl, *(f"http://paper.example/{n}" for n in range(3 * MAX_BARREN)))
    ends = iter(range(3 * MAX_BARREN))

    def end(lease: Lease) -> None:
        if next(ends) % 100 == 0:
            saved(crawl, lease)
        else:
            crawl.fail(lease, fetch(lease), failed(lease, Outcome.HTTP_4XX))

    assert drain(crawl, end) == 3 * MAX_BARREN
    assert crawl.finish().events == ()


def test_a_budget_is_one_of_a_day_whatever_the_number_of_runs(desk: Desk) -> None:
    thrifty = replace(PAPER, budget=5)

    def end(lease: Lease) -> None:
        crawl.fail(lease, fetch(lease, desk.now), failed(lease, Outcome.NOT_ARTICLE))

    crawl = desk.begin(thrifty)
    listed(crawl, *(f"http://paper.example/{n}" for n in range(9)))
    assert drain(crawl, end) == 4
    assert crawl.finish().events == ('the budget of "paper" is used up, 5 requests a day',)
    desk.now += timedelta(hours=1)
    crawl = desk.begin(thrifty)
    assert crawl.lease(1, 1) == []
    crawl.finish()
    desk.now += timedelta(days=1)
    crawl = desk.begin(thrifty)
    assert drain(crawl, end) == 5
    crawl.finish()


def test_no_more_than_so_many_listings_are_read_in_a_run(desk: Desk) -> None:
    crawl = desk.begin()
    (feed,) = crawl.lease(1, 1)
    children = tuple(Found(url=f"http://paper.example/sitemap-{n}.xml", kind=ListingKind.SITEMAP) for n in range(600))
    crawl.file_listing(feed, fetch(feed), Listing(kind=ListingKind.SITEMAP, found=children), (None, None))

    read = drain(
        crawl, lambda lease: crawl.file_listing(lease, fetch(lease), Listing(kind=ListingKind.SITEMAP), (None, None))
    )

    assert read + 1 == MAX_LISTINGS
    crawl.finish()


# ---- What a dead run, a wrong clock and another version leave --------------------------------------------------------


def test_what_a_wrong_clock_put_off_for_years_is_due_again(desk: Desk) -> None:
    desk.now = NOW + timedelta(days=3650)
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1")
    (page,) = crawl.lease(1, 1)
    crawl.fail(page, fetch(page, desk.now), failed(page, Outcome.TIMEOUT))
    crawl.fail(
        page, fetch(page, desk.now), failed(page, Outcome.RATE_LIMITED, "HTTP 429", desk.now + timedelta(hours=1))
    )
    crawl.finish()

    desk.now = NOW
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1")

    assert [lease.url for lease in crawl.lease(1, 1)] == ["http://paper.example/1"]
    crawl.finish()


def test_validators_that_a_wrong_clock_dated_are_not_believed(desk: Desk) -> None:
    desk.now = NOW + timedelta(days=3650)
    crawl = desk.begin()
    (feed,) = crawl.lease(1, 1)
    crawl.file_listing(feed, fetch(feed, desk.now), Listing(kind=ListingKind.FEED), ('"v1"', None))
    crawl.finish()

    desk.now = NOW
    crawl = desk.begin()

    assert crawl.lease(1, 1)[0].etag is None
    crawl.finish()


def test_requests_that_a_wrong_clock_dated_use_up_no_budget(desk: Desk) -> None:
    limited = replace(PAPER, budget=3)
    pages = [f"http://paper.example/{n}" for n in range(9)]
    desk.now = NOW + timedelta(days=3650)
    crawl = desk.begin(limited)
    listed(crawl, *pages, now=desk.now)
    assert drain(crawl, lambda lease: saved(crawl, lease, desk.now)) == 2
    crawl.finish()

    desk.now = NOW
    crawl = desk.begin(limited)
    listed(crawl, *pages)

    assert len(crawl.lease(1, 9)) == 2
    crawl.finish()


def test_a_change_is_believed_though_a_wrong_clock_dated_our_last_look_later(desk: Desk) -> None:
    def crawled(modified: datetime) -> int:
        crawl = desk.begin()
        (feed,) = crawl.lease(1, 1)
        found = (Found(url="http://paper.example/1", modified=modified),)
        crawl.file_listing(feed, fetch(feed, desk.now), Listing(kind=ListingKind.FEED, found=found), (None, None))
        asked = drain(crawl, lambda lease: saved(crawl, lease, desk.now))
        crawl.finish()
        return asked

    desk.now = NOW + timedelta(days=3650)
    assert crawled(NOW - timedelta(days=1)) == 1
    desk.now = NOW + timedelta(hours=2)
    assert crawled(NOW - timedelta(days=1)) == 0
    assert crawled(NOW + timedelta(hours=1)) == 1


def test_a_page_that_killed_its_worker_is_tried_again_by_another_version(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl = desk.begin()
    listed(crawl, "http://paper.example/1")
    (page,) = crawl.lease(1, 1)
    crawl.fail(page, fetch(page), failed(page, Outcome.QUARANTINED))
    crawl.finish()

    same = desk.begin()
    (feed,) = same.lease(1, 5)
    assert feed.kind is not None
    same.finish()
    monkeypatch.setattr(run, "TOOLS", "cuttings/9 lxml/9 trafilatura/9")
    other = desk.begin()
    assert [lease.url for lease in other.lease(1, 5)][1:] == ["http://paper.example/1"]
    other.finish()


def test_a_listing_that_could_not_be_read_is_due_though_its_parent_says_nothing_new(desk: Desk) -> None:
    child = Found(url="http://paper.example/s.xml", kind=ListingKind.SITEMAP, modified=NOW - timedelta(days=9))
    for outcome in (Outcome.HTTP_5XX, Outcome.QUARANTINED, None):
        crawl = desk.begin()
        (feed,) = [lease for lease in crawl.lease(1, 5) if lease.url.endswith("/feed")]
        crawl.file_listing(feed, fetch(feed), Listing(kind=ListingKind.SITEMAP, found=(child,)), (None, None))
        crawl.finish()
        crawl = desk.begin()
        (sitemap,) = [lease for lease in crawl.lease(1, 5) if lease.url == child.url]
        if outcome:
            crawl.fail(sitemap, fetch(sitemap), failed(sitemap, outcome))
        crawl.finish()


def test_the_second_of_two_runs_is_told_which_one_is_writing(desk: Desk) -> None:
    crawl = desk.begin()

    with pytest.raises(BusyError, match=r"another run is writing to .* \(run 1, begun at 2026-11-24T08:00:00Z\)"):
        desk.begin()
    crawl.finish()


def test_a_summary_with_many_events_stays_one_line() -> None:
    summary = Summary(run_id=1, state="finished", new=0, known=0, outcomes={}, listings_failed=0, seconds=1.0,
                      events=tuple(f"event {n}" for n in range(9)))  # fmt: skip

    assert summary.line().endswith("; event 0; event 1; event 2; 6 more in `cuttings status`")
    assert "\n" not in summary.line()
