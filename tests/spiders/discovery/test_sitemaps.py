"""Sitemaps, their indexes, and the ways in which they are wrong."""

import gzip
from datetime import UTC, datetime

import pytest

from archive.model.listing import ListingKind
from spiders.discovery import document, entries
from tests.spiders.discovery.outlet import HOME, SITEMAP, addresses, complaint, listing, location, sitemap, urlset


def index(children: str) -> str:
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'


def child(path: str, lastmod: str = "") -> str:
    return location(path, f"<lastmod>{lastmod}</lastmod>" if lastmod else "", "sitemap")


NEWS = (
    "<news:news><news:publication><news:name>Gazette</news:name><news:language>EN</news:language></news:publication>"
    "<news:publication_date>2026-11-02T08:30:00+01:00</news:publication_date>"
    "<news:title>Harbour &amp; port open</news:title></news:news>"
    "<image:image><image:loc>https://img.example/1.jpg</image:loc><image:title>A crane</image:title></image:image>"
)


def test_a_sitemap_gives_addresses_with_the_date_of_their_last_change() -> None:
    read = sitemap(urlset(location("one", "<lastmod>2026-11-02</lastmod>") + location("two")))
    assert read.kind is ListingKind.SITEMAP
    assert addresses(read) == ["/one", "/two"]
    assert [one.modified for one in read.found] == [datetime(2026, 11, 2, tzinfo=UTC), None]
    assert all(one.kind is None and one.published is None for one in read.found)
    assert read.notes == ()


def test_a_news_sitemap_gives_title_date_and_language_and_never_a_picture() -> None:
    (found,) = sitemap(urlset(location("one", NEWS))).found
    assert found.url == HOME + "one"
    assert found.title == "Harbour & port open"
    assert found.published == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert found.language == "en"


def test_an_index_gives_sitemaps_and_the_newest_comes_first() -> None:
    read = sitemap(
        index(
            child("no-date-1.xml")
            + child("old.xml", "2026-01-01")
            + child("new.xml.gz", "2026-11-02T08:00:00Z")
            + child("no-date-2.xml")
            + child("middle.xml", "2026-06-01")
        )
    )
    assert addresses(read) == ["/new.xml.gz", "/middle.xml", "/old.xml", "/no-date-1.xml", "/no-date-2.xml"]
    assert {one.kind for one in read.found} == {ListingKind.SITEMAP}


def test_an_index_that_lists_itself_does_not_lead_back() -> None:
    read = sitemap(index(child("sitemap.xml") + child("a.xml") + child("sitemap.xml#x")))
    assert addresses(read) == ["/a.xml"]
    assert read.notes == ("lists_itself: 2",)


def test_sitemaps_that_hold_no_articles_by_their_programs_naming_are_passed_over() -> None:
    children = ["post-sitemap.xml", "category-sitemap.xml", "post_tag-sitemap2.xml", "author-sitemap.xml"]
    children += ["wp-sitemap-users-1.xml", "wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-posts-post-1.xml"]
    read = sitemap(index("".join(child(path) for path in children)))
    assert addresses(read) == ["/post-sitemap.xml", "/wp-sitemap-posts-post-1.xml"]
    assert "sitemaps_of_tags_or_authors: 5" in read.notes


def test_articles_and_sitemaps_in_one_file_are_both_read() -> None:
    read = sitemap(urlset(location("one") + child("more.xml")))
    assert [(one.kind, one.url) for one in read.found] == [
        (ListingKind.SITEMAP, HOME + "more.xml"),
        (None, HOME + "one"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        f"<urlset>{location('one')}</urlset>",
        f'<s:urlset xmlns:s="http://x.example/"><s:url><s:loc>{HOME}one</s:loc></s:url></s:urlset>',
        f"<urlset><url><loc>\n {HOME}one \n</loc></url></urlset>",
        f"<urlset><url><loc><![CDATA[{HOME}one]]></loc></url></urlset>",
        f'\n\n<?xml version="1.0"?><!-- x --><urlset><url><loc>{HOME}one</loc></url></urlset>\n<!-- 0.2 s -->',
        f"\ufeff<urlset><url><loc>{HOME}one</loc></url></urlset>",
        f"<b>Warning</b>: x<br />\n<?xml version='1.0'?><urlset><url><loc>{HOME}one</loc></url></urlset>",
        "<urlset><url><loc>/one</loc></url></urlset>",
        f"<URLSET><URL><LOC>{HOME}one</LOC></URL></URLSET>",
        f"<urlset><url><lastmod>2026-11-02</lastmod><loc>{HOME}one</loc></url></urlset>",
        f'<urlset><url><loc>{HOME}one</loc><xhtml:link rel="alternate" href="/de"/></url></urlset>',
    ],
)
def test_a_sitemap_is_read_however_it_is_written(body: str) -> None:
    assert addresses(sitemap(body)) == ["/one"]


