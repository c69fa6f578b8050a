"""Discovery: the bytes of a feed, sitemap, section page or list -> the addresses in it. Pure: no network, no storage.

A document is read as what it is, not as what it was taken for: a sitemap in place of a feed is read as a sitemap. Where
that is nothing of use (a web page in place of a feed), the result is a Failure that says what came.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.model.source import Source
from archive.times import utc_now
from archive.web import urls
from spiders.discovery import autodiscovery, document, feeds, sections, sitemaps, url_lists
from spiders.discovery.document import Document, Shape
from spiders.discovery.entries import Origin, bad_listing

_Reader = Callable[[Document, Origin], Listing | Failure]

# What is read, whatever it was taken for ...
_ANYWHERE: Final[Mapping[Shape, _Reader]] = {
    Shape.FEED: feeds.read,
    Shape.JSON: feeds.read_json,
    Shape.SITEMAP: sitemaps.read,
}
# ... and what besides in the place of each kind. A web page in place of a feed is a fault, never a section page.
_READERS: Final[Mapping[ListingKind, Mapping[Shape, _Reader]]] = {
    ListingKind.FEED: _ANYWHERE,
    ListingKind.SECTION: {**_ANYWHERE, Shape.HTML: sections.read},
    ListingKind.SITEMAP: {**_ANYWHERE, Shape.TEXT: partial(url_lists.read, kind=ListingKind.SITEMAP)},
    ListingKind.URLS: {**_ANYWHERE, Shape.TEXT: url_lists.read},
}
_HOME: Final[Mapping[Shape, _Reader]] = {**_ANYWHERE, Shape.HTML: autodiscovery.read_home}
_NAMES: Final[Mapping[ListingKind, str]] = {
    ListingKind.FEED: "a feed",
    ListingKind.SECTION: "a section page",
    ListingKind.SITEMAP: "a sitemap",
    ListingKind.URLS: "a list of addresses",
}

_MOST_FEEDS: Final = 3  # of a page, named in a message


def read(
    kind: ListingKind,
    body: bytes,
    url: str,
    content_type: str | None,
    source: Source,
    now: datetime | None = None,
) -> Listing | Failure:
    """Read a listing. `url` is where the body came from, after redirects; dates later than `now` are not believed.

    A robots.txt in place of a sitemap is read for the sitemaps it names, as Found(kind=SITEMAP). Never raises, whatever
    the bytes are. A list without entries is a Listing; a broken one is a Failure (BAD_LISTING).
    """
    origin = _origin(url, source, now)
    if kind is ListingKind.SITEMAP and urlsplit(origin.url).path == "/robots.txt":
        return autodiscovery.read_robots(document.read(body, "text/plain"), origin)
    opened = document.read(body, content_type)
    listing = _dispatch(opened, _READERS[kind], _NAMES[kind], origin)
    if isinstance(listing, Listing) and listing.kind is not kind:
        return replace(listing, notes=(f"read_as: {listing.kind}", *listing.notes))
    return listing


def home(
    body: bytes, url: str, content_type: str | None, source: Source, now: datetime | None = None
) -> Listing | Failure:
    """Read the front page of a source: the feeds and sitemaps it names, or the articles it links to."""
    return _dispatch(document.read(body, content_type), _HOME, "a front page", _origin(url, source, now))


def is_home_section(kind: ListingKind | None, url: str, source: Source) -> bool:
    """Whether a listing is the source's own front page, to be read by `home` for the listings that it names."""
    return kind is ListingKind.SECTION and url == source.url and source.autodiscover


def _dispatch(opened: Document, readers: Mapping[Shape, _Reader], name: str, origin: Origin) -> Listing | Failure:
    reader = readers.get(opened.shape)
    if reader is None:
        return bad_listing(origin, f"{document.describe(opened)} came instead of {name}{_remedy(opened, name, origin)}")
    return reader(opened, origin)


def _remedy(opened: Document, name: str, origin: Origin) -> str:
    """What a page that came in place of a feed says of where the feed is."""
    if opened.shape is not Shape.HTML or name != _NAMES[ListingKind.FEED]:
        return ""
    feeds = autodiscovery.feeds_named(opened, origin.url)
    shown, more = feeds[:_MOST_FEEDS], len(feeds) - _MOST_FEEDS
    if not shown:
        return ""
    listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"; it names {listed} as its {'feed' if len(feeds) == 1 else 'feeds'}"


def _origin(url: str, source: Source, now: datetime | None) -> Origin:
    return Origin(url=_normal(url) or _normal(url.partition("?")[0]) or source.url, source=source, now=now or utc_now())


def _normal(url: str) -> str | None:
    """A redirect may lead to an address with so long a query that it has no normal form; without, it is a good base."""
    try:
        return urls.normalize(url)
    except urls.BadURLError:
        return None
