"""Conditional requests (RFC 9110, section 13): they carry the validators of one URL, which alone can answer them."""

from typing import Final

from scrapy.http import Request, Response

from archive.crawl.frontier import Lease

_NONE_MATCH: Final = "If-None-Match"
_MODIFIED_SINCE: Final = "If-Modified-Since"


def of(lease: Lease) -> dict[str, str]:
    """The headers by which only what has changed is asked for."""
    asked = {_NONE_MATCH: lease.etag, _MODIFIED_SINCE: lease.last_modified}
    return {name: value for name, value in asked.items() if value}


def drop(request: Request) -> None:
    """Make a request an unconditional one: it goes to another URL than the validators were given for."""
    for name in (_NONE_MATCH, _MODIFIED_SINCE):
        request.headers.pop(name, None)


def holds(response: Response) -> bool:
    """Whether an answer says that nothing has changed. A 304 to a request without conditions says nothing at all."""
    request = response.request
    asked = request is not None and (_NONE_MATCH in request.headers or _MODIFIED_SINCE in request.headers)
    return response.status == 304 and asked
