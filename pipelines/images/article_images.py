"""Choose the images of an article among those of its page, place them among its paragraphs, and name the lead. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from archive.model.article import ClutterKind, Image
from pipelines.clutter.draft import NOWHERE
from pipelines.clutter.prune import Pruned
from pipelines.compare import key
from pipelines.images.page_images import PageImage
from pipelines.page.blocks import Index, Span

_ABOVE: Final = 25  # blocks above the first paragraph in which the lead image may be (title, byline, share bar)
_ABOVE_TITLE: Final = 6
_BELOW: Final = 6  # blocks below the last paragraph in which a image with a caption is still the article's
_OPENING: Final = 3  # paragraphs above which the image that the page names as its own is the lead
_KEPT_KINDS: Final = frozenset({ClutterKind.CAPTION, ClutterKind.CREDIT, ClutterKind.GALLERY})
_START: Final = attrgetter("start")
_PORTRAIT_ALT: Final = 80  # letters
_PORTRAIT_WORDS: Final = 20  # letters around the name: "Headshot of", "Profile image for user", "Porträt von"
_PORTRAIT_SAID: Final = re.compile(r"^(?:author|avatar|headshot|profile (?:image|photo|image))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the article when its images are chosen.

    `places` and `title_place` are those of its paragraphs and its title among the blocks of the page.
    """

    places: tuple[int, ...]
    title_place: int = NOWHERE
    pruned: Pruned = field(default_factory=lambda: Pruned((), ()))
    authors: tuple[str, ...] = ()


def article_images(images: tuple[PageImage, ...], index: Index, setting: Setting) -> tuple[Image, ...]:
    """Return the images of the article, placed among its paragraphs; at most one is the lead."""
    if not setting.places or not images:
        return ()
    chosen = list(_belonging(_outside(images, index, setting), setting))
    lead = _lead(chosen, setting)
    return tuple(
        Image(
            url=image.url,
            caption=image.caption,
            credit=image.credit,
            alt=image.alt,
            after_paragraph=_before(image, setting.places),
            lead=image is lead,
        )
        for image in chosen
    )


def _outside(images: tuple[PageImage, ...], index: Index, setting: Setting) -> list[PageImage]:
    """Return the images outside all elements that were cut as something else than an image.

    The image that the page names as its own may be in a player or a teaser box above the text.
    """
    cut = [span for span, rule in setting.pruned.spans if rule.kind not in _KEPT_KINDS]
    gone = [(_place_of(span, index), span.stop) for span in cut]
    top = min(setting.places)
    return [
        image
        for image in images
        if not any(start <= image.at < stop for start, stop in gone) or (image.place <= top and image.is_named)
    ]


def _place_of(span: Span, index: Index) -> int:
    """Return the place of an element among the elements, which are in the order of their first blocks."""
    first, end = bisect_left(index.spans, span.start, key=_START), len(index.spans)
    return next((at for at in range(first, end) if index.spans[at].element is span.element), end)


def _belonging(images: list[PageImage], setting: Setting) -> Iterator[PageImage]:
    """Yield the images not far above the first paragraph, or below the last with a caption; no portrait of an author.

    Below the last paragraph one captioned image leads to the next: a gallery at the end of its text.
    """
    known = [place for place in setting.places if place > NOWHERE] or [setting.title_place]
    first, last = min(known), max(known)
    titled = NOWHERE < setting.title_place <= first
    top = setting.title_place - _ABOVE_TITLE if titled else first - _ABOVE
    for image in images:
        if image.place > last + (_BELOW if image.caption else 1):
            continue
        if image.is_named or (top <= image.place and not _is_portrait(image, setting.authors)):
            yield image
            last = max(last, image.place) if image.caption else last


def _is_portrait(image: PageImage, authors: tuple[str, ...]) -> bool:
    """Tell whether an image shows an author of the article: its description is the name and at most a word or two."""
    said = key(image.alt or "")
    if image.credit or len(said) > _PORTRAIT_ALT:
        return False
    names = {key(name) for name in authors}
    return any(name and name in said and len(said) <= len(name) + _PORTRAIT_WORDS for name in names) or bool(
        key(image.caption or "") in names or _PORTRAIT_SAID.search(image.alt or "")
    )


def _before(image: PageImage, places: tuple[int, ...]) -> int:
    return sum(1 for place in places if place < image.place)


def _lead(chosen: list[PageImage], setting: Setting) -> PageImage | None:
    """Return the image that the page names as its own, if near the top; else the one above the first paragraph."""
    top = [image for image in chosen if _before(image, setting.places) <= _OPENING]
    named = (image for image in top if image.is_named)
    first = (image for image in top if _before(image, setting.places) == 0)
    return next(named, None) or next(first, None)
