"""Scripts written without spaces, cut into pieces that a search index can hold: overlapping pairs of characters. Pure.

SQLite's tokenizer takes a whole run of Chinese, Japanese or Thai as one word, so that nothing inside it is found. Pairs
(bigrams) find every word of two characters or more exactly, and need no dictionary; see Nie, Gao, Zhang and Zhou, "On
the use of words and n-grams for Chinese information retrieval" (IRAL 2000), and Lucene's CJKAnalyzer. Korean is cut
too: its particles hang on its words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# Hangul, kana, Han, Thai, Lao, Myanmar, Khmer; with the marks that stand above and below their letters. Half-width kana
# and other forms for compatibility become these by NFKC.
_LETTERS: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f"
)
# Those of them that stand above and below letters; the tokenizer would cut at them.
MARKS: Final = "".join(
    chr(code)
    for first, last in ((0x0E31, 0x0E4E), (0x0EB1, 0x0ECE), (0x102B, 0x108F), (0x17B4, 0x17D3), (0x3099, 0x309A))
    for code in range(first, last + 1)
    if unicodedata.category(chr(code))[0] == "M"
)
_RUN: Final = re.compile(f"[{_LETTERS}]+")
_COMPATIBLE: Final = re.compile(f"[{_LETTERS}\u1100-\u11ff\u3131-\u318e\uff66-\uff9f]")
# A word of other letters that touches such a run: the tokenizer takes both for one word ("iPhone手机").
_TOUCHING: Final = re.compile(f"[^\\W{_LETTERS}]+(?=[{_LETTERS}])|(?<=[{_LETTERS}])[^\\W{_LETTERS}]+")


def grams(text: str) -> str:
    """Return what is to be indexed of a text, separated by spaces; empty where no such script occurs in it.

    A run of n characters gives its n - 1 pairs and its last character, so that each is the beginning of a piece.
    """
    if text.isascii() or not _COMPATIBLE.search(text):
        return ""
    normal = unicodedata.normalize("NFKC", text)
    found: list[str] = []
    for run in _RUN.finditer(normal):
        letters = bare(run[0])
        found += pairs(letters)
        found += letters[-1:]
    found += _TOUCHING.findall(normal)
    return " ".join(found)


def caption_grams(caption: str | None, credit: str | None) -> str:
    """Return what is to be indexed of a picture's caption and credit."""
    return " ".join(filter(None, (grams(text) for text in (caption, credit) if text)))


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Split what somebody looks for into runs of such scripts (True) and the rest between them (False)."""
    normal = unicodedata.normalize("NFKC", text) if _COMPATIBLE.search(text) else text
    at = 0
    for run in _RUN.finditer(normal):
        if rest := normal[at : run.start()].strip():
            yield rest, False
        if letters := bare(run[0]):
            yield letters, True
        at = run.end()
    if rest := normal[at:].strip():
        yield rest, False


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of a run."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


def bare(run: str) -> str:
    """Return a run without its marks."""
    return run.translate(_UNMARKED)


_UNMARKED: Final = dict.fromkeys(map(ord, MARKS))
