"""The demonstration newspaper: five outlets in two editions, and how they answer a request. Pure.

It is what `cuttings demo` crawls and what the crawl tests run against, so it holds the truth about every page besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from gzip import compress
from hashlib import sha256
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from archive.demo import content
from archive.demo.press import Page, pages
from archive.demo.story import Oddity, Outlet, Story

EDITIONS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks. `host` has no port, `target` is path and query; host and header names are lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the outlet answers. The headers have the length of the body; a HEAD request gets them without it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newspaper:
    """One edition of all outlets, with the truth: the articles an archive should file, and the URLs that are none."""

    number: int
    outlets: tuple[Outlet, ...]
    articles: tuple[Story, ...]
    oddities: tuple[Oddity, ...]
    pages: Mapping[str, Mapping[str, Page]]  # host, decoded path

    def respond(self, request: Request) -> Response:
        """Answer one request as the outlet would."""
        if request.method not in {"GET", "HEAD"}:
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not known here")
        outlet = next((outlet for outlet in self.outlets if outlet.host == request.host), None)
        if outlet is None:
            return _plain(HTTPStatus.BAD_GATEWAY, f"no outlet of the demonstration is called {request.host!r}")
        page = _find(self.pages[request.host], request.target)
        if page is None:
            return _without_body(request, _plain(HTTPStatus.NOT_FOUND, f"{outlet.name}: nothing here"))
        return _without_body(request, _answer(outlet, page, request))

    def story(self, url: str) -> Story:
        """Return the story with that URL, or that has a page with it. Raises KeyError."""
        for story in self.articles:
            if url in {story.amp_url, *(leaf.url for leaf in story.leaves)}:
                return story
        raise KeyError(url)


def edition(number: int, now: datetime) -> Newspaper:
    """Return edition 1, or 2: as it stands a day later, one story edited at `now`, one deleted, nothing new."""
    if number not in EDITIONS:
        raise ValueError(f"there is no edition {number}")
    desks = [content.load(name, number, now) for name in content.OUTLETS]
    return Newspaper(
        number=number,
        outlets=tuple(desk.outlet for desk in desks),
        articles=tuple(story for desk in desks for story in desk.stories),
        oddities=tuple(odd for desk in desks for odd in desk.oddities),
        pages=MappingProxyType({desk.outlet.host: MappingProxyType(pages(desk)) for desk in desks}),
    )


def _find(known: Mapping[str, Page], target: str) -> Page | None:
    """Return the page for path and query; a query that no page asks for (tracking, picture sizes) is passed over."""
    parts = urlsplit(target)
    path = unquote(parts.path) or "/"
    return known.get(f"{path}?{parts.query}") or known.get(path)


def _answer(outlet: Outlet, page: Page, request: Request) -> Response:
    body = page.printed()
    headers = [("Content-Type", page.content_type)]
    if page.location:
        headers.append(("Location", page.location))
    if page.listing and outlet.validators and page.modified:
        headers += [("ETag", _etag(body)), ("Last-Modified", _http_date(page.modified))]
        if _has_it(request.headers, _etag(body), page.modified):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=tuple(headers[1:]))
    if outlet.gzip and "gzip" in request.headers.get("accept-encoding", "") and "gzip" not in page.content_type:
        body = compress(body, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return Response(status=page.status, headers=(*headers, ("Content-Length", str(len(body)))), body=body)


def _has_it(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """Whether the client has this version. If-None-Match outweighs If-Modified-Since (RFC 9110, section 13.1.3)."""
    if "if-none-match" in headers:
        return etag in headers["if-none-match"]
    since = headers.get("if-modified-since")
    return since is not None and modified.replace(microsecond=0) <= parsedate_to_datetime(since)


def _etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:16]}"'


def _http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)


def _plain(status: HTTPStatus, text: str) -> Response:
    body = f"{text}\n".encode()
    headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Response(status=status, headers=headers, body=body)


def _without_body(request: Request, response: Response) -> Response:
    if request.method != "HEAD":
        return response
    return Response(status=response.status, headers=response.headers)
