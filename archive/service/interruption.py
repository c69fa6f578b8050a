"""Ctrl-C and SIGTERM, noted instead of raised: for work that has something to keep, or to say, before it ends."""

import io
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOOK_SECONDS: Final = 0.2  # between two looks at whether an end was asked for, while nothing comes to be read
Listener = Callable[[], None]  # is called between two instructions of the main thread, and has to be brief


class Interruption:
    """Whether a person, or the machine, has asked for an end; `came` stays true from then on."""

    def __init__(self) -> None:
        self.came = False
        self._listener: Listener | None = None

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

    def _come(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
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


def heeding(number: int, interruption: Interruption) -> BinaryIO:
    """Return a stream that reads a file descriptor, and raises KeyboardInterrupt where an end is asked for meanwhile.

    A plain read would miss a signal that comes just before it begins to wait.
    """
    return io.BufferedReader(_Heeding(number, interruption))


class _Heeding(io.RawIOBase):
    """Looks whether there is something to read before it reads."""

    def __init__(self, number: int, interruption: Interruption) -> None:
        super().__init__()
        self._number = number
        self._interruption = interruption

    def readable(self) -> bool:
        """Asked by the buffer."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what there is, as soon as there is something."""
        self._interruption.raise_if_came()
        while not select.select([self._number], [], [], _LOOK_SECONDS)[0]:
            self._interruption.raise_if_came()
        return os.readv(self._number, [buffer])
