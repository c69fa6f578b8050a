"""`cuttings schedule`: a process that stays, crawls what is due, and ends when it is told to."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.crawl.run import locked
from tests.newsroom import Newsroom, newsroom
from tests.robustness.faults.press import Office, Press, office


@contextmanager
def scheduled(room: Newsroom) -> Iterator[subprocess.Popen[str]]:
    """The process, which is ended whatever happens."""
    process = room.begin("schedule", "run")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        assert process.stdout
        process.stdout.close()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """End it, and return its exit code and all it said."""
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    return process.returncode, said


def runs(room: Newsroom) -> list[tuple[str, str]]:
    if not room.database.exists():
        return []
    with closing(sqlite3.connect(room.database)) as conn:
        try:
            return conn.execute("SELECT command, state FROM runs ORDER BY id").fetchall()
        except sqlite3.OperationalError:  # its tables are being made
            return []


def wait_until(so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.1)


@contextmanager
def small_office(folder: Path, count: int = 4) -> Iterator[Office]:
    """An office that reads one outlet."""
    press = Press(outlets=1)
    press.publish(count)
    with office(folder, press) as room:
        yield room


def test_it_crawls_what_is_due_says_what_is_next_and_ends_when_told(tmp_path: Path) -> None:
    with small_office(tmp_path) as room, scheduled(room) as process:
        wait_until(lambda: runs(room) == [("crawl --due", "finished")])
        code, said = ended(process)

    assert code == 0
    assert "4 new, 0 known" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_crawl_that_goes_on_is_told_too_and_everything_waits_for_the_next(tmp_path: Path) -> None:
    with newsroom(tmp_path) as room, scheduled(room) as process:
        wait_until(lambda: runs(room) == [("crawl --due", "running")])
        time.sleep(1)
        code, _ = ended(process)

        assert code == 0
        assert runs(room) == [("crawl --due", "interrupted")]
        summary = room.crawl()
    assert summary["new"] + summary["known"] == 60


def test_a_run_that_is_skipped_for_another_is_noted(tmp_path: Path) -> None:
    with small_office(tmp_path) as room:
        lock = locked(room.database)
        try:
            with scheduled(room) as process:

                def noted() -> bool:
                    if not room.database.exists():
                        return False
                    with closing(sqlite3.connect(room.database)) as conn:
                        try:
                            return conn.execute("SELECT kind FROM events").fetchall() == [("skipped",)]
                        except sqlite3.OperationalError:
                            return False

                wait_until(noted)
                code, said = ended(process)
        finally:
            lock.release()

    assert code == 0
    assert "a run was skipped, for another was going on" in said


def test_one_is_enough(tmp_path: Path) -> None:
    with small_office(tmp_path) as room, scheduled(room):
        wait_until(lambda: runs(room) != [])

        second = room.run("schedule", "run")

    assert second.returncode == 4
    assert second.stderr.startswith("cuttings: another `cuttings schedule run` works for ")


@pytest.mark.slow
def test_a_configuration_that_breaks_while_it_stays_is_said_and_what_is_there_goes_on(tmp_path: Path) -> None:
    with small_office(tmp_path) as room, scheduled(room) as process:
        wait_until(lambda: runs(room) != [])  # it is crawling: the next look comes after this
        (room.folder / "cuttings.toml").write_text("[project\n")
        wait_until(lambda: runs(room)[0][1] == "finished")
        assert process.poll() is None
        code, _ = ended(process)

    assert code == 0


@pytest.mark.parametrize("format_", ["systemd", "cron", "github", "docker"])
def test_what_is_printed_can_be_written_to_a_folder_and_overwrites_nothing(tmp_path: Path, format_: str) -> None:
    with small_office(tmp_path) as room:
        printed = room.run("schedule", "print", format_)
        written = room.run("schedule", "print", format_, "-o", "units")
        again = room.run("schedule", "print", format_, "-o", "units")

    assert (printed.returncode, written.returncode, again.returncode) == (0, 0, 1)
    for path in (tmp_path / "units").rglob("*"):
        if path.is_file():
            assert path.read_text().strip() in printed.stdout
    assert "is there already; it is left as it is" in again.stderr
