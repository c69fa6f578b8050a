"""Exceptions and statuses of a request, as outcomes with a line that says why."""

import pytest
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

from archive.models import Outcome
from spiders.outcomes import RefusedError, of_exception, of_status


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


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
        (caused(DownloadFailedError(""), OSError("certificate verify failed")), Outcome.TLS),
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
