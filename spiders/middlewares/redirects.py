"""Redirects: at most eight, and one that cannot be followed gets the outcome `redirect` with its reason.

A site that redirects until a cookie of its own comes back (a consent page, a counter) gets it back within the chain.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from scrapy.downloadermiddlewares import redirect
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archive.crawl.visitors import Visitor
from archive.model.outcome import Outcome
from archive.text import fold
from archive.times import utc_now
from archive.web.cookies import MOST_IN_A_JAR
from archive.web.urls import BadURLError, redirect_target
from pipelines.answers import JAR, PERMANENT_TO, VISITOR
from spiders.http import conditions
from spiders.http.outcomes import RefusedError

_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})  # RFC 9110, section 15.4


class RedirectMiddleware(redirect.RedirectMiddleware):
    """Scrapy's own, with an outcome where it gives up, and our own reading of where a redirect leads."""

    def process_response(  # type: ignore[override]  # the spider argument of the base is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow a redirect."""
        if response.status not in _STATUSES:
            return response
        target = _target(request, response)
        try:
            led = super().process_response(request, response.replace(headers={"Location": target}))
        except IgnoreRequest as error:
            hops = len(request.meta.get("redirect_urls", ())) + 1
            raise RefusedError(
                Outcome.REDIRECT, f"more than {hops - 1} redirects, the last to {request.url}"
            ) from error
        except ValueError as error:
            raise RefusedError(Outcome.REDIRECT, f"leads to what is no address: {target[:_QUOTED]}") from error
        if isinstance(led, Request):
            _prepare(led, request, response)
        return led


_QUOTED: Final = 200  # characters of a URL in a reason


def permanent_to(chain: Sequence[str], statuses: Sequence[int]) -> str | None:
    """Where the permanent redirects at the beginning of a chain of URLs lead; None where the first was not one.

    `statuses` are those with which the URLs but the last were answered. What follows a temporary redirect is no new URL
    of the first: a login page moved for good, say.
    """
    hops = len(list(takewhile(_PERMANENT.__contains__, statuses)))
    return chain[hops] if hops else None


def _prepare(led: Request, request: Request, response: Response) -> None:
    """Make the next request: without the validators of another URL, and with what the chain says so far."""
    if led.url != request.url:
        conditions.drop(led)
    _keep_cookies(led, request, response)
    reached = permanent_to([*led.meta["redirect_urls"], led.url], led.meta["redirect_reasons"])
    if reached is not None:
        led.meta[PERMANENT_TO] = reached


def _keep_cookies(led: Request, request: Request, response: Response) -> None:
    """Let the next request know the cookies of the chain; they end with it. `spiders.middlewares.needs` sends them."""
    visitor: Visitor | None = request.meta.get(VISITOR)
    if visitor is not None:
        headers = [value.decode("latin-1") for value in response.headers.getlist("Set-Cookie")[:MOST_IN_A_JAR]]
        led.meta[JAR] = visitor.jar_after(request.meta.get(JAR, ()), headers, request.url, utc_now())


def _target(request: Request, response: Response) -> str:
    """Where a redirect leads. Raises RefusedError where no request can be made for that."""
    written = _text(response.headers.get("Location") or b"")
    try:
        return redirect_target(written, request.url)
    except BadURLError as error:
        shown = fold(written)[:_QUOTED]
        reason = f"leads to {shown}, which {error}" if shown else "leads nowhere: Location is missing or empty"
        raise RefusedError(Outcome.REDIRECT, reason) from error


def _text(location: bytes) -> str:
    """A Location as text: UTF-8, or else with the bytes that are not ASCII encoded, as browsers send them on."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in location)
