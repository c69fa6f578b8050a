"""Mending: what follows from the rest of an archive is made again, all of it or nothing; nothing else is touched."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from sqlite_utils import Database

from archive.config.toml import Config
from archive.crawl.run import Plan, Run, locked
from archive.doctor import Patient, Severity, examine, mending
from archive.doctor.mending import Mended, mend
from archive.errors import ArchiveError, BusyError
from archive.model.source import Source
from archive.search.search import Question, Search
from archive.storage.connection import APPLICATION_ID, open_reader
from archive.storage.migrations.steps import migrations
from archive.storage.schema_parts import Kind, lacking, parts, wanted
from archive.storage.store import Store
from archive.warc import warc_files
from tests.archive.kept import NOW, build, press

WANTED: Final = wanted(None)
OF_INDEXES: Final = tuple(name for kind, name in WANTED if kind is Kind.TABLE and "_fts" in name)
DERIVED: Final = ("article_terms", "article_counts", "cut_counts", "table_counts")
# Tables that `sqlite-utils transform` takes: not those without rowid, nor the one with a generated column.
TRANSFORMED: Final = tuple(
    sorted({part.table for (kind, _), part in WANTED.items() if kind is Kind.TRIGGER} - {"articles", "listed"})
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = build(tmp_path / "news.db", "bridge", "harbour", "mill")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(
            "INSERT INTO images (article_id, version_id, position, url, caption, credit, after_paragraph, grams)"
            " VALUES (1, 1, 0, 'b.jpg', 'The bridge at dawn', 'Ada Field', 0, ''),"
            " (2, 2, 0, 'h.jpg', '港の朝', NULL, 0, '港の の朝 朝')"
        )
        conn.execute(
            "INSERT INTO removed (article_id, version_id, position, kind, rule, after_paragraph, words, text)"
            " VALUES (1, 1, 0, 'share', 'drop_share', 1, 2, 'Share this'), (2, 2, 0, 'share', 'drop_share', 1, 1, 'X')"
        )
        conn.commit()
    return path


def damage(archive: Path, *statements: str) -> None:
    with closing(sqlite3.connect(archive)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def faults(archive: Path) -> list[str]:
    found = examine(Patient(archive=archive, extractor="1"))
    return [f"{each.check}: {each.what} > {each.remedy}" for each in found if each.severity is Severity.FAULT]


def schema(archive: Path) -> dict[tuple[Kind, str], object]:
    """Every part: a table as its columns and constraints, the others as their statements."""
    with closing(sqlite3.connect(archive)) as conn:
        return {
            key: part.sql if part.is_virtual else part.shape.columns or part.sql for key, part in parts(conn).items()
        }


def rows(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table but those within the search indexes."""
    with closing(sqlite3.connect(archive)) as conn:
        return {
            name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608
            for kind, name in WANTED
            if kind is Kind.TABLE and name not in OF_INDEXES
        }


def hits(archive: Path) -> list[list[object]]:
    with closing(open_reader(archive)) as conn:
        captions = [
            row[0] for row in conn.execute("SELECT rowid FROM images_fts WHERE images_fts MATCH '\"港の\" OR dawn'")
        ]
        found = [Search(conn, Question(text=text)).ids(9) for text in ("opened", "bridge", "harbour -mill", "")]
    return [captions, *found]


def crawl(archive: Path) -> None:
    """Begin a run as a crawl does, and end it."""
    source = Source(id="paper", url="http://paper.test/", name="The Paper", feeds=("http://paper.test/feed",))
    config = Config(archive=archive, user_agent="tests", sources=(source,), path=None)
    Run.start(config, Plan(sources=(source,)), lambda: NOW).finish()


# ---- What is lost, and comes back ------------------------------------------------------------------------------------


def losses() -> Iterator[object]:
    for (kind, name), part in sorted(WANTED.items()):
        if part.is_derived and (kind is not Kind.TABLE or name not in OF_INDEXES or part.is_virtual):
            yield pytest.param(f"DROP {kind} {name}", id=name)
    yield from ("ALTER TABLE images DROP COLUMN grams", "ALTER TABLE articles DROP COLUMN sort_at")
    yield "ALTER TABLE versions DROP COLUMN text_sha256"


@pytest.mark.parametrize("loss", [*losses()])
def test_whatever_follows_from_the_rest_is_told_refused_and_made_again(archive: Path, loss: str) -> None:
    before = schema(archive), rows(archive), hits(archive)
    if "COLUMN" in loss:
        damage(archive, *_without_what_uses_columns())
    damage(archive, loss)

    assert any("cuttings doctor --mend" in each for each in faults(archive))
    with pytest.raises(ArchiveError, match=r"news\.db: lacks .*; run `cuttings doctor --mend`"):
        crawl(archive)
    done = mend(archive)

    assert done.made
    assert (schema(archive), rows(archive), hits(archive)) == before
    assert faults(archive) == []
    crawl(archive)