def test_a_plain_text_sitemap_is_read() -> None:
    read = sitemap(f"{HOME}one\n{HOME}two\n", content_type="text/plain")
    assert (read.kind, addresses(read)) == (ListingKind.SITEMAP, ["/one", "/two"])


def test_an_entry_without_or_with_a_bad_address_does_not_cost_the_others() -> None:
    read = sitemap(
        urlset(
            location("one")
            + "<url><lastmod>2026-11-02</lastmod></url><url><loc></loc></url>"
            + "<url><loc>http://[bad</loc></url><url><loc>file:///etc/passwd</loc></url>"
            + location("two")
        )
    )
    assert addresses(read) == ["/one", "/two"]
    assert [failure.url for failure in read.failures] == ["http://[bad", "file:///etc/passwd"]
    assert "no_link: 2" in read.notes


# ---- Packed ----------------------------------------------------------------------------------------------------------

PLAIN = urlset("".join(location(f"a{n}", "<lastmod>2026-11-02</lastmod>") for n in range(2_000)))


@pytest.mark.parametrize("content_type", ["application/x-gzip", "text/xml", "text/html; charset=x", None])
def test_a_packed_sitemap_is_told_by_its_bytes(content_type: str | None) -> None:
    assert len(sitemap(gzip.compress(PLAIN.encode()), content_type=content_type).found) == 2_000


def test_a_sitemap_packed_twice_or_in_parts_is_read() -> None:
    body = PLAIN.encode()
    assert len(sitemap(gzip.compress(gzip.compress(body))).found) == 2_000
    assert len(sitemap(gzip.compress(body[:9_999]) + gzip.compress(body[9_999:])).found) == 2_000
    assert len(sitemap(gzip.compress(body) + b"\0" * 512).found) == 2_000


def test_of_a_packed_sitemap_that_is_cut_the_whole_entries_are_read() -> None:
    packed = gzip.compress(PLAIN.encode())
    read = sitemap(packed[: len(packed) // 2])
    assert 100 < len(read.found) < 2_000
    assert addresses(read) == [f"/a{n}" for n in range(len(read.found))]
    assert any(note.startswith("cut: ") for note in read.notes)


def test_of_a_packed_sitemap_that_is_damaged_what_stands_before_is_read() -> None:
    packed = bytearray(gzip.compress(PLAIN.encode(), compresslevel=1))
    packed[-3_000:-2_000] = b"\xff" * 1_000
    read = sitemap(bytes(packed))
    assert 100 < len(read.found) < 2_000
    assert any(note.startswith("cut: ") for note in read.notes)


def test_a_bomb_is_unpacked_to_the_limit_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 1_000_000)
    bomb = gzip.compress(urlset(location("one")).encode().replace(b"</urlset>", b" " * 30_000_000 + b"</urlset>"))
    read = sitemap(bomb)
    assert addresses(read) == ["/one"]
    assert "cut: the end of the sitemap is missing" in read.notes
    plain, cut = document._unpack(bomb)
    assert (len(plain), cut) == (1_000_000, True)


def test_something_else_in_gzip_is_a_bad_listing() -> None:
    assert "a web page" in complaint(ListingKind.SITEMAP, gzip.compress(b"<html><body>x"))
    assert "nothing came" in complaint(ListingKind.SITEMAP, gzip.compress(b""))
    assert "came instead" in complaint(ListingKind.SITEMAP, b"\x1f\x8b\x08 this is no gzip")


# ---- Broken ----------------------------------------------------------------------------------------------------------


def test_the_last_entry_of_a_cut_sitemap_is_dropped() -> None:
    whole = urlset(location("one") + location("two") + location("three-with-a-long-address"))
    read = sitemap(whole[: whole.index("-long-address")])
    assert addresses(read) == ["/one", "/two"]
    assert "cut: the end of the sitemap is missing, its last entry was dropped" in read.notes


def test_a_sitemap_cut_between_entries_loses_none() -> None:
    whole = urlset(location("one") + location("two"))
    read = sitemap(whole.removesuffix("</urlset>"))
    assert addresses(read) == ["/one", "/two"]
    assert "cut: the end of the sitemap is missing" in read.notes


def test_unclosed_tags_cost_no_entry() -> None:
    read = sitemap(urlset(location("one") + f"<url><loc>{HOME}two</url>" + location("three") + location("four")))
    assert sorted(addresses(read)) == ["/four", "/one", "/three", "/two"]
    assert any(note.startswith("recovered: ") for note in read.notes)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<!doctype html><title>Login</title>", 'a web page ("Login") came instead of a sitemap'),
        ("", "nothing came instead of a sitemap"),
        ("User-agent: *", "no line is an http or https address"),
        ("<urlset><url><loc>cut", "the sitemap is broken before the end of its first entry"),
        ("<urlset>", "the sitemap is broken before the end of its first entry"),
    ],
)
def test_what_is_no_sitemap_never_looks_like_an_empty_one(body: str, says: str) -> None:
    assert says in complaint(ListingKind.SITEMAP, body)


