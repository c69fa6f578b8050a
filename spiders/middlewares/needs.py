"""What a source needs of whoever asks it goes with its requests: to its own hosts, and to no other.

Each request says anew what it may take along: one that a redirect made may lead elsewhere. Who is told what is decided
by `archive.crawl.visitors`; here stands only what everybody may read, and is therefore asked for without secrets.
"""

from typing import Final
from urllib.parse import urlsplit

from scrapy.http import Request

from archive.crawl.visitors import Visitor
from archive.times import utc_now
from pipelines.answers import JAR, VISITOR
from spiders.site import site_files

_FOR_EVERYBODY: Final = frozenset({"/robots.txt", *site_files.PATHS})


class NeedsMiddleware:
    """Sets the headers of a source, and takes off what the request before a redirect had."""

    def process_request(self, request: Request) -> None:
        """Set the headers of a request."""
        visitor: Visitor | None = request.meta.get(VISITOR)
        if visitor is None:
            return
        for name in (*visitor.secret_names, "user-agent"):
            request.headers.pop(name, None)
        if _is_for_everybody(request):
            visitor = visitor.bare
        for name, value in visitor.headers_for(request.url, request.meta.get(JAR, ()), utc_now()).items():
            request.headers[name] = value.encode("latin-1")


def _is_for_everybody(request: Request) -> bool:
    """Whether a request is for a file that says what may be done with a site, or was led on from one."""
    first, *_ = request.meta.get("redirect_urls") or [request.url]
    return any(urlsplit(url).path in _FOR_EVERYBODY for url in (first, request.url))
