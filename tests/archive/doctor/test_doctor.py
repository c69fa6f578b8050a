"""The doctor: finds each kind of damage in a real archive, and nothing in a sound one; changes and holds up nothing."""

import gzip
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.crawl.frontier import Room
from archive.crawl.run import locked
from archive.doctor import Finding, Patient, Severity, examine
from archive.doctor.machine import configuration, libraries
from archive.doctor.mending import mend
from archive.errors import BusyError
from archive.storage.connection import APPLICATION_ID
from archive.storage.migrations.steps import migrations
from archive.storage.store import Store
from archive.warc import warc_files
from archive.warc.walk import members
from tests.archive.kept import NOW, Press, build, only_warc
from tests.newsroom import environment

FAULT, WARNING, NOTE, OK = Severity.FAULT, Severity.WARNING, Severity.NOTE, Severity.OK
_PROJECT = '[project]\nuser_agent = "Study'
_SOURCE = '[[source]]\nurl = "https://a.test/"\n'


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return build(tmp_path / "news.db")


def examined(archive: Path, *, quick: bool = False, extractor: str = "1") -> list[Finding]:
    return list(examine(Patient(archive=archive, extractor=extractor, quick=quick)))


def wrong(archive: Path, *, quick: bool = False) -> list[tuple[Severity, str]]:
    """Severity and check of what is a fault or a warning."""
    found = examined(archive, quick=quick)
    return [(each.severity, each.check) for each in found if each.severity in {FAULT, WARNING}]


def told(archive: Path, check: str, *, quick: bool = False) -> str:
    """All that is said of a check that is not ok."""
    return "\n".join(
        f"{each.severity}: {each.what} | {'; '.join(each.examples)} | {each.remedy}"
        for each in examined(archive, quick=quick)
        if each.check == check and each.severity is not OK
    )


