"""A feed that has moved for good, or is gone: what is told, what `check --fix` writes, and where a crawl goes on."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.demo.newspaper import Response
from tests.robustness.faults.press import Office, Press, office

HOST = "outlet-0.press.test"
OLD = f"http://{HOST}/feed.xml"
NEW = f"http://{HOST}/feeds/news.xml"
TAG = '"issue-1"'


def answer(status: int, body: str = "", **headers: str) -> Response:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status=status, headers=(*named, ("Content-Length", str(len(body)))), body=body.encode())


def rss(press: Press, more: str = "") -> str:
    items = "".join(f"<item><link>{each.url}</link></item>" for each in press.printed.values())
    return f'<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>{more}{items}</channel></rss>'


def feed(press: Press, **headers: str) -> Response:
    return answer(200, rss(press), Content_Type="text/xml", ETag=TAG, **headers)


def moved(press: Press, status: int = 301) -> Callable[[str], Response | None]:
    """Answers of an outlet whose feed has moved."""

    def respond(url: str) -> Response | None:
        if url == OLD:
            return answer(status, Location="/feeds/news.xml")
        return feed(press) if url == NEW else None

    return respond


@pytest.fixture
def press() -> Press:
    press = Press(outlets=1)
    press.publish(3)
    return press


def only_the_feed(room: Office, written: str = '"/feed.xml"', more: str = "") -> None:
    """Write a cuttings.toml with one feed, in the way that a person would."""
    file = room.folder / "cuttings.toml"
    head = file.read_text().partition("[[source]]")[0]
    file.write_text(
        f'{head}[[source]]\nid = "courier"  # since 2026\nurl = "http://{HOST}/"\n'
        f"feeds = [\n  # the one with everything\n  {written},  # asked twice\n]\n{more}",
    )


def asked(room: Office) -> list[tuple[str, str]]:
    """What was asked for, but robots.txt and what says what may be done with the pages; with its If-None-Match."""
    kept = [(each.url, each.if_none_match) for each in room.paper.requests if "/news" in each.url or "feed" in each.url]
    room.paper.requests.clear()
    return kept


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_has_moved_is_told_once_and_asked_for_where_it_stands(
    tmp_path: Path, press: Press, status: int
) -> None:
    press.on_request = moved(press, status)
    with office(tmp_path, press) as room:
        only_the_feed(room)
        first = room.crawl()
        assert [url for url, _ in asked(room)][:2] == [OLD, NEW]
        second = room.crawl()
        assert asked(room) == [(NEW, "")]
        third = room.crawl()
        assert asked(room) == [(NEW, TAG)]
        status_said = room.run("status").stdout
        events = room.rows("SELECT kind, detail FROM events")

    sentence = f"{OLD} has moved for good to {NEW}; `cuttings check --fix` writes that into cuttings.toml"
    assert (first["new"], first["events"]) == (3, [sentence])
    assert (second["new"], second["events"], third["events"]) == (0, [], [])
    assert events == [("moved", sentence)]
    assert f"courier: {sentence}" in status_said


def test_check_fixes_the_file_and_the_next_crawl_goes_on_with_the_same_rows(tmp_path: Path, press: Press) -> None:
    press.on_request = moved(press)
    with office(tmp_path, press) as room:
        only_the_feed(room)
        room.crawl()
        room.crawl()
        before = room.rows("SELECT id, fresh, watched, items FROM feeds")
        file = room.folder / "cuttings.toml"
        written = file.read_text()
        done = room.run("check", "--fix")
        fixed = file.read_text()
        asked(room)
        summary = room.crawl()
        requests = asked(room)
        after = room.rows("SELECT id, fresh, watched, items FROM feeds")
        places = room.rows("SELECT url, moved_to FROM feeds")
        listed = room.rows("SELECT count(*) FROM listed")
        rows = room.rows("SELECT url, state FROM frontier WHERE kind = 'feed'")

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"cuttings.toml: courier: feeds: {OLD} → {NEW}" in done.stdout
    assert fixed == written.replace('"/feed.xml"', '"/feeds/news.xml"')
    assert requests == [(NEW, TAG)]  # nothing but the feed, and that by its validator
    assert (summary["new"], summary["known"], summary["outcomes"]) == (0, 3, {"listed": 1})
    assert summary["events"] == [f"courier: {OLD} goes on as {NEW}, as cuttings.toml has it now"]
    assert places == [(NEW, None)]
    assert rows == [(NEW, "done")]
    assert listed == [(3,)]
    assert [row[0] for row in after] == [row[0] for row in before]


def test_a_target_that_fails_leads_back_to_the_url_of_the_file(tmp_path: Path, press: Press) -> None:
    press.on_request = moved(press)
    with office(tmp_path, press) as room:
        only_the_feed(room)
        room.crawl()
        press.on_request = lambda url: feed(press) if url == OLD else answer(404) if url == NEW else None
        asked(room)
        failed = room.run("crawl")
        press.publish(1)
        back = room.crawl()
        requests = [url for url, _ in asked(room)]
        places = room.rows("SELECT moved_to, poll_url FROM feeds")

    assert failed.returncode == 3
    assert requests[:2] == [NEW, OLD]
    assert back["new"] == 1
    assert places == [(None, None)]


def test_a_feed_that_names_another_url_is_asked_where_the_file_says(tmp_path: Path, press: Press) -> None:
    named = f"<itunes:new-feed-url>{NEW}</itunes:new-feed-url>"

    def respond(url: str) -> Response | None:
        if url == OLD:
            return answer(200, rss(press, named), Content_Type="text/xml", ETag=TAG)
        return feed(press) if url == NEW else None

    press.on_request = respond
    with office(tmp_path, press) as room:
        only_the_feed(room)
        first = room.crawl()
        asked(room)
        room.crawl()
        requests = asked(room)
        done = room.run("check", "--fix")
        fixed = (room.folder / "cuttings.toml").read_text()
        asked(room)
        room.crawl()
        later = asked(room)

    assert "has moved for good" in first["events"][0]
    assert requests == [(OLD, TAG)]
    assert (done.returncode, '"/feeds/news.xml",  # asked twice' in fixed) == (0, True)
    assert later == [(NEW, "")]  # the validator was that of the old URL


def test_a_new_url_that_cannot_be_read_is_not_written(tmp_path: Path, press: Press) -> None:
    named = f"<itunes:new-feed-url>{NEW}</itunes:new-feed-url>"
    press.on_request = lambda url: (
        answer(200, rss(press, named), Content_Type="text/xml") if url == OLD else answer(404) if url == NEW else None
    )
    with office(tmp_path, press) as room:
        only_the_feed(room)
        before = (room.folder / "cuttings.toml").read_text()
        done = room.run("check", "--fix")

        assert done.returncode == 0, done.stdout
        assert (room.folder / "cuttings.toml").read_text() == before


def test_a_temporary_redirect_is_no_move(tmp_path: Path, press: Press) -> None:
    press.on_request = moved(press, 302)
    with office(tmp_path, press) as room:
        only_the_feed(room)
        summary = room.crawl()
        room.crawl()
        places = room.rows("SELECT moved_to, poll_url FROM feeds")
        requests = [url for url, _ in asked(room) if "feed" in url]

    assert summary["events"] == []
    assert places == [(None, None)]
    assert requests == [OLD, NEW, OLD, NEW]


def test_a_feed_that_is_gone_is_told_once_and_left_alone_for_a_week(tmp_path: Path, press: Press) -> None:
    press.on_request = lambda url: answer(410) if url == OLD else None
    with office(tmp_path, press) as room:
        only_the_feed(room, more='every = "15m"\n')
        first = room.run("crawl", "--json")
        assert [url for url, _ in asked(room)] == [OLD]
        second = room.run("crawl", "--json")
        due = room.run("crawl", "--due")
        assert asked(room) == []
        status_said = room.run("status").stdout
        checked = room.run("check")
        events = room.rows("SELECT kind, detail FROM events")

    sentence = "gone for good (410); take it out of cuttings.toml"
    assert (first.returncode, json.loads(first.stdout)["events"]) == (3, [f"{OLD}: {sentence}"])
    assert (second.returncode, json.loads(second.stdout)["events"]) == (0, [])
    assert due.stdout.startswith("Nothing is due; next is courier")
    assert events == [("gone", f"{OLD} is {sentence}")]
    said = "none of its listings could be read at its last poll"
    assert f"courier: {said}: http_4xx {OLD}: {sentence}" in status_said
    assert (checked.returncode, sentence in checked.stdout) == (1, True)


def test_a_feed_that_was_gone_and_answers_is_back(tmp_path: Path, press: Press) -> None:
    press.on_request = lambda url: answer(410) if url == OLD else None
    with office(tmp_path, press) as room:
        only_the_feed(room)
        room.run("crawl")
        a_week_ago = "UPDATE feeds SET checked_at = '2026-01-01T00:00:00Z', gone_at = '2026-01-01T00:00:00Z'"
        with closing(sqlite3.connect(room.database)) as conn, conn:
            conn.execute(a_week_ago)
        press.on_request = lambda url: feed(press) if url == OLD else None
        summary = room.crawl()
        events = room.rows("SELECT kind FROM events ORDER BY id")

    assert (summary["new"], summary["events"]) == (3, [f"{OLD} is back; it was gone since 2026-01-01"])
    assert events == [("gone",), ("back",)]


def test_a_web_page_in_the_place_of_a_feed_is_told_in_full(tmp_path: Path, press: Press) -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head><body><p>Hi</p></body>'
    press.on_request = lambda url: answer(200, page, Content_Type="text/html") if url == OLD else None
    with office(tmp_path, press) as room:
        only_the_feed(room)
        done = room.run("crawl", "--json")
        status_said = room.run("status").stdout

    (event,) = json.loads(done.stdout)["events"]
    assert (done.returncode, "/real.xml" in event, "/real.xml" in status_said) == (3, True, True)


def test_what_the_server_and_the_feed_ask_for_is_remembered(tmp_path: Path, press: Press) -> None:
    more = "<ttl>30</ttl><skipHours><hour>2</hour></skipHours>"
    press.on_request = lambda url: (
        answer(200, rss(press, more), Content_Type="text/xml", Cache_Control="public, max-age=7200")
        if url == OLD
        else None
    )
    with office(tmp_path, press) as room:
        only_the_feed(room)
        room.crawl()
        ((floor, skipped),) = room.rows("SELECT floor, skip_hours FROM feeds")

    assert floor == 7_200
    assert json.loads(skipped) == [24 * day + 2 for day in range(7)]


def test_fixing_without_asking_is_refused(tmp_path: Path, press: Press) -> None:
    with office(tmp_path, press) as room:
        done = room.run("check", "--fix", "--offline")

    assert (done.returncode, done.stdout) == (2, "")
    assert "leave --offline out" in done.stderr
