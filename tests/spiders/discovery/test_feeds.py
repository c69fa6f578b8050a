"""Feeds of all versions, and the ways in which they are wrong."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from archive.model.listing import ListingKind
from archive.model.outcome import Failure, Outcome
from spiders.discovery import entries
from tests.spiders.discovery.outlet import FEED, GAZETTE, HOME, addresses, atom, complaint, feed, item, outcome_of, rss

# ---- Versions --------------------------------------------------------------------------------------------------------


def test_rss_2_is_read_with_what_it_says_of_an_article() -> None:
    read = feed(
        rss(
            item(
                HOME + "world/harbour-opens",
                "<title>Harbour &amp; port open</title><guid isPermaLink='false'>gz-7</guid>"
                "<pubDate>Mon, 02 Nov 2026 08:30:00 +0100</pubDate><dc:language>en</dc:language>",
            ),
            "<language>en-GB</language>",
        )
    )
    (found,) = read.found
    assert (read.kind, read.title, read.notes, read.failures) == (ListingKind.FEED, "The Gazette", (), ())
    assert found.url == HOME + "world/harbour-opens"
    assert found.kind is None
    assert found.title == "Harbour & port open"
    assert found.published == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert found.guid == "gz-7"
    assert found.language == "en"


def test_atom_1_is_read() -> None:
    read = feed(
        atom(
            f'<entry xml:lang="de"><link href="{HOME}a"/><id>tag:gazette.example,2026:7</id><title>Eins</title>'
            "<published>2026-11-02T08:30:00+01:00</published><updated>2026-11-03T00:00:00Z</updated></entry>"
        )
    )
    (found,) = read.found
    assert (found.url, found.title, found.language) == (HOME + "a", "Eins", "de")
    assert found.published == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert found.modified == datetime(2026, 11, 3, tzinfo=UTC)
    assert found.guid == "tag:gazette.example,2026:7"


def test_atom_0_3_is_read() -> None:
    read = feed(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title>One</title>'
        f'<link rel="alternate" type="text/html" href="{HOME}one"/><issued>2026-11-02T08:30:00Z</issued>'
        "<modified>2026-11-02T09:00:00Z</modified></entry></feed>"
    )
    (found,) = read.found
    assert (found.url, found.published, found.modified) == (
        HOME + "one",
        datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
    )


def test_rss_1_is_read_where_the_items_stand_beside_the_channel() -> None:
    read = feed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{HOME}"><title>Gazette</title><link>{HOME}</link></channel>'
        f'<item rdf:about="{HOME}x"><title>One</title><link>{HOME}one</link><dc:date>2026-11-02</dc:date></item>'
        f'<item rdf:about="{HOME}two"><title>Two</title></item></rdf:RDF>'
    )
    assert read.title == "Gazette"
    assert addresses(read) == ["/one", "/two"]
    assert read.found[0].published == datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize("version", ["0.91", "0.92"])
def test_rss_0_9x_is_read(version: str) -> None:
    body = f'<rss version="{version}"><channel><item><title>t</title><link>/one</link></item></channel></rss>'
    assert addresses(feed(body)) == ["/one"]


def test_rss_0_90_is_read() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        f"<channel><title>G</title></channel><item><title>t</title><link>{HOME}one</link></item></rdf:RDF>"
    )
    assert addresses(feed(body)) == ["/one"]


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed_is_read(version: str) -> None:
    body = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": "The Gazette",
        "home_page_url": HOME,
        "language": "en-US",
        "items": [
            {"id": 7, "url": "/one", "title": "One &amp; only", "date_published": "2026-11-02T08:30:00+01:00"},
            {"id": "8", "external_url": "https://other.example/two", "date_modified": "2026-11-03", "language": "fr"},
            {"id": HOME + "three"},
            {"id": "9", "title": "no address"},
            "not an item",
        ],
    }
    read = feed(orjson.dumps(body), content_type="application/feed+json")
    assert addresses(read) == ["/one", "https://other.example/two", "/three"]
    assert read.title == "The Gazette"
    assert [one.guid for one in read.found] == ["7", "8", HOME + "three"]
    assert [one.language for one in read.found] == ["en-us", "fr", "en-us"]
    assert read.found[0].title == "One & only"
    assert read.found[0].published == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert read.found[1].modified == datetime(2026, 11, 3, tzinfo=UTC)
    assert "no_link: 2" in read.notes


# ---- Links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "link", "found"),
    [
        ("", "one", "/feeds/one"),
        ("", "/one", "/one"),
        (f"<link>{HOME}en/</link>", "one", "/en/one"),
        ("<link>/en/</link>", "one", "/en/one"),
        (f"<link>{HOME}en/</link>", "//cdn.example/one", "https://cdn.example/one"),
        ("<link>javascript:x</link>", "one", "/feeds/one"),
        (f'<atom:link rel="self" href="{HOME}self/feed"/>', "one", "/feeds/one"),
    ],
)
def test_a_relative_link_starts_at_the_channels_link_or_at_the_feed(channel: str, link: str, found: str) -> None:
    assert addresses(feed(rss(item(link), channel))) == [found]


@pytest.mark.parametrize(
    ("link", "found"),
    [("one", "/feeds/one"), ("/one", "/one"), ("../one", "/one"), ("?id=1", "/feeds/news.xml?id=1")],
)
def test_a_relative_link_in_atom_starts_at_the_document_and_not_at_the_site_it_names(link: str, found: str) -> None:
    head = (
        '<link rel="alternate" type="text/html" href="https://elsewhere.example/home/"/><link rel="self" href="/s/f"/>'
    )
    assert addresses(feed(atom(f'{head}<entry><link href="{link}"/></entry>'))) == [found]


def test_the_base_of_an_entrys_content_is_not_that_of_its_link() -> None:
    content = '<content type="html" xml:base="https://elsewhere.example/posts/">text</content>'
    assert addresses(feed(atom(f'<entry><link href="one"/>{content}</entry>'))) == ["/feeds/one"]


def test_in_rss_the_bases_of_root_and_channel_refine_each_other() -> None:
    body = rss(item("one"), "<link>https://elsewhere.example/</link>")
    body = body.replace("<rss ", '<rss xml:base="/a/" ').replace("<channel>", '<channel xml:base="b/">')
    assert addresses(feed(body)) == ["/a/b/one"]


def test_xml_base_goes_before_both_and_each_refines_the_one_above() -> None:
    body = atom(
        '<link href="https://elsewhere.example/"/><entry><link href="one"/></entry>'
        '<entry xml:base="b/"><link href="two"/></entry><entry><link xml:base="/c/" href="three"/></entry>',
        f'xml:base="{HOME}a/"',
    )
    assert addresses(feed(body)) == ["/a/one", "/a/b/two", "/c/three"]


@pytest.mark.parametrize(
    "links",
    [
        '<link rel="self" href="/x"/><link rel="alternate" href="/page"/>',
        '<link rel="enclosure" type="audio/mpeg" href="/x.mp3"/><link href="/page"/>',
        '<link rel="alternate" type="application/json" href="/x"/><link type="text/html" href="/page"/>',
        '<link rel="alternate" type="application/pdf" href="/x"/><link type="application/xhtml+xml" href="/page"/>',
        '<link rel="replies" href="/x"/><link rel="alternate" type="text/html" href=" /page "/>',
        '<link rel="replies" href="/x"/><id>https://www.gazette.example/page</id>',
    ],
)
def test_of_an_atom_entrys_links_the_page_is_taken(links: str) -> None:
    assert addresses(feed(atom(f"<entry>{links}</entry>"))) == ["/page"]


@pytest.mark.parametrize(
    "fields",
    [
        "<guid>https://www.gazette.example/page</guid>",
        '<guid isPermaLink="true">https://www.gazette.example/page</guid>',
        '<link/><guid isPermaLink="TRUE"> https://www.gazette.example/page </guid>',
        '<link href="/page"/>',
        '<link href="/page"></link><guid isPermaLink="false">https://www.gazette.example/x</guid>',
        '<atom:link href="/page"/>',
        "<link>https://counter.example/~r/x</link><feedburner:origLink>https://www.gazette.example/page</feedburner:origLink>",
        "<link><![CDATA[ https://www.gazette.example/page ]]></link>",
        "<link>\n  https://www.gazette.example/page\n</link>",
        "<media:group><media:link>/x</media:link></media:group><link>/page</link>",
        "<title>unclosed <b>title</title><link>/page</link>",
    ],
)
def test_the_address_of_an_rss_item_is_found_wherever_it_stands(fields: str) -> None:
    assert addresses(feed(rss(f"<item>{fields}</item>"))) == ["/page"]


@pytest.mark.parametrize(
    "fields",
    [
        '<guid isPermaLink="false">https://www.gazette.example/page</guid>',
        "<guid>gz-7</guid>",
        "<title>no link</title>",
        '<enclosure url="https://www.gazette.example/x.mp3"/>',
        "<source><link>/x</link></source>",
        '<atom:link rel="self" href="/x"/>',
    ],
)
def test_an_item_without_an_address_is_counted_and_the_rest_goes_on(fields: str) -> None:
    read = feed(rss(item("/one") + f"<item>{fields}</item>" + item("/two")))
    assert addresses(read) == ["/one", "/two"]
    assert "no_link: 1" in read.notes


@pytest.mark.parametrize(
    "link",
    [
        "http://[bad",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "ftp://h.example/x",
        "http://u:p@h/",
    ],
)
def test_an_address_that_cannot_be_requested_is_reported_and_the_rest_goes_on(link: str) -> None:
    read = feed(rss(item("/one") + item(link) + item("/two")))
    assert addresses(read) == ["/one", "/two"]
    (failure,) = read.failures
    assert (failure.url, failure.stage, failure.outcome) == (link, "discover", Outcome.BAD_URL)
    assert failure.detail


def test_the_listed_form_of_an_address_is_kept_where_it_differs() -> None:
    read = feed(rss(item("/one?id=1&amp;utm_source=rss") + item(HOME + "two")))
    assert [one.listed_url for one in read.found] == [HOME + "one?id=1&utm_source=rss", None]


def test_the_same_address_twice_is_one_entry_with_the_hints_of_both() -> None:
    read = feed(rss(item("/one", "<title>T</title>") + item("/two") + item("/one#x", "<pubDate>2026-11-02</pubDate>")))
    assert addresses(read) == ["/one", "/two"]
    assert read.found[0].title == "T"
    assert read.found[0].published == datetime(2026, 11, 2, tzinfo=UTC)


def test_entries_on_other_hosts_are_kept_and_counted() -> None:
    read = feed(
        rss(item("https://ads.example/x") + item("https://sport.gazette.example/y") + item("https://ads.example/z"))
    )
    assert addresses(read) == ["https://ads.example/x", "https://sport.gazette.example/y", "https://ads.example/z"]
    assert read.notes == ("other_hosts: ads.example 2",)


def test_a_link_to_the_front_page_is_no_article() -> None:
    read = feed(rss(item("/") + item("/one")))
    assert addresses(read) == ["/one"]
    assert read.notes == ("front_page: 1",)


def test_the_patterns_of_a_source_choose_among_articles() -> None:
    source = replace(GAZETTE, include=(r"/world/", r"/science/"), exclude=(r"/video/",))
    read = feed(rss(item("/world/a") + item("/science/b") + item("/sport/c") + item("/world/video/d")), source=source)
    assert addresses(read) == ["/world/a", "/science/b"]
    assert set(read.notes) == {"not_included: 1", "excluded: 1"}


# ---- Titles and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>AT&amp;amp;T wins</title>", "AT&T wins"),
        ("<title>&lt;b&gt;Bold&lt;/b&gt; claim</title>", "Bold claim"),
        ("<title><![CDATA[Cats & dogs &#8212; <i>again</i>]]></title>", "Cats & dogs \u2014 again"),
        ("<title>caf&eacute;&nbsp;open</title>", "caf\u00e9 open"),
        ("<title>5 &lt; 6 &amp; 7</title>", "5 < 6 & 7"),
        ("<title>a & b</title>", "a & b"),
        ("<title>&unknown; thing</title>", "&unknown; thing"),
        ("<title>\n  two\n  lines </title>", "two lines"),
        ("<title>&#150;&#0;x&#x1F;</title>", "\u2013\ufffdx"),
        ("<media:title>picture</media:title><title>article</title>", "article"),
        ("<media:title>clip</media:title>", "clip"),
        ("<title> </title><media:title>clip</media:title>", "clip"),
        ("<media:title>clip</media:title><dc:title>article</dc:title>", "article"),
        ("<dc:title>article</dc:title><title>own</title>", "own"),
        ("<atom:title>article</atom:title>", "article"),
        ("<itunes:title>episode</itunes:title>", "episode"),
        ("<dcterms:title>article</dcterms:title>", "article"),
        ("<media:content><media:title>picture</media:title></media:content>", None),
        ("<media:group><media:title>picture</media:title></media:group>", None),
        ("<image:title>picture</image:title>", None),
        ("<source><title>agency</title></source>", None),
        ("<title> </title>", None),
    ],
)
def test_a_title_is_read_as_text(written: str, title: str | None) -> None:
    assert feed(rss(item("/one", written))).found[0].title == title


def test_a_title_in_markup_is_read_as_text() -> None:
    body = atom(
        '<entry><link href="/a"/><title type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml">A <b>b</b></div></title></entry>'
    )
    assert feed(body).found[0].title == "A b"


def test_the_title_of_an_atom_entrys_source_is_not_its_own() -> None:
    body = atom('<entry><source><title>Agency</title></source><link href="/a"/><title>Own</title></entry>')
    assert feed(body).found[0].title == "Own"


def test_a_date_that_cannot_be_read_or_lies_far_ahead_is_left_out() -> None:
    read = feed(
        rss(
            item("/a", "<pubDate>last week</pubDate>")
            + item("/b", "<pubDate>Mon, 02 Nov 2099 08:00:00 GMT</pubDate>")
            + item("/c", "<pubDate>Wed, 25 Nov 2026 08:00:00 GMT</pubDate>")
            + item("/d", "<pubDate>never</pubDate><dc:date>2026-11-02T00:00:00Z</dc:date>")
        )
    )
    assert [one.published for one in read.found] == [
        None,
        None,
        datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 2, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "element",
    [
        *("atom:published", "atom10:published", "dcterms:issued", "dcterms:created", "dcterms:date", "dc:date"),
        *("dcterms:available", "prism:publicationDate", "schema:datePublished", "pubDate"),
    ],
)
def test_the_date_of_an_rss_item_is_found_in_other_vocabularies(element: str) -> None:
    read = feed(rss(item("/a", f"<{element}>2026-11-02T08:00:00Z</{element}>")))
    assert read.found[0].published == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "element", ["atom:updated", "dcterms:modified", "prism:modificationDate", "schema:dateModified", "atom03:modified"]
)
def test_so_is_the_date_of_its_last_change(element: str) -> None:
    read = feed(rss(item("/a", f"<{element}>2026-11-02T08:00:00Z</{element}>")))
    assert read.found[0].modified == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def test_how_exact_a_date_is_comes_with_it() -> None:
    read = feed(
        rss(
            item("/a", "<pubDate>Mon, 02 Nov 2026 08:00:00 +0200</pubDate>")
            + item(
                "/b", "<pubDate>Mon, 02 Nov 2026 08:00:00 IST</pubDate><atom:updated>2026-11-03T08:00</atom:updated>"
            )
            + item("/c")
            + item("/c#x", "<pubDate>2026-11-02</pubDate>")
        )
    )
    exactness = [
        (one.published_precision, one.published_zoned, one.modified_precision, one.modified_zoned) for one in read.found
    ]
    assert exactness == [
        ("second", True, "second", True),
        ("day", False, "minute", False),
        ("day", False, "second", True),
    ]
    assert read.found[1].published == datetime(2026, 11, 2, tzinfo=UTC)


def test_a_month_is_read_in_the_language_of_the_feed() -> None:
    body = rss(item("/a", "<pubDate>sub, 14 lis 2026 10:00:00 +0200</pubDate>"), "<language>hr</language>")
    assert feed(body).found[0].published == datetime(2026, 10, 14, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("hr", 10), (None, None)])
def test_where_a_feed_names_no_language_a_month_is_read_in_that_of_its_source(
    language: str | None, month: int | None
) -> None:
    body = rss(item("/a", "<pubDate>sub, 14 lis 2026 10:00:00 +0200</pubDate>"))
    found = feed(body, source=replace(GAZETTE, language=language)).found[0]
    assert (found.published.month if found.published else None) == month
    assert found.language is None


# ---- Broken feeds ----------------------------------------------------------------------------------------------------


def test_an_empty_feed_is_a_listing_that_says_so() -> None:
    read = feed(rss(""))
    assert read.found == ()
    assert read.notes == ("empty: the feed has no entries",)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "nothing came instead of a feed"),
        (" \n\t", "nothing came instead of a feed"),
        ("<!doctype html><title>Not found</title><p>404", 'a web page ("Not found") came instead of a feed'),
        ("<p>Service unavailable</p>", "a web page came instead of a feed"),
        ("Service unavailable", "plain text came instead of a feed"),
        ("<opml><head/><body/></opml>", "XML of another kind came instead of a feed"),
        ("<error>x</error>", "XML of another kind came instead of a feed"),
        ("%PDF-1.7 ...", "a file (application/pdf) came instead of a feed"),
        ("\x89PNG\r\n\x1a\n\x00\x00", "came instead of a feed"),
        ('{"error": "x"}', "JSON that is not a JSON Feed: it has no list of items"),
        ('{"items": [', "the JSON cannot be read"),
        ("[1, 2]", "JSON that is not a JSON Feed"),
        ("<rss><channel><title>T</title><item><title>cut", "the feed is broken before its first entry"),
        ("<rss><chan", "the feed is broken before its first entry"),
    ],
)
def test_what_is_no_feed_never_looks_like_an_empty_one(body: str, says: str) -> None:
    assert says in complaint(ListingKind.FEED, body)


def test_a_failure_names_the_address_of_the_feed() -> None:
    result = outcome_of(ListingKind.FEED, "")
    assert isinstance(result, Failure)
    assert result.url == FEED


def test_the_last_entry_of_a_cut_feed_is_dropped() -> None:
    whole = rss(item("/one") + item("/two") + item("/three-with-a-long-address"))
    read = feed(whole[: whole.index("-long-address")])
    assert addresses(read) == ["/one", "/two"]
    assert "cut: the end of the feed is missing, its last entry was dropped" in read.notes


def test_a_feed_cut_between_two_entries_loses_none() -> None:
    whole = rss(item("/one") + item("/two") + item("/three"))
    read = feed(whole[: whole.index("<item><link>/three")])
    assert addresses(read) == ["/one", "/two"]
    assert "cut: the end of the feed is missing" in read.notes


@pytest.mark.parametrize(
    "spoiler",
    [
        "<item><title>a < b</title><link>/x</link></item>",
        "<item><title>unclosed <b>tag</title><link>/x</link></item>",
        "<item><link>/x</link><p>HTML<br>in the open</p></item>",
        "<item><link>/x</link><undeclared:thing>y</undeclared:thing></item>",
        "<item><link>/x</link><a href=unquoted>y</a></item>",
        "<item><link>/x</link>\x00\x08\x0b\x1f</item>",
        "<item><link>/x</link><title>&#xD800;&#0;&bogus;&</title></item>",
        "<item><link>/x</link><!-- comment -- with dashes --></item>",
        "</item><item><link>/x</link></item>",
    ],
)
def test_one_broken_entry_never_costs_the_others(spoiler: str) -> None:
    read = feed(rss(item("/one") + spoiler + item("/two") + item("/three")))
    found = addresses(read)
    assert [path for path in found if path != "/x"] == ["/one", "/two", "/three"]
    assert "/x" in found


def test_a_bare_ampersand_in_an_address_costs_nothing_of_it() -> None:
    assert addresses(feed(rss(item("/one?a=1&b=2&copy=3")))) == ["/one?a=1&b=2&copy=3"]


def test_only_the_first_entries_of_an_endless_feed_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    read = feed(rss("".join(item(f"/a{n}") for n in range(9))))
    assert addresses(read) == ["/a0", "/a1", "/a2"]
    assert read.notes == ("more_than: 3",)


# ---- Attacks ---------------------------------------------------------------------------------------------------------

_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]>',
        f'<!DOCTYPE rss [<!ENTITY l12 "{"x" * 100_000}">]>',
        '<!DOCTYPE rss [<!ENTITY l12 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_neither_expanded_nor_fetched_and_the_items_stay(doctype: str) -> None:
    body = rss(
        item("/one", f"<title>{'&l12;' * 50}</title>") + item("/two", '<x y="&l12;&l12;"/>') + item("/three"),
        declaration='<?xml version="1.0"?>' + doctype,
    )
    read = feed(body)
    assert addresses(read) == ["/one", "/two", "/three"]
    assert len(read.found[0].title or "") <= 250


def test_an_entry_nested_a_thousand_deep_is_read_or_left_out_but_harms_nothing() -> None:
    body = rss(item("/one") + "<item>" * 3_000 + item("/two"))
    assert addresses(feed(body))[0] == "/one"


# ---- Broken beyond what a parser forgives ----------------------------------------------------------------------------


def test_an_element_in_a_comment_says_nothing_of_the_document() -> None:
    body = rss(item("/one"), declaration="<!-- made from <html> by <svg> --><?xml-stylesheet href='a'?><!-- <body> -->")
    assert addresses(feed(body)) == ["/one"]


def test_a_comment_without_an_end_is_none() -> None:
    assert addresses(feed("<!-- " + rss(item("/one"), declaration=""))) == ["/one"]


def test_a_root_whose_attributes_cannot_be_read_loses_no_entry() -> None:
    body = rss(item("/one") + item("/two")).replace('version="2.0" xmlns:dc', 'version="2.0"xmlns:dc=" xmlns:dc')
    read = feed(body)
    assert addresses(read) == ["/one", "/two"]
    assert any(note.startswith("recovered: ") for note in read.notes)


def test_a_quotation_mark_too_few_costs_its_entry_alone() -> None:
    broken = item("/two", "<enclosure url=http://h.test/a.mp3 length='1/>")
    read = feed(rss(item("/one") + broken + item("/three") + item("/four")))
    assert {"/one", "/three", "/four"} <= set(addresses(read))
    assert read.title == "The Gazette"


def test_a_feed_that_ends_too_early_loses_no_entry() -> None:
    read = feed(rss(item("/one")) + item("/two") + item("/three"))
    assert addresses(read) == ["/one", "/two", "/three"]


def test_half_a_character_in_cdata_that_is_none_is_no_crash() -> None:
    junk = '<x a="<![CDATA[<item>&#xD800;&#55357; ]]>"/>'
    read = feed(rss(item("/one", junk) + item("/two", f"<title>{junk}</title>") + item("/three")))
    assert "/three" in addresses(read)


def test_a_number_of_thousands_of_digits_is_no_crash() -> None:
    read = feed(rss(item("/one", f"<title>Mill &amp;#{'9' * 5000}; turns</title>")))
    assert read.found[0].title == "Mill \ufffd turns"


# ---- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "url", "listed"),
    [
        (r"https://www.gazette.example\@other.example/a", HOME + "@other.example/a", None),
        (r"\news\a?utm_source=x", HOME + "news/a", HOME + "news/a?utm_source=x"),
        ("/news/the-\n\t  mill?utm_medium=rss", HOME + "news/the-%20%20mill", HOME + "news/the-  mill?utm_medium=rss"),
    ],
)
def test_the_address_as_listed_leads_to_the_same_host(written: str, url: str, listed: str | None) -> None:
    (found,) = feed(rss(item(written.replace("&", "&amp;")))).found
    assert (found.url, found.listed_url) == (url, listed)


def test_an_address_as_listed_that_cannot_be_stored_is_not_kept() -> None:
    (found,) = feed('{"items": [{"url": "/a\\ufffe?utm_source=x"}]}').found
    assert (found.url, found.listed_url) == (HOME + "a%EF%BF%BE", None)


@pytest.mark.parametrize("base", ["http://h.test/" + "a/" * 2_000, "http://[bad", "x" * 5_000])
def test_a_base_that_no_address_can_stand_on_is_none(base: str) -> None:
    body = rss(item("one")).replace("<rss", f'<rss xml:base="{base}"')
    assert addresses(feed(body)) == ["/feeds/one"]


@pytest.mark.parametrize("url", [FEED + "?" + "q" * 5_000, "http://[bad", "http://user:secret@[/"])
def test_wherever_a_feed_came_from_it_is_read(url: str) -> None:
    read = feed(rss(item("/one")), url=url)
    assert addresses(read) == ["/one"]


# ---- What came instead -----------------------------------------------------------------------------------------------


def web_page(*feeds: str, head: str = "") -> str:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{each}">' for each in feeds)
    return f"<!doctype html><html><head><title>The Gazette</title>{head}{links}</head><body><p>Hello</p></body></html>"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (web_page("/feed.xml"), f"; it names {HOME}feed.xml as its feed"),
        (web_page("a", "b"), f"; it names {HOME}feeds/a, {HOME}feeds/b as its feeds"),
        (web_page("/a", "/b", "/c", "/d", "/e"), f"; it names {HOME}a, {HOME}b, {HOME}c and 2 more as its feeds"),
        (web_page("f", head='<base href="/other/">'), f"; it names {HOME}other/f as its feed"),
        (web_page("/a", "/a", "mailto:x@y.example"), f"; it names {HOME}a as its feed"),
        (web_page("/a").replace("rss+xml", "atom+xml"), f"; it names {HOME}a as its feed"),
    ],
)
def test_of_a_page_in_place_of_a_feed_the_feed_that_it_names_is_told(body: str, says: str) -> None:
    assert complaint(ListingKind.FEED, body) == f'a web page ("The Gazette") came instead of a feed{says}'


@pytest.mark.parametrize("body", [web_page(), web_page(FEED), web_page("/comments/feed/"), web_page("http://[bad")])
def test_a_page_that_names_no_other_feed_is_told_as_before(body: str) -> None:
    assert complaint(ListingKind.FEED, body) == 'a web page ("The Gazette") came instead of a feed'


def test_a_page_in_place_of_a_sitemap_is_not_asked_for_feeds() -> None:
    assert complaint(ListingKind.SITEMAP, web_page("/feed.xml")).endswith("came instead of a sitemap")
