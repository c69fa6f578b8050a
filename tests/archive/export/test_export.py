"""An export is complete, counted, safe to open, and needs no memory."""

import csv
import io
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import date
from pathlib import Path

import orjson
import pytest

from archive.errors import UsageError
from archive.export import FORMATS, Selection, count, export, snapshot
from archive.export.article_row import Row
from archive.storage.connection import open_reader
from tests.archive import sample


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.build(tmp_path_factory.mktemp("export") / "sample.db")


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(path)) as opened:
        yield opened


def exported(conn: sqlite3.Connection, format_name: str, **chosen: object) -> bytes:
    out = io.BytesIO()
    selection = Selection(**chosen)  # type: ignore[arg-type]
    assert export(conn, selection, format_name, out) == count(conn, selection)
    return out.getvalue()


def test_json_lines_hold_every_field_of_every_article(conn: sqlite3.Connection) -> None:
    articles = [orjson.loads(line) for line in exported(conn, "jsonl").splitlines()]
    assert [article["id"] for article in articles] == list(range(1, sample.ARTICLES + 1))
    assert list(articles[0]) == [field.name for field in fields(Row)]
    ferry = articles[sample.FERRY_ID - 1]
    assert ferry["title"] == "Night ferry is back in the old harbour"
    assert ferry["text"] == sample.FERRY.text
    assert ferry["authors"] == list(sample.FERRY.authors)
    assert ferry["tags"] == list(sample.FERRY.tags)
    assert [image["caption"] for image in ferry["images"]] == [image.caption for image in sample.FERRY.images]
    assert articles[sample.ARABIC_ID - 1]["published"] == "2026-11-19"
    assert articles[sample.UNDATED_ID - 1]["published"] is None


def test_csv_round_trips_every_text_that_starts_no_formula(conn: sqlite3.Connection) -> None:
    data = exported(conn, "csv")
    assert data.startswith(b"id,url,canonical_url,source,title,")
    assert data.endswith(b"\r\n")
    articles = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert len(articles) == sample.ARTICLES
    assert articles[sample.FERRY_ID - 1]["text"] == sample.FERRY.text
    assert articles[sample.FERRY_ID - 1]["authors"] == "Ines Calder; Tom Okafor"
    assert articles[sample.JAPANESE_ID - 1]["title"] == sample.JAPANESE.title


def test_no_cell_of_a_csv_starts_a_formula(conn: sqlite3.Connection) -> None:
    cells = [cell for row in csv.reader(io.StringIO(exported(conn, "csv").decode(), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'" + str(sample.GERMAN.title) in cells
    assert "'@Käthe Groß" in cells
    assert "'+Brücken; Amt" in cells


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ({"source": ("minato", "minaa")}, [sample.ARABIC_ID, sample.JAPANESE_ID]),
        ({"language": ("de",)}, [sample.GERMAN_ID]),
        ({"source": ("hafen",), "language": ("de", "en")}, [sample.GERMAN_ID]),
        ({"since": date(2026, 11, 19), "until": date(2026, 11, 20)}, [sample.FERRY_ID, sample.ARABIC_ID]),
        ({"until": date(2025, 3, 2)}, [sample.GERMAN_ID]),
        ({"until": date(2025, 3, 1)}, []),
        ({"min_words": 60, "source": ("harbour",)}, [sample.FERRY_ID]),
        ({"source": ("empty",)}, []),
    ],
)
def test_a_selection_chooses(conn: sqlite3.Connection, chosen: dict[str, object], ids: list[int]) -> None:
    lines = exported(conn, "jsonl", **chosen).splitlines()
    assert [orjson.loads(line)["id"] for line in lines] == ids


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"source": ("harbor",)}, 'no source "harbor" in this archive; known are harbour, '),
        ({"language": ("en", "tlh")}, 'no language "tlh" in this archive; known are ar, de, en, ja'),
        ({"since": date(2026, 1, 2), "until": date(2026, 1, 1)}, "the period ends"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_refused(
    conn: sqlite3.Connection, chosen: dict[str, object], message: str
) -> None:
    out = io.BytesIO()
    for format_name in FORMATS:
        with pytest.raises(UsageError, match=message):
            export(conn, Selection(**chosen), format_name, out)  # type: ignore[arg-type]
    assert out.getvalue() == b""


def test_an_unknown_format_is_refused_with_the_known_ones(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match=r'"xml"; known are csv, jsonl'):
        export(conn, Selection(), "xml", io.BytesIO())


def test_an_empty_archive_exports_nothing_and_says_so(tmp_path: Path) -> None:
    with closing(open_reader(sample.build_empty(tmp_path / "empty.db"))) as conn:
        assert exported(conn, "jsonl") == b""
        assert exported(conn, "csv").count(b"\r\n") == 1
        with pytest.raises(UsageError, match="no articles yet"):
            count(conn, Selection(language=("en",)))


def test_progress_is_told_row_by_row(conn: sqlite3.Connection) -> None:
    told: list[int] = []
    export(conn, Selection(source=("council",)), "csv", io.BytesIO(), told.append)
    assert told == list(range(1, sample.FILLERS + 1))


def test_an_export_sees_one_state_while_a_crawl_is_running(path: Path, tmp_path: Path) -> None:
    mine = sample.build(tmp_path / "live.db")
    writer = sqlite3.connect(mine, isolation_level=None)
    out = io.BytesIO()

    def delete_the_rest(done: int) -> None:
        if done == 1:
            writer.execute("DELETE FROM articles WHERE id > 1")

    with closing(writer), closing(open_reader(mine)) as conn:
        with snapshot(conn):
            expected = count(conn, Selection())
            assert export(conn, Selection(), "jsonl", out, delete_the_rest) == expected == sample.ARTICLES
        assert not conn.in_transaction
        assert count(conn, Selection()) == 1


def test_the_order_of_the_table_is_used_so_that_nothing_is_sorted(conn: sqlite3.Connection) -> None:
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    export(conn, Selection(source=("council",), language=("en",), since=date(2020, 1, 1)), "csv", io.BytesIO())
    conn.set_trace_callback(None)
    (reading,) = [sql for sql in statements if "json_group_array" in sql]
    outer = [row["detail"] for row in conn.execute("EXPLAIN QUERY PLAN " + reading) if row["parent"] == 0]
    assert outer[0] == "SCAN a"
    assert not any("ORDER BY" in step for step in outer), outer


class Nowhere(io.RawIOBase):
    """A file that forgets what is written."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return memoryview(data).nbytes  # type: ignore[arg-type]


@pytest.mark.parametrize("format_name", sorted(FORMATS))
def test_memory_does_not_grow_with_the_archive(tmp_path: Path, format_name: str) -> None:
    long = sample.build(tmp_path / "long.db")
    paragraph = "The council met and spoke about the harbour wall. " * 2_000  # 100 kB
    with closing(sqlite3.connect(long)) as writer, writer:
        writer.execute("UPDATE versions SET text = ?", (paragraph,))
    with closing(open_reader(long)) as conn:
        one, all_of_them = (
            peak_of(conn, format_name, Selection(source=source), articles)
            for source, articles in ((("minaa",), 1), ((), sample.ARTICLES))
        )
    assert all_of_them < one + 3 * len(paragraph), f"{sample.ARTICLES} articles take the room of one or two"


def peak_of(conn: sqlite3.Connection, format_name: str, selection: Selection, articles: int) -> int:
    tracemalloc.start()
    try:
        assert export(conn, selection, format_name, Nowhere()) == articles  # type: ignore[arg-type]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
