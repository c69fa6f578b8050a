"""Finding articles: the hits for what somebody typed, in order, how many there are, and what they have in common.

The command line and the pages use the same class. It reads the archive and knows neither terminals nor HTML: what
matched stands between marks, see `archive.marks`.

The work is bounded, whatever is asked of whatever archive. At most `MOST` articles are looked at, those filed last; a
search that has more says so, and is in order of time: a word that is everywhere says nothing about what fits best. Only
terms that are in fewer articles are ranked by, since bm25 reads every article of every term it is given.
"""

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

from archive import terms
from archive.errors import UsageError
from archive.marks import MARK, around, mark_pattern, with_marks
from archive.query import Query, Term, expression, is_prefix, of_text, parse
from archive.rows import first, rows
from archive.selection import Selection, check, conditions, where

MOST: Final = 5_000  # articles looked at for one search; see tests/benchmarks/pages.py for what they cost

# Weights of bm25 for the columns of the index: a word in the title says what the article is about.
BM25: Final = "bm25(8.0, 3.0, 1.0, 0.0, 8.0, 1.0)"
_SNIPPET_TOKENS: Final = 40
_TEASER: Final = 300  # characters shown where no words were searched
_STRIDE: Final = 20_000  # articles of the first step back in time; those that follow are longer where it was quick
_QUICK: Final = 0.01  # seconds
_SECONDS: Final = 0.12  # of one search, after which no further step is made
_NOWHERE: Final = 10_000  # offset beyond which nobody pages


_Counted = TypeVar("_Counted", tuple[str, int], tuple[str, str, int])


