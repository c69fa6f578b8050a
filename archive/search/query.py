"""What people type into a search box, read as a tree: words and facts, joined by AND, OR, NOT and brackets. Pure.

Words, "phrases", begin*, -not, and the fields of `FIELDS`. Words that stand side by side must all occur; OR binds less
than that. The operators are in capitals: and, or, not are words. A word with a colon is a field where letters stand
before the colon, and a letter, a digit, a quotation mark or a bracket directly behind it: not 12:30, a URL or "re: x".
Quotation marks make a field or an operator a word.

What cannot be understood raises UsageError: nothing that was typed is dropped but signs that stand alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from archive.errors import UsageError
from archive.storage.cjk_pairs import runs
from archive.text import scrub

MAX_QUERY: Final = 1_000  # characters; more was pasted by accident
MAX_TERMS: Final = 64  # FTS5 refuses expressions nested deeper than 256, and nobody types 64 words
MAX_DEPTH: Final = 16  # of brackets in brackets

# As typed -> what is meant. `title` and `author` are of the text, the others are facts of an article.
FIELDS: Final = {
    "title": "title",
    "author": "author",
    "byline": "author",
    "source": "source",
    "language": "language",
    "lang": "language",
    "year": "year",
    "kind": "kind",
    "section": "section",
    "tag": "tag",
}
OF_ONE: Final = frozenset({"source", "language", "year", "kind", "section"})  # facts of which an article has one
_OF_TEXT: Final = frozenset({"title", "author"})
_NAMED: Final = ", ".join(dict.fromkeys(FIELDS.values()))
_LEAST_BEGINNING: Final = 3  # letters of begin*; two begin so many words that SQLite would look for seconds

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | {"−": "-"})
_OPERATORS: Final = {"AND": "AND", "&&": "AND", "OR": "OR", "|": "OR", "||": "OR", "NOT": "NOT"}
_PIECE: Final = re.compile(
    r"""
      (?P<bracket> [()] )
    | (?P<minus> - (?= [^\s)] ) )
    | (?P<known> FIELDS ) : (?= [^\s)] )
    | (?P<field> [^\W\d_] (?: [^\W\d] | - )* ) : (?= [\w"(\[<>=*] )
    | "(?P<phrase> [^"]* ) (?P<closed> " )? (?P<star> \*+ )?
    | (?P<word> [^\s"()]+ )
    """.replace("FIELDS", "|".join(FIELDS)),
    re.VERBOSE | re.IGNORECASE,
)
_VALUE: Final = re.compile(r'"(?P<phrase>[^"]*)(?P<closed>")?(?P<star>\*+)?|(?P<word>[^\s"()]+)')
_UNFINISHED_FIELD: Final = re.compile(rf"(?:{'|'.join(FIELDS)}):", re.IGNORECASE)
# Signs of other search languages: a beginning, a choice of letters, nearness, weight and likeness, "not".
_FOREIGN: Final = re.compile(r"\^\w.*|!\w.*|[^\W\d_]+(?:\?[^\W\d_]+)+|\w+[~^][\d.]*|NEAR(?:/\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase; `prefix` matches words that begin so. `field` is a value of FIELDS, None for all the text."""

    text: str
    prefix: bool = False
    field: str | None = None

    @property
    def is_fact(self) -> bool:
        """Whether it is a fact of the article, not a word of its text."""
        return self.field is not None and self.field not in _OF_TEXT


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of these at least."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """All but this."""

    part: "Node"


Node = Term | And | Or | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to find; `tree` is None where nothing was typed, and every article is meant."""

    tree: Node | None = None

    @property
    def words(self) -> tuple[Term, ...]:
        """What is wanted of the text: the words that may stand in what is found."""
        return tuple(dict.fromkeys(term for term in _wanted(self.tree) if not term.is_fact))

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term, wanted or not."""
        return tuple(_terms(self.tree))

    @property
    def is_row(self) -> bool:
        """Whether every word that is wanted must occur."""
        return not any(isinstance(part, Or) and set(_wanted(part)) & set(self.words) for part in _nodes(self.tree))

    def split(self, fields: frozenset[str]) -> "tuple[dict[str, tuple[str, ...]], Query]":
        """Take out the facts of these fields that hold for all that is found, and return them and the rest."""
        facts: dict[str, tuple[str, ...]] = {}
        rest: list[Node] = []
        parts: tuple[Node, ...] = () if self.tree is None else (self.tree,)
        for part in self.tree.parts if isinstance(self.tree, And) else parts:
            field = _field_of(part)
            if field in fields and field not in facts:
                facts[str(field)] = tuple(dict.fromkeys(term.text for term in _terms(part)))
            else:
                rest.append(part)
        return facts, Query(tree=_joined(rest) if rest else None)


def parse(text: str) -> Query:
    """Read what a person typed. Raises UsageError for what cannot be understood."""
    typed = scrub(text).strip()
    if len(typed) > MAX_QUERY:
        raise UsageError(f"the query has {len(typed):,} characters; {MAX_QUERY:,} at most can be looked for")
    if not text.strip():
        return Query()
    pieces = list(_pieces(typed.translate(_QUOTES)))
    if not any(isinstance(piece, Term) for piece in pieces):
        for piece in pieces:
            if piece in _SAID_OPERATORS:
                raise UsageError(_without_operand(str(piece)))
        raise UsageError(f'there is no word in "{_shortened(typed)}" to look for')
    if sum(isinstance(piece, Term) for piece in pieces) > MAX_TERMS:
        raise UsageError(f"the query has more than {MAX_TERMS} words, phrases and fields; leave some out")
    return Query(tree=_Reading(pieces).whole())


# Pieces --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    """An opening bracket whose words are looked for in one field."""

    field: str


_Piece = Term | _Group | str  # str: a bracket, an operator, or "-"


def _pieces(typed: str) -> Iterator[_Piece]:
    """Cut what was typed into terms, brackets and operators; signs without a letter or digit are left out."""
    at = 0
    negated = False  # whether a "-" waits for what it stands before
    while found := _PIECE.search(typed, at):
        at = found.end()
        if found["minus"]:
            negated = True
            continue
        piece, at = _piece(typed, found)
        if negated and piece in _SAID_OPERATORS:
            piece = _word(found["word"], None)
        if piece is not None:
            yield from ("-", piece) if negated else (piece,)
        negated = False


def _piece(typed: str, found: re.Match[str]) -> tuple[_Piece | None, int]:
    """The piece that a match is, and where it ends; None for signs."""
    if found["known"]:
        return _of_field(typed, found)
    if found["field"]:
        raise UsageError(_unknown_field(found["field"], typed[found.start() :].split(maxsplit=1)[0]))
    if found["phrase"] is not None:
        return _phrase(found, None), found.end()
    word = found["bracket"] or found["word"]
    if word in _OPERATORS:
        return _OPERATORS[word], found.end()
    if found["bracket"]:
        return word, found.end()
    if _UNFINISHED_FIELD.fullmatch(word):
        raise UsageError(
            f'nothing stands directly behind "{word}"; write it as in {word}ferry, or in quotation marks, "{word}", to '
            "look for the word"
        )
    if word == "NEAR" and typed[found.end() : found.end() + 1] != "(":
        return Term(text=word), found.end()
    return _word(word, None), found.end()


def _unknown_field(name: str, whole: str) -> str:
    words = _shortened(whole.replace('"', ""))
    return (
        f'there is no field "{_shortened(name)}"; the fields are {_NAMED}; to look for the words themselves, put them '
        f'in quotation marks: "{words}"'
    )


def _of_field(typed: str, found: re.Match[str]) -> tuple[_Piece, int]:
    name, begin = found["known"].lower(), found.end()
    value = _VALUE.match(typed, begin)
    if value is None:  # of a bracket
        return _Group(FIELDS[name]), begin + 1
    if value["word"] and value["word"].startswith("-"):
        raise UsageError(f'"{name}:{_shortened(value["word"])}": a - that leaves out stands before the field, -{name}:')
    term = _word(value["word"], FIELDS[name]) if value["word"] else _phrase(value, FIELDS[name])
    if term is None:
        raise UsageError(f'there is no word behind "{name}:" to look for')
    return term, value.end()


def _phrase(found: re.Match[str], field: str | None) -> Term | None:
    if not found["closed"]:
        raise UsageError(f'a quotation mark is open: "{_shortened(found["phrase"].strip())}; close it, or leave it out')
    text = found["phrase"].strip()
    if not _has_token(text):
        return None
    return Term(text=text, prefix=bool(found["star"]) and _can_begin(text), field=field)


def _word(word: str, field: str | None) -> Term | None:
    bare = word.rstrip("*")
    if not _has_token(bare):
        return None
    if "*" in bare:
        raise UsageError(f'"{_shortened(word)}": * stands behind the beginning of a word, as in harb*; {_QUOTED}')
    if _FOREIGN.fullmatch(word):
        raise UsageError(
            f'"{_shortened(word)}" is of another search language; here are AND, OR, NOT, brackets, "phrases", begin* '
            f"and -not; {_QUOTED}"
        )
    return Term(text=bare, prefix=bare != word and _can_begin(bare), field=field)


_QUOTED: Final = "put it in quotation marks to look for it as it is"


def _can_begin(text: str) -> bool:
    """Whether words that begin so can be looked for: scripts without spaces are found inside their runs anyway."""
    last = [word for run, unspaced in list(runs(text))[-1:] if not unspaced for word in _TOKEN.findall(run)[-1:]]
    if last and len(last[0]) < _LEAST_BEGINNING:
        raise UsageError(f'"{last[0]}*": too many words begin so; give {_LEAST_BEGINNING} letters or more before the *')
    return True


_TOKEN: Final = re.compile(r"\w+")


def _has_token(text: str) -> bool:
    """Whether the tokenizer finds a word in it: unicode61 takes letters, numbers and private use characters."""
    return any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co" for char in text)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


_SHOWN: Final = 60  # characters of what was typed that an error shows


# Trees ---------------------------------------------------------------------------------------------------------------

_SAID_OPERATORS: Final = ("AND", "OR", "NOT")
_ENDS: Final = ("", ")", "OR")


class _Reading:
    """Reads pieces from left to right: `a b OR -c (d AND e)`, OR binding least."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self._pieces = pieces
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        """Return the tree of all pieces."""
        tree = self._choice(None)
        if self._next == ")":
            raise UsageError(f"a bracket is closed that was not opened; {_BRACKETS}")
        return tree

    @property
    def _next(self) -> _Piece:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _choice(self, field: str | None) -> Node:
        found = [self._row(field)]
        while self._next == "OR":
            self._at += 1
            found.append(self._row(field))
        return _either(found) if len(found) > 1 else found[0]

    def _row(self, field: str | None) -> Node:
        """Things that must all be so."""
        if self._next in _ENDS or self._next == "AND":
            raise UsageError(self._missing())
        row = [(self._one(field), False)]
        while self._next not in _ENDS:
            joined = self._next == "AND"
            self._at += joined
            if joined and (self._next in _ENDS or self._next == "AND"):
                raise UsageError(_without_operand("AND"))
            row.append((self._one(field), joined))
        return _row_of(row)

    def _missing(self) -> str:
        before = self._pieces[self._at - 1] if self._at else ""
        if before == "OR" or self._next in {"AND", "OR"}:
            return _without_operand(str(self._next if before != "OR" else before))
        return f"there is nothing in a pair of brackets; {_BRACKETS}" if self._next == ")" else _OPEN

    def _one(self, field: str | None) -> Node:
        negated, sign = False, ""
        while self._next in {"-", "NOT"}:
            negated, sign = not negated, str(self._next)
            self._at += 1
        if sign == "NOT" and (self._next in _ENDS or self._next == "AND"):
            raise UsageError(_without_operand("NOT"))
        part = self._operand(field)
        return _but(part) if negated else part

    def _operand(self, field: str | None) -> Node:
        piece = self._next
        self._at += 1
        if isinstance(piece, Term):
            if field is not None and piece.field is not None:
                raise UsageError(f"{field}: a field stands in the brackets of another; close the brackets before it")
            return replace(piece, field=field) if field else piece
        if isinstance(piece, _Group) and field is not None:
            raise UsageError(f"{field}: a field stands in the brackets of another; close the brackets before it")
        return self._bracketed(piece.field if isinstance(piece, _Group) else field)

    def _bracketed(self, field: str | None) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UsageError(f"brackets stand in brackets more than {MAX_DEPTH} deep; {_BRACKETS}")
        tree = self._choice(field)
        if self._next != ")":
            raise UsageError(_OPEN)
        self._at += 1
        self._depth -= 1
        return tree


_BRACKETS: Final = "to look for a bracket's words as they are, put them in quotation marks"
_OPEN: Final = f"a bracket is open; close it, or leave it out; {_BRACKETS}"


def _without_operand(operator: str) -> str:
    place = "before something" if operator == "NOT" else "between two things"
    return f'{operator} stands {place} to look for; write "{operator}" in quotation marks to look for the word'


def _row_of(row: Sequence[tuple[Node, bool]]) -> Node:
    """Join what stands side by side. Facts of which an article has one, `source:a source:b`, mean either."""
    parts: list[Node] = []
    places: dict[str, int] = {}
    for part, joined in row:
        field = part.field if isinstance(part, Term) and part.field in OF_ONE else None
        if field is None:
            parts.append(part)
        elif field not in places:
            places[field] = len(parts)
            parts.append(part)
        elif joined and part not in set(_terms(parts[places[field]])):
            raise UsageError(f"an article has one {field}: AND between two of them finds nothing; write OR")
        else:
            parts[places[field]] = _either([parts[places[field]], part])
    return _joined(parts)


def _joined(parts: Sequence[Node]) -> Node:
    flat = [each for part in parts for each in (part.parts if isinstance(part, And) else (part,))]
    unique = tuple(dict.fromkeys(flat))
    return And(unique) if len(unique) > 1 else unique[0]


def _either(parts: Sequence[Node]) -> Node:
    flat = [each for part in parts for each in (part.parts if isinstance(part, Or) else (part,))]
    unique = tuple(dict.fromkeys(flat))
    return Or(unique) if len(unique) > 1 else unique[0]


def _but(part: Node) -> Node:
    return part.part if isinstance(part, Not) else Not(part)


def _parts(node: Node) -> "tuple[Node, ...]":
    if isinstance(node, Not):
        return (node.part,)
    return () if isinstance(node, Term) else node.parts


def _nodes(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield node
        for part in _parts(node):
            yield from _nodes(part)


def _terms(node: Node | None) -> Iterator[Term]:
    return (each for each in _nodes(node) if isinstance(each, Term))


def _wanted(node: Node | None, *, negated: bool = False) -> Iterator[Term]:
    """Terms under an even number of NOTs."""
    if isinstance(node, Term):
        if not negated:
            yield node
    elif node is not None:
        for part in _parts(node):
            yield from _wanted(part, negated=negated ^ isinstance(node, Not))


def _field_of(part: Node) -> str | None:
    """The field of a fact, or of facts of one field of which one is wanted."""
    terms = part.parts if isinstance(part, Or) else (part,)
    fields = {term.field if isinstance(term, Term) and term.is_fact else None for term in terms}
    return fields.pop() if len(fields) == 1 else None
