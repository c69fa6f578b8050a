"""Site learning as a person meets it: the demonstration newspaper leaks a house line once, and then no more."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from archive.demo.story import Story
from archive.model.article import Extraction
from archive.model.capture import Locator
from archive.model.source import SiteRules
from archive.warc import warc_files
from pipelines.extract import extract
from tests.newsroom import Newsroom, newsroom

pytestmark = pytest.mark.timeout(300)

SOURCE = "harbour-post"
EDITED = "two-schools-one-roof"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as opened:
        yield opened


@pytest.fixture
def crawled(first: tuple[Newsroom, dict[str, Any]]) -> Newsroom:
    """A newsroom after its first crawl of every outlet; not to be changed."""
    return first[0]


def stories(room: Newsroom) -> list[Story]:
    return [story for story in room.paper.newspaper.articles if story.host == f"{SOURCE}.test"]


def the_line(room: Newsroom) -> str:
    (line,) = {story.note for story in stories(room) if story.note}
    return line


def learned(room: Newsroom, *arguments: str) -> list[dict[str, Any]]:
    done = room.run("learned", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def text_of(room: Newsroom, slug: str) -> list[str]:
    ((text,),) = room.rows(
        "SELECT v.text FROM articles AS a JOIN versions AS v ON v.id = a.version_id WHERE a.url LIKE ?", f"%/{slug}/"
    )
    return str(text).split("\n")


def say(room: Newsroom, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = room.run("learned", *arguments)
    assert done.returncode == 0, done.stderr
    return done


def test_the_house_line_and_nothing_else_is_learned_from_sixty_stories(crawled: Newsroom) -> None:
    (line,) = learned(crawled)

    assert (line["text"], line["source"]) == (the_line(crawled), SOURCE)
    assert (line["pages"], line["of"], line["place"], line["in_force"]) == (6, 16, "end", True)
    assert len(line["examples"]) == 5
    assert learned(crawled, SOURCE) == [line]
    assert learned(crawled, "vale-courier") == []


def test_a_person_reads_the_same(crawled: Newsroom) -> None:
    said = say(crawled).stdout

    assert the_line(crawled) in said
    assert "harbour-post: cut, other; at the end of 6 of 16 pages (38 %); since " in said
    assert "Nothing was learned yet" in say(crawled, "vale-courier").stdout


def test_with_what_was_learned_every_story_comes_out_word_for_word(crawled: Newsroom) -> None:
    keys = [key for (key,) in crawled.rows("SELECT key FROM boilerplate WHERE state = 'cut'")]
    where = {
        url: Locator(file=file, offset=offset, length=length)
        for url, file, offset, length in crawled.rows(
            "SELECT url, warc_file, warc_offset, warc_length FROM fetches WHERE outcome = 'saved'"
        )
    }
    leaked = 0
    for story in stories(crawled):
        capture = warc_files.read(warc_files.folder_of(crawled.database), where[story.url])
        before, after = (extract(capture, rules) for rules in (SiteRules(), SiteRules(boilerplate=tuple(keys))))
        assert isinstance(before, Extraction)
        assert isinstance(after, Extraction)
        leaked += before.article.paragraphs != story.paragraphs
        assert after.article.paragraphs == story.paragraphs, story.url
        assert replace(after.article, paragraphs=()) == replace(before.article, paragraphs=())
    assert leaked == 6


def test_it_leaks_once_and_is_cut_from_what_is_read_next(room: Newsroom) -> None:
    first = room.run("crawl", SOURCE)
    before = text_of(room, EDITED)
    room.turn_the_page()
    second = room.run("crawl", SOURCE)

    assert "boilerplate learned: 1, see `cuttings learned`" in first.stdout
    assert "learned" not in second.stdout
    line = the_line(room)
    assert before[-1] == line
    (edited,) = [story for story in stories(room) if story.slug == EDITED]
    assert text_of(room, EDITED) == list(edited.paragraphs)
    assert room.rows("SELECT kind, text FROM removed WHERE rule = 'learned'") == [("other", line)]
    assert room.rows("SELECT change, count(*) FROM versions WHERE n > 1 GROUP BY change") == [("edit", 1)]
    assert [row["pages"] for row in learned(room)] == [6]  # the cut line still counts


@pytest.mark.slow
def test_what_a_person_keeps_is_never_cut_or_learned_again(room: Newsroom) -> None:
    room.crawl(SOURCE)
    (kept,) = learned(room, "--keep", "1")
    room.turn_the_page()
    after = room.run("crawl", SOURCE)

    assert (kept["state"], kept["in_force"]) == ("kept", False)
    assert "learned" not in after.stdout
    assert text_of(room, EDITED)[-1] == the_line(room)
    assert [row["state"] for row in learned(room)] == ["kept"]
    assert [row["state"] for row in learned(room, "--cut", "1")] == ["cut"]


def test_a_source_that_is_not_to_learn_does_not(room: Newsroom) -> None:
    settings = room.folder / "cuttings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("[defaults]\n", "[defaults]\nlearn = false\n"))

    room.crawl(SOURCE)

    assert learned(room) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["gazette"], 2, 'there is no source "gazette"'),
        (["--keep", "77"], 1, "there is no learned line 77"),
        (["--keep", "0"], 1, "there is no learned line 0"),
        (["--cut", "9" * 30], 1, "there is no learned line 999"),
    ],
)
def test_a_mistake_is_explained(crawled: Newsroom, arguments: list[str], code: int, said: str) -> None:
    done = crawled.run("learned", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_is_decided_while_a_run_writes(crawled: Newsroom) -> None:
    with FileLock(f"{crawled.database}.lock"):
        refused = crawled.run("learned", "--keep", "1")
        read = crawled.run("learned")

    assert refused.returncode == 4
    assert read.returncode == 0
    assert [row["state"] for row in learned(crawled)] == ["cut"]
