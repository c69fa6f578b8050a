"""Who the author is: boxes about them, and the lines after an article that say what they do."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, ending, move
from pipelines.clutter.prune import ElementRule
from pipelines.compare import key
from pipelines.phrases import Patterns, alternatives, pattern, table

ELEMENTS: Final = (
    ElementRule(
        name="bio-element",
        kind=ClutterKind.BIO,
        tags=frozenset({"address", "aside", "div", "footer", "p", "section", "ul"}),
        names=pattern(r"""
            about-?(?:the-?)?author
            author-?(?:bio|box|info|card|desc\w*|about|profile|details|block)
            autor(?:en)?-?(?:box|info|profil)
            bio-?(?:box|text|info)
            contributor-?bio
            post-?author
            writer-?bio
        """),
        prose=1200,
        share=0.25,
        text=2500,
    ),
)

_JOBS: Final = alternatives(table("jobs"))
_DEEDS: Final = alternatives(table("deeds"))
_PERSON: Final = r"\W?[A-ZÀ-Þ][\w.'’\-]*(?:\s+(?:[A-ZÀ-Þ]|de|van|von|der|al|bin|el|la)[\w.'’\-]*){1,4}"
_BEING: Final = r"(?:is|was|ist|est|es|è|jest)\s+(?:(?:an?|the|our|one|eine?|une?|un|una)\s+)?"
# Case matters in these: capitals mark a name.
_IS: Final = re.compile(rf"{_PERSON},?\s+{_BEING}[^.]{{0,90}}\b{_JOBS}\b")
_DOES: Final = re.compile(rf"{_PERSON}\s+{_DEEDS}\b")
_PAPER: Final = re.compile(
    r"\b(?:for|at|with|of) (?:The |the )?[A-Z]\w+ ?"
    r"(?:Democrats|Digital|Guardian|Independent|Journal|Magazine|News|Post|Press|Times|Today)\b"
)
_CONTACT: Final = pattern(table("contact"))
# Who else worked on it: contributors, desks, agencies. "Originally published in" stays, a wire's "(Reporting by" too.
_CREDITS: Final = Patterns("contributions")
_LAST: Final = 3  # lines at the end in which a sentence about an author is one about their work
_NAME_LETTERS: Final = 5
_ITALIC: Final = 0.8
_ITALIC_LENGTH: Final = 160
_BIO_LENGTH: Final = 300


def drop_bios(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: "X is a reporter at Y", "X covers Z", and how to reach them."""
    authors = {key(name) for name in draft.authors if name}
    chosen: set[int] = set()
    for at, line in ending(draft):
        text = line.text
        about_author = at >= len(draft.lines) - _LAST and any(
            len(name) > 5 and key(text).startswith(name) and key(text) != name for name in authors
        )
        if at >= len(draft.lines) - _LAST and _is_signature(line, authors):
            chosen.add(at)
        if len(text) <= 900 and (_is_bio(text, known=about_author) or _CONTACT.fullmatch(text)):
            chosen.add(at)
    return move(draft, ClutterKind.BIO, "bio-line", chosen)


def _is_signature(line: Line, authors: set[str]) -> bool:
    """Tell whether a line names an author, and is set in italics or says where to find them."""
    if len(line.text) > _BIO_LENGTH or not _names_one(line.text, authors):
        return False
    return (line.italic > _ITALIC and len(line.text) <= _ITALIC_LENGTH) or bool(_CONTACT.search(line.text))


def _names_one(text: str, authors: set[str]) -> bool:
    """Tell whether a text says an author's name and more."""
    said = key(text)
    return any(len(name) > _NAME_LETTERS and name in said and name != said for name in authors)


def _is_bio(text: str, *, known: bool) -> bool:
    """Tell whether a text is about its author. Articles often end with a sentence on somebody else.

    The name of a `known` author therefore needs less evidence.
    """
    if known and (_IS.match(text) or _DOES.match(text) or re.search(_JOBS, text[:160], re.IGNORECASE)):
        return True
    says = bool(_IS.match(text) or _DOES.match(text))
    return says and bool(_CONTACT.search(text) or _PAPER.search(text))


def drop_contributions(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: who contributed, which agency, where it was published first."""
    chosen = {
        at for at, line in ending(draft, 5) if len(line.text) <= 320 and _CREDITS.fullmatch(line.text.strip(" \t*_"))
    }
    return move(draft, ClutterKind.BYLINE, "contributed", chosen)
