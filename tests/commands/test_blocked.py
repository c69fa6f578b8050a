"""Hosts that refuse: a crawl ends by itself, leaves them alone, loses nothing, and asks for what they do give."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from archive.demo.server import DemoServer
from tests.newsroom import Newsroom

pytestmark = pytest.mark.timeout(120)

Answer = tuple[int, dict[str, str], str]
SLOW: Answer = (429, {"Retry-After": "1"}, "slow down")
BUSY: Answer = (503, {"Retry-After": "1"}, "back soon")
FORBIDDEN: Answer = (403, {}, "no")
CHALLENGE: Answer = (403, {"cf-mitigated": "challenge"}, "<title>Just a moment...</title>")
ROBOTS: Answer = (404, {}, "")


def story(number: int) -> Answer:
    sentences = (
        f"The council of ward {number} voted on item {number}-{n} after a debate of {n} hours." for n in range(40)
    )
    paragraphs = "".join(f"<p>{sentence} Nobody spoke against it in the end.</p>" for sentence in sentences)
    return 200, {"Content-Type": "text/html"}, (
        f"<html lang=en><head><title>Ward {number} votes</title></head><body><article><h1>Ward {number} votes</h1>"
        f"{paragraphs}</article></body></html>"
    )  # fmt: skip


def feed(*urls: str) -> Answer:
    items = "".join(f"<item><title>{url}</title><link>{url}</link></item>" for url in urls)
    return 200, {"Content-Type": "application/rss+xml"}, f"<rss version='2.0'><channel>{items}</channel></rss>"


def moved(url: str) -> Answer:
    return 302, {"Location": url}, ""


class Site:
    """A proxy that answers for every host: by URL, with a page for what it does not know."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[], Answer]] = {}
        self.asked: Counter[str] = Counter()

    def answer(self, url: str) -> Answer:
        self.asked[url] += 1
        if url.endswith("/robots.txt") and url not in self.answers:
            return ROBOTS
        found = self.answers.get(url) or (404, {}, "")
        return found() if callable(found) else found


