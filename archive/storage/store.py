"""Articles in SQLite. With `archive.crawl.frontier`, whose tables share the file, the only module that writes it.

Each public method that writes is ONE transaction: what was filed and the state of its URL change together, so that a
kill at any moment loses nothing and files nothing twice. It knows nothing of Scrapy, WARC files or extraction.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson
import sqlite_utils

from archive.changes.learned_cuts import LearnedLine, Sample
from archive.config.toml import Config
from archive.crawl import following, frontier, moves
from archive.crawl.bounds.blocked_hosts import Standing
from archive.crawl.chances import is_placeholder
from archive.crawl.due import Agenda, agenda
from archive.crawl.frontier import Lease, Room
from archive.crawl.listings import (
    file_unusable,
    listed_articles,
    note_failure,
    note_gap,
    note_look,
    note_unchanged,
    note_wishes,
    record_check,
    without_traps,
)
from archive.errors import FULL_IN_SQLITE, ArchiveError, CuttingsError, StorageFullError, cannot_be_written
from archive.health import alerts, daily
from archive.health.alerts import Alert
from archive.health.daily import OWN_FAULT
from archive.model.article import LEADS_ON, Extraction, PageKind
from archive.model.capture import Fetch
from archive.model.listing import Listing
from archive.model.outcome import Failure, Outcome
from archive.model.source import Rights, Source
from archive.rights.signals import Signal, SignalKind
from archive.storage.connection import APPLICATION_ID, BUSY_SECONDS, check_identity
from archive.storage.migrations.steps import migrations
from archive.storage.schema_parts import refuse_incomplete
from archive.storage.tables import learned_lines, rights
from archive.storage.tables.articles import Landing, article_of, file_part
from archive.storage.tables.events import Event, extend_event, insert_event
from archive.storage.tables.fetches import insert_fetch
from archive.storage.tables.gone import is_gone, note_back, note_gone
from archive.storage.tables.rights import HostRights, rights_of
from archive.times import parse_stamp, stamp
from archive.web import same_article
from archive.web.urls import host


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a listing brought: URLs that became due, the filed articles it names, and new entries of no use."""

    due: int
    articles: frozenset[int]
    unusable: tuple[Outcome, ...] = ()
    events: tuple[str, ...] = ()  # what a person should know of it


@dataclass(frozen=True, slots=True)
class _Landed:
    """What became of a page: of which lease, and whether that one's URL is the one its article was filed under."""

    outcome: Outcome
    article_id: int | None
    detail: str
    lease: Lease
    version_id: int | None = None
    owns: bool = True
    leads_elsewhere: bool = False  # to an article of another title than its listing has for it


def _stands_for_nothing(read: Extraction) -> bool:
    """Whether a page that a story's URL leads to is a section page, an error page or a notice: no wall, no consent."""
    return read.outcome is Outcome.TOO_SHORT or read.article.kind in {PageKind.INDEX, PageKind.SOFT_404}


