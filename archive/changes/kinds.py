"""The kind of change between a filed article and a new reading of it. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import Indel

from archive.changes import corrections
from archive.changes.learned_cuts import as_it_stood
from archive.changes.noise import quiet
from archive.model.article import Access, Article, Clutter, ClutterKind
from archive.text import count_words

_TOKEN: Final = re.compile(r"\w+")


class Change(StrEnum):
    """How a new version differs from the one before."""

    NEW = "new"
    SAME = "same"
    HEADLINE = "headline"  # only the title differs
    CORRECTION = "correction"  # a note says that something was corrected
    EDIT = "edit"  # the text differs
    COSMETIC = "cosmetic"  # only white space, punctuation or letter case differ
    TRUNCATED = "truncated"  # only the beginning is left, behind a wall. Kept, but it never replaces the article
    REEXTRACTED = "reextracted"  # made so by the program, with another extractor, rules, or what it learned: no edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What is filed of an article: its current version and what it was read with.

    `cuts` are those for learned lines and correction notes, `body` is the digest of the page it was read in, `rules`
    that of the site rules (None: filed before that was kept).
    """

    title: str
    text: str
    sha256: str
    extractor: str
    cuts: tuple[Clutter, ...] = ()
    body: str | None = None
    rules: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A new reading: the article, its cuts, the digest of its page, and what it was read with."""

    article: Article
    extractor: str
    cuts: tuple[Clutter, ...] = ()
    body: str | None = None
    rules: str | None = None


def digest(title: str, text: str) -> str:
    """Return the SHA-256 in hex of title and text, in Unicode form NFC: the identity of a version."""
    return hashlib.sha256(unicodedata.normalize("NFC", f"{title}\n\n{text}").encode()).hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 in hex of the folded words of a text without its title: shared by copies with other titles."""
    return hashlib.sha256(" ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())).encode()).hexdigest()


def decide(old: Filed | None, new: Reading) -> Change:
    """Decide how a new reading differs from the filed version.

    Texts are compared as they were before learned lines were cut (`archive.changes.learned_cuts`): the program learns
    and forgets between two fetches, and the paper has done nothing. The same body is then the same article; what was
    learned applies when a changed page is read. Counters and relative times are nobody's edit (see `noise`).
    """
    if old is None:
        return Change.NEW
    title = new.article.title or ""
    if digest(title, new.article.text) == old.sha256:
        return Change.SAME
    if old.extractor != new.extractor or (old.rules is not None and old.rules != new.rules):
        return Change.REEXTRACTED
    before = "\n".join(as_it_stood(old.text.split("\n"), old.cuts))
    now = "\n".join(as_it_stood(new.article.paragraphs, new.cuts))
    if (title, now) == (old.title, before):
        return Change.SAME if new.body is not None and new.body == old.body else Change.REEXTRACTED
    return _edited(old, new, (old.title, quiet(before)), (title, quiet(now)))


def _edited(old: Filed, new: Reading, before: tuple[str, str], now: tuple[str, str]) -> Change:
    if now == before:
        return Change.SAME
    if _is_truncated(new.article, before[1], now[1]):
        return Change.TRUNCATED
    if _notes(new.article.paragraphs, new.cuts) - _notes(old.text.split("\n"), old.cuts):
        return Change.CORRECTION
    if _letters(now[0]) == _letters(before[0]) and _letters(now[1]) == _letters(before[1]):
        return Change.COSMETIC
    return Change.HEADLINE if now[1] == before[1] else Change.EDIT


def changed_words(before: str, now: str) -> int:
    """Count the words removed and added on the shortest way from one text to the other (Indel distance)."""
    return int(Indel.distance(words(before), words(now)))


WORD: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+|[^\w\s]"
)


def words(text: str) -> list[str]:
    """Split a text into words and signs; in scripts without spaces, into characters."""
    return WORD.findall(text)


_WALLED: Final = frozenset({Access.METERED, Access.REGISTRATION, Access.PAYWALLED})
_SHORTER: Final = 0.7  # of the words: what a teaser leaves is less


def _is_truncated(article: Article, before: str, now: str) -> bool:
    """Tell whether only the beginning of the text is left, and the page says that the rest is behind a wall."""
    if article.access not in _WALLED or count_words(now) > _SHORTER * count_words(before):
        return False
    *whole, last = now.split("\n")
    paragraphs = before.split("\n")
    return whole == paragraphs[: len(whole)] and _begins(paragraphs[len(whole) :][:1], last)


def _begins(paragraphs: list[str], last: str) -> bool:
    cut = last.rstrip(" .…")
    return bool(paragraphs) and paragraphs[0].startswith(cut)


def _notes(paragraphs: tuple[str, ...] | list[str], cuts: tuple[Clutter, ...]) -> frozenset[str]:
    cut = frozenset(each.text for each in cuts if each.kind is ClutterKind.CORRECTION)
    return frozenset(_letters(note) for note in corrections.notes(paragraphs) | cut)


_NOT_LETTERS = re.compile(r"[\W_]+")


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
