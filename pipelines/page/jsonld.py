"""JSON-LD of a page: read every script, find the node about the article. Knows schema.org's names, not our types."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from archive.text import fold, unescape
from pipelines.page.parse import Element

Node = dict[str, Any]

ARTICLE_TYPES: Final = frozenset(
    [
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "Article",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "Review",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
    ]
)
_MEDIA_TYPES: Final = frozenset({"VideoObject", "ImageGallery", "MediaGallery", "Gallery"})
_PAGE_TYPES: Final = frozenset({"WebPage", "ItemPage", "CollectionPage", "SearchResultsPage"})

_MOST: Final = 2_000_000  # characters of one script; beyond that it is a shop's catalogue
_DEEP: Final = 12
_NODES: Final = 5_000
_WEIGHTS: Final = {
    "headline": 4,
    "datePublished": 3,
    "author": 2,
    "articleBody": 2,
    "mainEntityOfPage": 1,
    "publisher": 1,
    "name": 1,
}
_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*$"
)
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_ELSEWHERE: Final = frozenset(
    {
        "author",
        "comment",
        "citation",
        "creator",
        "hasPart",
        "image",
        "isPartOf",
        "itemListElement",
        "liveBlogUpdate",
        "mentions",
        "publisher",
        "relatedLink",
        "thumbnail",
        "about",
        "isBasedOn",
    }
)


def read_nodes(scripts: Iterable[Element]) -> tuple[Node, ...]:
    """Return every object with a @type in the JSON-LD of a page's scripts, in page order; skip what is not JSON."""
    nodes: list[Node] = []
    for script in scripts:
        if "ld+json" in (script.get("type") or "") and script.text and len(script.text) <= _MOST:
            for node in _walk(_load(script.text), 0):
                nodes.append(node)
                if len(nodes) >= _NODES:
                    return tuple(nodes)
    return tuple(nodes)


def listed(value: object) -> list[Any]:
    """Return the values of a field: schema.org lets any be one or a list."""
    return value if isinstance(value, list) else [value]


def types(node: Node) -> frozenset[str]:
    """Return the types of a node, without the vocabulary's URL."""
    return frozenset(name.rsplit("/", 1)[-1] for name in listed(node.get("@type")) if isinstance(name, str))


def article_node(nodes: tuple[Node, ...]) -> Node | None:
    """Return the node that describes the article: the one that says most, the first of equals."""
    articles = [node for node in nodes if types(node) & ARTICLE_TYPES]
    pool = articles or [node for node in nodes if types(node) & _MEDIA_TYPES and "name" in node]
    return max(pool, key=_weight, default=None)


def page_node(nodes: tuple[Node, ...]) -> Node | None:
    """Return the node that describes the page, if there is one."""
    return next((node for node in nodes if types(node) & _PAGE_TYPES), None)


def text_of(value: object) -> str | None:
    """Return a value as text: HTML entities decoded, white space folded; None if there is none."""
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("headline")
    if not isinstance(value, str):
        return None
    return fold(unescape(unescape(value))) or None


def long_text_of(value: object) -> str | None:
    """Return a value as text with its line breaks: HTML entities decoded, the rest as it is."""
    return unescape(unescape(value)) or None if isinstance(value, str) else None


def texts_of(value: object) -> tuple[str, ...]:
    """Return a value as several texts: a list, or one text with commas."""
    found = (text_of(item) for item in listed(value))
    return tuple(text for text in found if text)


def _weight(node: Node) -> int:
    said = sum(weight for name, weight in _WEIGHTS.items() if node.get(name))
    return said - 3 * ("LiveBlogPosting" not in types(node) and "itemReviewed" in node)


def _load(text: str) -> object:
    """Parse strictly, then as browsers' neighbours write it: comments, raw line breaks in strings, trailing commas."""
    if "<!" in text or "-->" in text or "]]>" in text:  # next to none: the search reads the whole script
        text = _WRAPPING.sub("", text)
    text = text.strip().rstrip(";")
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        pass
    for repaired in (text, _TRAILING_COMMA.sub(r"\1", text), _TRAILING_COMMA.sub(r"\1", unescape(text))):
        try:
            return json.loads(repaired, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth > _DEEP:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for name, item in value.items():
            # What is inside these is about something else: the next article, a review of the publisher ...
            if isinstance(item, dict | list) and name not in _ELSEWHERE:
                yield from _walk(item, depth + 1)
