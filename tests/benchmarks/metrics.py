"""How well an extracted text agrees with the true one. Pure: texts in, numbers out; knows no extractor.

sh F, sh P, sh R   shingles of four words: precision and recall are means over pages, F1 is made of the two means
                   (github.com/scrapinghub/article-extraction-benchmark)
rl F, rl P, rl R   ROUGE-LSum: for each true line the union of its longest common subsequences with all lines; mean
                   over pages, words in lower case and not stemmed (Dallabetta et al. 2024, the Fundus paper)
perfect            pages whose rl F is at least 0.995
lost               true paragraphs of 40 characters or more that are missing: under 70 % of their word triples stand
                   in the text
added              lines of 15 characters or more under 30 % of whose word triples stand in the true text
captions, comments of those that stand in the page and not in the true text, how many stand in the extracted one
widgets            lines of page furniture ("Leave a Reply", "Back to top") for every 100 pages
title, day         exact but for case, spaces and punctuation; right day
authors            F1 of the set of names
"""

import html
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

from rapidfuzz.distance import LCSseq

from archive.text import fold
from tests.benchmarks.corpora import Page
from tests.benchmarks.furniture import Furniture, is_widget

# Thai, kana and Han are written without spaces: each character counts as a word.
_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_BENCHMARK_WORD: Final = re.compile(r"\w+")  # as that benchmark's own program has it

