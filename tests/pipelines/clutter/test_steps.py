"""Single steps: what each of them cuts, as what, and what it leaves alone."""

from collections.abc import Callable

import pytest

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter import NO_RULES
from pipelines.clutter.comments import drop_comment_tail
from pipelines.clutter.draft import Draft, Line, start
from pipelines.clutter.edges import drop_outside_end
from pipelines.clutter.notes import drop_calls_for_tips
from pipelines.clutter.quotes import drop_pull_quotes
from pipelines.clutter.related import drop_teasers
from tests.pipelines.pages import LONG, extracted, page, prose


def cut(step: Callable[[Draft, SiteRules], Draft], *lines: str | Line) -> list[tuple[ClutterKind, str]]:
    """What a step cuts from these lines; what is kept and cut is what there was, in its order."""
    draft = start(Draft(lines=tuple(line if isinstance(line, Line) else Line(text=line) for line in lines)))
    done = step(draft, NO_RULES)
    rest = iter(draft.lines)
    assert all(line in rest for line in done.lines)
    assert len(done.lines) + len(done.cuts) == len(lines)
    assert all(each.rule for each in done.cuts)
    return [(each.kind, each.text) for each in done.cuts]


def between(*blocks: str) -> str:
    """A page with these blocks in the middle of its text."""
    return page(prose(LONG[:4]), *blocks, prose(LONG[4:]))


# Fact boxes and embedded posts (clutter/boxes.py) ---------------------------------------------------------------------

FACTS = "The wheel is eight metres high. It was built in 1822 and stood still from 1986."


@pytest.mark.parametrize(
    "name", ["fact-box", "factbox", "article__fact-box", "faktaruta", "faktaboks", "faktenbox", "info-box", "infobox"]
)
@pytest.mark.parametrize("tag", ["aside", "div", "section"])
def test_a_fact_box_is_cut_as_one(tag: str, name: str) -> None:
    result = extracted(between(f'<{tag} class="{name}"><h3>The mill in figures</h3><p>{FACTS}</p></{tag}>'))
    assert result.article.paragraphs == LONG
    assert [(each.kind, each.text, each.after_paragraph) for each in result.clutter][1:] == [
        (ClutterKind.FACT_BOX, "The mill in figures", 4),
        (ClutterKind.FACT_BOX, FACTS, 4),
    ]


@pytest.mark.parametrize("name", ["artefact-box", "fact-boxes-and-figures-page", "no-info"])
def test_what_is_called_something_like_a_fact_box_stays(name: str) -> None:
    result = extracted(between(f'<div class="{name}"><p>{LONG[0]} So it was.</p></div>'))
    assert f"{LONG[0]} So it was." in result.article.paragraphs


def test_a_fact_box_that_holds_the_article_stays() -> None:
    assert extracted(page(f'<div class="fact-box">{prose(LONG)}</div>')).article.paragraphs == LONG


POST = "The wheel, the weir, and a swallow that did not hold still. #mill"


@pytest.mark.parametrize("name", ["instagram-media", "tiktok-embed"])
def test_a_post_that_shows_a_picture_or_a_film_is_cut(name: str) -> None:
    post = f'<blockquote class="{name}"><p>{POST}</p><p>A post shared by <a href="/m">the mill</a></p></blockquote>'
    result = extracted(between(post))
    assert result.article.paragraphs == LONG
    assert (ClutterKind.WIDGET, POST) in [(each.kind, each.text) for each in result.clutter]


def test_a_post_that_says_something_is_read_with_the_text() -> None:
    said = "We have waited forty years for this and I am not going to be asked about the noise today."
    tweet = f'<blockquote class="twitter-tweet"><p>{said}</p>— Miller (@miller) <a href="/1">May 3</a></blockquote>'
    assert said in extracted(between(tweet)).article.text


# Live posts (clutter/live.py) -----------------------------------------------------------------------------------------

POSTS = "".join(
    f'<div id="post-{at}" data-sort-time="{at}"><h3>{at}:00</h3><p>At {at} the water stood {at} hands above the sill '
    "of the sluice, and the miller said that it would do.</p></div>"
    for at in range(1, 7)
)


def live_list(posts: str) -> str:
    return f'<amp-live-list id="live" data-max-items-per-page="20"><div items>{posts}</div></amp-live-list>'


