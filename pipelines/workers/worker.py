"""One worker: the process that does jobs, under hard bounds on time and memory, and the parent's handle on it.

What is bounded is the CPU time that a page takes of its worker: a machine that is busy with something else costs no
page. The clock has a wider bound, for a page that waits for ever. Knows no pool, no asyncio, no Scrapy.
"""

import multiprocessing
import os
import pickle
import signal
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure
from archive.model.source import SiteRules

PAGE_BYTES: Final = 1 << 30  # of memory above what a warm worker has
STARVED: Final = 86  # exit code of a worker that has run out of memory
# The signals with which the system ends a worker that is over time; None if it has no such timers (Windows).
CPU_SIGNAL: Final = getattr(signal, "SIGPROF", None)
WALL_SIGNAL: Final = getattr(signal, "SIGALRM", None)
_START_SECONDS: Final = 60.0  # for a worker to load its libraries, on the busiest of machines
_HANDOVER_SECONDS: Final = 60.0  # for an idle worker to say that it has taken a job, on the busiest of machines
_GRACE_SECONDS: Final = 2.0  # by the clock, after which a worker that nobody has stopped ends itself
_TAKEN: Final = b"taken"  # what a worker says when it has a job and begins with it

Spawning = multiprocessing.context.ForkServerContext | multiprocessing.context.SpawnContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds that a job may take: `cpu` of its worker's CPU time (user and system), and `wall` by the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A call for a worker, pickled, with its bounds; for messages, the kind of work and the URL."""

    call: bytes
    bounds: Bounds
    work: str
    url: str


class Worker:
    """A process and the pipe to it, for one thread."""

    def __init__(self, context: Spawning) -> None:
        """Start the process. Raises OSError or EOFError if the system has none to give."""
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
        """Wait until it is warm. Return "" then, what it says is in the way, or None if it says nothing at all."""
        try:
            return str(self._pipe.recv()) if self._pipe.poll(_START_SECONDS) else None
        except (EOFError, OSError):
            return None

    def takes(self, job: Job) -> bool:
        """Give it a job. Return False if it was dead before it could begin."""
        try:
            self._pipe.send(job.bounds)
            self._pipe.send_bytes(job.call)
            return self._pipe.poll(_HANDOVER_SECONDS) and self._pipe.recv_bytes() == _TAKEN
        except (EOFError, OSError):
            return False

    def response(self, seconds: float) -> tuple[bool, Any]:
        """Return whether the job could be done, and its result or what it raised.

        Raises TimeoutError without a response within so many seconds by the clock, EOFError or OSError if the worker
        died: its bound on CPU time is for the worker itself to enforce.
        """
        if not self._pipe.poll(seconds):
            raise TimeoutError
        done, value = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from a process of our own
        return done, value

    def kill(self) -> None:
        """Kill it; the thread that waits for its response sees the end of the pipe."""
        self._process.kill()

    def end(self) -> int | None:
        """Kill it if it lives, and let go of it; return its exit code."""
        self._process.join(0.2)  # that the pipe has ended may be seen before the process has
        self._process.kill()
        self._process.join()
        self._pipe.close()
        code = self._process.exitcode
        self._process.close()
        return code


def spawning() -> Spawning:
    """Start a server that has extracted a page once, so that a new worker is a fork of it and ready at once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.workers.warm"])
    return context


def in_words(code: int | None) -> str:
    """Say how a process ended; None is one that never was."""
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
    """Load everything, say so, and do one job after the other until the parent is gone."""
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
        os._exit(STARVED)  # what it has left would not do for the next page
    except (EOFError, OSError):
        return  # the parent is gone


def _refusal() -> str:
    """Ready this process for pages; return what is in the way of that, "" if nothing is."""
    try:
        from pipelines.workers.warm import warm

        warm()
    except Exception as error:  # noqa: BLE001 - any error of a broken installation is for a person to read
        return f"{type(error).__name__}: {error}"
    _bound_memory()
    return ""


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not a Unix: only the time is bounded
        return
    try:
        mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:  # no /proc: what a process maps is unknown
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + PAGE_BYTES, mapped + PAGE_BYTES))


def _own_timers() -> None:
    """Let the timers end this process even if the crawl was started with their signals ignored or blocked."""
    if CPU_SIGNAL and WALL_SIGNAL:
        for number in (CPU_SIGNAL, WALL_SIGNAL):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (CPU_SIGNAL, WALL_SIGNAL))


def _set_timers(*, cpu: float, wall: float) -> None:
    """Let the system end this process after so many seconds (0: never), whether or not the parent is still there.

    There is no handler: the default action of a signal ends a process in the middle of C code, where no handler written
    in Python would run.
    """
    if CPU_SIGNAL and WALL_SIGNAL:  # elsewhere there is only the bound that the parent keeps
        signal.setitimer(signal.ITIMER_PROF, cpu)
        signal.setitimer(signal.ITIMER_REAL, wall)


def _done(job: bytes) -> bytes:
    """Do a job; return, pickled, whether it could be done and its result or what it raised. Raises MemoryError."""
    try:
        function, args = pickle.loads(job)  # noqa: S301 - from the process that started this one
        return pickle.dumps((True, function(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised again where the job comes from
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return _packed(error)


def _packed(error: Exception) -> bytes:
    """Pickle an error that can be raised in another process; one that cannot travel becomes its text."""
    try:
        packed = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # noqa: S301 - what was just made
    except Exception:  # noqa: BLE001 - errors of any library, with constructors of any shape
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return packed


def extract_page(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    """Extract a page: the call that a worker is sent."""
    from pipelines.extract import extract

    return extract(capture, rules)
