"""Articles in SQLite. With `archive.frontier`, whose tables share the file, the only module that writes it.

Each public method that writes is ONE transaction: what was filed and the state of its URL change together, so that a
kill at any moment loses nothing and files nothing twice. It knows nothing of Scrapy, WARC files or extraction.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson
import sqlite_utils

from archive import boilerplate, changes, frontier, traps
from archive.boilerplate import Boilerplate, Sample, as_it_stood, learned_cuts
from archive.changes import Change
from archive.errors import ArchiveError, CuttingsError, StorageFullError, cannot_be_written
from archive.frontier import Lease, Room
from archive.models import (
    Article,
    Dated,
    Extraction,
    Failure,
    Fetch,
    Found,
    Listing,
    ListingKind,
    Outcome,
    Source,
)
from archive.reader import APPLICATION_ID, BUSY_SECONDS, check_identity
from archive.schema import migrations
from archive.text import count_words
from archive.times import parse_stamp, stamp
from archive.urls import is_home, same_site

# A shorter text under two addresses of a source may be chance (a notice, a "live soon"); a longer one is one article.
_SAME_TEXT_WORDS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a listing brought: URLs that became due, the filed articles it names, and new entries of no use."""

    due: int
    articles: frozenset[int]
    unusable: tuple[Outcome, ...] = ()


