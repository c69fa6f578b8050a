"""What names that people type mean in an archive: sources by what is shown of them, and other facts of articles.

It reads the archive. A name that is unknown, or that two sources share, raises UsageError: it would otherwise look like
an archive without such articles.
"""

import difflib
import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.model.article import PageKind
from archive.search.query import Term
from archive.storage import fact_tokens
from archive.storage.rows import first, rows
from archive.text import name_key

KINDS: Final = tuple(str(kind) for kind in PageKind)[:6]  # those that are filed
UNDATED: Final = "none"  # the year of articles whose pages do not say when they were published
_NAMES_SHOWN: Final = 12  # known names in an error message: a screen has room for a dozen, an archive for thousands
_NEAR_AMONG: Final = 5_000  # tags or sections that are compared with one that is unknown
_OF_LATE: Final = 20  # articles of a source whose pages are asked what the site calls itself


class Names:
    """The names of one archive, read when they are first asked for."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    @cached_property
    def sources(self) -> tuple[Any, ...]:
        """The rows of all sources: id, key, name, url."""
        return tuple(rows(self._conn, "SELECT id, key, name, url FROM sources ORDER BY key"))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each source by its id of cuttings.toml."""
        return {row["key"]: row["id"] for row in self.sources}

    def source(self, name: str) -> str:
        """Return the id of the source that is meant: by its id, its name, its host, or what its site calls itself."""
        if name in self.numbers:
            return name
        for known in (self._shown, self._site_names):
            keys = sorted(known.get(_source_key(name), ()))
            if len(keys) > 1:
                raise UsageError(f'"{name}" is the name of {len(keys)} sources; name one by its id: {_listed(keys)}')
            if keys:
                return keys[0]
        near = self._near(_source_key(name))
        raise UsageError(_unknown("source", name, near, list(self.numbers)))

    def language(self, name: str) -> str:
        """Return the code of a language."""
        known = languages(self._conn)
        code = name.strip().lower()
        if code not in known:
            raise UsageError(_unknown("language", name, difflib.get_close_matches(code, known), known))
        return code

    def kind(self, name: str) -> str:
        """Return a kind of article."""
        kind = name.strip().lower()
        if kind not in KINDS:
            raise UsageError(f'there is no kind "{name}" of articles; there are {", ".join(KINDS)}')
        return kind

    def year(self, name: str) -> str:
        """Return a year of four digits, or UNDATED."""
        year = name.strip().lower()
        if year != UNDATED and not re.fullmatch("[0-9]{4}", year):
            raise UsageError(
                f'year: "{name}" is not a year; write it as year:2026, or as year:{UNDATED} for what is not dated'
            )
        return year

    def token(self, term: Term) -> str:
        """Return the word of `archive.storage.fact_tokens` for a fact that was typed."""
        if term.field in {"tag", "section"}:
            return self._filed(term)
        if term.field == "source":
            return fact_tokens.of_source(self.numbers[self.source(term.text)])
        if term.field == "language":
            return fact_tokens.of_language(self.language(term.text))
        if term.field == "kind":
            return fact_tokens.of_kind(self.kind(term.text))
        return of_year(self.year(term.text))

    def _filed(self, term: Term) -> str:
        """The word for a tag or section. What articles of today have is looked up in the index, not in the names."""
        what = str(term.field)
        token = fact_tokens.of_tag(term.text) if what == "tag" else fact_tokens.of_section(term.text)
        if first(
            self._conn, "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT 1", (f'{{facts}} : "{token}"',)
        ):
            return token
        sql = "SELECT name FROM tags LIMIT ?" if what == "tag" else _SECTIONS
        by_key = {name_key(row[0]): row[0] for row in rows(self._conn, sql, (_NEAR_AMONG,))}
        near = difflib.get_close_matches(name_key(term.text), by_key, n=_NAMES_SHOWN, cutoff=0.6)
        raise UsageError(_unknown(what, term.text, [by_key[key] for key in near], sorted(by_key.values())))

    @cached_property
    def _shown(self) -> dict[str, set[str]]:
        """Keys of sources by id, name and host, folded."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.sources:
            for name in (row["key"], row["name"], _host(row["url"])):
                if key := _source_key(name or ""):
                    found[key].add(row["key"])
        return found

    @cached_property
    def _site_names(self) -> dict[str, set[str]]:
        """Keys of sources by what their latest pages call their site; read only where no other name fits."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in rows(self._conn, _SITE_NAMES, (_OF_LATE,)):
            found[_source_key(row["site_name"])].add(row["key"])
        return found

    def _near(self, key: str) -> list[str]:
        names = {**{_source_key(row["name"]): row["key"] for row in self.sources},
                 **{_source_key(row["key"]): row["key"] for row in self.sources}}  # fmt: skip
        near = difflib.get_close_matches(key, names, n=_NAMES_SHOWN, cutoff=0.6)
        return list(dict.fromkeys(names[each] for each in near))


def of_year(year: str) -> str:
    """Return the word of `archive.storage.fact_tokens` for a year, or for articles that are not dated."""
    return fact_tokens.UNDATED if year == UNDATED else fact_tokens.of_year(int(year))


def languages(conn: sqlite3.Connection) -> list[str]:
    """Return the languages of the archive's articles, sorted.

    A loose index scan: one seek in the index a language, where DISTINCT would read every entry of it.
    """
    return [row["language"] for row in rows(conn, _LANGUAGES)]


def _source_key(name: str) -> str:
    """What names of sources are compared by; of a URL or a host, the host."""
    key = name_key(name)
    host = _host(key) if "://" in key else key
    return (host or key).removeprefix("www.")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _unknown(what: str, name: str, near: Iterable[str], known: Collection[str]) -> str:
    if not known:
        none = f"articles with a {what}" if what in {"tag", "section"} else "articles"
        return f'there is no {what} "{name}": the archive has no {none} yet'
    shown = list(dict.fromkeys([*near, *known]))[:_NAMES_SHOWN]
    more = f" and {len(known) - len(shown):,} more" if len(known) > len(shown) else ""
    return f'there is no {what} "{name}" in this archive; known are {", ".join(shown)}{more}'


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _NAMES_SHOWN:,} more" if len(keys) > _NAMES_SHOWN else ""
    return ", ".join(keys[:_NAMES_SHOWN]) + more


_SITE_NAMES: Final = """
    SELECT DISTINCT s.key, a.site_name FROM sources AS s JOIN articles AS a ON a.id IN (
        SELECT id FROM articles INDEXED BY articles_source WHERE source_id = s.id ORDER BY id DESC LIMIT ?
    ) WHERE a.site_name IS NOT NULL
"""
_SECTIONS: Final = """
    SELECT DISTINCT section FROM (SELECT section FROM articles ORDER BY id DESC LIMIT ?) WHERE section IS NOT NULL
"""
_LANGUAGES: Final = """
    WITH RECURSIVE known(language) AS (
        SELECT min(language) FROM articles
        UNION ALL
        SELECT (SELECT min(language) FROM articles WHERE language > known.language)
        FROM known WHERE known.language IS NOT NULL
    )
    SELECT language FROM known WHERE language IS NOT NULL
"""
