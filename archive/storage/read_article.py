"""The JSON shape of an article, made of an extraction or read from an archive: an interface that others build on.

Here, at the door, an article is a plain dict for a JSON writer; inside the program it is an `Article`. The
keys of `Record` are promised: one may be added, none renamed or dropped. Markdown and plain text are made of the same
dict, so that all forms say the same.
"""

import json
import re
import sqlite3
from typing import Any, Final, TypedDict

from archive.changes.learned_cuts import as_it_stood
from archive.model.article import Access, Dated, Extraction, PageKind
from archive.model.outcome import Failure, Outcome
from archive.storage.rows import first, rows
from archive.storage.tables import rights
from archive.storage.tables.learned_lines import learned_cuts
from archive.times import stamp


class Picture(TypedDict):
    """An image; `lead`: the article opens with it. `after_paragraph` counts paragraphs: 0 stands before the first."""

    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    after_paragraph: int
    lead: bool


class Cut(TypedDict):
    """A block that was cut: what it is, its text, the rule that cut it, and where it stood."""

    kind: str
    text: str
    rule: str
    after_paragraph: int


class StoredCut(Cut):
    """A cut of an archive, with the number that `cuttings restore` takes."""

    id: int


class Record(TypedDict):
    """An article. `published` and `modified` are ISO 8601 in UTC; a day alone ("2026-11-03") where no more is known."""

    url: str
    title: str | None
    standfirst: str | None
    authors: list[str]
    published: str | None
    modified: str | None
    language: str | None
    section: str | None
    tags: list[str]
    text: str
    paragraphs: list[str]
    images: list[Picture]
    removed: list[Cut]
    kind: str
    access: str
    outcome: str
    notes: list[str]


class Version(TypedDict):
    """A state in which the article was found. `change` says what differs from the one before."""

    id: int
    n: int
    change: str
    title: str
    words: int
    changed_words: int | None  # taken out and put in since the one before; None for the first
    sha256: str
    created_at: str


class Provenance(TypedDict):
    """Where the current version comes from: the answer of the server, the WARC record, and what read it."""

    fetch_id: int | None
    final_url: str | None
    fetched_at: str | None
    status: int | None
    warc_file: str | None
    warc_offset: int | None
    warc_length: int | None
    extractor: str | None
    charset: str | None
    charset_source: str | None


class Denied(TypedDict):
    """Something that its publisher says: file, show, export or train that it denies, and its words, place and date."""

    uses: list[str]
    reason: str


class StoredRecord(Record):
    """An article of an archive: the record and what the archive knows besides.

    `published_zoned` is False where the page gave a local time without a zone, which was read as UTC; None where that
    is not known.
    """

    id: int
    source: str
    source_name: str
    canonical_url: str | None
    site_name: str | None
    published_source: str | None
    published_precision: str | None
    published_zoned: bool | None
    modified_source: str | None
    modified_zoned: bool | None
    metadata_sources: dict[str, str]
    first_seen: str
    fetched: str
    gone: str | None
    reserved: str | None  # signals by which its publisher reserves its use by machines
    denied: list[Denied]  # the uses that are denied, and by what, the strictest first
    words: int
    removed_words: int
    version: int
    versions: list[Version]
    sha256: str
    addresses: list[str]
    provenance: Provenance


def record(url: str, result: Extraction | Failure) -> Record:
    """Return what extraction made of the page at `url`; a failure has the same keys, and says why in its notes."""
    if isinstance(result, Failure):
        return _failed(url, result)
    article = result.article
    return {
        "url": url,
        "title": article.title,
        "standfirst": article.standfirst,
        "authors": list(article.authors),
        "published": _day_or_moment(article.published),
        "modified": _day_or_moment(article.modified),
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "text": article.text,
        "paragraphs": list(article.paragraphs),
        "images": [
            {
                "url": image.url,
                "caption": image.caption,
                "credit": image.credit,
                "alt": image.alt,
                "after_paragraph": image.after_paragraph,
                "lead": image.lead,
            }
            for image in article.images
        ],
        "removed": [
            {"kind": cut.kind.value, "text": cut.text, "rule": cut.rule, "after_paragraph": cut.after_paragraph}
            for cut in result.clutter
        ],
        "kind": article.kind.value,
        "access": article.access.value,
        "outcome": result.outcome.value,
        "notes": list(result.notes),
    }


