"""`cuttings show ID --versions --diff`: what became of an article."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from archive.demo.newspaper import edition
from archive.demo.server import serve
from archive.times import utc_now
from tests.newsroom import Newsroom, newsroom

OUTLET = "harbour-post"  # which edits one of its articles


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A newsroom after both editions: one article was edited."""
    with newsroom(tmp_path_factory.mktemp("show")) as room:
        room.crawl(OUTLET)
        with serve(edition(2, utc_now())) as later:
            text = (room.folder / "cuttings.toml").read_text().replace(room.paper.proxy_url, later.proxy_url)
            (room.folder / "cuttings.toml").write_text(text)
            room.crawl(OUTLET)
        yield room


@pytest.fixture(scope="module")
def edited(room: Newsroom) -> str:
    ((article_id,),) = room.rows("SELECT article_id FROM versions WHERE n = 2")
    return str(article_id)


def test_versions_are_listed_with_the_kind_of_their_change(room: Newsroom, edited: str) -> None:
    said = room.run("show", edited, "--versions", "--json")

    (first, second) = json.loads(said.stdout)["versions"]
    assert (first["n"], first["change"], first["changed_words"]) == (1, "new", None)
    assert (second["n"], second["change"]) == (2, "edit")
    assert second["changed_words"] > 0


def test_a_diff_marks_words_and_nothing_that_was_cut_for_being_learned(room: Newsroom, edited: str) -> None:
    said = room.run("show", edited, "--diff")

    title, *_ = said.stdout.splitlines()
    assert "[-merger-]" in title
    assert "{+Ostwick to+}" in title
    assert "paragraphs unchanged" in said.stdout
    assert "The lamp over our door" not in said.stdout


def test_a_diff_as_json_holds_both_texts(room: Newsroom, edited: str) -> None:
    diff: dict[str, Any] = json.loads(room.run("show", edited, "--diff", "1..2", "--json").stdout)["diff"]

    assert (diff["from"], diff["to"]) == (1, 2)
    kinds = {piece["kind"] for paragraph in diff["paragraphs"] for piece in paragraph}
    assert kinds == {"same", "removed", "added"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--diff", "1..7"), 2, "has no version 7; it has 1 to 2"),
        (("--diff", "0"), 2, "has no version 0; it has 1 to 2"),
        (("--diff", "two"), 2, "names no versions; write two of them as in 2..3"),
        (("--diff", "--raw"), 2, "leave the other options out"),
        (("--versions", "--removed"), 2, "leave --versions and --diff out"),
    ],
)
def test_what_cannot_be_shown_is_said(
    room: Newsroom, edited: str, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = room.run("show", edited, *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_article_of_one_version_has_nothing_to_be_held_against(room: Newsroom, edited: str) -> None:
    ((other,),) = room.rows(f"SELECT id FROM articles WHERE id <> {edited} LIMIT 1")  # noqa: S608 - a number

    done = room.run("show", str(other), "--diff")

    assert done.returncode == 1
    assert "has one version" in done.stderr
