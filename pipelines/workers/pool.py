"""Extraction in worker processes: a hard bound on time and memory for every page, and a crash costs one page.

Each worker has a thread here and a pipe of its own to it, so that one that dies, at any moment, takes nothing with it
but its page. Workers are forked warm and kept. Once this process is gone they end too: at once where they are idle,
at the bound of their page where they are not. A worker never imports Scrapy.

A page that costs its worker gets a fresh one and a second attempt, since it may have been none of its doing (the kernel
was short of memory, an operator's `kill`).
"""

import asyncio
import atexit
import logging
import os
import pickle
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from threading import Event, Lock, local
from typing import Any, Final, Self, TypeVar

from archive.errors import CuttingsError
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from pipelines.workers.worker import (
    CPU_SIGNAL,
    PAGE_BYTES,
    STARVED,
    WALL_SIGNAL,
    Bounds,
    Job,
    Worker,
    extract_page,
    in_words,
    spawning,
)

T = TypeVar("T")
logger = logging.getLogger(__name__)

PAGE_BOUNDS: Final = Bounds(cpu=10.0, wall=100.0)
_WORK: Final = {"discover": "reading", "extract": "extraction"}  # what a stage does, for a person
_ATTEMPTS: Final = 2  # for a page that costs its worker, before it is quarantined
_START_PAUSES: Final = (0.0, 0.5, 2.0)  # seconds before each attempt: processes may be scarce for a moment
_HANDOVERS: Final = 3
# A terminal and systemd send these to every process of a crawl; when workers end is for the crawl to say.
_FOR_THE_PARENT: Final = frozenset({signal.SIGINT, signal.SIGTERM})


class _PageLostError(Exception):
    """A page cost its worker; the text says how, for a person."""


