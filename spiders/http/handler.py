"""Scrapy's HTTP client, with a bound on the head of an answer, an end to what is under way when the crawl has to end,
certificates that one source need not have, a word on why a name was not resolved, and rest for a host that asks for it
from that very moment on: what has left its queue already is taken back.
"""

import asyncio
from datetime import datetime
from typing import Any, Final

from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol

from archive.crawl.bounds.blocked_hosts import reception_of
from archive.crawl.frontier import Lease
from archive.crawl.run import Run
from archive.errors import CuttingsError
from archive.model.outcome import Outcome
from archive.times import utc_now
from archive.web.urls import host
from pipelines.addon import stop
from spiders.http.certificates import Certificates
from spiders.http.network import network_of
from spiders.http.outcomes import CalledOffError, HeadTooLongError, header, not_public, of_answer
from spiders.http.resolver import PublicResolver
from spiders.http.retry_after import retry_at

HANG_UP: Final = object()  # a signal (Scrapy's sense): end what is under way
_STOPPED: Final = "the crawl was stopped"
MAX_HEAD: Final = 256 * 1024  # bytes of status line and headers; Twisted bounds a line, not their number


class BoundedHandler(http11.HTTP11DownloadHandler):
    """Scrapy's handler of http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._under_way: set[asyncio.Task[Response]] = set()
        self._hung_up = False
        self._at_rest: dict[str, datetime] = {}  # host -> until when
        self._resolver = PublicResolver.installed()
        crawler.signals.connect(self.hang_up, signal=HANG_UP)
        self._pool._factory = _Factory  # noqa: SLF001 - where Scrapy puts its own
        insecure = network_of(crawler).insecure
        self._contextFactory = Certificates(self._contextFactory, insecure)  # type: ignore[assignment]  # zope's

    async def download_request(self, request: Request) -> Response:
        """Ask, and wait for the answer.

        Raises CalledOffError where the crawl ends before it comes, or where the host has just asked for a pause;
        RefusedError where the host is not public.
        """
        now = utc_now()
        if self._hung_up:  # one that has waited for its turn
            raise CalledOffError(_STOPPED, now)
        if (until := self._at_rest.get(host(request.url), now)) > now:
            raise CalledOffError(f"{request.url} is asked for later: its host asks for a pause", until)
        task = asyncio.create_task(super().download_request(request))
        self._under_way.add(task)
        try:
            response = await task
        except asyncio.CancelledError as error:
            raise CalledOffError(_STOPPED, utc_now()) from error
        except CannotResolveHostError as error:
            if reason := self._resolver.refusal(request.url):
                raise not_public(request.url, reason) from error
            raise
        finally:
            self._under_way.discard(task)
        if (refused := of_answer(response)) and refused[0] is Outcome.RATE_LIMITED:
            self._at_rest[host(request.url)] = retry_at(header(response, "Retry-After"), utc_now())
        self._receive(request, response)
        return response

    def _receive(self, request: Request, response: Response) -> None:
        """Tell the run how a host received a request of its own; where that begins a pause, it begins now."""
        lease, run = request.meta.get("lease"), getattr(self._crawler.spider, "run", None)
        reception = reception_of(response.status, header(response, "cf-mitigated"))
        if not isinstance(lease, Lease) or not isinstance(run, Run) or reception is None or run.error is not None:
            return
        try:
            run.receive(lease, request.url, reception, f"HTTP {response.status}")
        except CuttingsError as error:
            stop(self._crawler, error)
            return
        if paused := run.pause_of(request.url):
            self._at_rest[host(request.url)] = paused[0]

    def hang_up(self) -> None:
        """End every request that is under way, and begin none; their URLs stay due."""
        self._hung_up = True
        for task in tuple(self._under_way):
            task.cancel()


class _Protocol(http11._LenientHTTP11ClientProtocol):  # noqa: SLF001 - Scrapy hands it over in no other way
    """One connection."""

    _head = 0

    def request(self, request: Any) -> Any:
        """Send a request; a new head begins."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Read what came, and hang up on a head without end."""
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MAX_HEAD:
                error = HeadTooLongError(f"the head of the answer is longer than {MAX_HEAD:,} bytes")
                self._giveUp(Failure(error))  # type: ignore[no-untyped-call]  # Twisted's own
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted's own


class _Factory(http11._LenientHTTP11ClientFactory):  # noqa: SLF001 - see _Protocol
    """Makes the connections of the pool."""

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: ARG002, N802 - Twisted's name
        """One connection."""
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted's own
