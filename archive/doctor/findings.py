"""What an examination finds, and what it looks at. Values only."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from archive.storage.integrity import Watch

EXAMPLES: Final = 3  # of what is wrong, in one finding


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    FAULT = "fault"  # something is lost, damaged, or keeps a crawl from working
    WARNING = "warning"  # will become a fault, or makes results worse
    NOTE = "note"  # worth knowing; nothing has to be done
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: what was found, and what a person can do about it."""

    severity: Severity
    check: str
    what: str
    remedy: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined. `extractor` is the version that a crawl would extract with; `quick` reads no raw page.

    `enabled` are ids of the sources that the configuration has switched on; None where there is no configuration.
    """

    archive: Path
    extractor: str
    enabled: frozenset[str] | None = None
    quick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An examination under way: the archive open for reading, and whether a run is writing to it."""

    patient: Patient
    conn: sqlite3.Connection
    running: bool
    watch: Watch


@dataclass(slots=True)
class Tally:
    """A count with its first examples, so that a million of a kind need no more memory than three."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


def ok(check: str, what: str) -> Finding:
    """Nothing is wrong."""
    return _finding(Severity.OK, check, what)


def note(check: str, what: str, remedy: str = "", examples: Iterable[str] = ()) -> Finding:
    """Worth knowing."""
    return _finding(Severity.NOTE, check, what, remedy, examples)


def warning(check: str, what: str, remedy: str, examples: Iterable[str] = ()) -> Finding:
    """Will become a fault."""
    return _finding(Severity.WARNING, check, what, remedy, examples)


def fault(check: str, what: str, remedy: str, examples: Iterable[str] = ()) -> Finding:
    """Is wrong."""
    return _finding(Severity.FAULT, check, what, remedy, examples)


def _finding(severity: Severity, check: str, what: str, remedy: str = "", examples: Iterable[str] = ()) -> Finding:
    return Finding(
        severity=severity,
        check=check,
        what=_printable(what),
        remedy=_printable(remedy),
        examples=tuple(map(_printable, examples)),
    )


def _printable(text: str) -> str:
    """What damaged files and hostile pages wrote must not steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