class Workers:
    """A pool of extraction processes. Close it, or use it as a context manager."""

    def __init__(self, count: int | None = None, *, bounds: Bounds = PAGE_BOUNDS) -> None:
        self.count = count or os.cpu_count() or 1
        self._bounds = bounds
        self._context = spawning()
        self._threads = ThreadPoolExecutor(self.count, "worker", initializer=_leave_signals)
        self._own = local()  # the worker of a thread
        self._lock = Lock()
        self._alive: set[Worker] = set()
        self._closed = Event()
        self._broken = ""  # why workers cannot start
        atexit.register(self.close)  # Python waits for child processes at its end, and these would wait for it

    async def extract(self, capture: Capture, rules: SiteRules) -> Extraction | Failure:
        """Extract one page in a worker. One that costs two workers (time, memory, a crash) is a QUARANTINED failure."""
        return await self.call(extract_page, capture, rules, url=capture.url)

    async def call(
        self, function: Callable[..., T], /, *args: Any, url: str, stage: str = "extract", bounds: Bounds | None = None
    ) -> T | Failure:
        """Call a function in a worker, under the same bounds. Function, arguments and result must be picklable.

        Raises what the function raises, and CuttingsError if no worker can start or the pool is closed.
        """
        pickled = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        job = Job(call=pickled, bounds=bounds or self._bounds, work=_WORK.get(stage, stage), url=url)
        try:
            response = asyncio.get_running_loop().run_in_executor(self._threads, self._run, job)
        except RuntimeError as error:  # the threads take no more
            raise _stopped() from error
        try:
            result: T = await response
        except _PageLostError as lost:
            return Failure(url=url, stage=stage, outcome=Outcome.QUARANTINED, detail=str(lost))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # it is the caller who gave up
            raise _stopped() from error
        return result

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
        """End the workers. A caller that waits for a page still in one gets an error: nothing is known of that page."""
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:  # one that is being started is there by then, or sees that there is no use in it
            for worker in self._alive:
                worker.kill()
        self._threads.shutdown(wait=True)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # In the threads --------------------------------------------------------------------------------------------------

    def _run(self, job: Job) -> Any:
        """Let a worker do a job. If it costs the worker, a fresh one gets it, once: the job may not be to blame."""
        losses: list[str] = []
        while len(losses) < _ATTEMPTS:
            try:
                return self._attempt(job)
            except _PageLostError as lost:
                losses.append(str(lost))
                logger.info("attempt %d cost its worker: %s: %s", len(losses), job.url, lost)
        raise _PageLostError(_after_attempts(losses))

    def _attempt(self, job: Job) -> Any:
        """Let this thread's worker do a job."""
        worker = self._ready_for(job)
        try:
            done, value = worker.response(job.bounds.wall)
        except TimeoutError:
            worker.kill()
            self._end(worker)
            raise _PageLostError(_too_long(job)) from None
        except (EOFError, OSError):
            code = self._end(worker)
            raise self._loss(code, job) from None
        if not done:
            raise value
        return value

    def _ready_for(self, job: Job) -> Worker:
        """Return a worker that has taken the job. One that was killed while it was idle is replaced: no page did it."""
        for _ in range(_HANDOVERS):
            worker = self._worker()
            if worker.takes(job):
                return worker
            self._end(worker)
        raise _PageLostError(f"{_HANDOVERS} workers died before they could begin with it")

    def _loss(self, code: int | None, job: Job) -> Exception:
        """Return what became of a worker that ended with a page in it."""
        if self._closed.is_set():
            return _stopped()
        if code == STARVED:
            return _PageLostError(f"{job.work} needed more than {PAGE_BYTES >> 20} MiB")
        if CPU_SIGNAL and code == -CPU_SIGNAL:
            return _PageLostError(f"{job.work} took longer than {job.bounds.cpu:g} s of CPU time")
        if WALL_SIGNAL and code == -WALL_SIGNAL:
            return _PageLostError(_too_long(job))
        return _PageLostError(f"the worker of this page died ({in_words(code)})")

    def _worker(self) -> Worker:
        """Return the worker of this thread, started if there is none."""
        worker: Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = self._started()
        return worker

    def _started(self) -> Worker:
        """Return a warm worker. Raises CuttingsError if none can be had: this pool is then of no more use."""
        for pause in _START_PAUSES:
            self._closed.wait(0 if self._broken else pause)
            worker = self._spawned()
            refusal = worker.refusal() if worker else self._broken
            if worker and refusal == "":
                return worker
            code = self._end(worker) if worker else None
            if self._closed.is_set():
                raise _stopped()
            if refusal:
                break  # it would say the same again
        self._broken = refusal or f"{len(_START_PAUSES)} attempts, the last ended with {in_words(code)}"
        raise CuttingsError(
            f"no page can be read: a worker process does not start ({self._broken}); `cuttings doctor` checks the "
            "installation and this machine"
        )

    def _spawned(self) -> Worker | None:
        """Return a new worker, or None if the system gives us no process, or none is needed."""
        with self._lock:  # multiprocessing reaps children at each start, and is not made for threads
            if self._closed.is_set() or self._broken:
                return None
            try:
                worker = Worker(self._context)
            except (OSError, EOFError):
                return None
            self._alive.add(worker)
            return worker

    def _end(self, worker: Worker) -> int | None:
        """Part with a worker, dead or alive; return its exit code."""
        self._own.worker = None
        with self._lock:
            self._alive.discard(worker)
            return worker.end()


async def _first(
    waiting: "deque[tuple[str, Capture, asyncio.Task[Extraction | Failure]]]",
) -> tuple[str, Capture, Extraction | Failure]:
    name, capture, task = waiting.popleft()
    return name, capture, await task


def _leave_signals() -> None:
    """Block, in this thread and all it starts, the signals that are for the parent alone."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # it unblocks them when it starts
        signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_PARENT)


def _stopped() -> CuttingsError:
    return CuttingsError("the workers were stopped before this page was read")


def _too_long(job: Job) -> str:
    return f"{job.work} did not end within {job.bounds.wall:g} s"


def _after_attempts(losses: list[str]) -> str:
    """Say what became of a page that cost each worker it was given to."""
    first, last = losses[0], losses[-1]
    return f"{last}; tried twice" if first == last else f"{last}; tried twice; the first attempt: {first}"