class Store:
    """An archive opened for writing."""

    def __init__(self, db: sqlite_utils.Database, path: Path) -> None:
        self._db = db
        self._path = path
        self.conn = db.conn

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an archive, make it if there is none, and bring its tables up to date.

        Raises ArchiveError where the file is another program's, damaged, newer than this program, or lacks a part.
        """
        store = cls._opened(path)
        try:
            with _plain_errors(path):
                refuse_incomplete(store.conn, path)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def bring_up_to_date(cls, path: Path) -> None:
        """Bring an archive's tables up to date for those who only read it: a part that is missing may not be theirs."""
        cls._opened(path).close()

    @classmethod
    def _opened(cls, path: Path) -> Self:
        with _plain_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            conn = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with _plain_errors(path):
                conn.execute("SELECT count(*) FROM sqlite_master")  # a full disk shows at the first look already
                check_identity(conn, path)
                store = cls(sqlite_utils.Database(conn), path)
                store._prepare()
        except BaseException:
            conn.close()
            raise
        return store

    def _prepare(self) -> None:
        ours = {migration.name for migration in migrations.pending(sqlite_utils.Database(memory=True))}
        theirs = {migration.name for migration in migrations.applied(self._db)}
        if theirs - ours:
            raise ArchiveError(
                f"{self._path}: was made by a newer version of Cuttings; upgrade this program to open it"
            )
        self.conn.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit has reached the disk when it returns; the page it stands for may be gone from the web.
        self.conn.execute("PRAGMA synchronous = FULL")
        self.conn.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten: an article that has to be forgotten must not be left in pages of the file.
        self.conn.execute("PRAGMA secure_delete = ON")
        if ours - theirs:
            # All in one transaction: a kill in the middle leaves the archive as it was, and who comes second finds
            # nothing left to do.
            with self.transaction() as conn:
                conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                migrations.apply(self._db)

    def close(self) -> None:
        """Close the file. An open rehearsal is rolled back."""
        self._db.rollback()
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction (a savepoint inside a rehearsal). Waits for another program that is writing.

        Raises StorageFullError where the disk is full, ArchiveError where the archive cannot be written.
        """
        with _plain_errors(self._path):
            if not self.conn.in_transaction:
                # Not SQLite's deferred BEGIN: a transaction that has read, and then waits for its turn to write, fails
                # when another program was first.
                self.conn.execute("BEGIN IMMEDIATE")
                with self._committed():
                    yield self.conn
                return
            with self._db.atomic():
                yield self.conn

    @contextmanager
    def _committed(self) -> Iterator[None]:
        try:
            yield
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def _rows(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with _plain_errors(self._path):
            return self.conn.execute(sql, values).fetchall()

    def rehearse(self) -> None:
        """From here on nothing is kept: all that follows is rolled back when the store is closed (dry run)."""
        with _plain_errors(self._path):
            self.conn.execute("BEGIN IMMEDIATE")

    # Runs ------------------------------------------------------------------------------------------------------------

    def start_run(self, command: str, program: str, now: datetime) -> int:
        """Open a run; a run that never ended is marked killed, and its leases are due again. Returns the run's id."""
        with self.transaction() as conn:
            conn.execute("UPDATE runs SET state = 'killed' WHERE state = 'running'")
            frontier.release(conn)
            frontier.set_right(conn, program, now)
            (run_id,) = conn.execute(
                "INSERT INTO runs (started_at, state, command, program) VALUES (?, 'running', ?, ?) RETURNING id",
                (stamp(now), command, program),
            ).fetchone()
        return int(run_id)

    def end_run(
        self,
        run_id: int,
        *,
        state: str,
        new: int,
        known: int,
        outcomes: dict[str, int],
        now: datetime,
        events: Sequence[str] = (),
    ) -> None:
        """Close a run with its summary, and return what it still holds to the due URLs."""
        with self.transaction() as conn:
            frontier.settle(conn, run_id)
            frontier.release(conn, run_id)
            conn.execute(
                """
                UPDATE runs SET ended_at = ?, state = ?, new = ?, known = ?, tried = ?, summary = ?, events = ?
                WHERE id = ?
                """,
                (
                    stamp(now), state, new, known, sum(outcomes.values()), orjson.dumps(outcomes).decode(),
                    "\n".join(events) or None, run_id,
                ),
            )  # fmt: skip

    def add_source(self, source: Source, now: datetime) -> int:
        """Make or refresh a source's row and make its listings due. Returns its id."""
        with self.transaction() as conn:
            source_id = self.register(source, now)
            frontier.make_listings_due(conn, source_id, now)
        return source_id

    def register(self, source: Source, now: datetime) -> int:
        """Make or refresh a source's row; listings that are new to it are due. Returns its id."""
        with self.transaction() as conn:
            return following.register(conn, source, now)

    def follow(self, sources: Sequence[Source], run_id: int, now: datetime) -> tuple[str, ...]:
        """Follow the configuration, whose sources these are, see `archive.crawl.following`. Returns what was done."""
        with self.transaction() as conn:
            return (*moves.follow(conn, sources), *following.follow(conn, sources, now, run_id))

    def unpolled(self) -> tuple[str, ...]:
        """Ids of the sources of the configuration that have nothing to poll."""
        with _plain_errors(self._path):
            return following.unpolled(self.conn)

    def looks(self, config: Config, now: datetime) -> Agenda:
        """What is to be looked at when, see `archive.crawl.due`."""
        with _plain_errors(self._path):
            return agenda(self.conn, config, now)

    def last_awake(self, run_id: int, now: datetime) -> datetime | None:
        """When the last run before this one ended; None where there was none."""
        rows = self._rows(
            """
            SELECT coalesce(ended_at, started_at) FROM runs WHERE id < ? AND started_at <= ? ORDER BY id DESC LIMIT 1
            """,
            (run_id, stamp(now)),
        )
        return parse_stamp(rows[0][0]) if rows else None

    def make_due(self, ids: Sequence[int], now: datetime) -> None:
        """Make rows of the frontier due."""
        with self.transaction() as conn:
            frontier.make_due(conn, ids, now)

    def revive(self, source_ids: Sequence[int], named: Sequence[str], now: datetime) -> int:
        """Make due what ended so; see `frontier.revive`."""
        with self.transaction() as conn:
            return frontier.revive(conn, source_ids, named, now)

    def note_event(self, event: Event) -> None:
        """Write down what happened."""
        with self.transaction() as conn:
            insert_event(conn, event)

    def note_outage(self, event: Event) -> None:
        """Write down that our own network is down; one that goes on since an earlier run is one event."""
        with self.transaction() as conn:
            if not extend_event(conn, event):
                insert_event(conn, event)

    # Health ----------------------------------------------------------------------------------------------------------

    def review(self, source_ids: Sequence[int], since: datetime, now: datetime) -> list[Alert]:
        """Measure how these sources do since a time; open and close their alerts. Returns the alerts that changed."""
        with self.transaction() as conn:
            daily.measure(conn, source_ids, since, now)
            return alerts.review(conn, source_ids, now)

    def untold(self) -> list[Alert]:
        """The alerts of whose beginning or end nobody was told yet."""
        with self.transaction() as conn:
            return alerts.untold(conn)

    def mark_told(self, told: Sequence[Alert], now: datetime) -> None:
        """Write down that these alerts were told."""
        with self.transaction() as conn:
            alerts.mark_told(conn, told, now)

    # Work ------------------------------------------------------------------------------------------------------------

    def lease(self, run_id: int, source_id: int, room: Room, now: datetime) -> list[Lease]:
        """Take due URLs of a source; see `frontier.lease`."""
        with self.transaction() as conn:
            return frontier.lease(conn, run_id=run_id, source_id=source_id, room=room, now=now)

    def give_back(self, leases: Sequence[Lease]) -> None:
        """Return leases that were not begun."""
        with self.transaction() as conn:
            frontier.give_back(conn, leases)

    def postpone(self, put_off: Sequence[tuple[Lease, datetime, str]]) -> None:
        """Put URLs off that are not asked for now, each to its time and with the reason; no try of theirs is spent."""
        with self.transaction() as conn:
            for lease, due, reason in put_off:
                frontier.postpone(conn, lease, due, None, reason)

    def requests_between(self, source_id: int, since: datetime, until: datetime) -> int:
        """Number of requests for a source in this time. Those of a wrong clock, later than now, must not count."""
        ((count,),) = self._rows(
            """
            SELECT count(*) FROM fetches
            WHERE source_id = ? AND fetched_at BETWEEN ? AND ? AND outcome NOT IN ('bad_url', 'robots', 'trap')
                AND stage <> 'lease'
            """,
            (source_id, stamp(since), stamp(until)),
        )
        return int(count)

    def pause(self, host: str, until: datetime, reason: str, now: datetime, *, lasting: bool) -> None:
        """Put off what is due of a host until then; a lasting pause is remembered for later runs too."""
        with self.transaction() as conn:
            frontier.postpone_host(conn, host, until, reason)
            if lasting:
                self._note_host(host, (until, reason), now)

    def block(
        self, host: str, until: datetime, reason: str, standing: Standing, event: Event, refused: Sequence[Lease]
    ) -> None:
        """Leave a host alone that has refused us, and write that down with how it stands to us.

        `refused` are the URLs that it refused before: they are asked for again, and their attempts do not count.
        """
        with self.transaction() as conn:
            for lease in refused:
                frontier.postpone(conn, lease, until, None, reason)
                frontier.give_chance_back(conn, lease)
            insert_event(conn, replace(event, amount=frontier.count_of_host(conn, host, until)))
            self.pause(host, until, reason, event.when, lasting=True)
            self.note_standing(host, standing, event.when)

    def _note_host(self, host: str, pause: tuple[datetime, str], now: datetime) -> None:
        self.conn.execute(
            """
            INSERT INTO hosts (name, paused_until, reason, noted_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET
                paused_until = excluded.paused_until, reason = excluded.reason, noted_at = excluded.noted_at
            """,
            (host, stamp(pause[0]), pause[1], stamp(now)),
        )

    def pauses(self, now: datetime) -> dict[str, tuple[datetime, str]]:
        """Hosts that are to be left alone still -> until when, and why. A pause noted in the future is none."""
        rows = self._rows(
            "SELECT name, paused_until, reason FROM hosts WHERE paused_until > ? AND noted_at <= ?",
            (stamp(now), stamp(now)),
        )
        return {name: (parse_stamp(until), reason) for name, until, reason in rows}

    def note_standing(self, host: str, standing: Standing, now: datetime) -> None:
        """Remember how a host stands to us."""
        with self.transaction() as conn:
            conn.execute(
                """
                INSERT INTO hosts (name, paused_until, reason, noted_at, refusals, pauses) VALUES (?, ?, '', ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET refusals = excluded.refusals, pauses = excluded.pauses
                """,
                (host, stamp(now), stamp(now), standing.refusals, standing.pauses),
            )

    def standings(self) -> dict[str, Standing]:
        """How those hosts stand to us that have refused us since they last gave a page."""
        rows = self._rows("SELECT name, refusals, pauses FROM hosts WHERE refusals > 0 OR pauses > 0", ())
        return {name: Standing(refusals=refusals, pauses=pauses) for name, refusals, pauses in rows}

    def refused_in_runs(self, url: str, but: int | None = None) -> int:
        """In how many runs but one a URL was asked for and refused, or what stood there was no article."""
        ((count,),) = self._rows(
            """
            SELECT count(DISTINCT run_id) FROM fetches
            WHERE url = ? AND run_id IS NOT ? AND outcome IN ('http_4xx', 'http_5xx', 'not_article', 'rate_limited')
            """,
            (url, but),
        )
        return int(count)

    def second_chances(self, since: datetime, until: datetime) -> Counter[str]:
        """How many second chances each host has had in this time."""
        rows = self._rows(
            "SELECT url FROM fetches WHERE chance > 0 AND fetched_at BETWEEN ? AND ?", (stamp(since), stamp(until))
        )
        return Counter(host(url) for (url,) in rows)

    def count_due(self, source_ids: Sequence[int], now: datetime) -> int:
        """Number of URLs of these sources that are due now."""
        marks = ",".join("?" * len(source_ids))
        ((count,),) = self._rows(
            f"SELECT count(*) FROM frontier WHERE state = 'pending' AND due_at <= ? AND source_id IN ({marks})",  # noqa: S608 - only question marks
            (stamp(now), *source_ids),
        )
        return int(count)

    def due_articles(self, source_ids: Sequence[int], now: datetime) -> list[str]:
        """URLs of the articles that are due now, in the order they would be fetched in within each source."""
        found: list[str] = []
        for source_id in source_ids:
            found += [
                url
                for (url,) in self._rows(
                    """
                    SELECT url FROM frontier
                    WHERE source_id = ? AND state = 'pending' AND kind = 'article' AND due_at <= ?
                    ORDER BY priority, due_at, id
                    """,
                    (source_id, stamp(now)),
                )
            ]
        return found

    # Boilerplate -----------------------------------------------------------------------------------------------------

    def boilerplate_keys(self, source_id: int) -> tuple[str, ...]:
        """Keys of the lines that are cut from pages of a source because they were learned."""
        with _plain_errors(self._path):
            return learned_lines.keys_in_force(self.conn, source_id)

    def samples(self, source_id: int) -> tuple[Sample, ...]:
        """The articles of a source to learn from, newest first."""
        with _plain_errors(self._path):
            return learned_lines.samples(self.conn, source_id)

    def keep_learned(self, source_id: int, lines: Sequence[LearnedLine], now: datetime) -> int:
        """Write down what was learned of a source. Returns the number of lines that are new."""
        with self.transaction() as conn:
            return learned_lines.keep(conn, source_id, lines, now)

    def decide_learned(self, line_id: int, state: learned_lines.State, now: datetime) -> bool:
        """Write down a person's word on a learned line. Returns False where there is no line with this id."""
        with self.transaction() as conn:
            return learned_lines.decide(conn, line_id, state, now)

    # Landing ---------------------------------------------------------------------------------------------------------

    def fail(
        self, run_id: int, lease: Lease, fetch: Fetch, failure: Failure, now: datetime, *, revisit: Sequence[float] = ()
    ) -> Outcome:
        """Record a try that ended without anything to file. `revisit` are the looks that are planned, if it was one."""
        with self.transaction() as conn:
            article_id = article_of(conn, lease) if lease.kind is None else None
            insert_fetch(conn, run_id, lease, fetch, failure.outcome, failure.stage, failure.detail, article_id)
            if failure.retry_at:
                frontier.postpone(conn, lease, failure.retry_at, failure.outcome, failure.detail)
            else:
                frontier.finish(conn, lease, failure.outcome, failure.detail, now, status=fetch.status)
                if article_id is not None:
                    frontier.plan_revisit(conn, lease, revisit, now)
                elif lease.kind is None and (failure.may_pass or failure.outcome is Outcome.NOT_ARTICLE):
                    frontier.plan_second_look(conn, lease, revisit, now)
            if article_id is not None and is_gone(fetch, failure):
                note_gone(conn, run_id, article_id, failure.detail or f"HTTP {fetch.status}", now)
            if lease.kind is not None:
                detail = moves.detail_of(lease, fetch, failure)
                feed_id = record_check(conn, lease, fetch, failure.outcome, detail)
                note_failure(conn, feed_id, failure.outcome)
                moves.note_failed(conn, run_id, lease, feed_id, (fetch, failure), now)
        return failure.outcome

    def excuse(self, run_id: int, lease: Lease, fetch: Fetch, failure: Failure, now: datetime) -> Outcome:
        """Record a try that failed for a reason of our own, such as a dead name server: nothing else bears it."""
        with self.transaction() as conn:
            insert_fetch(conn, run_id, lease, fetch, failure.outcome, OWN_FAULT, failure.detail, None)
            frontier.excuse(conn, lease, now, failure.detail)
        return failure.outcome

    def file_unchanged(self, run_id: int, lease: Lease, fetch: Fetch, now: datetime) -> set[int]:
        """Record a listing that answered "not modified" or the same bytes. Returns the articles it names."""
        with self.transaction() as conn:
            feed_id = record_check(conn, lease, fetch, Outcome.UNCHANGED, "")
            insert_fetch(conn, run_id, lease, fetch, Outcome.UNCHANGED, "discover", "", None)
            note_unchanged(conn, feed_id, fetch.fetched_at)
            moves.note_answered(conn, run_id, lease, feed_id, now)
            frontier.revive_listed(conn, feed_id, now)
            frontier.finish(conn, lease, Outcome.UNCHANGED, "", now)
            return listed_articles(conn, feed_id)

    def file_listing(
        self, run_id: int, lease: Lease, fetch: Fetch, listing: Listing, validators: tuple[str | None, str | None],
        now: datetime,
    ) -> Read:  # fmt: skip
        """Record a listing that was read: its entries become due. `validators` are its ETag and Last-Modified."""
        with self.transaction() as conn:
            detail = "; ".join(listing.notes)
            feed_id = record_check(conn, lease, fetch, Outcome.LISTED, detail)
            found, trapped = without_traps(listing.found)
            added = frontier.add_found(conn, parent=lease, feed_id=feed_id, found=found, run_id=run_id, now=now)
            frontier.add_excluded(conn, lease, listing.excluded, now)
            gap = note_look(conn, lease, feed_id, added, fetch.fetched_at)
            rights.note_feed(conn, lease.source_id, lease.url, {each.url: each.rights for each in found}, now)
            revived = frontier.revive_listed(conn, feed_id, now)
            unusable = tuple(
                failure.outcome
                for failure in (*listing.failures, *trapped)
                if file_unusable(conn, run_id, lease, failure, now)
            )
            # Validators are kept only now that the body was read well: a 304 for ever must not hide a broken answer.
            conn.execute(
                """
                UPDATE feeds SET etag = ?, last_modified = ?, name = coalesce(?, name), items = ?, full_at = ?,
                    changed_at = CASE WHEN digest IS ? THEN changed_at ELSE ? END, digest = ?
                WHERE id = ?
                """,
                (
                    *validators, listing.title, len(listing.found), stamp(fetch.fetched_at),
                    fetch.digest, stamp(fetch.fetched_at), fetch.digest, feed_id,
                ),
            )  # fmt: skip
            insert_fetch(conn, run_id, lease, fetch, Outcome.LISTED, "discover", detail, None)
            frontier.finish(conn, lease, Outcome.LISTED, detail, now)
            refilled = frontier.refill(conn, lease.source_id, run_id, now) if gap else 0
            note_wishes(conn, feed_id, fetch, listing)
            events = moves.note_listed(conn, run_id, lease, feed_id, (fetch, listing), now)
            if gap:
                events = (note_gap(conn, run_id, lease, feed_id, gap, refilled), *events)
            return Read(
                due=added.due + revived + (refilled if gap else 0),
                articles=frozenset(listed_articles(conn, feed_id)),
                unusable=unusable,
                events=events,
            )

    def file_same(
        self, run_id: int, lease: Lease, fetch: Fetch, now: datetime, *, revisit: Sequence[float] = ()
    ) -> Outcome:
        """Record a look at a filed article that found "not modified", or the same bytes."""
        article_id = lease.article_id
        if article_id is None:
            raise ValueError(f"nothing is filed under {lease.url}")
        with self.transaction() as conn:
            insert_fetch(conn, run_id, lease, fetch, Outcome.UNCHANGED, "fetch", "", article_id)
            note_back(conn, run_id, article_id, now)
            conn.execute("UPDATE articles SET fetched_at = ? WHERE id = ?", (stamp(fetch.fetched_at), article_id))
            frontier.finish(conn, lease, Outcome.UNCHANGED, "", now)
            frontier.plan_revisit(conn, lease, revisit, now)
        return Outcome.UNCHANGED

    def file(
        self,
        run_id: int,
        lease: Lease,
        fetch: Fetch,
        extraction: Extraction,
        *,
        extractor: str,
        parts: Sequence[Fetch] = (),
        rules: str | None = None,
        revisit: Sequence[float] = (),
        by_host: HostRights = HostRights(),  # noqa: B008 - frozen
    ) -> tuple[Outcome, int | None]:
        """File what extraction made of a page and of its further `parts`.

        `rules` is the digest of the site rules it was made with; `revisit` when the article is to be looked at again,
        in seconds after its filing; `by_host` is what the files of its host say. Returns the outcome of the try and the
        id of its article.
        """
        when = fetch.fetched_at
        place = fetch.final_url or lease.url
        with self.transaction() as conn:
            addresses = filter(None, (lease.url, lease.listed_url, place))
            decided = by_host.decide(place, rights.of_page(conn, place, extraction.rights, when, addresses))
            reserved = decided.reserved
            if extraction.outcome is not Outcome.SAVED:
                read = self._no_article(run_id, lease, fetch, extraction)
            elif decided.settled and rights_of(conn, lease.source_id) is Rights.SKIP:
                read = _Landed(Outcome.RESERVED, article_of(conn, lease), decided.settled.reason, lease)
            else:
                landing = Landing(conn, run_id, lease, fetch, extraction, extractor, rules)
                outcome = landing.land()
                read = _Landed(outcome, landing.article_id, "", landing.lease, landing.version_id, landing.owns,
                               landing.leads_elsewhere)  # fmt: skip
            outcome, article_id = read.outcome, read.article_id
            if article_id is not None or outcome is Outcome.RESERVED:
                rights.note(conn, lease.source_id, article_id, place, extraction.rights, when)
            fetch_id = insert_fetch(conn, run_id, lease, fetch, outcome, "file", read.detail, article_id)
            conn.execute("UPDATE versions SET fetch_id = ? WHERE id = ?", (fetch_id, read.version_id))
            conn.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (article_id, read.lease.id))
            for part in parts:
                file_part(conn, run_id, lease, part, article_id)
            if article_id is not None and outcome in _ITSELF and read.owns:
                # Validators belong to the URL that was asked for: after a redirect to another story, to none.
                of_lease = read.lease.id == lease.id
                digest = fetch.digest if of_lease and not parts else None
                etag, last_modified = (fetch.etag, fetch.last_modified) if of_lease else (None, None)
                conn.execute(
                    "UPDATE articles SET etag = ?, last_modified = ?, digest = ?, reserved = ? WHERE id = ?",
                    (etag, last_modified, digest, reserved, article_id),
                )
                note_back(conn, run_id, article_id, when)
            self._plan(lease, read, extraction.article.kind, revisit, when)
        return outcome, article_id

    def _no_article(self, run_id: int, lease: Lease, fetch: Fetch, extraction: Extraction) -> "_Landed":
        article_id = article_of(self.conn, lease)
        led = fetch.final_url is not None and same_article.key(fetch.final_url) != same_article.key(lease.url)
        if article_id is not None and extraction.article.kind is PageKind.HOME:
            note_gone(self.conn, run_id, article_id, "leads to the front page", fetch.fetched_at)
        elif article_id is not None and led and _stands_for_nothing(extraction):
            note_gone(
                self.conn, run_id, article_id, f"leads to {fetch.final_url}, which is no article", fetch.fetched_at
            )
        elif article_id is not None and (led_on := _note(extraction, LEADS_ON)):
            note_gone(self.conn, run_id, article_id, f"leads to {led_on}", fetch.fetched_at)
        detail = "; ".join((extraction.article.kind, *extraction.notes))
        return _Landed(extraction.outcome, article_id, detail, lease)

    def _plan(self, lease: Lease, read: "_Landed", kind: PageKind, revisit: Sequence[float], when: datetime) -> None:
        """End the lease, and plan the next look at what it brought."""
        conn = self.conn
        frontier.finish(conn, read.lease, read.outcome, read.detail, when)
        if read.lease.id != lease.id:  # its URL leads to another story now; the looks at it go on, for it may be back
            frontier.finish(conn, lease, read.outcome, f"leads to article {read.article_id}", when)
            frontier.plan_revisit(conn, lease, revisit, when)
        promises_another = read.leads_elsewhere and not read.owns and read.lease.id == lease.id
        if (read.article_id is None and is_placeholder(read.outcome, kind)) or promises_another:
            frontier.plan_second_look(conn, lease, revisit, when)
        elif read.article_id is not None and read.owns:
            frontier.plan_revisit(conn, read.lease, revisit, when)

    def note_host_rights(
        self, source_id: int, url: str, signals: Sequence[Signal], kinds: Sequence[SignalKind], now: datetime
    ) -> None:
        """Write down what a file of a host says of the use of what stands there, in these kinds of signals."""
        with self.transaction() as conn:
            before = rights.of_host(conn, host(url))
            rights.note(conn, source_id, None, url, signals, now, kinds)
            if not rights.of_host(conn, host(url)).says_the_same(before):
                rights.refresh(conn, host(url))  # some may have been filed before this was read

    def host_rights(self, name: str) -> HostRights:
        """What holds for a host."""
        with _plain_errors(self._path):
            return rights.of_host(self.conn, name)

    def note_licence(self, source_id: int, url: str, signals: Sequence[Signal], now: datetime) -> None:
        """Write down what a licence says that a robots.txt or a page has named."""
        with self.transaction() as conn:
            rights.note_licence(conn, source_id, url, signals, now)

    def licences(self, source_id: int) -> list[str]:
        """The licences that are named by what was read of a source."""
        with _plain_errors(self._path):
            return rights.licences_of(self.conn, source_id)

    def licence_was_read(self, url: str) -> bool:
        """Whether it is known what a licence says."""
        with _plain_errors(self._path):
            return rights.was_read(self.conn, url)

    def licence_asks(self, url: str) -> list[tuple[datetime, bool]]:
        """When a licence was asked for of late, the last time first, and whether it could be read."""
        rows = self._rows(
            """
            SELECT fetched_at, outcome = 'site_file' AND coalesce(detail, '') = '' FROM fetches
            WHERE url = ? AND kind = 'site_file' ORDER BY fetched_at DESC, id DESC LIMIT 2
            """,
            (url,),
        )
        return [(parse_stamp(when), bool(read)) for when, read in rows]

    def asked_for(self, url: str) -> datetime | None:
        """When an address was asked for last; None where it never was."""
        ((when,),) = self._rows("SELECT max(fetched_at) FROM fetches WHERE url = ?", (url,))
        return parse_stamp(when) if when else None

    def file_site_file(self, run_id: int, lease: Lease, fetch: Fetch, outcome: Outcome, detail: str) -> None:
        """Record a try of a file that says what may be done with a site. `lease` is none of the frontier's."""
        with self.transaction() as conn:
            insert_fetch(conn, run_id, lease, fetch, outcome, "fetch", detail, None, kind="site_file")


