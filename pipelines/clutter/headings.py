"""The title repeated in the text, the standfirst, and headings with nothing under them."""

import re
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import NOWHERE, Draft, Line, is_prose, key, move

_TOP: Final = 8  # lines in which a title is looked for


def drop_title(draft: Draft, _rules: SiteRules) -> Draft:
    """The title, in any of its forms on the page, with or without a kicker before it."""
    titles = {key(title) for title in draft.titles} - {""}
    heads = {at: key(line.text) for at, line in enumerate(draft.lines[:_TOP])}
    chosen = {at for at, said in heads.items() if said in titles}
    chosen = chosen or {at for at, said in heads.items() if any(is_same_title(said, title) for title in titles)}
    return move(draft, ClutterKind.TITLE, "title-repeated", chosen)


def drop_before_title(draft: Draft, _rules: SiteRules) -> Draft:
    """Lines that stand above the title on the page: teasers of other articles, as long as they are the smaller part."""
    above = {at for at, line in enumerate(draft.lines) if NOWHERE < line.place < draft.title_place}
    if 4 * sum(len(draft.lines[at].text) for at in above) > draft.whole:
        return draft
    return move(draft, ClutterKind.RELATED, "above-title", above)


def is_same_title(line: str, title: str) -> bool:
    """Compare keys: equal, one within the other with little more (kicker, site name), or nearly equal."""
    if len(title) < 8 or not line:
        return line == title
    if line == title:
        return True
    short, long = sorted((line, title), key=len)
    if len(short) >= 15 and short in long:
        return len(short) >= 0.6 * len(long) or (line.endswith(title) and len(line) - len(title) <= 40)
    if len(short) < 0.75 * len(long) or len(long) > 200:
        return False
    match = SequenceMatcher(None, line, title, autojunk=False)
    return match.real_quick_ratio() > 0.88 and match.quick_ratio() > 0.88 and match.ratio() > 0.88


def drop_standfirst(draft: Draft, _rules: SiteRules) -> Draft:
    """The standfirst, where it stands before the text and the page names it as such; it is a field of its own."""
    known = key(draft.standfirst or "")
    chosen = {
        at
        for at, line in takewhile(
            lambda pair: pair[0] < 1 or not is_prose(draft.lines[pair[0] - 1]), enumerate(draft.lines[:4])
        )
        if _names_standfirst(line) or (known and len(known) > 30 and key(line.text) == known and line.tag == "head")
    }
    return move(draft, ClutterKind.STANDFIRST, "standfirst", chosen) if len(chosen) <= 2 else draft


def _names_standfirst(line: Line) -> bool:
    return len(line.text) <= 400 and bool(_STANDFIRST.search(line.marks))


_STANDFIRST: Final = re.compile(
    r"standfirst|sub-?title|sub-?headline|subhed|\bdek\b|[-_]dek\b|deck\b|teaser-?text|article-?(?:summary|excerpt)|entry-?(?:summary|subtitle)|chapeau|sottotitolo"
)


def drop_loose_headings(draft: Draft, _rules: SiteRules) -> Draft:
    """Headings at the end, with nothing under them any more."""
    at = len(draft.lines)
    while at > 0 and draft.lines[at - 1].tag == "head" and not is_prose(draft.lines[at - 1]):
        at -= 1
    return move(draft, ClutterKind.OTHER, "loose-heading", set(range(at, len(draft.lines)))) if at else draft
