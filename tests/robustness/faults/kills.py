"""Kills the real crawl at moments drawn by lot, resumes it each time, and counts what is lost, twice or damaged.

Shared by the tests, which do it twenty times, and by `tests/benchmarks/kills.py`, which does it as often as one likes.
"""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.warc import warc_files
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.press import Office, Press, office

# Which part of a crawl's life a blow is meant for, and how often: while it starts, while pages come in, and when it has
# asked for all there is.
_PARTS: Final = {"start": 2, "pages": 6, "end": 2}
_ISSUE: Final = 60  # addresses printed when a crawl would have too little to do
_PAGES: Final = 45  # at most, of one crawl before a blow
# Seconds for all processes of a crawl to be gone, on the slowest machine. What forks workers may still be loading its
# libraries when the crawl is killed; nothing of it has a reason to stay.
_DEATH: Final = 90.0
_LAST: Final = 600.0  # seconds for the crawl that is let be


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One blow, what it fell on, and what came of it.

    `stage` is how far the run had come by what it left; `torn` counts bytes at the end of its WARC file that are no
    whole record, `orphans` the raw answers that no row points at. `lived` is for how many seconds some process of the
    crawl was still there, `code` and `said` are how the main one ended. `start` is for how many seconds crawls start on
    this machine at this time.
    """

    number: signal.Signals
    group: bool
    stage: str
    torn: int
    orphans: int
    leased: int
    lived: float
    start: float
    code: int
    said: str
    damage: Damage


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """A crawl that was struck again and again, and then left to end."""

    blows: tuple[Blow, ...]
    printed: int
    runs: dict[str, int]  # state -> runs
    end: Damage

    @property
    def damage(self) -> Damage:
        return sum((blow.damage for blow in self.blows), self.end)


def survive(folder: Path, *, seed: int, blows: int, numbers: tuple[signal.Signals, ...]) -> Survival:
    """Crawl and strike so often, then crawl to the end. The seed draws the moments: requests, parts of a start-up."""
    dice = random.Random(seed)
    with office(folder, Press()) as room:
        hand = _Hand(room, dice)
        done = tuple(hand.strike(dice.choice(numbers), group=dice.random() < 0.5) for _ in range(blows))
        last = room.run("crawl", timeout=_LAST)
        assert last.returncode == 0, last
        return Survival(
            blows=done,
            printed=len(room.press.printed),
            runs=dict(room.rows("SELECT state, count(*) FROM runs GROUP BY state")),
            end=audit.at_the_end(room.database, room.press.articles),
        )


class _Hand:
    """Starts crawls and strikes them."""

    def __init__(self, room: Office, dice: random.Random) -> None:
        self._room = room
        self._dice = dice
        self._start = 0.0  # seconds until a crawl asks for something, as the last one took; 0 before there was one

    def strike(self, number: signal.Signals, *, group: bool) -> Blow:
        self._print()
        runs = _runs(self._room.database)
        with _crawling(self._room) as crawl:
            self._wait(crawl)
            send = os.killpg if group else os.kill
            send(crawl.pid, number)
            struck = time.monotonic()
            said, _ = crawl.communicate(timeout=_DEATH)  # until no process has our pipe any more
            lived = time.monotonic() - struck
        return Blow(
            number=number,
            group=group,
            lived=lived,
            start=self._start,
            code=crawl.returncode,
            said=said,
            damage=audit.in_the_middle(self._room.database, runs),
            **_left(self._room.database, runs),
        )

    def _print(self) -> None:
        """See to it that there is something to do."""
        press = self._room.press
        if len(press.printed.keys() - press.asked) < _PAGES:
            press.publish(_ISSUE)

    def _wait(self, crawl: subprocess.Popen[str]) -> None:
        """Wait for a moment in the life of this crawl."""
        (part,) = self._dice.choices(tuple(_PARTS), tuple(_PARTS.values()))
        requests = self._room.paper.requests
        began, before = time.monotonic(), len(requests)
        if part == "start" and self._start:
            time.sleep(self._dice.uniform(0.1, 1.1) * self._start)
            return
        wanted = self._dice.randint(1, _PAGES)
        _until(crawl, lambda: len(requests) > before)
        self._start = time.monotonic() - began
        if part == "pages":
            _until(crawl, lambda: len(requests) >= before + wanted)
            time.sleep(self._dice.uniform(0, 0.05))
            return
        _until(crawl, lambda: self._room.press.printed.keys() <= self._room.press.asked)
        time.sleep(self._dice.uniform(0, 0.8))


@contextmanager
def _crawling(room: Office) -> Iterator[subprocess.Popen[str]]:
    crawl = room.begin("crawl")
    try:
        yield crawl
    finally:
        if crawl.poll() is None:
            os.killpg(crawl.pid, signal.SIGKILL)
            crawl.communicate()


def _until(crawl: subprocess.Popen[str], come: Callable[[], bool]) -> None:
    while not come() and crawl.poll() is None:
        time.sleep(0.005)


def _runs(database: Path) -> int:
    """The id that the next run will have."""
    with audit.copy(database) as conn:
        if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]:
            return 1
        return 1 + (conn.execute("SELECT max(id) FROM runs").fetchone()[0] or 0)


def _left(database: Path, run: int) -> dict[str, object]:
    """What a run has left: see `Blow`."""
    with audit.copy(database) as conn:
        return {
            "stage": _stage(conn, run),
            **_raw(conn, warc_files.folder_of(database), run),
            "leased": _leased(conn, run),
        }


def _stage(conn: sqlite3.Connection, run: int) -> str:
    if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]:
        return "before there were tables"
    row = conn.execute("SELECT state FROM runs WHERE id = ?", (run,)).fetchone()
    if row is None:
        return "before the run began"
    if row[0] != "running":
        return f"when it had {row[0]}"
    kinds = {kind for (kind,) in conn.execute("SELECT kind FROM fetches WHERE run_id = ?", (run,))}
    if not kinds:
        return "before anything was filed"
    if kinds <= {"feed", "sitemap"} and _leased(conn, run):
        return "when listings were filed"
    return "when pages were filed" if _due(conn) else "when all was filed"


def _due(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM frontier WHERE state IN ('pending', 'leased')").fetchone()[0])


def _leased(conn: sqlite3.Connection, run: int) -> int:
    if not conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'frontier'").fetchone()[0]:
        return 0
    query = "SELECT count(*) FROM frontier WHERE state = 'leased' AND run_id = ?"
    return int(conn.execute(query, (run,)).fetchone()[0])


def _raw(conn: sqlite3.Connection, folder: Path, run: int) -> dict[str, int]:
    """Bytes of a torn record, and answers without a row, of a run's files."""
    torn = records = rows = 0
    for path in folder.glob(f"*-run{run}-*"):
        with path.open("rb") as stream:
            ends = list(warc_files.member_ends(stream))
        torn += path.stat().st_size - max(ends, default=0)
        records += len(ends) // 2
    if records:
        query = "SELECT count(*) FROM fetches WHERE run_id = ? AND warc_file IS NOT NULL"
        rows = int(conn.execute(query, (run,)).fetchone()[0])
    return {"torn": torn, "orphans": records - rows}
