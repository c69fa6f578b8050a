"""Make an archive of a million articles out of word statistics, to measure the pages of `cuttings browse` on.

    uv run python tests/benchmarks/million.py big.db --articles 1000000

Words are drawn by Zipf's law from made-up vocabularies, one a language (Chinese and Japanese: characters); outlets
differ in size by the same law; articles are filed in the order of their days, over three years. It is nobody's text.
A million take about half an hour and 10 GB; the file is written without care for kills.
"""

import argparse
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from archive.storage.cjk_pairs import grams
from archive.storage.fact_tokens import facts
from archive.storage.store import Store
from archive.times import stamp

SOURCES: Final = 300
AUTHORS: Final = 20_000
VOCABULARY: Final = 150_000
POOL: Final = 3_000_000  # words of running text, of which articles are pieces
MEDIAN_WORDS: Final = 350
BEGIN: Final = datetime(2023, 11, 26, tzinfo=UTC)
DAYS: Final = 3 * 365
BATCH: Final = 5_000
# Language -> share of the outlets.
LANGUAGES: Final = {"en": 0.55, "de": 0.15, "fr": 0.1, "es": 0.1, "ja": 0.05, "zh": 0.05}
RULES: Final = tuple(
    (f"{kind}.{name}", kind)
    for kind in ("caption", "credit", "share", "related", "newsletter", "comment", "promo", "navigation")
    for name in ("class", "text", "place", "link", "form")
)
_IDEOGRAPHIC: Final = {"ja", "zh"}
_SYLLABLES: Final = tuple(
    c + v for c in ("", *"bcdfghklmnprstvwz", "st", "tr", "ch") for v in ("a", "e", "i", "o", "u", "ei")
)


