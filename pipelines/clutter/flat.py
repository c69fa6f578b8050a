"""Text without any markup: old dumps, copies by hand. Line steps only, so captions without a cue of their own stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from archive.models import Clutter
from archive.text import fold, scrub
from pipelines.clutter import clean
from pipelines.clutter.captions import is_headline
from pipelines.clutter.draft import Draft, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatText:
    """What is left of a flat text, and what was cut from it."""

    title: str | None
    paragraphs: tuple[str, ...]
    clutter: tuple[Clutter, ...]


def clean_text(text: str) -> FlatText:
    """Clean a text whose paragraphs are lines, with or without blank lines between them."""
    lines = tuple(_lines(text))
    title = lines[0].text if lines and is_headline(lines[0].text) else None
    draft = clean(Draft(lines=lines[1:] if title else lines, titles=(title,) if title else ()))
    places = [line.place for line in draft.lines]
    clutter = tuple(
        Clutter(kind=cut.kind, text=cut.text, rule=cut.rule, after_paragraph=sum(place < cut.place for place in places))
        for cut in sorted(draft.cuts, key=lambda cut: cut.place)
    )
    return FlatText(title=title, paragraphs=tuple(line.text for line in draft.lines), clutter=clutter)


def _lines(text: str) -> Iterator[Line]:
    """Lines between two blank lines are one group; a text without blank lines has one group a line."""
    groups = count()
    group = next(groups)
    raws = [fold(raw) for raw in scrub(text).split("\n")]
    loose = "" in raws[:-1]
    for place, line in enumerate(raws):
        if not line or not loose:
            group = next(groups)
        if line:
            yield Line(text=line, group=group, place=place)
