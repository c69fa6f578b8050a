"""Extraction in worker processes: a hard bound on time and memory for every page, and a crash costs one page.

Each worker has a thread here and a pipe of its own to it, so that one that dies, at whatever moment, takes nothing with
it but its page. Workers are forked warm and kept. Once this process is gone they end too: at once where they are idle,
at the bound of their page where they are not. A worker never imports Scrapy.

What is bounded is the CPU time that a page takes of its worker: a machine that is busy with something else costs no
page. The clock has a wider bound, for a page that waits for ever. A page that costs its worker gets a fresh one and a
second attempt, since it may have been none of its doing (the kernel was short of memory, an operator's `kill`).
"""

import asyncio
import atexit
import logging
import multiprocessing
import os
import pickle
import signal
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock, local
from typing import Any, Final, Self, TypeVar

from archive.errors import CuttingsError
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules

T = TypeVar("T")
logger = logging.getLogger(__name__)

PAGE_BYTES: Final = 1 << 30  # of memory above what a warm worker has
_WORK: Final = {"discover": "reading", "extract": "extraction"}  # what a stage does, for a person
_ATTEMPTS: Final = 2  # for a page that costs its worker, before it is quarantined
_START_SECONDS: Final = 60.0  # for a worker to load its libraries, on the busiest of machines
_START_PAUSES: Final = (0.0, 0.5, 2.0)  # seconds before each attempt: processes may be scarce for a moment
_HANDOVERS: Final = 3
_HANDOVER_SECONDS: Final = 60.0  # for an idle worker to say that it has taken a job, on the busiest of machines
_GRACE_SECONDS: Final = 2.0  # by the clock, after which a worker that nobody has stopped ends itself
_TAKEN: Final = b"taken"  # what a worker says when it has a job and begins with it
_STARVED: Final = 86  # exit code of a worker that has run out of memory
# What the system ends a worker with whose time is over; None where there are no such timers (Windows).
_CPU_SIGNAL: Final = getattr(signal, "SIGPROF", None)
_WALL_SIGNAL: Final = getattr(signal, "SIGALRM", None)
# A terminal and systemd send these to every process of a crawl; when workers end is for the crawl to say.
_FOR_THE_PARENT: Final = frozenset({signal.SIGINT, signal.SIGTERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds that a job may take: `cpu` of its worker's CPU time (user and system), and `wall` by the clock."""

    cpu: float
    wall: float


PAGE_BOUNDS: Final = Bounds(cpu=10.0, wall=100.0)
_Spawning = multiprocessing.context.ForkServerContext | multiprocessing.context.SpawnContext


class _PageLostError(Exception):
    """A page cost its worker; the text says how, for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """Something to do for a worker: a pickled call, its bounds, and for a person what it is and of which URL."""

    call: bytes
    bounds: Bounds
    work: str
    url: str


class Workers:
    """A pool of extraction processes. Close it, or use it as a context manager."""

    def __init__(self, count: int | None = None, *, bounds: Bounds = PAGE_BOUNDS) -> None:
        self.count = count or os.cpu_count() or 1
        self._bounds = bounds
        self._context = _context()
        self._threads = ThreadPoolExecutor(self.count, "worker", initializer=_leave_signals)
        self._own = local()  # the worker of a thread
        self._lock = Lock()
        self._alive: set[_Worker] = set()
        self._closed = Event()
        self._broken = ""  # why workers cannot start
        atexit.register(self.close)  # Python waits for child processes at its end, and these would wait for it

    async def extract(self, capture: Capture, rules: SiteRules) -> Extraction | Failure:
        """Extract one page in a worker. One that costs two workers (time, memory, a crash) is a QUARANTINED failure."""
        return await self.call(_extract, capture, rules, url=capture.url)

    async def call(
        self, function: Callable[..., T], /, *args: Any, url: str, stage: str = "extract", bounds: Bounds | None = None
    ) -> T | Failure:
        """Call a function in a worker, under the same bounds. Function, arguments and result must be picklable.

        Raises what the function raises, and CuttingsError where no worker can start or the pool is closed.
        """
        pickled = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        job = _Job(call=pickled, bounds=bounds or self._bounds, work=_WORK.get(stage, stage), url=url)
        try:
            answer = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, job)
        except RuntimeError as error:  # the threads take no more
            raise _stopped() from error
        try:
            result: T = await answer
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
        """End the workers. Who waits for a page that is still in one gets an error: nothing is known of that page."""
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

    def _ask(self, job: _Job) -> Any:
        """Let a worker do a job. Where it costs the worker, a fresh one gets it, once: the job may not be to blame."""
        losses: list[str] = []
        while len(losses) < _ATTEMPTS:
            try:
                return self._attempt(job)
            except _PageLostError as lost:
                losses.append(str(lost))
                logger.info("attempt %d cost its worker: %s: %s", len(losses), job.url, lost)
        raise _PageLostError(_after_attempts(losses))

    def _attempt(self, job: _Job) -> Any:
        """Let this thread's worker do a job."""
        worker = self._ready_for(job)
        try:
            done, value = worker.answer(job.bounds.wall)
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

    def _ready_for(self, job: _Job) -> "_Worker":
        """A worker that has taken the job. One that something killed while it was idle is replaced: no page did it."""
        for _ in range(_HANDOVERS):
            worker = self._worker()
            if worker.takes(job):
                return worker
            self._end(worker)
        raise _PageLostError(f"{_HANDOVERS} workers died before they could begin with it")

    def _loss(self, code: int | None, job: _Job) -> Exception:
        """What became of a worker that ended with a page in it."""
        if self._closed.is_set():
            return _stopped()
        if code == _STARVED:
            return _PageLostError(f"{job.work} needed more than {PAGE_BYTES >> 20} MiB")
        if _CPU_SIGNAL and code == -_CPU_SIGNAL:
            return _PageLostError(f"{job.work} took longer than {job.bounds.cpu:g} s of CPU time")
        if _WALL_SIGNAL and code == -_WALL_SIGNAL:
            return _PageLostError(_too_long(job))
        return _PageLostError(f"the worker of this page died ({_in_words(code)})")

    def _worker(self) -> "_Worker":
        """The worker of this thread, which is started where there is none."""
        worker: _Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = self._started()
        return worker

    def _started(self) -> "_Worker":
        """A worker that is warm. Raises CuttingsError where none can be had: this pool then has no use any more."""
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
        self._broken = refusal or f"{len(_START_PAUSES)} tries, the last ended with {_in_words(code)}"
        raise CuttingsError(
            f"no page can be read: a worker process does not start ({self._broken}); `cuttings doctor` looks at the "
            "installation and at this machine"
        )

    def _spawned(self) -> "_Worker | None":
        """A new worker, or None where the system gives us no process, or there is no need for one."""
        with self._lock:  # multiprocessing looks after all children at each start, and is not made for threads
            if self._closed.is_set() or self._broken:
                return None
            try:
                worker = _Worker(self._context)
            except (OSError, EOFError):
                return None
            self._alive.add(worker)
            return worker

    def _end(self, worker: "_Worker") -> int | None:
        """Part with a worker, dead or alive; returns its exit code."""
        self._own.worker = None
        with self._lock:
            self._alive.discard(worker)
            return worker.end()


class _Worker:
    """A process and the pipe to it, for one thread."""

    def __init__(self, context: _Spawning) -> None:
        """Raises OSError or EOFError where no process can be had."""
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_work, args=(theirs,), name="cuttings worker")
        try:
            self._process.start()
        except BaseException:
            self._pipe.close()
            raise
        finally:
            theirs.close()

    def refusal(self) -> str | None:
        """Wait until it is warm. Returns what it says is in the way of that, or None where it says nothing at all."""
        try:
            return str(self._pipe.recv()) if self._pipe.poll(_START_SECONDS) else None
        except (EOFError, OSError):
            return None

    def takes(self, job: _Job) -> bool:
        """Give it a job. False where it was dead before it could begin."""
        try:
            self._pipe.send(job.bounds)
            self._pipe.send_bytes(job.call)
            return self._pipe.poll(_HANDOVER_SECONDS) and self._pipe.recv_bytes() == _TAKEN
        except (EOFError, OSError):
            return False

    def answer(self, seconds: float) -> tuple[bool, Any]:
        """Whether the job could be done, and its result or what it raised.

        Raises TimeoutError where there is no answer within so many seconds by the clock, EOFError or OSError where
        the worker died: that it takes no more CPU time than it may is for the worker itself to see to.
        """
        if not self._pipe.poll(seconds):
            raise TimeoutError
        done, value = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from a process of our own
        return done, value

    def kill(self) -> None:
        """Kill it; whoever waits for its answer sees the end of the pipe."""
        self._process.kill()

    def end(self) -> int | None:
        """Kill it if it lives, and let go of it; returns its exit code."""
        self._process.join(0.2)  # that the pipe has ended may be seen before the process has
        self._process.kill()
        self._process.join()
        self._pipe.close()
        code = self._process.exitcode
        self._process.close()
        return code


async def _first(
    waiting: "deque[tuple[str, Capture, asyncio.Task[Extraction | Failure]]]",
) -> tuple[str, Capture, Extraction | Failure]:
    name, capture, task = waiting.popleft()
    return name, capture, await task


def _context() -> _Spawning:
    """A server that has extracted a page once, so that a new worker is a fork of it and ready at once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.workers.preload"])
    return context


def _leave_signals() -> None:
    """Block, in this thread and whatever it starts, the signals that are for the parent alone."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # it unblocks them when it starts
        signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_PARENT)


