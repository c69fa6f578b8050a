"""Everything on a page that is not the article, one module a kind. The tables below are the whole order of cleaning."""

from collections.abc import Callable
from typing import Final

from archive.models import SiteRules
from pipelines.clutter import (
    adverts,
    bios,
    bylines,
    captions,
    comments,
    galleries,
    headings,
    navigation,
    newsletters,
    notes,
    related,
    sharing,
    widgets,
)
from pipelines.clutter.draft import Draft, start
from pipelines.clutter.prune import ElementRule, Matcher

NO_RULES: Final = SiteRules()
Step = Callable[[Draft, SiteRules], Draft]

# Elements that go before the main text is looked for. The first rule that fits decides the kind.
ELEMENTS: Final[tuple[ElementRule, ...]] = (
    *comments.ELEMENTS,
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

# Lines that go afterwards. Order matters: credits name the picture texts above them, so they go after those; headings
# are loose only when what stood under them has gone.
STEPS: Final[tuple[Step, ...]] = (
    headings.drop_title,
    headings.drop_before_title,
    comments.drop_comment_lines,
    sharing.drop_share_lines,
    navigation.drop_navigation_lines,
    widgets.drop_widget_lines,
    captions.drop_picture_texts,
    captions.drop_captions,
    captions.drop_credits,
    newsletters.drop_newsletter_lines,
    newsletters.drop_newsletter_calls,
    newsletters.drop_promo_lines,
    related.drop_read_also,
    related.drop_repeated_labels,
    related.drop_arrow_lines,
    related.drop_link_labels,
    related.drop_link_lines,
    related.drop_link_sections,
    navigation.drop_breadcrumbs,
    bylines.drop_datelines,
    bylines.drop_bylines,
    headings.drop_standfirst,
    notes.drop_notes,
    notes.drop_letters_notes,
    bios.drop_contributions,
    bios.drop_bios,
    bylines.drop_datelines,  # again: a date below the last line that went
    headings.drop_loose_headings,
)

# Pages without any sign of being an article: only what cannot be text of any page.
GENTLE_STEPS: Final[tuple[Step, ...]] = (
    headings.drop_title,
    comments.drop_comment_lines,
    sharing.drop_share_lines,
    widgets.drop_widget_lines,
    captions.drop_picture_texts,
    captions.drop_credits,
)


def clean(draft: Draft, rules: SiteRules = NO_RULES, steps: tuple[Step, ...] = STEPS) -> Draft:
    """Run the steps over a draft."""
    draft = start(draft)
    for step in steps:
        draft = step(draft, rules)
    return draft
