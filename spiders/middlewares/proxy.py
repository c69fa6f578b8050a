"""The proxy of cuttings.toml, for every request, robots.txt included. Without one the environment's proxies hold."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from spiders.network import network_of


class ProxyMiddleware:
    """Sends requests through the configured proxy."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(network_of(crawler).proxy)

    def process_request(self, request: Request) -> None:
        """Name the proxy, for Scrapy's own proxy middleware to use."""
        if self._proxy:
            request.meta["proxy"] = self._proxy
