"""Which filed article a page is: what was read, and what it may be, give a decision. Pure.

`archive.storage.candidates` finds what it may be, `archive.storage.tables.articles` carries the decision out.

A URL proves that two pages are one article only where it is the same URL. Everything else a page says of its URL (its
canonical URL, its AMP page, the redirects that led to it) is a claim: it finds a candidate, and the texts decide
(`archive.changes.agreement`). Otherwise a template that writes one canonical URL into every page, or a publisher who
redirects a withdrawn story to another one, would have articles swallowed or overwritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from archive.changes.agreement import agreement, contained


class Link(StrEnum):
    """What makes a filed article a candidate."""

    OWN = "own"  # it was read at this very URL
    FOREIGN = "foreign"  # the URL is the own one of another source's article: only such a URL is shared
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
    foreign: bool = False  # the article is another source's, which files what becomes of it


# Links by the URL of the article itself, which leads on to the page now.
_ITS_OWN_URL: Final = frozenset({Link.REVISIT, Link.LED, Link.JOINED})
# Share of its text that another form of a page (AMP, print) repeats. One with more of its own is a later state.
_LITTLE: Final = 0.9


def decide(title: str, text: str, candidates: Iterable[Candidate], filed: int | None = None) -> Match:
    """Say which of the candidates a page is: the first that stands at its URL, or whose text agrees.

    `filed` is the article that was filed under the URL that was asked for, if that should still lead to it. No more
    candidates are taken than are needed.
    """
    for one in candidates:
        match = _match(title, text, one)
        if match is None:
            continue
        if match.article_id == filed:  # its URL leads elsewhere now, and the text has come along
            return Match(article_id=filed, itself=True, why=match.why)
        return replace(match, left=filed)
    return Match(article_id=None, left=filed)


def says_more(new: str, old: str) -> bool:
    """Whether a text has so much that the other has not that leaving it out would lose something."""
    return contained(new, old) < _LITTLE


def _match(title: str, text: str, one: Candidate) -> Match | None:
    if one.link is Link.OWN:
        return Match(article_id=one.article_id, itself=True, why="it is the article's own URL")
    if one.link is Link.FOREIGN:
        return Match(article_id=one.article_id, why="it leads to an article of another source", foreign=True)
    if one.link is Link.FORM:
        return Match(article_id=one.article_id, why="another form of the article's URL")
    agreed = agreement(title, text, one.title, one.text)
    if one.link is Link.NAMESAKE:  # police logs have one title and one template: the title is no evidence besides
        agrees = agreed.agrees_whatever_the_title
    else:
        agrees = agreed.agrees_where_it_moved if one.link in _ITS_OWN_URL else agreed.agrees
    if not agrees:
        return None
    return Match(
        article_id=one.article_id, itself=one.link is Link.LED, why=agreed.sentence(moved=one.link in _ITS_OWN_URL)
    )
