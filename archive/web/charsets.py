"""Encodings that pages and listings are written in, by the names of Python's codecs. Pure.

Python knows more by name than the web does: transformations (zlib, rot13), escapes (unicode_escape, punycode, utf-7),
EBCDIC, and `undefined`, which is what a script writes that has no charset to write. None of them is for a page.
"""

import re

# After https://encoding.spec.whatwg.org/#names-and-labels, with what Python can decode besides of the same families.
_OF_PAGES = re.compile(
    r"utf-8|ascii|big5|cp(?!037|273|424|500|875|1026|1140)\d|euc_|gb|hz$|iso2022|iso8859|johab|koi8|kz1048|latin|mac|"
    r"ptcp|shift_jis|tis",
    re.IGNORECASE,
)


def is_of_pages(codec: str) -> bool:
    """Whether a page that says it is in this encoding can be. UTF-16 and UTF-32 are told by their bytes."""
    return bool(_OF_PAGES.match(codec))
