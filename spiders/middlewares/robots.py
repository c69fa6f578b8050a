"""robots.txt is obeyed (RFC 9309): what it forbids gets the outcome `robots`, its Crawl-delay slows the host down.

One that does not exist (4xx) forbids nothing. One that cannot be had (5xx, no connection) forbids everything for the
time being: the request that found out ends with that outcome, and its host is left alone for a while, which is nobody's
failure; then it is asked for again. One that was read is read again after a day (section 2.4), and none further than
500 KiB (section 2.5).

It is judged by the user agent of the request: two sources of one host may have two, and then two readings.
"""

import logging
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import robotstxt
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from archive.crawl.frontier import Lease
from archive.crawl.run import Run
from archive.errors import CuttingsError
from archive.model.outcome import Outcome
from archive.times import utc_now
from archive.web.media_types import is_html
from archive.web.urls import host
from pipelines.addon import stop
from pipelines.answers import VISITOR
from pipelines.metadata.reservations import robots_signals
from spiders.http.outcomes import CalledOffError, RefusedError, header, of_answer, of_exception
from spiders.http.retry_after import SOON, retry_at
from spiders.site.robots_txt import RobotsParser, product_token
from spiders.site.site_files import OF_ROBOTS

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY: Final = 120.0  # seconds; a day's delay is a mistake, and would hold up its source for ever
MAX_BYTES: Final = 500 * 1024
_DAY: Final = 86_400.0  # seconds
_OURS: Final = "dont_obey_robotstxt"  # how Scrapy marks a request for a robots.txt
_RECEIVED: Final = "cuttings_robots_bytes"


