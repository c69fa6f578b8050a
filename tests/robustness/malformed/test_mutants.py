"""Thousands of broken inputs in every test run; `tests/benchmarks/fuzz.py` makes as many as one likes."""

import pytest

from tests.robustness.malformed.formats import FORMATS
from tests.robustness.malformed.mutants import mutant, mutants, try_out

SEED = 3  # any will do; a fixed one makes a failure here one that everybody sees
SECONDS = 20  # of CPU for one, on any machine
COUNTS = {
    "address": 3000,
    "bytes": 1000,
    "config": 1500,
    "date": 3000,
    "feed": 1000,
    "home": 500,
    "list": 600,
    "page": 100,
    "retry-after": 3000,
    "robots": 2000,
    "section": 400,
    "sitemap": 1000,
    "sitemaps of robots": 800,
    "warc": 600,
}


@pytest.mark.parametrize("name", FORMATS)
def test_whatever_is_broken_ends_as_promised(name: str) -> None:
    for one in mutants(name, SEED, COUNTS[name]):
        try:
            try_out(one, SECONDS)
        except Exception as broken:  # noqa: BLE001 - said again, with what makes it again
            pytest.fail(f"fuzz.py {one}: {broken!r}")


@pytest.mark.parametrize("name", FORMATS)
def test_a_seed_and_a_number_always_make_the_same_mutant(name: str) -> None:
    assert list(mutants(name, SEED, 5)) == list(mutants(name, SEED, 5))
    assert list(mutants(name, SEED, 3, first=2)) == list(mutants(name, SEED, 5))[2:]
    assert mutant(name, SEED, 1) != mutant(name, SEED + 1, 1)


@pytest.mark.parametrize("name", FORMATS)
def test_every_mutation_comes_about(name: str) -> None:
    done = {what for one in mutants(name, SEED, 100) for what in one.done}
    assert done == {mutation.__name__ for mutation in FORMATS[name].mutations} | {"splice"}


@pytest.mark.parametrize("name", set(FORMATS) - {"page"})
def test_what_is_bred_from_is_read(name: str) -> None:
    """Else the mutants would be refused for what they come from, and test nothing."""
    refused = {"bad_listing", "bad_url", "nothing whole", "refused", "unsaid", "none"}
    one = mutant(name, SEED, 0)
    ended = [
        try_out(type(one)(format=name, seed=SEED, number=number, name=title, done=(), body=body), SECONDS)
        for number, (title, body) in enumerate(FORMATS[name].seeds())
    ]
    assert sum(how not in refused for how in ended) * 2 > len(ended), ended
