"""robots.txt as RFC 9309 reads it, and within bounds whatever stands in it."""

from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.site.robots_txt import MAX_BYTES, RobotsParser, product_token

US = "Cuttings/0.1 (+mailto:desk@example.org)"
SITE = "https://courier.example"


def rules(text: str | bytes, user_agent: str = US) -> RobotsParser:
    body = text.encode() if isinstance(text, str) else text
    crawler = SimpleNamespace(settings={"USER_AGENT": user_agent}, spider=None)
    return RobotsParser.from_crawler(cast("Any", crawler), body)


def allowed(text: str | bytes, *paths: str, user_agent: str = US) -> list[bool]:
    read = rules(text, user_agent)
    return [read.allowed(SITE + path, user_agent) for path in paths]


# ---- Whom a group is for (section 2.2.1) -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        (US, "cuttings"),
        ("Press-Archive/2 (+https://archive.example)", "press-archive"),
        ("our_reader", "our_reader"),
        ("2nd-reader/1.0", "nd-reader"),
        ("Mozilla/5.0 (compatible; Cuttings/0.1)", "mozilla"),
        (" Spaced/1", "spaced"),
        ("007", "cuttings"),
        ("", "cuttings"),
    ],
)
def test_our_name_is_that_in_the_first_word_of_the_user_agent(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    "line",
    [
        "User-agent: Cuttings",
        "User-Agent: cuttings",
        "user-agent:CUTTINGS",
        "User-agent: Cuttings/0.1",
        "User-agent: cuttings*",
        "User-agent: cuttings # the archive",
        "  User-agent : cuttings",
        "User agent: cuttings",
        "Useragent: cuttings",
        "User-agent cuttings",
        "User-agent: other\nUser-agent: cuttings",
        "User-agent: cuttings\nUser-agent: other",
        "User-agent: other\n\n# and\nSitemap: https://courier.example/s.xml\nUser-agent: cuttings",
    ],
)
def test_a_group_that_names_us_is_for_us_alone(line: str) -> None:
    text = f"User-agent: *\nDisallow: /\n\n{line}\nDisallow: /archive/\n"
    assert allowed(text, "/news/", "/archive/1") == [True, False]


@pytest.mark.parametrize("name", ["cut", "cuttings-images", "mycuttings", "cuttingsbot", "", "a cuttings"])
def test_a_group_of_another_name_is_not_for_us(name: str) -> None:
    assert allowed(f"User-agent: {name}\nDisallow: /\n", "/news/") == [True]


def test_groups_that_name_us_are_read_as_one() -> None:
    text = "User-agent: cuttings\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: Cuttings\nDisallow: /b\n"
    assert allowed(text, "/a", "/b", "/c") == [False, False, True]


def test_a_group_that_names_us_and_forbids_nothing_allows_all() -> None:
    assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: cuttings\nDisallow:\n", "/news/") == [True]
    assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: cuttings\n", "/news/") == [True]


def test_rules_before_the_first_group_are_for_nobody() -> None:
    assert allowed("Disallow: /\nUser-agent: *\nDisallow: /a\n", "/a", "/b") == [False, True]


def test_lines_that_nobody_knows_end_no_group() -> None:
    text = "User-agent: other\nSitemap: /s.xml\nNoindex: /x\nUser-agent: cuttings\nHost: h\nDisallow: /a\n"
    assert allowed(text, "/a", "/b") == [False, True]


def test_a_delay_is_a_rule_of_its_group() -> None:
    text = "User-agent: *\nCrawl-delay: 7\n\nUser-agent: greedy\nDisallow: /\n"
    assert allowed(text, "/news/") == [True]
    assert rules(text).crawl_delay(US) == 7


