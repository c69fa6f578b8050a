"""Rows by column name, whoever made the connection. It knows no table."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def rows(conn: sqlite3.Connection, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Iterator[Any]:
    """Yield the rows of one query as `sqlite3.Row`, read as they are asked for (typed Any: columns are not known here).

    The row factory is set on the cursor: Datasette, the store and the tests each open connections their own way.
    """
    cursor = conn.cursor()
    cursor.row_factory = sqlite3.Row
    yield from cursor.execute(sql, params)


def first(conn: sqlite3.Connection, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Any:
    """Return the first row of one query, or None."""
    return next(rows(conn, sql, params), None)
