"""Whatever is asked of a server, it answers soon and keeps its memory; and what SQL can do is read, and no more."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.archive.browse.abuse import PATHS, Watched

MEGABYTES: Final = 400
SECONDS: Final = 10.0  # 2.1 on an idle machine: a time limit of one, and one of grace

# One of each kind; tests/benchmarks/browsing.py asks for all.
ASKED: Final = (
    "one huge value",
    "large values, row by row",
    "large values, row by row (CSV)",
    "large values that are thrown away",
    "a page of one large text",
    "a page of one large text (JSON)",
    "text that JSON makes six times as long (JSON)",
    "text that CSV quotes letter by letter (CSV)",
    "text that is all formulas (CSV)",
    "an endless count (JSON)",
    "a text that doubles",
    "all texts in one JSON (JSON)",
    "a precision of a billion",
    "sorting large values",
    "fifty wide columns",
    "a pattern that is made",
    "an address that is called",
    "the index deleted",
    "marks of a megabyte",
    "a search of a million words",
    "a megabyte of query",
    "sixty kilobytes of query",
    "thirty-two beginnings of words",
    "an article of five thousand digits",
    "ten thousand facets",
    "a hundred facets",
    "five thousand conditions",
    "a condition of a gigabyte",
    "all rows at once",
    "all texts as CSV",
    "CSV in a page",
)


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is read where Linux tells it")


@pytest.fixture(scope="module")
def server(poisoned: Path) -> Iterator[Watched]:
    with Watched(poisoned) as watched:
        yield watched
    assert watched.said == "", "nothing that was asked stands in the terminal of who serves"


@pytest.mark.parametrize("name", ASKED)
def test_no_request_takes_the_servers_memory_or_its_time(server: Watched, name: str) -> None:
    answered = server.ask(PATHS[name])
    assert server.alive()
    assert answered.status < 500
    assert answered.seconds < SECONDS
    assert server.peak() < MEGABYTES
    assert server.ask("/").status == 200


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("one huge value", "string or blob too big"),
        ("large values, row by row", "ask for (fewer rows|less at once)"),  # what it meets first hangs on the machine
        ("sorting large values", "(too much memory|takes too long); ask for less at once"),
        ("an endless count", "takes too long"),
        ("a precision of a billion", "not authorized to use function: printf"),
        ("an address that is called", "not authorized to use function: fts3_tokenizer"),
        ("native code", "not authorized to use function: load_extension"),
        ("five hundred columns", "too many columns"),
        ("a pattern that is made", "LIKE or GLOB pattern too complex"),
        ("writing", "attempt to write a readonly database"),
        ("a pragma", "must be a SELECT"),
        ("another file", "must be a SELECT"),
        ("two statements", "one statement at a time"),
    ],
)
def test_who_asks_what_cannot_be_is_told_why(server: Watched, name: str, told: str) -> None:
    for suffix in ("", " (JSON)", " (CSV)"):
        answered = server.ask(PATHS[name + suffix])
        assert answered.status == 400
        assert re.search(f"{told}|cannot be run; the same address without .csv says why", answered.text)