# ---- Which rule holds (section 2.2.2) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        # The longest match wins ...
        ("Disallow: /news\nAllow: /news/free/", "/news/free/1", True),
        ("Allow: /news/free/\nDisallow: /news", "/news/paid/1", False),
        ("Allow: /\nDisallow: /*.pdf$", "/a/report.pdf", False),
        ("Allow: /news/*.html\nDisallow: /news/", "/news/1.html", True),
        # ... and of two as long the one that allows.
        ("Disallow: /page\nAllow: /page", "/page/1", True),
        ("Allow: /page\nDisallow: /page", "/page/1", True),
        ("Disallow: /", "/", False),
        ("Disallow:", "/", True),
        ("", "/", True),
        ("Disallow: /News", "/news", True),
        ("DISALLOW: /news", "/news", False),
        ("Disalow: /news", "/news", False),
        ("Disallow /news", "/news", False),
        ("Disallow: /news # not now", "/news", False),
        ("Disallow: /news/$", "/news/", False),
        ("Disallow: /news/$", "/news/1", True),
        ("Disallow: /*/print/", "/news/1/print/", False),
        ("Disallow: /*/print/", "/print/", True),
        ("Disallow: *", "/anything", False),
        ("Disallow: /a*b*c$", "/aXbXcXc", False),
        ("Disallow: /a*b*c$", "/aXbXcXd", True),
        ("Disallow: /*?session=", "/news?session=1", False),
        ("Disallow: /*?", "/news", True),
        ("Disallow: /****a", "/xa", False),
        ("Disallow: news", "/news", True),
        # An octet is compared as itself: not with the digits of %3F or %C3.
        ("Disallow: /*3", "/news?id=1", True),
        ("Disallow: /*C", "/stra%C3%9Fe", True),
        ("Disallow: /%2A/", "/a/", True),
        ("Disallow: /%2A/", "/*/", False),
        ("Disallow: /price%24", "/price$1", False),
    ],
)
def test_the_longest_match_wins_and_an_equal_one_that_allows(lines: str, path: str, expected: bool) -> None:  # noqa: FBT001
    assert allowed(f"User-agent: *\n{lines}\n", path) == [expected]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/foo/bar?baz=qux", "/foo/bar?baz=qux"),
        ("/straße/", "/stra%C3%9Fe/1"),
        ("/stra%c3%9fe/", "/stra%C3%9Fe/1"),
        ("/stra%C3%9Fe/", "/straße/1"),
        ("/%74%68%65/", "/the/1"),
        ("/the/", "/%74he/1"),
        ("/a b", "/a%20b"),
        ("/news/€", "/news/%E2%82%AC"),
        ("/a%3cd.html", "/a%3Cd.html"),
    ],
)
def test_an_octet_that_is_encoded_equals_one_that_is_not(written: str, path: str) -> None:
    assert allowed(f"User-agent: *\nDisallow: {written}\n", path, "/else") == [False, True]


def test_octets_that_are_no_utf8_shorten_no_rule() -> None:
    assert allowed(b"User-agent: *\nDisallow: /caf\xe9/\n", "/caf%E9/", "/cafeteria/") == [False, True]


def test_an_encoded_slash_is_no_slash() -> None:
    assert allowed("User-agent: *\nDisallow: /a%2Fb\n", "/a/b", "/a%2fb") == [True, False]


def test_robots_txt_itself_may_always_be_read() -> None:
    assert allowed("User-agent: *\nDisallow: /\n", "/robots.txt", "/robots.txt?v=2", "/a/robots.txt") == [
        True,
        True,
        False,
    ]


def test_what_is_no_address_may_not_be_asked_for() -> None:
    assert not rules("User-agent: *\nDisallow: /a\n").allowed("http://[bad", US)
    assert not rules("User-agent: *\nDisallow: /caf\n").allowed(SITE.encode() + b"/caf\xe9", US)


# ---- Files as they come ----------------------------------------------------------------------------------------------

PLAIN = "User-agent: *\nDisallow: /stra\u00dfe/\n"


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("agent", "a\0gent").encode(),
    ],
)
def test_the_encoding_and_the_line_ends_do_not_matter(body: bytes) -> None:
    assert allowed(body, "/stra%C3%9Fe/", "/news/") == [False, True]


def test_utf16_without_a_mark_is_read_as_far_as_it_is_ascii() -> None:
    assert allowed("User-agent: *\nDisallow: /a/\n".encode("utf-16-le"), "/a/", "/b") == [False, True]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>Not found</title><pre>\nUser-agent: *\nDisallow: /\n</pre>",
        b"\n\n<html><body>User-agent: *<br>\nUser-agent: *\nDisallow: /\n",
        b"<?xml version='1.0'?><rss><channel/></rss>",
        b"",
        b"\0" * 5_000,
        b"%PDF-1.7\n\xff\xfe\n",
        b"\x1f\x8b\x08" + bytes(range(256)),
        b"not a rule\nanother\n",
    ],
)
def test_what_is_no_robots_txt_forbids_nothing(body: bytes) -> None:
    assert allowed(body, "/", "/news/1") == [True, True]


@pytest.mark.parametrize("written", ["nan", "inf", "-inf", "-1", "1e999", "text", "", "5 s", "9" * 400])
def test_a_delay_that_cannot_be_waited_is_none(written: str) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {written}\n").crawl_delay(US) is None


