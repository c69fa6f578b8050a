"""The worst input that we could think of, for each reader, of any size: what is quadratic somewhere in most programs.

Each is a function of a size in bytes. They are read in the test run at a size at which quadratic work would show, and
by hand at the size that a crawl lets through (tests/benchmarks/worst.py).
"""

import gzip
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.model.source import Source
from pipelines.extract import extract
from spiders import discovery
from tests.pipelines.pages import capture, page, prose

Body = Callable[[int], bytes]

HOME: Final = "https://www.harbour-post.test/"
_SOURCE: Final = Source(id="post", url=HOME, name="The Harbour Post")
_MAPS: Final = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
_FEED: Final = b"<rss><channel>"
_LINK: Final = b"<a href=/news/the-mill-turns-again-%d>"
_LONG: Final = HOME.encode() + b"a/" * 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """A body, and what reads it: None for an article's page."""

    body: Body
    kind: ListingKind | None
    name: str = ""

    def reading(self, size: int) -> Callable[[], Listing | Extraction | Failure]:
        """What is done with it, as a function that can go to a worker."""
        if self.kind is None:
            return partial(extract, _captured(self.body(size)))
        return partial(discovery.read, self.kind, self.body(size), HOME + self.name, None, _SOURCE)


def timed(reading: Callable[[], Listing | Extraction | Failure]) -> tuple[Listing | Extraction | Failure, float]:
    """What comes of it, and the seconds of CPU that it took."""
    began = time.process_time()
    result = reading()
    return result, time.process_time() - began


def _captured(body: bytes) -> Capture:
    return replace(capture(page(prose())), body=body)


