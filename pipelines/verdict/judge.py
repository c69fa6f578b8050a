"""Judges a page: an article, or an index, a soft 404, a front page instead, a consent wall, a stub, a refusal. Pure.

Each verdict needs evidence of its own and comes with it; a page that has a whole article on it is an article, whatever
boxes surround it. Refusals look the same in articles about them: so a title must be such a phrase and nothing else, a
block must begin with one, and what the page shows besides decides. Reads values, never the tree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.model.article import Access, PageKind
from pipelines.verdict.evidence import MIN_WORDS, Evidence, split_url
from pipelines.verdict.lists import home_redirect, index_page
from pipelines.verdict.page_kinds import Filing, sort_of, wire
from pipelines.verdict.refusals import blocked, consent, soft_404
from pipelines.verdict.stubs import access, truncated, walled, way_past_wall

# Reasons not to file a page, the surest first. A check returns its evidence, as the note has it, or None.
CHECKS: Final[tuple[tuple[PageKind, Callable[[Evidence], str | None]], ...]] = (
    (PageKind.BLOCKED, blocked),
    (PageKind.SOFT_404, soft_404),
    (PageKind.CONSENT, consent),
    (PageKind.WALL, walled),
    (PageKind.HOME, home_redirect),
    (PageKind.INDEX, index_page),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind of the page, how a reader gets at it, the evidence, and how many words were kept."""

    kind: PageKind
    access: Access
    notes: tuple[str, ...] = ()
    words: int = 0


def judge(page: Evidence) -> Verdict:
    """Judge a page by what it says of itself and by the text that was found in it."""
    for kind, check in CHECKS:
        evidence = check(page)
        if evidence is not None:
            return _rejected(page, kind, evidence)
    return _accepted(page)


def _rejected(page: Evidence, kind: PageKind, evidence: str) -> Verdict:
    reached = way_past_wall(page, evidence) if kind == PageKind.WALL else page.signals.access
    return Verdict(kind=kind, access=reached, notes=(*_flags(page), f"{kind.value}: {evidence}"), words=page.words)


def _accepted(page: Evidence) -> Verdict:
    filing = Filing(
        signals=page.signals,
        claims=page.claims,
        lines=page.lines,
        cuts=page.cuts,
        pictures=page.pictures,
        host=split_url(page.capture.final_url).hostname or "",
        segments=page.path,
        words=page.words,
    )
    kind, sort = sort_of(filing)
    agency = wire(filing) if kind not in (PageKind.ARTICLE, PageKind.WIRE) else None
    cut_off = truncated(page)
    said = ((kind.value, sort), ("wire", agency), ("truncated", cut_off))
    notes = (*_flags(page), *(f"{name}: {evidence}" for name, evidence in said if evidence))
    return Verdict(kind=kind, access=access(page), notes=notes, words=page.words)


def _flags(page: Evidence) -> Iterator[str]:
    if page.signals.access == Access.PAYWALLED:
        yield "paywalled"
    if page.words < 2 * MIN_WORDS:
        yield "short"
    if "LiveBlogPosting" in page.signals.types:
        yield "live"
