"""Text without any markup: old dumps, copies by hand. Line steps only, so captions without a cue of their own stay.

Without markup there is less evidence, so a cut that could be the text's own is taken back. Measured on the labelled
pages of three corpora: of 4,840 true paragraphs the steps alone cut 18, with what is taken back 2.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from archive.model.article import Clutter, ClutterKind
from archive.text import fold, scrub
from pipelines.clutter import STEPS, clean
from pipelines.clutter.captions import is_credit, is_headline
from pipelines.clutter.draft import Cut, Draft, Line, is_prose
from pipelines.clutter.related import drop_link_sections
from pipelines.compare import ends_sentence

_TOP: Final = 12  # lines in which the title is searched for
_FURNITURE: Final = frozenset(
    {
        ClutterKind.ADVERT,
        ClutterKind.COMMENT,
        ClutterKind.CONSENT,
        ClutterKind.NAVIGATION,
        ClutterKind.NEWSLETTER,
        ClutterKind.PROMO,
        ClutterKind.SHARE,
        ClutterKind.WIDGET,
    }
)
_URL: Final = re.compile(r"https?://\S+")
_SIGNATURES: Final = frozenset({ClutterKind.BIO, ClutterKind.BYLINE, ClutterKind.DATELINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatText:
    """A flat text after cleaning, and the cuts from it.

    `text` is the rest as it was, title included: its lines unchanged, with blank lines where there were some.
    """

    title: str | None
    paragraphs: tuple[str, ...]
    clutter: tuple[Clutter, ...]
    text: str = ""


def clean_text(text: str) -> FlatText:
    """Clean a text whose paragraphs are lines, with or without blank lines between them."""
    raws = scrub(text).split("\n")
    lines = tuple(_lines(raws))
    title = _title(lines)
    body = tuple(line for line in lines if line is not title)
    draft = _cleaned(Draft(lines=body, titles=(title.text,) if title else ()))
    cuts = sorted(_certain(draft.cuts, lines), key=lambda cut: cut.place)
    gone = {cut.place for cut in cuts}
    kept = [line for line in body if line.place not in gone]
    if title and kept and kept[0].place < title.place:  # what seemed to be furniture above it is text: it is no title
        title, kept = None, [line for line in lines if line.place not in gone]
    places = [line.place for line in kept]
    return FlatText(
        title=title.text if title else None,
        paragraphs=tuple(line.text for line in kept),
        clutter=tuple(
            Clutter(kind=cut.kind, text=cut.text, rule=cut.rule, after_paragraph=bisect_left(places, cut.place))
            for cut in cuts
        ),
        text=_without(raws, gone),
    )


def _cleaned(draft: Draft) -> Draft:
    """Clean a draft. With no links to see, "News" may head the text itself: then the section stays."""
    cleaned = clean(draft)
    section = {cut.place for cut in cleaned.cuts if cut.rule == "link-section"}
    if any(is_prose(line) for line in draft.lines if line.place in section):
        return clean(draft, steps=tuple(step for step in STEPS if step is not drop_link_sections))
    return cleaned


def _title(lines: tuple[Line, ...]) -> Line | None:
    """Return the first line that is no furniture of the page, if it reads as a headline. No rule may cut it later."""
    prose = next((at for at, line in enumerate(lines[:_TOP]) if is_prose(line)), _TOP)
    top = lines[: prose + 1]
    furniture = {cut.place for cut in clean(Draft(lines=top)).cuts if cut.kind in _FURNITURE}
    first = next((line for line in top if line.place not in furniture), None)
    return first if first and is_headline(first.text) else None


def _lines(raws: list[str]) -> Iterator[Line]:
    """Yield the lines. Those between two blank lines are one group; without blank lines each is its own group."""
    groups = count()
    group = next(groups)
    folded = [fold(raw) for raw in raws]
    loose = "" in folded[:-1]
    for place, line in enumerate(folded):
        if not line or not loose:
            group = next(groups)
        if line:
            yield Line(text=line, group=group, place=place)


def _without(raws: list[str], gone: Collection[int]) -> str:
    """Return the text without the lines at these places, and without the blank lines that this would double."""
    left: list[str] = []
    for place, raw in enumerate(raws):
        if place in gone or (not raw.strip() and not (left and left[-1])):
            continue
        left.append(raw.rstrip())
    return "\n".join(left).rstrip("\n")


# ---- What is taken back ----------------------------------------------------------------------------------------------


def _certain(cuts: tuple[Cut, ...], lines: tuple[Line, ...]) -> Iterator[Cut]:
    """Yield the cuts that hold without markup to prove them."""
    sure = [cut for cut in cuts if not _may_be_text(cut)]
    doubtful = _closing(sure, lines) | {cut.place for cut in sure if _is_label(cut)}
    clean_copy = len(sure) == len(doubtful)  # nothing else in it is of a page
    return (cut for cut in sure if not (clean_copy and cut.place in doubtful))


def _may_be_text(cut: Cut) -> bool:
    """Tell whether a cut is a divider, a bare URL, or a sentence that points at something: "Watch below."."""
    if not any(map(str.isalnum, cut.text)) or _URL.fullmatch(cut.text):
        return True
    return cut.kind is ClutterKind.RELATED and ends_sentence(cut.text) and ":" not in cut.text


def _closing(cuts: list[Cut], lines: tuple[Line, ...]) -> frozenset[int]:
    """Return the places of the last lines that say who made or owns the text: a clean copy ends so too."""
    by_place = {cut.place: cut for cut in cuts}
    found: set[int] = set()
    for line in reversed(lines):
        cut = by_place.get(line.place)
        if cut is None or not _says_who(cut):
            break
        found.add(line.place)
    return frozenset(found)


def _is_label(cut: Cut) -> bool:
    """Tell whether a cut is a label without its link: "Up next" may head a paragraph as well."""
    return cut.kind is ClutterKind.RELATED and ":" not in cut.text


def _says_who(cut: Cut) -> bool:
    return cut.kind in _SIGNATURES or cut.text.startswith("©") or is_credit(cut.text)
