"""Broken input by the hundred thousand, of every format that comes from outside, bred from our own.

    uv run python tests/benchmarks/fuzz.py feed 100000 [--seed 1] [--first 0] [--keep FOLDER] [--seconds 10]

Each must end as promised (`tests.robustness.malformed.formats`) within so many seconds of CPU. What does not is printed
with the words that make it again, and saved with --keep. The test run does a few thousand.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.robustness.malformed.formats import FORMATS
from tests.robustness.malformed.mutants import Mutant, mutants, try_out


def main() -> int:
    """Fuzz, and print how it went."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("format", choices=sorted(FORMATS))
    options.add_argument("count", type=int)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="the number to begin with")
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--keep", type=Path, help="a folder for what broke a promise")
    asked = options.parse_args()
    began = time.monotonic()
    ended: Counter[str] = Counter()
    for one in mutants(asked.format, asked.seed, asked.count, asked.first):
        try:
            ended[try_out(one, asked.seconds)] += 1
        except Exception as broken:  # noqa: BLE001 - a crash is what is looked for
            ended["BROKEN"] += 1
            _report(one, broken, asked.keep)
    said = " ".join(f"{how}={times}" for how, times in ended.most_common())
    print(f"{asked.format}: {said} in {time.monotonic() - began:.0f} s")
    return 1 if ended["BROKEN"] else 0


def _report(one: Mutant, broken: Exception, folder: Path | None) -> None:
    where = traceback.extract_tb(broken.__traceback__)[-1]
    print(f"{one}: {type(broken).__name__} at {Path(where.filename).name}:{where.lineno}: {str(broken)[:300]}")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{one.format}-{one.seed}-{one.number}").write_bytes(one.body)


if __name__ == "__main__":
    raise SystemExit(main())
