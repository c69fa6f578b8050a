"""Image galleries, slide shows and the modal boxes they open in."""

import re
from typing import Final

from archive.model.article import ClutterKind
from pipelines.clutter.captions import CAPTION, CREDIT
from pipelines.clutter.prune import ElementRule

_TITLE = ElementRule(
    name="gallery-title",
    kind=ClutterKind.GALLERY,
    names=re.compile(r"title|headline|heading", re.IGNORECASE),
    alone=frozenset({"h2", "h3", "h4", "h5", "h6"}),
)
ELEMENTS: Final = (
    ElementRule(
        name="gallery-element",
        kind=ClutterKind.GALLERY,
        tags=frozenset({"amp-carousel", "aside", "dialog", "div", "figure", "ol", "section", "ul"}),
        names=re.compile(
            r"(?:galler(?:y|ies|ia)(?![-_]{0,2}(?:article|layout|page|template))|galerie|galeria|slide-?show|diashow|bilderstrecke"
            r"|fotostrecke|carrusel|carousel(?!-?item-?text)|lightbox|photo-?swipe|pswp|image-?stack|fotogaler)",
            re.IGNORECASE,
        ),
        prose=3000,
        share=0.34,
        text=6000,
        parts=(_TITLE, CREDIT, CAPTION),
    ),
)
