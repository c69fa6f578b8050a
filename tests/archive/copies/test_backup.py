"""A backup: whole while others write, nothing under its name before it is, and raw pages with it if asked for."""

import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.copies.backup import Backup, Order, back_up
from archive.errors import ArchiveError, BusyError, CuttingsError, StorageFullError
from archive.model.capture import Locator
from archive.storage.connection import open_as_it_is
from archive.storage.store import Store
from archive.warc import warc_files
from tests.archive.kept import Press, build, only_warc
from tests.newsroom import environment


def backed_up(archive: Path, target: Path, *, force: bool = False, raw: bool = False) -> Backup:
    return back_up(Order(archive=archive, target=target, force=force, raw=raw))


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql).fetchall()


def listing(folder: Path) -> set[str]:
    """What lies in a folder, but for the files that SQLite leaves beside the archive after one has read in it."""
    return {path.name for path in folder.iterdir() if path.name not in {"news.db-wal", "news.db-shm"}}


def test_a_backup_is_the_archive_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    (tmp_path / "safe").mkdir()

    made = backed_up(archive, tmp_path / "safe" / "copy.db")

    assert (made.articles, made.versions, made.size) == (3, 3, (tmp_path / "safe" / "copy.db").stat().st_size)
    assert listing(tmp_path / "safe") == {"copy.db"}
    with closing(open_as_it_is(archive)) as old, closing(open_as_it_is(made.target)) as new:
        assert list(new.iterdump()) == list(old.iterdump())
    Store.open(made.target).close()


def test_a_backup_holds_what_is_still_in_the_write_ahead_log(tmp_path: Path) -> None:
    working = Press(tmp_path / "news.db")
    working.file("bridge")
    assert (tmp_path / "news.db-wal").stat().st_size

    made = backed_up(working.archive, tmp_path / "copy.db")
    working.end()

    assert (made.articles, rows(made.target, "SELECT title FROM articles")) == (1, [("The bridge",)])