class RobotsMiddleware(robotstxt.RobotsTxtMiddleware):
    """Scrapy's own, with RFC 9309 for what cannot be had, an outcome for what is forbidden, and Crawl-delay applied."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreadable: dict[str, RefusedError] = {}
        self._asked_at: dict[str, float] = {}
        crawler.signals.connect(self._bound, signal=signals.bytes_received)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse a request that robots.txt forbids."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise RefusedError(Outcome.ROBOTS, "robots.txt forbids it") from error

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules for a request, of its host for its user agent. Raises RefusedError where they cannot be had."""
        key = f"{urlparse_cached(request).netloc} {self._agent(request)}"
        if self._is_out_of_date(key):
            for known in (self._parsers, self._unreadable, self._asked_at):
                known.pop(key, None)
        self._asked_at.setdefault(key, monotonic())
        rules = await self._rules(key, request)
        if (refused := self._unreadable.get(key)) is not None:
            if isinstance(refused, CalledOffError):
                raise CalledOffError(str(refused), refused.due)
            raise RefusedError(refused.outcome, str(refused), refused.retry_at)
        return rules

    async def _rules(self, key: str, request: Request) -> RobotParser | None:
        """What was read, or is being read, under a key; the first request of a key asks for it."""
        if key not in self._parsers:
            self._parsers[key] = Deferred()
            try:
                await self._parse_robots(await self._asked(request), key, request)
            except IgnoreRequest as error:
                self._robots_error(error, key)
            except Exception as error:  # the border: whatever it was, others wait for the answer
                logger.exception("robots.txt cannot be read: %s", request.url)
                self._robots_error(error, key)
        rules = self._parsers[key]
        return await maybe_deferred_to_future(rules) if isinstance(rules, Deferred) else rules

    async def _asked(self, request: Request) -> Response:
        """The robots.txt for a request: as the same user agent, and without any secrets."""
        parts, visitor = urlparse_cached(request), request.meta.get(VISITOR)
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("there is no engine to ask with")
        return await engine.download_async(
            Request(
                f"{parts.scheme}://{parts.netloc}/robots.txt",
                priority=self.DOWNLOAD_PRIORITY,
                meta={_OURS: True, VISITOR: visitor.bare if visitor is not None else None},
                callback=NO_CALLBACK,
            )
        )

    def _agent(self, request: Request) -> str:
        """The user agent of a request, by whose name robots.txt is judged."""
        agent = request.headers.get("User-Agent")
        return agent.decode("latin-1") if agent else self._default_useragent

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say in one line why a robots.txt did not come; Scrapy would log seventy for what is no refusal."""
        if request.meta.get(_OURS) and not isinstance(exception, IgnoreRequest):
            raise RefusedError(*of_exception(exception)) from exception

    def _is_out_of_date(self, key: str) -> bool:
        refused = self._unreadable.get(key)
        if refused is not None and refused.retry_at is not None and refused.retry_at <= utc_now():
            return True
        return monotonic() - self._asked_at.get(key, monotonic()) > _DAY

    async def _parse_robots(self, response: Response, key: str, request: Request) -> None:
        outcome, detail = of_answer(response) or (None, "")
        if outcome is Outcome.HTTP_4XX:
            response = response.replace(body=b"")
        elif outcome is not None:
            after = header(response, "Retry-After")
            raise RefusedError(outcome, detail, retry_at(after, utc_now()) if outcome is Outcome.RATE_LIMITED else None)
        rules = RobotsParser(response.body, self._agent(request))
        self._slow_down(rules, request)
        waiting, self._parsers[key] = self._parsers[key], rules
        if isinstance(waiting, Deferred):
            waiting.callback(rules)
        self._note_rights(response, request)

    def _note_rights(self, response: Response, request: Request) -> None:
        """Write down what the file says of AI and text mining, where the crawl has an archive."""
        lease, run = request.meta.get("lease"), getattr(self.crawler.spider, "run", None)
        if not isinstance(lease, Lease) or not isinstance(run, Run):
            return
        asked = urlsplit(request.url)
        url = f"{asked.scheme}://{asked.netloc}/robots.txt"  # wherever a redirect led (section 2.3.1.2)
        body = b"" if is_html(response.body) else response.body
        agent = product_token(self._agent(request))
        try:
            run.note_host_rights(lease.source_id, url, robots_signals(body, agent, url), OF_ROBOTS)
        except CuttingsError as error:
            stop(self.crawler, error)

    def _robots_error(self, exc: Exception, key: str) -> None:
        outcome, detail = of_exception(exc)
        if isinstance(exc, CalledOffError):
            self._unreadable[key] = exc
            super()._robots_error(exc, key)
            return
        # Redirects without end: "unavailable" (section 2.3.1.2), as if there were none.
        if outcome is not Outcome.REDIRECT:
            moment = getattr(exc, "retry_at", None) or utc_now() + SOON
            self._unreadable[key] = RefusedError(
                outcome,
                _unreadable(outcome, detail),
                None if outcome is Outcome.PRIVATE else moment,
            )
        super()._robots_error(exc, key)

    def _bound(self, data: bytes, request: Request) -> None:
        if not request.meta.get(_OURS):
            return
        request.meta[_RECEIVED] = request.meta.get(_RECEIVED, 0) + len(data)
        if request.meta[_RECEIVED] > MAX_BYTES:
            raise StopDownload(fail=False)

    def _slow_down(self, rules: RobotsParser, request: Request) -> None:
        wanted = rules.crawl_delay(self._agent(request))
        if not wanted or self.crawler.engine is None:
            return
        key, delay = host(request.url), min(float(wanted), MAX_CRAWL_DELAY)
        downloader = self.crawler.engine.downloader
        settings = downloader.per_slot_settings.setdefault(key, {})
        # Twice the jitter would halve the delay that was asked for: what robots.txt names is a lower bound.
        least = settings.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        settings.update(delay=max(delay, least), jitter=0.0)
        if slot := downloader.slots.get(key):
            slot.delay, slot.jitter = max(delay, slot.delay), 0.0
        logger.info("robots.txt asks for a delay: %s, %s s", key, delay)


def _unreadable(outcome: Outcome, detail: str) -> str:
    """Why nothing may be asked of a host yet. Where there is no host, that comes first: the file is not at fault."""
    if outcome is Outcome.DNS:
        return f"{detail}; so its robots.txt cannot be had"
    return f"robots.txt cannot be had, so nothing may be asked for yet: {detail}"