def damage(archive: Path, *statements: str) -> None:
    with closing(sqlite3.connect(archive)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


@pytest.mark.parametrize("quick", [False, True])
def test_a_sound_archive_has_nothing_wrong(archive: Path, *, quick: bool) -> None:
    found = examined(archive, quick=quick)

    assert [each for each in found if each.severity in {FAULT, WARNING}] == []
    assert {each.check for each in found} >= {
        "libraries", "sqlite", "permissions", "disk", "log of writes", "database", "schema", "references",
        "search index", "crawls", "addresses", "raw pages",
    }  # fmt: skip


def test_an_examination_changes_no_byte(archive: Path) -> None:
    damage(archive, "UPDATE runs SET state = 'running'", "DELETE FROM articles_fts_docsize WHERE id = 2")
    before = {path: path.read_bytes() for path in archive.parent.rglob("*.*") if path.is_file()}

    examined(archive)

    assert {path: path.read_bytes() for path in before} == before


def test_a_finding_of_a_fault_says_what_to_do(archive: Path) -> None:
    shutil.rmtree(warc_files.folder_of(archive))
    damage(archive, "DELETE FROM articles_fts_docsize", "UPDATE articles SET version_id = 99 WHERE id = 1")

    faults = [each for each in examined(archive) if each.severity is FAULT]

    assert {each.check for each in faults} == {"search index", "references", "raw pages"}
    assert all(each.remedy for each in faults)


# ---- The database ----------------------------------------------------------------------------------------------------


def test_an_archive_that_is_not_there_or_not_one_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("Dear diary, this is no archive, and it is long enough to be read as one. " * 9)
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    damage(tmp_path / "other.db", "CREATE TABLE birds (name)")

    said = {name: told(tmp_path / f"{name}.db", "archive") for name in ("none", "folder", "text", "empty", "other")}

    assert "there is no archive here yet" in said["none"]
    assert "is a folder" in said["folder"]
    assert "file is not a database" in said["text"]
    assert "is empty" in said["empty"]
    assert "of another program" in said["other"]
    assert {each.split(":")[0] for each in said.values()} == {"fault"}


@pytest.mark.parametrize("part", ["root", "leaf"])
def test_damaged_pages_are_found_and_the_other_checks_are_made_all_the_same(tmp_path: Path, part: str) -> None:
    archive = build(tmp_path / "news.db", *(f"page{n}" for n in range(200)))
    with closing(sqlite3.connect(archive)) as conn:
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'versions'").fetchone()
    if part == "leaf":
        page = int.from_bytes(archive.read_bytes()[(page - 1) * 4096 + 8 :][:4], "big")  # right-most child
    with archive.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xff" * 4096)

    found = examined(archive)

    assert "fault: damaged" in told(archive, "database")
    assert "fault: damaged" in told(archive, "database", quick=True)
    assert [each.check for each in found if each.severity is OK and each.check in {"raw pages", "crawls"}]


def test_an_archive_of_a_newer_program_is_a_fault_and_of_an_older_one_is_not(archive: Path) -> None:
    damage(archive, "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('cuttings', 'm999_wings')")
    assert "fault: made by a newer version" in told(archive, "schema")

    older = archive.with_name("older.db")
    with closing(sqlite3.connect(older, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(conn), stop_before="m005_revisits")
    assert wrong(older) == []
    assert "note: made by an older version of Cuttings | the first step it lacks is m005_revisits" in told(
        older, "schema"
    )


def test_tables_that_are_missing_are_named_and_those_that_were_added_are_not(archive: Path) -> None:
    damage(archive, "CREATE TABLE mine (a)", "ALTER TABLE runs ADD COLUMN mine", "CREATE INDEX mine2 ON runs(mine)")
    assert told(archive, "schema") == ""

    damage(archive, "DROP INDEX frontier_due", "ALTER TABLE articles DROP COLUMN section", "DROP TABLE hosts")
    lost, mendable = told(archive, "schema").splitlines()
    assert "2 parts of it are missing that hold data | column articles.section; table hosts | what they held" in lost
    assert "1 parts of it are missing or changed | index frontier_due | run `cuttings doctor --mend`" in mendable


def test_rows_that_point_at_nothing_are_found(archive: Path) -> None:
    damage(archive, "DELETE FROM authors", "UPDATE articles SET version_id = 77 WHERE id = 2")

    assert "fault: 4 rows point at nothing" in told(archive, "references")
    damage(archive, "DELETE FROM article_authors")
    assert "fault: 1 rows point at nothing | articles 2 has no current version" in told(archive, "references")


# ---- Search ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quick", [False, True])
def test_an_article_that_is_not_in_the_search_index_is_found(archive: Path, *, quick: bool) -> None:
    take_out = (
        "INSERT INTO articles_fts (articles_fts, rowid, title, byline, text) "
        "SELECT 'delete', id, title, byline, text FROM article_texts WHERE id = 2"
    )
    damage(archive, take_out)

    assert "1 articles are not found as they should be | article 2 is not in it" in told(
        archive, "search index", quick=quick
    )


def test_an_article_that_is_only_in_the_search_index_is_found(archive: Path) -> None:
    damage(archive, "INSERT INTO articles_fts (rowid, title, byline, text) VALUES (9, 'Ghost', '', 'ship')")

    assert "article 9 is in it, and not in the archive" in told(archive, "search index")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE versions SET text = 'The bridge never opened.' WHERE id = 1",
        "DELETE FROM articles_fts_data WHERE id = (SELECT max(id) FROM articles_fts_data)",
        "UPDATE articles_fts_data SET block = zeroblob(20) WHERE id = (SELECT max(id) FROM articles_fts_data)",
    ],
)
def test_an_index_whose_words_are_not_those_of_the_articles_is_found_and_can_be_mended(
    archive: Path, statement: str
) -> None:
    damage(archive, statement)

    assert "fault: its words are not those of the articles" in told(archive, "search index")
    assert told(archive, "search index", quick=True) == ""

    assert "run `cuttings doctor --mend`" in told(archive, "search index")
    mend(archive)
    assert wrong(archive) == []


# ---- Crawls ----------------------------------------------------------------------------------------------------------


def test_what_a_killed_run_left_is_a_note_and_comes_back(archive: Path) -> None:
    working = Press(archive)
    working.file("tower")
    working.list("gate", "wall")
    working.die()
    (left_open,) = warc_files.folder_of(archive).glob("*.open")
    with left_open.open("ab") as stream:
        stream.write(left_open.read_bytes()[:200])  # the record it died in

    assert wrong(archive) == []
    assert "note: 1 runs were killed | run 2, begun 2026-11-03T12:00:00Z" in told(archive, "crawls")
    assert "note: 2 addresses are held by a run that died" in told(archive, "crawls")
    assert "note: 1 files were left open by a run that was killed" in told(archive, "raw pages")

    working = Press(archive)
    assert len(working.store.lease(working.run, working.source, Room(most=9, listings=0, articles=9), NOW)) == 2
    working.end()


