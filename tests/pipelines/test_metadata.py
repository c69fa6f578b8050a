"""What a page says of its article, and where each value comes from."""

import json

import pytest

from archive.models import Access
from pipelines.metadata import Signals, read_signals
from pipelines.page import decode, parse
from tests.pipelines.pages import FETCHED, TITLE, URL, page


def signals(head: str = "", *blocks: str, url: str = URL, html: str | None = None) -> Signals:
    parsed = parse(decode((html or page(*blocks, head=head)).encode()), url)
    assert parsed is not None
    return read_signals(parsed, FETCHED)


def ld(**said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **said})}</script>'


def meta(**said: str) -> str:
    return "".join(f'<meta name="{name.replace("__", ":")}" content="{value}">' for name, value in said.items())


# Titles ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "title", "source"),
    [
        (ld(headline="From the node") + meta(og__title="From og"), "From the node", "jsonld"),
        (meta(og__title="From og", twitter__title="From twitter"), "From og", "og"),
        (meta(twitter__title="From twitter") + "<title>From title</title>", "From twitter", "meta"),
        ("<title>From title</title></head><body><h1>From the heading</h1>", "From the heading", "html"),
        ("<title>From title</title>", "From title", "html"),
    ],
)
def test_the_title_is_the_first_that_is_there(html: str, title: str, source: str) -> None:
    found = signals(html=f"<html><head>{html}<p>x</p></html>")
    assert found.title == title
    assert dict(found.sources)["title"] == source


@pytest.mark.parametrize(
    "title",
    [
        f"{TITLE} | The Canal Gazette",
        f"{TITLE} - The Canal Gazette",
        f"{TITLE} – The Canal Gazette",
        f"{TITLE} :: gazette.test",
        f"{TITLE} | Town | The Canal Gazette",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str) -> None:
    head = f"<title>{title}</title>{meta(og__site_name='The Canal Gazette')}"
    found = signals(html=f"<html><head>{head}</head><body><h1>{TITLE}</h1>")
    assert found.title == TITLE
    assert title in found.titles


def test_a_dash_that_belongs_to_the_title_stays() -> None:
    assert signals(html="<title>Two boats - one captain</title><p>x</p>").title == "Two boats - one captain"


# Authors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ilse Brandt", ("Ilse Brandt",)),
        ({"@type": "Person", "name": "Ilse Brandt"}, ("Ilse Brandt",)),
        ([{"@type": "Person", "name": "Ilse Brandt"}, {"name": "Runa Holm"}], ("Ilse Brandt", "Runa Holm")),
        ({"@type": "Person", "name": ["Ilse Brandt", "Runa Holm"]}, ("Ilse Brandt", "Runa Holm")),
        ([{"@type": "Person", "name": "Ilse Brandt"}, {"@type": "Organization", "name": "Wire"}], ("Ilse Brandt",)),
        ({"@type": "Organization", "name": "North Wire"}, ("North Wire",)),
        ({"@type": "Person", "name": "By Ilse Brandt and Runa Holm"}, ("Ilse Brandt", "Runa Holm")),
        ({"@type": "Person", "name": None}, ()),
        ({"@type": "Person"}, ()),
        ([], ()),
        (42, ()),
        ({"@type": "Person", "name": "admin"}, ()),
        ([f"Person {name}" for name in "ABCDEFGHIJKLMNOP"], ()),
    ],
)  # fmt: skip
def test_authors_are_people_and_rather_none_than_wrong(author: object, names: tuple[str, ...]) -> None:
    found = signals(ld(headline="x", author=author) + meta(og__site_name="The Canal Gazette"))
    assert found.authors == names


def test_an_author_of_the_page_comes_from_the_best_source_alone() -> None:
    found = signals(ld(author="Ilse Brandt") + meta(author="webmaster, Somebody Else"))
    assert found.authors == ("Ilse Brandt",)
    assert dict(found.sources)["authors"] == "jsonld"


def test_an_address_in_article_author_is_no_name() -> None:
    found = signals(meta(article__author="https://social.test/gazette"), '<a rel="author" href="/p/1">Runa Holm</a>')
    assert found.authors == ("Runa Holm",)
    assert dict(found.sources)["authors"] == "html"


def test_names_of_people_in_other_nodes_are_no_authors() -> None:
    other = {"@type": "NewsArticle", "headline": "Next", "author": "Somebody Else"}
    found = signals(ld(headline="x", isPartOf=other, mentions={"@type": "Person", "name": "Teodor Aldana"}))
    assert found.authors == ()


# Dates ----------------------------------------------------------------------------------------------------------------


def test_each_date_says_where_it_comes_from() -> None:
    found = signals(ld(datePublished="2026-02-04T07:45:00+01:00") + meta(og__updated_time="2026-02-05"))
    assert found.published is not None
    assert found.modified is not None
    assert (found.published.when.isoformat(), found.published.source) == ("2026-02-04T06:45:00+00:00", "jsonld")
    assert (found.modified.when.isoformat(), found.modified.source) == ("2026-02-05T00:00:00+00:00", "og")
    assert (found.modified.precision, found.modified.zoned) == ("day", False)


