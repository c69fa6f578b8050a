"""Which addresses name one article: each form that servers write, and none that they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.same_article import is_global, key
from archive.web.urls import BadURLError, normalize

STORY = "https://paper.test/2026/11/bridge-opens"


@pytest.mark.parametrize(
    "other",
    [
        "http://paper.test/2026/11/bridge-opens",
        "https://www.paper.test/2026/11/bridge-opens",
        "https://m.paper.test/2026/11/bridge-opens",
        "https://amp.paper.test/2026/11/bridge-opens",
        "https://paper.test/2026/11/bridge-opens/",
        "https://paper.test/2026/11/bridge-opens/index.html",
        "https://paper.test/2026/11/bridge-opens/amp/",
        "https://paper.test/amp/2026/11/bridge-opens",
        "https://paper.test/2026/11/bridge-opens.amp",
        "https://paper.test/2026/11/bridge-opens/print",
        "https://paper.test/print/2026/11/bridge-opens",
        "https://paper.test/2026/11/bridge-opens?amp",
        "https://paper.test/2026/11/bridge-opens?amp=1",
        "https://paper.test/2026/11/bridge-opens?outputType=amp",
        "https://paper.test/2026/11/bridge-opens?print=true",
        "https://paper.test/2026/11/bridge-opens?view=print",
        "https://paper.test/2026/11/bridge-opens;jsessionid=0AAB6C8DE415.node1",
        "https://paper.test/2026/11/bridge-opens;JSESSIONID=7",
        "https://paper.test/2026;jsessionid=1/11/bridge-opens",
        "https://paper.test/2026/11/bridge-opens?jsessionid=4711",
        "https://paper.test/2026/11/bridge-opens?;jsessionid=4711",
        "https://paper.test/2026/11/bridge-opens?PHPSESSID=1b4f0e9851971998e732078544c96b36",
        "https://paper.test/2026/11/bridge-opens?ASPSESSIONIDQQBCDFGH=LKJHGFDSAPOIUYTREWQ",
        "https://paper.test/2026/11/bridge-opens?CFID=1204&CFTOKEN=8f2b",
        "https://paper.test/2026/11/bridge-opens?sid=9f86d081884c7d659a2feaa0c55ad015",
        "https://paper.test/2026/11/bridge-opens?sid=0f8fad5b-d9cb-469f-a165-70867728950e",
        "https://paper.test/(S(4hnh3b55kmz0n455yk2fcc45))/2026/11/bridge-opens",
    ],
)
def test_another_form_of_an_address_is_the_same_article(other: str) -> None:
    assert key(normalize(other)) == key(normalize(STORY))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://paper.test/story.amp.html", "https://paper.test/story.html"),
        ("https://paper.test/story-amp.html", "https://paper.test/story.html"),
        ("https://paper.test/story?id=4&print=1", "https://paper.test/story?id=4"),
        ("https://paper.test/story?id=4&amp;PHPSESSID=4711", "https://paper.test/story?id=4"),
        ("https://paper.test/story?id=4&amp;page=2", "https://paper.test/story?id=4&page=2"),
        ("https://paper.test/story?id=4;jsessionid=4711&page=2", "https://paper.test/story?id=4&page=2"),
    ],
)
def test_forms_that_end_in_html_or_have_a_query_too(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "other",
    [
        "https://paper.test/2026/11/bridge-opens-again",
        "https://paper.test/2026/11/bridge-opens?id=4",
        "https://other.test/2026/11/bridge-opens",
        "https://news.paper.test/2026/11/bridge-opens",
        "https://paper.test/2026/11/bridge-opens?view=gallery",
        "https://paper.test/2026/11/",
        "https://paper.test/amp",
        "https://paper.test/2026/11/bridge-opens?sid=12",
        "https://paper.test/2026/11/bridge-opens?sid=sports-and-weather-today",
        "https://paper.test/2026/11/bridge-opens?s=the-bridge",
        "https://paper.test/2026/11/bridge-opens;page=2",
    ],
)
def test_another_article_is_another(other: str) -> None:
    assert key(other) != key(STORY)


# Each with who writes it; an address with it and one without are one from the moment that they are listed.
TRACKING = (
    "utm_source=x", "utm_medium=x", "utm_campaign=x", "utm_term=x", "utm_content=x", "utm_id=x", "fbclid=x", "gclid=x",
    "gclsrc=x", "dclid=x", "msclkid=x", "mc_cid=x", "mc_eid=x", "igshid=x", "yclid=x", "_ga=x",
)  # fmt: skip


@pytest.mark.parametrize("parameter", TRACKING)
def test_tracking_parameters_are_no_part_of_an_address(parameter: str) -> None:
    assert normalize(f"{STORY}?{parameter}") == STORY
    assert normalize(f"{STORY}?id=4&{parameter}") == f"{STORY}?id=4"


@given(path=st.text(alphabet="abc/-.?=&%#1", max_size=40))
def test_the_key_of_a_key_s_address_is_the_key(path: str) -> None:
    try:
        url = normalize(f"https://paper.test/{path}")
    except BadURLError:
        return
    once = key(url)
    assert key(url) == once
    assert "#" not in once


@pytest.mark.parametrize(
    ("guid", "unique"),
    [
        ("tag:paper.test,2026:/4", "yes"),
        ("urn:uuid:123e4567-e89b-12d3-a456-426614174000", "yes"),
        ("123e4567-e89b-12d3-a456-426614174000", "yes"),
        ("https://paper.test/?p=4", "yes"),
        ("4", "no"),
        ("post 7", "no"),
        (None, "no"),
    ],
)
def test_a_guid_tells_only_where_it_can_be_unique(guid: str | None, unique: str) -> None:
    assert ("yes" if is_global(guid) else "no") == unique
