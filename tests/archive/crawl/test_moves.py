"""Where listings say they stand: as values, in the archive, and in cuttings.toml."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.config.edit import Move, relocate
from archive.config.toml import Config
from archive.crawl import moves
from archive.crawl.due import agenda
from archive.crawl.frontier import Lease, Room
from archive.crawl.moves import Place, place
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.schedule import AUTO, Interval
from archive.model.source import Source
from archive.storage.store import Store

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OLD, NEW, NEWER = "https://courier.test/rss", "https://courier.test/feeds/all", "https://feeds.courier.test/all"
COURIER = Source(id="courier", url="https://courier.test/", name="The Courier", feeds=(OLD,))
ROOM = Room(most=9, listings=9, articles=9)
HELD = Lease(id=1, source_id=1, url=OLD, kind=ListingKind.FEED, depth=0)


def fetch(url: str = OLD, now: datetime = NOW, moved_to: str | None = None, status: int = 200) -> Fetch:
    hops = (OLD,) if moved_to else ()
    return Fetch(url=OLD, final_url=url, redirects=hops, fetched_at=now, status=status, moved_to=moved_to)


@pytest.mark.parametrize(
    ("asked", "answer", "named", "expected"),
    [
        (None, fetch(), None, Place()),
        (None, fetch(NEW, moved_to=NEW), None, Place(moved_to=NEW, poll_url=NEW)),
        (None, fetch(NEW), None, Place()),  # a temporary redirect
        (None, fetch(), NEW, Place(moved_to=NEW)),  # a feed's own word leads no request elsewhere
        (None, fetch(NEW, moved_to=NEW), NEWER, Place(moved_to=NEWER, poll_url=NEW)),
        (None, fetch(NEW, moved_to=NEW), OLD, Place(moved_to=NEW, poll_url=NEW)),  # its redirect speaks later
        (NEW, fetch(NEW), None, Place(moved_to=NEW, poll_url=NEW)),
        (NEW, fetch(NEWER, moved_to=NEWER), None, Place(moved_to=NEWER, poll_url=NEWER)),
        (NEW, fetch("https://elsewhere.test/today"), None, Place(moved_to=NEW, poll_url=NEW)),
        (NEW, fetch(OLD), None, Place()),  # it leads back
    ],
)
def test_where_a_listing_stands(asked: str | None, answer: Fetch, named: str | None, expected: Place) -> None:
    listing = Listing(kind=ListingKind.FEED, moved_to=named)
    assert place(replace(HELD, asked=asked), answer, listing) == expected


# In the archive ------------------------------------------------------------------------------------------------------


class Desk:
    """An archive with one source, and a clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.run = store.start_run("test", "test", NOW)
        self.source = store.add_source(COURIER, NOW)

    def lease(self) -> Lease:
        self.store.add_source(COURIER, self.now)
        (lease,) = [each for each in self.store.lease(self.run, self.source, ROOM, self.now) if each.kind]
        return lease

    def is_due(self) -> bool:
        self.store.add_source(COURIER, self.now)
        return bool(self.store.lease(self.run, self.source, ROOM, self.now))

    def listed(self, answer: Fetch, listing: Listing | None = None) -> Lease:
        lease = self.lease()
        read = listing or Listing(kind=ListingKind.FEED, found=(Found(url="https://courier.test/mill"),))
        validators = (None, None) if answer.redirects else (f"of {answer.final_url}", None)
        answer = replace(answer, fetched_at=self.now)
        self.store.file_listing(self.run, lease, answer, read, validators, self.now)
        return lease

    def failed(self, outcome: Outcome, status: int | None = None) -> Lease:
        lease = self.lease()
        failure = Failure(url=lease.asked or OLD, stage="fetch", outcome=outcome, detail="why")
        answer = replace(fetch(lease.asked or OLD, self.now), status=status)
        self.store.fail(self.run, lease, answer, failure, self.now)
        return lease

    def row(self, columns: str) -> tuple[object, ...]:
        found: tuple[object, ...] = self.store.conn.execute(f"SELECT {columns} FROM feeds").fetchone()  # noqa: S608
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path / "cuttings.db")
    with closing(store):
        yield Desk(store)


