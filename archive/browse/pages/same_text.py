"""The same text or title elsewhere in the archive: wire copy, which each house gives a headline of its own.

Reads the archive. Two quick looks, not a comparison of everything: the digest of the text alone, and the whole title as
a phrase among articles that were filed about the same time.
"""

import sqlite3
from typing import Any, Final

from archive.search.expressions import of_text
from archive.search.query import Term
from archive.storage.read_article import StoredRecord
from archive.storage.rows import rows
from archive.text import count_words

_LEAST_WORDS: Final = 4  # of a title; "Weather" is the same every day
_LEAST_TEXT: Final = 25  # words of a text; "This video is no longer available." is no copy of anything
_NEAR: Final = 20_000  # articles filed before and after
_MOST: Final = 10


def elsewhere(conn: sqlite3.Connection, article: StoredRecord) -> list[dict[str, Any]]:
    """Return other articles with the same text, or the same title, the former first."""
    found: dict[int, dict[str, Any]] = {}
    if article["words"] >= _LEAST_TEXT:
        found |= {
            row["id"]: {**dict(row), "same": "text"} for row in rows(conn, _SAME_TEXT, (article["id"], _MOST + 1))
        }
    title = article["title"] or ""
    if count_words(title) >= _LEAST_WORDS:
        near = (article["id"] - _NEAR, article["id"] + _NEAR)
        match = of_text(Term(text=title, field="title"))
        for row in rows(conn, _SAME_TITLE, (match, *near, _MOST)):
            found.setdefault(row["id"], {**dict(row), "same": "title"})
    found.pop(article["id"], None)
    return list(found.values())[:_MOST]


_FACTS: Final = "a.id, a.title, s.name AS source_name, a.published_at AS published, a.first_seen_at AS first_seen"
_SAME_TEXT: Final = f"""
    SELECT {_FACTS} FROM versions AS v CROSS JOIN articles AS a ON a.id = v.article_id AND a.version_id = v.id
    CROSS JOIN sources AS s ON s.id = a.source_id
    WHERE v.text_sha256 = (
        SELECT w.text_sha256 FROM articles AS b JOIN versions AS w ON w.id = b.version_id WHERE b.id = ?
    ) ORDER BY v.id LIMIT ?
"""  # noqa: S608 - our own columns
_SAME_TITLE: Final = f"""
    SELECT {_FACTS} FROM articles_fts CROSS JOIN articles AS a ON a.id = articles_fts.rowid
    CROSS JOIN sources AS s ON s.id = a.source_id
    WHERE articles_fts MATCH ? AND articles_fts.rowid BETWEEN ? AND ? LIMIT ?
"""  # noqa: S608 - our own columns
