"""When a source is looked at, as a person writes it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.schedule import AUTO, Cron, Interval, Schedule, following, parse

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("auto", AUTO),
        (" AUTO ", AUTO),
        ("15m", Interval(900.0)),
        ("1h", Interval(3_600.0)),
        ("daily 06:00", Cron("0 6 * * *")),
        ("daily at 6:05", Cron("5 6 * * *")),
        ("daily", Cron("0 6 * * *")),
        ("hourly", Cron("0 * * * *")),
        ("@weekly", Cron("0 6 * * 1")),
        ("*/5 6-22 * * mon-fri", Cron("*/5 6-22 * * mon-fri")),
    ],
)
def test_what_a_person_writes_is_understood(text: str, meant: Schedule) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text", ["", "never", "30s", "daily 25:00", "daily 06:61", "* * * *", "0 0 31 2 *", "61 * * * *", "15"]
)
def test_what_names_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|names) |^$"):
        parse(text)


@given(text=st.text(max_size=30))
def test_whatever_is_written_is_a_schedule_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse(text), Schedule)


def test_an_interval_counts_from_the_last_look() -> None:
    last = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

    assert following(Interval(900.0), last, UTC_ZONE) == last + timedelta(minutes=15)


def test_cron_means_local_time_and_summer_time_does_not_shift_it() -> None:
    six = Cron("0 6 * * *")

    winter = following(six, datetime(2026, 1, 10, 12, 0, tzinfo=UTC), BERLIN)
    summer = following(six, datetime(2026, 7, 10, 12, 0, tzinfo=UTC), BERLIN)

    assert (winter.astimezone(UTC).hour, summer.astimezone(UTC).hour) == (5, 4)


def test_an_hour_that_summer_time_skips_is_looked_at_all_the_same() -> None:
    # On 29 March 2026 there is no 02:30 in Berlin.
    found = following(Cron("30 2 * * *"), datetime(2026, 3, 28, 12, 0, tzinfo=UTC), BERLIN)

    assert found.astimezone(BERLIN).date().isoformat() == "2026-03-29"
