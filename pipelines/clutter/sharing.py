"""Share bars, "follow us" and what they leave behind."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, move_where
from pipelines.clutter.prune import ElementRule
from pipelines.compare import plain
from pipelines.phrases import Patterns, pattern, phrases

ELEMENTS: Final = (
    ElementRule(
        name="share-element",
        kind=ClutterKind.SHARE,
        # Jetpack (sharedaddy, sd-*), AddToAny, AddThis, ShareThis, Shariff
        names=pattern(
            r"""
            a2a_\S*
            addthis\S*
            addtoany\S*
            compartir
            condividi
            follow-?us
            partage\S*
            sd-(?:sharing|social)\S*
            share
            share-?(?:bar|buttons?|links?|icons?|tools?|box|list|this|article|menu|widget|options|container|wrapper)
            sharedaddy
            sharethis\S*
            shariff\S*
            sharing(?:-\S*)?
            social-?(?:share|sharing|links?|icons?|buttons?|bar|media|media-\S*|list|follow|networks)
            teilen
            """,
            before=r"(?:^|[_-])",
            after=r"(?=[_-]|$)",
        ),
        prose=0,
        text=600,
    ),
)

_LINES: Final = phrases("share")
_LIKE: Final = Patterns("follow")
_BAR: Final = re.compile(r"\s+[|·•/]\s+")  # "Print this page | Send this page to a friend"


def drop_share_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut labels of share bars, and "follow us on"."""
    return move_where(
        draft, ClutterKind.SHARE, "share-line", lambda line: line.tag != "row" and is_share_line(line.text)
    )


def is_share_line(text: str) -> bool:
    """Tell whether a line is the label of a share bar."""
    if len(text) > 160:
        return False
    said = plain(text)
    return said in _LINES or bool(_LIKE.fullmatch(said)) or all(plain(part) in _LINES for part in _BAR.split(text))
