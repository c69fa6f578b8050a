"""The whole job against the demonstration newspaper: crawl, cut, file; again; in part; in rehearsal. See `faults`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.demo.story import Story
from archive.model.capture import Locator
from archive.model.outcome import Outcome
from archive.warc import warc_files
from tests.newsroom import Newsroom, environment, newsroom

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as opened:
        yield opened


def test_every_url_that_was_tried_has_exactly_one_outcome_and_the_summary_is_their_count(
    first: tuple[Newsroom, dict[str, object]],
) -> None:
    room, summary = first

    counted = dict(room.rows("SELECT outcome, count(*) FROM fetches GROUP BY outcome"))

    assert summary["outcomes"] == counted
    assert summary["tried"] == sum(counted.values())
    assert room.rows("SELECT url FROM fetches GROUP BY url HAVING count(*) > 1") == []
    waits = "SELECT state, count(*) FROM frontier WHERE state <> 'done' AND article_id IS NOT NULL GROUP BY state"
    # the 503, and what may be out later: refused pages, and pages that stand where a story may stand
    later = "SELECT outcome, count(*) FROM frontier WHERE state = 'pending' AND article_id IS NULL GROUP BY 1"
    assert dict(room.rows(later)) == {"http_4xx": 1, "http_5xx": 1, "not_article": 3}
    # Each article for its planned look, and a URL that led to one: its listing has no title that it could be told by.
    assert room.rows(waits) == [("pending", summary["new"] + 1)]


def test_every_article_is_filed_word_for_word_and_nothing_else(first: tuple[Newsroom, dict[str, object]]) -> None:
    room, _ = first
    filed = {url: text.split("\n") for url, text in room.rows(
        "SELECT u.url, v.text FROM urls AS u JOIN versions AS v ON v.article_id = u.article_id")}  # fmt: skip

    for story in room.paper.newspaper.articles:
        assert filed.get(story.url) == [*story.paragraphs, *house_line(story)], story.url


def house_line(story: Story) -> list[str]:
    """What one outlet prints below some of its stories as if it were text: it shows on many pages together only.

    It is learned when the crawl ends and cut from what is read afterwards, see `test_learning`.
    """
    return [story.note] if story.host == "harbour-post.test" and story.note else []


def test_what_is_no_article_has_its_own_outcome(first: tuple[Newsroom, dict[str, object]]) -> None:
    room, _ = first
    outcomes = dict(room.rows("SELECT url, outcome FROM fetches"))

    for oddity in room.paper.newspaper.oddities:
        assert outcomes[oddity.url] == oddity.outcome, oddity.url


def test_what_robots_txt_forbids_is_not_asked_for(first: tuple[Newsroom, dict[str, object]]) -> None:
    room, _ = first
    forbidden = {url for (url,) in room.rows("SELECT url FROM fetches WHERE outcome = 'robots'")}

    assert forbidden
    assert not forbidden & {asked.url for asked in room.paper.requests}


def test_a_host_is_asked_one_thing_at_a_time_and_no_faster_than_it_says(
    first: tuple[Newsroom, dict[str, object]],
) -> None:
    room, _ = first
    asked = [request.when for request in room.paper.requests if request.host == "neuhafen-bote.test"]

    # Its robots.txt is read first; from then on its Crawl-delay of 0.2 s holds, whatever cuttings.toml says. Over all
    # of them, since a single gap also has the time in it that a request takes to arrive.
    assert len(asked) > 5
    assert asked[-1] - asked[1] > 0.2 * (len(asked) - 2) - 0.1


def test_everything_that_came_is_in_the_warc_files_before_it_was_parsed(
    first: tuple[Newsroom, dict[str, object]],
) -> None:
    room, _ = first
    folder = warc_files.folder_of(room.database)
    located = room.rows(
        "SELECT url, final_url, status, warc_file, warc_offset, warc_length FROM fetches WHERE status IS NOT NULL"
    )

    assert not list(folder.glob("*.open"))
    for url, final_url, status, file, offset, length in located:
        capture = warc_files.read(folder, Locator(file=file, offset=offset, length=length))
        assert capture.status == status
        assert final_url is not None or capture.url == url


def test_pages_of_an_article_are_joined(first: tuple[Newsroom, dict[str, object]]) -> None:
    room, _ = first
    (story,) = [story for story in room.paper.newspaper.articles if len(story.leaves) > 1]

    parts = [url for (url,) in room.rows("SELECT url FROM urls WHERE kind = 'part'")]

    assert parts == [leaf.url for leaf in story.leaves[1:]]


def test_a_second_crawl_finds_nothing_new_but_the_edit_and_the_deletion(room: Newsroom) -> None:
    before = room.crawl()
    unchanged = room.crawl()
    asked = len(room.paper.requests)
    room.turn_the_page()
    after = room.crawl()

    assert before["known"] == 0
    assert (unchanged["new"], unchanged["known"]) == (0, before["new"])
    assert not set(unchanged["outcomes"]) - {Outcome.LISTED, Outcome.UNCHANGED}
    assert (after["new"], after["known"], after["outcomes"][Outcome.UPDATED]) == (0, before["new"], 1)
    assert room.rows("SELECT change, count(*) FROM versions WHERE n > 1 GROUP BY change") == [("edit", 1)]
    assert room.rows("SELECT count(*) FROM articles WHERE gone_at IS NOT NULL") == [(1,)]
    conditional = [request for request in room.paper.requests[:asked] if request.if_none_match]
    assert conditional
    assert {request.status for request in conditional} == {304}


def test_a_limit_holds_for_articles_and_the_rest_comes_next_time(
    room: Newsroom, first: tuple[Newsroom, dict[str, object]]
) -> None:
    limited = room.crawl("--limit", "3")
    rest = room.crawl()

    tried = room.rows(
        "SELECT count(*) FROM fetches WHERE run_id = 1 AND kind = 'article' AND outcome NOT IN ('bad_url', 'part')"
    )
    assert tried == [(3,)]
    assert limited["new"] + rest["new"] == first[1]["new"]


def test_a_rehearsal_lists_what_it_would_fetch_and_keeps_nothing(room: Newsroom) -> None:
    done = room.run("crawl", "--dry-run", "ferry-lane")

    assert done.returncode == 0, done.stderr
    assert "http://ferry-lane.test/news/pier-camera" in done.stdout.splitlines()
    assert f"{len(done.stdout.splitlines())} articles would be fetched" in done.stderr
    assert not warc_files.folder_of(room.database).exists()
    assert room.rows("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM frontier)") == [(0, 0)]
    assert not [asked for asked in room.paper.requests if "/news/" in asked.target]


def test_a_source_says_itself_how_short_an_article_may_be(room: Newsroom) -> None:
    settings = room.folder / "cuttings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("min_words = 30", "min_words = 100000"))

    summary = room.crawl("ferry-lane")

    assert summary["new"] == 0
    assert summary["outcomes"][Outcome.TOO_SHORT] > 5


def test_only_the_named_sources_are_crawled(room: Newsroom) -> None:
    room.crawl("vale-courier")

    assert {asked.host for asked in room.paper.requests} == {"vale-courier.test"}


def test_scrapy_itself_lists_and_runs_the_spider(room: Newsroom) -> None:
    (room.folder / "scrapy.cfg").write_text("[settings]\ndefault = spiders.settings\n")
    scrapy = [sys.executable, "-m", "scrapy"]
    options = {"cwd": room.folder, "env": environment(), "capture_output": True, "text": True, "timeout": 90}

    listed = subprocess.run([*scrapy, "list"], **options)  # type: ignore[call-overload]
    crawled = subprocess.run([*scrapy, "crawl", "news", "-a", "source=vale-courier", "-a", "limit=2"], **options)  # type: ignore[call-overload]

    assert listed.stdout == "news\n"
    assert crawled.returncode == 0, crawled.stderr
    assert room.rows("SELECT state, new FROM runs") == [("finished", 2)]


def test_a_source_that_cannot_be_reached_ends_in_outcomes_and_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "cuttings.toml").write_text(
        '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\nallow_private = ["127.0.0.1:9"]\n'
        '[defaults]\ndelay = "0s"\n[[source]]\nurl = "http://127.0.0.1:9/"\n[[source]]\nurl = "http://nowhere.invalid/"\n'
    )

    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", "crawl", "--json"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout)["outcomes"] == {"connection": 1, "dns": 1}
