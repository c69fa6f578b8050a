"""Ctrl-C and SIGTERM, noted instead of raised: for work that has something to keep, or to say, before it ends."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
Listener = Callable[[], None]  # is called between two instructions of the main thread, and has to be brief


class Interruption:
    """Whether a person, or the machine, has asked for an end; `came` stays true from then on."""

    def __init__(self) -> None:
        self.came = False
        self._listener: Listener | None = None
        self._raises = False

    def raise_if_came(self) -> None:
        """Raise KeyboardInterrupt where an end was asked for."""
        if self.came:
            raise KeyboardInterrupt

    @contextmanager
    def told_to(self, listener: Listener) -> Iterator[None]:
        """Have a listener called at each signal, and at once where one came before."""
        self._listener = listener
        try:
            if self.came:
                listener()
            yield
        finally:
            self._listener = None

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Let a signal raise KeyboardInterrupt, as it does elsewhere: while a person, or a pipe, is waited for."""
        self._raises = True
        try:
            self.raise_if_came()
            yield
        finally:
            self._raises = False

    def _come(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        if self._raises:
            raise KeyboardInterrupt
        if self._listener:
            self._listener()


@contextmanager
def noted() -> Iterator[Interruption]:
    """Note Ctrl-C and SIGTERM instead of raising KeyboardInterrupt, in the main thread, which alone may listen."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption._come) for number in _SIGNALS}  # noqa: SLF001 - its own module
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