def _stopped() -> CuttingsError:
    return CuttingsError("the workers were stopped before this page was read")


def _too_long(job: _Job) -> str:
    return f"{job.work} did not end within {job.bounds.wall:g} s"


def _after_attempts(losses: list[str]) -> str:
    """What became of a page that cost each worker it was given to, for a person."""
    first, last = losses[0], losses[-1]
    return f"{last}; tried twice" if first == last else f"{last}; tried twice; the first attempt: {first}"


def _in_words(code: int | None) -> str:
    """How a process ended, for a person; None is one that never was."""
    if code is None:
        return "no process"
    if code < 0:
        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:  # a real-time signal has no name
            return f"signal {-code}"
    return f"exit code {code}"


# In the worker -------------------------------------------------------------------------------------------------------


def _work(pipe: Connection) -> None:
    """The life of a worker: load everything, say so, and do one job after the other until the parent is gone."""
    try:
        _own_timers()
        pipe.send(_refusal())
        while True:
            bounds = pipe.recv()
            _set_timers(cpu=bounds.cpu, wall=bounds.wall + _GRACE_SECONDS)
            job = pipe.recv_bytes()
            pipe.send_bytes(_TAKEN)
            pipe.send_bytes(_done(job))
            _set_timers(cpu=0, wall=0)
    except MemoryError:
        os._exit(_STARVED)  # what it has left would not do for the next page
    except (EOFError, OSError):
        return  # the parent is gone


