"""The errors Cuttings raises itself.

    CuttingsError                 the root; its text is one sentence for a person, exit code 1
    ├── UsageError                the command line or an input file cannot be understood, exit code 2
    │   └── ConfigError           cuttings.toml: names the file, the table and the key
    ├── ArchiveError              the archive file cannot be opened, is too new, or is not an archive
    ├── BusyError                 another run holds the archive's lock, exit code 4
    ├── StoppedError              a person or the machine has ended it: says what was not done, exit code 130
    └── StorageFullError             the disk (or a quota) is full; nothing filed is lost, exit code 5

Expected trouble with a page (404, wall, timeout) is never raised: it is a `Failure` that reaches the table `fetches`.
"""

import errno
import sqlite3
from typing import Final

# What an OSError says where a disk, a quota or a limit on file sizes is used up.
DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# The same of an error of SQLite: a quota, or a limit on file sizes, shows as a failed write; a full disk also where the
# index of the write-ahead log is made larger.
FULL_IN_SQLITE: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_SHMSIZE}
)


class CuttingsError(Exception):
    """Root of all errors raised by Cuttings. `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(CuttingsError):
    """Something a person typed or wrote cannot be understood."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file is wrong; the message names file, table and key."""


class ArchiveError(CuttingsError):
    """The archive file is missing, damaged, of another program, or newer than this program."""


class BusyError(CuttingsError):
    """Another run is writing to the same archive."""

    exit_code = 4


class StoppedError(CuttingsError):
    """A person or the machine has ended a command: what was done is kept, and the text says what was not."""

    exit_code = 130


class StorageFullError(CuttingsError):
    """The disk is full. Everything filed so far is kept; the next run goes on from there."""

    exit_code = 5


def cannot_be_written(what: object, error: OSError) -> CuttingsError:
    """The error of a file or folder of the archive that cannot be written."""
    if error.errno in DISK_FULL:
        return StorageFullError(
            "the disk is full: everything filed so far is kept; make room and start again to go on from here "
            f"({what}: {error.strerror or error})"
        )
    return ArchiveError(f"{what}: cannot be written ({error.strerror or error})")
