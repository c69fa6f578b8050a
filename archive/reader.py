"""Opens archives for reading only, and tells an archive from another file. Light to import: no command waits for it."""

import sqlite3
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError

# "CUTT" in ASCII, in `PRAGMA application_id`: tells an archive from another SQLite file.
APPLICATION_ID: Final = 0x43555454
LATEST: Final = "m003_hosts"  # the last migration of archive.schema, whose import takes longer than a search
BUSY_SECONDS: Final = 30


def open_reader(path: Path) -> sqlite3.Connection:
    """Open an archive for reading only; one of an older version is brought up to date first.

    Raises ArchiveError where there is none, it is no archive of ours, or it is older and cannot be written.
    """
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no archive here yet; `cuttings crawl` makes it")
    conn = _connect(path)
    if _is_older(conn):
        conn.close()
        _bring_up_to_date(path)
        conn = _connect(path)
    return conn


def _connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    try:
        check_identity(conn, path)
        conn.execute("PRAGMA query_only = 1")
    except BaseException:
        conn.close()
        raise
    conn.row_factory = sqlite3.Row
    return conn


def _is_older(conn: sqlite3.Connection) -> bool:
    """Tell whether an archive has tables, but not yet the latest."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone() is None:
        return False
    return conn.execute("SELECT 1 FROM _sqlite_migrations WHERE name = ?", (LATEST,)).fetchone() is None


def _bring_up_to_date(path: Path) -> None:
    from archive.store import Store

    Store.open(path).close()


def check_identity(conn: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveError where an open file is no archive; one without any table may become one."""
    try:
        (identity,) = conn.execute("PRAGMA application_id").fetchone()
        (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path}: cannot be read as an archive ({error})") from error
    if identity != APPLICATION_ID and tables:
        raise ArchiveError(f"{path}: is an SQLite file of another program, not an archive")
