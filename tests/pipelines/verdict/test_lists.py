"""Pages that list other pages, and front pages that come instead of an article."""

from dataclasses import replace

import pytest

from archive.model.article import Extraction, PageKind
from archive.model.outcome import Outcome
from pipelines.extract import extract
from tests.pipelines.pages import PROSE, TITLE, URL, capture, extracted, page, prose
from tests.pipelines.verdict.own_pages import SHORT, WHOLE, bare, ld


@pytest.mark.parametrize(
    "final", ["https://gazette.test/", "https://www.gazette.test/index.html", "https://gazette.test/en/"]
)
def test_an_articles_address_that_leads_to_a_front_page_is_said_so(final: str) -> None:
    links = "".join(f'<h3><a href="/{n}">Headline number {n} of the many of this day</a></h3>' for n in range(20))
    asked = capture(page(links, title="The Canal Gazette", article=False), "https://gazette.test/town/2019/the-mill")
    result = extract(replace(asked, final_url=final))
    assert isinstance(result, Extraction)
    assert (result.article.kind, result.outcome) == (PageKind.HOME, Outcome.NOT_ARTICLE)
    assert "home_redirect: asked for /town/2019/the-mill" in result.notes


def test_an_article_that_moved_to_another_address_is_an_article() -> None:
    asked = capture(page(WHOLE), "https://gazette.test/?p=7")
    result = extract(replace(asked, final_url=URL))
    assert isinstance(result, Extraction)
    assert result.article.kind == PageKind.ARTICLE


def teasers(count: int, texts: int = 1) -> str:
    return "".join(
        f'<div class="t"><h2><a href="/town/{n}">The council votes on bridge number {n} of seven</a></h2>'
        + f"<p>Seven bridges cross the canal, and bridge number {n} is the one that nobody uses. That may change.</p>"
        * texts
        + "</div>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("head", "blocks", "url"),
    [
        ("", teasers(12), "https://gazette.test/town/"),
        ("", teasers(10, texts=4), "https://gazette.test/town/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/tag/bridges/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/author/ilse-brandt/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/author/ilse-brandt/page/2/"),
        ("", "<p>About 6 results for bridges.</p>" + teasers(6), "https://gazette.test/?s=bridges"),
        ('<script type="application/ld+json">{"@type": "CollectionPage", "name": "Bridges"}</script>', teasers(5), URL),
        ('<script type="application/ld+json">{"@type": "ProfilePage"}</script>', f"<p>{SHORT}</p>" + teasers(5), URL),
    ],
)
def test_a_list_of_other_pages_is_an_index(head: str, blocks: str, url: str) -> None:
    result = extracted(page(blocks, head=head, title="Bridges", article=False), url)
    assert (result.article.kind, result.outcome) == (PageKind.INDEX, Outcome.NOT_ARTICLE)


def test_a_section_front_that_calls_itself_an_article_is_an_index() -> None:
    result = extracted(page(teasers(14), title="Town"), "https://gazette.test/town")
    assert result.article.kind == PageKind.INDEX


def test_a_list_that_describes_every_article_on_it_is_an_index() -> None:
    items = "".join(
        ld("NewsArticle", url=f"/town/{n}", name=f"Bridge {n}").replace(TITLE, f"Bridge {n}") for n in range(6)
    )
    assert bare("Town", items, teasers(14), url="https://gazette.test/town").article.kind == PageKind.INDEX


def test_an_article_with_linked_headings_in_it_is_an_article() -> None:
    things = "".join(f'<h2><a href="/x{n}">The thing with number {n}</a></h2><p>{PROSE[n]}</p>' for n in range(4))
    assert extracted(page(things, head=ld("NewsArticle"))).article.kind == PageKind.ARTICLE
    assert bare("Four things", things).article.kind == PageKind.ARTICLE


def test_a_section_front_with_one_text_below_a_headline_is_an_index() -> None:
    lead = f'<h2><a href="/town/book">The book that stood on the right shelf</a></h2><p>{SHORT}</p>'
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    assert bare("Town", lead, f"<ul>{links}</ul>", url="https://gazette.test/town").article.kind == PageKind.INDEX


def test_a_short_article_with_many_links_beside_it_is_an_article() -> None:
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    result = bare("The book that stood on the right shelf", f"<p>{SHORT}</p>", f"<aside><ul>{links}</ul></aside>")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_whole_text_is_an_article_whatever_lists_of_links_were_kept_below_it() -> None:
    result = bare("The Mill", prose(PROSE) + teasers(12, texts=0), url="https://gazette.test/mill.html")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_teasers_as_long_as_texts_are_an_index_at_the_address_of_a_front_page() -> None:
    columns = "".join(f'<h2><a href="/x{n}">The thing with number {n}</a></h2>{WHOLE}' for n in range(9))
    assert bare("The Gazette", columns, url="https://gazette.test/").article.kind == PageKind.INDEX


def test_a_note_at_an_address_with_a_day_and_a_name_is_an_article() -> None:
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    lead = f'<p><a href="/blog">Everything of this month</a></p><p>{SHORT}</p><ul>{links}</ul>'
    result = bare("The book", lead, url="https://gazette.test/2011/09/11/the-book/")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)
    assert bare("The book", lead, url="https://gazette.test/books/").article.kind == PageKind.INDEX