class Order(StrEnum):
    """Orders of hits."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to look for; `text` is as typed, days are in UTC and included. See `archive.selection` for the facts."""

    text: str = ""
    source: str | None = None
    language: str | None = None
    year: int | None = None
    since: date | None = None
    until: date | None = None
    order: Order = Order.BEST


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What hits have in common: counts of sources (key, name), languages and years, each as if not narrowed by itself.

    `months` are counts of the hits themselves, in their order; `whole` is False where they are those of the hits that
    were looked at.
    """

    sources: tuple[tuple[str, str, int], ...]
    languages: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, int], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    source_id: int
    language: str
    sort_at: str


class Search:
    """One search. Raises UsageError for a source, language or kind that the archive does not have.

    What is asked of it is read when it is asked for; the connection must stay open so long.
    """

    def __init__(self, conn: sqlite3.Connection, question: Question) -> None:
        self._conn = conn
        self._question = question
        self._deadline = time.perf_counter() + _SECONDS
        self.query = parse(question.text)
        self._names = {row["id"]: (row["key"], row["name"]) for row in rows(conn, "SELECT id, key, name FROM sources")}
        self._sources = {key: number for number, (key, _) in self._names.items()}
        self._selection = self._selected(question)
        for selection in (self._selection, self._excluded()):
            check(conn, selection)
        self._is_plain = not (self.query.words or self.query.unwanted or self._selection.kind)

    @property
    def is_ranked(self) -> bool:
        """Whether the hits come in the order of how well they fit."""
        return self._question.order is Order.BEST and self.is_whole and bool(self._telling)

    @cached_property
    def total(self) -> int:
        """How many articles fit; where the search is not whole, at least so many."""
        if self._is_nothing:
            return 0
        if self._is_plain:
            return sum(self._counted(self._selection, "language").values())
        return len(self._found(self._selection)[0])

    @property
    def is_whole(self) -> bool:
        """Whether every article that fits was found; if not, those that were filed last."""
        return self._is_nothing or self._is_plain or self._found(self._selection)[1]

    def ids(self, limit: int, offset: int = 0) -> list[int]:
        """Return the numbers of articles that fit, in order."""
        if self._is_nothing:
            return []
        if self._is_plain:
            return self._plain_ids(limit, offset)
        found, _ = self._found(self._selection)
        if self.is_ranked:
            fitting = {row.id for row in found}
            return [article_id for article_id in self._ranking() if article_id in fitting][offset : offset + limit]
        in_time = sorted(found, key=lambda row: (row.sort_at, row.id), reverse=self._question.order is not Order.OLDEST)
        return [row.id for row in in_time[offset : offset + limit]]

    def hits(self, limit: int = 20, offset: int = 0) -> list[Hit]:
        """Return the hits, in order."""
        return hits(self._conn, self.ids(limit, offset), self.query)

    def facets(self) -> Facets:
        """Return what the hits have in common."""
        selection = self._selection
        if self._is_nothing:
            return Facets(sources=(), languages=(), years=(), months=(), whole=True)
        by_source = self._tallied(replace(selection, source=()), "source")
        by_language = self._tallied(replace(selection, language=()), "language")
        by_year = self._tallied(replace(selection, year=None), "year")
        by_month = self._tallied(selection, "month")
        return Facets(
            sources=_most_first((*self._names[number], times) for number, times in by_source.items()),
            languages=_most_first((str(code), times) for code, times in by_language.items()),
            years=tuple(sorted((str(year), times) for year, times in by_year.items())),
            months=tuple(sorted((str(month), times) for month, times in by_month.items())),
            whole=self.is_whole,
        )

    def export_selection(self) -> Selection:
        """Return what an export of all that fits is to select. Raises UsageError where the query has no word in it."""
        if self.query.unusable:
            raise UsageError(f'there is no word in "{self._question.text.strip()}" to look for')
        return replace(self._selection, match=expression(self.query, self._sources))

    # What is meant ---------------------------------------------------------------------------------------------------

    def _selected(self, question: Question) -> Selection:
        """The facts that are asked for, in the fields of a form or in the text."""
        return Selection(
            source=(question.source,) if question.source else self.query.facts("source"),
            language=(question.language,) if question.language else self.query.facts("language"),
            kind=self.query.facts("kind"),
            year=question.year if question.year is not None else self._typed_year(),
            since=question.since,
            until=question.until,
        )

    def _typed_year(self) -> int | None:
        years = self.query.facts("year")
        for year in years:
            if not re.fullmatch("[0-9]{4}", year):
                raise UsageError(f'year: "{year}" is not a year; write it as year:2026')
        if len(years) > 1:
            raise UsageError(f"an article has one year; {' and '.join(years)} are too many")
        return int(years[0]) if years else None

    @property
    def _is_nothing(self) -> bool:
        """Whether nothing can fit: no word was typed, or what is chosen is not what was typed."""
        chosen = {"source": self._question.source, "language": self._question.language, "year": self._question.year}
        typed = {field: self.query.facts(field) for field in chosen}
        return self.query.unusable or any(
            chosen[field] is not None and typed[field] and str(chosen[field]) not in typed[field] for field in chosen
        )

    def _excluded(self) -> Selection:
        """The facts that are not wanted: to be checked, for a misspelt one would exclude nothing."""
        named: dict[str, tuple[str, ...]] = {
            field: tuple(term.text for term in self.query.unwanted if term.field == field)
            for field in ("source", "language", "kind")
        }
        return Selection(**named)  # type: ignore[arg-type]

    # With words: in the index ----------------------------------------------------------------------------------------

    def _found(self, selection: Selection) -> tuple[list[_Row], bool]:
        if selection not in self._kept:
            self._kept[selection] = self._collected(selection)
        return self._kept[selection]

    @cached_property
    def _kept(self) -> dict[Selection, tuple[list[_Row], bool]]:
        return {}

    def _collected(self, selection: Selection) -> tuple[list[_Row], bool]:
        """Up to MOST articles that fit, those filed last first, and whether they are all."""
        match = self._expression(selection)
        if match is None:
            return [], True
        begin, end = _bounds(selection)
        (top,) = first(self._conn, "SELECT coalesce(max(id), 0) FROM articles")
        # What words begin with is looked up anew for every step: such a search is made in one.
        stride = top if any(map(is_prefix, (*self.query.wanted, *self.query.unwanted))) else _STRIDE
        found: list[_Row] = []
        while top > 0:
            begun = time.perf_counter()
            below = max(0, top - stride)
            matching = self._conn.execute(_MATCHING, (match, below, top, MOST + 1 - len(found)))
            found += [_Row(*row) for row in matching if begin <= row[3] < end]
            if len(found) > MOST:
                return found[:MOST], False
            top, now = below, time.perf_counter()
            stride *= 2 if now - begun < _QUICK else 1
            if top and now > self._deadline:
                return found, False
        return found, True

    def _expression(self, selection: Selection) -> str | None:
        """The expression for a search that is narrowed so; None where nothing can fit."""
        narrow = []
        if selection.source:
            narrow.append([terms.of_source(self._sources[key]) for key in selection.source])
        if selection.language:
            narrow.append([terms.of_language(code) for code in selection.language])
        if selection.year is not None:
            narrow.append([terms.of_year(selection.year)])
        if selection.since or selection.until:
            # Each alone is one look at the index; both at once would read all of it.
            days = [first(self._conn, f"SELECT {end}(sort_at) FROM articles")[0] for end in ("min", "max")]  # noqa: S608
            if days[0] is None:
                return None
            span = terms.of_span(selection.since, selection.until, _day(days[0]), _day(days[1]))
            if not span:
                return None
            narrow.append(span)
        text = replace(self.query, wanted=tuple(
            term for term in self.query.wanted if term.field not in {"source", "language", "year"}
        ))  # fmt: skip
        return expression(text, self._sources, narrow)

    @cached_property
    def _telling(self) -> tuple[Term, ...]:
        """The wanted terms that are in few enough articles to say something."""
        return tuple(term for term in self.query.words if self._is_telling(term))

    def _is_telling(self, term: Term) -> bool:
        (times,) = first(self._conn, _TIMES, (of_text(term), MOST + 1))
        return 0 < int(times) <= MOST

    def _ranking(self) -> Iterator[int]:
        match = " AND ".join(map(of_text, self._telling))
        for row in self._conn.execute(_RANKED, (match,)):
            yield row[0]

    # Without words: in the tables ------------------------------------------------------------------------------------

    def _plain_ids(self, limit: int, offset: int) -> list[int]:
        clauses, values = conditions(self._selection)
        way = "" if self._question.order is Order.OLDEST else " DESC"
        sql = (
            f"SELECT a.id FROM articles AS a WHERE {where(clauses)} ORDER BY a.sort_at{way}, a.id{way} LIMIT ? OFFSET ?"  # noqa: S608
        )
        return [row[0] for row in rows(self._conn, sql, [*values, limit, min(offset, _NOWHERE)])]

    def _counted(self, selection: Selection, by: str) -> Counter[object]:
        """Counts of articles: kept ones for whole months, and new ones for the months in which the span ends."""
        column, key_of = _KEYS[by]
        clauses, values = conditions(replace(selection, since=None, until=None, year=None))
        if selection.year is not None:
            clauses.append(f"a.month BETWEEN '{selection.year:04}-01' AND '{selection.year:04}-12'")
        if selection.since:
            clauses.append(f"a.month > '{selection.since:%Y-%m}'")
        if selection.until:
            clauses.append(f"a.month < '{selection.until:%Y-%m}'")
        tally: Counter[object] = Counter()
        sql = f"SELECT {column}, sum(a.articles) FROM article_counts AS a WHERE {where(clauses)} GROUP BY 1"  # noqa: S608
        for key, articles in self._conn.execute(sql, values):
            tally[key] += articles
        sources = {self._sources[key] for key in selection.source}
        for row, articles in self._at_the_ends(*_bounds(selection)):
            fits = (not sources or row.source_id in sources) and (
                not selection.language or row.language in selection.language
            )
            tally[key_of(row)] += articles if fits else 0
        return +tally

    def _at_the_ends(self, begin: str, end: str) -> list[tuple[_Row, int]]:
        """Counts for the months in which the days that were asked for begin and end; each is read once."""
        days = (self._question.since, self._question.until)
        if (begin, end) not in self._ends:
            self._ends[begin, end] = [
                (_Row(0, *facts), articles)
                for month in sorted({f"{day:%Y-%m}" for day in days if day})
                for *facts, articles in self._conn.execute(_BETWEEN, (max(begin, month), min(end, month + "~")))
            ]
        return self._ends[begin, end]

    @cached_property
    def _ends(self) -> dict[tuple[str, str], list[tuple[_Row, int]]]:
        return {}

    # What they have in common ----------------------------------------------------------------------------------------

    def _tallied(self, selection: Selection, by: str) -> Counter[object]:
        if self._is_plain:
            return self._counted(selection, by)
        _, key_of = _KEYS[by]
        return Counter(map(key_of, self._found(selection)[0]))


def newest(conn: sqlite3.Connection, limit: int, source: str | None = None) -> list[Hit]:
    """Return the newest articles."""
    return Search(conn, Question(source=source, order=Order.NEWEST)).hits(limit)


def hits(conn: sqlite3.Connection, ids: Sequence[int], query: Query) -> list[Hit]:
    """Return what there is to show of articles, in this order, with marks for what was looked for."""
    marks = ",".join("?" * len(ids))
    facts = {row["id"]: dict(row) for row in rows(conn, _FACTS.format(marks), ids)}  # only question marks
    match = " AND ".join(map(of_text, query.words)) if not any(map(is_prefix, query.words)) else ""
    marked = {row["id"]: row for row in rows(conn, _MARKED.format(marks), [match, *ids])} if match else {}
    pattern = mark_pattern(query, spaced=not match)
    return [_hit(conn, facts[article_id], marked.get(article_id), pattern) for article_id in ids if article_id in facts]


def _hit(
    conn: sqlite3.Connection, facts: dict[str, object], marked: sqlite3.Row | None, pattern: re.Pattern[str] | None
) -> Hit:
    title, snippet = str(facts.pop("title")), str(facts.pop("teaser") or "")
    published, precision = facts.pop("published_at"), facts.pop("published_precision")
    if marked is not None:
        title, snippet = marked["title"], marked["snippet"]
    if pattern is not None:
        title = with_marks(title, pattern)
        if MARK not in snippet:
            snippet = around(first(conn, _TEXT, (facts["id"],))[0], pattern) or snippet
        snippet = with_marks(snippet, pattern)
    return Hit(
        title=title,
        snippet=snippet,
        published=published[:10] if isinstance(published, str) and precision == "day" else published,  # type: ignore[arg-type]
        first_seen=facts.pop("first_seen_at"),  # type: ignore[arg-type]
        **facts,  # type: ignore[arg-type]  # the columns that _FACTS names as the fields are named
    )


def _most_first(counted: Iterable[_Counted]) -> tuple[_Counted, ...]:
    return tuple(sorted(counted, key=lambda each: (-each[-1], each[0])))


def _bounds(selection: Selection) -> tuple[str, str]:
    """The span of time as text that `sort_at` is compared with: from, and before."""
    begin = max(
        selection.since.isoformat() if selection.since else "",
        f"{selection.year:04}" if selection.year is not None else "",
    )
    ends = ["~"]  # behind every digit
    if selection.until and selection.until < date.max:
        ends.append((selection.until + timedelta(days=1)).isoformat())
    if selection.year is not None:
        ends.append(f"{selection.year:04}~")
    return begin, min(ends)


def _day(moment: str) -> date:
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return date.min  # somebody else's hand; a span that begins early costs time only


# What hits are counted by -> in the table of counts, and of a row that was found.
_KEYS: Final[dict[str, tuple[str, Callable[[_Row], object]]]] = {
    "source": ("a.source_id", lambda row: row.source_id),
    "language": ("a.language", lambda row: row.language),
    "year": ("substr(a.month, 1, 4)", lambda row: row.sort_at[:4]),
    "month": ("a.month", lambda row: row.sort_at[:7]),
}
_BETWEEN: Final = """
    SELECT source_id, coalesce(language, ''), substr(sort_at, 1, 7), count(*) FROM articles INDEXED BY articles_sort
    WHERE sort_at >= ? AND sort_at < ? GROUP BY 1, 2, 3