def main() -> None:
    """Make it, and say how fast."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("archive", type=Path)
    options.add_argument("--articles", type=int, default=1_000_000)
    asked = options.parse_args()
    if asked.archive.exists():
        raise SystemExit(f"{asked.archive} is there already")
    begun = time.monotonic()
    make(asked.archive, asked.articles)
    print(
        f"{asked.articles:,} articles in {time.monotonic() - begun:,.0f} s, {asked.archive.stat().st_size / 1e9:.2f} GB"
    )


def make(path: Path, articles: int) -> None:
    """Make an archive of so many articles."""
    Store.open(path).close()
    chance = random.Random(1)
    texts = {language: _pool(chance, language) for language in LANGUAGES}
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("PRAGMA cache_size = -400000")
        languages = _sources(conn, chance)
        maker = _Maker(chance, texts, languages, articles)
        for first in range(1, articles + 1, BATCH):
            conn.execute("BEGIN")
            maker.file(conn, range(first, min(first + BATCH, articles + 1)))
            conn.execute("COMMIT")
            if first % (20 * BATCH) == 1:
                print(f"{first:,}", flush=True)
        conn.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        conn.execute("ANALYZE")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 2.7) for rank in range(count)))


def _pool(chance: random.Random, language: str) -> list[str]:
    """Running text: words, or in scripts without spaces clauses of two to twelve characters."""
    own = random.Random(language)
    if language in _IDEOGRAPHIC:
        characters = [chr(code) for code in own.sample(range(0x4E00, 0x6E00), 3_000)]
        if language == "ja":
            characters = [chr(code) for code in range(0x3041, 0x3094)] + characters
        stream = chance.choices(characters, cum_weights=_zipf(len(characters)), k=POOL)
        return ["".join(stream[at : at + 7]) + "、" for at in range(0, POOL, 7)]
    words = {"".join(own.choices(_SYLLABLES, k=own.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY * 2)}
    vocabulary = sorted(words, key=lambda word: (len(word) + own.random() * 6, word))[:VOCABULARY]
    return chance.choices(vocabulary, cum_weights=_zipf(len(vocabulary)), k=POOL)


def _sources(conn: sqlite3.Connection, chance: random.Random) -> dict[int, str]:
    names = list(LANGUAGES)
    languages = {number: chance.choices(names, weights=list(LANGUAGES.values()))[0] for number in range(1, SOURCES + 1)}
    conn.executemany(
        "INSERT INTO sources (id, key, name, url, language, added_at) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                f"paper-{number}",
                f"The {number}. Paper",
                f"https://paper-{number}.example/",
                language,
                stamp(BEGIN),
            )
            for number, language in languages.items()
        ],
    )
    conn.executemany(
        "INSERT INTO authors (id, name) VALUES (?, ?)", [(n, f"Author {n}") for n in range(1, AUTHORS + 1)]
    )
    conn.execute(
        "INSERT INTO runs (id, started_at, ended_at, state, command, program, new, known, tried, summary) "
        "VALUES (1, ?, ?, 'finished', 'crawl', '0.1.0', 1, 0, 1, '{\"saved\": 1}')",
        (stamp(BEGIN), stamp(BEGIN)),
    )
    for number in range(1, SOURCES + 1):
        conn.executemany(
            "INSERT INTO health (source_id, day, tried, seen, new, updated, pages, empty, blocked, errors, "
            "median_words, author_share, date_share) VALUES (?, ?, 40, 30, 28, 2, 30, 1, 0, 1, 350, 0.9, 1)",
            [(number, stamp(BEGIN + timedelta(days=day))[:10]) for day in range(DAYS - 100, DAYS)],
        )
    return languages


class _Maker:
    def __init__(
        self, chance: random.Random, texts: dict[str, list[str]], languages: dict[int, str], articles: int
    ) -> None:
        self._chance = chance
        self._texts = texts
        self._languages = languages
        self._sources = chance.choices(list(languages), cum_weights=_zipf(len(languages)), k=articles)
        self._step = timedelta(days=DAYS) / articles

    def file(self, conn: sqlite3.Connection, ids: range) -> None:
        made = list(self._made(ids))
        conn.executemany(
            """
            INSERT INTO articles (id, source_id, title, url, byline, published_at, published_source,
                published_precision, first_seen_at, fetched_at, language, section, kind, access, words, removed_words,
                images, versions, version_id, metadata_sources)
            VALUES (:id, :source, :title, :url, :byline, :when, 'jsonld', 'second', :when, :when, :language, :section,
                :kind, 'open', :words, 80, 1, 1, :id, '{}')
            """,
            made,
        )
        conn.executemany(
            """
            INSERT INTO versions (id, article_id, n, title, text, sha256, text_sha256, words, change, created_at,
                extractor, notes)
            VALUES (:id, :id, 1, :title, :text, :url, :url, :words, 'new', :when, '0.1.0', '[]')
            """,
            made,
        )
        conn.executemany("INSERT INTO article_terms VALUES (:id, :facts, :title_grams, :grams)", made)
        conn.execute(
            "INSERT INTO articles_fts (rowid, title, byline, text, facts, title_grams, grams) "
            "SELECT * FROM article_texts WHERE id BETWEEN ? AND ?",
            (ids[0], ids[-1]),
        )
        conn.executemany(
            """
            INSERT INTO images (article_id, version_id, position, url, caption, credit, after_paragraph)
            VALUES (:id, :id, 0, 'https://pictures.example/' || :id, :caption, :byline, 0)
            """,
            made,
        )
        conn.executemany(
            "INSERT INTO removed (article_id, version_id, position, kind, rule, after_paragraph, words, text) "
            "VALUES (?, ?, ?, ?, ?, 0, 10, ?)",
            [
                (each["id"], each["id"], position, kind, rule, each["caption"])
                for each in made
                for position, (rule, kind) in enumerate(self._chance.choices(RULES, k=8))
            ],
        )
        conn.executemany("INSERT INTO article_authors VALUES (:id, :author, 0)", made)
        conn.executemany(
            "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (:id, :url, 'own', :when)", made
        )
        conn.executemany(
            """
            INSERT INTO frontier (source_id, url, kind, state, priority, due_at, outcome, found_at, article_id)
            VALUES (:source, :url, 'article', 'done', 1, :when, 'saved', :when, :id)
            """,
            made,
        )
        conn.executemany(
            """
            INSERT INTO fetches (run_id, source_id, fetched_at, kind, outcome, status, url, article_id, stage, ms,
                bytes)
            VALUES (1, :source, :when, 'article', 'saved', 200, :url, :id, 'file', 80, 60000)
            """,
            made,
        )
        edited = [each for each in made if each["id"] % 10 == 0]
        conn.executemany(
            """
            INSERT INTO versions (id, article_id, n, title, text, sha256, text_sha256, words, change, created_at,
                extractor, notes, changed_words)
            VALUES (:id + 100000000, :id, 2, :title, :text, :url, :url, :words, 'edit', :when, '0.1.0', '[]',
                :words % 97)
            """,
            edited,
        )

    def _made(self, ids: range) -> Iterator[dict[str, object]]:
        chance = self._chance
        for article_id in ids:
            source = self._sources[article_id - 1]
            language = self._languages[source]
            pool = self._texts[language]
            words = min(5_000, max(30, int(chance.lognormvariate(0, 0.6) * MEDIAN_WORDS)))
            pieces = words // 7 if language in _IDEOGRAPHIC else words
            at = chance.randrange(len(pool) - pieces - 12)
            between = "" if language in _IDEOGRAPHIC else " "
            title = between.join(pool[at : at + (2 if language in _IDEOGRAPHIC else 8)])
            body = pool[at + 8 : at + 8 + pieces]
            text = "\n".join(between.join(body[line : line + 50]) for line in range(0, len(body), 50))
            when = stamp(BEGIN + self._step * article_id)
            author = chance.randint(1, AUTHORS)
            kind = "liveblog" if chance.random() < 0.01 else "article"
            yield {
                "id": article_id, "source": source, "language": language, "title": title, "text": text, "when": when,
                "author": author, "byline": f"Author {author}", "kind": kind, "words": words,
                "section": f"Section {source % 7}", "caption": between.join(body[:10]),
                "url": f"https://paper-{source}.example/{article_id}",
                "facts": facts(source, language, when, kind, f"Section {source % 7}", tags=()),
                "title_grams": grams(title), "grams": grams(text),
            }  # fmt: skip


if __name__ == "__main__":
    main()
