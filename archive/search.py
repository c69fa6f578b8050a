"""Finding articles by their words: what people type, made a query that cannot fail, and the ranked hits.

The command line and the pages use the same functions. It reads the archive and knows neither terminals nor HTML:
what matched stands between `MARK` and `UNMARK`, see `spans`.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive.rows import first, rows
from archive.selection import Selection, check, conditions, where
from archive.text import scrub

MARK: Final = "\x02"  # control characters: no stored text has them (archive.text.scrub), so no text can forge a mark
UNMARK: Final = "\x03"

MAX_QUERY: Final = 1_000  # characters; more was pasted by accident
MAX_TERMS: Final = (
    32  # wanted, and as many unwanted: FTS5 refuses expressions nested deeper than 256, and nobody types 32 words
)

# Weights of bm25 for title, byline and text: a word in the title says what the article is about.
_BM25: Final = "bm25(8.0, 3.0, 1.0)"
_SNIPPET_TOKENS: Final = 40
_TEASER: Final = 300  # characters shown where no words were searched

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | {"−": "-"})
_PIECE: Final = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)(?:"|$)(?P<star>\*)?|(?P<word>[^\s"]+))')
# Scripts written without spaces: the tokenizer takes a whole run as one word, so we search for runs that begin so.
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase; `prefix` matches words that begin so."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to find and what not. `typed` is False where nothing was typed: then every article is meant."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    typed: bool = False

    @property
    def unusable(self) -> bool:
        """Whether something was typed, but no word in it ("?!")."""
        return self.typed and not self.wanted and not self.unwanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article found. `title` and `snippet` carry marks around what matched; times are ISO 8601 text in UTC."""

    id: int
    source: str
    source_name: str
    title: str
    snippet: str
    byline: str | None
    published: str | None
    first_seen: str
    language: str | None
    url: str
    words: int


def parse(text: str) -> Query:
    """Read what a person typed: words, "phrases", begin*, -not, -"not this". Total: every text is a query."""
    typed = scrub(text).strip()[:MAX_QUERY]
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for piece in _PIECE.finditer(typed.translate(_QUOTES)):
        term, terms = _term(piece), unwanted if piece["minus"] else wanted
        if _has_token(term.text) and len(terms) < MAX_TERMS:
            terms.append(term)
    return Query(wanted=tuple(wanted), unwanted=tuple(unwanted), typed=bool(text.strip()))


def expression(query: Query) -> str | None:
    """Return the FTS5 expression for the wanted terms without the unwanted ones; None where no term is wanted.

    Every term stands in quotation marks, so nothing in it is syntax (https://sqlite.org/fts5.html, section 3).
    """
    if not query.wanted:
        return None
    wanted = " AND ".join(map(_quoted, query.wanted))
    return f"({wanted}) NOT ({_any(query.unwanted)})" if query.unwanted else wanted


def search(
    conn: sqlite3.Connection,
    query: str,
    limit: int = 20,
    offset: int = 0,
    *,
    source: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Hit]:
    """Return the hits for what a person typed, best first; newest first where no word is wanted.

    Raises UsageError for a source or language that the archive does not have.
    """
    asked = parse(query)
    selection = _selection(conn, source, language, since, until)
    if asked.unusable:
        return []
    find = _ranked if asked.wanted else _newest
    return [_hit(row) for row in find(conn, asked, selection, limit, offset)]


