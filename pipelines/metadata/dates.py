"""Dates as pages write them -> `Dated`, with precision and whether a zone was given. Guesses nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from archive.model.article import Dated
from pipelines.metadata.months import month_of

_FIRST_YEAR: Final = (
    1990  # older dates on a web page are template errors (1970-01-01, 0001-01-01) far more often than not
)
_AHEAD: Final = timedelta(hours=26)  # a page may be ahead of our clock by its time zone and a wrong clock, not by more

_ISO: Final = re.compile(
    r"\s*(?P<y>\d{4})[-/.]?(?P<m>\d\d)[-/.]?(?P<d>\d\d)"
    r"(?:(?:\s*T\s*|\s+|\s*,\s*|\s+at\s+)(?P<H>\d{1,2}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,:]\d+)?)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\s?\d\d:?(?:\d\d)?)?)?",
    re.IGNORECASE,
)
_EPOCH: Final = re.compile(r"\s*(1[0-9]{9})(?:\.\d+|\d{3})?\s*")
_URL_DAY: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[/\-_.]?(0[1-9]|1[0-2])[/\-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_SPLIT_DAY: Final = re.compile(r"/((?:19|20)\d\d)/(\d{1,2}|[a-z]{3})/(\d{1,2})(?=/|$)", re.IGNORECASE)
_RFC_5322: Final = re.compile(r"\s*[A-Z][a-z]{2}, +\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d")
_A_DATE: Final = 60  # characters; a longer text is a story
_YEAR_MONTHS: Final = 12
_BUDDHIST: Final = 2400
_BUDDHIST_AHEAD: Final = 543
_HAS_YEAR: Final = re.compile(r"\d{4}")
_DIGITS: Final = re.compile(r"[^\D0-9]")
_YEAR: Final = r"(?:19|20|25)\d\d"
_MONTH: Final = r"(?:[ก-๎]{1,3}\.[ก-๎]|[^\s\d.,/|:()-]{2,14})"  # Thai abbreviations have a dot inside
_WRITTEN: Final = re.compile(
    rf"(?<!\d)(?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th|º|er|η|,)?\s*(?:(?:de|of|d['’]|ng|di|z)\s*)?(?P<m1>{_MONTH})\.?,?"
    rf"(?:\s+del?|\s+año|\s+พ\.ศ\.)?\s*(?P<y1>{_YEAR})(?!\d)"
    rf"|(?<!\w)(?P<m2>{_MONTH})\.?\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>{_YEAR})(?!\d)"
    rf"|(?<!\d)(?P<d3>\d{{1,2}})\.\s?(?P<m3>\d{{1,2}})\.\s?(?P<y3>{_YEAR})(?!\d)"
    rf"|(?<!\d)(?P<y4>{_YEAR})\s?[年년]\s?(?P<m4>\d{{1,2}})\s?[月월]\s?(?P<d4>\d{{1,2}})\s?[日일]"
    rf"|(?<!\d)(?P<y5>{_YEAR})(?:\s?[./-]\s?)(?P<m5>\d{{1,2}})(?:\s?[./-]\s?)(?P<d5>\d{{1,2}})(?!\d)"
    rf"|(?<!\d)(?P<y9>{_YEAR})\. gada\s+(?P<d9>\d{{1,2}})\.\s+(?P<m9>{_MONTH})"
    rf"|(?<!\d)(?P<y6>{_YEAR})(?:\.| m\.)\s+(?P<m6>{_MONTH})\s+(?P<d6>\d{{1,2}})(?!\d)"
    rf"|(?<!\d)(?P<d7>\d{{1,2}})\s+(?:tháng|thg)\s+(?P<m7>\d{{1,2}}),?\s+(?:năm\s+)?(?P<y7>{_YEAR})(?!\d)"
    rf"|(?<!\d)(?P<d8>\d{{1,2}})(?P<s8>[/-])(?P<m8>\d{{1,2}})[/-](?P<y8>{_YEAR})(?!\d)",
    re.IGNORECASE,
)
_DAY: Final = len("2024-05-19")
_WIDEST_ZONE: Final = timedelta(hours=14)
_QUARTER: Final = timedelta(minutes=15)


def read_date(text: str, source: str) -> Dated | None:
    """Parse a date as machines write it: ISO 8601 and its relatives, RFC 5322, seconds since 1970, or a written day."""
    if match := _EPOCH.fullmatch(text):  # before ISO 8601: its first eight digits could be a day
        return Dated(when=datetime.fromtimestamp(int(match[1]), UTC), source=source)
    if match := _ISO.match(text):
        return _from_iso(match, source)
    if not _RFC_5322.match(text):
        return read_written_date(text, source) if len(text) <= _A_DATE else None
    try:
        when = parsedate_to_datetime(text.strip())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return _dated(when, source, "second", zoned=when.tzinfo is not None)


def read_url_date(url: str) -> Dated | None:
    """Return the day in a URL's path, if there is exactly one and it is a whole date."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    days = {(int(y), _month(m), int(d)) for y, m, d in _URL_SPLIT_DAY.findall(path)}
    days |= {(int(y), int(m), int(d)) for y, m, d in _URL_DAY.findall(path)}
    if len(days) != 1:
        return None
    try:
        return Dated(when=datetime(*days.pop(), tzinfo=UTC), source="url", precision="day", zoned=False)
    except ValueError:
        return None