def _without_what_uses_columns() -> list[str]:
    """SQLite drops no column that an index, a view or a trigger uses."""
    order = (Kind.TRIGGER, Kind.INDEX, Kind.VIEW)
    return [f"DROP {kind} {name}" for kind in order for each, name in WANTED if each is kind]


@pytest.mark.parametrize("name", [name for name in OF_INDEXES if not WANTED[Kind.TABLE, name].is_virtual])
def test_a_search_index_that_lost_a_table_of_its_own_is_made_anew(archive: Path, name: str) -> None:
    before = schema(archive), hits(archive)
    damage(archive, f"DROP TABLE {name}")

    assert any("--mend" in each for each in faults(archive))
    mend(archive)

    assert (schema(archive), hits(archive)) == before
    assert faults(archive) == []


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM table_counts",
        "UPDATE table_counts SET amount = amount + 1 WHERE name = 'images'",
        "DELETE FROM article_counts",
        "UPDATE article_counts SET words = words + 1",
        "INSERT INTO cut_counts VALUES ('drop_ghost', 'share', 1, 3, 4)",
        "UPDATE cut_counts SET cuts = 'many'",
        "DELETE FROM article_terms WHERE id = 2",
        "UPDATE article_terms SET facts = 'all' WHERE id = 2",
        "DELETE FROM articles_fts_docsize WHERE id = 2",
        "DELETE FROM articles_fts_config",
        "DELETE FROM images_fts_docsize",
        "INSERT INTO images_fts (rowid, caption) VALUES (99, 'ghost')",
        "UPDATE images_fts_data SET block = zeroblob(20) WHERE id = (SELECT max(id) FROM images_fts_data)",
        "UPDATE images SET grams = ''",
    ],
)
def test_counts_and_indexes_that_differ_from_the_rows_are_told_and_made_again(archive: Path, change: str) -> None:
    before = rows(archive), hits(archive)
    damage(archive, change)

    (said, *_) = faults(archive)
    assert "run `cuttings doctor --mend`" in said
    mend(archive)

    assert (rows(archive), hits(archive)) == before
    assert faults(archive) == []


@pytest.mark.parametrize("table", TRANSFORMED)
def test_a_table_that_another_program_altered_has_its_triggers_again(archive: Path, table: str) -> None:
    before = schema(archive), rows(archive), hits(archive)
    with closing(Database(str(archive)).conn) as conn:
        Database(conn)[table].transform()
    with closing(sqlite3.connect(archive)) as conn:
        lost = [str(lack) for lack in lacking(conn, None)]

    with pytest.raises(ArchiveError, match=rf"lacks trigger .*{lost[0].split()[1]}|lacks {lost[0]}"):
        crawl(archive)
    done = mend(archive)

    assert list(done.made) == lost
    assert {f"trigger {table}_rows_insert", f"trigger {table}_rows_delete"} <= set(lost)
    assert (schema(archive), rows(archive), hits(archive)) == before
    assert faults(archive) == []


def test_what_was_written_while_nothing_counted_it_is_counted(archive: Path) -> None:
    with closing(Database(str(archive)).conn) as conn:
        for table in ("images", "removed"):
            Database(conn)[table].transform()
    damage(archive, "DELETE FROM removed WHERE id = 1", "UPDATE images SET caption = 'A quiet ferry' WHERE id = 1")
    mend(archive)

    assert rows(archive)["cut_counts"] == [("drop_share", "share", 1, 1, 1)]
    with closing(open_reader(archive)) as conn:
        assert conn.execute("SELECT amount FROM table_counts WHERE name = 'removed'").fetchone()[0] == 1
        assert [row[0] for row in conn.execute("SELECT rowid FROM images_fts WHERE images_fts MATCH 'ferry'")] == [1]


