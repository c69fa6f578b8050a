"""Sources are named as they are shown; a name that two of them share is said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from archive.errors import UsageError
from archive.search.naming import Names
from archive.search.search import Question, Search
from archive.storage.connection import open_reader
from archive.text import name_key
from tests.archive import sample


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = sample.build(tmp_path_factory.mktemp("naming") / "sample.db")
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.executemany(
            "INSERT INTO sources (key, name, url, added_at) VALUES (?, ?, ?, '2026-11-23T08:05:00Z')",
            [("bell-1", "The Bell", "https://bell.example/"), ("bell-2", "The Bell", "https://www.bell-two.example/a")],
        )
        changed.execute("UPDATE articles SET site_name = 'Gazette of the Council' WHERE source_id = 5")
    with closing(open_reader(path)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("council", "council"),
        ("Council", "council"),
        ("council gazette", "council"),
        ("COUNCIL.example", "council"),
        ("http://council.example/minutes", "council"),
        ("gazette of the council", "council"),
        ("みなと新聞", "minato"),
        ("bell-two.example", "bell-2"),
        ("www.bell.example", "bell-1"),
    ],
)
def test_a_source_is_named_by_what_is_shown_of_it(conn: sqlite3.Connection, name: str, key: str) -> None:
    assert Names(conn).source(name) == key


def test_a_name_of_two_sources_is_said(conn: sqlite3.Connection) -> None:
    for question in (Question(source=("the bell",)), Question(text='ferry -source:"The Bell"')):
        with pytest.raises(UsageError, match="is the name of 2 sources; name one by its id: bell-1, bell-2"):
            Search(conn, question)


def test_what_is_near_an_unknown_name_comes_first(conn: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match='no source "Council Gazete" in this archive; known are council'):
        Names(conn).source("Council Gazete")
    with pytest.raises(UsageError, match='no tag "ferrys" in this archive; known are ferries'):
        Search(conn, Question(text="tag:ferrys"))


def test_names_are_compared_without_capitals_accents_and_white_space() -> None:
    assert name_key(" Änderung  der\nWÄHRUNG ") == "anderung der wahrung"
    assert name_key("Straße") == name_key("STRASSE")
    assert name_key("がぎ") != name_key("かき"), "other letters"
