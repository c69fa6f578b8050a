"""Cookies: what a chain of redirects keeps and for whom, and what a cookies.txt says."""

from datetime import UTC, datetime

import pytest

from archive.web.cookies import MOST_BYTES, MOST_BYTES_IN_A_JAR, MOST_IN_A_JAR, Jar, kept, read_file, written
from archive.web.urls import is_public_suffix

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SET_AT = "https://www.harbour.co.uk/news/2026/a"


def jar(*set_cookies: str, url: str = SET_AT) -> Jar:
    return kept((), set_cookies, url, NOW)


def sent(cookies: Jar, url: str) -> str:
    return written((), cookies, url, NOW)


@pytest.mark.parametrize(
    ("set_cookie", "url", "goes"),
    [
        ("seen=1; Path=/", SET_AT, True),
        ("seen=1; Path=/", "https://m.harbour.co.uk/", False),  # its host's alone
        ("seen=1; Path=/; Domain=harbour.co.uk", "https://m.harbour.co.uk/", True),
        ("seen=1; Path=/; Domain=.harbour.co.uk", "https://harbour.co.uk/", True),
        ("seen=1; Path=/; Domain=harbour.co.uk", "https://consent.harbour.co.uk/", False),  # another site
        ("seen=1; Path=/; domain=WWW.Harbour.Co.Uk", SET_AT, True),
        # Of other hosts, and of what is nobody's.
        ("seen=1; Path=/; Domain=m.harbour.co.uk", SET_AT, False),
        ("seen=1; Path=/; Domain=harbour.com", SET_AT, False),
        ("seen=1; Path=/; Domain=arbour.co.uk", SET_AT, False),
        ("seen=1; Path=/; Domain=co.uk", SET_AT, False),
        ("seen=1; Path=/; Domain=uk", SET_AT, False),
        # Paths.
        ("seen=1", "https://www.harbour.co.uk/news/2026/b", True),
        ("seen=1", "https://www.harbour.co.uk/news/2026", True),
        ("seen=1", "https://www.harbour.co.uk/news/20267", False),
        ("seen=1; Path=/news", "https://www.harbour.co.uk/newsroom", False),
        ("seen=1; Path=/news/", "https://www.harbour.co.uk/news/a", True),
        ("seen=1; Path=news", "https://www.harbour.co.uk/other", False),  # no path: the default
        # Security and time.
        ("seen=1; Path=/; Secure", "http://www.harbour.co.uk/", False),
        ("seen=1; Path=/; HttpOnly; SameSite=Strict", SET_AT, True),
        ("seen=1; Path=/; Max-Age=60", SET_AT, True),
        ("seen=1; Path=/; Max-Age=0", SET_AT, False),
        ("seen=1; Path=/; Expires=Sun, 01-Mar-2026 11:59:59 GMT", SET_AT, False),
        ("seen=1; Path=/; Expires=Sun, 01 Mar 2026 12:00:01 GMT", SET_AT, True),
        ("seen=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", SET_AT, True),
        ("seen=1; Path=/; Expires=soon", SET_AT, True),
        # What is none.
        ("seen", SET_AT, False),
        ("=1; Path=/", SET_AT, False),
        ("seen=a\x01b; Path=/", SET_AT, False),
        (f"seen={'x' * MOST_BYTES}; Path=/", SET_AT, False),
        ("", SET_AT, False),
    ],
)
def test_a_cookie_goes_where_it_is_for(set_cookie: str, url: str, goes: bool) -> None:  # noqa: FBT001 - a case
    assert bool(sent(jar(set_cookie), url)) is goes


@pytest.mark.parametrize("name", ["127.0.0.1", "[::1]", "localhost"])
def test_hosts_without_a_domain_have_cookies_of_their_own_alone(name: str) -> None:
    url = f"http://{name}:8080/a"
    bare = name.strip("[]")
    assert sent(jar("a=1; Path=/", f"b=2; Path=/; Domain={bare}", "c=3; Domain=0.0.1", url=url), url) == "a=1; b=2"


def test_a_platform_gives_no_cookie_to_all_its_papers() -> None:
    url = "https://harbour.github.io/"
    assert sent(jar("a=1; Domain=github.io", "b=2", url=url), url) == "b=2"
    assert is_public_suffix("github.io")


def test_a_cookie_is_set_anew_and_taken_back() -> None:
    first = jar("seen=1; Path=/", "lang=en; Path=/")
    second = kept(first, ["seen=2; Path=/", "lang=; Path=/; Max-Age=-1"], SET_AT, NOW)
    assert (sent(first, SET_AT), sent(second, SET_AT)) == ("seen=1; lang=en", "seen=2")
    assert sent(kept(second, [], SET_AT, NOW), SET_AT) == "seen=2"


def test_longer_paths_come_first_and_hide_others_of_their_name() -> None:
    assert sent(jar("a=1; Path=/", "a=2; Path=/news", "b=3; Path=/"), SET_AT) == "a=2; b=3"


def test_what_a_person_gave_stands_until_the_site_sets_it() -> None:
    own = read_file("harbour.co.uk\tTRUE\t/\tFALSE\t0\tseen\told\nharbour.co.uk\tTRUE\t/\tFALSE\t0\tsid\t7\n")
    assert written(own, (), SET_AT, NOW) == "seen=old; sid=7"
    assert written(own, jar("seen=new; Path=/"), SET_AT, NOW) == "seen=new; sid=7"


def test_a_jar_is_bounded_in_number_and_size() -> None:
    many = jar(*(f"n{number}=1" for number in range(500)))
    heavy = jar(*(f"n{number}={'x' * 4000}" for number in range(50)))
    assert len(many) == MOST_IN_A_JAR
    assert sum(cookie.size for cookie in heavy) <= MOST_BYTES_IN_A_JAR
    assert len(kept(many, ["n3=2"], SET_AT, NOW)) == MOST_IN_A_JAR  # in the place of another


def test_no_value_is_shown() -> None:
    assert "secret" not in repr(jar("sid=secret"))


# ---- cookies.txt -----------------------------------------------------------------------------------------------------


def test_a_file_of_a_browser_is_read() -> None:
    found = read_file(
        "# Netscape HTTP Cookie File\r\n\r\n"
        "harbour.co.uk\tFALSE\t/\tTRUE\t1900000000\tsid\tabc\r\n"
        "#HttpOnly_.harbour.co.uk\tTRUE\t/news\tFALSE\t0\tuser\t\r\n"
        ".co.uk\tTRUE\t/\tFALSE\t1900000000.5\twide\t1\n"
    )
    assert [(each.name, each.value, each.host, each.wide, each.path, each.secure, each.expires) for each in found] == [
        ("sid", "abc", "harbour.co.uk", False, "/", True, 1_900_000_000.0),
        ("user", "", "harbour.co.uk", True, "/news", False, None),
        ("wide", "1", "co.uk", False, "/", False, 1_900_000_000.0),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sid=secret; user=me", "line 1 is no cookie"),
        ("# x\nharbour.co.uk TRUE / TRUE 0 sid secret", "line 2 is no cookie"),
        ("harbour.co.uk\tTRUE\t/\tTRUE\tnever\tsid\tsecret", "line 1 is no cookie"),
        ("harbour.co.uk\tTRUE\t/\tTRUE\t0\tsid\tsecret\x1b[2J", "no header can carry"),
        ("harbour.co.uk\tTRUE\t/\tTRUE\t0\tsid\tsecret; other=1", "no header can carry"),
    ],
)
def test_a_line_that_is_no_cookie_is_named_without_its_values(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        read_file(text)
    assert "secret" not in str(caught.value)
