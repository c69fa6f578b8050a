"""The posts of a live blog that pages through them: the text above them is the article, they come and go.

Where a live blog keeps all its posts in one text, they are its paragraphs and stay.
"""

from typing import Final

from archive.model.article import ClutterKind
from pipelines.clutter.prune import ElementRule
from pipelines.page.blocks import Index, Span

_ABOVE: Final = 300  # characters of prose above the posts that make a text of its own


def _has_text_above(span: Span, index: Index) -> bool:
    return index.prose[span.start] >= _ABOVE


ELEMENTS: Final = (
    ElementRule(
        name="live-list",
        kind=ClutterKind.LIVE_POST,
        # AMP shows the newest `data-max-items-per-page` posts and swaps them by the minute (amp-live-list, amp.dev)
        alone=frozenset({"amp-live-list"}),
        prose=200_000,
        share=0.97,
        text=400_000,
        shape=_has_text_above,
    ),
)
