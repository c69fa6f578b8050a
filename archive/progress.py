"""Progress for a person: a bar on a terminal, plain lines in a log. It only watches."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from archive.run import Progress, Run

_LINE_SECONDS: Final = 10.0  # between two lines in a log


@contextmanager
def watch(run: Run) -> Iterator[None]:
    """Show where a run stands, on standard error, while it lasts."""
    if sys.stderr.isatty():
        with bar("Crawling") as (display, task):
            run.on_progress = lambda state: display.update(
                task, completed=state.tried, total=state.tried + state.due, detail=_counts(state)
            )
            yield
        return
    lines = _Lines()
    run.on_progress = lines.show
    yield


@contextmanager
def bar(title: str, total: int | None = None) -> Iterator[tuple[Bar, TaskID]]:
    """A progress bar on standard error that is gone when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[detail]}"))
    console = Console(stderr=True)
    with Bar(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as display:
        yield display, display.add_task(title, total=total, detail="")


class _Lines:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self._shown = time.monotonic()

    def show(self, state: Progress) -> None:
        if time.monotonic() - self._shown < _LINE_SECONDS:
            return
        self._shown = time.monotonic()
        print(f"{state.tried:,} tried, {state.due:,} due: {_counts(state)}", file=sys.stderr, flush=True)  # noqa: T201


def _counts(state: Progress) -> str:
    return ", ".join(f"{count:,} {outcome}" for outcome, count in state.outcomes.most_common(4))
