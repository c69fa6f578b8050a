"""The command line as a person uses it: what it says, where, and with which exit code."""

import gzip
import json
import os
import pty
import re
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive.config.toml import TEMPLATE
from archive.storage.read_article import Cut, Picture, Record
from archive.storage.store import Store
from tests.newsroom import CUTTINGS, ROOT, environment
from tests.pipelines.pages import FIXTURES, PROSE, TITLE, page, prose

COMMANDS = (
    *("demo", "init", "add", "check", "crawl", "schedule", "extract", "try", "clean"),
    *("search", "show", "status", "coverage", "learned", "restore", "export", "browse", "publish", "backup", "doctor"),
)
CONFIG = '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n[[source]]\nid = "gazette"\nurl = "http://127.0.0.1:9/"\n'


def cuttings(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run `cuttings` in a folder."""
    done = subprocess.run(
        [*CUTTINGS, *arguments], cwd=folder, env=environment(), capture_output=True, input=stdin, timeout=60
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def write(folder: Path, text: str) -> None:
    (folder / "cuttings.toml").write_text(text, encoding="utf-8")


def is_one_sentence(said: str) -> bool:
    """One line from us, without a traceback."""
    return said.startswith("cuttings: ") and said.count("\n") == 1 and said.endswith("\n") and "Traceback" not in said


# Help -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*COMMANDS, "schedule run", "schedule print"])
def test_every_command_has_help_that_says_what_it_does(tmp_path: Path, command: str) -> None:
    done = cuttings(tmp_path, *command.split(), "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: cuttings {command} ")
    sentence = done.stdout.split("\n\n")[1].strip()
    assert sentence.endswith(".")
    options = [line for line in done.stdout.split("Options:\n")[1].splitlines() if line.startswith("  -")]
    assert [
        line for line in options if re.fullmatch(r"\s+--?\S+(?:, --?\S+)*(?: \S+)?", line)
    ] == []  # none unexplained


def test_help_names_the_commands_and_the_exit_codes_that_the_readme_names(tmp_path: Path) -> None:
    done = cuttings(tmp_path, "--help")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"^  (\w+) ", done.stdout.split("Commands:\n")[1], re.MULTILINE)
    assert tuple(listed[: len(COMMANDS)]) == COMMANDS
    shown = set(re.findall(r"^(?:.*uv run )?cuttings (\w+)", readme, re.MULTILINE))
    assert shown == set(COMMANDS)
    assert exit_codes(done.stdout) == exit_codes(readme)
    assert [code for code, _ in exit_codes(readme)] == ["0", "1", "2", "3", "4", "5", "130"]


def exit_codes(text: str) -> list[tuple[str, str]]:
    """The codes that a text documents, each with its meaning."""
    paragraph = text.partition("Exit codes:")[2].partition("\n\n")[0]
    said = " ".join(paragraph.replace("`", "").split()).rstrip(".")
    return [tuple(part.split(" ", 1)) for part in said.split("; ")]  # type: ignore[misc]  # two parts each


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    done = cuttings(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, "cuttings, version 0.1.0\n")


# What is wrong is said in one sentence --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        *(["crawl"], ["status"], ["search", "mill"], ["show", "1"], ["export"], ["browse"]),
        *(["check"], ["try", "https://gazette.test/mill"]),
    ],
)
def test_a_missing_configuration_is_named_with_what_to_do(tmp_path: Path, command: list[str]) -> None:
    done = cuttings(tmp_path, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "cuttings: cuttings.toml: there is no such file; `cuttings init` writes one to start from\n"


@pytest.mark.parametrize(
    ("config", "arguments", "code", "said"),
    [
        (TEMPLATE, ["crawl"], 2, "[project] user_agent still has the template's contact"),
        (CONFIG + "fedds = []\n", ["crawl"], 2, '[[source]] "gazette": unknown key "fedds"; did you mean "feeds"?'),
        ("[project", ["crawl"], 2, "cuttings.toml: is not TOML"),
        ("", ["status"], 2, "cuttings.toml: is empty"),
        (CONFIG, ["crawl", "gazzette"], 2, "gazzette"),
        (CONFIG, ["check", "gazzette"], 2, 'there is no source "gazzette" in cuttings.toml'),
        (CONFIG, ["try", "mill.html"], 2, "mill.html: there is no such file; name a saved page, or a URL"),
        (CONFIG, ["try", "https://[mill"], 2, "https://[mill: cannot be read as an address"),
        (CONFIG, ["try", "https://a.test/", "--url", "https://b.test/"], 2, "--url is the URL of a page in a file"),
        (CONFIG, ["try", "mill.html", "--url", "mill"], 2, "mill: is not an http or https address"),
        (CONFIG, ["try", "."], 1, ".: cannot be read (Is a directory)"),
        (CONFIG, ["extract", "--batch", "cuttings.toml", "--url", "https://a.test/"], 2, "give --url for a page on"),
        (CONFIG, ["status"], 1, "cuttings.db: there is no archive here yet"),
        (CONFIG, ["show", "1"], 1, "cuttings.db: there is no archive here yet"),
        (CONFIG, ["export", "-o", "x.jsonl"], 1, "cuttings.db: there is no archive here yet"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_in_one_sentence(
    tmp_path: Path, config: str, arguments: list[str], code: int, said: str
) -> None:
    write(tmp_path, config)
    done = cuttings(tmp_path, *arguments)
    assert is_one_sentence(done.stderr), done.stderr
    assert said in done.stderr
    assert (done.returncode, done.stdout) == (code, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cuttings.toml"]  # nothing was made


@pytest.mark.parametrize("command", [["status"], ["search", "mill"], ["show", "1"], ["export"], ["browse"], ["crawl"]])
@pytest.mark.parametrize("kind", ["text", "another database"])
def test_what_is_no_archive_is_left_alone(tmp_path: Path, command: list[str], kind: str) -> None:
    write(tmp_path, CONFIG)
    path = tmp_path / "cuttings.db"
    if kind == "text":
        path.write_bytes(b"dear diary, " * 100)
    else:
        conn = sqlite3.connect(path)
        conn.execute("CREATE TABLE diary (day TEXT)")
        conn.commit()
        conn.close()
    before = path.read_bytes()

    done = cuttings(tmp_path, *command)

    assert is_one_sentence(done.stderr), done.stderr
    assert "cuttings.db: " in done.stderr
    assert (done.returncode, done.stdout) == (1, "")
    assert path.read_bytes() == before


def test_an_article_that_is_not_there_is_named(tmp_path: Path, archive: Path) -> None:
    done = cuttings(tmp_path, "show", "4711", "--archive", str(archive))
    assert is_one_sentence(done.stderr), done.stderr
    assert "there is no article 4711 in " in done.stderr
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["crawl", "--nonsense"],
        ["show"],
        ["show", "abc"],
        ["search"],
        ["export", "--from", "yesterday"],
        ["extract", "--batch", "none.jsonl"],
        ["extract", "--workers", "0"],
    ],
)
def test_a_command_line_that_cannot_be_understood_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = cuttings(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_sentence(done.stderr), done.stderr
    assert done.stderr.endswith(" --help`)\n")


def test_an_export_in_a_format_nobody_knows_names_those_that_are_known(tmp_path: Path, archive: Path) -> None:
    done = cuttings(tmp_path, "export", "--format", "docx", "--archive", str(archive))
    assert done.returncode == 2
    assert "jsonl" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive without an article."""
    path = tmp_path / "empty" / "cuttings.db"
    path.parent.mkdir()
    Store.open(path).close()
    return path


# init -----------------------------------------------------------------------------------------------------------------


def test_init_writes_once(tmp_path: Path) -> None:
    first = cuttings(tmp_path, "init", "project")
    path = tmp_path / "project" / "cuttings.toml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written + "# mine\n", encoding="utf-8")
    second = cuttings(tmp_path, "init", "project")

    assert (first.returncode, first.stderr, written) == (0, "", TEMPLATE)
    assert is_one_sentence(second.stderr), second.stderr
    assert (second.returncode, second.stdout) == (1, "")
    assert path.read_text(encoding="utf-8") == written + "# mine\n"


def test_init_writes_into_this_folder_where_none_is_named(tmp_path: Path) -> None:
    assert cuttings(tmp_path, "init").returncode == 0
    assert (tmp_path / "cuttings.toml").is_file()


# extract --------------------------------------------------------------------------------------------------------------

KEYS = ("url", "title", "standfirst", "authors", "published", "modified", "language", "section", "tags", "text",
        "paragraphs", "images", "removed", "kind", "access", "outcome", "notes")  # fmt: skip


def extracted(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_extract_prints_one_object_with_exactly_the_documented_keys(tmp_path: Path) -> None:
    body = (FIXTURES / "wordpress-theme" / "page.html").read_bytes()
    (said,) = extracted(cuttings(tmp_path, "extract", "--url", "https://maren-observer.test/ferry", stdin=body))

    assert tuple(said) == KEYS == tuple(Record.__annotations__)
    assert {tuple(image) for image in said["images"]} == {tuple(Picture.__annotations__)}
    assert {tuple(cut) for cut in said["removed"]} == {("kind", "text", "rule", "after_paragraph")}
    assert set(Picture.__annotations__) == set(said["images"][0])
    assert set(Cut.__annotations__) == set(said["removed"][0])
    assert said["url"] == "https://maren-observer.test/ferry"
    assert said["text"] == "\n".join(said["paragraphs"])
    assert (said["kind"], said["outcome"], said["published"]) == ("article", "saved", "2026-02-04T06:45:00Z")


def test_the_readme_names_the_keys_of_extract() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    part = readme.split("print one JSON object a page:")[1].split("`outcome` is what")[0]
    names = re.findall(r"\b[a-z_]+\b", " ".join(re.findall(r"`([^`]+)`", part)))
    assert set(names) == set(KEYS) | set(Picture.__annotations__) | set(Cut.__annotations__)


def test_extract_needs_no_address_and_no_configuration(tmp_path: Path) -> None:
    (said,) = extracted(cuttings(tmp_path, "extract", stdin=page(prose()).encode()))
    assert (said["title"], said["paragraphs"], said["outcome"]) == (TITLE, list(PROSE), "saved")


@pytest.mark.parametrize(
    ("body", "outcome"), [(b"", "not_html"), (b"%PDF-1.7", "not_html"), (b"<p>Hello.</p>", "too_short")]
)
def test_extract_says_what_a_page_is_that_is_no_article(tmp_path: Path, body: bytes, outcome: str) -> None:
    (said,) = extracted(cuttings(tmp_path, "extract", "--url", "https://gazette.test/mill", stdin=body))
    assert tuple(said) == KEYS
    assert said["outcome"] == outcome


@pytest.mark.parametrize("packed", [False, True])
def test_extract_reads_a_page_as_it_is_or_compressed(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001 - a case
    body = page(prose()).encode()
    (said,) = extracted(cuttings(tmp_path, "extract", stdin=gzip.compress(body) if packed else body))
    assert said["paragraphs"] == list(PROSE)


def test_extract_says_in_one_sentence_that_its_input_cannot_be_read(tmp_path: Path) -> None:
    broken = cuttings(tmp_path, "extract", stdin=gzip.compress(page(prose()).encode())[:40])
    assert is_one_sentence(broken.stderr), broken.stderr
    assert broken.stderr.startswith("cuttings: standard input: cannot be read (")
    assert (broken.returncode, broken.stdout) == (1, "")


def test_extract_at_a_terminal_says_what_it_waits_for(tmp_path: Path) -> None:
    terminal, stdin = pty.openpty()
    try:
        done = subprocess.run(
            [*CUTTINGS, "extract"],
            cwd=tmp_path,
            env=environment(),
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=30,
        )
    finally:
        os.close(terminal)
        os.close(stdin)
    assert is_one_sentence(done.stderr), done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert "< page.html" in done.stderr


def test_a_batch_keeps_ids_and_order(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "mill.html").write_text(page(prose()), encoding="utf-8")
    (folder / "long.html").write_text(page(prose(PROSE * 40)), encoding="utf-8")
    (folder / "mill.html.gz").write_bytes(gzip.compress(page(prose()).encode()))
    (folder / "none.txt").write_bytes(b"%PDF-1.7")
    (folder / "cut.html.gz").write_bytes(gzip.compress(page(prose(PROSE * 40)).encode())[:60])
    rows = [
        {"id": 7, "url": "https://gazette.test/long", "html": "pages/long.html", "corpus": "more keys are ignored"},
        {"id": "7", "url": "https://gazette.test/mill", "html": "pages/mill.html"},
        {"id": "a/b “c”", "url": "https://gazette.test/zipped", "html": str(folder / "mill.html.gz")},
        {"id": None, "html": "pages/mill.html"},
        {"id": 0, "url": "https://gazette.test/gone", "html": "pages/gone.html"},
        {"id": 1.5, "url": "https://gazette.test/pdf", "html": "pages/none.txt"},
        {"id": [1, "x"], "url": "https://gazette.test/cut", "html": "pages/cut.html.gz"},
        {"id": 7, "url": "https://gazette.test/again", "html": "pages/mill.html"},
    ]
    manifest = "\n\n".join(json.dumps(row) for row in rows)
    (tmp_path / "manifest.jsonl").write_text(manifest, encoding="utf-8")

    said = extracted(cuttings(tmp_path, "extract", "--batch", "manifest.jsonl", "--workers", "2"))

    assert [one["id"] for one in said] == [row["id"] for row in rows]
    assert [type(one["id"]) for one in said] == [type(row["id"]) for row in rows]
    assert {tuple(one) for one in said} == {("id", *KEYS)}
    assert [one["outcome"] for one in said] == [
        "saved",
        "saved",
        "saved",
        "saved",
        "error",
        "not_html",
        "error",
        "saved",
    ]
    assert [one["url"] for one in said if one["id"] is not None] == [
        row["url"] for row in rows if row["id"] is not None
    ]
    assert said[0]["paragraphs"] == list(PROSE * 40)
    assert said[1]["paragraphs"] == said[2]["paragraphs"] == list(PROSE)
    assert "gone.html" in said[4]["notes"][0]


def test_pages_of_a_batch_that_cannot_be_read_cost_no_other_page(tmp_path: Path) -> None:
    (tmp_path / "mill.html").write_text(page(prose()), encoding="utf-8")
    broken = bytearray(gzip.compress(page(prose(PROSE * 9)).encode()))
    broken[30:60] = bytes(30)
    (tmp_path / "broken.html.gz").write_bytes(broken)
    names = ["mill.html", "broken.html.gz", ".", "nul\0.html", "gone.html", "mill.html"]
    manifest = "\n".join(json.dumps({"id": "same", "html": name}) for name in names)
    (tmp_path / "manifest.jsonl").write_text(manifest, encoding="utf-8")

    said = extracted(cuttings(tmp_path, "extract", "--batch", "manifest.jsonl", "--workers", "1"))

    assert [one["outcome"] for one in said] == ["saved", "error", "error", "error", "error", "saved"]
    assert all("cannot be read" in one["notes"][0] for one in said[1:5])


def test_an_empty_batch_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_text("\n")
    assert extracted(cuttings(tmp_path, "extract", "--batch", "manifest.jsonl")) == []


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", "42", '{"id": 1}', '{"html": "page.html"}', '{"id": 1, "html": 3}', '{"id": 1, "html": null}'],
)
def test_a_manifest_that_is_none_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "page.html").write_text(page(prose()), encoding="utf-8")
    (tmp_path / "manifest.jsonl").write_text(f'{{"id": "first", "html": "page.html"}}\n{line}\n')

    done = cuttings(tmp_path, "extract", "--batch", "manifest.jsonl", "--workers", "1")

    assert is_one_sentence(done.stderr), done.stderr
    assert "manifest.jsonl: line 2: " in done.stderr
    assert done.returncode == 2
