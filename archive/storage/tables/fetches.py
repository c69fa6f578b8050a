"""Tries as rows: what became of one request, in the caller's transaction. It knows nothing of what was filed."""

import sqlite3

from archive.crawl import frontier
from archive.crawl.frontier import Lease
from archive.model.capture import Fetch
from archive.model.outcome import Outcome
from archive.times import stamp


def insert_fetch(
    conn: sqlite3.Connection, run_id: int, lease: Lease, fetch: Fetch, outcome: Outcome, stage: str, detail: str,
    article_id: int | None, kind: str | None = None,
) -> int:  # fmt: skip
    """Write down how a try ended. `kind` is what was asked for, where the lease does not tell. Returns the row's id."""
    where = fetch.where
    (fetch_id,) = conn.execute(
        """
        INSERT INTO fetches (run_id, source_id, article_id, url, final_url, kind, fetched_at, stage, outcome, detail,
                             status, ms, bytes, digest, warc_file, warc_offset, warc_length, planned, chance)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (
            run_id, lease.source_id, article_id, lease.url,
            fetch.final_url if fetch.final_url != lease.url else None,
            kind or lease.kind or frontier.ARTICLE, stamp(fetch.fetched_at), stage, outcome, detail or None,
            fetch.status, fetch.ms, fetch.bytes, fetch.digest,
            where and where.file, where and where.offset, where and where.length, lease.planned, lease.chance,
        ),
    ).fetchone()  # fmt: skip
    return int(fetch_id)
