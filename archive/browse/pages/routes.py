"""Answers to requests for our own pages, but for searching: who may see it, what the archive says, and the page."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import orjson
from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # Datasette ships no types

from archive.browse import bridge
from archive.browse.look.article_blocks import blocks
from archive.browse.look.render import FOR_EVER, HEADERS, style_sheet
from archive.browse.pages import captions, cuts, front, runs, sources, versions
from archive.browse.pages.page_request import Asked, ask, ask_or_none, enter, find_archive, html
from archive.browse.pages.same_text import elsewhere
from archive.errors import UsageError
from archive.search.search import newest
from archive.storage.read_article import StoredRecord, markdown, plain, stored
from archive.times import utc_now

LATEST_SHOWN: Final = 10
_OF_ARTICLE: Final = (
    "articles", "versions", "removed", "images", "authors", "tags", "urls", "fetches", "sources",
)  # fmt: skip
_Page = Callable[[Any, Any], Awaitable[Response]]


def _said(answer: _Page) -> _Page:
    """Let a page say what is wrong with what was asked for, instead of ignoring it."""

    @wraps(answer)  # Datasette passes what a parameter is named for
    async def said(datasette: Any, request: Any) -> Response:
        try:
            return await answer(datasette, request)
        except UsageError as error:
            database = await enter(datasette, request)
            return await html(datasette, request, database, "problem.html", HTTPStatus.BAD_REQUEST, problem=str(error))

    return said


# The way in ----------------------------------------------------------------------------------------------------------


async def front_page(datasette: Any, request: Any) -> Response:
    """`/`: the way in. Where no attached file is an archive, Datasette's own front page."""
    if await find_archive(datasette) is None or request.url_vars.get("format"):
        return await bridge.front_page(datasette, request)
    database = await enter(datasette, request, ("articles", "sources", "runs", "alerts", "feeds"))
    question = partial(ask_or_none, datasette, database)
    return await html(
        datasette,
        request,
        database,
        "front.html",
        counts=await question(front.counts) or {},
        counted=front.COUNTED,
        months=await question(front.by_month),
        largest=await question(front.largest) or (),
        troubles=await question(front.troubles) or (),
        run=await question(front.last_run),
        latest=await question(lambda conn: newest(conn, LATEST_SHOWN)) or (),
    )


# Articles ------------------------------------------------------------------------------------------------------------


@_said
async def article_page(datasette: Any, request: Any) -> Response:
    """`/article/ID`: the article to read; `?removed=inline` shows what was cut in its place."""
    database, article = await _article(datasette, request)
    if article is None:
        return await _missing(datasette, request, database)
    asked = Asked(request.args, ("removed",))
    asked.check()
    inline = asked.choice("removed", ("folded", "inline")) == "inline"
    return await html(
        datasette,
        request,
        database,
        "article.html",
        article=article,
        blocks=blocks(article["paragraphs"], article["images"], article["removed"] if inline else ()),
        inline=inline,
        elsewhere=await ask_or_none(datasette, database, partial(elsewhere, article=article)) or (),
    )


@_said
async def article_file(datasette: Any, request: Any) -> Response:
    """`/article/ID.txt`, `.md` and `.json`: the same as a file."""
    database, article = await _article(datasette, request)
    if article is None:
        return await _missing(datasette, request, database)
    Asked(request.args, ()).check()
    content_type, write = _FILES[request.url_vars["format"]]
    return Response(write(article), headers=dict(HEADERS), content_type=content_type)


@_said
async def versions_page(datasette: Any, request: Any) -> Response:
    """`/article/ID/versions`: what became of it, word by word between two versions."""
    database, article = await _article(datasette, request)
    if article is None:
        return await _missing(datasette, request, database)
    asked = Asked(request.args, ("from", "to"))
    asked.check()
    between = asked.number("from"), asked.number("to")
    shown = await ask(
        datasette, database, lambda conn: versions.difference(conn, article["id"], article["versions"], *between)
    )
    return await html(datasette, request, database, "versions.html", article=article, difference=shown)


