"""The worst input of each reader at the size that a crawl lets through, in a worker as a crawl has it.

    uv run python tests/benchmarks/worst.py [--only WORD] [--size MIB] [--patience 3]

Says how each ended and how much CPU it took. A worker is stopped at 30 s (a page's at 10 s) or 1 GiB: what ends so is
`quarantined`, which costs that listing or page alone, and is a reader of ours that is too slow or takes too much. On a
busy machine patience gives them so many times as long by the clock; the bound is then held to their CPU.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.models import Failure
from pipelines.extract import MAX_BYTES
from pipelines.items import LISTING_SECONDS
from pipelines.workers import PAGE_SECONDS, Workers
from spiders.discovery.document import MAX_BYTES as MAX_LISTING
from tests.malformed.worst import LISTINGS, PAGES, Worst, timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How much is read, for how many seconds, and how many times as long by the clock."""

    size: int
    seconds: float
    patience: float


async def measure(workers: Workers, title: str, one: Worst, bound: Bound) -> bool:
    """Read one in a worker, print how it went, and say whether it kept within its bound."""
    result = await workers.call(timed, one.reading(bound.size), url=title, seconds=bound.seconds * bound.patience)
    if isinstance(result, Failure):
        print(f"{title:45}         {result.outcome}: {result.detail}", flush=True)
        return False
    read, took = result
    how = f"{read.outcome}: {read.detail[:60]}" if isinstance(read, Failure) else type(read).__name__.lower()
    print(f"{title:45} {took:5.1f} s {'TOO LONG ' if took > bound.seconds else ''}{how}", flush=True)
    return took <= bound.seconds


async def measure_all(word: str, size: int | None, patience: float) -> int:
    """Return how many did not keep within their bound."""
    chosen = {title: one for title, one in (LISTINGS | PAGES).items() if word in title}
    page = Bound(size=size or MAX_BYTES, seconds=PAGE_SECONDS, patience=patience)
    listing = Bound(size=size or MAX_LISTING, seconds=LISTING_SECONDS, patience=patience)
    with Workers(1) as workers:
        kept = [await measure(workers, title, one, listing if one.kind else page) for title, one in chosen.items()]
    print(f"{len(kept)} read, {kept.count(False)} not within their bound")
    return kept.count(False)


def main() -> int:
    """Read them, one after the other."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="those whose title has this in it")
    options.add_argument("--size", type=float, help="MiB instead of all that a crawl lets through")
    options.add_argument("--patience", type=float, default=1)
    asked = options.parse_args()
    size = int(asked.size * (1 << 20)) if asked.size else None
    return min(asyncio.run(measure_all(asked.only, size, asked.patience)), 1)


if __name__ == "__main__":
    raise SystemExit(main())
