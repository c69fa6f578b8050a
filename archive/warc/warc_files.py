"""Raw answers in WARC 1.1 files: append, read, repair. The only module that knows WARC.

One folder an archive, one open file a run, rotated by size. A file that is being written ends in `.open`; it is renamed
when it is complete, and never over another. A record is one gzip member, and an exchange is written with one system
call that is checked for its length, so that after a kill all is whole up to one torn member, which `repair` cuts off.

WARC 1.1: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from archive.errors import ArchiveError, cannot_be_written
from archive.model.capture import Capture, Locator
from archive.times import parse_stamp, stamp

MAX_BYTES: Final = 1 << 30  # of a file before the next one is begun: what the WARC guidelines recommend
SUFFIX: Final = ".warc.gz"
OPEN_SUFFIX: Final = ".warc.gz.open"
# Level 9, warcio's own, took 6.0 ms a page over 80 real pages, level 2 took 1.4 ms for 15 % more bytes.
_LEVEL: Final = 2


def folder_of(archive: Path) -> Path:
    """The folder with an archive's raw answers: `news.db` has `news-warc/` beside it."""
    return archive.with_name(f"{archive.stem}-warc")


def files_of(folder: Path) -> dict[str, Path]:
    """The folder's files by the names they have when complete; none where there is no folder.

    Raises OSError where it cannot be read, unlike `glob`, which takes it for empty.
    """
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return {}
    endings = (SUFFIX, OPEN_SUFFIX)
    return {path.name.removesuffix(".open"): path for path in paths if path.name.endswith(endings) and path.is_file()}


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

        Raises StorageFullError where the disk is full, ArchiveError where the folder cannot be written to; the file
        then ends before this exchange.
        """
        if self._fd is None or self._size >= self._max_bytes:
            self._rotate(exchange.fetched_at)
        response, request = _records(exchange)
        start = self._size
        self._write(response + request)
        return Locator(file=_complete(self._path).name, offset=start, length=len(response))

    def append_rendered(self, url: str, fetched_at: datetime, body: bytes) -> None:
        """Write what a browser has made of an answer, as a conversion record (WARC 1.1, section 6.8)."""
        if self._fd is None or self._size >= self._max_bytes:
            self._rotate(fetched_at)
        self._write(_conversion(url, fetched_at, body))

    def sync(self) -> None:
        """Return once all that was appended has reached the disk."""
        if self._fd is not None and self._dirty:
            with _plain_errors(self._path):
                os.fsync(self._fd)
            self._dirty = False

    def close(self) -> None:
        """Complete the current file and take the `.open` from its name. If that fails it is left to `repair`."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        with _plain_errors(self._path):
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
            if self._size:
                _keep(self._path)
            else:
                self._path.unlink()

    def _rotate(self, now: datetime) -> None:
        self.close()
        with _plain_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(self._folder.parent)
        self._path = self._free_name(now)
        with _plain_errors(self._path):
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            _sync_folder(self._folder)
        self._size = 0
        self._write(_member(lambda writer: writer.create_warcinfo_record(self._path.name, self._info), now))

    def _free_name(self, now: datetime) -> Path:
        """The next name that is not taken: clocks go back, and an archive that was begun anew counts its runs anew."""
        while True:
            self._count += 1
            name = f"cuttings-{now:%Y%m%d%H%M%S}-run{self._run_id}-{self._count:05}{OPEN_SUFFIX}"
            path = self._folder / name
            if not path.exists() and not _complete(path).exists():
                return path

    def _write(self, members: bytes) -> None:
        if self._fd is None:
            raise ArchiveError("the WARC writer is closed")
        with _plain_errors(self._path):
            try:
                written = os.write(self._fd, members)
                # A full disk may write a part without an error; the rest of it then says so.
                while written < len(members):
                    written += os.write(self._fd, members[written:])
            except OSError:
                with suppress(OSError):  # else `repair` cuts it off
                    os.ftruncate(self._fd, self._size)
                raise
        self._size += len(members)
        self._dirty = True


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise ArchiveError(f"{path}: is a file, where the folder for raw pages should be; move it away") from error
    except OSError as error:
        raise cannot_be_written(path, error) from error


def _complete(path: Path) -> Path:
    """What an open file is called when it is complete."""
    return path.with_name(path.name.removesuffix(".open"))


def _keep(path: Path) -> Path:
    """Complete an open file under its name; where a file has that already, one of a backup say, under one beside it."""
    complete = _complete(path)
    stem = complete.name.removesuffix(SUFFIX)
    others = (complete.with_name(f"{stem}-again{number}{SUFFIX}") for number in count(1))
    target = next(name for name in chain([complete], others) if not name.exists())
    path.rename(target)
    _sync_folder(path.parent)
    return target


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk, where a system can do that."""
    with suppress(PermissionError):  # Windows opens no folder
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


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


def _conversion(url: str, fetched_at: datetime, body: bytes) -> bytes:
    """The gzip member of the conversion record of an answer's page."""
    date = stamp(fetched_at)
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        url,
        "conversion",
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type="text/html; charset=utf-8",
        warc_headers_dict={"WARC-Date": date, "WARC-Refers-To-Target-URI": url, "WARC-Refers-To-Date": date},
    )
    writer.write_record(record)
    return gzip.compress(buffer.getvalue(), _LEVEL, mtime=0)


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
    """Read back the answer at a locator, its body decoded. Raises ArchiveError where there is none, or a part of one.

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
    try:
        # Unpacked here: warcio reads what is cut off, or damaged, as if it were complete.
        for record in ArchiveIterator(io.BytesIO(gzip.decompress(member))):
            if record.rec_type == "response":
                return _capture(record, where)
    except (*_DAMAGED, ArchiveLoadFailed, StatusAndHeadersParserException, ValueError) as error:
        raise ArchiveError(f"{path}: the response at byte {where.offset} is damaged ({error})") from error
    raise ArchiveError(f"{path}: there is no response at byte {where.offset}")


_DAMAGED: Final = (gzip.BadGzipFile, EOFError, zlib.error)  # what unpacking such a thing may raise


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
    """What was done to one file that a dead run left open: `cut` bytes of a torn record were taken off its end.

    `file` is its name now; it is gone where it held no whole record (`kept` is 0).
    """

    file: str
    kept: int
    cut: int


def repair(folder: Path) -> list[Repair]:
    """Complete the files that a dead run left open: cut each back to its last whole record and rename it.

    Raises ArchiveError where the folder is none or cannot be written to, StorageFullError where the disk is full.
    """
    with _plain_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise FileExistsError
        return [_repair(path) for path in sorted(folder.glob(f"*{OPEN_SUFFIX}"))]


def _repair(path: Path) -> Repair:
    with path.open("r+b") as stream:
        kept = max(member_ends(stream), default=0)
        size = stream.seek(0, io.SEEK_END)
        stream.truncate(kept)
        os.fsync(stream.fileno())
    if kept:
        return Repair(file=_keep(path).name, kept=kept, cut=size - kept)
    path.unlink()
    return Repair(file=_complete(path).name, kept=0, cut=size)


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
