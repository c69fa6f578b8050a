"""Facts of an article as words of the search index, so that narrowing a search costs no look at the articles. Pure.

They stand in a column of their own, which a search of the text leaves out. Each is one token for the tokenizer.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from archive.text import name_key

EVERY: Final = "all"  # stands in every article: "everything but ..." needs something to take from
UNDATED: Final = "undated"  # instead of year and month, where the page does not say when it was published
_MOST_MONTHS: Final = 24  # of a span that are named one by one; beyond it, whole years are
_DIGITS: Final = 16  # of the digest that stands for a name


def facts(
    source_id: int,
    language: str | None,
    published_at: str | None,
    kind: str,
    section: str | None,
    *,
    tags: Iterable[str],
) -> str:
    """Return the words for an article; `published_at` is ISO 8601 text."""
    of_names = [*([of_section(section)] if section else ()), *dict.fromkeys(map(of_tag, tags))]
    return " ".join(
        (EVERY, of_source(source_id), of_language(language), *_of_time(published_at), of_kind(kind), *of_names)
    )


def of_source(source_id: int) -> str:
    """Return the word for a source."""
    return f"s{source_id}"


def of_language(language: str | None) -> str:
    """Return the word for a language; one that is not known has a word too."""
    return "l" + _token(language or "")


def of_kind(kind: str) -> str:
    """Return the word for a kind of article."""
    return "k" + _token(kind)


def of_section(name: str) -> str:
    """Return the word for a section of an outlet; names that differ in capitals or accents alone have one."""
    return "r" + _digest(name)


def of_tag(name: str) -> str:
    """Return the word for a tag, as for a section."""
    return "t" + _digest(name)


def of_year(year: int) -> str:
    """Return the word for a year."""
    return f"y{year:04}"


def of_span(since: date | None, until: date | None, first: date, last: date) -> list[str]:
    """Return words of which every article of a span has one; others may have one too, within months of its ends.

    `first` and `last` are the days of the archive's first and last article. An empty list says that no article can be
    of the span.
    """
    begin, end = max(since or first, first), min(until or last, last)
    if begin > end:
        return []
    months = [divmod(number, 12) for number in range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)]
    if len(months) <= _MOST_MONTHS:
        return [f"m{year:04}{month + 1:02}" for year, month in months]
    return [of_year(year) for year in range(begin.year, end.year + 1)]


def _of_time(published_at: str | None) -> tuple[str, ...]:
    return ("y" + _token(published_at[:4]), "m" + _token(published_at[:7])) if published_at else (UNDATED,)


def _token(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _digest(name: str) -> str:
    return hashlib.sha256(name_key(name).encode()).hexdigest()[:_DIGITS]
