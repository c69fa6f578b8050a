"""Commands that cut the article out of a page without an archive: `extract`."""

import asyncio
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import orjson

from archive.cli.common import print_json
from archive.errors import UsageError
from archive.times import utc_now

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
    if batch:
        asyncio.run(_extract_batch(batch, workers))
        return
    if sys.stdin.isatty():
        raise UsageError("give a page on standard input, as in: cuttings extract --url URL < page.html")
    from archive.records import record
    from pipelines.extract import extract as cut_out

    capture = _capture(url or _DEFAULT_URL, sys.stdin.buffer.read())
    print_json(record(url or "", cut_out(capture)))


async def _extract_batch(manifest: Path, workers: int | None) -> None:
    from archive.models import Failure, Outcome, SiteRules
    from archive.records import record
    from pipelines.workers import Workers

    for _ in _manifest(manifest):
        pass  # a line that is none is told before any page is read
    unread: dict[str, Failure] = {}

    def pages() -> Iterator[tuple[str, Any]]:
        for page_id, url, path in _manifest(manifest):
            try:
                yield page_id, _capture(url, _read_page(path))
            except (OSError, EOFError, gzip.BadGzipFile) as error:
                detail = f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})"
                unread[page_id] = Failure(url=url, stage="fetch", outcome=Outcome.ERROR, detail=detail)
                yield page_id, _capture(url, b"")

    with Workers(workers) as pool:
        async for page_id, capture, result in pool.extract_all(pages(), SiteRules()):
            outcome = unread.pop(page_id, result)
            print_json({"id": orjson.loads(page_id), **record(capture.url, outcome)})


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


def _read_page(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _capture(url: str, body: bytes) -> Any:
    from archive.models import Capture

    return Capture(url=url, final_url=url, fetched_at=utc_now(), status=200, headers=(), body=body)
