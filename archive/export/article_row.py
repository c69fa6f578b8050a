"""A row of an export, and the one query that reads them. It knows no format."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from archive.search.filters import Selection, conditions, where
from archive.storage.read_article import shortened
from archive.storage.rows import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image with its texts: captions are data. `after_paragraph` counts paragraphs of the text."""

    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    after_paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article as it is exported. Times are ISO 8601 text in UTC; `text` has one paragraph a line."""

    id: int
    url: str
    canonical_url: str | None
    source: str
    title: str
    standfirst: str | None
    authors: tuple[str, ...]
    published: str | None
    modified: str | None
    language: str | None
    section: str | None
    tags: tuple[str, ...]
    text: str
    words: int
    kind: str
    access: str
    fetched_at: str
    sha256: str | None
    images: tuple[Picture, ...]


def read(conn: sqlite3.Connection, selection: Selection) -> Iterator[Row]:
    """Yield the selected articles by id, read from the file as they are asked for.

    NOT INDEXED makes SQLite walk the table in its own order: with an index on the source it would sort first, and
    sorting holds every selected text at once.
    """
    clauses, values = conditions(selection)
    sql = f"{_SELECT} WHERE {where(clauses)} ORDER BY a.id"
    for row in rows(conn, sql, values):
        yield _row(dict(row))


# The inner queries are ordered, and json_group_array keeps the order in which rows come.
_SELECT = """
    SELECT a.id, a.url, a.canonical_url, s.key AS source, coalesce(v.title, a.title) AS title, a.standfirst,
        a.published_at, a.published_precision, a.modified_at AS modified, a.language, a.section,
        coalesce(v.text, '') AS text, a.words, a.kind, a.access, a.fetched_at, v.sha256,
        (SELECT json_group_array(name) FROM (
            SELECT name FROM article_authors JOIN authors ON authors.id = author_id
            WHERE article_id = a.id ORDER BY position)) AS authors,
        (SELECT json_group_array(name) FROM (
            SELECT name FROM article_tags JOIN tags ON tags.id = tag_id
            WHERE article_id = a.id ORDER BY position)) AS tags,
        (SELECT json_group_array(json_object(
                'url', url, 'caption', caption, 'credit', credit, 'alt', alt, 'after_paragraph', after_paragraph))
            FROM (SELECT * FROM images WHERE version_id = a.version_id ORDER BY position)) AS images
    FROM articles AS a NOT INDEXED
    LEFT JOIN sources AS s ON s.id = a.source_id
    LEFT JOIN versions AS v ON v.id = a.version_id
"""


def _row(facts: dict[str, object]) -> Row:
    published = shortened(facts.pop("published_at"), facts.pop("published_precision"))  # type: ignore[arg-type]
    authors, tags, images = (orjson.loads(facts.pop(name)) for name in ("authors", "tags", "images"))  # type: ignore[arg-type]
    return Row(
        published=published,
        authors=tuple(authors),
        tags=tuple(tags),
        images=tuple(Picture(**image) for image in images),
        **facts,  # type: ignore[arg-type]  # the columns that _SELECT names as the fields are named
    )
