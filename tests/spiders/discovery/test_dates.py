"""Dates of feeds and sitemaps."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.discovery.dates import parse


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 11:00:00 +0100", "Mon, 02 Nov 2026 11:00:00 +01:00",
        "2 Nov 2026 10:00 UT", "02 Nov 26 10:00:00 Z", "Mon,02 Nov 2026 10:00:00 GMT",
        "Monday, 02 November 2026 10:00:00",
        "Mon, 02 Nov 2026 05:00:00 EST", "Mon, 02 Nov 2026 11:00:00 CET", "Mon, 02 Nov 2026 12:00:00 CEST",
        "Mon, 02 Nov 2026 02:00:00 PST", "Mon, 02 Nov 2026 19:00:00 JST", "Mon, 02 Nov 2026 12:00 GMT+2",
        "Mon, 02 Nov 2026 12:00 UTC+02:00", "Lun, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 10:00:00 XYZ",
        "Mon,  02  Nov  2026\n10:00:00 GMT", "02-Nov-2026 10:00:00", "Mon, 02 Nov 2026 10:00:00 +0000 (GMT)",
        "2026-11-02T10:00:00Z", "2026-11-02T10:00:00+00:00", "2026-11-02T15:30:00+05:30", "2026-11-02T05:00:00-0500",
        "2026-11-02 10:00:00", "2026-11-02T10:00", "2026-11-02T10:00:00.000000000Z", "20261102T100000Z",
        "2026-11-02 11:00:00 +0100", "2026-11-02t10:00:00z", "Nov 2, 2026 10:00:00", "November 2, 2026 10:00 GMT",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(text: str) -> None:
    assert parse(text) == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-11-02", "20261102", "2026-11-2", "02 Nov 2026", "Mon, 2 November 2026", "November 2, 2026"]
)
def test_a_day_is_its_beginning(text: str) -> None:
    assert parse(text) == datetime(2026, 11, 2, tzinfo=UTC)


def test_a_month_is_its_first_day() -> None:
    assert parse("2026-11") == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None, "", "yesterday", "2 hours ago", "1730541600", "2026", "32 Nov 2026", "31 Feb 2026",
        "02 Foo 2026 10:00:00",
        "2026-13-01", "2026-11-02T25:00:00Z", "2026-11-02T10:61:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT", "-0001-11-30T00:00:00+00:00", "0000-00-00 00:00:00", "11/02/2026", "2.11.2026",
        "Mon, 02 Nov 2026 10:00:00 +9999", "9999-12-31T23:59:59-14:00", "9" * 500,
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse(text) is None


def test_a_leap_second_counts_as_the_one_before() -> None:
    assert parse("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    when = parse(text)
    assert when is None or when.utcoffset() == timedelta(0)


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - zones are drawn beside
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
@settings(deadline=None)
def test_both_standards_are_read_back_as_they_were_written(when: datetime, zone: timezone) -> None:
    moment = when.replace(microsecond=0, tzinfo=zone)
    assert parse(moment.isoformat()) == moment
    assert parse(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == moment


@pytest.mark.parametrize(
    "text",
    [
        "Mon Nov  2 10:00:00 2026", "Mon Nov 2 05:00:00 EST 2026", "Mon Nov 02 11:00:00 +0100 2026",
        "2026/11/02 10:00:00", "2026.11.02 10:00", "Mon, 2026/11/02 05:00:00 EST",
        "Mon, 02 Nov 2026 11:00:00 MET", "Mon, 02 Nov 2026 12:00:00 MEST", "Mon, 02 Nov 2026 05:00:00 ET",
        "Mon, 02 Nov 2026 02:00:00 PT",
    ],
)  # fmt: skip
def test_what_programs_and_desks_write_besides(text: str) -> None:
    assert parse(text) == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026/11-02", "2026/11/021", "02/11/2026", "2026.11", "Mon Nov 2 10:00:00 26"])
def test_a_day_that_can_be_read_in_two_ways_is_none(text: str) -> None:
    assert parse(text) is None
