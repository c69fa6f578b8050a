"""Commands that cut the article out of a page without an archive: `extract`."""

import asyncio
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import click
import orjson

from archive.cli.common import print_json
from archive.errors import CuttingsError, UsageError
from archive.models import Capture, Failure, Outcome, SiteRules
from archive.times import utc_now

# What reading a saved page may raise: no such file, cut off, not compressed as it says, a name that is none.
UNREADABLE: Final = (OSError, EOFError, zlib.error, ValueError)
_MOST_BYTES: Final = 10 * 1024 * 1024 + 1  # one more than extraction takes
_DEFAULT_URL: Final = "http://page.invalid/page"  # RFC 2606: what relative links resolve against without an address


@click.command()
@click.option("--url", help="Address of the page on standard input.")
@click.option("--batch", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="JSONL file with lines {id, url, html}; html is a path to .html or .html.gz.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Processes for --batch [one a core].")
def extract(url: str | None, batch: Path | None, workers: int | None) -> None:
    """Cut the article out of a page on standard input; print one JSON object. Needs no archive.

    With --batch, print one object a line, with the line's id, in the order of the file.
    """
    if batch and url:
        raise UsageError("give --url for a page on standard input, or --batch, whose lines have their own")
    if batch:
        asyncio.run(_extract_batch(batch, workers))
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("give a page on standard input, as in: cuttings extract --url URL < page.html")
    from archive.records import record
    from pipelines.extract import extract as cut_out

    print_json(record(url or "", cut_out(saved_page(url, _stdin()))))


def _stdin() -> bytes:
    try:
        return read_page(sys.stdin.buffer)
    except UNREADABLE as error:
        raise CuttingsError(f"standard input: cannot be read ({reason(error)})") from error


async def _extract_batch(manifest: Path, workers: int | None) -> None:
    from archive.records import record
    from pipelines.workers import Workers

    for _ in _manifest(manifest):
        pass  # a line that is none is told before any page is read
    unread: dict[str, Failure] = {}

    def pages() -> Iterator[tuple[str, Capture]]:
        for number, (page_id, url, path) in enumerate(_manifest(manifest)):
            name = f"{number} {page_id}"  # an id may stand on several lines
            try:
                body = read_file(path)
            except UNREADABLE as error:
                detail = f"{path}: cannot be read ({reason(error)})"
                unread[name] = Failure(url=url, stage="fetch", outcome=Outcome.ERROR, detail=detail)
                body = b""
            yield name, saved_page(url, body)

    with Workers(workers) as pool:
        async for name, capture, result in pool.extract_all(pages(), SiteRules()):
            outcome = unread.pop(name, result)
            print_json({"id": orjson.loads(name.partition(" ")[2]), **record(capture.url, outcome)})


def _manifest(path: Path) -> Iterator[tuple[str, str, Path]]:
    """The lines of a manifest: id as JSON, url, path of the page relative to the manifest's folder."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                page = (
                    orjson.dumps(row["id"]).decode(),
                    str(row.get("url") or _DEFAULT_URL),
                    path.parent / row["html"],
                )
            except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(f'{path}: line {number}: is not {{"id": ..., "url": ..., "html": ...}}') from error
            yield page


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