def stored(conn: sqlite3.Connection, article_id: int) -> StoredRecord | None:
    """Return an article of the archive in its current version, or None where there is none with this id.

    An address typed by hand may hold any number; one that SQLite cannot hold is the id of nothing.
    """
    if article_id.bit_length() > 63:
        return None
    row = first(conn, _STORED, (article_id,))
    if row is None:
        return None
    text = row["text"] or ""
    return {
        "id": row["id"],
        "url": row["url"],
        "canonical_url": row["canonical_url"],
        "source": row["source"],
        "source_name": row["source_name"],
        "site_name": row["site_name"],
        "title": row["title"],
        "standfirst": row["standfirst"],
        "authors": _column(conn, _AUTHORS, article_id),
        "published": shortened(row["published_at"], row["published_precision"]),
        "published_source": row["published_source"],
        "published_precision": row["published_precision"],
        "published_zoned": _yes_or_no(row["published_zoned"]),
        "modified": shortened(row["modified_at"], row["modified_precision"]),
        "modified_source": row["modified_source"],
        "modified_zoned": _yes_or_no(row["modified_zoned"]),
        "metadata_sources": json.loads(row["metadata_sources"]),
        "language": row["language"],
        "section": row["section"],
        "tags": _column(conn, _TAGS, article_id),
        "text": text,
        "paragraphs": text.split("\n") if text else [],
        "images": _images(conn, row["version_id"]),
        "removed": _dicts(conn, _REMOVED, row["version_id"]),
        "kind": row["kind"],
        "access": row["access"],
        "outcome": row["outcome"] or Outcome.SAVED.value,
        "notes": json.loads(row["notes"] or "[]"),
        "first_seen": row["first_seen_at"],
        "fetched": row["fetched_at"],
        "gone": row["gone_at"],
        "reserved": row["reserved"],
        "denied": [
            {"uses": uses.split(", "), "reason": reason}
            for uses, reason in rights.decisions(conn, article_id).reasons()
        ],
        "words": row["words"],
        "removed_words": row["removed_words"],
        "version": row["n"],
        "versions": _dicts(conn, _VERSIONS, article_id),
        "sha256": row["sha256"],
        "addresses": _column(conn, _ADDRESSES, article_id),
        "provenance": _provenance(row),
    }


def version_text(conn: sqlite3.Connection, article_id: int, n: int) -> str:
    """Title and paragraphs of a version, one a line, with the lines cut for being learned: those are no edit."""
    ((version_id, title, text),) = rows(
        conn, "SELECT id, title, text FROM versions WHERE article_id = ? AND n = ?", (article_id, n)
    )
    return "\n".join((title, *as_it_stood(text.split("\n"), learned_cuts(conn, version_id))))


def shortened(moment: str | None, precision: str | None) -> str | None:
    """Return a stored time as it is known: the day alone where the page gave no time of day."""
    return moment[:10] if moment and precision == "day" else moment


def markdown(article: Record) -> str:
    """Return the article as Markdown: facts in a YAML head, title, text, and the captions under a heading of their own.

    Pictures are not embedded: who opens the file must not thereby fetch them from the outlet.
    """
    facts = {key: article.get(key) for key in _HEAD if article.get(key)}
    head = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items())
    parts = [f"---\n{head}\n---"]
    if article["title"]:
        parts.append("# " + _escaped(article["title"]))
    if article["standfirst"]:
        parts.append("**" + _escaped(article["standfirst"]) + "**")
    parts.extend(map(_escaped, article["paragraphs"]))
    captions = [_caption(image) for image in article["images"]]
    if any(captions):
        parts.append("## Pictures")
        parts.append("\n".join("- " + _escaped(caption) for caption in captions if caption))
    return "\n\n".join(parts) + "\n"


def plain(article: Record) -> str:
    """Return the article as plain text: title, byline and date, address, standfirst, then the text."""
    byline = " · ".join(filter(None, ["; ".join(article["authors"]), article["published"]]))
    head = "\n".join(filter(None, [article["title"], byline, article["url"]]))
    return "\n\n".join(filter(None, [head, article["standfirst"], *article["paragraphs"]])) + "\n"


