"""What Datasette loads: our routes, our limits on connections, and how cells of an archive's tables are shown.

Only hooks stand here. It must stay harmless beside databases that are no archives: the plugin is loaded by every
Datasette in the same environment.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape
from pluggy import HookimplMarker

from archive.browse.look.render import style_address
from archive.browse.pages import page_request, routes, search
from archive.browse.safety import query_bounds, response_headers
from archive.browse.safety.asgi import ACTOR, Application
from archive.errors import UsageError
from archive.search.expressions import caption_expression, expression
from archive.search.highlight import MARK, spans
from archive.search.naming import Names
from archive.search.query import parse
from archive.storage.connection import APPLICATION_ID
from archive.storage.rows import first

hookimpl = HookimplMarker("datasette")

_NOTHING: Final = '""'  # an FTS5 expression that matches nothing
_LABEL: Final = 300  # characters of a title that lead to its article, as Datasette shows of any text in a table


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Our pages; they come before Datasette's own, so "/" is ours where there is an archive."""
    return [
        (r"/(\.(?P<format>jsono?))?$", routes.front_page),
        (r"/search$", search.search_page),
        (r"/search\.(?P<format>jsonl|csv|txt)$", search.search_file),
        (r"/feed\.atom$", search.feed),
        (r"/captions$", routes.captions_page),
        (r"/sources$", routes.sources_page),
        (r"/source/(?P<key>[^/]+)$", routes.source_page),
        (r"/clutter$", routes.clutter_page),
        (r"/edits$", routes.edits_page),
        (r"/runs$", routes.runs_page),
        (r"/article/(?P<id>[0-9]+)$", routes.article_page),
        (r"/article/(?P<id>[0-9]+)/versions$", routes.versions_page),
        (r"/article/(?P<id>[0-9]+)\.(?P<format>txt|md|json)$", routes.article_file),
        (r"/-/cuttings/(?P<name>cuttings|data)\.css$", routes.style),
    ]


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Bound what a query of an archive may take, and let canned queries read what a person types."""
    if first(conn, "PRAGMA application_id")[0] == APPLICATION_ID:
        conn.create_function("cuttings_query", 1, partial(_typed, conn))
        conn.create_function("cuttings_problem", 1, partial(_problem, conn))
        conn.create_function("cuttings_captions_problem", 1, _problem_of_captions, deterministic=True)
        conn.create_function("cuttings_captions", 1, _typed_of_captions, deterministic=True)
        query_bounds.bound(conn)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Application], Application]:
    """Let every answer pass the guard."""
    return lambda app: response_headers.guarded(app, datasette)


@hookimpl
def actor_from_request(request: Any) -> dict[str, str] | None:
    """Take a request for whose the gate before us found it to be."""
    actor: dict[str, str] | None = request.scope.get(ACTOR)
    return actor


@hookimpl
def extra_css_urls(database: str | None, datasette: Any) -> Any:
    """A few lines for Datasette's own pages of an archive."""

    async def addresses() -> list[str]:
        if database is None or not await page_request.is_archive(datasette.databases[database]):
            return []
        return [datasette.urls.path(style_address("data"))]

    return addresses


@hookimpl
def menu_links(datasette: Any) -> Any:
    """Links from Datasette's own pages to ours."""

    async def links() -> list[dict[str, str]]:
        if await page_request.find_archive(datasette) is None:
            return []
        return [
            {"href": datasette.urls.path("/"), "label": "Front page"},
            {"href": datasette.urls.path("/search"), "label": "Search the articles"},
        ]

    return links


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Awaitable[Markup | None] | None:
    """Show marks of a search, and lead from an article's cell to its page and from a rule to all its cuts."""
    if column == "title" and (article_id := _article_id(row, table)) is not None:
        shown = _link(datasette.urls.path(f"/article/{article_id}"), value)
    elif isinstance(value, str) and MARK in value:
        shown = _marked(value)
    elif column == "article_id" and isinstance(value, dict):
        shown = _link(datasette.urls.path(f"/article/{value['value']}"), value["label"])
    elif column == "article_id" and isinstance(value, int):
        shown = _link(datasette.urls.path(f"/article/{value}"), str(value))
    elif column == "rule" and table is None and isinstance(value, str):
        cuts = datasette.urls.table(database, "removed")
        shown = _link(f"{cuts}?rule__exact={quote(value, safe='')}", value)
    else:
        return None
    return _of_archive(datasette.databases[database], shown)


async def _of_archive(database: Any, shown: Markup | None) -> Markup | None:
    return shown if await page_request.is_archive(database) else None


def _link(address: str, label: object) -> Markup | None:
    if not isinstance(label, str):
        return None
    shown = label if len(label) <= _LABEL else label[:_LABEL] + "…"
    return Markup('<a href="{}">{}</a>').format(address, _marked(shown))


def _article_id(row: Any, table: str | None) -> int | None:
    """The article whose title a row shows: in the table itself, or in a query that names it beside."""
    key = {"articles": "id", None: "article_id"}.get(table)
    article_id = row[key] if key in row.keys() else None  # noqa: SIM118 - a sqlite3.Row has no "in" for its keys
    return article_id if isinstance(article_id, int) else None


def _marked(value: str) -> Markup:
    pieces = (Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in spans(value))
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces))


def _typed_of_captions(text: object) -> str:
    try:
        return caption_expression(parse(str(text or ""))) or _NOTHING
    except UsageError:
        return _NOTHING


def _problem_of_captions(text: object) -> str | None:
    """What of a query for captions is not understood, as a sentence."""
    try:
        caption_expression(parse(str(text or "")))
    except UsageError as error:
        return str(error)
    return None


def _typed(conn: sqlite3.Connection, text: object) -> str:
    try:
        return expression(parse(str(text or "")), Names(conn).token) or _NOTHING
    except UsageError:
        return _NOTHING


def _problem(conn: sqlite3.Connection, text: object) -> str | None:
    """What of a query is not understood, as a sentence."""
    try:
        expression(parse(str(text or "")), Names(conn).token)
    except UsageError as error:
        return str(error)
    return None
