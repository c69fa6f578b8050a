"""Which hosts and addresses are public, so that no page leads a crawl into the network it runs in. Pure: no look-ups.

A name is judged twice: by itself, before anything is asked for (`refusal_of_host`), and by the address it leads to, at
the moment of connecting (`refusal`), because only the second cannot be changed in between (DNS rebinding).

The special-purpose blocks are those of the IANA registries (RFC 6890); where an IPv6 address holds an IPv4 address
(mapped, 6to4, Teredo, NAT64 ...), that one must be public too.
"""

import ipaddress
import re
from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Sorted; block -> what it is, for a person.
_SPECIAL_4: Final = {
    "0.0.0.0/8": "this host (RFC 791)",
    "10.0.0.0/8": "private (RFC 1918)",
    "100.64.0.0/10": "shared behind a carrier's NAT (RFC 6598)",
    "127.0.0.0/8": "loopback (RFC 1122)",
    "169.254.0.0/16": "link-local (RFC 3927); clouds keep secrets there",
    "172.16.0.0/12": "private (RFC 1918)",
    "192.0.0.0/24": "protocol assignments (RFC 6890)",
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.88.99.0/24": "6to4 relays (RFC 7526)",
    "192.168.0.0/16": "private (RFC 1918)",
    "198.18.0.0/15": "benchmarking (RFC 2544)",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast (RFC 5771)",
    "240.0.0.0/4": "reserved (RFC 1112)",
}
# Of IPv6 only 2000::/3 is handed out; these lie inside it and are not public all the same.
_SPECIAL_6: Final = {
    "2001::/23": "protocol assignments (RFC 2928)",
    "2001:db8::/32": "documentation (RFC 3849)",
    "3fff::/20": "documentation (RFC 9637)",
}
_NETWORKS_4: Final = tuple((ipaddress.IPv4Network(block), name) for block, name in _SPECIAL_4.items())
_NETWORKS_6: Final = tuple((ipaddress.IPv6Network(block), name) for block, name in _SPECIAL_6.items())
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_LOCAL_6: Final = (
    (ipaddress.IPv6Network("::1/128"), "loopback (RFC 4291)"),
    (ipaddress.IPv6Network("::/128"), "this host (RFC 4291)"),
    (ipaddress.IPv6Network("fc00::/7"), "private (RFC 4193)"),
    (ipaddress.IPv6Network("fe80::/10"), "link-local (RFC 4291)"),
    (ipaddress.IPv6Network("ff00::/8"), "multicast (RFC 4291)"),
)
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

# Endings of names that no public name server knows, and that lead into a machine or its network where one does.
_LOCAL_NAMES: Final = {
    "corp": "in private use (RFC 6762, appendix G)",
    "home": "in private use (RFC 6762, appendix G)",
    "home.arpa": "of a home network (RFC 8375)",
    "internal": "in private use (ICANN, 2024)",
    "intranet": "in private use (RFC 6762, appendix G)",
    "lan": "in private use (RFC 6762, appendix G)",
    "local": "of the local link (RFC 6762)",
    "localdomain": "of this machine",
    "localhost": "of this machine (RFC 6761)",
    "private": "in private use (RFC 6762, appendix G)",
    "test": "for tests (RFC 6761)",
}
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


def is_among(host: str, port: int, listed: Collection[str]) -> bool:
    """True where a host is listed, with this port or without one."""
    return host in listed or f"{host}:{port}" in listed


def is_named(url: str, listed: Collection[str]) -> bool:
    """True where a list, as that of `allow_private`, names the host of a URL: with its port or without one.

    Raises ValueError where it is no URL.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    return is_among(f"[{name}]" if ":" in name else name, parts.port or _PORTS.get(parts.scheme, 0), listed)


_PORTS: Final = {"http": 80, "https": 443}


def refusal(address: Address) -> str | None:
    """Why nothing may be asked of an address: what it is; None where it is public."""
    if isinstance(address, ipaddress.IPv4Address):
        return next((name for network, name in _NETWORKS_4 if address in network), None)
    for held in _held(address):
        if (reason := refusal(held)) is not None:
            return f"holds {held}, {reason}"
    if address in _MAPPED or address in _NAT64:
        return None
    if address not in _UNICAST:
        return next((name for network, name in _LOCAL_6 if address in network), "not a public unicast address")
    if address.teredo is not None:
        return None  # what it leads to was looked at above
    return next((name for network, name in _NETWORKS_6 if address in network), None)


def _held(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that stand in an IPv6 address and that a gateway would lead on to."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def refusal_of_host(host: str) -> str | None:
    """Why nothing may be asked of a host, as far as its name tells: a literal that is not public, a local name.

    None means only that the name does not tell: the address it leads to is looked at when it is known.
    """
    name = host.strip("[]").rstrip(".").lower()
    address = literal(name)
    if address is not None:
        reason = refusal(address)
        return reason and (f"{address}, {reason}" if str(address) != name else reason)
    if "." not in name:
        return _LOCAL_NAMES.get(name, "a name without a dot, of a local network")
    labels = name.split(".")
    endings = (".".join(labels[at:]) for at in range(1, len(labels)))
    return next((f"a name {_LOCAL_NAMES[ending]}" for ending in endings if ending in _LOCAL_NAMES), None)


def literal(host: str) -> Address | None:
    """The address that a host is a notation of; None where it is a name.

    IPv4 in every form that `inet_aton` takes, and so whatever connects: `127.1`, `0x7f.1`, `017700000001`,
    `2130706433` (WHATWG URL, section 3.5).
    """
    if ":" in host:
        try:
            return ipaddress.IPv6Address(host.partition("%")[0])
        except ValueError:
            return None
    parts = host.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        *first, last = (_number(part) for part in parts)
        room = 256 ** (4 - len(first))
        if any(number > 255 for number in first) or last >= room:
            return None
    except ValueError:
        return None
    whole = sum(number << (8 * (3 - at)) for at, number in enumerate(first)) + last
    return ipaddress.IPv4Address(whole)


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text[2:] or "0", 16)
    return int(text, 8) if len(text) > 1 and text.startswith("0") else int(text)
