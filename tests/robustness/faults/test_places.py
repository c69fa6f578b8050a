"""An archive in a place where it cannot be written: one sentence, and nothing of what is there is harmed."""

import shutil

import pytest

from archive.warc import warc_files
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.full import small_disk
from tests.robustness.faults.press import Office

pytestmark = pytest.mark.timeout(300)


def refused(room: Office, said: str) -> None:
    crawl = room.run("crawl")
    assert crawl.returncode == 1, crawl
    assert crawl.stderr.splitlines()[-1].startswith(f"cuttings: {said}"), crawl.stderr
    assert "Traceback" not in crawl.stderr


def test_a_folder_of_raw_pages_that_is_read_only_stops_a_crawl_and_no_page_bears_it(room: Office) -> None:
    raw = warc_files.folder_of(room.database)
    raw.rename(room.folder / "kept")
    with small_disk(raw, 10_000) as disk:
        shutil.copytree(room.folder / "kept", raw, dirs_exist_ok=True)
        disk.protect("ro")
        refused(room, f"{raw}/")
        assert room.rows("SELECT count(*) FROM fetches WHERE run_id = 2") == [(0,)]
        assert room.rows("SELECT count(*) FROM frontier WHERE tries > 0 OR state = 'leased'") == [(0,)]
        disk.protect("rw")
        room.crawl()
        assert audit.at_the_end(room.database, room.press.articles) == Damage()


def test_an_archive_on_a_disk_that_is_read_only_is_refused(room: Office) -> None:
    with small_disk(room.folder / "disk", 10_000) as disk:
        shutil.copy(room.database, disk.folder)
        settings = room.folder / "cuttings.toml"
        settings.write_text(settings.read_text().replace("cuttings.db", "disk/cuttings.db"))
        disk.protect("ro")
        refused(room, f"{disk.folder}/cuttings.db.lock: cannot be written (Read-only file system)")


def test_a_file_where_the_folder_of_raw_pages_should_be_is_left_there(room: Office) -> None:
    raw = warc_files.folder_of(room.database)
    shutil.rmtree(raw)
    raw.write_text("my notes")

    refused(room, f"{raw}: is a file, where the folder for raw pages should be; move it away")

    assert raw.read_text() == "my notes"
    assert room.rows("SELECT count(*) FROM runs") == [(1,)]


def test_a_folder_where_the_archive_should_be_is_refused(room: Office) -> None:
    room.database.unlink()
    room.database.mkdir()

    refused(room, f"{room.database}: cannot be written (unable to open database file)")
