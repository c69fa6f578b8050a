"""Newsletter boxes, and promotion of subscriptions, apps and memberships."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, move, move_where
from pipelines.clutter.prune import ElementRule, may_go
from pipelines.compare import plain
from pipelines.page.blocks import Index, Span
from pipelines.page.parse import Element
from pipelines.phrases import Patterns, pattern, table

ELEMENTS: Final = (
    ElementRule(
        name="newsletter-element",
        kind=ClutterKind.NEWSLETTER,
        tags=frozenset({"aside", "div", "form", "gu-island", "li", "section", "ul"}),
        names=pattern(r"""
            abo-?box
            boletin
            email-?sign-?up
            mailchimp
            mailing-?list
            mc_embed
            news-?letter
            newsletter
            sign-?up(?:-?(?:box|form|module|widget|container|unit))
            subscribe-?(?:box|form|widget|module)
        """),
        prose=700,
        share=0.2,
        text=1500,
    ),
    ElementRule(
        name="promo-element",
        kind=ClutterKind.PROMO,
        tags=frozenset({"aside", "div", "form", "p", "section"}),
        names=pattern(r"""
            app-?(?:promo|download|banner)
            (?:^|[_-])cta(?:$|[_-])
            donat(?:e|ion)-?(?:box|form|banner|cta|block|widget)
            house-?ad
            in-?house-?promo
            membership-?(?:promo|cta)
            paywall-?(?:cta|promo|banner)
            podcast-?(?:box|promo|teaser)
            subscri(?:be|ption)-?(?:promo|cta|banner)
            support-?us
        """),
        prose=700,
        share=0.2,
        text=1500,
    ),
)

_SIGNUP: Final = ElementRule(name="signup-form", kind=ClutterKind.NEWSLETTER, prose=700, share=0.2, text=600)
_BOXES: Final = frozenset({"aside", "div", "li", "section"})
_NO_BOXES: Final = frozenset({"article", "body", "main"})
_HERE: Final = re.compile(r"\b(?:join|sign up|subscribe)(?: for it)? here\W*$", re.IGNORECASE)


def find_signups(index: Index) -> dict[Element, ElementRule]:
    """Find boxes around a field for an e-mail address, by any name: the form with the lines that go with it."""
    if not index.spans:
        return {}
    fields = [
        field for field in index.spans[0].element.iter("input") if (field.get("type") or "").strip().lower() == "email"
    ]
    if not fields:
        return {}
    spans = {span.element: span for span in index.spans}
    boxes = (_signup_box(field, spans, index) for field in fields)
    return {box: _SIGNUP for box in boxes if box is not None}


def _signup_box(field: Element, spans: dict[Element, Span], index: Index) -> Element | None:
    """Return the first element around a field with more text than its form, if it is small and holds nothing else."""
    form = next(field.iterancestors("form"), field)
    if next(form.iter("textarea"), None) is not None:
        return None  # a form for comments
    for box in form.iterancestors():
        span = spans.get(box)
        if span is None or box.tag in _NO_BOXES or not may_go(span, index, _SIGNUP):
            return None
        if box.tag in _BOXES and span.end - span.start > spans[form].end - spans[form].start:
            return box
    return None


_NEWSLETTER: Final = Patterns("newsletters")
_PROMO: Final = Patterns("promotions")


def drop_newsletter_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut the wording of newsletter boxes."""
    return move_where(draft, ClutterKind.NEWSLETTER, "newsletter-line", lambda line: _says(line, _NEWSLETTER, 320))


def drop_promo_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut promotion of subscriptions, apps, memberships and affiliate links."""
    return move_where(draft, ClutterKind.PROMO, "promo-line", lambda line: _says(line, _PROMO, 500))


_CUE: Final = re.compile(
    r"\bnewsletters?\b|\binbox\b|\bwhats-?app-?(?:channel|kanal)\b|\b(?:e-?mail|push)[- ]?(?:alerts?|updates?)\b",
    re.IGNORECASE,
)
_CALL: Final = pattern(
    table("calls"),
    before=r"\b",
    after=r"\b",
)


def drop_newsletter_calls(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines that name a newsletter and ask to act, in the last third, or set apart by italics or a link."""
    from_here = len(draft.lines) * 2 // 3
    chosen = {
        at
        for at, line in enumerate(draft.lines)
        if len(line.text) <= 400
        and (at >= from_here or line.italic > 0.8 or line.linked > 0.3 or (line.linked and _HERE.search(line.text)))
        and _CUE.search(line.text)
        and _CALL.search(line.text)
    }
    return move(draft, ClutterKind.NEWSLETTER, "newsletter-call", chosen)


def _says(line: Line, patterns: Patterns, most: int) -> bool:
    if len(line.text) > most or line.tag == "row" or line.text[:1] in '"“„«':
        return False
    return bool(patterns.fullmatch(plain(line.text)))
