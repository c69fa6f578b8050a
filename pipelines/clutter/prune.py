"""Cut elements that the markup itself marks as not the article, before the main text is extracted.

Each kind's module holds its rules; this one only applies them. An element is cut if a rule fits its tag, class, id or
role, and the guards of the rule hold: never an h1, never more prose than the rule allows.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from archive.model.article import ClutterKind
from archive.text import fold
from pipelines.clutter.draft import Cut
from pipelines.page.blocks import OPAQUE_TAGS, Block, Index, Span
from pipelines.page.parse import Element

_LONGEST_NAME: Final = 80  # longer "names" are data
_PAGE: Final = frozenset({"html", "body", "head", "main", "h1", "img", "input", "br"})
_BODIES: Final = frozenset({"article", "p"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRule:
    """Which elements to cut and as what.

    `names` is searched in each class name, id, itemprop, role ... of an element (see `names_of`) whose tag is among
    `tags` (none: any tag); elements with a tag among `alone` need no name. `prose` is the most characters of prose
    such an element may hold, `share` the most of the page's prose, `text` the most of any text. `parts` are rules for
    elements inside: a credit in a gallery is a credit. `shape` is a further test of the element; `split` splits the
    text of a block from a photo credit at its end.
    """

    name: str
    kind: ClutterKind
    names: re.Pattern[str] | None = None
    tags: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    prose: int = 300
    share: float = 0.34
    text: int = 4000
    parts: tuple["ElementRule", ...] = field(default=())
    split: Callable[[Block], tuple[str, str | None]] | None = None
    shape: Callable[[Span, Index], bool] | None = None

    def fits(self, element: Element) -> bool:
        """Tell whether an element is one that the rule is about; the guards aside."""
        if element.tag in self.alone:
            return True
        if self.names is None or (self.tags and element.tag not in self.tags):
            return False
        return any(self.names.search(name) for name in names_of(element))


@dataclass(frozen=True, slots=True)
class Pruned:
    """The cuts of a page, in page order, and their elements; `spared` elements are named like clutter but hold text."""

    cuts: tuple[Cut, ...]
    spans: tuple[tuple[Span, ElementRule], ...]
    spared: tuple[Element, ...] = ()

    @property
    def places(self) -> frozenset[int]:
        """The places of the blocks that went as a whole."""
        return frozenset(place for span, _ in self.spans for place in range(span.start, span.end))


_NAMING: Final = frozenset(
    {"class", "data-component", "data-spacefinder-role", "data-testid", "data-type", "id", "itemprop", "role"}
)


def names_of(element: Element) -> list[str]:
    """Return the names of an element: its class names, id and the like, one by one."""
    return " ".join([value for name, value in element.items() if name in _NAMING]).split()


class Matcher:
    """A compiled list of rules: which of them an element fits is computed once for its tag and names."""

    def __init__(self, rules: tuple[ElementRule, ...]) -> None:
        self._rules = rules
        # Names are lowered instead of ignoring case: that takes a fifth of the time.
        self._names = tuple(re.compile(rule.names.pattern) if rule.names else None for rule in rules)
        self._any = re.compile("|".join(f"(?:{names.pattern})" for names in self._names if names))
        # Pages of a site share their class names, and so do sites that run the same software. Bounded: ids are endless.
        self._called = lru_cache(maxsize=32_768)(self._calls)
        self._fitting = lru_cache(maxsize=32_768)(self._fit)

    def rules_for(self, element: Element) -> tuple[ElementRule, ...]:
        """Return the rules that an element fits, in order."""
        return self._fitting(element.tag, " ".join([value for name, value in element.items() if name in _NAMING]))

    def _fit(self, tag: str, names: str) -> tuple[ElementRule, ...]:
        called = 0
        for name in names.lower().split():
            called |= self._called(name)
        return tuple(
            rule
            for at, rule in enumerate(self._rules)
            if tag in rule.alone or (called >> at & 1 and (not rule.tags or tag in rule.tags))
        )

    def _calls(self, name: str) -> int:
        if len(name) > _LONGEST_NAME or not self._any.search(name):
            return 0
        return sum(1 << at for at, names in enumerate(self._names) if names and names.search(name))


def find(
    index: Index,
    matcher: Matcher,
    kept: frozenset[Element] = frozenset(),
    known: Mapping[Element, ElementRule] = MappingProxyType({}),
) -> Pruned:
    """Find what to cut, `known` elements among it. Changes nothing: see `take_out`."""
    spans: list[tuple[Span, ElementRule]] = []
    spared: list[Element] = []
    at, total = 0, len(index.spans)
    while at < total:
        span = index.spans[at]
        fitting = matcher.rules_for(span.element)
        rule = next((rule for rule in fitting if may_go(span, index, rule)), None)
        rule = rule or known.get(span.element)
        if rule is None or span.element in kept:
            if fitting and 2 * index.prose_in(span) > index.all_prose > 0:
                spared.append(span.element)
            at += 1
            continue
        spans.append((span, rule))
        at = span.stop
    return replace(pruned_of(index, spans), spared=tuple(spared))


def pruned_of(index: Index, spans: list[tuple[Span, ElementRule]]) -> Pruned:
    """Return the cuts that removing these elements makes."""
    return Pruned(tuple(cut for span, rule in spans for cut in _cuts(index, span, rule)), tuple(spans))


def take_out(pruned: Pruned) -> None:
    """Remove the found elements from their tree, leaving the text after them."""
    for span, _rule in pruned.spans:
        span.element.drop_tree()
    for element in pruned.spared:
        unname(element)


def unname(element: Element) -> None:
    """Take the names off an element that is to stay: trafilatura judges by names alone."""
    for name in _NAMING:
        element.attrib.pop(name, None)


def may_go(span: Span, index: Index, rule: ElementRule) -> bool:
    """Tell whether the guards of a rule hold for an element that it fits."""
    element = span.element
    if element.tag in _PAGE or (element.tag in _BODIES and index.prose_in(span) > rule.prose):
        return False
    prose, text = index.prose_in(span), index.text_in(span)
    if prose > rule.prose or prose > rule.share * index.all_prose or text > rule.text:
        return False
    if rule.shape and not rule.shape(span, index):
        return False
    return next(element.iter("h1"), None) is None


def _cuts(index: Index, span: Span, rule: ElementRule) -> Iterator[Cut]:
    if span.start == span.end and (text := _inline_text(span.element)):
        # An inline element is part of a block: its own text goes, the block stays.
        yield Cut(kind=rule.kind, text=text, rule=rule.name, place=span.start)
    for place in range(span.start, span.end):
        block = index.blocks[place]
        part = _part(block, span.element, rule)
        text, credit = part.split(block) if part.split else (block.text, None)
        yield Cut(kind=part.kind, text=text, rule=part.name, place=place)
        if credit:
            yield Cut(kind=ClutterKind.CREDIT, text=credit, rule=f"{part.name}-credit", place=place)


def _inline_text(element: Element) -> str:
    if element.tag in OPAQUE_TAGS:
        return ""
    pieces = [element.text or ""]
    for child in element.iterdescendants():
        pieces.append("" if child.tag in OPAQUE_TAGS else child.text or "")
        pieces.append(child.tail or "")
    return fold("".join(pieces))


def _part(block: Block, top: Element, rule: ElementRule) -> ElementRule:
    """Return the rule for a block: that of the innermost element between it and the element that is cut."""
    if not rule.parts:
        return rule
    element = block.element
    while element is not None:
        for part in rule.parts:
            if part.fits(element):
                return part
        if element is top:
            return rule
        element = element.getparent()
    return rule
