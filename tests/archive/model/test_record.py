"""The JSON shape is the same from an extraction and from an archive."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import get_type_hints

import orjson
import pytest

from archive.model.article import Extraction
from archive.model.outcome import Failure, Outcome
from archive.storage.connection import open_reader
from archive.storage.read_article import Record, StoredRecord, markdown, plain, record, stored
from tests.archive import sample

KEYS = [
    "url", "title", "standfirst", "authors", "published", "modified", "language", "section", "tags", "text",
    "paragraphs", "images", "removed", "kind", "access", "outcome", "notes",
]  # fmt: skip


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(sample.build(tmp_path_factory.mktemp("records") / "sample.db"))) as opened:
        yield opened


def test_the_keys_are_those_that_were_promised() -> None:
    result = record(sample.FERRY.url, Extraction(article=sample.FERRY, clutter=sample.FERRY_CLUTTER))
    assert list(result) == KEYS
    assert set(get_type_hints(Record)) == set(KEYS)
    assert list(result["images"][0]) == ["url", "caption", "credit", "alt", "after_paragraph", "lead"]
    assert list(result["removed"][0]) == ["kind", "text", "rule", "after_paragraph"]


def test_text_is_the_paragraphs_separated_by_newlines() -> None:
    result = record(sample.FERRY.url, Extraction(article=sample.FERRY))
    assert result["text"] == "\n".join(result["paragraphs"])
    assert result["outcome"] == "saved"


def test_a_date_is_as_precise_as_the_page_was() -> None:
    assert record("u", Extraction(article=sample.FERRY))["published"] == "2026-11-20T18:30:00Z"
    assert record("u", Extraction(article=sample.ARABIC))["published"] == "2026-11-19"
    assert record("u", Extraction(article=sample.UNDATED))["published"] is None


def test_a_failure_has_the_same_keys_and_says_why() -> None:
    result = record("https://a.example/1", Failure(url="", stage="extract", outcome=Outcome.QUARANTINED, detail="slow"))
    assert list(result) == KEYS
    assert (result["outcome"], result["notes"], result["text"]) == ("quarantined", ["extract: slow"], "")


def test_every_record_can_be_written_as_json() -> None:
    for result in (Extraction(article=sample.HOSTILE), Failure(url="", stage="fetch", outcome=Outcome.DNS)):
        assert orjson.loads(orjson.dumps(record("https://a.example/", result)))["url"] == "https://a.example/"


@pytest.mark.parametrize(
    ("article_id", "article", "clutter"),
    [
        (sample.HOSTILE_ID, sample.HOSTILE, sample.HOSTILE_CLUTTER),
        (sample.ARABIC_ID, sample.ARABIC, ()),
        (sample.JAPANESE_ID, sample.JAPANESE, ()),
        (sample.GERMAN_ID, sample.GERMAN, ()),
        (sample.UNDATED_ID, sample.UNDATED, ()),
    ],
)
def test_what_was_filed_is_read_back_the_same(conn: sqlite3.Connection, article_id, article, clutter) -> None:  # type: ignore[no-untyped-def]
    made = record(article.url, Extraction(article=article, clutter=clutter, notes=("jsonld",)))
    read = stored(conn, article_id)
    assert read is not None
    assert len({cut.pop("id") for cut in read["removed"]}) == len(clutter)
    assert {key: read[key] for key in KEYS} == made  # type: ignore[literal-required]


def test_a_stored_article_says_where_it_comes_from(conn: sqlite3.Connection) -> None:
    read = stored(conn, sample.FERRY_ID)
    assert read is not None
    assert set(read) == set(get_type_hints(StoredRecord))
    assert read["title"] == "Night ferry is back in the old harbour"
    assert (read["source"], read["version"], read["outcome"]) == ("harbour", 2, "updated")
    assert [version["change"] for version in read["versions"]] == ["new", "headline"]
    assert read["provenance"]["warc_offset"] == 99_000
    assert len(read["removed"]) == len(sample.FERRY_CLUTTER), "the cuts of the current version, not of all"


@pytest.mark.parametrize("article_id", [0, 999, -1, 2**63, 10**100])
def test_an_unknown_id_is_nothing(conn: sqlite3.Connection, article_id: int) -> None:
    assert stored(conn, article_id) is None


def test_markdown_holds_the_text_and_fetches_nothing(conn: sqlite3.Connection) -> None:
    read = stored(conn, sample.FERRY_ID)
    assert read is not None
    text = markdown(read)
    assert text.startswith('---\ntitle: "Night ferry is back')
    assert "# Night ferry is back in the old harbour\n" in text
    assert all(paragraph in text for paragraph in sample.FERRY.paragraphs)
    assert "- The bell of 1931." in text
    assert "![" not in text


def test_markdown_lets_no_stored_text_become_markup(conn: sqlite3.Connection) -> None:
    read = stored(conn, sample.HOSTILE_ID)
    assert read is not None
    body = markdown(read).split("\n---\n", 1)[1]
    assert "<script" not in body.replace("\\<script", "")
    listed = markdown({**record("u", Extraction(article=sample.UNDATED)), "paragraphs": ["# one", "1. two", "- three"]})
    assert listed.endswith("\n\n\\# one\n\n1\\. two\n\n\\- three\n")


def test_plain_text_begins_with_title_byline_and_address() -> None:
    text = plain(record(sample.ARABIC.url, Extraction(article=sample.ARABIC)))
    assert text.splitlines()[:3] == [sample.ARABIC.title, "ليلى حداد · 2026-11-19", sample.ARABIC.url]
    assert text.endswith(sample.ARABIC.paragraphs[-1] + "\n")
