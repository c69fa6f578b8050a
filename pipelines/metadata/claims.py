"""What a page claims about its own text: how long it is, what of it is locked, whose it is. Evidence, not facts.

Read before anything is cut. Knows nothing of the main text.
"""

import re
from dataclasses import dataclass
from typing import Final

from archive.text import count_words
from pipelines.page.head import Head
from pipelines.page.jsonld import ARTICLE_TYPES, Node, listed, text_of, texts_of, types

_SOURCES: Final = ("sourceOrganization", "provider", "copyrightHolder", "creditText")
_DIGITS: Final = 6
_NAME: Final = re.compile(r"[.#]([\w-]+)")
_AUTHORS: Final = frozenset({"author", "byl", "dc.creator", "parsely-author", "sailthru.author"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """`words` of the whole text (0: not said); `locked` the names of elements behind a wall; `bylines` and `sources`
    people and organisations as written; `images` that the article node names; `articles` how many of them the page
    describes; `body_names` of the body element; `asks_password` where there is a field for one."""

    words: int = 0
    locked: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    articles: int = 0
    body_names: tuple[str, ...] = ()
    asks_password: bool = False
    opinion: bool = False


def read_claims(head: Head) -> Claims:
    """Read what a page says to machines."""
    node = head.node
    body = head.tree.find("body")
    return Claims(
        words=_words(node),
        locked=_locked(node),
        bylines=_bylines(head),
        sources=tuple(name for field in _SOURCES for name in texts_of(node.get(field))),
        images=tuple(_images(node)),
        articles=len({_identity(one) for one in head.nodes if types(one) & ARTICLE_TYPES}),
        body_names=tuple((body.get("class") or "").lower().split()) if body is not None else (),
        asks_password=any((field.get("type") or "").lower() == "password" for field in head.inputs),
        opinion="true" in head.meta.get("article:opinion", ()),
    )


def _words(node: Node) -> int:
    """`wordCount`, or the words of `articleBody` where it says more."""
    said = str(node.get("wordCount") or "")
    stated = int(said) if said.isdecimal() and len(said) <= _DIGITS else 0
    body = text_of(node.get("articleBody"))
    return max(stated, count_words(body) if body else 0)


def _locked(node: Node) -> tuple[str, ...]:
    """Class names and ids of the parts that Google's paywall markup says are not free."""
    found: list[str] = []
    for part in listed(node.get("hasPart")):
        if isinstance(part, dict) and str(part.get("isAccessibleForFree")).strip().lower() in ("false", "0", "no"):
            for selector in texts_of(part.get("cssSelector")):
                found += _NAME.findall(selector)
    return tuple(found)


def _bylines(head: Head) -> tuple[str, ...]:
    for field in ("author", "creator"):
        names = [
            name
            for value in listed(head.node.get(field))
            for name in texts_of(value.get("name") if isinstance(value, dict) else value)
        ]
        if names:
            return tuple(names)
    return tuple(
        meta.get("content") or ""
        for meta in head.metas
        if (meta.get("name") or meta.get("property") or "").lower() in _AUTHORS and meta.get("content")
    )


def _images(node: Node) -> list[str]:
    found: list[str] = []
    for image in listed(node.get("image")):
        url = (image.get("url") or image.get("contentUrl")) if isinstance(image, dict) else image
        found += [one for one in listed(url) if isinstance(one, str) and one]
    return found


def _identity(node: Node) -> str:
    """Return what tells one article from another: listings describe many."""
    return str(node.get("@id") or node.get("url") or node.get("headline") or text_of(node.get("name")))
