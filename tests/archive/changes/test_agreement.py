"""Whether two texts are one article: a table of what papers do to a text, and what holds for any two."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes.agreement import COMPARED, FEW, Agreement, agreement, contained
from tests.pipelines.pages import LONG, TITLE

TEXT = "\n".join(LONG)
OTHER_TITLE = "A Wheel of Larch"
ADDED = "Two swans that nest by the weir were seen to leave on Monday and to come back on Tuesday without their young."
LOG = (
    "Officers were called to {street} at {hour} after a report of {what}. Nobody was hurt, and nothing was taken. "
    "Whoever saw something is asked to call the station on the market square, which is open day and night."
)
ONE_NIGHT = LOG.format(street="Mill Lane", hour="ten to four", what="a broken window")
OTHER_NIGHT = LOG.format(street="Station Road", hour="noon", what="a stolen wheelbarrow")


def changed(text: str, count: int) -> str:
    """The text with so many of its words replaced, evenly spread."""
    words = text.split(" ")
    for number in range(count):
        words[number * len(words) // count] = f"other{number}"
    return " ".join(words)


def vocabulary(name: str, count: int) -> str:
    return " ".join(f"{name}{number}" for number in range(count))


CHINESE = "".join(chr(0x4E00 + 7 * number) for number in range(120))
TABLE = {
    "the text itself": (TEXT, TEXT, True, True),
    "another title": (TEXT, TEXT, False, True),
    "case, punctuation and white space": (TEXT, TEXT.upper().replace(",", " –").replace("\n", " \n\n"), False, True),
    "full-width and composed letters": (TEXT + " Caf\u00e9 No 12", TEXT + " Cafe\u0301 No １２", False, True),
    "one word changed": (TEXT, changed(TEXT, 1), False, True),
    "a paragraph added": (TEXT, f"{TEXT}\n{ADDED}", False, True),
    "a paragraph added before": (TEXT, f"{ADDED}\n{TEXT}", False, True),
    "a quarter added": (TEXT, f"{TEXT}\n{vocabulary('more', 80)}", False, True),
    "as much again added": (TEXT, f"{TEXT}\n{vocabulary('more', 320)}", False, False),
    "as much again added, same title": (TEXT, f"{TEXT}\n{vocabulary('more', 320)}", True, False),
    "half as much added, same title": (TEXT, f"{TEXT}\n{vocabulary('more', 150)}", True, True),
    "a tenth of the words changed": (TEXT, changed(TEXT, 30), False, False),
    "a paragraph changed throughout, same title": (TEXT, "\n".join((changed(LONG[0], 30), *LONG[1:])), True, True),
    "a word changed in every sentence, same title": (TEXT, changed(TEXT, 15), True, False),
    "the beginning alone": (TEXT, "\n".join(LONG[:3]), True, False),
    "nothing in common, same title": (TEXT, vocabulary("more", 320), True, False),
    "in another order of paragraphs": (TEXT, "\n".join(reversed(LONG)), False, True),
    "short notices of one template": (ONE_NIGHT, OTHER_NIGHT, True, False),
    "short and the same": (ADDED, ADDED.upper(), False, True),
    "short, and one number differs": (f"{ADDED} 12", f"{ADDED} 13", True, False),
    "short and all in the other": (ADDED, f"{TEXT}\n{ADDED}", True, False),
    "three words": ("No incidents today", "No incidents, today.", False, True),
    "Chinese": (CHINESE, f"{CHINESE[:60]}、{CHINESE[60:]}。", False, True),
    "Chinese, and half of it differs": (CHINESE, CHINESE[:60] + "".join(reversed(CHINESE[60:])), True, False),
    "nothing and nothing": ("", "", True, False),
    "no words and no words": (" … \n", "— —", True, False),
    "something and nothing": (TEXT, "", True, False),
}


@pytest.mark.parametrize("what", TABLE)
def test_texts_of_one_article_agree_and_no_others(what: str) -> None:
    one, other, same_title, agrees = TABLE[what]
    found = agreement(TITLE, one, TITLE if same_title else OTHER_TITLE, other)
    assert found.agrees is agrees, found
    assert found.same_title is same_title


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Mill’s Wheel", "the mill's wheel", True),
        ("Café Ｎｏ. 1", "cafe\u0301 no 1", True),
        ("STRASSE", "Straße", True),
        ("水車、回る", "水車 回る!", True),
        ("Police log: 3 May", "Police log: 4 May", False),
        ("The Mill's Wheel", "The Mill's Wheel | Gazette", False),
        ("", "", False),
        ("—", "…", False),
    ],
)
def test_titles_are_compared_by_their_letters_and_digits(one: str, other: str, *, same: bool) -> None:
    assert agreement(one, TEXT, other, TEXT).same_title is same


@pytest.mark.parametrize(
    ("shorter", "longer", "same_title", "shingles", "agrees"),
    [
        (0.9, 0.7, False, 40, True),
        (0.89, 0.9, False, 40, False),
        (1.0, 0.69, False, 40, False),
        (0.6, 0.6, True, 40, True),
        (0.6, 0.6, False, 40, False),
        (1.0, 0.59, True, 40, False),
        (1.0, 0.99, True, 39, False),
    ],
)
def test_the_thresholds_belong_to_what_agrees(
    *, shorter: float, longer: float, same_title: bool, shingles: int, agrees: bool
) -> None:
    found = Agreement(shingles=shingles, shorter=shorter, longer=longer, same_title=same_title, equal=False)
    assert found.agrees is agrees


@pytest.mark.parametrize(
    ("one", "other", "same_title", "said"),
    [
        (TEXT, TEXT.upper(), True, "same text"),
        (ADDED, ADDED, False, "same text"),
        ("", "", True, "no text to compare"),
        (TEXT, f"{TEXT}\n{ADDED}", False, "text agrees: 100 % of the shorter, 92 % of the longer"),
        (TEXT, f"{TEXT}\n{ADDED}", True, "same title, and text agrees: 100 % of the shorter, 92 % of the longer"),
        (TEXT, vocabulary("more", 300), False, "text differs: 0 % of the shorter, 0 % of the longer"),
        (TEXT, vocabulary("more", 300), True, "same title, but text differs: 0 % of the shorter, 0 % of the longer"),
        (
            ADDED, f"{ADDED} Ends", False,
            "text differs: 100 % of the shorter, 94 % of the longer; under 40 shingles a text has to be the same",
        ),
    ],
)  # fmt: skip
def test_the_sentence_says_why(*, one: str, other: str, same_title: bool, said: str) -> None:
    assert agreement(TITLE, one, TITLE if same_title else OTHER_TITLE, other).sentence() == said


def test_a_share_is_never_said_to_be_more_than_it_is() -> None:
    found = Agreement(shingles=1000, shorter=0.8999, longer=0.7, same_title=False, equal=False)
    assert found.sentence() == "text differs: 89 % of the shorter, 70 % of the longer"


@pytest.mark.parametrize(
    ("new", "old", "share"),
    [
        (TEXT, TEXT, 1.0),
        (LONG[0], TEXT, 1.0),
        ("", TEXT, 1.0),
        ("", "", 1.0),
        (TEXT, "", 0.0),
        (vocabulary("more", 50), TEXT, 0.0),
        ("one two three", "one two three", 1.0),
        ("a b c d e f g h i j", "A, b c d e f; g", 0.5),
    ],
)
def test_contained_is_the_share_of_the_new_that_the_old_has(new: str, old: str, share: float) -> None:
    assert contained(new, old) == share


SOME_WORDS = st.lists(st.sampled_from(["the", "mill", "of", "larch", "turned", "12", "Café", "水", "車"]), max_size=120)
SOME_TEXTS = SOME_WORDS.map(" ".join) | st.text(max_size=300)


@given(SOME_TEXTS, SOME_TEXTS, SOME_TEXTS, SOME_TEXTS)
def test_it_makes_no_difference_which_comes_first(title_a: str, text_a: str, title_b: str, text_b: str) -> None:
    assert agreement(title_a, text_a, title_b, text_b) == agreement(title_b, text_b, title_a, text_a)


@given(SOME_TEXTS, SOME_TEXTS)
def test_shares_are_shares_and_the_shorter_is_shared_the_more(one: str, other: str) -> None:
    found = agreement("", one, "", other)
    assert 0 <= found.longer <= found.shorter <= 1
    assert found.sentence()


@given(SOME_TEXTS.filter(lambda text: any(map(str.isalnum, text))), SOME_TEXTS, SOME_TEXTS)
def test_a_text_agrees_with_itself_whatever_the_titles_are(text: str, title_a: str, title_b: str) -> None:
    found = agreement(title_a, text, title_b, f"\n{text} … ")
    assert (found.agrees, found.equal, found.shorter, found.longer) == (True, True, 1.0, 1.0)
    assert contained(text, text) == 1.0


@given(st.integers(1, 300), st.integers(1, 300), SOME_TEXTS)
def test_texts_without_a_word_in_common_do_not_agree(one: int, other: int, title: str) -> None:
    found = agreement(title, vocabulary("one", one), title, vocabulary("other", other))
    assert (found.agrees, found.shorter, found.longer) == (False, 0.0, 0.0)


@given(st.integers(0, FEW + 12))
def test_a_text_of_few_shingles_agrees_with_an_equal_one_alone(count: int) -> None:
    shorter, longer = vocabulary("word", count), vocabulary("word", count + 1)
    assert agreement(TITLE, shorter, TITLE, longer).agrees is (count >= FEW + 4)


def test_what_is_too_long_to_be_looked_at_counts_as_not_shared() -> None:
    beginning = vocabulary("word", COMPARED // 8)
    one, other = beginning + vocabulary("one", COMPARED // 8), beginning + vocabulary("other", COMPARED // 8)

    assert len(beginning) > COMPARED
    assert agreement(TITLE, one, TITLE, other).shorter < 0.6
    assert agreement(TITLE, one, TITLE, beginning).longer < 0.6
    assert contained(one, other) < 0.6
    assert agreement(TITLE, one, OTHER_TITLE, one).agrees


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(1_000, 0.05), (1_000_000, 5)],  # on a quiet machine 0.002 and 0.2
)
def test_texts_of_any_length_are_compared_in_bounded_cpu_time(count: int, seconds: float) -> None:
    chance = random.Random(count)
    texts = [" ".join(f"w{chance.randrange(5_000)}" for _ in range(count)) for _ in range(2)]
    began = time.process_time()
    agreement(TITLE, texts[0], TITLE, texts[1])
    assert time.process_time() - began < seconds


def test_notices_of_one_template_that_tell_of_other_numbers_are_two() -> None:
    rules = " ".join(f"rule{'x' * n}" for n in range(60))
    one, other = (
        f"The numbers drawn on {day} May are {drawn}. {rules}" for day, drawn in ((3, "4 17 22"), (4, "8 19 31"))
    )

    compared = agreement("Lottery", one, "Lottery", other)

    assert not compared.agrees
    assert compared.sentence().endswith("and each has numbers of its own")
    assert agreement("Lottery", one, "Lottery", f"{one} The jackpot is 20 million.").agrees


def test_an_update_of_a_few_numbers_in_a_text_that_stays_is_no_other_text() -> None:
    rest = " ".join(f"word{'x' * n}" for n in range(120))
    one, other = (f"In the storm {dead} people died, {hurt} were hurt. {rest}" for dead, hurt in ((12, 30), (13, 41)))

    assert agreement("Storm", one, "Storm: toll rises", other).agrees
    assert agreement("Storm", one, "Storm", other).agrees
