"""What abuse costs a `cuttings browse`: time to the answer, CPU and peak memory, request by request.

    uv run python tests/benchmarks/browsing.py --articles 20000

The archive is the poisoned one of the tests, grown to so many articles of 4,500 characters. Linux only. It prints what
took longer or more than promised, and the worst of all; with --all every request.
"""

import argparse
import random
import sqlite3
import string
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.archive.browse import poison
from tests.archive.browse.abuse import PATHS, Watched

SECONDS: Final = 2.5
MEGABYTES: Final = 400
_FIRST: Final = 1_000  # id of the first article that is made here


def main() -> None:
    """Grow an archive, serve it, ask."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, default=20_000)
    options.add_argument("--all", action="store_true", help="print every request")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = poison.build(Path(folder) / "poison.db")
        grow(archive, asked.articles)
        with Watched(archive) as server:
            measure(server, everything=asked.all)


def measure(server: Watched, *, everything: bool) -> None:
    """Ask for one path after the other and print what it took."""
    slowest, largest, bad = 0.0, 0, 0
    for name, path in PATHS.items():
        server.forget()
        before = server.cpu()
        answered = server.ask(path)
        peak = server.peak()
        slowest, largest = max(slowest, answered.seconds), max(largest, peak)
        is_bad = answered.seconds > SECONDS or peak > MEGABYTES or answered.status >= 500
        bad += is_bad
        if is_bad or everything:
            print(f"{answered.status:>4} {answered.seconds:6.2f} s {server.cpu() - before:6.2f} s CPU {peak:>5} MB "
                  f"{answered.size:>12,} B  {name}")  # fmt: skip
        if not server.alive():
            raise SystemExit(f"the server died of: {name}")
    print(f"{len(PATHS)} requests, {bad} too slow, too large or failed; "
          f"slowest answer after {slowest:.2f} s, most memory {largest} MB")  # fmt: skip


def grow(archive: Path, articles: int) -> None:
    """File articles of chance words beside those that are there."""
    chance = random.Random(1)
    words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9))) for _ in range(20_000)]
    with closing(sqlite3.connect(archive)) as conn, conn:
        for table, changed in (("articles", "id, url, title, version_id"), ("versions", "id, article_id, title, text")):
            columns = [row[1] for row in conn.execute(f"PRAGMA table_xinfo({table})") if row[6] == 0]
            copied = ", ".join(name for name in columns if name not in changed.split(", "))
            conn.execute(
                f"INSERT INTO {table} ({changed}, {copied}) WITH RECURSIVE n(i) AS (SELECT :first UNION ALL "  # noqa: S608
                f"SELECT i + 1 FROM n LIMIT :articles) SELECT i, i, i, i, {copied} FROM {table}, n WHERE id = 1",
                {"first": _FIRST, "articles": articles},
            )
        for number in range(_FIRST, _FIRST + articles):
            title, text = (" ".join(chance.choices(words, k=length)) for length in (8, 700))
            conn.execute("UPDATE articles SET title = ? WHERE id = ?", (title, number))
            conn.execute("UPDATE versions SET title = ?, text = ? WHERE id = ?", (title, text, number))
            conn.execute(
                "INSERT INTO articles_fts (rowid, title, byline, text) VALUES (?, ?, '', ?)", (number, title, text)
            )


if __name__ == "__main__":
    main()
