"""Progress of reading or copying an archive, in MiB, on standard error. Loads rich only where there is a terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

_LINE_SECONDS: Final = 10.0  # between two lines in a log
_MIB: Final = 1 << 20
Watch = Callable[[str, int, int | None], None]


@contextmanager
def watching() -> Iterator[Watch]:
    """Show on standard error what is read, in MiB: a bar on a terminal, a line every ten seconds in a log."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    from archive.cli.progress import bar

    with bar("") as (display, task):

        def show(what: str, done: int, total: int | None) -> None:
            display.update(task, description=what, completed=done // _MIB, total=total and -(-total // _MIB),
                           detail="MiB" if total else "")  # fmt: skip

        yield show


class _Lines:
    def __init__(self) -> None:
        self._shown = time.monotonic()

    def show(self, what: str, done: int, total: int | None) -> None:
        if time.monotonic() - self._shown < _LINE_SECONDS:
            return
        self._shown = time.monotonic()
        click.echo(f"{what}: {done // _MIB:,} of {total // _MIB:,} MiB" if total else what, err=True)
