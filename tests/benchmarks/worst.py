"""The worst input of each reader at the size that a crawl lets through, in a worker as a crawl has it.

    uv run python tests/benchmarks/worst.py [--only WORD] [--size MIB] [--patience 3]

Says how each ended and how much CPU time it took. A worker is stopped at 30 s of it (a page's at 10 s) or 1 GiB: what
ends so twice is `quarantined`, which costs that listing or page alone, and is a reader of ours that is too slow or
takes too much. Patience gives them so many times as much time, to see how long such a reader takes.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.model.outcome import Failure
from pipelines.extract import MAX_BYTES
from pipelines.items import LISTING_BOUNDS
from pipelines.workers.pool import PAGE_BOUNDS, Workers
from pipelines.workers.worker import Bounds
from spiders.discovery.document import MAX_BYTES as MAX_LISTING
from tests.robustness.malformed.worst import LISTINGS, PAGES, Worst, timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How much is read, within which bounds, and after how many times as long it is stopped."""

    size: int
    bounds: Bounds
    patience: float

    @property
    def stopped(self) -> Bounds:
        """The bounds at which the worker is stopped."""
        return Bounds(cpu=self.bounds.cpu * self.patience, wall=self.bounds.wall * self.patience)


async def measure(workers: Workers, title: str, one: Worst, bound: Bound) -> bool:
    """Read one in a worker, print how it went, and say whether it kept within its bound."""
    result = await workers.call(timed, one.reading(bound.size), url=title, bounds=bound.stopped)
    if isinstance(result, Failure):
        print(f"{title:45}         {result.outcome}: {result.detail}", flush=True)
        return False
    read, took = result
    how = f"{read.outcome}: {read.detail[:60]}" if isinstance(read, Failure) else type(read).__name__.lower()
    print(f"{title:45} {took:5.1f} s {'TOO LONG ' if took > bound.bounds.cpu else ''}{how}", flush=True)
    return took <= bound.bounds.cpu


async def measure_all(word: str, size: int | None, patience: float) -> int:
    """Return how many did not keep within their bound."""
    chosen = {title: one for title, one in (LISTINGS | PAGES).items() if word in title}
    page = Bound(size=size or MAX_BYTES, bounds=PAGE_BOUNDS, patience=patience)
    listing = Bound(size=size or MAX_LISTING, bounds=LISTING_BOUNDS, patience=patience)
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
