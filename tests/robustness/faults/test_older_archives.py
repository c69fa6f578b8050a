"""Archives of earlier and later versions: the first are brought up to date whole or not at all, the others refused."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.warc import warc_files
from tests.newsroom import environment
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.older import NAMES, content, make_older
from tests.robustness.faults.press import Office

PATIENCE = 1_200  # seconds, on a machine that is busy
pytestmark = pytest.mark.timeout(PATIENCE)

EARLIER = range(1, len(NAMES))
# The oldest, which goes through every step, and the others where there is time.
SOME = [1, *(pytest.param(each, marks=pytest.mark.slow) for each in EARLIER if each != 1)]
# Kills before every fifth statement, from another one each time; before every statement where there is time.
STEPS = [5, pytest.param(1, marks=pytest.mark.slow)]


def tried(*arguments: str | Path | int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.robustness.faults.older", *map(str, arguments)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def tried_at_statements(archive: Path, step: int) -> list[dict[str, Any]]:
    first = random.randint(1, step)
    sys.stdout.write(f"from statement {first}\n")
    return tried("kill-at-statements", archive, first, step)


@pytest.mark.parametrize("version", SOME)
def test_an_earlier_archive_is_brought_up_to_date_with_all_that_is_in_it(
    room: Office, archive_of_a_press: Path, version: int
) -> None:
    old = room.folder / "old.db"
    make_older(archive_of_a_press, old, version)
    shutil.copy(old, room.database)

    read = room.run("search", "file")  # any command does it

    assert read.returncode == 0, read.stderr
    assert content(room.database, old) == content(old)
    assert len(content(old)["articles"]) > 20
    room.crawl()
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


def test_a_later_archive_is_refused_in_one_sentence_and_not_touched(room: Office) -> None:
    with closing(sqlite3.connect(room.database, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('cuttings', 'm900_x', '')"
        )
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = room.database.read_bytes()
    said = f"cuttings: {room.database}: was made by a newer version of Cuttings; upgrade this program to open it\n"

    for command in (["crawl"], ["status"], ["search", "file"]):
        refused = room.run(*command)
        assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", said), command

    assert room.database.read_bytes() == before
    assert not list(warc_files.folder_of(room.database).glob("*.open"))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("version", SOME)
def test_an_upgrade_that_is_killed_leaves_the_archive_as_it_was_or_up_to_date(
    tmp_path: Path, archive_of_a_press: Path, version: int, step: int
) -> None:
    old = tmp_path / "old.db"
    make_older(archive_of_a_press, old, version)
    everywhere = tried_at_statements(old, step)
    moments: list[dict[str, Any]] = []
    for _ in range(5):  # on a machine that is quick or busy enough all of a draw's moments may miss
        seed = random.randrange(1 << 32)
        sys.stdout.write(f"seed {seed}\n")
        moments += tried("kill-at-any-moment", old, 40, seed)
        if any(left["killed"] == [True] for left in moments):
            break

    whole = (list(NAMES[:version]), list(NAMES))
    for left in everywhere + moments:
        assert left["failed"] == [False], left
        assert left["applied"] in whole, left
        assert left["content"], left
        assert left["mended"], left
    assert sum(left["killed"] == [True] for left in everywhere) * step > 10
    assert any(left["killed"] == [True] for left in moments)


def test_two_programs_may_bring_an_archive_up_to_date_at_once(tmp_path: Path, archive_of_a_press: Path) -> None:
    old = tmp_path / "old.db"
    make_older(archive_of_a_press, old, 1)

    for left in tried("two-at-once", old, 15):
        assert left["failed"] == [False, False], left
        assert left["applied"] == list(NAMES)
        assert left["content"]


@pytest.mark.parametrize("step", STEPS)
def test_an_archive_whose_making_was_killed_is_made_by_the_next_crawl(tmp_path: Path, step: int) -> None:
    nothing = tmp_path / "new.db"
    sqlite3.connect(nothing).close()

    for left in tried_at_statements(nothing, step):
        assert left["mended"], left
