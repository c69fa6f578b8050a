"""What a second look found: each kind of change, and what is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes import Change, Filed, decide, digest
from archive.models import Article, Clutter, ClutterKind


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
    assert decide(old, new, "1") is change


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

    assert decide(old, article(text=text), "1", cuts=cuts, body=body) is change


@given(title=st.text(min_size=1), text=st.text())
def test_an_article_never_differs_from_itself(title: str, text: str) -> None:
    one = Article(url="http://paper.test/a", title=title, paragraphs=(text,))

    assert decide(Filed(title=title, text=text, sha256=digest(title, text), extractor="1"), one, "1") is Change.SAME
