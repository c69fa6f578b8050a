"""Phrase tables: one phrase or pattern a line, sorted, so that a new one has one place and a change is one line.

The tables of phrases are files in `tables/`, in UTF-8. A line is an entry of three fields with ` | ` between them:

    da,nb | wordpress | skriv en kommentar

the language (BCP 47; several with commas, `*` for any), where the entry came from, and the phrase or pattern: whether a
file holds the one or the other, and which text it is compared with, its first line tells. The lines that follow are
sorted by code point, as `LC_ALL=C sort` does. All languages apply to any page: the declared language is often not
that of its theme, its widgets and its readers. The origin of an entry is one of `ORIGINS`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipelines.compare import plain

ORIGINS: Final = {
    "agency": "names and habits of news agencies and picture agencies",
    "common": "common wording of news sites in that language, known to the contributor",
    "disqus": "Disqus and its translations",
    "drupal": "Drupal core, its contributed modules, and their translations",
    "instagram": "Instagram's embedded posts and their translations",
    "jetpack": "Jetpack by WordPress.com and its translations",
    "labelled": "on pages of article-extraction-benchmark, fundus-evaluation or fundus, outside their labelled text",
    "wordpress": "WordPress core and its translations",
}

TABLES: Final = Path(__file__).with_name("tables")
_FIELDS: Final = 2  # after the language
_ANY: Final = ""
_ALL: Final[list["Patterns"]] = []  # all that modules have read
_NOTHING: Final = re.compile(r"(?!)")
_GROUP: Final = re.compile(r"\(\?:([^()\[\]\\]+)\)(?![?*+{])")
_BEGINS: Final = re.compile(r"[^\W_](?![?*+{|])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a table: the languages it is written in (empty for any), where it came from, and its text."""

    languages: frozenset[str]
    origin: str
    text: str


def entries(name: str) -> tuple[Entry, ...]:
    """Read a table file. Raises `ValueError`, which names file and line, where a line has no three fields."""
    path = TABLES / f"{name}.txt"
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return tuple(
        read_entry(line, f"{path.name}:{number}") for number, line in lines if line and not line.startswith("#")
    )


def read_entry(line: str, where: str) -> Entry:
    """Read a line of a table; `where` names it in an error, as file and line number."""
    languages, *fields = line.split(" | ", 2)
    if len(fields) != _FIELDS:
        raise ValueError(f"{where}: {line!r} is not `language | origin | text`")
    origin, text = fields
    return Entry(languages=frozenset(languages.split(",")) - {"*"}, origin=origin, text=text)


def phrases(name: str) -> frozenset[str]:
    """Read a table file of phrases, as `clutter.draft.plain` writes them."""
    return frozenset(map(plain, _texts(name)))


def _texts(name: str) -> list[str]:
    """Read the third fields of a table file; `entries` makes seven thousand objects, which takes 20 ms."""
    lines = (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" | ", 2)[2] for line in lines if not line.startswith("#")]


def table(name: str) -> str:
    """Read a table file of patterns as a table for `alternatives` and `pattern`."""
    return "\n".join(sorted(map(_as_plain, _texts(name))))


def in_order(name: str) -> str:
    """Read a table file of patterns that are tried in the order of its lines, for `alternatives` and `pattern`."""
    return "\n".join(_texts(name))


def _as_plain(entry: str) -> str:
    """Make a vowel sign at the end optional: `plain` strips it from the edges, as it is no letter."""
    bare = unicodedata.normalize("NFC", entry)
    end = len(bare)
    while end and unicodedata.category(bare[end - 1]).startswith("M"):
        end -= 1
    return bare if end == len(bare) else f"{bare[:end]}(?:{bare[end:]})?"


def phrase_set(table: str) -> frozenset[str]:
    """Read a table of phrases separated by `|` or line breaks, as `clutter.draft.plain` writes them."""
    return frozenset(phrase for phrase in map(str.strip, re.split(r"[|\n]", table)) if phrase)


def alternatives(table: str) -> str:
    """Read a table of patterns, one a line, as one pattern that matches any of them."""
    return "(?:" + "|".join(line for line in map(str.strip, table.splitlines()) if line) + ")"


def pattern(table: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Compile a table of patterns, one a line, that ignores case; `before` and `after` hold for each of them."""
    return re.compile(before + alternatives(table) + after, re.IGNORECASE)


class Patterns:
    """A table file of patterns that ignore case; `before` and `after` hold for each of them.

    A text is compared with those that may begin with its first letter. They are compiled on first use: a page is
    written in one language, and the patterns of all of them take 0.4 s to compile.
    """

    def __init__(self, name: str, before: str = "", after: str = "") -> None:
        self._before, self._after = before, after
        self._tables: dict[str, list[str]] = {}
        self._compiled: dict[str, re.Pattern[str]] = {}
        for line in table(name).splitlines():
            for letter in _first_letters(line):
                self._tables.setdefault(letter, []).append(line)
        _ALL.append(self)

    def compile(self) -> None:
        """Compile all patterns, for a process that others are forked from."""
        for letter in self._tables:
            self._of(letter)

    def match(self, text: str) -> re.Match[str] | None:
        """Match a pattern at the beginning of a text."""
        return self._of(_first_letter(text)).match(text) or self._of(_ANY).match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match a pattern with the whole of a text."""
        return self._of(_first_letter(text)).fullmatch(text) or self._of(_ANY).fullmatch(text)

    def _of(self, letter: str) -> re.Pattern[str]:
        if letter not in self._tables:
            return _NOTHING
        if letter not in self._compiled:
            self._compiled[letter] = pattern("\n".join(self._tables[letter]), self._before, self._after)
        return self._compiled[letter]


@lru_cache(maxsize=4096)  # a dozen tables need the first letter of every line
def _first_letter(text: str) -> str:
    return next(filter(str.isalnum, text), "").casefold()[:1]


def compile_all() -> None:
    """Compile every table of patterns that a module has read."""
    for patterns in _ALL:
        patterns.compile()


def _first_letters(entry: str) -> frozenset[str]:
    """Return the letters that a matching text may begin with; the empty string if the pattern does not show them."""
    group = _GROUP.match(entry)
    starts = group[1].split("|") if group else [entry]
    return frozenset(start[0].casefold()[0] if _BEGINS.match(start) else _ANY for start in starts)
