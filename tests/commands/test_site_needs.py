"""Sites that need something of whoever asks: who is sent what, what is kept of it, what is said where it is missing."""

import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.demo.server import DemoServer
from tests.needy import Answer, Press, feed, led, page, press, robots
from tests.newsroom import Newsroom, environment

SECRETS: Final = ("k3y-0f-paper", "s3ssion-0f-paper", "passw0rd", "ZGVzazpwYXNzdzByZA==")
NAMES: Final = ("x-api-key", "cookie", "authorization")
AGENT: Final = "Harbour study (+https://lab.harbour-university.net/)"
OWN: Final = "PaperReader/1.0 (+https://lab.harbour-university.net/paper)"
NEEDS: Final = f"""
user_agent = "{OWN}"
headers = {{ "X-Api-Key" = "env:PAPER_KEY" }}
cookies = {{ session = "env:PAPER_SESSION" }}
login = {{ user = "desk", password = "env:PAPER_PASSWORD" }}
"""
VARIABLES: Final = {"PAPER_KEY": SECRETS[0], "PAPER_SESSION": SECRETS[1], "PAPER_PASSWORD": SECRETS[2]}


def config(proxy: str, keys: str = "", *more: str) -> str:
    sources = "".join(f"[[source]]\n{each}\nautodiscover = false\n" for each in more)
    return f"""
[project]
user_agent = "{AGENT}"
proxy = "{proxy}"
allow_private = ["paper.test", "www.paper.test", "sister.test"]

[defaults]
delay = "0s"

[[source]]
id = "paper"
url = "http://paper.test/"
feeds = ["/feed.xml"]
autodiscover = false
{keys}
{sources}
"""


class Nobody(DemoServer):
    """No demonstration newspaper: the press of these tests is another."""

    def __init__(self) -> None:
        """Serve nothing."""


@pytest.fixture
def site() -> Iterator[Press]:
    with press() as made:
        yield made


def room(folder: Path, site: Press, keys: str = "", *more: str) -> Newsroom:
    made = Newsroom(folder, Nobody(), config(site.proxy, keys, *more))
    made.variables = dict(VARIABLES)
    return made


def outcomes(made: Newsroom) -> dict[str, tuple[str, str | None]]:
    return {
        url: (outcome, detail)
        for url, outcome, detail in made.rows("SELECT url, outcome, detail FROM fetches ORDER BY id")
    }


def ask_of(site: Press, url: str) -> list[tuple[str | None, ...]]:
    """What each request for a URL carried of the four: agent, key, cookies, login."""
    names = ("user-agent", *NAMES)
    return [tuple(headers.get(name) for name in names) for asked, headers in site.asked if asked == url]


ALL: Final = (OWN, SECRETS[0], f"session={SECRETS[1]}", f"Basic {SECRETS[3]}")
NONE: Final = (AGENT, None, None, None)
BARE: Final = (OWN, None, None, None)


# ---- Who is sent what ------------------------------------------------------------------------------------------------


def test_what_a_source_needs_goes_to_its_own_hosts_and_to_no_other(tmp_path: Path, site: Press) -> None:
    sister = 'id = "sister"\nurl = "http://sister.test/"\nfeeds = ["/feed.xml"]'
    here, away, back, other = (f"http://paper.test/{name}" for name in ("a", "away", "back", "feed.xml"))
    site.answers |= {
        other: feed(here, away, back, "http://www.paper.test/w", "http://sister.test/linked"),
        here: page("here"),
        away: led("http://sister.test/away"),
        "http://sister.test/away": page("away"),
        back: led("http://sister.test/through"),
        "http://sister.test/through": led("http://paper.test/arrived"),
        "http://paper.test/arrived": page("arrived"),
        "http://www.paper.test/w": page("twin"),
        "http://sister.test/linked": page("linked"),
        "http://sister.test/feed.xml": feed("http://sister.test/own", "http://paper.test/theirs"),
        "http://sister.test/own": page("own"),
        "http://paper.test/theirs": page("theirs"),
    }

    made = room(tmp_path, site, NEEDS, sister)
    summary = made.crawl()

    assert summary["new"] == 7
    for url in (other, here, away, back, "http://paper.test/arrived", "http://www.paper.test/w"):
        assert ask_of(site, url) == [ALL], url
    for path in ("away", "through", "linked", "own", "feed.xml", "robots.txt", "ai.txt", ".well-known/tdmrep.json"):
        assert set(ask_of(site, f"http://sister.test/{path}")) == {NONE}, path
    for path in ("ai.txt", ".well-known/tdmrep.json"):
        assert ask_of(site, f"http://paper.test/{path}") == [BARE], path
    # As either source, since each is judged by its own name; as nobody's friend.
    assert set(ask_of(site, "http://paper.test/robots.txt")) == {BARE, NONE}
    assert ask_of(site, "http://paper.test/theirs") == [NONE]  # its own source's visitor, who needs nothing


