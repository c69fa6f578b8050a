"""A hundred broken pages in every test run; `tests/benchmarks/fuzz.py` makes as many as one likes."""

import pytest

from tests.benchmarks.fuzz import MUTATIONS, mutant, mutants, try_out

SEED = 3  # any will do; a fixed one makes a failure here one that everybody sees
BATCH = 25
SECONDS = 20  # of CPU for one page, on any machine


@pytest.mark.parametrize("batch", range(4))
def test_a_broken_page_is_an_extraction_or_says_why_not(batch: int) -> None:
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        one = mutant(SEED, number)
        try:
            try_out(one, SECONDS)
        except AssertionError as broken:
            pytest.fail(f"--seed {SEED} --first {number} 1: {one.name}: {one.done}: {broken}")


def test_a_seed_and_a_number_always_make_the_same_page() -> None:
    assert list(mutants(SEED, 20)) == list(mutants(SEED, 20))
    assert mutant(SEED, 1) != mutant(SEED + 1, 1)


def test_every_mutation_comes_about() -> None:
    done = {name for one in mutants(SEED, 4 * BATCH) for name in one.done}
    assert done == {mutation.__name__.strip("_") for mutation in MUTATIONS}
