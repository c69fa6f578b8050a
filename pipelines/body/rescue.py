"""Paragraphs of the article that trafilatura passed over: which blocks to put back.

It judges each element by link density and stops at the first container that reads like an article. So it loses a
paragraph with many names linked in it, a list in a live blog, the opening that is outside the rest of the body,
and all of a body after the advert that splits its container. What it kept shows where the article's text is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from pipelines.compare import ends_sentence
from pipelines.page.blocks import Block
from pipelines.page.parse import Element

SUBHEADS: Final = frozenset({"h2", "h3", "h4", "h5"})
_ASIDE: Final = frozenset({"aside", "figure", "footer", "nav"})
_CLIMB: Final = 3  # containers around a paragraph that are compared for what it shares with the rest of the body
_SIBLINGS: Final = 3  # kept paragraphs of the same form that make a form the body's
_ITEM: Final = 60  # characters of a list item that is a sentence
_BESIDE: Final = 2  # kept paragraphs in the same element
_LINKED: Final = 0.4  # share of a paragraph from which it is a link


@dataclass(frozen=True, slots=True)
class Kept:
    """Which blocks of a page are in the text, as positions; `keys` are the texts of all blocks, "" for a cut one."""

    blocks: Sequence[Block]
    keys: Sequence[str]
    taken: frozenset[int]
    start: int  # the first block that can belong to the article: below its title


def missed(kept: Kept) -> tuple[int, ...]:
    """Positions of the blocks to put back, in page order."""
    if not kept.taken:
        return ()
    homes = Counter(home(kept.blocks[place]) for place in kept.taken)
    around = Counter(above for element in homes for above in islice(element.iterancestors(), _CLIMB))
    usual = _usual_forms(kept)
    found = sorted({*_between(kept, homes + around, usual), *_opening(kept), *_beyond(kept, usual)})
    return tuple(_without_loose_heads(kept, found))


def home(block: Block) -> Element:
    """Return a paragraph's container: its parent, past a quotation; for text outside any paragraph, its own element."""
    element = block.element
    if element.tag not in ("li", "p", *SUBHEADS):
        return element
    parent = element.getparent()
    if parent is not None and parent.tag == "blockquote":
        parent = parent.getparent()
    return element if parent is None else parent


def _between(kept: Kept, homes: Counter[Element], usual: frozenset["_Form"]) -> Iterator[int]:
    """Prose among the paragraphs that were kept, in the same element as they or of the same form; lists and quotations
    there as a whole."""
    for place in _free(kept, range(min(kept.taken) + 1, max(kept.taken))):
        block = kept.blocks[place]
        beside = homes[home(block)] >= _BESIDE and (_is_heading(block) or _is_paragraph(block))
        alike = _is_paragraph(block) and _form(block) in usual
        if beside or alike or ((_is_list_prose(block) or _is_quoted(block)) and _is_near(block, homes)):
            yield place


def _opening(kept: Kept) -> Iterator[int]:
    """Paragraphs above the first one kept, in what holds it or in one of the two elements around that."""
    first = min(kept.taken)
    inner = home(kept.blocks[first])
    around = {inner, *islice(inner.iterancestors(), 2)}
    for place in _free(kept, range(kept.start, first)):
        block = kept.blocks[place]
        if block.element.tag == "p" and home(block) in around and _is_paragraph(block) and not _is_set_apart(block):
            yield place


def _beyond(kept: Kept, usual: frozenset["_Form"]) -> Iterator[int]:
    """Paragraphs of the same form as those kept below the last of them, within the same article."""
    last = max(kept.taken)
    article = _article(kept.blocks[last])
    for place in range(last + 1, len(kept.blocks)) if usual else ():
        block = kept.blocks[place]
        if block.element.tag == "h1" or _article(block) is not article:
            return
        if kept.keys[place] and (_continues(block, usual) or _heads_more(block, usual)):
            yield place


def _continues(block: Block, usual: frozenset["_Form"]) -> bool:
    return _form(block) in usual and ends_sentence(block.text) and block.linked < _LINKED * len(block.text)


def _heads_more(block: Block, usual: frozenset["_Form"]) -> bool:
    form = _form(block)
    return _is_heading(block) and any((form.around, form.around_name) == (one.around, one.around_name) for one in usual)


def _free(kept: Kept, places: Iterable[int]) -> Iterator[int]:
    return (place for place in places if place not in kept.taken and kept.keys[place])


def _is_heading(block: Block) -> bool:
    return block.element.tag in SUBHEADS and len(block.text) <= 150 and not block.linked


def _is_paragraph(block: Block) -> bool:
    """Tell whether a block is a sentence or more of prose."""
    if block.element.tag in SUBHEADS:
        return False
    return len(block.text) >= 100 and block.linked < 0.7 * len(block.text) and ends_sentence(block.text)


def _is_list_prose(block: Block) -> bool:
    long = len(block.text) >= _ITEM and ends_sentence(block.text)
    return block.element.tag == "li" and long and block.linked < _LINKED * len(block.text)


def _is_quoted(block: Block) -> bool:
    """Tell a line of a quotation: a pull quote, or somebody's post that is shown in the text."""
    return block.linked < _LINKED * len(block.text) and _quotation(block.element) is not None


def _quotation(element: Element) -> Element | None:
    return next((above for above in (element, *islice(element.iterancestors(), 2)) if above.tag == "blockquote"), None)


def _is_near(block: Block, homes: Counter[Element]) -> bool:
    """Tell whether an element not far above a block holds paragraphs of the body directly."""
    quotation = _quotation(block.element)
    element = home(block) if quotation is None else _past_aside(quotation.getparent())
    for _ in range(_CLIMB):
        if element is None:
            return False
        if homes[element] >= _BESIDE:
            return True
        if element.tag in _ASIDE:
            return False
        element = element.getparent()
    return False


def _past_aside(element: Element | None) -> Element | None:
    """Step out of an `aside` or a `figure` that a pull quote has to itself."""
    return element.getparent() if element is not None and element.tag in ("aside", "figure") else element


def _is_set_apart(block: Block) -> bool:
    return any(element.tag in _ASIDE or element.tag == "header" for element in block.element.iterancestors())


class _Form(NamedTuple):
    """How a paragraph is marked up: its tag and class (its container's, where it has none), and its container's."""

    tag: str
    name: str
    around: str
    around_name: str


def _form(block: Block) -> _Form:
    element = block.element
    around = element.getparent()
    if around is None:
        return _Form(element.tag, "", "", "")
    around_name = around.get("class") or ""
    return _Form(element.tag, element.get("class") or around_name, around.tag, around_name)


def _usual_forms(kept: Kept) -> frozenset[_Form]:
    """Return the forms that several of the kept paragraphs have, if they have a class to tell them by."""
    forms = Counter(_form(kept.blocks[place]) for place in kept.taken if _is_paragraph(kept.blocks[place]))
    return frozenset(form for form, count in forms.items() if count >= _SIBLINGS and form.name)


def _article(block: Block) -> Element | None:
    return next(block.element.iterancestors("article"), None)


def _without_loose_heads(kept: Kept, found: list[int]) -> Iterator[int]:
    """Leave out headings below the text with no paragraph under them that is put back."""
    last = max(kept.taken)
    prose = [place for place in found if not _is_heading(kept.blocks[place])]
    end = max([last, *prose])
    return (place for place in found if place < end or place in prose)
