"""What a spider says of the network: its proxy, and which hosts it may ask though they are not public."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler

from archive.config.toml import Config
from archive.crawl.visitors import Visitor
from archive.web.public_hosts import is_named, refusal_of_host
from archive.web.urls import host, site

_SCHEMES = ("http", "https")


@dataclass(frozen=True, kw_only=True)  # without slots, for the property that is worked out once
class Network:
    """The proxy of every request (None: the environment's, if it names one) and the exceptions a person has made.

    `proxies` are those that single sources have for their own hosts (`archive.crawl.visitors`).
    `private` and `insecure` are hosts, with a port where only that is meant: those that may be asked though their
    addresses are not public, and those whose certificates are not verified.
    """

    proxy: str | None = field(default=None, repr=False)
    proxies: frozenset[str] = field(default=frozenset(), repr=False)
    private: frozenset[str] = frozenset()
    insecure: frozenset[str] = frozenset()

    def refusal(self, url: str) -> str | None:
        """Why an address is not asked for, as far as its host tells; None where nothing speaks against it yet.

        What a resolver lets through by name alone (`resolvable`) is judged here with its port.
        """
        if is_named(url, self.private):
            return None
        name = (urlsplit(url).hostname or "").rstrip(".")
        if name in self.resolvable:
            return "it is allowed on another port alone" if name in map(_name, self.private) else "it is the proxy"
        return refusal_of_host(name)

    @cached_property
    def resolvable(self) -> frozenset[str]:
        """Names that may lead to an address that is not public: the exceptions, and the proxies themselves."""
        found = getproxies()
        proxies = [self.proxy] if self.proxy else [found[scheme] for scheme in _SCHEMES if scheme in found]
        proxies += self.proxies
        return frozenset(_name(host) for host in (*self.private, *(_host_of(proxy) for proxy in proxies)) if host)


def configured(settings: Config, visitors: Iterable[Visitor] = ()) -> Network:
    """What cuttings.toml says of the network. A certificate is excused for the source's own site."""
    lax = [source.url for source in settings.sources if not source.verify_tls]
    return Network(
        proxy=settings.proxy,
        proxies=frozenset(visitor.proxy for visitor in visitors if visitor.proxy),
        private=settings.private_hosts,
        insecure=frozenset(name for url in lax for name in (host(url), site(url), f"www.{site(url)}")),
    )


def network_of(crawler: Crawler) -> Network:
    """The network that a crawl's spider is in."""
    network = getattr(crawler.spider, "network", None)
    if not isinstance(network, Network):
        raise TypeError(f"the spider {crawler.spider} does not say what network it is in")
    return network


def _host_of(proxy: str) -> str:
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").hostname or ""


def _name(host: str) -> str:
    """The host alone, as a resolver is asked for it."""
    return (urlsplit(f"//{host}").hostname or host).rstrip(".")
