"""Addresses that a site makes without end, told by their spelling and by what alike ones brought."""

import pytest

from archive.crawl.bounds.traps import MAX_REPEATS, MAX_SEGMENTS, Barren, pattern, reason
from archive.model.outcome import Outcome


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", None),
        ("/", None),
        ("//////", None),
        ("/news/2026/11/24/bridge-mended", None),
        ("/2026/01/01/01/the-first", None),
        ("/a/b/a/b/a/b", None),
        ("/a/b/a/b/a/b/a/b/", 'its path repeats "a" 4 times'),
        ("/x//x//x//x", 'its path repeats "x" 4 times'),
        ("/en/en/en/en/", 'its path repeats "en" 4 times'),
        ("/en/en/en/en", 'its path repeats "en" 4 times'),
        ("/?next=/a/a/a/a/a/a", None),
        (f"/{'s' * 200}" * 4, f'its path repeats "{"s" * 40}" 4 times'),
        ("".join(f"/{n}" for n in range(MAX_SEGMENTS)), None),
        ("".join(f"/{n}" for n in range(MAX_SEGMENTS + 1)), f"its path has {MAX_SEGMENTS + 1} parts"),
    ],
)
def test_an_address_that_repeats_itself_is_a_trap(path: str, told: str | None) -> None:
    assert reason(f"https://paper.example{path}") == told


@pytest.mark.parametrize("depth", range(1, MAX_REPEATS + 2))
def test_what_a_wrong_relative_link_grows_into_is_left_in_time(depth: int) -> None:
    grown = "https://paper.example" + "/about/team" * depth

    assert (reason(grown) is None) == (depth < MAX_REPEATS)


@pytest.mark.parametrize(
    ("alike", "of"),
    [
        ("/events/2026/11/24", "paper.example/events/#/#/#"),
        ("/events/2026/11/24/", "paper.example/events/#/#/#/"),
        ("/events/2026-11-24/what-is-on", "paper.example/events/#-#-#/*"),
        ("/search?q=a&page=2", "paper.example/*?page&q"),
        ("/search?page=7&q=bridge", "paper.example/*?page&q"),
        ("/news/one?sid=0a1b", "paper.example/news/*?sid"),
        ("/", "paper.example/"),
        ("/?day=3", "paper.example/?day"),
        ("/tag/bridges/", "paper.example/tag/bridges/"),
    ],
)
def test_what_differs_in_numbers_and_names_alone_is_alike(alike: str, of: str) -> None:
    assert pattern(f"https://paper.example{alike}") == of


def days(count: int, start: int = 0) -> list[str]:
    return [f"https://paper.example/day/{n}" for n in range(start, start + count)]


@pytest.mark.parametrize("outcome", [Outcome.NOT_ARTICLE, Outcome.DUPLICATE, Outcome.HTTP_4XX, Outcome.TOO_SHORT])
def test_so_many_in_a_row_without_an_article_speak_against_the_rest(outcome: Outcome) -> None:
    barren = Barren(most=3)
    first, second, third, *rest = days(6)
    for day in (first, second):
        barren.note(day, outcome)
    assert barren.verdict(third) is None

    barren.note(third, outcome)

    assert {barren.verdict(day) for day in rest} == {"paper.example/day/#"}
    assert barren.verdict("https://paper.example/news/7") is None
    assert barren.verdict("https://herald.example/day/7") is None


@pytest.mark.parametrize("outcome", [Outcome.SAVED, Outcome.UPDATED, Outcome.UNCHANGED])
def test_an_article_speaks_for_those_alike(outcome: Outcome) -> None:
    barren = Barren(most=3)
    for day in days(2):
        barren.note(day, Outcome.NOT_ARTICLE)
    barren.note(*days(1, 2), outcome)
    for day in days(2, 3):
        barren.note(day, Outcome.NOT_ARTICLE)

    assert barren.verdict(*days(1, 9)) is None


@pytest.mark.parametrize(
    "outcome",
    [Outcome.TIMEOUT, Outcome.HTTP_5XX, Outcome.RATE_LIMITED, Outcome.DNS, Outcome.QUARANTINED, Outcome.ROBOTS],
)
def test_a_failure_of_server_or_network_says_nothing_of_an_address(outcome: Outcome) -> None:
    barren = Barren(most=1)
    for day in days(5):
        barren.note(day, outcome)

    assert barren.verdict(*days(1, 9)) is None
