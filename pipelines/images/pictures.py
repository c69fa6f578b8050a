"""Pictures of the article, with caption, credit and alternative text. Read before anything is cut, placed later."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Final
from urllib.parse import urlsplit

from archive.model.article import ClutterKind, Image
from archive.text import fold
from pipelines.clutter.captions import CAPTION, CREDIT, PICTURE_BOX, is_credit, is_picture_box, split_block
from pipelines.clutter.draft import NOWHERE
from pipelines.clutter.prune import ElementRule, Pruned, names_of
from pipelines.compare import key
from pipelines.images.credits import is_control, split_element, split_tail, without_label
from pipelines.images.image_urls import Candidate, best, picture_key, stated_width
from pipelines.page.blocks import Block, Index, Span
from pipelines.page.full_urls import absolute
from pipelines.page.parse import Element

_FRAME_LEVELS: Final = 6  # elements above an image in which its caption is looked for
_FRAME_BLOCKS: Final = 8
_PORTRAIT_LEVELS: Final = 4
_PORTRAIT_TEXT: Final = 400  # characters of a box about an author
_TEASER_TEXT: Final = 400  # characters of a teaser with everything in it
_TEASER_HEADLINE: Final = 15
_TEASER_SHARE: Final = 0.6  # of its text is linked
_WHOLE: Final = frozenset({"body", "html", "main"})
_TAGS: Final = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"\S+\.(?:gif|jpe?g|png|webp)|(?:DSC|IMG)[-_]?\d+", re.IGNORECASE)
_START: Final = attrgetter("start")
_PORTRAIT_ALT: Final = 80  # letters
_PORTRAIT_WORDS: Final = 20  # letters around the name: "Headshot of", "Profile picture for user", "Porträt von"
_PORTRAIT_SAID: Final = re.compile(r"^(?:author|avatar|headshot|profile (?:image|photo|picture))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and its place among the blocks of the page; `at` is its place among the elements.

    `width` is the width in pixels that its address promises, 0 where nothing is known of it; `is_named` tells that the
    page's head names it as the picture of the article.
    """

    url: str
    caption: str | None
    credit: str | None
    alt: str | None
    place: int
    at: int = NOWHERE
    width: int = 0
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the article when its pictures are chosen: where its paragraphs and its title stand among the
    blocks, which elements were cut, and who wrote it."""

    places: tuple[int, ...]
    title_place: int = NOWHERE
    pruned: Pruned = field(default_factory=lambda: Pruned((), ()))
    authors: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------ reading
_IMAGES: Final = frozenset({"amp-img", "img"})
_NEVER_IN: Final = frozenset({"aside", "footer", "nav", "noscript"})


def read_pictures(index: Index, base: str, named: Iterable[str | None] = ()) -> tuple[Picture, ...]:
    """Every picture of a page that may belong to an article, in page order; one picture once.

    `named` are the addresses that the page's head gives: `og:image`, `image` in JSON-LD.
    """
    reader = _Reader(index, base)
    own = {picture_key(url) for url in named if url}
    found: dict[str, Picture] = {}
    for at in reader.images:
        picture = reader.read(at)
        if picture:
            said = picture_key(picture.url)
            found[said] = _merged(found[said], picture) if said in found else picture
    return tuple(replace(picture, is_named=said in own) for said, picture in found.items())


def _merged(first: Picture, second: Picture) -> Picture:
    """Two renditions of one picture: where the first stands, as large as the larger."""
    larger = max(first, second, key=lambda picture: picture.width)
    return replace(
        first,
        url=larger.url,
        width=larger.width,
        caption=first.caption or second.caption,
        credit=first.credit or second.credit,
        alt=first.alt or second.alt,
    )


class _Reader:
    """Reads the pictures of one page: holds what all of them need."""

    def __init__(self, index: Index, base: str) -> None:
        self.index = index
        self.base = base
        self._at = {span.element: at for at, span in enumerate(index.spans)}
        self.images = list(_shown(index, self._at))
        self._places = [index.spans[at].start for at in self.images]

    def read(self, at: int) -> Picture | None:
        """The picture that the image at this place among the elements shows."""
        span = self.index.spans[at]
        image = span.element if span.element.tag in _IMAGES else next(span.element.iter(*_IMAGES))
        if _is_small(image) or self._is_portrait(span.element) or self._is_teaser(span):
            return None
        shown = best(image, self.base) or self._without_scripts(image)
        if shown is None:
            return None
        frame = self._frame(span.element)
        captions, credit_texts = self._texts(frame, span) if frame else ([], [])
        captions, credit_texts = self._with_following(frame or span, captions, credit_texts)
        if _is_decoration(image, shown.url) and not (frame and captions):
            return None
        return Picture(
            url=shown.url,
            caption=_joined(captions),
            credit=_joined(credit_texts),
            alt=_alt(image),
            place=span.start,
            at=at,
            width=shown.width or stated_width(shown.url),
        )

    def _span(self, element: Element) -> Span | None:
        at = self._at.get(element)
        return None if at is None else self.index.spans[at]

    def _without_scripts(self, image: Element) -> Candidate | None:
        """What the `noscript` next to an image shows, for one whose address only a script knows."""
        fallback = next((one for one in image.itersiblings("noscript")), None)
        twin = next(fallback.iter(*_IMAGES), None) if fallback is not None else None
        return None if twin is None else best(twin, self.base)

    def _is_portrait(self, element: Element) -> bool:
        """It is the portrait of an author: it stands in a small box that is named so."""
        for parent in islice(element.iterancestors(), _PORTRAIT_LEVELS):
            if parent.tag not in _WHOLE and _names_author(" ".join(names_of(parent))):
                span = self._span(parent)
                if span and self.index.text_in(span) <= _PORTRAIT_TEXT:
                    return True
        return False

    def _is_teaser(self, span: Span) -> bool:
        """What stands next to it is a link to another page: the headline of another article."""
        for parent in span.element.iterancestors():
            around = self._span(parent)
            if around is None or parent.tag in _WHOLE:
                return False
            text = self.index.text_in(around)
            if text > _TEASER_TEXT:
                return False
            if text >= _TEASER_HEADLINE:
                linked = self.index.linked_in(around) >= _TEASER_SHARE * text
                return linked and any(_leads_away(link, self.base) for link in _links(parent))
        return False

    def _frame(self, image: Element) -> Span | None:
        """The figure or caption box around an image."""
        near = list(islice(image.iterancestors(), _FRAME_LEVELS))
        for parent in near:
            if parent.tag in ("dl", "figure") or "wp-caption" in (parent.get("class") or ""):
                return self._span(parent)
        for parent in near:
            span = self._span(parent)
            if span and PICTURE_BOX in _rules_of(parent) and is_picture_box(span, self.index):
                return span
        parent = next((parent for parent in near if parent.tag not in ("a", "picture", "span")), None)
        if parent is not None and _is_alone(parent) and any(map(CAPTION.fits, parent.iter())):
            return self._span(parent)
        return None

    def _texts(self, frame: Span, image: Span) -> tuple[list[str], list[str]]:
        captions: list[str] = []
        credit_texts: list[str] = []
        whole = frame.element.tag in ("dl", "figure") or PICTURE_BOX.fits(frame.element)
        cited = {fold(cite.text_content()) for cite in frame.element.iter("cite")}
        for block in self._blocks_of(frame, image):
            owner = _owner(block.element, frame.element)
            if is_control(block.text) or block.element.tag == "button":
                continue
            if block.text in cited or ((owner or whole) and is_credit(block.text)):
                credit_texts.append(block.text)
            elif owner or whole:
                caption, credit = _split(block) if owner is not CREDIT else _split_credit_element(block)
                captions += [caption] if caption else []
                credit_texts += [credit] if credit else []
        return captions, credit_texts

    def _blocks_of(self, frame: Span, image: Span) -> tuple[Block, ...]:
        """The texts of a frame that are this image's: those up to the next image, else those of all."""
        following = next((place for place in self._places if place > image.start), frame.end)
        own = self.index.blocks[image.start : min(following, frame.end)]
        return own or self.index.blocks[frame.start : min(frame.end, frame.start + _FRAME_BLOCKS)]

    def _with_following(self, frame: Span, captions: list[str], credit_texts: list[str]) -> tuple[list[str], list[str]]:
        """Add the caption or credit that stands right after the picture, outside its frame."""
        for place in range(frame.end, min(frame.end + 2, len(self.index.blocks))):
            block = self.index.blocks[place]
            if place > frame.end and place in self._places:
                break
            owner = _owner(block.element, None)
            if not credit_texts and (owner is CREDIT or is_credit(block.text)):
                return captions, [block.text]
            if captions or owner is not CAPTION:
                break
            caption, credit = _split(block)
            captions, credit_texts = [caption] if caption else [], credit_texts or ([credit] if credit else [])
        return captions, credit_texts


