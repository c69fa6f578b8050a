"""What becomes of the entries of a listing, whatever format it has."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from archive.model.listing import Listing, ListingKind
from spiders import discovery
from tests.spiders.discovery.outlet import (
    GAZETTE,
    HOME,
    NOW,
    addresses,
    atom,
    feed,
    item,
    listing,
    rss,
    sitemap,
    urlset,
)

STORY = HOME + "news/story?id=77"
ALERT = f"https://www.google.com/url?rct=j&sa=t&url={quote(STORY, safe='')}&ct=ga"
ESCAPED = ALERT.replace("&", "&amp;")
OPAQUE = "https://news.google.com/rss/articles/"


# ---- Wrappers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        feed(rss(item(ESCAPED))),
        feed(atom(f'<entry><link href="{ESCAPED}"/></entry>')),
        feed(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"url": "{ALERT}"}}]}}'),
        sitemap(urlset(f"<url><loc>{ESCAPED}</loc></url>")),
        listing(ListingKind.URLS, ALERT),
        listing(ListingKind.SECTION, f'<!doctype html><p><a href="{ESCAPED}">The bridge is closed for a week</a>'),
    ],
    ids=["rss", "atom", "json", "sitemap", "list", "section"],
)
def test_a_wrapped_link_is_the_url_inside_in_every_listing(read: Listing) -> None:
    (found,) = read.found
    assert (found.url, found.listed_url) == (STORY, None)


def test_tracking_goes_from_what_was_inside() -> None:
    (found,) = feed(rss(item("https://exit.sc/?url=" + quote(STORY + "&utm_source=x#part", safe="")))).found
    assert (found.url, found.listed_url) == (STORY, STORY + "&utm_source=x#part")


def test_the_same_story_wrapped_twice_is_one_entry() -> None:
    read = feed(rss(item(ESCAPED) + item(f"https://l.facebook.com/l.php?u={quote(STORY, safe='')}") + item(STORY)))
    assert [one.url for one in read.found] == [STORY]


def test_a_wrapper_that_is_too_long_a_url_itself_is_opened() -> None:
    (found,) = feed(rss(item(ESCAPED + "&amp;usg=" + "x" * 3_000))).found
    assert found.url == STORY


def test_a_wrapper_around_something_else_stays_and_is_told() -> None:
    read = feed(rss(item(OPAQUE + "CBMiA?oc=5") + item(OPAQUE + "CBMiB?oc=5") + item("/one")))
    assert addresses(read) == [OPAQUE + "CBMiA?oc=5", OPAQUE + "CBMiB?oc=5", "/one"]
    assert "wrapped: 2 links of news.google.com cannot be unwrapped" in read.notes


# ---- Fragments -------------------------------------------------------------------------------------------------------


def test_entries_that_differ_in_their_fragment_alone_are_one_and_are_counted() -> None:
    read = feed(
        rss(item("/live#a") + item("/live#b") + item("/live#c") + item("/two#a") + item("/three") + item("/three"))
    )
    assert addresses(read) == ["/live", "/two", "/three"]
    assert read.notes == ("same_page: 3 entries differ in their #fragment alone",)


def test_a_fragment_beside_none_counts_and_the_same_one_twice_does_not() -> None:
    assert feed(rss(item("/a") + item("/a#x"))).notes == ("same_page: 2 entries differ in their #fragment alone",)
    assert feed(rss(item("/a#x") + item("/a#x"))).notes == ()
    assert feed(rss(item("/a?utm_source=b") + item("/a"))).notes == ()


def test_links_to_parts_of_an_article_are_ordinary_on_a_page() -> None:
    page = "<!doctype html>" + "".join(
        f'<a href="/2026/11/02/bridge-is-closed-for-a-week{end}">x</a>' for end in ("", "#comments")
    )
    read = listing(ListingKind.SECTION, page)
    assert (len(read.found), read.notes) == (1, ())


# ---- Patterns --------------------------------------------------------------------------------------------------------


def test_what_the_patterns_pass_over_is_kept_apart_with_the_pattern() -> None:
    source = replace(GAZETTE, include=("/world/", "/science/"), exclude=("/video/", r"[?&]page="))
    read = feed(
        rss(
            item("/world/a")
            + item("/sport/b", "<title>Match</title>")
            + item("/world/video/c")
            + item("/science/d?page=2")
            + item("/sport/b#x")
            + item("/")
        ),
        source=source,
    )
    assert addresses(read) == ["/world/a"]
    assert [(one.url.removeprefix(HOME), one.excluded) for one in read.excluded] == [
        ("sport/b", "not in include"),
        ("world/video/c", "exclude: /video/"),
        ("science/d?page=2", r"exclude: [?&]page="),
    ]
    assert read.excluded[0].title == "Match"
    assert read.found[0].excluded is None
    assert set(read.notes) == {"not_included: 2", "excluded: 2", "front_page: 1"}


def test_a_listing_and_a_front_page_are_excluded_by_nobody() -> None:
    source = replace(GAZETTE, exclude=(".",))
    body = urlset(f"<url><loc>{HOME}</loc></url><url><loc>{HOME}a</loc></url>")
    assert [one.url for one in sitemap(body, source=source).excluded] == [HOME + "a"]
    index = f"<sitemapindex><sitemap><loc>{HOME}a.xml</loc></sitemap></sitemapindex>"
    read = discovery.read(ListingKind.SITEMAP, index.encode(), HOME + "sitemap.xml", None, source, NOW)
    assert isinstance(read, Listing)
    assert ([one.url for one in read.found], read.excluded) == ([HOME + "a.xml"], ())
