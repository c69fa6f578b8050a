"""`cuttings clean`: text in, text out, and nothing of a dump's rows lost on the way."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import CUTTINGS, environment
from tests.pipelines.pages import PROSE, TITLE

FURNITURE = ("Share this:", "Leave a Reply", "Back to top")
DIRTY = "\n\n".join((TITLE, *PROSE, *FURNITURE)) + "\n"
CLEAN = "\n\n".join((TITLE, *PROSE)) + "\n"


def clean(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*CUTTINGS, "clean", *arguments], cwd=folder, env=environment(), capture_output=True, input=stdin, timeout=60
    )


def cleaned(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = clean(folder, *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def rows(folder: Path, *arguments: str, stdin: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cleaned(folder, "--jsonl", *arguments, stdin=stdin).splitlines()]


def is_one_sentence(said: bytes) -> bool:
    return said.startswith(b"cuttings: ") and said.count(b"\n") == 1 and b"Traceback" not in said


# One text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        DIRTY.encode(),
        DIRTY.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + DIRTY.encode(),
        DIRTY.encode("utf-16"),
    ],
    ids=["as it is", "CRLF", "byte order mark", "UTF-16"],
)
def test_a_text_on_standard_input_loses_its_furniture_and_nothing_else(tmp_path: Path, body: bytes) -> None:
    assert cleaned(tmp_path, stdin=body) == CLEAN


def test_bytes_that_are_no_utf_8_cost_no_line(tmp_path: Path) -> None:
    text = DIRTY.replace("the", "thé")
    said = cleaned(tmp_path, stdin=text.encode().replace(b"weir", b"we\xffir", 1))
    assert said.replace("\ufffd", "") == CLEAN.replace("the", "thé")
    assert said.count("\ufffd") == 1


def test_an_empty_text_stays_empty(tmp_path: Path) -> None:
    assert cleaned(tmp_path, stdin=b"") == cleaned(tmp_path, "-", stdin=b" \n\n") == ""


def test_several_files_are_told_apart_and_do_not_know_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    (tmp_path / "b.txt").write_text(DIRTY, encoding="utf-8")
    assert cleaned(tmp_path, "a.txt") == CLEAN
    assert cleaned(tmp_path, "a.txt", "b.txt") == f"==> a.txt <==\n{CLEAN}\n==> b.txt <==\n{CLEAN}"


def test_what_was_removed_is_shown_in_its_place_with_kind_and_rule(tmp_path: Path) -> None:
    said = cleaned(tmp_path, "--removed", stdin=DIRTY.encode()).split("\n\n")
    assert said[: 1 + len(PROSE)] == [TITLE, *PROSE]
    assert [line.strip() for line in said[1 + len(PROSE) :]] == [
        "✂ [share: share-line] Share this:",
        "✂ [comment: comment-line] Leave a Reply",
        "✂ [navigation: navigation-line] Back to top",
    ]


# Rows of a dump -------------------------------------------------------------------------------------------------------


def test_rows_keep_their_order_and_everything_but_the_clutter(tmp_path: Path) -> None:
    first = {"id": 1, "text": DIRTY, "score": 1.5, "big": 12345678901234567890123, "tags": ["a", None], "née": "ü"}
    second = {"text": None, "id": 2}
    body = f"{json.dumps(first)}\n\n{json.dumps(second)}\n".encode()

    said = rows(tmp_path, stdin=body)

    assert said == [first | {"text": CLEAN.strip()}, second]
    assert [list(row) for row in said] == [list(first), list(second)]


def test_the_field_may_have_another_name_and_the_cuts_a_list_of_their_own(tmp_path: Path) -> None:
    body = json.dumps({"content": DIRTY}).encode()
    (row,) = rows(tmp_path, "--field", "content", "--removed", stdin=body)
    assert row["content"] == CLEAN.strip()
    assert row["removed"][0] == {
        "kind": "share",
        "text": "Share this:",
        "rule": "share-line",
        "after_paragraph": len(PROSE),
    }
    assert [cut["text"] for cut in row["removed"]] == list(FURNITURE)


def test_bytes_and_characters_that_are_none_pass_as_they_came(tmp_path: Path) -> None:
    body = b'{"text": "ok", "other": "caf\xe9"}\n{"text": "half \\ud83d of one", "other": "\\ud83d"}\n'
    done = clean(tmp_path, "--jsonl", stdin=body)
    first, second = done.stdout.splitlines()
    assert first == b'{"text": "ok", "other": "caf\xe9"}'
    assert json.loads(second) == {"text": "half \ufffd of one", "other": "\ud83d"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"nonsense", b"is not JSON"),
        (b'{"text": "cut off', b"is not JSON"),
        (b"[" * 100_000, b"is not JSON"),
        (b"[1]", b"is not a JSON object"),
        (b'{"body": "x"}', b'has no field "text"; name the text\'s with --field (its fields are: body)'),
        (b'{"text": 3}', b'"text" is not text'),
        (b'{"text": "x", "removed": []}', b'has a field "removed" already'),
    ],
    ids=["no JSON", "cut off", "too deep", "a list", "no field", "a number", "taken"],
)
def test_a_bad_row_is_told_with_file_and_line(tmp_path: Path, line: bytes, complaint: bytes) -> None:
    (tmp_path / "dump.jsonl").write_bytes(b'{"text": "good"}\n' + line + b"\n")
    done = clean(tmp_path, "--jsonl", "--removed", "dump.jsonl")
    assert is_one_sentence(done.stderr), done.stderr
    assert done.stderr.startswith(b"cuttings: dump.jsonl: line 2: " + complaint)
    assert done.returncode == 2
    assert json.loads(done.stdout) == {"text": "good", "removed": []}  # what stood before it


def test_who_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_text('{"text": "again and again"}\n' * 20_000, encoding="utf-8")
    process = subprocess.Popen(
        [*CUTTINGS, "clean", "--jsonl", "dump.jsonl"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b'{"text": "again and again"}\n'
    process.stdout.close()
    _, said = process.communicate(timeout=60)
    assert said == b""


# What is wrong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["none.txt"], ["."], ["--field"]])
def test_a_file_that_is_none_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = clean(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert is_one_sentence(done.stderr), done.stderr


def test_at_a_terminal_it_says_what_it_waits_for(tmp_path: Path) -> None:
    terminal, stdin = pty.openpty()
    try:
        done = subprocess.run(
            [*CUTTINGS, "clean"], cwd=tmp_path, env=environment(), stdin=stdin, capture_output=True, timeout=30
        )
    finally:
        os.close(terminal)
        os.close(stdin)
    assert is_one_sentence(done.stderr), done.stderr
    assert b"cuttings clean < article.txt" in done.stderr
    assert done.returncode == 2
