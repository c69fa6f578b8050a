"""Asks a newspaper without a server."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.demo.newspaper import Newspaper, Request, Response

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
Get = Callable[..., Response]


def getter(newspaper: Newspaper) -> Get:
    def get(url: str, **headers: str) -> Response:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return newspaper.respond(Request(method="GET", host=parts.hostname or "", target=target, headers=named))

    return get
