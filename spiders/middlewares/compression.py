"""Decompression: bounded, and forgiving where a body is not compressed as it says."""

import gzip
import logging
import zlib

from scrapy.downloadermiddlewares import httpcompression
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archive.models import Outcome
from spiders.outcomes import RefusedError

logger = logging.getLogger(__name__)


class CompressionMiddleware(httpcompression.HttpCompressionMiddleware):
    """Scrapy's own, with an outcome for a body that would grow past the bound; it is never held in memory."""

    def process_response(  # type: ignore[override]  # the spider argument of the base is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Decode a body; one that is not encoded as its header says is taken as it is."""
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise RefusedError(Outcome.TOO_BIG, "the body grows past the bound when it is decompressed") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            logger.info("not encoded as it says: %s: %s", response.url, error)
            plain = response.headers.copy()
            del plain["Content-Encoding"]
            return response.replace(headers=plain)
