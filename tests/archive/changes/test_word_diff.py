"""What differs between two texts is shown word by word, and nothing that does not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.changes.word_diff import Fold, Kind, differences, folded, marked

TEXT = "The bridge opens on Monday.\nThe mayor cuts the ribbon at noon.\nBuses go from Tuesday on."


def shown(before: str, now: str) -> list[str]:
    return [marked(line) for line in differences(before, now)]


def test_the_words_that_changed_stand_beside_each_other_in_their_paragraph() -> None:
    assert shown(TEXT, TEXT.replace("Monday", "Friday").replace("noon", "one")) == [
        "The bridge opens on [-Monday-]{+Friday+}.",
        "The mayor cuts the ribbon at [-noon-]{+one+}.",
        "Buses go from Tuesday on.",
    ]


def test_a_paragraph_that_came_or_went_is_shown_whole() -> None:
    assert shown(TEXT, f"{TEXT}\nA ferry runs at night.")[-1] == "{+A ferry runs at night.+}"
    assert shown(TEXT, TEXT.split("\n", 1)[1])[0] == "[-The bridge opens on Monday.-]"


def test_paragraphs_with_nothing_in_common_are_not_mixed() -> None:
    assert shown("A dog barked all night long.", "Prices rose by four per cent.") == [
        "[-A dog barked all night long.-]",
        "{+Prices rose by four per cent.+}",
    ]


def test_paragraphs_that_were_joined_or_parted_say_so() -> None:
    one, two = "The bridge opens on Monday.", "The mayor cuts the ribbon at noon."

    assert shown(f"{one}\n{two}", f"{one} {two}") == [f"{one} [-¶-] {two}"]
    assert shown(f"{one} {two}", f"{one}\n{two}") == [f"{one}{{+¶+}}", two]


def test_scripts_without_spaces_differ_by_the_character() -> None:
    assert shown("大桥周一开通，市长剪彩。", "大桥周五开通，市长剪彩。") == ["大桥周[-一-]{+五+}开通，市长剪彩。"]


def test_what_is_far_from_a_change_is_folded() -> None:
    before = "\n".join(f"Paragraph number {n}." for n in range(20))

    seen = list(folded(differences(before, before.replace("number 10.", "number ten."))))

    assert seen[0] == Fold(9)
    assert seen[-1] == Fold(8)
    assert [marked(line) for line in seen[1:-1] if not isinstance(line, Fold)] == [
        "Paragraph number 9.",
        "Paragraph number [-10-]{+ten+}.",
        "Paragraph number 11.",
    ]


def test_an_article_of_2500_paragraphs_that_was_written_anew_is_shown() -> None:
    before = "\n".join(f"Old paragraph {n} with some words in it." for n in range(2_500))
    now = "\n".join(f"New paragraph {n} with other words in it." for n in range(2_500))

    assert len(differences(before, now)) == 5_000


def many_lines(pattern: str, count: int) -> list[str]:
    """So many lines of one word each: no two neighbours are alike."""
    return [pattern[n % len(pattern)] for n in range(count)]


def test_more_lines_than_can_be_compared_are_shown_whole_between_what_stayed() -> None:
    """The table of a comparison grows with the product of both: 1 GB for two texts of 100,000 short lines."""
    gone, come = many_lines("xyz", 60_000), many_lines("zxxy", 80_000)
    lines = differences("\n".join(["First.", *gone, "Last."]), "\n".join(["First.", *come, "Last."]))

    kinds = [line[0].kind for line in lines if len(line) == 1]
    assert kinds[0] == kinds[-1] == Kind.SAME
    assert [line[0].text for line in lines if line[0].kind is Kind.REMOVED] == gone
    assert len(kinds) == len(lines) == 2 + len(gone) + len(come)


def test_one_line_changed_among_very_many_is_still_shown_word_by_word() -> None:
    before = "\n".join(f"Line {n} of the register." for n in range(90_000))

    lines = differences(before, before.replace("Line 45000 of", "Line 45000 in"))

    assert [marked(line) for line in lines if len(line) > 1] == ["Line 45000 [-of-] {+in+} the register."]


def test_a_paragraph_of_very_many_words_is_shown_whole() -> None:
    before, now = "a b " * 200_000, "b a c " * 200_000

    assert [[piece.kind for piece in line] for line in differences(before, now)] == [[Kind.REMOVED], [Kind.ADDED]]


WORDS = st.lists(st.sampled_from(["a", "b", "c ", "\n", "大", "."]), max_size=40).map("".join)


@settings(deadline=None)
@given(before=WORDS, now=WORDS)
def test_both_texts_can_be_read_from_what_is_shown(before: str, now: str) -> None:
    lines = differences(before, now)

    def words(*kinds: Kind) -> str:
        text = "".join(piece.text for line in lines for piece in line if piece.kind in kinds)
        return "".join(text.replace("¶", "").split())

    assert words(Kind.SAME, Kind.ADDED) == "".join(now.split())
    assert words(Kind.SAME, Kind.REMOVED) == "".join(before.split())