@pytest.mark.parametrize(
    ("head", "block", "url", "source"),
    [
        (meta(article__published_time="2026-02-04"), "", URL, "og"),
        (meta(pubdate="2026-02-04"), "", URL, "meta"),
        ("", '<time datetime="2026-02-04">last winter</time>', URL, "html"),
        ("", '<span itemprop="datePublished" content="2026-02-04">4 February</span>', URL, "html"),
        ("", "<p>4 February 2026</p>", URL, "html"),
        ("", "<p>x</p>", "https://gazette.test/2026/02/04/ferry", "url"),
    ],
)
def test_a_date_is_looked_for_where_pages_have_it(head: str, block: str, url: str, source: str) -> None:
    found = signals(head, block, url=url)
    assert found.published is not None
    assert (found.published.when.date().isoformat(), found.published.source) == ("2026-02-04", source)


@pytest.mark.parametrize(
    "block",
    [
        "<p>The bridge was built in 1995, and in 2004 it was painted.</p>",
        "<p>Copyright 2012-2026</p>",
        "<p>The ferry sank on 14 April 1998; now its bell has been found.</p>",
        "<p>On 4 February 2026 the council met for the last time.</p>",
        "<p>3 hours ago</p>",
    ],
)
def test_a_guess_is_never_stored(block: str) -> None:
    found = signals("", block)
    assert found.published is None
    assert found.modified is None


def test_a_date_in_the_future_is_kept_out_and_noted() -> None:
    found = signals(ld(datePublished="2031-01-01T00:00:00Z") + meta(article__published_time="2026-02-04"))
    assert found.published is not None
    assert found.published.when.date().isoformat() == "2026-02-04"
    assert found.notes == ("future_date: published 2031-01-01T00:00:00Z",)


def test_a_page_modified_before_it_was_published_was_not_modified() -> None:
    found = signals(ld(datePublished="2026-02-04", dateModified="2025-01-01"))
    assert found.modified is None


# The rest -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<html lang="en-GB">', "en"),
        ('<html lang="ZH_Hant">', "zh"),
        ('<html xml:lang="de">', "de"),
        ('<html lang=""><meta property="og:locale" content="fr_FR">', "fr"),
        ('<html><meta http-equiv="content-language" content="es">', "es"),
        ('<html lang="unknown">', None),
        ("<html>", None),
    ],
)
def test_the_language_is_a_primary_subtag(html: str, language: str | None) -> None:
    assert signals(html=f"{html}<body><p>x</p>").language == language


@pytest.mark.parametrize(
    ("head", "access"),
    [
        (ld(isAccessibleForFree=True), Access.OPEN),
        (ld(isAccessibleForFree="True"), Access.OPEN),
        (ld(isAccessibleForFree=False), Access.PAYWALLED),
        (ld(isAccessibleForFree="False"), Access.PAYWALLED),
        (ld(isAccessibleForFree="http://schema.org/False"), Access.PAYWALLED),
        (meta(article__content_tier="metered"), Access.METERED),
        (meta(article__content_tier="free") + ld(isAccessibleForFree=False), Access.OPEN),
        (ld(), Access.UNKNOWN),
        ("", Access.UNKNOWN),
    ],
)
def test_access_is_what_the_page_says(head: str, access: Access) -> None:
    assert signals(head).access == access


def test_links_of_the_head_are_whole_addresses() -> None:
    found = signals('<link rel="canonical" href="/town/mill"><link rel="amphtml" href="//amp.gazette.test/mill">')
    assert found.canonical_url == "https://gazette.test/town/mill"
    assert found.amp_url == "https://amp.gazette.test/mill"


@pytest.mark.parametrize("href", ["javascript:void(0)", "http://[bad", "data:text/html,x", "mailto:a@gazette.test"])
def test_a_link_that_cannot_be_requested_is_none(href: str) -> None:
    found = signals(f'<link rel="canonical" href="{href}"><link rel="amphtml" href="{href}">')
    assert found.canonical_url is None
    assert found.amp_url is None


def test_tags_are_split_and_unlike() -> None:
    assert signals(ld(keywords="Mill, River; Mill,  Town ")).tags == ("Mill", "River", "Town")
    assert signals(ld(keywords=["Mill", "River"])).tags == ("Mill", "River")


@pytest.mark.parametrize(
    ("href", "following"),
    [
        ("/town/the-mill-turns-again?page=2", True),
        ("/town/the-mill-turns-again/2", True),
        ("/town/the-mill-turns-again/page/2/", True),
        ("/town/another-story", False),
        ("/town/the-mill-turns-again", False),
        ("https://elsewhere.test/town/the-mill-turns-again?page=2", False),
    ],
)
def test_the_next_part_is_this_article_with_a_page_number(href: str, following: bool) -> None:  # noqa: FBT001
    found = signals(f'<link rel="next" href="{href}">')
    assert (found.next_url is not None) is following
