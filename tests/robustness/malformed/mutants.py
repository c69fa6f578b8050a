"""Broken input by the thousand: a seed and a number make the same mutant on every machine."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.robustness.malformed.formats import FORMATS
from tests.robustness.malformed.mutations import Chance, mutated


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A broken body: its format, its number under the seed, what it comes from, and what was done to it."""

    format: str
    seed: int
    number: int
    name: str
    done: tuple[str, ...]
    body: bytes

    def __str__(self) -> str:
        return f"{self.format} --seed {self.seed} --first {self.number} 1: {self.name}: {', '.join(self.done)}"


def mutants(name: str, seed: int, count: int, first: int = 0) -> Iterator[Mutant]:
    """So many mutants of a format; each depends on the seed and its number alone."""
    for number in range(first, first + count):
        yield mutant(name, seed, number)


def mutant(name: str, seed: int, number: int) -> Mutant:
    """One mutant of a format."""
    kind = FORMATS[name]
    chance = Chance(f"{seed}/{number}")
    seeds = kind.seeds()
    parent, body = chance.choice(seeds)
    body, done = mutated(body, kind.mutations, [other for _, other in seeds], chance)
    return Mutant(format=name, seed=seed, number=number, name=parent, done=done, body=body)


def try_out(one: Mutant, seconds: float) -> str:
    """Read one, and say how it ended. Raises AssertionError where a promise is broken, one that takes longer too."""
    began = time.process_time()
    ended = FORMATS[one.format].judge(one.body, Chance(f"{one.seed}/{one.number}/read"))
    took = time.process_time() - began
    assert took < seconds, f"{took:.1f} s"
    return ended
