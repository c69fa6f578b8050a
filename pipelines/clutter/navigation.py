"""Breadcrumbs, skip links, "back to top", and paging."""

from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, move, move_where, opening
from pipelines.clutter.prune import ElementRule
from pipelines.compare import plain
from pipelines.phrases import Patterns, pattern, phrases

ELEMENTS: Final = (
    ElementRule(
        name="navigation-element",
        kind=ClutterKind.NAVIGATION,
        names=pattern(r"""
            (?:back|go|scroll|return|jump)-?(?:to-?)?top
            bread-?crumbs?\b
            mw-editsection
            nav-links
            post-navigation
            skip-?(?:link|to-?content|nav)
            totop
            to-?top-?(?:button|link)
        """),
        prose=0,
        text=500,
    ),
)

_LINES: Final = phrases("navigation")
# "Page 1 of 2 Next page"
_PAGES: Final = Patterns("paging")


def drop_navigation_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut labels of navigation."""
    return move_where(
        draft, ClutterKind.NAVIGATION, "navigation-line", lambda line: line.tag != "row" and is_navigation(line.text)
    )


def drop_breadcrumbs(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut list items before the text, each a link of a word or two (the last may be none): the path to the page."""
    crumbs = [(at, line) for at, line in opening(draft) if line.tag == "item" and len(line.text) <= 30]
    if sum(line.linked > 0.5 for _, line in crumbs) < len(crumbs) - 1:
        return draft
    return move(draft, ClutterKind.NAVIGATION, "breadcrumbs", {at for at, _ in crumbs}) if len(crumbs) > 1 else draft


def is_navigation(text: str) -> bool:
    """Tell whether a line is a label of navigation."""
    return len(text) <= 60 and (plain(text) in _LINES or bool(_PAGES.fullmatch(text)))
