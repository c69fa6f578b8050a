"""How a request that got no usable answer ended: an exception or a status -> an outcome. One table, pure."""

from datetime import datetime
from typing import Final

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet import error as internet
from twisted.web import client

from archive.models import Outcome


class RefusedError(IgnoreRequest):
    """A request or answer that one of our middlewares refuses, with its outcome.

    With `retry_at` its host is to be left alone until then.
    """

    def __init__(self, outcome: Outcome, detail: str, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.retry_at = retry_at


class CalledOffError(RefusedError):
    """A request that was taken back before it was answered: its host asked for a pause, or the crawl ends."""

    def __init__(self, detail: str, retry_at: datetime) -> None:
        super().__init__(Outcome.ERROR, detail, retry_at)
        self.due = retry_at


class HeadTooLongError(Exception):
    """An answer whose head does not end."""


_BY_TYPE: Final[tuple[tuple[type[BaseException], Outcome], ...]] = (
    (HeadTooLongError, Outcome.TOO_BIG),
    (CannotResolveHostError, Outcome.DNS),
    (internet.DNSLookupError, Outcome.DNS),
    (DownloadTimeoutError, Outcome.TIMEOUT),
    (internet.TimeoutError, Outcome.TIMEOUT),
    (internet.TCPTimedOutError, Outcome.TIMEOUT),
    (DownloadConnectionRefusedError, Outcome.CONNECTION),
    (ResponseDataLossError, Outcome.CONNECTION),
    (TunnelError, Outcome.CONNECTION),
    (internet.ConnectError, Outcome.CONNECTION),
    (internet.ConnectionClosed, Outcome.CONNECTION),
    (UnsupportedURLSchemeError, Outcome.BAD_URL),
    (DownloadCancelledError, Outcome.TOO_BIG),  # Scrapy cancels a download for its size alone
)
_TLS_MARKS: Final = ("certificate", "ssl", "tls", "verificationerror", "handshake")


def of_exception(error: BaseException) -> tuple[Outcome, str]:
    """Return the outcome of a failed request, and one line that says why."""
    if isinstance(error, RefusedError):
        return error.outcome, str(error)
    causes = tuple(_causes(error))
    if any(mark in repr(cause).lower() for cause in causes for mark in _TLS_MARKS):
        return Outcome.TLS, _line(causes[-1])
    for cause in causes:
        for kind, outcome in _BY_TYPE:
            if isinstance(cause, kind):
                return outcome, _line(cause)
    if isinstance(error, DownloadFailedError | client.ResponseFailed):
        return Outcome.CONNECTION, _line(causes[-1])
    return Outcome.ERROR, _line(error)


def of_status(status: int, *, retry_after: str | None = None) -> Outcome | None:
    """Return the outcome of an HTTP status that carries no page, None for one that does (RFC 9110, section 15)."""
    if status == 429 or (status == 503 and retry_after):
        return Outcome.RATE_LIMITED
    if 500 <= status <= 599:
        return Outcome.HTTP_5XX
    if 300 <= status <= 399:
        return Outcome.REDIRECT
    return None if 200 <= status <= 299 else Outcome.HTTP_4XX


def _causes(error: BaseException) -> list[BaseException]:
    """The error with what caused it, outermost first; Twisted keeps its reasons in a list of failures."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < 20:
        current = waiting.pop(0)
        found.append(current)
        if current.__cause__ is not None:
            waiting.append(current.__cause__)
        waiting += [reason.value for reason in getattr(current, "reasons", None) or () if hasattr(reason, "value")]
    return found


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
