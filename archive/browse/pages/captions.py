"""Captions and credits of pictures, found by their words. Reads the archive.

Those of current versions are shown: what an older version said of its pictures is on its own page.
"""

import sqlite3
from typing import Any, Final

from archive.search.expressions import caption_expression
from archive.search.filters import of_source, where
from archive.search.query import parse
from archive.storage.rows import rows

CAPTIONS_A_PAGE: Final = 40


def captions(
    conn: sqlite3.Connection, *, typed: str, source: str | None, before: int | None
) -> list[dict[str, Any]]:  # fmt: skip
    """Return pictures with a caption or a credit, the last filed first, and one more where there are more."""
    query = parse(typed)
    clauses, values = of_source(source)
    clauses += ["a.version_id = i.version_id", "coalesce(i.caption, i.credit) IS NOT NULL"]
    match = caption_expression(query)
    tables, key = ("images_fts CROSS JOIN images AS i ON i.id = images_fts.rowid", "images_fts.rowid")
    if match is None:
        tables, key = "images AS i", "i.id"
    else:
        clauses.append("images_fts MATCH ?")
        values.append(match)
    if before:
        clauses.append(f"{key} < ?")
        values.append(before)
    marked = "highlight(images_fts, {}, char(2), char(3))" if match else "i.{}"
    caption, credit = (marked.format(column) for column in ((0, 1) if match else ("caption", "credit")))
    sql = f"""
        SELECT i.id, {caption} AS caption, {credit} AS credit, i.url, i.article_id, a.title, a.language, s.key,
            s.name AS source, a.published_at, a.first_seen_at
        FROM {tables} CROSS JOIN articles AS a ON a.id = i.article_id CROSS JOIN sources AS s ON s.id = a.source_id
        WHERE {where(clauses)} ORDER BY {key} DESC LIMIT ?
    """  # noqa: S608 - pieces of our own
    return [dict(row) for row in rows(conn, sql, (*values, CAPTIONS_A_PAGE + 1))]
