"""The URLs of an article: those it was read at (table `urls`), and those it only claims (table `claims`).

In the caller's transaction. `archive.storage.matching` says what a URL proves.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.storage.tables.events import Event, EventKind, insert_event
from archive.times import stamp

_AS_EVENT: Final = "{kind} contradicted: different stories claim {url}"
# How sure a kind of URL is, the surest first. What older versions wrote for a mere claim stands last.
_RANK: Final = """CASE {0} WHEN 'own' THEN 0 WHEN 'led' THEN 1 WHEN 'read' THEN 2 WHEN 'duplicate' THEN 3
    WHEN 'found' THEN 4 WHEN 'part' THEN 4 ELSE 5 END"""
_INSERT: Final = f"""
    INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (url) DO UPDATE SET article_id = excluded.article_id, kind = excluded.kind
    WHERE urls.kind <> 'own' AND {_RANK.format("excluded.kind")} <= {_RANK.format("urls.kind")}
"""  # noqa: S608 - texts of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A URL that a page claims to be its own; `kind` is canonical, amp or redirect."""

    url: str
    kind: str


def write_urls(conn: sqlite3.Connection, article_id: int, urls: Iterable[tuple[str, str]], when: datetime) -> None:
    """Write (URL, kind) pairs of an article. A URL that another article was filed under stays that one's."""
    conn.executemany(_INSERT, [(article_id, url, kind, stamp(when)) for url, kind in urls])


def free_url(conn: sqlite3.Connection, wanted: Iterable[str]) -> str:
    """The first of these URLs that no article is shown under, for a new article.

    An article that was only led to such a URL by a redirect is shown under the URL it was filed under from now on. If
    all are taken the last one gets a fragment: a URL of the same page that no other article has.
    """
    last = ""
    for last in wanted:
        row = conn.execute("SELECT id FROM articles WHERE url = ?", (last,)).fetchone()
        if row is None or _moved_aside(conn, int(row[0]), last):
            return last
    (number,) = conn.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()
    return f"{last}#article-{number}"


def _moved_aside(conn: sqlite3.Connection, article_id: int, url: str) -> bool:
    own = conn.execute(
        """
        SELECT url FROM urls WHERE article_id = ? AND kind IN ('own', 'led') AND url <> ?
            AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.url = urls.url) ORDER BY id LIMIT 1
        """,
        (article_id, url),
    ).fetchone()
    filed_here = conn.execute("SELECT 1 FROM urls WHERE url = ? AND kind = 'own'", (url,)).fetchone()
    if own is None or filed_here:
        return False
    conn.execute("UPDATE articles SET url = ? WHERE id = ?", (own[0], article_id))
    return True


def contradicted(conn: sqlite3.Connection, claims: Iterable[Claim], article_id: int | None) -> tuple[Claim, ...]:
    """The claims that an article of another text makes as well, or that are another article's own URL."""
    return tuple(
        claim
        for claim in claims
        if conn.execute(
            """
            SELECT 1 FROM claims WHERE url = :url AND article_id IS NOT :article
            UNION ALL SELECT 1 FROM urls WHERE url = :url AND kind IN ('own', 'read') AND article_id IS NOT :article
            """,
            {"url": claim.url, "article": article_id},
        ).fetchone()
    )


def claimed_by_others(conn: sqlite3.Connection, url: str, article_id: int | None) -> tuple[Claim, ...]:
    """The claims that other articles make of the URL of an article; None for one that is not filed yet."""
    rows = conn.execute("SELECT DISTINCT kind FROM claims WHERE url = ? AND article_id IS NOT ?", (url, article_id))
    return tuple(Claim(url=url, kind=kind) for (kind,) in rows.fetchall())


def write_claims(conn: sqlite3.Connection, article_id: int, claims: Iterable[Claim], when: datetime) -> None:
    """Write down what a page of an article claims."""
    conn.executemany(
        """
        INSERT INTO claims (article_id, url, kind, first_seen_at, seen_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (url, article_id) DO UPDATE SET seen_at = excluded.seen_at
        """,
        [(article_id, claim.url, claim.kind, stamp(when), stamp(when)) for claim in claims],
    )


def note_contradiction(conn: sqlite3.Connection, run_id: int, source_id: int, claim: Claim, when: datetime) -> None:
    """Write an event the first time a claim is contradicted, and let its URL be asked for if it was joined unread."""
    detail = _AS_EVENT.format(kind=claim.kind, url=claim.url)
    known = conn.execute(
        "SELECT 1 FROM events WHERE source_id = ? AND kind = 'contradicted' AND detail = ?", (source_id, detail)
    ).fetchone()
    if known:
        return
    insert_event(
        conn,
        Event(kind=EventKind.CONTRADICTED, when=when, detail=detail, run_id=run_id, source_id=source_id),
    )
    conn.execute(
        """
        UPDATE frontier SET state = 'pending', due_at = ?, article_id = NULL, joined = NULL, outcome = NULL
        WHERE url = ? AND state = 'done' AND joined = ?
        """,
        (stamp(when), claim.url, READ_THERE),
    )


READ_THERE: Final = "the article was read at this URL"  # why a URL is joined that was not asked for itself