def _note(extraction: Extraction, name: str) -> str | None:
    """What a note of the extraction says."""
    return next((said for note in extraction.notes if (said := note.removeprefix(f"{name}: ")) != note), None)


# What a look at an article's own address ends with, where it was read. With further pages its first says too little.
_ITSELF: Final = frozenset({Outcome.SAVED, Outcome.UPDATED, Outcome.UNCHANGED})


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Tell what is wrong with the archive as a whole in words. What is wrong with a row stays SQLite's error."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        plain = _in_words(path, error)
        if plain is None:
            raise
        raise plain from error
    except OSError as error:
        raise cannot_be_written(path, error) from error


def _in_words(path: Path, error: sqlite3.DatabaseError) -> CuttingsError | None:
    """What an error says of the archive as a whole."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in FULL_IN_SQLITE:
        return StorageFullError(
            f"the disk is full: everything filed so far is kept; make room and start again to go on from here ({path})"
        )
    kind = code & 0xFF  # an extended code has the code it extends in its last byte
    if kind == sqlite3.SQLITE_BUSY:
        return ArchiveError(
            f"{path}: another program has kept it locked for {BUSY_SECONDS} seconds; everything filed so far is kept, "
            "start again when that program is done"
        )
    if kind in _UNWRITABLE:
        return ArchiveError(f"{path}: cannot be written ({error})")
    if kind == sqlite3.SQLITE_NOTADB:
        return ArchiveError(f"{path}: cannot be read as an archive ({error})")
    if kind in _UNREADABLE or str(error).startswith("no such "):  # table or column: it is no whole archive
        return ArchiveError(f"{path}: cannot be read ({error}); `cuttings doctor` says more")
    return None


_UNWRITABLE: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_UNREADABLE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR})
