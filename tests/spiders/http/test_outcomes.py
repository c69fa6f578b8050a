"""Exceptions and answers of a request, as outcomes with a line that says why."""

import pytest
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
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from archive.model.outcome import Outcome
from spiders.http.outcomes import HeadTooLongError, RefusedError, header, not_public, of_answer, of_exception, of_status


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def within(*reasons: Exception) -> Exception:
    """As Twisted and Scrapy wrap what happened to a connection."""
    return caused(DownloadFailedError("lost"), ResponseNeverReceived([Failure(reason) for reason in reasons]))


UNTRUSTED = SSL.Error([("SSL routines", "", "certificate verify failed")])


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CannotResolveHostError("nowhere.invalid"), Outcome.DNS),
        (DownloadTimeoutError("30 s"), Outcome.TIMEOUT),
        (DownloadConnectionRefusedError("refused"), Outcome.CONNECTION),
        (DownloadFailedError("lost"), Outcome.CONNECTION),
        (ResponseDataLossError("short"), Outcome.CONNECTION),
        (TunnelError("proxy says no"), Outcome.CONNECTION),
        (DownloadCancelledError("too large"), Outcome.TOO_BIG),
        (UnsupportedURLSchemeError("gopher"), Outcome.BAD_URL),
        (RefusedError(Outcome.ROBOTS, "robots.txt forbids it"), Outcome.ROBOTS),
        (within(UNTRUSTED), Outcome.TLS),
        (within(internet.ConnectionLost(), UNTRUSTED), Outcome.TLS),
        (within(VerificationError(errors=[])), Outcome.TLS),
        (within(HeadTooLongError("262,144 bytes")), Outcome.TOO_BIG),
        (within(internet.ConnectionDone()), Outcome.CONNECTION),
        (within(ValueError("a Content-Length of words")), Outcome.CONNECTION),
        # What an address is called says nothing of why it failed.
        (
            DownloadTimeoutError("Getting https://ssl.example/gift-certificates/tls took longer than 30 s"),
            Outcome.TIMEOUT,
        ),
        (caused(DownloadFailedError("https://tls.example/handshake"), internet.ConnectionLost()), Outcome.CONNECTION),
        (not_public("http://127.1/", "loopback"), Outcome.PRIVATE),
        (IgnoreRequest("by some other middleware"), Outcome.ERROR),
        (ZeroDivisionError("a bug"), Outcome.ERROR),
    ],
)
def test_an_exception_is_an_outcome_with_a_reason(error: Exception, outcome: Outcome) -> None:
    told, detail = of_exception(error)

    assert told is outcome
    assert detail
    assert "\n" not in detail


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome"),
    [
        (200, None, None),
        (206, None, None),
        (304, None, Outcome.REDIRECT),
        (404, None, Outcome.HTTP_4XX),
        (410, None, Outcome.HTTP_4XX),
        (429, None, Outcome.RATE_LIMITED),
        (500, None, Outcome.HTTP_5XX),
        (503, None, Outcome.HTTP_5XX),
        (503, "120", Outcome.RATE_LIMITED),
        (999, None, Outcome.HTTP_4XX),
    ],
)
def test_a_status_is_an_outcome_or_a_page(status: int, retry_after: str | None, outcome: Outcome | None) -> None:
    assert of_status(status, retry_after=retry_after) is outcome


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (within(UNTRUSTED), "TLS: certificate verify failed"),
        (within(VerificationError(errors=[])), "TLS: the certificate is another host's"),
        (ResponseDataLossError(), "ResponseDataLossError: the answer ended before it was complete"),
        (DownloadCancelledError(), "DownloadCancelledError: the answer is larger than the bound"),
        (CannotResolveHostError("nowhere.invalid"), "no such host: nowhere.invalid"),
        (within(internet.DNSLookupError("nowhere.invalid")), "no such host: nowhere.invalid"),
        (
            within(CertificateError("Certificate does not contain any names.")),
            "TLS: the certificate cannot be used: Certificate does not contain any names.",
        ),
        (OSError("first line\nsecond  line"), "OSError: first line second line"),
        (OSError("x" * 1_000), f"OSError: {'x' * 300}"),
    ],
)
def test_the_line_is_one_that_a_person_can_read(error: Exception, line: str) -> None:
    assert of_exception(error)[1] == line


def answer(status: int, **headers: str) -> Response:
    return Response(
        "https://paper.example/", status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (answer(200), None),
        (answer(200, Content_Range="bytes 0-9/900"), None),
        (answer(206, Content_Range="bytes 0-899/900"), None),
        (answer(206, Content_Range="bytes 0-9/900"), Outcome.CONNECTION),
        (answer(206, Content_Range="bytes 1-899/900"), Outcome.CONNECTION),
        (answer(206, Content_Range="bytes 0-899/*"), Outcome.CONNECTION),
        (answer(206, Content_Range=f"bytes 0-{'9' * 5_000}/1{'0' * 5_000}"), Outcome.CONNECTION),
        (answer(206), Outcome.CONNECTION),
        (answer(429), Outcome.RATE_LIMITED),
        (answer(503), Outcome.HTTP_5XX),
        (answer(503, Retry_After="120"), Outcome.RATE_LIMITED),
    ],
)
def test_an_answer_is_a_whole_page_or_has_an_outcome(response: Response, outcome: Outcome | None) -> None:
    told = of_answer(response)

    assert (told and told[0]) == outcome
    assert told is None or f"HTTP {response.status}" in told[1]


def test_the_value_of_a_header_is_text_whatever_its_bytes() -> None:
    response = Response("https://paper.example/", headers={"X-Place": b"caf\xe9", "X-Empty": b""})

    assert header(response, "x-place") == "café"
    assert header(response, "X-Empty") is None
    assert header(response, "X-None") is None