class Store:
    """An archive opened for writing."""

    def __init__(self, db: sqlite_utils.Database, path: Path) -> None:
        self._db = db
        self._path = path
        self.conn = db.conn

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an archive, make it if there is none, and bring its tables up to date.

        Raises ArchiveError where the file is another program's, damaged, or newer than this program.
        """
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
            (source_id,) = conn.execute(
                """
                INSERT INTO sources (key, name, url, language, added_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET name = excluded.name, url = excluded.url, language = excluded.language
                RETURNING id
                """,
                (source.id, source.name, source.url, source.language, stamp(now)),
            ).fetchone()
            for kind, url in configured_listings(source):
                frontier.add_configured(conn, source_id, kind, url, now)
            frontier.make_listings_due(conn, source_id, now)
        return int(source_id)

    def lease(self, run_id: int, source_id: int, room: Room, now: datetime) -> list[Lease]:
        """Take due URLs of a source; see `frontier.lease`."""
        with self.transaction() as conn:
            return frontier.lease(conn, run_id=run_id, source_id=source_id, room=room, now=now)

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
            """,
            (source_id, stamp(since), stamp(until)),
        )
        return int(count)

    def pause(self, host: str, until: datetime, reason: str, now: datetime, *, lasting: bool) -> None:
        """Put off what is due of a host until then; a lasting pause is remembered for later runs too."""
        with self.transaction() as conn:
            frontier.postpone_host(conn, host, until, reason)
            if not lasting:
                return
            conn.execute(
                """
                INSERT INTO hosts (name, paused_until, reason, noted_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET
                    paused_until = excluded.paused_until, reason = excluded.reason, noted_at = excluded.noted_at
                """,
                (host, stamp(until), reason, stamp(now)),
            )

    def pauses(self, now: datetime) -> dict[str, tuple[datetime, str]]:
        """Hosts that are to be left alone still -> until when, and why. A pause noted in the future is none."""
        rows = self._rows(
            "SELECT name, paused_until, reason FROM hosts WHERE paused_until > ? AND noted_at <= ?",
            (stamp(now), stamp(now)),
        )
        return {name: (parse_stamp(until), reason) for name, until, reason in rows}

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
            return boilerplate.keys_in_force(self.conn, source_id)

    def samples(self, source_id: int) -> tuple[Sample, ...]:
        """The articles of a source to learn from, newest first."""
        with _plain_errors(self._path):
            return boilerplate.samples(self.conn, source_id)

    def keep_learned(self, source_id: int, lines: Sequence[Boilerplate], now: datetime) -> int:
        """Write down what was learned of a source. Returns the number of lines that are new."""
        with self.transaction() as conn:
            return boilerplate.keep(conn, source_id, lines, now)

    def decide_learned(self, line_id: int, state: boilerplate.State, now: datetime) -> bool:
        """Write down a person's word on a learned line. Returns False where there is no line with this id."""
        with self.transaction() as conn:
            return boilerplate.decide(conn, line_id, state, now)

    # Landing ---------------------------------------------------------------------------------------------------------

    def fail(self, run_id: int, lease: Lease, fetch: Fetch, failure: Failure, now: datetime) -> Outcome:
        """Record a try that ended without anything to file."""
        with self.transaction() as conn:
            article_id = _article_of(conn, lease) if lease.kind is None else None
            _insert_fetch(conn, run_id, lease, fetch, failure.outcome, failure.stage, failure.detail, article_id)
            if failure.retry_at:
                frontier.postpone(conn, lease, failure.retry_at, failure.outcome, failure.detail)
            else:
                frontier.finish(conn, lease, failure.outcome, failure.detail, now)
            if article_id is not None and fetch.status in {404, 410}:
                conn.execute(
                    "UPDATE articles SET gone_at = coalesce(gone_at, ?) WHERE id = ?", (stamp(now), article_id)
                )
            if lease.kind is not None:
                _record_check(conn, lease, fetch, failure.outcome, failure.detail)
        return failure.outcome

    def excuse(self, run_id: int, lease: Lease, fetch: Fetch, failure: Failure, now: datetime) -> Outcome:
        """Record a try that failed for a reason of our own, such as a dead name server: nothing else bears it."""
        with self.transaction() as conn:
            _insert_fetch(conn, run_id, lease, fetch, failure.outcome, failure.stage, failure.detail, None)
            frontier.postpone(conn, lease, now, None, failure.detail)
        return failure.outcome

    def file_unchanged(self, run_id: int, lease: Lease, fetch: Fetch, now: datetime) -> set[int]:
        """Record a listing that answered "not modified" or the same bytes. Returns the articles it names."""
        with self.transaction() as conn:
            feed_id = _record_check(conn, lease, fetch, Outcome.UNCHANGED, "")
            _insert_fetch(conn, run_id, lease, fetch, Outcome.UNCHANGED, "discover", "", None)
            frontier.finish(conn, lease, Outcome.UNCHANGED, "", now)
            return _listed_articles(conn, feed_id)

    def file_listing(
        self, run_id: int, lease: Lease, fetch: Fetch, listing: Listing, validators: tuple[str | None, str | None],
        now: datetime,
    ) -> Read:  # fmt: skip
        """Record a listing that was read: its entries become due. `validators` are its ETag and Last-Modified."""
        with self.transaction() as conn:
            detail = "; ".join(listing.notes)
            feed_id = _record_check(conn, lease, fetch, Outcome.LISTED, detail)
            found, trapped = _without_traps(listing.found)
            added = frontier.add_found(conn, parent=lease, feed_id=feed_id, found=found, run_id=run_id, now=now)
            _record_listed(conn, feed_id, added.ids)
            unusable = tuple(
                failure.outcome
                for failure in (*listing.failures, *trapped)
                if _file_unusable(conn, run_id, lease, failure, now)
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
            _insert_fetch(conn, run_id, lease, fetch, Outcome.LISTED, "discover", detail, None)
            frontier.finish(conn, lease, Outcome.LISTED, detail, now)
            return Read(due=added.due, articles=frozenset(_listed_articles(conn, feed_id)), unusable=unusable)

    def file(
        self,
        run_id: int,
        lease: Lease,
        fetch: Fetch,
        extraction: Extraction,
        *,
        extractor: str,
        parts: Sequence[Fetch] = (),
    ) -> tuple[Outcome, int | None]:
        """File what extraction made of a page and of its further `parts`.

        Returns the outcome of the try and the id of its article.
        """
        outcome: Outcome = extraction.outcome
        with self.transaction() as conn:
            if outcome is not Outcome.SAVED:
                article_id = _article_of(conn, lease)
                detail = "; ".join((extraction.article.kind, *extraction.notes))
            else:
                landing = _Landing(conn, lease, fetch, extraction, extractor)
                outcome, article_id, detail = landing.land(), landing.article_id, ""
            fetch_id = _insert_fetch(conn, run_id, lease, fetch, outcome, "file", detail, article_id)
            if outcome in {Outcome.SAVED, Outcome.UPDATED}:
                conn.execute(
                    "UPDATE versions SET fetch_id = ? WHERE id = (SELECT version_id FROM articles WHERE id = ?)",
                    (fetch_id, article_id),
                )
            conn.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (article_id, lease.id))
            for part in parts:
                _file_part(conn, run_id, lease, part, article_id)
            frontier.finish(conn, lease, outcome, detail, fetch.fetched_at)
        return outcome, article_id


