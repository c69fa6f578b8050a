"""Names for the crawled program alone: Python imports this file at its start where its folder is on PYTHONPATH.

HOSTILE_NAMES is JSON, name -> addresses that are served in turn, the last for ever. A name that begins with `*` is an
ending. Nothing else has an address, and no name server is asked.
"""

import json
import os
import socket

_TABLE: dict[str, list[str]] = json.loads(os.environ.get("HOSTILE_NAMES", "{}"))


def _addresses(name: str) -> list[str]:
    endings = (known for known in _TABLE if known.startswith("*") and name.endswith(known[1:]))
    return _TABLE[name] if name in _TABLE else _TABLE[next(endings)]


def _gethostbyname(name: str) -> str:
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        pass
    try:
        addresses = _addresses(name.rstrip(".").lower())
    except StopIteration:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    return addresses.pop(0) if len(addresses) > 1 else addresses[0]


socket.gethostbyname = _gethostbyname
