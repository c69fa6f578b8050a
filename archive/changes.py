"""What a second look at an article found: (what is filed, what came now) -> a kind of change. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from archive.models import Article


class Change(StrEnum):
    """How a new version differs from the one before."""

    NEW = "new"
    SAME = "same"
    HEADLINE = "headline"  # only the title differs
    EDIT = "edit"  # the text differs
    COSMETIC = "cosmetic"  # only white space, punctuation or letter case differ
    REEXTRACTED = "reextracted"  # another extractor version made it: never counted as the publisher's edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What is filed of an article: its current version."""

    title: str
    text: str
    sha256: str
    extractor: str


def digest(title: str, text: str) -> str:
    """SHA-256 in hex of title and text, in Unicode form NFC: the identity of a version."""
    return hashlib.sha256(unicodedata.normalize("NFC", f"{title}\n\n{text}").encode()).hexdigest()


def decide(old: Filed | None, new: Article, extractor: str) -> Change:
    """Say how the article that came now differs from what is filed."""
    if old is None:
        return Change.NEW
    title = new.title or ""
    if digest(title, new.text) == old.sha256:
        return Change.SAME
    if old.extractor != extractor:
        return Change.REEXTRACTED
    if _letters(title) == _letters(old.title) and _letters(new.text) == _letters(old.text):
        return Change.COSMETIC
    return Change.HEADLINE if new.text == old.text else Change.EDIT


_NOT_LETTERS = re.compile(r"[\W_]+")


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