_OWNER_LEVELS: Final = 2  # elements above a block outside any frame whose names count
_PORTRAIT: Final = re.compile(
    r"(?:^|[-_])(?:author|auteur|autor|autore|avatar|byline|columnist|contributor|headshot|mugshot|verfasser)s?(?:[-_]|$)"
    r"|author(?:Image|Photo|Bio)",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)  # pages of a site name their elements alike
def _names_author(names: str) -> bool:
    return any(map(_PORTRAIT.search, names.split()))


_SHOWING: Final = _IMAGES | {"noscript"}


def _shown(index: Index, at: dict[Element, int]) -> Iterator[int]:
    """The places of the images among the elements, without those in a side column or a footer."""
    root = index.spans[0].element
    apart = [(place, index.spans[place].stop) for one in root.iter(*_NEVER_IN) if (place := at.get(one)) is not None]
    for image in root.iter(*_SHOWING):
        place = at.get(image)
        if place is None or any(start < place < stop for start, stop in apart):
            continue
        if _shows(index.spans[place]):
            yield place


def _shows(span: Span) -> bool:
    """An image; or a `noscript` with the only one in the element around it: what lazy loading leaves."""
    element = span.element
    if element.tag != "noscript":
        return True
    if next(element.iter(*_IMAGES), None) is None:
        return False
    parent = element.getparent()
    beside = (child for child in parent.iterchildren() if child is not element) if parent is not None else ()
    return all(next(child.iter(*_IMAGES), None) is None for child in beside)


