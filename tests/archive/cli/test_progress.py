"""What a person sees of a crawl while it goes on."""

import io

from rich.console import Console

from archive.cli import progress
from archive.crawl.run import Progress
from archive.model.outcome import Outcome


def state(*ended: tuple[str, Outcome]) -> Progress:
    found = Progress(due=7)
    for source, outcome in ended:
        found.note(source, outcome)
    return found


def drawn(found: Progress, room: int) -> list[str]:
    console = Console(file=io.StringIO(), width=60)
    with console.capture() as capture:
        console.print(progress.sources_table(found, room))
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_each_source_has_a_line_with_what_is_done_new_and_failed() -> None:
    gazette = [("gazette", outcome) for outcome in (Outcome.SAVED, Outcome.LISTED, Outcome.ROBOTS)]
    found = state(*gazette[:2], ("herald", Outcome.TIMEOUT), gazette[2])

    assert drawn(found, 12) == ["source done new failed", "gazette 3 1 0", "herald 1 0 1"]


def test_the_sources_that_were_asked_last_are_shown_where_there_is_no_room_for_all() -> None:
    found = state(*[(f"paper-{n}", Outcome.SAVED) for n in range(30)])

    lines = drawn(found, 2)

    assert lines == ["source done new failed", "paper-29 1 1 0", "paper-28 1 1 0", "and 28 more"]


def test_a_line_of_a_log_names_what_fails() -> None:
    found = state(("gazette", Outcome.SAVED), ("herald", Outcome.HTTP_5XX), ("herald", Outcome.HTTP_5XX))

    assert progress.line(found) == "3 tried, 7 due: 2 http_5xx, 1 saved; failing: herald (2)"
