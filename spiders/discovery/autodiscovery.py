"""Where a site says itself what to read: feeds in the head of a page, sitemaps in robots.txt."""

import re
from collections.abc import Iterator
from typing import Final

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.text import fold
from archive.web import urls
from spiders.discovery import sections
from spiders.discovery.document import Document, Element, parse_html
from spiders.discovery.entries import Entry, Origin, bad_listing, gather

# https://www.rssboard.org/rss-autodiscovery and https://www.jsonfeed.org/version/1.1/#discovery. Not application/json:
# WordPress announces its REST interface with it on every page.
_FEED_TYPES: Final = frozenset({
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/rss+xml",
    "application/x.atom+xml",
    "text/rss",
    "text/rss+xml",
})  # fmt: skip
# WordPress names a feed of reader comments on every page, beside the feed of articles.
_COMMENTS_FEED = re.compile(r"/comments/(?:feed|atom|rss)|[?&]feed=comments|/feeds/comments/", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S[^\n#]*)", re.IGNORECASE | re.MULTILINE)


def read_home(document: Document, origin: Origin) -> Listing | Failure:
    """Read a front page: the feeds and sitemaps it names; if it names no feed, the articles it links to."""
    page = parse_html(document)
    if page is None:
        return bad_listing(origin, "the page cannot be read")
    named = list(_named(page, origin.url))
    links: list[Element] = []
    if not any(entry.kind is ListingKind.FEED for entry in named):
        links = sections.links_of(page, origin.source.links)
        named.extend(sections.articles_among(links, page, origin))
    notes = sections.left_out(document, links)
    if not named:
        notes.append("empty: the page names no feed and no sitemap, and links to nothing that looks like an article")
    return gather(ListingKind.SECTION, named, origin, notes, sections.title_of(page))


def read_robots(document: Document, origin: Origin) -> Listing:
    """Read the sitemaps that a robots.txt names; one that is a web page names none."""
    lines = (match[1].strip() for match in _SITEMAP_LINE.finditer(document.text))
    return gather(
        ListingKind.SITEMAP,
        (Entry(link=line, base=origin.url, kind=ListingKind.SITEMAP) for line in lines),
        origin,
    )


def feeds_named(document: Document, url: str) -> tuple[str, ...]:
    """The feeds that a web page names as its own, but for its own URL. `url` is where the page came from."""
    page = parse_html(document)
    named = _named(page, url) if page is not None else ()
    feeds = (_normal(entry) for entry in named if entry.kind is ListingKind.FEED)
    return tuple(dict.fromkeys(feed for feed in feeds if feed and feed != url))


def _normal(entry: Entry) -> str | None:
    try:
        return urls.normalize(entry.link, entry.base)
    except urls.BadURLError:
        return None


def _named(page: Element, url: str) -> Iterator[Entry]:
    base = sections.base_of(page, url)
    for link in page.iter("link"):
        written = (link.get("href") or "").strip()
        kind = _kind(link)
        if written and kind and not _COMMENTS_FEED.search(written):
            yield Entry(link=written, base=base, kind=kind, title=fold(link.get("title") or "")[:300] or None)


def _kind(link: Element) -> ListingKind | None:
    relations = (link.get("rel") or "").lower().split()
    media_type = (link.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" in relations and media_type in _FEED_TYPES:
        return ListingKind.FEED
    return ListingKind.SITEMAP if "sitemap" in relations else None
