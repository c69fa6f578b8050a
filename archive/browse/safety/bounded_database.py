"""The archive as Datasette's database: whatever is typed into the SQL box, an answer comes soon.

SQLite looks at the clock between two steps of a query, and Datasette has it look at every thousandth only. A step may
be long: `randomblob(15000000)` is one, and so is a search for a million words. So the clock is looked at more often,
and who asked is answered when the time is over even if a step is not; its thread comes back when the step is done.

It imports Datasette (2.3 s); `serve` imports it when it needs it.
"""

import asyncio
import re
import sqlite3
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from datasette.database import Database, QueryInterrupted  # type: ignore[import-untyped]  # Datasette ships no types

from archive.storage.connection import COUNTED, uri_of

STEPS: Final = 100  # between two looks at the clock: a fifth more time for queries of nothing but small steps
_GRACE_SECONDS: Final = 1.0  # beyond the time limit: for a step that is under way, and for a thread to be free


# Table -> the one it has as many rows as. A search index would read all of itself to be counted.
_COUNTED: Final = {name: name for name in COUNTED} | {
    "article_terms": "articles", "articles_fts": "articles", "articles_fts_docsize": "articles", "images_fts": "images",
    "images_fts_docsize": "images",
}  # fmt: skip
# What an index keeps its words in: a second to count, and nobody's wish.
_OF_INDEX: Final = re.compile(r"select count\(\*\) from \[\w+_fts_(?:data|idx)\]")
_COUNT: Final = re.compile(r"select count\(\*\) from \[?(\w+)\]?\s*")


class TooSlowError(QueryInterrupted, sqlite3.OperationalError):  # type: ignore[misc]  # untyped
    """A query took too long. Datasette expects the one name in tables and facets, the other in its SQL box."""

    def __str__(self) -> str:
        """What Datasette shows beside the query."""
        return "the query takes too long; ask for less at once"


class ArchiveDatabase(Database):  # type: ignore[misc]  # untyped
    """An archive, for reading only. What cannot be run is answered as Datasette answers a mistake in a query."""

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: ARG002, FBT001, FBT002 - Datasette's interface
        """Open a connection for one of Datasette's threads."""
        conn = sqlite3.connect(uri_of(Path(self.path)), uri=True, check_same_thread=False, factory=_WatchedConnection)
        self._all_file_connections.append(conn)
        return conn

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Run a function in a thread. Raises TooSlowError where it is not done in time."""
        asked = asyncio.ensure_future(super().execute_fn(partial(_run, fn)))
        try:
            await asyncio.wait({asked}, timeout=self.ds.sql_time_limit_ms / 1000 + _GRACE_SECONDS)
            if not asked.done():
                raise TooSlowError(None, "", None)
            return asked.result()
        except MemoryError as error:
            told = sqlite3.OperationalError("the query needs too much memory; ask for less at once")
            told.sqlite_errorcode = sqlite3.SQLITE_NOMEM
            raise told from error
        finally:
            asked.cancel()

    async def execute(self, sql: str, *args: Any, **options: Any) -> Any:
        """Run a query. What is wrong with it is told to who asked, not to the terminal of who serves.

        Datasette counts every table that it shows; counts of those that grow without bound are kept as they grow.
        """
        if _OF_INDEX.fullmatch(sql):
            raise TooSlowError(None, sql, None)  # Datasette shows it without a number
        if (asked := _COUNT.fullmatch(sql)) and (counted := _COUNTED.get(asked[1])):
            sql, args = 'SELECT amount AS "count(*)" FROM table_counts WHERE name = ?', ([counted],)
            options.pop("params", None)
        try:
            return await super().execute(sql, *args, **{**options, "log_sql_errors": False})
        except QueryInterrupted as error:
            raise TooSlowError(error, sql, None) from error
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:  # a value that is too big, a function that is not to be called
            raise sqlite3.OperationalError(str(error)) from error


class _WatchedConnection(sqlite3.Connection):
    def set_progress_handler(self, progress_handler: Callable[[], int | None] | None, n: int) -> None:
        super().set_progress_handler(progress_handler, min(n, STEPS))


def _run(fn: Callable[[sqlite3.Connection], Any], conn: sqlite3.Connection) -> Any:
    try:
        return fn(conn)
    except Exception as error:
        # A traceback keeps the cursor. The thread that answers requests would free it some time later, and stand still
        # until the connection is free: for as long as a query of another request takes.
        traceback.clear_frames(error.__traceback__)
        raise
