"""How much a query may take: whatever is typed into the SQL box, the server keeps its memory and its wits.

Datasette bounds the time of a query and the number of its rows, but not their size: `SELECT zeroblob(20000000) FROM
versions` took gigabytes. The bounds hold for each connection to an archive; other databases keep SQLite's own. It knows
no Datasette.
"""

import sqlite3
import weakref
from json.encoder import encode_basestring_ascii
from typing import Final

# `SELECT randomblob(1e9)` took gigabytes before the time limit had a say; now it fails at once. No text is as long: a
# page of more than 10 MiB is not fetched.
LENGTH_LIMIT: Final = 16_000_000  # bytes of one value
ANSWER_LIMIT: Final = 16_000_000  # bytes of all rows of an answer as JSON; on its way out there are four copies of it
HEAP_LIMIT: Final = 64_000_000  # bytes SQLite may hold, all connections together; a large search takes 10 MB

_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: LENGTH_LIMIT,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 50,  # the widest table has 33; a page of 1,000 rows takes 30 µs a cell
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,  # a pattern takes as many looks at each character of a text
}
# fts3_tokenizer registers an address in memory that `fts3tokenize` then calls: where SQLite is built with it (Debian),
# a SELECT can end the process or worse. load_extension is off anyway. The others may take minutes in one step of a
# query, which nothing stops: `printf('%.*c', 1e9, 'x')`.
_NEVER_CALLED: Final = frozenset({"format", "fts3_tokenizer", "json_patch", "load_extension", "printf"})


def bound(conn: sqlite3.Connection) -> None:
    """Bound a connection to an archive."""
    for category, limit in _LIMITS.items():
        conn.setlimit(category, limit)
    conn.set_authorizer(_authorize)
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
        self._size += sum(map(_size, values))
        if self._size > self._limit:
            raise sqlite3.OperationalError(
                f"the answer is larger than {self._limit // 1_000_000} MB; ask for fewer rows (_size=20) or columns"
            )
        return sqlite3.Row(cursor, values)


def _size(value: object) -> int:
    """Bytes as JSON: a character takes up to twelve."""
    if isinstance(value, str):
        return len(encode_basestring_ascii(value))
    return len(value) if isinstance(value, bytes) else 8


def _authorize(action: int, _first: str | None, function: str | None, _schema: str | None, _by: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and function in _NEVER_CALLED:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
