"""What a spider says of the network: its proxy, and which hosts it may ask though they are not public."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler

from archive.config import Config
from archive.networks import refusal_of_host
from archive.urls import site

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The proxy of every request (None: the environment's, if it names one) and the exceptions a person has made.

    `private` and `insecure` are hosts, with a port where only that is meant: those that may be asked though their
    addresses are not public, and those whose certificates are not verified.
    """

    proxy: str | None = None
    private: frozenset[str] = frozenset()
    insecure: frozenset[str] = frozenset()

    def refusal(self, url: str) -> str | None:
        """Why an address is not asked for, as far as its host tells; None where nothing speaks against it yet."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        shown = f"[{host}]" if ":" in host else host
        port = parts.port or _PORTS.get(parts.scheme, 0)
        return None if {shown, f"{shown}:{port}"} & self.private else refusal_of_host(host)

    @property
    def resolvable(self) -> frozenset[str]:
        """Names that may lead to an address that is not public: the exceptions, and the proxies themselves."""
        proxies = [self.proxy] if self.proxy else list(getproxies().values())
        return frozenset(_name(host) for host in (*self.private, *(_host_of(proxy) for proxy in proxies)) if host)


def configured(settings: Config) -> Network:
    """What cuttings.toml says of the network. A certificate is excused for the source's own site."""
    lax = [site(source.url) for source in settings.sources if not source.verify_tls]
    return Network(
        proxy=settings.proxy,
        private=settings.private_hosts,
        insecure=frozenset([*lax, *(f"www.{name}" for name in lax)]),
    )


def network_of(crawler: Crawler) -> Network:
    """The network that a crawl's spider is in."""
    network = getattr(crawler.spider, "network", None)
    if not isinstance(network, Network):
        raise TypeError(f"the spider {crawler.spider} does not say what network it is in")
    return network


def is_among(host: str, port: int, listed: Collection[str]) -> bool:
    """True where a host is listed, with this port or without one."""
    return host in listed or f"{host}:{port}" in listed


def _host_of(proxy: str) -> str:
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").hostname or ""


def _name(host: str) -> str:
    """The host alone, as a resolver is asked for it."""
    return (urlsplit(f"//{host}").hostname or host).rstrip(".")
