"""Section pages: which links lead to articles, and which selectors are trusted."""

from dataclasses import replace

import pytest

from archive.model.listing import ListingKind
from archive.model.source import Source
from spiders.discovery import sections
from spiders.discovery.sections import is_article_like
from tests.spiders.discovery.outlet import GAZETTE, HOME, addresses, complaint, listing

WORLD = HOME + "world/"

PAGE = f"""
<!doctype html><html><head><title>World | The Gazette</title></head><body>
<nav><a href="/a-long-slug-in-the-menu">Menu</a></nav>
<header><a href="/">Home</a> <a href="/login">Log in</a> <a href="/tag/harbours-and-ports-of-the-north">T</a></header>
<main>
  <article class="card">
    <header><h2><a href="/world/harbour-opens-after-long-repairs">Harbour opens</a></h2></header>
  </article>
  <article class="card"><a href="../2026/11/02/port"><h3>Port</h3></a></article>
  <article class="card"><a href="{HOME}world/harbour-opens-after-long-repairs?utm_source=x#y"><img alt=""></a></article>
  <a href="https://ads.example/buy-our-very-nice-cars">Advert</a>
  <a href="https://sport.gazette.example/cup-final-ends-in-a-draw">Cup</a>
  <a href="mailto:desk@gazette.example">Write</a> <a href="javascript:more()">More</a>
  <a href="#top">Top</a>
  <a>None</a> <a href="http://[bad">Bad</a> <a href="/world/page/2">Next</a> <a href="/world/">World</a>
  <a href="/photo-of-the-day.jpg">x</a>
</main>
<footer><a href="/terms-of-use-and-other-conditions">Terms</a></footer>
</body></html>
"""


def section(body: str = PAGE, url: str = WORLD, source: Source = GAZETTE) -> list[str]:
    return addresses(listing(ListingKind.SECTION, body, url=url, source=source))


def with_links(*selectors: str) -> Source:
    return replace(GAZETTE, links=selectors)


def test_without_a_selector_only_links_that_look_like_articles_of_the_site_are_taken() -> None:
    read = listing(ListingKind.SECTION, PAGE, url=WORLD)
    assert addresses(read) == [
        "/world/harbour-opens-after-long-repairs",
        "/2026/11/02/port",
        "https://sport.gazette.example/cup-final-ends-in-a-draw",
    ]
    assert (read.kind, read.title) == (ListingKind.SECTION, "World | The Gazette")
    assert [one.title for one in read.found] == ["Harbour opens", "Port", "Cup"]
    assert [failure.url for failure in read.failures] == ["http://[bad"]


def test_a_selector_of_ones_own_is_trusted_with_every_link_it_finds() -> None:
    assert section(source=with_links("main > a")) == [
        "https://ads.example/buy-our-very-nice-cars",
        "https://sport.gazette.example/cup-final-ends-in-a-draw",
        "/world/page/2",
        "/photo-of-the-day.jpg",
    ]


@pytest.mark.parametrize(
    ("selectors", "found"),
    [
        (("h2 a",), ["/world/harbour-opens-after-long-repairs"]),
        (("h2",), ["/world/harbour-opens-after-long-repairs"]),
        (("h3",), ["/2026/11/02/port"]),
        (("article.card",), ["/world/harbour-opens-after-long-repairs", "/2026/11/02/port"]),
        (("h3", "h2"), ["/world/harbour-opens-after-long-repairs", "/2026/11/02/port"]),
    ],
)
def test_a_selector_may_name_the_link_or_what_is_around_or_in_it(selectors: tuple[str, ...], found: list[str]) -> None:
    assert section(source=with_links(*selectors)) == found


def test_a_selector_that_finds_nothing_is_a_bad_listing_not_an_empty_page() -> None:
    said = complaint(ListingKind.SECTION, PAGE, url=WORLD, source=with_links("h7 a", "div.old"))
    assert said == "no link on the page matches h7 a, div.old"


def test_include_patterns_say_what_an_article_is_instead() -> None:
    assert section(source=replace(GAZETTE, include=(r"/world/page/",))) == ["/world/page/2"]


def test_the_default_selector_is_that_of_a_source() -> None:
    assert GAZETTE.links == sections.DEFAULT_LINKS


