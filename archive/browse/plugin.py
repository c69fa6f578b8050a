"""What Datasette loads: our routes, our limits on connections, and how cells of an archive's tables are shown.

Only hooks stand here. It must stay harmless beside databases that are no archives: the plugin is loaded by every
Datasette in the same environment.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape
from pluggy import HookimplMarker

from archive.browse import bounds, guard, pages
from archive.browse.render import style_address
from archive.search import MARK, expression, parse, spans

hookimpl = HookimplMarker("datasette")

_NOTHING: Final = '""'  # an FTS5 expression that matches nothing


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Our pages; they come before Datasette's own, so "/" is ours where there is an archive."""
    return [
        (r"/(\.(?P<format>jsono?))?$", pages.front_page),
        (r"/search$", pages.search_page),
        (r"/article/(?P<id>[0-9]+)$", pages.article_page),
        (r"/article/(?P<id>[0-9]+)\.(?P<format>txt|md|json)$", pages.article_file),
        (r"/-/cuttings/(?P<name>cuttings|data)\.css$", pages.style),
    ]


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Bound what a query may take, and let canned queries read what a person types."""
    bounds.bound(conn)
    conn.create_function("cuttings_query", 1, _typed, deterministic=True)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[guard.Application], guard.Application]:
    """Let every answer pass the guard."""
    return lambda app: guard.guarded(app, datasette)


@hookimpl
def extra_css_urls(database: str | None, datasette: Any) -> Any:
    """A few lines for Datasette's own pages of an archive."""

    async def addresses() -> list[str]:
        if database is None or not await pages.is_archive(datasette.databases[database]):
            return []
        return [datasette.urls.path(style_address("data"))]

    return addresses


@hookimpl
def menu_links(datasette: Any) -> Any:
    """Links from Datasette's own pages to ours."""

    async def links() -> list[dict[str, str]]:
        if await pages.find_archive(datasette) is None:
            return []
        return [
            {"href": datasette.urls.path("/"), "label": "Front page"},
            {"href": datasette.urls.path("/search"), "label": "Search the articles"},
        ]

    return links


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Awaitable[Markup | None] | Markup | None:
    """Show marks of a search, and lead from an article's cell to its page and from a rule to all its cuts."""
    if column == "title" and (article_id := _article_id(row, table)) is not None:
        return _linked(datasette, database, f"/article/{article_id}", value)
    if isinstance(value, str) and MARK in value:
        return _marked(value)
    if column == "article_id" and isinstance(value, dict):
        return _linked(datasette, database, f"/article/{value['value']}", value["label"])
    if column == "article_id" and isinstance(value, int):
        return _linked(datasette, database, f"/article/{value}", str(value))
    if column == "rule" and table is None and isinstance(value, str):
        cuts = f"{datasette.urls.table(database, 'removed')}?rule__exact={quote(value, safe='')}"
        return Markup('<a href="{}">{}</a>').format(cuts, value)
    return None


async def _linked(datasette: Any, database: str, address: str, label: object) -> Markup | None:
    if not isinstance(label, str) or not await pages.is_archive(datasette.databases[database]):
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(address), _marked(label))


def _article_id(row: Any, table: str | None) -> int | None:
    """The article whose title a row shows: in the table itself, or in a query that names it beside."""
    key = {"articles": "id", None: "article_id"}.get(table)
    article_id = row[key] if key in row.keys() else None  # noqa: SIM118 - a sqlite3.Row has no "in" for its keys
    return article_id if isinstance(article_id, int) else None


def _marked(value: str) -> Markup:
    pieces = (Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in spans(value))
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces))


def _typed(text: object) -> str:
    return expression(parse(str(text or ""))) or _NOTHING
