"""Figures and caption boxes around the images of a page, and the captions and credits in them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from archive.text import fold
from pipelines.clutter.captions import CAPTION, CREDIT, IMAGE_BOX, is_credit, is_image_box, split_block
from pipelines.clutter.prune import ElementRule, names_of
from pipelines.compare import key
from pipelines.images.credits import is_control, split_element, split_tail, without_label
from pipelines.page.blocks import Block, Index, Span
from pipelines.page.parse import Element

_FRAME_LEVELS: Final = 6  # elements above an image in which its caption is looked for
_FRAME_BLOCKS: Final = 8
_OWNER_LEVELS: Final = 2  # elements above a block outside any frame whose names count


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTexts:
    """The captions and credits of an image, in page order; `framed` tells that a figure or a caption box holds it."""

    captions: tuple[str, ...]
    credits: tuple[str, ...]
    framed: bool

    @property
    def caption(self) -> str | None:
        """All captions as one."""
        return _joined(self.captions)

    @property
    def credit(self) -> str | None:
        """All credits as one."""
        return _joined(self.credits)


class Frames:
    """Finds the figure or caption box of each image of one page, and reads its texts.

    `spans` gives the span of an element, `places` the places of all images among the blocks, in page order.
    """

    def __init__(self, index: Index, spans: Mapping[Element, Span], places: Sequence[int]) -> None:
        self._index = index
        self._spans = spans
        self._places = places

    def texts_of(self, image: Span) -> ImageTexts:
        """Return the captions and credits that belong to an image: those in its frame, and those right after it."""
        frame = self._frame(image.element)
        captions, credit_texts = self._texts(frame, image) if frame else ([], [])
        captions, credit_texts = self._with_following(frame or image, captions, credit_texts)
        return ImageTexts(captions=tuple(captions), credits=tuple(credit_texts), framed=frame is not None)

    def _frame(self, image: Element) -> Span | None:
        """Return the figure or caption box around an image, if it has one."""
        near = list(islice(image.iterancestors(), _FRAME_LEVELS))
        for parent in near:
            if parent.tag in ("dl", "figure") or "wp-caption" in (parent.get("class") or ""):
                return self._spans.get(parent)
        for parent in near:
            span = self._spans.get(parent)
            if span and IMAGE_BOX in _rules_of(parent) and is_image_box(span, self._index):
                return span
        parent = next((parent for parent in near if parent.tag not in ("a", "picture", "span")), None)
        if parent is not None and _is_alone(parent) and any(map(CAPTION.fits, parent.iter())):
            return self._spans.get(parent)
        return None

    def _texts(self, frame: Span, image: Span) -> tuple[list[str], list[str]]:
        captions: list[str] = []
        credit_texts: list[str] = []
        whole = frame.element.tag in ("dl", "figure") or IMAGE_BOX.fits(frame.element)
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
        """Return the texts of a frame that are this image's: those up to the next image, else those of all."""
        following = next((place for place in self._places if place > image.start), frame.end)
        own = self._index.blocks[image.start : min(following, frame.end)]
        return own or self._index.blocks[frame.start : min(frame.end, frame.start + _FRAME_BLOCKS)]

    def _with_following(self, frame: Span, captions: list[str], credit_texts: list[str]) -> tuple[list[str], list[str]]:
        """Add the caption or credit right after the image, outside its frame."""
        for place in range(frame.end, min(frame.end + 2, len(self._index.blocks))):
            block = self._index.blocks[place]
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


def _is_alone(parent: Element) -> bool:
    return sum(1 for _ in islice(parent.iterdescendants("img"), 2)) == 1


def _split(block: Block) -> tuple[str, str | None]:
    """Split a text that holds a caption, a credit or both."""
    text = _without_buttons(block)
    caption, credit = split_block(block) if text == block.text else (text, None)
    caption, credit = (caption, credit) if credit else split_tail(caption)
    return caption, credit


def _split_credit_element(block: Block) -> tuple[str, str | None]:
    caption, credit = split_block(block)
    return (caption, credit) if credit and caption else split_element(block.text)


def _without_buttons(block: Block) -> str:
    """Return the text without the link or button at its end that opens the rest of it."""
    text = block.text
    for part in block.element.iterdescendants("a", "button", "span"):
        said = fold(part.text_content())
        if is_control(said) and text.endswith(said):
            text = text.removesuffix(said).strip()
    return text


def _joined(texts: Sequence[str]) -> str | None:
    """Join the texts, each once: pages repeat a caption for another width of the window."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(key(text) or text, text)
    return without_label(" ".join(kept.values())) or None


def _rules_of(element: Element) -> tuple[ElementRule, ...]:
    """Return which of the rules for credits, captions and image boxes the names of an element fit."""
    return _rules_named(element.tag, " ".join(names_of(element)))


@lru_cache(maxsize=4096)  # pages of a site name their elements alike
def _rules_named(tag: str, names: str) -> tuple[ElementRule, ...]:
    said = names.split()
    return tuple(
        rule
        for rule in (CREDIT, CAPTION, IMAGE_BOX)
        if tag in rule.alone
        or (rule.names and (not rule.tags or tag in rule.tags) and any(map(rule.names.search, said)))
    )


def _owner(element: Element, top: Element | None) -> ElementRule | None:
    levels = 0
    while element is not None and element is not top and (top is not None or levels < _OWNER_LEVELS):
        owner = next((rule for rule in _rules_of(element) if rule is not IMAGE_BOX), None)
        if owner is not None:
            return owner
        element = element.getparent()
        levels += 1
    return None