def test_the_url_of_the_file_is_asked_once_a_day_whether_it_still_says_so(desk: Desk) -> None:
    desk.listed(fetch(NEW, moved_to=NEW))
    seen = []
    for _ in range(5):
        desk.now += DAY / 4 + MINUTE
        lease = desk.listed(fetch(NEW)) if desk.now <= NOW + DAY else desk.listed(fetch())
        seen.append((lease.asked, lease.etag))

    assert seen == [(NEW, None), (NEW, f"of {NEW}"), (NEW, f"of {NEW}"), (None, None), (None, f"of {OLD}")]
    assert desk.row("moved_to, moved_at, poll_url") == (None, None, None)


@pytest.mark.parametrize("outcome", [Outcome.HTTP_4XX, Outcome.DNS, Outcome.BAD_LISTING, Outcome.ROBOTS])
def test_a_target_that_is_no_listing_is_left(desk: Desk, outcome: Outcome) -> None:
    desk.listed(fetch(NEW, moved_to=NEW))
    desk.failed(outcome)

    assert (desk.lease().asked, desk.row("moved_to")) == (None, (NEW,))


@pytest.mark.parametrize("outcome", [Outcome.HTTP_5XX, Outcome.TIMEOUT, Outcome.CONNECTION])
def test_a_target_that_is_down_is_asked_again(desk: Desk, outcome: Outcome) -> None:
    desk.listed(fetch(NEW, moved_to=NEW))
    desk.failed(outcome)

    assert desk.lease().asked == NEW


def test_a_target_that_is_gone_does_not_make_the_listing_gone(desk: Desk) -> None:
    desk.listed(fetch(NEW, moved_to=NEW))
    desk.failed(Outcome.HTTP_4XX, 410)

    assert desk.row("gone_at") == (None,)
    assert desk.is_due()


def test_a_listing_that_is_gone_is_due_once_a_week_whatever_its_schedule_says(desk: Desk) -> None:
    desk.failed(Outcome.HTTP_4XX, 410)
    settings = Config(path=None, archive=Path(), user_agent="", sources=(replace(COURIER, every=Interval(900.0)),))
    (look,) = agenda(desk.store.conn, settings, NOW).looks
    assert look.due == NOW + 7 * DAY

    desk.now = NOW + 7 * DAY - MINUTE
    assert not desk.is_due()
    desk.now = NOW + 7 * DAY
    assert desk.failed(Outcome.TIMEOUT).url == OLD
    assert not desk.is_due()  # no answer is no sign of life


def test_what_a_feed_asks_for_makes_it_due_later_but_where_the_file_says_when(desk: Desk) -> None:
    every_hour = Listing(kind=ListingKind.FEED, at_least=timedelta(hours=9))
    desk.listed(replace(fetch(), max_age=timedelta(days=30)), every_hour)
    by_pace, by_file = (
        agenda(
            desk.store.conn,
            Config(path=None, archive=Path(), user_agent="", sources=(replace(COURIER, every=every),)),
            NOW,
        ).looks[0].due
        for every in (AUTO, Interval(900.0))
    )  # fmt: skip

    assert desk.row("floor") == (86_400,)
    assert (by_pace, by_file) == (NOW + DAY, NOW + 15 * MINUTE)


def test_a_sitemap_and_its_server_ask_for_nothing(desk: Desk) -> None:
    desk.listed(replace(fetch(), max_age=timedelta(hours=1)), Listing(kind=ListingKind.SITEMAP, at_least=DAY))

    assert desk.row("floor, skip_hours") == (0, None)


