"""What a page says of its article, and where each value comes from."""

import json

import pytest

from archive.model.article import Access
from pipelines.metadata.article_facts import Candidate, Signals, candidates
from pipelines.page.parse import decode, parse
from tests.pipelines.metadata.heads import ld, meta, person, signals
from tests.pipelines.pages import TITLE, URL, page

LONG = "The bridge is to be torn down before the winter"


def crumbs(*names: str) -> str:
    steps = [{"@type": "ListItem", "position": at, "name": name} for at, name in enumerate(names, 1)]
    trail = {"@type": "BreadcrumbList", "itemListElement": steps}
    return f'<script type="application/ld+json">{json.dumps(trail)}</script>'


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


@pytest.mark.parametrize(
    ("head", "headings", "title"),
    [
        (ld(headline="The bridge is to be torn ...") + meta(og__title=LONG), (), LONG),
        (ld(headline="The bridge is to be torn…") + meta(og__title="Ferry"), (), "The bridge is to be torn…"),
        (meta(og__title="The Pa\u00adlace of Widgets"), (), "The Palace of Widgets"),
        (meta(og__title="Bread &amp;amp; butter"), (), "Bread & butter"),
        (meta(og__title=f"Opinion | {LONG}"), (LONG,), LONG),
        (meta(og__title=f"Exclusive: {LONG}"), (LONG,), f"Exclusive: {LONG}"),
        (meta(og__title=f"Gazette: {LONG}", og__site_name="Gazette"), (), f"Gazette: {LONG}"),
        (
            meta(og__title="川沿いの水車が回り始める：運河新聞", og__site_name="運河新聞"),
            (),
            "川沿いの水車が回り始める",
        ),
        (f"<title>{LONG} | Gazette</title>", ("The Gazette", LONG), LONG),
        (meta(og__title="Two boats - one captain"), (), "Two boats - one captain"),
    ],
)
def test_a_title_is_whole_readable_and_without_what_the_site_adds(
    head: str, headings: tuple[str, ...], title: str
) -> None:
    blocks = "".join(f"<h1>{text}</h1>" for text in headings)
    assert signals(html=f"<html><head>{head}</head><body>{blocks}<p>x</p>").title == title


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
    assert {("canonical_url", "html"), ("amp_url", "html")} <= set(found.sources)


@pytest.mark.parametrize("href", ["javascript:void(0)", "http://[bad", "data:text/html,x", "mailto:a@gazette.test"])
def test_a_link_that_cannot_be_requested_is_none(href: str) -> None:
    found = signals(f'<link rel="canonical" href="{href}"><link rel="amphtml" href="{href}">')
    assert found.canonical_url is None
    assert found.amp_url is None


@pytest.mark.parametrize(
    ("url", "href", "canonical", "note"),
    [
        (URL, "https://www.gazette.test/town/mill", "https://www.gazette.test/town/mill", None),
        (URL, "https://news.gazette.test/mill", "https://news.gazette.test/mill", None),
        (URL, "https://gazette.test/", None, "canonical_home"),
        (URL, "/index.html", None, "canonical_home"),
        ("https://gazette.test/", "/", "https://gazette.test/", None),
        (URL, "https://wire.example/mill", "https://wire.example/mill", "canonical_elsewhere: wire.example"),
        ("https://gazette.test/article.php?id=5", "/article.php", None, "canonical_bare"),
        ("https://gazette.test/mill?ref=rss5", "/mill", "https://gazette.test/mill", None),
    ],
)
def test_a_canonical_address_is_one_of_this_article(
    url: str, href: str, canonical: str | None, note: str | None
) -> None:
    found = signals(f'<link rel="canonical" href="{href}">', url=url)
    assert found.canonical_url == canonical
    assert found.notes == ((note,) if note else ())


def test_an_amp_page_is_its_own_amp_twin() -> None:
    found = signals(html=f"<html amp><head><link rel='canonical' href='{URL}'></head><body><p>x</p>", url=f"{URL}/amp")
    assert (found.amp_url, found.canonical_url) == (f"{URL}/amp", URL)
    assert signals('<link rel="amphtml" href="https://elsewhere.example/amp">').amp_url is None


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (ld(articleSection=["Town", "News"]), "Town"),
        (ld(articleSection="Town,Front page,Popular"), "Town"),
        (ld(articleSection="Arts, Culture & Life"), "Arts, Culture & Life"),
        (meta(article__section="Town"), "Town"),
        (crumbs("Home", "News", "Town", TITLE), "Town"),
        (crumbs("Home", TITLE), None),
        (crumbs("Home"), None),
    ],
)
def test_the_section_is_said_or_the_last_step_of_the_breadcrumbs(head: str, section: str | None) -> None:
    assert signals(head).section == section


@pytest.mark.parametrize(
    ("head", "block", "tags", "source"),
    [
        (meta(article__tag="Mill") + meta(article__tag="River"), "", ("Mill", "River"), "og"),
        (meta(news_keywords="Mill, River") + meta(keywords="news, gazette"), "", ("Mill", "River"), "meta"),
        ("", "<a rel='tag' href='/t/1'>Mill</a><a rel='tag' href='/t/2'>River</a>", ("Mill", "River"), "html"),
        ("", "<a rel='category tag' href='/c/1'>Town</a>", (), None),
    ],
)
def test_tags_come_from_one_source(head: str, block: str, tags: tuple[str, ...], source: str | None) -> None:
    found = signals(head, block)
    assert found.tags == tags
    assert dict(found.sources).get("tags") == source


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


@pytest.mark.parametrize(
    ("url", "link", "following"),
    [
        (URL, f'<a href="{URL}/2/">2</a>', f"{URL}/2/"),
        (URL, f'<a href="{URL}?page=2">Next page</a>', f"{URL}?page=2"),
        (f"{URL}?page=2", f'<a href="{URL}">1</a><a href="{URL}?page=3">weiter ›</a>', f"{URL}?page=3"),
        (URL, f'<a href="{URL}?page=3">3</a>', None),
        (URL, f'<a href="{URL}-2">2</a>', None),
        (URL, f'<a href="{URL}?page=2">Show comments</a>', None),
        (URL, '<a href="/town/another-story/2/">Next article</a>', None),
    ],
)
def test_a_pager_leads_to_the_next_part_of_an_article(url: str, link: str, following: str | None) -> None:
    assert signals("", link, url=url).next_url == following
    assert signals(html=f"<html><body>{link}<p>x</p>", url=url).next_url is None  # an index has pagers too


# Candidates -----------------------------------------------------------------------------------------------------------


def test_every_value_that_was_not_chosen_can_be_asked_for() -> None:
    head = ld(headline=TITLE, author=person("Ilse Brandt"), datePublished="2026-02-04T07:45:00Z")
    head += meta(og__title=f"{TITLE} | Gazette", author="Runa Holm", og__locale="de_DE", pubdate="soon")
    parsed = parse(decode(page("<p>By Teodor Aldana</p>", head=head).encode()), URL)
    assert parsed is not None
    found = candidates(parsed)
    assert [one.value for one in found if one.field == "authors"] == ["Ilse Brandt", "Runa Holm", "Teodor Aldana"]
    assert Candidate(field="published", source="meta", value="soon") in found
    assert Candidate(field="language", source="og", value="de") in found
    assert next(one for one in found if one.field == "title") == Candidate(field="title", source="jsonld", value=TITLE)
    assert {one.field for one in found} <= set(Signals.__dataclass_fields__)
