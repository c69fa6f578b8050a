"""Archives as earlier versions made them, and upgrades of them that are killed.

    python -m tests.robustness.faults.older kill-at-statements ARCHIVE FIRST STEP
    python -m tests.robustness.faults.older kill-at-any-moment ARCHIVE COUNT SEED
    python -m tests.robustness.faults.older two-at-once ARCHIVE COUNT

Each works on copies of the archive and prints what was left as JSON, a line a try. A process of its own, so that it can
be forked at will.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, Final, NoReturn

import sqlite_utils

from archive.storage.connection import APPLICATION_ID
from archive.storage.migrations.steps import migrations
from archive.storage.store import Store

NAMES: Final = tuple(each.name for each in migrations.pending(sqlite_utils.Database(memory=True)))


def make_older(new: Path, old: Path, version: int) -> None:
    """Make an archive of that version with what one of the latest has in it, as far as it had a place for it."""
    with closing(sqlite3.connect(old, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(sqlite_utils.Database(conn), stop_before=NAMES[version])
        conn.execute("ATTACH ? AS new", (str(new),))
        for table in tables(conn):
            columns = ", ".join(columns_of(conn, table))
            conn.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")  # noqa: S608
        conn.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")


def content(archive: Path, like: Path | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Table -> rows, in no order of an index; of the columns that another archive has, where one is named."""
    with closing(sqlite3.connect(archive)) as conn, closing(sqlite3.connect(like or archive)) as model:
        return {
            table: sorted(conn.execute(f"SELECT {', '.join(columns_of(model, table))} FROM {table}"), key=repr)  # noqa: S608
            for table in tables(model)
        }


def tables(conn: sqlite3.Connection) -> list[str]:
    """The tables of ours: neither those of SQLite, of its search index, nor of the migrations."""
    names = conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'")
    return [name for (name,) in names if not name.startswith(("sqlite_", "_"))]


def columns_of(conn: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in conn.execute(f"PRAGMA main.table_xinfo({table})") if row[6] == 0]


# What is run in a process of its own ---------------------------------------------------------------------------------


def kill_at_statements(archive: Path, first: int, step: int) -> Iterator[dict[str, Any]]:
    """Upgrade, and kill before this statement, before one so much later ... until one upgrade comes to its end."""
    for number in count(first, step):
        left = _tried(archive, [lambda path, number=number: _upgrade_until(path, number)])
        yield left
        if left["killed"] == [False]:
            return


def kill_at_any_moment(archive: Path, tries: int, seed: int) -> Iterator[dict[str, Any]]:
    dice = random.Random(seed)
    for _ in range(tries):
        yield _tried(archive, [lambda path: _upgrade_for(path, dice.uniform(0.0005, 0.04))])


def two_at_once(archive: Path, tries: int) -> Iterator[dict[str, Any]]:
    for _ in range(tries):
        yield _tried(archive, [_upgrade] * 2)


def _tried(archive: Path, upgrades: list[Callable[[Path], None]]) -> dict[str, Any]:
    """Let children upgrade a copy at the same time. What is there afterwards, and after an upgrade that is let be."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / archive.name
        shutil.copy(archive, path)
        children = [_child(upgrade, path) for upgrade in upgrades]
        states = [os.waitpid(child, 0)[1] for child in children]
        left = {
            "killed": [os.WIFSIGNALED(state) for state in states],
            "failed": [os.WIFEXITED(state) and os.WEXITSTATUS(state) != 0 for state in states],
            "applied": _applied(path),
            "content": content(path, archive) == content(archive),
        }
        Store.open(path).close()
        return left | {"mended": _applied(path) == list(NAMES) and content(path, archive) == content(archive)}


def _child(upgrade: Callable[[Path], None], path: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        upgrade(path)
    except Exception:  # noqa: BLE001 - the border of a process
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _upgrade(path: Path) -> None:
    Store.open(path).close()


def _upgrade_until(path: Path, number: int) -> None:
    """Upgrade, and die before this statement."""
    left = iter(range(number))
    connect = sqlite3.connect

    def traced(*how: Any, **options: Any) -> sqlite3.Connection:
        conn = connect(*how, **options)
        conn.set_trace_callback(lambda _statement: None if next(left, None) is not None else _die())
        return conn

    sqlite3.connect = traced  # type: ignore[assignment]  # in this child alone
    _upgrade(path)


def _upgrade_for(path: Path, seconds: float) -> None:
    """Upgrade, and let the system kill this process after so long, whatever it does then."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _upgrade(path)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still here")


def _applied(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as conn:
        if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()[0]:
            return []
        return [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY name")]


_TRIES: Final[dict[str, Callable[..., Iterator[dict[str, Any]]]]] = {
    "kill-at-statements": kill_at_statements,
    "kill-at-any-moment": kill_at_any_moment,
    "two-at-once": two_at_once,
}

if __name__ == "__main__":
    for done in _TRIES[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:])):
        sys.stdout.write(json.dumps(done) + "\n")
