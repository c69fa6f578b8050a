"""Running an export: one state of the archive, streamed to one file in one format, counted."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import BinaryIO, Final

from archive.errors import UsageError
from archive.export.article_row import Row, read
from archive.export.sinks import csv, jsonl
from archive.rights.signals import Use
from archive.search.filters import Selection, conditions, named, where
from archive.storage.rows import first, rows
from archive.storage.tables import rights

Format = Callable[[Iterable[Row], BinaryIO], None]

FORMATS: Final[Mapping[str, Format]] = MappingProxyType({"csv": csv.write, "jsonl": jsonl.write})


def count(conn: sqlite3.Connection, selection: Selection) -> int:
    """Return how many articles are selected. Raises UsageError for a source or language the archive does not have."""
    selection = named(conn, selection)
    clauses, values = conditions(selection)
    return int(first(conn, f"SELECT count(*) FROM articles AS a WHERE {where(clauses)}", values)[0])  # noqa: S608


def left_out(conn: sqlite3.Connection, selection: Selection) -> int:
    """Return how many articles would be selected, but are left out for being reserved."""
    return count(conn, replace(selection, without_reserved=False)) - count(conn, selection)


def reasons(conn: sqlite3.Connection, selection: Selection) -> list[str]:
    """Return why articles are left out, the most frequent reasons first: how many, of which source, and an example."""
    selection = named(conn, selection)
    clauses, values = conditions(replace(selection, without_reserved=False))
    kept, _ = conditions(Selection(without_reserved=True))
    found = rows(
        conn,
        f"""
        SELECT count(*) AS articles, min(a.id) AS example, s.key
        FROM articles AS a JOIN sources AS s ON s.id = a.source_id
        WHERE {where(clauses)} AND NOT ({where(kept)})
        GROUP BY a.source_id, a.reserved ORDER BY articles DESC, s.key LIMIT ?
        """,  # noqa: S608 - conditions of our own
        (*values, _MOST_REASONS),
    )
    said = []
    for row in found:
        denial = rights.decisions(conn, row["example"]).denying(Use.EXPORT)
        if denial is not None:  # what was read since the crawl that filed it may say something else
            said.append(f"{row['articles']:,} of {row['key']}: {denial.reason}")
    return said


_MOST_REASONS: Final = 5


def export(
    conn: sqlite3.Connection,
    selection: Selection,
    format_name: str,
    out: BinaryIO,
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Write the selected articles by id and return how many. `progress` is called with the number done, row by row.

    Memory does not grow with the archive. All rows come from one state of it, even while a crawl is running; to count
    the same state first, put both calls into one `snapshot`.
    Raises UsageError for an unknown format, source or language, before anything is written.
    """
    write = FORMATS.get(format_name)
    if write is None:
        raise UsageError(f'there is no export format "{format_name}"; known are {", ".join(sorted(FORMATS))}')
    selection = named(conn, selection)
    done = 0

    def counted() -> Iterator[Row]:
        nonlocal done
        for done, row in enumerate(read(conn, selection), start=1):
            yield row
            progress(done)

    with snapshot(conn):
        write(counted(), out)
    return done


@contextmanager
def snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    """Read one state of the archive in everything inside; writers go on meanwhile (WAL). May be nested."""
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.rollback()  # nothing was written
