"""Works through a month of the demonstration newspaper with a clock of its own, against who polls hourly.

Run by hand: `uv run python tests/benchmarks/month.py` (30 days, some minutes), or with `--short` for the 11 days of the
tests. Requests, stories found, mean delay from printing to finding, and everything that happened, as the archive tells.
"""

import argparse
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.months.desk import Desk
from tests.months.press import Plan, Press
from tests.months.report import naive, ours


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="the 11 days of the tests")
    press = Press(Plan.short() if parser.parse_args().short else Plan())
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), press)
        desk.work()
        archive = Path(folder) / "cuttings.db"
        print(f"Cuttings: {ours(archive, press).line()}")
        print(f"hourly:   {naive(press, desk.settings.sources).line()}")
        with closing(sqlite3.connect(archive)) as conn:
            for line in _told(conn):
                print(line)


def _told(conn: sqlite3.Connection) -> Iterator[str]:
    kinds = Counter(kind for (kind,) in conn.execute("SELECT change FROM versions WHERE n > 1"))
    yield "versions: " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    for when, kind, detail in conn.execute(
        "SELECT happened_at, kind, detail FROM events WHERE kind NOT IN ('gone', 'back') ORDER BY id"
    ):
        yield f"{when} {kind}: {detail}"
    (gone,) = conn.execute("SELECT count(*) FROM events WHERE kind = 'gone'").fetchone()
    yield f"{gone:,} articles gone"
    for opened, closed, source, kind, detail in conn.execute(
        "SELECT opened_at, closed_at, s.key, a.kind, detail FROM alerts AS a JOIN sources AS s ON s.id = a.source_id"
    ):
        yield f"{opened} to {closed}: {source} {kind}: {detail}"


if __name__ == "__main__":
    main()
