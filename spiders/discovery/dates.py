"""Dates as feeds and sitemaps write them -> aware UTC. They are claims: what cannot be read is None, never a guess.

Knows RFC 822 (with the zones and the mistakes that feeds have), W3CDTF and ISO 8601. Knows no feed.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2})"
    r"(?:(?:T|\s+|\s*T\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?P<zone>\S.{0,11})?)?)?",
    re.IGNORECASE,
)
# 2026/11/02 is read as 2026-11-02; 02/11/2026 is read nowhere, since nobody can tell which of them is the month.
_SLASHED = re.compile(r"(?:[^\W\d]{2,10},?\s)?(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?!\d)")

_WEEKDAY = r"(?:[^\W\d]{2,10}(?:,\s*|\.?\s+))?"
_NAME, _DAY = r"(?P<name>[a-z]{3,9})", r"(?P<day>\d{1,2})"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_TIME = rf"(?:[\s,T]+{_CLOCK}\s*(?P<zone>\S.{{0,11}})?)?"
_WORDS: Final = tuple(
    re.compile(_WEEKDAY + form, re.IGNORECASE)
    for form in (
        rf"{_DAY}[\s.-]+{_NAME}[\s.,-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",  # RFC 822
        rf"{_NAME}[\s.]+{_DAY},?\s+(?P<year>\d{{4}}){_TIME}",
        rf"{_NAME}\s{_DAY}\s{_CLOCK}(?:\s(?P<zone>\S{{1,11}}))?\s(?P<year>\d{{4}})",  # C's asctime, Java's Date
    )
)

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}

# Hours east of UTC of the names that mean one zone in the press. RFC 822 knows the American ones; the others come from
# feeds. IST (India, Israel, Ireland) and CST as China are ambiguous: such a time is read as UTC, or as RFC 822 says.
# ET, CT, MT and PT, which mean summer time in summer, are read as in winter: an hour beside it, not five to eight.
_ZONES: Final = {
    "acdt": 10.5, "acst": 9.5, "aedt": 11, "aest": 10, "akdt": -8, "akst": -9, "art": -3, "awst": 8, "brt": -3,
    "bst": 1, "cat": 2, "cdt": -5, "cest": 2, "cet": 1, "clst": -3, "clt": -4, "cst": -6, "ct": -6, "eat": 3, "edt": -4,
    "eest": 3, "eet": 2, "est": -5, "et": -5, "hkt": 8, "hst": -10, "jst": 9, "kst": 9, "mdt": -6, "mest": 2, "mesz": 2,
    "met": 1, "mez": 1, "msk": 3, "mst": -7, "mt": -7, "nzdt": 13, "nzst": 12, "pdt": -7, "pht": 8, "pkt": 5, "pst": -8,
    "pt": -8, "sast": 2, "sgt": 8, "trt": 3, "wat": 1, "west": 1, "wet": 0, "wib": 7,
}  # fmt: skip
_OFFSET = re.compile(r"(?:gmt|utc|z)?\s*([+-])\s*(\d{1,2}):?(\d{2})?", re.IGNORECASE)

# Programs write these where they have no date: .NET, Unix, MySQL.
_EARLIEST: Final = datetime(1600, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def parse(text: str | None) -> datetime | None:
    """Return the time in UTC; without a zone it is read as UTC. None for what is no date, or a program's "no date"."""
    if not text or len(text) > 80:
        return None
    written = " ".join(text.split())
    when = _from_iso(written) or _from_words(written)
    return when if when and when >= _EARLIEST and when != _EPOCH else None


def _from_iso(written: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(written)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _from_loose_iso(written)


def _from_loose_iso(written: str) -> datetime | None:
    """What W3CDTF allows and people write besides: a month alone, one digit, a space before the zone."""
    match = _ISO.fullmatch(_SLASHED.sub(r"\1-\3-\4", written, count=1))
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return _utc((year, month, day or 1), (hour, minute, second), match["zone"])


def _from_words(written: str) -> datetime | None:
    match = next((match for form in _WORDS if (match := form.fullmatch(written))), None)
    if not match:
        return None
    month = _MONTHS.get(match["name"][:3].lower(), 0)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    return _utc((_full_year(match["year"]), month, int(match["day"])), (hour, minute, second), match["zone"])


def _full_year(written: str) -> int:
    year = int(written)
    if len(written) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _utc(date: tuple[int, int, int], clock: tuple[int, int, int], zone: str | None) -> datetime | None:
    hour, minute, second = clock
    try:
        offset = _zone(zone)
        return datetime(*date, hour, minute, min(second, 59), tzinfo=offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def _zone(written: str | None) -> timezone:
    """Raises ValueError for an offset of a day or more."""
    name = (written or "").strip().lower()
    if match := _OFFSET.match(name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    return timezone(timedelta(hours=_ZONES.get(name.split(" ")[0], 0)))
