"""What people type into a search box, made an expression of SQLite's FTS5 that cannot fail. Pure.

Words, "phrases", begin*, -not, and fields: `title:`, `author:`, `source:`, `language:`, `year:`, `kind:`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archive import terms
from archive.errors import UsageError
from archive.grams import pairs, runs
from archive.text import scrub

MAX_QUERY: Final = 1_000  # characters; more was pasted by accident
# Wanted, and as many unwanted: FTS5 refuses expressions nested deeper than 256, and nobody types 32 words.
MAX_TERMS: Final = 32

_LEAST_BEGINNING: Final = 3  # letters of begin*
# As typed -> what is meant. The first two are of the text, the others are facts that narrow a search.
FIELDS: Final = {
    "title": "title",
    "author": "author",
    "byline": "author",
    "source": "source",
    "language": "language",
    "lang": "language",
    "year": "year",
    "kind": "kind",
}
_OF_TEXT: Final = frozenset({"title", "author"})
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | {"−": "-"})
_PIECE: Final = re.compile(
    rf"(?P<minus>-)?(?:(?P<field>{'|'.join(FIELDS)}):(?=[^\s]))?"
    r'(?:"(?P<phrase>[^"]*)(?:"|$)(?P<star>\*)?|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
_NOT_THE_TEXT: Final = "- facts"
_GRAMS: Final = {None: "title_grams grams", "title": "title_grams"}
_COLUMN: Final = {"title": "title", "author": "byline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase; `prefix` matches words that begin so. `field` is a value of FIELDS, None for all the text."""

    text: str
    prefix: bool = False
    field: str | None = None

    @property
    def is_fact(self) -> bool:
        """Whether it narrows the search by a fact of the article."""
        return self.field is not None and self.field not in _OF_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to find and what not. `typed` is False where nothing was typed: then every article is meant."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    typed: bool = False

    @property
    def unusable(self) -> bool:
        """Whether something was typed, but no word in it ("?!")."""
        return self.typed and not self.wanted and not self.unwanted

    @property
    def words(self) -> tuple[Term, ...]:
        """What is wanted of the text."""
        return tuple(term for term in self.wanted if not term.is_fact)

    def facts(self, field: str) -> tuple[str, ...]:
        """What is wanted of a fact; several mean one of them."""
        return tuple(dict.fromkeys(term.text for term in self.wanted if term.field == field))


def parse(text: str) -> Query:
    """Read what a person typed. Total: every text is a query."""
    typed = scrub(text).strip()[:MAX_QUERY]
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for piece in _PIECE.finditer(typed.translate(_QUOTES)):
        term, kept = _term(piece), unwanted if piece["minus"] else wanted
        if _has_token(term.text) and len(kept) < MAX_TERMS:
            kept.append(term)
    return Query(wanted=tuple(wanted), unwanted=tuple(unwanted), typed=bool(text.strip()))


def expression(query: Query, sources: Mapping[str, int], narrow: Iterable[Iterable[str]] = ()) -> str | None:
    """Return the FTS5 expression; None where it would be that of every article.

    `sources` are the archive's, key to number. `narrow` are lists of `archive.terms`, of each of which one is wanted.
    Every term stands in quotation marks, so nothing in it is syntax (https://sqlite.org/fts5.html, section 3).
    """
    wanted = [of_text(term) for term in query.words]
    wanted += [_any_fact(words) for words in narrow]
    for field in ("source", "language", "year", "kind"):
        if asked := [term for term in query.wanted if term.field == field]:
            wanted.append(_any_fact([_word_of(term, sources) for term in asked]))
    unwanted = [_any_fact([_word_of(term, sources)]) if term.is_fact else of_text(term) for term in query.unwanted]
    if not wanted and not unwanted:
        return None
    return _without(wanted or [_any_fact([terms.EVERY])], unwanted)


def of_text(term: Term) -> str:
    """Return the expression of one term of the text."""
    field = term.field if term.field in _OF_TEXT else None
    return _of_runs(term, lambda text: _spaced(text, field), lambda run: _unspaced(run, field))


