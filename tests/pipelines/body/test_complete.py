"""A text that breaks off goes on as the page's JSON-LD has it; a whole one stays as it is."""

import json

import pytest

from pipelines.body.complete import NOTE, repair
from pipelines.clutter.draft import Draft, Line
from tests.pipelines.pages import LONG, TITLE, extracted, page, prose

STATED = "\n\n".join(LONG)


def draft(*lines: str) -> Draft:
    return Draft(lines=tuple(Line(text=text, place=place, group=place) for place, text in enumerate(lines, 1)))


def repaired(*lines: str, stated: str | None = STATED) -> list[str]:
    return [line.text for line in repair(draft(*lines), stated).lines]


def test_what_is_stated_beyond_the_last_paragraph_is_added() -> None:
    assert repaired(*LONG[:3]) == list(LONG)


@pytest.mark.parametrize("end", ["", " ...", "…", " […]"])
def test_a_paragraph_that_breaks_off_goes_on_where_it_broke(end: str) -> None:
    assert repaired(LONG[0], LONG[1], LONG[2][:90] + end) == list(LONG)


def test_paragraphs_are_told_by_tags_where_the_page_states_them() -> None:
    assert repaired(*LONG[:3], stated=prose(LONG)) == list(LONG)
    assert repaired(*LONG[:3], stated="<br />".join(LONG)) == list(LONG)


def test_a_text_without_breaks_is_added_as_one_paragraph() -> None:
    assert repaired(*LONG[:3], stated=" ".join(LONG)) == [*LONG[:3], " ".join(LONG[3:])]


def test_lines_added_stand_where_the_text_ended_and_are_paragraphs_of_their_own() -> None:
    lines = repair(draft(*LONG[:3]), STATED).lines
    assert [line.place for line in lines] == [1, 2, 3, 3, 3, 3, 3, 3]
    assert len({line.group for line in lines}) == len(LONG)


def test_a_page_that_shows_next_to_nothing_gets_the_whole_text() -> None:
    assert repaired("Read on with a subscription", stated=STATED) == ["Read on with a subscription", *LONG]


@pytest.mark.parametrize(
    ("lines", "stated"),
    [
        pytest.param(LONG, STATED, id="whole"),
        pytest.param(LONG[:6], STATED, id="most-of-it"),
        pytest.param(LONG[:1], "\n".join(LONG[:3]), id="few-words-missing"),
        pytest.param(LONG[:3], None, id="nothing-stated"),
        pytest.param(LONG[:3], "", id="empty"),
        pytest.param(LONG[:3], "Another text altogether, of many words. " * 60, id="another-text"),
        pytest.param(LONG, " ".join(LONG[:2]), id="less-than-the-page"),
    ],
)
def test_what_is_not_clearly_cut_off_stays_as_it_is(lines: tuple[str, ...], stated: str | None) -> None:
    before = draft(*lines)
    assert repair(before, stated) is before


def said(text: str) -> str:
    claim = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, "articleBody": text}
    return f'<script type="application/ld+json">{json.dumps(claim)}</script>'


def test_a_page_cut_off_is_repaired_and_says_so() -> None:
    result = extracted(page(prose(LONG[:3]), head=said(STATED)))
    assert result.article.paragraphs == LONG
    assert NOTE in result.notes


def test_a_whole_page_keeps_the_paragraphs_it_shows() -> None:
    result = extracted(page(prose(LONG), head=said(" ".join(LONG))))
    assert result.article.paragraphs == LONG
    assert NOTE not in result.notes
