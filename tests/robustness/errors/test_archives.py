"""Archives that are none, of others, newer, cut or damaged: what each command makes of them."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.warc import warc_files
from tests.robustness.errors.desk import Cuttings, Prepare, contents, is_one_sentence, write


def changed(*statements: str) -> Prepare:
    """A preparation: statements that the archive's own program would never make."""

    def change(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "cuttings.db")) as conn:
            for statement in statements:
                conn.execute(statement)
            conn.commit()

    return change


def overwritten(at: int, size: int) -> Prepare:
    def overwrite(folder: Path) -> None:
        with (folder / "cuttings.db").open("r+b") as stream:
            stream.seek(at)
            stream.write(b"\xff" * size)

    return overwrite


def cut_to(size: int) -> Prepare:
    return lambda folder: os.truncate(folder / "cuttings.db", size)


def no_archive(folder: Path) -> None:
    (folder / "cuttings.db").unlink()


def a_folder_for_an_archive(folder: Path) -> None:
    no_archive(folder)
    (folder / "cuttings.db").mkdir()


def a_pipe_for_an_archive(folder: Path) -> None:
    no_archive(folder)
    os.mkfifo(folder / "cuttings.db")


def of_another_program(folder: Path) -> None:
    no_archive(folder)
    changed("CREATE TABLE birds (name)")(folder)


_DOCTOR = "; `cuttings doctor` says what is wrong and what can be done|; `cuttings doctor` says more"
_NO_ARCHIVE: dict[str, tuple[Prepare, str]] = {
    "none": (no_archive, "there is no archive here yet; `cuttings crawl` makes it"),
    "a folder": (a_folder_for_an_archive, "is a folder, not an archive; .*|cannot be .*"),
    "a pipe": (a_pipe_for_an_archive, "is not a file that could be an archive|cannot be .*"),
    "empty": (cut_to(0), "is empty; `cuttings crawl` makes an archive of it|is empty, there is nothing to back up; .*"),
    "text": (write("cuttings.db", "Dear diary, " * 200), f"cannot be .* .file is not a database.(?:{_DOCTOR})"),
    "another program's": (of_another_program, "is an SQLite file of another program, not an archive"),
    "cut off": (cut_to(40_000), f"cannot be read .*(?:{_DOCTOR})"),
    "without a head": (overwritten(0, 100), f"cannot be read .*(?:{_DOCTOR})"),
    "with a broken first page": (overwritten(100, 3000), f"cannot be read .*(?:{_DOCTOR})"),
    "newer": (
        changed("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('cuttings', 'm999_wings')"),
        "was made by a newer version of Cuttings; upgrade this program to open it",
    ),
}  # fmt: skip
_READERS = (
    ("status",), ("search", "mill"), ("show", "1"), ("show", "1", "--raw"), ("export",), ("export", "-o", "out.jsonl"),
    ("learned",), ("learned", "--keep", "1"), ("browse", "--port", "0"), ("backup", "copy.db", "--warc"),
)  # fmt: skip


@pytest.mark.parametrize("command", _READERS, ids=" ".join)
@pytest.mark.parametrize("case", _NO_ARCHIVE)
def test_an_archive_that_is_none_is_named_with_what_to_do(
    cuttings: Cuttings, project: Path, case: str, command: tuple[str, ...]
) -> None:
    if case == "newer" and command[0] == "backup":
        pytest.skip("a backup copies what it does not understand")
    prepare, sentence = _NO_ARCHIVE[case]
    prepare(project)
    before = contents(project)

    said = cuttings(*command)

    assert is_one_sentence(said.err), said.err
    assert re.fullmatch(rf"cuttings: \S*cuttings\.db: (?:{sentence})\n", said.err), said.err
    assert (said.code, said.out, contents(project)) == (1, "", before)


@pytest.mark.parametrize("case", [each for each in _NO_ARCHIVE if each not in {"none", "empty"}])
def test_a_crawl_writes_into_no_file_that_is_not_its_archive(cuttings: Cuttings, project: Path, case: str) -> None:
    _NO_ARCHIVE[case][0](project)
    before = contents(project)

    said = cuttings("crawl")

    assert is_one_sentence(said.err), said.err
    assert "cuttings.db: " in said.err
    assert (said.code, said.out, contents(project)) == (1, "", before)


@pytest.mark.parametrize("case", list(_NO_ARCHIVE))
def test_the_doctor_finds_a_fault_where_others_fail(cuttings: Cuttings, project: Path, case: str) -> None:
    _NO_ARCHIVE[case][0](project)
    before = contents(project)

    said = cuttings("doctor")

    assert said.out.startswith("fault    "), said.out
    assert (said.code, said.err, contents(project)) == (1, "", before)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DROP TABLE hosts", "lacks table hosts; `cuttings doctor` says what can be done"),
        ("DROP TRIGGER urls_rows_insert", "lacks trigger urls_rows_insert; run `cuttings doctor --mend`, which makes"),
    ],
)
def test_a_crawl_refuses_an_archive_that_lacks_a_part(
    cuttings: Cuttings, project: Path, damage: str, said: str
) -> None:
    changed(damage)(project)

    done = cuttings("crawl")

    assert is_one_sentence(done.err), done.err
    assert f"cuttings.db: {said}" in done.err
    assert done.code == 1


@pytest.mark.parametrize(
    ("damage", "command"),
    [
        ("DROP TABLE removed", ("status",)),
        ("DROP TABLE removed", ("show", "1")),
        ("DROP TABLE articles_fts", ("search", "mill")),
        ("DROP TABLE boilerplate", ("learned",)),
        ("ALTER TABLE articles DROP COLUMN section", ("export",)),
        ("ALTER TABLE articles DROP COLUMN section", ("export", "-o", "out.jsonl")),
    ],
)
def test_an_archive_that_lacks_a_part_sends_to_the_doctor(
    cuttings: Cuttings, project: Path, damage: str, command: tuple[str, ...]
) -> None:
    changed(damage)(project)

    said = cuttings(*command)

    assert is_one_sentence(said.err), said.err
    assert re.search(r"cuttings\.db: cannot be read .*\(no such .*\); `cuttings doctor` says", said.err), said.err
    assert (said.code, said.out) == (1, "")
    assert {path.name for path in project.iterdir() if path.suffix in {".jsonl", ".part"}} == set()


def test_pages_that_are_damaged_in_the_middle_send_to_the_doctor(cuttings: Cuttings, project: Path) -> None:
    with closing(sqlite3.connect(project / "cuttings.db")) as conn:
        (root,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'versions'").fetchone()
    overwritten((root - 1) * 4096, 4096)(project)

    said = cuttings("export", "-o", "out.jsonl")

    assert is_one_sentence(said.err), said.err
    assert said.err.endswith(
        "(database disk image is malformed); `cuttings doctor` says what is wrong and what can be done\n"
    )
    assert (said.code, sorted(path.name for path in project.glob("out*"))) == (1, [])


def test_a_raw_page_that_cannot_be_had_is_named_with_its_file(cuttings: Cuttings, project: Path) -> None:
    (raw,) = warc_files.folder_of(project / "cuttings.db").iterdir()
    raw.write_bytes(raw.read_bytes()[:400])
    cut = cuttings("show", "1", "--raw")
    raw.unlink()
    gone = cuttings("show", "1", "--raw")

    for said in (cut, gone):
        assert is_one_sentence(said.err), said.err
        assert raw.name in said.err
        assert (said.code, said.out) == (1, "")
