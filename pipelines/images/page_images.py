"""Images of a page that may belong to its article, with caption, credit and alternative text. Read before cutting."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from archive.text import fold
from pipelines.clutter.draft import NOWHERE
from pipelines.clutter.prune import names_of
from pipelines.images.frames import Frames
from pipelines.images.image_urls import Candidate, best, image_key, stated_width
from pipelines.page.blocks import Index, Span
from pipelines.page.full_urls import absolute
from pipelines.page.parse import Element

_IMAGES: Final = frozenset({"amp-img", "img"})
_SHOWING: Final = _IMAGES | {"noscript"}
_NEVER_IN: Final = frozenset({"aside", "footer", "nav", "noscript"})
_PORTRAIT_LEVELS: Final = 4
_PORTRAIT_TEXT: Final = 400  # characters of a box about an author
_PORTRAIT: Final = re.compile(
    r"(?:^|[-_])(?:author|auteur|autor|autore|avatar|byline|columnist|contributor|headshot|mugshot|verfasser)s?(?:[-_]|$)"
    r"|author(?:Image|Photo|Bio)",
    re.IGNORECASE,
)
_TEASER_TEXT: Final = 400  # characters of a teaser with everything in it
_TEASER_HEADLINE: Final = 15
_TEASER_SHARE: Final = 0.6  # of its text is linked
_WHOLE: Final = frozenset({"body", "html", "main"})
_TAGS: Final = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"\S+\.(?:gif|jpe?g|png|webp)|(?:DSC|IMG)[-_]?\d+", re.IGNORECASE)
_SMALL: Final = 90  # pixels: avatars, icons, tracking
_SHAPES: Final = frozenset({(1, 1), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (16, 9), (16, 10), (9, 16), (21, 9)})
_DECORATION_NAMES: Final = re.compile(
    r"(?:^|[-_])(?:avatar|badge|emoji|emoticon|favicon|icons?|logos?|pixel|smiley|spacer|sprite|tracking|wp-smiley)(?:[-_]|$)",
    re.IGNORECASE,
)
_DECORATION_FILES: Final = re.compile(
    r"(?:^|[/_-])(?:avatar|badge|button|emoji|favicon|icon|logo|sprite|smiley)s?(?:[-_.][\w-]{0,20})?\.\w+$"
    r"|/(?:ads?|avatars?|banners?|emojis?|icons?|logos?|sprites?|themes|smilies)/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """An image and its place among the blocks of the page; `at` is its place among the elements.

    `width` is the width in pixels that its URL states, 0 if unknown; `is_named` says that the page's head names it as
    the image of the article.
    """

    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    place: int
    at: int = NOWHERE
    width: int = 0
    is_named: bool = False


def read_images(index: Index, base: str, named: Iterable[str | None] = ()) -> tuple[PageImage, ...]:
    """Return the images of a page that may belong to an article, in page order, each once.

    `named` are the URLs that the page's head gives: `og:image`, `image` in JSON-LD.
    """
    reader = _Reader(index, base)
    own = {image_key(url) for url in named if url}
    found: dict[str, PageImage] = {}
    for at in reader.images:
        image = reader.read(at)
        if image:
            said = image_key(image.url)
            found[said] = _merged(found[said], image) if said in found else image
    return tuple(replace(image, is_named=said in own) for said, image in found.items())


def _merged(first: PageImage, second: PageImage) -> PageImage:
    """Merge two renditions of one image: the place of the first, the size of the larger."""
    larger = max(first, second, key=lambda image: image.width)
    return replace(
        first,
        url=larger.url,
        width=larger.width,
        caption=first.caption or second.caption,
        credit=first.credit or second.credit,
        alt=first.alt or second.alt,
    )


class _Reader:
    """Reads the images of one page: holds what all of them need."""

    def __init__(self, index: Index, base: str) -> None:
        self._index = index
        self._base = base
        places = {span.element: at for at, span in enumerate(index.spans)}
        self._spans = {span.element: span for span in index.spans}
        self.images = list(_shown(index, places))
        self._frames = Frames(index, self._spans, [index.spans[at].start for at in self.images])

    def read(self, at: int) -> PageImage | None:
        """Return the image at this place among the elements; None for a decoration, a portrait or a teaser."""
        span = self._index.spans[at]
        image = span.element if span.element.tag in _IMAGES else next(span.element.iter(*_IMAGES))
        if _is_small(image) or self._is_portrait(span.element) or self._is_teaser(span):
            return None
        shown = best(image, self._base) or self._without_scripts(image)
        if shown is None:
            return None
        texts = self._frames.texts_of(span)
        if _is_decoration(image, shown.url) and not (texts.framed and texts.captions):
            return None
        return PageImage(
            url=shown.url,
            caption=texts.caption,
            credit=texts.credit,
            alt=_alt(image),
            place=span.start,
            at=at,
            width=shown.width or stated_width(shown.url),
        )

    def _without_scripts(self, image: Element) -> Candidate | None:
        """Return what the `noscript` next to an image shows: only a script knows the URL of the image itself."""
        fallback = next((one for one in image.itersiblings("noscript")), None)
        twin = next(fallback.iter(*_IMAGES), None) if fallback is not None else None
        return None if twin is None else best(twin, self._base)

    def _is_portrait(self, element: Element) -> bool:
        """Tell whether an image is the portrait of an author: it is in a small box named so."""
        for parent in islice(element.iterancestors(), _PORTRAIT_LEVELS):
            if parent.tag not in _WHOLE and _names_author(" ".join(names_of(parent))):
                span = self._spans.get(parent)
                if span and self._index.text_in(span) <= _PORTRAIT_TEXT:
                    return True
        return False

    def _is_teaser(self, span: Span) -> bool:
        """Tell whether the text next to an image is a link to another page: the headline of another article."""
        for parent in span.element.iterancestors():
            around = self._spans.get(parent)
            if around is None or parent.tag in _WHOLE:
                return False
            text = self._index.text_in(around)
            if text > _TEASER_TEXT:
                return False
            if text >= _TEASER_HEADLINE:
                linked = self._index.linked_in(around) >= _TEASER_SHARE * text
                return linked and any(_leads_away(link, self._base) for link in _links(parent))
        return False


@lru_cache(maxsize=2048)  # pages of a site name their elements alike
def _names_author(names: str) -> bool:
    return any(map(_PORTRAIT.search, names.split()))


def _shown(index: Index, at: dict[Element, int]) -> Iterator[int]:
    """Yield the places of the images among the elements, without those in a side column or a footer."""
    root = index.spans[0].element
    apart = [(place, index.spans[place].stop) for one in root.iter(*_NEVER_IN) if (place := at.get(one)) is not None]
    for image in root.iter(*_SHOWING):
        place = at.get(image)
        if place is None or any(start < place < stop for start, stop in apart):
            continue
        if _shows(index.spans[place]):
            yield place


def _shows(span: Span) -> bool:
    """Tell an image, or a `noscript` with the only image of its parent (what lazy loading leaves), from any other."""
    element = span.element
    if element.tag != "noscript":
        return True
    if next(element.iter(*_IMAGES), None) is None:
        return False
    parent = element.getparent()
    beside = (child for child in parent.iterchildren() if child is not element) if parent is not None else ()
    return all(next(child.iter(*_IMAGES), None) is None for child in beside)


def _links(element: Element) -> Iterator[Element]:
    """Yield the links in an element, and the one around it."""
    yield from element.iter("a")
    yield from element.iterancestors("a")


def _leads_away(link: Element, base: str) -> bool:
    """Tell whether a link leads to another page, rather than to an image or a place on this one."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:")):
        return False
    try:
        whole = absolute(href, base)
        path = urlsplit(whole).path.lower()
    except ValueError:
        return False
    is_image = path.endswith((".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"))
    return not is_image and whole.split("#", 1)[0] != base.split("#", 1)[0]


def _alt(image: Element) -> str | None:
    """Return the alternative text without markup; None if it is empty or a file name."""
    text = fold(_TAGS.sub("", image.get("alt") or ""))
    return None if not text or _FILE_NAME.fullmatch(text) else text


def _is_small(image: Element) -> bool:
    """Tell an icon or a tracking pixel by its size, or that it is hidden; a shape such as 16 by 9 is no size."""
    written = [(image.get(name) or "").removesuffix("px")[:9] for name in ("width", "height")]  # int() has a limit
    sizes = [int(value) for value in written if value.isdecimal()]
    if tuple(sizes) in _SHAPES and sizes != [1, 1]:
        return False
    hidden = "visibility:hidden" in (image.get("style") or "").replace(" ", "")
    return hidden or any(size < _SMALL for size in sizes)


def _is_decoration(image: Element, url: str) -> bool:
    return any(map(_DECORATION_NAMES.search, (image.get("class") or "").split())) or bool(
        _DECORATION_FILES.search(urlsplit(url).path)
    )