def test_a_base_element_moves_relative_links() -> None:
    body = '<base href="/en/"><a href="a-story-of-four-words">x</a>'
    assert section(body) == ["/en/a-story-of-four-words"]


def test_a_page_without_links_is_a_bad_listing() -> None:
    assert complaint(ListingKind.SECTION, "<p>We are moving.</p>", url=WORLD) == "no link on the page matches a[href]"


@pytest.mark.parametrize("body", ["", "moved", "%PDF-1.7"])
def test_what_is_no_page_is_a_bad_listing(body: str) -> None:
    assert "came instead of a section page" in complaint(ListingKind.SECTION, body, url=WORLD)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("windows-1251", "windows-1251"),
        ("windows-1251", "utf-8"),
        ("gb2312", "gb18030"),
        ("utf-8", "cp1252"),
    ],
)
def test_link_texts_survive_their_encoding(declared: str, encoding: str) -> None:
    text = "caf\u00e9" if encoding == "cp1252" else "\u041f\u043e\u0440\u0442"
    body = f'<meta charset="{declared}"><a href="/a-story-of-four-words">{text}</a>'.encode(encoding)
    assert listing(ListingKind.SECTION, body, url=WORLD).found[0].title == text


# ---- What looks like an article --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "world/2026/11/02/harbour-opens",
        "2026/nov/02/port",
        "2026-11-02/port-story",
        "20261102/port-story",
        "news/world-12345678",
        "news/articles/c0k4x1234xyo",
        "world/europe/harbour-opens-after-repairs/",
        "harbour-opens-after-repairs.html",
        "artikel/12345",
        "a-12345678",
        "story/harbour",
        "world/5f3a9c1b2d",
        "?p=12345",
        "view.php?id=12345",
        "news.aspx?newsid=77",
        "world/%D0%BF%D0%BE%D1%80%D1%82-%D0%BE%D1%82%D0%BA%D1%80%D1%8B%D0%BB%D1%81%D1%8F-%D0%BF%D0%BE%D1%81%D0%BB%D0%B5-%D1%80%D0%B5%D0%BC%D0%BE%D0%BD%D1%82%D0%B0",
        "world/%E6%B8%AF%E5%8F%A3%E5%9C%A8%E9%95%BF%E6%9C%9F%E7%BB%B4%E4%BF%AE%E5%90%8E%E5%BC%80%E6%94%BE",
        "tags/2026/11/02/harbour",
        "2019/11/18/politics/harbour/index.html",
        "en/health/other/the-harbour-that-opened-again-today/ar-BBWXwNX",
        "harbour-opens-after-repairs/index.html",
    ],
)
def test_addresses_of_articles(path: str) -> None:
    assert is_article_like(HOME + path, "")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "en/",
        "world/",
        "news/world/europe",
        "tag/harbours-and-ports-of-the-north",
        "topics/c0k4x1234xyo",
        "author/jane-maria-van-dyke",
        "category/science-and-environment",
        "science-and-environment",
        "arts/arts-and-culture/",
        "login",
        "account/reset-your-password-now",
        "newsletters/the-morning-briefing-today",
        "terms-and-conditions-of-use",
        "frequently-asked-questions",
        "search?q=harbour+opens+after+repairs",
        "2026/11/",
        "2026/11/02/",
        "world/page/2",
        "feeds/news-of-the-whole-world.xml",
        "images/harbour-opens-after-repairs.jpg",
        "wp-content/uploads/2026/harbour-opens-after-repairs",
        "about",
        "contact-us",
        "tag/20801-regions",
        "2026/11/02/index.html",
        "world/index.html",
        "-",
    ],
)
def test_addresses_of_other_pages(path: str) -> None:
    assert not is_article_like(HOME + path, "")


def test_a_long_link_text_helps_a_short_slug() -> None:
    assert is_article_like(HOME + "news/budget-vote", "The budget vote was very close today")
    assert not is_article_like(HOME + "news/budget-vote", "Budget vote")
    assert not is_article_like(HOME + "budget", "The budget vote was very close today")


@pytest.mark.parametrize("table", ["NOT_ARTICLES", "HOUSE_PAGES", "ARTICLE_PARENTS"])
def test_the_tables_hold_whole_segments_in_lower_case(table: str) -> None:
    for segment in getattr(sections, table):
        assert segment == segment.lower().strip("/")
        assert "/" not in segment
