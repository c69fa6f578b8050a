"""Captions, photo credits and the figures around them.

Most captions are marked in the page and go with their element. Those pasted as bare paragraphs are recognized by what
only a caption says: where in the image somebody is ("left", "pictured right"), that it is an image ("This combination
of photos shows"), or an agency's credit at its end. A caption without such a cue looks like any sentence, and stays.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from archive.text import fold
from pipelines.clutter.draft import Draft, Line, move, move_where
from pipelines.clutter.prune import ElementRule
from pipelines.compare import ends_sentence
from pipelines.page.blocks import Block, Index, Span
from pipelines.page.parse import Element
from pipelines.phrases import Patterns, pattern, phrases, table

_AGENCIES: Final = phrases("agencies")
_AGENCY: Final = "(?:" + "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True)) + ")"
# As in: Jane Doe/Getty Images; STR/AFP via Getty Images; (AP Photo/Jane Doe); Getty Images
_AGENCY_LINE: Final = re.compile(
    rf"[(\[]?(?:(?:[\w.&'’\- ]{{2,60}}\s*[/|,·•–—-]\s*|[\w.'’\- ]{{2,50}}\s+(?:via|for|für|pour)\s+){{0,3}})"
    rf"{_AGENCY}(?:\s+(?:images?|photos?|entertainment|europe|pool|file))?"
    r"(?:\s*(?:[/|,·•–—-]|via|for)\s*[\w.&'’\- ]{2,50}){0,3}[)\]]?\.?",
    re.IGNORECASE,
)
# As in: "Photo: Jane Doe", "(Image credit: NASA)", "Foto: dpa", "Photograph by ..."
_LABELLED: Final = Patterns(
    "photo-labels",
    before=r"[(\[]?",
    after=r"\s*\S.{0,100}",
)
_MARKED: Final = re.compile(r"©\s*[^\W\d]")  # "© Jane Doe A nurse prepares ...": credit and caption in one
_SIDES: Final = r"(?:left|right|cent(?:er|re)|far left|far right|second from (?:left|right)|top|bottom|l|r)"
# Wording that only captions have, at any position.
_PARTS: Final = "(?:left|right|back|front|cent(?:er|re))"
_SERIES: Final = "(?:combination|combo|collage|composite|series)"
_SORTS: Final = "(?:aerial|combination|file|handout|recent|satellite|still|undated|video)"
_IMAGE: Final = "(?:frame grab|grab|illustration|image|photo|photograph|picture)s?"
_DESCRIBED: Final = pattern(
    rf"""
    clockwise\s+from\b
    \(?file\s+(?:photo|image|picture)\b
    file\s*[-–—:]\s*\w
    (?:from\s+)?left\s+to\s+right\b
    (?:pictured|shown|seen)\s+(?:(?:above|below|here|at|in)\b[^.]{{0,40}},?\s*)?(?:from\s+)?(?:the\s+)?{_PARTS}\b
    (?:this|these|a|an|in this)\s+(?:undated\s+)?{_SERIES}\s+of\s+(?:\w+\s+){{0,2}}(?:photo|picture|image|file)
    (?:this|these|in this)\s+(?:{_SORTS}\s+|screen\s*)*{_IMAGE}\b[^.]{{0,80}}\b(?:from|provided|released|shows?|taken)
    (?:von\s+links|v\.\s*l\.|de\s+gauche\s+à\s+droite|de\s+izquierda\s+a\s+derecha|da\s+sinistra)\b
    """,
    before=r"^\(?",
)
_CUES: Final = pattern(table("caption-cues"), before=r"^\(?")
_CUE_SIGN: Final = re.compile(
    r"[:：=＝（(【\[/／▲△◀▶◆©摄攝供图圖照写]|фото|світлина|(?:fot|zdj)\.|(?:foto|photo|bild|grafik|kuva|kép|hình|ảnh)s?\s?-",
    re.IGNORECASE,
)
_PLACED: Final = pattern(rf"""
    ,\s*(?:pictured\s+|seen\s+)?(?:{_SIDES}|pictured(?:\s+here)?|seen here),
    \((?:pictured(?:\s+\w+)?|{_SIDES})\)
    \b(?:pictured|seen)\s+(?:here|above|below)\b
    \((?:links|rechts|mitte|l\.|r\.|à gauche|à droite|izquierda|derecha)\)
""")
_DATED: Final = re.compile(
    r"\b(?:on|in|le|am|el)\s+(?:\w+day,?\s+)?(?:\d{1,2}\.?\s+\w{3,9}|\w{3,9}\.?\s+\d{1,2})(?:,?\s+(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
# "... at the rally. (Jane Doe/Getty Images)", "(AP Photo/Jane Doe)"; a bare "(Reuters)" ends reports too
_PAREN_CREDIT: Final = pattern(
    rf"""
    [^()]{{2,50}}\s?[/|]\s?{_AGENCY}\b[^()]{{0,40}}
    (?:ap|afp|epa|reuters|getty|pa)(?:\s+(?:photo|images|file photo))?\s?/\s?[^()]{{2,40}}
    (?:photo|image|picture|foto)s?\s*(?:by|credit|:)[^()]{{2,60}}
    """,
    before=r"\(",
    after=r"\)\.?$",
)
_BOX_TEXT: Final = 500  # characters of the longest captions seen on news pages, and some
_BOX_BLOCKS: Final = 4
_INLINE: Final = ("b", "cite", "em", "font", "i", "small", "span", "strong")
_LONGEST_CREDIT: Final = 120  # characters
_SENTENCE_END: Final = re.compile(r"(?<!\b[^\W\d_])[.!?…。؟][\"'”’»)]*\s+")  # not after an initial
_CLOSING: Final = 3
_HEAD: Final = 14
_TAIL: Final = 110


# ---- What a line says ------------------------------------------------------------------------------------------------


def is_credit(text: str) -> bool:
    """Tell whether a line is a photo credit and nothing else."""
    if len(text) > 110:
        return False
    return bool(_AGENCY_LINE.fullmatch(text) or (_LABELLED.fullmatch(text) and len(text.split()) <= 14))


def split_credit(text: str) -> tuple[str, str | None]:
    """Split a caption from the credit after its last sentence: "The pier at dawn. Photo: Jane Doe"."""
    for end in _SENTENCE_END.finditer(text):
        if is_credit(text[end.end() :]):
            return text[: end.end()].strip(), text[end.end() :]
    return text, None


def is_caption(text: str) -> bool:
    """Tell whether the words of a line show that it describes an image."""
    if len(text) > 700:
        return False
    if _DESCRIBED.match(text) or _MARKED.match(text) or _is_cued(text):
        return True
    if text.lstrip()[:1] in '"“„«':
        return False
    in_brackets = ")" in text[-_CLOSING:] and _PAREN_CREDIT.search(text)
    return bool(in_brackets or (_PLACED.search(text) and _DATED.search(text)))


def _is_cued(text: str) -> bool:
    """Look for the cues only if the text has a sign that each of them has: they cost more than all others together."""
    return bool(_CUE_SIGN.search(text[-_TAIL:]) or _CUE_SIGN.search(text[:_HEAD])) and bool(_CUES.match(text))


def is_headline(text: str) -> bool:
    """Tell whether a line looks like a headline: short, no full stop at its end."""
    return 8 <= len(text) <= 110 and not ends_sentence(text) and not text.endswith((":", ";", ","))


# ---- Elements --------------------------------------------------------------------------------------------------------


CREDIT = ElementRule(
    name="credit-element",
    kind=ClutterKind.CREDIT,
    # French, German, Polish and Spanish names beside the English; "credit-card" and "accredited" are not credits.
    names=pattern(r"""
        (?<!ac)credits?(?![-_ ]?(?:cards?|or|s?[-_]?score|ed))
        agentur\b
        bild[-_]{0,2}(?:quelle|nachweis)
        copyright-?holder
        creditline
        foto[-_]{0,2}(?:credit|autor|quelle)
        (?:imagen|foto)[-_]{0,2}(?:autor|fuente|fonte)
        photographer
        (?:photo|image|img|media|picture|pic|slide)[-_]{0,2}(?:credits?|source|author|by|copyright|agency|owner)\b
    """),
    prose=200,
    text=400,
)


def split_block(block: Block) -> tuple[str, str | None]:
    """Split a caption from the credit at its end, by its markup or, without any, by its words."""
    for part in block.element.iterdescendants(*_INLINE):
        said = fold(part.text_content())
        caption = block.text.removesuffix(said).strip()
        if said and caption and caption != block.text and (_is_marked(part, said) or is_credit(said)):
            return caption, said
    return split_credit(block.text)


def _is_marked(part: Element, said: str) -> bool:
    return len(said) <= _LONGEST_CREDIT and (part.tag in ("cite", "small") or CREDIT.fits(part))


def _is_text(span: Span, index: Index) -> bool:
    """Tell whether a figure holds no image but a quotation, a table or code: those are the article's."""
    if next(span.element.iter("img", "picture", "amp-img", "video", "iframe", "svg", "noscript"), None) is not None:
        return False
    return index.prose_in(span) > 0 and next(span.element.iter("blockquote", "pre", "table"), None) is not None


def is_image_box(span: Span, index: Index) -> bool:
    """Tell whether an element holds one image and, at most, a few short lines that are no links."""
    text = index.text_in(span)
    return (
        0 < text <= _BOX_TEXT
        and span.end - span.start <= _BOX_BLOCKS
        and 2 * index.linked_in(span) <= text
        and len({image.get("src") for image in span.element.iter("img", "amp-img")}) == 1
    )


CAPTION = ElementRule(
    name="caption-element",
    kind=ClutterKind.CAPTION,
    names=pattern(r"""
        (?:bild|foto)[-_]{0,2}(?:unter(?:schrift|zeile)|text|zeile)
        bu-?text\b
        caption(?!ed-|-?track)
        cutline
        didascalia
        image-?(?:desc|text|info)\w*
        legende\b
        leyenda
        media-?(?:caption|desc\w*|info|text)
        photo-?(?:desc|text|info)
        pie-?(?:de-?)?(?:foto|imagen)
        podpis-?zdj
        slide-?(?:text|desc)
    """),
    alone=frozenset({"figcaption"}),
    split=split_block,
    prose=1500,
    text=1500,
)
FIGURE = ElementRule(
    name="figure",
    kind=ClutterKind.CAPTION,
    names=re.compile(r"^wp-caption$", re.IGNORECASE),
    alone=frozenset({"figure"}),
    shape=lambda span, index: not _is_text(span, index),
    split=split_block,
    prose=1500,
    text=2000,
    parts=(CREDIT, CAPTION),
)
# Predecessors of `figure` that are still in use: a box named after the image in it, or a small table.
IMAGE_BOX = ElementRule(
    name="picture-box",
    kind=ClutterKind.CAPTION,
    tags=frozenset({"div", "p", "span"}),
    names=pattern(
        r"""
        bild
        bilde
        billede
        foto
        fotografia
        image
        imagen
        img
        immagine
        kuva
        obraz
        photo
        picture
        zdjecie
        صورة
        """,
        before=r"^(?:article|content|inline|news|story|artikel|text)?[-_]{0,2}",
        after=r"[-_]{0,2}(?:block|box|container|element|frame|wrap|wrapper|left|right|center)?$",
    ),
    alone=frozenset({"table"}),
    shape=is_image_box,
    split=split_block,
    prose=_BOX_TEXT,
    text=_BOX_TEXT,
    parts=(CREDIT, CAPTION),
)
ELEMENTS: Final = (FIGURE, CAPTION, CREDIT, IMAGE_BOX)


# ---- Steps -----------------------------------------------------------------------------------------------------------


def drop_pasted_captions(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut paragraphs of several lines that end in a photo credit: headline, caption and credit, pasted as text."""
    captions: set[int] = set()
    headlines: set[int] = set()
    for group in _groups(draft):
        if len(group) < 2 or not is_credit(group[-1][1].text):
            continue
        words = [(at, line) for at, line in group[:-1] if not is_credit(line.text)]
        if len(words) > 3 or sum(len(line.text) for _, line in words) > 900:
            continue
        if len(words) > 1 and is_headline(words[0][1].text):
            headlines.add(words[0][0])
        captions |= {at for at, _ in words} - headlines
    return _move_two(draft, headlines, captions)


def _move_two(draft: Draft, headlines: set[int], captions: set[int]) -> Draft:
    after = move(draft, ClutterKind.CAPTION, "picture-text", captions)
    shifted = {at - sum(1 for gone in captions if gone < at) for at in headlines}
    return move(after, ClutterKind.GALLERY, "picture-headline", shifted) if after is not draft else draft


def _groups(draft: Draft) -> Iterator[list[tuple[int, Line]]]:
    for _, members in groupby(enumerate(draft.lines), key=lambda pair: pair[1].group):
        yield list(members)


def drop_captions(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines with a cue that only captions carry."""
    return move_where(
        draft, ClutterKind.CAPTION, "caption-cue", lambda line: line.tag != "head" and is_caption(line.text)
    )


def drop_credits(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines that are a photo credit and nothing else."""
    return move_where(draft, ClutterKind.CREDIT, "credit-line", lambda line: line.tag != "row" and is_credit(line.text))
