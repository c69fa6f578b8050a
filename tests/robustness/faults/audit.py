"""What is wrong with an archive, counted, with other tools than the program's own where there are any."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.errors import ArchiveError
from archive.model.capture import Locator
from archive.warc import warc_files
from tests.robustness.faults.press import FILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What was found; each of these is to be 0."""

    lost: int = 0  # articles that are not there
    wrong: int = 0  # articles that are not what is printed at their address
    twice: int = 0  # articles, versions and landings that are there more than once
    half: int = 0  # articles without a text or an address, and URLs that are done without an outcome
    unreadable: int = 0  # WARC records
    nowhere: int = 0  # places of raw answers that no such answer stands at
    database: int = 0  # findings of SQLite: its pages, its foreign keys, the search index
    leased: int = 0  # URLs that a run holds which is no more

    def __add__(self, other: Self) -> Self:
        return type(self)(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def in_the_middle(database: Path, run: int = 0) -> Damage:
    """The damage to an archive whose run was stopped, looked at in a copy: the next run finds it as it was.

    Places of raw answers are looked at from this run on.
    """
    with copy(database) as conn:
        return (
            Damage(database=_findings(conn), nowhere=_nowhere(conn, warc_files.folder_of(database), run))
            + _half(conn)
            + _twice(conn)
        )


def at_the_end(database: Path, printed: Mapping[str, str]) -> Damage:
    """The damage to an archive after a run that ended by itself, when all that was printed is to be in it.

    `printed` is address -> text.
    """
    folder = warc_files.folder_of(database)
    with closing(sqlite3.connect(database)) as conn:
        filed = dict(conn.execute(FILED))
        (leased,) = conn.execute("SELECT count(*) FROM frontier WHERE state = 'leased'").fetchone()
        return (
            Damage(
                lost=len(set(printed.values()) - set(filed.values())),
                wrong=sum(printed.get(url) != text for url, text in filed.items()),
                unreadable=sum(_unreadable(path) for path in folder.iterdir()),
                nowhere=_nowhere(conn, folder, 0),
                database=_findings(conn),
                leased=leased,
            )
            + _half(conn)
            + _twice(conn)
        )


@contextmanager
def copy(database: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a database with its write-ahead log, as if the machine had been switched off at this moment."""
    with TemporaryDirectory() as name:
        target = Path(name) / database.name
        for ending in ("", "-wal"):
            source = database.with_name(database.name + ending)
            if source.exists():
                shutil.copy(source, target.with_name(target.name + ending))
        with closing(sqlite3.connect(target)) as conn:
            yield conn


def _findings(conn: sqlite3.Connection) -> int:
    if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'articles_fts'").fetchone()[0]:
        return 0  # it was stopped before there was a table
    pages = [row for row in conn.execute("PRAGMA integrity_check") if row != ("ok",)]
    keys = conn.execute("PRAGMA foreign_key_check").fetchall()
    try:
        conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return len(pages) + len(keys) + 1
    return len(pages) + len(keys)


def _half(conn: sqlite3.Connection) -> Damage:
    return Damage(
        half=_count(
            conn,
            """
            SELECT count(*) FROM articles AS a LEFT JOIN versions AS v ON v.id = a.version_id
            WHERE v.text IS NULL OR a.title = '' OR a.kind = '' OR a.versions <> 1
               OR NOT EXISTS (SELECT 1 FROM urls AS u WHERE u.article_id = a.id AND u.kind IN ('own', 'led'))
            """,
            """
            SELECT count(*) FROM frontier AS f WHERE f.state IN ('done', 'dead') AND f.kind = 'article' AND NOT EXISTS
                (SELECT 1 FROM fetches WHERE fetches.url = f.url AND fetches.outcome = f.outcome)
            """,
            """
            SELECT count(*) FROM frontier WHERE outcome IN ('saved', 'duplicate')
               AND article_id NOT IN (SELECT id FROM articles)
            """,
        )
    )


def _twice(conn: sqlite3.Connection) -> Damage:
    return Damage(
        twice=_count(
            conn,
            "SELECT count(*) - count(DISTINCT text) FROM versions",
            "SELECT count(*) - count(DISTINCT article_id) FROM versions",
            "SELECT count(*) - count(DISTINCT url) FROM fetches WHERE outcome IN ('saved', 'duplicate', 'http_4xx')",
            "SELECT count(*) - (SELECT count(*) FROM articles) FROM fetches WHERE outcome = 'saved'",
        )
    )


def _count(conn: sqlite3.Connection, *queries: str) -> int:
    if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'articles'").fetchone()[0]:
        return 0
    return sum(abs(conn.execute(query).fetchone()[0]) for query in queries)


def _nowhere(conn: sqlite3.Connection, folder: Path, run: int) -> int:
    """Rows that point at no whole answer of their URL and status."""
    if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'fetches'").fetchone()[0]:
        return 0
    wrong = 0
    for url, status, file, offset, length in conn.execute(
        "SELECT coalesce(final_url, url), status, warc_file, warc_offset, warc_length FROM fetches"
        " WHERE status IS NOT NULL AND run_id >= ?",
        (run,),
    ):
        try:
            capture = warc_files.read(folder, Locator(file=file, offset=offset, length=length))
        except ArchiveError:
            wrong += 1
            continue
        wrong += (capture.url, capture.status) != (url, status)
    return wrong


def _unreadable(path: Path) -> int:
    """Records of a file that are damaged or out of order to fastwarc, which shares no code with warcio."""
    with path.open("rb") as stream:
        records = [
            (record.record_type, record.verify_block_digest()) for record in ArchiveIterator(stream, parse_http=False)
        ]
    kinds = [kind for kind, _ in records]
    whole = [WarcRecordType.warcinfo, *(WarcRecordType.response, WarcRecordType.request) * (len(kinds) // 2)]
    # The last request may have been cut off: its response stays.
    return sum(not good for _, good in records) + (kinds != whole[: len(kinds)])
