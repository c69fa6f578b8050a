"""How a request that got no usable answer ended: an exception or an answer -> an outcome. One table, pure."""

import re
from datetime import datetime
from typing import Final

from OpenSSL import SSL
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
from scrapy.http import Response
from service_identity import CertificateError, VerificationError
from twisted.internet import error as internet
from twisted.web import client

from archive.crawl.visitors import Visitor
from archive.model.outcome import Outcome
from pipelines.answers import VISITOR


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


def not_public(url: str, reason: str) -> RefusedError:
    """The refusal of an address whose host is not public."""
    return RefusedError(Outcome.PRIVATE, f"{url}: the host is not public: {reason}; see allow_private")


# In the order in which they are looked for: Twisted wraps a failed handshake in a lost connection.
_BY_TYPE: Final[tuple[tuple[type[BaseException], Outcome], ...]] = (
    (HeadTooLongError, Outcome.TOO_BIG),
    (SSL.Error, Outcome.TLS),
    (CertificateError, Outcome.TLS),
    (VerificationError, Outcome.TLS),
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
_WORDS: Final[dict[type[BaseException], str]] = {  # for what Scrapy mostly raises without a word
    DownloadCancelledError: "the answer is larger than the bound",
    ResponseDataLossError: "the answer ended before it was complete",
}
_LOOKUP: Final = re.compile(r"^(?:DNS lookup failed|no results for hostname lookup|: )*")  # Twisted's words for it
_WHOLE: Final = re.compile(r"bytes 0-(\d{1,18})/(\d{1,18})")


def of_exception(error: BaseException) -> tuple[Outcome, str]:
    """Return the outcome of a failed request, and one line that says why."""
    if isinstance(error, RefusedError):
        return error.outcome, str(error)
    causes = _causes(error)
    for kind, outcome in _BY_TYPE:
        for cause in causes:
            if isinstance(cause, kind):
                return outcome, _line(cause)
    if isinstance(error, DownloadFailedError | client.ResponseFailed):
        return Outcome.CONNECTION, _line(causes[-1])
    return Outcome.ERROR, _line(error)


def of_answer(response: Response) -> tuple[Outcome, str] | None:
    """Return the outcome of an answer that carries no page, and one line that says why; None for one that does."""
    if response.status == 206 and _is_part(header(response, "Content-Range")):
        return Outcome.CONNECTION, "HTTP 206: a part of what was asked for"
    outcome = of_status(response.status, retry_after=header(response, "Retry-After"))
    if outcome is None:
        return None
    return outcome, f"HTTP {response.status}" + (f": {_login(response)}" if response.status == 401 else "")


def _login(response: Response) -> str:
    """What a 401 says: that a login is wanted, or that ours is not taken (RFC 9110, section 15.5.2)."""
    request = response.request
    visitor: Visitor | None = request.meta.get(VISITOR) if request is not None else None
    if request is None or visitor is None or visitor.authorization is None:
        return "a login is asked for, and its source has none"
    if "Authorization" in request.headers:
        return "the login of its source is not taken; look at user and password"
    return "a login is asked for, where that of its source is not sent: elsewhere, or without https"


def header(response: Response, name: str) -> str | None:
    """The (first) value of a header."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _is_part(content_range: str | None) -> bool:
    """True where an answer is not the whole of what was asked for; we never ask for a part (RFC 9110, section 14.4)."""
    match = _WHOLE.fullmatch(content_range or "")
    return match is None or int(match[1]) + 1 != int(match[2])


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
    if isinstance(error, SSL.Error) and error.args and isinstance(error.args[0], list):
        return f"TLS: {'; '.join(reason for *_, reason in error.args[0])}"
    if isinstance(error, VerificationError):
        return "TLS: the certificate is another host's"
    if isinstance(error, CertificateError):
        return f"TLS: the certificate cannot be used: {_words(error)}"
    if isinstance(error, CannotResolveHostError | internet.DNSLookupError):
        return f"no such host: {_LOOKUP.sub('', _words(error)).rstrip('.')}"
    text = _words(error) or _WORDS.get(type(error), "")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
