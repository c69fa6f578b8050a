"""Who wrote a page: people are believed before agencies, desks and the publisher."""

import pytest

from tests.pipelines.metadata.heads import ld, meta, person, signals


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


GAZETTE = meta(og__site_name="The Canal Gazette")


def org(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name}


@pytest.mark.parametrize(
    ("head", "block", "names", "source"),
    [
        (ld(author=[person("Ilse Brandt"), org("dpa")]), "", ("Ilse Brandt", "dpa"), "jsonld"),
        (ld(author=[person("Ilse Brandt"), org("The Canal Gazette")]), "", ("Ilse Brandt",), "jsonld"),
        (ld(author=person("Gazette staff reporter")) + meta(author="Ilse Brandt"), "", ("Ilse Brandt",), "meta"),
        (ld(author=person("The Canal Gazette")), "<p>By Ilse Brandt</p>", ("Ilse Brandt",), "html"),
        (ld(author=org("The Canal Gazette"), creator="Ilse Brandt"), "", ("Ilse Brandt",), "jsonld"),
        (ld(author=org("The Canal Gazette")), "", ("The Canal Gazette",), "jsonld"),
        (ld(author=org("gazette.test")), "", ("gazette.test",), "jsonld"),
        (meta(author="TCG"), "<p>von <a href='/autoren/ib'>Ilse Brandt</a></p>", ("Ilse Brandt",), "html"),
        (meta(author="Reuters"), "<div class='author'>Ilse Brandt</div>", ("Reuters",), "meta"),
        ('<meta name="dc.creator" content="Brandt, Ilse">', "", ("Ilse Brandt",), "meta"),
        (meta(author="Ilse Brandt, Teodor Aldana"), "", ("Ilse Brandt", "Teodor Aldana"), "meta"),
        (ld(author=person("Ilse B", url="https://gazette.test/author/admin/")), "<p><b>Runa Holm</b></p>",
         ("Runa Holm",), "html"),
        (ld(author=person("Ilse Brandt", url="https://gazette.test/author/admin/")), "", ("Ilse Brandt",), "jsonld"),
        ("<link rel='author' href='/humans.txt'>", "", (), None),
    ],
)  # fmt: skip
def test_people_are_believed_before_agencies_desks_and_the_outlet(
    head: str, block: str, names: tuple[str, ...], source: str | None
) -> None:
    found = signals(GAZETTE + head, block)
    assert found.authors == names
    assert dict(found.sources).get("authors") == source


def test_an_author_that_is_a_reference_is_looked_up_and_believed_after_a_name() -> None:
    graph = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Mill", "author": {"@id": "#1"}},'
        ' {"@type": "Person", "@id": "#1", "name": "Ilse Brandt"}]}</script>'
    )
    assert signals(graph).authors == ("Ilse Brandt",)
    assert signals(graph + meta(author="Runa Holm")).authors == ("Runa Holm",)


@pytest.mark.parametrize(
    ("block", "names"),
    [
        ("<p class='byline'>By <a>Ilse Brandt</a>, <a>Runa Holm</a></p>", ("Ilse Brandt", "Runa Holm")),
        ("<address>Ilse Brandt and Runa Holm, dpa</address>", ("Ilse Brandt", "Runa Holm", "dpa")),
        ("<span itemprop='author creator'><span itemprop='name'>Ilse Brandt</span></span>", ("Ilse Brandt",)),
        ("<div class='StyledByline'>Ilse Brandt<a>Email Ilse Brandt</a></div>", ("Ilse Brandt",)),
        ("<p class='author-name'>Regan</p>", ("Regan",)),
        ("<figure><img src='/1.jpg'><p class='image--author'>Ilse Brandt</p></figure>", ()),
        ("<div class='comment'><span class='author'>Ilse Brandt</span></div>", ()),
        ("<aside><span class='author'>Ilse Brandt</span></aside>", ()),
        ("<article><h2>Ferry</h2><span class='author'>Ilse Brandt</span></article>", ()),
        ("<div class='related'><a href='/author/ilse'>Ilse Brandt</a></div>", ()),
        ("<div class='author-bio'>Read More</div>", ()),
    ],
)
def test_a_visible_byline_is_that_of_the_article(block: str, names: tuple[str, ...]) -> None:
    assert signals("", block).authors == names


def test_the_byline_nearest_to_the_title_is_taken_alone() -> None:
    found = signals("", "<div class='byline'>Ilse Brandt</div>", "<hr>" * 3, "<div class='byline'>Runa Holm</div>")
    assert found.authors == ("Ilse Brandt",)
