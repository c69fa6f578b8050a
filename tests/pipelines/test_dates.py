"""Dates as pages write them. A date is read or it is not: nothing is guessed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models import Dated
from pipelines.dates import is_credible, read_date, read_url_date

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc", "precision", "zoned"),
    [
        ("2026-02-04T07:45:10+01:00", "2026-02-04T06:45:10", "second", True),
        ("2026-02-04T07:45:10.123Z", "2026-02-04T07:45:10", "second", True),
        ("2026-02-04T07:45:10.123456789+0530", "2026-02-04T02:15:10", "second", True),
        ("2026-02-04T23:30-08:00", "2026-02-05T07:30:00", "minute", True),
        ("2026-02-04T07:45:10 +02", "2026-02-04T05:45:10", "second", True),
        ("2026-02-04 07:45", "2026-02-04T07:45:00", "minute", False),
        ("2026-02-04 07:45:10 UTC", "2026-02-04T07:45:10", "second", True),
        ("2026-02-04T07:45", "2026-02-04T07:45:00", "minute", False),
        ("2026-02-04", "2026-02-04T00:00:00", "day", False),
        ("20260204", "2026-02-04T00:00:00", "day", False),
        ("2026/02/04", "2026-02-04T00:00:00", "day", False),
        ("Wed, 04 Feb 2026 07:45:10 +0100", "2026-02-04T06:45:10", "second", True),
        ("Wed, 04 Feb 2026 07:45:10 GMT", "2026-02-04T07:45:10", "second", True),
        ("Wed, 04 Feb 2026 07:45:10 -0000", "2026-02-04T07:45:10", "second", False),
        ("1770187510", "2026-02-04T06:45:10", "second", True),
        ("1770187510123", "2026-02-04T06:45:10", "second", True),
    ],
)
def test_a_date_is_read_with_its_zone_and_precision(text: str, utc: str, precision: str, zoned: bool) -> None:  # noqa: FBT001
    assert read_date(text, "jsonld") == Dated(
        when=datetime.fromisoformat(utc).replace(tzinfo=UTC), source="jsonld", precision=precision, zoned=zoned
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2 hours ago", "2026", "2026-02", "2026-13-04", "2026-02-30", "2026-00-00", "0000-00-00",
        "04/02/2026", "12345", "99999999999999999999", "\u0661\u0662", "Updated 5 min ago", "null",
        "2026-02-04T25:00:00Z", "2026-02-04T07:45:10+99:00",
    ],
)  # fmt: skip
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert read_date(text, "meta") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://gazette.test/2026/02/04/ferry", "2026-02-04"),
        ("https://gazette.test/2026/2/4/ferry", "2026-02-04"),
        ("https://gazette.test/news/2026-02-04-ferry.html", "2026-02-04"),
        ("https://gazette.test/20260204/ferry", "2026-02-04"),
        ("https://gazette.test/2026/feb/04/ferry", "2026-02-04"),
        ("https://gazette.test/2026/02/04/ferry-2026-02-04", "2026-02-04"),
        ("https://gazette.test/2026/02/ferry", None),
        ("https://gazette.test/2026/02/30/ferry", None),
        ("https://gazette.test/2026/02/04/since-2019-05-01", None),
        ("https://gazette.test/?day=2026-02-04", None),
        ("https://gazette.test/product-120260204999", None),
        ("https://gazette.test/", None),
    ],
)
def test_a_url_dates_a_page_by_one_whole_day_or_not_at_all(url: str, day: str | None) -> None:
    dated = read_url_date(url)
    assert (dated.when.date().isoformat() if dated else None) == day
    assert dated is None or (dated.source, dated.precision, dated.zoned) == ("url", "day", False)


@pytest.mark.parametrize(
    ("when", "credible"),
    [
        (NOW, True),
        (NOW + timedelta(hours=14), True),  # the line of date, and a clock that is wrong
        (NOW + timedelta(days=2), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(1995, 6, 1, tzinfo=UTC), True),
    ],
)
def test_a_date_from_the_future_or_before_the_web_is_not_believed(when: datetime, credible: bool) -> None:  # noqa: FBT001
    assert is_credible(Dated(when=when, source="meta"), NOW) is credible


@given(st.text(max_size=40) | st.from_regex(r"\d{1,6}[-/.]\d{1,3}[-/.]\d{1,3}.{0,20}") | st.integers().map(str))
def test_any_text_is_a_date_or_none(text: str) -> None:
    dated = read_date(text, "meta")
    assert dated is None or dated.when.utcoffset() == timedelta(0)
