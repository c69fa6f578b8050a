"""A disk that is full ends a crawl with one sentence and loses nothing; when there is room it goes on."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.storage.connection import log_of
from archive.warc import warc_files
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.full import crawl_limited, small_disk
from tests.robustness.faults.press import Office, Press, office

pytestmark = pytest.mark.timeout(400)

SAID = "cuttings: the disk is full: everything filed so far is kept; make room and start again to go on from here"
TABLES = 300_000  # bytes: what an archive takes without an article


@pytest.fixture
def empty_room(tmp_path: Path) -> Iterator[Office]:
    """An office without an archive, and more to file than any of the limits allows."""
    press = Press()
    press.publish(60)
    with office(tmp_path, press) as opened:
        yield opened


@pytest.fixture
def dice() -> random.Random:
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def told_plainly(crawl: subprocess.CompletedProcess[str]) -> None:
    assert crawl.returncode == 5, crawl
    assert crawl.stderr.splitlines()[-1].startswith(SAID), crawl.stderr
    assert "Traceback" not in crawl.stderr


def goes_on(room: Office) -> None:
    room.crawl()
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


@pytest.mark.slow
def test_files_that_may_not_grow_stop_a_crawl_wherever_it_is(empty_room: Office, dice: random.Random) -> None:
    limits = sorted([dice.randrange(TABLES), *(dice.randrange(TABLES, 4 * TABLES) for _ in range(3))])
    for most in limits:
        told_plainly(crawl_limited(empty_room, most))
        assert audit.in_the_middle(empty_room.database) == Damage(), most
    goes_on(empty_room)


def test_a_disk_that_fills_up_stops_a_crawl_wherever_it_is(empty_room: Office, dice: random.Random) -> None:
    with small_disk(empty_room.folder / "disk", 40) as disk:
        settings = empty_room.folder / "cuttings.toml"
        settings.write_text(settings.read_text().replace("cuttings.db", "disk/cuttings.db"))
        empty_room.database = disk.folder / "cuttings.db"
        for kilobytes in sorted([dice.randrange(4, 300), *(dice.randrange(300, 2000) for _ in range(2))]):
            disk.resize(kilobytes)
            told_plainly(empty_room.run("crawl"))
            assert audit.in_the_middle(empty_room.database) == Damage(), kilobytes
        disk.resize(100_000)
        goes_on(empty_room)


def test_a_disk_that_is_full_of_raw_pages_stops_a_crawl(empty_room: Office, dice: random.Random) -> None:
    with small_disk(warc_files.folder_of(empty_room.database), dice.randrange(8, 60, 4)) as disk:
        told_plainly(empty_room.run("crawl"))
        assert audit.in_the_middle(empty_room.database) == Damage()
        disk.resize(100_000)
        goes_on(empty_room)


def test_a_log_that_cannot_grow_stops_nothing(room: Office) -> None:
    log_of(room.database).write_bytes(bytes(8_000_000))

    crawl = crawl_limited(room, 8_000_000)

    assert crawl.returncode == 0, crawl
    assert "Traceback" not in crawl.stderr
    assert audit.at_the_end(room.database, room.press.articles) == Damage()
