"""What differs between Datasette 0.65 and 1.0: the only module that knows which of them it runs in."""

from typing import Any

from datasette.utils.asgi import Forbidden  # type: ignore[import-untyped]  # Datasette ships no types

try:
    from datasette.views.base import DatasetteError as PageError  # type: ignore[import-untyped]
except ImportError:  # 1.0 keeps it elsewhere
    from datasette.utils import DatasetteError as PageError  # type: ignore[import-untyped]

__all__ = ["PageError", "front_page", "permit", "templates", "title"]


async def permit(datasette: Any, actor: Any, database: str, table: str) -> None:
    """Raise Forbidden where somebody may not see a table: routes of plugins are not checked by Datasette."""
    if not hasattr(datasette, "ensure_permissions"):
        from datasette.resources import TableResource  # type: ignore[import-untyped]  # 1.0 alone has it

        if not await datasette.allowed(action="view-table", resource=TableResource(database, table), actor=actor):
            raise Forbidden("view-table")
        return
    await datasette.ensure_permissions(
        actor, [("view-table", (database, table)), ("view-database", database), "view-instance"]
    )


async def title(datasette: Any) -> str | None:
    """Return the title that the metadata gives the whole, or None."""
    if hasattr(datasette, "get_instance_metadata"):
        return (await datasette.get_instance_metadata()).get("title")  # type: ignore[no-any-return]
    return datasette.metadata("title")  # type: ignore[no-any-return]


def templates(datasette: Any) -> Any:
    """Return the Jinja environment of Datasette's own pages."""
    return datasette.jinja_env if hasattr(datasette, "jinja_env") else datasette.get_jinja_environment()


async def front_page(datasette: Any, request: Any) -> Any:
    """Return Datasette's own front page."""
    from datasette.views.index import IndexView  # type: ignore[import-untyped]

    return await IndexView(datasette).get(request)
