"""Exports of the poisoned archive: nothing in them runs, nothing is missing, and no row costs another."""

import csv
import io
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from archive.cli.common import Invocation
from archive.cli.export import export as command
from archive.errors import UsageError
from archive.export import FORMATS, Selection, export
from archive.export.cells import inert
from archive.export.sinks.csv import COLUMNS
from archive.storage.connection import open_reader
from tests.archive.browse import poison
from tests.archive.browse.poison import ALL_AT_ONCE, ARTICLES, PAYLOADS

FORMULAS = [payload for payload in PAYLOADS if payload.strip(' "\t\r')[:1] in "=+-@＝"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return poison.build(tmp_path_factory.mktemp("poison") / "poison.db")


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(path)) as opened:
        yield opened


def exported(conn: sqlite3.Connection, format_name: str) -> bytes:
    out = io.BytesIO()
    assert export(conn, Selection(), format_name, out) == ARTICLES
    return out.getvalue()


def runs(cell: str) -> bool:
    """Whether some spreadsheet would run a cell: told by the first character that it would not trim."""
    if cell[:1] in {"\t", "\r", "\n"}:
        return True
    seen = [letter for letter in cell if not letter.isspace() and unicodedata.category(letter) not in {"Cc", "Cf"}]
    first = next((unicodedata.normalize("NFKC", letter) for letter in seen if letter not in "'\""), "")
    return first in {"=", "+", "-", "@"} and not is_number(cell)


def is_number(cell: str) -> bool:
    try:
        return bool(float(cell)) or True
    except ValueError:
        return False


# CSV ------------------------------------------------------------------------------------------------------------------


def test_no_cell_of_any_column_runs(conn: sqlite3.Connection) -> None:
    records = list(csv.reader(io.StringIO(exported(conn, "csv").decode(), newline=""), strict=True))
    assert records[0] == list(COLUMNS)
    assert len(records) == 1 + ARTICLES
    assert {len(record) for record in records} == {len(COLUMNS)}, "no cell has become two"
    running = [cell for record in records for cell in record if runs(cell)]
    assert all(cell.startswith("'") for cell in running)
    for column in ("title", "standfirst", "authors", "language", "section", "tags", "kind", "access"):
        cells = [record[COLUMNS.index(column)] for record in records[1:]]
        assert sum(cell.startswith("'") and runs(cell) for cell in cells) >= len(FORMULAS), column


def test_a_formula_stays_readable_behind_its_apostrophe(conn: sqlite3.Connection) -> None:
    records = list(csv.DictReader(io.StringIO(exported(conn, "csv").decode(), newline="")))
    titles = [record["title"] for record in records]
    assert len(FORMULAS) >= 8
    assert '\'=HYPERLINK("https://evil.example/","click")' in titles
    assert "'＝1+1" in titles
    assert "'\t=1+1" in titles
    assert titles[PAYLOADS.index("<script>alert(1)</script>")] == "<script>alert(1)</script>"


def test_a_csv_has_no_character_that_makes_a_program_refuse_it(conn: sqlite3.Connection) -> None:
    text = exported(conn, "csv").decode()
    assert not [letter for letter in text if unicodedata.category(letter) == "Cc" and letter not in "\t\r\n"]
    assert "\r" not in text.replace("\r\n", "")


# JSON Lines -----------------------------------------------------------------------------------------------------------


def test_every_payload_comes_back_exactly(conn: sqlite3.Connection) -> None:
    lines = exported(conn, "jsonl").splitlines()
    for number, (line, payload) in enumerate(zip(lines, (*PAYLOADS, ALL_AT_ONCE), strict=True)):
        article = json.loads(line)
        assert article == orjson.loads(line)
        for field in ("title", "standfirst", "section", "kind", "access"):
            assert article[field] == payload, field
        assert article["text"] == f"Poison {number}.\n{payload}\n{payload}"
        assert article["authors"] == article["tags"] == [payload, f"{number} {payload}"]
        assert article["images"][0] == dict.fromkeys(("url", "caption", "credit", "alt"), payload) | {
            "after_paragraph": 0
        }


def test_every_way_to_split_into_lines_finds_the_same(conn: sqlite3.Connection) -> None:
    data = exported(conn, "jsonl")
    assert len(data.splitlines()) == ARTICLES
    assert len(data.decode().splitlines()) == ARTICLES, "text has more line ends than bytes: U+0085, U+2028, U+2029"
    assert all(isinstance(json.loads(line), dict) for line in data.decode().splitlines())


def test_nothing_in_json_steers_a_terminal(conn: sqlite3.Connection) -> None:
    text = exported(conn, "jsonl").decode()
    assert not [letter for letter in text if unicodedata.category(letter) == "Cc" and letter != "\n"]


# One row and the others -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", sorted(FORMATS))
def test_a_text_that_is_no_utf_8_costs_no_other_row(path: Path, tmp_path: Path, format_name: str) -> None:
    damaged = tmp_path / "damaged.db"
    with closing(sqlite3.connect(path)) as conn, closing(sqlite3.connect(damaged)) as copy:
        conn.backup(copy)
        with copy:
            copy.execute("UPDATE articles SET section = CAST(x'61EDA08062' AS TEXT) WHERE id = 7")
            copy.execute("UPDATE versions SET text = CAST(x'FF00FE' AS TEXT), title = '' WHERE id = 8")
            copy.execute("UPDATE authors SET name = CAST(x'C3' AS TEXT) || id WHERE id IN (3, 5)")
    with closing(open_reader(damaged)) as conn:
        assert b"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdb" in exported(conn, format_name)


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (["--source", "nobody"], 'no source "nobody"'),
        (["--source", ""], 'no source ""'),
        (["--source", "evil", "--source", " "], 'no source " "'),
        (["--language", ""], 'no language ""'),
        (["--language", "' OR 1=1 --"], "no language"),
        (["--from", "2027-01-01", "--to", "2026-01-01"], "the period ends"),
        (["--from", "yesterday"], "yesterday"),
        (["--format", "xlsx"], "xlsx"),
        (["--min-words", "-1"], "-1"),
        (["harbour"], "harbour"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_and_nothing_is_written(
    path: Path, tmp_path: Path, chosen: list[str], told: str
) -> None:
    arguments = ["--archive", str(path), "-o", str(tmp_path / "news.jsonl"), *chosen]
    done = CliRunner().invoke(command, arguments, obj=Invocation())
    assert isinstance(done.exception, UsageError) or done.exit_code == UsageError.exit_code
    assert told in f"{done.exception} {done.stderr}"
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_an_apostrophe_of_ours_can_be_told_from_one_that_came_with_the_text() -> None:
    for text in ("=1", "'=1", "''=1", "plain", "'plain", "-5", "'-5", "", "'", "'\t", "\t", *PAYLOADS):
        cell = inert(text)
        ours = cell.startswith("'") and inert(cell[1:]) == cell
        assert (cell[1:] if ours else cell) == text
