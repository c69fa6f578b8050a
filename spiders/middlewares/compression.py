"""Decompression: a body that would grow past the bound gets the outcome `too_big`; it is never held in memory."""

from scrapy.downloadermiddlewares import httpcompression
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archive.models import Outcome
from spiders.outcomes import RefusedError


class CompressionMiddleware(httpcompression.HttpCompressionMiddleware):
    """Scrapy's own, with an outcome for a bomb."""

    def process_response(  # type: ignore[override]  # the spider argument of the base is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Decode a body."""
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise RefusedError(Outcome.TOO_BIG, "the body grows past the bound when it is decompressed") from error
