"""Fact boxes beside an article, and embedded posts that show nothing but an image."""

from typing import Final

from archive.model.article import ClutterKind
from pipelines.clutter.prune import ElementRule
from pipelines.phrases import pattern

ELEMENTS: Final = (
    ElementRule(
        name="fact-box",
        kind=ClutterKind.FACT_BOX,
        tags=frozenset({"amedia-factbox", "article", "aside", "details", "div", "section"}),
        names=pattern(
            r"""
            fact-?box
            faktaboks
            faktabox
            faktaruta
            faktenbox
            info-?box
            infokasten
            """,
            before=r"^(?:[a-z]+[-_]{1,2})*",
            after=r"(?:[-_]{1,2}[a-z]+)*$",
        ),
        prose=2000,
        share=0.34,
        text=4000,
    ),
    ElementRule(
        name="embed-element",
        kind=ClutterKind.WIDGET,
        # A quoted tweet is read with the text, and labelled pages have it there; these show an image and its caption.
        tags=frozenset({"blockquote", "div"}),
        names=pattern(r"""
            ^fb-post$
            ^instagram-media$
            ^tiktok-embed$
        """),
        prose=2500,
        share=0.34,
        text=3000,
    ),
)
