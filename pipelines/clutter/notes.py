"""Notes on a text that are not part of it: machine translation, "more to follow". Corrections stay: they are."""

from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, ending, move, move_where
from pipelines.phrases import Patterns, pattern, table

_NOTE: Final = Patterns("notes", before=r"\W{0,3}")

# Requests of a paper to its readers below an article.
_LETTERS: Final = Patterns("letters")
_TIPS: Final = pattern(table("tips"))
_CITATION: Final = pattern(table("citations"))
_SHORT: Final = 240
_CALL: Final = 500


def drop_letters_notes(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: how to write to the editor, and what may become of the letter."""
    chosen = {at for at, line in ending(draft, 4) if len(line.text) <= _SHORT and _LETTERS.fullmatch(line.text)}
    return move(draft, ClutterKind.OTHER, "letters-note", chosen)


def drop_calls_for_tips(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: "Do you have a story for us? Write to ...", and how the text is to be cited."""
    tips = {at for at, line in ending(draft) if len(line.text) <= _CALL and _TIPS.fullmatch(line.text)}
    draft = move(draft, ClutterKind.PROMO, "call-for-tips", tips)
    cited = {at for at, line in ending(draft) if len(line.text) <= _CALL and _CITATION.fullmatch(line.text)}
    return move(draft, ClutterKind.OTHER, "citation", cited)


def drop_notes(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut notes on how the text came about or that it will go on."""
    return move_where(draft, ClutterKind.CORRECTION, "editors-note", _is_note)


def _is_note(line: Line) -> bool:
    return len(line.text) <= 600 and bool(_NOTE.match(line.text))
