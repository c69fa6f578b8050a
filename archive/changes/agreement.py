"""How far two texts agree: whether a page at another URL is an article that is already filed. Pure.

Broder, "On the resemblance and containment of documents" (1997): a text is the set of its shingles, which are its runs
of five words, and what counts is the share of one text's shingles that the other has. tests/benchmarks/agreement.py
measures the thresholds. This module must not know URLs: the caller decides which two pages to compare.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from archive.text import words

SHINGLE: Final = 5  # words
SHORTER: Final = 0.9  # shares of the shorter and the longer text, for texts that agree under any titles
LONGER: Final = 0.7
SAME_TITLE: Final = 0.6  # share of either, for texts of the same title
OWN_NUMBERS: Final = 4  # of each text that the other lacks, from which on they may be two notices of one template
FEW: Final = 40  # shingles; of a text with fewer, one changed number is too small a share to show
# Characters of a text that are compared, some 35,000 English words: more than any article has. Two such texts take a
# quarter of a second, in Chinese, where each character is a word, half a second. What lies beyond counts as not shared.
COMPARED: Final = 200_000


_SENTENCE: Final = re.compile(r"[.!?。！？]+\s*|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two texts agree; the same whichever of them comes first."""

    shingles: int  # of the shorter text
    shorter: float  # share of the shorter text's shingles that the longer has, 0 to 1
    longer: float  # share of the longer text's shingles that the shorter has
    same_title: bool
    equal: bool  # the folded texts are equal: case, punctuation and white space aside
    same_numbers: bool = True  # they do not state different numbers
    another_notice: bool = False  # they state as many different numbers as two notices of one template do
    same_statements: bool = True  # most statements of the shorter text are in the longer one word for word

    @property
    def agrees(self) -> bool:
        """Tell whether they are texts of one article. A page without a word agrees with no other."""
        return self.agrees_whatever_the_title or (
            self.same_title and self.same_statements and self.same_numbers and self._shares(SAME_TITLE, SAME_TITLE)
        )

    @property
    def agrees_whatever_the_title(self) -> bool:
        """Tell the same for titles that are no evidence: those of a column, or those that the texts were found by."""
        return (self.equal and self.shingles > 0) or (not self.another_notice and self._shares(SHORTER, LONGER))

    @property
    def agrees_where_it_moved(self) -> bool:
        """Tell the same if the URL of one redirects to the other: an editor, not a template, made the difference."""
        return self.agrees_whatever_the_title or (
            self.same_title and not self.another_notice and self._shares(SAME_TITLE, SAME_TITLE)
        )

    def _shares(self, shorter: float, longer: float) -> bool:
        return self.shingles >= FEW and self.shorter >= shorter and self.longer >= longer

    def sentence(self, *, moved: bool = False) -> str:
        """Say for a person why the texts agree, or that they do not; `moved` as in `agrees_where_it_moved`."""
        if self.shingles == 0:
            return "no text to compare"
        if self.equal:
            return "same text"
        shares = f"{_percent(self.shorter)} % of the shorter, {_percent(self.longer)} % of the longer"
        if self.agrees_where_it_moved if moved else self.agrees:
            return f"{'same title, and ' if self.same_title else ''}text agrees: {shares}"
        if self._shares(SAME_TITLE, SAME_TITLE) and not self.same_numbers:
            shares += ", and each has numbers of its own"
        short = f"; under {FEW} shingles a text has to be the same" if self.shingles < FEW else ""
        return f"{'same title, but ' if self.same_title else ''}text differs: {shares}{short}"


def agreement(title_a: str, text_a: str, title_b: str, text_b: str) -> Agreement:
    """Compare two articles by their titles and texts. A title without letter or digit equals no other."""
    one, other = sorted((_Shingles.of(text_a), _Shingles.of(text_b)), key=lambda each: each.count)
    title = _letters(title_a)
    equal = text_a == text_b or (one.whole and other.whole and one.words == other.words)
    numbers = _Numbers.of(one.words, other.words)
    return Agreement(
        shingles=one.count,
        shorter=1.0 if equal else one.share_in(other),
        longer=1.0 if equal else other.share_in(one),
        same_title=bool(title) and title == _letters(title_b),
        equal=equal,
        same_numbers=equal or numbers.same,
        another_notice=not equal and not numbers.same and numbers.fewer >= OWN_NUMBERS,
        same_statements=equal or _same_statements(text_a, text_b),
    )


def contained(new: str, old: str) -> float:
    """Return the share of the new text's shingles that the old one has, 0 to 1; 1.0 if the new text has none."""
    return 1.0 if new == old else _Shingles.of(new).share_in(_Shingles.of(old))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shingles:
    """A text as its shingles. `count` is of the whole text: an estimate if only its beginning was compared."""

    words: list[str]
    found: frozenset[tuple[str, ...]]
    count: int
    whole: bool

    @classmethod
    def of(cls, text: str) -> "_Shingles":
        """Split a text into shingles; one of fewer words than a shingle is one shingle, one without any has none."""
        folded = unicodedata.normalize("NFKC", text[:COMPARED]).casefold()
        compared = words(folded[:COMPARED])
        runs = zip(*(compared[start:] for start in range(SHINGLE)), strict=False)
        found = frozenset(runs if len(compared) >= SHINGLE else [tuple(compared)] if compared else [])
        longer = max(len(text) / COMPARED, len(folded) / COMPARED, 1.0)
        return cls(words=compared, found=found, count=math.ceil(len(found) * longer), whole=longer == 1.0)

    def share_in(self, other: "_Shingles") -> float:
        """Return the share of these shingles that the other text has as well, 0 to 1."""
        return len(self.found & other.found) / self.count if self.count else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """How many numbers two texts share, and how many each has that the other lacks."""

    shared: int
    fewer: int  # of the text that has fewer of its own
    least: int  # numbers of the text that has fewer

    @classmethod
    def of(cls, one: list[str], other: list[str]) -> "_Numbers":
        first, second = (frozenset(word for word in words if _has_digit(word)) for words in (one, other))
        return cls(
            shared=len(first & second),
            fewer=min(len(first - second), len(second - first)),
            least=min(len(first), len(second)),
        )

    @property
    def same(self) -> bool:
        """Tell whether the texts state the same numbers, by and large.

        Lottery results, funeral notices and police logs of one template share most of their words; only their numbers
        distinguish them. If each has some that the other lacks and they share fewer than two thirds, they are two.
        """
        return not self.fewer or 3 * self.shared >= 2 * self.least


def _same_statements(text_a: str, text_b: str) -> bool:
    """Tell whether two thirds of the sentences of the text with fewer are in the other word for word.

    An editor changes some sentences and leaves the others. A template changes a word or a name in each.
    """
    first, second = (_sentences(text) for text in (text_a, text_b))
    return 3 * len(first & second) >= 2 * min(len(first), len(second))


def _sentences(text: str) -> frozenset[str]:
    pieces = _SENTENCE.split(text[:COMPARED])
    return frozenset(letters for piece in pieces if (letters := _letters(piece)))


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(character.isdigit() for character in word)


def _letters(title: str) -> str:
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(character for character in folded if character.isalnum())


def _percent(share: float) -> int:
    """Return whole percents, rounded down: 89.9 % is under a threshold of 90."""
    return math.floor(share * 100 + 1e-9)
