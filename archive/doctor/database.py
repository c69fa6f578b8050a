"""The database: whole pages, all its tables, rows that belong together, a search index that finds what is there."""

import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from typing import Final

from sqlite_utils import Database

from archive.doctor.findings import EXAMPLES, Finding, Tally, Visit, fault, note, ok, warning
from archive.integrity import damage
from archive.schema import migrations

RESTORE: Final = (
    "copy the file to a safe place first; then put a backup back (`cuttings backup` makes them), or save what can be "
    "read with SQLite's `.recover`"
)
_REBUILD: Final = (
    "while no crawl is running, with SQLite's own program: sqlite3 {archive} "
    "\"INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')\"; the articles themselves are not concerned"
)


def integrity(visit: Visit) -> Iterator[Finding]:
    """Every page and every index of the file; only the pages if it has to be quick."""
    pragma = "quick_check" if visit.patient.quick else "integrity_check"
    try:
        said = damage(visit.conn, pragma)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise
        said = [str(error)]
    if said:
        yield fault("database", f"damaged in {len(said):,} places at least", RESTORE, said[:EXAMPLES])
        return
    yield ok("database", f"sound ({pragma})")


def schema(visit: Visit) -> Iterator[Finding]:
    """The numbered steps that made the tables, and what they should have made. More than that is nobody's fault."""
    model = Database(memory=True)
    names = [migration.name for migration in migrations.pending(model)]
    made = {
        name
        for (name,) in visit.conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", ("cuttings",))
    }
    unknown = sorted(made.difference(names))
    missing = [name for name in names if name not in made]
    if unknown:
        yield fault("schema", "made by a newer version of Cuttings", "upgrade this program", unknown[:EXAMPLES])
        return
    if missing:
        yield note("schema", "made by an older version of Cuttings", "the next command brings it up to date", missing)
        return
    migrations.apply(model)
    lacking = sorted(_parts(model.conn) - _parts(visit.conn))
    model.close()
    if lacking:
        yield fault("schema", f"{len(lacking):,} parts of it are missing", RESTORE, lacking[:EXAMPLES])
        return
    yield ok("schema", f"up to date ({names[-1]})")


def _parts(conn: sqlite3.Connection) -> set[str]:
    """Names of tables with their columns, views and indexes."""
    rows = conn.execute(
        """
        SELECT m.type || ' ' || m.name || coalesce('.' || c.name, '')
        FROM sqlite_master AS m LEFT JOIN pragma_table_xinfo(m.name) AS c ON m.type = 'table'
        WHERE m.name NOT LIKE 'sqlite@_%' ESCAPE '@'
        """
    )
    return {name for (name,) in rows}


def references(visit: Visit) -> Iterator[Finding]:
    """Rows that point at rows which are not there."""
    broken = Tally()
    for table, row_id, parent, _ in visit.conn.execute("PRAGMA foreign_key_check"):
        broken.add(f"{table} {row_id or ''} has no {parent}".replace("  ", " "))
    for (article_id,) in visit.conn.execute(
        "SELECT id FROM articles WHERE version_id IS NULL OR version_id NOT IN (SELECT id FROM versions)"
    ):
        broken.add(f"articles {article_id} has no current version")
    if broken.count:
        yield fault("references", f"{broken.count:,} rows point at nothing", RESTORE, broken.examples)
        return
    yield ok("references", "every row points at one that is there")


# ---- Search ----------------------------------------------------------------------------------------------------------


def search_index(visit: Visit) -> Iterator[Finding]:
    """Every article in it, nothing else in it, and every word where it stands."""
    remedy = _REBUILD.format(archive=shlex.quote(str(visit.patient.archive)))
    astray = Tally()
    for (article_id,) in visit.conn.execute(_NOT_INDEXED):
        astray.add(f"article {article_id} is not in it")
    for (article_id,) in visit.conn.execute(_INDEXED_FOR_NOTHING):
        astray.add(f"article {article_id} is in it, and not in the archive")
    if astray.count:
        yield fault("search index", f"{astray.count:,} articles are not found as they should be", remedy,
                    astray.examples)  # fmt: skip
        return
    if visit.patient.quick:
        yield ok("search index", "every article is in it (its words were not compared: --quick)")
        return
    needed = int(visit.conn.execute("SELECT coalesce(sum(length(block)), 0) FROM articles_fts_data").fetchone()[0])
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if needed * _COPY_ROOM > free:
        yield warning("search index", f"its words were not compared: {tempfile.gettempdir()} has no room for a copy",
                      "set TMPDIR and SQLITE_TMPDIR to a folder with "
                      f"{int(needed * _COPY_ROOM):,} free bytes, and look again")  # fmt: skip
        return
    if _is_true(visit.conn):
        yield ok("search index", "every article is in it, every word where it stands")
        return
    yield fault("search index", "its words are not those of the articles", remedy)


# An article's text is in the index if the index has noted its length.
_NOT_INDEXED: Final = """
    SELECT id FROM articles WHERE version_id IS NOT NULL AND id NOT IN (SELECT id FROM articles_fts_docsize)
"""
_INDEXED_FOR_NOTHING: Final = "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)"
_COPY_ROOM: Final = 1.3  # of a copy, to what its blocks measure


def _is_true(conn: sqlite3.Connection) -> bool:
    """Let FTS5 compare its index with the articles.

    FTS5 takes the order to do so as a write, which would make a crawl wait, or could not be given at all. So the index,
    not the text, is copied into a table of this connection's own, whose content is the archive's.
    https://www.sqlite.org/fts5.html#the_integrity_check_command
    """
    (index,) = conn.execute("SELECT sql FROM main.sqlite_master WHERE name = 'articles_fts'").fetchone()
    (view,) = conn.execute("SELECT sql FROM main.sqlite_master WHERE name = 'article_texts'").fetchone()
    conn.execute("BEGIN")  # one state of index and articles
    try:
        conn.execute(view.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
        conn.execute(index.replace("CREATE VIRTUAL TABLE ", "CREATE VIRTUAL TABLE temp.", 1))
        for part in ("data", "idx", "docsize", "config"):
            conn.execute(f"DELETE FROM temp.articles_fts_{part}")  # noqa: S608 - our names
            conn.execute(f"INSERT INTO temp.articles_fts_{part} SELECT * FROM main.articles_fts_{part}")  # noqa: S608
        conn.execute("INSERT INTO temp.articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    finally:
        conn.rollback()
    return True