@contextmanager
def served(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, text = site.answer(self.path)
            body = text.encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


CONFIG = """
[project]
user_agent = "Harbour study (+https://lab.harbour-university.net/)"
proxy = "{proxy}"
allow_private = ["paper.test", "sister.test"]

[defaults]
delay = "0s"

[[source]]
id = "paper"
url = "http://paper.test/"
feeds = ["/feed.xml"]
autodiscover = false
"""


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def room(tmp_path: Path, site: Site) -> Iterator[Newsroom]:
    with served(site) as proxy:
        yield Newsroom(tmp_path, _Nobody(), CONFIG.format(proxy=proxy))


class _Nobody(DemoServer):
    """No demonstration newspaper: the site of these tests is another."""

    def __init__(self) -> None:
        """Serve nothing."""


def crawl(room: Newsroom) -> tuple[dict[str, Any], int]:
    done = room.run("crawl", "--json", timeout=100)
    assert done.returncode in {0, 3}, done.stderr
    return json.loads(done.stdout), done.returncode


def pages(*numbers: int) -> list[str]:
    return [f"http://paper.test/a/{number}" for number in numbers]


FEED = "http://paper.test/feed.xml"


def adds_up(room: Newsroom, summary: dict[str, Any]) -> bool:
    ((tried, total),) = room.rows("SELECT tried, (SELECT count(DISTINCT url) FROM fetches WHERE run_id = 1) FROM runs "
                                  "WHERE id = 1")  # fmt: skip
    return tried == total == summary["tried"] == sum(summary["outcomes"].values())


@pytest.mark.parametrize("answer", [SLOW, BUSY])
def test_a_page_that_asks_for_rest_for_ever_is_asked_for_three_times_and_the_others_are_filed(
    room: Newsroom, site: Site, answer: Answer
) -> None:
    urls = pages(*range(5))
    site.answers |= {FEED: feed(*urls), urls[0]: answer} | {urls[n]: story(n) for n in range(1, 5)}

    summary, _ = crawl(room)

    assert site.asked[urls[0]] == 3
    assert summary["new"] == 4
    assert summary["outcomes"]["rate_limited"] == 1
    assert adds_up(room, summary)
    assert room.rows("SELECT count(*) FROM fetches WHERE outcome = 'rate_limited'") == [(3,)]
    assert room.rows("SELECT state, tries FROM frontier WHERE url = ?", urls[0]) == [("pending", 0)]
    assert any("paper.test is left alone until" in event for event in summary["events"])


def test_a_page_that_asks_for_rest_once_is_filed_by_the_same_run(room: Newsroom, site: Site) -> None:
    urls = pages(0, 1)
    turns = iter([SLOW])
    site.answers |= {FEED: feed(*urls), urls[0]: lambda: next(turns, story(0)), urls[1]: story(1)}

    summary, _ = crawl(room)

    assert summary["new"] == 2
    assert "rate_limited" not in summary["outcomes"]
    assert adds_up(room, summary)


def test_a_feed_that_asks_for_rest_for_ever_is_asked_for_three_times_and_one_that_does_once_is_read(
    room: Newsroom, site: Site
) -> None:
    site.answers[FEED] = SLOW
    summary, code = crawl(room)
    assert (site.asked[FEED], summary["outcomes"]["rate_limited"], code) == (3, 1, 3)
    assert adds_up(room, summary)

    turns = iter([SLOW])
    (url,) = pages(7)
    site.answers |= {FEED: lambda: next(turns, feed(url)), url: story(7)}
    summary, code = crawl(room)
    assert (summary["new"], code) == (1, 0)


def test_a_robots_txt_that_asks_for_rest_for_ever_ends_the_run(room: Newsroom, site: Site) -> None:
    site.answers |= {"http://paper.test/robots.txt": SLOW, FEED: feed(*pages(0))}

    summary, _ = crawl(room)

    assert site.asked["http://paper.test/robots.txt"] <= 4
    assert site.asked[FEED] == 0
    assert adds_up(room, summary)


def test_a_redirect_to_a_host_that_asks_for_rest_for_ever_ends_the_run(room: Newsroom, site: Site) -> None:
    urls = pages(0, 1)
    site.answers |= {FEED: feed(*urls), urls[0]: moved("http://sister.test/a"), urls[1]: story(1),
                     "http://sister.test/a": SLOW}  # fmt: skip

    summary, _ = crawl(room)

    assert site.asked["http://sister.test/a"] <= 3
    assert site.asked[urls[0]] <= 4
    assert summary["new"] == 1
    assert adds_up(room, summary)


@pytest.mark.parametrize(
    ("answer", "requests", "reason"),
    [(CHALLENGE, 1, "a challenge page: HTTP 403"), (FORBIDDEN, 5, "5 refusals in a row: HTTP 403")],
)
def test_a_host_whose_pages_are_all_refused_is_left_alone_and_all_of_them_stay_due(
    room: Newsroom, site: Site, answer: Answer, requests: int, reason: str
) -> None:
    urls = pages(*range(30))
    site.answers |= {FEED: feed(*urls)} | dict.fromkeys(urls, answer)

    summary, code = crawl(room)
    again, _ = crawl(room)

    assert sum(site.asked[url] for url in urls) == requests
    assert room.rows("SELECT count(*) FROM frontier WHERE kind = 'article' AND state = 'pending'") == [(30,)]
    assert room.rows("SELECT kind, amount FROM events") == [("blocked", 30)]
    (event,) = summary["events"]
    assert event.startswith("paper.test is left alone until")
    assert event.endswith(f"UTC ({reason})")
    assert code == 0
    assert adds_up(room, summary)
    assert again["tried"] == 0
    assert f"paper.test ({reason})" in room.run("status").stdout
    assert room.rows("SELECT count(*) FROM frontier WHERE tries > 0") == [(0,)]


def test_a_page_that_reads_as_a_challenge_pauses_its_host(room: Newsroom, site: Site) -> None:
    text = (
        "<html><head><title>Just a moment...</title></head><body><h1>Just a moment...</h1>"
        "<p>Checking your browser before you can go on to the gazette.</p></body></html>"
    )
    wall: Answer = (200, {"Content-Type": "text/html"}, text)
    urls = pages(*range(30))
    site.answers |= {FEED: feed(*urls)} | dict.fromkeys(urls, wall)

    summary, _ = crawl(room)

    assert sum(site.asked[url] for url in urls) < 10
    assert room.rows("SELECT count(*) FROM frontier WHERE kind = 'article' AND state = 'pending'") == [(30,)]
    assert room.rows("SELECT kind FROM events") == [("blocked",)]
    assert adds_up(room, summary)


def test_one_page_that_is_refused_pauses_nothing(room: Newsroom, site: Site) -> None:
    urls = pages(*range(8))
    site.answers |= {FEED: feed(*urls), urls[3]: FORBIDDEN} | {urls[n]: story(n) for n in (0, 1, 2, 4, 5, 6, 7)}

    summary, _ = crawl(room)

    assert summary["new"] == 7
    assert summary["events"] == []
    assert room.rows("SELECT count(*) FROM hosts WHERE paused_until > noted_at") == [(0,)]


def test_files_of_a_site_that_are_refused_say_nothing_of_its_pages(room: Newsroom, site: Site) -> None:
    urls = pages(*range(4))
    files = ("robots.txt", "ai.txt", ".well-known/tdmrep.json")
    site.answers |= {f"http://paper.test/{name}": CHALLENGE for name in files}
    site.answers |= {FEED: feed(*urls)} | {url: story(n) for n, url in enumerate(urls)}

    summary, _ = crawl(room)

    assert summary["new"] == 4
    assert summary["events"] == []
