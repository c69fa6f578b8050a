"""Simulates a month of polling and compares rules: which finds stories soonest, and loses fewest, for as many polls.

150 feeds with 1,540 entries a day in all, a few quick and many slow, fewer at night; each names its newest 20. Run by
hand: `uv run python tests/benchmarks/polling.py`. Delays are hours between printing and finding; lost are entries that
had dropped out of their feed by the next poll.
"""

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import fmean

from archive.crawl.pace import HALF_LIFE, Pace, interval, share_of

FEEDS = 150
ENTRIES = 1_540  # a day, over all feeds
WINDOW = 20
DAYS = 30
LEARNING = 10  # days that are not counted
BUDGETS = (150, 600, 3_600)  # polls a day
SEEDS = (1, 2, 3)
_RECKONED = 0.25  # days between two reckonings of what is left for everybody
_DIURNAL = [1 + 0.8 * math.sin((hour - 9) / 24 * 2 * math.pi) for hour in range(24)]


@dataclass(slots=True)
class Feed:
    """A feed: when its entries are printed, in days, and what polls of it have brought."""

    printed: list[float]
    polled: float = 0.0
    seen: int = 0  # entries printed by the last poll
    step: float = 1.0  # days, of the multiplicative rule
    pace: Pace = field(default_factory=lambda: Pace(window=WINDOW))


Rule = Callable[[Feed, int, float, float], float]  # feed, new entries, days since the last poll, share -> days to wait


def feeds(chance: random.Random) -> list[Feed]:
    """Rates of a heavy tail (log-normal), scaled to the sum."""
    weights = [chance.lognormvariate(0, 1.5) for _ in range(FEEDS)]
    return [Feed(_times(chance, ENTRIES * weight / sum(weights))) for weight in weights]


def _times(chance: random.Random, rate: float) -> list[float]:
    found: list[float] = []
    most = rate * max(_DIURNAL)
    when = chance.expovariate(most)
    while when < DAYS:
        if chance.random() < _DIURNAL[int(when * 24) % 24] / max(_DIURNAL):
            found.append(when)
        when += chance.expovariate(most)
    return found


def learned(feed: Feed, new: int, passed: float, share: float) -> float:
    """Our rule: the one that crawls use."""
    feed.pace = feed.pace.after(new, timedelta(days=passed))
    return interval(feed.pace, share) / timedelta(days=1)


def multiplicative(feed: Feed, new: int, _passed: float, _share: float) -> float:
    """Sooner by 0.7 where there was something new, later by 1.3 where not; scaled to the budget as a whole."""
    feed.step = min(max(feed.step * (0.7 if new else 1.3), 1 / 288), 30.0)
    return feed.step


def uniform(_feed: Feed, _new: int, _passed: float, _share: float) -> float:
    """Every feed as often as every other."""
    return 1.0


def simulate(seed: int, budget: int, rule: Rule) -> tuple[float, float, float]:
    """Return the mean delay in hours, the share lost, and polls a day."""
    chance = random.Random(seed)
    world = feeds(chance)
    queue = [(chance.random() * FEEDS / budget, n) for n in range(FEEDS)]
    heapq.heapify(queue)
    delays: list[float] = []
    lost = polls = 0
    share, scale, reckoned = share_of(budget, [feed.pace for feed in world]), budget / FEEDS, 0.0
    while queue and queue[0][0] < DAYS:
        now, n = heapq.heappop(queue)
        feed = world[n]
        fresh = [when for when in feed.printed[feed.seen :] if when <= now]
        kept = fresh[-WINDOW:]
        feed.seen += len(fresh)
        if now > LEARNING:
            polls += 1
            delays += [now - when for when in kept]
            lost += len(fresh) - len(kept)
        if now - reckoned > _RECKONED:
            share, reckoned = share_of(budget, [each.pace for each in world]), now
            scale = budget / sum(1 / each.step for each in world) if rule is multiplicative else budget / FEEDS
        wait = rule(feed, len(kept), now - feed.polled, share)
        feed.polled = now
        heapq.heappush(queue, (now + (wait if rule is learned else wait / scale), n))
    return fmean(delays) * 24, lost / (lost + len(delays)), polls / (DAYS - LEARNING)


def main() -> None:
    """Print the table."""
    print(f"{FEEDS} feeds, {ENTRIES:,} entries a day, windows of {WINDOW}; half-life {HALF_LIFE:g} days")
    print(f"{'polls a day':>12} {'rule':<16} {'delay h':>8} {'lost':>7} {'polls made':>11}")
    for budget in BUDGETS:
        for rule in (uniform, multiplicative, learned):
            runs = [simulate(seed, budget, rule) for seed in SEEDS]
            delay, lost, polls = (fmean(values) for values in zip(*runs, strict=True))
            print(f"{budget:>12,} {rule.__name__:<16} {delay:>8.2f} {lost:>7.1%} {polls:>11,.0f}")


if __name__ == "__main__":
    main()
