"""What is learned as a source's boilerplate, what is not although it repeats, and how it is cut."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes.learned_cuts import Place, Sample
from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, start
from pipelines.clutter.learned import drop_learned, guess
from pipelines.compare import key
from pipelines.rules.learn import learn

HOUSE = "The lamp over our door burns until the last page is set; whoever knocks twice may read it first."
HEADS = ("bar", "can", "dor", "fen", "gal", "hol", "kem", "lun", "mor", "nep", "pol", "rad", "sil", "tam", "wen")
WORDS = [head + tail for head in HEADS for tail in ("by", "der", "gate", "low", "mer", "nock", "set", "ton", "wick")]
AUTHORS = ("Ada Field", "Bo Marsh", "Cy Dune", "Dee Holt")
SECTIONS = ("Harbour", "Life", "Business")


def sentence(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(9, 16))).capitalize() + "."


def story(n: int, **facts: object) -> Sample:
    """A page of our own invention that has nothing in common with others."""
    dice = random.Random(n)
    made = Sample(
        article_id=n,
        title=" ".join(dice.sample(WORDS, 5)).capitalize(),
        lines=tuple(sentence(dice) for _ in range(6)),
        authors=(AUTHORS[n % len(AUTHORS)],),
        section=SECTIONS[n % len(SECTIONS)],
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # a table of fields


def stories(count: int, first: int = 0) -> list[Sample]:
    return [story(n) for n in range(first, first + count)]


def below(sample: Sample, *lines: str) -> Sample:
    return replace(sample, lines=sample.lines + lines)


def above(sample: Sample, *lines: str) -> Sample:
    return replace(sample, lines=lines + sample.lines)


def inside(sample: Sample, *lines: str) -> Sample:
    return replace(sample, lines=sample.lines[:3] + lines + sample.lines[3:])


def of_series(samples: Iterable[Sample], **facts: object) -> list[Sample]:
    return [replace(sample, **facts) for sample in samples]  # type: ignore[arg-type]  # a table of fields


def texts(samples: Sequence[Sample]) -> set[str]:
    return {line.text for line in learn(samples)}


# What is learned ------------------------------------------------------------------------------------------------------


def test_a_line_below_five_of_sixteen_stories_is_learned_with_its_evidence() -> None:
    source = [below(sample, HOUSE) if n < 5 else sample for n, sample in enumerate(stories(16))]

    (line,) = learn(source)

    assert (line.text, line.key, line.place) == (HOUSE, key(HOUSE), Place.END)
    assert (line.pages, line.of, line.examples) == (5, 16, (0, 1, 2, 3, 4))


def test_a_block_of_lines_is_learned_line_by_line() -> None:
    block = ("Ferry office", "Open when the light is on.", "Dogs and bicycles travel free.")
    assert texts([below(sample, *block) for sample in stories(8)]) == set(block)


def test_a_line_above_the_texts_of_several_hands_is_learned() -> None:
    source = [above(sample, HOUSE) if n % 2 else sample for n, sample in enumerate(stories(20))]
    (line,) = learn(source)
    assert (line.place, line.pages) == (Place.START, 10)


def test_a_line_above_one_last_fragment_is_learned() -> None:
    source = [below(sample, HOUSE, f"desk{n}@paper.test") for n, sample in enumerate(stories(8))]
    assert texts(source) == {HOUSE}


def test_punctuation_and_letter_case_do_not_hide_a_line() -> None:
    assert len(texts([below(sample, HOUSE if n % 2 else HOUSE.upper()) for n, sample in enumerate(stories(8))])) == 1


def test_a_line_in_a_script_without_spaces_is_learned() -> None:
    line = "当館の鐘は毎朝六時に鳴ります"
    assert texts([below(sample, line) for sample in stories(8)]) == {line}


def test_a_page_in_many_copies_counts_once() -> None:
    wire = below(story(500), HOUSE)
    copies = [replace(wire, article_id=n, title=story(n).title) for n in range(10)]
    assert texts([*copies, *stories(6)]) == set()


def test_where_nobody_says_whose_a_text_is_lines_are_learned_at_the_end_only() -> None:
    bare = of_series(stories(10), authors=(), section=None)
    assert texts([below(sample, HOUSE) for sample in bare]) == {HOUSE}
    assert texts([above(sample, HOUSE) for sample in bare]) == set()


# What is not ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("carrying", "count"), [(4, 5), (4, 10), (5, 17), (29, 100)])
def test_a_line_on_too_few_pages_is_not_learned(carrying: int, count: int) -> None:
    assert texts([below(sample, HOUSE) if n < carrying else sample for n, sample in enumerate(stories(count))]) == set()


def weather(n: int) -> Sample:
    dice = random.Random(n)
    return story(
        n,
        title=f"{dice.choice(WORDS).capitalize()} week ahead in the vale",
        lines=(
            f"Dawn {dice.randint(3, 9)} degrees, noon {dice.randint(10, 19)} degrees, dusk {dice.randint(5, 9)}.",
            f"Wind {dice.randint(5, 40)} knots, gusts {dice.randint(41, 70)} knots, rain {dice.randint(1, 30)} inches.",
            f"Sun {dice.randint(6, 8)}:{dice.randint(10, 59)}, moon {dice.randint(15, 20)}:{dice.randint(10, 59)}.",
            "That is all from the weather tower.",
        ),
    )


def test_reports_that_differ_in_numbers_alone_are_near_duplicates() -> None:
    assert texts([weather(n) for n in range(30)]) == set()


REFRAIN = "And so to bed, with the window open and the kettle filled for the morning."
WELCOME = "Good morning, and welcome to the letter that has never once arrived on time."
SERIES: dict[str, tuple[Callable[..., Sample], str, dict[str, object]]] = {
    "a column's opening": (above, WELCOME, {"authors": ("Hester Quill",), "section": "Columns"}),
    "a column's refrain": (below, REFRAIN, {"authors": ("Hester Quill",)}),
    "a weekly column told by its title": (below, REFRAIN, {"title": "Letter from Crake: the goose returns"}),
    "a daily series of many hands": (above, WELCOME, {"title": "Morning briefing for those who sleep late"}),
    "what a running story is about": (
        below,
        "The dispute over the toll bridge began in March, when three buyers withdrew within a month.",
        {"tags": ("Toll bridge",)},
    ),
    "how recipes end": (below, "Serves four, or two after a day on the quarry road.", {"section": "Kitchen"}),
    "a note below a quiz": (below, "The answers stand where the tide tables are.", {"title": "Quiz of the week"}),
    "a market report": (below, "Prices are those of the evening auction at Skerrow.", {"tags": ("Market",)}),
    "where to find help": (below, "Whoever saw anything may call the constable by day.", {"section": "Courts"}),
    "a Japanese series": (below, "ではまた来週お会いしましょう", {"title": "港町の台所から"}),
}


@pytest.mark.parametrize("name", SERIES)
def test_what_goes_with_a_series_or_a_subject_is_not_learned(name: str) -> None:
    where, line, facts = SERIES[name]
    series = [where(sample, line) for sample in of_series(stories(10), **facts)]
    assert texts([*series, *stories(14, first=100)]) == set()


@pytest.mark.parametrize("label", ["Ingredients", "Method", "What to know", "Key events", "The verdict", "Outlook:"])
def test_headings_inside_the_text_are_not_learned(label: str) -> None:
    assert texts([inside(sample, label) for sample in stories(12)]) == set()


def test_a_question_asked_of_everybody_is_not_learned() -> None:
    asked = [inside(sample, "What would you do with a day of fog?") for sample in stories(12)]
    assert texts(asked) == set()


@pytest.mark.parametrize("opening", ["LONDON", "Upper Wending", "Letters to us", "Our verdict:", "港"])
def test_datelines_and_labels_above_a_text_are_not_learned(opening: str) -> None:
    assert texts([above(sample, opening) for sample in stories(12)]) == set()


def test_an_opening_sentence_of_few_hands_is_not_learned() -> None:
    source = of_series(stories(12), authors=("Hester Quill",), section="Vale")
    assert texts([above(sample, WELCOME) for sample in source]) == set()


def test_a_label_above_its_last_fragment_is_not_learned() -> None:
    source = [below(sample, "Closing prices", f"Cod {n}, haddock {n + 3}") for n, sample in enumerate(stories(12))]
    assert texts(source) == set()


def test_a_line_that_ends_some_pages_and_stands_inside_most_is_not_learned() -> None:
    source = [below(sample, HOUSE) if n < 5 else inside(sample, HOUSE) for n, sample in enumerate(stories(12))]
    assert texts(source) == set()


def test_pages_that_hold_nothing_else_teach_nothing() -> None:
    assert texts([story(n, lines=(HOUSE, WELCOME)) for n in range(12)]) == set()


def test_without_pages_nothing_is_learned() -> None:
    assert learn([]) == ()


# Cutting --------------------------------------------------------------------------------------------------------------

RULES = SiteRules(boilerplate=(key(HOUSE), key("Ferry office")))


def draft(*lines: str) -> Draft:
    return start(Draft(lines=tuple(Line(text=text, place=place) for place, text in enumerate(lines))))


def cut(*lines: str, rules: SiteRules = RULES) -> tuple[list[str], list[str]]:
    done = drop_learned(draft(*lines), rules)
    assert all(each.rule == "learned" for each in done.cuts)
    return [line.text for line in done.lines], [each.text for each in done.cuts]


TEXT = story(7).lines


def test_learned_lines_are_cut_at_both_ends() -> None:
    assert cut("Ferry office", *TEXT, HOUSE, "Ferry office") == (list(TEXT), ["Ferry office", HOUSE, "Ferry office"])


def test_learned_lines_stay_inside_the_text() -> None:
    assert cut(*TEXT[:3], HOUSE, *TEXT[3:]) == ([*TEXT[:3], HOUSE, *TEXT[3:]], [])


def test_learned_lines_stay_where_they_are_most_of_the_text() -> None:
    assert cut("A short notice.", HOUSE) == (["A short notice.", HOUSE], [])


def test_nothing_is_cut_from_a_source_of_which_nothing_is_known() -> None:
    assert cut(*TEXT, HOUSE, rules=SiteRules()) == ([*TEXT, HOUSE], [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The tide in your inbox, before the tide.", ClutterKind.NEWSLETTER),
        ("We are on Mastodon and at the pump.", ClutterKind.SHARE),
        ("Who subscribes gets the crossword, too.", ClutterKind.PROMO),
        ("© The Harbour Post, Fish Street", ClutterKind.NAVIGATION),
        (HOUSE, ClutterKind.OTHER),
    ],
)
def test_the_ledger_says_what_a_line_seems_to_be(text: str, kind: ClutterKind) -> None:
    assert guess(text) is kind
    done = drop_learned(draft(*TEXT, text), SiteRules(boilerplate=(key(text),)))
    assert [each.kind for each in done.cuts] == [kind]


@given(st.lists(st.sampled_from([*TEXT, HOUSE, "Ferry office", "Cod 7"]), max_size=12))
def test_cutting_twice_cuts_no_more_and_keeps_the_order(lines: list[str]) -> None:
    once = drop_learned(draft(*lines), RULES)
    kept = iter(lines)

    assert drop_learned(once, RULES) == once
    assert all(line.text in kept for line in once.lines)
    assert sorted([*(line.text for line in once.lines), *(each.text for each in once.cuts)]) == sorted(lines)