def test_two_sources_of_one_host_are_asked_for_each_as_itself(tmp_path: Path, site: Press) -> None:
    second = (
        'id = "second"\nurl = "http://paper.test/"\nfeeds = ["/second.xml"]\nheaders = { "X-Api-Key" = "other-key" }'
    )
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a"),
        "http://paper.test/second.xml": feed("http://paper.test/b"),
        "http://paper.test/a": page("a"),
        "http://paper.test/b": page("b"),
    }
    room(tmp_path, site, NEEDS, second).crawl()
    for path in ("feed.xml", "a"):
        assert ask_of(site, f"http://paper.test/{path}") == [ALL]
    for path in ("second.xml", "b"):
        assert ask_of(site, f"http://paper.test/{path}") == [(AGENT, "other-key", None, None)]
    assert sorted(ask_of(site, "http://paper.test/robots.txt")) == sorted([BARE, NONE])


def test_further_pages_of_an_article_are_asked_for_alike(tmp_path: Path, site: Press) -> None:
    status, headers, text = page("first")
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a"),
        "http://paper.test/a": (status, headers, text.replace("<title>", '<link rel="next" href="/a?page=2"><title>')),
        "http://paper.test/a?page=2": page("second"),
    }
    room(tmp_path, site, NEEDS).crawl()
    assert ask_of(site, "http://paper.test/a?page=2") == [ALL]


def test_a_listing_that_is_robots_txt_or_led_on_from_it_is_for_everybody(tmp_path: Path, site: Press) -> None:
    keys = NEEDS + 'sitemaps = ["/robots.txt"]\n'
    site.answers |= {
        "http://paper.test/feed.xml": feed(),
        "http://paper.test/robots.txt": led("http://paper.test/en/robots.txt"),
        "http://paper.test/en/robots.txt": robots("User-agent: *", "Disallow: /private"),
    }
    room(tmp_path, site, keys).run("crawl")
    for path in ("robots.txt", "en/robots.txt"):
        assert set(ask_of(site, f"http://paper.test/{path}")) == {BARE}


def test_a_source_has_a_proxy_for_its_own_hosts(tmp_path: Path, site: Press) -> None:
    with press() as own:
        own.answers |= {
            "http://paper.test/feed.xml": feed("http://paper.test/a", "http://paper.test/away"),
            "http://paper.test/a": page("a"),
            "http://paper.test/away": led("http://sister.test/away"),
        }
        site.answers["http://sister.test/away"] = led("http://paper.test/b")
        own.answers["http://paper.test/b"] = page("b")
        made = room(tmp_path, site, 'proxy = "env:PAPER_PROXY"')
        made.variables["PAPER_PROXY"] = own.proxy.replace("//", "//me:s3cr3t@")
        assert made.crawl()["new"] == 2
        hosts = {url.split("/")[2] for url, _ in own.asked}, {url.split("/")[2] for url, _ in site.asked}
        assert hosts == ({"paper.test"}, {"sister.test"})
        assert {headers.get("proxy-authorization") for _, headers in own.asked} == {"Basic bWU6czNjcjN0"}
        assert {headers.get("proxy-authorization") for _, headers in site.asked} == {None}


def test_conditional_requests_stay_what_they_were(tmp_path: Path, site: Press) -> None:
    def answer(headers: dict[str, str]) -> Answer:
        return (304, [], "") if headers.get("if-none-match") == '"a"' else page("a")

    site.answers |= {"http://paper.test/feed.xml": feed("http://paper.test/a"), "http://paper.test/a": answer}
    made = room(tmp_path, site, NEEDS)
    made.crawl()
    _make_due(made)
    made.crawl()
    assert site.headers("http://paper.test/a", "if-none-match") == [None, '"a"']
    assert ask_of(site, "http://paper.test/a") == [ALL, ALL]
    assert outcomes(made)["http://paper.test/a"][0] == "unchanged"


