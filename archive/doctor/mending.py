"""Makes again what an archive has lost and its other tables still tell: triggers, indexes, views, counts, search.

One transaction under the archive's lock: a kill in the middle leaves everything as it was. What holds data of its own
is never made up. It knows the schema by `archive.storage.schema_parts` alone.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
from sqlite_utils import Database

from archive.changes.kinds import text_digest
from archive.crawl.run import locked
from archive.errors import ArchiveError
from archive.storage.cjk_pairs import caption_grams, grams
from archive.storage.connection import BUSY_SECONDS, check_identity, look_at
from archive.storage.counts import recount
from archive.storage.fact_tokens import facts
from archive.storage.integrity import Watch, interruptible
from archive.storage.migrations.steps import migrations
from archive.storage.schema_parts import SEARCH_INDEXES, Kind, Lack, Part, Parts, lacking, parts, stage, unknown, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What was made again. Where anything is `lost`, which nothing can make again, nothing was."""

    made: tuple[str, ...]
    lost: tuple[str, ...]
    articles: int = 0
    images: int = 0

    def line(self) -> str:
        """What a person reads."""
        if self.lost:
            return f"Nothing was mended: {len(self.lost):,} parts are missing that nothing can make again"
        again = f"{len(self.made):,} parts were made again" if self.made else "no part was missing"
        return (
            f"Mended: {again}; everything counted anew; {self.articles:,} articles and {self.images:,} pictures "
            "indexed anew for search"
        )


def mend(archive: Path, watch: Watch = lambda _what, _done, _total: None) -> Mended:
    """Mend an archive. Raises BusyError where a run holds it, ArchiveError where it is none, or newer, or damaged."""
    look_at(archive)
    lock = locked(archive)
    try:
        with closing(_opened(archive)) as conn, _all_or_nothing(conn):
            return _mended(conn, archive, watch)
    finally:
        lock.release()


