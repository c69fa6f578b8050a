"""What a worker may meet: pages that kill it, never end, or eat its memory. A page's body says which."""

import ctypes
import os
import re
import signal
import time
from pathlib import Path
from typing import NoReturn

import pipelines.extract
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure
from archive.model.source import SiteRules

KILLED = b"<p>killed</p>"
SEGFAULT = b"<p>segfault</p>"
EXIT = b"<p>exit</p>"
ENDLESS = b"<p>endless</p>"
DEAF = b"<p>endless, and deaf to signals</p>"
ASLEEP = b"<p>asleep</p>"
HUNGRY = b"<p>hungry</p>"
HUNGRY_LATE = b"<p>hungry in the middle of extraction</p>"
WHO = b"<p>who</p>"


def job(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    """Do what the page says, else extract it."""
    for mark, act in ACTS.items():
        if mark in capture.body:
            act()
    if HUNGRY_LATE in capture.body:
        return _hungry_in_the_middle(capture, rules)
    return pipelines.extract.extract(capture, rules)


def modules_of_worker() -> tuple[int, tuple[str, ...]]:
    """The worker's process id and what it has imported."""
    import sys

    return os.getpid(), tuple(sys.modules)


def blocked_signals() -> set[signal.Signals]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def unusable() -> object:
    """A result that cannot be sent to another process."""
    return lambda: None


class OddError(Exception):
    """An error that cannot be made from what it says."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def idle(seconds: float) -> float:
    """Wait without taking CPU time; return how much of it this took all the same."""
    began = time.process_time()
    time.sleep(seconds)
    return time.process_time() - began


def busy(seconds: float) -> float:
    """Take so much CPU time, and return how much it was."""
    began = time.process_time()
    while (took := time.process_time() - began) < seconds:
        pass
    return took


def endless_without_timers() -> NoReturn:
    for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
        signal.setitimer(timer, 0)
    _endless()


def burning(book: Path) -> NoReturn:
    """Take CPU time for ever, and write down how much."""
    began = time.process_time()
    with book.open("a", encoding="ascii") as lines:
        while True:
            lines.write(f"{os.getpid()} {time.process_time() - began}\n")
            lines.flush()
            sum(range(100_000))


def backtracking() -> None:
    """Take CPU time for ever within one call of a C function, in which Python runs no handler of a signal."""
    re.fullmatch("(a|a)*b", "a" * 200)


def dying(book: Path, *deaths: signal.Signals) -> int:
    """Die of a signal at each attempt, then say at which it lives. The attempts are lines of a file."""
    attempt = _attempt(book)
    if attempt <= len(deaths):
        _kill(deaths[attempt - 1])
    return attempt


def dying_then_asleep(book: Path) -> None:
    if _attempt(book) == 1:
        _kill(signal.SIGKILL)
    time.sleep(3600)


def wait_for_attempts(book: Path, count: int) -> None:
    """Wait, where the test runs, until so many attempts have begun."""
    until = time.monotonic() + 60
    while not book.exists() or len(book.read_text(encoding="ascii").splitlines()) < count:
        if time.monotonic() > until:
            raise TimeoutError(f"fewer than {count} attempts")
        time.sleep(0.05)


def raising(book: Path) -> NoReturn:
    raise ValueError(f"not at attempt {_attempt(book)}")


def _attempt(book: Path) -> int:
    with book.open("a", encoding="ascii") as lines:
        lines.write(f"{os.getpid()}\n")
    return len(book.read_text(encoding="ascii").splitlines())


def failing(kind: str) -> NoReturn:
    raise OddError("this", "that") if kind == "odd" else ValueError("no such thing")


def _kill(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def _read_null() -> None:
    ctypes.string_at(0)


def _endless() -> NoReturn:
    while True:
        pass


def _deaf() -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _endless()


def _hungry(*_: object) -> NoReturn:
    eaten = []
    while True:
        eaten.append(bytes(64 << 20))  # not touched, so it takes no time and no memory of the machine


def _hungry_in_the_middle(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    before = pipelines.extract.read_signals
    pipelines.extract.read_signals = _hungry
    try:
        return pipelines.extract.extract(capture, rules)
    finally:
        pipelines.extract.read_signals = before


ACTS = {
    KILLED: lambda: _kill(signal.SIGKILL),
    SEGFAULT: _read_null,
    EXIT: lambda: os._exit(3),
    ENDLESS: _endless,
    DEAF: _deaf,
    ASLEEP: lambda: time.sleep(3600),
    HUNGRY: _hungry,
}
