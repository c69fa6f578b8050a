"""What was cut, by rule: counts that are kept, and the cuts of one rule, newest first. Reads the archive."""

import sqlite3
from typing import Any, Final

from archive.browse.look import plots
from archive.browse.look.plots import Plot
from archive.search.filters import of_source, where
from archive.storage.rows import first, rows

CUTS_A_PAGE: Final = 40


def rules(conn: sqlite3.Connection, *, kind: str | None, source: str | None) -> list[dict[str, Any]]:
    """Return every rule and kind with the number of its cuts, words and sources, the most frequent first."""
    clauses, values = of_source(source)
    if kind:
        clauses.append("kind = ?")
        values.append(kind)
    sql = f"""
        SELECT rule, kind, sum(cuts) AS cuts, sum(words) AS words, count(*) AS sources
        FROM cut_counts AS a WHERE {where(clauses)} GROUP BY rule, kind ORDER BY cuts DESC, rule, kind
    """  # noqa: S608 - conditions of our own
    return [dict(row) for row in rows(conn, sql, values)]


def kinds(conn: sqlite3.Connection) -> list[str]:
    """Return the kinds of what was cut."""
    return [row[0] for row in rows(conn, "SELECT DISTINCT kind FROM cut_counts ORDER BY kind")]


def cuts(
    conn: sqlite3.Connection, *, rule: str, kind: str | None, source: str | None, before: int | None
) -> list[dict[str, Any]]:
    """Return cuts of a rule, the last first, and one more than fit on a page where there are more."""
    kinds = [kind] if kind else [row[0] for row in rows(conn, _KINDS_OF, (rule,))]
    values = {"rule": rule, "source": source, "before": before, "most": CUTS_A_PAGE + 1}
    sql = _OF_SOURCE if source and is_small(conn, source) else _OF_RULE
    found = [dict(row) for each in kinds for row in rows(conn, sql, {**values, "kind": each})]
    return sorted(found, key=lambda cut: -cut["id"])[: CUTS_A_PAGE + 1]


def is_small(conn: sqlite3.Connection, source: str) -> bool:
    """Whether a list of what a source has is made quicker from its articles than by looking for it among all."""
    return bool(first(conn, _ARTICLES_OF, (source,))[0] <= _SMALL)


def kept_and_cut(conn: sqlite3.Connection, source: str | None = None) -> Plot | None:
    """Return the words kept and cut by month."""
    counted = {row["month"]: [row["kept"], row["cut"]] for row in rows(conn, _WORDS, {"source": source})}
    return plots.plot("Words a month", plots.by_month(counted), ("kept", "cut"))


_WORDS: Final = """
    SELECT month, sum(words) AS kept, sum(removed_words) AS cut FROM article_counts
    WHERE month <> '' AND (:source IS NULL OR source_id = (SELECT id FROM sources WHERE key = :source)) GROUP BY month
"""
_SMALL: Final = 5_000  # articles
_ARTICLES_OF: Final = """
    SELECT coalesce(sum(articles), 0) FROM article_counts WHERE source_id = (SELECT id FROM sources WHERE key = ?)
"""
_KINDS_OF: Final = "SELECT DISTINCT kind FROM cut_counts WHERE rule = ?"
_CUT: Final = """
    SELECT r.id, r.kind, r.text, r.words, r.after_paragraph, r.article_id, a.title, a.language, s.key,
        s.name AS source, a.version_id = r.version_id AS is_current
"""
_FITS: Final = "r.rule = :rule AND r.kind = :kind AND (:before IS NULL OR r.id < :before)"
_FROM_SOURCE: Final = "a.source_id = (SELECT id FROM sources WHERE key = :source)"
_OF_RULE: Final = f"""
    {_CUT} FROM removed AS r INDEXED BY removed_rule CROSS JOIN articles AS a ON a.id = r.article_id
    CROSS JOIN sources AS s ON s.id = a.source_id
    WHERE {_FITS} AND (:source IS NULL OR {_FROM_SOURCE}) ORDER BY r.id DESC LIMIT :most
"""
_OF_SOURCE: Final = f"""
    {_CUT} FROM articles AS a INDEXED BY articles_source CROSS JOIN removed AS r ON r.article_id = a.id
    CROSS JOIN sources AS s ON s.id = a.source_id
    WHERE {_FITS} AND {_FROM_SOURCE} ORDER BY r.id DESC LIMIT :most
"""
