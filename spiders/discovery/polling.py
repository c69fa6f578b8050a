"""What a feed says of its own polling: how long to wait, when to stay away, where it has moved to. Claims, no facts.

`ttl`, `skipHours` and `skipDays` are RSS 2.0's (https://www.rssboard.org/rss-specification), `updatePeriod` and
`updateFrequency` those of https://web.resource.org/rss/1.0/modules/syndication/, which Atom feeds have too, and
`new-feed-url` is Apple's. It knows no entries and decides nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from archive.web import urls
from spiders.discovery.document import Element, split_tag, text_of

_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,3})?")
_HOUR = re.compile(r"\d{1,2}")
_PERIODS: Final[Mapping[str, timedelta]] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS: Final = 24
_WEEK: Final = timedelta(weeks=1)  # whoever asks for more has mistaken the unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a feed asks for, as `archive.model.listing.Listing` has it."""

    at_least: timedelta | None
    skip_hours: frozenset[int]
    moved_to: str | None


def read(head: Element, url: str) -> Wishes:
    """Read them from the element that speaks for the whole feed (`channel`, `feed`); `url` is the feed's own."""
    waits = [wait for wait in (_ttl(head), _period(head)) if wait and timedelta(0) < wait <= _WEEK]
    return Wishes(at_least=max(waits, default=None), skip_hours=_skipped(head), moved_to=_moved_to(head, url))


def _ttl(head: Element) -> timedelta | None:
    minutes = _number(_said(head, "ttl"))
    return timedelta(minutes=minutes) if minutes else None


def _period(head: Element) -> timedelta | None:
    """How often the feed is made anew: so many times in each period, once a day where one of both is not said."""
    period, frequency = _said(head, "updateperiod"), _said(head, "updatefrequency")
    if not period and not frequency:
        return None
    length, times = _PERIODS.get((period or "daily").lower()), _number(frequency or "1")
    return length / times if length and times else None


def _skipped(head: Element) -> frozenset[int]:
    """The hours of the week of skipHours (0 to 23; older versions have 24 for midnight) and skipDays.

    Nonsense is left out, and whoever names every hour of the week has named none.
    """
    hours = {int(text) % _HOURS for text in _listed(head, "skiphours", "hour") if _is_hour(text)}
    days = {_DAYS.index(text.lower()) for text in _listed(head, "skipdays", "day") if text.lower() in _DAYS}
    skipped = frozenset(
        _HOURS * day + hour for day in range(len(_DAYS)) for hour in range(_HOURS) if hour in hours or day in days
    )
    return skipped if len(skipped) < _HOURS * len(_DAYS) else frozenset()


def _is_hour(text: str) -> bool:
    return bool(_HOUR.fullmatch(text)) and int(text) <= _HOURS


def _moved_to(head: Element, url: str) -> str | None:
    """The URL that a podcast's feed has moved to. An Atom link to itself is none: mirrors and caches carry it along."""
    written = _said(head, "new-feed-url")
    try:
        moved = urls.normalize(written, url) if written else url
    except urls.BadURLError:
        return None
    return moved if moved != url else None


def _said(head: Element, name: str) -> str:
    """The text of the first child of that name, in whatever vocabulary."""
    return next((text for node in _children(head, name) if (text := text_of(node))), "")


def _listed(head: Element, group: str, name: str) -> Iterator[str]:
    for node in _children(head, group):
        yield from (text_of(each) for each in _children(node, name))


def _children(node: Element, name: str) -> Iterator[Element]:
    return (child for child in node if isinstance(child.tag, str) and split_tag(child.tag)[1] == name)


def _number(text: str) -> float:
    """A number that is not negative; 0 where it is none."""
    return float(text) if _NUMBER.fullmatch(text) else 0.0
