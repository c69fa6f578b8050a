"""From Scrapy's requests and answers to our own values."""

import hashlib
from typing import Final

from scrapy.http import Request, Response

from archive.model.capture import Capture, Fetch
from archive.model.outcome import Failure, Outcome
from archive.text import scrub
from archive.times import utc_now
from archive.web.freshness import max_age
from archive.web.urls import BadURLError, leads_home, normalize

# Keys of request.meta.
WHERE: Final = "cuttings_where"  # the Locator of the last raw answer
WHEN: Final = "cuttings_when"  # when it came
AS_LISTED: Final = "cuttings_as_listed"  # True where the address is the listing's own, tracking parameters and all
VISITOR: Final = "cuttings_visitor"  # as whom it is asked for: an archive.crawl.visitors.Visitor
JAR: Final = "cuttings_jar"  # the cookies that the chain of redirects has set so far
PERMANENT_TO: Final = "permanent_to"  # where the permanent redirects (301, 308) at the beginning of a chain lead


def fetch_of(response: Response, url: str) -> Fetch:
    """The facts of an answer to a try of `url`.

    Validators are those of the URL that answered: none where that is another one than was asked for, since they would
    be sent to the latter.
    """
    latency = response.meta.get("download_latency")
    redirects = _redirects(response.request)
    return Fetch(
        url=url,
        final_url=response.url if response.meta.get(AS_LISTED) else _normal(response.url),
        redirects=redirects,
        fetched_at=response.meta.get(WHEN) or utc_now(),
        status=response.status,
        ms=round(latency * 1000) if latency is not None else None,
        bytes=len(response.body),
        digest=hashlib.sha256(response.body).hexdigest(),
        where=response.meta.get(WHERE),
        etag=None if redirects else _header(response, "ETag"),
        last_modified=None if redirects else _header(response, "Last-Modified"),
        moved_to=_moved_to(response, url),
        max_age=max_age(value.decode("latin-1") for value in response.headers.getlist("Cache-Control")),
    )


def _moved_to(response: Response, url: str) -> str | None:
    reached = response.meta.get(PERMANENT_TO)
    return moved if reached and (moved := _normal(reached)) != url else None


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return scrub(value.decode("latin-1")) if value else None


def fetch_of_request(request: Request, url: str) -> Fetch:
    """The facts of a try of `url` whose last request got no usable answer."""
    return Fetch(
        url=url,
        final_url=_normal(request.url),
        redirects=_redirects(request),
        fetched_at=request.meta.get(WHEN) or utc_now(),
        where=request.meta.get(WHERE),
    )


def capture_of(response: Response, fetch: Fetch) -> Capture:
    """What extraction gets to see of an answer."""
    return Capture(
        url=fetch.url,
        final_url=fetch.final_url or fetch.url,
        fetched_at=fetch.fetched_at,
        status=response.status,
        headers=headers_of(response),
        body=response.body,
        where=fetch.where,
    )


def headers_of(message: Request | Response) -> tuple[tuple[str, str], ...]:
    """The headers of a request or an answer as pairs, in their order."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    )


def led_home(capture: Capture) -> Failure | None:
    """The failure of a page that was asked for where a redirect led to the front page; None otherwise."""
    if not leads_home(capture.url, capture.final_url):
        return None
    detail = "redirected to the home page"
    return Failure(url=capture.final_url, stage="fetch", outcome=Outcome.NOT_ARTICLE, detail=detail)


def _redirects(request: Request | None) -> tuple[str, ...]:
    return tuple(_normal(url) for url in request.meta.get("redirect_urls", ())) if request else ()


def _normal(url: str) -> str:
    try:
        return normalize(url)
    except BadURLError:
        return url
