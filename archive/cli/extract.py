"""Commands that cut the article out of a page without an archive: `extract`."""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from archive.cli.common import Number, print_json
from archive.config.toml import MOST_WORKERS
from archive.errors import CuttingsError, UsageError
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from archive.times import utc_now

# What reading a saved page may raise: no such file, cut off, not compressed as it says, a name that is none.
UNREADABLE: Final = (OSError, EOFError, zlib.error, ValueError)
_MOST_BYTES: Final = 10 * 1024 * 1024 + 1  # one more than extraction takes
_DEFAULT_URL: Final = "http://page.invalid/page"  # RFC 2606: what relative links resolve against without an address


@click.command(short_help="Cut the article out of a saved page, or of many.")
@click.option("--url", help="Address of the page on standard input.")
@click.option("--batch", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="JSONL file with lines {id, url, html}; html is a path to .html or .html.gz.")  # fmt: skip
@click.option("--workers", type=Number(1, MOST_WORKERS), help="Processes for --batch [one a core].")
def extract(url: str | None, batch: Path | None, workers: int | None) -> None:
    """Cut the article out of a page on standard input; print one JSON object. Needs no archive.

    With --batch, print one object a line, with the line's id, in the order of the file.
    """
    if batch and url:
        raise UsageError("give --url for a page on standard input, or --batch, whose lines have their own")
    if batch:
        import asyncio

        asyncio.run(_extract_batch(batch, workers))
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("give a page on standard input, as in: cuttings extract --url URL < page.html")
    from archive.storage.read_article import record
    from pipelines.extract import extract as cut_out

    print_json(record(url or "", cut_out(saved_page(url, _stdin()))))


def _stdin() -> bytes:
    try:
        return read_page(sys.stdin.buffer)
    except UNREADABLE as error:
        raise CuttingsError(f"standard input: cannot be read ({reason(error)})") from error


# ---- Many pages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of a manifest: `page_id` is whatever JSON value stands there; `fault` says why it names no page."""

    number: int
    page_id: Any = None
    url: str = _DEFAULT_URL
    path: Path = Path()
    fault: str = ""


async def _extract_batch(manifest: Path, workers: int | None) -> None:
    from archive.storage.read_article import record
    from pipelines.workers.pool import Workers

    under_way: dict[str, _Line] = {}
    unread: dict[str, Failure] = {}
    faults: list[_Line] = []

    def pages() -> Iterator[tuple[str, Capture]]:
        for line in _manifest(manifest):
            name = str(line.number)
            under_way[name] = line
            if line.fault:
                faults.append(line)
            body = _body(line)
            if isinstance(body, Failure):
                unread[name], body = body, b""
            yield name, saved_page(line.url, body)

    with Workers(workers) as pool:
        async for name, capture, result in pool.extract_all(pages(), SiteRules()):
            outcome = unread.pop(name, result)
            print_json({"id": under_way.pop(name).page_id, **record(capture.url, outcome)})
    if faults:
        more = f"; nor are {len(faults) - 1:,} more lines" if len(faults) > 1 else ""
        raise UsageError(f"{manifest}: line {faults[0].number}: {faults[0].fault}{more}")


def _body(line: _Line) -> bytes | Failure:
    try:
        if not line.fault:
            return read_file(line.path)
        detail = f"line {line.number}: {line.fault}"
    except UNREADABLE as error:
        detail = f"{line.path}: cannot be read ({reason(error)})"
    return Failure(url=line.url, stage="fetch", outcome=Outcome.ERROR, detail=detail)


def _manifest(path: Path) -> Iterator[_Line]:
    """The lines of a manifest; the path of a page is relative to the manifest's folder. A bad line is one as well."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if text := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield _line(number, text, path.parent)


def _line(number: int, text: bytes, folder: Path) -> _Line:
    try:
        row = json.loads(text)  # numbers keep every digit, which faster readers do not promise
    except (ValueError, RecursionError):
        row = None
    fields = row if isinstance(row, dict) else {}
    page_id, url, html = fields.get("id"), fields.get("url") or _DEFAULT_URL, fields.get("html")
    if "id" not in fields or not isinstance(url, str) or not isinstance(html, str):
        return _Line(number=number, page_id=page_id, fault='is not {"id": ..., "url": ..., "html": "path of a page"}')
    return _Line(number=number, page_id=page_id, url=url, path=folder / html)


# ---- Saved pages -----------------------------------------------------------------------------------------------------


def saved_page(url: str | None, body: bytes) -> Capture:
    """A page that was saved, as if it had been fetched now."""
    address = url or _DEFAULT_URL
    return Capture(url=address, final_url=address, fetched_at=utc_now(), status=200, body=body)


def read_file(path: Path) -> bytes:
    """Read a saved page, .html or .html.gz. Raises what `UNREADABLE` lists."""
    with path.open("rb") as stream:
        return read_page(stream)


def read_page(stream: BinaryIO) -> bytes:
    """Read a page, compressed or not, as far as extraction would take it. Raises what `UNREADABLE` lists."""
    body = stream.read(_MOST_BYTES)
    if not body.startswith(b"\x1f\x8b"):
        return body
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as unpacked:
        return unpacked.read(_MOST_BYTES)


def reason(error: BaseException) -> str:
    """Why something could not be read, for a message."""
    return str(getattr(error, "strerror", None) or error)
