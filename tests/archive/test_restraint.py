"""What a run does not ask for now, and what a person is told of it. See test_run for what becomes of it in a run."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.frontier import Lease
from archive.models import Failure, ListingKind, Outcome, Source
from archive.restraint import MAX_LISTINGS, Restraint
from archive.store import Store
from archive.traps import MAX_BARREN

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAPER = Source(id="paper", url="http://paper.example/", name="The Paper", budget=10)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "cuttings.db")
    yield opened
    opened.close()


@pytest.fixture
def restraint(store: Store) -> Restraint:
    return Restraint(store, {1: PAPER}, NOW)


def lease(url: str, kind: ListingKind | None = None) -> Lease:
    return Lease(id=1, source_id=1, url=url, kind=kind, depth=0)


def limited(url: str, outcome: Outcome = Outcome.RATE_LIMITED) -> Failure:
    return Failure(url=url, stage="fetch", outcome=outcome, detail="HTTP 429")


def test_the_host_that_answered_is_left_alone_and_not_the_one_that_led_there(restraint: Restraint) -> None:
    until = NOW + timedelta(hours=1)
    restraint.pause(limited("http://sister.example/moved"), until, NOW)

    kept = restraint.hold_back([lease("http://paper.example/1"), lease("http://sister.example/2")], NOW)

    assert [each.url for each in kept] == ["http://paper.example/1"]
    for url in ("http://sister.example:8080/3", "HTTP://SISTER.example./3", "http://user:word@sister.example/3"):
        assert restraint.pause_of(url, NOW) == (until, "HTTP 429")
    assert restraint.pause_of("http://paper.example/1", NOW) is None
    assert restraint.pause_of("http://sister.example/2", until) is None


def test_a_pause_holds_for_listings_too(restraint: Restraint) -> None:
    restraint.pause(limited("http://paper.example/feed"), NOW + timedelta(hours=1), NOW)

    assert restraint.hold_back([lease("http://paper.example/feed", ListingKind.FEED)], NOW) == []


@pytest.mark.parametrize(("outcome", "known"), [(Outcome.RATE_LIMITED, True), (Outcome.TIMEOUT, False)])
def test_what_a_host_asked_for_itself_is_known_to_the_next_run(
    store: Store,
    restraint: Restraint,
    outcome: Outcome,
    known: bool,  # noqa: FBT001
) -> None:
    restraint.pause(limited("http://paper.example/1", outcome), NOW + timedelta(hours=1), NOW)

    later = Restraint(store, {1: PAPER}, NOW + timedelta(minutes=30))

    assert (later.pause_of("http://paper.example/2", NOW + timedelta(minutes=30)) is not None) is known


def test_a_host_is_told_of_once_with_its_last_word(restraint: Restraint) -> None:
    for hours in (1, 2, 3):
        restraint.pause(limited("http://paper.example/1"), NOW + timedelta(hours=hours), NOW)

    assert restraint.events == ("paper.example is left alone until 2026-11-24 11:00:00 UTC (HTTP 429)",)


def test_the_first_pause_to_end_is_the_next_resumption(restraint: Restraint) -> None:
    assert restraint.next_resumption(NOW) is None
    for name, hours in (("paper", 3), ("sister", 1), ("herald", 2)):
        restraint.pause(limited(f"http://{name}.example/1"), NOW + timedelta(hours=hours), NOW)

    assert restraint.next_resumption(NOW) == NOW + timedelta(hours=1)
    assert restraint.next_resumption(NOW + timedelta(hours=1)) == NOW + timedelta(hours=2)


def test_a_budget_bounds_what_may_be_taken(restraint: Restraint) -> None:
    restraint.took(1, [lease(f"http://paper.example/{n}") for n in range(7)])

    assert restraint.room(1, 16, 99).most == 3
    assert restraint.events == ()
    restraint.took(1, [lease(f"http://paper.example/{n}") for n in range(3)])
    assert restraint.room(1, 16, 99).most == 0
    assert restraint.events == ('the budget of "paper" is used up, 10 requests a day',)


def test_what_was_asked_besides_is_given_back_from_what_waits(restraint: Restraint) -> None:
    taken = [lease(f"http://paper.example/{n}") for n in range(8)]
    restraint.took(1, taken)
    waiting = deque(taken[1:])

    restraint.asked_besides(1, 2)
    restraint.give_back(1, waiting)
    assert len(waiting) == 7
    restraint.asked_besides(1, 5)
    restraint.give_back(1, waiting)

    assert [each.url for each in waiting] == ["http://paper.example/1", "http://paper.example/2"]
    assert restraint.events == ('the budget of "paper" is used up, 10 requests a day',)


def test_listings_have_a_bound_of_their_own(restraint: Restraint) -> None:
    restraint.took(1, [lease(f"http://paper.example/{n}.xml", ListingKind.SITEMAP) for n in range(MAX_LISTINGS)])

    assert restraint.room(1, 16, 99).listings == 0


def test_an_address_like_many_that_were_no_articles_is_put_off_for_a_day_and_listings_never_are(
    restraint: Restraint,
) -> None:
    for n in range(MAX_BARREN):
        restraint.note(lease(f"http://paper.example/day/{n}"), Outcome.NOT_ARTICLE)
    others = [lease("http://paper.example/news/bridge"), lease("http://paper.example/day/9", ListingKind.SECTION)]

    kept = restraint.hold_back([lease("http://paper.example/day/7"), *others], NOW)

    assert kept == others
    assert restraint.events == ("1 put off, a trap by the look of it: paper.example/day/#",)
