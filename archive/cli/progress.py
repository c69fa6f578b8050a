"""Progress for a person: on a terminal a bar and a line a source, in a log plain lines. It only watches."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from archive.crawl.run import Progress, Run

_LINE_SECONDS: Final = 10.0  # between two lines in a log
_MOST_SOURCES: Final = 12  # lines below the bar: the most recently fetched sources
_REST: Final = 6  # lines of a terminal that are left alone
_DRAW_SECONDS: Final = 0.2
_ANEW: Final = "\r\x1b[2K"  # to the beginning of an empty line


@contextmanager
def watch(run: Run) -> Iterator[None]:
    """Show the progress of a run on standard error while it lasts."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _Display(console) as display:
            run.on_progress = display.show
            yield
        return
    lines = _Lines()
    run.on_progress = lines.show
    yield


@contextmanager
def bar(title: str, total: int | None = None) -> Iterator[tuple[Bar, TaskID]]:
    """Show a progress bar on standard error that disappears at the end."""
    console = Console(stderr=True)
    with _bar(console, disable=not console.is_terminal) as display:
        yield display, display.add_task(title, total=total, detail="")


def _bar(console: Console, *, disable: bool = False) -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[detail]}"))
    return Bar(*columns, TimeElapsedColumn(), console=console, transient=True, disable=disable)


class _Display:
    """A bar for the run, and below it a line for each source that is at work."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = _bar(console)
        self._task = self._bar.add_task("Crawling", total=None, detail="")
        self._live = Live(self._bar, console=console, transient=True)
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.stop()

    def show(self, state: Progress) -> None:
        if time.monotonic() - self._drawn < _DRAW_SECONDS:
            return
        self._drawn = time.monotonic()
        self._bar.update(self._task, completed=state.tried, total=state.tried + state.due, detail=_counts(state))
        self._live.update(Group(self._bar, sources_table(state, self._console.height - _REST)))


class Count:
    """`12 of 60` on standard error: on a terminal one line that is drawn anew, in a log a line now and then.

    Clear it before anything else is printed; it comes back with the next `show`.
    """

    def __init__(self, total: int, what: str) -> None:
        self._total = total
        self._what = what
        self._console = Console(stderr=True)
        self.is_live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._step = max(1, total // 10)
        self._printed = 0
        self._shown = time.monotonic()
        self._drawn = False

    def show(self, done: int, detail: str) -> None:
        """Show how many are done, and what is under way; in a log for each tenth of them, and every ten seconds."""
        said = f"{done:,} of {self._total:,} {self._what}"
        if self.is_live:
            line = f"{said}; {detail}" if detail else said
            print(f"{_ANEW}{line[: self._console.width - 1]}", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._drawn = True
            return
        if done - self._printed < self._step and time.monotonic() - self._shown < _LINE_SECONDS:
            return
        self._printed, self._shown = done, time.monotonic()
        print(said, file=sys.stderr, flush=True)  # noqa: T201

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            print(_ANEW, end="", file=sys.stderr, flush=True)  # noqa: T201
            self._drawn = False


def sources_table(state: Progress, room: int) -> Table:
    """Lay out a line for each of the most recently fetched sources, as many as there is room for."""
    most = max(1, min(_MOST_SOURCES, room))
    left = len(state.sources) - most
    rest = f"and {left:,} more" if left > 0 else ""
    table = Table(box=None, padding=(0, 1), caption=rest, caption_justify="left")
    table.add_column("source", no_wrap=True, max_width=32)
    for name in ("done", "new", "failed"):
        table.add_column(name, justify="right")
    for name, counts in islice(reversed(state.sources.items()), most):
        failed = f"[red]{counts.failed:,}[/]" if counts.failed else "0"
        table.add_row(name, f"{counts.done:,}", f"{counts.new:,}", failed)
    return table


class _Lines:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self._shown = time.monotonic()

    def show(self, state: Progress) -> None:
        if time.monotonic() - self._shown < _LINE_SECONDS:
            return
        self._shown = time.monotonic()
        print(line(state), file=sys.stderr, flush=True)  # noqa: T201


def line(state: Progress) -> str:
    """Return the progress of a run in one line, for a log."""
    failing = [f"{name} ({counts.failed:,})" for name, counts in state.sources.items() if counts.failed]
    trouble = f"; failing: {', '.join(failing[-5:])}" if failing else ""
    return f"{state.tried:,} tried, {state.due:,} due: {_counts(state)}{trouble}"


def _counts(state: Progress) -> str:
    return ", ".join(f"{count:,} {outcome}" for outcome, count in state.outcomes.most_common(4))
