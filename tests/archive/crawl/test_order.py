"""In which order listings are polled: a long sitemap index is read to its end before any part of it is read again."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.crawl.bounds.limits import MAX_LISTINGS
from archive.crawl.frontier import Lease, Room
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.store import Store

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INDEX = "http://paper.example/sitemap.xml"
PAPER = Source(id="paper", url="http://paper.example/", name="The Paper", sitemaps=(INDEX,))


def child(number: int) -> str:
    return f"http://paper.example/sitemap-{number}.xml"


def numbers(first: int, last: int) -> list[str]:
    """The children from the first to the last, counting down."""
    return [child(number) for number in range(first, last, -1)]


class Site:
    """A site with a sitemap index, polled by plain crawls at a time of our choice."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.children: list[Found] = []
        self.changing: set[str] = set()  # children that answer something else each time
        self.failing: set[str] = set()  # ... and those that answer 500

    def names(self, *children: str, modified: Sequence[datetime | None] = ()) -> None:
        dates = modified or [None] * len(children)
        self.children += [
            Found(url=url, kind=ListingKind.SITEMAP, modified=date) for url, date in zip(children, dates, strict=True)
        ]

    def crawl(self, now: datetime, most: int = MAX_LISTINGS) -> list[str]:
        """Poll what is due, as many listings as one run does. Returns the children in the order of their polls."""
        run = self.store.start_run("crawl", "test", now)
        source = self.store.add_source(PAPER, now)
        polled: list[str] = []
        while len(polled) < most:
            room = Room(most=min(16, most - len(polled)), listings=most - len(polled), articles=16)
            leases = self.store.lease(run, source, room, now)
            for lease in leases:
                self._answer(run, lease, now)
            polled += [lease.url for lease in leases]
            if not leases:
                break
        self.store.end_run(run, state="finished", new=0, known=0, outcomes={}, now=now)
        assert polled[0] == INDEX
        return polled[1:]

    def _answer(self, run: int, lease: Lease, now: datetime) -> None:
        fetch = Fetch(url=lease.url, fetched_at=now, status=200, digest=self._digest(lease.url, now))
        if lease.url in self.failing:
            failure = Failure(url=lease.url, stage="fetch", outcome=Outcome.HTTP_5XX, detail="HTTP 500")
            self.store.fail(run, lease, fetch, failure, now)
            return
        found = tuple(self.children) if lease.url == INDEX else ()
        self.store.file_listing(run, lease, fetch, Listing(kind=ListingKind.SITEMAP, found=found), (None, None), now)

    def _digest(self, url: str, now: datetime) -> str:
        return f"{url} {now}" if url in self.changing else url


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = Store.open(tmp_path / "cuttings.db")
    store.conn.execute("PRAGMA synchronous = OFF")
    yield Site(store)
    store.close()


@pytest.mark.timeout(120)
def test_an_index_of_1200_children_is_read_whole_within_three_crawls_and_nothing_of_it_twice_before(site: Site) -> None:
    site.names(*(child(number) for number in range(1_200)))

    polled = [url for hours in range(3) for url in site.crawl(NOW + hours * HOUR)]

    assert polled[:1_200] == numbers(1_199, -1)
    assert polled[1_200:] == numbers(1_199, 902)  # what was read longest ago


def test_children_with_a_lastmod_are_read_by_it_the_newest_first(site: Site) -> None:
    days = [3, 1, 4, 2, 5]
    site.names(*map(child, days), modified=[NOW - day * DAY for day in days])

    assert site.crawl(NOW) == [child(day) for day in (1, 2, 3, 4, 5)]


def test_a_child_that_never_changes_is_polled_ever_less_and_one_that_changes_at_each_crawl(site: Site) -> None:
    site.names(child(0), child(1))
    site.changing.add(child(1))
    crawls = 24 * 30

    polled = [(hour, url) for hour in range(crawls) for url in site.crawl(NOW + hour * HOUR)]

    still = [hour for hour, url in polled if url == child(0)]
    waits = [later - before for before, later in pairwise(still)]
    assert waits == sorted(waits)
    assert waits[-1] == 24 * 7
    assert len(still) < 20
    assert len([hour for hour, url in polled if url == child(1)]) == crawls


def test_a_child_that_could_not_be_read_is_polled_again_but_not_before_those_that_never_were(site: Site) -> None:
    site.names(*(child(number) for number in range(10)))
    site.failing.add(child(9))
    assert site.crawl(NOW, most=4) == numbers(9, 6)

    assert site.crawl(NOW + HOUR) == [*numbers(6, -1), child(8), child(7), child(9)]
    assert child(9) in site.crawl(NOW + HOUR + timedelta(minutes=1))


def test_a_clock_that_was_set_back_does_not_keep_children_from_being_polled(site: Site) -> None:
    site.names(child(0))
    site.crawl(NOW + 300 * DAY)

    assert site.crawl(NOW) == [child(0)]
