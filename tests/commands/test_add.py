"""`cuttings add`: a site's evidence, then a source for it in cuttings.toml, where all else stays as it is."""

import json
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.demo.newspaper import Response
from tests.newsroom import Newsroom, newsroom
from tests.robustness.faults.press import Press, office

HEAD = """\
# Ours. Do not sort!
[project]
user_agent = "add-test (+mailto:desk@press.test)"   # us
proxy = "{proxy}"
allow_private = [{hosts}]

[defaults]
delay = "0s"
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with newsroom(tmp_path_factory.mktemp("add")) as room:
        yield room


@pytest.fixture
def config(room: Newsroom) -> Path:
    """A cuttings.toml without a source, in the newsroom."""
    path = room.folder / "cuttings.toml"
    hosts = ", ".join(f'"{outlet}"' for outlet in sorted({story.host for story in room.paper.newspaper.articles}))
    path.write_bytes(HEAD.format(proxy=room.paper.proxy_url, hosts=hosts).encode())
    path.chmod(0o600)
    return path


def sources(config: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(config.read_text()).get("source", [])
    return found


def test_the_evidence_is_shown_and_nothing_written_where_nobody_says_yes(room: Newsroom, config: Path) -> None:
    before = config.read_bytes()

    done = room.run("add", "http://harbour-post.test/")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "cuttings: nothing was written; add --yes to write it"
    assert config.read_bytes() == before
    for fact in (
        "robots.txt allows it",
        "http://harbour-post.test/feed/ (named by the front page): 17 articles",
        "wp-sitemap.xml (robots.txt)",
        "a day",
        '"auto": every ',
        "(220 words, 2026-11-18, Ansel Whitty)",
        "✂ [bio: ",
        "[[source]]",
    ):
        assert fact in done.stdout


def test_a_source_is_written_below_what_is_there_and_can_be_crawled(room: Newsroom, config: Path) -> None:
    before = config.read_text()

    done = room.run("add", "http://harbour-post.test/", "--yes")

    assert done.returncode == 0, done.stderr
    assert config.read_text().startswith(before)
    assert sources(config) == [{"url": "http://harbour-post.test/"}]
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert [path.name for path in room.folder.iterdir() if "part" in path.name] == []
    assert room.run("crawl", "--dry-run").returncode == 0


def test_a_site_without_a_feed_is_read_by_its_news_sitemap(room: Newsroom, config: Path) -> None:
    done = room.run("add", "http://meridian-times.test/", "--yes", "--json")

    said = json.loads(done.stdout)
    assert said["added"] is True
    assert sources(config) == [
        {"url": "http://meridian-times.test/", "sitemaps": ["http://meridian-times.test/news-sitemap.xml"]}
    ]
    (site,) = said["sites"]
    assert site["robots"]["allowed"] is True
    assert {"signal": "robots.txt", "value": "gptbot: disallow: /", "reserves": False} in site["rights"]
    assert sum(sample["outcome"] == "saved" for sample in site["samples"]) >= 2
    assert all(sample["removed"] for sample in site["samples"] if sample["outcome"] == "saved")


@pytest.mark.slow
def test_a_feed_will_do_in_place_of_a_front_page(room: Newsroom, config: Path) -> None:
    assert room.run("add", "http://vale-courier.test/atom.xml", "--yes").returncode == 0

    assert sources(config) == [{"url": "http://vale-courier.test/"}]


def test_a_site_that_is_read_already_is_named(room: Newsroom, config: Path) -> None:
    config.write_text(f'{config.read_text()}[[source]]\nid = "post"\nurl = "http://www.harbour-post.test/"\n')

    done = room.run("add", "http://harbour-post.test/")

    assert done.returncode == 1
    assert '"post" in cuttings.toml reads that site' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "name a site, as in: cuttings add https://"),
        (("http://",), 2, "http://: "),
        (("http://127.0.0.1:9/", "--yes"), 1, "cannot be read: "),
        (("http://nowhere.test/", "--yes"), 1, "the host is not public"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_sentence(
    room: Newsroom, config: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = config.read_bytes()

    done = room.run("add", *arguments)

    assert done.returncode == code
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert config.read_bytes() == before


@pytest.mark.slow
def test_windows_line_ends_stay_and_a_missing_last_one_is_added(room: Newsroom, config: Path) -> None:
    config.write_bytes(config.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n"))

    assert room.run("add", "http://vale-courier.test/", "--yes").returncode == 0

    body = config.read_bytes()
    assert body.count(b"\n") == body.count(b"\r\n")
    assert len(sources(config)) == 1


def test_a_site_in_which_no_article_is_found_is_not_added(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(3)
    shell = b"<html><body><div id=app></div></body></html>"
    press.on_request = lambda url: (
        Response(status=200, headers=(("Content-Type", "text/html"), ("Content-Length", str(len(shell)))), body=shell)
        if "/news/" in url or url.endswith("/") else None
    )  # fmt: skip
    with office(tmp_path, press) as room:
        path = room.folder / "cuttings.toml"
        path.write_text(path.read_text().split("[[source]]")[0])
        before = path.read_bytes()

        done = room.run("add", f"http://{press.hosts[0]}/feed.xml", "--yes")

        assert done.returncode == 1
        assert "in none of the samples an article was found" in done.stderr
        assert path.read_bytes() == before


OPML = """<?xml version="1.0"?>
<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<opml version="2.0"><body>
<outline text="News"><outline type="rss" text="A &#8211; paper" xmlUrl="http://a.example.net/feed" htmlUrl="http://a.example.net/"/>
<outline type="rss" text="Sport" xmlUrl="http://a.example.net/sport"/></outline>
<outline type="rss" title="B &x;" XMLURL="https://b.example.net/rss"/>
<outline type="rss" text="again" xmlUrl="http://a.example.net/feed"/>
<outline type="rss" text="bad" xmlUrl="gopher://c.example.net/"/>
<outline text="an empty folder"/>
</body></opml>"""


def test_a_list_of_subscriptions_is_added_site_by_site_and_its_counts_add_up(room: Newsroom, config: Path) -> None:
    (room.folder / "feeds.opml").write_text(OPML)

    done = room.run("add", "--opml", "feeds.opml", "--yes")
    again = room.run("add", "--opml", "feeds.opml", "--yes")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "feeds.opml: 3 feeds new, 0 known, 1 unusable"
    assert sources(config) == [
        {
            "url": "http://a.example.net/",
            "feeds": ["http://a.example.net/feed", "http://a.example.net/sport"],
            "name": "A – paper",
        },
        {"url": "https://b.example.net/", "feeds": ["https://b.example.net/rss"], "name": "B"},
    ]
    assert again.stdout.splitlines()[0] == "feeds.opml: 0 feeds new, 3 known, 1 unusable"
    assert len(sources(config)) == 2


@pytest.mark.parametrize("body", ["", "no xml at all", "<rss/>", "\x00\x01"])
def test_what_is_no_list_of_subscriptions_is_said(room: Newsroom, config: Path, body: str) -> None:
    (room.folder / "feeds.opml").write_text(body)

    done = room.run("add", "--opml", "feeds.opml", "--yes")

    assert done.returncode == 2
    assert done.stderr.startswith("cuttings: feeds.opml: is no ")
    assert sources(config) == []


def test_check_asks_for_listings_and_for_no_article(tmp_path: Path) -> None:
    press = Press(outlets=2)
    press.publish(4)
    press.on_request = lambda url: (
        Response(status=404, headers=(("Content-Length", "0"),))
        if url == "http://outlet-1.press.test/feed.xml"
        else None
    )
    with office(tmp_path, press) as room:
        one = room.run("check", "outlet-0.press.test")
        both = room.run("check", "--json")

    assert one.returncode == 0, one.stdout
    assert "2 listings = 2 ok, 0 failed" in one.stdout
    assert not any("/news/" in url for url in press.asked)
    said = json.loads(both.stdout)
    assert both.returncode == 1
    assert [each["url"] for each in said["listings"] if not each["ok"]] == ["http://outlet-1.press.test/feed.xml"]