def test_a_running_crawl_is_told_of_and_neither_blamed_nor_held_up(archive: Path) -> None:
    lock = locked(archive)
    working = Press(archive)
    working.file("tower")
    working.list("gate")
    with closing(sqlite3.connect(archive, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")  # a crawl in the middle of a transaction

        assert wrong(archive) == []
        assert "a crawl is writing to the archive (run 2, begun" in told(archive, "crawls")
        assert told(archive, "raw pages") == ""
        other.rollback()
    with pytest.raises(BusyError):
        locked(archive)
    lock.release()
    assert "1 runs were killed" in told(archive, "crawls")
    working.end()


def test_a_crawl_can_write_at_any_moment_of_an_examination(archive: Path) -> None:
    working = Press(archive)
    working.store.conn.execute("PRAGMA busy_timeout = 0")
    filed = 0
    for filed, _ in enumerate(examine(Patient(archive=archive, extractor="1")), start=1):
        working.file(f"tower{filed}")

    working.end()
    assert filed > 10
    assert wrong(archive) == []


def test_addresses_that_are_not_asked_for_any_more_are_counted_by_reason(archive: Path) -> None:
    damage(
        archive,
        "UPDATE frontier SET state = 'dead', outcome = 'timeout' WHERE id = 2",
        "UPDATE frontier SET state = 'dead', outcome = 'quarantined' WHERE id IN (3, 4)",
    )

    assert "note: given up: 3 = 2 quarantined, 1 timeout" in told(archive, "addresses")


def test_articles_that_another_version_extracted_are_counted(archive: Path) -> None:
    (drift, *_) = [each.what for each in examined(archive, extractor="2") if each.check == "versions"][1:]

    assert drift == "3 articles were extracted by other versions: 3 by version 1; this is version 2"


# ---- Raw pages -------------------------------------------------------------------------------------------------------


def test_what_damage_and_hostile_pages_wrote_does_not_steer_the_terminal(archive: Path) -> None:
    damage(archive, "UPDATE fetches SET warc_offset = 5, url = char(27) || ']0;owned' || char(7) WHERE id = 3")

    assert "try 3 of \ufffd]0;owned\ufffd: " in told(archive, "raw pages")


def test_a_raw_file_that_was_cut_is_a_fault(archive: Path) -> None:
    path = only_warc(archive)
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size - 500)

    said = told(archive, "raw pages")

    assert f"fault: 1 records are damaged | {path} at byte" in said
    assert "the file ends within it" in said
    assert "1 of 3 locators point at no whole response | try 4 of http://paper.test/mill" in said


def test_a_raw_file_that_cannot_be_read_is_a_fault_of_its_own(archive: Path) -> None:
    path = only_warc(archive)
    build(archive, "tower")  # in a file that can be read
    path.unlink()
    path.symlink_to("/proc/self/mem")  # a file whose first page cannot be read, as on a disk that fails

    said = told(archive, "raw pages")

    assert f"fault: 1 WARC files cannot be read | {path}: Input/output error" in said
    assert "damaged" not in said
    assert "locators" not in said


def test_raw_pages_whose_folder_cannot_be_read_are_not_taken_for_none(archive: Path) -> None:
    shutil.rmtree(warc_files.folder_of(archive))
    warc_files.folder_of(archive).touch()

    assert "fault: cannot be checked ([Errno 20] Not a directory" in told(archive, "raw pages")


@pytest.mark.parametrize(
    "change",
    ["UPDATE fetches SET warc_offset = 'here' WHERE id = 3", "UPDATE fetches SET warc_length = x'ff' WHERE id = 3"],
)
def test_values_that_were_never_written_are_a_fault(archive: Path, change: str) -> None:
    damage(archive, change)

    assert "fault: cannot be checked: it holds what was never written there" in told(archive, "raw pages")


def test_flipped_bytes_cost_one_page_and_reading_goes_on_behind_it(archive: Path) -> None:
    path = only_warc(archive)
    _, offset, length = located(archive)[0]
    raw = bytearray(path.read_bytes())
    raw[offset + length // 2] ^= 0xFF
    path.write_bytes(raw)

    assert "fault: 1 of 3 locators" in told(archive, "raw pages")
    assert "fault: 1 records are damaged" in told(archive, "raw pages")


def located(archive: Path) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(archive)) as conn:
        return conn.execute(
            "SELECT warc_file, warc_offset, warc_length FROM fetches WHERE warc_file IS NOT NULL ORDER BY id"
        ).fetchall()


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda record: record.replace(b"The mill opened", b"The bill opened", 1), "block digest"),
        (
            lambda record: record.replace(b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:A"),
            "payload digest",
        ),
        (lambda record: record.replace(b"WARC/1.1\r\n", b"WORC/1.1\r\n"), "is no WARC record"),
        (lambda record: record[:-10], "is not as long as it says"),
        (lambda record: record.split(b"\r\n\r\n")[0], "has no end of its head"),
    ],
)
def test_a_page_that_is_not_what_it_says_is_found_though_its_compression_is_good(
    archive: Path, forge: Callable[[bytes], bytes], said: str
) -> None:
    path = only_warc(archive)
    _, offset, length = located(archive)[-1]
    raw = path.read_bytes()
    page = gzip.decompress(raw[offset : offset + length])
    forged = forge(page)
    assert forged != page
    path.write_bytes(raw[:offset] + gzip.compress(forged) + raw[offset + length :])

    assert said in told(archive, "raw pages")
    assert "1 of 3 locators" in told(archive, "raw pages")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE fetches SET warc_offset = warc_offset + 1 WHERE id = 3",
        "UPDATE fetches SET warc_length = warc_length - 1 WHERE id = 3",
        "UPDATE fetches SET warc_offset = 0 WHERE id = 3",
        "UPDATE fetches SET warc_offset = 999999999 WHERE id = 3",
    ],
)
def test_a_locator_that_points_at_no_whole_response_is_found(archive: Path, change: str) -> None:
    damage(archive, change)

    assert "fault: 1 of 3 locators point at no whole response | try 3 of http" in told(archive, "raw pages")
    assert "damaged" not in told(archive, "raw pages")


