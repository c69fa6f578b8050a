"""One run: the only writer of an archive while it lasts. Leases work, keeps raw answers, files results, adds up.

It joins the lock, the store and the WARC folder; it knows nothing of how pages are fetched or extracted.
"""

import logging
import sqlite3
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from archive.changes.learned_cuts import LearnedLine, Sample
from archive.config.toml import Config, refuse_shared_listings
from archive.crawl import moves
from archive.crawl.bounds.blocked_hosts import Reception
from archive.crawl.bounds.limits import Restraint
from archive.crawl.bounds.outage import NOTICE, Outage
from archive.crawl.due import Look
from archive.crawl.following import NOTHING_TO_POLL
from archive.crawl.frontier import ARTICLE, Lease
from archive.crawl.visitors import Visitor, visitors_of
from archive.errors import BusyError, CuttingsError, UsageError, cannot_be_written
from archive.health import prometheus
from archive.health.notify import tell
from archive.model.article import Extraction, PageKind
from archive.model.capture import Capture, Fetch, Locator
from archive.model.listing import Listing
from archive.model.outcome import FAILED, Failure, Outcome
from archive.model.source import Rights, SiteRules, Source, rules_digest
from archive.rights import licences
from archive.rights.decisions import is_unreadable
from archive.rights.signals import Signal, SignalKind
from archive.storage.misplaced import refuse_misplaced
from archive.storage.store import Store
from archive.storage.tables.events import Event, EventKind
from archive.storage.tables.rights import HostRights
from archive.times import Clock, stamp, utc_now
from archive.versions import PROGRAM, TOOLS
from archive.warc import warc_files
from archive.web.urls import host

logger = logging.getLogger(__name__)

