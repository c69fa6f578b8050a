"""Marks around what matched in a title or a piece of text. Pure.

SQLite marks what its index matched. What it would take too long over (words by their beginnings) or cannot know (runs
of scripts without spaces, which are in the index as pairs) is found here, in the few texts that are shown.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from archive.search.query import Query, Term
from archive.storage.cjk_pairs import MARKS, runs

MARK: Final = "\x02"  # control characters: no stored text has them (archive.text.scrub), so no text can forge a mark
UNMARK: Final = "\x03"

_BEFORE: Final = 80  # characters shown before what matched
_SHOWN: Final = 300
_SEARCHED: Final = 50_000  # characters of a text that are looked through for a place to show
_PIECES: Final = re.compile(f"({MARK}[^{UNMARK}]*{UNMARK}?)")


def spans(marked: str) -> Iterator[tuple[str, bool]]:
    """Split a marked title or snippet into pieces of text, each with whether it matched."""
    for piece in _PIECES.split(marked):
        if piece:
            yield piece.strip(MARK + UNMARK), piece.startswith(MARK)


def mark_pattern(query: Query, *, spaced: bool) -> re.Pattern[str] | None:
    """Return what matches folded text where the query's words stand: runs without spaces, and words if `spaced`."""
    found: set[str] = set()
    for term in query.words:
        for run, unspaced in runs(term.text):
            if unspaced:
                found.add("".join(re.escape(char) + f"[{MARKS}]*" for char in run))
            elif spaced and (word := _word(run, term)):
                found.add(word)
    return re.compile("|".join(sorted(found, key=len, reverse=True))) if found else None


def with_marks(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text with marks around what matches; marks that it has are kept."""
    return "".join(f"{MARK}{piece}{UNMARK}" if hit else _marked(piece, pattern) for piece, hit in spans(text))


def around(text: str | None, pattern: re.Pattern[str]) -> str | None:
    """Return the part of a text in which the first match stands, or None."""
    match = pattern.search(folded(text[:_SEARCHED])) if text else None
    if text is None or match is None:
        return None
    begin = max(0, match.start() - _BEFORE)
    return ("…" if begin else "") + text[begin : begin + _SHOWN] + ("…" if begin + _SHOWN < len(text) else "")


def folded(text: str) -> str:
    """Return a text in lower case and without diacritics, character by character: every one keeps its place."""
    return "".join(map(_fold, text))


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0] if unicodedata.category(char)[0] == "L" and char < "\u1100" else char
    lower = base.lower()
    return lower if len(lower) == 1 else base


def _word(text: str, term: Term) -> str:
    """The pattern of a word or phrase: its tokens in a row, the last one by its beginning only if it is meant so."""
    tokens = re.findall(r"\w+", folded(text))
    ending = r"\w*" if term.prefix else r"(?!\w)"
    return r"(?<!\w)" + r"\W+".join(map(re.escape, tokens)) + ending if tokens else ""


def _marked(text: str, pattern: re.Pattern[str]) -> str:
    pieces: list[str] = []
    at = 0
    for match in pattern.finditer(folded(text)):
        pieces += [text[at : match.start()], MARK, text[match.start() : match.end()], UNMARK]
        at = match.end()
    return "".join((*pieces, text[at:]))
