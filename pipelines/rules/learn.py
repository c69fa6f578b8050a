"""Learn the lines of a source that repeat on many of its pages that are no copies of each other. Pure.

Repetition alone is not enough. Of 99 lines on two or more pages of a site, 55 were
text of the article (measured): background paragraphs of a running story, a column's opening, headings of recipes. So
a line is learned only if it

- is on five pages and on 30 % of them, where pages that are near-duplicates count as one;
- is at the beginning or the end of its pages, alone or among other such lines;
- does not go with a series or a subject: a byline, section, tag or word of the title that nearly all of its pages
  have and the other pages of the source have not;
- at the beginning, is more than a dateline or a kicker, and is above texts of several hands.

Near-duplicates are found by resemblance (Broder, "On the resemblance and containment of documents", 1997): the Jaccard
index of two pages' sets of four-word shingles, estimated from the smallest hashes of each (a bottom-k sketch). Numbers
count as equal, so that yesterday's weather report is a near-duplicate of today's.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice
from typing import Final

from archive.changes.learned_cuts import MOST, LearnedLine, Place, Sample
from pipelines.clutter.learned import at_end, at_start, guess, is_label
from pipelines.compare import key

# Words of four letters and more; in scripts written without spaces, pairs of characters.
_TITLE_WORD: Final = re.compile(r"(?=([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2}))|(\b[^\W\d_]{4,}\b)")
_WORD: Final = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The evidence needed to learn a line. A crawl uses the defaults; measurements use lower ones too."""

    pages: int = 5
    share: float = 0.3
    hands: int = 3  # bylines or sections that share an opening sentence
    at_ends: float = 0.8  # share of a line's pages that begin or end with it


USUAL: Final = Bounds()
_SAME: Final = 0.2  # resemblance of near-duplicates; two unrelated stories stay below 0.02
_SHINGLE: Final = 4  # words
_SKETCH: Final = 96  # hashes a page: the estimate of 0.2 is off by 0.04 on average
_WORDS: Final = 200  # of a page, enough to tell a copy
_LONGEST: Final = 1000  # letters and digits of a line
_GOES_WITH: Final = 0.8  # share of a line's pages that have a mark in common
_OTHERS: Final = 3  # pages without the line by which that can be judged at all
_EXAMPLES: Final = 5


@dataclass(slots=True)
class _Line:
    """A line that repeats: on which pages, and where on each."""

    text: str
    pages: list[int] = field(default_factory=list)
    places: Counter[Place | None] = field(default_factory=Counter)  # None: elsewhere

    @property
    def place(self) -> Place:
        return Place.START if self.places[Place.START] > self.places[Place.END] else Place.END


def learn(samples: Sequence[Sample], bounds: Bounds = USUAL) -> tuple[LearnedLine, ...]:
    """Return the learned lines of a source, the commonest first, as the newest pages show them.

    `samples` are newest first. Lines that are cut already have to be back in their samples, else they are forgotten.
    """
    keys = [[key(line) for line in sample.lines] for sample in samples]
    repeated = {line for line, count in _spread(keys).items() if count >= bounds.pages and 0 < len(line) <= _LONGEST}
    if not repeated:
        return ()
    distinct = _distinct(samples, keys, repeated)
    enough = max(bounds.pages, bounds.share * len(distinct))
    lines = _found(distinct, samples, keys, repeated)
    learned = [
        _learned(name, line, samples, len(distinct))
        for name, line in lines.items()
        if len(line.pages) >= enough and _is_learnable(line, samples, distinct, bounds)
    ]
    return tuple(sorted(learned, key=lambda line: (-line.pages, line.key))[:MOST])


def _spread(keys: Iterable[Sequence[str]]) -> Counter[str]:
    """Count the pages of each line."""
    return Counter(line for page in keys for line in set(page))


def _found(
    distinct: Sequence[int], samples: Sequence[Sample], keys: Sequence[Sequence[str]], repeated: set[str]
) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for page in distinct:
        hits = [line in repeated for line in keys[page]]
        places = dict.fromkeys(at_start(hits), Place.START) | dict.fromkeys(
            at_end(samples[page].lines, hits), Place.END
        )
        for name, at in {keys[page][at]: at for at, hit in enumerate(hits) if hit}.items():
            line = lines.setdefault(name, _Line(text=samples[page].lines[at]))
            line.pages.append(page)
            line.places[places.get(at)] += 1
    return lines


