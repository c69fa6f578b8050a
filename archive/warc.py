"""Raw answers in WARC 1.1 files: append, read, repair. The only module that knows WARC.

One folder an archive, one open file a run, rotated by size. A file that is being written ends in `.open`; it is renamed
when it is complete. A record is one gzip member, written with one system call that is checked for its length, so that
after a kill the file ends in at most one torn member, which `repair` cuts off.

WARC 1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import errno
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import ArchiveError, StorageFullError
from archive.models import Capture, Locator
from archive.times import parse_stamp, stamp

MAX_BYTES: Final = 1 << 30  # of a file before the next one is begun: what the WARC guidelines recommend
SUFFIX: Final = ".warc.gz"
OPEN_SUFFIX: Final = ".warc.gz.open"
# Level 9, warcio's own, took 6.0 ms a page over 80 real pages, level 2 took 1.4 ms for 15 % more bytes.
_LEVEL: Final = 2


def folder_of(archive: Path) -> Path:
    """The folder with an archive's raw answers: `news.db` has `news-warc/` beside it."""
    return archive.with_name(f"{archive.stem}-warc")


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer as they went over the wire; `body` keeps its content encoding."""

    url: str
    fetched_at: datetime
    method: str
    request_headers: Headers
    status: int
    reason: str
    headers: Headers
    body: bytes
    media_type: str | None = None  # identified from the bytes, after content decoding
    truncated: bool = False


class Writer:
    """Appends exchanges to the folder's current file. Not thread-safe: one writer an archive (see the run's lock)."""

    def __init__(self, folder: Path, run_id: int, *, software: str, operator: str, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._run_id = run_id
        self._info = {
            "software": software,
            "operator": operator,
            "format": "WARC File Format 1.1",
            "robots": "obey",
        }
        self._max_bytes = max_bytes
        self._fd: int | None = None
        self._path = folder
        self._size = 0
        self._count = 0
        self._dirty = False

    def append(self, exchange: Exchange) -> Locator:
        """Write a response record and its request record; returns where the response stands.

        Raises StorageFullError where the disk is full; the file then ends before this exchange.
        """
        if self._fd is None or self._size >= self._max_bytes:
            self._rotate(exchange.fetched_at)
        response, request = _records(exchange)
        start = self._size
        self._write(response)
        self._write(request)
        return Locator(file=self._path.name.removesuffix(".open"), offset=start, length=len(response))

    def sync(self) -> None:
        """Return once all that was appended has reached the disk."""
        if self._fd is not None and self._dirty:
            os.fsync(self._fd)
            self._dirty = False

    def close(self) -> None:
        """Complete the current file and take the `.open` from its name."""
        if self._fd is None:
            return
        self.sync()
        os.close(self._fd)
        self._fd = None
        self._path.rename(self._path.with_name(self._path.name.removesuffix(".open")))

    def _rotate(self, now: datetime) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        when = now.strftime("%Y%m%d%H%M%S")
        self._path = self._folder / f"cuttings-{when}-run{self._run_id}-{self._count:05}{OPEN_SUFFIX}"
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._size = 0
        self._write(_member(lambda writer: writer.create_warcinfo_record(self._path.name, self._info), now))

    def _write(self, member: bytes) -> None:
        if self._fd is None:
            raise ArchiveError("the WARC writer is closed")
        try:
            written = os.write(self._fd, member)
            # A full disk may write a part without an error; the rest of it then says so.
            while written < len(member):
                written += os.write(self._fd, member[written:])
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise StorageFullError(
                    f"{self._path}: the disk is full: everything filed so far is kept; make room and start again "
                    "to go on from here"
                ) from error
            raise ArchiveError(f"{self._path}: cannot be written ({error.strerror})") from error
        self._size += len(member)
        self._dirty = True


def _records(exchange: Exchange) -> tuple[bytes, bytes]:
    """The gzip members of the response and the request record."""
    date = stamp(exchange.fetched_at)
    extra = {"WARC-Date": date}
    if exchange.media_type:
        extra["WARC-Identified-Payload-Type"] = exchange.media_type
    if exchange.truncated:
        extra["WARC-Truncated"] = "length"
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    response = writer.create_warc_record(
        exchange.url,
        "response",
        payload=io.BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=_ExactHeaders(
            f"{exchange.status} {exchange.reason}".strip(), _wire_headers(exchange), protocol="HTTP/1.1"
        ),
        warc_headers_dict=extra,
    )
    request = writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=_ExactHeaders(
            f"{exchange.method} {_target(exchange.url)} HTTP/1.1", list(exchange.request_headers), is_http_request=True
        ),
        warc_headers_dict={
            "WARC-Date": date,
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        },
    )
    writer.write_record(response)
    end = buffer.tell()
    writer.write_record(request)
    raw = buffer.getvalue()
    return gzip.compress(raw[:end], _LEVEL, mtime=0), gzip.compress(raw[end:], _LEVEL, mtime=0)


class _ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """Headers written byte for byte. warcio's own percent-encode what is not ASCII, and fail on a name that is not."""

    def compute_headers_buffer(self, header_filter: None = None) -> None:
        """Called by warcio's writer."""
        self.headers_buff = self.to_str(header_filter).encode("latin-1", "replace") + b"\r\n"


