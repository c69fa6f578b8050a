"""The raw pages: every record of every WARC file is whole, and every locator in the archive points at one."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final

from archive.doctor.findings import EXAMPLES, Finding, Tally, Visit, fault, note, ok
from archive.storage.misplaced import misplaced
from archive.warc import warc_files
from archive.warc.walk import Member, members

_RESTORE: Final = (
    "put the file back from a backup (`cuttings backup --warc` brings them along); the articles cut from these pages "
    "are in the archive all the same"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Located:
    """A locator of the archive, and the try it belongs to."""

    file: str
    offset: int
    length: int
    fetch: int
    url: str

    def __str__(self) -> str:
        return f"try {self.fetch} of {self.url}: {self.file} at byte {self.offset:,}"


@dataclass(slots=True)
class _Reading:
    """What is found while the files are read."""

    size: int = 0  # bytes of all files
    done: int = 0
    files: int = 0
    records: int = 0
    located: int = 0
    lost: Tally = field(default_factory=Tally)
    absent: Tally = field(default_factory=Tally)
    closed: Tally = field(default_factory=Tally)
    damaged: Tally = field(default_factory=Tally)
    unended: Tally = field(default_factory=Tally)
    unknown: Tally = field(default_factory=Tally)


def raw_pages(visit: Visit) -> Iterator[Finding]:
    """Read all raw pages; if it has to be quick, look only whether the files are there and long enough."""
    if away := misplaced(visit.conn, visit.patient.archive):
        yield fault("raw pages", away.what, f"{away.remedy}, and look again")
        return
    folder = warc_files.folder_of(visit.patient.archive)
    # Copied, so that no state of the archive is held while hours are spent in the files. Sorted as they are read.
    visit.conn.execute(_LOCATORS)
    try:
        found = warc_files.files_of(folder)
        reading = _Reading(size=sum(path.stat().st_size for path in found.values() if path.exists()))
        if visit.patient.quick:
            _compare_sizes(visit.conn, folder, found, reading)
        else:
            _read_all(visit, folder, found, reading)
    finally:
        visit.conn.execute("DROP TABLE temp.locators")
    yield from _findings(visit, folder, reading)


_LOCATORS: Final = """
    CREATE TEMP TABLE locators AS
    SELECT warc_file AS file, warc_offset AS offset, warc_length AS length, id, url FROM main.fetches
    WHERE warc_file IS NOT NULL ORDER BY warc_file, warc_offset, id
