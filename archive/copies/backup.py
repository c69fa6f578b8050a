"""A copy of an archive that is whole: the database as it stood at one moment and, if asked for, its raw pages.

A crawl may write and people may read meanwhile. The copy is made under another name beside its place, brought to the
disk, checked and only then renamed: what stands under the name that was asked for is whole, whenever this is killed.
"""

import errno
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from filelock import FileLock, Timeout

from archive.errors import DISK_FULL, FULL_IN_SQLITE, ArchiveError, BusyError, CuttingsError, StorageFullError
from archive.storage.connection import beside, connect, is_part_of, open_as_it_is
from archive.storage.integrity import Watch, damage, interruptible
from archive.warc import warc_files

PART: Final = ".backup.part"  # ends the name of what is not complete yet
_PAGES: Final = 1024  # of the database between two looks at the clock and the keyboard
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be copied where. `force` overwrites a file that is there; `raw` brings the raw pages along."""

    archive: Path
    target: Path
    force: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCopy:
    """What became of the WARC files: `copied` and `skipped` add up to `files`; `size` is the bytes that were copied.

    `shorter` names files that hold less in the archive than in an earlier backup, whose copy was kept.
    """

    folder: Path
    copied: int
    skipped: int
    size: int
    shorter: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """WARC files of the archive that hold a whole record."""
        return self.copied + self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What the copy holds, counted in the copy; `size` is its bytes."""

    archive: Path
    target: Path
    articles: int
    versions: int
    size: int
    raw: RawCopy | None

    def line(self) -> str:
        """The one line a person reads."""
        done = (
            f"{self.target}: {self.articles:,} articles in {self.versions:,} versions, {self.size:,} bytes, "
            f"checked and whole"
        )
        if self.raw is None:
            return f"{done}; without the raw pages (--warc)"
        return (
            f"{done}; raw pages in {self.raw.folder}: {self.raw.files:,} WARC files = {self.raw.copied:,} copied "
            f"({self.raw.size:,} bytes), {self.raw.skipped:,} there already"
        )


def back_up(order: Order, watch: Watch = lambda _what, _done, _total: None) -> Backup:
    """Copy an archive.

    Raises ArchiveError where there is none or it is damaged, StorageFullError where the disk is full, BusyError where
    another backup writes to the same file, and CuttingsError where the file must not or cannot be written.
    """
    with closing(_opened(order.archive)) as source, _plain_errors(order.target):
        _refuse(order)
        part = beside(order.target, PART)
        with _locked(order.target), _removed_at_the_end(part):
            _create(part, order.archive)
            _copy_database(source, part, watch)
            articles, versions = _check(part, order.archive, watch)
            folders = warc_files.folder_of(order.archive), warc_files.folder_of(order.target)
            raw = _copy_raw(*folders, watch) if order.raw else None
            _sync(part)
            _refuse(order)  # what has come there meanwhile is not overwritten either
            _put_in_place(part, order.target)
            size = order.target.stat().st_size
    return Backup(
        archive=order.archive, target=order.target, articles=articles, versions=versions, size=size, raw=raw
    )  # fmt: skip


# ---- What is refused -------------------------------------------------------------------------------------------------


def _opened(archive: Path) -> sqlite3.Connection:
    conn = open_as_it_is(archive)
    if not conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        conn.close()
        raise ArchiveError(f"{archive}: is empty, there is nothing to back up; `cuttings crawl` fills it")
    return conn


def _refuse(order: Order) -> None:
    """Raise CuttingsError where the target must not be written."""
    archive, target = order.archive, order.target
    if target.is_dir():
        raise CuttingsError(f"{target}: is a folder; name the file the backup is to be written to")
    if not target.parent.is_dir():
        raise CuttingsError(f"{target}: there is no folder {target.parent}; make it first")
    if is_part_of(archive, target) or is_part_of(archive, beside(target, PART)):
        raise CuttingsError(f"{target}: is the archive itself or a file it works with; name another file")
    if target.exists() and not target.is_file():
        raise CuttingsError(f"{target}: is not a file; name the file the backup is to be written to")
    if target.exists() and not order.force:
        raise CuttingsError(f"{target}: is there already; --force overwrites it, another name keeps both")
    if _size(beside(target, "-wal")):
        # SQLite would take what is left there for the newest pages of the copy.
        raise CuttingsError(f"{target}: another program has it open for writing ({target.name}-wal is not empty)")
    if order.raw and _same(warc_files.folder_of(archive), warc_files.folder_of(target)):
        raise CuttingsError(
            f"{target}: its raw pages would go to {warc_files.folder_of(target)}, where those of the archive are; "
            "name a file in another folder"
        )


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


# ---- The file that is written ----------------------------------------------------------------------------------------


