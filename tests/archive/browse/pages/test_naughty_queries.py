"""Queries that nobody means: each is answered, none fails, and none finds everything by accident."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import lxml.html
import orjson
import pytest
from click.testing import CliRunner

from archive.cli.common import Invocation
from archive.cli.reading import search as command
from archive.errors import UsageError
from archive.search.query import parse
from archive.search.search import Question, Search
from archive.storage.connection import open_reader
from tests.archive import sample
from tests.archive.browse.poison import PAYLOADS

# No word is in them: nothing can be found.
NO_WORD: Final = {
    "a quotation mark": '"',
    "an apostrophe": "'",
    "three quotation marks": '"""',
    "an empty phrase": '""',
    "a phrase of a space": '" "',
    "a star": "*",
    "stars": "* * *",
    "a begun phrase": '"*',
    "a minus": "-",
    "minuses": "-- --- -",
    "a minus before nothing": '-""',
    "a bracket": "(",
    "brackets": "((()))",
    "a caret": "^",
    "a colon": ":",
    "braces": "{:}",
    "punctuation": "?!.,;:…—–/\\|#%&$€@~`+=<>[]",
    "ideographic punctuation": "。、「」『』！？",
    "emoji": "😀👨‍👩‍👧‍👦🏴‍☠️",
    "NUL": "\0",
    "controls": "\x01\x02\x03\x1b[\x7f",
    "nothing that is seen": "\u200b\u200d\u2060\ufeff\u00ad",
    "turns of direction": "\u202e\u202d\u2066\u2069",
    "combining marks": "\u0301\u0302\u0303",
    "half a character": "\ud800",
    "no character": "\ufffe\uffff",
    "a replacement character": "\ufffd",
    "a hundred kilobytes of dots": "." * 100_000,
    "a hundred kilobytes of quotation marks": '"' * 100_000,
}
# What is said not to be understood, besides.
NOT_UNDERSTOOD: Final = {
    "an operator": "NEAR(ferry zzzz, 5)",
    "half an operator": "ferry NEAR(",
    "an unfinished AND": "ferry AND zzzz AND",
    "a column": "zzzz:ferry",
    "a column of the index": "rowid:1",
    "a caret before a word": "^zzzz",
    "an injection of MATCH": "zzzz') OR ('1'='1",
    "a word of 100,000 letters": "z" * 100_000,
    "50,000 words": "zz " * 50_000,
    "1,000 begun words": "zz* " * 1_000,
    "a word after 100 that are unwanted": " ".join(f"-u{n}" for n in range(100)) + " zzzz",
    "brackets around a word": "(" * 300 + "zzzz" + ")" * 300,
    "an injection": "' OR 1=1 --",
    "a template": "{{7*7}} zzzz",
    "a letter and a star": "zzzz a*",
    "a star within": "z*z",
    "a tag that nothing has": "tag:zzzz",
}
# What is an operator elsewhere is a word here, and no article has them all.
NO_HIT: Final = {
    "an OR of nothing": "zzzz OR yyyy",
    "a NOT": "NOT ferry zzzz",
    "operators in small letters": "zzzz or ferry",
    "columns": "{title byline}: zzzz",
    "all columns but one": "- title : zzzz",
    "a sum of phrases": '"zzzz" + "yyyy"',
    "a statement": "'; DROP TABLE articles; -- zzzz",
    "a format": "%s%n%x zzzz",
    "a template": "{{7+7}} zzzz",
    "a path": "../../../etc/passwd",
    "full-width letters": "ｚｚｚｚ",
    "letters that are newer than the tokenizer": "\U0001e900\U0001e901",
    "private letters": "\ue000\uf8ff",
    "words of another script": "ⴰⵣⵓⵍ",
}


def count(conn: sqlite3.Connection, typed: str, **narrow: Any) -> int:
    return Search(conn, Question(text=typed, **narrow)).total


@pytest.fixture(scope="module")
def conn(archive: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(archive)) as opened:
        yield opened


@pytest.mark.parametrize("typed", [pytest.param(typed, id=name) for name, typed in NO_HIT.items()])
def test_what_nobody_means_finds_nothing(conn: sqlite3.Connection, typed: str) -> None:
    assert Search(conn, Question(text=typed)).hits(100) == []
    assert count(conn, typed) == 0
    assert count(conn, typed, language=("en",)) == 0


