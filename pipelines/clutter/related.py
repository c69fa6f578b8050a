"""Links to other articles: boxes of them, "read also" lines, and link lines between paragraphs."""

import re
from collections import Counter
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, is_prose, move, move_where
from pipelines.clutter.prune import ElementRule
from pipelines.compare import ends_sentence, plain
from pipelines.phrases import Patterns, pattern, phrases

ELEMENTS: Final = (
    ElementRule(
        name="related-element",
        kind=ClutterKind.RELATED,
        # Jetpack (jp-relatedposts), YARPP, Outbrain, Taboola and the common names
        tags=frozenset({"aside", "div", "figure", "footer", "gu-island", "li", "nav", "ol", "p", "section", "ul"}),
        names=pattern(r"""
            also-?read
            jp-relatedposts
            latest-?(?:news|stories|articles|posts)
            leer-?mas
            leggi-?anche
            lire-?aussi
            meistgelesen
            more-?(?:stories|articles|news|on|from|posts)
            most-?(?:read|popular|viewed)
            next-?(?:article|story|post)
            outbrain
            links-?block
            read-?(?:more|also|next|on)
            recommend(?!-?ed-?by)
            related(?!-?body)
            rich-?link
            see-?also
            taboola
            te-?puede-?interesar
            trending
            up-?next
            weiterlesen
            yarpp
            you-?(?:may|might)
        """),
        prose=600,
        share=0.25,
        text=6000,
    ),
)

# Line openings that announce a link; the colon may be missing where the line is a link itself.
_LABEL_ALONE: Final = Patterns("read-also")
_LABEL_COLON: Final = Patterns("read-also", before=r"\W{0,3}", after=r"\s*(?:[:：|»>–—]|\s-\s)+\s*\S.*")
_LABEL_START: Final = Patterns("read-also", before=r"\W{0,3}", after=r"\b.*")
_HEADINGS: Final = phrases("link-sections")
_LABELLED: Final = 0.3
_LABEL_WORDS: Final = 3
_BAR_LABEL: Final = re.compile(r"([^|:]{4,40}?\s*\||[^\W\d][^|:]{3,39}:)\s+\S")
_ARROW: Final = re.compile(r"\s*(?:>{1,3}|»|→|➜|➡|►|▶|▸|➤|👉|🔗|⇒)")
_ALL_LINKED: Final = 0.9
_NO_LINK: Final = 0.5
_TEASERS: Final = 2
_TEASER_LINES: Final = 3
_TEASER: Final = 400  # characters
_HEADLINE: Final = 160


