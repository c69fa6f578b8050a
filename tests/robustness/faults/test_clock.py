"""A clock that somebody sets while a crawl goes on, or that was wrong for a while, breaks nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.demo.newspaper import Response
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.hooking import wrong_clock
from tests.robustness.faults.press import Office, Press, office

pytestmark = pytest.mark.timeout(300)

HOUR = 3600
YEAR = 365 * 24 * HOUR
BUSY = Response(status=429, headers=(("Retry-After", "1"), ("Content-Length", "0")))


@pytest.fixture
def one_outlet(tmp_path: Path) -> Iterator[Office]:
    """An office that reads one outlet, which prints more than is leased at once."""
    press = Press(outlets=1)
    press.publish(40)
    with office(tmp_path, press) as opened:
        yield opened


def clock_of(room: Office) -> Path:
    """The file that sets the crawl's clock."""
    file = room.folder / "clock"
    room.variables |= wrong_clock(file)
    return file


@pytest.mark.parametrize("jump", [-HOUR, pytest.param(YEAR, marks=pytest.mark.slow)])
def test_a_clock_that_is_set_in_the_middle_of_a_crawl_changes_nothing(one_outlet: Office, jump: int) -> None:
    clock, busy = clock_of(one_outlet), [BUSY]

    def at_the_third_page(url: str) -> Response | None:
        if not url.endswith("/news/3"):
            return None
        clock.write_text(str(jump))
        return busy.pop() if busy else None  # a host that asks to be left alone for a second, not for an hour

    one_outlet.press.on_request = at_the_third_page
    began = time.monotonic()
    summary = one_outlet.crawl()

    assert "rate_limited" not in summary["outcomes"]  # it was filed by the same run
    assert one_outlet.rows("SELECT count(*) FROM fetches WHERE outcome = 'rate_limited'") == [(1,)]
    assert time.monotonic() - began < 120
    assert audit.at_the_end(one_outlet.database, one_outlet.press.articles) == Damage()


def test_what_a_crawl_with_a_wrong_clock_left_is_due_for_the_next(one_outlet: Office) -> None:
    clock = clock_of(one_outlet)
    clock.write_text(str(10 * YEAR))
    one_outlet.crawl("--limit", "5")
    ahead = "SELECT count(*) FROM frontier WHERE state = 'pending' AND article_id IS NULL AND due_at > '2034'"
    assert one_outlet.rows(ahead) == [(35,)]

    clock.unlink()
    one_outlet.crawl()

    assert audit.at_the_end(one_outlet.database, one_outlet.press.articles) == Damage()
