"""How a failed command ends: the one sentence that a person reads, and the exit code.

The README names the codes. A traceback is for those who ask for it with --debug.
"""

import sqlite3
from pathlib import Path
from typing import Final

import click

from archive.errors import DISK_FULL, CuttingsError, StoppedError, StorageFullError

INTERRUPTED: Final = StoppedError.exit_code
_DOCTOR: Final = "`cuttings doctor` says what is wrong and what can be done"
_FULL: Final = "the disk is full: what was to be written is not complete; make room and start again"


def explain(error: Exception, archive: Path | None) -> tuple[str, int]:
    """Return a sentence for what has gone wrong, and the exit code. `archive` is the one at work, if any is."""
    if _is_full(error):
        return _FULL, StorageFullError.exit_code
    if isinstance(error, CuttingsError):
        is_complete = "cuttings doctor" in str(error) or not _is_damage(error.__cause__)
        return str(error) if is_complete else f"{error}; {_DOCTOR}", error.exit_code
    if _is_damage(error):
        return f"{archive or 'the archive'}: cannot be read as it is ({error}); {_DOCTOR}", 1
    if isinstance(error, sqlite3.OperationalError):
        return f"{archive or 'the archive'}: cannot be used ({error})", 1
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}cannot be used ({error.strerror})", 1
    return f"{type(error).__name__}: {error} (run `cuttings --debug ...` to see where)", 1


def misused(error: click.ClickException) -> str:
    """Return a sentence for a command line that cannot be understood."""
    said = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "cuttings"
    return f"{said[:1].lower()}{said[1:]} (see `{command} --help`)"


def one_line(text: str) -> str:
    """Fold a text to one line without control characters: no name or page may steer the terminal."""
    folded = " ".join(text.split())
    return "".join(character if character.isprintable() else "\ufffd" for character in folded)


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in DISK_FULL
    return isinstance(error, sqlite3.OperationalError) and _code(error) == sqlite3.SQLITE_FULL


def _is_damage(error: BaseException | None) -> bool:
    """Tell whether SQLite cannot read its file, or misses a table or column that every archive has."""
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    missing = _code(error) == sqlite3.SQLITE_ERROR and str(error).startswith("no such ")
    return missing or _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's number of an error, without its details; 0 if Python raised it by itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
