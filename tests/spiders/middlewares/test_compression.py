"""A compressed body that ends before it is complete is told from one that is whole."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.middlewares.compression import is_cut

TEXT = b"".join(b"Line %d of a page that is compressed.\n" % n for n in range(400))


def as_far_as_it_goes(body: bytes) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body)


def with_header(flags: int, fields: bytes) -> bytes:
    """A gzip member whose header says more (RFC 1952, section 2.3.1)."""
    plain = gzip.compress(TEXT, mtime=1)
    header = plain[:3] + bytes([flags]) + plain[4:10] + fields
    check = (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little") if flags & 2 else b""
    return header + check + plain[10:]


GZIPPED = {
    "plain": gzip.compress(TEXT, mtime=1),
    "stored": gzip.compress(TEXT, 0, mtime=1),
    "with an extra field": with_header(4, b"\x05\0extra"),
    "with a name": with_header(8, b"page.html\0"),
    "with a comment": with_header(16, b"by hand\0"),
    "with a check of its header": with_header(2, b""),
    "with all of it": with_header(4 | 8 | 16 | 2, b"\x02\0xx" + b"a\0" + b"b\0"),
}


@pytest.mark.parametrize("name", GZIPPED)
def test_a_gzip_body_is_whole_once_its_last_block_has_come(name: str) -> None:
    """Its checksum and length, eight bytes, may be missing: nothing of the page is."""
    whole = GZIPPED[name]

    for coding in (b"gzip", b"x-gzip"):
        assert not is_cut(whole, coding, TEXT)
        assert not is_cut(whole[:-8], coding, TEXT)
        for missing in (9, 10, 100, len(whole) // 2):
            cut = whole[:-missing]
            assert is_cut(cut, coding, as_far_as_it_goes(cut)), missing


@given(st.binary(min_size=200, max_size=2_000), st.integers(0, 9), st.floats(0.1, 1))
def test_wherever_a_body_is_cut_it_is_told(text: bytes, level: int, share: float) -> None:
    for coding, body, trailer in (
        (b"gzip", gzip.compress(text, level, mtime=1), 8),
        (b"deflate", zlib.compress(text, level), 4),
    ):
        cut = body[: int(len(body) * share)]
        assert is_cut(cut, coding, as_far_as_it_goes(cut)) == (len(cut) < len(body) - trailer)


def test_deflate_without_its_wrapping_is_read_too() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(TEXT) + packer.flush()

    assert not is_cut(body, b"deflate", TEXT)
    assert is_cut(body[:-10], b"deflate", TEXT[:-40])


def test_what_is_damaged_in_the_middle_is_cut_there() -> None:
    whole = GZIPPED["plain"]
    damaged = whole[:200] + bytes(len(whole) - 300) + whole[-100:]

    assert is_cut(damaged, b"gzip", TEXT[:500])


@pytest.mark.parametrize("coding", [b"br", b"zstd", b"identity"])
def test_other_codings_are_not_judged(coding: bytes) -> None:
    assert not is_cut(b"anything", coding, b"")