@pytest.mark.parametrize("quick", [False, True])
def test_a_raw_file_that_is_not_there_is_a_fault(archive: Path, *, quick: bool) -> None:
    path = only_warc(archive)
    path.unlink()

    said = told(archive, "raw pages", quick=quick)

    assert f"fault: 1 WARC files are not there | {path}" in said
    assert "3 of 3 locators" in said


def test_a_quick_look_finds_a_raw_file_that_is_too_short(archive: Path) -> None:
    with only_warc(archive).open("r+b") as stream:
        stream.truncate(900)

    assert "locators point at no whole response" in told(archive, "raw pages", quick=True)


def test_a_raw_file_that_no_row_names_is_a_note(archive: Path) -> None:
    shutil.copy(only_warc(archive), warc_files.folder_of(archive) / "stray.warc.gz")

    assert wrong(archive) == []
    assert "note: 1 WARC files hold no page the archive names" in told(archive, "raw pages")


def test_other_programs_files_are_read_whatever_their_digests(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
        "WARC-Payload-Digest: sha1:QQQQ\r\nWARC-Block-Digest: md5:abc\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    ).encode()
    path = tmp_path / "theirs.warc.gz"
    path.write_bytes(gzip.compress(head + block + b"\r\n\r\n") * 2)

    with path.open("rb") as stream:
        assert [(each.kind, each.fault) for each in members(stream)] == [("response", "")] * 2


def test_records_longer_than_any_buffer_are_read(tmp_path: Path) -> None:
    out = warc_files.Writer(tmp_path, 1, software="cuttings/test", operator="tests")
    exchange = {"url": "http://paper.test/", "fetched_at": NOW, "method": "GET", "request_headers": (), "status": 200,
                "reason": "OK", "headers": ()}  # fmt: skip
    places = [
        out.append(warc_files.Exchange(**exchange, body=body))  # type: ignore[arg-type]  # a table of fields
        for body in (bytes(8 << 20), b"", bytes(range(256)) * 5000)
    ]
    out.close()

    with next(tmp_path.iterdir()).open("rb") as stream:
        found = [each for each in members(stream) if each.kind == "response"]

    assert [each.fault for each in found] == ["", "", ""]
    assert [(each.offset, each.length) for each in found] == [(each.offset, each.length) for each in places]


def test_memory_does_not_grow_with_a_page(tmp_path: Path) -> None:
    out = warc_files.Writer(tmp_path, 1, software="cuttings/test", operator="tests")
    out.append(
        warc_files.Exchange(
            url="http://paper.test/", fetched_at=NOW, method="GET", request_headers=(), status=200, reason="OK",
            headers=(), body=bytes(90 << 20),
        )
    )  # fmt: skip
    out.close()
    code = (
        "import resource, sys; from archive.warc.walk import members\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for member in members(open(sys.argv[1], 'rb')): print(member.kind, member.fault)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )

    path = next(tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", code, path], env=environment(), capture_output=True, text=True, check=True
    )

    *kinds, grown = done.stdout.splitlines()
    assert [kind.strip() for kind in kinds] == ["warcinfo", "response", "request"]
    assert int(grown) < 10_000  # KiB, for a page of 90 MB


# ---- The machine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["news.db", ".", "news-warc", "news.log"])
def test_what_a_crawl_could_not_write_to_is_a_fault(archive: Path, place: str) -> None:
    archive.with_suffix(".log").touch()
    closed = archive.parent / place
    mode = closed.stat().st_mode
    closed.chmod(mode & ~0o222)
    try:
        said = told(archive, "permissions")
    finally:
        closed.chmod(mode)

    assert "fault: a crawl could not write to 1 places" in said
    assert str(closed) in said


@pytest.mark.parametrize("place", ["news.db", ".", "news-warc"])
def test_what_every_user_can_change_is_a_warning(archive: Path, place: str) -> None:
    path = archive.parent / place
    before = path.stat().st_mode
    assert told(archive, "permissions") == ""

    path.chmod(before | 0o002)
    assert "warning: every user of this machine can change or delete what is archived" in told(archive, "permissions")


def test_a_folder_where_everybody_deletes_only_their_own_is_none(archive: Path) -> None:
    archive.parent.chmod(0o1777)  # as the one for temporary files

    assert told(archive, "permissions") == ""


@pytest.mark.parametrize("place", ["news-warc", "news.log", "news.db.lock"])
def test_a_name_that_is_taken_by_something_else_is_a_fault(archive: Path, place: str) -> None:
    path = archive.parent / place
    if path.is_dir():
        shutil.rmtree(path)
        path.touch()
    else:
        path.unlink(missing_ok=True)
        path.mkdir()

    assert f"fault: 1 names are taken that a crawl needs | {path} is a" in told(archive, "permissions")


def test_a_disk_that_is_nearly_full_is_a_warning(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(archive.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=500 << 20))

    assert told(archive, "disk").startswith("warning: 500.0 MiB left; the raw pages of the last 30 days took 0.0 MiB")


def test_room_for_the_search_check_is_asked_for_before_it_is_used(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(archive.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10))

    assert told(archive, "search index").startswith("warning: its words were not compared")


def test_a_log_of_writes_that_has_grown_is_a_warning(archive: Path) -> None:
    with (archive.parent / "news.db-wal").open("wb") as stream:
        stream.truncate(65 << 20)

    assert (WARNING, "log of writes") in wrong(archive)


def test_unfinished_files_are_a_note(archive: Path) -> None:
    (archive.parent / "copy.db.part").touch()
    (warc_files.folder_of(archive) / "one.warc.gz.part").touch()

    assert told(archive, "left-overs").startswith("note: 2 unfinished files")


def test_a_library_that_is_missing_or_out_of_range_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ["scrapy<2,>=1", "no-such-thing>=3", 'trafilatura>=99; extra == "later"']
    monkeypatch.setattr(metadata, "requires", lambda _name: needs)

    (finding, _) = libraries()

    assert finding.severity is FAULT
    assert finding.examples == (
        f"scrapy is {metadata.version('scrapy')}, needed is <2,>=1",
        "no-such-thing is missing, needed is >=3",
    )


@pytest.mark.parametrize(
    ("text", "severity", "said"),
    [
        (f'{_PROJECT} (+https://uni.test/study)"\n{_SOURCE}', OK, "1 sources, 1 enabled"),
        (f'{_PROJECT} (+https://localhost.uni.test/)"\n{_SOURCE}', OK, "1 sources, 1 enabled"),
        (f'{_PROJECT} (+http://localhost/)"\n{_SOURCE}', WARNING, "names no contact that is real"),
        (f'{_PROJECT} (+https://no.invalid/me)"\n{_SOURCE}', WARNING, "names no contact that is real"),
        (f'{_PROJECT} (+https://uni.test/study)"\n', WARNING, "names no source"),
        (f'{_PROJECT}"\n{_SOURCE}', FAULT, "names no contact"),
        ("[project", FAULT, "cuttings.toml"),
    ],
)  # fmt: skip
def test_a_configuration_is_judged(tmp_path: Path, text: str, severity: Severity, said: str) -> None:
    path = tmp_path / "cuttings.toml"
    path.write_text(text)

    (finding,) = configuration(path)

    assert finding.severity is severity
    assert said in finding.what


def test_every_step_of_the_tables_is_known_to_the_doctor(archive: Path) -> None:
    (finding,) = [each for each in examined(archive) if each.check == "schema"]
    store = Store.open(archive)

    assert finding.what == f"up to date ({list(migrations.applied(store._db))[-1].name})"
    store.close()
