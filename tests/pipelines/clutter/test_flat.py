"""Text without markup, as somebody copied it from a page, and the line rules that clean it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from archive.text import fold, scrub
from pipelines.clutter import STEPS, clean
from pipelines.clutter.captions import is_caption, is_credit
from pipelines.clutter.draft import Draft, Line, move, start
from pipelines.clutter.flat import FlatText, clean_text
from tests.pipelines.pages import PROSE, TITLE

DIRTY = f"""{TITLE}

{PROSE[0]}

This combination of photos shows Agnes Roth, left, and Piet Lund. At the opening on May 3, 2026, both cut the ribbon.

{PROSE[1]}

{PROSE[2]}

The Wheel, Summer by Summer
Volunteer Piet Lund, right, fits the last paddle in the yard behind the mill on April 28, 2026. There are forty of them.
Odile Farr/AFP via Getty Images

{PROSE[3]}

Share this:

Read more: The ferry that nobody wants

Sign up for our newsletter and get the day's news in your inbox

Leave a Reply

Your email address will not be published. Required fields are marked *

Back to top button
%d bloggers like this:
"""


def kinds(flat: FlatText) -> list[tuple[ClutterKind, int]]:
    return [(cut.kind, cut.after_paragraph) for cut in flat.clutter]


def test_a_dirty_text_loses_what_is_not_the_article_and_nothing_else() -> None:
    flat = clean_text(DIRTY)

    assert flat.title == TITLE
    assert flat.paragraphs == PROSE
    assert kinds(flat) == [
        (ClutterKind.CAPTION, 1),
        (ClutterKind.GALLERY, 3),
        (ClutterKind.CAPTION, 3),
        (ClutterKind.CREDIT, 3),
        (ClutterKind.SHARE, 4),
        (ClutterKind.RELATED, 4),
        (ClutterKind.NEWSLETTER, 4),
        (ClutterKind.COMMENT, 4),
        (ClutterKind.COMMENT, 4),
        (ClutterKind.NAVIGATION, 4),
        (ClutterKind.WIDGET, 4),
    ]


def test_a_text_without_blank_lines_is_one_paragraph_a_line() -> None:
    flat = clean_text("\n".join((TITLE, *PROSE, "Photo: Runa Holm/Reuters", "Back to top")))
    assert flat.paragraphs == PROSE
    assert kinds(flat) == [(ClutterKind.CREDIT, 4), (ClutterKind.NAVIGATION, 4)]


@pytest.mark.parametrize("text", ["", " \n\n \t", "\x00\x0b"])
def test_nothing_stays_nothing(text: str) -> None:
    assert clean_text(text) == FlatText(title=None, paragraphs=(), clutter=())


def test_a_first_line_that_is_a_sentence_is_no_title() -> None:
    flat = clean_text("\n\n".join(PROSE))
    assert flat.title is None
    assert flat.paragraphs == PROSE


def test_what_stands_above_the_title_is_not_taken_for_it() -> None:
    flat = clean_text("\n\n".join(("Back to top", "Advertisement", TITLE, *PROSE)))
    assert (flat.title, flat.paragraphs) == (TITLE, PROSE)
    assert kinds(flat) == [(ClutterKind.NAVIGATION, 0), (ClutterKind.WIDGET, 0)]


def test_a_text_that_was_cleaned_is_clean() -> None:
    once = clean_text(DIRTY)
    assert clean_text(once.text) == replace(once, clutter=())


@pytest.mark.parametrize("blank", ["\r\n\r\n", "\n \n", "\n\u00a0\n", "\r\r"])
def test_blank_lines_are_blank_however_they_are_written(blank: str) -> None:
    assert clean_text(DIRTY.replace("\n\n", blank)) == clean_text(DIRTY)


@given(st.text(max_size=600) | st.lists(st.sampled_from(DIRTY.splitlines()), max_size=25).map("\n".join))
@settings(deadline=None, max_examples=60)
def test_cleaning_only_removes_and_every_line_is_kept_or_cut(text: str) -> None:
    flat = clean_text(text)
    lines = [line for line in (fold(raw) for raw in scrub(text).split("\n")) if line]
    said = [*([flat.title] if flat.title else []), *flat.paragraphs, *(cut.text for cut in flat.clutter)]
    assert sorted(said) == sorted(lines)


# The text as it stood -------------------------------------------------------------------------------------------------


def test_lines_that_stay_are_not_touched_nor_are_the_blank_lines_between_them() -> None:
    text = f"  {TITLE}\n\n{PROSE[0]}   {PROSE[1]}\n\n\nShare this:\n\nLeave a Reply\n\n\n{PROSE[2]}\n{PROSE[3]}\n"
    assert clean_text(text).text == f"  {TITLE}\n\n{PROSE[0]}   {PROSE[1]}\n\n{PROSE[2]}\n{PROSE[3]}"


def test_a_clean_text_comes_out_as_it_went_in() -> None:
    for text in ("\n\n".join((TITLE, *PROSE)), "\n".join(PROSE), ""):
        assert clean_text(text).text == text


@given(st.lists(st.sampled_from([*DIRTY.splitlines(), *PROSE, ""]), max_size=25).map("\n".join))
@settings(deadline=None, max_examples=60)
def test_the_text_holds_the_title_and_the_paragraphs_in_order(text: str) -> None:
    flat = clean_text(text)
    assert [fold(line) for line in flat.text.split("\n") if line] == [*filter(None, [flat.title]), *flat.paragraphs]


# What is taken back: without markup it could be the text's own --------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["* * *", "◇", "https://gazette.test/mill", "Watch below.", "Up next", "Don't miss"],
)
def test_a_line_between_paragraphs_stays_where_nothing_shows_that_the_text_is_of_a_page(line: str) -> None:
    paragraphs = (PROSE[0], PROSE[1], line, PROSE[2], PROSE[3])
    assert clean_text("\n\n".join(paragraphs)).paragraphs == paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "© Reuters",
        "© 2026 The Canal Gazette. All rights reserved.",
        "(Image credit: Runa Holm)",
        "Runa Holm contributed to this report.",
        "Tuesday, May 5, 2026",
    ],
)
def test_a_clean_text_may_end_with_who_made_it(line: str) -> None:
    paragraphs = (*PROSE, line)
    assert clean_text("\n\n".join(paragraphs)).paragraphs == paragraphs
    assert clean_text("\n\n".join((*PROSE, line, "Leave a Reply"))).paragraphs == PROSE
    assert line not in clean_text("\n\n".join((PROSE[0], "Share this:", *PROSE[1:], line))).paragraphs


def test_a_label_goes_where_the_rest_shows_a_page() -> None:
    flat = clean_text("\n\n".join((*PROSE, "Up next", "Leave a Reply", "Back to top")))
    assert flat.paragraphs == PROSE


def test_a_heading_of_links_does_not_take_prose_with_it() -> None:
    paragraphs = (*PROSE, *PROSE, "News", PROSE[1], "Back to top")
    assert clean_text("\n\n".join(paragraphs)).paragraphs == paragraphs[:-1]


def test_a_text_as_large_as_a_book_is_no_matter_of_minutes() -> None:
    flat = clean_text(DIRTY * 300)
    assert len(flat.clutter) > 1_000
    assert len(flat.paragraphs) >= 300 * len(PROSE)


# Lines that look like clutter and are not -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The photo shows a man in a boat, the prosecutor said, and the man is not the accused.",
        "Sign up, they told him, and you will see the world; he signed, and saw Rotterdam.",
        "“Leave a reply on the table when you go,” she said.",
        "He left, and on February 3, 2026, she followed him.",
        "Share prices fell on Tuesday after the bank had published its figures for the year.",
        "Related to nobody in the village, she inherited the mill all the same.",
        "Comments by the minister were met with silence.",
        "The report was first published by Reuters.",
        "Follow the river for two miles and you will come to the mill.",
        "Read the book first; the film has a different end.",
        "Subscribers to the fund will get their money back within the year, the receiver said.",
        "By Monday the water had gone.",
        "Advertisements for the ferry used to hang in every station of the line.",
        "The newsletter of the club, which she had edited since 1988, will go on without her.",
    ],
)
def test_a_sentence_that_begins_like_clutter_stays(text: str) -> None:
    paragraphs = (PROSE[0], PROSE[1], text, PROSE[2], PROSE[3])
    assert clean_text("\n\n".join(paragraphs)).paragraphs == paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "Getty Images",
        "Joe Doe/Getty Images",
        "(AP Photo/Jane Doe)",
        "STR/AFP via Getty Images",
        "Photo: Jane Doe",
        "Photograph by Jane Doe/The Gazette",
        "Image credit: Jane Doe",
        "Foto: Jana Doe/dpa",
        "Crédit photo : Jeanne Doe",
        "写真：山田太郎",
    ],
)
def test_a_credit_is_told_by_its_form(text: str) -> None:
    assert is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "Photo finish",
        "The AP",
        "Reuters reported the loss of the ferry on Tuesday morning, citing two people on board.",
        "He sold the photo: it paid for the house and for the boat that he lost in the winter of the same year.",
    ],
)
def test_a_mention_of_a_photo_is_no_credit(text: str) -> None:
    assert not is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "This combination of photos shows Ilse Brandt, left, and Teodor Aldana.",
        "In this photo provided by the county, water stands in the yard of the mill.",
        "Ilse Brandt, right, on the pier in Port Maren on January 12, 2026.",
        "From left to right: Ilse Brandt, Teodor Aldana and Runa Holm.",
        "File photo of the mill before it was rebuilt.",
        "The wheel on its first day. (AP Photo/Jane Doe)",
    ],
)
def test_a_caption_is_told_by_what_only_captions_say(text: str) -> None:
    assert is_caption(text)


@pytest.mark.parametrize(
    "text",
    [
        "This combination of skill and luck shows in the final score.",
        "“In this photo you can see my father,” she said, and put it back.",
        "The left, which had ruled the town for decades, lost on February 3, 2026.",
        "Turn left at the mill and right at the church.",
    ],
)
def test_a_sentence_is_no_caption(text: str) -> None:
    assert not is_caption(text)


# The draft ------------------------------------------------------------------------------------------------------------


def draft(*texts: str) -> Draft:
    return start(Draft(lines=tuple(Line(text=text, place=at, group=at) for at, text in enumerate(texts))))


def test_a_step_that_would_leave_less_than_a_third_does_nothing() -> None:
    before = draft("a" * 30, "b" * 30, "c" * 29)
    assert move(before, ClutterKind.OTHER, "rule", {0, 1}) is before
    assert len(move(before, ClutterKind.OTHER, "rule", {0}).lines) == 2


def test_a_page_of_nothing_but_clutter_is_not_gutted() -> None:
    before = draft("Leave a Reply", "Back to top", "Share this article", "Advertisement")
    after = clean(before)
    assert 3 * sum(len(line.text) for line in after.lines) >= before.whole


def test_what_is_moved_keeps_its_place_and_names_its_rule() -> None:
    after = move(draft("first", "second", "third"), ClutterKind.CREDIT, "some-rule", {1})
    assert [line.text for line in after.lines] == ["first", "third"]
    assert [(cut.kind, cut.text, cut.rule, cut.place) for cut in after.cuts] == [
        (ClutterKind.CREDIT, "second", "some-rule", 1)
    ]


SOME_LINES = [*PROSE, *filter(None, DIRTY.splitlines())]
SOME_LINES += ["关注", "相关阅读", "Lesen Sie auch", "© 2026 dpa", "3 min read", "| a | b |"]
LINES = st.builds(
    Line,
    text=st.sampled_from(SOME_LINES) | st.text(min_size=1, max_size=80).map(str.strip).filter(bool),
    tag=st.sampled_from(["p", "head", "item", "quote", "row", "code"]),
    group=st.integers(0, 5),
    linked=st.sampled_from([0.0, 0.5, 1.0]),
    italic=st.sampled_from([0.0, 1.0]),
    marks=st.sampled_from(["", "standfirst", "caption"]),
)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    lines = draw(st.lists(LINES, max_size=20))
    placed = tuple(replace(line, place=at) for at, line in enumerate(lines))
    return Draft(lines=placed, titles=(TITLE,), authors=("Ilse Brandt",), site_name="The Canal Gazette")


@given(drafts())
@settings(deadline=None, max_examples=100)
def test_cleaning_only_moves_lines_and_keeps_their_order(before: Draft) -> None:
    after = clean(before)
    places = [line.place for line in after.lines]
    assert set(after.lines) <= set(before.lines)
    assert places == sorted(places)
    assert sorted(places + [cut.place for cut in after.cuts]) == list(range(len(before.lines)))
    assert 3 * sum(len(line.text) for line in after.lines) >= sum(len(line.text) for line in before.lines)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
@given(before=drafts())
@settings(deadline=None, max_examples=15)
def test_every_step_alone_only_moves_lines(step: object, before: Draft) -> None:
    after = step(start(before), SiteRules())  # type: ignore[operator]  # a Step
    assert [line for line in before.lines if line in set(after.lines)] == list(after.lines)
    assert len(after.lines) + len(after.cuts) == len(before.lines)
