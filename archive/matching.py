"""Which filed article a page is: what was read, and what it may be, give a decision. Pure.

`archive.candidates` finds what it may be, `archive.landing` carries the decision out.

A URL proves that two pages are one article only where it is the same URL. Everything else a page says of its URL (its
canonical URL, its AMP page, the redirects that led to it) is a claim: it finds a candidate, and the texts decide
(`archive.agreement`). A template that writes one canonical URL into every page, or a publisher who leads a withdrawn
story to another one, would else have articles swallowed or overwritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.agreement import agreement, contained


class Link(StrEnum):
    """What makes a filed article a candidate."""

    OWN = "own"  # it was read at this very URL
    FORM = "form"  # it was read at another form of this URL: AMP, print, http
    REVISIT = "revisit"  # the URL that was asked for is the one it was filed under
    LED = "led"  # the URL that was asked for led to it when it was filed, and does so no more
    JOINED = "joined"  # the URL that was asked for was joined to it earlier
    CLAIM = "claim"  # the page claims a URL of it
    TEXT = "text"  # it has the same title and text
    NAMESAKE = "namesake"  # it has the same path, title and day under another query or an earlier domain, or its guid


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A filed article that a page may be, with its current title and text."""

    article_id: int
    link: Link
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a page is.

    `article_id` is the filed article it belongs to; None where it is a new one. `itself` says that the page stands at
    the article's own URL, so that what differs is an edit; else it is another URL of the article, and `why` says why.
    `left` is the article that was filed under the URL that was asked for, where that URL leads to another story now.
    """

    article_id: int | None
    itself: bool = False
    why: str | None = None
    left: int | None = None


# Share of its text that another form of a page (AMP, print) repeats. One with more of its own is a later state.
_LITTLE: Final = 0.9


def decide(title: str, text: str, candidates: Iterable[Candidate]) -> Match:
    """Say which of the candidates a page is: the same URL first, then the first whose text agrees."""
    found = tuple(candidates)
    revisited = next((each.article_id for each in found if each.link is Link.REVISIT), None)
    for one in found:
        match = _match(title, text, one)
        if match is not None:
            if match.article_id == revisited:  # its URL leads elsewhere now, and the text has come along
                return Match(article_id=revisited, itself=True, why=match.why)
            return Match(article_id=match.article_id, itself=match.itself, why=match.why, left=revisited)
    return Match(article_id=None, left=revisited)


def says_more(new: str, old: str) -> bool:
    """Whether a text has so much that the other has not that leaving it out would lose something."""
    return contained(new, old) < _LITTLE


def _match(title: str, text: str, one: Candidate) -> Match | None:
    if one.link is Link.OWN:
        return Match(article_id=one.article_id, itself=True, why="it is the article's own URL")
    if one.link is Link.FORM:
        return Match(article_id=one.article_id, why="another form of the article's URL")
    agreed = agreement(title, text, one.title, one.text)
    if not agreed.agrees:
        return None
    return Match(article_id=one.article_id, itself=one.link is Link.LED, why=agreed.sentence())