"""


def _locators(conn: sqlite3.Connection) -> Iterator[_Located]:
    for file, offset, length, fetch, url in conn.execute("SELECT * FROM temp.locators ORDER BY rowid"):
        yield _Located(file=str(file), offset=int(offset or 0), length=int(length or 0), fetch=fetch, url=url)


# ---- Quick -----------------------------------------------------------------------------------------------------------


def _compare_sizes(conn: sqlite3.Connection, folder: Path, found: dict[str, Path], reading: _Reading) -> None:
    sizes = {name: path.stat().st_size for name, path in found.items() if path.exists()}
    reading.files = len(sizes)
    named: set[str] = set()
    for file, group in groupby(_locators(conn), key=lambda each: each.file):
        named.add(file)
        if file not in sizes:
            reading.absent.add(str(folder / file))
        for each in group:
            reading.located += 1
            if each.offset + each.length > sizes.get(file, 0):
                reading.lost.add(str(each))
    _note_unnamed(found, named, reading)


def _note_unnamed(found: dict[str, Path], named: set[str], reading: _Reading) -> None:
    for name, path in found.items():
        if name not in named:
            reading.unknown.add(str(path))
        if path.name.endswith(".open"):
            reading.unended.add(str(path))


# ---- All -------------------------------------------------------------------------------------------------------------


def _read_all(visit: Visit, folder: Path, found: dict[str, Path], reading: _Reading) -> None:
    named: set[str] = set()
    for file, group in groupby(_locators(visit.conn), key=lambda each: each.file):
        named.add(file)
        if file in found:
            _read_file(visit, found[file], group, reading)
            continue
        reading.absent.add(str(folder / file))
        for each in group:
            reading.located += 1
            reading.lost.add(str(each))
    for name, path in found.items():
        if name not in named:
            _read_file(visit, path, (), reading)
    _note_unnamed(found, named, reading)


def _read_file(visit: Visit, path: Path, located: Iterable[_Located], reading: _Reading) -> None:
    """Go through a file and its locators side by side, both in the order of the file."""
    waiting = iter(located)
    wanted = next(waiting, None)
    reading.files += 1
    start = reading.done
    try:
        with _opened(path) as stream:
            for member in members(stream):
                reading.done = start + member.offset + member.length
                visit.watch("Reading raw pages", reading.done, reading.size)
                _judge(path, member, reading)
                while wanted and wanted.offset <= member.offset:
                    reading.located += 1
                    if not _is_at(wanted, member):
                        reading.lost.add(str(wanted))
                    wanted = next(waiting, None)
    except OSError as error:  # a bad block, a file of another user: of what it holds nothing is known
        reading.closed.add(f"{path}: {error.strerror}")
        reading.located += sum(1 for _ in waiting) + (wanted is not None)
        return
    while wanted:
        reading.located += 1
        reading.lost.add(str(wanted))
        wanted = next(waiting, None)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=1 << 18)
    except FileNotFoundError:  # a crawl has completed it since
        return path.with_name(path.name.removesuffix(".open")).open("rb", buffering=1 << 18)


def _is_at(wanted: _Located, member: Member) -> bool:
    whole = not member.fault and member.kind == "response"
    return whole and wanted.offset == member.offset and wanted.length == member.length


def _judge(path: Path, member: Member, reading: _Reading) -> None:
    if not member.fault:
        reading.records += 1
        return
    # The end of a file that is being written, or that a dead run left, may be torn: the next crawl cuts it off.
    if member.torn and path.name.endswith(".open"):
        return
    reading.damaged.add(f"{path} at byte {member.offset:,}: {member.kind or 'the record'} {member.fault}")


# ---- What is said ----------------------------------------------------------------------------------------------------


def _findings(visit: Visit, folder: Path, reading: _Reading) -> Iterator[Finding]:
    if reading.absent.count:
        yield fault("raw pages", f"{reading.absent.count:,} WARC files are not there", _RESTORE,
                    reading.absent.examples)  # fmt: skip
    if reading.closed.count:
        yield fault("raw pages", f"{reading.closed.count:,} WARC files cannot be read", "see that you may read them; "
                    "if it is the disk that fails, put them back from a backup", reading.closed.examples)  # fmt: skip
    if reading.damaged.count:
        yield fault("raw pages", f"{reading.damaged.count:,} records are damaged", _RESTORE, reading.damaged.examples)
    if reading.lost.count:
        yield fault("raw pages", f"{reading.lost.count:,} of {reading.located:,} locators point at no whole response",
                    _RESTORE, reading.lost.examples)  # fmt: skip
    if reading.unended.count and not visit.running:
        yield note("raw pages", f"{reading.unended.count:,} files were left open by a run that was killed",
                   "the next crawl completes them", reading.unended.examples)  # fmt: skip
    unknown = reading.unknown
    if unknown.count:
        yield note("raw pages", f"{unknown.count:,} WARC files hold no page the archive names; they do no harm", "",
                   unknown.examples[:EXAMPLES])  # fmt: skip
    if any(each.count for each in (reading.absent, reading.closed, reading.damaged, reading.lost)):
        return
    if visit.patient.quick:
        yield ok("raw pages", f"{reading.files:,} WARC files are long enough for {reading.located:,} pages "
                 "(they were not read: --quick)")  # fmt: skip
        return
    yield ok("raw pages", f"{reading.records:,} records in {reading.files:,} WARC files of {folder} are whole, "
             f"{reading.located:,} pages are where the archive says")  # fmt: skip
