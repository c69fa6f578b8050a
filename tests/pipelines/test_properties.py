"""What holds for any page: bytes nobody meant, pages cut short or spliced, pages built to take for ever."""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.model.article import Extraction
from archive.model.outcome import Failure
from pipelines.clutter.flat import clean_text
from pipelines.compare import key
from pipelines.extract import extract
from pipelines.page.blocks import index
from pipelines.page.parse import decode, drop_code, parse
from tests.pipelines.pages import CASES, FIXTURES, LONG, PROSE, URL, Case, capture, page, promised, prose, read_case

BODIES = {name: (FIXTURES / name / "page.html").read_bytes() for name in CASES}
SAVED = [name for name in CASES if read_case(name).expected.get("outcome") == "saved"]
UNFORMATTED = [name for name in SAVED if b"<pre" not in BODIES[name]]
# Tests that are right and fail: what is wrong, and in which cases.
KNOWN_TO_FAIL: dict[str, tuple[str, tuple[str, ...]]] = {
    "test_line_breaks_between_words_change_nothing": (
        "code outside of preformatted text is split at line breaks",
        ("footnotes-en",),
    ),
    "test_more_white_space_between_words_changes_nothing": (
        "how much white space a page has changes what is taken for its text",
        (
            "footnotes-en",
            "related-cards-en",
        ),
    ),
    "test_what_was_removed_merged_back_is_the_body_as_it_stood_on_the_page": (
        "a text is in the ledger twice, or not where it stood",
        (
            "code-en",
            "escenic-no",
            "long-read-en",
            "results-table-hu",
        ),
    ),
}
some = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)


@pytest.fixture(autouse=True)
def known_to_fail(request: pytest.FixtureRequest) -> None:
    why, cases = KNOWN_TO_FAIL.get(request.node.originalname, ("", ()))
    case = request.node.callspec.id if hasattr(request.node, "callspec") else ""
    if case in cases:
        request.applymarker(pytest.mark.xfail(reason=why, strict=True))


@cache
def result_of(name: str) -> Extraction:
    """What comes of a fixture, the first time."""
    case = read_case(name)
    result = extract(case.capture, case.rules)
    assert isinstance(result, Extraction)
    return result


def check(body: bytes) -> Extraction | Failure:
    """Extract, and see that what comes is what is promised of any page."""
    return promised(extract(capture(body)))


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
@example("\x7f")
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


def cells(texts: Iterable[str]) -> list[str]:
    return [squashed(cell) for text in texts for cell in text.split(" | ")]


def blocks_of(case: Case) -> list[str]:
    parsed = parse(decode(case.capture.body, dict(case.capture.headers).get("Content-Type")), URL)
    assert parsed is not None
    drop_code(parsed.tree)
    return [block.text for block in index(parsed.tree).blocks]


@pytest.mark.parametrize("name", CASES)
def test_every_kept_paragraph_and_every_cut_stands_on_the_page(name: str) -> None:
    on_page = squashed("".join(blocks_of(read_case(name))))
    result = result_of(name)
    said = cells([*result.article.paragraphs, *(cut.text for cut in result.clutter)])
    assert [cell for cell in said if cell not in on_page] == []


@pytest.mark.parametrize("name", SAVED)
def test_what_was_removed_merged_back_is_the_body_as_it_stood_on_the_page(name: str) -> None:
    assert key("".join(merged(result_of(name)))) in key("".join(blocks_of(read_case(name))))


def merged(result: Extraction) -> Iterator[str]:
    """The text from the first kept paragraph to the last, with the cuts between them where the ledger puts them."""
    paragraphs = result.article.paragraphs
    for at, paragraph in enumerate(paragraphs, 1):
        yield paragraph
        if at < len(paragraphs):
            yield from (cut.text for cut in result.clutter if cut.after_paragraph == at)