def _is_learnable(line: _Line, samples: Sequence[Sample], distinct: Sequence[int], bounds: Bounds) -> bool:
    carrying = [samples[page] for page in line.pages]
    if line.places[None] > (1 - bounds.at_ends) * len(carrying):
        return False
    if line.place is Place.START and not _is_no_opening(line, carrying, bounds):
        return False
    having = set(line.pages)
    return not _goes_with_something(carrying, [samples[page] for page in distinct if page not in having])


def _is_no_opening(line: _Line, carrying: Sequence[Sample], bounds: Bounds) -> bool:
    """Tell a line above the text from one that opens it: a dateline, a label, a column's standing first sentence."""
    if is_label(line.text):
        return False
    bylines = {sample.authors for sample in carrying if sample.authors}
    sections = {sample.section for sample in carrying if sample.section}
    return max(len(bylines), len(sections)) >= bounds.hands


def _learned(name: str, line: _Line, samples: Sequence[Sample], of: int) -> LearnedLine:
    return LearnedLine(
        key=name,
        text=line.text,
        kind=guess(line.text),
        place=line.place,
        pages=len(line.pages),
        of=of,
        examples=tuple(samples[page].article_id for page in line.pages[:_EXAMPLES]),
    )


# Series and subjects -------------------------------------------------------------------------------------------------


def _goes_with_something(carrying: Sequence[Sample], others: Sequence[Sample]) -> bool:
    """Tell whether a line goes with a mark: most of its pages have it, and at most half that share of the others."""
    if len(others) < _OTHERS:
        return False
    inside = Counter(mark for sample in carrying for mark in _marks(sample))
    outside = Counter(mark for sample in others for mark in _marks(sample))
    return any(
        count >= _GOES_WITH * len(carrying) and 2 * outside[mark] / len(others) <= count / len(carrying)
        for mark, count in inside.items()
    )


def _marks(sample: Sample) -> frozenset[tuple[str, str]]:
    """Return what a page has in common with others of its series or subject."""
    words = {pair or word for pair, word in _TITLE_WORD.findall(sample.title.casefold())}
    return frozenset(
        [
            *(("author", author) for author in sample.authors),
            *([("section", sample.section)] if sample.section else []),
            *(("tag", tag.casefold()) for tag in sample.tags),
            *(("title", word) for word in words),
        ]
    )


# Near-duplicates -----------------------------------------------------------------------------------------------------


def _distinct(samples: Sequence[Sample], keys: Sequence[Sequence[str]], repeated: set[str]) -> list[int]:
    """Positions of pages none of which is a near-duplicate of another, the newest of each kind.

    Pages are compared by what does not repeat; one with nothing of its own is no evidence of anything.
    """
    kept: list[tuple[int, frozenset[int]]] = []
    for page, sample in enumerate(samples):
        own = (line for line, name in zip(sample.lines, keys[page], strict=True) if name not in repeated)
        sketch = _sketch(" ".join(own))
        if sketch and not any(_resemble(sketch, other) for _, other in kept):
            kept.append((page, sketch))
    return [page for page, _ in kept]


def _sketch(text: str) -> frozenset[int]:
    """Return the smallest hashes of a text's shingles; none for a text shorter than a shingle."""
    found = (match.group() for match in islice(_WORD.finditer(text), _WORDS))
    words = ["0" if word.isdigit() else word.casefold() for word in found]
    shingles = {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
    return frozenset(nsmallest(_SKETCH, map(_hash, shingles)))


def _resemble(one: frozenset[int], other: frozenset[int]) -> bool:
    """Tell by their sketches whether the Jaccard index of two sets of shingles is that of near-duplicates."""
    shared = one & other
    if len(shared) < _SAME * max(len(one), len(other)):
        return False  # most pages; the estimate below is never greater
    union = nsmallest(_SKETCH, one | other)
    return sum(each in shared for each in union) >= _SAME * len(union)


def _hash(shingle: str) -> int:
    return int.from_bytes(blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest())
