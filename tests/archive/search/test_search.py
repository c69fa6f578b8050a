"""Words that people type become hits, whatever they type."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import export as exports
from archive.errors import UsageError
from archive.search.highlight import MARK, UNMARK, spans
from archive.search.search import Hit, Order, Question, Search
from archive.storage.cjk_pairs import grams, runs
from archive.storage.connection import open_reader
from tests.archive import sample


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(sample.build(tmp_path_factory.mktemp("search") / "sample.db"))) as opened:
        yield opened


def find(conn: sqlite3.Connection, typed: str, limit: int = 20, offset: int = 0, **narrow: Any) -> list[Hit]:
    return Search(conn, Question(text=typed, **narrow)).hits(limit, offset)


def count(conn: sqlite3.Connection, typed: str, **narrow: Any) -> int:
    return Search(conn, Question(text=typed, **narrow)).total


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text() | st.text(alphabet='ab"*-()^:+{}NOTANDR ,\x00\ud800'))
def test_every_text_is_answered_or_said_not_to_be_understood(conn: sqlite3.Connection, typed: str) -> None:
    try:
        hits = find(conn, typed, limit=100)
    except UsageError:
        return
    assert len(hits) == count(conn, typed)


def test_words_in_the_title_rank_first(conn: sqlite3.Connection) -> None:
    assert find(conn, "night ferry harbour")[0].id == sample.FERRY_ID
    assert find(conn, "brucken")[0].id == sample.GERMAN_ID, "diacritics are folded"


def test_what_matched_is_marked(conn: sqlite3.Connection) -> None:
    (hit,) = find(conn, "lanterns")
    assert f"{MARK}lanterns{UNMARK}" in hit.snippet
    assert ("lanterns", True) in list(spans(hit.snippet))
    assert "".join(text for text, _ in spans(hit.snippet)) == hit.snippet.replace(MARK, "").replace(UNMARK, "")


def test_the_current_version_is_searched(conn: sqlite3.Connection) -> None:
    assert [hit.id for hit in find(conn, "ferry back")] == [sample.FERRY_ID]
    assert count(conn, "ferry returns") == 0


@pytest.mark.parametrize(
    "typed", ["夜行", "フェリー", "四百人", "岸壁に", "港", "ﾌｪﾘｰ", "author:港", "title:古い", "title:古い港 四百"]
)
def test_words_inside_a_run_without_spaces_are_found_and_marked(conn: sqlite3.Connection, typed: str) -> None:
    (hit,) = find(conn, typed)
    assert hit.id == sample.JAPANESE_ID
    if not typed.startswith("author"):
        assert MARK in hit.title + hit.snippet


@pytest.mark.parametrize("typed", ["夜壁", "四百台", "title:四百", "-夜行 フェリー"])
def test_characters_that_do_not_stand_side_by_side_are_no_word(conn: sqlite3.Connection, typed: str) -> None:
    assert find(conn, typed) == []


def test_without_words_the_newest_come_first(conn: sqlite3.Connection) -> None:
    hits = find(conn, "", limit=100)
    shown = [hit.published or "" for hit in hits]
    assert len(hits) == count(conn, "") == sample.ARTICLES
    assert shown == sorted(shown, reverse=True)
    assert [hit.id for hit in hits[-2:]] == [sample.UNDATED_ID, sample.HOSTILE_ID], "not dated: in the order of filing"


def test_unwanted_words_alone_leave_the_rest(conn: sqlite3.Connection) -> None:
    assert count(conn, "-council") == sample.ARTICLES - sample.FILLERS
    assert all("Council" not in hit.title for hit in find(conn, "-council", limit=100))


def test_hits_can_be_narrowed(conn: sqlite3.Connection) -> None:
    assert count(conn, "harbour", source=("council",)) == sample.FILLERS
    assert count(conn, "harbour", source=("council", "harbour")) == sample.FILLERS + 1
    assert count(conn, "harbour", language=("en", "ja"), since=date(2026, 11, 20), until=date(2026, 11, 20)) == 1
    assert {hit.source for hit in find(conn, "harbour", source=("council",))} == {"council"}
    for narrow in (
        {"since": date(2026, 11, 21)},
        {"until": date(2024, 1, 1)},
        {"since": date(2026, 11, 21), "until": date.max},
    ):
        assert count(conn, "", **narrow) == count(conn, "kind:article", **narrow) == 0, "what is not dated is of no day"


def test_pages_of_hits_join_without_gap_or_overlap(conn: sqlite3.Connection) -> None:
    ids = [hit.id for offset in range(0, 40, 7) for hit in find(conn, "harbour", limit=7, offset=offset)]
    assert len(ids) == len(set(ids)) == count(conn, "harbour")


def test_a_misspelt_source_is_not_an_empty_result(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match=r'no source "harbor".*harbour'):
        find(conn, "ferry", source=("harbor",))
    with pytest.raises(UsageError, match='no language "xx"'):
        count(conn, "ferry", language=("xx",))


def test_a_period_that_ends_before_it_begins_is_refused(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match="ends"):
        find(conn, "ferry", since=date(2026, 2, 1), until=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("title:ferry", 1),
        ("title:lanterns", 0),
        ('author:"ines calder"', 1),
        ("author:lanterns", 0),
        ("source:council harbour", sample.FILLERS),
        ("harbour source:council source:harbour", sample.FILLERS + 1),
        ("harbour -source:council", 1),
        ("lang:de", 1),
        ("year:2025", 1),
        ("year:2026 -lang:en -language:ar", 1),
        ("kind:liveblog", 0),
        ("kind:article", sample.ARTICLES),
        ("s5", 0),
        ("tag:ferries", 1),
        ("TAG:Harbour tag:TRANSPORT", 1),
        ("tag:harbour tag:+brucken", 0),
        ("tag:harbour OR tag:+brucken", 2),
        ("tag:(ferries OR amt)", 2),
        ("tag:الميناء", 1),
        ("section:local", 1),
        ("section:local section:地域", 2),
        ("-tag:ferries", sample.ARTICLES - 1),
        ("year:none", 2),
        ("year:2025 year:none", 3),
        ("year:2025 OR lanterns", 2),
        ('source:"the harbour post" ferry', 1),
        ("source:council.example", sample.FILLERS),
        ("(year:2025 OR lang:ja) NOT tag:amt", 1),
    ],
)
def test_fields_narrow(conn: sqlite3.Connection, typed: str, expected: int) -> None:
    assert len(find(conn, typed, limit=100)) == count(conn, typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "source:harbor",
        "-source:harbor ferry",
        "lang:tlh",
        "kind:poem",
        "year:26",
        "tag:nothing",
        "-tag:nothing",
        "section:nowhere",
    ],
)
def test_a_field_that_cannot_be_meant_is_named(conn: sqlite3.Connection, typed: str) -> None:
    with pytest.raises(UsageError):
        find(conn, typed)


def test_what_is_typed_and_what_is_chosen_hold_together(conn: sqlite3.Connection) -> None:
    assert count(conn, "harbour source:council", source=("council",)) == sample.FILLERS
    assert count(conn, "harbour source:council", source=("harbour",)) == 0
    assert count(conn, "year:2025", year=("2026",)) == 0


@pytest.mark.parametrize(
    "narrow",
    [
        {},
        {"source": ("council",)},
        {"source": ("council", "hafen", "harbour")},
        {"language": ("en",)},
        {"language": ("en", "de")},
        {"year": ("2026",)},
        {"year": ("2025", "none")},
        {"year": ("none",)},
        {"year": ("2026", "none"), "until": date(2026, 1, 9)},
        {"since": date(2026, 1, 5), "until": date(2026, 1, 20)},
        {"since": date(2025, 3, 2)},
        {"until": date(2026, 1, 1)},
        {"year": ("2026",), "since": date(2025, 12, 5), "until": date(2026, 1, 5), "source": ("council",)},
    ],
)
def test_counts_in_tables_and_in_the_index_are_the_same(conn: sqlite3.Connection, narrow: dict[str, Any]) -> None:
    plain = Search(conn, Question(**narrow))
    indexed = Search(conn, Question(text="kind:article", **narrow))
    assert plain.total == indexed.total == len(plain.ids(100))
    assert sorted(plain.ids(100)) == sorted(indexed.ids(100))
    assert plain.facets() == indexed.facets()
    for order in (Order.NEWEST, Order.OLDEST):
        whole = Search(conn, Question(order=order, **narrow)).ids(100)
        assert whole == Search(conn, Question(text="kind:article", order=order, **narrow)).ids(100)
        assert whole == [
            each for at in range(0, 100, 7) for each in Search(conn, Question(order=order, **narrow)).ids(7, at)
        ]


def test_a_facet_is_counted_as_if_not_narrowed_by_itself(conn: sqlite3.Connection) -> None:
    facets = Search(conn, Question(text="harbour", source=("council",))).facets()
    assert {key: times for key, _, times in facets.sources} == {"council": sample.FILLERS, "harbour": 1}
    assert facets.languages == (("en", sample.FILLERS),)
    assert facets.years == (("2026", sample.FILLERS),)
    assert sum(times for _, times in facets.months) == sample.FILLERS


def test_a_search_that_finds_too_much_says_so_and_shows_the_newest(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.search.search.MOST", 10)
    found = Search(conn, Question(text="harbour"))
    assert (found.total, found.is_whole, found.is_ranked) == (10, False, False)
    shown = [hit.published for hit in found.hits(100)]
    assert len(shown) == 10
    assert shown == sorted(shown, reverse=True)
    assert not found.facets().whole
    rare = Search(conn, Question(text="harbour lanterns"))
    assert (rare.total, rare.is_whole, rare.is_ranked) == (1, True, True)


def test_a_search_looks_at_so_many_articles_and_says_so(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Search(conn, Question(text="harbour"))
    assert (whole.total, whole.is_whole) == (sample.FILLERS + 1, True)
    monkeypatch.setattr("archive.search.search.LOOKED_AT", 7)
    cut_short = Search(conn, Question(text="harbour"))
    assert (cut_short.total, cut_short.is_whole) == (7, False)


def test_the_oldest_can_come_first(conn: sqlite3.Connection) -> None:
    for typed in ("", "harbour"):
        shown = [hit.published or "~" for hit in find(conn, typed, limit=100, order=Order.OLDEST)]
        assert shown == sorted(shown)


def test_an_export_of_a_search_selects_what_it_finds(conn: sqlite3.Connection) -> None:
    search = Search(conn, Question(text="harbour -ferry", since=date(2026, 1, 5)))
    assert exports.count(conn, search.export_selection()) == search.total == 26
    for typed in ("(ferry OR lanterns) source:harbour", "tag:ferries OR year:2025", "-source:council", "year:none"):
        search = Search(conn, Question(text=typed))
        assert exports.count(conn, search.export_selection()) == search.total > 0
    nothing = Search(conn, Question(text="source:harbour", source=("council",)))
    assert exports.count(conn, nothing.export_selection()) == nothing.total == 0


def test_pairs_of_characters_are_what_is_indexed_of_a_run() -> None:
    assert grams("plain words, naïve") == ""
    assert grams("東京都に iPhone手机") == "東京 京都 都に に 手机 机 iPhone"
    assert grams("น้ำมัน") == grams("นํามน".replace("ํา", "ำ")), "marks above and below are left out"
    assert list(runs("東京 tower")) == [("東京", True), ("tower", False)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("lanterns", "brucken"), ("harbour", "ferry"), ("council", "zzzz"), ("夜行", "lanterns"), ("coun*", "bell")],
)
def test_words_are_joined_as_sets_are(conn: sqlite3.Connection, one: str, other: str) -> None:
    def ids(typed: str) -> set[int]:
        return {hit.id for hit in find(conn, typed, limit=100)}

    every = ids("")
    assert ids(f"{one} OR {other}") == ids(one) | ids(other)
    assert ids(f"{one} AND {other}") == ids(f"{one} {other}") == ids(one) & ids(other)
    assert ids(f"{one} NOT {other}") == ids(f"{one} -{other}") == ids(f"{one} AND NOT {other}") == ids(one) - ids(other)
    assert ids(f"{one} OR NOT {other}") == ids(one) | (every - ids(other))
    assert ids(f"NOT ({one} OR {other})") == ids(f"-({one} OR {other})") == every - ids(one) - ids(other)
    assert ids(f"harbour AND ({one} OR {other})") == ids("harbour") & (ids(one) | ids(other))
    assert ids(f"harbour {one} OR {other}") == (ids("harbour") & ids(one)) | ids(other)


def test_what_brings_either_word_is_ranked_and_nothing_is_lost(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.search.search._TELLING", 5)
    found = Search(conn, Question(text="lanterns OR council"))
    assert found.is_ranked
    ids = found.ids(100)
    assert ids[0] == sample.FERRY_ID, "the word that is everywhere ranks nothing"
    assert len(ids) == len(set(ids)) == found.total == sample.FILLERS + 1
    assert len(found.ids(7, 28)) == 3


def test_what_is_not_dated_is_counted_for_itself(conn: sqlite3.Connection) -> None:
    everything = Search(conn, Question())
    assert (everything.undated, everything.is_of_time) == (2, False)
    facets = everything.facets()
    assert facets.undated == 2
    assert sum(times for _, times in facets.years) == sum(times for _, times in facets.months) == sample.ARTICLES - 2
    spanned = Search(conn, Question(text="kind:article", since=date(2026, 11, 1)))
    assert (spanned.undated, spanned.leaves_out_undated, spanned.total) == (2, True, 3)
    assert Search(conn, Question(text="lanterns", year=("2025",))).undated == 0
    alone = Search(conn, Question(year=("none",)))
    assert (alone.total, alone.undated, alone.leaves_out_undated) == (2, 2, False)
