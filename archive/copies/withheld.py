"""What a snapshot must not hold: articles whose publishers reserve them, and whatever names them.

`find` looks at a copy of the archive, `take_out` deletes from it, and `disclosed` reads what is left by other means: by
columns, not by the places that are known. What a kept article says itself (its title, text, captions) is its own, even
where it names a reserved one; a line that was cut out of its page is not.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.search.filters import Selection, conditions, where
from archive.storage.rows import first, rows
from archive.web.same_article import key
from archive.web.urls import BadURLError, normalize

_URL: Final = re.compile(r"https?://[^\s\"'<>()\[\]{}|\\^`]+", re.IGNORECASE)
_AFTER: Final = ".,;:!?…"  # a sentence goes on behind a URL
_TITLE: Final = 12  # characters of a title that tells an article: "Sport" or "Police log" stands in many places
_PARAGRAPH: Final = 8  # words of a line that tells a text
_IN: Final = "IN (SELECT id FROM temp.reserved)"
_OUT: Final = "NOT IN (SELECT id FROM temp.reserved)"

_OF_ARTICLE: Final = (
    "removed", "images", "article_authors", "article_tags", "urls", "claims", "fetches", "rights", "events",
    "versions",
)  # fmt: skip
# URLs under which reserved articles were asked for and filed ...
_OWN: Final = f"""
    SELECT url FROM articles WHERE id {_IN} UNION SELECT url FROM urls WHERE article_id {_IN}
    UNION SELECT url FROM fetches WHERE article_id {_IN} OR outcome = 'reserved'
    UNION SELECT final_url FROM fetches WHERE article_id {_IN} OR outcome = 'reserved'
    UNION SELECT url FROM rights WHERE article_id {_IN}
    UNION SELECT url FROM frontier WHERE id IN found UNION SELECT found_url FROM frontier WHERE id IN found
"""  # noqa: S608 - our names
_FOUND: Final = f"""
    WITH RECURSIVE found(id) AS (
        SELECT id FROM frontier WHERE article_id {_IN} OR outcome = 'reserved'
        UNION SELECT f.id FROM frontier AS f JOIN found ON f.same_as = found.id
        UNION SELECT f.same_as FROM frontier AS f JOIN found ON f.id = found.id WHERE f.same_as IS NOT NULL
    )
"""  # noqa: S608
# ... and those that they only say are theirs, which may be a front page or another's.
_CLAIMED: Final = "SELECT url FROM claims WHERE article_id {0} UNION SELECT canonical_url FROM articles WHERE id {0}"
_KEPT: Final = f"SELECT url FROM articles WHERE id {_OUT} UNION SELECT url FROM urls WHERE article_id {_OUT}"  # noqa: S608
_PUBLIC: Final = "SELECT url FROM feeds UNION SELECT url FROM sources"
# Columns with a kept article's own words.
_WORDS: Final = frozenset(
    {
        *(("articles", name) for name in ("title", "standfirst", "byline", "section", "site_name")),
        *(("versions", name) for name in ("title", "standfirst", "text")),
        *(("images", name) for name in ("caption", "credit", "alt", "grams")),
        *(("article_terms", name) for name in ("facts", "title_grams", "grams")),
        *(("authors", "name"), ("tags", "name")),
    }
)
_INDEXES: Final = ("articles_fts", "images_fts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What reserved articles are told by: URLs and keys of URLs, titles and paragraphs (hashes), that no other has."""

    ids: frozenset[int]
    urls: frozenset[str]
    keys: frozenset[str]
    lines: frozenset[int]

    def is_named_by(self, url: object) -> bool:
        """Whether a URL is one of theirs, in whatever form."""
        if not isinstance(url, str):
            return False
        plain = _plain(url)
        return plain in self.urls or _key(plain) in self.keys

    def is_told_by(self, text: object) -> bool:
        """Whether a text holds a URL of theirs, or a line of it is a title or paragraph of theirs."""
        if not isinstance(text, str):
            return False
        if "://" in text and any(self.is_named_by(match[0].rstrip(_AFTER)) for match in _URL.finditer(text)):
            return True
        return not self.lines.isdisjoint(_hashes(text))


def find(conn: sqlite3.Connection) -> Withheld:
    """Look for what is reserved, in a copy that nobody else uses: a temporary table `reserved` stays there."""
    exported, _ = conditions(Selection(without_reserved=True))
    conn.execute(f"CREATE TEMP TABLE reserved AS SELECT a.id FROM articles AS a WHERE NOT ({where(exported)})")  # noqa: S608
    kept = _urls(conn, _KEPT)
    others = kept | _urls(conn, _PUBLIC) | _urls(conn, _CLAIMED.format(_OUT))
    own = _urls(conn, _FOUND + _OWN) - kept - _urls(conn, _PUBLIC)
    urls = own | (_urls(conn, _CLAIMED.format(_IN)) - others)
    return Withheld(
        ids=frozenset(row[0] for row in rows(conn, "SELECT id FROM temp.reserved")),
        urls=urls,
        keys=frozenset(map(_key, urls)) - frozenset(map(_key, others - urls)),
        lines=_telling_lines(conn),
    )


def _urls(conn: sqlite3.Connection, query: str) -> frozenset[str]:
    return frozenset(_plain(row[0]) for row in rows(conn, query) if row[0])


