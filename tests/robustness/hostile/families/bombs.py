"""Small answers that are a gibibyte when they are unpacked, and large ones that are as large as they look."""

import gzip
import zlib
from collections.abc import Callable

import brotli

from tests.robustness.hostile.answers import HTML, Answer, Asked, Table, chunk, endless, head, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import html

try:
    from compression import zstd
except ImportError:
    from backports import zstd

MIB = 1 << 20
GIB = 1024  # of MIB
_ZEROS = bytes(MIB)


def gzipped(mib: int = GIB) -> bytes:
    """A valid gzip file of zeros, made from one block that is repeated."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + _deflated(mib) + zlib.crc32(b"").to_bytes(4, "little") + bytes(4)


def _deflated(mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mib + packer.flush()


def _zlibbed(mib: int) -> bytes:
    return b"\x78\xda" + _deflated(mib) + bytes(4)


def _brotlied(mib: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(_ZEROS) for _ in range(mib)) + packer.finish()


def _zstandard(mib: int) -> bytes:
    return zstd.compress(_ZEROS) * mib


def layers(body: bytes, count: int) -> bytes:
    for _ in range(count):
        body = gzip.compress(body, 9)
    return body


def packed(make: Callable[[], bytes], coding: str, kind: str = HTML) -> Answer:
    """A body that is made when it is asked for."""

    def answer(asked: Asked) -> bool:
        return reply(make(), kind=kind, headers=[("Content-Encoding", coding)])(asked)

    return answer


def _large(declared: bool) -> Answer:  # noqa: FBT001 - a table's own
    size = 300 * MIB
    headers = [("Content-Length", str(size))] if declared else [("Connection", "close")]
    return endless(head(headers=headers), again=b"<p>" + b"x" * 65_533, most=size)


_CHUNKED = head(headers=[("Transfer-Encoding", "chunked")])
_PAGE = html("packed twice").encode()

BOMBS: Table = {
    "/gzip": ("too_big", packed(gzipped, "gzip")),
    "/x-gzip": ("too_big", packed(gzipped, "X-GZIP")),
    "/deflate": ("too_big", packed(lambda: _zlibbed(GIB), "deflate")),
    "/raw-deflate": ("too_big", packed(lambda: _deflated(GIB), "deflate")),
    "/brotli": ("too_big", packed(lambda: _brotlied(GIB), "br")),
    "/zstd": ("too_big", packed(lambda: _zstandard(GIB), "zstd")),
    "/gzip-gzip": ("too_big", packed(lambda: gzip.compress(gzipped()), "gzip, gzip")),
    "/deflate-gzip": ("too_big", packed(lambda: gzip.compress(_zlibbed(GIB)), "deflate, gzip")),
    "/ten-layers": ("too_big", packed(lambda: layers(_PAGE, 10), ", ".join(["gzip"] * 10))),
    "/thousand-layers": ("too_big", packed(lambda: layers(_PAGE, 1), ",".join(["gzip"] * 1_000))),
    "/members": ("too_big", packed(lambda: gzip.compress(_ZEROS, 1) * GIB, "gzip")),
    "/large": ("too_big", _large(declared=True)),
    "/large-undeclared": ("too_big", _large(declared=False)),
    "/endless": ("too_big", endless(head(), again=b"<p>endless</p>" * 5_000)),
    "/endless-chunks": ("too_big", endless(_CHUNKED, again=chunk(b"<p>chunk</p>" * 5_000))),
    "/small-chunks": ("timeout", endless(_CHUNKED, again=chunk(b"x") * 20_000)),
    "/zeros": ("too_big", endless(head(), again=bytes(1 << 16))),
}
FINE: Table = {
    "/two-layers": ("saved", packed(lambda: layers(_PAGE, 2), "gzip, gzip")),
    "/nine-megabytes": ("saved", story("a long comment", headers=[("X-Long", "x" * 8_000)])),
}
FAMILY = Family(name="bombs", table=BOMBS | FINE)
