"""Pages that the tests of verdicts share: what a page says of itself, and pages that say nothing."""

import json

from archive.model.article import Extraction
from tests.pipelines.pages import PROSE, TITLE, URL, extracted, page, prose

WHOLE = prose(PROSE + tuple(text.replace("mill", "saw mill") for text in PROSE))
SHORT = (
    "The library of Port Almond has found the book it lost in 1911. It had stood on the right shelf all the time, says "
    "the librarian, with its spine to the wall. The fine comes to four thousand and nine. It will be paid in cake, on "
    "Sunday, by the grandson of the borrower, who had always wondered about the gap."
)


def ld(kind: str, **said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": kind, "headline": TITLE, **said})}</script>'


def bare(title: str, *blocks: str, url: str = URL, status: int = 200) -> Extraction:
    """Extract a page that does not call itself an article."""
    return extracted(page(*blocks, title=title, article=False), url, status=status)