def repeated(piece: bytes, head: bytes = b"", tail: bytes = b"") -> Body:
    """A piece again and again, between a head and a tail."""
    return lambda size: head + piece * max((size - len(head) - len(tail)) // len(piece), 1) + tail


def numbered(piece: bytes, head: bytes = b"", tail: bytes = b"", most: int = 10**9) -> Body:
    """A piece with another number each time."""

    def body(size: int) -> bytes:
        count = min(max((size - len(head) - len(tail)) // (len(piece) + 4), 1), most)
        return head + b"".join(piece % number for number in range(count)) + tail

    return body


def nested(piece: bytes, depth: int, what: bytes = b"x", head: bytes = b"") -> Body:
    """A piece in itself so many times, around as much of something as there is room for."""
    return repeated(what, head + piece * depth)


def _listings(kind: ListingKind, bodies: Mapping[str, Body], name: str = "listing") -> dict[str, Worst]:
    return {f"{kind}: {title}": Worst(body=body, kind=kind, name=name) for title, body in bodies.items()}


_FEEDS: Final[Mapping[str, Body]] = {
    "attributes": numbered(b' a%d=""', _FEED + b"<item", b"/></channel></rss>"),
    "astral characters": repeated("😀".encode(), _FEED),
    "bare ampersands": repeated(b"&", _FEED),
    "bases": repeated(
        b'<item xml:base="../b"><link>c</link></item>', b'<rss xml:base="http://h/' + b"a/" * 400_000 + b'"><channel>'
    ),
    "CDATA": repeated(b"<![CDATA[]]>&", _FEED),
    "character references": repeated(b"&#9;", _FEED),
    "comments": repeated(b"<!--x-->", b"", _FEED),
    "comments that do not end": repeated(b"<!--", b"", _FEED),
    "control characters": repeated(b"\x85\x01", _FEED),
    "dates": repeated(b"<pubDate>", _FEED + b"<item>"),
    "definitions": repeated(b'<!ENTITY a "b">', b"<!DOCTYPE rss [", b"]><rss/>"),
    "entities": repeated(b"&nbsp;", _FEED),
    "guids in one another": nested(b"<item><guid>", 1000, head=_FEED),
    "items": numbered(b"<item><link>https://h.test/%d</link></item>", _FEED, b"</channel></rss>"),
    "items in one another": repeated(b"<item>", _FEED),
    "JSON": repeated(b'{"url":"http://h/1"},', b'{"items":[', b"{}]}"),
    "JSON nested": repeated(b"[", b'{"items":'),
    "long links": numbered(
        b"<item><link>%d</link></item>", b"<rss><channel><link>" + _LONG + b"</link>", b"</channel>"
    ),
    "long titles": numbered(
        b"<item><link>" + _LONG + b"%d</link><title>" + b"x" * 1000 + b"</title></item>", _FEED, b"</channel></rss>"
    ),
    "namespaces": numbered(b'<x xmlns:a%d="u">', _FEED + b"<item>", b"", 2000),
    "one title": repeated(
        b"&lt;a", _FEED + b"<item><link>http://h/1</link><title>", b"</title></item></channel></rss>"
    ),
    "titles in one another": nested(b"<item><title>", 1000, head=_FEED),
    "wrong bytes": repeated(b"\xe9", _FEED),
}
_SITEMAPS: Final[Mapping[str, Body]] = {
    "bad addresses": numbered(b"<url><loc>ftp://h.test/" + b"a" * 900 + b"/%d</loc></url>", _MAPS, b"</urlset>"),
    "broken at the end": numbered(b"<url><loc>https://h.test/%d</loc></url>", _MAPS, b"<<"),
    "hosts": numbered(b"<url><loc>https://h%d.test/1</loc></url>", _MAPS, b"</urlset>"),
    "long addresses": numbered(b"<url><loc>" + _LONG[:900] + b"%d</loc></url>", _MAPS, b"</urlset>"),
    "members": lambda size: gzip.compress(b"", mtime=0) * (size // 20),
    "news in one another": repeated(b"<news><title>", _MAPS + b"<url>"),
    "pictures": repeated(b"<image/>", _MAPS + b"<url>"),
    "text alone": repeated(b"x", b"<urlset>"),
    "tracking": numbered(b"<url><loc>https://h.test/%d?" + b"utm_a=1&amp;" * 70 + b"</loc></url>", _MAPS, b"</urlset>"),
    "urls that do not end": repeated(b"<url><loc>", _MAPS),
}
_SECTIONS: Final[Mapping[str, Body]] = {
    "attributes": numbered(b" a%d=1", b"<html><a"),
    "base": numbered(b"<a href=the-mill-turns-again-%d>a</a>", b'<html><base href="' + _LONG + b'">'),
    "doctypes": repeated(b"<!doctype "),
    "less-than signs": repeated(b"<", b"<html>"),
    "links": numbered(_LINK + b"a b c d e f</a>", b"<html>"),
    "links in one another": numbered(_LINK + b"a<b><div>", b"<html>"),
    "links that do not end": numbered(_LINK + b"a b c", b"<html>"),
    "links under a deep menu": numbered(_LINK + b"a</a>", b"<html>" + b"<div>" * 2000),
    "quotation marks": repeated(b'="', b"<html><a "),
    "scripts": repeated(b"<script>", b"<html>"),
    "slugs": numbered(b'<a href="/' + b"1a" * 900 + b'/%d">x</a>', b"<html>"),
    "titles": repeated(b"<title", b"<html>"),
}
_LISTS: Final[Mapping[str, Body]] = {
    "addresses": numbered(b"https://h.test/%d\n"),
    "empty lines": repeated(b"\n", b"", b"x"),
    "one address": repeated(b"a", b"https://h.test/"),
    "spaces": repeated(b" ", b"x"),
    "words": repeated(b"a\n"),
}
_ROBOTS: Final[Mapping[str, Body]] = {
    "sitemaps": numbered(b"sitemap: https://h.test/%d\n"),
    "spaces": repeated(b" ", b"sitemap"),
}
LISTINGS: Final[dict[str, Worst]] = {
    **_listings(ListingKind.FEED, _FEEDS),
    **_listings(ListingKind.SECTION, _SECTIONS),
    **_listings(ListingKind.SITEMAP, _SITEMAPS),
    **_listings(ListingKind.URLS, _LISTS),
    **{
        f"robots.txt: {title}": Worst(body=body, kind=ListingKind.SITEMAP, name="robots.txt")
        for title, body in _ROBOTS.items()
    },
}

_START: Final = page(prose()).removesuffix("</body></html>").encode()
PAGES: Final[dict[str, Worst]] = {
    f"page: {title}": Worst(body=body, kind=None)
    for title, body in {
        "a class": repeated(b"caption ", _START + b'<p class="', b'">x'),
        "a credit": repeated(b": A/B", _START + b"<p>Photo"),
        "a date": repeated(b"2026-", _START + b'<time datetime="', b'">x</time>'),
        "a line": repeated(b"word ", _START + b"<p>"),
        "a link": repeated(b"a/", _START + b'<p><a href="/', b'">x</a>'),
        "a picture": repeated(b"a 1w, ", _START + b'<img src=a srcset="', b'">'),
        "a style": repeated(b"a:b;", _START + b'<p style="', b'">x'),
        "a title": repeated(b"word - ", b"<html><title>", b"</title>" + _START),
        "a token": repeated(b"x", _START + b"<p>"),
        "a word in another charset": repeated(b"a", _START + b"<p>", b"\xe9"),
        "at signs": repeated(b"a@", _START + b"<p>"),
        "attributes": numbered(b" a%d=1", _START + b"<p", b">x"),
        "bold in bold": repeated(b"<b>", _START + b"<p>"),
        "boxes in boxes": repeated(b"<div>", _START),
        "breaks": repeated(b"x<br>", _START + b"<p>"),
        "character references": repeated(b"&#x0;", _START + b"<p>"),
        "comments": repeated(b"<!--x-->", _START),
        "dashes": repeated(b"- ", _START + b"<p>"),
        "digits": repeated(b"1", _START + b"<p>"),
        "doctypes": repeated(b"<!doctype ", b"<html>", _START),
        "dots": repeated(b"a.", _START + b"<p>"),
        "headings": numbered(b"<h2>The mill %d</h2>", _START),
        "JSON-LD": numbered(b'{"@type":"NewsArticle","headline":"%d"},', b'<script type="application/ld+json">['),
        "JSON-LD brackets": repeated(b"[", b'<script type="application/ld+json">', b"</script>" + _START),
        "JSON-LD less-than signs": repeated(b"<", b'<script type="application/ld+json">', b"</script>" + _START),
        "less-than signs": repeated(b"<", _START),
        "line breaks": repeated(b"\n", _START + b"<p>", b"x"),
        "links": numbered(b"<a href=/%d>word</a> ", _START + b"<p>"),
        "lists in lists": repeated(b"<ul><li>", _START),
        "metas": numbered(b"<meta property=article:tag content=%d>", b"<html><head>", _START),
        "no-break spaces": repeated(b"&nbsp;", _START + b"<p>", b"x"),
        "paragraphs": numbered(b"<p>The wheel number %d turned again on Sunday for the first time.", _START),
        "pictures": numbered(b"<img src=/%d.jpg>", _START),
        "quotation marks": repeated(b'="', _START + b"<p "),
        "scripts": repeated(b"<script></script>x", _START),
        "scripts that do not end": repeated(b"<script>", _START),
        "spaces": repeated(b" ", _START + b"<p>", b"x"),
        "tables in tables": repeated(b"<table><tr><td>", _START),
        "words in another charset": repeated(b"a\xe9", _START + b"<p>"),
    }.items()
}