_HEAD: Final = ("title", "url", "source", "authors", "published", "modified", "language", "section", "tags")
# Characters that are Markdown (or HTML in it) anywhere, and those that are at the start of a line.
_INLINE: Final = re.compile(r"([\\`*_\[\]<>&|~])")
_AT_START: Final = re.compile(r"^(\s*\d*)([#+=.)-])")

_STORED: Final = """
    SELECT a.id, a.url, a.canonical_url, s.key AS source, s.name AS source_name, a.site_name,
        coalesce(v.title, a.title) AS title, a.standfirst, a.published_at, a.published_source, a.published_precision,
        a.published_zoned, a.modified_at, a.modified_source, a.modified_precision, a.modified_zoned,
        a.metadata_sources, a.language, a.section, v.text, a.kind, a.access,
        a.first_seen_at, a.fetched_at, a.gone_at, a.reserved, a.words, a.removed_words, a.version_id, v.n, v.sha256,
        v.notes,
        v.extractor, v.charset, v.charset_source, v.fetch_id,
        f.outcome, f.final_url, f.fetched_at AS version_fetched_at, f.status, f.warc_file, f.warc_offset, f.warc_length
    FROM articles AS a
    JOIN sources AS s ON s.id = a.source_id
    LEFT JOIN versions AS v ON v.id = a.version_id
    LEFT JOIN fetches AS f ON f.id = v.fetch_id
    WHERE a.id = ?
"""
_AUTHORS: Final = """
    SELECT name FROM article_authors JOIN authors ON authors.id = author_id WHERE article_id = ? ORDER BY position
"""
_TAGS: Final = """
    SELECT name FROM article_tags JOIN tags ON tags.id = tag_id WHERE article_id = ? ORDER BY position
"""
_IMAGES: Final = """
    SELECT url, caption, credit, alt, after_paragraph, lead FROM images WHERE version_id = ? ORDER BY position
"""
_REMOVED: Final = "SELECT id, kind, text, rule, after_paragraph FROM removed WHERE version_id = ? ORDER BY position"
_VERSIONS: Final = """
    SELECT id, n, change, title, words, changed_words, sha256, created_at FROM versions WHERE article_id = ? ORDER BY n
"""
_ADDRESSES: Final = "SELECT url FROM urls WHERE article_id = ? ORDER BY id"


def _failed(url: str, failure: Failure) -> Record:
    return {
        "url": url,
        "title": None,
        "standfirst": None,
        "authors": [],
        "published": None,
        "modified": None,
        "language": None,
        "section": None,
        "tags": [],
        "text": "",
        "paragraphs": [],
        "images": [],
        "removed": [],
        "kind": PageKind.UNKNOWN.value,
        "access": Access.UNKNOWN.value,
        "outcome": failure.outcome.value,
        "notes": [f"{failure.stage}: {failure.detail}" if failure.detail else failure.stage],
    }


def _dicts(conn: sqlite3.Connection, sql: str, key: int) -> list[Any]:
    """Rows whose columns are named as the keys of the TypedDict they become."""
    return [dict(row) for row in rows(conn, sql, (key,))]


def _images(conn: sqlite3.Connection, version_id: int) -> list[Picture]:
    pictures: list[Picture] = _dicts(conn, _IMAGES, version_id)
    return [{**picture, "lead": bool(picture["lead"])} for picture in pictures]


def _column(conn: sqlite3.Connection, sql: str, key: int) -> list[str]:
    return [row[0] for row in rows(conn, sql, (key,))]


def _provenance(row: sqlite3.Row) -> Provenance:
    return {
        "fetch_id": row["fetch_id"],
        "final_url": row["final_url"],
        "fetched_at": row["version_fetched_at"],
        "status": row["status"],
        "warc_file": row["warc_file"],
        "warc_offset": row["warc_offset"],
        "warc_length": row["warc_length"],
        "extractor": row["extractor"],
        "charset": row["charset"],
        "charset_source": row["charset_source"],
    }


def _yes_or_no(stored: int | None) -> bool | None:
    return None if stored is None else bool(stored)


def _day_or_moment(dated: Dated | None) -> str | None:
    return shortened(stamp(dated.when), dated.precision) if dated else None


def _caption(image: Picture) -> str:
    return " ".join(filter(None, [image["caption"], f"({image['credit']})" if image["credit"] else None]))


def _escaped(text: str) -> str:
    return _AT_START.sub(r"\1\\\2", _INLINE.sub(r"\\\1", text))
