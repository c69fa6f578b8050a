"""How often a listing is looked at follows what its looks have brought."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.pace import LONGEST, LONGEST_OF_DEAD, SHORTEST, Pace, interval, next_look, share_of

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
