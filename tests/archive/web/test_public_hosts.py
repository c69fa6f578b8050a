"""Which hosts are public: every block, every notation of an address, and the names that are local by their spelling."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.web.public_hosts import literal, refusal, refusal_of_host

# The IANA IPv4 special-purpose address registry as first and last addresses, and what multicast and class E hold.
SPECIAL = (
    ("0.0.0.0", "0.255.255.255"),  # noqa: S104 - the first of a block
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
)
RANGES = tuple((int(IPv4Address(first)), int(IPv4Address(last))) for first, last in SPECIAL)
LAST = 2**32 - 1
WITHIN = st.one_of(*(st.integers(first, last) for first, last in RANGES))
BESIDE = st.sampled_from(
    [edge for first, last in RANGES for edge in (first - 1, first, last, last + 1) if 0 <= edge <= LAST]
)
ADDRESSES = st.one_of(st.integers(0, LAST), WITHIN, BESIDE)


def is_special(number: int) -> bool:
    return any(first <= number <= last for first, last in RANGES)


def number_in(base: int, number: int) -> str:
    return {8: f"0{number:o}", 10: str(number), 16: f"0x{number:x}"}[base]


def notation(number: int, parts: int, bases: tuple[int, ...], end: str) -> str:
    """An address in so many parts (as `inet_aton` reads them), each in its base."""
    first = [number >> (8 * (3 - at)) & 0xFF for at in range(parts - 1)]
    last = number & (256 ** (5 - parts) - 1)
    return ".".join(number_in(base, part) for base, part in zip(bases, [*first, last], strict=False)) + end


@given(
    ADDRESSES,
    st.integers(1, 4),
    st.tuples(*[st.sampled_from([8, 10, 16])] * 4),
    st.sampled_from(["", "."]),
    st.booleans(),
)
def test_an_ipv4_address_is_judged_alike_in_every_notation(
    number: int,
    parts: int,
    bases: tuple[int, ...],
    end: str,
    upper: bool,  # noqa: FBT001 - drawn
) -> None:
    written = notation(number, parts, bases, end)
    host = written.upper() if upper else written

    assert literal(host.rstrip(".")) == IPv4Address(number)
    assert (refusal_of_host(host) is not None) == is_special(number), host


@given(ADDRESSES)
def test_an_ipv4_address_is_judged_alike_within_every_ipv6_address_that_leads_to_it(number: int) -> None:
    dotted, high, low = IPv4Address(number), number >> 16, number & 0xFFFF
    for host in (
        f"[::ffff:{dotted}]",
        f"[::FFFF:{high:x}:{low:x}]",
        f"[0:0:0:0:0:ffff:{high:x}:{low:x}]",
        f"[64:ff9b::{dotted}]",
        f"[2002:{high:x}:{low:x}::1]",
        f"[2001:0:808:808:0:0:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}]",  # Teredo, behind a public server
        f"[2001:0:{high:x}:{low:x}:0:0:f7f7:f7f7]",  # Teredo, a public client behind this server
    ):
        assert (refusal_of_host(host) is not None) == is_special(number), host


@given(st.integers(0, 2**128 - 1))
@example(int(IPv6Address("::")))
def test_no_ipv6_address_outside_of_what_is_handed_out_is_public(number: int) -> None:
    address = IPv6Address(number)
    holds_ipv4 = address.ipv4_mapped is not None or number >> 32 == int(IPv6Address("64:ff9b::")) >> 32

    if not holds_ipv4 and number >> 125 != 1:  # 2000::/3
        assert refusal(address) is not None


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("[::]", "this host"),
        ("[::1]", "loopback"),
        ("[::127.0.0.1]", "not a public unicast"),
        ("[::8.8.8.8]", "not a public unicast"),
        ("[::ffff:0:7f00:1]", "not a public unicast"),
        ("[::ffff:127.0.0.1]", "holds 127.0.0.1, loopback"),
        ("[64:ff9b:1::8.8.8.8]", "not a public unicast"),
        ("[100::1]", "not a public unicast"),
        ("[2001:10::1]", "protocol assignments"),
        ("[2001:2::1]", "protocol assignments"),
        ("[2001:db8::1]", "documentation"),
        ("[2002:7f00:1::]", "holds 127.0.0.1, loopback"),
        ("[3fff::1]", "documentation"),
        ("[5f00::1]", "not a public unicast"),
        ("[fc00::1]", "private"),
        ("[fd12:3456::1]", "private"),
        ("[fe80::1]", "link-local"),
        ("[fe80::1%eth0]", "link-local"),
        ("[fec0::1]", "not a public unicast"),
        ("[ff02::1]", "multicast"),
        ("0", "0.0.0.0, this host"),
        ("0x7f.1", "127.0.0.1, loopback"),
        ("127.0.0.1", "loopback"),
        ("169.254.169.254", "link-local"),
        ("2130706433", "127.0.0.1, loopback"),
        ("", "without a dot"),
        ("LOCALHOST", "of this machine"),
        ("broker.internal", "in private use"),
        ("desk.corp", "in private use"),
        ("intranet", "in private use"),
        ("localhost.", "of this machine"),
        ("nas.lan", "in private use"),
        ("news.test", "for tests"),
        ("printer.local", "of the local link"),
        ("router.home.arpa", "of a home network"),
        ("wiki", "without a dot"),
        ("x.y.localhost", "of this machine"),
    ],
)
def test_what_is_not_public_is_refused_with_its_reason(host: str, reason: str) -> None:
    assert reason in (refusal_of_host(host) or "")


@pytest.mark.parametrize(
    "host",
    [
        "[2001:4860:4860::8888]",
        "[2002:808:808::1]",
        "[2606:4700:4700::1111]",
        "[2a00:1450:4001:830::200e]",
        "0x08080808",
        "1.2.3.4.5",
        "127.0.0.1.example.org",
        "192.0.1.0",
        "256.256.256.256",
        "8.8.8.8",
        "corporate.example",
        "home.example.org",
        "internal.example.org",
        "local.example.org",
        "localhost.example.org",
        "test.example.org",
        "thelocal.de",
        "xn--bcher-kva.example",
    ],
)
def test_what_may_be_public_is_not_refused_by_its_spelling(host: str) -> None:
    """Names are judged again by the address they lead to."""
    assert refusal_of_host(host) is None


@pytest.mark.parametrize(
    "host", ["08", "1..2", "1.2.3.4.5", "256.0.0.1", "4294967296", "0x1g", "-1", "1" * 5_000, "::1::"]
)
def test_what_is_no_address_is_a_name(host: str) -> None:
    assert literal(host) is None


@given(st.text(max_size=40))
def test_no_host_is_too_odd_to_be_judged(host: str) -> None:
    refusal_of_host(host)


@given(st.ip_addresses())
def test_an_address_is_read_from_its_own_spelling(address: IPv4Address | IPv6Address) -> None:
    assert literal(str(address)) == address == ip_address(str(address))
