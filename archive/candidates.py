"""Filed articles of a source that a page may be, in the order `archive.matching` is to look at them. Reads only."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from archive import identity
from archive.matching import Candidate, Link
from archive.urls import site

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
    hashes: Sequence[str]  # of title and text, as `versions.sha256` has them; none for a text that may be chance


def candidates(conn: sqlite3.Connection, page: Page) -> list[Candidate]:
    """The articles that a page may be, each once, by its strongest link."""
    found: dict[int, Candidate] = {}
    for article_id, link in _links(conn, page):
        if article_id not in found and (candidate := _candidate(conn, page.source_id, article_id, link)):
            found[article_id] = candidate
    return list(found.values())


def owner(conn: sqlite3.Connection, url: str) -> tuple[int, str] | None:
    """The article that was filed under a URL, and whether it was read there (`own`) or where it led (`led`)."""
    row = conn.execute("SELECT article_id, kind FROM urls WHERE url = ? AND kind IN ('own', 'led')", (url,)).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


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
    (claimants,) = conn.execute("SELECT count(*) FROM claims WHERE url = ?", (url,)).fetchone()
    return int(claimants) > 1


def _links(conn: sqlite3.Connection, page: Page) -> Iterator[tuple[int, Link]]:
    key = identity.key(page.final)
    leads = identity.key(page.asked) != key
    filed, kind = owner(conn, page.asked) or (None, "")
    if filed is not None and kind == "own" and not leads:
        yield filed, Link.OWN
    else:
        yield from ((each, Link.OWN) for each in _at_its_own_url(conn, page, filed, leads=leads))
    if filed is not None:
        yield filed, Link.REVISIT if leads or kind == "own" else Link.LED
    yield from ((each, Link.FORM) for each in _ids(conn, _FORMS, (page.source_id, key, _MOST)))
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


def _namesakes(conn: sqlite3.Connection, page: Page) -> Iterator[int]:
    """Articles of the same path, title and day: a query that means nothing, or a source that moved; and of one guid."""
    (guid,) = conn.execute("SELECT guid FROM frontier WHERE id = ?", (page.frontier_id,)).fetchone() or (None,)
    if guid is not None:
        yield from _ids(conn, _SAME_GUID, (page.source_id, guid, _MOST))
    path = identity.key(page.final).partition("?")[0]
    here = site(page.final)
    (former,) = conn.execute("SELECT former FROM sources WHERE id = ?", (page.source_id,)).fetchone() or ("[]",)
    for name in dict.fromkeys((here, *orjson.loads(former))):
        key = f"{name}{path.removeprefix(here)}"
        yield from _ids(
            conn, _SAME_PATH, (page.source_id, key, page.source_id, f"{key}?", f"{key}@", page.title, page.day, _MOST)
        )


def _candidate(conn: sqlite3.Connection, source_id: int, article_id: int, link: Link) -> Candidate | None:
    """An article with its current text; None for another source's: copies across sources are not joined."""
    row = conn.execute(
        """
        SELECT v.title, v.text FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE a.id = ? AND a.source_id = ?
        """,
        (article_id, source_id),
    ).fetchone()
    return None if row is None else Candidate(article_id=article_id, link=link, title=row[0], text=row[1])


def _ids(conn: sqlite3.Connection, sql: str, values: Iterable[object]) -> list[int]:
    return [int(article_id) for (article_id,) in conn.execute(sql, tuple(values)) if article_id is not None]


_FORMS: Final = """
    SELECT f.article_id FROM frontier AS f JOIN urls AS u ON u.url = f.url AND u.kind = 'own'
    WHERE f.source_id = ? AND f.identity = ? AND f.article_id IS NOT NULL ORDER BY f.id LIMIT ?
"""
_JOINED: Final = """
    SELECT article_id FROM frontier WHERE id = ? UNION SELECT article_id FROM urls WHERE url = ?
"""
_CLAIMED: Final = """
    SELECT article_id FROM (
        SELECT article_id, 0 AS n FROM urls WHERE url = ?
        UNION ALL SELECT id, 0 FROM articles WHERE url = ?
        UNION ALL SELECT * FROM (SELECT article_id, id FROM claims WHERE url = ? ORDER BY id DESC)
    ) LIMIT ?
"""
_SAME_TEXT: Final = """
    SELECT a.id FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    WHERE v.sha256 = ? AND a.source_id = ? ORDER BY a.id LIMIT ?
"""
_SAME_GUID: Final = """
    SELECT article_id FROM frontier
    WHERE source_id = ? AND guid = ? AND article_id IS NOT NULL ORDER BY id DESC LIMIT ?
"""
_SAME_PATH: Final = """
    SELECT a.id FROM (
        SELECT article_id FROM frontier WHERE source_id = ? AND identity = ?
        UNION SELECT article_id FROM frontier WHERE source_id = ? AND identity BETWEEN ? AND ?
    ) AS f JOIN articles AS a ON a.id = f.article_id
    WHERE a.title = ? AND substr(a.published_at, 1, 10) IS ? ORDER BY a.id DESC LIMIT ?
"""
