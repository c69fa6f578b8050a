"""The search page, and what else a search can become: a feed (RFC 4287), or a file of what it found."""

import hashlib
import io
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # Datasette ships no types

from archive.browse import bridge
from archive.browse.look import plots
from archive.browse.look.plots import Plot
from archive.browse.look.render import HEADERS, page
from archive.browse.pages.page_request import Asked, TooSlowError, ask, ask_or_none, enter, html
from archive.browse.pages.sources import names
from archive.errors import UsageError
from archive.export import export, left_out
from archive.search.filters import conditions, where
from archive.search.naming import UNDATED, Names, languages
from archive.search.search import Facets, Hit, Order, Question, Search
from archive.storage.read_article import plain, stored
from archive.storage.rows import rows

HITS_A_PAGE: Final = 20
LAST_PAGE: Final = 500  # who wants more narrows the search or exports
MOST_EXPORTED: Final = 1_000  # articles in a file that is made while somebody waits; `cuttings export` has no bound
_OF_A_FEED: Final = 50
_FACETS_SHOWN: Final = 12
_FIELDS: Final = ("q", "source", "language", "year", "kind", "from", "to", "sort")
_MANY: Final = ("source", "language", "year", "kind")  # fields of which one value of several may be wanted
_TABLES: Final = ("articles", "versions", "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of hits, how many there are in all, what they have in common, and the milliseconds it took."""

    hits: tuple[Hit, ...]
    total: int
    is_whole: bool
    is_ranked: bool
    undated: int
    is_of_time: bool
    leaves_out_undated: bool
    sources: dict[str, str]
    facets: Facets | None
    months: Plot | None
    ms: int


async def search_page(datasette: Any, request: Any) -> Response:
    """`/search`: any input gets an answer; a filter that cannot be meant is named, never ignored."""
    database = await enter(datasette, request, _TABLES)
    asked, found, problem, status = Asked(request.args, (*_FIELDS, "page"), _MANY), None, None, HTTPStatus.OK
    number = 1
    try:
        asked.check()
        number = min(asked.number("page") or 1, LAST_PAGE)
        question = _question(asked)
        found = await ask(datasette, database, lambda conn: _find(conn, question, number))
    except UsageError as error:
        problem, status = str(error), HTTPStatus.BAD_REQUEST
    except TooSlowError:
        problem = "this search takes too long; add a word, or narrow it by source or date"
    choices = await ask_or_none(datasette, database, _choices)
    return await html(
        datasette,
        request,
        database,
        "search.html",
        status,
        asked=asked,
        args=asked.shown,
        number=number,
        first=(number - 1) * HITS_A_PAGE + 1,
        found=found,
        problem=problem,
        choices=choices or {"sources": [], "languages": []},
        orders=[(each.value, _ORDERS[each]) for each in Order],
        facets=_facets(found.facets, asked, found.sources) if found and found.facets else [],
        chips=_chips(asked, choices),
        pages=min(LAST_PAGE, -(-found.total // HITS_A_PAGE)) if found else 0,
        most_exported=MOST_EXPORTED,
        link=lambda where="/search", **changed: asked.link(datasette.urls.path(where), **{"page": None, **changed}),
    )


async def search_file(datasette: Any, request: Any) -> Response:
    """`/search.jsonl`, `.csv` and `.txt`: what a search found, but for what its publishers reserve."""
    database = await enter(datasette, request, (*_TABLES, "images", "authors", "tags"))
    kind = request.url_vars["format"]
    asked = Asked(request.args, _FIELDS, _MANY)
    try:
        asked.check()
        question = _question(asked)
        body, skipped = await ask(datasette, database, lambda conn: _exported(conn, question, kind))
    except UsageError as error:
        return _refused(error)
    headers = {
        **HEADERS,
        "Content-Disposition": f'attachment; filename="cuttings.{kind}"',
        "X-Cuttings-Reserved": str(skipped),
    }
    return Response(body, headers=headers, content_type=_CONTENT_TYPES[kind])


async def feed(datasette: Any, request: Any) -> Response:
    """`/feed.atom`: the newest articles of a search, for a feed reader."""
    database = await enter(datasette, request, _TABLES)
    asked = Asked(request.args, _FIELDS, _MANY)
    try:
        asked.check()
        question = replace(_question(asked), order=Order.NEWEST)
        found = await ask(datasette, database, lambda conn: Search(conn, question).hits(_OF_A_FEED))
    except UsageError as error:
        return _refused(error)
    body = page(
        "feed.atom",
        name=await bridge.title(datasette) or "News archive",
        words=question.text.strip(),
        hits=found,
        updated=max((hit.published or hit.first_seen for hit in found), default="1970-01-01T00:00:00Z"),
        itself=_absolute(datasette, request, asked.link("/feed.atom")),
        shown=_absolute(datasette, request, asked.link("/search")),
        article=lambda number: _absolute(datasette, request, f"/article/{number}"),
    )
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response("", status=HTTPStatus.NOT_MODIFIED.value, headers=headers)
    return Response(body, headers=headers, content_type="application/atom+xml; charset=utf-8")


def _refused(error: UsageError) -> Response:
    said = str(error)
    return Response.text(f"{said[:1].upper()}{said[1:]}.\n", status=HTTPStatus.BAD_REQUEST.value, headers=dict(HEADERS))


def _absolute(datasette: Any, request: Any, path: str) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def _question(asked: Asked) -> Question:
    return Question(
        text=asked.text("q"),
        source=asked.texts("source"),
        language=asked.texts("language"),
        year=asked.texts("year"),
        kind=asked.texts("kind"),
        since=asked.day("from"),
        until=asked.day("to"),
        order=Order(asked.choice("sort", [each.value for each in Order])),
    )


def _find(conn: sqlite3.Connection, question: Question, number: int) -> Found:
    begun = time.perf_counter()
    search = Search(conn, question)
    hits = search.hits(HITS_A_PAGE, (number - 1) * HITS_A_PAGE)
    facets = search.facets() if search.total else None
    return Found(
        hits=tuple(hits),
        total=search.total,
        is_whole=search.is_whole,
        is_ranked=search.is_ranked,
        undated=search.undated,
        is_of_time=search.is_of_time,
        leaves_out_undated=search.leaves_out_undated,
        sources=_meant(conn, question.source),
        facets=facets,
        months=plots.plot("Articles a month", plots.by_month(plots.single(facets.months))) if facets else None,
        ms=round((time.perf_counter() - begun) * 1000),
    )


def _exported(conn: sqlite3.Connection, question: Question, kind: str) -> tuple[bytes | str, int]:
    """The file, and the number of articles that are left out. Raises UsageError where it would not be whole."""
    search = Search(conn, question)
    whole = search.export_selection()
    if not search.is_whole or search.total > MOST_EXPORTED:
        raise UsageError(
            f"more than {MOST_EXPORTED:,} articles fit; narrow the search, or run `cuttings export --search` on the "
            "archive's own machine"
        )
    ids = search.ids(MOST_EXPORTED)
    selection = replace(whole, match=None, ids=tuple(ids), without_reserved=True)
    skipped = left_out(conn, selection)
    if kind == "txt":
        clauses, values = conditions(selection)
        kept = {row[0] for row in rows(conn, f"SELECT a.id FROM articles AS a WHERE {where(clauses)}", values)}  # noqa: S608
        found = (stored(conn, number) for number in ids if number in kept)
        return ("\n\n" + "=" * 72 + "\n\n").join(plain(article) for article in found if article), skipped
    out = io.BytesIO()
    export(conn, selection, kind, out)
    return out.getvalue(), skipped


_CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_ORDERS: Final = {Order.BEST: "best match", Order.NEWEST: "newest", Order.OLDEST: "oldest"}


# What narrows it -----------------------------------------------------------------------------------------------------


def _choices(conn: sqlite3.Connection) -> dict[str, list[Any]]:
    return {
        "sources": names(conn),
        "languages": languages(conn),
    }


def _facets(facets: Facets, asked: Asked, names: dict[str, str]) -> list[dict[str, Any]]:
    """Facets as a page shows them: name of the parameter, title, values with label, count and what a click asks for.

    A click on a value adds it to those that are chosen, or takes it away from them.
    """
    years = [(year, year, times) for year, times in reversed(facets.years)]
    if facets.undated:
        years.append((UNDATED, "not dated", facets.undated))
    languages = [(code, code, times) for code, times in facets.languages]
    found = []
    for name, title, values in (
        ("source", "Source", facets.sources),
        ("language", "Language", languages),
        ("year", "Year", years),
    ):
        chosen = asked.texts(name)
        meant = {
            names.get(each, each) if name == "source" else each.lower(): each for each in chosen
        }  # as the archive has it -> as it was typed
        shown = [
            {"value": value, "label": label, "times": times, "chosen": value in meant,
             "then": tuple(each for each in chosen if each != meant[value]) if value in meant else (*chosen, value)}
            for n, (value, label, times) in enumerate(values)
            if n < _FACETS_SHOWN or value in meant or value == UNDATED
        ]  # fmt: skip
        if shown:
            found.append({"name": name, "title": title, "values": shown, "more": len(values) - len(shown)})
    return found


def _meant(conn: sqlite3.Connection, typed: tuple[str, ...]) -> dict[str, str]:
    """The ids of sources that were named in another way."""
    names = Names(conn)
    return {name: names.source(name) for name in typed}


def _chips(asked: Asked, choices: dict[str, list[Any]] | None) -> list[tuple[str, object, str]]:
    """What narrows a search: the parameter, what is left of it when this is taken away, and what it says."""
    names = dict(choices["sources"]) if choices else {}
    label: dict[str, Callable[[str], str]] = {
        "source": lambda key: names.get(key, key),
        "language": lambda code: f"language {code}",
        "year": lambda year: "not dated" if year == UNDATED else year,
        "kind": lambda kind: f"kind {kind}",
    }
    chips: list[tuple[str, object, str]] = [
        (name, tuple(each for each in asked.texts(name) if each != value), say(value))
        for name, say in label.items()
        for value in asked.texts(name)
    ]
    return chips + [(name, None, f"{name} {asked.text(name)}") for name in ("from", "to") if asked.text(name)]