def _wire_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """The headers, true for the body that stands in the record: chunks are joined, the length is the body's."""
    kept = [(name, value) for name, value in exchange.headers if name.lower() not in _FRAMING]
    return [*kept, ("Content-Length", str(len(exchange.body)))]


_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


def _target(url: str) -> str:
    rest = url.split("://", 1)[-1]
    slash = rest.find("/")
    return rest[slash:] if slash >= 0 else "/"


def _member(make: Callable[[WARCWriter], ArcWarcRecord], now: datetime) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    record = make(writer)
    # Whole seconds: fractions, which warcio writes for WARC 1.1, broke pywb and cdxj-indexer.
    record.rec_headers.replace_header("WARC-Date", stamp(now))
    writer.write_record(record)
    return gzip.compress(buffer.getvalue(), _LEVEL, mtime=0)


# Reading -------------------------------------------------------------------------------------------------------------


def read(folder: Path, where: Locator) -> Capture:
    """Read back the answer at a locator, its body decoded. Raises ArchiveError where there is none.

    The file may still be open (`.open`).
    """
    path = folder / where.file
    if not path.exists():
        path = folder / f"{where.file}.open"
    try:
        with path.open("rb") as stream:
            stream.seek(where.offset)
            member = stream.read(where.length)
    except OSError as error:
        raise ArchiveError(f"{path}: the raw page cannot be read ({error.strerror})") from error
    for record in ArchiveIterator(io.BytesIO(member)):
        if record.rec_type == "response":
            return _capture(record, where)
    raise ArchiveError(f"{path}: there is no response at byte {where.offset}")


def _capture(record: ArcWarcRecord, where: Locator) -> Capture:
    url = record.rec_headers.get_header("WARC-Target-URI")
    return Capture(
        url=url,
        final_url=url,
        fetched_at=parse_stamp(record.rec_headers.get_header("WARC-Date")),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple((name, value) for name, value in record.http_headers.headers),
        body=record.content_stream().read(),
        where=where,
    )


# Repair --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was done to one file that a dead run left open: `cut` bytes of a torn record were taken off its end."""

    file: str
    kept: int
    cut: int


def repair(folder: Path) -> list[Repair]:
    """Complete the files that a dead run left open: cut each back to its last whole record and rename it."""
    return [_repair(path) for path in sorted(folder.glob(f"*{OPEN_SUFFIX}"))]


def _repair(path: Path) -> Repair:
    with path.open("r+b") as stream:
        kept = 0
        for end in member_ends(stream):
            kept = end
        size = stream.seek(0, io.SEEK_END)
        stream.truncate(kept)
        os.fsync(stream.fileno())
    if kept:
        path.rename(path.with_name(path.name.removesuffix(".open")))
    else:
        path.unlink()
    return Repair(file=path.name.removesuffix(".open"), kept=kept, cut=size - kept)


def member_ends(stream: io.BufferedIOBase) -> Iterator[int]:
    """Offsets at which whole gzip members end; stops at the first that is torn or damaged (RFC 1952)."""
    stream.seek(0)
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    end = 0
    consumed = 0
    while chunk := stream.read(1 << 16):
        while chunk:
            try:
                inflate.decompress(chunk)
            except zlib.error:
                return
            if not inflate.eof:
                consumed += len(chunk)
                break
            rest = inflate.unused_data
            consumed += len(chunk) - len(rest)
            end = consumed
            yield end
            chunk = rest
            inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
