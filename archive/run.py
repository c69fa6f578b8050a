"""One run: the only writer of an archive while it lasts. Leases work, keeps raw answers, files results, adds up.

It joins the lock, the store and the WARC folder; it knows nothing of how pages are fetched or extracted.
"""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from archive import warc
from archive.boilerplate import Boilerplate, Sample
from archive.config import Config
from archive.errors import BusyError, CuttingsError, UsageError
from archive.frontier import Lease
from archive.models import Extraction, Failure, Fetch, Listing, Locator, Outcome, SiteRules, Source
from archive.store import Store
from archive.times import utc_now

LEASE_BATCH: Final = 16  # URLs of a source in one transaction; what is not begun is due again when the run ends
PROGRAM: Final = f"cuttings/{version('cuttings')}"
Learner = Callable[[Sequence[Sample]], tuple[Boilerplate, ...]]


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
        return (
            f"Run {self.run_id}{ended}: {self.new:,} new, {self.known:,} known; {tried}; {self.seconds:.1f} s{learned}"
        )


@dataclass(slots=True)
class Progress:
    """Where a run stands; the numbers grow while it goes on. `due` counts the URLs known to be left."""

    due: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

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


def choose(config: Config, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources a person named, or all that are enabled. Raises UsageError for a name the configuration has not."""
    where = config.path.name if config.path else "the configuration"
    by_id = {source.id: source for source in config.sources}
    unknown = [name for name in names if name not in by_id]
    if unknown:
        known = ", ".join(sorted(by_id)) or "none"
        raise UsageError(f'there is no source "{unknown[0]}" in {where}; its sources are: {known}')
    chosen = [by_id[name] for name in names] if names else [source for source in config.sources if source.enabled]
    if not chosen:
        raise UsageError(f"{where} has no source to crawl; add a [[source]] table with a url")
    return tuple(dict.fromkeys(chosen))


class Run:
    """A run in progress. `error` is set when it cannot go on; the crawl then stops and the command line says why."""

    def __init__(self, config: Config, plan: Plan, store: Store, lock: FileLock, now: datetime) -> None:
        self.config = config
        self.plan = plan
        self.store = store
        self.error: CuttingsError | None = None
        self.progress = Progress()
        self.on_progress: Callable[[Progress], None] = lambda _progress: None
        self._lock = lock
        self._began = time.monotonic()
        self._known: set[int] = set()
        self._filed: set[int] = set()
        self._listings_failed = 0
        self.id = store.start_run(plan.command, PROGRAM, now)
        self.sources = {store.add_source(source, now): source for source in plan.sources}
        self._boilerplate = {key: store.boilerplate_keys(key) for key, source in self.sources.items() if source.learn}
        self._changed: set[int] = set()  # sources with a new version of an article
        self._learned = 0
        self._articles_leased = 0
        self._leased: defaultdict[int, deque[Lease]] = defaultdict(deque)  # by source, not yet begun
        self._dry: set[int] = set()  # sources without anything due
        self.warc: warc.Writer | None = (
            None
            if plan.rehearsal
            else warc.Writer(warc.folder_of(config.archive), self.id, software=PROGRAM, operator=config.user_agent)
        )
        self._count_due()

    @classmethod
    def start(cls, config: Config, plan: Plan) -> Self:
        """Lock the archive, mend what a dead run left, and begin. Raises BusyError where another run holds the lock."""
        lock = locked(config.archive)
        try:
            store = Store.open(config.archive)
            if plan.rehearsal:
                store.rehearse()
            else:
                warc.repair(warc.folder_of(config.archive))
            return cls(config, plan, store, lock, utc_now())
        except BaseException:
            lock.release()
            raise

    # Work ------------------------------------------------------------------------------------------------------------

    def lease(self, source_id: int, most: int) -> list[Lease]:
        """Take up to `most` due URLs of a source, as far as the plan's limit on articles allows."""
        queue = self._leased[source_id]
        if len(queue) < most and source_id not in self._dry:
            queue.extend(self._take(source_id))
        return [queue.popleft() for _ in range(min(most, len(queue)))]

    def _take(self, source_id: int) -> list[Lease]:
        """Lease a batch. A source that has no more is not asked again until one of its listings brings something."""
        left = LEASE_BATCH if self.plan.limit is None else self.plan.limit - self._articles_leased
        leases = self.store.lease(
            self.id, source_id, most=LEASE_BATCH, most_articles=0 if self.plan.rehearsal else left, now=utc_now()
        )
        self._articles_leased += sum(lease.kind is None for lease in leases)
        if len(leases) < LEASE_BATCH:
            self._dry.add(source_id)
        return leases

    def rules(self, source_id: int, when: datetime) -> SiteRules:
        """The rules for a page of a source that was fetched at this time: configured, and learned before this run."""
        rules = self.sources[source_id].rules_on(when)
        return replace(rules, boilerplate=rules.boilerplate + self._boilerplate.get(source_id, ()))

    def keep(self, exchange: warc.Exchange) -> Locator | None:
        """Keep a raw answer, before anything parses it."""
        return self.warc.append(exchange) if self.warc else None

    # Landing: each call ends the try of one lease --------------------------------------------------------------------

    def fail(self, lease: Lease, fetch: Fetch, failure: Failure) -> None:
        """Record a try that ended without anything to file."""
        self._sync()
        self._ended(lease, self.store.fail(self.id, lease, fetch, failure, utc_now()))

    def file_listing(
        self, lease: Lease, fetch: Fetch, listing: Listing, validators: tuple[str | None, str | None]
    ) -> None:
        """Record a listing that was read."""
        self._sync()
        read = self.store.file_listing(self.id, lease, fetch, listing, validators, utc_now())
        self.progress.due += read.due
        self._known |= read.articles
        self._dry.discard(lease.source_id)
        if read.unusable:
            self.progress.outcomes[Outcome.BAD_URL] += read.unusable
        self._ended(lease, Outcome.LISTED)

    def file_unchanged(self, lease: Lease, fetch: Fetch) -> None:
        """Record a listing that has not changed since it was read."""
        self._sync()
        self._known |= self.store.file_unchanged(self.id, lease, fetch, utc_now())
        self._ended(lease, Outcome.UNCHANGED)

    def file(
        self, lease: Lease, fetch: Fetch, extraction: Extraction, *, extractor: str, parts: Sequence[Fetch] = ()
    ) -> None:
        """File what extraction made of a page and of its further parts."""
        self._sync()
        outcome, article_id = self.store.file(self.id, lease, fetch, extraction, extractor=extractor, parts=parts)
        if outcome is Outcome.SAVED and article_id is not None:
            self._filed.add(article_id)
        if outcome in {Outcome.SAVED, Outcome.UPDATED}:
            self._changed.add(lease.source_id)
        if parts:
            self.progress.outcomes[Outcome.PART] += len(parts)
        self._ended(lease, outcome)

    def _sync(self) -> None:
        """The raw answer reaches the disk before the row that points at it."""
        if self.warc:
            self.warc.sync()

    def _ended(self, lease: Lease, outcome: Outcome) -> None:
        self.progress.due = max(0, self.progress.due - 1)
        self.progress.outcomes[outcome] += 1
        self._listings_failed += lease.kind is not None and outcome not in {Outcome.LISTED, Outcome.UNCHANGED}
        self.on_progress(self.progress)

    def _count_due(self) -> None:
        self.progress.due = self.store.count_due(list(self.sources), utc_now())

    # End -------------------------------------------------------------------------------------------------------------

    def learn(self, learner: Learner) -> None:
        """Learn what stands on many pages of the sources that had news, from their newest articles alone."""
        for source_id in sorted(self._changed & self._boilerplate.keys()):
            lines = learner(self.store.samples(source_id))
            self._learned += self.store.keep_learned(source_id, lines, utc_now())
        self._changed.clear()

    def due_articles(self) -> list[str]:
        """URLs of the articles that are due now."""
        return self.store.due_articles(list(self.sources), utc_now())

    def finish(self, state: str = "finished") -> Summary:
        """Close the WARC file, write the summary and let go of the archive. Leases not ended are due again."""
        summary = Summary(
            run_id=self.id,
            state=state,
            new=len(self._filed),
            known=len(self._known - self._filed),
            outcomes={str(name): count for name, count in sorted(self.progress.outcomes.items(), key=_by_weight)},
            listings_failed=self._listings_failed,
            seconds=time.monotonic() - self._began,
            learned=self._learned,
        )
        try:
            if self.warc:
                self.warc.close()
            self.store.end_run(
                self.id, state=state, new=summary.new, known=summary.known, outcomes=summary.outcomes, now=utc_now()
            )
        except CuttingsError as error:
            self.error = self.error or error
        finally:
            self.store.close()
            self._lock.release()
        return summary


def locked(archive: Path) -> FileLock:
    """Lock an archive for writing; release it when done. Raises BusyError where a run holds it."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(archive.with_name(f"{archive.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"another run is writing to {archive}; wait until it has ended, or stop it") from error
    return lock


def _by_weight(item: tuple[str, int]) -> tuple[int, str]:
    name, count = item
    return (-count, name)
