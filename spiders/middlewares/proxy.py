"""The proxy of cuttings.toml, for every request, robots.txt included. Without one the environment's proxies hold.

A source's own proxy is for its own hosts: what a redirect leads to elsewhere goes through that of the project again.
"""

from typing import Final, Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from archive.crawl.visitors import Visitor
from pipelines.answers import VISITOR
from spiders.http.network import network_of

_OWN: Final = "cuttings_own_proxy"  # key of request.meta: whether its proxy is the source's


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
        visitor: Visitor | None = request.meta.get(VISITOR)
        own = visitor.proxy if visitor is not None and visitor.owns(request.url) else None
        if proxy := own or self._proxy:
            request.meta["proxy"] = proxy
        elif request.meta.get(_OWN):
            request.meta.pop("proxy", None)
        request.meta[_OWN] = own is not None
