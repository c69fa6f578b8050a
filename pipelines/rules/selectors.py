"""A site's own rules, as CSS selectors: its body, what never and what always belongs to it, captions."""

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from lxml.cssselect import CSSSelector, SelectorError  # type: ignore[import-untyped]  # lxml ships no types

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import NOWHERE, Draft, Line
from pipelines.clutter.prune import ElementRule, Pruned, pruned_of
from pipelines.compare import key
from pipelines.page.blocks import Index, Span
from pipelines.page.parse import Element

_REMOVE: Final = ElementRule(name="site-remove", kind=ClutterKind.OTHER)
_CAPTION: Final = ElementRule(name="site-caption", kind=ClutterKind.CAPTION)


def select(tree: Element, selectors: tuple[str, ...]) -> list[Element]:
    """Return the elements that any selector matches, in page order. An invalid selector matches nothing."""
    found = {element for selector in selectors for element in _matches(tree, selector)}
    return [element for element in tree.iter() if element in found] if found else []


def _matches(tree: Element, selector: str) -> list[Element]:
    try:
        found: list[Element] = _compiled(selector)(tree)
    except SelectorError:
        return []
    return found


@lru_cache(maxsize=512)  # the same few for every page of a site
def _compiled(selector: str) -> Any:
    return CSSSelector(selector, translator="html")


def protected(tree: Element, rules: SiteRules) -> frozenset[Element]:
    """Elements that no general rule may cut as a whole: those a `body` selector matches, and everything around them."""
    kept: set[Element] = set()
    for element in select(tree, rules.body):
        kept.add(element)
        kept.update(element.iterancestors())
    return frozenset(kept)


def find_removals(tree: Element, index: Index, rules: SiteRules, pruned: Pruned) -> Pruned:
    """Add what the site's `remove` and `captions` selectors match to what was found already."""
    wanted = dict.fromkeys(select(tree, rules.remove), _REMOVE)
    wanted |= dict.fromkeys(select(tree, rules.captions), _CAPTION)
    if not wanted:
        return pruned
    own = [(span, wanted[span.element]) for span in index.spans if span.element in wanted]
    return replace(pruned_of(index, _outermost([*own, *pruned.spans])), spared=pruned.spared)


def _outermost(spans: list[tuple[Span, ElementRule]]) -> list[tuple[Span, ElementRule]]:
    """Drop elements within another; of one element found twice, the first stays."""
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
    """Return the tree with only the matches of the `body` selectors in its body; unchanged if they match nothing."""
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


# ---- What always belongs to the article ------------------------------------------------------------------------------


def kept_places(tree: Element, index: Index, rules: SiteRules) -> frozenset[int]:
    """Return the places of the blocks that a `keep` selector matches: they stay in the text against any other rule.

    Read before anything is cut.
    """
    wanted = frozenset(select(tree, rules.keep))
    spans = (span for span in index.spans if span.element in wanted)
    # An element within a line holds no block of its own: the line around it is meant.
    return frozenset(place for span in spans for place in range(span.start, max(span.end, span.start + 1)))


def spare(pruned: Pruned, kept: frozenset[int]) -> Pruned:
    """Return what was pruned, without what is kept."""
    return replace(pruned, cuts=tuple(cut for cut in pruned.cuts if cut.place not in kept)) if kept else pruned


def restore(draft: Draft, index: Index, kept: frozenset[int]) -> Draft:
    """Put back what is kept, removed by a step, trafilatura or the pruning, in its place."""
    if not kept:
        return draft
    lines = [*draft.lines]
    for cut in draft.cuts:
        if cut.place in kept:
            _put(lines, Line(text=cut.text, place=cut.place))
    present = {line.place for line in lines}
    joined = [key(line.text) for line in lines if not _is_block(line, index)]  # the cells of a row are one line
    for place in sorted(place for place in kept - present if place < len(index.blocks)):
        text = index.blocks[place].text
        if not any(key(text) in line for line in joined):
            _put(lines, Line(text=text, place=place))
    return replace(draft, lines=tuple(lines), cuts=tuple(cut for cut in draft.cuts if cut.place not in kept))


def _is_block(line: Line, index: Index) -> bool:
    return line.place != NOWHERE and key(line.text) == key(index.blocks[line.place].text)


def _put(lines: list[Line], new: Line) -> None:
    """Insert a line before the first that is below it on the page."""
    at = next((at for at, line in enumerate(lines) if line.place > new.place), len(lines))
    lines.insert(at, new)
