"""Names are resolved to public addresses or not at all, whoever asks and whatever was remembered."""

from collections.abc import Iterator

import pytest
from scrapy.resolver import dnscache
from twisted.internet.error import DNSLookupError
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from spiders.http.resolver import PublicResolver


@pytest.fixture
def resolver() -> Iterator[PublicResolver]:
    """One that remembers all that is asked for here, so that no name server is."""
    yield PublicResolver(MemoryReactorClock(), 100, 1.0)
    dnscache.clear()


def resolve(resolver: PublicResolver, name: str, address: str) -> str | Failure:
    dnscache[name] = address
    said: list[str | Failure] = []
    resolver.getHostByName(name).addBoth(said.append)
    return said[0]


def test_a_name_with_a_public_address_is_resolved(resolver: PublicResolver) -> None:
    assert resolve(resolver, "paper.example", "93.184.216.34") == "93.184.216.34"
    assert resolver.refusal("https://paper.example/story") is None


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.7.7", "0.0.0.0"])  # noqa: S104
@pytest.mark.parametrize("name", ["paper.example", "paper.example.", "xn--bcher-kva.example"])
def test_a_name_that_leads_inside_is_not_and_is_told_why(resolver: PublicResolver, name: str, address: str) -> None:
    said = resolve(resolver, name, address)

    assert isinstance(said, Failure)
    assert said.check(DNSLookupError)
    assert f"{name} is at {address}, " in (resolver.refusal(f"http://{name}:8080/story") or "")


def test_a_literal_is_looked_at_as_well(resolver: PublicResolver) -> None:
    assert isinstance(resolve(resolver, "127.0.0.1", "127.0.0.1"), Failure)


def test_a_name_that_is_allowed_may_lead_inside_and_no_other(resolver: PublicResolver) -> None:
    resolver.allowed = frozenset({"news.intranet"})

    for name in ("news.intranet", "News.Intranet", "news.intranet."):
        assert resolve(resolver, name, "10.0.0.1") == "10.0.0.1"
    for name in ("intranet", "x.news.intranet", "10.0.0.1"):
        assert isinstance(resolve(resolver, name, "10.0.0.1"), Failure)


def test_what_was_refused_once_is_not_held_against_a_name_that_has_moved(resolver: PublicResolver) -> None:
    resolve(resolver, "paper.example", "127.0.0.1")
    resolve(resolver, "paper.example", "93.184.216.34")

    assert resolver.refusal("http://paper.example/") is None


@pytest.mark.parametrize("url", ["http://[bad", "http://", "", "no address"])
def test_what_is_no_address_was_not_refused(resolver: PublicResolver, url: str) -> None:
    assert resolver.refusal(url) is None
