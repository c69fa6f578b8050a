"""What landed migrations need beside SQL, as it was when they landed. Never edited, never used by anything else.

The functions of today (keys of URLs, fact tokens, CJK pairs) go on changing; these copies do not, so that an archive
made today and one brought up to date have the same tables. They import nothing of the program.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

# m005_revisits: what the URLs of one article have in common -----------------------------------------------------------

_HOST: Final = re.compile(r"(?:https?:)?//\[?([^/\]?#:]*(?::[^/\]?#]*(?=\]))?)")
_TWIN_PREFIXES: Final = ("www.", "m.", "amp.", "mobile.")
_FORMS: Final = (
    (re.compile(r"/amp/?$"), ""),
    (re.compile(r"^/amp/(?=.*[^/])"), "/"),
    (re.compile(r"\.amp(?=\.html?$)"), ""),
    (re.compile(r"\.amp$"), ""),
    (re.compile(r"-amp(?=\.html?$)"), ""),
    (re.compile(r"/print/?$"), ""),
    (re.compile(r"^/print/(?=.*[^/])"), "/"),
    (re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$"), ""),
    (re.compile(r"/+$"), ""),
)
_PARAMETERS: Final = {
    "amp": frozenset({"", "1", "true", "yes"}),
    "amp_js_v": frozenset[str](),
    "outputtype": frozenset({"amp", "print"}),
    "print": frozenset({"", "1", "true", "yes"}),
    "printable": frozenset({"", "1", "true", "yes"}),
    "view": frozenset({"amp", "print"}),
}


def key(url: str) -> str:
    """What the URLs of one article have in common, as of m005."""
    parts = urlsplit(url)
    path = parts.path
    for pattern, instead in _FORMS:
        path = pattern.sub(instead, path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_form(pair))
    return f"{_site(url)}{path}" + (f"?{query}" if query else "")


def _is_form(pair: str) -> bool:
    name, _, value = pair.partition("=")
    values = _PARAMETERS.get(name.lower())
    return values is not None and (not values or value.lower() in values)


def _site(url: str) -> str:
    match = _HOST.match(url)
    short = match[1] if match else ""
    while (cut := next((p for p in _TWIN_PREFIXES if short.startswith(p)), None)) and "." in short.removeprefix(cut):
        short = short.removeprefix(cut)
    return short


# m008_counts: facts of an article as words, pairs of characters of scripts without spaces -----------------------------

COUNTED: Final = (
    "articles", "versions", "removed", "images", "urls", "fetches", "frontier", "authors", "article_authors", "tags",
    "article_tags", "listed",
)  # fmt: skip
_LETTERS: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f"
)
_MARKS: Final = "".join(
    chr(code)
    for first, last in ((0x0E31, 0x0E4E), (0x0EB1, 0x0ECE), (0x102B, 0x108F), (0x17B4, 0x17D3), (0x3099, 0x309A))
    for code in range(first, last + 1)
    if unicodedata.category(chr(code))[0] == "M"
)
_UNMARKED: Final = dict.fromkeys(map(ord, _MARKS))
_RUN: Final = re.compile(f"[{_LETTERS}]+")
_COMPATIBLE: Final = re.compile(f"[{_LETTERS}\u1100-\u11ff\u3131-\u318e\uff66-\uff9f]")
_TOUCHING: Final = re.compile(f"[^\\W{_LETTERS}]+(?=[{_LETTERS}])|(?<=[{_LETTERS}])[^\\W{_LETTERS}]+")


def facts(source_id: int, language: str | None, sort_at: str, kind: str) -> str:
    """Words of the search index for the facts of an article, as of m008."""
    parts = (f"s{source_id}", "l" + _token(language or ""), "y" + _token(sort_at[:4]), "m" + _token(sort_at[:7]))
    return " ".join(("all", *parts, "k" + _token(kind)))


def _token(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def grams(text: str) -> str:
    """Overlapping pairs of characters of scripts without spaces, as of m008."""
    if text.isascii() or not _COMPATIBLE.search(text):
        return ""
    normal = unicodedata.normalize("NFKC", text)
    found: list[str] = []
    for run in _RUN.finditer(normal):
        letters = run[0].translate(_UNMARKED)
        found += [letters[at : at + 2] for at in range(len(letters) - 1)]
        found += letters[-1:]
    found += _TOUCHING.findall(normal)
    return " ".join(found)


def caption_grams(caption: str | None, credit: str | None) -> str:
    """The same of a picture's caption and credit, as of m008."""
    return " ".join(filter(None, (grams(text) for text in (caption, credit) if text)))


# m011_undated: facts with sections and tags, without a time for what is not dated; digests of texts -------------------


def facts_of(
    source_id: int,
    language: str | None,
    published_at: str | None,
    kind: str,
    section: str | None,
    *,
    tags: Iterable[str],
) -> str:
    """Words of the search index for the facts of an article, as of m011."""
    times = ("y" + _token(published_at[:4]), "m" + _token(published_at[:7])) if published_at else ("undated",)
    names = (*(("r" + _name(section),) if section else ()), *dict.fromkeys("t" + _name(tag) for tag in tags))
    return " ".join(("all", f"s{source_id}", "l" + _token(language or ""), *times, "k" + _token(kind), *names))


def _name(text: str) -> str:
    plain = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    normal = unicodedata.normalize("NFKC", plain).casefold()
    key = " ".join("".join(map(_bare, normal)).split())
    return hashlib.sha256(key.encode()).hexdigest()[:16]


_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _bare(char: str) -> str:
    if "\u0300" <= char <= "\u036f":
        return ""
    return unicodedata.normalize("NFD", char)[0] if char < "\u0590" or "\u1e00" <= char < "\u2000" else char


def text_digest(text: str) -> str:
    """SHA-256 of the folded words of a text, as of m011."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return hashlib.sha256(" ".join(words).encode()).hexdigest()
