"""Retry-After in every form that a server writes it in, and in those that it should not."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.http.retry_after import LONGEST, UNSAID, retry_at

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", SECOND),
        ("00060", timedelta(minutes=1)),
        ("86400", LONGEST),
        ("86401", LONGEST),
        ("999999999", LONGEST),
        ("9" * 5_000, LONGEST),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        ((NOW + timedelta(hours=2)).astimezone(timezone(timedelta(hours=9))).strftime("%a, %d %b %Y %H:%M:%S +0900"),
         timedelta(hours=2)),
        ("Tuesday, 24-Nov-26 10:00:00 GMT", timedelta(hours=2)),  # RFC 850, obsolete and to be read
        (format_datetime(NOW - timedelta(hours=2), usegmt=True), SECOND),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        (None, UNSAID),
        ("", UNSAID),
        ("-1", UNSAID),
        ("+60", UNSAID),
        ("1.5", UNSAID),
        ("1e3", UNSAID),
        ("٣٦٠٠", UNSAID),
        ("²", UNSAID),
        ("soon", UNSAID),
        ("Fri, 99 Foo 2026 25:61:61 GMT", UNSAID),
    ],
)  # fmt: skip
def test_a_host_is_left_alone_for_as_long_as_it_says_and_no_longer_than_a_day(
    value: str | None, wait: timedelta
) -> None:
    assert retry_at(value, NOW) - NOW == wait


@given(st.one_of(st.none(), st.text(), st.integers().map(str), st.datetimes().map(format_datetime)))
def test_whatever_is_said_a_pause_is_a_second_at_least_and_a_day_at_most(value: str | None) -> None:
    assert SECOND <= retry_at(value, NOW) - NOW <= LONGEST