ASLEEP_AFTER: Final = timedelta(hours=6)  # without a look though one was due: a night is not worth a word
LEASE_BATCH: Final = 16  # URLs of a source in one transaction; what is not begun is due again when the run ends
_MANY_HELD_BACK: Final = 500  # in one transaction, where a whole batch was held back
Learner = Callable[[Sequence[Sample]], tuple[LearnedLine, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did. `new` counts the articles filed, `known` the listed ones that were filed before.

    `learned` counts lines that were found to stand on many pages of a source, and are cut from the pages read next.
    """

    run_id: int
    state: str
    new: int
    known: int
    outcomes: dict[str, int]
    listings_failed: int
    seconds: float
    learned: int = 0
    events: tuple[str, ...] = ()  # what else a person should know: pauses, an outage, traps, a budget that is used up

    @property
    def tried(self) -> int:
        """URLs that were tried."""
        return sum(self.outcomes.values())

    def line(self) -> str:
        """The one line a person reads."""
        parts = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.items())
        tried = f"{self.tried:,} URLs tried" + (f" = {parts}" if parts else "")
        ended = "" if self.state == "finished" else f" ({self.state})"
        learned = f"; boilerplate learned: {self.learned:,}, see `cuttings learned`" if self.learned else ""
        events = "".join(f"; {event}" for event in self.events[:_SHOWN])
        more = f"; {len(self.events) - _SHOWN:,} more in `cuttings status`" if len(self.events) > _SHOWN else ""
        return (
            f"Run {self.run_id}{ended}: {self.new:,} new, {self.known:,} known; {tried}; {self.seconds:.1f} s{learned}"
            f"{events}{more}"
        )


_SHOWN: Final = 3  # events in the line


@dataclass(slots=True)
class SourceProgress:
    """Where a run stands with one source: tries that have ended, articles that were new, tries that failed."""

    done: int = 0
    new: int = 0
    failed: int = 0


@dataclass(slots=True)
class Progress:
    """Where a run stands; the numbers grow while it goes on. `due` counts the URLs known to be left."""

    due: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    sources: dict[str, SourceProgress] = field(default_factory=dict)  # by id; who was asked last stands last

    def note(self, source: str, outcome: Outcome, former: Outcome | None = None) -> None:
        """Count how a URL of a source ended. `former` is how it had ended before in this run, which counts no more."""
        counts = self.sources[source] = self.sources.pop(source, SourceProgress())
        if former is not None:
            self.outcomes[former] -= 1
            self.outcomes = +self.outcomes  # without what is 0 now
            counts.done -= 1
            counts.failed -= former in FAILED
        self.outcomes[outcome] += 1
        counts.done += 1
        counts.new += outcome is Outcome.SAVED
        counts.failed += outcome in FAILED

    @property
    def tried(self) -> int:
        """URLs tried so far."""
        return self.outcomes.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is asked to do: at most `limit` articles; a rehearsal reads listings only and keeps nothing."""

    sources: tuple[Source, ...]
    command: str = "crawl"
    limit: int | None = None
    rehearsal: bool = False
    due: bool = False  # look only at listings whose time has come, not at all of them
    again: tuple[str, ...] = ()  # outcomes that are asked for again, see archive.crawl.chances.again


def choose(config: Config, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources a person named, or all that are enabled. Raises UsageError for a name the configuration has not.

    Raises ConfigError where two sources name one listing.
    """
    refuse_shared_listings(config)
    where = config.path.name if config.path else "the configuration"
    by_id = {source.id: source for source in config.sources}
    unknown = [name for name in names if name not in by_id]
    if unknown:
        known = ", ".join(sorted(by_id)) or "none"
        raise UsageError(f'there is no source "{unknown[0]}" in {where}; its sources are: {known}')
    chosen = [by_id[name] for name in names] if names else [source for source in config.sources if source.enabled]
    if not chosen and config.sources:
        raise UsageError(f"{where} has enabled = false for all of its sources; name one to crawl it all the same")
    if not chosen:
        raise UsageError(f"{where} has no source to crawl; add a [[source]] table with a url")
    return tuple(dict.fromkeys(chosen))


class Run:
    """A run in progress. `error` is set when it cannot go on; the crawl then stops and the command line says why."""

    def __init__(
        self, config: Config, plan: Plan, store: Store, lock: FileLock, clock: Clock, visitors: Mapping[str, Visitor]
    ) -> None:
        now = self._began_at = clock()
        self.clock = clock
        self.config = config
        self.plan = plan
        self.store = store
        self.error: CuttingsError | None = None
        self.stopping = False  # a person, or the machine, has asked for an end
        self.visitors = visitors  # as whom each source is asked, by its id
        self.progress = Progress()
        self.on_progress: Callable[[Progress], None] = lambda _progress: None
        self._lock = lock
        self._began = time.monotonic()
        self._known: set[int] = set()
        self._filed: set[int] = set()
        self._outcomes: dict[int, Outcome] = {}  # of each URL that was asked for, the last in this run
        self._parts: dict[int, int] = {}  # further pages of those that have any
        self._listings_failed: set[int] = set()
        self.id = store.start_run(plan.command, TOOLS, now)
        self._events: list[str] = []
        self.sources = self._begin(now)
        self._boilerplate = {key: store.boilerplate_keys(key) for key, source in self.sources.items() if source.learn}
        self._asked: set[int] = set()  # sources of which anything was tried
        self._changed: set[int] = set()  # sources with a new version of an article
        self._host_rights: dict[str, HostRights] = {}  # by host
        self._licences: defaultdict[int, dict[str, None]] = defaultdict(dict)  # by source, named and not thought of yet
        for key in self.sources:
            self._licences[key].update(dict.fromkeys(store.licences(key)))
        self._licences_asked: Counter[int] = Counter()
        self._site_files: set[str] = set()  # that were thought of in this run
        self._learned = 0
        self._articles: set[int] = set()  # that count for the plan's limit
        self._leased: defaultdict[int, deque[Lease]] = defaultdict(deque)  # by source, not yet begun
        self._dry: set[int] = set()  # sources without anything due
        self._restraint = Restraint(store, self.sources, now, self.id)
        self._outage = Outage()
        self.warc: warc_files.Writer | None = (
            None
            if plan.rehearsal
            else warc_files.Writer(
                warc_files.folder_of(config.archive), self.id, software=PROGRAM, operator=config.user_agent
            )
        )
        if plan.again:
            revived = store.revive(list(self.sources), plan.again, now)
            self._events.append(f"{revived:,} URLs are asked for again ({', '.join(plan.again)})")
        self._count_due()

    @classmethod
    def start(cls, config: Config, plan: Plan, clock: Clock | None = None) -> Self:
        """Lock the archive, mend what a dead run left, and begin.

        Raises ConfigError where a source needs what cannot be read, BusyError where another run holds the lock.
        """
        visitors = visitors_of(plan.sources, config.private_hosts)
        with ExitStack() as undo:
            lock = locked(config.archive)
            undo.callback(lock.release)
            store = Store.open(config.archive)
            undo.callback(store.close)
            refuse_misplaced(store.conn, config.archive)
            if plan.rehearsal:
                store.rehearse()
            else:
                warc_files.repair(warc_files.folder_of(config.archive))
            run = cls(config, plan, store, lock, clock or utc_now, visitors)
            undo.pop_all()
            return run

    def _begin(self, now: datetime) -> dict[int, Source]:
        """Follow the configuration, then make due what is to be looked at: every listing, or those whose time has come.

        The whole configuration is followed, whichever sources the run is for.
        """
        everyone = {source.id: source for source in (*self.config.sources, *self.plan.sources)}
        self._events += self.store.follow(tuple(everyone.values()), self.id, now)
        if self.plan.due:
            sources = self._begin_due(now)
        else:
            sources = {self.store.add_source(source, now): source for source in self.plan.sources}
        enabled = {source.id for source in everyone.values() if source.enabled}
        self._events += [f"{key}: {NOTHING_TO_POLL}" for key in self.store.unpolled() if key in enabled]
        return sources

    def _begin_due(self, now: datetime) -> dict[int, Source]:
        sources = {self.store.register(source, now): source for source in self.plan.sources}
        wanted = {source.id for source in self.plan.sources}
        looks = [look for look in self.store.looks(self.config, now).due(now) if look.source in wanted]
        self._note_sleep(looks, now)
        self.store.make_due([look.id for look in looks], now)
        return sources

    def _note_sleep(self, looks: Sequence[Look], now: datetime) -> None:
        """Write it down where looks were missed for long because nobody was there to have them."""
        awake = self.store.last_awake(self.id, now)
        missed = [look for look in looks if look.last and now - look.due > ASLEEP_AFTER]
        if awake is None or not missed or now - awake < ASLEEP_AFTER:
            return
        hours = (now - awake).total_seconds() / 3_600
        detail = (
            f"nothing was looked at between {awake:%Y-%m-%d %H:%M} and {now:%Y-%m-%d %H:%M} UTC ({hours:.0f} hours), "
            f"though {len(missed):,} listings were due; each is looked at once now"
        )
        self.store.note_event(
            Event(kind=EventKind.ASLEEP, when=now, since=awake, amount=len(missed), detail=detail, run_id=self.id)
        )
        self._events.append(detail)

    # Work ------------------------------------------------------------------------------------------------------------

    def lease(self, source_id: int, most: int) -> list[Lease]:
        """Take up to `most` due URLs of a source, as far as the plan's limit on articles allows."""
        queue = self._leased[source_id]
        self._restraint.give_back(source_id, queue)
        if len(queue) < most and source_id not in self._dry:
            queue.extend(self._take(source_id))
        return [queue.popleft() for _ in range(min(most, len(queue)))]

    def _take(self, source_id: int) -> list[Lease]:
        """Lease a batch. A source that has no more is not asked again until one of its listings brings something."""
        most = LEASE_BATCH
        while not self._outage.suspected:
            now = self.clock()
            articles = most if self.plan.limit is None else self.plan.limit - len(self._articles)
            room = self._restraint.room(source_id, most, 0 if self.plan.rehearsal else articles)
            leases = self.store.lease(self.id, source_id, room, now)
            if len(leases) < room.most:
                self._dry.add(source_id)
            good = self._held_back(leases, now)
            self._restraint.took(source_id, good)
            self._articles |= {lease.id for lease in good if lease.kind is None and not lease.planned}
            if good or not leases:
                return good
            most = _MANY_HELD_BACK
        return []

    def _held_back(self, leases: Sequence[Lease], now: datetime) -> list[Lease]:
        good = self._restraint.hold_back(leases, now)
        self.progress.due = max(0, self.progress.due - (len(leases) - len(good)))
        return good

    def pause_of(self, url: str) -> tuple[datetime, str] | None:
        """Until when the host of an address is to be left alone, and why; None where it may be asked."""
        return self._restraint.pause_of(url, self.clock())

    def receive(self, lease: Lease, url: str, reception: Reception, detail: str, when: datetime | None = None) -> None:
        """Take account of how the host of a URL has received us; one that keeps refusing us is left alone."""
        now = self.clock()
        if self._restraint.receive(lease, url, reception, detail, when or now):
            self._rest(now)

    def next_end_of_a_pause(self) -> datetime | None:
        """When the first of the hosts that are left alone may be asked again."""
        return self._restraint.next_resumption(self.clock())

    def next_resumption(self) -> datetime | None:
        """When the first of the hosts that are left alone may be asked again, where anything is due by then."""
        sources = list(self.sources)
        return next(
            (until for until in self._restraint.resumptions(self.clock()) if self.store.count_due(sources, until)), None
        )

    def resume(self) -> bool:
        """Look again for what is due where a pause is over. True where one was."""
        if not self._restraint.resume(self.clock()):
            return False
        self._dry.clear()
        self._count_due()
        self.progress.due += sum(map(len, self._leased.values()))
        return True

    def put_off(self, lease: Lease, until: datetime, reason: str) -> None:
        """End a lease without an attempt: it was taken back before it was answered."""
        self.store.postpone([(lease, until, reason)])
        self._restraint.note_put_off(lease)
        self._articles.discard(lease.id)
        self._dry.discard(lease.source_id)
        self.progress.due = max(0, self.progress.due - 1)

    def _rest(self, now: datetime) -> None:
        """Put off what waits for a host that is left alone from now on."""
        for source_id, queue in self._leased.items():
            good = self._held_back(queue, now)
            self._articles -= {lease.id for lease in queue} - {lease.id for lease in good}
            self._restraint.gave_back(source_id, [lease for lease in queue if lease not in good])
            self._leased[source_id] = deque(good)
        self._dry.clear()

    # Rights ----------------------------------------------------------------------------------------------------------

    def _rights_of(self, url: str) -> HostRights:
        name = host(url)
        if name not in self._host_rights:
            self._host_rights[name] = self.store.host_rights(name)
        return self._host_rights[name]

    def is_reserved(self, lease: Lease) -> bool:
        """End the lease of a page whose host reserves it, where its source heeds that: it is not even asked for."""
        if lease.kind is not None or self.sources[lease.source_id].rights is not Rights.SKIP:
            return False
        decided = self._rights_of(lease.url).decide(lease.url)
        unreadable = next((each for each in decided.denials if is_unreadable(each.said.signal)), None)
        if decided.settled:
            failure = Failure(url=lease.url, stage="lease", outcome=Outcome.RESERVED, detail=decided.settled.reason)
            self.fail(lease, Fetch(url=lease.url, fetched_at=self.clock()), failure)
        elif unreadable:  # it may permit this: nothing is lost, and nothing filed until that is known
            self.put_off(lease, self.clock() + licences.AGAIN, unreadable.reason)
        else:
            return False
        self._restraint.asked_besides(lease.source_id, -1)  # it was taken, and not asked for
        return True

    def site_file_due(self, url: str, every: timedelta) -> bool:
        """Whether a file of a host is to be asked for: it was not for so long. True once a run."""
        if self.plan.rehearsal or url in self._site_files:
            return False
        self._site_files.add(url)
        asked = self.store.asked_for(url)
        return asked is None or not asked <= self.clock() < asked + every

    def note_host_rights(
        self, source_id: int, url: str, signals: Sequence[Signal], kinds: Sequence[SignalKind]
    ) -> None:
        """Write down what a file of a host says, in these kinds of signals."""
        self.store.note_host_rights(source_id, url, signals, kinds, self.clock())
        self._host_rights.pop(host(url), None)
        self._note_links(source_id, signals)

    def _note_links(self, source_id: int, signals: Iterable[Signal]) -> None:
        links = (signal.value for signal in signals if signal.kind is SignalKind.RSL_LINK)
        self._licences[source_id].update(dict.fromkeys(links))

    def licences_due(self) -> list[tuple[int, str]]:
        """The licences to ask for now, each with the source that names it: each once a run, and not too many."""
        due: list[tuple[int, str]] = []
        for source_id, named in self._licences.items():
            while named and self._licences_asked[source_id] < licences.MOST and not self.plan.rehearsal:
                url = next(iter(named))
                del named[url]
                if url not in self._site_files and licences.is_due(self.store.licence_asks(url), self.clock()):
                    self._licences_asked[source_id] += 1
                    due.append((source_id, url))
                self._site_files.add(url)
        return due

    def file_licence(
        self, source_id: int, fetch: Fetch, answer: tuple[Outcome, str], signals: Sequence[Signal]
    ) -> None:
        """Write down what a licence says; `answer` is how its try ended, with the reason why it could not be read."""
        outcome, detail = answer
        known = self.store.licence_was_read(fetch.url) and all(
            read for _, read in self.store.licence_asks(fetch.url)[:1]
        )
        passes = outcome not in {Outcome.SITE_FILE, Outcome.ROBOTS, Outcome.PRIVATE, Outcome.BAD_URL}
        self.file_site_file(source_id, fetch, outcome, detail)
        if not (known and passes):  # what it said yesterday holds while its server is down; not a second time
            self.store.note_licence(source_id, fetch.url, signals, self.clock())
            self._host_rights.clear()

    def file_site_file(self, source_id: int, fetch: Fetch, outcome: Outcome, detail: str) -> None:
        """Count the try of a file of a host."""
        if self.warc:
            self.warc.sync()
        lease = Lease(id=0, source_id=source_id, url=fetch.url, kind=None, depth=0)
        self.store.file_site_file(self.id, lease, fetch, outcome, detail)
        self._restraint.asked_besides(source_id, 1)
        self.progress.note(self.sources[source_id].id, outcome)
        self._log_try(lease, outcome)
        self.on_progress(self.progress)

    # What is kept ----------------------------------------------------------------------------------------------------

    def rules(self, source_id: int, when: datetime) -> SiteRules:
        """The rules for a page of a source that was fetched at this time: configured, and learned before this run."""
        rules = self.sources[source_id].rules_on(when)
        return replace(rules, boilerplate=rules.boilerplate + self._boilerplate.get(source_id, ()))

    def keep(self, exchange: warc_files.Exchange) -> Locator | None:
        """Keep a raw answer, before anything parses it."""
        return self.warc.append(exchange) if self.warc else None

    def note_scripts(self, source_id: int, requests: int) -> None:
        """Take account of what the scripts of a page have asked for."""
        self._restraint.asked_besides(source_id, requests)

    def keep_rendered(self, capture: Capture) -> None:
        """Keep what a browser has made of a page."""
        if self.warc:
            self.warc.append_rendered(capture.final_url, capture.fetched_at, capture.body)

    # Landing: each call ends the try of one lease --------------------------------------------------------------------

    def fail(self, lease: Lease, fetch: Fetch, failure: Failure) -> None:
        """Record a try that ended without anything to file.

        A name that cannot be resolved may be our own network's fault: that is held until another name could be, or
        until the run ends.
        """
        if failure.outcome is Outcome.DNS and not self._outage.over:
            self._outage.hold(lease, fetch, failure)
            return
        self._answered(fetch)
        now = self.clock()
        known = self._with_pause(lease, failure, now)
        revisit = self.sources[lease.source_id].revisit
        outcome = self.store.fail(self.id, lease, fetch, known, now, revisit=revisit)
        self._events += moves.told_of(lease, fetch, failure)
        if known.retry_at:
            self._restraint.note_put_off(lease)
            self._articles.discard(lease.id)
            self._rest(now)
        self._ended(lease, outcome)

    def _with_pause(self, lease: Lease, failure: Failure, now: datetime) -> Failure:
        """A failure with the end of the pause of the host that failed, as far as there is one."""
        blocked = self._restraint.is_blocked(lease, failure.url, now)
        wanted = max(filter(None, (failure.retry_at, blocked)), default=None)
        if wanted is None or wanted <= now:
            return failure
        return replace(failure, retry_at=self._restraint.pause(failure, wanted, now))

    def _answered(self, fetch: Fetch) -> None:
        """An answer reaches the disk before the row that points at it, and may show whose fault others were."""
        if self.warc:
            self.warc.sync()
        if self._outage.proves(fetch):
            for held in self._outage.end():
                self.fail(*held)

    def file_listing(
        self, lease: Lease, fetch: Fetch, listing: Listing, validators: tuple[str | None, str | None]
    ) -> None:
        """Record a listing that was read."""
        self._answered(fetch)
        read = self.store.file_listing(self.id, lease, fetch, listing, validators, self.clock())
        self.progress.due += read.due
        self._known |= read.articles
        self._events += read.events
        if read.due:
            self._make_way(lease)
        self._dry.discard(lease.source_id)
        self.progress.outcomes.update(read.unusable)
        self._ended(lease, Outcome.LISTED)

    def _make_way(self, parent: Lease) -> None:
        """Give back the listings found earlier that have not begun: what was named now may have to go before them."""
        queue = self._leased[parent.source_id]
        older = [lease for lease in queue if lease.kind is not None and lease.depth > parent.depth]
        if older:
            self.store.give_back(older)
            self._restraint.gave_back(parent.source_id, older)
            self._leased[parent.source_id] = deque(lease for lease in queue if lease not in older)

    def file_unchanged(self, lease: Lease, fetch: Fetch) -> None:
        """Record a listing that has not changed since it was read."""
        self._answered(fetch)
        self._known |= self.store.file_unchanged(self.id, lease, fetch, self.clock())
        self._ended(lease, Outcome.UNCHANGED)

    def file_same(self, lease: Lease, fetch: Fetch) -> None:
        """Record a look at a filed article that found it as it was."""
        self._answered(fetch)
        self._read(lease, fetch)
        revisit = self.sources[lease.source_id].revisit
        self._ended(lease, self.store.file_same(self.id, lease, fetch, self.clock(), revisit=revisit))

    def file(
        self, lease: Lease, fetch: Fetch, extraction: Extraction, *, extractor: str, parts: Sequence[Fetch] = ()
    ) -> None:
        """File what extraction made of a page and of its further parts."""
        if extraction.article.kind is PageKind.BLOCKED:
            self._fail_blocked(lease, fetch, extraction)
            return
        self._answered(fetch)
        self._read(lease, fetch)
        source = self.sources[lease.source_id]
        rules = rules_digest(source.rules_on(fetch.fetched_at))
        address = fetch.final_url or lease.url
        outcome, article_id = self.store.file(
            self.id, lease, fetch, extraction,
            extractor=extractor, parts=parts, rules=rules, revisit=source.revisit,
            by_host=self._rights_of(address),
        )  # fmt: skip
        self._note_links(lease.source_id, extraction.rights)
        if outcome is Outcome.SAVED and article_id is not None:
            self._filed.add(article_id)
        if outcome in {Outcome.SAVED, Outcome.UPDATED}:
            self._changed.add(lease.source_id)
        if parts:
            self.progress.outcomes[Outcome.PART] += max(0, len(parts) - self._parts.get(lease.id, 0))
            self._parts[lease.id] = max(len(parts), self._parts.get(lease.id, 0))
            self._restraint.asked_besides(lease.source_id, len(parts))
        self._ended(lease, outcome)

    def _fail_blocked(self, lease: Lease, fetch: Fetch, extraction: Extraction) -> None:
        """Record a page that is no page of the site, but the challenge of what stands before it."""
        url = fetch.final_url or lease.url
        detail = "; ".join((extraction.article.kind, *extraction.notes))
        self.receive(lease, url, Reception.CHALLENGED, f"HTTP {fetch.status}")
        self.fail(lease, fetch, Failure(url=url, stage="file", outcome=extraction.outcome, detail=detail))

    def _read(self, lease: Lease, fetch: Fetch) -> None:
        """Take account of a page that was read."""
        self.receive(lease, fetch.final_url or lease.url, Reception.READ, "", fetch.fetched_at)

    def _ended(self, lease: Lease, outcome: Outcome) -> None:
        self.progress.due = max(0, self.progress.due - 1)
        self._asked.add(lease.source_id)
        self.progress.note(self.sources[lease.source_id].id, outcome, self._outcomes.get(lease.id))
        self._outcomes[lease.id] = outcome
        self._listings_failed.discard(lease.id)
        if lease.kind is not None and outcome not in {Outcome.LISTED, Outcome.UNCHANGED}:
            self._listings_failed.add(lease.id)
        self._restraint.note(lease, outcome)
        self._log_try(lease, outcome)
        self.on_progress(self.progress)

    def _log_try(self, lease: Lease, outcome: Outcome) -> None:
        fields = {
            "run": self.id,
            "source": self.sources[lease.source_id].id,
            "url": lease.url,
            "kind": lease.kind or ARTICLE,
            "outcome": str(outcome),
        }
        logger.info("%s: %s", outcome, lease.url, extra=fields)

    def _count_due(self) -> None:
        self.progress.due = self.store.count_due(list(self.sources), self.clock())

    # End -------------------------------------------------------------------------------------------------------------

    def learn(self, learner: Learner) -> None:
        """Learn what stands on many pages of the sources that had news, from their newest articles alone."""
        for source_id in sorted(self._changed & self._boilerplate.keys()):
            lines = learner(self.store.samples(source_id))
            self._learned += self.store.keep_learned(source_id, lines, self.clock())
        self._changed.clear()

    def due_articles(self) -> list[str]:
        """URLs of the articles that are due now."""
        return self.store.due_articles(list(self.sources), self.clock())

    def _end_outage(self) -> tuple[str, ...]:
        """File what was held back: as the fault of its hosts, or as nobody's. Returns what a person should know."""
        ours = self._outage.ours
        held = self._outage.end()
        for lease, fetch, failure in held:
            if ours:
                self._ended(lease, self.store.excuse(self.id, lease, fetch, failure, self.clock()))
            else:
                self.fail(lease, fetch, failure)
        if ours:
            now = self.clock()
            self.store.note_outage(
                Event(kind=EventKind.OUTAGE, when=now, amount=len(held), detail=NOTICE, run_id=self.id)
            )
        return (NOTICE,) if ours else ()

    def finish(self, state: str = "finished") -> Summary:
        """Close the WARC file, write the summary and let go of the archive. Leases not ended are due again."""
        notices: tuple[str, ...] = ()
        with self._noting_errors():
            notices = self._end_outage()
        alerts: tuple[str, ...] = ()
        with self._noting_errors():
            alerts = self._review(state)
        summary = Summary(
            run_id=self.id,
            state=state,
            new=len(self._filed),
            known=len(self._known - self._filed),
            outcomes={str(name): count for name, count in sorted(self.progress.outcomes.items(), key=_by_weight)},
            listings_failed=len(self._listings_failed),
            seconds=time.monotonic() - self._began,
            learned=self._learned,
            events=(*notices, *alerts, *self._events, *self._restraint.events),
        )
        with ExitStack() as ending:  # each of these whatever becomes of the others
            ending.callback(self._lock.release)
            ending.callback(self.store.close)
            with self._noting_errors():
                if self.warc:
                    self.warc.close()
            with self._noting_errors():
                self._write_end(summary)
            with self._noting_errors():
                self._write_metrics()
        return summary

    def _review(self, state: str) -> tuple[str, ...]:
        """Look at how the sources do, and tell who wants to know. Returns what a person should know."""
        if self.plan.rehearsal:
            return ()
        now = self.clock()
        changed = self.store.review(sorted(self._asked), self._began_at, now)
        errors: list[CuttingsError] = []
        # Who ends a run waits for nobody else: what is untold now is told at the end of the next.
        if state == "finished" and self.config.alerts.ways and (untold := self.store.untold()):
            errors = tell(untold, self.config.alerts, self.config.user_agent)
            if len(errors) < self.config.alerts.ways:
                self.store.mark_told(untold, now)
        return (*(f"alert: {alert.sentence}" for alert in changed), *map(str, errors))

    def _write_metrics(self) -> None:
        if self.config.alerts.prometheus and not self.plan.rehearsal:
            prometheus.write(self.store.conn, self.config.alerts.prometheus, stamp(self.clock()))

    def _write_end(self, summary: Summary) -> None:
        self.store.end_run(
            self.id,
            state=summary.state,
            new=summary.new,
            known=summary.known,
            outcomes=summary.outcomes,
            events=summary.events,
            now=self.clock(),
        )

    @contextmanager
    def _noting_errors(self) -> Iterator[None]:
        """Go on after an error of ours; the first of them is the one that the run ends with."""
        try:
            yield
        except CuttingsError as error:
            self.error = self.error or error


def locked(archive: Path) -> FileLock:
    """Lock an archive for writing; release it when done. Raises BusyError where a run holds it."""
    path = archive.with_name(f"{archive.name}.lock")
    lock = FileLock(path)
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"another run is writing to {archive}{_which(archive)}; wait until it has ended") from error
    except OSError as error:
        raise cannot_be_written(path, error) from error
    return lock


def _which(archive: Path) -> str:
    """The run that is writing, as far as a look at the archive tells."""
    try:
        with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True, timeout=0.1)) as conn:
            row = conn.execute("SELECT id, started_at FROM runs WHERE state = 'running' ORDER BY id DESC").fetchone()
    except sqlite3.Error:  # it is being made at this moment
        return ""
    return f" (run {row[0]}, begun at {row[1]})" if row else ""


def _by_weight(item: tuple[str, int]) -> tuple[int, str]:
    name, count = item
    return (-count, name)