@pytest.mark.parametrize("typed", [pytest.param(typed, id=name) for name, typed in NO_HIT.items()])
async def test_the_search_page_says_that_nothing_fits(browsed: Any, typed: str) -> None:
    sent = typed.encode("utf-8", "replace").decode()
    response = await browsed.client.get("/search", params={"q": sent})
    assert response.status_code == 200
    assert "No article fits" in lxml.html.fromstring(response.text).xpath("string(//div[@class='empty'])")
    response = await browsed.client.get("/sample/search.json", params={"q": sent, "_shape": "array"})
    assert (response.status_code, response.json()) == (200, [])


_REFUSED: Final = [pytest.param(typed, id=name) for name, typed in (NO_WORD | NOT_UNDERSTOOD).items()]


@pytest.mark.parametrize("typed", _REFUSED)
async def test_what_is_not_understood_is_said_on_every_page(browsed: Any, typed: str) -> None:
    sent = typed.encode("utf-8", "replace").decode()
    sent = sent[:3_000] if len(sent) > 10_000 else sent
    response = await browsed.client.get("/search", params={"q": sent})
    assert response.status_code == 400
    page = lxml.html.fromstring(response.text)
    assert page.xpath("string(//*[@role='alert'])").strip()
    assert "No article fits" not in response.text
    for path in ("/feed.atom", "/search.jsonl"):
        response = await browsed.client.get(path, params={"q": sent})
        assert (response.status_code, response.text.count("\n")) == (400, 1)
    response = await browsed.client.get("/sample/search.json", params={"q": sent, "_shape": "array"})
    (row,) = response.json()
    assert row["title"].startswith("Not understood: ")


async def test_a_query_longer_than_anybody_types_is_refused_with_a_sentence(browsed: Any) -> None:
    response = await browsed.client.get("/search", params={"q": "." * 50_000})
    assert (response.status_code, response.text) == (414, "The address is too long: 10,000 characters are enough.\n")


@pytest.mark.parametrize("typed", _REFUSED)
def test_the_command_says_what_it_does_not_understand(archive: Path, typed: str) -> None:
    done = asked(archive, typed)
    assert isinstance(done.exception, UsageError)
    assert done.exception.exit_code == 2
    assert len(str(done.exception)) < 400
    assert not done.stdout


@pytest.mark.parametrize("typed", [pytest.param(typed, id=name) for name, typed in NO_HIT.items()])
def test_the_command_counts_no_article(archive: Path, typed: str) -> None:
    done = asked(archive, typed)
    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout)["count"] == 0


@pytest.mark.parametrize("typed", ["", " ", "\t\n"])
def test_the_command_refuses_a_query_of_nothing(archive: Path, typed: str) -> None:
    done = asked(archive, typed)
    assert "the query is empty" in str(done.exception)


def asked(archive: Path, typed: str) -> Any:
    arguments = ["--json", "--archive", str(archive), "--", typed]
    return CliRunner().invoke(command, arguments, obj=Invocation())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_payload_is_a_query_or_not_understood(conn: sqlite3.Connection, payload: str) -> None:
    try:
        found = Search(conn, Question(text=payload))
    except UsageError:
        return
    assert len(found.hits(100)) == found.total
    assert count(conn, payload) < sample.ARTICLES or not parse(payload).words


async def test_a_box_with_nothing_in_it_lists_what_is_new(browsed: Any) -> None:
    for typed in ("", " ", "\t"):
        response = await browsed.client.get("/search", params={"q": typed})
        assert f"{sample.ARTICLES} articles" in response.text


def test_a_word_that_is_only_unwanted_leaves_out_what_has_it(conn: sqlite3.Connection) -> None:
    assert count(conn, "-ferry") == sample.ARTICLES - count(conn, "ferry")
    assert 0 < count(conn, "ferry") < sample.ARTICLES


@pytest.mark.parametrize("asked_for", ["_search", "title__contains", "title__like", "title__glob", "_where", "_sort"])
@pytest.mark.parametrize("typed", ['"', "NEAR(", "\0", "*", "(" * 300, "title:", "%", "😀"])
async def test_the_filters_of_a_table_answer_too(browsed: Any, asked_for: str, typed: str) -> None:
    response = await browsed.client.get("/sample/articles.json", params={asked_for: typed})
    assert response.status_code in ({200, 400, 500} if asked_for == "_sort" else {200, 400}), response.text