def _make_due(made: Newsroom) -> None:
    conn = sqlite3.connect(made.database)
    conn.execute("UPDATE frontier SET due_at = '2026-01-01T00:00:00Z' WHERE kind = 'article'")
    conn.commit()
    conn.close()


# ---- What is kept of it ----------------------------------------------------------------------------------------------


def _told(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def test_no_secret_stands_in_what_is_kept_or_said(tmp_path: Path, site: Press) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a", "http://paper.test/gone", "http://paper.test/loop"),
        "http://paper.test/a": (200, [*page("a")[1], ("Set-Cookie", "sid=fresh-s3ssion; Path=/")], page("a")[2]),
        "http://paper.test/gone": (401, [("WWW-Authenticate", "Basic")], ""),
        "http://paper.test/loop": led("http://paper.test/loop", "sid=fresh-s3ssion"),
    }
    made = room(tmp_path, site, NEEDS)
    said = [_told(made.run(*command)) for command in (
        ("check",), ("check", "--json"), ("try", "http://paper.test/a", "--json", "--explain"), ("crawl", "--json"),
        ("show", "1"), ("show", "1", "--json"), ("status", "--json"), ("doctor", "--json"),
    )]  # fmt: skip
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "cuttings.toml"]
    records = [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.http_headers)
        for path in (tmp_path / "cuttings-warc").iterdir()
        for record in ArchiveIterator(io.BytesIO(path.read_bytes()))
        if record.http_headers
    ]
    kept = [f"{name}: {value}" for _, _, headers in records for name, value in headers.headers]

    for secret in (*SECRETS, "fresh-s3ssion"):
        assert not any(secret in text for text in (*said, *kept))
        assert not any(secret.encode() in body for body in files)
    asked = next(headers for kind, url, headers in records if kind == "request" and url == "http://paper.test/a")
    for name in NAMES:
        assert asked.get_header(name) == "(not kept)"
    assert asked.get_header("User-Agent") == OWN
    assert outcomes(made)["http://paper.test/a"][0] == "saved"


def test_not_even_a_talkative_log_has_them(tmp_path: Path, site: Press) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a", "http://paper.test/robbed"),
        "http://paper.test/a": led("/b"),
        "http://paper.test/b": page("b"),
        "http://paper.test/robbed": (500, [], ""),
    }
    made = room(tmp_path, site, NEEDS + f'proxy = "{site.proxy.replace("//", "//me:s3cr3t@")}"\n')
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-s", "LOG_LEVEL=DEBUG"],
        cwd=tmp_path, env=environment() | made.variables | {"SCRAPY_SETTINGS_MODULE": "spiders.settings"},
        capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert "DEBUG: Redirecting (302)" in done.stderr
    assert outcomes(made)["http://paper.test/a"][0] == "saved"
    assert not any(secret in _told(done) for secret in (*SECRETS, "s3cr3t"))


# ---- What is said where it is missing or wrong -----------------------------------------------------------------------


@pytest.mark.parametrize("command", [("crawl",), ("crawl", "--dry-run"), ("check",), ("check", "--offline"),
                                     ("try", "http://paper.test/a")], ids=" ".join)  # fmt: skip
def test_a_variable_that_is_not_set_is_named_before_anything_is_asked_for(
    tmp_path: Path, site: Press, command: tuple[str, ...]
) -> None:
    made = room(tmp_path, site, NEEDS)
    del made.variables["PAPER_SESSION"]
    done = made.run(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        'cuttings: cuttings.toml: [[source]] "paper": cookies: session: '
        "the environment variable PAPER_SESSION is not set; set it\n"
    )
    assert not site.asked
    assert not made.database.exists()


def test_who_does_not_ask_a_source_does_not_need_its_variables(tmp_path: Path, site: Press) -> None:
    made = room(tmp_path, site, NEEDS, 'id = "sister"\nurl = "http://sister.test/"\nfeeds = ["/feed.xml"]')
    made.variables.clear()
    site.answers |= {"http://sister.test/feed.xml": feed("http://sister.test/a"), "http://sister.test/a": page("a")}
    assert made.crawl("sister")["new"] == 1
    for command in (("status",), ("search", "ward"), ("export", "--format", "jsonl")):
        assert made.run(*command).returncode == 0, command


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (NEEDS, "HTTP 401: the login of its source is not taken; look at user and password"),
        ("", "HTTP 401: a login is asked for, and its source has none"),
    ],
)
def test_a_login_that_is_asked_for_is_reported_plainly(tmp_path: Path, site: Press, keys: str, said: str) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a"),
        "http://paper.test/a": (401, [("WWW-Authenticate", "Basic")], ""),
    }
    made = room(tmp_path, site, keys)
    made.crawl()
    assert outcomes(made)["http://paper.test/a"] == ("http_4xx", said)
    tried = made.run("try", "http://paper.test/a")
    assert (tried.returncode, tried.stderr) == (1, f"cuttings: http://paper.test/a: {said} (http_4xx)\n")