def _is_alone(parent: Element) -> bool:
    return sum(1 for _ in islice(parent.iterdescendants("img"), 2)) == 1


def _links(element: Element) -> Iterator[Element]:
    """The links in an element, and the one around it."""
    yield from element.iter("a")
    yield from element.iterancestors("a")


def _leads_away(link: Element, base: str) -> bool:
    """A link leads to another page, rather than to a picture or a place on this one."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:")):
        return False
    try:
        whole = absolute(href, base)
        path = urlsplit(whole).path.lower()
    except ValueError:
        return False
    picture = path.endswith((".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"))
    return not picture and whole.split("#", 1)[0] != base.split("#", 1)[0]


def _split(block: Block) -> tuple[str, str | None]:
    """Caption and credit in a text that holds either or both."""
    text = _without_buttons(block)
    caption, credit = split_block(block) if text == block.text else (text, None)
    caption, credit = (caption, credit) if credit else split_tail(caption)
    return caption, credit


def _split_credit_element(block: Block) -> tuple[str, str | None]:
    caption, credit = split_block(block)
    return (caption, credit) if credit and caption else split_element(block.text)


def _without_buttons(block: Block) -> str:
    """The text without the link or button at its end that opens the rest of it."""
    text = block.text
    for part in block.element.iterdescendants("a", "button", "span"):
        said = fold(part.text_content())
        if is_control(said) and text.endswith(said):
            text = text.removesuffix(said).strip()
    return text


def _joined(texts: list[str]) -> str | None:
    """The texts once each: pages repeat a caption for another width of the window."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(key(text) or text, text)
    return without_label(" ".join(kept.values())) or None


def _rules_of(element: Element) -> tuple[ElementRule, ...]:
    """Which of credit, caption and box with a picture an element is named after."""
    return _rules_named(element.tag, " ".join(names_of(element)))


@lru_cache(maxsize=4096)  # pages of a site name their elements alike
def _rules_named(tag: str, names: str) -> tuple[ElementRule, ...]:
    said = names.split()
    return tuple(
        rule
        for rule in (CREDIT, CAPTION, PICTURE_BOX)
        if tag in rule.alone
        or (rule.names and (not rule.tags or tag in rule.tags) and any(map(rule.names.search, said)))
    )


def _owner(element: Element, top: Element | None) -> ElementRule | None:
    levels = 0
    while element is not None and element is not top and (top is not None or levels < _OWNER_LEVELS):
        owner = next((rule for rule in _rules_of(element) if rule is not PICTURE_BOX), None)
        if owner is not None:
            return owner
        element = element.getparent()
        levels += 1
    return None


