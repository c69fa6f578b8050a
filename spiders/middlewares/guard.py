"""The address guard: nothing is asked of this machine or its network, unless cuttings.toml allows it by name.

A host that tells by itself is refused here, before robots.txt is asked for; one whose address tells is refused by
`spiders.resolver` when a connection is made. A request through a proxy is resolved there, where we cannot look.
"""

import contextlib
from typing import Final, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request

from archive.models import Outcome
from spiders.network import Network, network_of
from spiders.outcomes import RefusedError
from spiders.resolver import PublicResolver

_SCHEMES: Final = ("http", "https")


class GuardMiddleware:
    """Refuses what is not public, with the outcome `private`."""

    def __init__(self, network: Network, resolver: PublicResolver) -> None:
        self._network = network
        self._resolver = resolver
        resolver.allowed = network.resolvable

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor. Without our resolver there is no guard, and so no crawl: raises TypeError."""
        from twisted.internet import reactor

        resolver = getattr(reactor, "resolver", None)
        if not isinstance(resolver, PublicResolver):
            raise TypeError(f"names are resolved by {resolver!r}, which would connect to private addresses")
        return cls(network_of(crawler), resolver)

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
            raise _refused(request, reason)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say why a name was not resolved, where it was the guard that would not."""
        if isinstance(exception, CannotResolveHostError):
            with contextlib.suppress(ValueError):
                reason = self._resolver.refused.get(urlsplit(request.url).hostname or "")
                if reason is not None:
                    raise _refused(request, reason) from exception


def _refused(request: Request, reason: str) -> RefusedError:
    return RefusedError(Outcome.PRIVATE, f"{request.url}: the host is not public: {reason}; see allow_private")
