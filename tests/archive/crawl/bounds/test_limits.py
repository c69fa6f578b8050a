"""What a run does not ask for now, and what a person is told of it. See test_run for what becomes of it in a run."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl.bounds.blocked_hosts import Reception
from archive.crawl.bounds.limits import MAX_LISTINGS, MAX_PAUSES, Restraint
from archive.crawl.bounds.traps import MAX_BARREN
from archive.crawl.chances import A_DAY
from archive.crawl.frontier import Lease
from archive.model.listing import ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.store import Store

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


def test_a_host_is_paused_three_times_in_a_run_twice_as_long_each_time_and_then_waits_for_the_next(
    store: Store, restraint: Restraint
) -> None:
    now, lengths = NOW, []
    for _ in range(MAX_PAUSES):
        restraint.resume(now)
        assert restraint.pause_of("http://paper.example/1", now) is None
        until = restraint.pause(limited("http://paper.example/1"), now + timedelta(seconds=3), now)
        lengths.append((until - now).total_seconds())
        now = until

    assert lengths == [3, 6, 12]
    assert restraint.resume(now + timedelta(hours=1)) is False
    assert restraint.next_resumption(now - timedelta(seconds=1)) is None
    assert restraint.hold_back([lease("http://paper.example/2")], now + timedelta(hours=1)) == []
    assert restraint.hold_back([lease("http://sister.example/2")], now) != []
    assert Restraint(store, {1: PAPER}, now).pause_of("http://paper.example/1", now) is None


def test_a_host_that_names_a_longer_time_gets_it_and_none_is_paused_for_more_than_a_day(restraint: Restraint) -> None:
    now, lengths = NOW, []
    for hours in (1, 5, 20):
        until = restraint.pause(limited("http://paper.example/1"), now + timedelta(hours=hours), now)
        lengths.append((until - now) / timedelta(hours=1))
        now = until

    assert lengths == [1, 5, 20]
    assert restraint.pause(limited("http://paper.example/1"), now + timedelta(hours=1), now) - now == timedelta(days=1)


def test_what_was_under_way_when_a_pause_began_makes_it_no_shorter_and_is_no_second_one(restraint: Restraint) -> None:
    ends = [
        restraint.pause(limited("http://paper.example/1"), NOW + timedelta(seconds=each), NOW) for each in (60, 5, 5, 5)
    ]

    assert set(ends) == {NOW + timedelta(seconds=60)}
    assert restraint.resume(NOW + timedelta(seconds=60)) is True


def test_a_url_that_is_put_off_again_and_again_is_not_asked_for_any_more_and_is_due_when_the_run_has_ended(
    restraint: Restraint,
) -> None:
    moved = lease("http://paper.example/leads-elsewhere")
    for _ in range(MAX_PAUSES):
        assert restraint.hold_back([moved], NOW) == [moved]
        restraint.note_put_off(moved)

    assert restraint.hold_back([moved], NOW) == []


def test_a_host_that_refuses_five_pages_is_known_to_the_next_run_and_a_page_that_is_read_ends_that(
    store: Store,
) -> None:
    run = store.start_run("crawl", "test", NOW)
    source = store.add_source(PAPER, NOW)
    pages = [replace(lease(f"http://paper.example/{n}"), id=n, source_id=source) for n in range(9)]

    def told(restraint: Restraint, number: int, reception: Reception, now: datetime) -> bool:
        return restraint.receive(pages[number], pages[number].url, reception, "HTTP 403", now)

    first = Restraint(store, {source: PAPER}, NOW, run)
    assert [told(first, n, Reception.REFUSED, NOW) for n in range(6)] == [False] * 4 + [True, False]
    until = NOW + timedelta(hours=1)
    assert first.pause_of(pages[8].url, NOW) == (until, "5 refusals in a row: HTTP 403")
    assert first.is_blocked(pages[0], pages[0].url, NOW) == until
    assert first.is_blocked(pages[8], pages[8].url, NOW) is None  # it got another answer

    second = Restraint(store, {source: PAPER}, until, run)
    assert told(second, 8, Reception.REFUSED, until)
    assert second.pause_of(pages[8].url, until) == (until + timedelta(hours=2), "7 refusals in a row: HTTP 403")

    later = until + timedelta(hours=2)
    third = Restraint(store, {source: PAPER}, later, run)
    assert not told(third, 8, Reception.READ, later)
    assert [told(third, n, Reception.REFUSED, later) for n in range(4)] == [False] * 4
    assert not told(third, 8, Reception.READ, NOW)  # a page that was asked for before these refusals
    assert told(third, 4, Reception.REFUSED, later)
    assert third.pause_of(pages[8].url, later) == (later + timedelta(hours=1), "5 refusals in a row: HTTP 403")
    assert store.conn.execute("SELECT kind, source_id FROM events").fetchall() == [("blocked", source)] * 3


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


def test_a_host_has_so_many_second_chances_a_day_and_each_counts_once(restraint: Restraint) -> None:
    again = [replace(lease(f"http://paper.example/{n}"), id=n, chance=1) for n in range(1, A_DAY + 11)]

    kept = restraint.hold_back(again[:A_DAY], NOW)

    assert restraint.hold_back(kept, NOW) == kept
    assert restraint.hold_back(again[A_DAY:], NOW) == []
    assert restraint.hold_back([lease("http://paper.example/new")], NOW) == [lease("http://paper.example/new")]
    assert (
        len(restraint.hold_back([replace(each, url=f"http://other.example/{each.id}") for each in again[A_DAY:]], NOW))
        == 10
    )


def test_second_chances_of_earlier_runs_count_for_a_day(store: Store) -> None:
    store.add_source(PAPER, NOW)
    store.conn.executemany(
        "INSERT INTO fetches (source_id, url, kind, fetched_at, stage, outcome, chance)"
        " VALUES (1, ?, 'article', ?, 'fetch', 'http_4xx', 1)",
        [(f"http://paper.example/{n}", "2026-11-24T02:00:00Z") for n in range(A_DAY)],
    )
    again = [replace(lease("http://paper.example/again"), chance=2)]

    assert Restraint(store, {1: PAPER}, NOW).hold_back(again, NOW) == []
    assert Restraint(store, {1: PAPER}, NOW + timedelta(days=1)).hold_back(again, NOW) == again
