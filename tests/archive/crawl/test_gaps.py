"""What was lost between two looks at a feed that share nothing: how many at least, and between when."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.crawl.gaps import Seen, gap, overlap

THREE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NINE = THREE + timedelta(hours=6)


def entries(first: int, count: int, newest: datetime | None = None) -> list[Seen]:
    """Entries, the newest first, each ten minutes before the last."""
    return [
        Seen(
            url=f"http://paper.test/{first + count - n}",
            published=newest - timedelta(minutes=10 * n) if newest else None,
        )
        for n in range(count)
    ]


def test_a_window_that_overran_says_how_many_are_lost_and_when() -> None:
    found = gap(entries(0, 10), entries(100, 10), last=THREE, this=NINE, rate=144.0)

    assert found.lost == 17  # 36 printed, 10 named, and chance has its say
    assert found.sentence("http://paper.test/feed") == (
        "window overran: at least 17 items lost between 2026-11-24 03:00 and 2026-11-24 09:00 UTC (http://paper.test/feed)"
    )


def test_dates_of_the_entries_narrow_it_down() -> None:
    before, now = entries(0, 10, THREE - timedelta(minutes=5)), entries(100, 10, NINE - timedelta(minutes=5))

    found = gap(before, now, last=THREE, this=NINE, rate=144.0)

    assert (found.since, found.until) == (before[0].published, now[-1].published)
    assert found.lost == 18


def test_of_a_feed_whose_rate_is_unknown_nothing_is_said() -> None:
    found = gap(entries(0, 2), entries(100, 2), last=THREE, this=NINE, rate=None)

    assert found.lost is None
    assert "an unknown number of items lost" in found.sentence("http://paper.test/feed")


def test_at_least_one_is_lost_where_nothing_is_shared() -> None:
    assert gap(entries(0, 2), entries(100, 2), last=THREE, this=NINE, rate=0.1).lost == 1


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Seen(url="http://paper.test/a"), Seen(url="https://www.paper.test/a/")),
        (Seen(url="http://paper.test/a", guid="7"), Seen(url="http://paper.test/b", guid="7")),
        (Seen(url="http://paper.test/a", title="Bridge"), Seen(url="http://paper.test/b", title="Bridge")),
    ],
)
def test_an_entry_under_another_address_is_the_same_entry(before: Seen, now: Seen) -> None:
    assert overlap([before], [now])


def test_others_are_others() -> None:
    assert not overlap(entries(0, 10), entries(100, 10))
