"""From Scrapy's requests and answers to our own values."""

import hashlib
from typing import Final

from scrapy.http import Request, Response

from archive.models import Capture, Fetch
from archive.text import scrub
from archive.times import utc_now
from archive.urls import BadURLError, normalize

# Keys of request.meta.
WHERE: Final = "cuttings_where"  # the Locator of the last raw answer
WHEN: Final = "cuttings_when"  # when it came
AS_LISTED: Final = "cuttings_as_listed"  # True where the address is the listing's own, tracking parameters and all


def fetch_of(response: Response, url: str) -> Fetch:
    """The facts of an answer to a try of `url`."""
    latency = response.meta.get("download_latency")
    return Fetch(
        url=url,
        final_url=response.url if response.meta.get(AS_LISTED) else _normal(response.url),
        redirects=_redirects(response.request),
        fetched_at=response.meta.get(WHEN) or utc_now(),
        status=response.status,
        ms=round(latency * 1000) if latency is not None else None,
        bytes=len(response.body),
        digest=hashlib.sha256(response.body).hexdigest(),
        where=response.meta.get(WHERE),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
    )


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
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ),
        body=response.body,
        where=fetch.where,
    )


def _redirects(request: Request | None) -> tuple[str, ...]:
    return tuple(_normal(url) for url in request.meta.get("redirect_urls", ())) if request else ()


def _normal(url: str) -> str:
    try:
        return normalize(url)
    except BadURLError:
        return url
