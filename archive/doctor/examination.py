"""The order of an examination. A check that cannot be made is a finding itself, and keeps no other from being made."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from filelock import FileLock

from archive.doctor import crawls, database, machine, raw_pages
from archive.doctor.findings import Finding, Patient, Visit, fault
from archive.errors import ArchiveError
from archive.storage.connection import beside, look_at, open_as_it_is
from archive.storage.integrity import Watch, interruptible
from archive.storage.schema_parts import MEND

# What these look at follows from the rest: it can be made again, whatever is wrong with it.
_DERIVED: Final = frozenset({"counts", "search index", "caption index"})
Check = Callable[[Visit], Iterable[Finding]]

_AROUND: Final[tuple[tuple[str, Callable[[Path], Iterable[Finding]]], ...]] = (
    ("permissions", machine.permissions),
    ("disk", machine.disk),
    ("left-overs", machine.leftovers),
)

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("database", database.integrity),
    ("schema", database.schema),
    ("references", database.references),
    ("counts", database.counted),
    ("search index", database.search_index),
    ("caption index", database.caption_index),
    ("crawls", crawls.runs),
    ("addresses", crawls.addresses),
    ("listings", crawls.listings),
    ("coverage", crawls.listed),
    ("versions", crawls.versions),
    ("raw pages", raw_pages.raw_pages),
)


def examine(patient: Patient, watch: Watch = lambda _what, _done, _total: None) -> Iterator[Finding]:
    """Yield what is found, check by check. Nothing is written, and a crawl that is running is not held up."""
    yield from machine.libraries()
    try:
        look_at(patient.archive)
    except ArchiveError as error:
        yield fault("archive", str(error), "if there is one, name it with --archive, and see that you may read it")
        return
    for name, look in _AROUND:
        yield from _guarded(name, look(patient.archive))
    try:
        conn = open_as_it_is(patient.archive)
    except ArchiveError as error:
        damaged = isinstance(error.__cause__, sqlite3.DatabaseError)
        yield fault("archive", str(error), f"if this is the archive: {database.RESTORE}" if damaged else
                    "name the archive with --archive")  # fmt: skip
        return
    with closing(conn):
        if not conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            yield fault("archive", f"{patient.archive} is empty", "`cuttings crawl` makes an archive of it")
            return
        visit = Visit(patient=patient, conn=conn, running=_is_running(patient, conn), watch=watch)
        yield from machine.write_ahead_log(visit)
        for name, check in CHECKS:
            with interruptible(conn, partial(watch, f"Looking at: {name}", 0, None)):
                yield from _guarded(name, check(visit))


def _guarded(name: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Pass findings on; what keeps a check from being made becomes one."""
    remedy = MEND if name in _DERIVED else database.RESTORE
    try:
        yield from found
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise
        yield fault(name, f"cannot be checked ({error})", remedy)
    except sqlite3.DatabaseError as error:
        yield fault(name, f"cannot be checked ({error})", remedy)
    except OSError as error:
        yield fault(name, f"cannot be checked ({error})", "see to it that the file can be read, and look again")
    except (TypeError, ValueError) as error:  # SQLite takes any value in any column
        yield fault(name, f"cannot be checked: it holds what was never written there ({error})", remedy)


def _is_running(patient: Patient, conn: sqlite3.Connection) -> bool:
    """Tell whether a run is writing to the archive.

    The lock is tried only where the archive says that a run goes on: it is then held, or nobody wants it. Trying it at
    another time could turn away a crawl that begins at that very moment.
    """
    try:
        claimed = conn.execute("SELECT 1 FROM runs WHERE state = 'running'").fetchone()
    except sqlite3.DatabaseError:
        claimed = None
    path = beside(patient.archive, ".lock")
    if claimed is None or not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except OSError:  # held (filelock.Timeout is one), or another user's: who cannot tell must not call a run dead
        return True
    lock.release()
    return False