@pytest.mark.parametrize(
    ("drop", "make", "named"),
    [
        (
            "DROP TRIGGER urls_rows_insert",
            "CREATE TRIGGER urls_rows_insert AFTER INSERT ON urls BEGIN SELECT 1; END",
            "trigger urls_rows_insert as it should be",
        ),
        ("DROP INDEX urls_article", "CREATE INDEX urls_article ON urls(kind)", "index urls_article as it should be"),
        (
            "DROP VIEW article_texts",
            "CREATE VIEW article_texts AS SELECT id, title FROM articles",
            "view article_texts as it should be",
        ),
        (
            "DROP TABLE images_fts",
            "CREATE VIRTUAL TABLE images_fts USING fts5(caption, credit, alt, grams)",
            "table images_fts as it should be",
        ),
    ],
)
def test_a_part_that_says_something_else_is_replaced(archive: Path, drop: str, make: str, named: str) -> None:
    before = schema(archive), rows(archive), hits(archive)
    damage(archive, drop, make)

    with pytest.raises(ArchiveError, match=named):
        Store.open(archive)
    assert named in mend(archive).made

    assert (schema(archive), rows(archive), hits(archive)) == before


def test_a_table_that_lost_its_constraints_is_made_again_with_its_rows_and_what_a_person_added(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn:
        columns = [name for name, _ in WANTED[Kind.TABLE, "authors"].shape.columns]
        assert columns == ["id", "name"]
    damage(
        archive,
        "CREATE TABLE other AS SELECT id, name, 'mine' AS note FROM authors",
        "DROP TABLE authors",
        "ALTER TABLE other RENAME TO authors",
        "CREATE INDEX mine ON authors(note)",
    )
    with pytest.raises(ArchiveError, match="table authors as it should be"):
        Store.open(archive)
    mend(archive)

    assert faults(archive) == []
    with closing(sqlite3.connect(archive)) as conn:
        assert conn.execute("SELECT name, note FROM authors").fetchall() == [("Ada Field", "mine")]
        assert conn.execute("SELECT tbl_name FROM sqlite_master WHERE name = 'mine'").fetchone() == ("authors",)
        with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: authors\.name"):
            conn.execute("INSERT INTO authors (name) VALUES ('Ada Field')")


def test_what_a_person_added_is_no_fault_and_stays(archive: Path) -> None:
    damage(
        archive,
        "CREATE TABLE mine (a)",
        "ALTER TABLE runs ADD COLUMN mine",
        "CREATE INDEX mine2 ON runs(mine)",
        "CREATE VIEW mine3 AS SELECT * FROM articles",
        "CREATE TRIGGER mine4 AFTER INSERT ON mine BEGIN SELECT 1; END",
    )
    before = schema(archive)

    crawl(archive)
    assert mend(archive).made == ()
    assert schema(archive) == before


# ---- What cannot come back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "named"),
    [
        (("DROP TABLE hosts",), "table hosts"),
        (("DROP TABLE removed", "DROP INDEX urls_article"), "table removed"),
        (("ALTER TABLE articles DROP COLUMN section",), r"column articles\.section"),
    ],
)
def test_what_holds_data_is_not_made_up(archive: Path, losses: tuple[str, ...], named: str) -> None:
    damage(archive, *losses)
    before = schema(archive)

    with pytest.raises(ArchiveError, match=rf"lacks {named}; `cuttings doctor` says what can be done"):
        crawl(archive)
    done = mend(archive)

    assert (done.made, done.lost) == ((), (named.replace("\\", ""),))
    assert done.line().startswith("Nothing was mended: 1 parts are missing that nothing can make again")
    assert any("put a backup back" in each for each in faults(archive))
    assert schema(archive) == before


def test_rows_that_the_schema_does_not_allow_are_named_and_nothing_is_changed(archive: Path) -> None:
    damage(
        archive,
        "CREATE TABLE other AS SELECT * FROM authors",
        "INSERT INTO other VALUES (7, 'Ada Field')",
        "DROP TABLE authors",
        "ALTER TABLE other RENAME TO authors",
    )
    before = schema(archive)

    with pytest.raises(ArchiveError, match=r"does not allow \(UNIQUE constraint failed: authors\.name\); nothing was"):
        mend(archive)
    assert schema(archive) == before


def test_no_archive_another_program_and_a_newer_archive_are_refused(archive: Path, tmp_path: Path) -> None:
    damage(tmp_path / "other.db", "CREATE TABLE birds (name)")
    damage(archive, "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('cuttings', 'm999_wings')")

    for name, said in (("none", "no archive here yet"), ("other", "another program"), ("news", "newer version")):
        with pytest.raises(ArchiveError, match=said):
            mend(tmp_path / f"{name}.db")
    assert not (tmp_path / "none.db").exists()


