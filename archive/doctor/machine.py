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

from archive import config, warc
from archive.doctor.findings import EXAMPLES, Finding, Visit, fault, note, ok, warning
from archive.errors import ConfigError
from archive.untouched import beside

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
        settings = config.load(path)
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
    """What a crawl writes to can be written; and who can read it."""
    places = {
        "the archive": archive,
        "its folder": archive.absolute().parent,
        "the folder of raw pages": warc.folder_of(archive),
        "the log": archive.with_suffix(".log"),
        "the lock": beside(archive, ".lock"),
    }
    closed = [f"{name}: {path}" for name, path in places.items() if path.exists() and not _is_writable(path)]
    if closed:
        yield fault("permissions", f"a crawl could not write to {len(closed):,} places",
                    f"as the owner: chmod u+w, or crawl as {_owner(archive)}", closed)  # fmt: skip
    else:
        yield ok("permissions", "all that a crawl writes to can be written")
    if archive.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield note("permissions", "other users of this machine can read the archive",
                   f"chmod go-r {archive}, if they should not")  # fmt: skip


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
    growth = _raw_bytes_since(warc.folder_of(archive), time.time() - _MONTH_SECONDS)
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
    folders = (archive.absolute().parent, warc.folder_of(archive))
    left = sorted(str(path) for folder in folders for path in folder.glob("*.part") if path.is_file())
    if left:
        yield note("left-overs", f"{len(left):,} unfinished files", "delete them, unless a backup or an export is "
                   "being written at this moment", left[:EXAMPLES])  # fmt: skip
