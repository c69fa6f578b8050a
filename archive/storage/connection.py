"""Opens archives for reading, and tells an archive from another file. Light to import: no command waits for it."""

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError

# "CUTT" in ASCII, in `PRAGMA application_id`: tells an archive from another SQLite file.
APPLICATION_ID: Final = 0x43555454
LATEST: Final = "m011_undated"  # the last of `migrations.steps`, whose import takes longer than a search
BUSY_SECONDS: Final = 30
# Tables that grow without bound; their rows are counted as they are written, in `table_counts`.
COUNTED: Final = (
    "articles", "versions", "removed", "images", "urls", "fetches", "frontier", "authors", "article_authors", "tags",
    "article_tags", "listed", "claims", "sightings",
)  # fmt: skip


def open_reader(path: Path) -> sqlite3.Connection:
    """Open an archive for reading only; one of an older version is brought up to date first.

    Raises ArchiveError where there is none, it is no archive of ours, it is newer than this program, or it is older and
    cannot be written.
    """
    conn = open_as_it_is(path)
    try:
        if _is_older(conn, path):
            conn.close()
            _bring_up_to_date(path)
            conn = open_as_it_is(path)
        conn.execute("PRAGMA query_only = 1")
    except BaseException:
        conn.close()
        raise
    conn.row_factory = sqlite3.Row
    conn.text_factory = lambda text: str(text, "utf-8", "replace")  # a text that is no UTF-8 costs no other row
    return conn


def open_as_it_is(path: Path) -> sqlite3.Connection:
    """Open an archive for reading without touching it, whatever its version.

    Raises ArchiveError where there is none, or it is no archive of ours.
    """
    look_at(path)
    conn = connect(uri_of(path))
    try:
        check_identity(conn, path)
    except BaseException:
        conn.close()
        raise
    return conn


def uri_of(path: Path) -> str:
    """SQLite's URI of an archive, for reading."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(connect(uri)) as conn:
        try:
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            return f"{uri}&immutable=1" if _lies_still(path) else uri
        except sqlite3.DatabaseError:
            return uri  # whoever opens it is told
    return uri


def connect(uri: str) -> sqlite3.Connection:
    """Open a database by its SQLite URI, as it is."""
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite keeps beside a database: its name with an ending, such as `-wal`."""
    return path.with_name(path.name + ending)


def log_of(path: Path) -> Path:
    """The file that crawls of an archive log to: `news.db` has `news.log` beside it."""
    log = path.with_suffix(".log")
    return log if log != path else beside(path, ".log")


def is_part_of(archive: Path, path: Path) -> bool:
    """Tell whether a path leads to an archive or to a file that is kept beside it while somebody works with it."""
    own = (archive, log_of(archive), *(beside(archive, ending) for ending in ("-wal", "-shm", "-journal", ".lock")))
    return any(_is_same(each, path) for each in own)


def _is_same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def check_identity(conn: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveError where an open file is no archive; one without any table may become one."""
    try:
        (identity,) = conn.execute("PRAGMA application_id").fetchone()
        (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path}: cannot be read as an archive ({error})") from error
    if identity != APPLICATION_ID and tables:
        raise ArchiveError(f"{path}: is an SQLite file of another program, not an archive")


def _lies_still(path: Path) -> bool:
    """Tell whether an archive has nothing beside it, and nothing can be put there.

    A WAL archive wants a file beside it even from a reader. Where none is and none can be made (a disk that cannot be
    written, a folder of another user), nobody is writing, and it is read as it lies there.
    """
    alone = not any(beside(path, ending).exists() for ending in ("-shm", "-wal"))
    return alone and not os.access(path.parent, os.W_OK)


def look_at(path: Path) -> None:
    """Raise ArchiveError where there is no file that can be read.

    It is not opened for that: closing it again would let go of every lock that SQLite holds on it in this process.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ArchiveError(f"{path}: there is no archive here yet; `cuttings crawl` makes it") from error
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be opened ({error.strerror})") from error
    if stat.S_ISDIR(mode):
        raise ArchiveError(f"{path}: is a folder, not an archive; name the file that is the archive")
    if not stat.S_ISREG(mode):
        raise ArchiveError(f"{path}: is not a file that could be an archive")
    if not os.access(path, os.R_OK):
        raise ArchiveError(f"{path}: cannot be opened ({os.strerror(errno.EACCES)})")


def _is_older(conn: sqlite3.Connection, path: Path) -> bool:
    """Tell whether an archive lacks the latest tables. Raises ArchiveError where it has none at all, or later ones."""
    try:
        made = {name for (name,) in conn.execute(_MIGRATIONS)}
    except sqlite3.OperationalError as error:
        if conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise ArchiveError(f"{path}: is no whole archive ({error})") from error
        raise ArchiveError(f"{path}: is empty; `cuttings crawl` makes an archive of it") from None
    if max(made, default="") > LATEST:
        raise ArchiveError(f"{path}: was made by a newer version of Cuttings; upgrade this program to open it")
    return LATEST not in made


_MIGRATIONS: Final = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'cuttings'"


def _bring_up_to_date(path: Path) -> None:
    from archive.storage.store import Store

    if not os.access(path, os.W_OK):
        raise ArchiveError(
            f"{path}: was made by an older version of Cuttings and has to be brought up to date; as somebody who may "
            "write to it, run `cuttings status`"
        )
    Store.bring_up_to_date(path)
