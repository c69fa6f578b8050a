"""The address guard at the moment of connecting: a name that leads to an address that is not public is not resolved.

Every connection asks here, literals too, so a name that was public a second ago (DNS rebinding) gains nothing: what is
looked at is the very address that the connection is made to. A connection that is kept open was looked at when it was
made.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from archive.web.public_hosts import refusal


class PublicResolver(CachingThreadedResolver):
    """Scrapy's own, which knows IPv4 alone, with the guard. `allowed` are names that may lead anywhere.

    Twisted takes every failure to resolve for a name that does not exist, so what was refused is remembered here,
    for whoever wanted to connect.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed: frozenset[str] = frozenset()
        self._refused: dict[str, str] = {}  # name -> why

    @classmethod
    def installed(cls) -> Self:
        """The resolver of this process. Without it there is no guard, and so no crawl: raises TypeError."""
        from twisted.internet import reactor

        resolver = getattr(reactor, "resolver", None)
        if not isinstance(resolver, cls):
            raise TypeError(f"names are resolved by {resolver!r}, which would connect to private addresses")
        return resolver

    def refusal(self, url: str) -> str | None:
        """Why the name in an address was not resolved, where it was the guard that would not."""
        try:
            return self._refused.get(urlsplit(url).hostname or "")
        except ValueError:
            return None

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's name
        """Resolve a name. Fails with DNSLookupError where it does not exist, or leads to what is not public."""
        self._refused.pop(name, None)
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, found: str, name: str) -> str:
        reason = refusal(ipaddress.ip_address(found))
        if reason is None or name.rstrip(".").lower() in self.allowed:
            return found
        self._refused[name] = f"{name} is at {found}, {reason}"
        raise DNSLookupError(self._refused[name])
