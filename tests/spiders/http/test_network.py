"""What a spider says of the network: exceptions by name and port, proxies, certificates that are excused."""

from pathlib import Path

import pytest

from archive.config.toml import Config
from archive.model.source import Source
from archive.web.public_hosts import is_among
from spiders.http.network import Network, configured

PRIVATE = Network(
    proxy="http://user:secret@proxy.example:3128",
    private=frozenset({"news.intranet", "desk.example:8080", "[::1]:8080", "127.0.0.1"}),
)


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://paper.example/", None),
        ("http://news.intranet/", None),
        ("http://news.intranet:9000/", None),
        ("http://NEWS.intranet./", None),
        ("http://wiki.intranet/", "in private use"),
        ("http://x.news.intranet/", "in private use"),
        # What looks public and is allowed leads inside: on the port that was meant, and on no other.
        ("http://desk.example:8080/", None),
        ("http://desk.example./", "allowed on another port alone"),
        ("http://desk.example:6379/", "allowed on another port alone"),
        ("https://desk.example/", "allowed on another port alone"),
        ("http://[::1]:8080/", None),
        ("http://[::1]/", "allowed on another port alone"),
        ("http://[::2]/", "not a public unicast"),
        ("http://127.0.0.1:5432/", None),
        ("http://127.1/", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://proxy.example:3128/", "the proxy"),
        ("http://proxy.example/", "the proxy"),
    ],
)
def test_an_address_is_refused_as_far_as_its_host_and_port_tell(url: str, refused: str | None) -> None:
    said = PRIVATE.refusal(url)

    assert said is None if refused is None else refused in (said or "")


def test_names_that_may_lead_inside_are_the_exceptions_and_the_proxy() -> None:
    assert PRIVATE.resolvable == {"news.intranet", "desk.example", "::1", "127.0.0.1", "proxy.example"}


def test_the_proxies_of_the_environment_may_be_connected_to_and_what_needs_none_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP", "HTTPS", "FTP", "ALL", "NO"):
        for variable in (f"{name}_PROXY", f"{name.lower()}_proxy"):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://wall.corp:3128")
    monkeypatch.setenv("HTTP_PROXY", "gate.corp:3128")
    monkeypatch.setenv("FTP_PROXY", "ftp.corp:21")
    monkeypatch.setenv("NO_PROXY", "db.example")

    assert Network().resolvable == {"wall.corp", "gate.corp"}
    assert Network(proxy="http://127.0.0.1:3128").resolvable == {"127.0.0.1"}


def test_a_certificate_is_excused_for_the_site_of_its_source_alone() -> None:
    sources = (
        Source(id="lax", url="https://www.lax.example/", name="Lax", verify_tls=False),
        Source(id="mobile", url="https://m.mobile.example/", name="Mobile", verify_tls=False),
        Source(id="strict", url="https://strict.example/", name="Strict", allow_private=("strict.example",)),
    )
    settings = Config(path=None, archive=Path("x.db"), user_agent="x", sources=sources, allow_private=("10.0.0.1",))
    network = configured(settings)

    assert network.insecure == {
        "lax.example", "www.lax.example", "m.mobile.example", "mobile.example", "www.mobile.example",
    }  # fmt: skip
    assert network.private == {"strict.example", "10.0.0.1"}
    assert is_among("www.lax.example", 443, network.insecure)
    assert not is_among("strict.example", 443, network.insecure)