@pytest.mark.parametrize("name", SAVED)
def test_an_article_made_a_page_again_loses_nothing_more(name: str) -> None:
    once = result_of(name)
    plain = page(prose(text.replace("&", "&amp;") for text in once.article.paragraphs), title=once.article.title or "x")
    twice = extract(capture(plain))
    assert isinstance(twice, Extraction)
    # A list, a table or a heading is a paragraph now; short ones may be taken for something else.
    assert [text for text in once.article.paragraphs if len(text) > 60 and text not in twice.article.paragraphs] == []


CLUTTER_LINES = (
    "Advertisement",
    "Back to top",
    "By Jane Doe",
    "Leave a Reply",
    "Jane Doe is a reporter at the Gazette.",
    "Like this: Like Loading...",
    "Pavel Lindqvist/Getty Images",
    "Read also: The saw mill that nobody has the heart to close",
    "Related",
    "Share this:",
    "Sign up for our newsletter",
    "This combination of photos shows the miller, left, and his daughter.",
    "3 min read",
)


@st.composite
def dirty_texts(draw: st.DrawFn) -> str:
    """An article with lines of clutter in it, as an old dump has it; so much prose that no guard is needed."""
    lines = list(LONG)
    for clutter, at in draw(st.lists(st.tuples(st.sampled_from(CLUTTER_LINES), st.integers(0, 20)), max_size=8)):
        lines.insert(at, clutter)
    return draw(st.sampled_from(("\n", "\n\n"))).join(lines)


@given(dirty_texts())
@example("\n".join(["Jane Doe is a reporter at the Gazette.", "By Jane Doe", "By Jane Doe", *LONG]))
@example("\n".join([*["Advertisement"] * 3, *LONG[:4], "Related", "By Jane Doe", "Advertisement", *LONG[4:]]))
@some
def test_cleaning_what_was_cleaned_changes_nothing(text: str) -> None:
    once = clean_text(text)
    twice = clean_text("\n\n".join([*([once.title] if once.title else []), *once.paragraphs]))
    assert (twice.title, twice.paragraphs) == (once.title, once.paragraphs)


# What does not change the text ----------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(CASES), min_size=2, max_size=6))
@settings(some, max_examples=10)
def test_a_page_comes_out_the_same_whatever_pages_came_before_it(names: list[str]) -> None:
    for name in names:
        case = read_case(name)
        assert extract(case.capture, case.rules) == result_of(name)


@pytest.mark.parametrize("name", UNFORMATTED)
def test_line_breaks_between_words_change_nothing(name: str) -> None:
    same_text(name, _with_spaces(BODIES[name], b"\n"))


@pytest.mark.parametrize("name", UNFORMATTED)
def test_more_white_space_between_words_changes_nothing(name: str) -> None:
    same_text(name, _with_spaces(BODIES[name], b"\r\n\t "))


def _with_spaces(body: bytes, space: bytes) -> bytes:
    return b"".join(part if part.startswith(b"<") else part.replace(b" ", space) for part in _PARTS.split(body))


_PARTS = re.compile(rb"(<(?:script|style|textarea)\b.*?</(?:script|style|textarea)>|<[^>]*>)", re.DOTALL)


@pytest.mark.parametrize("name", SAVED)
def test_the_order_of_attributes_changes_nothing(name: str) -> None:
    turned = b"".join(_reversed(part) if _TAG.fullmatch(part) else part for part in _PARTS.split(BODIES[name]))
    same_text(name, turned)


_ATTRIBUTE = re.compile(rb"""\s+[\w:.-]+(?:=(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_TAG = re.compile(rb"<\w+(?:%b)+\s*/?>" % _ATTRIBUTE.pattern)


def _reversed(tag: bytes) -> bytes:
    attributes = _ATTRIBUTE.findall(tag)
    start = tag.index(attributes[0])
    end = start + sum(map(len, attributes))
    return tag[:start] + b"".join(reversed(attributes)) + tag[end:]


def same_text(name: str, body: bytes) -> None:
    case = read_case(name)
    result = extract(replace(case.capture, body=body), case.rules)
    assert isinstance(result, Extraction)
    assert result.article.paragraphs == result_of(name).article.paragraphs


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