def caption_expression(query: Query) -> str | None:
    """Return the expression for the index of captions; None where nothing was typed.

    Raises UsageError for what captions cannot be searched by.
    """
    if named := [term.field for term in (*query.wanted, *query.unwanted) if term.field]:
        raise UsageError(f"captions have no field {named[0]}: give words of the caption or the credit")
    if query.unwanted and not query.wanted:
        raise UsageError("give a word that is to be in the caption, beside those that are not")
    wanted, unwanted = (
        [_of_runs(term, _quoted, lambda run: f"{{grams}} : {_of_pairs(run)}") for term in terms]
        for terms in (query.words, query.unwanted)
    )
    return _without(wanted, unwanted) if wanted else None


def _of_runs(term: Term, spaced: Callable[[str], str], unspaced: Callable[[str], str]) -> str:
    """The expression of a term, each of whose runs of one kind of script has an expression of its own."""
    parts = [
        (unspaced if is_unspaced else spaced)(run)
        for run, is_unspaced in runs(term.text)
        if is_unspaced or _has_token(run)
    ] or [spaced(term.text)]
    if term.prefix and parts[-1].endswith('"'):
        parts[-1] += "*"
    return f"({' AND '.join(parts)})" if len(parts) > 1 else parts[0]


def _without(wanted: Sequence[str], unwanted: Sequence[str]) -> str:
    kept = " AND ".join(wanted)
    return f"({kept}) NOT ({' OR '.join(unwanted)})" if unwanted else kept


def is_prefix(term: Term) -> bool:
    """Whether a term is looked up by its beginning: the index must then look through its words."""
    return term.prefix or any(unspaced and len(run) == 1 for run, unspaced in runs(term.text))


def _spaced(text: str, field: str | None) -> str:
    return f"{{{_COLUMN[field]}}} : {_quoted(text)}" if field else f"{_NOT_THE_TEXT} : {_quoted(text)}"


def _unspaced(run: str, field: str | None) -> str:
    """A run is in a text as its pairs side by side; a byline, which has no pairs, begins with it."""
    whole = _of_pairs(run)
    if field == "author":
        return f"{{byline}} : {_quoted(run)}*"
    if field == "title":
        return f"{{{_GRAMS[field]}}} : {whole}"
    return f"({{{_GRAMS[None]}}} : {whole} OR {{byline}} : {_quoted(run)}*)"


def _of_pairs(run: str) -> str:
    """A run as its pairs side by side; a single character is the beginning of a pair."""
    return _quoted(" ".join(pairs(run))) if len(run) > 1 else f"{_quoted(run)}*"


def _any_fact(words: Iterable[str]) -> str:
    listed = list(words)
    facts = " OR ".join(map(_quoted, listed)) or '""'
    return f"{{facts}} : ({facts})" if len(listed) > 1 else f"{{facts}} : {facts}"


def _word_of(term: Term, sources: Mapping[str, int]) -> str:
    """The fact that a term means; a source or year that is none gives a word that no article has."""
    if term.field == "source":
        return terms.of_source(sources.get(term.text, 0))
    if term.field == "language":
        return terms.of_language(term.text)
    if term.field == "kind":
        return terms.of_kind(term.text)
    return terms.of_year(int(term.text)) if re.fullmatch("[0-9]{4}", term.text) else "none"


def _term(piece: re.Match[str]) -> Term:
    text = piece["phrase"] if piece["word"] is None else piece["word"]
    starred = bool(piece["star"]) or (piece["word"] is not None and text.endswith("*"))
    field = FIELDS[piece["field"].lower()] if piece["field"] else None
    bare = text.rstrip("*").strip()
    # Two letters begin so many words that SQLite would look for seconds, and nothing could stop it.
    return Term(text=bare, prefix=starred and len(bare) >= _LEAST_BEGINNING, field=field)


def _has_token(text: str) -> bool:
    """Whether the tokenizer finds a word in it: unicode61 takes letters, numbers and private use characters."""
    return any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co" for char in text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\0", " ").replace('"', '""') + '"'  # SQLite takes NUL for the end of the expression
