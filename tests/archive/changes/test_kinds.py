"""What a second look found: each kind of change, and what is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes.kinds import Change, Filed, Reading, changed_words, decide, digest
from archive.changes.noise import is_noise
from archive.model.article import Access, Article, Clutter, ClutterKind


def filed(title: str = "Bridge opens", text: str = "One.\nTwo.", extractor: str = "1") -> Filed:
    return Filed(title=title, text=text, sha256=digest(title, text), extractor=extractor)


def article(title: str = "Bridge opens", text: str = "One.\nTwo.") -> Article:
    return Article(url="http://paper.test/a", title=title, paragraphs=tuple(text.split("\n")))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (None, article(), Change.NEW),
        (filed(), article(), Change.SAME),
        (filed(), article(title="Bridge opens late"), Change.HEADLINE),
        (filed(), article(text="One.\nTwo and a half."), Change.EDIT),
        (filed(), article(title="Bridge opens late", text="Other."), Change.EDIT),
        (filed(), article(text="One\nTwo!"), Change.COSMETIC),
        (filed(), article(title="BRIDGE OPENS"), Change.COSMETIC),
        (filed(), article(text="One.Two."), Change.COSMETIC),
        (filed(extractor="0"), article(text="Other."), Change.REEXTRACTED),
        (filed(extractor="0"), article(), Change.SAME),
    ],
)
def test_a_change_has_a_kind(old: Filed | None, new: Article, change: Change) -> None:
    assert decide(old, Reading(article=new, extractor="1")) is change


def test_one_letter_in_two_unicode_forms_is_the_same_text() -> None:
    assert digest("Caf\u00e9", "x") == digest("Cafe\u0301", "x")


HOUSE = "The lamp burns."
CUT = (Clutter(kind=ClutterKind.OTHER, text=HOUSE, rule="learned", after_paragraph=2),)


@pytest.mark.parametrize(
    ("text", "cuts", "body", "change"),
    [
        ("One.\nTwo.", CUT, "other", Change.REEXTRACTED),
        ("One.\nTwo.", CUT, None, Change.REEXTRACTED),
        ("One.\nTwo.", CUT, "same", Change.SAME),
        ("One.\nThree.", CUT, "other", Change.EDIT),
        ("One\nTwo!", CUT, "other", Change.COSMETIC),
        ("One.\nTwo.", (), "other", Change.EDIT),  # the line has gone from the page
    ],
)
def test_what_was_learned_meanwhile_is_no_change_by_the_paper(
    text: str, cuts: tuple[Clutter, ...], body: str | None, change: Change
) -> None:
    old = replace(filed(text=f"One.\nTwo.\n{HOUSE}"), body="same")

    new = Reading(article=article(text=text), extractor="1", cuts=cuts, body=body)

    assert decide(old, new) is change


@given(title=st.text(min_size=1), text=st.text())
def test_an_article_never_differs_from_itself(title: str, text: str) -> None:
    one = Article(url="http://paper.test/a", title=title, paragraphs=(text,))

    old = Filed(title=title, text=text, sha256=digest(title, text), extractor="1")
    assert decide(old, Reading(article=one, extractor="1")) is Change.SAME


# Walls, corrections, noise ------------------------------------------------------------------------------------------

LONG = "The bridge opens on Monday after nine years.\nThe mayor will cut the ribbon at noon.\nBuses go from Tuesday on."


def change(before: str, now: str, *, cuts: tuple[Clutter, ...] = (), access: Access = Access.OPEN) -> Change:
    """What becomes of an article with one text when it is read again with another."""
    new = replace(article(text=now), access=access)
    return decide(filed(text=before), Reading(article=new, extractor="1", cuts=cuts))


def test_what_a_wall_leaves_is_no_edit() -> None:
    left = "The bridge opens on Monday after nine years.\nThe mayor will cut…"

    assert change(LONG, left, access=Access.PAYWALLED) is Change.TRUNCATED


@pytest.mark.parametrize(
    ("left", "access"),
    [
        ("The bridge opens on Monday after nine years.", Access.OPEN),  # a paper may shorten its article
        ("The bridge stays shut.", Access.PAYWALLED),  # that is another text
        (LONG.replace("Monday", "Tuesday"), Access.PAYWALLED),  # as long as before
    ],
)
def test_a_shorter_text_is_an_edit_where_no_wall_has_cut_it(left: str, access: Access) -> None:
    assert change(LONG, left, access=access) is Change.EDIT


@pytest.mark.parametrize(
    "note",
    [
        "Correction: an earlier version of this article gave the wrong day.",
        "This article was amended on 3 March to correct the name of the mayor.",
        "Korrektur: In einer früheren Fassung stand ein falscher Tag.",
        "Una versión anterior de este artículo decía otra cosa.",
        "更正：日期有误。",
    ],
)
def test_an_edit_that_says_it_corrects_is_a_correction(note: str) -> None:
    assert change(LONG, f"{LONG.replace('Monday', 'Friday')}\n{note}") is Change.CORRECTION


def test_a_correction_note_that_was_cut_tells_as_much() -> None:
    cut = Clutter(kind=ClutterKind.CORRECTION, text="Correction: the bridge opens on Friday.", rule="notes")

    assert change(LONG, LONG.replace("Monday", "Friday"), cuts=(cut,)) is Change.CORRECTION


def test_an_edit_below_a_correction_that_was_there_before_is_an_edit() -> None:
    old = f"{LONG}\nCorrection: the bridge opens on Monday."

    assert change(old, old.replace("noon", "one")) is Change.EDIT


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Updated 2 hours ago", "Updated 3 hours ago"),
        ("5 min read · 12 comments", "5 min read · 340 comments"),
        ("vor 5 Minuten", "vor einer Stunde"),
        ("il y a 2 heures", "il y a 1 jour"),
        ("3分钟前", "2小时前"),
        ("", "1.2k shares"),
    ],
)
def test_a_counter_or_a_relative_time_is_nobodys_edit(before: str, now: str) -> None:
    assert change(f"{LONG}\n{before}".strip(), f"{LONG}\n{now}") is Change.SAME


@pytest.mark.parametrize("line", ["It opened 3 hours ago.", "The 12 comments were read out.", "Five", "2026", "…", ""])
def test_a_sentence_with_a_time_in_it_is_no_noise(line: str) -> None:
    assert not is_noise(line)


def test_other_rules_of_the_site_are_no_edit() -> None:
    old = replace(filed(), rules="a")

    assert decide(old, Reading(article=article(text="Other."), extractor="1", rules="b")) is Change.REEXTRACTED
    assert decide(old, Reading(article=article(text="Other."), extractor="1", rules="a")) is Change.EDIT


def test_words_that_changed_are_counted_both_ways() -> None:
    assert changed_words("The bridge opens on Monday.", "The bridge opens late on Friday.") == 3
    assert changed_words("大桥周一开通", "大桥周五开通") == 2