def configured_listings(source: Source) -> Iterator[tuple[ListingKind, str]]:
    """The listings a source's configuration names. One that names nothing starts at its home page."""
    yield from ((ListingKind.FEED, url) for url in source.feeds)
    yield from ((ListingKind.SITEMAP, url) for url in source.sitemaps)
    yield from ((ListingKind.SECTION, url) for url in source.sections)
    yield from ((ListingKind.URLS, url) for url in source.urls)
    if not (source.feeds or source.sitemaps or source.sections or source.urls):
        yield ListingKind.SECTION, source.url


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
    if code in _NO_ROOM:
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


# A quota, or a limit on file sizes, shows as a failed write; a full disk also where the index of the write-ahead log
# is made larger.
_NO_ROOM: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_SHMSIZE}
)
_UNWRITABLE: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_UNREADABLE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR})


# Rows ----------------------------------------------------------------------------------------------------------------


def _article_of(conn: sqlite3.Connection, lease: Lease) -> int | None:
    """The article that is filed under the address of a lease."""
    row = conn.execute(
        "SELECT coalesce((SELECT article_id FROM frontier WHERE id = ?), (SELECT article_id FROM urls WHERE url = ?))",
        (lease.id, lease.url),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _insert_fetch(
    conn: sqlite3.Connection, run_id: int, lease: Lease, fetch: Fetch, outcome: Outcome, stage: str, detail: str,
    article_id: int | None,
) -> int:  # fmt: skip
    where = fetch.where
    (fetch_id,) = conn.execute(
        """
        INSERT INTO fetches (run_id, source_id, article_id, url, final_url, kind, fetched_at, stage, outcome, detail,
                             status, ms, bytes, digest, warc_file, warc_offset, warc_length)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (
            run_id, lease.source_id, article_id, lease.url,
            fetch.final_url if fetch.final_url != lease.url else None,
            lease.kind or frontier.ARTICLE, stamp(fetch.fetched_at), stage, outcome, detail or None,
            fetch.status, fetch.ms, fetch.bytes, fetch.digest,
            where and where.file, where and where.offset, where and where.length,
        ),
    ).fetchone()  # fmt: skip
    return int(fetch_id)


def _file_part(conn: sqlite3.Connection, run_id: int, lease: Lease, part: Fetch, article_id: int | None) -> None:
    """Record a further page of an article: a try of its own, an address of the article, and due no more."""
    _insert_fetch(conn, run_id, replace(lease, url=part.url), part, Outcome.PART, "file", "", article_id)
    if article_id is None:
        return
    conn.execute(
        "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, 'part', ?) ON CONFLICT (url) DO NOTHING",
        (article_id, part.url, stamp(part.fetched_at)),
    )
    conn.execute(
        "UPDATE frontier SET state = 'done', outcome = ?, article_id = ? WHERE url = ? AND state = 'pending'",
        (Outcome.PART, article_id, part.url),
    )


def _file_unusable(conn: sqlite3.Connection, run_id: int, lease: Lease, failure: Failure, now: datetime) -> bool:
    """Record an entry of a listing that is not requested, the first time it is seen."""
    if not frontier.add_unusable(conn, lease, failure, run_id, now):
        return False
    entry = replace(lease, url=failure.url, kind=None)
    fetch = Fetch(url=failure.url, fetched_at=now)
    _insert_fetch(conn, run_id, entry, fetch, failure.outcome, failure.stage, failure.detail, None)
    return True


def _without_traps(found: Sequence[Found]) -> tuple[list[Found], list[Failure]]:
    """Entries that may be asked for, and those that are crawler traps by their address."""
    good: list[Found] = []
    trapped: list[Failure] = []
    for entry in found:
        reason = traps.reason(entry.url)
        if reason is None:
            good.append(entry)
        else:
            trapped.append(Failure(url=entry.url, stage="discover", outcome=Outcome.TRAP, detail=reason))
    return good, trapped


def _record_check(conn: sqlite3.Connection, lease: Lease, fetch: Fetch, outcome: Outcome, detail: str) -> int:
    (feed_id,) = conn.execute(
        """
        INSERT INTO feeds (source_id, url, kind, checked_at, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET kind = excluded.kind, checked_at = excluded.checked_at,
            outcome = excluded.outcome, detail = excluded.detail
        RETURNING id
        """,
        (lease.source_id, lease.url, lease.kind, stamp(fetch.fetched_at), outcome, detail or None),
    ).fetchone()
    return int(feed_id)


def _record_listed(conn: sqlite3.Connection, feed_id: int, frontier_ids: Sequence[int]) -> None:
    before = {row[0] for row in conn.execute("SELECT frontier_id FROM listed WHERE feed_id = ?", (feed_id,))}
    now = set(frontier_ids)
    conn.executemany(
        "DELETE FROM listed WHERE feed_id = ? AND frontier_id = ?", [(feed_id, gone) for gone in before - now]
    )
    conn.executemany("INSERT INTO listed VALUES (?, ?)", [(feed_id, new) for new in now - before])


def _listed_articles(conn: sqlite3.Connection, feed_id: int) -> set[int]:
    rows = conn.execute(
        """
        SELECT frontier.article_id FROM listed JOIN frontier ON frontier.id = listed.frontier_id
        WHERE listed.feed_id = ? AND frontier.article_id IS NOT NULL
        """,
        (feed_id,),
    )
    return {row[0] for row in rows}


class _Landing:
    """Files one page inside the caller's transaction: finds its article, decides what changed, writes the rows."""

    def __init__(
        self, conn: sqlite3.Connection, lease: Lease, fetch: Fetch, extraction: Extraction, extractor: str
    ) -> None:
        self.conn = conn
        self.lease = lease
        self.fetch = fetch
        self.extraction = extraction
        self.article = extraction.article
        self.extractor = extractor
        self.article_id: int | None = None
        self.hints = self._hints()
        self.title = self.article.title or self.hints.get("title") or "(untitled)"
        self.words = count_words(self.article.text)
        self.sha256 = changes.digest(self.title, self.article.text)
        self.sha256_as_it_stood = changes.digest(
            self.title, "\n".join(as_it_stood(self.article.paragraphs, extraction.clutter))
        )
        self.cut_words = [count_words(cut.text) for cut in extraction.clutter]

    def _hints(self) -> dict[str, str]:
        (hints,) = self.conn.execute("SELECT hints FROM frontier WHERE id = ?", (self.lease.id,)).fetchone()
        return orjson.loads(hints) if hints else {}

    def land(self) -> Outcome:
        """File the page. Returns SAVED, UPDATED, UNCHANGED or DUPLICATE."""
        self.article_id = _article_of(self.conn, self.lease)
        if self.article_id is not None and not self._is_the_article_itself():
            return self._land_alias()
        if self.article_id is None:
            self.article_id = self._twin()
            if self.article_id is not None:
                return self._land_alias()
        return self._land_version()

    def _is_the_article_itself(self) -> bool:
        """True where this address is the one that filed the article, not an alias of it."""
        row = self.conn.execute("SELECT kind FROM urls WHERE url = ?", (self.lease.url,)).fetchone()
        return row is not None and row[0] == "own"

    def _twin(self) -> int | None:
        """The article this page is another address of: by redirect, by canonical address, or by equal text."""
        for url, _ in self._aliases("own"):
            row = self.conn.execute("SELECT article_id FROM urls WHERE url = ?", (url,)).fetchone()
            if row:
                return int(row[0])
        if self.words < _SAME_TEXT_WORDS:
            return None
        row = self.conn.execute(
            """
            SELECT articles.id FROM versions JOIN articles ON articles.version_id = versions.id
            WHERE versions.sha256 IN (?, ?) AND articles.source_id = ?
            """,
            (self.sha256, self.sha256_as_it_stood, self.lease.source_id),
        ).fetchone()
        return int(row[0]) if row else None

    def _aliases(self, kind: str) -> Iterator[tuple[str, str]]:
        """Addresses of this page, each with its kind; `kind` is that of the address it was leased under.

        Its canonical address counts only on its own site and below the home page.
        """
        final = self.fetch.final_url or self.lease.url
        yield self.lease.url, kind
        yield from ((url, "redirect") for url in (*self.fetch.redirects, final) if not is_home(url))
        canonical, amp = self.article.canonical_url, self.article.amp_url
        if canonical and same_site(canonical, final) and not is_home(canonical):
            yield canonical, "canonical"
        if amp and same_site(amp, final) and not is_home(amp):
            yield amp, "amp"

    def _land_alias(self) -> Outcome:
        self._write_aliases("duplicate")
        self.conn.execute(
            "UPDATE articles SET fetched_at = max(fetched_at, ?) WHERE id = ?",
            (stamp(self.fetch.fetched_at), self.article_id),
        )
        return Outcome.DUPLICATE

    def _land_version(self) -> Outcome:
        change = changes.decide(
            self._filed(), self._with_title(), self.extractor, cuts=self.extraction.clutter, body=self.fetch.digest
        )
        if change is Change.SAME:
            self.conn.execute(
                "UPDATE articles SET fetched_at = ?, gone_at = NULL WHERE id = ?",
                (stamp(self.fetch.fetched_at), self.article_id),
            )
            self._write_aliases("own")
            return Outcome.UNCHANGED
        if change is Change.NEW:
            self._write_article()
        else:
            self._unindex()
        self._write_version(change)
        self._write_facts()
        self._write_people_and_tags()
        self._write_aliases("own")
        self._index()
        return Outcome.SAVED if change is Change.NEW else Outcome.UPDATED

    def _with_title(self) -> Article:
        return replace(self.article, title=self.title)

    def _filed(self) -> changes.Filed | None:
        if self.article_id is None:
            return None
        row = self.conn.execute(
            """
            SELECT v.title, v.text, v.sha256, v.extractor, f.digest, v.id
            FROM articles AS a JOIN versions AS v ON v.id = a.version_id LEFT JOIN fetches AS f ON f.id = v.fetch_id
            WHERE a.id = ?
            """,
            (self.article_id,),
        ).fetchone()
        return changes.Filed(
            title=row[0], text=row[1], sha256=row[2], extractor=row[3], body=row[4],
            cuts=learned_cuts(self.conn, row[5]),
        )  # fmt: skip

    def _write_article(self) -> None:
        (self.article_id,) = self.conn.execute(
            """
            INSERT INTO articles (source_id, title, url, first_seen_at, fetched_at, kind, access, words, removed_words,
                                  images, versions, metadata_sources)
            VALUES (?, ?, ?, ?, ?, '', '', 0, 0, 0, 0, '') RETURNING id
            """,
            (
                self.lease.source_id, self.title, self.fetch.final_url or self.lease.url,
                stamp(self.fetch.fetched_at), stamp(self.fetch.fetched_at),
            ),
        ).fetchone()  # fmt: skip

    def _write_version(self, change: Change) -> None:
        (version_id,) = self.conn.execute(
            """
            INSERT INTO versions (article_id, n, title, standfirst, text, sha256, words, change, created_at, extractor,
                                  charset, charset_source, notes)
            VALUES (:article, 1 + (SELECT versions FROM articles WHERE id = :article), :title, :standfirst, :text,
                    :sha256, :words, :change, :created, :extractor, :charset, :charset_source, :notes)
            RETURNING id
            """,
            {
                "article": self.article_id,
                "title": self.title,
                "standfirst": self.article.standfirst,
                "text": self.article.text,
                "sha256": self.sha256,
                "words": self.words,
                "change": change,
                "created": stamp(self.fetch.fetched_at),
                "extractor": self.extractor,
                "charset": self.extraction.charset,
                "charset_source": self.extraction.charset_source,
                "notes": orjson.dumps(self.extraction.notes).decode(),
            },
        ).fetchone()
        self.conn.execute(
            "UPDATE articles SET version_id = ?, versions = versions + 1 WHERE id = ?", (version_id, self.article_id)
        )
        self.conn.executemany(
            """
            INSERT INTO removed (article_id, version_id, position, kind, rule, after_paragraph, words, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (self.article_id, version_id, n, cut.kind, cut.rule, cut.after_paragraph, words, cut.text)
                for n, (cut, words) in enumerate(zip(self.extraction.clutter, self.cut_words, strict=True))
            ],
        )
        self.conn.executemany(
            """
            INSERT INTO images (article_id, version_id, position, url, caption, credit, alt, after_paragraph, lead)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (self.article_id, version_id, n, image.url, image.caption, image.credit, image.alt,
                 image.after_paragraph, image.lead)
                for n, image in enumerate(self.article.images)
            ],
        )  # fmt: skip

    def _write_facts(self) -> None:
        article = self.article
        published = article.published or self._hinted("published")
        modified = article.modified or self._hinted("modified")
        sources = dict(article.sources)
        if not article.title and self.hints.get("title"):
            sources["title"] = self._hint_source()
        self.conn.execute(
            """
            UPDATE articles SET title = :title, canonical_url = :canonical, standfirst = :standfirst, byline = :byline,
                published_at = :published, published_source = :published_source,
                published_precision = :published_precision, published_zoned = :published_zoned,
                modified_at = :modified, modified_source = :modified_source, modified_precision = :modified_precision,
                modified_zoned = :modified_zoned,
                fetched_at = :fetched, gone_at = NULL, language = :language, section = :section, site_name = :site,
                kind = :kind, access = :access, words = :words, removed_words = :removed, images = :images,
                metadata_sources = :sources
            WHERE id = :id
            """,
            {
                "title": self.title,
                "canonical": article.canonical_url,
                "standfirst": article.standfirst,
                "byline": "; ".join(article.authors) or None,
                "published": published and stamp(published.when),
                "published_source": published and published.source,
                "published_precision": published and published.precision,
                "published_zoned": published and published.zoned,
                "modified": modified and stamp(modified.when),
                "modified_source": modified and modified.source,
                "modified_precision": modified and modified.precision,
                "modified_zoned": modified and modified.zoned,
                "fetched": stamp(self.fetch.fetched_at),
                "language": article.language or self.hints.get("language"),
                "section": article.section,
                "site": article.site_name,
                "kind": article.kind,
                "access": article.access,
                "words": self.words,
                "removed": sum(self.cut_words),
                "images": len(article.images),
                "sources": orjson.dumps(sources).decode(),
                "id": self.article_id,
            },
        )

    def _hinted(self, field: str) -> Dated | None:
        """A date the listing claims, for a page that names none."""
        claim = self.hints.get(field)
        return Dated(when=parse_stamp(claim), source=self._hint_source()) if claim else None

    def _hint_source(self) -> str:
        row = self.conn.execute(
            "SELECT feeds.kind FROM frontier JOIN feeds ON feeds.id = frontier.feed_id WHERE frontier.id = ?",
            (self.lease.id,),
        ).fetchone()
        return row[0] if row else "feed"

    def _write_people_and_tags(self) -> None:
        for table, link, column, names in (
            ("authors", "article_authors", "author_id", self.article.authors),
            ("tags", "article_tags", "tag_id", self.article.tags),
        ):
            self.conn.execute(f"DELETE FROM {link} WHERE article_id = ?", (self.article_id,))  # noqa: S608 - our names
            unique = list(dict.fromkeys(names))
            self.conn.executemany(f"INSERT OR IGNORE INTO {table} (name) VALUES (?)", [(name,) for name in unique])  # noqa: S608
            self.conn.executemany(
                f"INSERT INTO {link} (article_id, {column}, position) SELECT ?, id, ? FROM {table} WHERE name = ?",  # noqa: S608
                [(self.article_id, position, name) for position, name in enumerate(unique)],
            )

    def _write_aliases(self, kind: str) -> None:
        seen = stamp(self.fetch.fetched_at)
        (found_url,) = self.conn.execute("SELECT found_url FROM frontier WHERE id = ?", (self.lease.id,)).fetchone()
        aliases = [*self._aliases(kind), *([(found_url, "found")] if found_url else [])]
        self.conn.executemany(
            "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
            [(self.article_id, url, kind, seen) for url, kind in aliases],
        )

    def _unindex(self) -> None:
        """Take the current version out of the search index, which needs the very text that was put in."""
        self.conn.execute(
            """
            INSERT INTO articles_fts (articles_fts, rowid, title, byline, text)
            SELECT 'delete', id, title, byline, text FROM article_texts WHERE id = ?
            """,
            (self.article_id,),
        )

    def _index(self) -> None:
        self.conn.execute(
            """
            INSERT INTO articles_fts (rowid, title, byline, text)
            SELECT id, title, byline, text FROM article_texts WHERE id = ?
            """,
            (self.article_id,),
        )
