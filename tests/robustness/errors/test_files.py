"""Bad input costs itself alone, and what is written is whole or not there."""

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pipelines.pages import page, prose
from tests.robustness.errors.desk import Cuttings, contents, is_one_sentence
from tests.robustness.errors.test_archives import changed

# ---- Input files -----------------------------------------------------------------------------------------------------


_NO_LINE = 'is not {"id": ..., "url": ..., "html": "path of a page"}'


def test_bad_lines_of_a_manifest_cost_themselves_alone(cuttings: Cuttings, project: Path) -> None:
    lines = (
        b'\xef\xbb\xbf{"id": 12345678901234567890123, "html": "page.html"}\r',
        b"nonsense",
        b"[]",
        b"[" * 100_000,
        b'{"id": "\xff", "html": "page.html"}',
        b'{"html": "page.html"}',
        b'{"id": 7, "html": 3}',
        b'{"id": 8, "url": 9, "html": "page.html"}',
        b'{"id": "gone", "html": "gone.html"}',
        b'{"id": "last", "html": "page.html"}',
    )
    (project / "manifest.jsonl").write_bytes(b"\n".join(lines))

    said = cuttings("extract", "--batch", "manifest.jsonl", "--workers", "1")

    found = [json.loads(line) for line in said.out.splitlines()]
    assert [one["id"] for one in found] == [12345678901234567890123, *[None] * 5, 7, 8, "gone", "last"]
    assert [one["outcome"] for one in found] == ["saved", *["error"] * 8, "saved"]
    assert [f"line {number}: {_NO_LINE}" in one["notes"][0] for number, one in enumerate(found[1:8], start=2)] == [
        True
    ] * 7
    assert said.err == f"cuttings: manifest.jsonl: line 2: {_NO_LINE}; nor are 6 more lines\n"
    assert said.code == 2


def test_bad_rows_of_a_dump_cost_themselves_alone(cuttings: Cuttings) -> None:
    rows = b'{"text": "first"}\nnonsense\n[1]\n{"body": 1}\n{"text": 3}\n\xff\xfe\n{"text": "last"}'

    said = cuttings("clean", "--jsonl", stdin=rows)

    assert said.out == '{"text": "first"}\n{"text": "last"}\n'
    assert is_one_sentence(said.err), said.err
    assert said.err.startswith("cuttings: standard input: line 2: is not JSON (")
    assert said.err.endswith("; this and 4 more lines were left out\n")
    assert said.code == 2


@pytest.mark.parametrize("command", [("extract",), ("try", "-")], ids=" ".join)
@pytest.mark.parametrize(
    "body", [gzip.compress(page(prose()).encode())[:200], b"\x1f\x8bnonsense"], ids=["cut", "no gzip"]
)
def test_a_page_that_cannot_be_unpacked_is_named(cuttings: Cuttings, command: tuple[str, ...], body: bytes) -> None:
    said = cuttings(*command, stdin=body)

    assert is_one_sentence(said.err), said.err
    assert said.err.startswith("cuttings: standard input: cannot be read (")
    assert (said.code, said.out) == (1, "")


# ---- Output ----------------------------------------------------------------------------------------------------------


def test_a_link_to_the_archive_is_not_overwritten_either(cuttings: Cuttings, project: Path) -> None:
    (project / "link.jsonl").symlink_to("cuttings.db")
    (project / "hard.jsonl").hardlink_to(project / "cuttings.db")

    for name in ("link.jsonl", "hard.jsonl"):
        said = cuttings("export", "-o", name)
        assert said.err == f"cuttings: {name}: belongs to the archive itself; name another file\n"
    assert (project / "cuttings.db").read_bytes().startswith(b"SQLite format 3")


def test_a_pipe_is_written_to_and_not_replaced(cuttings: Cuttings, project: Path) -> None:
    os.mkfifo(project / "pipe")
    with subprocess.Popen(["cat", project / "pipe"], stdout=subprocess.PIPE) as reader:
        assert cuttings("export", "-o", "pipe").code == 0
        out, _ = reader.communicate(timeout=30)

    assert out.count(b"\n") == 3
    assert (project / "pipe").is_fifo()


def test_a_dataset_that_was_there_stays_where_a_new_one_fails(cuttings: Cuttings, project: Path) -> None:
    assert cuttings("export", "-o", "out.jsonl").code == 0
    before = (project / "out.jsonl").read_bytes()
    changed("UPDATE versions SET text = x'ff' WHERE id = 3")(project)

    said = cuttings("export", "-o", "out.jsonl")

    assert said.code == 1
    assert (project / "out.jsonl").read_bytes() == before
    assert sorted(path.name for path in project.glob("out*")) == ["out.jsonl"]


def test_a_demonstration_is_begun_anew_only_where_there_was_one(cuttings: Cuttings, project: Path) -> None:
    (project / "lone").mkdir()
    shutil.copy(project / "cuttings.db", project / "lone")
    before = contents(project)

    said = cuttings("demo", "--dir", "lone", "--no-browse")

    assert said.err == "cuttings: lone: holds a project of its own; name another folder with --dir\n"
    assert (said.code, contents(project)) == (1, before)
