"""Hosts that ask to be left alone are, wherever a request for them comes from: a redirect, a robots.txt, a source's own
list. The URL that would have led there is asked for later, and no try of it is spent.
"""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from pipelines.addon import run_of
from spiders.http.outcomes import CalledOffError


class PauseMiddleware:
    """Takes back what would be asked of a host during its pause."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Take a request back."""
        paused = run_of(self._crawler).pause_of(request.url)
        if paused is not None:
            until, reason = paused
            raise CalledOffError(f"{reason}: {request.url} is asked for later", until)
