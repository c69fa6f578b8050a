"""Text as the archive keeps it."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import count_words, fold, scrub, unescape


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b\udfff", "ab"),
        ("a\x0b\x1f\x7f\x85\x9fb", "ab"),
        ("a\ufffe\uffffb", "ab"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("naïve – “日本” 🐟 \u200f", "naïve – “日本” 🐟 \u200f"),
    ],
)
def test_what_no_store_can_carry_goes_and_all_else_stays(raw: str, kept: str) -> None:
    assert scrub(raw) == kept


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("  a  b ", "a b"),
        ("a\n\t b\u00a0\u2003c", "a b c"),
        ("a \x00 b", "a b"),
        ("\u3000日本\u3000語", "日本 語"),
        (" \n ", ""),
        ("", ""),
    ],
)
def test_white_space_is_one_space(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(st.text(st.characters(codec=None), max_size=100))
def test_scrubbed_text_can_be_stored_and_comes_back(raw: str) -> None:
    text = scrub(raw)
    conn = sqlite3.connect(":memory:")
    assert conn.execute("SELECT ?", (text,)).fetchone() == (text,)
    conn.close()


@given(st.text(st.characters(codec=None), max_size=100))
def test_scrubbing_and_folding_twice_is_doing_it_once(raw: str) -> None:
    assert scrub(scrub(raw)) == scrub(raw)
    assert fold(fold(raw)) == fold(raw)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— … !", 0),
        ("The mill turns.", 3),
        ("1.2 million, 3 %", 4),
        ("钟楼重新敲响", 6),
        ("橋は修理", 4),
        ("BBC中文网", 4),
        ("مكتبة القطار القديم", 3),
        ("กขค", 3),
        ("한국어 기사", 2),
    ],
)
def test_words_are_counted_as_the_field_counts_them(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("A &amp; B", "A & B"),
        ("&#" + "9" * 5_000 + ";x", "\ufffdx"),
        ("&#" + "0" * 5_000 + "65;", "A"),
        ("&#" + "0" * 5_000 + ";", "\ufffd"),
        ("&#x" + "f" * 5_000 + ";", "\ufffd"),
        ("&# 65;", "&# 65;"),
    ],
)
def test_a_reference_of_any_length_is_read(written: str, text: str) -> None:
    assert unescape(written) == text
