"""The differences between two texts, word by word, as a reader wants to see them. Pure.

Paragraphs are compared first, then the words of those that differ: by the longest common subsequence (Indel distance,
by rapidfuzz's bit-parallel method), so that the least that was removed and added is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, groupby, islice, pairwise
from typing import Final

from rapidfuzz.distance import Indel

from archive.changes.kinds import WORD

# Of two passages; beyond either they are shown whole: memory and time go by the product of both sides.
_MOST_LINES: Final = 20_000
_MOST_WORDS: Final = 20_000
_ALIKE: Final = 0.35  # of two passages; below it the words that they share say nothing
_PARAGRAPH: Final = "\n"


class Kind(StrEnum):
    """The fate of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paragraph, with the space after it."""

    kind: Kind
    text: str


Line = tuple[Piece, ...]  # a paragraph


@dataclass(frozen=True, slots=True)
class Fold:
    """A number of paragraphs that are the same, and not near a change."""

    paragraphs: int


def differences(before: str, now: str) -> tuple[Line, ...]:
    """Return every paragraph of two texts (one a line), in order, in pieces that are the same, removed or added.

    Common beginnings and endings cost nothing. If more paragraphs than can be compared are left between, they are one
    passage that was removed and one that was added; so are passages of too many words.
    """
    old, new = before.split("\n"), now.split("\n")
    start = _in_common(old, new)
    end = _in_common(old[start:][::-1], new[start:][::-1])
    gone, come = old[start : len(old) - end], new[start : len(new) - end]
    return (*_unchanged(new[:start]), *_compared(gone, come), *_unchanged(new[len(new) - end :]))


def _in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the paragraphs that two texts have in common at their beginnings."""
    return next(
        (number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _unchanged(paragraphs: Iterable[str]) -> Iterator[Line]:
    return ((Piece(Kind.SAME, text),) for text in paragraphs)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Compare paragraphs with each other."""
    if len(old) + len(new) > _MOST_LINES:
        yield from _whole(old, new)
        return
    for same, group in groupby(Indel.opcodes(old, new), lambda code: code.tag == "equal"):
        codes = list(group)
        come = [text for code in codes for text in new[code.dest_start : code.dest_end]]
        if same:
            yield from _unchanged(come)
        else:
            yield from _passage([text for code in codes for text in old[code.src_start : code.src_end]], come)


def folded(lines: Sequence[Line], around: int = 1) -> Iterator[Line | Fold]:
    """Yield the lines that differ, with `around` others on each side; the lines between are a fold."""
    changed = [number for number, line in enumerate(lines) if any(piece.kind is not Kind.SAME for piece in line)]
    shown = {near for number in changed for near in range(number - around, number + around + 1)}
    for is_shown, group in groupby(range(len(lines)), shown.__contains__):
        numbers = list(group)
        if is_shown or len(numbers) == 1:
            yield from (lines[number] for number in numbers)
        else:
            yield Fold(len(numbers))


def marked(line: Line) -> str:
    """Write a paragraph as plain text: [-removed-] and {+added+}, as git marks words."""
    return "".join(_marked(piece) for piece in line)


def _marked(piece: Piece) -> str:
    text = piece.text.rstrip()
    space = piece.text[len(text) :]
    match piece.kind:
        case Kind.REMOVED:
            return f"[-{text}-]{space}"
        case Kind.ADDED:
            return f"{{+{text}+}}{space}"
        case _:
            return piece.text


def _passage(gone: Sequence[str], come: Sequence[str]) -> Iterable[Line]:
    """Compare the words of neighbouring paragraphs, none of which stayed as it was."""
    # No more than is needed to see that there are too many: a page may have millions.
    old, new = (list(islice(_tokens(paragraphs), _MOST_WORDS + 1)) for paragraphs in (gone, come))
    words, other = [token.strip(" ") for token in old], [token.strip(" ") for token in new]
    if not gone or not come or len(old) + len(new) > _MOST_WORDS or Indel.normalized_similarity(words, other) < _ALIKE:
        return _whole(gone, come)
    pieces: list[Piece] = []
    for code in Indel.opcodes(words, other):
        if code.tag == "equal":
            pieces += [Piece(Kind.SAME, token) for token in new[code.dest_start : code.dest_end]]
        else:
            pieces += [Piece(Kind.REMOVED, token) for token in old[code.src_start : code.src_end]]
            pieces += [Piece(Kind.ADDED, token) for token in new[code.dest_start : code.dest_end]]
    return [_joined(line) for line in _lines(pieces)]


def _whole(gone: Iterable[str], come: Iterable[str]) -> Iterator[Line]:
    return chain(
        ((Piece(Kind.REMOVED, text),) for text in gone),
        ((Piece(Kind.ADDED, text),) for text in come),
    )


def _tokens(paragraphs: Iterable[str]) -> Iterator[str]:
    """Yield the words and signs of paragraphs, each with the space after it, and a token between two paragraphs."""
    for number, text in enumerate(paragraphs):
        if number:
            yield _PARAGRAPH
        starts = chain([0], (match.start() for match in WORD.finditer(text) if match.start()), [len(text)])
        yield from (text[start:end] for start, end in pairwise(starts) if end > start)


def _lines(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Group pieces by paragraph, as they are now. A break that was added or removed shows as a sign."""
    line: list[Piece] = []
    for piece in pieces:
        if piece.text != _PARAGRAPH:
            line.append(piece)
        elif piece.kind is Kind.REMOVED:
            line.append(Piece(Kind.REMOVED, "¶ "))
        else:
            yield [*line, Piece(Kind.ADDED, "¶")] if piece.kind is Kind.ADDED else line
            line = []
    yield line


def _joined(line: Iterable[Piece]) -> Line:
    """Join neighbours of one kind, the removed before the added in their place."""
    found: list[Piece] = []
    for same, group in groupby(line, lambda piece: piece.kind is Kind.SAME):
        pieces = list(group)
        kinds = (Kind.SAME,) if same else (Kind.REMOVED, Kind.ADDED)
        texts = ("".join(piece.text for piece in pieces if piece.kind is kind) for kind in kinds)
        found += [Piece(kind, text) for kind, text in zip(kinds, texts, strict=True) if text]
    return tuple(found)
