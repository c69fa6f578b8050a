"""Whether the thresholds of `archive.changes.agreement` are good: do different pages agree, and do edited ones still?

    uv run python tests/benchmarks/agreement.py [--pages DIR ...] [--nearest 10]

Reads every *.html and *.html.gz in the folders (else our own fixtures) as a crawl would, and prints four tables:

different pages    all pairs of them; the nearest, to be looked at: two pages of one story are no false join
notices            short texts of one template (a police log, the weather), which differ in names and numbers alone
edited pages       the share of pages that still agree with what an edit makes of them
rules              the same with other thresholds: `shorter/longer` for any titles, one for the same title, and the
                   shingles under which texts have to be equal
"""

import argparse
import asyncio
import gzip
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.changes.agreement import FEW, LONGER, SAME_TITLE, SHINGLE, SHORTER, Agreement, agreement
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Outcome
from archive.model.source import SiteRules
from archive.text import count_words, words
from archive.times import utc_now
from pipelines.workers.pool import Workers
from tests.benchmarks.notices import NOTICES, Notice

FIXTURES: Final = Path(__file__).resolve().parents[1] / "fixtures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as it was read from a page, or as an edit left it. Paragraphs are lines of its text."""

    name: str
    title: str
    text: str

    def compared(self, other: "Story") -> Agreement:
        """How far the two agree."""
        return agreement(self.title, self.text, other.title, other.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two stories that share something, and how far they agree."""

    one: Story
    other: Story
    found: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Thresholds of `archive.changes.agreement`, with what it asks besides: numbers and statements."""

    shorter: float
    longer: float
    same_title: float
    few: int

    def agrees(self, found: Agreement) -> bool:
        """What these thresholds make of it."""
        if found.equal or found.shingles < self.few:
            return found.equal and found.shingles > 0
        alike = found.same_title and found.same_statements and found.same_numbers
        if alike and min(found.shorter, found.longer) >= self.same_title:
            return True
        return not found.another_notice and found.shorter >= self.shorter and found.longer >= self.longer


OURS: Final = Rule(shorter=SHORTER, longer=LONGER, same_title=SAME_TITLE, few=FEW)
RULES: Final = (
    OURS,
    replace(OURS, few=20),
    replace(OURS, few=80),
    replace(OURS, same_title=0.7),
    replace(OURS, same_title=0.8),
    replace(OURS, longer=0.9),
    replace(OURS, longer=0.6),
    replace(OURS, shorter=0.8),
    replace(OURS, shorter=0.8, longer=0.6),
    replace(OURS, shorter=0.95, longer=0.8),
    replace(OURS, shorter=0.5, longer=0.5, same_title=0.3),
)


# ---- Pages -----------------------------------------------------------------------------------------------------------


async def read_stories(folders: Iterable[Path]) -> list[Story]:
    """The articles of these pages, as far as a crawl would file them."""
    stories: list[Story] = []
    with Workers() as workers:
        async for name, _, result in workers.extract_all(_captures(folders), SiteRules()):
            if isinstance(result, Extraction) and result.outcome is Outcome.SAVED:
                stories.append(Story(name=name, title=result.article.title or "", text=result.article.text))
    return stories


def _captures(folders: Iterable[Path]) -> Iterator[tuple[str, Capture]]:
    for folder in folders:
        for path in sorted(each for pattern in ("*.html", "*.html.gz") for each in folder.rglob(pattern)):
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            name = str(path.relative_to(folder))
            url = f"https://paper.test/{name}"
            yield name, Capture(url=url, final_url=url, fetched_at=utc_now(), status=200, body=body)


# ---- Different pages -------------------------------------------------------------------------------------------------


def pairs_of(stories: list[Story]) -> list[Pair]:
    """The pairs that share a shingle, the nearest first. Others cannot agree."""
    having: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, story in enumerate(stories):
        for shingle in _shingles(story.text):
            having[shingle].append(number)
    sharing = {pair for numbers in having.values() for pair in combinations(numbers, 2)}
    pairs = [
        Pair(one=stories[one], other=stories[other], found=stories[one].compared(stories[other]))
        for one, other in sorted(sharing)
    ]
    return sorted(pairs, key=lambda pair: (-pair.found.longer, -pair.found.shorter))


def _shingles(text: str) -> set[tuple[str, ...]]:
    said = words(text.casefold())
    return set(zip(*(said[start:] for start in range(min(SHINGLE, len(said)))), strict=False))


def print_pairs(stories: list[Story], pairs: list[Pair], nearest: int) -> None:
    """The table of different pages, and the nearest of them."""
    count = len(stories) * (len(stories) - 1) // 2
    short = sum(1 for story in stories if story.compared(story).shingles < FEW)
    agree = [pair for pair in pairs if pair.found.agrees]
    titled = [pair for pair in pairs if replace(pair.found, same_title=True).agrees]
    print("## Different pages\n")
    print(
        f"{len(stories)} pages, {short} of them under {FEW} shingles; {count:,} pairs, {len(pairs):,} share a shingle"
    )
    print(f"agree: {len(agree)}; had all of them the same title: {len(titled)}\n")
    for pair in pairs[:nearest]:
        print(f"{pair.found.shorter:5.2f} {pair.found.longer:5.2f}  {pair.found.sentence()}")
        for story in (pair.one, pair.other):
            print(f"             {story.name[-50:]}: {story.title[:60]} ({count_words(story.text)} words)")


# ---- Notices ---------------------------------------------------------------------------------------------------------


def notice_pairs(notice: Notice, count: int = 40) -> list[Pair]:
    """Pairs of different notices of one template, all under the same title."""
    chance = random.Random(notice.name)
    texts = dict.fromkeys(notice.written(chance) for _ in range(count))
    stories = [Story(name=f"{notice.name} {number}", title=notice.name, text=text) for number, text in enumerate(texts)]
    return [Pair(one=one, other=other, found=one.compared(other)) for one, other in combinations(stories, 2)]


def print_notices(pairs: dict[str, list[Pair]]) -> None:
    """The table of notices."""
    print("\n## Notices of one template\n")
    print("| notice | words | shares: median | most | agree, same title | agree, other titles |")
    print("|---|---|---|---|---|---|")
    for name, those in pairs.items():
        shares = sorted(pair.found.longer for pair in those)
        length = statistics.median(count_words(pair.one.text) for pair in those)
        others = [replace(pair.found, same_title=False) for pair in those]
        print(
            f"| {name} | {length:.0f} | {statistics.median(shares):.2f} | {shares[-1]:.2f} "
            f"| {_percent(pair.found.agrees for pair in those)} | {_percent(found.agrees for found in others)} |"
        )


# ---- Edited pages ----------------------------------------------------------------------------------------------------

NOTE: Final = (
    "Correction: an earlier version of this article gave the wrong year for the opening of the bridge. It was opened "
    "in 1961, not in 1916. The article has been amended."
)
Edit = Callable[[list[str], list[str], random.Random], list[str]]


def with_words(share: float = 0.0, count: int = 0) -> Edit:
    """Put other words in the place of so many, wherever they stand."""

    def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
        places = [(line, at) for line, text in enumerate(lines) for at in range(len(text.split()))]
        split = [line.split() for line in lines]
        for line, at in chance.sample(places, min(count or round(share * len(places)), len(places))):
            split[line][at] = chance.choice(chance.choice(others).split())
        return [" ".join(line) for line in split]

    return edit


def with_sentences(count: int) -> Edit:
    """Put a sentence of another page behind so many paragraphs."""

    def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
        chosen = set(chance.sample(range(len(lines)), min(count, len(lines))))
        more = {number: chance.choice(others).split(". ")[0] for number in chosen}
        return [f"{line} {more[number]}." if number in more else line for number, line in enumerate(lines)]

    return edit


def with_paragraphs(count: int = 0, share: float = 0.0) -> Edit:
    """Put paragraphs of other pages between: so many, or until their words are such a share of those there were."""

    def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
        length, made, added = count_words("\n".join(lines)), list(lines), 0
        while count > len(made) - len(lines) or added < share * length:
            paragraph = chance.choice(others)
            made.insert(chance.randint(0, len(made)), paragraph)
            added += count_words(paragraph)
        return made

    return edit


def without_paragraphs(count: int) -> Edit:
    """Take out so many paragraphs, as long as one is left."""

    def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
        gone = set(chance.sample(range(len(lines)), min(count, len(lines) - 1)))
        return [line for number, line in enumerate(lines) if number not in gone]

    return edit


def with_paragraph_exchanged(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
    """Put a paragraph of another page in the place of one."""
    return with_paragraphs(count=1)(without_paragraphs(1)(lines, others, chance), others, chance)


def with_note(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
    """Add a correction note."""
    return [*lines, NOTE]


def beginning(share: float) -> Edit:
    """Leave the first paragraphs, at least one."""

    def edit(lines: list[str], others: list[str], chance: random.Random) -> list[str]:
        return lines[: max(round(len(lines) * share), 1)]

    return edit


EDITS: Final[dict[str, Edit]] = {
    "nothing": with_words(count=0),
    "1 word changed": with_words(count=1),
    "5 words changed": with_words(count=5),
    "20 words changed": with_words(count=20),
    "1 % of the words changed": with_words(share=0.01),
    "2 % of the words changed": with_words(share=0.02),
    "5 % of the words changed": with_words(share=0.05),
    "10 % of the words changed": with_words(share=0.1),
    "3 sentences added": with_sentences(3),
    "a paragraph added": with_paragraphs(count=1),
    "3 paragraphs added": with_paragraphs(count=3),
    "a quarter as much added": with_paragraphs(share=0.25),
    "half as much added": with_paragraphs(share=0.5),
    "as much again added": with_paragraphs(share=1.0),
    "a paragraph removed": without_paragraphs(1),
    "3 paragraphs removed": without_paragraphs(3),
    "a paragraph exchanged": with_paragraph_exchanged,
    "a correction note added": with_note,
    "the first half is left": beginning(0.5),
    "the first paragraph is left": beginning(0),
}


def edited(stories: list[Story]) -> dict[str, list[Agreement]]:
    """For each edit how far the pages agree with what it makes of them, under the same title."""
    long = [story for story in stories if story.compared(story).shingles >= FEW]
    every = [(story.name, line) for story in long for line in story.text.split("\n") if count_words(line) >= 8]
    found: dict[str, list[Agreement]] = {kind: [] for kind in EDITS}
    for story in long:
        others = [line for name, line in every if name != story.name]
        for kind, edit in EDITS.items():
            lines = edit(story.text.split("\n"), others, random.Random(f"{story.name} {kind}"))
            found[kind].append(story.compared(replace(story, text="\n".join(lines))))
    return found


def print_edited(found: dict[str, list[Agreement]]) -> None:
    """The table of edited pages."""
    print(f"\n## Edited pages, of {FEW} shingles and more\n")
    print("| edit | shorter: tenth | median | longer: tenth | median | still agree, same title | other title |")
    print("|---|---|---|---|---|---|---|")
    for kind, those in found.items():
        shares = [
            f"{quantile:.2f}"
            for values in ([each.shorter for each in those], [each.longer for each in those])
            for quantile in (sorted(values)[len(values) // 10], statistics.median(values))
        ]
        others = [replace(each, same_title=False) for each in those]
        agree = [_percent(each.agrees for each in kept) for kept in (those, others)]
        print(f"| {' | '.join([kind, *shares, *agree])} |")


# ---- Rules -----------------------------------------------------------------------------------------------------------

KEPT: Final = ("5 words changed", "2 % of the words changed", "a paragraph exchanged", "a quarter as much added")


def print_rules(pages: list[Pair], notices: dict[str, list[Pair]], edits: dict[str, list[Agreement]]) -> None:
    """What other thresholds would join, and what they would keep together."""
    print("\n## Rules\n")
    print("`joined` are pairs of different texts; kept are edited pages, under the same title and under another.\n")
    print(f"| rule | pages joined | notices joined, same title | other | {' | '.join(KEPT)} |")
    print(f"|---|---|---|---|{'---|' * len(KEPT)}")
    said = [pair.found for those in notices.values() for pair in those]
    for rule in RULES:
        joined = [
            sum(rule.agrees(pair.found) for pair in pages),
            sum(map(rule.agrees, said)),
            sum(rule.agrees(replace(found, same_title=False)) for found in said),
        ]
        kept = [
            f"{_percent(map(rule.agrees, edits[kind]))}, "
            f"{_percent(rule.agrees(replace(each, same_title=False)) for each in edits[kind])}"
            for kind in KEPT
        ]
        name = f"{rule.shorter:g}/{rule.longer:g}, {rule.same_title:g}, {rule.few}"
        print(f"| {' | '.join([name, *map(str, joined), *kept])} |")


def _percent(held: Iterable[bool]) -> str:
    all_held = list(held)
    return f"{100 * sum(all_held) / len(all_held):.0f} %" if all_held else "none"


def main() -> int:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, nargs="+", metavar="DIR", default=[FIXTURES])
    options.add_argument("--nearest", type=int, default=10, help="pairs of different pages to print")
    asked = options.parse_args()
    stories = asyncio.run(read_stories(asked.pages))
    if len(stories) < 2:
        options.error(f"fewer than two articles in {', '.join(map(str, asked.pages))}: give folders of *.html")
    pairs = pairs_of(stories)
    notices = {notice.name: notice_pairs(notice) for notice in NOTICES}
    edits = edited(stories)
    print_pairs(stories, pairs, asked.nearest)
    print_notices(notices)
    print_edited(edits)
    print_rules(pairs, notices, edits)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
