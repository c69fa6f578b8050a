"""Migrations that have landed are frozen: they call nothing of today's program, and make what they always made."""

import ast
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import sqlite_utils

import archive
from archive.doctor import Patient, Severity, examine
from archive.search.search import Question, Search
from archive.storage.connection import COUNTED, open_reader
from archive.storage.migrations import frozen, steps
from archive.storage.migrations.steps import migrations
from archive.storage.store import Store
from tests.archive import sample

NAMES: Final = tuple(each.name for each in migrations.pending(sqlite_utils.Database(memory=True)))

# Of every migration that has landed: the digest of the schema that it leaves. A migration that lands adds a line; no
# line is ever changed.
LANDED: Final = {
    "m001_first_tables": "81d65b9c0c2209c1",
    "m002_boilerplate": "d7489b5f556b7122",
    "m003_hosts": "435205a6529f3b5a",
    "m004_pace": "9595eec2b2d42932",
    "m005_revisits": "511cdb72cd5ac90a",
    "m006_health": "491e287a802a1154",
    "m007_rights": "e50aa01e84f3250a",
    "m008_counts": "3b01271f5e36ca90",
    "m009_identity": "b82d9991a6e373cf",
    "m010_moves": "0dfea0088779e65c",
    "m011_undated": "50ac5b53ced4e190",
}


def made(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """The statements of a schema by their names, without those of SQLite and of the migrations."""
    rows = conn.execute(
        "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
        " AND name NOT LIKE '@_%' ESCAPE '@' AND sql IS NOT NULL ORDER BY 1"
    )
    return [(name, sql) for name, sql in rows]


def after(name: str) -> str:
    """The digest of the schema after a migration, in a new file."""
    database = sqlite_utils.Database(memory=True)
    following = NAMES.index(name) + 1
    if following < len(NAMES):
        migrations.apply(database, stop_before=NAMES[following])
    else:
        migrations.apply(database)
    with closing(database.conn) as conn:
        return hashlib.sha256(repr(made(conn)).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", NAMES)
def test_a_landed_migration_leaves_the_schema_it_always_left(name: str) -> None:
    assert after(name) == LANDED[name], f"{name} has landed; write a new migration instead"


@pytest.mark.parametrize("version", range(1, len(NAMES)))
def test_an_older_archive_brought_up_to_date_has_the_tables_of_a_new_one(tmp_path: Path, version: int) -> None:
    older, new = tmp_path / "older.db", tmp_path / "new.db"
    with closing(sqlite3.connect(older, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {archive.storage.connection.APPLICATION_ID}")
        migrations.apply(sqlite_utils.Database(conn), stop_before=NAMES[version])

    Store.open(older).close()
    Store.open(new).close()

    with closing(sqlite3.connect(older)) as one, closing(sqlite3.connect(new)) as other:
        assert made(one) == made(other)


@pytest.mark.parametrize("module", [steps, frozen])
def test_migrations_import_nothing_of_the_program_but_their_own_copies(module: object) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]  # a module
    ours = {"archive", "pipelines", "spiders"}
    imported = [
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (node.module if isinstance(node, ast.ImportFrom) else alias.name or "").split(".")[0] in ours
    ]
    assert imported == (["archive.storage.migrations.frozen"] if module is steps else [])


def test_what_was_filed_before_is_found_as_what_is_filed_today(tmp_path: Path) -> None:
    """An archive of today, taken back to what m010 knew, and brought up to date: every row is as it was."""
    path = sample.build(tmp_path / "sample.db")
    tables = ("article_terms", "article_counts", "versions")
    with closing(sqlite3.connect(path)) as conn:
        today = {table: conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in tables}  # noqa: S608
        conn.executescript(_AS_OF_M010)
    Store.open(path).close()
    with closing(open_reader(path)) as conn:
        for table, expected in today.items():
            found = conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608
            assert [tuple(row) for row in found] == expected
        assert Search(conn, Question(text="tag:ferries")).ids(9) == [sample.FERRY_ID]
        assert Search(conn, Question(text="year:none")).total == 2
        assert Search(conn, Question(text="lanterns")).total == 1
    assert not [each for each in examine(Patient(archive=path, extractor="1")) if each.severity is Severity.FAULT
                and each.check in {"schema", "counts", "search index"}]  # fmt: skip


# The facts of old, as `archive.storage.migrations.frozen.facts` has them, and counts by the month of the first sight.
_AS_OF_M010: Final = """
    DELETE FROM _sqlite_migrations WHERE name = 'm011_undated';
    INSERT INTO articles_fts (articles_fts, rowid, title, byline, text, facts, title_grams, grams)
        SELECT 'delete', id, title, byline, text, facts, title_grams, grams FROM article_texts;
    UPDATE article_terms SET facts = 'all y2026 s'
        || (SELECT source_id FROM articles AS a WHERE a.id = article_terms.id);
    INSERT INTO articles_fts (rowid, title, byline, text, facts, title_grams, grams)
        SELECT id, title, byline, text, facts, title_grams, grams FROM article_texts;
    UPDATE article_counts SET month = '2026-12' WHERE month = '';
    DROP INDEX versions_text;
    ALTER TABLE versions DROP COLUMN text_sha256;
    DROP INDEX articles_source_published;
"""


def test_every_table_that_is_counted_is_counted_in_a_new_archive(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    Store.open(path).close()

    with closing(sqlite3.connect(path)) as conn:
        assert {name for (name,) in conn.execute("SELECT name FROM table_counts")} == set(COUNTED)


def test_what_is_deleted_is_overwritten_in_the_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "new.db")
    assert store.conn.execute("PRAGMA secure_delete").fetchone() == (1,)
    store.close()
