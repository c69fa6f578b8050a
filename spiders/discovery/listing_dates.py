"""Dates as feeds and sitemaps write them -> `Dated`. They are claims: what cannot be read is None, never a guess.

Knows RFC 822 (with the zones and the mistakes that feeds have), W3CDTF, ISO 8601, and days with the name of a month in
any language of `pipelines.metadata.months`. Knows no feed.

A time counts only with a zone that is known. Where a zone stands that is not, or a word that may say which half of the
day is meant, the date is kept to the day. Where none stands, the time is read as UTC and `zoned` is False, as on pages.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.model.article import Dated
from pipelines.metadata.months import is_certain, month_of

# The day of the week in front, in any language: up to four words that are skipped, whatever they are.
_WEEKDAY: Final = r"(?:[^\s\d:/|,،、]{1,24}(?:[,،、]\s*|\s+)){0,4}?"
_NAME: Final = r"(?P<name>\d{1,2}[月월]|[^\s\d,،/:()|-]{2,20})"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|(?=[\s.,/-]))"
_OF: Final = r"(?:(?:de|del|di|of|ng|z|den|année|año|พ\.ศ\.)\s+|d['’]\s?)?"
_YEAR: Final = r"(?P<year>\d{4})(?!\d)"
_GAP: Final = r"[\s./,-]+"
_FORMS: Final = tuple(
    re.compile(_WEEKDAY + form, re.IGNORECASE)
    for form in (
        rf"{_DAY}{_GAP}{_OF}{_NAME}{_GAP}{_OF}(?P<year>\d{{4}}|\d{{2}})(?!\d)",  # RFC 822
        rf"{_NAME}[\s.]+{_DAY}[\s,]+{_OF}{_YEAR}",
        rf"{_NAME}\s{_DAY}\s(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s\S{{1,11}}){{0,2}}?)\s{_YEAR}",  # asctime
        # 2026/11/02 is read as 2026-11-02; 02/11/2026 is read nowhere, since either can be the month.
        r"(?P<year>\d{4})(?P<gap>[-/.]\s?)(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})(?!\d)",
        rf"(?P<year>\d{{4}})(?:\.?\s?m)?[\s.,-]+{_NAME}[\s.-]+(?P<day>\d{{1,2}})(?:\s?d(?=\.))?(?!\d)",  # lt, hu
        rf"(?P<year>\d{{4}})\.\s?gada\s{_DAY}[\s.]+{_NAME}",  # lv
        r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]",
        rf"{_DAY}\s(?:tháng|thg)\s(?P<month>\d{{1,2}}),?\s(?:năm\s)?{_YEAR}",  # vi
    )
)
# XML Schema's day with a zone, of which Python makes a time.
_ZONED_DAY = re.compile(r"\A(\d{4}-\d\d-\d\d)\s?(?:Z|[+-]\d\d:\d\d)\Z", re.IGNORECASE)
_MONTH_ALONE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})")
# What an ISO date has behind its day: hours, minutes, seconds. For its precision alone.
_ISO = re.compile(r"\d{4}-?(?:\d\d-?\d\d|W\d\d-?\d)(?:.(\d\d)(?::?\d\d(?::?(\d\d))?)?)?")

_BREAK = re.compile(r"\s*T\s*(?=\d)|[\s,،.;]+|(?=[(+Z-])|(?<=[日일号號])|\Z", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?P<before>(?:[^\d\s]{1,12}\s*){0,3}?)(?P<hour>\d{1,2})"
    r"(?:\s?(?:[:.h]|[時时點点시]\s?)(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?!\d)|(?=\s?(?:h|uhr|[ap]\.?\s?m)\b))"
    r"\s*(?P<after>.*)",
    re.IGNORECASE,
)
# What may stand beside a clock and says nothing of the time: o'clock, the day of the week once more; before it also
# "at", which behind it would be a zone of one letter.
_IDLE: Final = (
    r"(?:[–—|,@·]|-(?=\s)|\(.\)|[分분]|(?:{words}saat|uhr|hrs?|hs|h|น)\b\.?|"
    r"(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일)\s*"
)
_IDLE_BEFORE: Final = re.compile(_IDLE.format(words="at|um|kl|klo|à|as|às|a las|a|alle|ore|om|"), re.IGNORECASE)
_IDLE_BEHIND: Final = re.compile(_IDLE.format(words=""), re.IGNORECASE)
# The half of the day, and the hours that go before it.
_HALVES: Final = (
    (re.compile(r"(?:a\.?\s?m|上午|午前|오전|π\.?\s?μ|ص|öö)(?![^\W\d_])\.?\s*", re.IGNORECASE), 0),
    (re.compile(r"(?:p\.?\s?m|下午|午後|오후|μ\.?\s?μ|م|ös)(?![^\W\d_])\.?\s*", re.IGNORECASE), 12),
)
_NOON: Final = 12
_MIDNIGHT: Final = 24  # the end of the day, ISO 8601

# Hours east of UTC of the names that mean one zone in the press. RFC 822 knows the American ones; the others come from
# feeds. Not here: IST (India, Israel, Ireland), AST (Arabia, the Atlantic), AMT, ECT, SST; CST is America's, as RFC 822
# says. ET, CT, MT and PT, which mean summer time in summer, are read as in winter: an hour off, not five to eight.
_ZONES: Final = {
    "acdt": 10.5, "acst": 9.5, "aedt": 11, "aest": 10, "aft": 4.5, "akdt": -8, "akst": -9, "almt": 5, "art": -3,
    "awst": 8, "azt": 4, "bot": -4, "brt": -3, "bst": 1, "cat": 2, "cdt": -5, "cest": 2, "cet": 1, "clst": -3,
    "clt": -4, "cot": -5, "cst": -6, "ct": -6, "eat": 3, "edt": -4, "eest": 3, "eet": 2, "est": -5, "et": -5, "get": 4,
    "gmt": 0, "hae": -4, "hkt": 8, "hne": -5, "hst": -10, "ict": 7, "idt": 3, "irkt": 8, "irst": 3.5, "jst": 9,
    "krat": 7, "kst": 9, "mdt": -6, "mest": 2, "mesz": 2, "met": 1, "mez": 1, "mmt": 6.5, "msd": 4, "msk": 3, "mst": -7,
    "mt": -7, "myt": 8, "ndt": -2.5, "npt": 5.75, "nst": -3.5, "nzdt": 13, "nzst": 12, "omst": 6, "pdt": -7, "pet": -5,
    "pht": 8, "pkt": 5, "pst": -8, "pt": -8, "samt": 4, "sast": 2, "sgt": 8, "trt": 3, "ut": 0, "utc": 0, "uyt": -3,
    "uzt": 5, "vet": -4, "vlat": 10, "wat": 1, "west": 1, "wet": 0, "wib": 7, "wit": 9, "wita": 8, "yekt": 5, "z": 0,
}  # fmt: skip
_OFFSET = re.compile(r"(?:(?:gmt|utc|z)\s?(?=[-+−]))?([-+−])(\d{1,2}):?(\d{2})?(?![\d:])", re.IGNORECASE)
_PLACE = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_-]+){1,2}")
_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*\Z")  # "+0000 (GMT)", "+01:00[Europe/Berlin]"
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Programs write these where they have no date: .NET, Unix, MySQL.
_EARLIEST: Final = datetime(1600, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BUDDHIST: Final = 2400  # from here to _BUDDHIST_END a year counts from the Buddha, 543 years before
_BUDDHIST_END: Final = 3000
_BUDDHIST_AHEAD: Final = 543


def parse(text: str | None, source: str = "feed", language: str | None = None) -> Dated | None:
    """Return the date with its precision. None for what is no date, or a program's "no date".

    `language` is what the feed says it is written in: it tells two months with one name apart.
    """
    if not text or len(text) > 80:
        return None
    written = _ZONED_DAY.sub(r"\1", " ".join(_TURNS.sub("", text).split()))
    dated = _from_iso(written, source) or _from_words(written, source, language)
    return dated if dated and dated.when >= _EARLIEST and dated.when != _EPOCH else None


def _from_iso(written: str, source: str) -> Dated | None:
    try:
        when = datetime.fromisoformat(written)
        utc = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    hour, second = match.groups() if (match := _ISO.match(written)) else (None, None)
    precision = "second" if second else "minute" if hour else "day"
    return Dated(when=utc, source=source, precision=precision, zoned=when.tzinfo is not None)


def _from_words(written: str, source: str, language: str | None) -> Dated | None:
    for form in _FORMS:
        if (match := form.match(written)) and (day := _day(match.groupdict(), language)):
            gap = _BREAK.match(written, match.end())
            clock = match.groupdict().get("clock") or ""
            return _timed(day, f"{clock} {written[gap.end() :]}".strip(), source) if gap else None
    alone = _MONTH_ALONE.fullmatch(written)
    day = _day({**alone.groupdict(), "day": "1"}, None) if alone else None
    return _of_day(day, source) if day else None


def _day(part: dict[str, str | None], language: str | None) -> datetime | None:
    """The beginning of the day that a form found, in UTC."""
    name = part.get("name") or ""
    if not is_certain(name, language):
        return None
    month = month_of(name, language) if name else int(part["month"] or 0)
    try:
        return datetime(_full_year(part["year"] or ""), month, int(part["day"] or 0), tzinfo=UTC)
    except ValueError:
        return None


def _full_year(written: str) -> int:
    year = int(written)
    if len(written) == 4:
        return year - _BUDDHIST_AHEAD if _BUDDHIST < year < _BUDDHIST_END else year
    return year + (2000 if year < 70 else 1900)


def _of_day(day: datetime, source: str) -> Dated:
    return Dated(when=day, source=source, precision="day", zoned=False)


def _timed(day: datetime, rest: str, source: str) -> Dated | None:
    """The day at the time that is written behind it; the day alone where the time cannot be told for certain."""
    match = _CLOCK.fullmatch(rest)
    if match is None:
        return None if any(map(str.isdigit, rest)) else _of_day(day, source)
    clock = _clock(match)
    minutes, ends = int(match["minute"] or 0), clock.hour == _MIDNIGHT
    if ends and (minutes or clock.second):
        return None
    try:
        time = day.replace(hour=0 if ends else clock.hour or 0, minute=minutes, second=clock.second)
        zone = _zone(clock.zone) if clock.zone else UTC
        if zone is None or clock.hour is None:
            return _of_day(day, source)
        when = (time + timedelta(days=ends)).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision = "second" if match["second"] else "minute"
    return Dated(when=when, source=source, precision=precision, zoned=bool(clock.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """A time of day. `hour` is None where what stands beside it leaves it open; `zone` is as written."""

    hour: int | None
    second: int
    zone: str


def _clock(match: re.Match[str]) -> _Clock:
    first, odd = _beside(match["before"], _IDLE_BEFORE)
    second, zone = _beside(match["after"], _IDLE_BEHIND)
    half = first if second is None else second
    return _Clock(
        hour=None if odd else _hour(int(match["hour"]), half),
        second=min(int(match["second"] or 0), 59),  # a leap second
        zone=zone,
    )


def _beside(text: str, idle: re.Pattern[str]) -> tuple[int | None, str]:
    """What the words beside a clock say: the half of the day, and what is left of them."""
    half, rest = None, text
    while rest:
        said = next(((match, hours) for form, hours in _HALVES if (match := form.match(rest))), None)
        if said:
            match, half = said
        elif not (match := idle.match(rest)):
            break
        rest = rest[match.end() :]
    return half, rest.strip()


def _hour(hour: int, half: int | None) -> int | None:
    """The hour of the day; None for 15 AM and 0 PM, which nobody can read."""
    if half is None:
        return hour
    if half == 0:
        return hour % _NOON if hour <= _NOON else None
    if hour == 0:
        return None
    return hour if hour >= _NOON else hour + half


@lru_cache(maxsize=256)
def _zone(written: str) -> tzinfo | None:
    """The zone of an offset or a name; None for one that is not known. Raises ValueError for an offset of a day."""
    name = _REMARK.sub("", written) or written.strip("()[] ")
    if match := _OFFSET.match(name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if (hours := _ZONES.get(name.rstrip(".").lower())) is not None:
        return timezone(timedelta(hours=hours))
    return _zone_of_place(name)


def _zone_of_place(name: str) -> tzinfo | None:
    """The zone that is called after a place: "Europe/Helsinki"."""
    if not _PLACE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
