"""Notes on a text that are not part of it: machine translation, "more to follow". Corrections stay: they are."""

from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, Line, ending, move, move_where
from pipelines.clutter.phrases import pattern

_NOTE: Final = pattern(
    r"""
    dieser artikel ist eine übersetzung
    dies(?:er)? (?:ist|artikel|text) .{0,60}(?:maschinelle? übersetz|automat\w+ übersetzt)
    more (?:to follow|follows|details soon|as we get it)\b
    re(?:printed|produced|published) (?:here )?(?:by|with) (?:the )?(?:kind )?(?:leave|permission)\b
    (?:this is )?(?:a )?(?:breaking|developing) (?:news? )*(?:story|news)\b.{0,30}\bmore (?:details|to follow|updates)
    (?:this .{1,20} )?(?:first|originally) (?:appeared|printed|published) .{1,100}\bre(?:printed|produced|published)\b
    (?:this|the) (?:article|story|text) (?:has been|was|is) (?:automatically |machine[- ])(?:translated|translation)
    """,
    before=r"\W{0,3}",
)

# What a paper asks its readers for below an article.
_LETTERS: Final = pattern(r"""
    .{0,120}\b(?:leserbriefe?|zuschriften)\b.{0,80}\b(?:ge)?kürz\w+\b.{0,60}
    .{0,160}\bletters?\b.{0,60}\bmay be (?:abridged|cut|edited|shortened)\b.{0,80}
    .{0,80}\b(?:send (?:us )?a letter|write) to the editor\b.{0,120}
""")


def drop_letters_notes(draft: Draft, _rules: SiteRules) -> Draft:
    """At the end: how to write to the editor, and what may become of the letter."""
    chosen = {at for at, line in ending(draft, 4) if len(line.text) <= _SHORT and _LETTERS.fullmatch(line.text)}
    return move(draft, ClutterKind.OTHER, "letters-note", chosen)


_SHORT: Final = 240


def drop_notes(draft: Draft, _rules: SiteRules) -> Draft:
    """Notes on how the text came about or that it will go on."""
    return move_where(draft, ClutterKind.CORRECTION, "editors-note", _is_note)


def _is_note(line: Line) -> bool:
    return len(line.text) <= 600 and bool(_NOTE.match(line.text))
