"""News agencies, and how a text shows that it is theirs: byline, dateline, last line, publisher. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from archive.text import fold
from pipelines.phrases import entries

# Agency, the names it goes by (short ones in capitals count only as written), and its own hosts, on which its reports
# are its own and no wire copy. Members of the European Alliance, OANA and FANA, and the agencies that newspapers
# subscribe to; the names as their customers print them.
AGENCIES: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = tuple(
    (agency, tuple(names.split(", ")), tuple(hosts.split(", ")))
    for agency, names, hosts in (entry.text.split(" | ") for entry in entries("metadata/agencies"))
)
_NAMES: Final = {name: agency for agency, names, _ in AGENCIES for name in names}
_FOLDED: Final = {name.casefold(): agency for name, agency in _NAMES.items() if len(name) > 4}
_HOSTS: Final = {host: agency for agency, _, hosts in AGENCIES for host in hosts}
_ANY: Final = "(?:" + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)) + ")"

# As in: LONDON, March 3 (Reuters) - ...; (ANSA) - ROMA, ...; ST. JOSEPH, Mich. (AP) — ...; Berlin (dpa/tmn) - ...;
# dpa - ...; 新华社北京1月1日电; 【ロンドン共同】; (서울=연합뉴스).
_DATELINE: Final = re.compile(
    rf"^.{{0,60}}?[(\[（](?P<dashed>{_ANY})(?:\s*[/,+-]\s*[\w -]{{2,30}})?\s*[)\]）]\s*[.]?[-–—:]"
    rf"|^(?P<first>{_ANY})\s*[-–—:]\s"
    rf"|^[(（【][^()（）【】]{{0,12}}?=?(?P<bracketed>{_ANY})[)）】]"
    rf"|^(?P<chinese>新华社|中新社|中新网)[^，。]{{0,20}}[电電]"
)
_LAST: Final = re.compile(
    rf"^\W*(?:©|\(c\)|source|quelle|fuente|fonte|bron|kilde|källa|źródło|zdroj|kaynak|источник|джерело|出典|来源|来源：)?"
    rf"\s*[:：]?\s*(?P<agency>{_ANY})(?:\s*[/,-]\s*[\w.-]{{1,30}}){{0,3}}(?:,? dpa:[\w:/-]+)?\W*$",
)
_PARTS: Final = re.compile(r"\s*[/|;·•,+()\[\]]\s*|\s+[–—-]\s+")
_AND: Final = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|i|ja|&|и|та)\s+", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|od|by:|from|text|agency|agencia|agence|agenzia|agentur)\s+", re.IGNORECASE
)
_MOST: Final = 120  # characters of a byline
_REFERENCE: Final = re.compile(r"\bdpa:\d{6}-\d+")  # the number that dpa gives a report, printed below it


def is_referred_to(text: str) -> bool:
    """Tell whether a line gives the number that an agency filed its report under."""
    return "dpa:" in text and len(text) <= _MOST and _REFERENCE.search(text) is not None


def agency_of(name: str) -> str | None:
    """Return the agency that goes by a name."""
    bare = _LABEL.sub("", name.strip(" .:,–—-"))
    return _NAMES.get(bare) or _FOLDED.get(bare.casefold())


def is_own_host(host: str, agency: str) -> bool:
    """Tell whether a page is on the agency's own site."""
    labels = host.split(".")
    return any(_HOSTS.get(".".join(labels[at:])) == agency for at in range(len(labels)))


def in_bylines(bylines: Iterable[str]) -> str | None:
    """Return the agency in bylines that name no one else but, at most, its own reporter: "Reuters", "Jane Doe, AP"."""
    found: str | None = None
    for byline in (fold(byline) for byline in bylines):
        named = next(filter(None, map(_agencies_alone, _PARTS.split(byline[:_MOST]))), None)
        if named is None:
            return None
        found = found or named
    return found


def _agencies_alone(part: str) -> str | None:
    """Return the first of one or several agencies; None if anybody else is named with them."""
    named = [agency_of(name) for name in _AND.split(part)]
    return named[0] if all(named) else None


def in_text(first: str, last: str) -> str | None:
    """Return the agency that the first or the last line of a text names."""
    opening = _DATELINE.match(first)
    if opening:
        return _NAMES.get(next(filter(None, opening.groups())))
    closing = _LAST.match(last) if len(last) <= _MOST else None
    return _NAMES.get(closing["agency"]) if closing else None
