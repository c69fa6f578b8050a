"""How often a listing is worth a look, learned from what its looks have brought. Pure: numbers in, numbers out.

The rate of new entries is estimated as (n + 1) / (T + 1): n entries that were new in T days, both of which count half
after five days. A listing is looked at in proportion to the square root of its rate, which for a given number of looks
makes the mean delay between printing and finding least (the delay is rate / looks, summed over listings; freshness in
the sense of Cho and Garcia-Molina, "Effective Page Refresh Policies for Web Crawlers", 2003, would give up on those
that change fastest).

What a feed's server asks for (Cache-Control, ttl, skipHours) makes the looks rarer, but never so rare that entries
might be lost, nor rarer than one a day.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HALF_LIFE: Final = 5.0  # days
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(days=1)
LONGEST_OF_DEAD: Final = timedelta(days=7)  # a surprising number of feeds come back
# Looks a day at a listing with one new entry a day, where no budget says otherwise: hourly for four a day.
LOOKS_AT_ONE: Final = 12.0
# Entries that may come between two looks, as a share of those the listing names: at half, chance seldom makes it all.
_FILL: Final = 0.5
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_HOURS: Final = 168  # of a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the looks at one listing have brought.

    `fresh` counts entries that were new and `watched` the days in which they came, both decayed; `window` is how many
    entries it names, 0 where it is none that entries drop out of; `failures` are those since the last answer. `floor`
    is the time between two looks that its server asks for, and `skip_hours` when it wants none: hours of the week in
    UTC, 0 being Monday at midnight.
    """

    fresh: float = 0.0
    watched: float = 0.0
    window: int = 0
    failures: float = 0.0
    floor: timedelta = timedelta()
    skip_hours: frozenset[int] = frozenset()

    @property
    def rate(self) -> float:
        """New entries a day."""
        return (self.fresh + 1) / (self.watched + 1)

    def after(self, entries: int, elapsed: timedelta | None) -> "Pace":
        """The pace after an answer that brought so many new entries, so long after the last one (None: the first).

        What stands in a listing at the first look may have come at any time: it tells nothing.
        """
        if elapsed is None:
            return Pace(window=self.window)
        days = max(elapsed / _DAY, 0.0)
        left = 0.5 ** (days / HALF_LIFE)
        # Of the days that have just passed, the first count less already: the integral of the decay over them.
        passed = (1 - left) * HALF_LIFE / math.log(2)
        return Pace(fresh=self.fresh * left + entries, watched=self.watched * left + passed, window=self.window)


def interval(pace: Pace, share: float = LOOKS_AT_ONE) -> timedelta:
    """Time from one look to the next. `share` is the number of looks a day at a rate of one a day, see `shares`."""
    looks = share * math.sqrt(pace.rate)
    if pace.window:
        looks = max(looks, pace.rate / (pace.window * _FILL))
    # Where the budget is too small for all, the bound gives way as everything else does.
    wanted = min(max(_DAY / looks, SHORTEST), LONGEST * max(1.0, LOOKS_AT_ONE / share))
    wanted = max(wanted, min(pace.floor, most_patience(pace)))
    if not pace.failures:
        return wanted
    slower: float = 2.0 ** min(pace.failures, 20.0)
    return min(wanted * slower, LONGEST_OF_DEAD)


def most_patience(pace: Pace) -> timedelta:
    """The longest that a listing is left alone because its server asks for that: until half of its window is new."""
    if not pace.window:
        return LONGEST
    return min(max(_DAY * (pace.window * _FILL) / pace.rate, SHORTEST), LONGEST)


def share_of(budget: int | None, paces: Iterable[Pace]) -> float:
    """Looks a day at a rate of one a day, so that those at all listings come to the budget of looks a day.

    Found by bisection, because of the bounds: what one listing may not have is for the others.
    """
    known = tuple(paces)
    if budget is None or not known:
        return LOOKS_AT_ONE
    low, high = 1e-6, 1e6
    for _ in range(30):  # to a hundred-thousandth
        middle = math.sqrt(low * high)
        if sum(_DAY / interval(pace, middle) for pace in known) > budget:
            high = middle
        else:
            low = middle
    return low


def next_look(pace: Pace, last: datetime, share: float = LOOKS_AT_ONE, *, overran: bool = False) -> datetime:
    """When a listing is looked at next. One that has just overrun its window is looked at four times as soon."""
    wanted = interval(pace, share)
    if overran:
        return last + max(wanted / 4, SHORTEST)
    due = last + wanted
    return max(due, min(after_skipped(due, pace.skip_hours), last + most_patience(pace)))


def after_skipped(when: datetime, skip_hours: Collection[int]) -> datetime:
    """The first moment, from this one on, in an hour that is not skipped; the moment itself where all are."""
    whole = when.replace(minute=0, second=0, microsecond=0)
    for ahead in range(_HOURS):
        hour = whole + ahead * _HOUR
        if 24 * hour.weekday() + hour.hour not in skip_hours:
            return max(when, hour)
    return when
