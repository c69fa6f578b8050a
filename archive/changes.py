"""What a second look at an article found: (what is filed, what came now) -> a kind of change. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from archive.boilerplate import as_it_stood
from archive.models import Article, Clutter


class Change(StrEnum):
    """How a new version differs from the one before."""

    NEW = "new"
    SAME = "same"
    HEADLINE = "headline"  # only the title differs
    EDIT = "edit"  # the text differs
    COSMETIC = "cosmetic"  # only white space, punctuation or letter case differ
    REEXTRACTED = "reextracted"  # made so by the program, with another extractor or by what it has learned: no edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What is filed of an article: its current version, the cuts from it, and the digest of the body it was read in."""

    title: str
    text: str
    sha256: str
    extractor: str
    cuts: tuple[Clutter, ...] = ()
    body: str | None = None


def digest(title: str, text: str) -> str:
    """SHA-256 in hex of title and text, in Unicode form NFC: the identity of a version."""
    return hashlib.sha256(unicodedata.normalize("NFC", f"{title}\n\n{text}").encode()).hexdigest()


def decide(
    old: Filed | None, new: Article, extractor: str, *, cuts: tuple[Clutter, ...] = (), body: str | None = None
) -> Change:
    """Say how the article that came now, with its cuts and the digest of its body, differs from what is filed.

    Texts are compared as they stood before lines were cut that the program has learned (`archive.boilerplate`): it
    learns and forgets between two looks, and the paper has done nothing. The same body is then the same article; what
    was learned waits for a page that is read anew.
    """
    if old is None:
        return Change.NEW
    title = new.title or ""
    if digest(title, new.text) == old.sha256:
        return Change.SAME
    if old.extractor != extractor:
        return Change.REEXTRACTED
    before = "\n".join(as_it_stood(old.text.split("\n"), old.cuts))
    now = "\n".join(as_it_stood(new.paragraphs, cuts))
    if (title, now) == (old.title, before):
        return Change.SAME if body is not None and body == old.body else Change.REEXTRACTED
    if _letters(title) == _letters(old.title) and _letters(now) == _letters(before):
        return Change.COSMETIC
    return Change.HEADLINE if now == before else Change.EDIT


_NOT_LETTERS = re.compile(r"[\W_]+")


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