def test_posts_below_an_article_that_come_and_go_are_cut() -> None:
    result = extracted(page(prose(LONG), live_list(POSTS)))
    assert result.article.paragraphs == LONG
    posts = [each for each in result.clutter if each.kind is ClutterKind.LIVE_POST]
    assert len(posts) == 12
    assert {(each.rule, each.after_paragraph) for each in posts} == {("live-list", len(LONG))}


def test_posts_that_are_the_article_stay() -> None:
    result = extracted(page(live_list(POSTS)))
    assert not [each for each in result.clutter if each.kind is ClutterKind.LIVE_POST]
    assert "At 6 the water stood" in result.article.text


# Pull quotes (clutter/quotes.py) --------------------------------------------------------------------------------------

SAID = "It will probably turn when the river is high, and never in August."
TOLD = f"The volunteers have no doubt. {SAID} They have said so to anybody who asked, and to some who did not."


@pytest.mark.parametrize(
    "line",
    [
        Line(text=SAID, tag="quote"),
        Line(text=SAID, apart=True),
        Line(text=SAID, marks="article__pullquote"),
        Line(text=SAID, marks="zitat"),
        Line(text=f"“{SAID}”"),
    ],
)
def test_a_sentence_of_the_text_that_is_set_apart_is_a_pull_quote(line: Line) -> None:
    assert cut(drop_pull_quotes, *LONG, TOLD, line) == [(ClutterKind.PULL_QUOTE, line.text)]
    assert cut(drop_pull_quotes, line, *LONG, TOLD) == [(ClutterKind.PULL_QUOTE, line.text)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(Line(text=SAID), id="not-set-apart"),
        pytest.param(Line(text=SAID, tag="item", apart=True), id="an-item"),
        pytest.param(Line(text=SAID, tag="head", apart=True), id="a-heading"),
        pytest.param(Line(text=SAID[:-1], tag="quote"), id="no-sentence"),
        pytest.param(Line(text="They have no doubt at all.", tag="quote"), id="short"),
        pytest.param(Line(text="Nobody has seen it turn in August or will.", tag="quote"), id="said-nowhere-else"),
    ],
)
def test_what_is_said_once_or_not_set_apart_is_none(line: Line) -> None:
    assert cut(drop_pull_quotes, *LONG, TOLD, line) == []


def test_a_short_one_is_cut_where_its_element_says_what_it_is() -> None:
    short = "The volunteers have no doubt."
    assert cut(drop_pull_quotes, *LONG, TOLD, Line(text=short, marks="pull-quote")) == [(ClutterKind.PULL_QUOTE, short)]


def test_of_two_that_are_the_same_neither_holds_the_other() -> None:
    quoted = Line(text=SAID, tag="quote")
    assert cut(drop_pull_quotes, *LONG, quoted, quoted) == []


# Below the text (clutter/edges.py) ------------------------------------------------------------------------------------


def apart(text: str, linked: float = 0.0) -> Line:
    return Line(text=text, apart=True, linked=linked)


def test_lines_in_another_element_below_the_text_are_cut() -> None:
    below = (apart("Mills, rivers, swallows"), apart("00:41"))
    assert cut(drop_outside_end, *LONG, *below) == [(ClutterKind.OTHER, line.text) for line in below]


def test_the_end_of_an_article_may_stand_in_an_element_of_its_own() -> None:
    assert cut(drop_outside_end, *LONG[:6], apart(LONG[6]), apart(LONG[7])) == []


def test_prose_goes_with_the_line_that_heads_it_and_where_it_is_a_link() -> None:
    assert cut(drop_outside_end, *LONG[:6], apart("About the mill"), apart(LONG[6])) == [
        (ClutterKind.OTHER, "About the mill"),
        (ClutterKind.OTHER, LONG[6]),
    ]
    assert cut(drop_outside_end, *LONG[:6], apart(LONG[6], linked=1.0)) == [(ClutterKind.OTHER, LONG[6])]


def test_lines_in_another_element_above_a_paragraph_stay() -> None:
    assert cut(drop_outside_end, *LONG[:4], apart("The roof"), *LONG[4:]) == []


def test_a_text_that_stands_apart_as_a_whole_stays() -> None:
    assert cut(drop_outside_end, LONG[0], apart("The roof"), *map(apart, LONG)) == []


# Teasers below the text (clutter/related.py) --------------------------------------------------------------------------


def teaser(headline: str, text: str) -> tuple[Line, Line]:
    return Line(text=headline, linked=1.0), Line(text=text)