_FILES: Final[dict[str, tuple[str, Callable[[StoredRecord], str | bytes]]]] = {
    "json": ("application/json; charset=utf-8", lambda article: orjson.dumps(article, option=orjson.OPT_INDENT_2)),
    "md": ("text/markdown; charset=utf-8", markdown),
    "txt": ("text/plain; charset=utf-8", plain),
}


async def _article(datasette: Any, request: Any) -> tuple[Any, StoredRecord | None]:
    database = await enter(datasette, request, _OF_ARTICLE)
    digits = request.url_vars["id"]
    # Python refuses to read numbers of more than 4,300 digits; no id has 20.
    article_id = int(digits) if len(digits) < 20 else -1
    return database, await ask(datasette, database, lambda conn: stored(conn, article_id))


async def _missing(datasette: Any, request: Any, database: Any) -> Response:
    return await html(datasette, request, database, "missing.html", HTTPStatus.NOT_FOUND)


# Lists ---------------------------------------------------------------------------------------------------------------


@_said
async def captions_page(datasette: Any, request: Any) -> Response:
    """`/captions`: captions and credits, to be searched."""
    database = await enter(datasette, request, ("articles", "images", "sources"))
    asked = Asked(request.args, ("q", "source", "before"))
    asked.check()
    source, before = await _source(datasette, database, asked), asked.number("before")
    question = partial(captions.captions, typed=asked.text("q"), source=source, before=before)
    found = await ask(datasette, database, question)
    return await html(
        datasette,
        request,
        database,
        "captions.html",
        **_listed(datasette, asked, "/captions", found, captions.CAPTIONS_A_PAGE),
        sources=await ask(datasette, database, sources.names),
    )


@_said
async def sources_page(datasette: Any, request: Any) -> Response:
    """`/sources`: every source, with how it does."""
    database = await enter(datasette, request, ("articles", "sources", "health", "alerts"))
    asked = Asked(request.args, ("sort",))
    asked.check()
    sort = asked.choice("sort", sources.SORTS)
    found = await ask(datasette, database, lambda conn: sources.outlets(conn, sort, utc_now().date()))
    return await html(
        datasette, request, database, "sources.html", outlets=found, sort=sort, sorts=sources.SORTS, days=sources.DAYS
    )


@_said
async def source_page(datasette: Any, request: Any) -> Response:
    """`/source/ID`: what there is to know of a source. The id is that of cuttings.toml."""
    database = await enter(datasette, request, (
        "articles", "sources", "health", "alerts", "feeds", "events", "removed", "rights", "boilerplate", "frontier",
        "sightings", "urls",
    ))  # fmt: skip
    Asked(request.args, ()).check()
    key = unquote(request.url_vars["key"])
    found = await ask(datasette, database, lambda conn: sources.outlet(conn, key, utc_now().date()))
    if found is None:
        return await html(datasette, request, database, "missing.html", HTTPStatus.NOT_FOUND, what="source", key=key)
    return await html(
        datasette,
        request,
        database,
        "source.html",
        source=found,
        words=await ask_or_none(datasette, database, partial(cuts.kept_and_cut, source=key)),
        latest=await ask_or_none(datasette, database, lambda conn: newest(conn, LATEST_SHOWN, key)) or (),
        covered=await ask_or_none(datasette, database, lambda conn: sources.covered(conn, key, utc_now().date())),
        covered_days=sources.COVERED_DAYS,
    )


