"""Extraction in worker processes: a hard bound on time and memory for every page, and a crash costs one page.

The pool (pebble) kills the worker of a page that takes too long and starts another; a worker that dies takes only its
own page with it. Workers are warmed and kept. A worker never imports Scrapy.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from archive.models import Capture, Extraction, Failure, Outcome, SiteRules

T = TypeVar("T")
_WORK: Final = {"discover": "reading", "extract": "extraction"}  # what a stage does, for a person
PAGE_SECONDS: Final = 10.0
_QUEUE_SECONDS: Final = 600.0  # to wait for a worker: reached only where workers cannot start at all
_START_SECONDS: Final = 5.0  # for a worker to start
PAGE_BYTES: Final = 1 << 30  # of memory above what a warm worker has
_STARVED: Final = 86  # exit code of a worker that has run out of it


class Workers:
    """A pool of extraction processes. Close it, or use it as a context manager."""

    def __init__(self, count: int | None = None, *, seconds: float = PAGE_SECONDS) -> None:
        self._seconds = seconds
        self.count = count or os.cpu_count() or 1
        self._pool = ProcessPool(max_workers=self.count, initializer=_warm, context=_context())
        self._in_work: set[ProcessFuture[Any]] = set()
        self._answered = 0

    async def extract(self, capture: Capture, rules: SiteRules) -> Extraction | Failure:
        """Extract one page in a worker. A page that kills its worker or takes too long is a QUARANTINED failure."""
        return await self.call(_extract, capture, rules, url=capture.url)

    async def call(
        self, function: Callable[..., T], /, *args: Any, url: str, stage: str = "extract", seconds: float | None = None
    ) -> T | Failure:
        """Call a function in a worker, under the same bounds. Function, arguments and result must be picklable."""
        bound, work = seconds or self._seconds, _WORK.get(stage, stage)
        future: ProcessFuture[T] = self._pool.schedule(_call, args=(function, *args), timeout=bound)
        self._in_work.add(future)
        try:
            async with asyncio.timeout(_QUEUE_SECONDS):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            taken = future.done() and not future.cancelled()
            detail = f"{work} took longer than {bound:g} s" if taken else "no worker was free for it"
        except (ProcessExpired, BrokenProcessPool) as error:
            starved = getattr(error, "exitcode", None) == _STARVED
            detail = (
                f"{work} needed more than {PAGE_BYTES >> 20} MiB"
                if starved
                else f"the worker of this page died ({error or type(error).__name__})"
            )
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # it is the caller who gave up
            detail = "the workers were stopped"
        finally:
            self._in_work.discard(future)
            self._answered += 1
        return Failure(url=url, stage=stage, outcome=Outcome.QUARANTINED, detail=detail)

    async def extract_all(
        self, pages: Iterable[tuple[str, Capture]], rules: SiteRules
    ) -> AsyncIterator[tuple[str, Capture, Extraction | Failure]]:
        """Extract many pages, each with a name, in their order; at most three a worker are in memory at a time."""
        waiting: deque[tuple[str, Capture, asyncio.Task[Extraction | Failure]]] = deque()
        try:
            for name, capture in pages:
                waiting.append((name, capture, asyncio.create_task(self.extract(capture, rules))))
                if len(waiting) >= 3 * self.count:
                    yield await _first(waiting)
            while waiting:
                yield await _first(waiting)
        finally:
            for _, _, task in waiting:
                task.cancel()

    def close(self) -> None:
        """End the workers; pages still in them are given up."""
        if 0 < self._answered < _FEW * self.count and not self._in_work:
            # A worker that is still starting when its pool ends would say so with a traceback; one that is quick may
            # have answered everything, so each is given something that takes a moment.
            wait([self._pool.schedule(_pause) for _ in range(self.count)], timeout=_START_SECONDS)
        waiting = tuple(self._in_work)
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble's own
        self._pool.join()
        for future in waiting:  # pebble leaves them as they are, and who awaits them would wait on
            future.cancel()  # type: ignore[no-untyped-call]  # pebble's own

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _first(
    waiting: "deque[tuple[str, Capture, asyncio.Task[Extraction | Failure]]]",
) -> tuple[str, Capture, Extraction | Failure]:
    name, capture, task = waiting.popleft()
    return name, capture, await task


def _context() -> multiprocessing.context.BaseContext:
    """A server that has extracted a page once, so that a new worker is a fork of it and ready at once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.warm"])
    return context


def _warm() -> None:
    """Ready a worker: Ctrl-C is the parent's business, memory is bounded, and the libraries are loaded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import pipelines.warm  # noqa: F401 - already there where the server has preloaded it

    _bound_memory()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the time bound stands alone
        return
    try:
        mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:  # no /proc: what a process may map cannot be told from what it uses
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + PAGE_BYTES, mapped + PAGE_BYTES))


_FEW: Final = 50  # pages a worker: after so many all of them have started


def _pause() -> None:
    time.sleep(0.05)


def _call(function: Callable[..., T], *args: Any) -> T:
    """Call a function. A worker that has run out of memory ends: what it has left would not do for the next page."""
    try:
        return function(*args)
    except MemoryError:
        os._exit(_STARVED)


def _extract(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    from pipelines.extract import extract

    return extract(capture, rules)
