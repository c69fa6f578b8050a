"""Answers to requests for our own pages: what was asked, who may see it, what the archive says, and the page.

Asynchronous and thin: reading is done by plain functions in Datasette's threads, within its time limit for a query.
"""

import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import orjson
from datasette.database import QueryInterrupted  # type: ignore[import-untyped]  # Datasette ships no types
from datasette.utils import sqlite_timelimit  # type: ignore[import-untyped]
from datasette.utils.asgi import NotFound, Response  # type: ignore[import-untyped]
from datasette.views.base import DatasetteError  # type: ignore[import-untyped]
from datasette.views.index import IndexView  # type: ignore[import-untyped]

from archive.browse import front as facts
from archive.browse.reading import blocks
from archive.browse.render import FOR_EVER, HEADERS, page, style_address, style_sheet
from archive.errors import UsageError
from archive.reader import APPLICATION_ID
from archive.records import StoredRecord, markdown, plain, stored
from archive.rows import first, rows
from archive.search import Hit, count, parse, search
from archive.selection import languages

HITS_A_PAGE: Final = 20
LAST_PAGE: Final = 500  # SQLite walks over all hits before the page; who wants more narrows the search or exports
LATEST_SHOWN: Final = 10

_Answer = TypeVar("_Answer")


class TooSlowError(DatasetteError):  # type: ignore[misc]  # untyped
    """A question took longer than Datasette's time limit allows, or more memory than there is for it."""

    def __init__(self) -> None:
        super().__init__(
            "The archive has too much to do; try again in a moment.", status=HTTPStatus.SERVICE_UNAVAILABLE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for on the search page. `page` counts from 1."""

    q: str = ""
    source: str | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of hits, how many there are in all, and the milliseconds it took."""

    hits: tuple[Hit, ...]
    total: int
    ms: int


# Routes --------------------------------------------------------------------------------------------------------------


async def front_page(datasette: Any, request: Any) -> Response:
    """`/`: the way in. Where no attached file is an archive, Datasette's own front page."""
    database = await find_archive(datasette)
    if database is None or request.url_vars.get("format"):
        return await IndexView(datasette).get(request)
    await _permit(datasette, request, database)
    return _html(
        datasette,
        database,
        "front.html",
        counts={
            table: await _ask_or_none(datasette, database, partial(facts.count, table=table)) for table in facts.COUNTED
        },
        counted=facts.COUNTED,
        sources=await _ask_or_none(datasette, database, facts.sources) or (),
        run=await _ask_or_none(datasette, database, facts.last_run),
        latest=await _ask_or_none(datasette, database, lambda conn: search(conn, "", LATEST_SHOWN)) or (),
    )


async def search_page(datasette: Any, request: Any) -> Response:
    """`/search`: any input gets an answer; a filter that cannot be meant is named, never ignored."""
    database = await _archive(datasette)
    await _permit(datasette, request, database)
    choices = await _ask_or_none(datasette, database, _choices)
    asked, found, problem, status = Asked(q=request.args.get("q") or ""), None, None, HTTPStatus.OK
    try:
        asked = _asked(request.args)
        found = await _ask(datasette, database, lambda conn: _find(conn, asked))
    except UsageError as error:
        problem, status = str(error), HTTPStatus.BAD_REQUEST
    except TooSlowError:
        problem = "this search takes too long; add a word, or narrow it by source or date"
    return _html(
        datasette,
        database,
        "search.html",
        status,
        asked=asked,
        args={name: request.args.get(name) or "" for name in ("q", "source", "language", "from", "to")},
        ranked=bool(parse(asked.q).wanted),
        unusable=parse(asked.q).unusable,
        first=(asked.page - 1) * HITS_A_PAGE + 1,
        found=found,
        problem=problem,
        choices=choices or {"sources": [], "languages": []},
        pages=min(LAST_PAGE, -(-found.total // HITS_A_PAGE)) if found else 0,
        link=lambda number: _search_link(datasette, request.args, number),
    )


async def article_page(datasette: Any, request: Any) -> Response:
    """`/article/ID`: the article to read; `?removed=inline` shows what was cut in its place."""
    database, article = await _article(datasette, request)
    if article is None:
        return _missing(datasette, database)
    inline = request.args.get("removed") == "inline"
    return _html(
        datasette,
        database,
        "article.html",
        article=article,
        blocks=blocks(article["paragraphs"], article["images"], article["removed"] if inline else ()),
        inline=inline,
    )


async def article_file(datasette: Any, request: Any) -> Response:
    """`/article/ID.txt`, `.md` and `.json`: the same as a file."""
    database, article = await _article(datasette, request)
    if article is None:
        return _missing(datasette, database)
    content_type, write = _FILES[request.url_vars["format"]]
    return Response(write(article), headers=dict(HEADERS), content_type=content_type)


async def style(request: Any) -> Response:
    """A style sheet. Its address changes with its content."""
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(style_sheet(request.url_vars["name"]), headers=headers, content_type="text/css; charset=utf-8")


_FILES: Final[dict[str, tuple[str, Callable[[StoredRecord], str | bytes]]]] = {
    "json": ("application/json; charset=utf-8", lambda article: orjson.dumps(article, option=orjson.OPT_INDENT_2)),
    "md": ("text/markdown; charset=utf-8", markdown),
    "txt": ("text/plain; charset=utf-8", plain),
}


# The archive among the attached files --------------------------------------------------------------------------------


async def find_archive(datasette: Any) -> Any | None:
    """Return the first attached database that is an archive of ours, whatever its name."""
    for database in datasette.databases.values():
        if await is_archive(database):
            return database
    return None


async def is_archive(database: Any) -> bool:
    """Whether the database carries our application id. Asked once: an answer must not wait for a thread to be free."""
    if database not in _IDENTITIES:
        identity = await database.execute_fn(lambda conn: first(conn, "PRAGMA application_id")[0])
        _IDENTITIES[database] = identity == APPLICATION_ID
    return _IDENTITIES[database]


_IDENTITIES: Final[WeakKeyDictionary[Any, bool]] = WeakKeyDictionary()


async def _archive(datasette: Any) -> Any:
    database = await find_archive(datasette)
    if database is None:
        raise NotFound("None of the attached files is an archive of Cuttings")
    return database


async def _permit(datasette: Any, request: Any, database: Any) -> None:
    """Raise Forbidden where Datasette's own pages would: our routes show what the table shows."""
    await datasette.ensure_permissions(
        request.actor,
        [("view-table", (database.name, "articles")), ("view-database", database.name), "view-instance"],
    )


async def _ask(datasette: Any, database: Any, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
    limit = datasette.setting("sql_time_limit_ms")

    def timed(conn: sqlite3.Connection) -> _Answer:
        with sqlite_timelimit(conn, limit):
            return question(conn)

    try:
        answer: _Answer = await database.execute_fn(timed)
    except QueryInterrupted as error:
        raise TooSlowError from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM}:
            raise TooSlowError from error
        raise
    return answer


async def _ask_or_none(
    datasette: Any, database: Any, question: Callable[[sqlite3.Connection], _Answer]
) -> _Answer | None:
    try:
        return await _ask(datasette, database, question)
    except TooSlowError:
        return None


# Searching -----------------------------------------------------------------------------------------------------------


def _asked(args: Any) -> Asked:
    number = args.get("page") or "1"
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise UsageError(f'page: "{number}" is not a number of a page')
    return Asked(
        q=args.get("q") or "",
        source=args.get("source") or None,
        language=args.get("language") or None,
        since=_day("from", args.get("from")),
        until=_day("to", args.get("to")),
        page=max(1, min(int(number), LAST_PAGE)),
    )


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'{name}: "{text}" is not a day; write it as 2026-11-23') from error


def _find(conn: sqlite3.Connection, asked: Asked) -> Found:
    narrow: dict[str, Any] = {
        "source": asked.source,
        "language": asked.language,
        "since": asked.since,
        "until": asked.until,
    }
    begun = time.perf_counter()
    hits = search(conn, asked.q, HITS_A_PAGE, (asked.page - 1) * HITS_A_PAGE, **narrow)
    total = count(conn, asked.q, **narrow)
    return Found(hits=tuple(hits), total=total, ms=round((time.perf_counter() - begun) * 1000))


def _choices(conn: sqlite3.Connection) -> dict[str, list[Any]]:
    return {
        "sources": [tuple(row) for row in rows(conn, "SELECT key, name FROM sources ORDER BY name COLLATE NOCASE")],
        "languages": languages(conn),
    }


def _search_link(datasette: Any, args: Any, number: int) -> str:
    kept = {name: args.get(name) for name in ("q", "source", "language", "from", "to") if args.get(name)}
    query = urlencode({**kept, **({"page": number} if number > 1 else {})})
    return str(datasette.urls.path("/search")) + (f"?{query}" if query else "")


# Pages ---------------------------------------------------------------------------------------------------------------


async def _article(datasette: Any, request: Any) -> tuple[Any, StoredRecord | None]:
    database = await _archive(datasette)
    await _permit(datasette, request, database)
    digits = request.url_vars["id"]
    # Python refuses to read numbers of more than 4,300 digits; no id has 20.
    article_id = int(digits) if len(digits) < 20 else -1
    return database, await _ask(datasette, database, lambda conn: stored(conn, article_id))


def _missing(datasette: Any, database: Any) -> Response:
    return _html(datasette, database, "missing.html", HTTPStatus.NOT_FOUND)


def _html(
    datasette: Any, database: Any, template: str, status: HTTPStatus = HTTPStatus.OK, **shown: object
) -> Response:
    body = page(
        template,
        name=datasette.metadata("title") or "News archive",
        database=database.name,
        path=datasette.urls.path,
        table=lambda name: datasette.urls.table(database.name, name),
        data=datasette.urls.database(database.name),
        style=datasette.urls.path(style_address("cuttings")),
        **shown,
    )
    return Response.html(body, status=status.value, headers=dict(HEADERS))
