"""The names of the months, as newspapers and feeds write them, and which month a name is. Knows nothing of dates.

They are the table `metadata/months`, from Unicode CLDR through Babel 2.18: wide and abbreviated, within a date and
alone; behind these a few that CLDR lacks: newspapers' abbreviations, spellings without accents, the names of the Levant
and the Maghreb. Of a form that means two months, OF_LANGUAGE holds the meaning of fewer readers: Croatian "listopad"
and "lip" (October and June there, November and July in Polish).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from pipelines.phrases import entries

MONTHS: Final[Mapping[str, str]] = {
    language: entry.text for entry in entries("metadata/months") for language in entry.languages
}
# The month that a form means in one language, if it means another month, or none, in the rest.
OF_LANGUAGE: Final[Mapping[str, Mapping[str, int]]] = {
    "hr": {"lip": 6, "lis": 10, "listopad": 10, "listopada": 10, "srp": 7},
    "pl": {"lip": 7},
}

# Marks dropped with the accents: the marks of Latin, Greek and Cyrillic, hamza and madda, the nukta.
_MARKS: Final = re.compile("[\u0300-\u036f\u0653-\u0655\u093c\u09bc]")
# Letters that Unicode does not take apart.
_PLAIN: Final = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae"})


def folded(name: str) -> str:
    """Return a name in lower case, without accents and without its full stop."""
    form = unicodedata.normalize("NFD", name.strip().rstrip(".").casefold())
    return _MARKS.sub("", form).translate(_PLAIN)


def _forms(table: str) -> Iterator[tuple[str, int]]:
    for number, forms in enumerate(table.split(), 1):
        yield from ((folded(form), number) for form in forms.split("/") if form != "-")


@lru_cache(maxsize=128)
def _of_language(tag: str | None) -> Mapping[str, int]:
    language = (tag or "").partition("-")[0].lower()
    return {**dict(_forms(MONTHS.get(language, ""))), **OF_LANGUAGE.get(language, {})}


_NUMBERS: Final = dict(form for table in MONTHS.values() for form in _forms(table))
_MEANINGS: Final[Mapping[str, frozenset[int]]] = {
    form: frozenset(
        _of_language(language)[form] for language in (*MONTHS, *OF_LANGUAGE) if form in _of_language(language)
    )
    for form in {form for each in OF_LANGUAGE.values() for form in each}
}


@lru_cache(maxsize=4096)
def month_of(name: str, language: str | None = None) -> int:
    """Return the number of a month by its whole name or its usual short form; 0 if the name is none.

    With or without a full stop, in any case, with its accents or without. Never by its first letters: "marras" is
    November in Finnish, and "mar" March in a dozen other languages. `language` is a BCP 47 tag; it decides between two
    languages that use one name for two months. Without it such a name is the month of more readers, see `is_certain`.
    """
    plain = folded(name)
    return _of_language(language).get(plain) or _NUMBERS.get(plain, 0)


def is_certain(name: str, language: str | None = None) -> bool:
    """Tell whether a name means one month alone, in that language or in all of them."""
    plain = folded(name)
    return plain in _of_language(language) or len(_MEANINGS.get(plain, ())) < 2
