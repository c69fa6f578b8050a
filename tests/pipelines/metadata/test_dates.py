"""Dates as pages write them. A date is read or it is not: nothing is guessed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.article import Dated
from pipelines.metadata.dates import (
    before_date,
    decide,
    is_credible,
    read_date,
    read_stamp,
    read_url_date,
    read_written_date,
    without_dates,
)
from pipelines.metadata.months import MONTHS

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


# Days as people write them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "19 May 2026", "May 19, 2026", "Tuesday, May 19th, 2026", "19th of May 2026", "19. Mai 2026", "19 mai 2026",
        "19 de mayo de 2026", "19 de maio de 2026", "19 de maig del 2026", "19 maggio 2026", "19 mei 2026",
        "19 maj 2026",
        "19 maja 2026", "19. května 2026", "19. mája 2026", "19. maja 2026", "19. svibnja 2026.",
        "19. toukokuuta 2026", "19. mai 2026", "2026. május 19.", "2026 m. gegužės 19 d.", "2026. gada 19. maijs",
        "19 Mayıs 2026", "19 мая 2026 г.", "19 травня 2026", "19 май 2026", "19 мај 2026", "19 Μαΐου 2026",
        "19 במאי 2026", "19 مايو 2026", "١٩ مايو ٢٠٢٦", "19 أيار 2026", "19 मई 2026", "19 মে ২০২৬", "19 พฤษภาคม 2569",
        "19 พ.ค. 2569", "19 tháng 5, 2026", "19 Mei 2026", "2026年5月19日", "2026년 5월 19일", "2026. 5. 19.",
        "19.5.2026", "19. 05. 2026", "19/05/2026", "05/19/2026", "19-05-2026", "2026/05/19",
        "Published 19 May 2026 at 10",
        "Tue May 19 2026 10:30:00 GMT+0200 (CEST)",
    ],
)  # fmt: skip
def test_a_written_day_is_read_in_many_languages(text: str) -> None:
    assert read_written_date(text, "html") == Dated(
        when=datetime(2026, 5, 19, tzinfo=UTC), source="html", precision="day", zoned=False
    )
    assert read_date(text, "meta") is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "05/04/2026", "5-4-2026", "May 2026", "19 May", "31 February 2026", "19 Mill 2026", "Chapter 5 of 2026",
        "19.13.2026", "3 hours ago", "since 1995", "19 May 1026", "item 19052026",
    ],
)  # fmt: skip
def test_what_could_be_two_days_or_none_is_none(text: str) -> None:
    assert read_written_date(text, "html") is None


def test_what_stands_around_a_written_day_is_told() -> None:
    assert without_dates("Port Almond, 19 May 2026 | Ilse Brandt") == "Port Almond,  | Ilse Brandt"
    assert without_dates("no day in it") == "no day in it"
    assert before_date("Updated on 19 May 2026, first 1 May 2026") == "Updated on "
    assert before_date("no day in it") == "no day in it"


def test_every_language_has_twelve_months_and_no_form_means_two() -> None:
    numbers: dict[str, int] = {}
    for language, table in MONTHS.items():
        months = table.split()
        assert len(months) == 12, language
        for number, forms in enumerate(months, 1):
            for form in forms.split("/"):
                assert form == "-" or numbers.setdefault(form, number) == number, (language, form)


# Deciding -----------------------------------------------------------------------------------------------------------


def decided(*said: tuple[str, str]) -> tuple[str, str] | None:
    dated, _ = decide((read_stamp(text, source) for text, source in said), NOW)
    return (dated.when.isoformat(), dated.source) if dated else None


def test_the_first_date_that_can_be_true_is_taken() -> None:
    assert decided(("soon", "jsonld"), ("1970-01-01T00:00:00Z", "og"), ("2026-05-19T10:00:00Z", "meta")) == (
        "2026-05-19T10:00:00+00:00",
        "meta",
    )


def test_a_day_is_completed_by_a_later_statement_of_its_time() -> None:
    assert decided(("2026-05-19", "jsonld"), ("2026-05-19T23:30:00-05:00", "og")) == ("2026-05-20T04:30:00+00:00", "og")
    assert decided(("2026-05-19", "jsonld"), ("2026-05-21T10:00:00Z", "og")) == ("2026-05-19T00:00:00+00:00", "jsonld")


def test_a_time_without_a_zone_is_completed_by_the_same_time_with_one() -> None:
    assert decided(("2026-05-19T10:00:07", "jsonld"), ("2026-05-19T10:00:07+05:30", "og")) == (
        "2026-05-19T04:30:07+00:00",
        "og",
    )
    assert decided(("2026-05-19T10:00:07", "jsonld"), ("2026-05-19T08:00:07Z", "meta")) == (
        "2026-05-19T08:00:07+00:00",
        "meta",
    )
    assert decided(("2026-05-19T10:00:07", "jsonld"), ("2026-05-19T10:04:11Z", "og")) == (
        "2026-05-19T10:00:07+00:00",
        "jsonld",
    )


def test_an_address_is_a_guess_that_overrides_and_completes_nothing() -> None:
    url = "https://gazette.test/2026/05/19/ferry"
    assert decided((url, "url"), ("2026-05-19T10:00:00Z", "html")) == ("2026-05-19T00:00:00+00:00", "url")
    assert decided(("2026-05-20T10:00", "html"), (url, "url")) == ("2026-05-20T10:00:00+00:00", "html")


def test_dates_in_the_future_are_handed_back_as_they_were() -> None:
    dated, future = decide([read_stamp("2031-01-01", "jsonld"), read_stamp("2026-05-19", "og")], NOW)
    assert (dated and dated.source, future) == ("og", ("2031-01-01",))
