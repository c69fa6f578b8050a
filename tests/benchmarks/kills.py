"""Kills the real crawl at random moments and resumes it, hundreds of times, and counts what is lost, twice or damaged.

    uv run python tests/benchmarks/kills.py 200 [--seed 1] [--signals KILL,TERM,INT]

Prints where the blows fell, what the next runs found to mend, and the damage in the end, all of which is to be 0. The
test run does twenty of these. A seed draws the same moments again, in requests and in start-up times of the machine.
"""

import argparse
import random
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.robustness.faults.audit import Damage
from tests.robustness.faults.kills import Blow, Survival, survive

EACH = 25  # blows on one archive: a longer life than most crawls have


def main() -> int:
    """Strike, print, and end with 1 where there was any damage."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("blows", type=int)
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options.add_argument("--signals", default="KILL")
    asked = options.parse_args()
    numbers = tuple(signal.Signals[f"SIG{name}"] for name in asked.signals.split(","))
    print(f"seed {asked.seed}", flush=True)
    done: list[Survival] = []
    for nth in range(0, asked.blows, EACH):
        with tempfile.TemporaryDirectory() as name:
            blows = min(EACH, asked.blows - nth)
            done.append(survive(Path(name), seed=asked.seed + nth // EACH, blows=blows, numbers=numbers))
        print(f"archive {len(done)}: {done[-1].printed} addresses, {done[-1].runs}, {done[-1].damage}", flush=True)
    table([blow for survival in done for blow in survival.blows])
    damage = sum((survival.damage for survival in done), Damage())
    print(", ".join(f"{each.name} {getattr(damage, each.name)}" for each in fields(damage)))
    return bool(damage)


def table(blows: list[Blow]) -> None:
    """Print where the blows fell, and what they left."""
    rows: defaultdict[str, list[Blow]] = defaultdict(list)
    for blow in blows:
        rows[blow.stage].append(blow)
    print(f"{'where':<28}{'blows':>7}{'group':>7}{'torn':>6}{'raw only':>10}{'leased':>8}{'lived, s':>10}  ended with")
    for stage, fell in sorted(rows.items(), key=lambda row: -len(row[1])):
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(Counter(blow.code for blow in fell).items()))
        print(
            f"{stage:<28}{len(fell):>7}{sum(blow.group for blow in fell):>7}{sum(blow.torn > 0 for blow in fell):>6}"
            f"{sum(blow.orphans for blow in fell):>10}{sum(blow.leased for blow in fell):>8}"
            f"{max(blow.lived for blow in fell):>10.1f}  {codes}"
        )
    whole = [blow for blow in blows if "Traceback" in blow.said]
    print(f"{len(blows)} blows, {len(whole)} of them with a traceback")
    for blow in whole[:3]:
        print(blow.said)


if __name__ == "__main__":
    sys.exit(main())
