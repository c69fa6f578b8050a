"""Our pages: what they show, to whom, and that nothing stored in the archive comes alive on them."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import lxml.html
import pytest
from datasette.utils import PrefixedUrlString  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.browse.look.article_blocks import blocks, direction, web_address
from archive.browse.look.render import CONTENT_SECURITY_POLICY, moment, plural
from archive.browse.pages import routes, search
from archive.browse.pages.sources import COVERED_DAYS, covered
from archive.search.search import Search
from archive.storage.connection import open_reader
from archive.storage.read_article import Cut, Picture
from archive.times import stamp, utc_now
from tests.archive import sample

PAGES = [
    "/",
    "/search",
    "/search?q=harbour&page=2",
    "/search?q=script",
    "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/search?source=%3Cscript%3E&from=%22%3E%3Cb%3E",
    f"/article/{sample.FERRY_ID}",
    f"/article/{sample.HOSTILE_ID}",
    f"/article/{sample.HOSTILE_ID}?removed=inline",
    f"/article/{sample.ARABIC_ID}",
    f"/article/{sample.GERMAN_ID}",
    "/article/999",
    f"/article/{sample.FERRY_ID}/versions",
    f"/article/{sample.HOSTILE_ID}/versions",
    f"/article/{sample.FERRY_ID}?nothing=1",
    "/captions",
    "/captions?q=script",
    "/captions?source=%3Cscript%3E",
    "/sources",
    "/sources?sort=articles",
    "/source/harbour",
    "/source/hafen",
    "/source/%3Cscript%3E",
    "/clutter",
    "/clutter?rule=%3Cscript%3Erule%3C/script%3E",
    "/clutter?kind=share&source=harbour",
    "/edits",
    "/edits?sort=largest&change=headline&source=harbour",
    "/runs",
]
NEVER = (
    "script",
    "img",
    "iframe",
    "svg[not(contains(@class, 'plot'))]",
    "object",
    "embed",
    "style",
    "base",
    "meta[@http-equiv]",
)


async def tree(datasette: Any, path: str, status: int = 200) -> Any:
    response = await datasette.client.get(path)
    assert response.status_code == status, response.text
    return lxml.html.fromstring(response.text)


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_carries_headers_that_let_nothing_run(browsed: Any, path: str) -> None:
    headers = (await browsed.client.get(path)).headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "script-src" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "no-cache" in headers["cache-control"]


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_stored_or_asked_becomes_markup(browsed: Any, path: str) -> None:
    page = lxml.html.fromstring((await browsed.client.get(path)).text)
    assert not [tag for tag in NEVER if page.xpath(f"//{tag}")]
    names = {name for element in page.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names
    assert all(href.startswith(("/", "#", "https://", "http://")) for href in page.xpath("//@href"))
    assert page.xpath("//link/@href")[0].startswith("/-/cuttings/cuttings.css?")


@pytest.mark.parametrize("path", PAGES)
async def test_links_to_the_web_tell_it_nothing(browsed: Any, path: str) -> None:
    page = lxml.html.fromstring((await browsed.client.get(path)).text)
    outside = page.xpath("//a[starts-with(@href, 'http')]")
    assert all(link.get("rel") == "noreferrer noopener" for link in outside)
    if path == f"/article/{sample.FERRY_ID}":
        assert outside


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_our_pages_leads_somewhere(browsed: Any, path: str) -> None:
    page = lxml.html.fromstring((await browsed.client.get(path)).text)
    for href in sorted(set(page.xpath("//@href | //form/@action"))):
        if href.startswith("/"):
            response = await browsed.client.get(href)
            broken = path.startswith("/search?source=%3C") and href.startswith("/search?")  # one filter of two is left
            assert response.status_code == (400 if broken else 200), href


async def test_an_article_can_be_read_with_all_that_is_known_of_it(browsed: Any) -> None:
    page = await tree(browsed, f"/article/{sample.FERRY_ID}")
    assert words(page.xpath("//h1")[0]) == "Night ferry is back in the old harbour"
    assert [words(p) for p in page.xpath("//div[@class='text']/p")] == list(sample.FERRY.paragraphs)
    shown = words(page)
    for fact in (
        "The Harbour Post · Local",
        "Ines Calder, Tom Okafor",
        "Published 2026-11-20 18:30 UTC from JSON-LD",
        "Modified 2026-11-21 07:00 UTC from Open Graph",
        "Original at harbour.example",
        "2 versions",
        "headline",
        "What was cut: 5 blocks, 30 words",
        "cuttings-20261123080500-00001.warc.gz at byte 99,000, 900 bytes long",
        "utf-8, from the header",
    ):
        assert fact in shown
    assert [words(tag) for tag in page.xpath("//ul[@class='tags']/li")] == list(sample.FERRY.tags)
    assert page.xpath("//a[text()='Original at harbour.example']/@href") == [sample.FERRY.url]


async def test_pictures_stand_apart_and_are_not_fetched(browsed: Any) -> None:
    page = await tree(browsed, f"/article/{sample.FERRY_ID}")
    first, second = page.xpath("//figure")
    assert [words(line) for line in first.xpath(".//p")] == [
        "The ferry leaves the quay on Friday evening.",
        "Jo Marsh / The Harbour Post",
        "Picture at harbour.example",
    ]
    assert words(first.getprevious()) == sample.FERRY.paragraphs[0]
    assert words(second.getprevious()) == sample.FERRY.paragraphs[2]


async def test_what_was_cut_is_folded_away_and_can_be_shown_in_its_place(browsed: Any) -> None:
    folded = await tree(browsed, f"/article/{sample.FERRY_ID}")
    assert not folded.xpath("//aside")
    assert folded.xpath("//details[@id='removed' and not(@open)]")
    page = await tree(browsed, f"/article/{sample.FERRY_ID}?removed=inline")
    order = [(element.tag, words(element).split(" cut by ")[0]) for element in page.xpath("//div[@class='text']/*")]
    texts = sample.FERRY.paragraphs
    assert [(tag, text if tag == "aside" else text[:20]) for tag, text in order] == [
        ("aside", "share"),
        ("p", texts[0][:20]),
        ("figure", "The ferry leaves the"),
        ("aside", "caption"),
        ("aside", "credit"),
        ("p", texts[1][:20]),
        ("aside", "newsletter"),
        ("p", texts[2][:20]),
        ("figure", "The bell of 1931.Pic"),
        ("p", texts[3][:20]),
        ("aside", "comment"),
    ]
    rules = page.xpath("//aside//a/@href")
    assert rules[0] == "/clutter?rule=sharing.links"


async def test_a_rule_leads_to_all_its_cuts(browsed: Any) -> None:
    page = await tree(browsed, "/sample/removed?rule__exact=sharing.links")
    assert "2 rows" in words(page)


@pytest.mark.parametrize(
    ("article_id", "language", "written"),
    [(sample.ARABIC_ID, "ar", "rtl"), (sample.JAPANESE_ID, "ja", "ltr"), (sample.UNDATED_ID, None, "auto")],
)
async def test_the_text_says_its_language_and_direction(
    browsed: Any, article_id: int, language: str | None, written: str
) -> None:
    page = await tree(browsed, f"/article/{article_id}")
    for element in (page.xpath("//h1/..")[0], page.xpath("//div[@class='text']")[0]):
        assert (element.get("lang"), element.get("dir")) == (language, written)


async def test_a_missing_date_is_said_and_not_made_up(browsed: Any) -> None:
    shown = words(await tree(browsed, f"/article/{sample.UNDATED_ID}"))
    assert "does not say when it was published; first seen 2026-11-23 08:05 UTC" in shown
    assert "Published 2026-11-19 from a meta tag, to the day" in words(
        await tree(browsed, f"/article/{sample.ARABIC_ID}")
    )


@pytest.mark.parametrize("path", ["/article/999", "/article/0", f"/article/{'9' * 19}", f"/article/{'9' * 5000}"])
async def test_an_unknown_article_is_a_page_of_ours_with_404(browsed: Any, path: str) -> None:
    page = await tree(browsed, path, status=404)
    assert words(page.xpath("//h1")[0]) == "No such article"
    assert page.xpath("//form[@role='search']")
    assert (await browsed.client.get(path + ".json")).status_code == 404


async def test_a_deleted_article_is_gone_from_its_page(attach: Callable[..., Any], tmp_path: Path) -> None:
    path = sample.build(tmp_path / "sample.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM articles WHERE id = ?", (sample.FERRY_ID,))
    await tree(attach(path), f"/article/{sample.FERRY_ID}", status=404)


async def test_an_article_that_has_gone_from_the_web_says_so_and_stays(
    attach: Callable[..., Any], tmp_path: Path
) -> None:
    path = sample.build(tmp_path / "sample.db")
    sample.take_the_ferry_from_the_web(path)
    page = await tree(attach(path), f"/article/{sample.FERRY_ID}")
    assert "No longer on the web; found gone on 2026-11-25 08:05 UTC" in words(page)
    assert [words(p) for p in page.xpath("//div[@class='text']/p")] == list(sample.FERRY.paragraphs)


async def test_an_article_is_had_as_text_markdown_and_json(browsed: Any) -> None:
    for ending, kind in (("txt", "text/plain"), ("md", "text/markdown"), ("json", "application/json")):
        response = await browsed.client.get(f"/article/{sample.HOSTILE_ID}.{ending}")
        assert response.headers["content-type"] == f"{kind}; charset=utf-8"
        assert response.headers["x-content-type-options"] == "nosniff"
    text = (await browsed.client.get(f"/article/{sample.FERRY_ID}.txt")).text
    assert text.startswith("Night ferry is back in the old harbour\nInes Calder; Tom Okafor · 2026-11-20T18:30:00Z\n")
    article = (await browsed.client.get(f"/article/{sample.FERRY_ID}.json")).json()
    assert article["paragraphs"] == list(sample.FERRY.paragraphs)
    assert len(article["removed"]) == 5


async def test_the_front_page_leads_in(browsed: Any) -> None:
    page = await tree(browsed, "/")
    shown = words(page)
    assert f"Search {sample.ARTICLES} articles" in shown
    assert f"{sample.ARTICLES} articles 6 sources" in shown
    assert words(page.xpath("//ol[@class='hits']/li")[0]).startswith(
        "Night ferry is back in the old harbour The Harbour Post"
    )
    assert "Council Gazette 30" in shown
    assert "not dated, seen" not in shown
    assert "2 articles without a date stand behind them: not dated" in shown
    assert "Without 2 articles that are not dated" in shown
    assert "0 new, 36 known, 1 address tried" in shown


async def test_an_empty_archive_says_what_to_do(attach: Callable[..., Any], tmp_path: Path) -> None:
    empty = attach(sample.build_empty(tmp_path / "empty.db"))
    assert "cuttings crawl" in words(await tree(empty, "/"))
    assert "No article fits" in words(await tree(empty, "/search?q=ferry"))
    assert "No article fits" in words(await tree(empty, "/search"))


async def test_hits_are_ranked_and_marked(browsed: Any) -> None:
    page = await tree(browsed, "/search?q=ferry+lanterns")
    (hit,) = page.xpath("//ol/li")
    assert hit.xpath(".//h2/a/@href") == [f"/article/{sample.FERRY_ID}"]
    assert hit.xpath(".//h2//mark/text()") == ["ferry"]
    assert "lanterns" in hit.xpath(".//p[@class='snippet']//mark/text()")
    assert "1 article · best match first" in words(page)


async def test_a_search_is_narrowed_by_source_language_and_day(browsed: Any) -> None:
    page = await tree(browsed, "/search?q=harbour&source=council&language=en&from=2026-01-05&to=2026-01-07")
    assert len(page.xpath("//ol/li")) == 3
    assert page.xpath("//select[@name='source']/option[@selected]/@value") == ["council"]
    assert page.xpath("//input[@name='from']/@value") == ["2026-01-05"]


async def test_pages_of_hits_lead_to_one_another(browsed: Any) -> None:
    first = await tree(browsed, "/search?q=harbour&language=en")
    (following,) = first.xpath("//a[@rel='next']/@href")
    assert following == "/search?q=harbour&language=en&page=2"
    second = await tree(browsed, following)
    ids = [page.xpath("//ol/li//h2/a/@href") for page in (first, second)]
    assert len(ids[0]) == 20
    assert len({*ids[0], *ids[1]}) == 31
    assert second.xpath("//a[@rel='prev']/@href") == ["/search?q=harbour&language=en"]
    assert "There is no page 9" in words(await tree(browsed, "/search?q=harbour&page=9"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("source=harbor", 'There is no source "harbor" in this archive; known are harbour'),
        ("language=tlh", 'There is no language "tlh"'),
        ("from=2026-13-01", '"2026-13-01" is not a day; write it as 2026-11-23'),
        ("from=2026-02-01&to=2026-01-01", "The period ends (2026-01-01) before it begins (2026-02-01)"),
        ("page=-1", '"-1" is not a number from 1 on'),
        ("year=26", '"26" is not a year; write it as year:2026'),
        ("sort=size", '"size" is none of best, newest, oldest'),
        ("lang=en", 'This page has no parameter "lang"; it has q, source, language'),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_named(browsed: Any, query: str, message: str) -> None:
    page = await tree(browsed, "/search?q=harbour&" + query, status=400)
    assert message in words(page.xpath("//*[@role='alert']")[0])
    assert not page.xpath("//ol/li")


@pytest.mark.parametrize("path", ["/search", "/captions"])
@pytest.mark.parametrize("typed", ["ﾞ", "ﾞﾞﾞ*", "-ﾞ ferry", "\u0e48\u0e48\u0e48*", "港 ﾞ"])
async def test_marks_without_a_letter_are_answered(browsed: Any, path: str, typed: str) -> None:
    expected = 400 if typed.startswith("\u0e48") else 200  # there is no word in them
    assert (await browsed.client.get(path, params={"q": typed})).status_code == expected


@pytest.mark.parametrize("typed", ['"', "'", "*", "NOT", "a AND", "-", "(", "\x00", "^", "a" * 9000])
async def test_a_query_that_is_not_understood_is_answered_with_a_sentence(browsed: Any, typed: str) -> None:
    page = await tree(browsed, f"/search?{urlencode({'q': typed})}", status=400)
    assert words(page.xpath("//*[@role='alert']")[0]).endswith(".")


@pytest.mark.parametrize("typed", ["col:", "%00%ff", "12:30", "and or not"])
async def test_signs_between_words_are_answered(browsed: Any, typed: str) -> None:
    assert (await browsed.client.get("/search", params={"q": typed})).status_code == 200


def for_ever(conn: sqlite3.Connection, *_asked: object, **_narrow: object) -> list[Any]:
    return conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ).fetchall()


async def test_a_search_that_takes_too_long_says_so(
    attach: Callable[..., Any], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = attach(archive, sql_time_limit_ms=100)
    monkeypatch.setattr(Search, "ids", lambda search, *_asked: for_ever(search._conn))
    assert "This search takes too long" in words(await tree(hurried, "/search?q=harbour"))
    assert "Council Gazette 30" in words(await tree(hurried, "/")), "the rest of the front page is there"


async def test_an_article_that_cannot_be_read_in_time_says_so(
    attach: Callable[..., Any], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = attach(archive, sql_time_limit_ms=100)
    monkeypatch.setattr(routes, "stored", for_ever)
    page = await tree(hurried, "/article/1", status=503)
    assert "too much to do; try again in a moment" in words(page)


async def test_all_addresses_stand_under_the_base_url(attach: Callable[..., Any], archive: Path) -> None:
    under = attach(archive, base_url="/news/desk/")
    pages = ("/article/1/versions", "/captions", "/sources", "/source/harbour", "/clutter", "/edits", "/runs")
    for path in (*pages, "/", "/search?q=harbour", f"/article/{sample.FERRY_ID}?removed=inline", "/article/999"):
        page = lxml.html.fromstring((await under.client.get(path)).text)
        inside = [href for href in page.xpath("//@href | //form/@action") if not href.startswith(("http", "#"))]
        assert len(inside) > 4
        assert all(href.startswith("/news/desk/") for href in inside), inside
    sheet = PrefixedUrlString(page.xpath("//link/@href")[0])
    assert (await under.client.get(sheet)).headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "about",
    [
        {"allow": {"id": "editor"}},
        {"databases": {"sample": {"allow": {"id": "editor"}}}},
        {"databases": {"sample": {"tables": {"articles": {"allow": {"id": "editor"}}}}}},
    ],
)
async def test_who_may_not_see_the_table_may_not_see_our_pages(
    attach: Callable[..., Any], archive: Path, about: dict[str, Any]
) -> None:
    closed = attach(archive, about=about)
    paths = ("/", "/search?q=ferry", "/article/1", "/article/1.txt", "/article/1.md", "/article/1.json", "/article/999")
    paths += ("/search.csv?q=ferry", "/feed.atom", "/article/1/versions", "/captions", "/sources", "/source/harbour")
    paths += ("/clutter", "/clutter?rule=sharing.links", "/edits")
    for path in paths:
        response = await closed.client.get(path)
        assert response.status_code == 403, path
        assert "ferry" not in response.text
    cookies = {"ds_actor": closed.sign({"a": {"id": "editor"}}, "actor")}
    assert "Night ferry" in (await closed.client.get("/article/1", cookies=cookies)).text


async def test_the_archive_is_found_among_other_files(
    attach: Callable[..., Any], archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "articles.db"
    with closing(sqlite3.connect(other)) as conn, conn:
        conn.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT)")
        conn.execute("INSERT INTO articles VALUES (1, 'Of another program')")
    both = attach(other, archive)
    assert "Night ferry" in words(await tree(both, "/"))
    page = await tree(both, "/articles/articles")
    assert not page.xpath("//a[@href='/article/1']"), "a table of the same name in another file is left alone"


async def test_without_an_archive_datasette_is_as_it_was(attach: Callable[..., Any], tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as conn, conn:
        conn.execute("CREATE TABLE things (id INTEGER PRIMARY KEY)")
    plain = attach(other)
    assert "things" in words(await tree(plain, "/"))
    assert "content-security-policy" not in (await plain.client.get("/")).headers
    assert (await plain.client.get("/.json")).json()["other"]["tables_count"] == 1
    assert (await plain.client.get("/search")).status_code == 404
    page = (await plain.client.get("/other/things")).text
    assert "Search the articles" not in page
    assert "/-/cuttings/" not in page


async def test_the_style_sheet_may_be_kept_for_ever(browsed: Any) -> None:
    page = await tree(browsed, "/")
    response = await browsed.client.get(page.xpath("//link/@href")[0])
    assert "immutable" in response.headers["cache-control"]
    assert "url(" not in response.text
    assert "@import" not in response.text


# Lists and plots ------------------------------------------------------------------------------------------------------


async def test_versions_are_compared_word_by_word(browsed: Any) -> None:
    page = await tree(browsed, f"/article/{sample.FERRY_ID}/versions")
    assert [words(gone) for gone in page.xpath("//div[contains(@class, 'difference')]//del")] == ["returns to"]
    assert [words(come) for come in page.xpath("//div[contains(@class, 'difference')]//ins")] == ["is back in"]
    assert "… 3 paragraphs unchanged" in words(page)
    backwards = await tree(browsed, f"/article/{sample.FERRY_ID}/versions?from=2&to=1")
    assert [words(come) for come in backwards.xpath("//div[contains(@class, 'difference')]//ins")] == ["returns to"]
    assert "It has not changed" in words(await tree(browsed, f"/article/{sample.GERMAN_ID}/versions"))


async def test_captions_and_credits_are_found_by_their_words(browsed: Any) -> None:
    page = await tree(browsed, "/captions?q=BELL")
    assert page.xpath("//ol//mark/text()") == ["bell"]
    assert page.xpath(f"//ol//a[@href='/article/{sample.FERRY_ID}']")
    assert len((await tree(browsed, "/captions")).xpath("//ol/li")) == 4, "of current versions"
    assert "No caption fits" in words(await tree(browsed, "/captions?q=nothinglikeit"))
    assert len((await tree(browsed, "/captions?source=minaa")).xpath("//ol/li")) == 1


async def test_sources_are_listed_and_each_has_a_page(browsed: Any) -> None:
    page = await tree(browsed, "/sources?sort=articles")
    assert words(page.xpath("//tbody/tr")[0]).startswith("Council Gazette")
    one = words(await tree(browsed, "/source/harbour"))
    for fact in ("The Harbour Post", "2 articles", "36 words cut", "https://harbour.example/feed", "sharing.links"):
        assert fact in one
    assert words((await tree(browsed, "/source/nobody", status=404)).xpath("//h1")[0]) == "No such source"


async def test_a_rule_leads_to_its_cuts_and_each_cut_to_what_takes_it_back(browsed: Any) -> None:
    page = await tree(browsed, "/clutter")
    (rule,) = page.xpath("//td/a[code='sharing.links']/@href")
    shown = await tree(browsed, rule)
    cuts = [words(item) for item in shown.xpath("//ol/li")]
    assert len(cuts) == 2, "one of each version"
    assert cuts[0].startswith("Share on Pigeon Share by post share · Night ferry is back")
    (number,) = re.findall(r"cuttings restore 1 ([0-9]+)$", cuts[0])
    assert f"{number} share sharing.links" in words(await tree(browsed, f"/article/{sample.FERRY_ID}"))
    assert "older version" in cuts[1]


async def test_edits_and_runs_are_listed(browsed: Any) -> None:
    page = await tree(browsed, "/edits")
    (edit,) = page.xpath("//tbody/tr[td/@data-label]")
    assert words(edit).startswith("Night ferry is back in the old harbour The Harbour Post the headline 5 73")
    assert edit.xpath(".//a/@href") == [f"/article/{sample.FERRY_ID}/versions?from=1&to=2"]
    assert not (await tree(browsed, "/edits?change=truncated")).xpath("//tbody/tr[td/@data-label]")
    assert "36 saved" in words(await tree(browsed, "/runs"))


async def test_a_plot_says_in_words_what_it_shows(browsed: Any) -> None:
    page = await tree(browsed, "/")
    (plot, *_) = page.xpath("//figure/*[local-name()='svg']")
    assert plot.get("role") == "img"
    assert plot.get("aria-label") == "Articles a month, 2025-03 to 2026-11: 34 in all; most in 2026-01: 30."
    assert len(plot.xpath("./*[local-name()='rect']")) == 3
    figures = page.xpath("//details[@class='figures']//tbody/tr")
    assert [[words(cell) for cell in row] for row in figures] == [["2025-03", "1"], ["2026-01", "30"], ["2026-11", "3"]]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/article/1?nothing=1", 'This page has no parameter "nothing"'),
        ("/article/1/versions?from=7", "From: this article has no version 7; it has 1 to 2"),
        ("/captions?source=nobody", 'Source: there is no "nobody" in this archive'),
        ("/captions?q=-ferry", "Give a word that is to be in the caption"),
        ("/captions?q=source:harbour", "Captions have no field source"),
        ("/sources?sort=size", '"size" is none of trouble, name, articles, latest'),
        ("/clutter?kind=poems", '"poems" is none of'),
        ("/clutter?before=7", "name the rule too"),
        ("/edits?page=0", '"0" is not a number from 1 on'),
        ("/runs?before=x", '"x" is not a number'),
    ],
)
async def test_what_cannot_be_meant_is_said_on_every_page(browsed: Any, path: str, said: str) -> None:
    page = await tree(browsed, path, status=400)
    assert said in words(page.xpath("//*[@role='alert']")[0])


# What a search can become ---------------------------------------------------------------------------------------------


async def test_a_search_is_followed_as_a_feed(browsed: Any) -> None:
    response = await browsed.client.get("/feed.atom?q=ferry")
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Night ferry is back in the old harbour"
    assert entry.findtext(f"{atom}published") == "2026-11-20T18:30:00Z"
    assert entry.find(f"{atom}link[@rel='via']").get("href") == sample.FERRY.url
    assert entry.findtext(f"{atom}id").endswith(f"/article/{sample.FERRY_ID}")
    again = await browsed.client.get("/feed.atom?q=ferry", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    hostile = etree.fromstring((await browsed.client.get("/feed.atom?q=script")).content)
    assert hostile.find(f"{atom}entry").findtext(f"{atom}title").startswith("<script>"), "as text"


async def test_a_search_is_had_as_a_file(browsed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (await browsed.client.get("/search.jsonl?q=harbour&source=council")).text.splitlines()
    assert len(lines) == sample.FILLERS
    assert "Council minutes" in (await browsed.client.get("/search.csv?q=harbour")).text
    text = await browsed.client.get("/search.txt?q=ferry")
    assert text.text.startswith("Night ferry is back")
    assert 'filename="cuttings.txt"' in text.headers["content-disposition"]
    for query, said in (("q=?!", "no word in"), ("q=a&page=2", "no parameter"), ("source=nobody", "no source")):
        refused = await browsed.client.get(f"/search.csv?{query}")
        assert (refused.status_code, said in refused.text) == (400, True)
    monkeypatch.setattr(search, "MOST_EXPORTED", 10)
    refused = await browsed.client.get("/search.csv?q=harbour")
    assert refused.status_code == 400
    assert "cuttings export --search" in refused.text


async def test_what_is_reserved_is_in_no_file(attach: Callable[..., Any], tmp_path: Path) -> None:
    path = sample.build(tmp_path / "sample.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE articles SET reserved = 'tdm-header' WHERE id = ?", (sample.FERRY_ID,))
    app = attach(path)
    for kind in ("jsonl", "csv", "txt"):
        response = await app.client.get(f"/search.{kind}?q=harbour")
        assert "Night ferry" not in response.text
        assert response.headers["x-cuttings-reserved"] == "1"


async def test_facets_narrow_and_chips_take_away(browsed: Any) -> None:
    page = await tree(browsed, "/search?q=harbour&source=council")
    assert [words(chip) for chip in page.xpath("//ul[@class='chips']/li")] == ["Council Gazette ×, take away"]
    assert page.xpath("//ul[@class='chips']//a/@href") == ["/search?q=harbour"]
    facets = {words(section.xpath("./h2")[0]): section for section in page.xpath("//aside/section")}
    assert [words(value) for value in facets["Source"].xpath(".//li")] == [
        "Council Gazette ×, take away 30", "The Harbour Post 1",
    ]  # fmt: skip
    assert facets["Year"].xpath(".//a/@href") == ["/search?q=harbour&source=council&year=2026"]


def test_every_block_of_an_article_is_shown_exactly_once() -> None:
    picture = Picture(url="u", caption="c", credit=None, alt=None, after_paragraph=99)
    cut = Cut(kind="share", text="t", rule="r", after_paragraph=0)
    shown = list(blocks(["one", "two"], [picture], [cut]))
    assert shown == [("cuts", (cut,)), ("paragraph", "one"), ("paragraph", "two"), ("picture", picture)]
    assert list(blocks([], [], [])) == []


def test_cuts_of_one_rule_in_one_place_stand_together() -> None:
    cuts = [
        Cut(kind="related", text="one", rule="r", after_paragraph=1),
        Cut(kind="related", text="two", rule="r", after_paragraph=1),
        Cut(kind="related", text="three", rule="other", after_paragraph=1),
        Cut(kind="related", text="four", rule="r", after_paragraph=0),
    ]
    shown = list(blocks(["text"], [], cuts))
    assert shown == [("cuts", (cuts[3],)), ("paragraph", "text"), ("cuts", (cuts[0], cuts[1])), ("cuts", (cuts[2],))]


@pytest.mark.parametrize(
    ("language", "written"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("HE", "rtl"), ("en", "ltr"), ("zh", "ltr"), (None, "auto")],
)
def test_a_language_has_a_direction(language: str | None, written: str) -> None:
    assert direction(language) == written


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/",
        "https://",
        "http://[bad",
        "",
        None,
        "/x",
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(url: str | None) -> None:
    assert web_address(url) is None


@given(st.text())
def test_only_http_and_https_are_linked(url: str) -> None:
    linked = web_address(url)
    assert linked is None or linked.lower().startswith(("http://", "https://"))


def test_numbers_and_times_are_written_for_people() -> None:
    assert plural(1, "article") == "1 article"
    assert plural(12_345, "article") == "12,345 articles"
    assert moment("2026-11-23T08:05:00Z") == "2026-11-23 08:05 UTC"
    assert moment("2026-11-23") == "2026-11-23"


# What a source listed -------------------------------------------------------------------------------------------------


def test_what_became_of_what_a_source_listed_is_told_for_the_last_days(archive: Path) -> None:
    with closing(open_reader(archive)) as conn:
        last = covered(conn, "harbour", sample.NOW.date() + timedelta(days=COVERED_DAYS - 1))
        after = covered(conn, "harbour", sample.NOW.date() + timedelta(days=COVERED_DAYS))

    assert [(day.day, day.listed, day.filed, day.refused) for day in last] == [
        ("2026-11-23", 5, 2, (("robots", 2), ("http_4xx", 1)))
    ]
    assert after == []


async def test_the_page_of_a_source_shows_it_and_what_is_unaccounted_for(
    archive: Path, attach: Callable[..., Any], tmp_path: Path
) -> None:
    copy = tmp_path / "today.db"
    shutil.copy(archive, copy)
    with closing(sqlite3.connect(copy)) as conn:
        conn.execute("UPDATE frontier SET found_at = ? WHERE kind = 'article'", (stamp(utc_now()),))
        conn.execute("UPDATE frontier SET article_id = NULL WHERE url = ?", (sample.FERRY.url,))
        conn.commit()
    app = attach(copy)

    (section,) = (await tree(app, "/source/harbour")).xpath("//section[@aria-labelledby='covered']")
    (empty,) = (await tree(app, "/source/empty")).xpath("//section[@aria-labelledby='covered']")

    (row,) = section.xpath(".//tbody/tr")
    assert [words(cell) for cell in row] == [
        stamp(utc_now())[:10], "5", "1", "0", "0", "0", "0", "2 robots, 1 http_4xx 1 unaccounted for",
    ]  # fmt: skip
    assert "It listed nothing new in the last 14 days" in words(empty)


# Several of one filter ------------------------------------------------------------------------------------------------


async def test_a_filter_that_is_given_more_than_once_adds_up(browsed: Any) -> None:
    page = await tree(browsed, "/search?q=harbour&source=council&source=harbour&language=en")
    assert "31 articles" in words(page)
    chips = {words(chip): chip.xpath(".//a/@href")[0] for chip in page.xpath("//ul[@class='chips']/li")}
    assert chips["Council Gazette ×, take away"] == "/search?q=harbour&source=harbour&language=en"
    assert page.xpath("//input[@type='hidden' and @name='source']/@value") == ["harbour"], "the form keeps the second"
    lines = (await browsed.client.get("/search.jsonl?source=hafen&source=minato&year=none&year=2026")).text.splitlines()
    assert {json.loads(line)["source"] for line in lines} == {"hafen", "minato"}
    feed = etree.fromstring((await browsed.client.get("/feed.atom?source=hafen&source=minaa")).content)
    assert len(feed.findall("{*}entry")) == 3


async def test_a_source_is_named_as_it_is_shown(browsed: Any) -> None:
    for name in (
        "harbour",
        "The Harbour Post",
        "the  HARBOUR post",
        "harbour.example",
        "https://www.harbour.example/x",
    ):
        for query in ({"source": name}, {"q": f'source:"{name}"'}):
            page = await tree(browsed, f"/search?{urlencode(query)}")
            assert "2 articles" in words(page), query
    page = await tree(browsed, "/search?source=The+Harbour+Post")
    assert page.xpath("//select[@name='source']/option[@selected]/@value") == ["harbour"]
    facets = {words(section.xpath("./h2")[0]): section for section in page.xpath("//aside/section")}
    assert facets["Source"].xpath(".//a[@aria-current]/@href") == ["/search"]


@pytest.mark.parametrize(
    "path",
    ["/search?q=a&q=b", "/search?sort=newest&sort=oldest", "/search.csv?q=a&q=b", "/feed.atom?q=a&q=b",
     "/captions?source=harbour&source=minaa", "/clutter?kind=share&kind=caption", "/edits?page=1&page=2"],
)  # fmt: skip
async def test_another_parameter_is_given_once(browsed: Any, path: str) -> None:
    response = await browsed.client.get(path)
    assert response.status_code == 400
    assert "is given 2 times; this page takes one" in response.text


# What is not dated ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/search", "/search?language=en&language=de", "/search?sort=oldest", "/source/hafen"])
async def test_what_is_not_dated_stands_at_the_end_and_is_counted(browsed: Any, path: str) -> None:
    page = await tree(browsed, path)
    listed = page.xpath("//section[h2/@id='latest']" if path.startswith("/source/") else "//body")[0]
    shown = [words(item) for item in listed.xpath(".//ol[@class='hits']/li")]
    dated = ["not dated" not in item for item in shown]
    assert dated == sorted(dated, reverse=True)
    assert re.search("[12] articles? (of these (is|are) not dated|without a date)", words(page))


async def test_a_span_of_time_says_what_it_leaves_out(browsed: Any) -> None:
    page = await tree(browsed, "/search?from=2026-11-01&language=de&language=en")
    said = words(page.xpath("//p[@class='note']")[0])
    assert said == "1 article that fits otherwise is not dated, and in no span of time: show it."
    (shown,) = page.xpath("//p[@class='note']/a/@href")
    assert shown == "/search?language=de&language=en&year=none"
    assert "1 article" in words(await tree(browsed, shown))


async def test_the_years_of_a_search_have_one_for_what_is_not_dated(browsed: Any) -> None:
    page = await tree(browsed, "/search?q=kind:article")
    facets = {words(section.xpath("./h2")[0]): section for section in page.xpath("//aside/section")}
    assert [words(value) for value in facets["Year"].xpath(".//li")] == ["2026 33", "2025 1", "not dated 2"]
    assert facets["Year"].xpath(".//a/@href")[-1] == "/search?q=kind%3Aarticle&year=none"


async def test_a_feed_has_what_is_not_dated_last(browsed: Any) -> None:
    feed = etree.fromstring((await browsed.client.get("/feed.atom")).content)
    dated = [entry.find("{*}published") is not None for entry in feed.findall("{*}entry")]
    assert dated == [True] * (sample.ARTICLES - 2) + [False] * 2
