"""Author names as pages write them -> people. Better fewer authors than wrong ones."""

import re
from collections.abc import Iterable
from typing import Final

from archive.text import fold
from pipelines.clutter.draft import key
from pipelines.clutter.phrases import pattern, phrase_set

_PREFIX: Final = pattern(
    r"""
    af
    author
    autor(?:in)?
    av
    by
    de la main de
    di
    door
    from
    par
    por
    propos recueillis par
    tekst
    text
    von
    (?:written|story|reported|words|text|reviewed|posted|published|photographs?) by
    écrit par
    """,
    before=r"^",
    after=r"\s*:?\s+",
)
_SPLIT: Final = re.compile(
    r"\s*(?:;|\||\s/\s|•|·|\n|、|，)\s*|\s*,\s+(?!(?:Jr|Sr|MD|PhD|II|III)\b)|\s+(?:and|und|et|&)\s+", re.IGNORECASE
)
_SPLIT_SHORT: Final = re.compile(r"\s+(?:y|e|i|og|och|ja|ve|en)\s+(?=[A-ZÀ-ÞŠŽČ])")
_JUNK: Final = pattern(r"""
    [<>{}\[\]]
    ^@
    \.(?:com|de|org|net|co\.uk|fr)\b
    \d{3,}
    https?:
    ^\s*(?:facebook|twitter|x)\b
    \S+@\S+\.\w
    ^\W*$
    www\.
""")
_NOBODY: Final = phrase_set("""
    admin | administrator | anonymous | author | autor | contributor | desk | editor | editorial | editorialteam
    editors | gast | guest | guestauthor | laredaction | larédaction | newsdesk | newsroom | none | notfound | null
    online | onlineredaktion | redaccion | redacción | redactie | redakcja | redaksjonen | redaktion
    redaktionsteam | redazione | redação | root | rédaction | staff | staffreporter | staffwriter | team | toimitus
    undefined | unknown | user | webdesk | webmaster | wpadmin
""")  # fmt: skip
_TAIL: Final = pattern(
    r"""
    \((?:dpa|afp|reuters|ap|text|foto|fotos|photo|photos)\)
    ,\s*(?:dpa|reporter|editor|correspondent|staff writer)\b.*
    """,
    before=r"\s*(?:[,(–—|-]\s*)?",
    after=r"$",
)
_INITIALS: Final = re.compile(r"\s*\([a-zäöü.]{2,6}\)\s*$")  # "Jane Doe (jdo)"
_LONGEST: Final = 60


def clean_names(raw: Iterable[str], site_name: str | None = None) -> tuple[str, ...]:
    """Split, strip and check names; drops addresses, handles, placeholders and the site itself. Order is kept."""
    site = key(site_name or "")
    found: dict[str, str] = {}
    for text in raw:
        for part in _SPLIT.split(_PREFIX.sub("", fold(text))):
            for piece in _SPLIT_SHORT.split(part or ""):
                name = _tidy(piece)
                said = key(name)
                if (
                    said
                    and said != site
                    and said not in _NOBODY
                    and not _JUNK.search(name)
                    and 2 <= len(name) <= _LONGEST
                ):
                    found.setdefault(said, name)
    return tuple(found.values())


def _tidy(name: str) -> str:
    name = _INITIALS.sub("", name)
    name = _TAIL.sub("", _PREFIX.sub("", name.strip(" ,.:;-–—|*")))
    return name.strip(" ,:;-–—|*")
