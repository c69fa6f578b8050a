"""Pictures of the article, with caption, credit and alternative text. Read before anything is cut, placed later."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from archive.text import fold
from pipelines.blocks import Index, Span
from pipelines.clutter.captions import CAPTION, CREDIT, PICTURE_BOX, is_credit, is_picture_box, split_block
from pipelines.clutter.prune import ElementRule
from pipelines.page import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and its place among the blocks of the page."""

    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    place: int


_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src", "data-image", "src")
_SMALL: Final = 90  # pixels: avatars, icons, tracking
_DECORATION: Final = re.compile(
    r"avatar|gravatar|logo|icon|sprite|spacer|pixel|placeholder|blank\.|1x1|badge|emoji|button|tracking|doubleclick|/ads?/",
    re.IGNORECASE,
)
_FRAME_LEVELS: Final = 6  # elements above an image in which its caption is looked for
_NEVER_IN: Final = ("aside", "footer", "nav", "noscript")


def read_pictures(index: Index, base: str) -> tuple[Picture, ...]:
    """Every picture of a page that may belong to an article, in page order; one address once."""
    spans = {span.element: span for span in index.spans}
    found: dict[str, Picture] = {}
    for span in index.spans:
        if span.element.tag in ("img", "amp-img"):
            picture = _read(span, spans, index, base)
            if picture and picture.url not in found:
                found[picture.url] = picture
    return tuple(found.values())


def _read(span: Span, spans: dict[Element, Span], index: Index, base: str) -> Picture | None:
    image = span.element
    if _is_small(image) or next(image.iterancestors(*_NEVER_IN), None) is not None:
        return None
    url = _address(image, base)
    if url is None or _DECORATION.search(f"{url} {image.get('class') or ''}"):
        return None
    frame = _frame(image, spans, index)
    where = spans.get(frame)
    captions, credit_texts = _texts(where, index) if where and frame is not image else ([], [])
    alt = fold(image.get("alt") or "") or None
    return Picture(url=url, caption=_joined(captions), credit=_joined(credit_texts), alt=alt, place=span.start)


def _frame(image: Element, spans: dict[Element, Span], index: Index) -> Element:
    """The figure or caption box around an image, else the image itself."""
    near = list(islice(image.iterancestors(), _FRAME_LEVELS))
    for parent in near:
        if parent.tag == "figure" or "wp-caption" in (parent.get("class") or ""):
            return parent
    for parent in near:
        if PICTURE_BOX.fits(parent) and parent in spans and is_picture_box(spans[parent], index):
            return parent
    parent = next((parent for parent in image.iterancestors() if parent.tag not in ("a", "picture", "span")), None)
    alone = parent is not None and sum(1 for _ in islice(parent.iterdescendants("img"), 2)) == 1
    return parent if alone and _holds_caption(parent) else image


def _holds_caption(element: Element) -> bool:
    return any(CAPTION.fits(child) for child in element.iter())


def _texts(frame: Span, index: Index) -> tuple[list[str], list[str]]:
    captions: list[str] = []
    credit_texts: list[str] = []
    whole = frame.element.tag == "figure" or PICTURE_BOX.fits(frame.element)
    for block in index.blocks[frame.start : min(frame.end, frame.start + 8)]:
        owner = _owner(block.element, frame.element)
        if owner is CREDIT or ((owner or whole) and is_credit(block.text)):
            credit_texts.append(block.text)
        elif owner is CAPTION or whole:
            caption, credit = split_block(block)
            captions.append(caption)
            credit_texts += [credit] if credit else []
    return captions, credit_texts


def _joined(texts: list[str]) -> str | None:
    return " ".join(dict.fromkeys(texts)) or None


def _owner(element: Element, top: Element) -> ElementRule | None:
    while element is not None and element is not top:
        for rule in (CREDIT, CAPTION):
            if rule.fits(element):
                return rule
        element = element.getparent()
    return None


def _address(image: Element, base: str) -> str | None:
    for url in _candidates(image):
        if url and not url.startswith(("data:", "blob:", "about:")):
            try:
                whole = urljoin(base, url.strip())
                parts = urlsplit(whole)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and not parts.path.endswith(".svg"):
                return whole
    return None


def _candidates(image: Element) -> Iterator[str | None]:
    for name in _SOURCES:
        yield image.get(name)
    for name in ("srcset", "data-srcset"):
        yield _largest(image.get(name) or "")


def _largest(srcset: str) -> str | None:
    """The address with the greatest width or density. Addresses may hold commas, but not end in one."""
    found = [(float(match["size"] or 1), match["url"]) for match in _CANDIDATE.finditer(srcset)]
    return max(found)[1] if found else None


_CANDIDATE: Final = re.compile(r"(?P<url>[^\s,]\S*[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)[wx])?\s*(?:,|$)")


def _is_small(image: Element) -> bool:
    sizes = [
        int(value) for name in ("width", "height") if (value := (image.get(name) or "").removesuffix("px")).isdecimal()
    ]
    return any(size < _SMALL for size in sizes)