@pytest.mark.parametrize(
    ("feeds", "url"),
    [
        ((NEW,), NEW),  # it has taken the place of the old one
        ((OLD, NEW), OLD),  # the file still has both
        ((NEWER,), OLD),  # the listing has not said so
    ],
)
def test_rows_go_along_to_the_new_url_only_if_the_file_has_it_instead(
    desk: Desk, feeds: tuple[str, ...], url: str
) -> None:
    desk.listed(fetch(NEW, moved_to=NEW))

    moves.follow(desk.store.conn, (replace(COURIER, feeds=feeds),))

    assert desk.row("url") == (url,)
    assert desk.store.conn.execute("SELECT url FROM frontier WHERE kind = 'feed'").fetchone() == (url,)


# In the file ---------------------------------------------------------------------------------------------------------

HEAD = '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n\n'
MOVE = Move(source="courier", url=OLD, moved_to=NEW)


@pytest.mark.parametrize(
    ("before", "moved_to", "after"),
    [
        (f'feeds = "{OLD}" # one', NEW, f'feeds = "{NEW}" # one'),
        ('feeds = ["/rss"]', NEW, 'feeds = ["/feeds/all"]'),
        ("feeds = [ 'rss', '/b' ]", NEW, "feeds = [ \"/feeds/all\", '/b' ]"),
        ('feeds = ["/rss"]', NEW + "?page=1", 'feeds = ["/feeds/all?page=1"]'),
        ('feeds = ["/rss"]', NEWER, f'feeds = ["{NEWER}"]'),
        ('feeds = ["/rss"]', "http://courier.test/rss", 'feeds = ["http://courier.test/rss"]'),
        (f'sitemaps = ["{OLD}"]\nfeeds = [\n"/x", # x\n]', NEW, f'sitemaps = ["{NEW}"]\nfeeds = [\n"/x", # x\n]'),
    ],
)
def test_a_new_url_is_written_as_the_old_one_was(tmp_path: Path, before: str, moved_to: str, after: str) -> None:
    file = tmp_path / "cuttings.toml"
    source = (
        '[[source]] # ours\nid = "courier"\nurl = "https://courier.test/"\n{}\n\n[[source]]\nurl = "https://b.test/"\n'
    )
    file.write_text(HEAD + source.format(before))

    done = relocate(file, [replace(MOVE, moved_to=moved_to)])

    assert [move.moved_to for _, move in done.written] == [moved_to]
    assert file.read_text() == HEAD + source.format(after)


def test_a_front_page_that_has_moved_within_its_site_keeps_its_id(tmp_path: Path) -> None:
    file = tmp_path / "cuttings.toml"
    file.write_text(HEAD + '[[source]]\nurl = "http://courier.test/" # home\n[source.extract]\nremove = "p.ad"\n')

    relocate(file, [Move(source="courier.test", url="http://courier.test/", moved_to="https://news.courier.test/")])

    assert file.read_text() == HEAD + (
        '[[source]]\nurl = "https://news.courier.test/" # home\nid = "courier.test"\n\n'
        '[source.extract]\nremove = "p.ad"\n'
    )


@pytest.mark.parametrize(
    ("listings", "url", "target"),
    [
        ("", "https://courier.test/", "https://parked.test/"),
        ('sections = ["/local/"]', "https://courier.test/local/", "https://parked.test/"),
        ('feeds = ["/rss"]\n[[source]]\nurl = "https://b.test/"\nfeeds = ["/rss"]', OLD, "https://b.test/rss"),
    ],
)
def test_what_may_be_another_paper_s_is_left_to_a_person(tmp_path: Path, listings: str, url: str, target: str) -> None:
    file = tmp_path / "cuttings.toml"
    written = f'{HEAD}[[source]]\nid = "courier"\nurl = "https://courier.test/"\n{listings}\n'
    file.write_text(written)

    done = relocate(file, [Move(source="courier", url=url, moved_to=target)])

    assert (done.written, len(done.left)) == ((), 1)
    assert file.read_text() == written
