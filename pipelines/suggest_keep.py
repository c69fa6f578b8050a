"""A CSS selector that keeps what was wrongly cut: the narrowest of those that work on the page itself. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.source import SiteRules
from archive.text import fold
from pipelines.extract import extract, read
from pipelines.page.parse import Element
from pipelines.rules.selectors import select

_MOST_ATTEMPTS: Final = 12  # extractions
_MOST_CLASSES: Final = 3
_LEVELS: Final = 4  # an element and those around it
# Names that a person gave: those of style generators have digits, or change with every release.
_NAME: Final = re.compile(r"[A-Za-z_-][A-Za-z_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """A selector that brings a text back, and what else it would bring back on the same page."""

    selector: str
    others: tuple[str, ...]


def find_keep(capture: Capture, text: str, rules: SiteRules) -> Keep | None:
    """Return the selector that keeps the text and least else of what was cut; None if none keeps it."""
    before = extract(capture, rules)
    if not isinstance(before, Extraction):
        return None
    wanted = fold(text)
    cut = {fold(clutter.text) for clutter in before.clutter}
    found: list[Keep] = []
    for selector in islice(_selectors(capture, wanted), _MOST_ATTEMPTS):
        after = extract(capture, replace(rules, keep=(*rules.keep, selector)))
        if not isinstance(after, Extraction):
            continue
        kept = [fold(paragraph) for paragraph in after.article.paragraphs]
        if any(wanted in paragraph for paragraph in kept):
            found.append(Keep(selector=selector, others=tuple(each for each in kept if each in cut and each != wanted)))
    return min(found, key=lambda keep: len(keep.others), default=None)


def _selectors(capture: Capture, wanted: str) -> Iterator[str]:
    """Yield selectors of the innermost elements that hold the text, and of those around them, each once."""
    page = read(capture)
    if page is None:
        return
    tree = page.tree
    seen: set[str] = set()
    for element in _holders(tree, wanted):
        for each in islice([element, *element.iterancestors()], _LEVELS):
            for selector in _names(each):
                if selector not in seen and select(tree, (selector,)):
                    seen.add(selector)
                    yield selector


def _holders(element: Element, wanted: str) -> Iterator[Element]:
    """Yield the innermost elements that hold a text, within an element that does."""
    inside = [each for each in element if isinstance(each.tag, str) and wanted in fold("".join(each.itertext()))]
    for each in inside:
        yield from _holders(each, wanted)
    if not inside:
        yield element


def _names(element: Element) -> Iterator[str]:
    tag = str(element.tag)
    if tag in {"html", "body"}:
        return
    if (name := element.get("id", "")) and _NAME.fullmatch(name):
        yield f"{tag}#{name}"
    if classes := _classes(element):
        yield f"{tag}.{'.'.join(classes)}"
        yield from (f"{tag}.{name}" for name in classes)
        return
    parent = element.getparent()
    if parent is not None and (above := _classes(parent)):
        yield f"{parent.tag}.{'.'.join(above)} > {tag}"


def _classes(element: Element) -> list[str]:
    return [name for name in element.get("class", "").split() if _NAME.fullmatch(name)][:_MOST_CLASSES]