# ---- robots.txt ------------------------------------------------------------------------------------------------------


def test_robots_txt_is_judged_by_the_user_agent_of_the_source(tmp_path: Path, site: Press) -> None:
    second = 'id = "second"\nurl = "http://paper.test/"\nfeeds = ["/second.xml"]'
    rules = ("User-agent: PaperReader", "Disallow: /a", "", "User-agent: Harbour", "Disallow: /b")
    site.answers |= {
        "http://paper.test/robots.txt": robots(*rules),
        "http://paper.test/feed.xml": feed("http://paper.test/a", "http://paper.test/b"),
        "http://paper.test/second.xml": feed("http://paper.test/a2", "http://paper.test/b2"),
        **{f"http://paper.test/{name}": page(name) for name in ("a", "b", "a2", "b2")},
    }
    made = room(tmp_path, site, f'user_agent = "{OWN}"', second)
    made.crawl()
    found = {url.rpartition("/")[2]: outcome for url, (outcome, _) in outcomes(made).items()}
    assert {name: found[name] for name in ("a", "b", "a2", "b2")} == {
        "a": "robots", "b": "saved", "a2": "saved", "b2": "robots",
    }  # fmt: skip
    assert len(ask_of(site, "http://paper.test/robots.txt")) == 2


# ---- Cookies of a chain ----------------------------------------------------------------------------------------------


def wall(headers: dict[str, str]) -> Answer:
    """An article behind a page that sets a cookie and leads back, until the cookie comes."""
    if "consent=yes" in (headers.get("cookie") or ""):
        return page("wall")
    return led("http://paper.test/consent?next=/a")


def test_a_site_that_leads_round_until_its_cookie_comes_back_is_read(tmp_path: Path, site: Press) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a", "http://paper.test/b"),
        "http://paper.test/a": wall,
        "http://paper.test/consent?next=/a": led("http://paper.test/a", "consent=yes; Path=/; Max-Age=3600"),
        "http://paper.test/b": page("b"),
    }
    made = room(tmp_path, site)
    assert made.crawl()["new"] == 2
    assert site.headers("http://paper.test/a", "cookie") == [None, "consent=yes"]
    assert site.headers("http://paper.test/b", "cookie") == [None]  # forgotten with its chain
    tried = json.loads(made.run("try", "http://paper.test/a", "--json").stdout)
    assert tried["redirects"] == ["http://paper.test/a", "http://paper.test/consent?next=/a"]


def test_cookies_of_a_chain_do_not_leave_their_site(tmp_path: Path, site: Press) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a"),
        "http://paper.test/a": led(
            "http://sister.test/b", "mine=1; Path=/", "wide=1; Domain=test", "t=1; Domain=sister.test"
        ),
        "http://sister.test/b": led("http://www.paper.test/c", "theirs=1; Path=/", "up=1; Domain=paper.test"),
        "http://www.paper.test/c": led("http://paper.test/d", "host=1", "site=1; Domain=paper.test"),
        "http://paper.test/d": page("d"),
    }
    made = room(tmp_path, site)
    assert made.crawl()["new"] == 1
    assert site.headers("http://sister.test/b", "cookie") == [None]
    assert site.headers("http://www.paper.test/c", "cookie") == [None]
    (cookie,) = site.headers("http://paper.test/d", "cookie")
    assert set((cookie or "").split("; ")) == {"mine=1", "site=1"}


def test_a_loop_that_no_cookie_ends_is_still_a_redirect_without_end(tmp_path: Path, site: Press) -> None:
    site.answers |= {
        "http://paper.test/feed.xml": feed("http://paper.test/a"),
        "http://paper.test/a": led("http://paper.test/a", *(f"c{number}={'x' * 3000}" for number in range(40))),
    }
    made = room(tmp_path, site)
    made.crawl()
    assert outcomes(made)["http://paper.test/a"][0] == "redirect"
    assert len(site.headers("http://paper.test/a", "cookie")) == 8
    assert all(len(cookie or "") < 20_000 for cookie in site.headers("http://paper.test/a", "cookie"))
