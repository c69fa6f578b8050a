"""robots.txt is obeyed (RFC 9309): what it forbids gets the outcome `robots`, its Crawl-delay slows the host down."""

import logging
from typing import Final

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import robotstxt
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.robotstxt import RobotParser

from archive.models import Outcome
from archive.urls import host
from spiders.outcomes import RefusedError

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY: Final = 120.0  # seconds; a day's delay is a mistake, and would hold up its source for ever


class RobotsMiddleware(robotstxt.RobotsTxtMiddleware):
    """Scrapy's own, with an outcome for what is forbidden, and Crawl-delay applied."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self._slow_down, signal=signals.robots_parsed)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse a request that robots.txt forbids."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise RefusedError(Outcome.ROBOTS, "robots.txt forbids it") from error

    def _slow_down(self, robotparser: RobotParser, request: Request) -> None:
        wanted = robotparser.crawl_delay(self._default_useragent)
        if not wanted or self.crawler.engine is None:
            return
        key, delay = host(request.url), min(float(wanted), MAX_CRAWL_DELAY)
        downloader = self.crawler.engine.downloader
        settings = downloader.per_slot_settings.setdefault(key, {})
        # Twice the jitter would halve the delay that was asked for: what robots.txt names is a lower bound.
        settings.update(delay=max(delay, settings.get("delay", 0.0)), jitter=0.0)
        if slot := downloader.slots.get(key):
            slot.delay, slot.jitter = max(delay, slot.delay), 0.0
        logger.info("robots.txt asks for a delay: %s, %s s", key, delay)
