"""How much a query may take: whatever is typed into the SQL box, the server answers and keeps its memory.

Datasette bounds the time of a query and the number of its rows, but not their size: `SELECT zeroblob(20000000) FROM
versions` took gigabytes. The bounds hold for each connection to an archive; other databases keep SQLite's own, but
for the size of one value, which every connection had to be given before we know what it opens.
"""

import sqlite3
import sys
import weakref
from typing import Final

from archive.reader import APPLICATION_ID
from archive.rows import first

# `SELECT randomblob(1e9)` took gigabytes before the time limit had a say; now it fails at once. No text is as long: a
# page of more than 10 MiB is not fetched.
LENGTH_LIMIT: Final = 16_000_000
ANSWER_LIMIT: Final = 16_000_000  # bytes in memory of all rows of an answer; JSON may need twelve times as many
HEAP_LIMIT: Final = 64_000_000  # bytes SQLite may hold, all connections together; a large search takes 10 MB
COLUMNS_LIMIT: Final = 100  # the widest table has 33


def bound(conn: sqlite3.Connection) -> None:
    """Bound a connection of Datasette."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LENGTH_LIMIT)
    if not _is_archive(conn):
        return
    conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, COLUMNS_LIMIT)
    conn.row_factory = BoundedRows()


def bound_heap(conn: sqlite3.Connection) -> None:
    """Bound what SQLite may hold in this process: sorting, aggregates, and the row that is being made."""
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP_LIMIT}")


class BoundedRows:
    """A row factory: makes each row a `sqlite3.Row`, until the rows of one cursor take more than the limit.

    Raises sqlite3.OperationalError, which Datasette answers as it answers every query that cannot be run.
    """

    def __init__(self, limit: int = ANSWER_LIMIT) -> None:
        self._limit = limit
        self._cursor: weakref.ref[sqlite3.Cursor] | None = None
        self._size = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[object, ...]) -> sqlite3.Row:
        """Return the row."""
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._size = weakref.ref(cursor), 0
        self._size += sum(sys.getsizeof(value) for value in values if isinstance(value, (str, bytes)))
        if self._size > self._limit:
            raise sqlite3.OperationalError(
                f"the answer is larger than {self._limit // 1_000_000} MB; ask for fewer rows (_size=20) or columns"
            )
        return sqlite3.Row(cursor, values)


def _is_archive(conn: sqlite3.Connection) -> bool:
    return bool(first(conn, "PRAGMA application_id")[0] == APPLICATION_ID)