def _alt(image: Element) -> str | None:
    """The alternative text, without markup; the name of a file is none."""
    text = fold(_TAGS.sub("", image.get("alt") or ""))
    return None if not text or _FILE_NAME.fullmatch(text) else text


# ------------------------------------------------------------------------------------------------ decoration
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


def _is_small(image: Element) -> bool:
    """An icon or a tracking pixel by its size, or hidden; a shape such as 16 by 9 is no size."""
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


# ------------------------------------------------------------------------------------------------ choosing
_ABOVE: Final = 25  # blocks above the first paragraph in which the lead picture stands (title, byline, share bar)
_ABOVE_TITLE: Final = 6
_BELOW: Final = 6  # blocks below the last paragraph in which a picture with a caption is still the article's
_OPENING: Final = 3  # paragraphs above which the picture that the page names as its own is the lead
_KEPT_KINDS: Final = frozenset({ClutterKind.CAPTION, ClutterKind.CREDIT, ClutterKind.GALLERY})


def article_images(pictures: tuple[Picture, ...], index: Index, setting: Setting) -> tuple[Image, ...]:
    """The pictures of the article, placed among its paragraphs; one of them at most is the lead."""
    if not setting.places or not pictures:
        return ()
    chosen = list(_belonging(_outside(pictures, index, setting), setting))
    lead = _lead(chosen, setting)
    return tuple(
        Image(
            url=picture.url,
            caption=picture.caption,
            credit=picture.credit,
            alt=picture.alt,
            after_paragraph=_before(picture, setting.places),
            lead=picture is lead,
        )
        for picture in chosen
    )


def _outside(pictures: tuple[Picture, ...], index: Index, setting: Setting) -> list[Picture]:
    """The pictures that do not stand in an element that was cut as something else than a picture.

    What the page names as its picture may stand in a player or a teaser box above the text.
    """
    cut = [span for span, rule in setting.pruned.spans if rule.kind not in _KEPT_KINDS]
    gone = [(_place_of(span, index), span.stop) for span in cut]
    top = min(setting.places)
    return [
        picture
        for picture in pictures
        if not any(start <= picture.at < stop for start, stop in gone) or (picture.place <= top and picture.is_named)
    ]


def _place_of(span: Span, index: Index) -> int:
    """The place of an element among the elements: they stand in the order of their first blocks."""
    first, end = bisect_left(index.spans, span.start, key=_START), len(index.spans)
    return next((at for at in range(first, end) if index.spans[at].element is span.element), end)


def _belonging(pictures: list[Picture], setting: Setting) -> Iterator[Picture]:
    """Not far above the first paragraph, nor below the last unless captioned there; no portrait of an author.

    Below the last paragraph one captioned picture leads to the next: a gallery at the end of its text.
    """
    known = [place for place in setting.places if place > NOWHERE] or [setting.title_place]
    first, last = min(known), max(known)
    titled = NOWHERE < setting.title_place <= first
    top = setting.title_place - _ABOVE_TITLE if titled else first - _ABOVE
    for picture in pictures:
        if picture.place > last + (_BELOW if picture.caption else 1):
            continue
        if picture.is_named or (top <= picture.place and not _is_portrait(picture, setting.authors)):
            yield picture
            last = max(last, picture.place) if picture.caption else last


def _is_portrait(picture: Picture, authors: tuple[str, ...]) -> bool:
    """It shows an author of the article: its description is the name, with a word or two at most."""
    said = key(picture.alt or "")
    if picture.credit or len(said) > _PORTRAIT_ALT:
        return False
    names = {key(name) for name in authors}
    return any(name and name in said and len(said) <= len(name) + _PORTRAIT_WORDS for name in names) or bool(
        key(picture.caption or "") in names or _PORTRAIT_SAID.search(picture.alt or "")
    )


def _before(picture: Picture, places: tuple[int, ...]) -> int:
    return sum(1 for place in places if place < picture.place)


def _lead(chosen: list[Picture], setting: Setting) -> Picture | None:
    """What the page names as its picture, where it stands near the top; else what stands above the first paragraph."""
    top = [picture for picture in chosen if _before(picture, setting.places) <= _OPENING]
    told = (picture for picture in top if picture.is_named)
    first = (picture for picture in top if _before(picture, setting.places) == 0)
    return next(told, None) or next(first, None)
