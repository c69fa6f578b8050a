"""Archives looked at without being touched: opened as they are, examined by SQLite, for as long as it takes."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.reader import BUSY_SECONDS, check_identity

_MOST_DAMAGE: Final = 20  # places that SQLite is to name; what is broken is broken

Watch = Callable[[str, int, int | None], None]  # what is being done, bytes of it that are done, and all its bytes


def open_as_it_is(path: Path) -> sqlite3.Connection:
    """Open an archive for reading without touching it: one of an older version is not brought up to date.

    Raises ArchiveError where there is none, or it is no archive of ours.
    """
    try:
        there = path.is_file()
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be opened ({error.strerror})") from error
    if not there:
        raise ArchiveError(f"{path}: there is no archive here yet; `cuttings crawl` makes it")
    uri = f"{path.resolve().as_uri()}?mode=ro"
    conn = connect(uri)
    try:
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        if _lies_still(path):
            conn.close()
            conn = connect(f"{uri}&immutable=1")
    except sqlite3.DatabaseError:
        pass  # told below
    try:
        check_identity(conn, path)
    except BaseException:
        conn.close()
        raise
    return conn


def _lies_still(path: Path) -> bool:
    """Tell whether an archive has nothing beside it, and nothing can be put there.

    A WAL archive wants a file beside it even from a reader. Where none is and none can be made (a disk that cannot be
    written, a folder of another user), nobody is writing, and it is read as it lies there.
    """
    alone = not any(beside(path, ending).exists() for ending in ("-shm", "-wal"))
    return alone and not os.access(path.parent, os.W_OK)


def connect(uri: str) -> sqlite3.Connection:
    """Open a database by its SQLite URI, as it is."""
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite keeps beside a database: its name with an ending, such as `-wal`."""
    return path.with_name(path.name + ending)


@contextmanager
def interruptible(conn: sqlite3.Connection, tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` now and then during a long statement, which Ctrl-C then ends as it ends everything else."""
    conn.set_progress_handler(tick, 500_000)  # some ten times a second
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        conn.set_progress_handler(None, 0)


def damage(conn: sqlite3.Connection, pragma: str) -> list[str]:
    """Damaged places of a database, by `integrity_check` or `quick_check`: twenty at most, none where it is sound.

    From 3.44 on, SQLite speaks of the search index as well. That can be made anew, and is no reason to refuse a backup.
    """
    said = conn.execute(f"PRAGMA {pragma}({_MOST_DAMAGE})")
    lines = (line.strip() for (answer,) in said for line in answer.splitlines())
    return [line for line in lines if line != "ok" and not line.startswith("***") and "FTS5 table" not in line]