@pytest.mark.parametrize(("written", "seconds"), [("0", 0), ("2.5", 2.5), ("10", 10), ("86400", 86_400)])
def test_a_delay_is_a_number_of_seconds(written: str, seconds: float) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {written}\n").crawl_delay(US) == seconds


# ---- Bounds ----------------------------------------------------------------------------------------------------------


def test_no_more_is_read_than_500_kib_and_no_half_line_of_it() -> None:
    head = b"User-agent: *\nDisallow: /first/\n"
    filler = b"# " + b"x" * (MAX_BYTES - len(head) - len(b"Disallow: /a") - 3) + b"\n"
    body = head + filler + b"Disallow: /archive/\nDisallow: /last/\n"
    assert body[:MAX_BYTES].endswith(b"Disallow: /a")
    assert allowed(body, "/first/", "/a", "/about", "/last/") == [False, True, True, True]


def _lines_of(pattern: str) -> bytes:
    numbered = (pattern % number for number in range(MAX_BYTES // len(pattern)))
    return "".join(numbered).encode()


HOSTILE = {
    # A regular expression of one of these takes longer than the sun has left.
    "stars": b"User-agent: *\n" + _lines_of("Disallow: /*a*a*a*a*a*a*%db\n"),
    "one rule": b"User-agent: *\nDisallow: /" + b"*a" * 250_000 + b"b\n",
    "runs": b"User-agent: *\n" + _lines_of("Disallow: /*" + "a" * 80 + "b%d" + "a" * 80 + "\n"),
    "short": b"User-agent: *\n" + _lines_of("Disallow:/*%d\n"),
    # protego gives each rule of a group to each of its agents.
    "agents and rules": _lines_of("User-agent: a%d\n")[: MAX_BYTES // 2] + b"\n" + _lines_of("Disallow: /%d\n"),
    "hidden agents": _lines_of("\x0buser-agent a%d\n")[: MAX_BYTES // 2] + b"\n" + _lines_of("Disallow: /%d\n"),
    "us, again and again": b"User-agent: cuttings\n" * 12_000 + _lines_of("Disallow: /%d\n"),
    "a group each": _lines_of("User-agent: *\nUser-agent: cuttings\nDisallow: /%d\n"),
    "dollars": b"User-agent: *\n" + _lines_of("Disallow: /%d$$$$$$$$$$$$$$$$\n"),
    "spaces": b"User-agent" + b" " * MAX_BYTES,
    "colons": b"User-agent:" + b":" * MAX_BYTES,
    "percent": b"User-agent: *\nDisallow: /" + b"%" * MAX_BYTES,
    "line ends": b"\r" * MAX_BYTES,
    "90 MB": b"User-agent: *\nDisallow: /\n" * 3_400_000,
}


@pytest.mark.timeout(30)  # each takes well under a second; what is not linear takes hours
@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_holds_the_process_up(name: str) -> None:
    read = rules(HOSTILE[name])
    long = f"{SITE}/{'a' * 1_900}"
    answers = {read.allowed(long + end, US) for end in ("", "b", "/", "?a")}
    assert answers == {name != "90 MB"}


WORDS = st.sampled_from([
    "User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", ":", "*", "/", "$", "%", "%2", "%zz", "%E2%82", "#",
    "\n", "\r", "\0", "\x0b", "\u2028", " ", "cuttings", "\ufeff", "é", "a", "1e5", "?", "<", "http://[",
])  # fmt: skip


@given(st.one_of(st.binary(max_size=400), st.lists(WORDS, max_size=60).map(lambda words: "".join(words).encode())))
def test_any_bytes_are_read(body: bytes) -> None:
    read = rules(body)
    assert {read.allowed(SITE + path, US) for path in ("/", "/a%", "/a?b#c", "//")} <= {True, False}
    delay = read.crawl_delay(US)
    assert delay is None or 0 <= delay < float("inf")
    assert read.allowed(f"{SITE}/robots.txt", US)


def test_a_rule_forbids_what_it_names_whatever_fixture_stands_before_it() -> None:
    pages = sorted((Path(__file__).parents[2] / "fixtures").glob("*/page.html"))[:20]
    for page, end in product(pages, (b"", b"\n")):
        before = b"# " + page.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ")[:5_000] + b"\n" + end
        assert allowed(before + b"User-agent: *\nDisallow: /a\n", "/a", "/b") == [False, True], page.parent.name


def test_of_several_delays_the_longest_is_kept() -> None:
    text = "User-agent: *\nCrawl-delay: 2\n\nUser-agent: *\nCrawl-delay: 4\nCrawl-delay: soon\n"
    assert rules(text).crawl_delay(US) == 4
