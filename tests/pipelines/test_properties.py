"""What holds for any page: bytes nobody meant, pages cut short or spliced, pages built to take for ever."""

import pickle
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Extraction, Failure, Outcome
from archive.text import fold, scrub
from pipelines.blocks import index
from pipelines.extract import extract
from pipelines.page import decode, parse
from tests.pipelines.pages import CASES, FIXTURES, PROSE, URL, capture, page, prose, read_case

BODIES = {name: (FIXTURES / name / "page.html").read_bytes() for name in CASES}
some = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)


def check(body: bytes) -> Extraction | Failure:
    """Extract, and see that what comes is one of two things, can cross a process border and stand in a database."""
    result = extract(capture(body))
    assert isinstance(result, Extraction | Failure)
    assert getattr(result, "outcome") is not Outcome.ERROR, result  # noqa: B009 - both have it
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own
    for text in texts_in(result):
        assert text == scrub(text)
        text.encode("utf-8")
    if isinstance(result, Extraction):
        assert all(paragraph == fold(paragraph) != "" for paragraph in result.article.paragraphs)
    return result


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts_in(getattr(value, each.name))


# Pages nobody wrote ---------------------------------------------------------------------------------------------------


@given(st.binary(max_size=2000))
@some
def test_any_bytes_are_an_extraction_or_a_failure(body: bytes) -> None:
    check(body)


MARKUP = """
    <html> <p> </p> <div/class='comment'> </div> <figure> <figcaption> <table><tr><td> </table> <h1> <!-- --> </script>
    <script/type='application/ld+json'> {"@type":"Article", <br> &#0; <a/href='http://[bad'> <img/src='//'srcset=','>
    &#xD800; &#xFFFE; <![CDATA[ <svg> <math> <template> <li> <blockquote> <body> <title> ]]> <p/hidden>
"""
PIECES = (*MARKUP.split(), *PROSE, "\x00", "\x0b")


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@some
def test_any_mixture_of_markup_is_an_extraction_or_a_failure(pieces: list[str]) -> None:
    check(("<html>" + "".join(pieces)).encode())


@given(st.data())
@some
def test_flipped_bytes_never_raise(data: st.DataObject) -> None:
    body = bytearray(BODIES[data.draw(st.sampled_from(CASES))])
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=30)):
        body[at] = byte
    check(bytes(body))


@given(st.data())
@some
def test_a_page_cut_anywhere_never_raises(data: st.DataObject) -> None:
    body = BODIES[data.draw(st.sampled_from(CASES))]
    check(body[: data.draw(st.integers(0, len(body)))])


@given(st.data())
@some
def test_spliced_pages_never_raise(data: st.DataObject) -> None:
    one, other = (BODIES[data.draw(st.sampled_from(CASES))] for _ in range(2))
    check(one[: data.draw(st.integers(0, len(one)))] + other[data.draw(st.integers(0, len(other))) :])


@given(st.text(max_size=60))
@some
def test_what_a_page_says_of_itself_is_scrubbed(said: str) -> None:
    text = said.replace('"', "").replace("<", "").replace("&", "")
    head = "".join(
        f'<meta name="{name}" content="{text}">' for name in ("author", "og:title", "og:site_name", "keywords")
    )
    figure = f'<figure><img src="/{text}" alt="{text}"><figcaption>{text}</figcaption></figure>'
    check(page(prose(), figure, head=head).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "url", ["", "not a url", "http://gazette.test/\ud800", "javascript:x", "http://gazette.test/" + "a" * 5000]
)
def test_any_address_will_do(url: str) -> None:
    result = extract(capture(page(prose()), url))
    assert isinstance(result, Extraction)
    assert result.article.paragraphs == PROSE


def test_an_address_that_cannot_be_read_costs_the_links_only() -> None:
    result = extract(capture(page(prose(), '<img src="/mill.jpg">'), "http://[bad"))
    assert isinstance(result, Extraction)
    assert result.article.paragraphs == PROSE
    assert result.article.images == ()


