"""Second chances: a refusal is taken at its word for a while, never for ever; what a person excludes is counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.crawl import chances
from archive.crawl.bounds.blocked_hosts import IN_A_ROW, Reception
from archive.crawl.bounds.limits import Restraint
from archive.crawl.chances import LADDER, next_chance
from archive.crawl.frontier import Lease
from archive.errors import UsageError
from archive.model.article import PageKind
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from tests.archive.storage.test_store import Desk, extracted

URL = "http://paper.test/story"
REVISIT = (3_600.0, 86_400.0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "news.db")
    yield made
    made.store.close()


def refuse(desk: Desk, held: Lease, outcome: Outcome = Outcome.HTTP_4XX, status: int | None = 404) -> None:
    failure = Failure(url=held.url, stage="fetch", outcome=outcome, detail=f"HTTP {status}")
    desk.store.fail(desk.run, held, desk.fetch(held, status=status), failure, desk.now, revisit=REVISIT)


def state(desk: Desk, url: str = URL) -> tuple[Any, ...]:
    return desk.one("SELECT state, outcome, chances FROM frontier WHERE url = ?", url)


def wait(desk: Desk, later: timedelta, *listed: Found) -> list[Lease]:
    """The next run, so much later; its feed names these. Returns the articles that are due."""
    desk.again(later)
    desk.read_feed(*(listed or (Found(url=URL),)))
    return desk.lease()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refused_url_is_asked_for_again_ever_later_while_it_is_listed_and_then_never(desk: Desk, status: int) -> None:
    desk.read_feed(Found(url=URL))
    (held,) = desk.lease()
    refuse(desk, held, status=status)
    for number, rest in enumerate(LADDER, start=1):
        assert wait(desk, rest - timedelta(minutes=1)) == []
        (held,) = wait(desk, timedelta(minutes=1))
        assert held.chance == number
        refuse(desk, held, status=status)

    assert state(desk) == ("done", "http_4xx", len(LADDER))
    assert wait(desk, timedelta(days=400)) == []
    assert desk.all("SELECT chance FROM fetches WHERE url = ? ORDER BY id", URL) == [(n,) for n in range(6)]


def test_a_page_that_comes_out_later_is_filed(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    refuse(desk, desk.lease()[0])

    (held,) = wait(desk, LADDER[0])

    assert desk.file(held, extracted(url=URL)) == (Outcome.SAVED, 1)
    assert state(desk)[0] == "done"


def test_what_no_listing_names_any_more_is_not_asked_for_again(desk: Desk) -> None:
    desk.read_feed(Found(url=URL), Found(url=f"{URL}-2"))
    first, second = desk.lease()
    refuse(desk, first)
    desk.file(second, extracted(url=second.url))

    assert wait(desk, LADDER[0], Found(url=f"{URL}-2")) == []
    assert state(desk)[:2] == ("done", "http_4xx")
    (detail,) = desk.one("SELECT detail FROM frontier WHERE url = ?", URL)
    assert detail == "HTTP 404; not asked for again, for no listing names it any more"


def test_a_newer_date_of_the_listing_is_a_chance_of_its_own(desk: Desk) -> None:
    desk.read_feed(Found(url=URL, published=desk.now - timedelta(days=1)))
    refuse(desk, desk.lease()[0])
    desk.store.conn.execute("UPDATE frontier SET state = 'done', chances = ? WHERE url = ?", (len(LADDER), URL))

    assert wait(desk, timedelta(days=1), Found(url=URL, published=desk.now - timedelta(days=1))) == []
    (held,) = wait(desk, timedelta(days=1), Found(url=URL, published=desk.now))
    assert held.url == URL


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.ROBOTS, None), (Outcome.RESERVED, 200), (Outcome.BAD_URL, None), (Outcome.HTTP_4XX, 451),
     (Outcome.NOT_HTML, 200), (Outcome.REDIRECT, 301)],
)  # fmt: skip
def test_what_is_forbidden_or_malformed_has_no_second_chance(outcome: Outcome, status: int | None) -> None:
    assert next_chance(outcome, status, 0) is None


def test_a_host_that_is_down_for_a_night_loses_nothing(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    refuse(desk, desk.lease()[0], Outcome.HTTP_5XX, 503)
    (held,) = wait(desk, timedelta(hours=1))
    refuse(desk, held, Outcome.HTTP_5XX, 503)
    assert wait(desk, timedelta(hours=7)) == []
    (held,) = wait(desk, timedelta(hours=17))

    assert desk.file(held, extracted(url=URL))[0] is Outcome.SAVED


def test_what_was_given_up_is_revived_by_a_listing_that_names_it_still(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    refuse(desk, desk.lease()[0], Outcome.TIMEOUT, None)
    for later in (timedelta(hours=1), timedelta(days=1)):
        (held,) = wait(desk, later)
        refuse(desk, held, Outcome.TIMEOUT, None)
    assert state(desk)[:2] == ("dead", "timeout")

    for number, rest in enumerate(LADDER, start=1):
        assert wait(desk, rest - timedelta(minutes=1)) == []
        (held,) = wait(desk, timedelta(minutes=1))
        refuse(desk, held, Outcome.TIMEOUT, None)
        assert state(desk) == ("dead", "timeout", number)
    assert wait(desk, timedelta(days=400)) == []


def test_an_unchanged_listing_revives_what_it_names_too(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    desk.store.conn.execute("UPDATE frontier SET state = 'dead', outcome = 'timeout' WHERE url = ?", (URL,))
    desk.again(timedelta(days=1))

    held = desk.lease_feed()
    desk.store.file_unchanged(desk.run, held, desk.fetch(held, status=304), desk.now)

    assert [lease.url for lease in desk.lease()] == [URL]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.TOO_SHORT, PageKind.ARTICLE),
        (Outcome.NOT_ARTICLE, PageKind.SOFT_404),
        (Outcome.NOT_ARTICLE, PageKind.WALL),
        (Outcome.NOT_ARTICLE, PageKind.INDEX),
    ],
)
def test_a_placeholder_is_looked_at_again_by_the_revisit_schedule(desk: Desk, outcome: Outcome, kind: PageKind) -> None:
    desk.read_feed(Found(url=URL))
    stub = replace(extracted(url=URL, kind=kind), outcome=outcome)

    def look(held: Lease) -> None:
        desk.store.file(desk.run, held, desk.fetch(held), stub, extractor="1", revisit=REVISIT)

    look(desk.lease()[0])
    assert wait(desk, timedelta(minutes=50)) == []
    (held,) = wait(desk, timedelta(minutes=10))
    assert held.planned
    look(held)
    (held,) = wait(desk, timedelta(hours=23))

    assert desk.file(held, extracted(url=URL)) == (Outcome.SAVED, 1)


def test_a_challenge_is_no_placeholder(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    index = replace(extracted(url=URL, kind=PageKind.BLOCKED), outcome=Outcome.NOT_ARTICLE)

    (held,) = desk.lease()
    desk.store.file(desk.run, held, desk.fetch(held), index, extractor="1", revisit=REVISIT)

    assert wait(desk, timedelta(days=2)) == []


def test_a_chance_that_is_weeks_ahead_is_no_wrong_clock(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    desk.lease()
    desk.store.conn.execute(
        "UPDATE frontier SET state = 'pending', chances = 5, outcome = 'http_4xx', due_at = '2026-12-01T00:00:00Z'"
        " WHERE url = ?",
        (URL,),
    )
    assert wait(desk, timedelta(hours=1)) == []
    assert desk.one("SELECT due_at FROM frontier WHERE url = ?", URL) == ("2026-12-01T00:00:00Z",)


# What a person asks for again -----------------------------------------------------------------------------------------


def test_a_person_may_have_outcomes_asked_for_again(desk: Desk) -> None:
    desk.read_feed(*(Found(url=f"{URL}-{n}") for n in range(4)))
    for held, outcome in zip(
        desk.lease(), (Outcome.ROBOTS, Outcome.HTTP_4XX, Outcome.NOT_HTML, Outcome.QUARANTINED), strict=True
    ):
        refuse(desk, held, outcome, 451)
    desk.again(timedelta(hours=1))

    assert desk.store.revive([desk.source], ("robots", "dead"), desk.now) == 2
    assert [lease.url for lease in desk.lease(most_articles=10) if lease.kind is None] == [f"{URL}-0", f"{URL}-3"]


@pytest.mark.parametrize("written", ["", ",", "saved", "http_404", "http_4xx,excluded"])
def test_what_cannot_be_asked_for_again_is_named(written: str) -> None:
    with pytest.raises(UsageError, match=r"--again.*http_4xx"):
        chances.again(written)


def test_outcomes_are_read_once_each() -> None:
    assert chances.again("http_4xx, dead,http_4xx") == ("http_4xx", "dead")


# What the file excludes -----------------------------------------------------------------------------------------------


def exclude(desk: Desk, *urls: str, found: tuple[Found, ...] = ()) -> None:
    held = desk.lease_feed()
    listing = Listing(
        kind=ListingKind.FEED,
        found=found,
        excluded=tuple(Found(url=url, excluded="exclude: /video/") for url in urls),
    )
    desk.store.file_listing(desk.run, held, desk.fetch(held), listing, (None, None), desk.now)


def test_what_the_file_excludes_is_remembered_and_not_asked_for_until_the_file_changes(desk: Desk) -> None:
    exclude(desk, URL)

    assert desk.lease() == []
    assert desk.one("SELECT state, outcome, detail FROM frontier WHERE url = ?", URL) == (
        "done", "excluded", "exclude: /video/",
    )  # fmt: skip
    (held,) = wait(desk, timedelta(hours=1))
    assert held.url == URL


def test_what_waits_is_excluded_when_the_file_comes_to_exclude_it(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    desk.again()
    exclude(desk, URL)

    assert desk.lease() == []
    assert state(desk)[:2] == ("done", "excluded")


def test_what_one_source_excludes_and_another_lists_is_the_other_s_to_fetch(desk: Desk) -> None:
    exclude(desk, URL)
    other = Source(id="other", url="http://other.test/", name="Other", feeds=("http://other.test/feed",))
    first, desk.source = desk.source, desk.store.add_source(other, desk.now)
    desk.read_feed(Found(url=URL))
    second, desk.source = desk.source, first
    desk.again()
    exclude(desk, URL)
    desk.source = second

    assert [lease.url for lease in desk.lease() if lease.kind is None] == [URL]


def test_another_form_of_a_url_is_asked_for_where_the_first_brings_nothing(desk: Desk) -> None:
    desk.read_feed(Found(url=f"{URL}/amp"), Found(url=URL), Found(url=f"{URL}?print=1"))
    (held,) = desk.lease()
    refuse(desk, held, Outcome.ROBOTS, None)

    (second,) = desk.lease()
    assert second.url == URL
    assert desk.file(second, extracted(url=URL)) == (Outcome.SAVED, 1)
    assert desk.one("SELECT article_id FROM frontier WHERE url LIKE '%print=1'") == (1,)
    desk.again()
    desk.read_feed(Found(url=URL))
    assert desk.lease() == []


def test_one_parameter_of_many_meanings_joins_no_urls_of_different_titles_unread(desk: Desk) -> None:
    desk.read_feed(
        Found(url=f"{URL}?sid=64b5f0c2a1b2c3d4e5f60718", title="One"),
        Found(url=f"{URL}?sid=64b5f0c2a1b2c3d4e5f60719", title="Two"),
    )
    assert len(desk.lease()) == 2


# Two sources ----------------------------------------------------------------------------------------------------------


def test_a_url_that_two_sources_list_is_one_row_and_both_show_it(desk: Desk) -> None:
    desk.file(desk.lease_page(URL), extracted(url=URL))
    other = Source(id="other", url="http://other.test/", name="Other", feeds=("http://other.test/feed",))
    second = desk.store.add_source(other, desk.now)
    first, desk.source = desk.source, second
    desk.read_feed(Found(url=URL))

    assert desk.lease() == []
    assert desk.all("SELECT source_id FROM frontier WHERE url = ?", URL) == [(first,)]
    assert desk.all("SELECT s.source_id, f.url FROM sightings AS s JOIN frontier AS f ON f.id = s.frontier_id") == [
        (second, URL)
    ]


def test_what_waits_of_a_source_that_left_the_file_goes_to_the_source_that_lists_it(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    other = Source(id="other", url="http://other.test/", name="Other", feeds=("http://other.test/feed",))
    second = desk.store.add_source(other, desk.now)
    desk.store.conn.execute("UPDATE sources SET retired_at = ? WHERE id = ?", ("2026-11-01T00:00:00Z", desk.source))
    desk.source = second
    desk.read_feed(Found(url=URL))

    assert [lease.url for lease in desk.lease()] == [URL]


def test_a_body_that_is_no_page_yet_is_looked_at_again_as_filed_articles_are(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    (held,) = desk.lease()
    empty = Failure(url=URL, stage="extract", outcome=Outcome.NOT_HTML, detail="no element in it", may_pass=True)
    desk.store.fail(desk.run, held, desk.fetch(held, status=200), empty, desk.now, revisit=REVISIT)

    assert wait(desk, timedelta(minutes=30)) == []
    (held,) = wait(desk, timedelta(minutes=30))
    assert desk.file(held, extracted(url=URL))[0] is Outcome.SAVED


def test_a_picture_in_the_place_of_a_page_is_what_was_meant(desk: Desk) -> None:
    desk.read_feed(Found(url=URL))
    (held,) = desk.lease()
    picture = Failure(url=URL, stage="fetch", outcome=Outcome.NOT_HTML, detail="image/png")
    desk.store.fail(desk.run, held, desk.fetch(held, status=200), picture, desk.now, revisit=REVISIT)

    assert wait(desk, timedelta(days=400)) == []
    assert state(desk)[:2] == ("done", "not_html")


def test_what_a_host_refused_before_it_was_left_alone_has_all_its_chances(desk: Desk) -> None:
    desk.read_feed(*(Found(url=f"{URL}-{number}") for number in range(IN_A_ROW)))
    paper = Source(id="paper", url="http://paper.test/", name="Paper")
    restraint = Restraint(desk.store, {1: paper}, desk.now, desk.run)
    for held in desk.lease():
        refuse(desk, held, status=403)
        restraint.receive(held, held.url, Reception.REFUSED, "HTTP 403", desk.now)

    assert desk.all(
        "SELECT DISTINCT state, chances, detail FROM frontier WHERE url <> ? AND kind = 'article'", held.url
    ) == [("pending", 0, "5 refusals in a row: HTTP 403")]
