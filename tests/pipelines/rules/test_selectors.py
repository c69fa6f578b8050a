"""A site's own rules: what each selector does to a page, which of them win, and which generation holds."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.model.article import Clutter, ClutterKind, Extraction
from archive.model.source import SiteRules, Source, rules_on
from pipelines.extract import extract
from pipelines.page.parse import decode, parse
from pipelines.rules.bounds import measured
from pipelines.rules.selectors import select
from tests.pipelines.pages import PROSE, capture, extracted, page

P = tuple(f"<p>{text}</p>" for text in PROSE)
FACTS = '<aside class="related"><h3>The mill in numbers</h3><p>Forty paddles, three floors, one loft.</p></aside>'
FIGURE = '<figure><img src="/a.jpg"><figcaption>The ferry that nobody wanted, at the pier.</figcaption></figure>'
NUMBERS = ("The mill in numbers", "Forty paddles, three floors, one loft.")


def ruled(html: str, **rules: tuple[str, ...]) -> Extraction:
    result = extract(capture(html), SiteRules(**rules))
    assert isinstance(result, Extraction), result
    return result


def cut_by(result: Extraction, rule: str) -> list[Clutter]:
    return [cut for cut in result.clutter if cut.rule == rule]


# keep -----------------------------------------------------------------------------------------------------------------


def test_what_is_kept_stands_in_its_place_whatever_a_rule_calls_it() -> None:
    html = page(P[0], P[1], FACTS, P[2], P[3])
    assert not set(extracted(html).article.paragraphs) & set(NUMBERS)

    result = ruled(html, keep=("aside.related",))

    assert result.article.paragraphs == (*PROSE[:2], *NUMBERS, *PROSE[2:])
    assert not {cut.text for cut in result.clutter} & set(NUMBERS)


@pytest.mark.parametrize("selector", ["figure", "figcaption"])
def test_a_caption_may_be_kept(selector: str) -> None:
    result = ruled(page(P[0], FIGURE, *P[1:]), keep=(selector,))
    assert result.article.paragraphs[1] == "The ferry that nobody wanted, at the pier."
    assert [cut.kind for cut in result.clutter] == [ClutterKind.TITLE]


def test_a_line_that_a_step_would_cut_may_be_kept() -> None:
    line = "Sign up for our newsletter and get the day's news"
    html = page(P[0], f'<p class="plea">{line}</p>', *P[1:])
    assert line not in extracted(html).article.paragraphs
    assert ruled(html, keep=("p.plea",)).article.paragraphs == (PROSE[0], line, *PROSE[1:])


def test_to_keep_beats_to_remove_and_only_for_what_is_kept() -> None:
    result = ruled(page(P[0], FACTS, *P[1:]), remove=("aside",), keep=("aside p",))
    assert result.article.paragraphs == (PROSE[0], NUMBERS[1], *PROSE[1:])
    assert [cut.text for cut in cut_by(result, "site-remove")] == [NUMBERS[0]]


def test_what_stands_in_a_kept_row_is_said_once() -> None:
    table = "<table class=t><tr><td>Paddles</td><td>forty</td></tr><tr><td>Floors</td><td>three</td></tr></table>"
    html = page(P[0], table, *P[1:])
    before = extracted(html).article.paragraphs
    assert ruled(html, keep=("table.t",)).article.paragraphs == before


def test_what_is_kept_may_stand_outside_the_body() -> None:
    html = page(f'<div class="story">{P[0]}{P[1]}</div>', '<div class="box"><p>Bring a lamp.</p></div>',
                f'<div class="story">{P[2]}</div>')  # fmt: skip
    result = ruled(html, body=("div.story",), keep=("div.box",))
    assert result.article.paragraphs == (PROSE[0], PROSE[1], "Bring a lamp.", PROSE[2])


# body, remove, captions -----------------------------------------------------------------------------------------------


def test_the_body_is_what_is_named_in_page_order_whatever_the_order_of_the_selectors() -> None:
    html = page(f'<div class="intro">{P[0]}</div>', f'<div class="more">{P[1]}{P[2]}</div>', P[3])
    result = ruled(html, body=("div.more", "div.intro"))
    assert result.article.paragraphs == PROSE[:3]


def test_clutter_in_the_named_body_goes_all_the_same() -> None:
    html = page(f'<div class="story">{P[0]}{P[1]}<p>Share this</p>{P[2]}{P[3]}</div>')
    result = ruled(html, body=("div.story",))
    assert result.article.paragraphs == PROSE
    assert [cut.kind for cut in result.clutter] == [ClutterKind.SHARE]


def test_what_is_removed_is_in_the_ledger_at_its_place() -> None:
    result = ruled(page(P[0], '<p class="x">A line of no use.</p>', *P[1:]), remove=("p.x",))
    (cut,) = cut_by(result, "site-remove")
    assert (cut.kind, cut.text, cut.after_paragraph) == (ClutterKind.OTHER, "A line of no use.", 1)
    assert result.article.paragraphs == PROSE


def test_a_caption_that_only_the_site_knows_is_cut_as_one() -> None:
    html = page(P[0], '<p class="cut">Ilse Brandt cuts the ribbon</p>', *P[1:])
    (cut,) = cut_by(ruled(html, captions=("p.cut",), remove=("p.cut",)), "site-caption")
    assert (cut.kind, cut.text) == (ClutterKind.CAPTION, "Ilse Brandt cuts the ribbon")


def test_selected_elements_come_once_and_in_page_order() -> None:
    read = parse(decode(b"<p id=a><p id=b class=x><p id=c>"), "")
    assert read is not None
    assert [found.get("id") for found in select(read.tree, ("#c", ".x", "p", "[["))] == ["a", "b", "c"]


# Generations ----------------------------------------------------------------------------------------------------------

OLD = SiteRules(body=("div#content",), until=date(2026, 3, 1))
OLDER = SiteRules(body=("td.text",), until=date(2020, 1, 1))
NOW = SiteRules(body=("main",))


@pytest.mark.parametrize(
    ("fetched", "generations", "holds"),
    [
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), (OLDER, OLD, NOW), OLD),
        (datetime(2026, 3, 1, tzinfo=UTC), (OLDER, OLD, NOW), NOW),
        (datetime(2019, 12, 31, tzinfo=UTC), (OLDER, OLD, NOW), OLDER),
        (datetime(2026, 3, 1, tzinfo=UTC), (OLDER, OLD), SiteRules()),
        (datetime(1999, 1, 1, tzinfo=UTC), (NOW,), NOW),
        (datetime(2026, 3, 1, tzinfo=UTC), (), SiteRules()),
    ],
)
def test_the_first_generation_that_has_not_ended_holds(
    fetched: datetime, generations: tuple[SiteRules, ...], holds: SiteRules
) -> None:
    assert rules_on(generations, fetched) == holds


def test_a_page_is_read_by_the_rules_of_its_own_day() -> None:
    rules = (SiteRules(remove=("p.x",), until=date(2026, 3, 1)),)
    source = Source(id="gazette", url="https://gazette.test/", name="The Gazette", rules=rules)
    now = capture(page(*P, '<p class="x">A line of no use, at the very end of it.</p>'), "https://gazette.test/mill")
    then = replace(now, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    read = [extract(each, source.rules_on(each.fetched_at)) for each in (then, now)]
    assert [len(each.article.paragraphs) for each in read if isinstance(each, Extraction)] == [
        len(PROSE),
        len(PROSE) + 1,
    ]


def test_a_source_says_itself_how_short_its_articles_may_be() -> None:
    result = extracted(page(*P))
    words = len(result.article.text.split())
    assert [measured(result, least).outcome.value for least in (0, words - 20, 10 * words)] == [
        "saved",
        "saved",
        "too_short",
    ]
