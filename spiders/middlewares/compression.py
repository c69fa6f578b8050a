"""Decompression: bounded, forgiving where a body is not compressed as it says, and honest where it is cut short."""

import gzip
import logging
import zlib
from typing import Any, Final

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import httpcompression
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archive.model.outcome import Outcome
from spiders.http.outcomes import RefusedError

logger = logging.getLogger(__name__)

_MOST_LAYERS: Final = 2  # gzip in gzip is somebody's mistake; more is somebody's intention
_STOPPED: Final = "download_stopped"  # Scrapy's flag of an answer that we have read as far as we want to
_ANY: Final = zlib.MAX_WBITS | 32  # gzip or zlib, as the first bytes say


class CompressionMiddleware(httpcompression.HttpCompressionMiddleware):
    """Scrapy's own, with an outcome for a body that would grow past the bound; it is never held in memory."""

    def process_response(  # type: ignore[override]  # the spider argument of the base is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Decode a body; one that is not encoded as its header says is taken as it is."""
        layers = b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")
        if _STOPPED in response.flags:
            return _plain(response, _beginning(response.body) if layers != [b""] else response.body)
        if len(layers) > _MOST_LAYERS:
            raise RefusedError(Outcome.TOO_BIG, f"the body is compressed {len(layers)} times over")
        try:
            decoded = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RefusedError(Outcome.TOO_BIG, "the body grows past the bound when it is decompressed") from error
        except EOFError:
            return self._again(request)
        except (gzip.BadGzipFile, zlib.error) as error:
            logger.info("not encoded as it says: %s: %s", response.url, error)
            return _plain(response, response.body)
        if (
            isinstance(decoded, Response)
            and len(layers) == 1
            and is_cut(response.body, layers[0].strip(), decoded.body)
        ):
            return self._again(request)
        return decoded

    def __init__(self, *args: Any, crawler: Crawler, **kwargs: Any) -> None:
        super().__init__(*args, crawler=crawler, **kwargs)
        self._crawler = crawler

    def _again(self, request: Request) -> Request:
        """Ask once more for a body that was cut short."""
        spider = self._crawler.spider
        again = get_retry_request(request, spider=spider, reason="cut short") if spider else None
        if again is None:
            raise RefusedError(Outcome.CONNECTION, "the compressed body is cut short")
        return again


def is_cut(body: bytes, coding: bytes, decoded: bytes) -> bool:
    """True where a gzip or zlib stream ends before it is complete (RFC 1952, RFC 1950); what came of it is `decoded`.

    The length or checksum at its end mostly says at once that it is whole. A stream that is whole but for that trailer
    has lost nothing.
    """
    if coding in {b"gzip", b"x-gzip"}:
        if body[-4:] == (len(decoded) & 0xFFFFFFFF).to_bytes(4, "little"):
            return False
    elif coding != b"deflate" or body[-4:] == zlib.adler32(decoded).to_bytes(4, "big"):
        return False
    return not _ends(body, coding)


def _ends(body: bytes, coding: bytes) -> bool:
    """True where the deflate data of the first member reach their last block."""
    start = 0
    if coding != b"deflate":
        start = _after_header(body)
    elif len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0:
        start = 2
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = body[start:]
    try:
        while rest and not inflate.eof:
            inflate.decompress(rest, 1 << 16)
            rest = inflate.unconsumed_tail
    except zlib.error:  # damaged in the middle: what stood behind is lost too
        return False
    return inflate.eof


def _after_header(body: bytes) -> int:
    """Where the deflate data of a gzip member begin (RFC 1952, section 2.3)."""
    flags, at = body[3] if len(body) > 3 else 0, 10
    if flags & 4:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            at = body.find(b"\0", at) + 1 or len(body)
    return at + 2 if flags & 2 else at


def _beginning(body: bytes) -> bytes:
    """What the first bytes of a compressed body stand for, as far as they go."""
    try:
        return zlib.decompressobj(_ANY).decompress(body, 1 << 20)
    except zlib.error:
        return body


def _plain(response: Response, body: bytes) -> Response:
    headers = response.headers.copy()
    headers.pop("Content-Encoding", None)
    return response.replace(headers=headers, body=body)
