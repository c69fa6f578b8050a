"""Articles that a site splits over several pages: which URL is the next part, and how parts are joined. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from archive.model.article import Extraction, Image
from archive.web.urls import same_site
from pipelines.images.image_urls import image_key

MAX_PARTS: Final = 20  # a site that links on for ever is cut off here, with a note

# The end of a part's URL, behind the article's own path: /2, /2/, /page/2/, -2, ,2, _2, -page-2.
_PART_PATH: Final = re.compile(r"^(?:[/,_-](?:page|seite|p|pagina|sivu|strona)?[/_-]?(\d{1,3})/?)$", re.IGNORECASE)
_PART_QUERY: Final = frozenset({"page", "p", "pg", "pagina", "paged", "seite", "start", "part"})
_ENDING: Final = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


def is_next_part(first: str, following: str) -> bool:
    """Tell whether a URL is a later page of the same article.

    `rel=next` alone says little: many themes name the next article with it. The URL must be that of the first page
    with a page number added.
    """
    if not same_site(first, following):
        return False
    here, there = urlsplit(first), urlsplit(following)
    base, path = _ENDING.sub("", here.path).rstrip("/"), _ENDING.sub("", there.path).rstrip("/")
    if path == base:
        return _differs_by_page(here.query, there.query)
    number = _PART_PATH.match(path.removeprefix(base)) if path.startswith(base) and base else None
    return number is not None and int(number[1]) > 1 and here.query == there.query


def _differs_by_page(query: str, following: str) -> bool:
    before, after = dict(parse_qsl(query)), dict(parse_qsl(following))
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return len(changed) == 1 and changed <= _PART_QUERY and after.get(next(iter(changed)), "").isdecimal()


def join(parts: Sequence[Extraction], *, missing: str | None = None) -> Extraction:
    """Join the parts of an article: text, images and cuts in order, everything else from the first page.

    An image on every page is one image; the lead is the first page's.

    `missing` says why the last of them could not be read.
    """
    first = parts[0]
    paragraphs: list[str] = []
    images: dict[str, Image] = {}
    clutter = []
    for part in parts:
        offset = len(paragraphs)
        paragraphs += part.article.paragraphs
        for image in part.article.images:
            placed = replace(image, after_paragraph=image.after_paragraph + offset, lead=image.lead and part is first)
            images.setdefault(image_key(image.url), placed)
        clutter += [replace(cut, after_paragraph=cut.after_paragraph + offset) for cut in part.clutter]
    article = replace(first.article, paragraphs=tuple(paragraphs), images=tuple(images.values()))
    notes = (*first.notes, *([f"pages: {len(parts)}"] if len(parts) > 1 else []))
    if missing:
        notes = (*notes, f"truncated: the next page could not be read ({missing})")
    return replace(first, article=article, clutter=tuple(clutter), notes=notes)
