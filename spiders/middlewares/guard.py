"""The address guard: nothing is asked of this machine or its network, unless cuttings.toml allows it by name.

A host that tells by itself is refused here, before robots.txt is asked for; one whose address tells is refused when a
connection is made, by `spiders.http.resolver` and `spiders.http.handler`. A proxy resolves the names of the requests
sent through it, where we cannot look.
"""

from typing import Final, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request

from archive.model.outcome import Outcome
from spiders.http.network import Network, network_of
from spiders.http.outcomes import RefusedError, not_public
from spiders.http.resolver import PublicResolver

_SCHEMES: Final = ("http", "https")


class GuardMiddleware:
    """Refuses what is not public, with the outcome `private`."""

    def __init__(self, network: Network, resolver: PublicResolver) -> None:
        self._network = network
        resolver.allowed = network.resolvable

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(network_of(crawler), PublicResolver.installed())

    def process_request(self, request: Request) -> None:
        """Refuse a request by its scheme or its host."""
        try:
            scheme = urlsplit(request.url).scheme
            reason = self._network.refusal(request.url)
        except ValueError as error:
            raise RefusedError(Outcome.BAD_URL, f"{request.url}: cannot be read as an address") from error
        if scheme not in _SCHEMES:
            raise RefusedError(Outcome.BAD_URL, f"{request.url}: is not an http or https address")
        if reason is not None:
            raise not_public(request.url, reason)
