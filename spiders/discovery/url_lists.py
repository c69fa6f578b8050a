"""Plain lists of addresses, one a line; `#` begins a comment. Also the plain text form of a sitemap."""

import re
from itertools import islice
from typing import Final

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from spiders.discovery.document import Document
from spiders.discovery.entries import MAX_ENTRIES, Entry, Origin, bad_listing, gather

_COMMENT: Final = "#"
_LINE = re.compile(r"[^\n\u2028\u2029]+")


def read(document: Document, origin: Origin, kind: ListingKind = ListingKind.URLS) -> Listing | Failure:
    """Read a list. An address must be whole: a word is no path relative to anything, it is a mistake."""
    written = (_address(match[0]) for match in _LINE.finditer(document.text))
    lines = list(islice(filter(None, written), MAX_ENTRIES + 1))  # as many as are read: 50 MB can have 25 million
    if lines and not any(line.lower().startswith(("http://", "https://")) for line in lines):
        return bad_listing(origin, "plain text came in which no line is an http or https address")
    cut = document.cut and len(lines) <= MAX_ENTRIES
    notes = ["cut: the end of the list is missing, its last line was dropped"] if cut else []
    whole = lines[:-1] if cut else lines
    return gather(kind, (Entry(link=line, base="") for line in whole), origin, notes)


def _address(line: str) -> str:
    """The line without a comment: a whole line, or what follows a space and `#` (a bare `#` can be of the address)."""
    written = line.strip()
    return "" if written.startswith(_COMMENT) else written.partition(f" {_COMMENT}")[0].strip()
