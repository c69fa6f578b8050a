"""Phrase tables: one phrase or pattern a line, sorted, so that a new one has one place and a change is one line."""

import re


def phrase_set(table: str) -> frozenset[str]:
    """Read a table of phrases separated by `|` or line breaks, as `clutter.draft.plain` writes them."""
    return frozenset(phrase for phrase in map(str.strip, re.split(r"[|\n]", table)) if phrase)


def alternatives(table: str) -> str:
    """Read a table of patterns, one a line, as one pattern that matches any of them."""
    return "(?:" + "|".join(line for line in map(str.strip, table.splitlines()) if line) + ")"


def pattern(table: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Compile a table of patterns, one a line, that ignores case; `before` and `after` hold for each of them."""
    return re.compile(before + alternatives(table) + after, re.IGNORECASE)
