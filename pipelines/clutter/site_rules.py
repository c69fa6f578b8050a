"""A site's own rules, as CSS selectors: what is its body, what never and what always belongs to it, captions."""

from typing import Final

from lxml.cssselect import CSSSelector, SelectorError  # type: ignore[import-untyped]  # lxml ships no types

from archive.models import ClutterKind, SiteRules
from pipelines.blocks import Index, Span
from pipelines.clutter.prune import ElementRule, Pruned, pruned_of, unname
from pipelines.page import Element

_REMOVE: Final = ElementRule(name="site-remove", kind=ClutterKind.OTHER)
_CAPTION: Final = ElementRule(name="site-caption", kind=ClutterKind.CAPTION)


def select(tree: Element, selectors: tuple[str, ...]) -> list[Element]:
    """The elements that any of the selectors matches. One that cannot be read matches nothing."""
    found: list[Element] = []
    for selector in selectors:
        try:
            found += CSSSelector(selector, translator="html")(tree)
        except SelectorError:
            continue
    return found


def protected(tree: Element, rules: SiteRules) -> frozenset[Element]:
    """Elements that must stay: those a `keep` or `body` selector matches, and everything around them."""
    kept: set[Element] = set()
    for element in select(tree, rules.keep + rules.body):
        kept.add(element)
        kept.update(element.iterancestors())
    return frozenset(kept)


def shield(tree: Element, rules: SiteRules) -> None:
    """Take the names off what `keep` selectors match: it stays in the text, whatever it is called."""
    for element in select(tree, rules.keep):
        for inner in element.iter():
            unname(inner)


def find_removals(tree: Element, index: Index, rules: SiteRules, pruned: Pruned) -> Pruned:
    """Add what the site's `remove` and `captions` selectors match to what was found already."""
    wanted = dict.fromkeys(select(tree, rules.remove), _REMOVE)
    wanted |= dict.fromkeys(select(tree, rules.captions), _CAPTION)
    if not wanted:
        return pruned
    own = [(span, wanted[span.element]) for span in index.spans if span.element in wanted]
    return pruned_of(index, _outermost([*own, *pruned.spans]))


def _outermost(spans: list[tuple[Span, ElementRule]]) -> list[tuple[Span, ElementRule]]:
    """Drop elements that stand within another; of one element found twice, the first stays."""
    kept: list[tuple[Span, ElementRule]] = []
    inside: set[Element] = set()
    chosen = {span.element for span, _ in spans}
    for span, rule in spans:
        if span.element in inside or any(above in chosen for above in span.element.iterancestors()):
            continue
        inside.add(span.element)
        kept.append((span, rule))
    return sorted(kept, key=lambda pair: pair[0].start)


def narrowed(tree: Element, rules: SiteRules) -> Element:
    """The tree with nothing in its body but what the `body` selectors match; as it is where they match nothing."""
    bodies = select(tree, rules.body)
    page_body = tree.find("body")
    if not bodies or page_body is None:
        return tree
    within = set(bodies)
    outer = [element for element in bodies if not any(above in within for above in element.iterancestors())]
    article = page_body.makeelement("article")
    for element in outer:
        element.tail = None
        article.append(element)
    page_body.clear()
    page_body.append(article)
    return tree
