"""Names for the crawled program alone: Python imports this file at its start where its folder is on PYTHONPATH.

HOSTILE_NAMES is JSON, name -> addresses that are served in turn, the last for ever. A name that begins with `*` is an
ending. Nothing else has an address, and no name server is asked. HOSTILE_ROUTES is JSON, public address -> port of this
machine that a connection to it reaches instead, as if a router stood between. HOSTILE_ASKED is a file that every name
is written to that anybody wanted to know the address of.
"""

import json
import os
import socket
from pathlib import Path

_TABLE: dict[str, list[str]] = json.loads(os.environ.get("HOSTILE_NAMES", "{}"))
_ROUTES: dict[str, int] = json.loads(os.environ.get("HOSTILE_ROUTES", "{}"))
_ASKED = os.environ.get("HOSTILE_ASKED")
_connect_ex = socket.socket.connect_ex
_connect = socket.socket.connect


def _note(name: object) -> str:
    text = name.decode() if isinstance(name, bytes) else str(name)
    if _ASKED:
        with Path(_ASKED).open("a") as asked:
            asked.write(f"{text}\n")
    return text


def _addresses(name: str) -> list[str]:
    endings = (known for known in _TABLE if known.startswith("*") and name.endswith(known[1:]))
    return _TABLE[name] if name in _TABLE else _TABLE[next(endings)]


def _gethostbyname(name: str) -> str:
    _note(name)
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        pass
    try:
        addresses = _addresses(name.rstrip(".").lower())
    except StopIteration:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    return addresses.pop(0) if len(addresses) > 1 else addresses[0]


def _getaddrinfo(host: object, *_: object, **__: object) -> list[object]:
    """Nothing of ours looks names up so; what does is found in the file."""
    raise socket.gaierror(socket.EAI_NONAME, f"Name or service not known: getaddrinfo {_note(f'getaddrinfo {host}')}")


def _routed(address: object) -> object:
    if isinstance(address, tuple) and address[0] in _ROUTES:
        return ("127.0.0.1", _ROUTES[address[0]])
    return address


socket.gethostbyname = _gethostbyname
socket.getaddrinfo = _getaddrinfo
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _routed(address))  # type: ignore[method-assign]
socket.socket.connect = lambda self, address: _connect(self, _routed(address))  # type: ignore[method-assign]
