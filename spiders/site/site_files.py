"""Files of a host that say what may be done with its pages: which are asked for, and what each says. Pure.

robots.txt is read anyway (`spiders.middlewares.robots`); these are asked for once a week.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from archive.rights.signals import Signal, SignalKind
from pipelines.metadata.reservations import ai_txt_signals, tdmrep_signals

EVERY: Final = timedelta(days=7)
MAXSIZE: Final = 200_000  # bytes
_READERS: Final[Mapping[str, tuple[SignalKind, Callable[[bytes], tuple[Signal, ...]]]]] = {
    "/.well-known/tdmrep.json": (SignalKind.TDMREP, tdmrep_signals),
    "/ai.txt": (SignalKind.AI_TXT, ai_txt_signals),
}
PATHS: Final = tuple(_READERS)
# What is read in a robots.txt, besides what it forbids.
OF_ROBOTS: Final = (SignalKind.ROBOTS_TXT, SignalKind.CONTENT_SIGNAL, SignalKind.RSL_LINK, SignalKind.RSL)


def addresses(url: str) -> tuple[str, ...]:
    """The files of the host of an address."""
    parts = urlsplit(url)
    return tuple(f"{parts.scheme}://{parts.netloc}{path}" for path in _READERS)


def read(url: str, body: bytes) -> tuple[SignalKind, tuple[Signal, ...]]:
    """What a file says; `url` is the address it was asked for under."""
    kind, reader = _READERS[urlsplit(url).path]
    return kind, reader(body)
