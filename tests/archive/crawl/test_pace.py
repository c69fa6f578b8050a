"""How often a listing is looked at follows what its looks have brought."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.crawl.pace import LONGEST, LONGEST_OF_DEAD, SHORTEST, Pace, after_skipped, interval, next_look, share_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def learned(entries: float, days: int = 30, **facts: float) -> Pace:
    """The pace of a listing that brought so many entries a day, looked at once an hour."""
    pace = Pace()
    owed = 0.0
    for _ in range(days * 24):
        owed += entries / 24
        pace = pace.after(int(owed), HOUR)
        owed -= int(owed)
    return Pace(fresh=pace.fresh, watched=pace.watched, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("entries", [1.0, 10.0, 100.0])
def test_the_rate_is_learned_from_what_came(entries: float) -> None:
    assert learned(entries).rate == pytest.approx(entries, rel=0.15)


def test_the_first_look_tells_nothing_of_the_rate() -> None:
    assert Pace().after(50, None).rate == Pace().rate


def test_half_of_what_was_learned_is_forgotten_after_five_days() -> None:
    before = learned(20.0)

    after = before.after(0, timedelta(days=5))

    assert after.fresh == pytest.approx(before.fresh / 2)


def test_looks_go_with_the_square_root_of_the_rate() -> None:
    slow, quick = interval(learned(4.0)), interval(learned(64.0))

    assert slow / quick == pytest.approx(4.0, rel=0.15)


def test_a_small_window_is_looked_at_before_it_overruns() -> None:
    pace = learned(200.0, window=10)

    assert interval(pace) <= DAY * (10 / 2) / pace.rate * 1.01


@given(fresh=st.floats(0, 1e6), watched=st.floats(0, 10), window=st.integers(0, 50_000), failures=st.floats(0, 1_000))
def test_no_listing_is_looked_at_too_often_and_none_is_given_up(
    fresh: float, watched: float, window: int, failures: float
) -> None:
    span = interval(Pace(fresh=fresh, watched=watched, window=window, failures=failures))

    assert SHORTEST <= span <= (LONGEST_OF_DEAD if failures else LONGEST)


def test_a_listing_that_fails_is_looked_at_ever_more_rarely() -> None:
    spans = [interval(Pace(fresh=20.0, watched=4.0, failures=failures)) for failures in (0, 0.5, 1, 3, 20)]

    assert spans == sorted(spans)
    assert spans[1] < spans[2]  # a soft failure counts as a half
    assert spans[-1] == LONGEST_OF_DEAD


def test_a_listing_that_overran_is_looked_at_four_times_as_soon() -> None:
    pace = learned(10.0)

    assert next_look(pace, NOW, overran=True) - NOW == (next_look(pace, NOW) - NOW) / 4


@pytest.mark.parametrize("budget", [20, 200, 2_000])
def test_a_budget_is_shared_out_and_kept(budget: int) -> None:
    paces = [learned(rate) for rate in (0.2, 1.0, 5.0, 20.0, 80.0)] * 4

    share = share_of(budget, paces)

    asked = sum(DAY / interval(pace, share) for pace in paces)
    assert asked == pytest.approx(min(budget, len(paces) * (DAY / SHORTEST)), rel=0.01)


BUSY = Pace(fresh=399.0, watched=4.0, window=500)  # 80 entries a day: learned is 13 minutes, half of the window 3 days
SMALL = Pace(fresh=399.0, watched=4.0, window=20)  # half of the window is new in 3 hours
QUIET = Pace(fresh=0.0, watched=4.0, window=20)  # learned is over 4 hours


@pytest.mark.parametrize(
    ("pace", "floor", "expected"),
    [
        (BUSY, timedelta(), interval(BUSY)),
        (BUSY, timedelta(minutes=5), interval(BUSY)),  # what is learned is longer already
        (BUSY, 2 * HOUR, 2 * HOUR),
        (BUSY, 3 * DAY, DAY),
        (SMALL, 2 * HOUR, 2 * HOUR),
        (SMALL, 12 * HOUR, 3 * HOUR),  # entries would be lost
        (QUIET, HOUR, interval(QUIET)),
        (QUIET, 12 * HOUR, 12 * HOUR),
        (replace(SMALL, window=0), 12 * HOUR, 12 * HOUR),  # nothing drops out of it
        (replace(BUSY, failures=1.0), 2 * HOUR, 4 * HOUR),
    ],
)
def test_what_a_server_asks_for_is_a_floor_that_gives_way_before_entries_are_lost(
    pace: Pace, floor: timedelta, expected: timedelta
) -> None:
    assert interval(replace(pace, floor=floor)) == expected


@given(
    fresh=st.floats(0, 1e6), watched=st.floats(0, 10), window=st.integers(0, 50_000), floor=st.integers(0, 10**7),
    skipped=st.frozensets(st.integers(0, 167)),
)  # fmt: skip
def test_no_wish_of_a_server_makes_a_look_later_than_a_day_or_than_half_of_the_window(
    fresh: float, watched: float, window: int, floor: int, skipped: frozenset[int]
) -> None:
    learned = Pace(fresh=fresh, watched=watched, window=window)
    wished = replace(learned, floor=timedelta(seconds=floor), skip_hours=skipped)

    waits = next_look(wished, NOW) - NOW

    assert interval(learned) <= waits <= LONGEST
    if window:
        assert waits <= max(SHORTEST, DAY * (window / 2) / learned.rate)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of the week that begins on Monday, 23 November 2026."""
    return datetime(2026, 11, 23 + day, hour, minute, tzinfo=UTC)


NIGHT = frozenset(24 * day + hour for day in range(7) for hour in (22, 23, 0, 1, 2))
WEEKEND = frozenset(range(24 * 5, 24 * 7))


@pytest.mark.parametrize(
    ("when", "skipped", "expected"),
    [
        (at(0, 21, 59), NIGHT, at(0, 21, 59)),
        (at(0, 22, 0), NIGHT, at(1, 3)),
        (at(1, 2, 59), NIGHT, at(1, 3)),
        (at(1, 3, 0), NIGHT, at(1, 3)),
        (at(4, 23, 30), NIGHT | WEEKEND, at(7, 3)),
        (at(6, 23, 30), WEEKEND, at(7, 0)),
        (at(2, 12, 30), frozenset(), at(2, 12, 30)),
        (at(2, 12, 30), frozenset(range(168)), at(2, 12, 30)),
    ],
)
def test_skipped_hours_are_waited_for(when: datetime, skipped: frozenset[int], expected: datetime) -> None:
    assert after_skipped(when, skipped) == expected


def test_the_next_look_falls_into_no_skipped_hour_unless_entries_would_be_lost() -> None:
    evening = at(0, 21, 55)

    assert next_look(replace(BUSY, skip_hours=NIGHT), evening) == at(1, 3)
    assert next_look(replace(SMALL, skip_hours=NIGHT), evening) == at(1, 0, 55)
    assert next_look(replace(SMALL, skip_hours=NIGHT), evening, overran=True) < at(0, 22, 30)
