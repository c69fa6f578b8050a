"""What pages of `cuttings browse` cost on a large archive: CPU time of the server, page by page.

    uv run python tests/benchmarks/million.py big.db
    uv run python tests/benchmarks/pages.py big.db

Each kind of page is asked for as often as --times says, each time with other words, articles and sources; half of the
words are common ones, one in ten is everywhere. It prints the median, the 95th percentile and the worst in
milliseconds. Every request is served in this process, so that its CPU time, threads included, is what is counted.
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from archive.browse.serve import datasette

PROMISED: Final = 200  # milliseconds at the 95th percentile
_Path = Callable[[random.Random], str]


def main() -> None:
    """Ask for each page and print what it took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("archive", type=Path)
    options.add_argument("--times", type=int, default=40)
    options.add_argument("--only", default="", help="pages whose name has this in it")
    asked = options.parse_args()
    asyncio.run(measure(asked.archive, asked.times, asked.only))


async def measure(archive: Path, times: int, only: str) -> None:
    """Print a line a page."""
    pages = kinds_of_pages(archive)
    app = datasette(archive)
    await app.client.get("/")  # templates, and Datasette's own look at the tables
    await app.client.get(f"/{archive.stem}/articles")
    print(f"{'':42} {'median':>7} {'p95':>7} {'worst':>7}  ms of CPU")
    late = 0
    for name, path in pages.items():
        if only not in name:
            continue
        chance = random.Random(name)
        taken: list[float] = []
        worst_path = ""
        for _ in range(times):
            asked = path(chance)
            begun = time.process_time()
            response = await app.client.get(asked)
            spent = (time.process_time() - begun) * 1000
            if response.status_code not in {200, 400}:
                print(f"{response.status_code} {asked}")
            if not taken or spent > max(taken):
                worst_path = asked
            taken.append(spent)
        p95 = sorted(taken)[int(len(taken) * 0.95)]
        late += p95 > PROMISED
        worst = f"  {worst_path}" if p95 > PROMISED else ""
        print(f"{name:42} {statistics.median(taken):7.0f} {p95:7.0f} {max(taken):7.0f}{worst}", flush=True)
    print(f"{late} pages over {PROMISED} ms")


def kinds_of_pages(archive: Path) -> dict[str, _Path]:
    """Name of a kind of page -> one of it, by chance."""
    with closing(sqlite3.connect(archive)) as conn:
        (articles,) = conn.execute("SELECT max(id) FROM articles").fetchone()
        sources = [key for (key,) in conn.execute("SELECT key FROM sources")]
        rules = [rule for (rule,) in conn.execute("SELECT DISTINCT rule FROM cut_counts")]
        texts = _texts(conn, articles)
    table = f"/{archive.stem}"

    def words(chance: random.Random, count: int) -> str:
        pool = texts[chance.randrange(len(texts))]
        at = chance.randrange(max(1, len(pool) - count))
        return " ".join(pool[at : at + count])

    def search(chance: random.Random, count: int, **narrow: str) -> str:
        return "/search?" + urlencode({"q": words(chance, count), **narrow})

    return {
        "/": lambda _: "/",
        "/search": lambda _: "/search",
        "/search, source": lambda c: f"/search?source={c.choice(sources)}",
        "/search, language, days": lambda c: f"/search?language=de&from=2025-{c.randint(1, 12):02}-11&to=2026-02-20",
        "/search, page 400": lambda _: "/search?page=400",
        "/search, a word": lambda c: search(c, 1),
        "/search, two words": lambda c: search(c, 2),
        "/search, four words": lambda c: search(c, 4),
        "/search, a phrase": lambda c: "/search?" + urlencode({"q": f'"{words(c, 3)}"'}),
        "/search, begin*": lambda c: "/search?" + urlencode({"q": words(c, 1)[:4] + "*"}),
        "/search, the commonest word": lambda _: "/search?" + urlencode({"q": _common(texts)}),
        "/search, commonest and source": lambda c: f"/search?q={_common(texts)}&source={c.choice(sources)}",
        "/search, commonest, all facets": lambda c: (
            f"/search?q={_common(texts)}&source={c.choice(sources)}&language=en&year={c.randint(2024, 2026)}"
        ),
        "/search, a word and a day": lambda c: search(c, 1, **{"from": f"2025-0{c.randint(1, 9)}-05"}),
        "/search, two words without one": lambda c: search(c, 2) + "+-" + _common(texts),
        "/feed.atom": lambda c: search(c, 1).replace("/search", "/feed.atom"),
        "/article": lambda c: f"/article/{c.randint(1, articles)}",
        "/article/versions": lambda c: f"/article/{c.randint(1, articles // 10) * 10}/versions",
        "/captions": lambda _: "/captions",
        "/captions, a word": lambda c: "/captions?" + urlencode({"q": words(c, 1)}),
        "/sources": lambda _: "/sources",
        "/source": lambda c: f"/source/{c.choice(sources)}",
        "/clutter": lambda _: "/clutter",
        "/clutter, a rule": lambda c: f"/clutter?rule={c.choice(rules)}",
        "/clutter, a rule of a source": lambda c: f"/clutter?rule={c.choice(rules)}&source={c.choice(sources[:50])}",
        "/edits": lambda _: "/edits",
        "/edits, largest": lambda _: "/edits?sort=largest",
        "/edits of a source": lambda c: f"/edits?source={c.choice(sources)}",
        "/runs": lambda _: "/runs",
        **{
            f"table {name}": lambda _, name=name: f"{table}/{name}"
            for name in ("articles", "versions", "removed", "images", "fetches", "frontier", "sources", "health")
        },
        "table articles, a source": lambda c: f"{table}/articles?source_id={c.randint(1, len(sources))}",
        "database": lambda _: table,
        "row": lambda c: f"{table}/articles/{c.randint(1, articles)}",
    }  # fmt: skip


def _texts(conn: sqlite3.Connection, articles: int) -> list[list[str]]:
    """The words of some articles."""
    chance = random.Random(1)
    ids = [chance.randint(1, articles) for _ in range(200)]
    found = [conn.execute("SELECT text FROM versions WHERE id = ?", (number,)).fetchone() for number in ids]
    return [words for row in found if row and len(words := row[0].split()) > 10]


def _common(texts: list[list[str]]) -> str:
    """The word that is in most articles."""
    return max(_tally(texts), key=lambda pair: pair[1])[0]


def _tally(texts: list[list[str]]) -> Iterator[tuple[str, int]]:
    counted: dict[str, int] = {}
    for words in texts:
        for word in set(words):
            counted[word] = counted.get(word, 0) + 1
    yield from counted.items()


if __name__ == "__main__":
    main()