"""
_MATCHING: Final = """
    SELECT a.id, a.source_id, coalesce(a.language, ''), coalesce(a.published_at, a.first_seen_at)
    FROM articles_fts CROSS JOIN articles AS a INDEXED BY articles_facets ON a.id = articles_fts.rowid
    WHERE articles_fts MATCH ? AND articles_fts.rowid > ? AND articles_fts.rowid <= ?
    ORDER BY articles_fts.rowid DESC LIMIT ?
"""
_TIMES: Final = "SELECT count(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)"
_RANKED: Final = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? AND rank MATCH '{BM25}' ORDER BY rank"  # noqa: S608
_TEXT: Final = "SELECT v.text FROM articles AS a LEFT JOIN versions AS v ON v.id = a.version_id WHERE a.id = ?"
_FACTS: Final = f"""
    SELECT a.id, s.key AS source, s.name AS source_name, a.title, a.byline, a.published_at, a.published_precision,
        a.first_seen_at, a.language, a.url, a.words, coalesce(a.standfirst, substr(v.text, 1, {_TEASER})) AS teaser
    FROM articles AS a JOIN sources AS s ON s.id = a.source_id LEFT JOIN versions AS v ON v.id = a.version_id
    WHERE a.id IN ({{}})
"""  # noqa: S608
_MARKED: Final = f"""
    SELECT rowid AS id, highlight(articles_fts, 0, char(2), char(3)) AS title,
        snippet(articles_fts, 2, char(2), char(3), '…', {_SNIPPET_TOKENS}) AS snippet
    FROM articles_fts WHERE articles_fts MATCH ? AND rowid IN ({{}})
"""  # noqa: S608
