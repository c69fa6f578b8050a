"""Redirects: at most eight, and one that cannot be followed gets the outcome `redirect` with its reason."""

from typing import Final

from scrapy.downloadermiddlewares import redirect
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archive.models import Outcome
from archive.text import fold
from spiders.outcomes import RefusedError, header

_STATUSES: Final = frozenset({301, 302, 303, 307, 308})


class RedirectMiddleware(redirect.RedirectMiddleware):
    """Scrapy's own, with an outcome where it gives up."""

    def process_response(  # type: ignore[override]  # the spider argument of the base is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow a redirect."""
        try:
            led = super().process_response(request, response)
        except IgnoreRequest as error:
            hops = len(request.meta.get("redirect_urls", ())) + 1
            raise RefusedError(
                Outcome.REDIRECT, f"more than {hops - 1} redirects, the last to {request.url}"
            ) from error
        except ValueError as error:
            raise RefusedError(Outcome.REDIRECT, f"leads to what is no address: {_where(response)}") from error
        if led is response and response.status in _STATUSES:
            raise RefusedError(Outcome.REDIRECT, f"leads to what is no http or https address: {_where(response)}")
        return led


def _where(response: Response) -> str:
    return fold(header(response, "Location") or "")[:200] or "nothing"