def _telling_lines(conn: sqlite3.Connection) -> frozenset[int]:
    """Titles and paragraphs of reserved articles that stand in no other, nor are the name of a feed or source."""
    found = set[int]()
    for title, text in rows(conn, f"SELECT title, text FROM versions WHERE article_id {_IN}"):  # noqa: S608
        found.update(_hashes(title if len(title) >= _TITLE else ""))
        found.update(_hashes("\n".join(line for line in text.split("\n") if len(line.split()) >= _PARAGRAPH)))
    if found:
        for name, text in rows(conn, f"SELECT title, text FROM versions WHERE article_id {_OUT} UNION ALL {_NAMES}"):  # noqa: S608
            found.difference_update(_hashes(name), _hashes(text))
    return frozenset(found)


_NAMES: Final = "SELECT name, '' FROM sources UNION ALL SELECT coalesce(name, ''), '' FROM feeds"


def take_out(conn: sqlite3.Connection, withheld: Withheld) -> None:
    """Delete reserved articles from the copy, with all that is said of them and all that names them."""
    conn.create_function("is_theirs", 1, withheld.is_named_by, deterministic=True)
    conn.create_function("tells", 1, withheld.is_told_by, deterministic=True)
    conn.create_function("without_theirs", 1, lambda text: _without(withheld, text), deterministic=True)
    conn.execute(
        f"""
        INSERT INTO articles_fts (articles_fts, rowid, title, byline, text, facts, title_grams, grams)
        SELECT 'delete', id, title, byline, text, facts, title_grams, grams FROM article_texts WHERE id {_IN}
        """  # noqa: S608 - our names, here and below
    )
    for table in _OF_ARTICLE:
        conn.execute(f"DELETE FROM {table} WHERE article_id {_IN}")  # noqa: S608
    for table in ("article_terms", "articles"):
        conn.execute(f"DELETE FROM {table} WHERE id {_IN}")  # noqa: S608
    conn.execute("DELETE FROM fetches WHERE outcome = 'reserved' OR is_theirs(url) OR is_theirs(final_url)")
    conn.execute("UPDATE versions SET fetch_id = NULL WHERE fetch_id NOT IN (SELECT id FROM fetches)")
    for table in ("claims", "rights", "urls"):
        conn.execute(f"DELETE FROM {table} WHERE is_theirs(url)")  # noqa: S608
    conn.execute("UPDATE articles SET canonical_url = NULL WHERE is_theirs(canonical_url)")
    for table, column in (("removed", "text"), ("events", "detail"), ("alerts", "detail"), ("rights", "value")):
        conn.execute(f"DELETE FROM {table} WHERE tells({column})")  # noqa: S608
    for table in ("fetches", "feeds"):
        conn.execute(f"UPDATE {table} SET detail = NULL WHERE tells(detail)")  # noqa: S608
    conn.execute("UPDATE runs SET events = without_theirs(events) WHERE tells(events)")
    conn.execute("DELETE FROM authors WHERE id NOT IN (SELECT author_id FROM article_authors)")
    conn.execute("DELETE FROM tags WHERE id NOT IN (SELECT tag_id FROM article_tags)")


def _without(withheld: Withheld, text: str) -> str | None:
    return "\n".join(line for line in text.split("\n") if not withheld.is_told_by(line)) or None


def disclosed(conn: sqlite3.Connection, withheld: Withheld) -> Iterator[str]:
    """Say what a finished snapshot still gives away, a phrase each: every row and every column is looked at."""
    if not (withheld.ids or withheld.urls):
        return
    conn.create_function("tells", 1, withheld.is_told_by, deterministic=True)
    for index in _INDEXES:
        try:  # an index against the texts that it is of: it holds no word more
            conn.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        except sqlite3.DatabaseError:
            yield f"{index} holds words of no article"
    for table, columns in _tables(conn):
        names = [name for name, _ in columns]
        number = "article_id" if "article_id" in names else "id" if table in {"articles", "article_terms"} else None
        if number and not withheld.ids.isdisjoint(row[0] for row in conn.execute(f"SELECT {number} FROM [{table}]")):  # noqa: S608
            yield f"{table} has a reserved article"
        for name, kind in columns:
            if kind == "TEXT" and (table, name) not in _WORDS:
                (count,) = first(conn, f"SELECT count(*) FROM [{table}] WHERE tells([{name}])")  # noqa: S608
                if count:
                    yield f"{table}.{name} names reserved articles {count:,} times"


def _tables(conn: sqlite3.Connection) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for row in rows(conn, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        if not row["name"].startswith((*_INDEXES, "sqlite_")):
            yield (
                row["name"],
                [(each["name"], each["type"]) for each in rows(conn, f"PRAGMA table_xinfo([{row['name']}])")],
            )


def _plain(url: str) -> str:
    try:
        return normalize(url)
    except BadURLError:
        return url.strip()


def _key(url: str) -> str:
    try:
        return key(url)
    except ValueError:
        return url


def _hashes(text: str) -> Iterable[int]:
    """Hashes of the lines of a text, however they are spaced and written."""
    return (hash(" ".join(line.casefold().split())) for line in text.split("\n") if line)