def test_a_backup_ends_and_is_one_state_while_a_crawl_goes_on_writing(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db", *(f"old{n}" for n in range(40)))
    enlarge(archive, 24)
    stop = threading.Event()
    filed_between: list[int] = []
    begun = threading.Event()

    def write() -> None:
        working = Press(archive)
        for number in range(100_000):
            working.file(f"new{number}")
            begun.set()
            if stop.is_set():
                break
        filed_between.append(number)
        working.end()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(60)
    steps: list[int] = []
    seen: list[int] = []

    def watch(what: str, done: int, _total: int | None) -> None:
        if what == "Copying the database":
            assert not steps or done > steps[-1], "it began again, and would do so as long as somebody writes"
            steps.append(done)
            before = count(archive)
            for _ in range(1000):  # let the crawl commit between any two steps
                if count(archive) > before:
                    break
                threading.Event().wait(0.01)
            seen.append(count(archive))

    try:
        made = back_up(Order(archive=archive, target=tmp_path / "copy.db", raw=True), watch)
    finally:
        stop.set()
        writer.join(60)

    assert len(steps) > 3
    assert len(set(seen)) == len(seen), "nobody wrote between the steps"
    assert rows(made.target, "PRAGMA integrity_check") == [("ok",)]
    # Each article, its version and its try were one transaction: of a state that was torn these would differ.
    assert rows(made.target, "SELECT count(*) FROM fetches WHERE kind = 'article'") == [(made.articles,)]
    assert 41 <= made.articles < count(archive)
    assert made.versions == made.articles
    for file, offset, length in rows(
        made.target, "SELECT warc_file, warc_offset, warc_length FROM fetches WHERE warc_file IS NOT NULL"
    ):
        where = Locator(file=str(file), offset=int(str(offset)), length=int(str(length)))
        assert warc_files.read(warc_files.folder_of(made.target), where).status == 200


def count(archive: Path) -> int:
    return int(str(rows(archive, "SELECT count(*) FROM articles")[0][0]))


def enlarge(archive: Path, mebibytes: int) -> None:
    """Give the archive so many bytes that copying takes a while."""
    with closing(sqlite3.connect(archive)) as conn:
        conn.execute("CREATE TABLE ballast (bytes BLOB)")
        conn.executemany("INSERT INTO ballast VALUES (zeroblob(1048576))", [()] * mebibytes)
        conn.commit()


# ---- Refusals --------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_not_overwritten_unless_one_says_so(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    target = tmp_path / "copy.db"
    target.write_bytes(b"something dear")

    with pytest.raises(CuttingsError, match=r"copy.db: is there already; --force overwrites it"):
        backed_up(archive, target)
    assert target.read_bytes() == b"something dear"

    assert backed_up(archive, target, force=True).articles == 3
    assert rows(target, "SELECT count(*) FROM articles") == [(3,)]


@pytest.mark.parametrize("name", ["news.db", "link.db", "hard.db", "news.db-wal", "news.db.lock"])
def test_the_archive_is_never_overwritten_by_its_own_backup(tmp_path: Path, name: str) -> None:
    archive = build(tmp_path / "news.db")
    (tmp_path / "link.db").symlink_to(archive)
    (tmp_path / "hard.db").hardlink_to(archive)

    with pytest.raises(CuttingsError, match="is the archive itself or a file it works with"):
        backed_up(archive, tmp_path / name, force=True)

    assert rows(archive, "SELECT count(*) FROM articles") == [(3,)]


def test_an_archive_that_is_named_like_an_unfinished_copy_is_not_taken_for_one(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db.backup.part")

    with pytest.raises(CuttingsError, match="is the archive itself"):
        backed_up(archive, tmp_path / "news.db")

    assert rows(archive, "SELECT count(*) FROM articles") == [(3,)]


def test_raw_pages_are_not_copied_onto_themselves(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")

    with pytest.raises(CuttingsError, match="name a file in another folder"):
        backed_up(archive, tmp_path / "news.backup", raw=True)

    assert listing(tmp_path) == {"news.db", "news-warc"}


@pytest.mark.parametrize(
    ("target", "said"),
    [("nowhere/copy.db", "there is no folder .*nowhere; make it first"), ("folder", "is a folder")],
)
def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path, target: str, said: str) -> None:
    archive = build(tmp_path / "news.db")
    (tmp_path / "folder").mkdir()

    with pytest.raises(CuttingsError, match=said):
        backed_up(archive, tmp_path / target, force=True)


def test_raw_pages_whose_folder_cannot_be_read_are_not_taken_for_none(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    shutil.rmtree(warc_files.folder_of(archive))
    warc_files.folder_of(archive).touch()

    with pytest.raises(CuttingsError, match=r"news-warc: no backup was made \(Not a directory\)"):
        backed_up(archive, tmp_path / "copy.db", raw=True)

    assert listing(tmp_path) == {"news.db", "news-warc"}


def test_without_an_archive_there_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    with pytest.raises(ArchiveError, match="there is no archive here yet"):
        backed_up(tmp_path / "news.db", tmp_path / "copy.db")
    with pytest.raises(ArchiveError, match="is empty"):
        backed_up(tmp_path / "empty.db", tmp_path / "copy.db")

    assert listing(tmp_path) == {"empty.db"}


def test_a_target_that_another_program_is_writing_to_is_left_alone(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    other = Press(tmp_path / "other.db")

    with pytest.raises(CuttingsError, match=r"other.db-wal is not empty"):
        backed_up(archive, tmp_path / "other.db", force=True)

    other.end()
    assert count(tmp_path / "other.db") == 0


def test_a_file_that_comes_to_be_there_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    target = tmp_path / "copy.db"

    with pytest.raises(CuttingsError, match="is there already"):
        back_up(Order(archive=archive, target=target), lambda *_: target.touch())

    assert target.read_bytes() == b""


def test_two_backups_to_one_file_do_not_meet(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")

    def again(_what: str, _done: int, _total: int | None) -> None:
        with pytest.raises(BusyError, match="another backup is being written there"):
            backed_up(archive, tmp_path / "copy.db")

    assert back_up(Order(archive=archive, target=tmp_path / "copy.db"), again).articles == 3


def test_an_older_archive_is_copied_as_it_is(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    with closing(sqlite3.connect(archive)) as conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name <> 'm001_first_tables'")
        conn.commit()

    made = backed_up(archive, tmp_path / "copy.db")

    for path in (archive, made.target):
        assert rows(path, "SELECT name FROM _sqlite_migrations") == [("m001_first_tables",)]


# ---- Trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["versions", "frontier_due", "hosts"])
def test_a_damaged_archive_does_not_replace_a_good_backup(tmp_path: Path, part: str) -> None:
    archive = build(tmp_path / "news.db")
    good = backed_up(archive, tmp_path / "copy.db").target.read_bytes()
    ((page,),) = rows(archive, f"SELECT rootpage FROM sqlite_master WHERE name = '{part}'")  # noqa: S608 - our names
    with archive.open("r+b") as stream:
        stream.seek((int(str(page)) - 1) * 4096)
        stream.write(b"\xff" * 4096)

    with pytest.raises(ArchiveError, match=r"damaged.*no backup was made"):
        backed_up(archive, tmp_path / "copy.db", force=True)

    assert (tmp_path / "copy.db").read_bytes() == good
    assert listing(tmp_path) == {"news.db", "news-warc", "copy.db"}


def test_a_damaged_index_is_found_though_every_page_can_be_read(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    with closing(sqlite3.connect(archive)) as conn:
        conn.execute("PRAGMA writable_schema = 1")
        conn.execute("UPDATE sqlite_master SET sql = replace(sql, '(state)', '(kind)') WHERE name = 'frontier_state'")
        conn.commit()

    with pytest.raises(ArchiveError, match=r"is damaged \(row 1 missing from index frontier_state\): no backup"):
        backed_up(archive, tmp_path / "copy.db")


@contextmanager
def file_sizes_limited_to(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    enlarge(archive, 8)

    with file_sizes_limited_to(4 << 20), pytest.raises(StorageFullError, match=r"copy.db: the disk is full") as raised:
        backed_up(archive, tmp_path / "copy.db")

    assert raised.value.exit_code == 5
    assert listing(tmp_path) == {"news.db", "news-warc"}


def test_a_disk_that_is_full_for_the_raw_pages_keeps_what_is_whole(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    (warc_files.folder_of(archive) / "z-large.warc.gz").write_bytes(bytes(4 << 20))

    with file_sizes_limited_to(3 << 20), pytest.raises(StorageFullError):
        backed_up(archive, tmp_path / "copy.db", raw=True)
    assert listing(tmp_path) == {"news.db", "news-warc", "copy-warc"}
    assert len(listing(tmp_path / "copy-warc")) == 1

    again = backed_up(archive, tmp_path / "copy.db", raw=True)
    assert again.raw
    assert (again.raw.files, again.raw.copied, again.raw.skipped) == (2, 1, 1)


@pytest.mark.parametrize("earlier", [False, True])
def test_a_backup_that_is_killed_leaves_what_was_there_and_the_next_one_tidies_up(
    tmp_path: Path, *, earlier: bool
) -> None:
    archive = build(tmp_path / "news.db")
    target = tmp_path / "copy.db"
    before = backed_up(archive, target).target.read_bytes() if earlier else None
    build(archive, "tower")
    enlarge(archive, 64)
    stalling = (
        "import sys, time; from pathlib import Path; from archive.copies.backup import Order, back_up\n"
        "def watch(what, done, total):\n"
        "    if done > 20 << 20: print('half', flush=True); time.sleep(100)\n"
        "back_up(Order(archive=Path(sys.argv[1]), target=Path(sys.argv[2]), force=True), watch)"
    )
    backup = subprocess.Popen(
        [sys.executable, "-c", stalling, str(archive), str(target)], env=environment(), stdout=subprocess.PIPE
    )
    assert backup.stdout
    assert backup.stdout.readline() == b"half\n"
    backup.send_signal(signal.SIGKILL)
    backup.communicate(timeout=30)

    assert (target.read_bytes() if target.exists() else None) == before
    assert (tmp_path / "copy.db.backup.part").stat().st_size > 20 << 20
    assert backed_up(archive, target, force=True).articles == 4
    assert listing(tmp_path) == {"news.db", "news-warc", "copy.db"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_backup_is_readable_to_those_who_may_read_the_archive(tmp_path: Path, mode: int) -> None:
    archive = build(tmp_path / "news.db")
    archive.chmod(mode)

    made = backed_up(archive, tmp_path / "copy.db")

    assert stat.S_IMODE(made.target.stat().st_mode) == mode


# ---- Raw pages -------------------------------------------------------------------------------------------------------


def test_raw_pages_come_along_once(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    first = backed_up(archive, tmp_path / "copy.db", raw=True)
    build(archive, "tower")
    second = backed_up(archive, tmp_path / "copy.db", raw=True, force=True)

    assert first.raw
    assert second.raw
    assert (first.raw.files, first.raw.copied, first.raw.skipped) == (1, 1, 0)
    assert (second.raw.files, second.raw.copied, second.raw.skipped) == (2, 1, 1)
    for path in warc_files.folder_of(archive).iterdir():
        assert (tmp_path / "copy-warc" / path.name).read_bytes() == path.read_bytes()
    assert "2 WARC files = 1 copied (" in second.line()


def test_of_a_file_that_is_being_written_the_whole_records_come_along(tmp_path: Path) -> None:
    working = Press(tmp_path / "news.db")
    working.file("bridge")
    open_file = only_warc(working.archive)
    whole = open_file.read_bytes()
    with open_file.open("ab") as stream:
        stream.write(whole[:100])

    made = backed_up(working.archive, tmp_path / "copy.db", raw=True)
    with open_file.open("r+b") as stream:
        stream.truncate(len(whole))
    working.file("harbour")
    working.end()
    grown = backed_up(working.archive, tmp_path / "copy.db", raw=True, force=True)

    assert made.raw
    assert made.raw.size == len(whole)
    assert grown.raw
    assert grown.raw.copied == 1
    assert only_warc(made.target).name == open_file.name.removesuffix(".open")
    assert only_warc(made.target).read_bytes() == only_warc(working.archive).read_bytes()


def test_a_raw_file_that_was_cut_does_not_replace_the_longer_one_of_the_backup(tmp_path: Path) -> None:
    archive = build(tmp_path / "news.db")
    backed_up(archive, tmp_path / "copy.db", raw=True)
    kept = only_warc(tmp_path / "copy.db").read_bytes()
    with only_warc(archive).open("r+b") as stream:
        stream.truncate(100)

    made = backed_up(archive, tmp_path / "copy.db", raw=True, force=True)

    assert made.raw
    assert made.raw.shorter == (only_warc(archive).name,)
    assert only_warc(tmp_path / "copy.db").read_bytes() == kept
