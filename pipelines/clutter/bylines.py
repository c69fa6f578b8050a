"""Who wrote it and when, repeated as lines of the text."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, move
from pipelines.compare import ends_sentence, key
from pipelines.phrases import Patterns, alternatives, pattern, table

_MONTHS: Final = (
    r"(?:jan|feb|fév|fev|mar|mär|mrt|apr|avr|abr|may|mai|maj|mei|mag|jun|juin|giu|jul|juil|lug|aug|août|ago|aou|"
    r"sep|set|oct|okt|ott|out|nov|dec|dez|déc|dic|gen|ene|"
    r"ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|"
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|"
    r"stycz|lut|kwi|czerw|lip|sierp|wrze|paźdz|listop|grud)\w*\.?"
)
_YEAR: Final = r"(?:19|20)\d\d"
_DATE: Final = pattern(rf"""
    \b\d{{1,2}}(?:\.|st|nd|rd|th|º)?(?:\s+de)?\s+{_MONTHS}(?:\s+de)?,?\s+{_YEAR}\b
    \b{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}\b
    \b\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d\b
    \b{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}}\b
    {_YEAR}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日
    {_YEAR}년\s?\d{{1,2}}월\s?\d{{1,2}}일
""")
_STAMPED: Final = alternatives(table("stamps"))
_STAMP: Final = pattern(
    rf"""
    (?:\d+|an?) (?:minutes?|hours?|days?|weeks?|months?) ago
    hace \d+ .{{2,10}}
    il y a \d+ .{{2,10}}
    (?:first |last |zuletzt )?{_STAMPED}(?![^\W\d])
    vor \d+ (?:minuten|stunden|tagen)
    """,
    before=r"\W*",
    after=r".{0,80}",
)
_BY: Final = Patterns(
    "by",
    after=r"\s*:?\s+(?P<name>[^.!?]{3,90})",
)
_PARTICLES: Final = "and|und|et|y|e|de|van|von|der|den|la|le|del|for|&"
_NAME_WORD: Final = rf"(?:[A-ZÀ-Þ][\w.'’\-]*|{_PARTICLES}|[,/|•·])"
_NAME: Final = re.compile(rf"{_NAME_WORD}(?:\s+{_NAME_WORD})*")  # case matters: capitals mark a name


_TOP: Final = 10  # lines that may be a byline or a dateline; between them there may be a standfirst
_PLACE: Final = 40
_CALLED: Final = re.compile(r"(?<![a-z])(?:auth?ore?s?|auteurs?|bylines?|firmas?)(?![a-z])")


def drop_bylines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines before the text that name the authors."""
    authors = {key(name) for name in draft.authors} - {""}
    authors |= {key(draft.site_name or "")} - {""}
    chosen = {at for at, line in enumerate(draft.lines[:_TOP]) if _is_byline(line, authors)}
    chosen |= {
        len(draft.lines) - 1 - back for back, line in enumerate(reversed(draft.lines[-3:])) if key(line.text) in authors
    }
    return move(draft, ClutterKind.BYLINE, "byline-line", chosen)


def _is_byline(line: Line, authors: set[str]) -> bool:
    if len(line.text) > 140:
        return False
    said = key(line.text)
    if said in authors or (authors and said == "".join(sorted(authors, key=said.find))):
        return True
    if named_in(line.text) or _is_name_and_place(line.text, authors):
        return True
    if _CALLED.search(line.marks) and len(said) <= _PLACE and any(said.startswith(name) for name in authors):
        return True  # a place or a role right behind the name, in an element for bylines
    return any(name in said for name in authors) and bool(_BY.fullmatch(line.text))


def _is_name_and_place(text: str, authors: set[str]) -> bool:
    """Tell whether a line is an author, a bar, and a place: "Jane Doe | Leeds"."""
    name, bar, place = text.partition("|")
    return bool(bar) and key(name) in authors and len(place) <= _PLACE and not ends_sentence(place)


_WORDS: Final = 8  # in the names of a byline


def drop_datelines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut lines before the text, or at its end, that are a date of publication and little else."""
    chosen = {
        at for at, line in enumerate(draft.lines[:_TOP]) if line.tag != "head" and _is_stamp(line.text, draft.authors)
    }
    last = len(draft.lines) - 1
    chosen |= {
        last - back for back, line in enumerate(reversed(draft.lines[-3:])) if _is_stamp(line.text, draft.authors)
    }
    return move(draft, ClutterKind.DATELINE, "dateline", chosen)


def named_in(text: str) -> str | None:
    """Return the names in a line that is a byline and nothing else: "By Jane Doe and John Roe"; None for others."""
    by = _BY.fullmatch(text)
    return by["name"] if by and len(by["name"].split()) <= _WORDS and _NAME.fullmatch(by["name"]) else None


def without_dates(text: str) -> str:
    """Return the text without the dates written in it."""
    return _DATE.sub("", text)


_LONGEST: Final = 80  # characters of a date with a word or two; Chinese has no spaces to count words by
_UPDATE: Final = re.compile(
    r"(?:updates?|corrections?|clarifications?|korrektur|nachtrag)\s*:", re.IGNORECASE
)  # heads a note


def _is_stamp(text: str, authors: tuple[str, ...]) -> bool:
    if len(text) > 120 or text[0] in "—–―" or "@" in text:  # "— Jane Doe (@jane) May 1, 2024" belongs to a quoted post
        return False
    if _UPDATE.match(text):
        return False
    rest, dates = _DATE.subn("", text)
    for author in authors:
        rest = rest.replace(author, "")
    if dates and len(text) <= _LONGEST and not text.endswith("。") and len(re.findall(r"[^\W\d_]{2,}", rest)) <= 4:
        return True
    return len(text) <= 90 and bool(_STAMP.fullmatch(text)) and (dates > 0 or bool(re.search(r"\d", text)))