FIRST = teaser("The saw mill that nobody has the heart to close", "It has not sawn since spring. Its cat is well.")
SECOND = teaser("How a sluice was lost at cards", "And who won it, and what became of him.")


def test_linked_headlines_with_a_line_of_their_text_are_cut_with_their_heading() -> None:
    heading = Line(text="From the river", tag="head")
    gone = [line.text for line in (heading, *FIRST, *SECOND)]
    assert cut(drop_teasers, *LONG, heading, *FIRST, *SECOND) == [(ClutterKind.RELATED, text) for text in gone]
    assert cut(drop_teasers, *LONG, *FIRST, *SECOND) == [(ClutterKind.RELATED, text) for text in gone[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((*LONG, *FIRST), id="one-of-them"),
        pytest.param((*LONG[:2], *FIRST, *SECOND), id="below-two-paragraphs"),
        pytest.param((*LONG, *FIRST, *SECOND, *LONG[:3]), id="above-the-end"),
        pytest.param((*LONG, *FIRST, SECOND[0], LONG[3] * 3), id="a-long-text"),
        pytest.param(
            (*LONG, *(Line(text=line.text, linked=line.linked, away=True) for line in (*FIRST, *SECOND))),
            id="links-to-other-sites",
        ),
        pytest.param(
            (*LONG, *teaser("It has been said of mills.", "Once."), *teaser("And of saws.", "Twice.")), id="sentences"
        ),
    ],
)
def test_what_is_no_run_of_teasers_at_the_end_stays(lines: tuple[str | Line, ...]) -> None:
    assert cut(drop_teasers, *lines) == []


def test_teasers_that_are_a_third_of_the_text_stay() -> None:
    assert (
        cut(drop_teasers, *LONG[:3], *(line for at in range(6) for line in teaser(f"{at} more mills", "x" * 90))) == []
    )


# Comments below the text (clutter/comments.py) ------------------------------------------------------------------------


def comment(text: str, marks: str = "comment-body") -> Line:
    return Line(text=text, marks=marks)


COMMENTS = tuple(comment(f"{text} So my grandfather said, and he was never wrong about mills.") for text in LONG)


@pytest.mark.parametrize(
    "marks", ["comment-body", "comments list", "kommentar", "kommentare", "reacties", "comentario-7"]
)
def test_what_readers_wrote_below_is_cut_however_long_it_is(marks: str) -> None:
    below = [comment(line.text, marks) for line in COMMENTS]
    assert cut(drop_comment_tail, *LONG[:3], *below) == [(ClutterKind.COMMENT, line.text) for line in below]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((*LONG, *COMMENTS[:2]), id="two-of-them"),
        pytest.param((*LONG[:2], *COMMENTS), id="next-to-no-text-above"),
        pytest.param((*LONG, *COMMENTS, LONG[0]), id="text-below-them"),
        pytest.param((*LONG, *(comment(line.text, "commentary") for line in COMMENTS)), id="called-otherwise"),
    ],
)
def test_what_may_be_the_text_of_a_page_called_comment_stays(lines: tuple[str | Line, ...]) -> None:
    assert cut(drop_comment_tail, *lines) == []


# Calls for tips, and how to cite (clutter/notes.py) -------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        "Do you have a story about a mill? Write to us at desk@gazette.test.",
        "Got a tip? Tell the desk at desk@gazette.test.",
        "Haben Sie Informationen zum Rad? Schreiben Sie uns an desk@gazette.test.",
        "Une erreur, une information sur le moulin ? Écrivez-nous : desk@gazette.test",
        "Heb je een tip over de molen? Mail de redactie.",
        "¿Tienes información sobre el molino? Escríbenos a desk@gazette.test.",
    ],
)
def test_a_call_for_tips_below_the_text_is_cut(call: str) -> None:
    assert cut(drop_calls_for_tips, *LONG, call) == [(ClutterKind.PROMO, call)]


def test_how_to_cite_the_text_is_cut() -> None:
    cited = "I. Brandt, The mill turns again, https://gazette.test/mill (accessed on 3 May 2026)"
    assert cut(drop_calls_for_tips, *LONG, cited) == [(ClutterKind.OTHER, cited)]


def test_questions_of_the_text_and_calls_within_it_stay() -> None:
    asked = "Do you have a story that nobody believes? The miller has three, and all of them are about the river."
    assert cut(drop_calls_for_tips, *LONG, asked) == []
    assert cut(drop_calls_for_tips, "Got a tip? Tell the desk at desk@gazette.test.", *LONG) == []
