"""The rest of a text that the page cuts off but says in full in its JSON-LD (schema.org `articleBody`).

Most pages that state it state what they show, often without paragraph breaks and without inner paragraphs: it is only
used where the text is clearly truncated, and only for what comes after the last paragraph that was found.
"""

import re
from dataclasses import replace
from typing import Final

from archive.text import count_words, fold
from pipelines.clutter.draft import NOWHERE, Draft, Line, is_prose
from pipelines.compare import ends_sentence

NOTE: Final = "repaired: articleBody"
_LESS: Final = 0.6  # share of the stated text below which the found one is truncated ...
_MISSING: Final = 100  # ... if so many words of it are missing
_TAIL: Final = 40  # characters by which the end of the found text is looked for in the stated one
_ELLIPSIS: Final = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_BREAK: Final = re.compile(r"(?:</p>|<br\s*/?>|\n)+", re.IGNORECASE)
_GROUP: Final = 2_000_000  # beyond the groups of any line of the page


def repair(draft: Draft, stated: str | None) -> Draft:
    """Return the draft with what the page states beyond its last paragraph, or as it is."""
    if not stated:
        return draft
    body = _paragraphs(stated)
    found = sum(count_words(line.text) for line in draft.lines)
    whole = sum(count_words(paragraph) for paragraph in body)
    if found >= _LESS * whole or whole - found < _MISSING:
        return draft
    last = next((at for at in range(len(draft.lines) - 1, -1, -1) if is_prose(draft.lines[at])), None)
    if last is None:
        return replace(draft, lines=draft.lines + _lines(body, draft.title_place))
    return _continued(draft, last, "\n".join(body))


def _paragraphs(stated: str) -> list[str]:
    texts = (fold(_TAG.sub(" ", part)) for part in _BREAK.split(stated))
    return [text for text in texts if text]


def _continued(draft: Draft, last: int, body: str) -> Draft:
    line = draft.lines[last]
    begun = _ELLIPSIS.sub("", line.text)
    at = body.rfind(begun[-_TAIL:])
    if at < 0:
        return draft
    rest, *more = body[at + len(begun[-_TAIL:]) :].split("\n")
    # A paragraph that breaks off goes on where it broke; after a whole one a new one begins.
    if rest.strip() and not ends_sentence(begun):
        line, rest = replace(line, text=fold(begun + rest)), ""
    added = _lines([text for text in (fold(rest), *more) if text], line.place)
    return replace(draft, lines=(*draft.lines[:last], line, *added))


def _lines(paragraphs: list[str], place: int) -> tuple[Line, ...]:
    return tuple(Line(text=text, group=_GROUP + at, place=max(place, NOWHERE)) for at, text in enumerate(paragraphs))
