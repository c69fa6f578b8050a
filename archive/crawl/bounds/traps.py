"""Crawler traps: addresses that a site makes without end. Pure.

Two signs. An address that repeats itself (`/a/b/a/b/a/b/a/b`, what a wrong relative link grows into) is never asked
for. Of addresses that are alike but for numbers and names (a calendar, a search, session ids), so many in a row that
brought no article speak against the rest: see `Barren`.
"""

import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from archive.model.outcome import Outcome

MAX_SEGMENTS: Final = 24  # parts of a path; the deepest article address of 213 real ones has nine
MAX_REPEATS: Final = 4  # of one segment
MAX_BARREN: Final = 200  # addresses of one pattern, one after the other, without an article

# What a page of no use ends in. Failures of the network or the server say nothing about its address.
_BARREN: Final = frozenset(
    {
        Outcome.DUPLICATE,
        Outcome.HTTP_4XX,
        Outcome.NOT_ARTICLE,
        Outcome.NOT_HTML,
        Outcome.REDIRECT,
        Outcome.TOO_BIG,
        Outcome.TOO_SHORT,
    }
)
_FRUITFUL: Final = frozenset({Outcome.SAVED, Outcome.UNCHANGED, Outcome.UPDATED})
_DIGITS: Final = re.compile(r"\d+")


def reason(url: str) -> str | None:
    """Why a normal address is a trap; None where it is none."""
    path = urlsplit(url).path
    if path.count("/") < MAX_REPEATS:
        return None
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return f"its path has {len(segments)} parts"
    if not segments:
        return None
    segment, count = Counter(segments).most_common(1)[0]
    return f'its path repeats "{segment[:40]}" {count} times' if count >= MAX_REPEATS else None


def pattern(url: str) -> str:
    """What an address has in common with those that differ in numbers and names alone.

    `https://h.org/events/2026/11/24?day=3` and every other day of that calendar is `h.org/events/#/#/#?day`.
    """
    parts = urlsplit(url)
    segments = [_DIGITS.sub("#", segment) for segment in parts.path.split("/")]
    if not _DIGITS.fullmatch(parts.path.rpartition("/")[2]):
        segments[-1] = "*" if segments[-1] else ""
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{parts.netloc}{'/'.join(segments)}{'?' if names else ''}{'&'.join(names)}"


class Barren:
    """Counts, pattern by pattern, the addresses that brought no article since the last one that did."""

    def __init__(self, most: int = MAX_BARREN) -> None:
        self._most = most
        self._streaks: Counter[str] = Counter()

    def note(self, url: str, outcome: Outcome) -> None:
        """Take account of how an address ended."""
        if outcome in _FRUITFUL:
            self._streaks.pop(pattern(url), None)
        elif outcome in _BARREN:
            self._streaks[pattern(url)] += 1

    def verdict(self, url: str) -> str | None:
        """The pattern of an address that is not worth asking for today; None where it may be."""
        alike = pattern(url)
        return alike if self._streaks[alike] >= self._most else None
