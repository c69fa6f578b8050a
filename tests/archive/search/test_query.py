"""What people type is read as it is meant, or said not to be understood."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.search.expressions import caption_expression, expression
from archive.search.query import MAX_DEPTH, MAX_QUERY, MAX_TERMS, Term, parse

_SOURCES = {"harbour": "s1", "council": "s2"}


def token(term: Term) -> str:
    """The word of a fact, for an archive of two sources."""
    return _SOURCES[term.text] if term.field == "source" else f"{str(term.field)[0]}{term.text}"


@pytest.mark.parametrize(
    ("typed", "fts"),
    [
        ("ferry", '- facts : "ferry"'),
        ("night ferry", '- facts : "night" AND - facts : "ferry"'),
        ("night ferry night", '- facts : "night" AND - facts : "ferry"'),
        ('"old harbour" bell', '- facts : "old harbour" AND - facts : "bell"'),
        ("“old harbour”", '- facts : "old harbour"'),
        ('"old harb"*', '- facts : "old harb"*'),
        ("harb*", '- facts : "harb"*'),
        ("ferry -bell", '(- facts : "ferry") NOT (- facts : "bell")'),
        ("ferry --bell", '(- facts : "ferry") NOT (- facts : "bell")'),
        ('ferry -"old harbour" -wall', '(- facts : "ferry") NOT (- facts : "old harbour" OR - facts : "wall")'),
        ("mill - a story", '- facts : "mill" AND - facts : "a" AND - facts : "story"'),
        ("mill & bridge", '- facts : "mill" AND - facts : "bridge"'),
        ("a OR b", '(- facts : "a" OR - facts : "b")'),
        ("a | b", '(- facts : "a" OR - facts : "b")'),
        ("a or b", '- facts : "a" AND - facts : "or" AND - facts : "b"'),
        ("Not a And b", '- facts : "Not" AND - facts : "a" AND - facts : "And" AND - facts : "b"'),
        ('a "OR" b', '- facts : "a" AND - facts : "OR" AND - facts : "b"'),
        ("a b OR c", '((- facts : "a" AND - facts : "b") OR - facts : "c")'),
        ("a AND (b OR c)", '- facts : "a" AND (- facts : "b" OR - facts : "c")'),
        ("a NOT b", '(- facts : "a") NOT (- facts : "b")'),
        ("a AND NOT b", '(- facts : "a") NOT (- facts : "b")'),
        ("NOT NOT a", '- facts : "a"'),
        ("a -(b OR c)", '(- facts : "a") NOT ((- facts : "b" OR - facts : "c"))'),
        ("a OR -b", '(- facts : "a" OR (({facts} : "all") NOT (- facts : "b")))'),
        ("-OR a", '(- facts : "a") NOT (- facts : "OR")'),
        ("title:ferry", '{title} : "ferry"'),
        ("Title:ferr*", '{title} : "ferr"*'),
        ("title:(ferry OR bell)", '({title} : "ferry" OR {title} : "bell")'),
        ('author:"ines calder"', '{byline} : "ines calder"'),
        ("source:harbour", '{facts} : "s1"'),
        ("source:harbour source:council", '({facts} : "s1" OR {facts} : "s2")'),
        ("ferry -source:council", '(- facts : "ferry") NOT ({facts} : "s2")'),
        ("lang:de year:2026", '{facts} : "lde" AND {facts} : "y2026"'),
        ('tag:"night boats" tag:bells', '{facts} : "tnight boats" AND {facts} : "tbells"'),
        ("https://a.example/b", '- facts : "https://a.example/b"'),
        ("12:30", '- facts : "12:30"'),
        ("re: ferry", '- facts : "re:" AND - facts : "ferry"'),
        ('"other:word"', '- facts : "other:word"'),
        ("std::string", '- facts : "std::string"'),
        ("co-operate", '- facts : "co-operate"'),
        ("港", '({title_grams grams} : "港"* OR {byline} : "港"*)'),
        ("港*", '({title_grams grams} : "港"* OR {byline} : "港"*)'),
        ("東京都", '({title_grams grams} : "東京 京都" OR {byline} : "東京都"*)'),
        ("iPhone手机", '(- facts : "iPhone" AND ({title_grams grams} : "手机" OR {byline} : "手机"*))'),
        ("title:東京", '{title_grams} : "東京"'),
        ("-bell", '({facts} : "all") NOT (- facts : "bell")'),
        ("", None),
        (" \t", None),
    ],
)
def test_a_typed_text_becomes_an_expression(typed: str, fts: str | None) -> None:
    assert expression(parse(typed), token) == fts


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("other:word", 'no field "other"; the fields are title, author, source, language, year, kind, section, tag'),
        ('ferry site:"a b"', 'no field "site"'),
        ("date:2026-11-01", 'no field "date"'),
        ("words:>500", 'no field "words"'),
        ("topic:(a b)", 'no field "topic"'),
        ("source: gazette", 'nothing stands directly behind "source:"'),
        ("ferry title:", 'nothing stands directly behind "title:"'),
        ("title:-ferry", "-title:"),
        ("tag:!!", 'no word behind "tag:"'),
        ('tag:""', 'no word behind "tag:"'),
        ('an "unfinished phrase', 'quotation mark is open: "unfinished phrase'),
        ('12" gun', "quotation mark is open"),
        ("(ferry OR bell", "bracket is open"),
        ("ferry)", "closed that was not opened"),
        ("ferry ()", "nothing in a pair of brackets"),
        ("ferry AND", "AND stands between two things"),
        ("OR ferry", "OR stands between two things"),
        ("ferry OR OR bell", "OR stands between two things"),
        ("ferry AND OR bell", "AND stands between two things"),
        ("(ferry OR) bell", "OR stands between two things"),
        ("ferry NOT", "NOT stands before something"),
        ("OR", "OR stands between two things"),
        ("?! - *", 'no word in "?! - *"'),
        ("source:harbour AND source:council", "an article has one source"),
        ("title:(ferry source:harbour)", "field stands in the brackets of another"),
        ("title:(a tag:(b c))", "field stands in the brackets of another"),
        ("h*rbour", "behind the beginning of a word"),
        ("*bour", "behind the beginning of a word"),
        ("ha*", "too many words begin so"),
        ('"the old h"*', "too many words begin so"),
        ("ferry~2", "another search language"),
        ("ferry^3", "another search language"),
        ("wom?n", "another search language"),
        ("NEAR(ferry bell)", "another search language"),
        ("word " * (MAX_TERMS + 1), f"more than {MAX_TERMS} words"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} deep"),
        ("a" * (MAX_QUERY + 1), "1,001 characters"),
    ],
)
def test_what_cannot_be_understood_is_said(typed: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(typed)


def test_as_much_as_may_be_typed_is_read() -> None:
    assert len(parse(" ".join(f"w{n}" for n in range(MAX_TERMS))).terms) == MAX_TERMS
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH).tree == Term(text="a")


def test_facts_that_hold_for_all_are_told_from_the_rest() -> None:
    fields = frozenset({"source", "year"})
    facts, rest = parse("source:a ferry (source:b OR bell) (year:2025 OR year:2026) -year:2024").split(fields)
    assert facts == {"source": ("a",), "year": ("2025", "2026")}
    assert rest == parse("ferry (source:b OR bell) -year:2024")
    assert parse("source:a OR ferry").split(fields) == ({}, parse("source:a OR ferry"))
    assert parse("source:a OR source:b").split(fields) == ({"source": ("a", "b")}, parse(""))


def test_words_that_may_stand_in_what_is_found_are_those_that_are_wanted() -> None:
    assert [term.text for term in parse("a -b (c OR -(d -e)) tag:f").words] == ["a", "c", "e"]


def test_captions_are_searched_in_the_same_language() -> None:
    assert caption_expression(parse("quay OR (bell -1931)")) == '("quay" OR (("bell") NOT ("1931")))'
    for typed in ("-bell", "quay OR -bell"):
        with pytest.raises(UsageError, match="give a word that is to be in the caption"):
            caption_expression(parse(typed))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "b", '"c d"', "tag:e", "OR", "AND", "NOT", "-", "(", ")", '"', "|", "title:", "x:y"])
    )
)
def test_what_is_read_is_never_half_of_what_was_typed(pieces: list[str]) -> None:
    typed = " ".join(pieces)
    try:
        terms = [term.text for term in parse(typed).terms]
    except UsageError:
        return
    assert {"a", "b"} & set(pieces) <= {word for term in terms for word in term.split()}
    if '"' not in pieces:  # between quotation marks it is no fact
        assert ("tag:e" in pieces) == ("e" in terms)
