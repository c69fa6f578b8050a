"""The parts of an archive: what the schema makes, and what of it an open file lacks or has in another form.

Looks only. The schema's own statements are those of a new archive in memory, made by the migrations. What a person has
added (tables, columns, indexes of their own) is nobody's fault and never named.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.storage.migrations.steps import migrations

SEARCH_INDEXES: Final = ("articles_fts", "images_fts")
# Tables that hold nothing but what follows from other tables. Those of FTS5 begin with the name of their index.
_DERIVED: Final = frozenset({"article_terms", "article_counts", "cut_counts", "table_counts", *SEARCH_INDEXES})
_DERIVED_COLUMNS: Final = frozenset(
    {("images", "grams"), ("versions", "text_sha256")}
)  # generated columns are told by themselves
_SHOWN: Final = 3  # parts in a sentence
MEND: Final = "run `cuttings doctor --mend`, which makes again what follows from the rest of the archive"
NO_MENDING: Final = (
    "what they held stands nowhere else: put a backup back (`cuttings backup` makes them); without one, name a new "
    "archive in cuttings.toml, and keep this one for reading"
)


class Kind(StrEnum):
    """Kinds of parts, in the order in which they are made."""

    TABLE = "table"
    VIEW = "view"
    INDEX = "index"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table, as `PRAGMA table_xinfo` tells it."""

    type: str
    not_null: bool
    default: str
    key: int  # its place in the primary key, 0 where it is not part of it
    hidden: int

    @property
    def is_generated(self) -> bool:
        """Whether its values are computed."""
        return self.hidden in {2, 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a table is apart from how its statement is written."""

    columns: tuple[tuple[str, Column], ...] = ()
    unique: frozenset[tuple[str, ...]] = frozenset()
    references: frozenset[tuple[str, str]] = frozenset()  # column, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table, view, index or trigger, and the statement that makes it. `table` is the one it belongs to."""

    kind: Kind
    name: str
    table: str
    sql: str
    shape: Shape = Shape()

    @property
    def is_virtual(self) -> bool:
        """Whether it is a table of FTS5."""
        return self.sql.upper().startswith("CREATE VIRTUAL")

    @property
    def is_derived(self) -> bool:
        """Whether it can be made again from what other tables hold."""
        ours = self.name in _DERIVED or self.name.startswith(tuple(f"{index}_" for index in SEARCH_INDEXES))
        return self.kind is not Kind.TABLE or ours


Parts = Mapping[tuple[Kind, str], Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A part of the schema that an archive has not (`found` is None), or has in another form."""

    part: Part
    found: Part | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the table should have, and has not."""
        if self.found is None or self.part.is_virtual:
            return ()
        there = {name for name, _ in self.found.shape.columns}
        return tuple(name for name, _ in self.part.shape.columns if name not in there)

    @property
    def can_be_mended(self) -> bool:
        """Whether nothing is lost with it."""
        if self.part.is_derived:
            return True
        columns = dict(self.part.shape.columns)
        return self.found is not None and all(
            columns[name].is_generated or (self.part.name, name) in _DERIVED_COLUMNS for name in self.columns
        )

    def __str__(self) -> str:
        if self.columns:
            return ", ".join(f"column {self.part.name}.{name}" for name in self.columns)
        return f"{self.part.kind} {self.part.name}" + (" as it should be" if self.found else "")


# ---- What there should be, and what there is -------------------------------------------------------------------------


def unknown(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Migrations that an archive has had and this program does not know: a newer version has made it."""
    return tuple(sorted(_applied(conn).difference(_names())))


def stage(conn: sqlite3.Connection) -> str | None:
    """The first migration that an archive has not had yet; None where it is up to date."""
    made = _applied(conn)
    return next((name for name in _names() if name not in made), None)


def _applied(conn: sqlite3.Connection) -> set[str]:
    return {name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'cuttings'")}


@cache
def _names() -> tuple[str, ...]:
    model = Database(memory=True)
    try:
        return tuple(each.name for each in migrations.pending(model))
    finally:
        model.close()


@cache
def wanted(before: str | None) -> Parts:
    """The parts of a new archive, made by the migrations before this one, or by all."""
    model = Database(memory=True)
    migrations.apply(model, stop_before=before)
    try:
        return parts(model.conn)
    finally:
        model.close()


def parts(conn: sqlite3.Connection) -> Parts:
    """The parts of an open file. Those of SQLite and of the migrations' own list are left out."""
    rows = conn.execute(
        """
        SELECT type, name, tbl_name, sql FROM main.sqlite_master
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND tbl_name <> '_sqlite_migrations'
        """
    ).fetchall()
    found = {}
    for kind, name, table, sql in rows:
        plain = kind == Kind.TABLE and not sql.upper().startswith("CREATE VIRTUAL")
        shape = _shape(conn, name) if plain else Shape()
        found[Kind(kind), name] = Part(kind=Kind(kind), name=name, table=table, sql=sql, shape=shape)
    return MappingProxyType(found)


def _shape(conn: sqlite3.Connection, table: str) -> Shape:
    columns = tuple(
        (name, Column(type=kind.upper(), not_null=bool(not_null), default=(default or "").strip("'\""), key=key,
                      hidden=hidden))
        for _, name, kind, not_null, default, key, hidden in conn.execute(
            "SELECT cid, name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')", (table,)
        )
    )  # fmt: skip
    indexes = conn.execute(
        "SELECT name FROM pragma_index_list(?, 'main') WHERE \"unique\" AND origin <> 'c'", (table,)
    ).fetchall()
    unique = frozenset(
        tuple(column for (column,) in conn.execute("SELECT name FROM pragma_index_info(?, 'main')", index))
        for index in indexes
    )
    references = conn.execute('SELECT "from", "table" FROM pragma_foreign_key_list(?, \'main\')', (table,))
    return Shape(columns=columns, unique=unique, references=frozenset(references.fetchall()))


# ---- What is lacking -------------------------------------------------------------------------------------------------


def lacking(conn: sqlite3.Connection, before: str | None) -> tuple[Lack, ...]:
    """What an archive lacks of the schema that the migrations before this one make, in the order of making."""
    there = parts(conn)
    lacks = (
        Lack(part=part, found=there.get(key))
        for key, part in wanted(before).items()
        if not _is_as_wanted(part, there.get(key))
    )
    return tuple(sorted(lacks, key=lambda each: (tuple(Kind).index(each.part.kind), each.part.name)))


def _is_as_wanted(part: Part, found: Part | None) -> bool:
    if found is None:
        return False
    if part.kind is not Kind.TABLE or part.is_virtual or found.is_virtual:
        return _words(part.sql) == _words(found.sql)
    columns = dict(found.shape.columns)
    return (
        all(columns.get(name) == column for name, column in part.shape.columns)
        and part.shape.unique <= found.shape.unique
        and part.shape.references <= found.shape.references
    )


def _words(sql: str) -> list[str]:
    """A statement without what does not change its meaning: programs that alter tables write it in their own way."""
    return _WORD.findall(_COMMENT.sub(" ", sql).replace("IF NOT EXISTS", ""))


_COMMENT: Final = re.compile(r"--[^\n]*")
_WORD: Final = re.compile(r"\w+|'[^']*'|[^\w\s\"`\[\]]")  # names without their quotation marks


def refuse_incomplete(conn: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveError where an archive that is up to date lacks a part: what is written would not be counted."""
    lacks = lacking(conn, None)
    if lost := tuple(lack for lack in lacks if not lack.can_be_mended):
        raise ArchiveError(f"{path}: lacks {named(lost)}; `cuttings doctor` says what can be done")
    if lacks:
        raise ArchiveError(f"{path}: lacks {named(lacks)}; {MEND}")


def named(lacks: Sequence[Lack]) -> str:
    """The first few by name, and how many there are besides."""
    more = f" and {len(lacks) - _SHOWN:,} more" if len(lacks) > _SHOWN else ""
    return ", ".join(map(str, lacks[:_SHOWN])) + more
