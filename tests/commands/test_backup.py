"""The commands that keep an archive safe, run as a user runs them, on archives that real crawls made."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.crawl.run import locked
from tests.archive.kept import Press, build
from tests.newsroom import CUTTINGS, Newsroom, cuttings, environment


def test_a_backup_of_a_crawl_adds_up_and_the_doctor_finds_it_sound(crawled: Path) -> None:
    made = cuttings(crawled, "backup", "safe.db", "--warc")
    again = cuttings(crawled, "backup", "safe.db", "--warc", "--force", "--json")
    seen = cuttings(crawled, "doctor", "--archive", "safe.db", "--strict")

    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("safe.db: 60 articles in 60 versions, ")
    assert "1 WARC files = 1 copied" in made.stdout
    facts = json.loads(again.stdout)
    assert (facts["articles"], facts["size"]) == (60, (crawled / "safe.db").stat().st_size)
    assert (facts["raw"]["files"], facts["raw"]["copied"], facts["raw"]["skipped"]) == (1, 0, 1)
    assert seen.returncode == 0, seen.stdout


def test_a_backup_can_be_put_in_the_place_of_the_archive_and_crawls_go_on_from_there(
    first: tuple[Newsroom, dict[str, Any]], tmp_path: Path
) -> None:
    shutil.copy(first[0].folder / "cuttings.toml", tmp_path)
    begun = json.loads(cuttings(tmp_path, "crawl", "--limit", "20", "--json").stdout)["new"]
    assert cuttings(tmp_path, "backup", "safe.db", "--warc").returncode == 0
    shutil.rmtree(tmp_path / "cuttings-warc")
    for lost in tmp_path.glob("cuttings.db*"):
        lost.unlink()
    (tmp_path / "safe.db").rename(tmp_path / "cuttings.db")
    (tmp_path / "safe-warc").rename(tmp_path / "cuttings-warc")

    assert cuttings(tmp_path, "show", "1", "--raw").stdout.lstrip().lower().startswith("<!doctype html>")
    assert json.loads(cuttings(tmp_path, "crawl", "--json").stdout)["new"] == 60 - begun
    with closing(sqlite3.connect(tmp_path / "cuttings.db")) as conn:
        assert conn.execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchone() == (60, 60)
        assert conn.execute("SELECT count(*) FROM versions").fetchone() == (60,)
    assert cuttings(tmp_path, "doctor").returncode == 0


@pytest.mark.slow
def test_a_crawl_and_a_backup_do_not_disturb_each_other(first: tuple[Newsroom, dict[str, Any]], tmp_path: Path) -> None:
    room = first[0]
    folder = tmp_path / "crawling"
    folder.mkdir()
    shutil.copy(room.folder / "cuttings.toml", folder)
    crawl = subprocess.Popen(
        [*CUTTINGS, "crawl"], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    backups: list[dict[str, Any]] = []
    while crawl.poll() is None:
        made = cuttings(folder, "backup", "safe.db", "--warc", "--force", "--json")
        if (folder / "cuttings.db").exists() and made.returncode == 0:
            backups.append(json.loads(made.stdout))
            seen = cuttings(folder, "doctor", "--archive", "safe.db", "--json")
            assert [each for each in json.loads(seen.stdout)["findings"] if each["severity"] == "fault"] == []
    said, _ = crawl.communicate()

    assert crawl.returncode == 0, said
    assert "60 new" in said
    assert backups, "no backup was made while the crawl ran"


def test_backup_says_in_one_sentence_why_it_will_not(crawled: Path) -> None:
    (crawled / "taken.db").touch()
    for arguments, code, said in (
        (("backup", "taken.db"), 1, "taken.db: is there already; --force overwrites it, another name keeps both"),
        (("backup", "cuttings.db", "--force"), 1, "cuttings.db: is the archive itself or a file it works with; name"),
        (("backup", "no/where.db"), 1, "no/where.db: there is no folder no; make it first"),
        (("backup", "x.db", "--archive", "none.db"), 1, "none.db: there is no archive here yet"),
        (("backup", "x.db", "--archive", "cuttings.toml"), 1, "cuttings.toml: cannot be read as an archive"),
    ):
        done = cuttings(crawled, *arguments)
        assert done.returncode == code
        assert done.stderr.startswith(f"cuttings: {said}")
        assert done.stderr.count("\n") == 1
        assert done.stdout == ""


def test_a_backup_on_a_full_disk_ends_with_its_own_code_and_leaves_nothing(crawled: Path) -> None:
    before = {path.name for path in crawled.iterdir()}

    done = cuttings(crawled, "backup", "safe.db", limit=200_000)

    assert done.returncode == 5
    assert done.stderr.startswith("cuttings: safe.db: the disk is full: no backup was made")
    assert {path.name for path in crawled.iterdir()} - before <= {"cuttings.db-wal", "cuttings.db-shm"}


# ---- doctor ----------------------------------------------------------------------------------------------------------


def test_doctor_finds_a_crawl_sound_and_its_numbers_add_up(crawled: Path) -> None:
    done = cuttings(crawled, "doctor")
    facts = json.loads(cuttings(crawled, "doctor", "--json").stdout)

    assert done.returncode == 0, done.stdout
    *lines, total = done.stdout.splitlines()
    assert sum(line.startswith("ok ") for line in lines) == facts["counts"]["ok"]
    assert total.startswith(f"{sum(facts['counts'].values()):,} findings = 0 fault, 0 warning, ")
    assert len(facts["findings"]) == sum(facts["counts"].values())
    assert facts["ok"] is True


def test_doctor_fails_on_a_fault_and_shows_the_worst_first(crawled: Path) -> None:
    with closing(sqlite3.connect(crawled / "cuttings.db")) as conn:
        conn.execute("DELETE FROM articles_fts_docsize WHERE id = 7")
        conn.commit()

    done = cuttings(crawled, "doctor", "--quick")

    assert done.returncode == 1
    assert done.stdout.startswith("fault    search index   1 articles are not found as they should be\n")
    assert "- article 7 is not in it\n" in done.stdout
    assert "> run `cuttings doctor --mend`, which makes again what follows from the rest of the archive" in done.stdout


def test_doctor_mends_says_what_it_made_again_and_looks_then(crawled: Path) -> None:
    with closing(sqlite3.connect(crawled / "cuttings.db")) as conn:
        conn.execute("DROP TRIGGER urls_rows_insert")
        conn.execute("DROP INDEX urls_article")
        conn.commit()

    refused = cuttings(crawled, "crawl")
    done = cuttings(crawled, "doctor", "--mend", "--quick")
    facts = json.loads(cuttings(crawled, "doctor", "--mend", "--quick", "--json").stdout)

    assert refused.returncode == 1
    assert "lacks index urls_article, trigger urls_rows_insert; run `cuttings doctor --mend`" in refused.stderr
    assert done.returncode == 0, done.stdout
    first, *lines = done.stdout.splitlines()
    assert first.startswith("Mended: 2 parts were made again; everything counted anew; ")
    assert lines[:3] == ["- index urls_article", "- trigger urls_rows_insert", ""]
    assert lines[-1].endswith(" ok") and "findings = 0 fault, " in lines[-1]  # noqa: PT018 - one line
    assert (facts["ok"], facts["mended"]["made"], facts["mended"]["lost"]) == (True, [], [])


def test_doctor_mends_no_archive_that_a_run_holds(crawled: Path) -> None:
    lock = locked(crawled / "cuttings.db")

    done = cuttings(crawled, "doctor", "--mend")
    lock.release()

    assert (done.returncode, done.stdout) == (4, "")
    assert "another run is writing to" in done.stderr


def test_doctor_fails_on_a_warning_only_if_it_has_to_be_strict(crawled: Path) -> None:
    config = crawled / "cuttings.toml"
    config.write_text(config.read_text().replace("https://cuttings.test/about", "http://localhost/"))

    assert cuttings(crawled, "doctor", "--quick").returncode == 0
    assert cuttings(crawled, "doctor", "--quick", "--strict").returncode == 1


def test_doctor_tells_of_a_bad_configuration_and_looks_at_an_archive_that_is_named(tmp_path: Path) -> None:
    build(tmp_path / "news.db")
    (tmp_path / "cuttings.toml").write_text("[project\n")

    alone = cuttings(tmp_path, "doctor")
    named = cuttings(tmp_path, "doctor", "--archive", "news.db")

    assert alone.returncode == named.returncode == 1
    assert alone.stdout.startswith("fault    configuration  cuttings.toml: ")
    assert "name it with --archive" in alone.stdout
    assert "3 pages are where the archive says" in named.stdout


def test_doctor_needs_no_configuration_for_an_archive_that_is_named(tmp_path: Path) -> None:
    build(tmp_path / "news.db")

    assert cuttings(tmp_path, "doctor", "--archive", "news.db").returncode == 0


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Press]:
    """A run that holds the lock of its archive."""
    lock = locked(tmp_path / "news.db")
    run = Press(tmp_path / "news.db")
    run.file("bridge")
    yield run
    run.end()
    lock.release()


def test_doctor_does_not_wait_for_a_crawl(working: Press) -> None:
    working.store.conn.execute("BEGIN IMMEDIATE")  # it is in the middle of writing

    done = cuttings(working.archive.parent, "doctor", "--archive", "news.db")

    working.store.conn.rollback()
    assert done.returncode == 0, done.stdout
    assert "a crawl is writing to the archive (run 1, begun" in done.stdout