def test_an_empty_sitemap_is_a_listing_that_says_so() -> None:
    read = sitemap(urlset(""))
    assert (read.found, read.notes) == ((), ("empty: the sitemap has no entries",))


def test_external_entities_are_not_read_and_the_entries_stay() -> None:
    read = sitemap(
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "/two">]>'
        f"<urlset>{location('one')}<url><loc>&x;&y;</loc></url>{location('three')}</urlset>"
    )
    assert {"/one", "/three"} <= set(addresses(read))
    assert len(read.found) <= 3


def test_only_the_first_entries_of_an_endless_sitemap_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_ENTRIES", 50)
    read = sitemap(PLAIN)
    assert addresses(read) == [f"/a{n}" for n in range(50)]
    assert "more_than: 50" in read.notes


def test_a_whole_sitemap_of_the_largest_size_is_read() -> None:
    body = urlset("".join(location(f"world/{n}/a-story") for n in range(50_000)))
    read = sitemap(body)
    assert len(read.found) == 50_000
    assert read.notes == ()


def test_a_sitemap_in_place_of_another_listing_is_read_as_what_it_is() -> None:
    for kind in (ListingKind.FEED, ListingKind.SECTION, ListingKind.URLS):
        read = listing(kind, urlset(location("one")), url=SITEMAP)
        assert (read.kind, addresses(read)) == (ListingKind.SITEMAP, ["/one"])
        assert read.notes == ("read_as: sitemap",)


def test_a_sitemap_in_many_members_is_read_whole() -> None:
    text = urlset("".join(location(f"a/{number}") for number in range(300))).encode()
    packed = b"".join(gzip.compress(text[at : at + 7]) for at in range(0, len(text), 7))
    assert len(sitemap(packed).found) == 300
    assert sitemap(packed + b"\r\n").notes == ()


def test_what_stands_before_a_fault_in_any_place_is_kept() -> None:
    first, second = urlset(location("a") + location("b")).encode(), b"<!-- " + bytes(range(256)) * 9
    packed = gzip.compress(first) + gzip.compress(second)
    for at in range(len(gzip.compress(first)) + 1, len(packed) - 8, 7):
        broken = bytearray(packed[:at] + b"\xff" * 8)
        assert {"/a", "/b"} >= set(addresses(sitemap(bytes(broken)))) >= {"/a"}


def test_a_quotation_mark_too_few_costs_its_entry_of_a_sitemap_alone() -> None:
    read = sitemap(urlset(location("a") + "<url a='><loc>/b</loc></url>" + location("c") + location("d")))
    assert {"/a", "/c", "/d"} <= set(addresses(read))


def test_characters_beyond_16_bits_cost_a_long_sitemap_nothing_but_themselves() -> None:
    pad = location("p", "<x>" + "😀 é " * 400_000 + "</x>")
    read = sitemap(urlset(location("one") + pad * 6 + location("two")))
    assert addresses(read) == ["/one", "/p", "/two"]