PERFECT: Final = 0.995
_SHINGLE: Final = 4
_TRIPLE: Final = 3
_PRESENT: Final = 0.7  # share of a paragraph's triples that makes it present
_FOREIGN: Final = 0.3  # share of a line's triples below which it is none of the true text
_NOT_BODY: Final = 0.6  # a caption that shares this much with the true text is quoted there
_PROBE: Final = 60  # characters by which a caption is looked for: its end may be cut

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What an extractor made of a page; paragraphs of the text are lines. `cpu` in seconds, `error` where it failed."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    cpu: float | None = None
    error: str = ""

    @property
    def lines(self) -> list[str]:
        """The paragraphs, folded, none empty."""
        return [line for line in map(fold, self.text.split("\n")) if line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Precision and recall of one page; a page without text has none of the one or of the other."""

    precision: float
    recall: float
    said: bool = True  # something was extracted
    true: bool = True  # there was something to extract

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return _harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All that was measured on one page; None where the page has no truth for it."""

    page: str
    shingles: Agreement
    rouge: Agreement
    lost: tuple[str, ...]
    paragraphs: int
    added: tuple[str, ...]
    lines: int
    captions: Share
    comments: Share
    widgets: tuple[str, ...]
    title: bool | None
    day: bool | None
    authors: float | None
    cpu: float | None
    failed: bool


class Judge:
    """Scores the predictions of one page. What hangs on the page alone is worked out once."""

    def __init__(self, page: Page, furniture: Furniture) -> None:
        self.page = page
        self._captions = self._foreign(furniture.captions)
        self._comments = self._foreign(furniture.comments)

    def score(self, prediction: Prediction) -> Score:
        """Every metric of one prediction."""
        lines = prediction.lines
        triples = _grams(prediction.text)
        wanted = self._wanted(triples)
        long = [one.text for one in self.page.paragraphs if not one.optional and len(one.text) >= 40]
        told = [line for line in lines if len(line) >= 15]
        said = letters(prediction.text)
        return Score(
            page=self.page.id,
            shingles=shingle_agreement("\n".join(wanted), prediction.text, self._pattern),
            rouge=rouge_lsum(wanted, lines),
            lost=tuple(text for text in long if _present(text, triples) < _PRESENT),
            paragraphs=len(long),
            added=tuple(line for line in told if _present(line, self._triples) < _FOREIGN),
            lines=len(told),
            captions=_leaked(self._captions, said),
            comments=_leaked(self._comments, said),
            widgets=tuple(line for line in lines if is_widget(line) and letters(line) not in self._lines),
            title=same_title(self.page.title, prediction.title) if self.page.title else None,
            day=prediction.published[:10] in self.page.days if self.page.days else None,
            authors=author_f1(self.page.authors, prediction.authors) if self.page.authors else None,
            cpu=prediction.cpu,
            failed=bool(prediction.error),
        )

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _BENCHMARK_WORD if self.page.corpus == "aeb" else _WORD

    @cached_property
    def _text(self) -> str:
        return "\n".join(one.text for one in self.page.paragraphs)

    @cached_property
    def _triples(self) -> frozenset[Words]:
        return _grams(self._text)

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(letters(one.text) for one in self.page.paragraphs)

    def _foreign(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The beginnings of those texts that are really no part of the body."""
        body = letters(self._text)
        said = {letters(text): text for text in texts}
        return tuple(
            whole[:_PROBE]
            for whole, text in said.items()
            if whole[:_PROBE] not in body and _present(text, self._triples) < _NOT_BODY
        )

    def _wanted(self, triples: frozenset[Words]) -> list[str]:
        """The true paragraphs, of the optional ones those that were extracted."""
        return [one.text for one in self.page.paragraphs if not one.optional or _present(one.text, triples) >= _PRESENT]


def shingle_agreement(true: str, said: str, word: re.Pattern[str] = _WORD) -> Agreement:
    """Precision and recall over shingles of four words; a shorter text is one shingle."""
    wanted, got = (_shingles(tuple(word.findall(text)), _SHINGLE) for text in (true, said))
    hits = (wanted & got).total()
    return Agreement(
        precision=hits / got.total() if got else float(not wanted),
        recall=hits / wanted.total() if wanted else float(not got),
        said=bool(got),
        true=bool(wanted),
    )


def rouge_lsum(true: Sequence[str], said: Sequence[str]) -> Agreement:
    """ROUGE-LSum over lines. No word is counted more often than it stands in both texts."""
    wanted, got = ([line for line in map(words, lines) if line] for lines in (true, said))
    if not wanted or not got:
        same = float(not wanted and not got)
        return Agreement(precision=same, recall=same, said=bool(got), true=bool(wanted))
    left = Counter(chain.from_iterable(wanted)) & Counter(chain.from_iterable(got))
    hits = 0
    for line in wanted:
        for word in _union_of_subsequences(line, got):
            if left[word]:
                left[word] -= 1
                hits += 1
    return Agreement(precision=hits / sum(map(len, got)), recall=hits / sum(map(len, wanted)))


def _union_of_subsequences(line: Words, others: Iterable[Words]) -> list[str]:
    """The words of a line that are on a longest common subsequence with any other line."""
    hit: set[int] = set()
    for other in others:
        if other == line:
            return list(line)
        if not set(line).isdisjoint(other):
            for step in LCSseq.opcodes(line, other):
                if step.tag == "equal":
                    hit.update(range(step.src_start, step.src_end))
    return [line[at] for at in sorted(hit)]


def same_title(true: str, said: str) -> bool:
    """Tell whether two titles are the same but for case, spaces, punctuation and entities."""
    return letters(html.unescape(true)) == letters(html.unescape(said))


def author_f1(true: Iterable[str], said: Iterable[str]) -> float:
    """F1 of a set of names."""
    wanted, got = ({letters(_BY.sub("", name)) for name in names} - {""} for names in (true, said))
    return 2 * len(wanted & got) / (len(wanted) + len(got)) if wanted or got else 1.0


_BY: Final = re.compile(r"^\s*(?:by|von|par|por|di|av|af)\s+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The words of a text in lower case."""
    return tuple(word.lower() for word in _WORD.findall(text))


def letters(text: str) -> str:
    """Letters and digits alone, in lower case: what is compared where a text is looked for in another."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def _shingles(text: Words, size: int) -> Counter[Words]:
    if not text:
        return Counter()
    return Counter(text[at : at + size] for at in range(max(1, len(text) - size + 1)))


def _grams(text: str) -> frozenset[Words]:
    """Its words, pairs and triples: short paragraphs are looked for by the shorter ones."""
    said = words(text)
    return frozenset(said[at : at + size] for size in range(1, _TRIPLE + 1) for at in range(len(said) - size + 1))


def _present(text: str, grams: frozenset[Words]) -> float:
    """Share of a text's triples (of its words, or the pair, where it is shorter) that are among `grams`."""
    wanted = _shingles(words(text), _TRIPLE)
    return sum(count for gram, count in wanted.items() if gram in grams) / max(1, wanted.total())


def _leaked(starts: Sequence[str], said: str) -> Share:
    return Share(part=sum(start in said for start in starts), whole=len(starts))


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A column of the table. `of` makes the number of the scores of a corpus; None where it has no truth for it."""

    name: str
    unit: str
    of: Callable[[Sequence[Score]], float | None]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _share(shares: Iterable[Share]) -> float | None:
    listed = list(shares)
    whole = sum(share.whole for share in listed)
    return sum(share.part for share in listed) / whole if whole else None


def _shingle_precision(scores: Sequence[Score]) -> float:
    return _mean(score.shingles.precision for score in scores if score.shingles.said) or 0.0


def _shingle_recall(scores: Sequence[Score]) -> float:
    return _mean(score.shingles.recall for score in scores if score.shingles.true) or 0.0


METRICS: Final = (
    Metric(name="pages", unit="", of=len),
    Metric(name="failed", unit="", of=lambda scores: sum(score.failed for score in scores)),
    Metric(name="sh F", unit="%", of=lambda scores: _harmonic(_shingle_precision(scores), _shingle_recall(scores))),
    Metric(name="sh P", unit="%", of=_shingle_precision),
    Metric(name="sh R", unit="%", of=_shingle_recall),
    Metric(name="rl F", unit="%", of=lambda scores: _mean(score.rouge.f1 for score in scores)),
    Metric(name="rl P", unit="%", of=lambda scores: _mean(score.rouge.precision for score in scores)),
    Metric(name="rl R", unit="%", of=lambda scores: _mean(score.rouge.recall for score in scores)),
    Metric(name="perfect", unit="%", of=lambda scores: _mean(score.rouge.f1 >= PERFECT for score in scores)),
    Metric(
        name="lost",
        unit="%",
        of=lambda scores: _share(Share(part=len(score.lost), whole=score.paragraphs) for score in scores),
    ),
    Metric(
        name="added",
        unit="%",
        of=lambda scores: _share(Share(part=len(score.added), whole=score.lines) for score in scores),
    ),
    Metric(name="captions", unit="%", of=lambda scores: _share(score.captions for score in scores)),
    Metric(name="comments", unit="%", of=lambda scores: _share(score.comments for score in scores)),
    Metric(name="widgets", unit="", of=lambda scores: 100 * sum(len(score.widgets) for score in scores) / len(scores)),
    Metric(name="title", unit="%", of=lambda scores: _mean(score.title for score in scores)),
    Metric(name="day", unit="%", of=lambda scores: _mean(score.day for score in scores)),
    Metric(name="authors", unit="%", of=lambda scores: _mean(score.authors for score in scores)),
)
