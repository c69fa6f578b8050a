"""The database: whole pages, all its tables, rows that belong together, a search index that finds what is there."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.doctor.findings import EXAMPLES, Finding, Tally, Visit, fault, note, ok, warning
from archive.storage import counts, schema_parts
from archive.storage.connection import LATEST
from archive.storage.integrity import damage

RESTORE: Final = (
    "copy the file to a safe place first; then put a backup back (`cuttings backup` makes them), or save what can be "
    "read with SQLite's `.recover`"
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
    if newer := schema_parts.unknown(visit.conn):
        yield fault("schema", "made by a newer version of Cuttings", "upgrade this program", newer[:EXAMPLES])
        return
    before = schema_parts.stage(visit.conn)
    lacks = schema_parts.lacking(visit.conn, before)
    lost = [lack for lack in lacks if not lack.can_be_mended]
    mendable = [lack for lack in lacks if lack.can_be_mended]
    if lost:
        yield fault("schema", f"{len(lost):,} parts of it are missing that hold data", schema_parts.NO_MENDING,
                    map(str, lost[:EXAMPLES]))  # fmt: skip
    if mendable:
        yield fault("schema", f"{len(mendable):,} parts of it are missing or changed", schema_parts.MEND,
                    map(str, mendable[:EXAMPLES]))  # fmt: skip
    if before is not None:
        yield note("schema", "made by an older version of Cuttings", "the next command brings it up to date",
                   [f"the first step it lacks is {before}"])  # fmt: skip
    elif not lacks:
        yield ok("schema", f"up to date ({LATEST})")


def counted(visit: Visit) -> Iterator[Finding]:
    """What pages show instead of counting a million rows is what is there."""
    if schema_parts.stage(visit.conn) is not None:
        return
    wrong = list(counts.untrue(visit.conn))
    if not visit.patient.quick:
        wrong += counts.untrue_sums(visit.conn)
    if wrong:
        yield fault("counts", f"{len(wrong):,} counts differ from what is there", schema_parts.MEND, wrong[:EXAMPLES])
        return
    yield ok("counts", "as many rows as the archive says" if visit.patient.quick else "every count is that of the rows")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """A search index, the table or view whose words it holds, and which of its rows have any."""

    check: str
    name: str
    content: str
    table: str
    rows: str
    one: str  # a row of it, in a sentence

    @property
    def each(self) -> str:
        return f"every {self.one}"


_INDEXES: Final = (
    _Index(check="search index", name="articles_fts", content="article_texts", table="articles", one="article",
           rows="SELECT id FROM articles WHERE version_id IS NOT NULL"),
    _Index(check="caption index", name="images_fts", content="images", table="images", one="picture",
           rows="SELECT id FROM images"),
)  # fmt: skip


def search_index(visit: Visit) -> Iterator[Finding]:
    """Every article in it, nothing else in it, and every word where it stands."""
    yield from _indexed(visit, _INDEXES[0])


def caption_index(visit: Visit) -> Iterator[Finding]:
    """The same of the words of pictures."""
    yield from _indexed(visit, _INDEXES[1])


def _indexed(visit: Visit, index: _Index) -> Iterator[Finding]:
    if (schema_parts.Kind.TABLE, index.name) not in schema_parts.wanted(schema_parts.stage(visit.conn)):
        return  # an older archive has none yet
    astray = _astray(visit.conn, index)
    if astray.count:
        yield fault(index.check, f"{astray.count:,} {index.one}s are not found as they should be", schema_parts.MEND,
                    astray.examples)  # fmt: skip
        return
    if visit.patient.quick:
        yield ok(index.check, f"{index.each} is in it (its words were not compared: --quick)")
        return
    needed = int(visit.conn.execute(f"SELECT coalesce(sum(length(block)), 0) FROM {index.name}_data").fetchone()[0])  # noqa: S608 - our names
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if needed * _COPY_ROOM > free:
        yield warning(index.check, f"its words were not compared: {tempfile.gettempdir()} has no room for a copy",
                      "set TMPDIR and SQLITE_TMPDIR to a folder with "
                      f"{int(needed * _COPY_ROOM):,} free bytes, and look again")  # fmt: skip
        return
    if _is_true(visit.conn, index):
        yield ok(index.check, f"{index.each} is in it, every word where it stands")
        return
    yield fault(index.check, f"its words are not those of the {index.one}s", schema_parts.MEND)


_COPY_ROOM: Final = 1.3  # of a copy, to what its blocks measure


def _astray(conn: sqlite3.Connection, index: _Index) -> Tally:
    """Rows that only one of the two has. A row is in an index if the index has noted its length."""
    conn.execute(f"SELECT 1 FROM {index.name} LIMIT 0")  # noqa: S608 - FTS5 raises where it cannot open it
    astray = Tally()
    noted = f"SELECT id FROM {index.name}_docsize"  # noqa: S608 - our names
    for (number,) in conn.execute(f"SELECT id FROM ({index.rows}) WHERE id NOT IN ({noted})"):  # noqa: S608
        astray.add(f"{index.one} {number} is not in it")
    for (number,) in conn.execute(f"{noted} WHERE id NOT IN (SELECT id FROM {index.table})"):  # noqa: S608
        astray.add(f"{index.one} {number} is in it, and not in the archive")
    return astray


def _is_true(conn: sqlite3.Connection, index: _Index) -> bool:
    """Let FTS5 compare an index with what it is of.

    FTS5 takes the order to do so as a write, which would make a crawl wait, or could not be given at all. So the index,
    not the text, is copied into a table of this connection's own, whose content is the archive's.
    https://www.sqlite.org/fts5.html#the_integrity_check_command
    """
    name = index.name
    (made,) = conn.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", (name,)).fetchone()
    conn.execute("BEGIN")  # one state of index and rows
    try:
        conn.execute(f"CREATE TEMP VIEW {index.content} AS SELECT * FROM main.{index.content}")  # noqa: S608
        conn.execute(made.replace("CREATE VIRTUAL TABLE ", "CREATE VIRTUAL TABLE temp.", 1))
        for part in ("data", "idx", "docsize", "config"):
            conn.execute(f"DELETE FROM temp.{name}_{part}")  # noqa: S608 - our names
            conn.execute(f"INSERT INTO temp.{name}_{part} SELECT * FROM main.{name}_{part}")  # noqa: S608
        conn.execute(f"INSERT INTO temp.{name} ({name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    finally:
        conn.rollback()
    return True