def drop_read_also(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines that announce a link: "Read also: ...", with the headline they lead to, or with the line after them."""
    chosen: set[int] = set()
    for at, line in enumerate(draft.lines):
        if len(line.text) > 300 or line.tag == "row":
            continue
        said = plain(line.text)
        if _LABEL_ALONE.fullmatch(said) and _stands_out(line, said):
            chosen.add(at)
            after = at + 1
            while after < len(draft.lines) and after <= at + 4 and _is_teaser(draft.lines[after]):
                chosen.add(after)
                after += 1
        elif (
            (_LABEL_COLON.fullmatch(line.text) and (line.linked > 0.3 or not _is_long(line)))
            or (line.linked > 0.6 and _LABEL_START.match(line.text))
            or (line.linked > _LABELLED and _LABEL_ALONE.fullmatch(plain(_unlinked_start(line))))
        ):
            chosen.add(at)
    return move(draft, ClutterKind.RELATED, "read-also", chosen)


def _unlinked_start(line: Line) -> str:
    """Return the text before a link that ends the line; between a label and a link there may be no space."""
    return line.text[: len(line.text) - round(line.linked * len(line.text))]


def _stands_out(line: Line, said: str) -> bool:
    """Tell whether the form of a line marks a label: needed of one word ("Related") or many ("Read on the train")."""
    if len(said.split()) > _LABEL_WORDS:
        return line.text.rstrip().endswith(":") or line.linked > 0.5
    return len(said.split()) > 1 or line.text.rstrip().endswith(":") or line.tag == "head" or line.linked > 0.5


def _is_long(line: Line) -> bool:
    return len(line.text) > 160


def _is_teaser(line: Line) -> bool:
    """Tell whether a line is a linked headline, or the beginning of a text that breaks off."""
    return (line.linked > 0.6 and len(line.text) <= 200) or (len(line.text) <= 400 and line.text.endswith(("...", "…")))


def drop_repeated_labels(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut links that begin with the same label: "More news | ...", "MORE NEWS: ...", in any language."""
    labels = [
        (at, match[1])
        for at, line in enumerate(draft.lines)
        if line.linked > 0.4 and (match := _BAR_LABEL.match(line.text)) and _is_label(match[1])
    ]
    count = Counter(label for _, label in labels)
    chosen = {at for at, label in labels if count[label] > 1}
    return move(draft, ClutterKind.RELATED, "repeated-label", chosen)


def _is_label(label: str) -> bool:
    """Tell whether a text is a label: anything before a bar, only capitals before a colon."""
    return label.endswith("|") or label.isupper()


def drop_arrow_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines that begin with an arrow and hold a link."""
    return move_where(
        draft, ClutterKind.RELATED, "arrow-line", lambda line: line.linked > 0.3 and bool(_ARROW.match(line.text))
    )


def drop_link_labels(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines set as headings over links to other articles, two or more, none of which is in the text."""
    if _is_about_links(draft):
        return draft
    following = (*draft.lines[1:], None)
    chosen = {
        at
        for at, (line, below) in enumerate(zip(draft.lines, following, strict=False))
        if line.heads_links and _is_heading(line) and not (below and below.linked > _ALL_LINKED)
    }
    return move(draft, ClutterKind.RELATED, "link-label", chosen)


def _is_heading(line: Line) -> bool:
    return len(line.text) <= 80 and (line.tag == "head" or line.bold > 0.9) and not ends_sentence(line.text)


def _is_about_links(draft: Draft) -> bool:
    """Tell whether a page is about the links that it lists."""
    return sum(line.linked > 0.9 for line in draft.lines) > max(12, len(draft.lines) // 3)


def drop_link_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines that are one link and no sentence, between paragraphs or in a list; the link may have a label.

    A list stays if one of its items is no link, or leads elsewhere: other articles are on the same site.
    """
    if _is_about_links(draft):
        return draft
    mixed = {line.list for line in draft.lines if line.tag == "item" and line.linked < _NO_LINK and not line.labelled}
    return move_where(
        draft,
        ClutterKind.RELATED,
        "link-line",
        lambda line: _is_link_line(line) and not (line.tag == "item" and (line.away or line.list in mixed)),
    )


def _is_link_line(line: Line) -> bool:
    if (
        (line.linked < 0.95 and not (line.labelled and line.tag == "item"))
        or line.tag in ("row", "quote", "head")
        or not 15 <= len(line.text) <= 220
    ):
        return False
    shouting = line.text.isupper() and len(line.text.split()) >= 4
    return shouting or (not ends_sentence(line.text) and len(line.text.split()) >= 4) or line.text.endswith(("?", "!"))


def drop_teasers(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: linked headlines, each with a line or two of its article, and the heading above them."""
    first, found = len(draft.lines), 0
    while (at := _teaser_start(draft.lines[:first])) is not None:
        first, found = at, found + 1
    above = draft.lines[:first]
    if found < _TEASERS or sum(is_prose(line) for line in above) < _TEASERS + 1:
        return draft
    if not is_prose(above[-1]) and (above[-1].tag == "head" or above[-1].apart):
        first -= 1
    text = sum(len(line.text) for line in draft.lines[first:])
    return (
        move(draft, ClutterKind.RELATED, "teasers", range(first, len(draft.lines))) if 3 * text < draft.whole else draft
    )


def _teaser_start(lines: tuple[Line, ...]) -> int | None:
    """Return the position where the last teaser begins: a linked headline and at most two unlinked lines after it."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _TEASER_LINES), -1):
        line = lines[at]
        if line.linked > _NO_LINK:
            return None if line.away or len(line.text) > _HEADLINE or ends_sentence(line.text) else at
        if len(line.text) > _TEASER:
            return None
    return None


def drop_link_sections(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut a heading such as "Top stories" near the end, and everything after it."""
    count = len(draft.lines)
    for at, line in enumerate(draft.lines):
        names_it = len(line.text) <= 60 and plain(line.text) in _HEADINGS and line.tag != "row"
        if names_it and 2 * sum(len(other.text) for other in draft.lines[at:]) < draft.whole:
            return move(draft, ClutterKind.RELATED, "link-section", set(range(at, count)))
    return draft
