"""Sitemaps, sitemap indexes and news sitemaps (https://www.sitemaps.org/protocol.html) -> entries.

Read by what stands in them: an index with articles in it, or a urlset with sitemaps, is read as far as it goes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Final

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.text import fold
from spiders.discovery import listing_dates
from spiders.discovery.document import (
    Document,
    Element,
    Tree,
    XMLError,
    entries_in,
    parse_xml,
    split_tag,
    stream,
    text_of,
    xml_of,
)
from spiders.discovery.entries import MAX_ENTRIES, Entry, Origin, bad_listing, gather

_ENTRY_NAMES: Final = ("url", "sitemap")
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

# Children of an index that by their program's own naming hold no article: WordPress core and Yoast name them so.
_NO_ARTICLES = re.compile(
    r"/(?:wp-sitemap-(?:taxonomies|users)-[^/]*|(?:author|category|post_tag)-sitemap\d*)\.xml(?:\.gz)?$", re.IGNORECASE
)


def read(document: Document, origin: Origin) -> Listing | Failure:
    """Read a sitemap or an index of sitemaps; in an index the newest comes first."""
    try:
        nodes = islice(stream(xml_of(document), _ENTRY_NAMES), MAX_ENTRIES + 1)
        entries = [_entry(node, origin.url) for node in nodes]
    except XMLError:
        entries = []
    return _listing(entries, origin, []) if entries else _read_forgiving(document, origin)


def _read_forgiving(document: Document, origin: Origin) -> Listing | Failure:
    """A sitemap that is broken, or empty, or whose names are written in capitals."""
    tree = parse_xml(xml_of(document), _ENTRY_NAMES, cut=document.cut)
    if tree is None:
        return bad_listing(origin, "the XML of the sitemap cannot be read")
    nodes = entries_in(tree, _ENTRY_NAMES)
    if not nodes and (tree.cut or tree.fault):
        reason = tree.fault or "its end is missing"
        return bad_listing(origin, f"the sitemap is broken before the end of its first entry: {reason}")
    return _listing([_entry(node, origin.url) for node in nodes], origin, _faults(tree, len(nodes)))


def _faults(tree: Tree, entries: int) -> list[str]:
    dropped = ", its last entry was dropped" if tree.torn else ""
    said = {
        f"cut: the end of the sitemap is missing{dropped}": tree.cut,
        f"recovered: {tree.fault}": tree.fault,
        "empty: the sitemap has no entries": not entries,
    }
    return [note for note, holds in said.items() if holds]


def _listing(entries: list[Entry], origin: Origin, notes: list[str]) -> Listing:
    maps = [entry for entry in entries if entry.kind]
    wanted = [entry for entry in maps if not _NO_ARTICLES.search(entry.link)]
    if len(wanted) < len(maps):
        notes = [*notes, f"sitemaps_of_tags_or_authors: {len(maps) - len(wanted)}"]
    newest_first = sorted(wanted, key=_last_change, reverse=True)
    articles = (entry for entry in entries if not entry.kind)
    return gather(ListingKind.SITEMAP, chain(newest_first, articles), origin, notes)


def _last_change(entry: Entry) -> datetime:
    return entry.modified.when if entry.modified else _LONG_AGO


def _entry(node: Element, base: str) -> Entry:
    fields = _fields(node)
    return Entry(
        link=fields.get("loc", ""),
        base=base,
        kind=ListingKind.SITEMAP if split_tag(node.tag)[1] == "sitemap" else None,
        title=fold(fields.get("title", ""))[:1_000] or None,
        published=listing_dates.parse(fields.get("publication_date"), "sitemap"),
        modified=listing_dates.parse(fields.get("lastmod"), "sitemap"),
        language=fields.get("language", "").lower()[:35] or None,
    )


def _fields(node: Element) -> Mapping[str, str]:
    """Own children, and those of news:news below; a picture's or a video's title and address are not the article's."""
    space = split_tag(node.tag)[0]
    fields: dict[str, str] = {}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        child_space, name = split_tag(child.tag)
        if name == "news":
            _add_news(child, fields)
        elif child_space == space and name in {"loc", "lastmod"}:
            fields.setdefault(name, text_of(child))
    return fields


def _add_news(news: Element, fields: dict[str, str]) -> None:
    for child in news.iter():
        if isinstance(child.tag, str) and (name := split_tag(child.tag)[1]) in {
            "title",
            "publication_date",
            "language",
        }:
            fields.setdefault(name, text_of(child))
