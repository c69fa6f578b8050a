"""What a run does not ask for now, though it is due: of hosts that want to be left alone, beyond a budget, in a trap.

What is held back is put off to a later time, without a failed try on its account, and a person is told.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from archive.frontier import Lease, Room
from archive.models import Failure, Outcome, Source
from archive.store import Store
from archive.traps import MAX_BARREN, Barren
from archive.urls import host

MAX_LISTINGS: Final = 500  # feeds, sitemaps and section pages of a source in one run; the rest is read at the next
_DAY: Final = timedelta(days=1)


class Restraint:
    """The restraint of one run over its sources (row id -> source)."""

    def __init__(self, store: Store, sources: Mapping[int, Source], now: datetime) -> None:
        self._store = store
        self._sources = sources
        self._listings: Counter[int] = Counter()
        self._left = {
            key: source.budget - store.requests_between(key, now - _DAY, now) for key, source in sources.items()
        }
        self._spent: dict[int, None] = {}  # sources whose budget is used up, in the order it happened
        self._pauses = store.pauses(now)  # host -> until when it is left alone, and why
        self._barren = Barren()
        self._trapped: Counter[str] = Counter()
        self._asked: dict[str, str] = {}  # host -> what a person is told of its pause

    @property
    def events(self) -> tuple[str, ...]:
        """What a person should know."""
        budgets = (
            f'the budget of "{self._sources[key].id}" is used up, {self._sources[key].budget:,} requests a day'
            for key in self._spent
        )
        traps = (f"{count:,} put off, a trap by the look of it: {alike}" for alike, count in self._trapped.items())
        return (*self._asked.values(), *budgets, *traps)

    def room(self, source_id: int, most: int, articles: int) -> Room:
        """How many URLs of a source may be taken, of `most` in all and so many articles."""
        left = max(0, self._left[source_id])
        if not left:
            self._spent[source_id] = None
        return Room(most=min(most, left), listings=MAX_LISTINGS - self._listings[source_id], articles=articles)

    def asked_besides(self, source_id: int, requests: int) -> None:
        """Take account of requests for which there was no lease: further pages of an article."""
        self._left[source_id] -= requests

    def give_back(self, source_id: int, waiting: deque[Lease]) -> None:
        """Drop of what was taken, and has not begun, as much as the budget is overdrawn; it is due at a later run."""
        while waiting and self._left[source_id] < 0:
            waiting.pop()
            self._left[source_id] += 1
            self._spent[source_id] = None

    def took(self, source_id: int, leases: Iterable[Lease]) -> None:
        """Take account of what will be asked for."""
        for lease in leases:
            self._left[source_id] -= 1
            self._listings[source_id] += lease.kind is not None

    def gave_back(self, source_id: int, leases: Iterable[Lease]) -> None:
        """Take account of what was taken and is not asked for yet."""
        for lease in leases:
            self._left[source_id] += 1
            self._listings[source_id] -= lease.kind is not None

    def hold_back(self, leases: Iterable[Lease], now: datetime) -> list[Lease]:
        """Put off what is not to be asked for now; returns the rest."""
        good: list[Lease] = []
        put_off: list[tuple[Lease, datetime, str]] = []
        for lease in leases:
            paused = self.pause_of(lease.url, now)
            alike = self._barren.verdict(lease.url) if lease.kind is None else None
            if paused:
                put_off.append((lease, *paused))
            elif alike:
                put_off.append((lease, now + _DAY, f"{MAX_BARREN} like it in a row were no articles: {alike}"))
                self._trapped[alike] += 1
            else:
                good.append(lease)
        if put_off:
            self._store.postpone(put_off)
        return good

    def note(self, lease: Lease, outcome: Outcome) -> None:
        """Take account of how an article's URL ended."""
        if lease.kind is None:
            self._barren.note(lease.url, outcome)

    def pause(self, failure: Failure, until: datetime, now: datetime) -> None:
        """Leave the host that has failed alone; a redirect may have led to it from another.

        What it asked for itself holds for later runs too; else each of them looks for itself.
        """
        name = host(failure.url)
        self._store.pause(name, until, failure.detail, now, lasting=failure.outcome is Outcome.RATE_LIMITED)
        self._pauses[name] = (until, failure.detail)
        self._asked[name] = f"{name} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC ({failure.detail})"

    def pause_of(self, url: str, now: datetime) -> tuple[datetime, str] | None:
        """Until when the host of an address is left alone, and why; None where it may be asked."""
        until, reason = self._pauses.get(host(url), (now, ""))
        return (until, reason) if until > now else None

    def next_resumption(self, now: datetime) -> datetime | None:
        """When the first of the hosts that are left alone may be asked again."""
        return min((until for until, _ in self._pauses.values() if until > now), default=None)
