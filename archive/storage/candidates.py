"""Filed articles of a source that a page may be, in the order in which `matching` compares them. Reads only."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from archive.storage.matching import Candidate, Link
from archive.web import same_article
from archive.web.urls import site

_MOST: Final = 5  # of each sort: a URL that hundreds of pages claim says nothing
# Kinds of `urls` that were read as the article. What older versions joined by a claim alone (canonical, amp, redirect)
# proves nothing.
PROVEN: Final = ("own", "led", "read", "duplicate", "found", "part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is known of a page before its article is found."""

    source_id: int
    frontier_id: int
    asked: str  # the URL of the lease
    final: str  # where redirects led
    claimed: tuple[str, ...]  # URLs it claims: hops, canonical, AMP
    title: str
    day: str | None  # of publication, 2026-11-29
    since: str  # its namesakes are looked for from this time on: of its day, or of late where it names none ...
    until: str  # ... and before this one
    hashes: Sequence[str]  # of title and text, as `versions.sha256` has them; none for a text that may be chance


def candidates(conn: sqlite3.Connection, page: Page) -> Iterator[Candidate]:
    """The articles that a page may be, each once, by its strongest link; looked for as they are asked for."""
    seen: set[int] = set()
    for article_id, link in _links(conn, page):
        if article_id not in seen and (candidate := _candidate(conn, page.source_id, article_id, link)):
            yield candidate
        seen.add(article_id)


def owner(conn: sqlite3.Connection, url: str) -> tuple[int, str] | None:
    """The article that was filed under a URL, and whether it was read there (`own`) or where it led (`led`)."""
    row = conn.execute("SELECT article_id, kind FROM urls WHERE url = ? AND kind IN ('own', 'led')", (url,)).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def left_behind(conn: sqlite3.Connection, page: Page) -> int | None:
    """The article that was filed under the URL that was asked for, where that should lead to it."""
    filed, kind = owner(conn, page.asked) or (None, "")
    return filed if kind == "own" or same_article.key(page.asked) != same_article.key(page.final) else None


