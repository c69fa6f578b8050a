"""What SQLite itself finds wrong with a database, and long statements that Ctrl-C ends as it ends everything else."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_MOST_DAMAGE: Final = 20  # places that SQLite is to name; what is broken is broken

Watch = Callable[[str, int, int | None], None]  # what is being done, bytes of it that are done, and all its bytes


@contextmanager
def interruptible(conn: sqlite3.Connection, tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` now and then during a long statement, which Ctrl-C then ends as it ends everything else."""
    conn.set_progress_handler(tick, 500_000)  # some ten times a second
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        conn.set_progress_handler(None, 0)


def damage(conn: sqlite3.Connection, pragma: str) -> list[str]:
    """Damaged places of a database, by `integrity_check` or `quick_check`: twenty at most, none where it is sound.

    From 3.44 on, SQLite speaks of the search index as well. That can be made anew, and is no reason to refuse a backup.
    """
    said = conn.execute(f"PRAGMA {pragma}({_MOST_DAMAGE})")
    lines = (line.strip() for (answer,) in said for line in answer.splitlines())
    return [line for line in lines if line != "ok" and not line.startswith("***") and "FTS5 table" not in line]
