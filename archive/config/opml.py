"""Reads lists of subscriptions (OPML 1 and 2, http://opml.org/spec2.opml), as feed readers write them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from archive.text import fold
from archive.web.urls import BadURLError, normalize

MOST_BYTES: Final = 10 * 1024 * 1024
_MOST: Final = 10_000  # subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed in a list. `site` is the address of the site it belongs to, where the list says so."""

    feed: str
    site: str | None = None
    title: str | None = None


def read(body: bytes) -> tuple[tuple[Subscription, ...], int]:
    """Return the subscriptions, each feed once, and the number of those with an address that cannot be requested.

    Raises ValueError, whose text is a predicate, for what is no OPML.
    """
    # No entity is resolved and nothing is fetched: a list comes from anywhere.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(body, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError("is no XML") from error
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        raise ValueError("is no OPML; export the list of subscriptions of a feed reader")
    found: dict[str, Subscription] = {}
    unusable = 0
    for outline in _outlines(root):
        subscription = _subscription(outline)
        if subscription is None:
            unusable += 1
        elif len(found) < _MOST:
            found.setdefault(subscription.feed, subscription)
    return tuple(found.values()), unusable


def _outlines(root: Any) -> Iterator[dict[str, str]]:
    """The attributes of every outline with a feed, folders opened; names of attributes in lower case."""
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).localname.lower() == "outline":
            attributes = {name.lower(): value for name, value in element.attrib.items()}
            if attributes.get("xmlurl", "").strip():
                yield attributes


def _subscription(attributes: dict[str, str]) -> Subscription | None:
    feed = _normal(attributes["xmlurl"])
    if feed is None:
        return None
    title = fold(attributes.get("title") or attributes.get("text") or "")[:200]
    return Subscription(feed=feed, site=_normal(attributes.get("htmlurl", "")), title=title or None)


def _normal(url: str) -> str | None:
    try:
        return normalize(url.strip())
    except BadURLError:
        return None