@contextmanager
def _plain_errors(target: Path) -> Iterator[None]:
    full = f"{target}: the disk is full: no backup was made, and the archive is as it was; make room and start again"
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in FULL_IN_SQLITE:
            raise StorageFullError(full) from error
        raise CuttingsError(f"{target}: no backup was made ({error})") from error
    except sqlite3.DatabaseError as error:
        raise ArchiveError(
            f"the archive is damaged ({error}): no backup was made; `cuttings doctor` says more"
        ) from error
    except OSError as error:
        if error.errno in DISK_FULL:
            raise StorageFullError(full) from error
        # The names of the unfinished copy and its lock say nothing to a person.
        name = Path(error.filename or target).name
        ours = name == target.name or name.startswith(target.name + PART)
        where, why = target if ours else error.filename, error.strerror or str(error)
        raise CuttingsError(f"{where}: {'cannot be written' if ours else 'no backup was made'} ({why})") from error


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Keep a second backup to the same file away from the first one's unfinished copy."""
    path = target.with_name(f"{target.name}{PART}.lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"{target}: another backup is being written there; wait until it has ended") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


@contextmanager
def _removed_at_the_end(part: Path) -> Iterator[None]:
    """Remove an unfinished copy: what a killed backup left, and our own when it fails."""
    _remove(part)
    try:
        yield
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        beside(part, ending).unlink(missing_ok=True)


def _create(part: Path, archive: Path) -> None:
    """Make the empty file, readable to the same people as the archive: a copy gives nothing away."""
    needed = archive.stat().st_size
    free = shutil.disk_usage(part.parent).free
    if free < needed:
        raise StorageFullError(
            f"{part.parent}: the disk has {free:,} bytes left, the backup needs {needed:,}: none was made; make room "
            "and start again"
        )
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    part.chmod(stat.S_IMODE(archive.stat().st_mode) | stat.S_IWUSR)


def _copy_database(source: sqlite3.Connection, part: Path, watch: Watch) -> None:
    """Copy page by page out of ONE state of the archive.

    A backup that lets go of the archive between its steps starts again whenever somebody writes, and would not end
    before a crawl does. The transaction holds the state; in WAL mode it holds up nobody.
    """
    source.execute("BEGIN")
    (page,) = source.execute("PRAGMA page_size").fetchone()
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the state is taken with the first read
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        # Nobody else knows this file, and it is synced as a whole: it needs no journal.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        source.backup(
            copy,
            pages=_PAGES,
            progress=lambda _status, left, total: watch("Copying the database", (total - left) * page, total * page),
        )
        # Not WAL, unlike the archive: the copy can then be read where nothing can be written.
        copy.execute("PRAGMA journal_mode = DELETE")
    source.rollback()


def _check(part: Path, archive: Path, watch: Watch) -> tuple[int, int]:
    """Read the whole copy back. Returns its articles and versions."""
    with closing(connect(f"{part.resolve().as_uri()}?mode=ro&immutable=1")) as copy:
        with interruptible(copy, lambda: watch("Checking the copy", 0, None)):
            said = damage(copy, "integrity_check")
        if said:
            raise ArchiveError(
                f"{archive}: is damaged ({said[0]}): no backup was made, an earlier one is as it was; "
                "`cuttings doctor` says more"
            )
        articles, versions = copy.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM versions)"
        ).fetchone()
    return int(articles), int(versions)


def _put_in_place(part: Path, target: Path) -> None:
    for ending in ("-wal", "-shm"):  # of readers of the file that is overwritten; they would be taken for the copy's
        beside(target, ending).unlink(missing_ok=True)
    part.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    """Return once a file, or the names in a folder, have reached the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL or not path.is_dir():  # some network disks know no order for names
            raise
    finally:
        os.close(fd)


# ---- Raw pages -------------------------------------------------------------------------------------------------------


def _copy_raw(source: Path, target: Path, watch: Watch) -> RawCopy:
    """Copy what an earlier backup has not. After the database, so that every raw page the copy names is there."""
    names = sorted(warc_files.files_of(source))
    copied = skipped = size = 0
    if names:
        target.mkdir(exist_ok=True)
    shorter: list[str] = []
    for number, name in enumerate(names):
        with _open_warc(source, name) as stream:
            whole = _whole(stream)
            there = _size(target / name)
            if not whole:
                continue
            if there < whole:
                watch(f"Copying raw pages, file {number + 1:,} of {len(names):,}", 0, whole)
                _copy_file(stream, target / name, whole, watch)
                copied += 1
                size += whole
                continue
            skipped += 1
            if there > whole:  # a file is only added to: the archive's has been cut, and the backup has what it lost
                shorter.append(name)
    if names:
        _sync(target)
    return RawCopy(folder=target, copied=copied, skipped=skipped, size=size, shorter=tuple(shorter))


def _open_warc(folder: Path, name: str) -> BinaryIO:
    """Open a WARC file by its complete name; a crawl may complete it between two looks."""
    for candidate in (name, f"{name}.open", name):
        try:
            return (folder / candidate).open("rb")
        except FileNotFoundError:
            continue
    raise CuttingsError(f"{folder / name}: has gone while the backup was made; start again")


def _whole(stream: BinaryIO) -> int:
    """Bytes of a WARC file that are complete: all of them, or up to the last whole record of one that is written to."""
    if stream.name.endswith(".open"):
        return max(warc_files.member_ends(stream), default=0)  # type: ignore[arg-type]  # open("rb") is buffered
    return os.fstat(stream.fileno()).st_size


def _copy_file(stream: BinaryIO, target: Path, size: int, watch: Watch) -> None:
    part = target.with_name(target.name + PART)
    try:
        stream.seek(0)
        facts = os.fstat(stream.fileno())
        with part.open("wb") as out:
            left = size
            while left and (chunk := stream.read(min(left, _CHUNK))):
                out.write(chunk)
                left -= len(chunk)
                watch("Copying raw pages", size - left, size)
            out.flush()
            os.fsync(out.fileno())
        if left:
            raise CuttingsError(f"{stream.name}: became shorter while it was copied; start again")
        part.chmod(stat.S_IMODE(facts.st_mode))
        os.utime(part, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
