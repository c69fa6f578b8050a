"""What an archive stands on: installed libraries, the configuration, permissions, the disk, files left lying about."""

import os
import re
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from archive.config import toml
from archive.doctor.findings import EXAMPLES, Finding, Visit, fault, note, ok, warning
from archive.errors import ConfigError
from archive.storage.connection import beside, log_of
from archive.warc import warc_files

_OLDEST_SQLITE: Final = (3, 35, 0)  # RETURNING
_GIB: Final = 1 << 30
_LEAST_FREE: Final = _GIB
_MONTH_SECONDS: Final = 30 * 86_400
_LONG_LOG: Final = 64 << 20  # bytes; SQLite writes back after 4 MiB where nobody keeps it from doing so
_SHOWN_LIBRARIES: Final = ("scrapy", "trafilatura", "lxml")


def libraries() -> Iterator[Finding]:
    """The installed versions against those this program asks for, and what SQLite can do."""
    wrong = list(_wrong_libraries())
    if wrong:
        yield fault("libraries", f"{len(wrong):,} not as this program needs them", "install it anew: `uv sync`, or "
                    "`uv tool install --reinstall .`", wrong)  # fmt: skip
    else:
        shown = ", ".join(f"{name} {metadata.version(name)}" for name in _SHOWN_LIBRARIES)
        yield ok("libraries", f"{shown}, all in range")
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE or not _has_fts5():
        yield fault("sqlite", f"SQLite {sqlite3.sqlite_version} is too old or has no full text search",
                    "use a Python with SQLite 3.35 or later and FTS5, such as `uv python install` brings")  # fmt: skip
        return
    yield ok("sqlite", f"SQLite {sqlite3.sqlite_version} with full text search")


def _wrong_libraries() -> Iterator[str]:
    for line in metadata.requires("cuttings") or ():
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            yield f"{needed.name} is missing, needed is {needed.specifier}"
            continue
        if not needed.specifier.contains(found, prereleases=True):
            yield f"{needed.name} is {found}, needed is {needed.specifier}"


def _has_fts5() -> bool:
    with closing(sqlite3.connect(":memory:")) as conn:
        return bool(conn.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0])


def configuration(path: Path) -> Iterator[Finding]:
    """A configuration that loads, with a contact that somebody can be reached at."""
    try:
        settings = toml.load(path)
    except ConfigError as error:
        yield fault("configuration", str(error), "mend the file; `cuttings check` says when it is good")
        return
    if _NOBODYS.search(settings.user_agent):
        yield warning("configuration", f'{path}: user_agent "{settings.user_agent}" names no contact that is real',
                      "put your own address or page there, so that sites can reach you")  # fmt: skip
    elif not settings.sources:
        yield warning("configuration", f"{path}: names no source", "add a [[source]] table with a url")
    else:
        enabled = sum(source.enabled for source in settings.sources)
        yield ok("configuration", f"{path}: {len(settings.sources):,} sources, {enabled:,} enabled; "
                 f"contact in {settings.user_agent}")  # fmt: skip


# RFC 6761: domains that can be nobody's. Those of the template are refused when the file is read.
_NOBODYS: Final = re.compile(r"[@/.](?:localhost|[\w-]+\.(?:invalid|localdomain|localhost))(?![\w.-])", re.IGNORECASE)


# ---- Permissions -----------------------------------------------------------------------------------------------------


def permissions(archive: Path) -> Iterator[Finding]:
    """What a crawl writes to is what it should be and can be written, by those who should alone."""
    folders = {"its folder": archive.absolute().parent, "the folder of raw pages": warc_files.folder_of(archive)}
    files = {
        "the archive": archive,
        "its log of writes": beside(archive, "-wal"),
        "the index of that": beside(archive, "-shm"),
        "the log of crawls": log_of(archive),
        "the lock": beside(archive, ".lock"),
    }
    there = [f"{name}: {path}" for name, path in (folders | files).items() if path.exists() and not _is_writable(path)]
    astray = [f"{path} is a file" for path in folders.values() if path.exists() and not path.is_dir()]
    astray += [f"{path} is a folder" for path in files.values() if path.is_dir()]
    if astray:
        yield fault("permissions", f"{len(astray):,} names are taken that a crawl needs", "move away what is there",
                    astray)  # fmt: skip
    if there:
        yield fault("permissions", f"a crawl could not write to {len(there):,} places",
                    f"as the owner: chmod u+w, or crawl as {_owner(archive)}", there)  # fmt: skip
    if not astray and not there:
        yield ok("permissions", "all that a crawl writes to can be written")
    open_to_all = [str(path) for path in (*folders.values(), archive) if path.exists() and _is_open_to_all(path)]
    if open_to_all:
        yield warning("permissions", "every user of this machine can change or delete what is archived", "chmod o-w, "
                      "unless that is meant", open_to_all)  # fmt: skip


def _is_open_to_all(path: Path) -> bool:
    """A folder where everybody writes and deletes only their own (sticky, as that of temporary files) is not."""
    mode = path.stat().st_mode
    return bool(mode & stat.S_IWOTH) and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX)


def _is_writable(path: Path) -> bool:
    """By this user, and as its mode says: root may write to what is protected, and should not."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, NotImplementedError):
        return "its owner"


# ---- Disk ------------------------------------------------------------------------------------------------------------


def disk(archive: Path) -> Iterator[Finding]:
    """Room for what the last month brought to come once more, and for 1 GiB in any case."""
    free = shutil.disk_usage(archive.absolute().parent).free
    growth = _raw_bytes_since(warc_files.folder_of(archive), time.time() - _MONTH_SECONDS)
    least = max(_LEAST_FREE, growth)
    if free < least:
        yield warning("disk", f"{_size(free)} left; the raw pages of the last 30 days took {_size(growth)}",
                      "make room: on a full disk a crawl stops; it goes on from there when there is room")  # fmt: skip
        return
    yield ok("disk", f"{_size(free)} left; the raw pages of the last 30 days took {_size(growth)}")


def _raw_bytes_since(folder: Path, moment: float) -> int:
    facts = [path.stat() for path in folder.glob("*.warc.gz*") if path.is_file()]
    return sum(each.st_size for each in facts if each.st_mtime >= moment)


def _size(count: int) -> str:
    return f"{count / _GIB:,.1f} GiB" if count >= _GIB else f"{count / (1 << 20):,.1f} MiB"


def write_ahead_log(visit: Visit) -> Iterator[Finding]:
    """What was committed and not yet written back into the archive; readers that stay keep it from being so."""
    path = beside(visit.patient.archive, "-wal")
    size = path.stat().st_size if path.exists() else 0
    if size < _LONG_LOG:
        yield ok("log of writes", f"{_size(size)} in {path.name}" if size else "written back")
        return
    yield warning("log of writes", f"{path} has grown to {_size(size)}",
                  "end programs that keep the archive open for hours; the next crawl writes it back. Never delete it: "
                  "it holds what was filed last")  # fmt: skip


def leftovers(archive: Path) -> Iterator[Finding]:
    """Unfinished copies and exports, from programs that were killed or are at it now."""
    folders = (archive.absolute().parent, warc_files.folder_of(archive))
    left = sorted(str(path) for folder in folders for path in folder.glob("*.part") if path.is_file())
    if left:
        yield note("left-overs", f"{len(left):,} unfinished files", "delete them, unless a backup or an export is "
                   "being written at this moment", left[:EXAMPLES])  # fmt: skip
