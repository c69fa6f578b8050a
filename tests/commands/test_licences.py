"""Licences in RSL that robots.txt, pages and feeds name: read politely, heeded by exports, asked for again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.demo.newspaper import Response
from tests.commands.test_reserved import answer, exported, policy, urls
from tests.robustness.faults.press import Office, Press, office

HOST = "http://outlet-0.press.test"
LICENCE = f"{HOST}/rights/ai.xml"
ROBOTS = f"User-agent: *\nAllow: /\n\nLicense: {LICENCE}\n".encode()
NO_TRAINING = b"""\
<rsl xmlns="https://rslstandard.org/rsl">
  <content url="/"><license>
    <permits type="usage">search ai-index</permits>
    <prohibits type="usage">ai-train</prohibits>
  </license></content>
</rsl>"""
ALL = b"""\
<rsl xmlns="https://rslstandard.org/rsl">
  <content url="/"><license><permits type="usage">all</permits><payment type="free"/></license></content>
</rsl>"""
MISSING = Response(status=404, headers=(("Content-Length", "0"),), body=b"")


class Site:
    """What a press serves besides its articles, by address, and what was asked for."""

    def __init__(self, press: Press) -> None:
        self.files: dict[str, Response] = {}
        self.asked: list[str] = []
        press.on_request = self.respond

    def serve(self, url: str, body: bytes, kind: str = "application/rsl+xml") -> None:
        self.files[url] = answer(body, kind)

    def respond(self, url: str) -> Response | None:
        self.asked.append(url)
        return self.files.get(url)


def press_of(count: int, more: str = "") -> tuple[Press, Site]:
    press = Press(outlets=1)
    press.publish(count, more=more)
    site = Site(press)
    site.serve(f"{HOST}/robots.txt", ROBOTS, "text/plain")
    return press, site


def age(room: Office, days: int) -> None:
    """Have so many days gone by since anything was asked for."""
    with closing(sqlite3.connect(room.database)) as conn, conn:
        conn.execute(
            "UPDATE fetches SET fetched_at = strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, ?)", (f"-{days} days",)
        )


def test_a_licence_that_prohibits_training_keeps_its_texts_out_of_exports(tmp_path: Path) -> None:
    press, site = press_of(2)
    site.serve(LICENCE, NO_TRAINING)
    with office(tmp_path, press) as room:
        summary = room.crawl()
        left, said = exported(room)
        shown = room.run("show", "1")
        reserved = room.rows("SELECT DISTINCT reserved FROM articles")

    assert summary["new"] == 2
    assert reserved == [("rsl",)]
    assert left == []
    assert "0 articles; 2 left out, reserved by their publishers (--include-reserved)" in said
    assert f"rsl says prohibits: ai-train; permits: search ai-index ({LICENCE}, read 20" in said
    assert "not to export, train: rsl says prohibits: ai-train" in shown.stderr
    assert site.asked.count(LICENCE) == 1


def test_a_licence_that_permits_all_leaves_its_texts_in_exports(tmp_path: Path) -> None:
    press, site = press_of(2)
    site.serve(LICENCE, ALL, "text/plain")  # whatever its server calls it
    with office(tmp_path, press) as room:
        room.crawl()
        left, said = exported(room)

    assert left == urls(0, 1)
    assert said == "2 articles"


def test_a_licence_that_cannot_be_had_reserves_until_it_is_read(tmp_path: Path) -> None:
    press, site = press_of(2)
    site.files[LICENCE] = MISSING
    with office(tmp_path, press) as room:
        room.crawl()
        left, said = exported(room)
        age(room, 1)
        site.serve(LICENCE, ALL)
        room.crawl()
        now, _ = exported(room)

    assert left == []
    assert f"rsl says a licence that could not be read: HTTP 404 ({LICENCE}, read 20" in said
    assert now == urls(0, 1)


@pytest.mark.parametrize("place", ["link", "script", "header"])
def test_a_page_names_a_licence_of_its_own(tmp_path: Path, place: str) -> None:
    press = Press(outlets=1)
    press.publish(1)
    own = f"{HOST}/own.xml"
    press.publish(1, more={
        "link": f'<link rel="license" type="application/rsl+xml" href="{own}">',
        "script": f'<script type="application/rsl+xml">{NO_TRAINING.decode()}</script>',
        "header": "",
    }[place])  # fmt: skip
    site = Site(press)
    site.serve(own, NO_TRAINING)
    if place == "header":
        page = answer(press.printed[urls(1)[0]].html().encode(), "text/html")
        link = ("Link", f'<{own}>; rel="license"; type="application/rsl+xml"')
        site.files[urls(1)[0]] = Response(status=200, headers=(*page.headers, link), body=page.body)
    with office(tmp_path, press) as room:
        room.crawl()
        left, said = exported(room)

    assert left == urls(0)
    assert "prohibits: ai-train" in said


def test_a_feed_speaks_of_its_entries_in_rsl(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(3)
    licence = (
        '<rsl:content url=""><rsl:license><rsl:prohibits type="usage">{}</rsl:prohibits></rsl:license></rsl:content>'
    )
    items = [f"<item><link>{url}</link></item>" for url in urls(0, 1, 2)]
    items[1] = items[1].replace("</item>", licence.format("ai-train") + "</item>")
    feed = f'<rss xmlns:rsl="https://rslstandard.org/rsl"><channel><title>T</title>{"".join(items)}</channel></rss>'
    site = Site(press)
    site.serve(f"{HOST}/feed.xml", feed.encode(), "text/xml")
    with office(tmp_path, press) as room:
        room.crawl()
        left, said = exported(room)

    assert left == urls(0, 2)
    assert f"the feed in rsl says prohibits: ai-train ({HOST}/feed.xml, read 20" in said


@pytest.mark.slow
def test_what_is_to_be_skipped_is_put_off_while_its_licence_cannot_be_read(tmp_path: Path) -> None:
    press, site = press_of(2)
    site.files[LICENCE] = MISSING
    with office(tmp_path, press) as room:
        policy(room, "skip")
        room.crawl()
        press.publish(2)
        second = room.crawl()
        put_off = room.rows("SELECT url, state FROM frontier WHERE url LIKE '%/news/%' AND article_id IS NULL")
        age(room, 2)
        site.serve(LICENCE, ALL)
        with closing(sqlite3.connect(room.database)) as conn, conn:
            conn.execute("UPDATE frontier SET due_at = '2026-01-01T00:00:00Z' WHERE state = 'pending'")
        room.crawl()
        room.crawl()
        left, _ = exported(room)

    assert second["new"] == 0
    assert put_off == [(url, "pending") for url in urls(2, 3)]
    assert set(urls(2, 3)) <= set(left)


def test_a_prohibition_of_all_files_nothing_where_that_is_to_be_skipped(tmp_path: Path) -> None:
    press, site = press_of(1)
    site.serve(LICENCE, NO_TRAINING.replace(b">ai-train<", b">all<"))
    with office(tmp_path, press) as room:
        policy(room, "skip")
        room.crawl()
        press.publish(2)
        press.asked.clear()
        second = room.crawl()

    assert second["new"] == 0
    assert second["outcomes"]["reserved"] >= 2
    assert not any("/news/1" in url or "/news/2" in url for url in press.asked)


def test_a_licence_is_asked_for_as_robots_txt_and_the_address_guard_allow(tmp_path: Path) -> None:
    press = Press(outlets=2)
    press.publish(2)
    site = Site(press)
    forbidden = b"User-agent: *\nDisallow: /rights/\nLicense: /rights/ai.xml\n"
    site.serve(f"{HOST}/robots.txt", forbidden, "text/plain")
    site.serve("http://outlet-1.press.test/robots.txt", b"License: http://127.0.0.1:9/rsl.xml\n", "text/plain")
    with office(tmp_path, press) as room:
        room.crawl()
        _, said = exported(room)

    assert LICENCE not in site.asked
    assert "a licence that could not be read: robots.txt forbids it" in said
    assert "http://127.0.0.1:9/rsl.xml, read 20" in said
    assert not any("127.0.0.1" in url for url in site.asked)


def test_the_robots_that_are_shut_out_by_name_are_counted(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(1)
    site = Site(press)
    names = ("GPTBot", "ClaudeBot", "Google-Extended", "ia_archiver", "archive.org_bot", "Googlebot")
    robots = "".join(f"User-agent: {name}\n" for name in names) + "Disallow: /\n"
    site.serve(f"{HOST}/robots.txt", robots.encode(), "text/plain")
    with office(tmp_path, press) as room:
        room.crawl()
        status = room.run("status")
        left, _ = exported(room)

    assert "shuts out 3 AI robots and 2 archiving robots by name" in status.stdout
    assert left == urls(0)
