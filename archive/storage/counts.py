"""What an archive counts as it is written: whether that is true of its rows, and how it is counted again.

Triggers of the schema keep these tables. The statements here say what they keep.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from archive.storage.connection import COUNTED

_SUMS: Final = {
    "article_counts": """
        SELECT coalesce(substr(published_at, 1, 7), ''), source_id, coalesce(language, ''), count(*), sum(words),
            sum(removed_words)
        FROM articles GROUP BY 2, 1, 3
    """,
    "cut_counts": """
        SELECT r.rule, r.kind, a.source_id, count(*), sum(r.words)
        FROM removed AS r JOIN articles AS a ON a.id = r.article_id GROUP BY 1, 2, 3
    """,
}


def untrue(conn: sqlite3.Connection) -> Iterator[str]:
    """What is counted otherwise than it is. Each statement sees one state of the archive, whoever is writing."""
    for table in COUNTED:
        (kept, there) = conn.execute(
            f"SELECT (SELECT amount FROM table_counts WHERE name = ?), (SELECT count(*) FROM {table})",  # noqa: S608
            (table,),
        ).fetchone()
        if kept != there:
            yield f"table_counts says {'nothing' if kept is None else kept} of {table}, which has {there:,} rows"


def untrue_sums(conn: sqlite3.Connection) -> Iterator[str]:
    """The same of the sums by month and rule, for which every article and every cut is looked at."""
    for table, rows in _SUMS.items():
        (differing,) = conn.execute(
            f"""
            WITH there AS MATERIALIZED ({rows})
            SELECT (SELECT count(*) FROM (SELECT * FROM there EXCEPT SELECT * FROM {table}))
                 + (SELECT count(*) FROM (SELECT * FROM {table} EXCEPT SELECT * FROM there))
            """  # noqa: S608 - our names
        ).fetchone()
        if differing:
            yield f"{table} differs from the rows in {differing:,} of its own"


def recount(conn: sqlite3.Connection) -> None:
    """Count everything again from the rows. The caller holds the transaction."""
    for table, rows in _SUMS.items():
        conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
        conn.execute(f"INSERT INTO {table} {rows}")
    conn.execute("DELETE FROM table_counts")
    for table in COUNTED:
        conn.execute(f"INSERT INTO table_counts SELECT ?, count(*) FROM {table}", (table,))  # noqa: S608 - our names