@_said
async def clutter_page(datasette: Any, request: Any) -> Response:
    """`/clutter`: what was cut, by rule; `?rule=` the cuts of one, newest first."""
    database = await enter(datasette, request, ("articles", "removed", "sources"))
    asked = Asked(request.args, ("rule", "kind", "source", "before"))
    asked.check()
    source, rule, before = await _source(datasette, database, asked), asked.text("rule"), asked.number("before")
    kinds = await ask(datasette, database, cuts.kinds)
    kind = asked.choice("kind", ("", *kinds)) or None
    if rule:
        question = partial(cuts.cuts, rule=rule, kind=kind, source=source, before=before)
        found = await ask(datasette, database, question)
        return await html(
            datasette, request, database, "cuts.html", rule=rule,
            **_listed(datasette, asked, "/clutter", found, cuts.CUTS_A_PAGE),
        )  # fmt: skip
    if before:
        raise UsageError("before: is for the cuts of one rule; name the rule too")
    return await html(
        datasette,
        request,
        database,
        "clutter.html",
        rules=await ask(datasette, database, partial(cuts.rules, kind=kind, source=source)),
        kinds=kinds,
        kind=kind,
        source=source,
        sources=await ask(datasette, database, sources.names),
        words=await ask_or_none(datasette, database, partial(cuts.kept_and_cut, source=source)),
    )


@_said
async def edits_page(datasette: Any, request: Any) -> Response:
    """`/edits`: what changed in articles after they had been filed."""
    database = await enter(datasette, request, ("articles", "versions", "sources"))
    asked = Asked(request.args, ("sort", "change", "source", "page"))
    asked.check()
    source = await _source(datasette, database, asked)
    sort = asked.choice("sort", ("newest", "largest"))
    change = asked.choice("change", ("", *versions.CHANGES)) or None
    number = min(asked.number("page") or 1, 250)
    question = partial(
        versions.edits, largest=sort == "largest", change=change, source=source,
        offset=(number - 1) * versions.EDITS_A_PAGE,
    )  # fmt: skip
    found = await ask(datasette, database, question)
    more = len(found) > versions.EDITS_A_PAGE
    link = partial(asked.link, datasette.urls.path("/edits"))
    return await html(
        datasette,
        request,
        database,
        "edits.html",
        edits=found[: versions.EDITS_A_PAGE],
        changes=versions.CHANGES,
        change=change,
        sort=sort,
        source=source,
        sources=await ask(datasette, database, sources.names),
        days=await ask_or_none(datasette, database, partial(versions.edits_a_day, today=utc_now().date())),
        before=link(page=number - 1 if number > 2 else None) if number > 1 else None,
        after=link(page=number + 1) if more else None,
    )


@_said
async def runs_page(datasette: Any, request: Any) -> Response:
    """`/runs`: runs of the program, and what happened besides."""
    database = await enter(datasette, request, ("runs", "events", "sources"))
    asked = Asked(request.args, ("before",))
    asked.check()
    found = await ask(datasette, database, lambda conn: runs.runs(conn, asked.number("before"), runs.RUNS_A_PAGE + 1))
    shown = found[: runs.RUNS_A_PAGE]
    return await html(
        datasette,
        request,
        database,
        "runs.html",
        runs=shown,
        events=() if asked.text("before") else await ask(datasette, database, runs.events),
        after=asked.link(datasette.urls.path("/runs"), before=shown[-1].id) if len(found) > len(shown) else None,
    )


def _listed(datasette: Any, asked: Asked, path: str, found: list[dict[str, Any]], most: int) -> dict[str, Any]:
    """A page of a list that is paged by the number of the last row on it."""
    shown = found[:most]
    link = partial(asked.link, datasette.urls.path(path))
    return {
        "rows": shown,
        "asked": asked.shown,
        "again": link(before=None) if asked.text("before") else None,
        "after": link(before=shown[-1]["id"]) if len(found) > most else None,
    }


async def _source(datasette: Any, database: Any, asked: Asked) -> str | None:
    """The source that was chosen. Raises UsageError for one that the archive does not have."""
    key = asked.text("source")
    if not key:
        return None
    known = [each for each, _ in await ask(datasette, database, sources.names)]
    if key not in known:
        raise UsageError(f'source: there is no "{key[:60]}" in this archive; /sources lists them')
    return key


# What pages are made of ----------------------------------------------------------------------------------------------


async def style(request: Any) -> Response:
    """A style sheet. Its address changes with its content."""
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(style_sheet(request.url_vars["name"]), headers=headers, content_type="text/css; charset=utf-8")
