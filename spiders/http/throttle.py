"""A host that answers slowly is asked more slowly: Scrapy's AutoThrottle, within what has been promised.

Scrapy's own knows one least delay for the whole crawl, and would go below what a source's configuration or a
robots.txt asks for. Here the least delay is that of the host.
"""

from scrapy import Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response


class Throttle(AutoThrottle):
    """Keeps the time between two requests to a host above the time it took to answer the last ones."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        """Let Scrapy decide, and never fall below the host's own delay."""
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        if key is not None and slot is not None:
            slot.delay = max(slot.delay, self._least(key))

    def _min_delay(self) -> float:
        return 0.0  # a host's own delay is looked up for each answer

    def _start_delay(self) -> float:
        return self.crawler.settings.getfloat("DOWNLOAD_DELAY")  # of hosts that no source names

    def _least(self, host: str) -> float:
        """Seconds that the configuration or robots.txt asks for between two requests to a host."""
        engine = self.crawler.engine
        settings = engine.downloader.per_slot_settings.get(host, {}) if engine else {}
        return float(settings.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))