def count(
    conn: sqlite3.Connection,
    query: str,
    *,
    source: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Return how many articles `search` would find in all."""
    asked = parse(query)
    selection = _selection(conn, source, language, since, until)
    if asked.unusable:
        return 0
    clauses, values = conditions(selection)
    if not asked.wanted:
        _leave_out(asked, clauses, values)
        return _number(conn, f"SELECT count(*) FROM articles AS a WHERE {where(clauses)}", values)  # noqa: S608
    match = expression(asked)
    if not clauses:
        return _number(conn, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", [match])
    sql = f"""
        SELECT count(*) FROM articles_fts CROSS JOIN articles AS a ON a.id = articles_fts.rowid
        WHERE articles_fts MATCH ? AND {where(clauses)}
    """  # noqa: S608
    return _number(conn, sql, [match, *values])


def spans(marked: str) -> Iterator[tuple[str, bool]]:
    """Split a marked title or snippet into pieces of text, each with whether it matched."""
    for piece in re.split(f"({MARK}[^{UNMARK}]*{UNMARK}?)", marked):
        if piece:
            yield piece.strip(MARK + UNMARK), piece.startswith(MARK)


_FACTS = """
    a.id, s.key AS source, s.name AS source_name, a.byline, a.published_at, a.published_precision, a.first_seen_at,
    a.language, a.url, a.words
"""


def _ranked(conn: sqlite3.Connection, query: Query, selection: Selection, limit: int, offset: int) -> Iterator[object]:
    clauses, values = conditions(selection)
    # CROSS JOIN keeps the index outside, and ORDER BY rank alone lets FTS5 sort: then snippets are cut for one page
    # of hits only. Any other order would cut one for every hit first.
    sql = f"""
        SELECT {_FACTS},
            highlight(articles_fts, 0, char(2), char(3)) AS title,
            snippet(articles_fts, 2, char(2), char(3), '…', {_SNIPPET_TOKENS}) AS snippet
        FROM articles_fts
        CROSS JOIN articles AS a ON a.id = articles_fts.rowid
        CROSS JOIN sources AS s ON s.id = a.source_id
        WHERE articles_fts MATCH ? AND articles_fts.rank MATCH '{_BM25}' AND {where(clauses)}
        ORDER BY articles_fts.rank LIMIT ? OFFSET ?
    """  # noqa: S608
    return rows(conn, sql, [expression(query), *values, limit, offset])


def _newest(conn: sqlite3.Connection, query: Query, selection: Selection, limit: int, offset: int) -> Iterator[object]:
    clauses, values = conditions(selection)
    _leave_out(query, clauses, values)
    sql = f"""
        SELECT {_FACTS}, a.title, coalesce(a.standfirst, substr(v.text, 1, {_TEASER})) AS snippet
        FROM articles AS a JOIN sources AS s ON s.id = a.source_id LEFT JOIN versions AS v ON v.id = a.version_id
        WHERE {where(clauses)} ORDER BY a.sort_at DESC LIMIT ? OFFSET ?
    """  # noqa: S608
    return rows(conn, sql, [*values, limit, offset])


def _leave_out(query: Query, clauses: list[str], values: list[object]) -> None:
    """Add the condition for a query of unwanted terms alone, which FTS5 cannot say."""
    if query.unwanted:
        clauses.append("a.id NOT IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)")
        values.append(_any(query.unwanted))


def _selection(
    conn: sqlite3.Connection, source: str | None, language: str | None, since: date | None, until: date | None
) -> Selection:
    selection = Selection(
        source=(source,) if source else (), language=(language,) if language else (), since=since, until=until
    )
    check(conn, selection)
    return selection


def _hit(row: object) -> Hit:
    facts = dict(row)  # type: ignore[call-overload]  # a sqlite3.Row is a mapping in all but its type
    published, precision = facts.pop("published_at"), facts.pop("published_precision")
    return Hit(
        published=published[:10] if published and precision == "day" else published,
        first_seen=facts.pop("first_seen_at"),
        **facts,
    )


def _term(piece: re.Match[str]) -> Term:
    text = piece["phrase"] if piece["word"] is None else piece["word"]
    starred = bool(piece["star"]) or (piece["word"] is not None and text.endswith("*"))
    bare = text.rstrip("*").strip()
    return Term(text=bare, prefix=starred or bool(_UNSPACED.search(bare)))


def _has_token(text: str) -> bool:
    """Whether the tokenizer finds a word in it: unicode61 takes letters, numbers and private use characters."""
    return any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co" for char in text)


def _quoted(term: Term) -> str:
    return '"' + term.text.replace('"', '""') + '"' + ("*" if term.prefix else "")


def _any(terms: tuple[Term, ...]) -> str:
    return " OR ".join(map(_quoted, terms))


def _number(conn: sqlite3.Connection, sql: str, values: list[object]) -> int:
    return int(first(conn, sql, values)[0])
