"""Raw answers go to the WARC file as they come off the wire, before anything decodes, follows or parses them."""

import contextlib
import zlib
from typing import Final, Self

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.web.http import RESPONSES

from archive.errors import CuttingsError
from archive.models import Outcome
from archive.sniff import content_type, sniff
from archive.times import utc_now
from archive.urls import host
from archive.warc import Exchange, Headers
from pipelines.addon import run_of, stop
from pipelines.answers import WHEN, WHERE, headers_of
from spiders.outcomes import RefusedError

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
            request_headers=(("Host", host(request.url)), *_without_secrets(headers_of(request))),
            status=response.status,
            reason=RESPONSES.get(response.status, b"").decode("ascii"),
            headers=_without_secrets(headers_of(response)),
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


def _without_secrets(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name != "Proxy-Authorization")


def _identify(response: Response) -> str | None:
    """The media type by the first bytes, decoded."""
    declared = content_type(headers_of(response))
    head = response.body[:_HEAD]
    if response.headers.get("Content-Encoding"):
        # Said to be encoded and is not, or in another way: the bytes speak for themselves.
        with contextlib.suppress(zlib.error):
            head = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(response.body, _HEAD)
    return sniff(head, declared) if head else None