# Only removes ---------------------------------------------------------------------------------------------------------


def squashed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_every_kept_paragraph_and_every_cut_stands_on_the_page(name: str) -> None:
    case = read_case(name)
    parsed = parse(decode(case.capture.body, dict(case.capture.headers).get("Content-Type")), URL)
    assert parsed is not None
    on_page = squashed("".join(block.text for block in index(parsed.tree).blocks))
    result = extract(case.capture, case.rules)
    assert isinstance(result, Extraction)

    said = [*result.article.paragraphs, *(cut.text for cut in result.clutter)]
    cells = [cell for text in said for cell in text.split(" | ")]
    assert [cell for cell in cells if squashed(cell) not in on_page] == []


@pytest.mark.parametrize("name", [name for name in CASES if read_case(name).expected.get("outcome") == "saved"])
def test_an_article_made_a_page_again_loses_nothing_more(name: str) -> None:
    case = read_case(name)
    once = extract(case.capture, case.rules)
    assert isinstance(once, Extraction)
    plain = page(prose(text.replace("&", "&amp;") for text in once.article.paragraphs), title=once.article.title or "x")
    twice = extract(capture(plain))
    assert isinstance(twice, Extraction)
    # A list, a table or a heading is a paragraph now; short ones may be taken for something else.
    assert [text for text in once.article.paragraphs if len(text) > 60 and text not in twice.article.paragraphs] == []


# Pages built to take for ever -----------------------------------------------------------------------------------------

_LD = '<script type="application/ld+json">'
HEAVY = {
    "nested-5000-levels": page("<div>" * 5000 + prose() + "</div>" * 5000),
    "nested-inline-5000-levels": page("<p>" + "<b><i>" * 2500 + PROSE[0] + "</p>", prose()),
    "200-kb-of-less-than": page(prose(), "<" * 200_000),
    "json-ld-of-less-than": page(prose(), head=_LD + "<" * 200_000 + "</script>"),
    "json-ld-of-brackets": page(prose(), head=_LD + "[" * 200_000 + "</script>"),
    "json-ld-of-commas": page(prose(), head=_LD + '{"a":1,' + "," * 200_000 + "</script>"),
    "3000-attributes": page(prose(), "<p " + " ".join(f'data-a{n}="{n}"' for n in range(3000)) + ">x</p>"),
    "3000-class-names": page(prose(), '<p class="' + " ".join(f"caption-{n}" for n in range(3000)) + '">x</p>'),
    "5000-links": page(prose(), "<p>" + "".join(f'<a href="/{n}">word {n}</a> ' for n in range(5000)) + "</p>"),
    "5000-paragraphs": page(prose(PROSE * 1250)),
    "5000-images": page(prose(), "".join(f'<img src="/{n}.jpg">' for n in range(5000))),
    "one-line-of-200-kb": page(prose(), "<p>" + "word " * 40_000 + "</p>"),
    "200-kb-of-spaces": page(prose(), "<p>" + " " * 200_000 + "x</p>"),
    "a-credit-that-never-ends": page(prose(), "<p>Photo" + ": A/B" * 20_000, "<p>" + "Jane Doe / " * 9 + "x"),
    "a-title-of-100-kb": page(prose(), title="word " * 20_000),
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HEAVY)
def test_a_page_built_to_take_for_ever_ends(name: str) -> None:
    began = time.process_time()
    result = check(HEAVY[name].encode())
    assert isinstance(result, Extraction)
    assert time.process_time() - began < 30  # far below what the quadratic forms of these take on any machine


def test_a_title_of_many_parts_ends() -> None:
    body = page(prose(), title="word - " * 3000)
    began = time.process_time()
    check(body.encode())
    assert time.process_time() - began < 1


def test_lists_nested_deeper_than_python_recurses_are_an_extraction_or_say_why_not() -> None:
    result = extract(capture(page("<ul><li>" * 2000 + "x", prose())))
    assert isinstance(result, Extraction) or "RecursionError" in result.detail
