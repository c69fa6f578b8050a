"""A look at a feed that shares nothing with the look before: entries came and went unseen. How many, and when? Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.web.same_article import key

_DAY: Final = timedelta(days=1)
_SURE: Final = 1.645  # standard deviations: the true number is lower in one case of twenty (Poisson, normal bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry as a listing named it: what tells whether two looks name the same, and when it was printed."""

    url: str
    guid: str | None = None
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Entries were lost between two moments: at least `lost` of them, None where nothing can be said."""

    since: datetime
    until: datetime
    lost: int | None

    def sentence(self, url: str) -> str:
        """What a person is told."""
        lost = (
            "an unknown number of items" if self.lost is None else f"at least {self.lost:,} item{'s'[: self.lost > 1]}"
        )
        return f"window overran: {lost} lost between {_clock(self.since)} and {_clock(self.until)} UTC ({url})"


def overlap(before: Iterable[Seen], now: Iterable[Seen]) -> bool:
    """Whether two looks have an entry in common, be its address another one now (https, www)."""
    known = {mark for entry in before for mark in _marks(entry)}
    return any(not known.isdisjoint(_marks(entry)) for entry in now)


def _marks(entry: Seen) -> set[str]:
    return {key(entry.url)} | {mark for mark in (entry.guid, entry.title) if mark}


def gap(before: list[Seen], now: list[Seen], *, last: datetime, this: datetime, rate: float | None) -> Gap:
    """What was lost between two looks that share nothing. `rate` is in entries a day, None where it is not known yet.

    What was lost was printed after the newest entry of the last look and before the oldest of this one, as far as the
    feed dates them; else between the looks, less what this look names.
    """
    newest = max((entry.published for entry in before if entry.published), default=None)
    oldest = min((entry.published for entry in now if entry.published), default=None)
    if newest and oldest and last - _DAY <= newest < oldest <= this:
        since, until, named = newest, oldest, 0
    else:
        since, until, named = last, this, len(now)
    if rate is None:
        return Gap(since=since, until=until, lost=None)
    expected = rate * ((until - since) / _DAY) - named
    return Gap(since=since, until=until, lost=max(1, math.floor(expected - _SURE * math.sqrt(max(expected, 0.0)))))


def _clock(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
