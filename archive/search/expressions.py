"""A query, made an expression of SQLite's FTS5 that cannot fail. Pure: what facts mean in an archive is told to it.

Every term stands in quotation marks, so nothing in it is syntax (https://sqlite.org/fts5.html, section 3).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from archive.errors import UsageError
from archive.search.query import And, Node, Not, Or, Query, Term
from archive.storage import fact_tokens
from archive.storage.cjk_pairs import pairs, runs

_NOT_THE_TEXT: Final = "- facts"
_GRAMS: Final = {None: "title_grams grams", "title": "title_grams"}
_COLUMN: Final = {"title": "title", "author": "byline"}


def expression(query: Query, token: Callable[[Term], str], narrow: Iterable[Iterable[str]] = ()) -> str | None:
    """Return the FTS5 expression; None where it would be that of every article.

    `token` gives the word of `archive.storage.fact_tokens` that a fact means. `narrow` are lists of such words; an
    article must have one of each list.
    """
    narrowed = [any_fact(words) for words in narrow]
    if query.tree is None:
        return " AND ".join(narrowed) or None

    def of_term(term: Term) -> str:
        return any_fact([token(term)]) if term.is_fact else of_text(term)

    return _rendered(query.tree, of_term, any_fact([fact_tokens.EVERY]), narrowed)


def caption_expression(query: Query) -> str | None:
    """Return the expression for the index of captions; None where nothing was typed.

    Raises UsageError for what captions cannot be searched by.
    """
    if named := [term.field for term in query.terms if term.field]:
        raise UsageError(f"captions have no field {named[0]}: give words of the caption or the credit")
    if query.tree is None:
        return None
    return _rendered(
        query.tree, lambda term: _of_runs(term, _quoted, lambda run: f"{{grams}} : {_of_pairs(run)}"), None
    )


def of_text(term: Term) -> str:
    """Return the expression of one term of the text."""
    return _of_runs(term, lambda text: _spaced(text, term.field), lambda run: _unspaced(run, term.field))


def any_fact(words: Iterable[str]) -> str:
    """Return the expression of articles that have one of these facts."""
    listed = list(words)
    facts = " OR ".join(map(_quoted, listed)) or '""'
    return f"{{facts}} : ({facts})" if len(listed) > 1 else f"{{facts}} : {facts}"


def is_prefix(term: Term) -> bool:
    """Whether a term is looked up by its beginning: the index must then look through its words."""
    return term.prefix or any(unspaced and len(run) == 1 for run, unspaced in runs(term.text))


def _rendered(node: Node, of_term: Callable[[Term], str], every: str | None, beside: Sequence[str] = ()) -> str:
    """The expression of a tree. FTS5 takes away from something only: `every` is that of all there is, None without."""
    if isinstance(node, Or):
        return " AND ".join((*beside, f"({' OR '.join(_inner(part, of_term, every) for part in node.parts)})"))
    parts = node.parts if isinstance(node, And) else (node,)
    kept = [_inner(part, of_term, every) for part in parts if not isinstance(part, Not)]
    taken = [_inner(part.part, of_term, every) for part in parts if isinstance(part, Not)]
    wanted = [*kept, *beside]
    if not wanted and every is None:
        raise UsageError("give a word that is to be in the caption, beside those that are not")
    whole = " AND ".join(wanted or [str(every)])
    return f"({whole}) NOT ({' OR '.join(taken)})" if taken else whole


def _inner(node: Node, of_term: Callable[[Term], str], every: str | None) -> str:
    if isinstance(node, Term):
        return of_term(node)
    inside = _rendered(node, of_term, every)
    return inside if isinstance(node, Or) else f"({inside})"


def _of_runs(term: Term, spaced: Callable[[str], str], unspaced: Callable[[str], str]) -> str:
    """The expression of a term, each of whose runs of one kind of script has an expression of its own."""
    parts = [
        (unspaced if is_unspaced else spaced)(run)
        for run, is_unspaced in runs(term.text)
        if is_unspaced or any(char.isalnum() for char in run)
    ] or [spaced(term.text)]
    if term.prefix and parts[-1].endswith('"'):
        parts[-1] += "*"
    return f"({' AND '.join(parts)})" if len(parts) > 1 else parts[0]


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


def _quoted(text: str) -> str:
    return '"' + text.replace("\0", " ").replace('"', '""') + '"'  # SQLite takes NUL for the end of the expression
