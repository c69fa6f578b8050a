"""Words that people type become hits, whatever they type."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.reader import open_reader
from archive.search import MARK, MAX_TERMS, UNMARK, Term, count, expression, parse, search, spans
from tests.archive import sample


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(sample.build(tmp_path_factory.mktemp("search") / "sample.db"))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "fts"),
    [
        ("ferry", '"ferry"'),
        ("night ferry", '"night" AND "ferry"'),
        ('"old harbour" bell', '"old harbour" AND "bell"'),
        ("“old harbour”", '"old harbour"'),
        ('"old harb"*', '"old harb"*'),
        ("harb*", '"harb"*'),
        ("ferry -bell", '("ferry") NOT ("bell")'),
        ('ferry bell -"old harbour" -wall', '("ferry" AND "bell") NOT ("old harbour" OR "wall")'),
        ('an "unfinished phrase', '"an" AND "unfinished phrase"'),
        ("a OR b NOT c", '"a" AND "OR" AND "b" AND "NOT" AND "c"'),
        ("title:ferry", '"title:ferry"'),
        ("co-operate", '"co-operate"'),
        ("港", '"港"*'),
        ("?! - * ()", None),
        ("-bell", None),
        ("", None),
    ],
)
def test_a_typed_text_becomes_an_expression(typed: str, fts: str | None) -> None:
    assert expression(parse(typed)) == fts


def test_a_text_without_a_word_is_not_taken_for_an_empty_one() -> None:
    assert parse("?!").unusable
    assert not parse("").unusable
    assert not parse("-bell").unusable
    assert parse("-bell").unwanted == (Term(text="bell"),)


def test_more_terms_than_anybody_types_are_left_out() -> None:
    assert len(parse("word " * 100).wanted) == MAX_TERMS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text() | st.text(alphabet='ab"*-()^:+{}NOTANDR ,\x00\ud800'))
def test_every_text_is_answered(conn: sqlite3.Connection, typed: str) -> None:
    hits = search(conn, typed, limit=100)
    assert len(hits) == count(conn, typed)


def test_words_in_the_title_rank_first(conn: sqlite3.Connection) -> None:
    assert search(conn, "night ferry harbour")[0].id == sample.FERRY_ID
    assert search(conn, "brucken")[0].id == sample.GERMAN_ID, "diacritics are folded"


def test_what_matched_is_marked(conn: sqlite3.Connection) -> None:
    (hit,) = search(conn, "lanterns")
    assert f"{MARK}lanterns{UNMARK}" in hit.snippet
    assert ("lanterns", True) in list(spans(hit.snippet))
    assert "".join(text for text, _ in spans(hit.snippet)) == hit.snippet.replace(MARK, "").replace(UNMARK, "")


def test_the_current_version_is_searched(conn: sqlite3.Connection) -> None:
    assert [hit.id for hit in search(conn, "ferry back")] == [sample.FERRY_ID]
    assert count(conn, "ferry returns") == 0


def test_a_run_of_a_script_without_spaces_is_found_by_its_beginning(conn: sqlite3.Connection) -> None:
    assert [hit.id for hit in search(conn, "夜行")] == [sample.JAPANESE_ID]


def test_without_words_the_newest_come_first(conn: sqlite3.Connection) -> None:
    hits = search(conn, "", limit=100)
    shown = [hit.published or hit.first_seen for hit in hits]
    assert len(hits) == count(conn, "") == sample.ARTICLES
    assert shown == sorted(shown, reverse=True)


def test_unwanted_words_alone_leave_the_rest(conn: sqlite3.Connection) -> None:
    assert count(conn, "-council") == sample.ARTICLES - sample.FILLERS
    assert all("Council" not in hit.title for hit in search(conn, "-council", limit=100))


def test_hits_can_be_narrowed(conn: sqlite3.Connection) -> None:
    assert count(conn, "harbour", source="council") == sample.FILLERS
    assert count(conn, "harbour", language="en", since=date(2026, 11, 20), until=date(2026, 11, 20)) == 1
    assert {hit.source for hit in search(conn, "harbour", source="council")} == {"council"}
    assert count(conn, "", since=date(2026, 11, 21), until=date.max) == 2, "undated ones count from when they were seen"


def test_pages_of_hits_join_without_gap_or_overlap(conn: sqlite3.Connection) -> None:
    ids = [hit.id for offset in range(0, 40, 7) for hit in search(conn, "harbour", limit=7, offset=offset)]
    assert len(ids) == len(set(ids)) == count(conn, "harbour")


def test_a_misspelt_source_is_not_an_empty_result(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match=r'no source "harbor".*harbour'):
        search(conn, "ferry", source="harbor")
    with pytest.raises(UsageError, match='no language "xx"'):
        count(conn, "ferry", language="xx")


def test_a_period_that_ends_before_it_begins_is_refused(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match="ends"):
        search(conn, "ferry", since=date(2026, 2, 1), until=date(2026, 1, 1))


def test_snippets_are_cut_for_one_page_of_hits_only(conn: sqlite3.Connection) -> None:
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    search(conn, "harbour", source="council", since=date(2026, 1, 1))
    conn.set_trace_callback(None)
    (ranked,) = [sql for sql in statements if "snippet" in sql]
    plan = [row["detail"] for row in conn.execute("EXPLAIN QUERY PLAN " + ranked)]
    assert plan[0].startswith("SCAN articles_fts VIRTUAL TABLE")
    assert not any("ORDER BY" in step for step in plan), plan
