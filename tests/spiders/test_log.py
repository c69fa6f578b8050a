"""The log of crawls is one JSON object a line, whatever is logged."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from spiders.log import MOST_BYTES, OLDER_ONES, Log


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[logging.Logger]:
    handler = Log(tmp_path / "news.log")
    found = logging.Logger("tests.log", logging.INFO)  # noqa: LOG001 - not the test runner's: its cannot carry all this
    found.addHandler(handler)
    yield found
    found.removeHandler(handler)
    handler.close()


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "news.log").read_bytes().splitlines()]


def test_a_line_has_its_time_level_and_fields(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("%s: %s", "saved", "http://paper.test/1", extra={"outcome": "saved", "spider": object()})

    (line,) = lines(tmp_path)
    assert str(line.pop("time")).endswith("+00:00")
    assert line == {"level": "INFO", "logger": "tests.log", "event": "saved: http://paper.test/1", "outcome": "saved"}


def test_what_a_server_says_stays_on_its_line_and_acts_upon_no_terminal(logger: logging.Logger, tmp_path: Path) -> None:
    logger.warning("odd: %s", "a\nb\x1b[2J\u202e\ud800")

    assert b"\x1b" not in (tmp_path / "news.log").read_bytes()
    assert [line["event"] for line in lines(tmp_path)] == ["odd: a\nb\x1b[2J\u202e\ud800"]


def test_an_error_comes_with_its_traceback_on_the_same_line(logger: logging.Logger, tmp_path: Path) -> None:
    try:
        int("no number")
    except ValueError:
        logger.exception("failed")

    (line,) = lines(tmp_path)
    assert "ValueError: invalid literal" in str(line["exc_info"])


def test_a_log_does_not_grow_without_end(logger: logging.Logger, tmp_path: Path) -> None:
    for _ in range(OLDER_ONES + 3):
        logger.info("x" * (MOST_BYTES - 1_000))

    assert len(list(tmp_path.iterdir())) == OLDER_ONES + 1
