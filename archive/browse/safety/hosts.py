"""Which hosts a server of an archive answers as: the way in before all others, for pages, files and JSON alike.

A page anywhere may have its own name lead to this machine (DNS rebinding). Its reader's browser then takes us for a
part of that page and hands over whatever we answer; only the name in the Host header tells. An address written out as
digits is no name, and cannot be led elsewhere. It knows no Datasette.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urlsplit

from archive.browse.safety.asgi import Application, Message, Receive, Refusal, Send, refuse
from archive.errors import UsageError

# RFC 9110, section 7.2, without what no browser sends: names are letters, digits, hyphens, underscores and dots.
_HOST: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*)\.?)"
    r"(?::(?P<port>[0-9]{0,5}))?"
)
_LONGEST: Final = 260  # a name of 253, a port
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """What a server may be called: `bound` is the host it listens on, `named` are others that lead to it.

    `origin` is scheme, host and port under which a proxy offers it: links that name a host name that one.
    """

    bound: str
    named: frozenset[str] = frozenset()
    origin: SplitResult | None = None

    def refusal(self, given: Sequence[bytes], server: str | None) -> Refusal | None:
        """Return why a request with these Host headers is refused, if it is; `server` is the address it came to."""
        if len(given) != 1:
            how = "more than one Host header" if given else "no Host header"
            return HTTPStatus.BAD_REQUEST, f"The request has {how}; exactly one must say which server is meant."
        host = host_of(given[0].decode("latin-1"))
        if host is None:
            return HTTPStatus.BAD_REQUEST, "The Host header of the request names no host."
        if self._is_ours(host, server):
            return None
        told = f'This server does not answer as "{host}"; if that host is meant to lead here, start it with'
        return HTTPStatus.MISDIRECTED_REQUEST, f"{told} --allow-host {host}"

    def _is_ours(self, host: str, server: str | None) -> bool:
        if is_loopback(host) or host in self.named:
            return True
        if self.origin is not None and host == host_of(self.origin.netloc):
            return True
        # Beyond loopback: what it was bound to, and the address at which this very request came in.
        return host == _normal(self.bound) or (server is not None and _is_address(host) and host == _normal(server))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, seen from itself: a name below `localhost`, or an address of its own."""
    name = _normal(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def host_of(written: str) -> str | None:
    """Return the host of a Host header in its normal form, without port; None for what cannot be one."""
    match = _HOST.fullmatch(written) if len(written) <= _LONGEST else None
    if match is None or int(match["port"] or 0) > _LAST_PORT:
        return None
    if match["v6"] is None:
        return _normal(match["name"])
    return _normal(match["v6"]) if _is_address(match["v6"]) else None


def named(name: str) -> str:
    """Return a host that a person allows. Raises UsageError for what is none: a pattern, a URL."""
    written = f"[{name}]" if _is_address(name) and ":" in name else name
    host = host_of(written)
    if host is None:
        raise UsageError(
            f'--allow-host: "{name[:100]}" is not a host; write it as in news.example, without https:// and without *'
        )
    return host


def split_base_url(written: str) -> tuple[SplitResult | None, str]:
    """Return the origin that a base URL names, if it names one, and its path: `/news/` or `https://h.example/news/`."""
    parts = urlsplit(written)
    return (parts if parts.netloc else None), parts.path or "/"


def checked(app: Application, hosts: Hosts) -> Application:
    """Return an application that answers as its own hosts only. What it makes links of is a host that was checked."""

    async def check(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name.lower() == b"host"]
        server = scope.get("server")
        if refusal := hosts.refusal(given, str(server[0]) if server else None):
            await refuse(scope, receive, send, *refusal)
        else:
            await app(_offered(scope, hosts.origin), receive, send)

    return check


def _offered(scope: Message, origin: SplitResult | None) -> Message:
    """A request as if it had been made to the origin that a proxy offers."""
    if origin is None or scope["type"] != "http":
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
    return {**scope, "scheme": origin.scheme, "headers": [(b"host", origin.netloc.encode()), *kept]}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _normal(host: str) -> str:
    """Lower case, without the dot of a full name; an address in the one form it has, `::ffff:127.0.0.1` as IPv4."""
    name = host.lower().removesuffix(".")
    if not _is_address(name):
        return name
    address = ipaddress.ip_address(name)
    return str(getattr(address, "ipv4_mapped", None) or address)
