"""What a run does not ask for now, though it is due: of hosts that want to be left alone, beyond a budget, in a trap.

What is held back is put off to a later time, without a failed try on its account, and a person is told.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from archive.crawl.bounds.blocked_hosts import Reception, Standing, after, is_its_own, reason_of
from archive.crawl.bounds.traps import MAX_BARREN, Barren
from archive.crawl.chances import A_DAY
from archive.crawl.frontier import Lease, Room
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.store import Store
from archive.storage.tables.events import Event, EventKind
from archive.web.urls import host

MAX_LISTINGS: Final = 500  # feeds, sitemaps and section pages of a source in one run; the rest is read at the next
MAX_PAUSES: Final = 3  # of a host in one run, and attempts at a URL that is put off; the rest waits for the next run
_DAY: Final = timedelta(days=1)
_NEVER: Final = timedelta(0)


class Restraint:
    """The restraint of one run over its sources (row id -> source)."""

    def __init__(self, store: Store, sources: Mapping[int, Source], now: datetime, run_id: int | None = None) -> None:
        self._run_id = run_id
        self._store = store
        self._sources = sources
        self._listings: Counter[int] = Counter()
        self._left = {
            key: source.budget - store.requests_between(key, now - _DAY, now) for key, source in sources.items()
        }
        self._spent: dict[int, None] = {}  # sources whose budget is used up, in the order it happened
        self._pauses = store.pauses(now)  # host -> until when it is left alone, and why
        self._lengths: defaultdict[str, list[timedelta]] = defaultdict(list)  # host -> its pauses of this run
        self._put_off: Counter[int] = Counter()  # row id of a URL -> how often this run asked for it and put it off
        self._standings = store.standings()
        self._refused: defaultdict[str, dict[int, Lease]] = defaultdict(dict)  # host -> what it refused in a row
        self._refused_at: dict[str, datetime] = {}
        self._blocked: dict[str, datetime] = {}  # host -> until when it is left alone for its refusals
        self._chances = store.second_chances(now - _DAY, now)  # host -> how many it has had of a day
        self._chanced: set[int] = set()  # row ids of those of this run
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
        """Put off what is not to be asked for now; returns the rest.

        What this run does not ask for again stays leased: it is due as it was when the run has ended.
        """
        good: list[Lease] = []
        put_off: list[tuple[Lease, datetime, str]] = []
        for lease in leases:
            if self._is_over(lease, now):
                continue
            paused = self.pause_of(lease.url, now)
            alike = self._barren.verdict(lease.url) if lease.kind is None else None
            if paused:
                put_off.append((lease, *paused))
            elif self._has_had_its_chances(lease):
                put_off.append((lease, now + _DAY, f"{A_DAY} second chances of {host(lease.url)} a day are used up"))
            elif alike:
                put_off.append((lease, now + _DAY, f"{MAX_BARREN} like it in a row were no articles: {alike}"))
                self._trapped[alike] += 1
            else:
                good.append(lease)
        if put_off:
            self._store.postpone(put_off)
        return good

    def _has_had_its_chances(self, lease: Lease) -> bool:
        """Whether a second chance is one too many of its host's day; else it is counted."""
        if not lease.chance or lease.id in self._chanced:
            return False
        name = host(lease.url)
        if self._chances[name] >= A_DAY:
            return True
        self._chances[name] += 1
        self._chanced.add(lease.id)
        return False

    def note(self, lease: Lease, outcome: Outcome) -> None:
        """Take account of how an article's URL ended."""
        if lease.kind is None:
            self._barren.note(lease.url, outcome)

    # Pauses ----------------------------------------------------------------------------------------------------------

    def pause(self, failure: Failure, until: datetime, now: datetime) -> datetime:
        """Leave the host that has failed alone; a redirect may have led to it from another. Returns until when.

        Each pause of a run is at least twice as long as the one before, and after the last the host waits for the next
        run. What a host asked for itself holds for later runs too; else each of them looks for itself.
        """
        name = host(failure.url)
        running, reason = self._pauses.get(name, (now, ""))
        if running > now:  # an answer to what was under way when the pause began
            end = max(until, running)
            detail = reason if running >= until else failure.detail
        else:
            lengths = self._lengths[name]
            lengths.append(min(max(until - now, 2 * max(lengths, default=_NEVER)), _DAY))
            end, detail = now + lengths[-1], failure.detail
        lasting = failure.outcome is Outcome.RATE_LIMITED or self._blocked.get(name, now) > now
        self._store.pause(name, end, detail, now, lasting=lasting)
        self._tell(name, end, detail)
        return end

    def _tell(self, name: str, until: datetime, reason: str) -> None:
        self._pauses[name] = (until, reason)
        self._asked[name] = f"{name} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC ({reason})"

    def pause_of(self, url: str, now: datetime) -> tuple[datetime, str] | None:
        """Until when the host of a URL is left alone, and why; None where it may be asked."""
        name = host(url)
        until, reason = self._pauses.get(name, (now, ""))
        return (until, reason) if until > now or self._is_closed(name) else None

    def resume(self, now: datetime) -> bool:
        """Forget the pauses that are over. True where there were any."""
        over = [name for name, (until, _) in self._pauses.items() if until <= now and not self._is_closed(name)]
        for name in over:
            del self._pauses[name]
            self._refused.pop(name, None)  # they have their new time; what becomes of them from here on stands
        return bool(over)

    def next_resumption(self, now: datetime) -> datetime | None:
        """When the first of the hosts that are left alone may be asked again."""
        return next(iter(self.resumptions(now)), None)

    def resumptions(self, now: datetime) -> list[datetime]:
        """When the hosts that are left alone may be asked again by this run, the first of them first."""
        return sorted(until for name, (until, _) in self._pauses.items() if until > now and not self._is_closed(name))

    def _is_closed(self, name: str) -> bool:
        """Whether a host waits for the next run."""
        return len(self._lengths.get(name, ())) >= MAX_PAUSES

    def note_put_off(self, lease: Lease) -> None:
        """Take account of an attempt that ended with the URL put off."""
        self._put_off[lease.id] += 1

    def _is_over(self, lease: Lease, now: datetime) -> bool:
        """Whether this run does not ask for a URL any more, though it is due."""
        name = host(lease.url)
        closed = self._is_closed(name) and self._pauses.get(name, (now, ""))[0] <= now
        return closed or self._put_off[lease.id] >= MAX_PAUSES

    # Refusals --------------------------------------------------------------------------------------------------------

    def receive(self, lease: Lease, url: str, reception: Reception, detail: str, now: datetime) -> bool:
        """Take account of how a host has received us. True where it is left alone from now on.

        `url` is the one that answered. A page that was asked for before the last refusal says nothing newer than that.
        """
        name = host(url)
        before = self._standings.get(name, Standing())
        good = reception in (Reception.ANSWERED, Reception.READ)
        if not good and lease.id in self._refused.get(name, {}):
            return False  # the same URL as its listing wrote it: one refusal, not two
        if good and now < self._refused_at.get(name, now):
            return False
        if not good and is_its_own(before, reception, self._store.refused_in_runs(lease.url, self._run_id)):
            return False
        standing, pause = after(before, reception)
        if good:
            self._refused.pop(name, None)
        else:
            self._refused[name][lease.id] = lease
            self._refused_at[name] = now
        if pause and self.pause_of(url, now):  # what was under way when the pause began
            standing, pause = replace(standing, pauses=before.pauses), None
        if pause:
            self._block(name, lease, now + pause, reason_of(standing, reception, detail), standing, now)
        elif standing != before:
            self._standings[name] = standing
            self._store.note_standing(name, standing, now)
        return pause is not None

    def is_blocked(self, lease: Lease, url: str, now: datetime) -> datetime | None:
        """Until when a URL that was refused is put off, because its host is left alone for that."""
        name = host(url)
        until = self._blocked.get(name)
        return until if until and until > now and lease.id in self._refused.get(name, {}) else None

    def _block(self, name: str, lease: Lease, until: datetime, reason: str, standing: Standing, now: datetime) -> None:
        self._tell(name, until, reason)
        self._blocked[name] = until
        self._standings[name] = standing
        event = Event(
            kind=EventKind.BLOCKED, when=now, detail=self._asked[name], run_id=self._run_id, source_id=lease.source_id
        )
        # What it refused before in this row was no fault of those URLs either.
        before = [each for each in self._refused[name].values() if each.id != lease.id]
        self._store.block(name, until, reason, standing, event, before)