def _refusal() -> str:
    """Ready this process for pages; returns what is in the way of that."""
    try:
        from pipelines.workers.warm import warm

        warm()
    except Exception as error:  # noqa: BLE001 - whatever a broken installation raises is for a person to read
        return f"{type(error).__name__}: {error}"
    _bound_memory()
    return ""


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


def _own_timers() -> None:
    """Let the timers end this process even where whoever started the crawl ignores or blocks their signals."""
    if _CPU_SIGNAL and _WALL_SIGNAL:
        for number in (_CPU_SIGNAL, _WALL_SIGNAL):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (_CPU_SIGNAL, _WALL_SIGNAL))


def _set_timers(*, cpu: float, wall: float) -> None:
    """Let the system end this process after so many seconds (0: never), whether or not the parent is still there.

    There is no handler: the default action of a signal ends a process in the middle of C code, where no handler written
    in Python would run.
    """
    if _CPU_SIGNAL and _WALL_SIGNAL:  # elsewhere the bound that the parent keeps stands alone
        signal.setitimer(signal.ITIMER_PROF, cpu)
        signal.setitimer(signal.ITIMER_REAL, wall)


def _done(job: bytes) -> bytes:
    """Do a job; whether it could be done, and its result or what it raised. A MemoryError is for the caller."""
    try:
        function, args = pickle.loads(job)  # noqa: S301 - from the process that started this one
        return pickle.dumps((True, function(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised again where the job comes from
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return _packed(error)


def _packed(error: Exception) -> bytes:
    """An error that can be raised in another process; one that cannot travel is told in words."""
    try:
        packed = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # noqa: S301 - what was just made
    except Exception:  # noqa: BLE001 - errors of any library, with constructors of any shape
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return packed


def _extract(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    from pipelines.extract import extract

    return extract(capture, rules)
