"""The archive as Datasette's database: it is read and no more, in time, and what failed is let go of at once."""

import asyncio
import gc
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette  # type: ignore[import-untyped]
from datasette.database import QueryInterrupted  # type: ignore[import-untyped]

from archive.browse.safety.bounded_database import ArchiveDatabase, TooSlowError
from archive.browse.safety.query_bounds import BoundedRows
from archive.browse.serve import datasette
from tests.archive import sample


@pytest.fixture
def database(browsed: Any) -> Any:
    return browsed.databases["sample"]


async def test_nothing_can_be_written(database: Any) -> None:
    for sql in ("DELETE FROM articles", "CREATE TABLE more (id)", "PRAGMA user_version = 7"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await database.execute(sql)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await database.execute_write(sql)


async def test_who_asks_for_a_step_without_end_is_answered_before_it_ends(database: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(TooSlowError, match="takes too long"):
        await database.execute_fn(lambda _conn: time.sleep(3))
    assert time.monotonic() - begun < 5
    assert (await database.execute("SELECT 1")).single_value() == 1, "another thread is free"


async def test_an_answer_that_is_there_counts_however_late_it_is_looked_at(database: Any) -> None:
    asked = asyncio.ensure_future(database.execute("SELECT 1"))
    await asyncio.sleep(0.1)
    time.sleep(2.5)  # noqa: ASYNC251 - the loop is kept from looking, as a page of 50,000 cells keeps it
    assert (await asked).single_value() == 1


def test_too_slow_is_what_datasette_expects_wherever_it_looks() -> None:
    assert issubclass(TooSlowError, QueryInterrupted), "a table page goes on without the count"
    assert issubclass(TooSlowError, sqlite3.OperationalError), "the SQL box says so, and CSV ends with 400"


async def test_a_query_that_failed_leaves_nothing_to_be_collected(database: Any) -> None:
    queries = ("SELECT nothing", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
    gc.collect()
    before = cursors()
    gc.disable()
    try:
        for sql in queries:
            with pytest.raises(sqlite3.OperationalError):
                await database.execute(sql)
        left = cursors() - before
    finally:
        gc.enable()
    assert not left


def cursors() -> set[int]:
    return {id(each) for each in gc.get_objects() if isinstance(each, sqlite3.Cursor)}


async def test_what_is_wrong_with_a_query_is_not_written_to_the_terminal(
    database: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await database.execute('SELECT "\x1b]0;owned\x07" + FROM')
    assert capfd.readouterr() == ("", "")


async def test_the_clock_is_looked_at_often(database: Any) -> None:
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    with closing(database.connect()) as conn:
        conn.set_progress_handler(look, 1_000)
        conn.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT max(i) FROM n")
        assert looks > 500, "these are 150,000 steps"
        before = looks
        conn.set_progress_handler(None, 1_000)
        conn.execute("SELECT max(id) FROM articles").fetchall()
        assert looks == before


@pytest.mark.parametrize("name", ["what? 100% true.db", "news #1 & more.db", "a%3Fb.db", "ニュース.db"])
async def test_a_file_of_any_name_is_served(tmp_path: Path, name: str) -> None:
    app = datasette(sample.build_empty(tmp_path / name))
    page = await app.client.get(app.urls.table(Path(name).stem, "articles"))
    assert page.status_code == 200
    app.databases[Path(name).stem].close()
    app.executor.shutdown()


async def test_an_archive_that_datasette_is_given_in_its_own_way_is_bounded_too(attach: Any, archive: Path) -> None:
    plain: Datasette = attach(archive)
    assert not isinstance(plain.databases["sample"], ArchiveDatabase)
    answer = await plain.client.get("/sample.json?sql=select+zeroblob(15000000)+from+versions")
    assert answer.status_code == 400
    assert "larger than 16 MB" in answer.json()["error"]


# Rows -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["plain", "naïve", "日本", "😀", "\x01\x02", '"\\\n', ""])
def test_a_text_counts_as_what_it_takes_in_json(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.row_factory = BoundedRows(len(json.dumps(text)))
        assert conn.execute("SELECT ?", (text,)).fetchone()[0] == text
        conn.row_factory = BoundedRows(len(json.dumps(text)) - 1)
        with pytest.raises(sqlite3.OperationalError, match="ask for fewer rows"):
            conn.execute("SELECT ?", (text,)).fetchone()


def test_every_answer_is_counted_anew_and_all_its_rows_together() -> None:
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.row_factory = BoundedRows(1_000)
        for _ in range(5):
            assert len(conn.execute("SELECT zeroblob(400) UNION ALL SELECT zeroblob(500)").fetchall()) == 2
        with pytest.raises(sqlite3.OperationalError):
            conn.execute(
                "SELECT zeroblob(400) UNION ALL SELECT zeroblob(500) UNION ALL SELECT zeroblob(200)"
            ).fetchall()
