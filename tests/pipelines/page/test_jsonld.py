"""JSON-LD as pages write it: broken, nested, wrapped in comments."""

import json
from typing import Any

import pytest

from pipelines.page.jsonld import article_node, page_node, read_nodes, text_of, texts_of, types
from pipelines.page.parse import decode, parse

ARTICLE = {"@type": "NewsArticle", "headline": "Ferry stays", "datePublished": "2026-02-04"}


def nodes(*scripts: str) -> tuple[dict[str, Any], ...]:
    html = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    page = parse(decode(f"<html><head>{html}</head><body><p>x</p></body></html>".encode()), "http://gazette.test/")
    assert page is not None
    return read_nodes(page.tree.iter("script"))


def headline(*scripts: str) -> str | None:
    return text_of((article_node(nodes(*scripts)) or {}).get("headline"))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(json.dumps(ARTICLE), id="plain"),
        pytest.param(json.dumps([ARTICLE]), id="array"),
        pytest.param(json.dumps([[ARTICLE], {"@type": "WebSite"}]), id="array-in-an-array"),
        pytest.param(json.dumps({"@context": "x", "@graph": [{"@type": "WebPage"}, ARTICLE]}), id="graph"),
        pytest.param(json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}), id="main-entity"),
        pytest.param(json.dumps(ARTICLE | {"@type": ["Article", "NewsArticle"]}), id="two-types"),
        pytest.param(json.dumps(ARTICLE | {"@type": "https://schema.org/NewsArticle"}), id="type-with-its-address"),
        pytest.param(f"<!-- {json.dumps(ARTICLE)} -->", id="html-comment"),
        pytest.param(f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>", id="cdata-behind-slashes"),
        pytest.param(f"/* <![CDATA[ */ {json.dumps(ARTICLE)} /* ]]> */", id="cdata-in-comments"),
        pytest.param(f"{json.dumps(ARTICLE)};", id="semicolon"),
        pytest.param('{"@type":"NewsArticle","headline":"Ferry\nstays","tags":["A\tB",],}', id="raw-breaks-commas"),
        pytest.param('{"@type":"NewsArticle","headline":"Ferry&nbsp;stays"}', id="entities"),
    ],
)  # fmt: skip
def test_the_article_is_found_however_it_is_wrapped(script: str) -> None:
    assert headline(script) == "Ferry stays"


@pytest.mark.parametrize(
    "broken", ["", "{", "null", "42", '"text"', '{"@type": "NewsArticle", "headline":', "[" * 5000, "{}{}"]
)
def test_a_broken_script_costs_only_itself(broken: str) -> None:
    assert headline(broken, json.dumps(ARTICLE)) == "Ferry stays"


def test_the_node_that_says_most_is_the_article() -> None:
    teaser = {"@type": "NewsArticle", "headline": "Another story"}
    full = ARTICLE | {"author": "Ilse Brandt", "articleBody": "..."}
    assert headline(json.dumps([teaser, full, teaser])) == "Ferry stays"


@pytest.mark.parametrize("inside", ["isPartOf", "hasPart", "mentions", "liveBlogUpdate", "itemListElement", "comment"])
def test_an_article_inside_a_property_about_something_else_is_not_the_article(inside: str) -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Another story",
        "datePublished": "2020",
        "author": "X",
        "publisher": "Y",
    }
    page = {"@type": "NewsArticle", "headline": "Ferry stays", inside: [other]}
    assert headline(json.dumps(page)) == "Ferry stays"


def test_the_page_has_a_node_of_its_own() -> None:
    found = nodes(json.dumps([ARTICLE, {"@type": "WebPage", "name": "The ferry"}]))
    assert text_of((page_node(found) or {}).get("name")) == "The ferry"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a \n b ", "a b"),
        ("Tom &amp;amp; Ann", "Tom & Ann"),
        (["", None, "first", "second"], "first"),
        ({"@type": "Person", "name": "Ann"}, "Ann"),
        ({"@value": "Ann", "@language": "en"}, "Ann"),
        ({}, None),
        ([], None),
        (42, None),
        (None, None),
        ("", None),
        ("\ud800", None),
    ],
)
def test_a_value_is_read_as_text(value: object, text: str | None) -> None:
    assert text_of(value) == text


def test_several_texts_are_read_from_a_list_or_from_one_value() -> None:
    assert texts_of(["a", {"name": "b"}, None, 3]) == ("a", "b")
    assert texts_of("a") == ("a",)
    assert texts_of(None) == ()


@pytest.mark.parametrize("said", [None, 3, [], [None, 3], {"@id": "x"}])
def test_a_type_that_is_no_type_is_none(said: object) -> None:
    assert types({"@type": said}) == frozenset()
