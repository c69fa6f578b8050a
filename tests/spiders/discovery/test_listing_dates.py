"""Dates of feeds and sitemaps."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model.article import Dated
from pipelines.metadata.dates import read_written_date
from pipelines.metadata.months import MONTHS, OF_LANGUAGE, month_of
from spiders.discovery.listing_dates import parse

TEN = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 2, tzinfo=UTC)


def read(text: str, language: str | None = None) -> tuple[datetime, str, bool]:
    dated = parse(text, language=language)
    assert dated is not None, text
    return dated.when, dated.precision, dated.zoned


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 11:00:00 +0100", "Mon, 02 Nov 2026 11:00:00 +01:00",
        "02 Nov 26 10:00:00 Z", "Mon,02 Nov 2026 10:00:00 GMT", "Lun, 02 Nov 2026 10:00:00 GMT",
        "Mon, 02 Nov 2026 05:00:00 EST", "Mon, 02 Nov 2026 11:00:00 CET", "Mon, 02 Nov 2026 12:00:00 CEST",
        "Mon, 02 Nov 2026 02:00:00 PST", "Mon, 02 Nov 2026 19:00:00 JST", "Mon, 02 Nov 2026 13:00:00 MSK",
        "Mon, 02 Nov 2026 11:00:00 BST", "Mon, 02 Nov 2026 15:45:00 NPT", "Mon, 02 Nov 2026 15:30:00 +530",
        "Mon,  02  Nov  2026\n10:00:00 GMT", "Mon, 02 Nov 2026 10:00:00 +0000 (GMT)", "02 Nov 2026 05:00:00 (EST)",
        "2026-11-02T10:00:00Z", "2026-11-02T10:00:00+00:00", "2026-11-02T15:30:00+05:30", "2026-11-02T05:00:00-0500",
        "2026-11-02T10:00:00.000000000Z", "20261102T100000Z", "2026-11-02 11:00:00 +0100", "2026-11-02t10:00:00z",
        "Mon Nov 2 05:00:00 EST 2026", "Mon Nov 02 11:00:00 +0100 2026", "Mon Nov 02 11:00:00 GMT+01:00 2026",
        "Mon, 2026/11/02 05:00:00 EST", "Mon, 02 Nov 2026 11:00:00 MET", "Mon, 02 Nov 2026 12:00:00 MEST",
        "Mon, 02 Nov 2026 05:00:00 ET", "Mon, 02 Nov 2026 02:00:00 PT",
        "Mon Nov 02 2026 11:00:00 GMT+0100 (Central European Standard Time)",
        "2026-11-02T12:00:00 Europe/Helsinki", "2026-11-02T11:00:00+01:00[Europe/Berlin]",
        "02/Nov/2026 15:30:00 +0530", "\u200fMon, 02 Nov 2026 10:00:00 GMT\u200e",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(text: str) -> None:
    assert read(text) == (TEN, "second", True)


@pytest.mark.parametrize(
    "text", ["2 Nov 2026 10:00 UT", "Mon, 02 Nov 2026 12:00 GMT+2", "Mon, 02 Nov 2026 12:00 UTC+02:00",
             "November 2, 2026 10:00 GMT", "2. November 2026 11:00 Uhr MEZ"]
)  # fmt: skip
def test_a_time_without_seconds_is_exact_to_the_minute(text: str) -> None:
    assert read(text) == (TEN, "minute", True)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("Monday, 02 November 2026 10:00:00", "second"), ("02-Nov-2026 10:00:00", "second"),
        ("2026-11-02 10:00:00", "second"), ("2026-11-02T10:00", "minute"), ("Nov 2, 2026 10:00:00", "second"),
        ("Mon Nov  2 10:00:00 2026", "second"), ("2026/11/02 10:00:00", "second"), ("2026.11.02 10:00", "minute"),
    ],
)  # fmt: skip
def test_where_no_zone_stands_the_time_is_utcs_and_says_so(text: str, precision: str) -> None:
    assert read(text) == (TEN, precision, False)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Nov 2026 10:00:00 XYZ", "Mon, 02 Nov 2026 10:00:00 IST", "Mon, 02 Nov 2026 23:30:00 AST",
        "2026-11-02 10:00:00 Somewhere", "2026-11-02T10:00:00 Middle/Earth", "02 Nov 2026 10:00 ../../etc/passwd",
        "Mon, 02 Nov 2026 10:00:00 Central European Time", "Mon, 02 Nov 2026 10:00:00 GMT Summer Time",
        "2 Nov 2026 10:00 - 12:00", "2 Nov 2026 at about 10:00", "2 Nov 2026 tarde 10:00", "2 Nov 2026 15:00 AM",
        "2 Nov 2026 00:30 PM", "2 Nov 2026 sometime",
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_told_for_certain_is_not_claimed(text: str) -> None:
    assert read(text) == (DAY, "day", False)


@pytest.mark.parametrize(
    "text", ["2026-11-02", "20261102", "2026-11-2", "02 Nov 2026", "Mon, 2 November 2026", "November 2, 2026",
             "2026-11-02+01:00", "2026-11-02Z", "2026-11-02 -05:00"]
)  # fmt: skip
def test_a_day_is_its_beginning(text: str) -> None:
    assert read(text) == (DAY, "day", False)


def test_a_month_is_its_first_day() -> None:
    assert read("2026-11") == (datetime(2026, 11, 1, tzinfo=UTC), "day", False)


@pytest.mark.parametrize(
    ("clock", "hour", "minute"),
    [
        ("12:05 AM", 0, 5), ("1:05 am", 1, 5), ("11:59 a.m.", 11, 59), ("12:05 PM", 12, 5), ("1:05 pm", 13, 5),
        ("11:59 p.m.", 23, 59), ("3:05 p. m.", 15, 5), ("3:05PM", 15, 5), ("3pm", 15, 0), ("14:05 PM", 14, 5),
        ("上午9:05", 9, 5), ("下午 3:05", 15, 5), ("오후 3:05", 15, 5), ("3:05 μ.μ.", 15, 5), ("3:05 م", 15, 5),
        ("klo 15.05", 15, 5), ("kl. 15.05", 15, 5), ("à 15h05", 15, 5), ("at 15:05", 15, 5), ("| 15:05", 15, 5),
        ("15:05 Uhr", 15, 5), ("15:05 hs.", 15, 5), ("(月) 15時05分", 15, 5),
    ],
)  # fmt: skip
def test_the_half_of_the_day_and_words_about_the_clock(clock: str, hour: int, minute: int) -> None:
    assert read(f"2 Nov 2026 {clock}") == (DAY.replace(hour=hour, minute=minute), "minute", False)


def test_the_half_of_the_day_goes_with_a_zone() -> None:
    assert read("Nov 2, 2026 10:00:00 PM EST") == (datetime(2026, 11, 3, 3, 0, tzinfo=UTC), "second", True)
    assert read("Mon Nov 2 10:00:00 PM EST 2026") == (datetime(2026, 11, 3, 3, 0, tzinfo=UTC), "second", True)
    assert read("2 de noviembre de 2026 10:30 p. m. GMT-5")[0] == datetime(2026, 11, 3, 3, 30, tzinfo=UTC)


# ---- Months ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("ar", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        ("bg", "януари февруари март април май юни юли август септември октомври ноември декември"),
        ("cs", "ledna února března dubna května června července srpna září října listopadu prosince"),
        ("da", "jan feb marts april maj juni juli aug. sept. okt. nov. dec."),
        ("de", "Januar Feb. März April Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
        ("de", "Jänner Feber Maerz Apr Mai Jun Jul August Sep Okt Nov Dezember"),
        ("el", "Ιανουαρίου Φεβρουαρίου ΜΑΡΤΙΟΥ Απρ Μαΐου ΙΟΥΝΙΟΥ Ιουλ Αυγούστου ΣΕΠ Οκτωβρίου Νοε Δεκεμβρίου"),
        ("es", "ene feb. marzo abr mayo jun julio ago septiembre oct noviembre dic"),
        ("et", "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember"),
        ("fi", "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"),
        ("fi", "TAMMIKUUTA helmikuu Maalis. huhtikuu touko KESAKUUTA heinakuu elokuu syys lokakuu marraskuu joulukuu"),
        ("fr", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
        ("fr", "Janvier FEVRIER mars avril Mai juin juillet AOUT septembre octobre novembre DÉCEMBRE"),
        ("he", "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר"),
        ("hi", "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"),
        ("hr", "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"),
        ("hu", "január febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec."),
        ("it", "gen feb marzo aprile mag giugno lug ago sett ottobre nov dic"),
        ("ko", "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월"),
        ("nb", "januar februar mars april mai juni juli august september oktober november desember"),
        ("nl", "jan. feb. mrt. apr. mei juni juli augustus sept. okt. nov. dec."),
        ("pl", "stycznia lutego marca kwietnia maja czerwca lip sierpnia wrz października listopada gru"),
        ("pt", "jan fev março abr maio junho jul agosto set out novembro dez"),
        ("ro", "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noi decembrie"),
        ("ru", "января фев марта апреля мая ИЮНЯ июля авг сент. октября ноя декабря"),
        ("sv", "januari februari mars april maj juni juli augusti september oktober november december"),
        ("th", "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."),
        ("tr", "Ocak Şubat Mart Nisan Mayıs HAZİRAN Temmuz Agustos Eylül Ekim KASIM Aralık"),
        ("uk", "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"),
        ("zh", "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 12月"),
    ],
)  # fmt: skip
def test_a_month_is_known_by_its_name_in_each_language(language: str, names: str) -> None:
    for number, name in enumerate(names.split(), 1):
        when = datetime(2026, number, 14, 8, 0, tzinfo=UTC)
        assert read(f"To, 14 {name} 2026 10:00:00 +0200", language) == (when, "second", True), name


@pytest.mark.parametrize("language", sorted(MONTHS))
def test_pages_and_feeds_know_the_same_months(language: str) -> None:
    for number, forms in enumerate(MONTHS[language].split(), 1):
        for form in forms.split("/"):
            if form == "-":
                continue
            when = datetime(2026, number, 14, tzinfo=UTC)
            assert read(f"14 {form} 2026", language) == (when, "day", False), form
            page = read_written_date(f"14 {form} 2026", "html")
            assert page is None or page.when == when, form


@pytest.mark.parametrize(
    "name", ["Marr", "Marrask", "Novem", "Juniper", "Maya", "Augen", "Decimal", "Janus", "Octopus", "-"]
)
def test_no_month_is_known_by_its_beginning(name: str) -> None:
    assert month_of(name) == 0
    assert parse(f"To, 14 {name} 2026 10:00:00 +0200") is None


@pytest.mark.parametrize(
    ("name", "language", "month"),
    [("listopad", "hr", 10), ("lis", "hr-HR", 10), ("listopada", "pl", 11), ("lis", None, 0), ("listopada", None, 0),
     ("lis", "en", 0), ("lip", "hr", 6),
     ("lip", "pl-PL", 7), ("lip", None, 0), ("lip", "en", 0), ("srp", "hr", 7), ("srp", "cs", 8)],
)  # fmt: skip
def test_the_language_of_a_feed_tells_two_months_with_one_name_apart(
    name: str, language: str | None, month: int
) -> None:
    dated = parse(f"14 {name} 2026", language=language)
    assert (dated.when.month if dated else 0) == month


def test_what_stands_in_the_table_of_a_language_means_something_else_in_the_rest() -> None:
    for table in OF_LANGUAGE.values():
        assert all(month_of(name) != number for name, number in table.items())


@pytest.mark.parametrize(
    "text",
    [
        "lundi 2 novembre 2026", "segunda-feira, 2 de novembro de 2026", "пн, 2 ноя 2026",
        "الاثنين، 2 نوفمبر 2026", "星期一, 02 十一月 2026", "월, 02 11월 2026", "יום ב׳, 2 בנובמבר 2026",
        "Pazartesi, 2 Kasım 2026",
        "วันจันทร์ที่ 2 พฤศจิกายน 2569", "Thứ hai, 2 tháng 11, 2026", "maanantai 2. marraskuuta 2026",
        "2 de noviembre del 2026", "noviembre 2 de 2026", "2 d’novembre 2026", "2nd November 2026",
        "2026. november 2.", "2026 m. lapkričio 2 d.", "2026. gada 2. novembris", "2026年11月2日", "2026년 11월 2일",
        "2026-Nov-02",
    ],
)  # fmt: skip
def test_a_day_is_read_as_languages_write_it_behind_any_day_of_the_week(text: str) -> None:
    assert read(text) == (DAY, "day", False)


# ---- What is no date -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        None, "", "yesterday", "2 hours ago", "1730541600", "2026", "32 Nov 2026", "31 Feb 2026",
        "02 Foo 2026 10:00:00", "2 Nov 10:00", "2 Nov 2026 0800", "1 Nov - 2 Nov 2026", "2 Nov 2026 - 4 Nov 2026",
        "2026-13-01", "2026-11-02T25:00:00Z", "2026-11-02T10:61:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT", "-0001-11-30T00:00:00+00:00", "0000-00-00 00:00:00", "11/02/2026", "2.11.2026",
        "Mon, 02 Nov 2026 10:00:00 +9999", "9999-12-31T23:59:59-14:00", "9" * 500,
        "2026/11-02", "2026/11/021", "02/11/2026", "2026.11", "Mon Nov 2 10:00:00 26",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse(text) is None


def test_a_leap_second_counts_as_the_one_before() -> None:
    assert read("Sat, 31 Dec 2016 23:59:60 GMT")[0] == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_date_names_the_kind_of_listing_that_claims_it() -> None:
    assert parse("2026-11-02", "sitemap") == Dated(when=DAY, source="sitemap", precision="day", zoned=False)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    dated = parse(text)
    assert dated is None or dated.when.utcoffset() == timedelta(0)


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - zones are drawn beside
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
@settings(deadline=None)
def test_both_standards_are_read_back_as_they_were_written(when: datetime, zone: timezone) -> None:
    moment = when.replace(microsecond=0, tzinfo=zone)
    for text in (moment.isoformat(), moment.strftime("%a, %d %b %Y %H:%M:%S %z")):
        assert read(text) == (moment, "second", True)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Sun, 01 Nov 2026 24:00:00 GMT", DAY),
        ("2026-11-01T24:00:00Z", DAY),
        ("2026-11-01 24:00", DAY),
        ("Sun, 01 Nov 2026 24:00:00 +0200", DAY - timedelta(hours=2)),
    ],
)
def test_the_hour_24_is_the_end_of_its_day(text: str, when: datetime) -> None:
    assert read(text)[0] == when


def test_nothing_is_read_past_the_end_of_a_day() -> None:
    assert parse("Sun, 01 Nov 2026 24:01:00 GMT") is None
    assert parse("Sun, 01 Nov 2026 25:00:00 GMT") is None


def test_one_letter_behind_a_clock_is_a_zone_and_before_it_a_word() -> None:
    assert read("Mon, 02 Nov 2026 10:00:00 A") == (DAY, "day", False)
    assert read("2 novembre 2026 a 10:00 GMT") == (TEN, "minute", True)
