"""Forms of a text by which texts are compared, and whether one ends as a sentence does. Pure.

It must not know lines, blocks, pages or rules: every chapter of the package may import it.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_CLOSERS: Final = "\"'”’»«›)]} "
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "፡", "።")
_QUOTES: Final = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("\u00ad", ""), ("\u200b", ""), ("\u00a0", " "))
_EDGES: Final = re.compile(r"^[^\w%@©$€£#&]+|[^\w%)*]+$")
_NO_LETTERS: Final = {code: None for code in range(128) if not chr(code).isalnum()}
_NOT_WORD: Final = re.compile(r"[\W_]+")


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends as a sentence does, quotation marks and brackets aside."""
    return text.rstrip(_CLOSERS)[-1:] in _STOPS


@lru_cache(maxsize=4096)  # a dozen steps ask for every line
def plain(text: str) -> str:
    """Return the text for comparing with a phrase: lower case, straight quotes, no punctuation at the edges."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for curly, straight in _QUOTES:
            text = text.replace(curly, straight)
        text = text.casefold().replace("i\u0307", "i")  # a Turkish capital I has its dot as a letter of its own
    return _EDGES.sub("", text.lower())


@lru_cache(maxsize=8192)  # a block is compared with every line, and a line with every rule
def key(text: str) -> str:
    """Return letters and digits alone, in lower case: two texts with one key are the same text."""
    if text.isascii():
        return text.lower().translate(_NO_LETTERS)
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