def read_written_date(text: str, source: str) -> Dated | None:
    """Read the first day in a text as people write it: "19 de mayo de 2024", "May 19, 2024", "2024年5月19日".

    Days with slashes or dashes count where one number can be no month: whether 5/4 is in April or in May depends on the
    country. Thai years are Buddhist ones.
    """
    found = _first_written(text)
    return Dated(when=found[1], source=source, precision="day", zoned=False) if found else None


def before_date(text: str) -> str:
    """Return the text before the first day written in it ("Updated on "); the whole text if there is none."""
    found = _first_written(text)
    return text[: found[0]] if found else text


def _first_written(text: str) -> tuple[int, datetime] | None:
    if not _HAS_YEAR.search(text):  # a hundredth of the time, and most lines have none
        return None
    days = ((match.start(), _day_of(match)) for match in _WRITTEN.finditer(_western(text)))
    return next(((at, day) for at, day in days if day), None)


def without_dates(text: str) -> str:
    """Return the text without the days written in it."""
    if not _HAS_YEAR.search(text):
        return text
    western = _western(text)
    kept, at = [], 0
    for match in _WRITTEN.finditer(western):
        if _day_of(match):
            kept.append(text[at : match.start()])
            at = match.end()
    return "".join((*kept, text[at:]))


def _day_of(match: re.Match[str]) -> datetime | None:
    part = {name[0]: value for name, value in match.groupdict().items() if value}
    year, month, day = int(part["y"]), _month(part["m"]), int(part["d"])
    if "s" in part:  # 19/5/2024 or 5/19/2024
        if (month > _YEAR_MONTHS) == (day > _YEAR_MONTHS) and month != day:
            return None
        day, month = max(day, month), min(day, month)
    if year > _BUDDHIST:
        year -= _BUDDHIST_AHEAD
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _western(text: str) -> str:
    """Return the text with Western digits, of the same length: most scripts have digits of their own."""
    return text if text.isascii() else _DIGITS.sub(lambda match: str(int(match[0])), text)


def _month(text: str) -> int:
    """Return the number of a month, 0 if it is none."""
    return int(text) if text.isdecimal() else month_of(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A date as a page states it: its text, its source, and what it was read as."""

    text: str
    source: str
    dated: Dated | None


def read_stamp(text: str, source: str) -> Stamp:
    """Read a statement; with the source `url` the text is a URL."""
    return Stamp(text=text, source=source, dated=read_url_date(text) if source == "url" else read_date(text, source))


def decide(stamps: Iterable[Stamp], fetched_at: datetime) -> tuple[Dated | None, tuple[str, ...]]:
    """Return the first date that can be true, and the texts of those before it that lie in the future.

    If it has no time or no zone, a later statement of the same moment that has one completes it. A date in
    a URL is a guess: it counts if nothing else is said, and completes nothing.
    """
    future: list[str] = []
    stamps = iter(stamps)
    for stamp in stamps:
        if stamp.dated and is_credible(stamp.dated, fetched_at):
            return _completed(stamp, stamps), tuple(future)
        if stamp.dated and stamp.dated.when > fetched_at and stamp.source != "url":
            future.append(stamp.text)
    return None, tuple(future)


def _completed(stamp: Stamp, others: Iterable[Stamp]) -> Dated | None:
    first = stamp.dated
    if first is None or stamp.source == "url" or (first.zoned and first.precision != "day"):
        return first
    return next((other.dated for other in others if other.source != "url" and _completes(stamp, other)), first)


def _completes(stamp: Stamp, other: Stamp) -> bool:
    """Tell whether it is the same local day with a time, or the same time in another zone: quarter hours apart."""
    one, two = stamp.dated, other.dated
    if one is None or two is None or two.precision == "day":
        return False
    if one.precision == "day":
        day = read_written_date(stamp.text[:_DAY], "")
        return day is not None and day == read_written_date(other.text[:_DAY], "")
    apart = abs(two.when - one.when)
    return two.zoned and apart <= _WIDEST_ZONE and apart % _QUARTER == timedelta(0)


def is_credible(dated: Dated, fetched_at: datetime) -> bool:
    """Tell whether a date can be true: not from before the web's news, nor from the future."""
    return dated.when.year >= _FIRST_YEAR and dated.when <= fetched_at + _AHEAD


def _from_iso(match: re.Match[str], source: str) -> Dated | None:
    part = match.groupdict()
    precision = "second" if part["S"] else "minute" if part["H"] else "day"
    try:
        when = datetime(
            int(part["y"]),
            int(part["m"]),
            int(part["d"]),
            int(part["H"] or 0),
            int(part["M"] or 0),
            int(part["S"] or 0),
            tzinfo=_zone(part["zone"]) or UTC,
        )
    except ValueError:
        return None
    return _dated(when, source, precision, zoned=part["zone"] is not None)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = re.sub(r"\D", "", text)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _dated(when: datetime, source: str, precision: str, *, zoned: bool) -> Dated | None:
    try:
        utc = when.astimezone(UTC) if zoned else when.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    return Dated(when=utc.replace(microsecond=0), source=source, precision=precision, zoned=zoned)
