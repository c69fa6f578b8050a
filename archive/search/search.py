"""Finding articles: the hits for what somebody typed, in order, how many there are, and what they have in common.

The command line and the pages use the same class. It reads the archive and knows neither terminals nor HTML: what
matched stands between marks, see `archive.search.highlight`.

The work is bounded, whatever is asked of whatever archive, and by numbers alone: the same question has the same answer
on a slow machine. A search for words finds `MOST` articles at most and looks at `LOOKED_AT`, those filed last; a search
that has more says so, and is in order of time: a word that is everywhere says nothing about what fits best. Only terms
that are in fewer articles are ranked by, since bm25 reads every article of every term it is given.

Articles that are not dated stand last in order of time, and are of no day, month or year.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

from archive.search.expressions import expression, is_prefix, of_text
from archive.search.filters import Selection, before, conditions, named, where
from archive.search.highlight import MARK, around, mark_pattern, with_marks
from archive.search.naming import UNDATED, Names, of_year
from archive.search.query import Query, Term, parse
from archive.storage import fact_tokens
from archive.storage.rows import first, rows

MOST: Final = 5_000  # articles found by one search for words; see tests/benchmarks/pages.py for what they cost
LOOKED_AT: Final = 5_000_000  # articles filed last that one search for words looks at

# Weights of bm25 for the columns of the index: a word in the title says what the article is about.
BM25: Final = "bm25(8.0, 3.0, 1.0, 0.0, 8.0, 1.0)"
_TELLING: Final = MOST  # articles that have a word which says what fits best
_SNIPPET_TOKENS: Final = 40
_TEASER: Final = 300  # characters shown where no words were searched
_NOWHERE: Final = 10_000  # offset beyond which nobody pages
_SELECTED: Final = frozenset({"source", "language", "year", "kind"})  # facts that a selection is of


_Counted = TypeVar("_Counted", tuple[str, int], tuple[str, str, int])


class Order(StrEnum):
    """Orders of hits."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to look for; `text` is as typed, days are in UTC and included. Of each fact, one of the values is wanted.

    A source may be named by its id, its name or its host; see `archive.search.filters` for the facts.
    """

    text: str = ""
    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
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

    `undated` counts those that are not dated, as if not narrowed by time. `months` are counts of the hits themselves,
    in their order; `whole` is False where they are those of the hits that were found.
    """

    sources: tuple[tuple[str, str, int], ...]
    languages: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    undated: int
    months: tuple[tuple[str, int], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    source_id: int
    language: str
    published: str  # "" where it is not dated


class Search:
    """One search. Raises UsageError for what cannot be understood, or names what the archive does not have.

    What is asked of it is read when it is asked for; the connection must stay open so long.
    """

    def __init__(self, conn: sqlite3.Connection, question: Question) -> None:
        self._conn = conn
        self._question = question
        self._names = Names(conn)
        self.query = parse(question.text)
        facts, self._rest = self.query.split(_SELECTED)
        chosen, typed = self._chosen(question), named(conn, Selection(**facts))  # type: ignore[arg-type]
        both = {field: _common(getattr(chosen, field), getattr(typed, field)) for field in _SELECTED}
        self._is_nothing = None in both.values()  # what is chosen is not what was typed
        self._selection = replace(chosen, **{field: values or () for field, values in both.items()})  # type: ignore[arg-type]
        self._text = expression(self._rest, self._names.token)  # says at once what is not known
        self._is_plain = self._text is None and not self._selection.kind

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

    @cached_property
    def undated(self) -> int:
        """How many articles fit but for the time, and are not dated. In order of time they stand last."""
        if self._is_nothing:
            return 0
        selection = self._selection.undated() if self._selection.is_of_time else self._selection
        return self._tallied(selection, "year")[""]

    @property
    def is_of_time(self) -> bool:
        """Whether it is narrowed by the time of publication."""
        return self._selection.is_of_time

    @property
    def leaves_out_undated(self) -> bool:
        """Whether what is not dated is left out for that."""
        return self.is_of_time and UNDATED not in self._selection.year

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
            ranked = [article_id for article_id in self._ranking() if article_id in fitting]
            others = fitting.difference(ranked)  # they have none of the words that say something
            ranked += [article_id for article_id in self._in_time(found) if article_id in others]
            return ranked[offset : offset + limit]
        return self._in_time(found)[offset : offset + limit]

    def hits(self, limit: int = 20, offset: int = 0) -> list[Hit]:
        """Return the hits, in order."""
        return hits(self._conn, self.ids(limit, offset), self.query)

    def facets(self) -> Facets:
        """Return what the hits have in common."""
        selection = self._selection
        if self._is_nothing:
            return Facets(sources=(), languages=(), years=(), undated=0, months=(), whole=True)
        named_so = {row["id"]: (row["key"], row["name"]) for row in self._names.sources}
        by_source = self._tallied(replace(selection, source=()), "source")
        by_language = self._tallied(replace(selection, language=()), "language")
        by_year = self._tallied(replace(selection, year=()), "year")
        by_month = self._tallied(selection, "month")
        return Facets(
            sources=_most_first((*named_so[number], times) for number, times in by_source.items()),
            languages=_most_first((str(code), times) for code, times in by_language.items()),
            years=tuple(sorted((str(year), times) for year, times in by_year.items() if year)),
            undated=self.undated,
            months=tuple(sorted((str(month), times) for month, times in by_month.items() if month)),
            whole=self.is_whole,
        )

    def export_selection(self) -> Selection:
        """Return what an export of all that fits is to select."""
        if self._is_nothing:
            return replace(self._selection, ids=())
        return replace(self._selection, match=self._text)

    def _chosen(self, question: Question) -> Selection:
        """The facts that are asked for in the fields of a form."""
        return named(
            self._conn,
            Selection(
                source=question.source, language=question.language, year=question.year, kind=question.kind,
                since=question.since, until=question.until,
            ),
        )  # fmt: skip

    def _in_time(self, found: Iterable[_Row]) -> list[int]:
        """Numbers of articles in order of publication, then those that are not dated in the order of filing."""
        oldest = self._question.order is Order.OLDEST
        dated = sorted((row.published, row.id) for row in found if row.published)
        undated = sorted(row.id for row in found if not row.published)
        if not oldest:
            dated.reverse()
            undated.reverse()
        return [*(number for _, number in dated), *undated]

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
        fits = _in_span(selection)
        (top,) = first(self._conn, "SELECT coalesce(max(id), 0) FROM articles")
        below = max(0, top - LOOKED_AT)
        found: list[_Row] = []
        for row in self._conn.execute(_MATCHING, (match, below)):
            if fits(row[3]):
                if len(found) == MOST:
                    return found, False
                found.append(_Row(*row))
        return found, not below

    def _expression(self, selection: Selection) -> str | None:
        """The expression for a search that is narrowed so; None where nothing can fit."""
        numbers = self._names.numbers
        narrow = [
            [fact_tokens.of_source(numbers[key]) for key in selection.source],
            [fact_tokens.of_language(code) for code in selection.language],
            [fact_tokens.of_kind(kind) for kind in selection.kind],
            [of_year(year) for year in selection.year],
        ]
        narrow = [words for words in narrow if words]
        if selection.since or selection.until:
            # Each alone is one look at the index; both at once would read all of it.
            days = [first(self._conn, f"SELECT {end}(published_at) FROM articles")[0] for end in ("min", "max")]  # noqa: S608
            if days[0] is None:
                return None
            span = fact_tokens.of_span(selection.since, selection.until, _day(days[0]), _day(days[1]))
            if not span:
                return None
            narrow.append(span)
        return expression(self._rest, self._names.token, narrow)

    @cached_property
    def _telling(self) -> tuple[Term, ...]:
        """The wanted terms that are in few enough articles to say something."""
        return tuple(term for term in self.query.words if self._is_telling(term))

    def _is_telling(self, term: Term) -> bool:
        (times,) = first(self._conn, _TIMES, (of_text(term), _TELLING + 1))
        return 0 < int(times) <= _TELLING

    def _ranking(self) -> Iterator[int]:
        """Where every word must occur, so must those that are ranked by; else any of them brings an article here."""
        match = (" AND " if self.query.is_row else " OR ").join(map(of_text, self._telling))
        for row in self._conn.execute(_RANKED, (match,)):
            yield row[0]

    # Without words: in the tables ------------------------------------------------------------------------------------

    def _plain_ids(self, limit: int, offset: int) -> list[int]:
        """The numbers in order; those that are not dated come last, for NULL is less than every time."""
        offset = min(offset, _NOWHERE)
        if self._question.order is not Order.OLDEST:
            return self._plain("", "a.published_at DESC, a.id DESC", limit, offset)
        found = self._plain("a.published_at IS NOT NULL", "a.published_at, a.id", limit, offset)
        if len(found) < limit:
            dated = self.total - self._counted(self._selection, "year")[""]
            found += self._plain("a.published_at IS NULL", "a.id", limit - len(found), max(0, offset - dated))
        return found

    def _plain(self, clause: str, order: str, limit: int, offset: int) -> list[int]:
        clauses, values = conditions(self._selection)
        sql = f"SELECT a.id FROM articles AS a WHERE {where([*clauses, *([clause] if clause else [])])}"  # noqa: S608
        return [
            row[0] for row in rows(self._conn, f"{sql} ORDER BY {order} LIMIT ? OFFSET ?", [*values, limit, offset])
        ]

    def _counted(self, selection: Selection, by: str) -> Counter[object]:
        """Counts of articles: kept ones for whole months, and new ones for the months in which the span ends."""
        column, key_of = _KEYS[by]
        clauses, values = conditions(replace(selection, since=None, until=None, year=()))
        if selection.year:
            clauses.append(f"substr(a.month, 1, 4) IN ({', '.join('?' * len(selection.year))})")
            values += ["" if year == UNDATED else year for year in selection.year]
        if selection.since or selection.until:
            clauses.append("a.month <> ''")
        if selection.since:
            clauses.append(f"a.month > '{selection.since:%Y-%m}'")
        if selection.until:
            clauses.append(f"a.month < '{selection.until:%Y-%m}'")
        tally: Counter[object] = Counter()
        sql = f"SELECT {column}, sum(a.articles) FROM article_counts AS a WHERE {where(clauses)} GROUP BY 1"  # noqa: S608
        for key, articles in self._conn.execute(sql, values):
            tally[key] += articles
        sources = {self._names.numbers[key] for key in selection.source}
        for row, articles in self._at_the_ends(selection):
            fits = (
                (not sources or row.source_id in sources)
                and (not selection.language or row.language in selection.language)
                and (not selection.year or row.published[:4] in selection.year)
            )
            tally[key_of(row)] += articles if fits else 0
        return +tally

    def _at_the_ends(self, selection: Selection) -> list[tuple[_Row, int]]:
        """Counts for the months in which the days that were asked for begin and end; each is read once."""
        days = selection.since, selection.until
        if days not in self._ends:
            begin, end = _span(selection)
            self._ends[days] = [
                (_Row(0, *facts), articles)
                for month in sorted({f"{day:%Y-%m}" for day in days if day})
                for *facts, articles in self._conn.execute(_BETWEEN, (max(begin, month), min(end, month + "~")))
            ]
        return self._ends[days]

    @cached_property
    def _ends(self) -> dict[tuple[date | None, date | None], list[tuple[_Row, int]]]:
        return {}

    # What they have in common ----------------------------------------------------------------------------------------

    def _tallied(self, selection: Selection, by: str) -> Counter[object]:
        if self._is_plain:
            return self._counted(selection, by)
        _, key_of = _KEYS[by]
        return Counter(map(key_of, self._found(selection)[0]))


def newest(conn: sqlite3.Connection, limit: int, source: str | None = None) -> list[Hit]:
    """Return the newest articles; those that are not dated only where there are too few others."""
    return Search(conn, Question(source=(source,) if source else (), order=Order.NEWEST)).hits(limit)


def hits(conn: sqlite3.Connection, ids: Sequence[int], query: Query) -> list[Hit]:
    """Return what there is to show of articles, in this order, with marks for what was looked for."""
    marks = ",".join("?" * len(ids))
    facts = {row["id"]: dict(row) for row in rows(conn, _FACTS.format(marks), ids)}  # only question marks
    match = " OR ".join(map(of_text, query.words)) if not any(map(is_prefix, query.words)) else ""
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


def _common(chosen: tuple[str, ...], typed: tuple[str, ...]) -> tuple[str, ...] | None:
    """What two lists of wanted values have in common; an empty one wants every value. None: nothing."""
    if not chosen or not typed:
        return chosen or typed
    return tuple(value for value in chosen if value in typed) or None


def _span(selection: Selection) -> tuple[str, str]:
    """The days that were asked for as text that `published_at` is compared with: from, and before."""
    return selection.since.isoformat() if selection.since else "", before(selection.until or date.max)


def _in_span(selection: Selection) -> Callable[[str], bool]:
    """Whether a time of publication, "" for none, is of the span that was asked for. The index knows months only."""
    begin, end = _span(selection)
    years = {"" if year == UNDATED else year for year in selection.year}
    spanned = bool(selection.since or selection.until)

    def fits(published: str) -> bool:
        if spanned and not (published and begin <= published < end):
            return False
        return not years or published[:4] in years

    return fits


def _day(moment: str) -> date:
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return date.min  # somebody else's hand; a span that begins early costs time only


# What hits are counted by -> in the table of counts, and of a row that was found.
_KEYS: Final[dict[str, tuple[str, Callable[[_Row], object]]]] = {
    "source": ("a.source_id", lambda row: row.source_id),
    "language": ("a.language", lambda row: row.language),
    "year": ("substr(a.month, 1, 4)", lambda row: row.published[:4]),
    "month": ("a.month", lambda row: row.published[:7]),
}
_BETWEEN: Final = """
    SELECT source_id, coalesce(language, ''), substr(published_at, 1, 7), count(*)
    FROM articles INDEXED BY articles_published WHERE published_at >= ? AND published_at < ? GROUP BY 1, 2, 3
"""
_MATCHING: Final = """
    SELECT a.id, a.source_id, coalesce(a.language, ''), coalesce(a.published_at, '')
    FROM articles_fts CROSS JOIN articles AS a INDEXED BY articles_facets ON a.id = articles_fts.rowid
    WHERE articles_fts MATCH ? AND articles_fts.rowid > ? ORDER BY articles_fts.rowid DESC
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
