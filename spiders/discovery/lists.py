"""Plain lists of addresses, one a line; `#` begins a comment. Also the plain text form of a sitemap."""

from typing import Final

from archive.models import Failure, Listing, ListingKind
from spiders.discovery.document import Document
from spiders.discovery.entries import Entry, Origin, bad_listing, gather

_COMMENT: Final = "#"


def read(document: Document, origin: Origin, kind: ListingKind = ListingKind.URLS) -> Listing | Failure:
    """Read a list. An address must be whole: a word is no path relative to anything, it is a mistake."""
    lines = [line for written in document.text.splitlines() if (line := _address(written))]
    if lines and not any(line.lower().startswith(("http://", "https://")) for line in lines):
        return bad_listing(origin, "plain text came in which no line is an http or https address")
    notes = ["cut: the end of the list is missing, its last line was dropped"] if document.cut else []
    whole = lines[:-1] if document.cut else lines
    return gather(kind, (Entry(link=line, base="") for line in whole), origin, notes)


def _address(line: str) -> str:
    """The line without a comment: a whole line, or what follows a space and `#` (a bare `#` can be of the address)."""
    written = line.strip()
    return "" if written.startswith(_COMMENT) else written.partition(f" {_COMMENT}")[0].strip()
