"""Others who work with the archive at the same time: a crawl waits for them, says so, or leaves them alone."""

import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from archive.storage.connection import open_reader
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.hooking import setting
from tests.robustness.faults.press import Office

pytestmark = pytest.mark.timeout(300)


@contextmanager
def writing(database: Path) -> Iterator[sqlite3.Connection]:
    """Another program that is in the middle of writing."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("UPDATE sources SET language = 'en' WHERE id = 1")
        yield conn


@contextmanager
def crawling(room: Office) -> Iterator[subprocess.Popen[str]]:
    """A crawl that has asked for new articles, and gets all but the first ones when the block ends."""
    asked, go = threading.Event(), threading.Event()
    pages: list[str] = []

    def hold_back(url: str) -> None:
        if "/news/" in url:
            pages.append(url)
            asked.set()
            if len(pages) > len(room.press.hosts):
                go.wait(25)  # less than a crawl waits for an answer

    room.press.on_request = hold_back
    crawl = room.begin("crawl")
    try:
        assert asked.wait(120)
        yield crawl
    except BaseException:
        crawl.kill()
        crawl.communicate()
        raise
    finally:
        go.set()


def ends_well(room: Office, crawl: subprocess.Popen[str]) -> None:
    out, _ = crawl.communicate(timeout=120)
    assert crawl.returncode == 0, out
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


def test_a_crawl_waits_for_a_program_that_is_writing(room: Office) -> None:
    with ExitStack() as locks:
        with crawling(room) as crawl:
            conn = locks.enter_context(writing(room.database))
        time.sleep(3)  # all pages come while it waits
        assert crawl.poll() is None
        conn.execute("COMMIT")

    ends_well(room, crawl)


@pytest.mark.parametrize("when", ["from the start", "in the middle"])
def test_a_program_that_never_ends_writing_is_told_of_in_one_sentence(room: Office, when: str) -> None:
    room.variables |= setting("archive.storage.connection", BUSY_SECONDS=1)
    with ExitStack() as locks:
        if when == "in the middle":
            with crawling(room) as crawl:
                locks.enter_context(writing(room.database))
        else:
            locks.enter_context(writing(room.database))
            crawl = room.begin("crawl")
        out, _ = crawl.communicate(timeout=120)

    assert crawl.returncode == 1, out
    assert out.splitlines()[-1] == (
        f"cuttings: {room.database}: another program has kept it locked for 1 seconds; everything filed so far is "
        "kept, start again when that program is done"
    )
    assert "Traceback" not in out
    assert audit.in_the_middle(room.database) == Damage()
    room.crawl()
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


def test_readers_are_not_disturbed_by_a_crawl_nor_it_by_them(room: Office) -> None:
    browse = room.begin("browse", "--port", "0")
    try:
        assert browse.stdout is not None
        address = next(word for line in browse.stdout for word in line.split() if word.startswith("http://"))
        with closing(open_reader(room.database)) as old:
            old.execute("BEGIN")
            (before,) = old.execute("SELECT count(*) FROM articles").fetchone()
            with crawling(room) as crawl:
                seen = [before]
            while crawl.poll() is None:
                with closing(open_reader(room.database)) as conn:
                    seen.append(conn.execute("SELECT count(*) FROM articles").fetchone()[0])
                assert httpx.get(address, timeout=60).status_code == 200
            (after,) = old.execute("SELECT count(*) FROM articles").fetchone()
    finally:
        browse.terminate()
        browse.communicate()

    ends_well(room, crawl)
    assert before == after  # to one who has been reading all the time
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_a_second_crawl_says_so_and_the_first_is_not_disturbed(room: Office) -> None:
    with crawling(room) as crawl:
        second = room.run("crawl")

    assert second.returncode == 4
    assert second.stderr.startswith(f"cuttings: another run is writing to {room.database} (run 2, begun at ")
    assert second.stderr.count("\n") == 1
    ends_well(room, crawl)
    assert room.rows("SELECT state FROM runs") == [("finished",)] * 2


def test_the_lock_file_of_a_dead_run_is_no_lock(room: Office) -> None:
    room.database.with_name("cuttings.db.lock").write_text("4711\nleft behind\n")

    assert room.crawl("outlet-0.press.test", "--limit", "1")["state"] == "finished"
