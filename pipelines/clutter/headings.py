"""The title repeated in the text, the standfirst, and headings with nothing under them."""

import re
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import NOWHERE, Draft, Line, is_prose, move
from pipelines.compare import key

_TOP: Final = 8  # lines in which a title is searched for
_STANDFIRST_LENGTH: Final = 400
_STANDFIRST_LINES: Final = 2
_STANDFIRST: Final = re.compile(
    r"standfirst|sub-?title|sub-?headline|subhed|\bdek\b|[-_]dek\b|deck\b|teaser-?text|article-?summary|entry-?(?:summary|subtitle)|[-_]excerpt\b|bajada|chape?au|chapo\b|entradilla|ingress\b|manchet|sottotitolo|sommario"
)


def drop_title(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut the title in any of its forms on the page; above the text also with a kicker before it, or nearly equal."""
    titles = {key(title) for title in draft.titles} - {""}
    top = draft.lines[:_TOP]
    said = {at: key(line.text) for at, line in enumerate(top)}
    chosen = {at for at, words in said.items() if words in titles}
    opening = range(next((at for at, line in enumerate(top) if is_prose(line)), len(top)) + 1)
    chosen = chosen or {at for at in opening if at in said and any(is_same_title(said[at], title) for title in titles)}
    return move(draft, ClutterKind.TITLE, "title-repeated", chosen)


def drop_before_title(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines above the title on the page: teasers of other articles, as long as they are the smaller part."""
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
    """Cut the standfirst before the text, if the page names it as such, and its repetitions.

    It is a field of its own.
    """
    known = key(draft.standfirst or "")
    chosen = {
        at
        for at, line in takewhile(
            lambda pair: pair[0] < 1 or not is_prose(draft.lines[pair[0] - 1]), enumerate(draft.lines[:4])
        )
        if _names_standfirst(line)
        or _is_below_title(line, draft)
        or (known and len(known) > 30 and key(line.text) == known and line.tag == "head")
    }
    if len(chosen) > _STANDFIRST_LINES:
        return draft
    said = {key(draft.lines[at].text) for at in chosen}
    again = {at for at, line in enumerate(draft.lines[:_TOP]) if key(line.text) in said}
    return move(draft, ClutterKind.STANDFIRST, "standfirst", again)


def _is_below_title(line: Line, draft: Draft) -> bool:
    """Tell whether a line is below the title in the header that holds it."""
    return line.in_header and NOWHERE < draft.title_place < line.place and len(line.text) <= _STANDFIRST_LENGTH


def _names_standfirst(line: Line) -> bool:
    return len(line.text) <= _STANDFIRST_LENGTH and bool(_STANDFIRST.search(line.marks))


def drop_loose_headings(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut headings at the end, with nothing under them any more."""
    at = len(draft.lines)
    while at > 0 and draft.lines[at - 1].tag == "head" and not is_prose(draft.lines[at - 1]):
        at -= 1
    return move(draft, ClutterKind.OTHER, "loose-heading", set(range(at, len(draft.lines)))) if at else draft
