"""What a worker may meet: pages that kill it, never end, or eat its memory. A page's body says which."""

import ctypes
import os
import signal
from typing import NoReturn

import pipelines.extract
from archive.models import Capture, Extraction, Failure, SiteRules

KILLED = b"<p>killed</p>"
SEGFAULT = b"<p>segfault</p>"
EXIT = b"<p>exit</p>"
ENDLESS = b"<p>endless</p>"
DEAF = b"<p>endless, and deaf to signals</p>"
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
    HUNGRY: _hungry,
}
