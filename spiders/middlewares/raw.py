"""Raw answers go to the WARC file as they come off the wire, before anything decodes, follows or parses them.

But for secrets: what a source's publisher gave to us alone is masked, in the request and, as a session, in the answer.
"""

import contextlib
import zlib
from collections.abc import Collection
from typing import Final, Self

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.web.http import RESPONSES

from archive.crawl.visitors import Visitor
from archive.errors import CuttingsError
from archive.model.outcome import Outcome
from archive.times import utc_now
from archive.warc.warc_files import Exchange, Headers
from archive.web.media_types import content_type, sniff
from archive.web.urls import host
from pipelines.addon import run_of, stop
from pipelines.answers import VISITOR, WHEN, WHERE, headers_of
from spiders.http.outcomes import RefusedError

_HEAD: Final = 8192  # bytes that tell a type


class RawMiddleware:
    """Keeps every exchange: pages, listings, robots.txt, redirects and errors alike."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep an answer; a disk that is full ends the crawl with a plain message."""
        now = utc_now()
        exchange = Exchange(
            url=request.url,
            fetched_at=now,
            method=request.method,
            request_headers=(("Host", host(request.url)), *_without_secrets(headers_of(request), _asked_with(request))),
            status=response.status,
            reason=RESPONSES.get(response.status, b"").decode("ascii"),
            headers=_without_secrets(headers_of(response), _answered_with(request)),
            body=response.body,
            media_type=_identify(response),
        )
        try:
            request.meta[WHERE] = run_of(self._crawler).keep(exchange)
        except CuttingsError as error:
            stop(self._crawler, error)
            raise RefusedError(Outcome.ERROR, str(error)) from error
        request.meta[WHEN] = now
        return response


MASK: Final = "(not kept)"  # in place of what nobody is shown


def _without_secrets(headers: Headers, secret: Collection[str]) -> Headers:
    """The headers, masked where their names are among the secret ones. What is for a proxy is none of a page's."""
    return tuple(
        (name, MASK if name.lower() in secret else value)
        for name, value in headers
        if name.lower() != "proxy-authorization"
    )


def _asked_with(request: Request) -> frozenset[str]:
    """Names of the headers of a request that are secret."""
    visitor: Visitor | None = request.meta.get(VISITOR)
    return visitor.secret_names if visitor is not None else _SECRET


def _answered_with(request: Request) -> frozenset[str]:
    """Names of the headers of its answer that are: who was told a secret may give the session that comes of it."""
    visitor: Visitor | None = request.meta.get(VISITOR)
    told = visitor is not None and visitor.has_secrets and visitor.trusts(request.url)
    return _SET_COOKIE if told else frozenset()


_SECRET: Final = frozenset({"authorization", "cookie"})
_SET_COOKIE: Final = frozenset({"set-cookie"})


def _identify(response: Response) -> str | None:
    """The media type by the first bytes, decoded."""
    declared = content_type(headers_of(response))
    head = response.body[:_HEAD]
    if response.headers.get("Content-Encoding"):
        # Said to be encoded and is not, or in another way: the bytes speak for themselves.
        with contextlib.suppress(zlib.error):
            head = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(response.body, _HEAD)
    return sniff(head, declared) if head else None
