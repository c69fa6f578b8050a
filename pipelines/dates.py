"""Dates as pages write them -> `Dated`, with precision and whether a zone was given. Guesses nothing."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from archive.models import Dated

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
_MONTHS: Final = {
    name: at
    for at, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}


def read_date(text: str, source: str) -> Dated | None:
    """Parse a date as machines write it: ISO 8601 and its relatives, RFC 5322, seconds since 1970."""
    if match := _EPOCH.fullmatch(text):  # before ISO 8601: its first eight digits could be a day
        return Dated(when=datetime.fromtimestamp(int(match[1]), UTC), source=source)
    if match := _ISO.match(text):
        return _from_iso(match, source)
    try:
        when = parsedate_to_datetime(text.strip())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return _dated(when, source, "second", zoned=when.tzinfo is not None)


def read_url_date(url: str) -> Dated | None:
    """The day in a URL's path, where there is exactly one and it is a whole date."""
    path = urlsplit(url).path
    days = {(int(y), _month(m), int(d)) for y, m, d in _URL_SPLIT_DAY.findall(path)}
    days |= {(int(y), int(m), int(d)) for y, m, d in _URL_DAY.findall(path)}
    if len(days) != 1:
        return None
    try:
        return Dated(when=datetime(*days.pop(), tzinfo=UTC), source="url", precision="day", zoned=False)
    except ValueError:
        return None


def read_written_date(text: str, source: str) -> Dated | None:
    """The first day in a text as people write it: "19 de mayo de 2024", "May 19, 2024", "19.5.2024", "2024年5月19日".

    Days with slashes are passed over: whether 5/4 is in April or in May depends on the country.
    """
    for match in _WRITTEN.finditer(text):
        part = {name.rstrip("123456"): value for name, value in match.groupdict().items() if value}
        month = int(part["m"]) if "m" in part else _month_named(part["month"])
        try:
            when = datetime(int(part["y"]), month, int(part["d"]), tzinfo=UTC)
        except ValueError:
            continue
        return Dated(when=when, source=source, precision="day", zoned=False)
    return None


def _month_named(word: str) -> int:
    stems = ((len(stem), at) for at, month in enumerate(_STEMS, 1) for stem in month if word.lower().startswith(stem))
    return max(stems, default=(0, 0))[1]


# How the names of the months begin: Danish, Dutch, English, French, German, Italian, Norwegian, Polish, Portuguese,
# Russian, Spanish, Swedish, Turkish.
_STEMS: Final = (
    ("ene", "gen", "ja", "ocak", "stycz", "янв"),
    ("fe", "fév", "lut", "şubat", "фев"),
    ("maa", "mar", "mrt", "mär", "мар"),
    ("abr", "apr", "avr", "kwi", "nisan", "апр"),
    ("mag", "mai", "maj", "may", "mei", "май", "мая"),
    ("czerw", "giu", "haziran", "juin", "jun", "июн"),
    ("juil", "jul", "lip", "lug", "temmuz", "июл"),
    ("ago", "aou", "août", "aug", "ağustos", "sierp", "авг"),
    ("eylül", "sep", "set", "wrze", "сен"),
    ("ekim", "oct", "okt", "ott", "out", "paźdz", "окт"),
    ("kasım", "listop", "nov", "ноя"),
    ("aralık", "dec", "dez", "dic", "déc", "grud", "дек"),
)
_YEAR: Final = r"(?:19|20)\d\d"
_WRITTEN: Final = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th|º|er)?(?:\s+de)?\s+(?P<month1>[^\W\d_]{{3,12}})\.?(?:\s+de)?,?\s+(?P<y1>{_YEAR})\b"
    rf"|\b(?P<month2>[^\W\d_]{{3,12}})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>{_YEAR})\b"
    rf"|\b(?P<d3>\d{{1,2}})\.\s?(?P<m3>\d{{1,2}})\.\s?(?P<y3>{_YEAR})\b"
    rf"|(?P<y4>{_YEAR})\s?[年년]\s?(?P<m4>\d{{1,2}})\s?[月월]\s?(?P<d4>\d{{1,2}})\s?[日일]",
    re.IGNORECASE,
)


def is_credible(dated: Dated, fetched_at: datetime) -> bool:
    """Tell whether a date can be true: not from before the web's news, nor from the future."""
    return dated.when.year >= _FIRST_YEAR and dated.when <= fetched_at + _AHEAD


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.get(text.lower(), 0)


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
