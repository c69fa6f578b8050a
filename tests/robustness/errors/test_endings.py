"""How the process ends: full disks, closed streams, signals, tracebacks, and errors nobody has thought of."""

import json
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from archive.cli.endings import explain, one_line
from archive.errors import DISK_FULL, ArchiveError
from tests.newsroom import CUTTINGS, environment
from tests.robustness.errors.desk import Cuttings, is_one_sentence

# ---- The process -----------------------------------------------------------------------------------------------------


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `cuttings` is the program."""
    command = f'cuttings() {{ {" ".join(CUTTINGS)} "$@"; }}; {script}'
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment() | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["status", "export", "show 1 --raw"])
def test_output_that_finds_no_room_ends_with_5(kept: Path, command: str) -> None:
    done = shell(kept, f"cuttings {command} > /dev/full")

    assert is_one_sentence(done.stderr), done.stderr
    assert "the disk is full" in done.stderr
    assert done.returncode == 5


def test_who_reads_no_further_is_told_nothing(kept: Path) -> None:
    done = shell(kept, "{ cuttings export; echo $? >&2; } | true")

    assert done.stderr in {"1\n", "3 articles\n0\n"}  # the second if all of it was in the pipe before it was closed


def test_closed_streams_are_no_mistake_and_take_nothing_in(project: Path) -> None:
    done = shell(
        project, "cuttings export -o out.jsonl >&- 2>&- <&-; echo $?; cuttings status --archive none.db 2>&-; echo $?"
    )

    assert (done.stdout, done.stderr) == ("0\n1\n", "")
    assert len([json.loads(line) for line in (project / "out.jsonl").read_text(encoding="utf-8").splitlines()]) == 3


def test_a_terminal_of_few_letters_gets_the_others_as_escapes(kept: Path) -> None:
    done = shell(kept, "cuttings search mill", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert r"\xb7" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_end_ends_in_one_line(kept: Path, number: signal.Signals) -> None:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([*CUTTINGS, "clean", "--jsonl", "-"], cwd=kept, env=environment(), **pipes) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b'{"text": "again"}\n' * 4000)  # more than is held back
        process.stdin.flush()
        assert process.stdout.readline() == b'{"text": "again"}\n'
        process.send_signal(number)
        _, said = process.communicate(timeout=30)

    assert said.strip() == b"cuttings: interrupted"
    assert process.returncode == 130


def test_a_traceback_is_for_those_who_ask_for_it(cuttings: Cuttings) -> None:
    said = cuttings("--debug", "status", "--archive", "none.db")

    assert said.code == 1
    assert said.err.startswith("Traceback (most recent call last):\n")
    assert said.err.endswith("\ncuttings: none.db: there is no archive here yet; `cuttings crawl` makes it\n")


# ---- The last border -------------------------------------------------------------------------------------------------


def failing(conn: sqlite3.Connection, statement: str) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as raised:
        conn.execute(statement)
    return raised.value


def test_every_error_that_may_come_has_a_sentence_and_a_code(tmp_path: Path) -> None:
    archive = tmp_path / "news.db"
    with closing(sqlite3.connect(archive, timeout=0)) as conn, closing(sqlite3.connect(archive, timeout=0)) as other:
        conn.execute("CREATE TABLE t (a)")
        (pages,) = conn.execute("PRAGMA page_count").fetchone()
        conn.execute(f"PRAGMA max_page_count = {pages}")
        full = failing(conn, "INSERT INTO t VALUES (zeroblob(100000))")
        conn.rollback()
        other.execute("BEGIN EXCLUSIVE")
        busy = failing(conn, "INSERT INTO t VALUES (1)")
        other.rollback()
        missing = failing(conn, "SELECT * FROM nowhere")

    assert explain(full, archive)[1] == 5
    assert explain(busy, archive) == (f"{archive}: cannot be used (database is locked)", 1)
    assert explain(missing, archive)[0].startswith(
        f"{archive}: cannot be read as it is (no such table: nowhere); `cuttings doctor`"
    )
    assert {explain(OSError(number, "No room"), None)[1] for number in DISK_FULL} == {5}
    assert explain(PermissionError(13, "Permission denied", "a/b"), None) == (
        "a/b: cannot be used (Permission denied)",
        1,
    )
    assert explain(ArchiveError("news.db: is none"), archive) == ("news.db: is none", 1)
    assert explain(TypeError("a bug"), archive) == ("TypeError: a bug (run `cuttings --debug ...` to see where)", 1)


def test_a_sentence_is_one_line_whatever_is_in_it() -> None:
    assert one_line("a\n b\r\tc\x1b[31m\udcff\u202ed") == "a b c\ufffd[31m\ufffd\ufffdd"
