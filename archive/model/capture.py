"""A response as it was, and the facts of the attempt that brought it. Values, picklable."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where a WARC record stands: file name relative to the WARC folder, byte offset and length of its gzip member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer of a server, as it was: the input of extraction.

    `body` is the payload after content decoding; `where` points at the record with the bytes as they came.
    """

    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    where: Locator | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """The facts of one try of one URL, for the table `fetches`. `ms` is the wait for the answer's head."""

    url: str
    fetched_at: datetime
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    status: int | None = None
    ms: int | None = None
    bytes: int | None = None
    digest: str | None = None
    where: Locator | None = None
    etag: str | None = None  # validators of an answer with a body (RFC 9110, section 8.8)
    last_modified: str | None = None
    moved_to: str | None = None  # where permanent redirects (301, 308) led before any that was not
    max_age: timedelta | None = None  # for which the answer is good, see archive.web.freshness