def _opened(archive: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(archive, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        check_identity(conn, archive)
        # A table that is made again must not take rows of others along, nor their statements: SQLite's own procedure,
        # https://www.sqlite.org/lang_altertable.html#otheralter
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA legacy_alter_table = ON")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA secure_delete = ON")
    except BaseException:
        conn.close()
        raise
    return conn


@contextmanager
def _all_or_nothing(conn: sqlite3.Connection) -> Iterator[None]:
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        conn.rollback()
        raise


def _mended(conn: sqlite3.Connection, archive: Path, watch: Watch) -> Mended:
    if unknown(conn):
        raise ArchiveError(f"{archive}: was made by a newer version of Cuttings; upgrade this program to mend it")
    before = stage(conn)
    lacks = lacking(conn, before)
    lost = tuple(str(lack) for lack in lacks if not lack.can_be_mended)
    if lost:
        return Mended(made=(), lost=lost)
    for what, step in (
        ("Making what is missing", partial(_make_parts, lacks=lacks, model=wanted(before))),
        ("Bringing the tables up to date", _bring_up_to_date),
        ("Reading articles", _refill_terms),
        ("Reading captions", _refill_grams),
        ("Reading versions", _refill_digests),
        ("Counting", recount),
        ("Indexing", _rebuild_indexes),
    ):  # in this order: the index is built from the terms, the terms need their table
        with interruptible(conn, partial(watch, what, 0, None)):
            _apply(step, conn, archive)
    (articles,) = conn.execute("SELECT count(*) FROM articles").fetchone()
    (images,) = conn.execute("SELECT count(*) FROM images").fetchone()
    return Mended(made=tuple(map(str, lacks)), lost=(), articles=articles, images=images)


def _apply(step: Callable[[sqlite3.Connection], None], conn: sqlite3.Connection, archive: Path) -> None:
    try:
        step(conn)
    except sqlite3.IntegrityError as error:  # rows came in while a table had lost its constraints
        raise ArchiveError(
            f"{archive}: has rows that its schema does not allow ({error}); nothing was changed: put a backup back, or "
            "delete or change these rows with SQLite's own program, and mend it then"
        ) from error


def _bring_up_to_date(conn: sqlite3.Connection) -> None:
    migrations.apply(Database(conn))


# ---- Parts -----------------------------------------------------------------------------------------------------------


def _make_parts(conn: sqlite3.Connection, *, lacks: Sequence[Lack], model: Parts) -> None:
    for lack in lacks:
        if lack.found and lack.part.kind is not Kind.TABLE:
            conn.execute(f"DROP {lack.part.kind} {_quoted(lack.part.name)}")
    for lack in lacks:
        if lack.part.kind is Kind.TABLE and not _index_of(lack.part):
            _make_table(conn, lack, model)
    for index in SEARCH_INDEXES:
        if (Kind.TABLE, index) in model:
            _make_index(conn, index, model)
    there = parts(conn)
    for kind in (Kind.VIEW, Kind.INDEX, Kind.TRIGGER):
        for part in model.values():
            if part.kind is kind and (kind, part.name) not in there:
                conn.execute(part.sql)


def _make_table(conn: sqlite3.Connection, lack: Lack, model: Parts) -> None:
    """Make a table by the schema's own statement, and bring its rows over from the one that is there."""
    if lack.found is None:
        conn.execute(lack.part.sql)
        return
    name = lack.part.name
    attached = [part for part in parts(conn).values() if part.table == name and part.kind is not Kind.TABLE]
    conn.execute(f"ALTER TABLE {_quoted(name)} RENAME TO {_quoted(_OLD)}")
    conn.execute(lack.part.sql)
    columns = _columns_to_keep(conn, lack)
    conn.execute(f"INSERT INTO {_quoted(name)} ({columns}) SELECT {columns} FROM {_quoted(_OLD)}")  # noqa: S608
    conn.execute(f"DROP TABLE {_quoted(_OLD)}")
    for part in attached:
        if (part.kind, part.name) not in model:  # a person's own
            conn.execute(part.sql)


_OLD: Final = "cuttings_before_mending"


def _columns_to_keep(conn: sqlite3.Connection, lack: Lack) -> str:
    """The columns whose values are brought over; those that a person has added are added to the new table too."""
    ours = dict(lack.part.shape.columns)
    kept = []
    for column, there in lack.found.shape.columns if lack.found else ():
        if column not in ours:
            conn.execute(f"ALTER TABLE {_quoted(lack.part.name)} ADD COLUMN {_quoted(column)} {there.type}")
        elif ours[column].is_generated:
            continue
        kept.append(_quoted(column))
    return ", ".join(kept)


def _make_index(conn: sqlite3.Connection, index: str, model: Parts) -> None:
    """Make a search index anew, empty. FTS5 lets go only of an index whose own tables it can open."""
    shadows = [part for part in model.values() if part.name != index and _index_of(part) == index]
    there = parts(conn)
    if (Kind.TABLE, index) in there:
        for part in shadows:
            if (Kind.TABLE, part.name) not in there:
                conn.execute(part.sql)
        for sql in _EMPTY:
            conn.execute(sql.format(index))
        conn.execute(f"DROP TABLE {index}")
    for part in shadows:
        conn.execute(f"DROP TABLE IF EXISTS {part.name}")
    conn.execute(model[Kind.TABLE, index].sql)


# What FTS5 wants to see when it opens an index: the version of its format, sums of nothing, and a list of no segments.
_EMPTY: Final = (
    "INSERT OR REPLACE INTO {}_config VALUES ('version', 4)",
    "INSERT OR REPLACE INTO {}_data VALUES (1, x''), (10, zeroblob(7))",
)


def _index_of(part: Part) -> str | None:
    """The search index that a table is, or is part of."""
    if part.kind is not Kind.TABLE:
        return None
    return next((index for index in SEARCH_INDEXES if part.name == index or part.name.startswith(f"{index}_")), None)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# ---- What follows from the rows --------------------------------------------------------------------------------------


def _refill_terms(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM article_terms")
    for batch in _batches(conn, _ARTICLES):
        conn.executemany(
            "INSERT INTO article_terms VALUES (?, ?, ?, ?)",
            [
                (number, facts(*of, tags=orjson.loads(tags)), grams(title), grams(text))
                for number, *of, tags, title, text in batch
            ],
        )


def _refill_grams(conn: sqlite3.Connection) -> None:
    for batch in _batches(conn, _CAPTIONS):
        conn.executemany(
            "UPDATE images SET grams = ? WHERE id = ?",
            [
                (right, number)
                for number, caption, credit, kept in batch
                if (right := caption_grams(caption, credit)) != kept
            ],
        )


def _refill_digests(conn: sqlite3.Connection) -> None:
    for batch in _batches(conn, _VERSIONS):
        conn.executemany(
            "UPDATE versions SET text_sha256 = ? WHERE id = ?",
            [(right, number) for number, text, kept in batch if (right := text_digest(text)) != kept],
        )


def _batches(conn: sqlite3.Connection, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by their numbers, which come first, so many at a time that a large archive needs no memory of its size."""
    last = 0
    while rows := conn.execute(sql, (last,)).fetchall():
        yield rows
        last = rows[-1][0]


_ARTICLES: Final = """
    SELECT a.id, a.source_id, a.language, a.published_at, a.kind, a.section,
        (SELECT json_group_array(t.name) FROM article_tags AS x JOIN tags AS t ON t.id = x.tag_id
            WHERE x.article_id = a.id),
        v.title, v.text
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id WHERE a.id > ? ORDER BY a.id LIMIT 500
"""
_VERSIONS: Final = "SELECT id, text, text_sha256 FROM versions WHERE id > ? ORDER BY id LIMIT 500"
_CAPTIONS: Final = "SELECT id, caption, credit, grams FROM images WHERE id > ? ORDER BY id LIMIT 5000"


def _rebuild_indexes(conn: sqlite3.Connection) -> None:
    for index in SEARCH_INDEXES:
        conn.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608 - our names