def proven(conn: sqlite3.Connection, url: str) -> tuple[int, str] | None:
    """The article that was read at a URL, with the kind of the proof; None where it was at most claimed."""
    row = conn.execute(
        f"""
        SELECT article_id, kind FROM urls WHERE url = ? AND kind IN {PROVEN}
        UNION ALL SELECT id, 'read' FROM articles WHERE url = ?
        """,  # noqa: S608 - a text of our own
        (url, url),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def is_contradicted(conn: sqlite3.Connection, url: str) -> bool:
    """Whether pages with different texts claim a URL."""
    return conn.execute("SELECT 1 FROM claims WHERE url = ? LIMIT 1 OFFSET 1", (url,)).fetchone() is not None


def _links(conn: sqlite3.Connection, page: Page) -> Iterator[tuple[int, Link]]:
    key = same_article.key(page.final)
    leads = same_article.key(page.asked) != key
    filed, kind = owner(conn, page.asked) or (None, "")
    if filed is not None and kind == "own" and not leads:
        yield filed, Link.OWN
    else:
        yield from ((each, Link.OWN) for each in _at_its_own_url(conn, page, filed, leads=leads))
    if filed is not None:
        yield filed, Link.REVISIT if leads else Link.LED
    yield from _forms(conn, page, key)
    yield from ((each, Link.JOINED) for each in _ids(conn, _JOINED, (page.frontier_id, page.asked)))
    for url in dict.fromkeys((page.final, *page.claimed)):
        yield from ((each, Link.CLAIM) for each in _ids(conn, _CLAIMED, (url, url, url, _MOST)))
    for sha256 in page.hashes:
        yield from ((each, Link.TEXT) for each in _ids(conn, _SAME_TEXT, (sha256, page.source_id, _MOST)))
    yield from ((each, Link.NAMESAKE) for each in _namesakes(conn, page))


def _at_its_own_url(conn: sqlite3.Connection, page: Page, filed: int | None, *, leads: bool) -> Iterator[int]:
    at = proven(conn, page.final)
    if at is None:
        return
    article_id, kind = at
    # Where a redirect led when an article was filed is its URL too, unless other stories were led there as well.
    asked_so = article_id == filed or not leads
    if kind == "own" or (kind == "read" and asked_so and not is_contradicted(conn, page.final)):
        yield article_id


def _forms(conn: sqlite3.Connection, page: Page, key: str) -> Iterator[tuple[int, Link]]:
    """Articles whose URL has the key of this one. What may be a session's identifier may be a story's as well."""
    for article_id, url in conn.execute(_FORMS, (page.source_id, key, _MOST)):
        yield article_id, Link.FORM if same_article.is_form(url, page.final) else Link.NAMESAKE


def _namesakes(conn: sqlite3.Connection, page: Page) -> Iterator[int]:
    """Articles of the same path, title and day: a query that means nothing, or a source that moved; and of one guid."""
    (guid,) = conn.execute("SELECT guid FROM frontier WHERE id = ?", (page.frontier_id,)).fetchone() or (None,)
    if guid is not None:
        yield from _ids(conn, _SAME_GUID, (page.source_id, guid, _MOST))
    path = same_article.key(page.final).partition("?")[0]
    here = site(page.final)
    (former,) = conn.execute("SELECT former FROM sources WHERE id = ?", (page.source_id,)).fetchone() or ("[]",)
    for name in dict.fromkeys((here, *orjson.loads(former))):
        key = f"{name}{path.removeprefix(here)}"
        yield from _ids(
            conn,
            _SAME_PATH,
            {"source": page.source_id, "since": page.since, "until": page.until, "title": page.title, "day": page.day,
             "key": key, "first": f"{key}?", "last": f"{key}@", "most": _MOST},
        )  # fmt: skip


def _candidate(conn: sqlite3.Connection, source_id: int, article_id: int, link: Link) -> Candidate | None:
    """An article with its current text. Copies across sources are not joined, but for one URL that both lead to."""
    row = conn.execute(
        """
        SELECT v.title, v.text, a.source_id FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE a.id = ?
        """,
        (article_id,),
    ).fetchone()
    if row is None or (row[2] != source_id and link is not Link.OWN):
        return None
    return Candidate(
        article_id=article_id, link=link if row[2] == source_id else Link.FOREIGN, title=row[0], text=row[1]
    )


def _ids(conn: sqlite3.Connection, sql: str, values: Sequence[object] | Mapping[str, object]) -> list[int]:
    return [int(article_id) for (article_id,) in conn.execute(sql, values) if article_id is not None]


_FORMS: Final = """
    SELECT f.article_id, f.url FROM frontier AS f JOIN urls AS u ON u.url = f.url AND u.kind = 'own'
    WHERE f.source_id = ? AND f.identity = ? AND f.article_id IS NOT NULL ORDER BY f.id LIMIT ?
"""
_JOINED: Final = """
    SELECT article_id FROM frontier WHERE id = ? UNION SELECT article_id FROM urls WHERE url = ?
"""
_CLAIMED: Final = """
    SELECT article_id FROM urls WHERE url = ?
    UNION ALL SELECT id FROM articles WHERE url = ?
    UNION ALL SELECT * FROM (SELECT article_id FROM claims WHERE url = ? ORDER BY article_id DESC LIMIT ?)
"""
# The plus keeps SQLite from looking at every article of the source instead of those few of the text.
_SAME_TEXT: Final = """
    SELECT a.id FROM versions AS v JOIN articles AS a ON a.id = v.article_id
    WHERE v.sha256 = ? AND a.version_id = v.id AND +a.source_id = ? ORDER BY a.id LIMIT ?
"""
_SAME_GUID: Final = """
    SELECT article_id FROM frontier
    WHERE source_id = ? AND guid = ? AND article_id IS NOT NULL ORDER BY id DESC LIMIT ?
"""
_SAME_PATH: Final = """
    SELECT a.id FROM articles AS a INDEXED BY articles_source_sort
    WHERE a.source_id = :source AND a.sort_at >= :since AND a.sort_at < :until
        AND a.title = :title AND substr(a.published_at, 1, 10) IS :day
        AND EXISTS (
            SELECT 1 FROM frontier AS f WHERE f.article_id = a.id
                AND (f.identity = :key OR f.identity BETWEEN :first AND :last)
        )
    ORDER BY a.sort_at DESC LIMIT :most
"""
