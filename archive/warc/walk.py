"""Reads a WARC file record by record and says of each whether it is whole. Memory does not grow with a record.

A record that is damaged costs itself alone: reading goes on where the next one begins.

WARC 1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import base64
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 14  # bytes; deflate makes 16 MiB of them at most
_MOST_HEAD: Final = 1 << 20
_MAGIC: Final = b"\x1f\x8b\x08"  # RFC 1952, with the only method there is
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record in its gzip member; `fault` is empty where it is whole, `torn` where the file ends within it."""

    offset: int
    length: int
    kind: str = ""  # warcinfo | response | request ...
    fault: str = ""
    torn: bool = False


def members(stream: BinaryIO) -> Iterator[Member]:
    """Yield the records of an open WARC file in their order."""
    offset: int | None = 0
    while offset is not None:
        stream.seek(offset)
        member = _read(stream, offset)
        if member is None:
            return
        yield member
        offset = offset + member.length if member.length else _next(stream, offset + 1)


def _read(stream: BinaryIO, offset: int) -> Member | None:
    """Read the member that begins here; None at the end of the file. Its length is 0 where it is not known."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    record = _Record()
    consumed = 0
    while chunk := stream.read(_CHUNK):
        try:
            record.feed(inflate.decompress(chunk))
        except zlib.error as error:
            return Member(offset=offset, length=0, kind=record.kind, fault=f"damaged ({error})")
        consumed += len(chunk) - len(inflate.unused_data)
        if inflate.eof:
            return Member(offset=offset, length=consumed, kind=record.kind, fault=record.fault())
    if not consumed:
        return None
    return Member(offset=offset, length=0, kind=record.kind, fault="the file ends within it", torn=True)


def _next(stream: BinaryIO, start: int) -> int | None:
    """Where the next record begins, at `start` or later."""
    stream.seek(start)
    tail = b""
    position = start
    while chunk := stream.read(_CHUNK):
        window = tail + chunk
        found = window.find(_MAGIC)
        while found >= 0:
            at = position - len(tail) + found
            if _begins(stream, at):
                return at
            found = window.find(_MAGIC, found + 1)
        position += len(chunk)
        stream.seek(position)
        tail = window[-(len(_MAGIC) - 1) :]
    return None


def _begins(stream: BinaryIO, offset: int) -> bool:
    """Tell whether a record begins here: three bytes that look like it are found in any compressed page."""
    stream.seek(offset)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(stream.read(1024), 5) == b"WARC/"
    except zlib.error:
        return False


class _Record:
    """Takes a record in pieces and compares it with what it says of itself: its length and its digests."""

    def __init__(self) -> None:
        self.kind = ""
        self._head = bytearray()
        self._fields: dict[str, str] | None = None
        self._fault = ""
        self._left = 0
        self._after = b""
        self._block = hashlib.sha1(usedforsecurity=False)
        self._payload = _Payload()

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._fault:
            return
        if self._fields is None:
            self._head += data
            end = self._head.find(_END)
            if end < 0:
                if len(self._head) > _MOST_HEAD:
                    self._fault = "has no end of its head"
                return
            self._begin(bytes(self._head[:end]))
            data = bytes(self._head[end + len(_END) :])
            self._head.clear()
        block, after = data[: self._left], data[self._left :]
        self._left -= len(block)
        self._block.update(block)
        self._payload.feed(block)
        self._after += after[: len(_END) + 1]

    def _begin(self, head: bytes) -> None:
        version, *lines = head.decode("utf-8", "replace").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        self._fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self.kind = self._fields.get("warc-type", "")
        length = self._fields.get("content-length", "")
        if not version.startswith("WARC/") or not length.isascii() or not length.isdigit():
            self._fault = "is no WARC record"
            return
        self._left = int(length)
        self._payload.has_head = self._fields.get("content-type", "").startswith("application/http")

    def fault(self) -> str:
        """What is wrong with the record, all of which has been fed; empty where it is whole."""
        if self._fault or self._fields is None:
            return self._fault or "has no end of its head"
        if self._left or self._after != _END:
            return "is not as long as it says"
        if not _agrees(self._fields.get("warc-block-digest"), self._block.digest()):
            return "its bytes are not those that were filed (block digest)"
        # A revisit record gives the digest of the page it points at.
        if self.kind != "revisit" and not self._payload.agrees(self._fields.get("warc-payload-digest")):
            return "its page is not the one that was filed (payload digest)"
        return ""


class _Payload:
    """Digests what follows the HTTP head of a block, or the whole block where it has none."""

    def __init__(self) -> None:
        self.has_head = False
        self._head = bytearray()
        self._ended = False
        self._digest = hashlib.sha1(usedforsecurity=False)

    def feed(self, block: bytes) -> None:
        if not self.has_head or self._ended:
            self._digest.update(block)
            return
        self._head += block
        end = self._head.find(_END)
        if end >= 0:
            self._digest.update(self._head[end + len(_END) :])
            del self._head[end:]
        self._ended = end >= 0 or len(self._head) > _MOST_HEAD

    def agrees(self, digest: str | None) -> bool:
        if self.has_head and (not self._ended or b"\ntransfer-encoding:" in self._head.lower()):
            return True  # programs differ in whether chunks are a part of the page
        return _agrees(digest, self._digest.digest())


def _agrees(claimed: str | None, found: bytes) -> bool:
    """Compare with a digest such as `sha1:ABC...`, in base 32 or hexadecimal; one of another kind is not judged."""
    algorithm, _, value = (claimed or "").partition(":")
    if algorithm.lower() != "sha1":
        return True
    return value.upper() in {base64.b32encode(found).decode(), found.hex().upper()}
