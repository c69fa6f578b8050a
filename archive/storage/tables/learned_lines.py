"""Lines that stand on many pages of a source and are cut for it: the table `boilerplate`, and the pages it comes from.

Nothing here opens a transaction: every function runs inside the caller's. It does not judge which lines these are, see
`pipelines.rules.learn`. A person's word is final: a line that is to be kept is never cut again for having been learned.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import orjson

from archive.changes.learned_cuts import MOST, RULE, LearnedLine, Place, Sample, as_it_stood
from archive.model.article import Clutter, ClutterKind
from archive.storage.rows import rows
from archive.times import stamp

WINDOW: Final = 100  # newest articles of a source that are looked at: learning costs the same in any archive


class State(StrEnum):
    """What is done with a line."""

    CUT = "cut"
    KEPT = "kept"  # a person has said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A row of the table: a line, its source's key, and what is done with it since when."""

    id: int
    source: str
    line: LearnedLine
    state: State
    learned_at: str
    seen_at: str
    decided_at: str | None


def learned_cuts(conn: sqlite3.Connection, version_id: int) -> tuple[Clutter, ...]:
    """What was cut from a version for having been learned."""
    found = conn.execute(
        "SELECT kind, text, after_paragraph FROM removed WHERE version_id = ? AND rule = ? ORDER BY position",
        (version_id, RULE),
    )
    return tuple(
        Clutter(kind=ClutterKind(kind), text=text, rule=RULE, after_paragraph=after) for kind, text, after in found
    )


def samples(conn: sqlite3.Connection, source_id: int, most: int = WINDOW) -> tuple[Sample, ...]:
    """The articles of a source that were filed last, newest first."""
    found = rows(conn, _SAMPLES, (source_id, most))
    return tuple(
        Sample(
            article_id=row["id"],
            title=row["title"],
            lines=as_it_stood(row["text"].split("\n"), learned_cuts(conn, row["version_id"])),
            authors=tuple((row["byline"] or "").split("; ")) if row["byline"] else (),
            section=row["section"],
            tags=tuple(orjson.loads(row["tags"])),
        )
        for row in found
    )


_SAMPLES: Final = """
    SELECT a.id, a.version_id, v.title, v.text, a.byline, a.section,
        (SELECT json_group_array(t.name) FROM article_tags AS l JOIN tags AS t ON t.id = l.tag_id
         WHERE l.article_id = a.id) AS tags
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id
    WHERE a.source_id = ? ORDER BY a.id DESC LIMIT ?
"""


def keys_in_force(conn: sqlite3.Connection, source_id: int) -> tuple[str, ...]:
    """Keys of the lines that are cut from pages of a source; the commonest, should there be too many."""
    found = conn.execute(
        """
        SELECT key FROM boilerplate WHERE source_id = ? AND state = 'cut'
        ORDER BY 1.0 * pages / of_pages DESC, id LIMIT ?
        """,
        (source_id, MOST),
    )
    return tuple(row[0] for row in found)


def keep(conn: sqlite3.Connection, source_id: int, lines: Sequence[LearnedLine], now: datetime) -> int:
    """Write down what was learned of a source. Returns how many lines are new; of known ones only counts change."""
    known = {row[0] for row in conn.execute("SELECT key FROM boilerplate WHERE source_id = ?", (source_id,))}
    conn.executemany(
        """
        INSERT INTO boilerplate (source_id, key, text, kind, place, pages, of_pages, examples, state, learned_at,
                                 seen_at)
        VALUES (:source, :key, :text, :kind, :place, :pages, :of, :examples, 'cut', :now, :now)
        ON CONFLICT (source_id, key) DO UPDATE SET
            pages = excluded.pages, of_pages = excluded.of_pages, place = excluded.place,
            examples = excluded.examples, seen_at = excluded.seen_at
        """,
        [
            {
                "source": source_id,
                "key": line.key,
                "text": line.text,
                "kind": line.kind,
                "place": line.place,
                "pages": line.pages,
                "of": line.of,
                "examples": orjson.dumps(line.examples).decode(),
                "now": stamp(now),
            }
            for line in lines
        ],
    )
    return sum(line.key not in known for line in lines)


def decide(conn: sqlite3.Connection, line_id: int, state: State, now: datetime) -> bool:
    """Write down a person's word on a line. Returns False where there is no line with this id, whatever was typed."""
    if line_id.bit_length() > 63:
        return False
    changed = conn.execute(
        "UPDATE boilerplate SET state = ?, decided_at = ? WHERE id = ?", (state, stamp(now), line_id)
    )
    return changed.rowcount > 0


def listed(conn: sqlite3.Connection, source: str | None = None) -> tuple[Learned, ...]:
    """All lines that were learned, of all sources or one, the commonest first within each."""
    found = rows(
        conn,
        """
        SELECT b.*, s.key AS source FROM boilerplate AS b JOIN sources AS s ON s.id = b.source_id
        WHERE ?1 IS NULL OR s.key = ?1 ORDER BY s.key, 1.0 * b.pages / b.of_pages DESC, b.id
        """,
        (source,),
    )
    return tuple(
        Learned(
            id=row["id"],
            source=row["source"],
            line=LearnedLine(
                key=row["key"],
                text=row["text"],
                kind=ClutterKind(row["kind"]),
                place=Place(row["place"]),
                pages=row["pages"],
                of=row["of_pages"],
                examples=tuple(orjson.loads(row["examples"])),
            ),
            state=State(row["state"]),
            learned_at=row["learned_at"],
            seen_at=row["seen_at"],
            decided_at=row["decided_at"],
        )
        for row in found
    )
