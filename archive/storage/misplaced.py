"""Raw pages that lie in the folder of another name, because the archive was renamed and its folder was not."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.storage.connection import APPLICATION_ID
from archive.warc import warc_files

_HEADER: Final = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """Where the raw pages of an archive lie instead, and which other archive that folder belongs to, if any."""

    archive: Path
    folder: Path
    owner: Path | None

    @property
    def what(self) -> str:
        """Where they lie, for a person."""
        of = f", the folder of {self.owner.name}" if self.owner else ""
        return f"{self.archive.name}: its raw pages lie in {self.folder.name}{of}"

    @property
    def remedy(self) -> str:
        """What brings them to their place."""
        own = warc_files.folder_of(self.archive)
        if self.owner:
            return f"copy that folder to {own.name}"
        if own.exists():
            return f"move the files of that folder to {own.name}"
        return f"rename that folder to {own.name}"


def misplaced(conn: sqlite3.Connection, archive: Path) -> Misplaced | None:
    """Look where the raw page lies that was fetched last; None where it is in its place, or nowhere near."""
    newest = conn.execute(
        "SELECT warc_file FROM fetches WHERE warc_file IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    own = warc_files.folder_of(archive)
    if newest is None or _has(own, str(newest[0])):
        return None
    beside = (each for each in sorted(archive.parent.glob("*-warc")) if each != own)
    folder = next((each for each in beside if _has(each, str(newest[0]))), None)
    return Misplaced(archive=archive, folder=folder, owner=_owner(folder)) if folder else None


def refuse_misplaced(conn: sqlite3.Connection, archive: Path) -> None:
    """Raise ArchiveError where a crawl would begin a second folder, and nobody would find the first again.

    A copy beside its original is not refused: its raw pages are where they belong.
    """
    found = misplaced(conn, archive)
    if found and not found.owner:
        raise ArchiveError(f"{found.what}; {found.remedy}")


def _has(folder: Path, name: str) -> bool:
    return (folder / name).exists() or (folder / f"{name}.open").exists()


def _owner(folder: Path) -> Path | None:
    stem = folder.name.removesuffix("-warc")
    candidates = sorted(folder.parent.glob("*"))
    return next((path for path in candidates if path.stem == stem and path.is_file() and _is_archive(path)), None)


def _is_archive(path: Path) -> bool:
    """Tell an archive by its first bytes, as `PRAGMA application_id` would, without opening it."""
    with path.open("rb") as stream:
        head = stream.read(72)
    return head.startswith(_HEADER) and int.from_bytes(head[68:72], "big") == APPLICATION_ID