# ---- All or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["_refill_terms", "_refill_grams", "recount", "_rebuild_indexes"])
def test_an_end_in_the_middle_changes_nothing(archive: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    damage(archive, "DROP TRIGGER urls_rows_insert", "DROP INDEX urls_article", "DROP TABLE images_fts")
    damage(archive, "DELETE FROM table_counts", "DELETE FROM article_terms")
    with closing(sqlite3.connect(archive)) as conn:
        before = list(conn.iterdump())
    work: Callable[[sqlite3.Connection], None] = getattr(mending, step)

    def die(conn: sqlite3.Connection) -> None:
        work(conn)
        raise KeyboardInterrupt

    monkeypatch.setattr(mending, step, die)
    with pytest.raises(KeyboardInterrupt):
        mend(archive)

    with closing(sqlite3.connect(archive)) as conn:
        assert list(conn.iterdump()) == before
    locked(archive).release()  # nobody holds it any more
    monkeypatch.undo()
    assert mend(archive).made == ("table images_fts", *_shadows("images_fts"), "index urls_article",
                                  "trigger urls_rows_insert")  # fmt: skip


def _shadows(index: str) -> list[str]:
    return sorted(f"table {name}" for name in OF_INDEXES if name.startswith(f"{index}_"))


def test_mending_twice_changes_nothing(archive: Path) -> None:
    damage(archive, "DROP TRIGGER urls_rows_insert", "DROP VIEW article_texts", "DELETE FROM cut_counts")
    mend(archive)
    before = schema(archive), rows(archive), hits(archive)
    with closing(sqlite3.connect(archive)) as conn:
        dumped = sorted(conn.iterdump())

    done = mend(archive)

    assert done == Mended(made=(), lost=(), articles=3, images=2)
    assert done.line() == (
        "Mended: no part was missing; everything counted anew; 3 articles and 2 pictures indexed anew for search"
    )
    assert (schema(archive), rows(archive), hits(archive)) == before
    with closing(sqlite3.connect(archive)) as conn:
        assert sorted(conn.iterdump()) == dumped


def test_an_archive_that_a_run_holds_is_not_mended(archive: Path) -> None:
    lock = locked(archive)
    with pytest.raises(BusyError, match="another run is writing"):
        mend(archive)
    lock.release()


@pytest.mark.parametrize("stage", ["m002_boilerplate", "m008_counts", "m009_identity"])
def test_an_older_archive_is_mended_and_brought_up_to_date(archive: Path, tmp_path: Path, stage: str) -> None:
    older = tmp_path / "older.db"
    with closing(sqlite3.connect(older, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(conn), stop_before=stage)
        conn.execute("DROP TABLE articles_fts")
        conn.execute("DROP INDEX frontier_due")

    assert any("index frontier_due" in each or "are missing" in each for each in faults(older))
    mend(older)

    assert schema(older) == schema(archive)
    assert faults(older) == []


# ---- A renamed archive -----------------------------------------------------------------------------------------------


def renamed(archive: Path) -> Path:
    return archive.rename(archive.with_name("old.db"))


def test_a_crawl_of_a_renamed_archive_says_which_folder_to_rename(archive: Path) -> None:
    old = renamed(archive)

    with pytest.raises(
        ArchiveError, match=r"^old\.db: its raw pages lie in news-warc; rename that folder to old-warc$"
    ):
        crawl(old)
    assert not warc_files.folder_of(old).exists()
    (said,) = faults(old)
    assert said.startswith("raw pages: old.db: its raw pages lie in news-warc > rename that folder to old-warc")

    warc_files.folder_of(archive).rename(warc_files.folder_of(old))
    assert faults(old) == []
    crawl(old)


def test_a_renamed_archive_whose_new_folder_was_begun_says_where_the_files_go(archive: Path) -> None:
    old = renamed(archive)
    warc_files.folder_of(old).mkdir()

    with pytest.raises(ArchiveError, match="lie in news-warc; move the files of that folder to old-warc"):
        crawl(old)


def test_a_copy_beside_its_original_is_told_where_its_pages_lie_and_crawled(archive: Path) -> None:
    copy = archive.with_name("copy.db")
    copy.write_bytes(archive.read_bytes())

    (said,) = faults(copy)
    assert "its raw pages lie in news-warc, the folder of news.db > copy that folder to copy-warc" in said
    crawl(copy)


def test_raw_pages_that_lie_nowhere_near_keep_no_crawl_from_going_on(archive: Path, tmp_path: Path) -> None:
    warc_files.folder_of(archive).rename(tmp_path / "away")
    with press(tmp_path / "rival.db") as other:
        other.file("tower")
    (path,) = warc_files.folder_of(tmp_path / "rival.db").iterdir()
    path.rename(path.with_name(f"another-{path.name}"))

    crawl(archive)
    assert any("WARC files are not there" in each for each in faults(archive))
