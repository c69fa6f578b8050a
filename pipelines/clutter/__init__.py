"""Everything on a page that is not the article, one module a kind. The tables below are the whole order of cleaning."""

from collections.abc import Callable
from typing import Final

from archive.model.source import SiteRules
from pipelines.clutter import (
    adverts,
    bios,
    boxes,
    bylines,
    captions,
    comments,
    edges,
    galleries,
    headings,
    learned,
    live,
    navigation,
    newsletters,
    notes,
    quotes,
    related,
    sharing,
    widgets,
)
from pipelines.clutter.draft import Draft, start
from pipelines.clutter.prune import ElementRule, Matcher

NO_RULES: Final = SiteRules()
Step = Callable[[Draft, SiteRules], Draft]

# Elements that are cut before the main text is extracted. The first rule that fits decides the kind.
ELEMENTS: Final[tuple[ElementRule, ...]] = (
    *comments.ELEMENTS,
    *live.ELEMENTS,
    *boxes.ELEMENTS,
    *adverts.ELEMENTS,
    *navigation.ELEMENTS,
    *widgets.ELEMENTS,
    *sharing.ELEMENTS,
    *newsletters.ELEMENTS,
    *related.ELEMENTS,
    *bios.ELEMENTS,
    *galleries.ELEMENTS,  # before captions: a gallery is full of them
    *captions.ELEMENTS,
)
MATCHER: Final = Matcher(ELEMENTS)

# Lines that are cut afterwards. Order matters: credits mark the pasted captions above them, so they go after those;
# headings are loose only once everything under them has gone.
STEPS: Final[tuple[Step, ...]] = (
    headings.drop_title,
    headings.drop_before_title,
    comments.drop_comment_lines,
    comments.drop_comment_tail,
    sharing.drop_share_lines,
    navigation.drop_navigation_lines,
    widgets.drop_widget_lines,
    captions.drop_pasted_captions,
    captions.drop_captions,
    captions.drop_credits,
    newsletters.drop_newsletter_lines,
    newsletters.drop_newsletter_calls,
    newsletters.drop_promo_lines,
    related.drop_read_also,
    related.drop_repeated_labels,
    related.drop_arrow_lines,
    related.drop_link_lines,
    related.drop_link_labels,  # after the links: a label goes where nothing is left of what it announces
    related.drop_teasers,
    related.drop_link_sections,
    edges.drop_outside_end,
    quotes.drop_pull_quotes,
    navigation.drop_breadcrumbs,
    bylines.drop_datelines,
    bylines.drop_bylines,
    headings.drop_standfirst,
    notes.drop_notes,
    notes.drop_letters_notes,
    notes.drop_calls_for_tips,
    bios.drop_contributions,
    bios.drop_bios,
    headings.drop_loose_headings,
    learned.drop_learned,  # last: what the rules above cut, nobody has to learn
)

# Pages without any sign of being an article are cleaned by the words of a line, not by links and places. A list of
# links may be the purpose of such a page, and its opening no standfirst.
_ARTICLE_ONLY: Final = frozenset(
    {
        headings.drop_before_title,
        headings.drop_loose_headings,
        headings.drop_standfirst,
        related.drop_link_labels,
        related.drop_link_lines,
        related.drop_teasers,
        edges.drop_outside_end,
        navigation.drop_breadcrumbs,
        bylines.drop_datelines,
        bios.drop_bios,
    }
)
GENTLE_STEPS: Final[tuple[Step, ...]] = tuple(step for step in STEPS if step not in _ARTICLE_ONLY)


# Steps that depend on neighbouring lines or on the ends: a cut by another step may bring a line into their view. A
# title is searched for once: below the first one, a line like it is a heading.
_CONTEXTUAL: Final = frozenset(
    {
        comments.drop_comment_tail,
        newsletters.drop_newsletter_calls,
        related.drop_read_also,
        related.drop_teasers,
        related.drop_link_sections,
        edges.drop_outside_end,
        bylines.drop_bylines,
        bylines.drop_datelines,
        notes.drop_calls_for_tips,
        notes.drop_letters_notes,
        bios.drop_bios,
        bios.drop_contributions,
        headings.drop_loose_headings,
        learned.drop_learned,
    }
)
_ROUNDS: Final = 5


def clean(draft: Draft, rules: SiteRules = NO_RULES, steps: tuple[Step, ...] = STEPS) -> Draft:
    """Run the steps over a draft, then those that depend on neighbouring lines until they find nothing more."""
    draft = _run(start(draft), rules, steps)
    again = tuple(step for step in dict.fromkeys(steps) if step in _CONTEXTUAL)
    for _ in range(_ROUNDS):
        before = draft.lines
        draft = _run(draft, rules, again)
        if draft.lines is before:
            break
    return draft


def _run(draft: Draft, rules: SiteRules, steps: tuple[Step, ...]) -> Draft:
    for step in steps:
        draft = step(draft, rules)
    return draft
