"""What a site says itself about its feeds and sitemaps."""

import pytest

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from spiders import discovery
from tests.spiders.discovery.outlet import GAZETTE, HOME, NOW, item, rss

FEED, SITEMAP = ListingKind.FEED, ListingKind.SITEMAP


def home(body: str, url: str = HOME) -> Listing:
    result = discovery.home(body.encode(), url, "text/html", GAZETTE, NOW)
    assert isinstance(result, Listing), result
    return result


def found(listing: Listing) -> list[tuple[ListingKind | None, str]]:
    return [(one.kind, one.url.removeprefix(HOME)) for one in listing.found]


def test_the_feeds_and_sitemaps_that_a_page_names_are_found() -> None:
    listing = home(
        '<html><head><title>The Gazette</title><base href="/en/">'
        '<link rel="alternate" type="application/rss+xml" title="News" href="rss.xml">'
        '<LINK REL="Alternate Home" TYPE="application/atom+xml; charset=utf-8" HREF="/atom">'
        '<link rel="alternate" type="application/feed+json" href="https://feeds.example/gazette.json">'
        '<link rel="sitemap" type="application/xml" href="/sitemap.xml">'
        '</head><body><a href="/world/harbour-opens-after-repairs">x</a></body></html>'
    )
    assert found(listing) == [
        (FEED, "en/rss.xml"),
        (FEED, "atom"),
        (FEED, "https://feeds.example/gazette.json"),
        (SITEMAP, "sitemap.xml"),
    ]
    assert (listing.kind, listing.title) == (ListingKind.SECTION, "The Gazette")
    assert listing.found[0].title == "News"


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="text/html" media="handheld" href="/m/">',
        '<link rel="alternate" type="application/json" href="/wp-json/">',
        '<link rel="stylesheet" type="application/rss+xml" href="/x">',
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">',
        '<link rel="alternate" type="application/rss+xml" href="/?feed=comments-rss2">',
        '<link rel="alternate" type="application/rss+xml" href="">',
    ],
)
def test_other_links_of_the_head_are_no_feeds(link: str) -> None:
    assert found(home(f"<html><head>{link}</head><body></body></html>")) == []


def test_a_page_that_names_no_feed_is_read_for_its_articles() -> None:
    listing = home(
        '<html><head><link rel="sitemap" href="/sitemap.xml"></head><body><a href="/login">Log in</a>'
        '<a href="/world/harbour-opens-after-repairs">Harbour opens</a></body></html>'
    )
    assert found(listing) == [(SITEMAP, "sitemap.xml"), (None, "world/harbour-opens-after-repairs")]


def test_a_page_with_nothing_to_go_by_says_so() -> None:
    assert home("<html><body>Under construction</body></html>").notes[0].startswith("empty: ")


def test_a_feed_that_cannot_be_requested_is_reported() -> None:
    listing = home(
        '<link rel="alternate" type="application/rss+xml" href="file:///feed"><a href="/a-story-of-four-words">x</a>'
    )
    assert [(one.url, one.outcome) for one in listing.failures] == [("file:///feed", Outcome.BAD_URL)]


def test_a_front_page_that_is_a_feed_is_read_as_a_feed() -> None:
    listing = home(rss(item("/one")))
    assert (listing.kind, found(listing)) == (FEED, [(None, "one")])


@pytest.mark.parametrize("body", ["", "gone", "%PDF-1.7"])
def test_a_front_page_that_is_none_is_a_bad_listing(body: str) -> None:
    result = discovery.home(body.encode(), HOME, None, GAZETTE, NOW)
    assert isinstance(result, Failure)
    assert result.outcome is Outcome.BAD_LISTING


def named(body: bytes) -> Listing:
    listing = discovery.read(SITEMAP, body, HOME + "robots.txt", "text/plain", GAZETTE, NOW)
    assert isinstance(listing, Listing)
    return listing


def test_the_sitemaps_of_a_robots_txt_are_found() -> None:
    body = (
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /x\r\nSitemap: https://www.gazette.example/a.xml\r\n"
        b"SITEMAP:/b.xml # news\r\n  sitemap : http://[bad\r\n# Sitemap: /no.xml\r\nSitemap: https://cdn.example/c.xml.gz\r\n"
        b"Sitemap: /b.xml"
    )
    listing = named(body)
    assert found(listing) == [(SITEMAP, "a.xml"), (SITEMAP, "b.xml"), (SITEMAP, "https://cdn.example/c.xml.gz")]
    assert [one.url for one in listing.failures] == ["http://[bad"]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html>not found</html>", b"User-agent: *"])
def test_a_robots_txt_without_sitemaps_names_none(body: bytes) -> None:
    assert named(body).found == ()
