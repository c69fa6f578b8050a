"""The keys of a source that needs something: what is read, what is refused, and that no message shows a value."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from archive.config.toml import Config, parse
from archive.crawl.visitors import Visitor, stranger, visitor_of, visitors_of
from archive.errors import ConfigError
from archive.model.needs import NOTHING
from archive.model.source import Source

AGENT: Final = "Gazette study (+https://lab.university.edu/gazette)"
TOP: Final = f'[project]\nuser_agent = "{AGENT}"\n'
SECRET: Final = "s3cr3t-v4lue"  # noqa: S105 - what no message may show
NOW_FILE: Final = "paper.test\tFALSE\t/\tFALSE\t0\tsid\t" + SECRET + "\n"


def read(keys: str, folder: Path = Path(), *, url: str = "https://paper.test/", top: str = TOP) -> Config:
    return parse(f'{top}[[source]]\nid = "paper"\nurl = "{url}"\n{keys}\n', folder / "cuttings.toml")


def source(keys: str, folder: Path = Path()) -> Source:
    (found,) = read(keys, folder).sources
    return found


def refusal(keys: str, **more: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(keys, **more)  # type: ignore[arg-type]  # url and top alone
    assert SECRET not in str(caught.value)
    return str(caught.value)


def visitor(keys: str, folder: Path = Path(), **environ: str) -> Visitor:
    return visitor_of(source(keys, folder), environ=environ)


# ---- What is read ----------------------------------------------------------------------------------------------------


def test_a_source_needs_nothing_if_it_does_not_say_so() -> None:
    assert source("").needs is NOTHING
    assert not visitor("").has_secrets


def test_all_five_are_read_from_the_file() -> None:
    made = visitor(
        f'user_agent = "Harbour (desk@harbour.net)"\nproxy = "http://me:{SECRET}@127.0.0.1:3128"\n'
        f'headers = {{ "X-Api-Key" = "{SECRET}", Accept-Language = "de" }}\ncookies = {{ sid = "{SECRET}" }}\n'
        'login = { user = "desk", password = "öffne dich" }'
    )
    assert made.user_agent == "Harbour (desk@harbour.net)"
    assert made.proxy == f"http://me:{SECRET}@127.0.0.1:3128"
    assert made.headers == (("X-Api-Key", SECRET), ("Accept-Language", "de"))
    assert [(each.name, each.value) for each in made.cookies] == [("sid", SECRET)]
    assert made.authorization == "Basic ZGVzazrDtmZmbmUgZGljaA=="


def test_all_five_are_read_from_the_environment() -> None:
    made = visitor(
        'user_agent = "env:UA"\nproxy = "env:PROXY"\nheaders = { X-Key = "env:KEY" }\ncookies = { sid = "env:SID" }\n'
        'login = { user = "env:USER_", password = "env:WORD" }',
        UA="Harbour (desk@harbour.net)", PROXY="http://127.0.0.1:1", KEY="k", SID="s", USER_="a", WORD="b",
    )  # fmt: skip
    assert (made.user_agent, made.proxy) == ("Harbour (desk@harbour.net)", "http://127.0.0.1:1")
    assert (made.headers, made.cookies[0].value, made.authorization) == ((("X-Key", "k"),), "s", "Basic YTpi")


def test_a_file_of_cookies_stands_beside_the_configuration_or_where_a_variable_says(tmp_path: Path) -> None:
    other = "elsewhere.test\tFALSE\t/\tFALSE\t0\tsid\tother\nnews.paper.test\tFALSE\t/\tFALSE\t0\tsid\tnews\n"
    (tmp_path / "cookies.txt").write_text(NOW_FILE + other)
    for keys in ('cookies = "cookies.txt"', 'cookies = "env:JAR"'):
        made = visitor(keys, tmp_path, JAR=str(tmp_path / "cookies.txt"))
        assert [(each.host, each.value) for each in made.cookies] == [("paper.test", SECRET)]


def test_nothing_of_it_is_shown_by_repr() -> None:
    keys = (
        f'proxy = "http://me:{SECRET}@127.0.0.1:1"\nheaders = {{ X-K = "{SECRET}" }}\ncookies = {{ s = "{SECRET}" }}\n'
        f'login = {{ user = "{SECRET}", password = "{SECRET}" }}'
    )
    config = read(keys)
    shown = repr(config) + repr(visitors_of(config.sources))
    assert SECRET not in shown
    assert "Basic" not in shown


# ---- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("User-Agent", "write user_agent"),
        ("user-agent", "write user_agent"),
        ("Cookie", "write cookies"),
        ("AUTHORIZATION", "write login"),
        ("Host", "it is the host of each URL"),
        ("Connection", "belongs to the connection"),
        ("Content-Length", "belongs to the connection"),
        ("Transfer-Encoding", "belongs to the connection"),
        ("Proxy-Authorization", "write proxy"),
        ("Proxy-Connection", "write proxy"),
        ("Accept-Encoding", "what can be unpacked is asked for already"),
        ("Range", "whole pages are asked for"),
        ("If-None-Match", "is set where a page was read before"),
        ("If-Range", "is set where a page was read before"),
    ],
)
def test_a_header_that_is_not_a_sources_is_refused_with_what_to_do(name: str, advice: str) -> None:
    said = refusal(f'headers = {{ "{name}" = "{SECRET}" }}')
    assert said.startswith(f'cuttings.toml: [[source]] "paper": headers: {name} ')
    assert advice in said


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (f'headers = {{ X = "{SECRET}\\r\\nY: 1" }}', "headers: X: holds a control character"),
        (f'headers = {{ X = "{SECRET}\\u0000" }}', "headers: X: holds a control character"),
        (f'headers = {{ X = "{SECRET}\\u00fc" }}', "what is not ASCII"),
        (f'headers = {{ "X\\n" = "{SECRET}" }}', "is not the name of a header"),
        (f'headers = {{ "X:" = "{SECRET}" }}', "is not the name of a header"),
        (f'headers = {{ X = "{SECRET}", x = "{SECRET}" }}', "headers: x is named twice"),
        ("headers = { X = 4711 }", "headers: X: is not text"),
        (f'headers = {{ X = ["{SECRET}"] }}', "headers: X: is not text"),
        ('headers = { X = "" }', "headers: X: is empty"),
        (f'headers = {{ X = "{SECRET * 500}" }}', "is longer than 4,096 characters"),
        (f'headers = "{SECRET}"', "headers is not a table"),
        ("headers = {}", "headers is empty"),
        ('headers = { X = "env:" }', "headers: X: names no environment variable"),
        (f'headers = {{ X = "env:{SECRET}" }}', "headers: X: names no environment variable"),
        (f'cookies = {{ a = "{SECRET}; b=1" }}', "cookies: a: holds a semicolon"),
        (f'cookies = {{ a = "{SECRET}\\n" }}', "cookies: a: holds a control character"),
        (f'cookies = {{ "a=b" = "{SECRET}" }}', "is not the name of a cookie"),
        ("cookies = 1", "cookies is not a table"),
        (f'login = "{SECRET}"', "login is not a table"),
        (f'login = {{ password = "{SECRET}" }}', "login: user is missing"),
        (f'login = {{ user = "{SECRET}" }}', "login: password is missing"),
        (f'login = {{ user = "a", password = "{SECRET}", realm = "{SECRET}" }}', "login: unknown key 'realm'"),
        (f'login = {{ user = "a:b", password = "{SECRET}" }}', "login: user: holds a colon"),
        (f'login = {{ user = "a", password = "{SECRET}\\n" }}', "login: password: holds a control character"),
        ('user_agent = "Mozilla/5.0 (X11; Linux x86_64)"', "user_agent: names no contact"),
        ('user_agent = "Me (+mailto:you@example.org)"', "user_agent: still has the template's contact"),
        ('user_agent = "Me (me@harbour.net)\\nX: 1"', "user_agent: holds a character that a header cannot carry"),
        (f'proxy = "socks5://me:{SECRET}@127.0.0.1:1"', "proxy: is not a proxy"),
        ('proxy = "http://127.0.0.1"', "proxy: is not a proxy"),
    ],
)
def test_what_cannot_be_used_is_refused_without_being_shown(keys: str, reason: str) -> None:
    said = refusal(keys)
    assert said.startswith('cuttings.toml: [[source]] "paper": ')
    assert reason in said
    assert "\n" not in said
    assert "4711" not in said


def test_the_keys_are_one_sources_and_no_default() -> None:
    said = refusal("", top=TOP + f'[defaults]\nlogin = {{ user = "a", password = "{SECRET}" }}\n')
    assert said == 'cuttings.toml: [defaults] unknown key "login"; it belongs under [[source]]'


LOGIN: Final = f'login = {{ user = "desk", password = "{SECRET}" }}'


@pytest.mark.parametrize(
    ("url", "allowed"),
    [("http://paper.test/", "paper.test"), ("http://paper.test:8080/", "paper.test:8080"), ("https://paper.test/", "")],
)
def test_a_login_is_for_https_or_for_a_host_of_ones_own(url: str, allowed: str) -> None:
    top = TOP + (f'allow_private = ["{allowed}"]\n' if allowed else "")
    assert read(LOGIN, url=url, top=top).sources[0].needs.login


@pytest.mark.parametrize(
    ("url", "allowed"), [("http://paper.test/", "other.test"), ("http://paper.test:8080/", "paper.test:8081")]
)
def test_a_login_over_http_is_refused(url: str, allowed: str) -> None:
    said = refusal(LOGIN, url=url, top=f'{TOP}allow_private = ["{allowed}"]\n')
    assert said == (
        f'cuttings.toml: [[source]] "paper": login is sent by https alone, and url is {url}; '
        "write https, or name the host in allow_private if it is your own"
    )


# ---- What the environment and the file lack --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "environ", "said"),
    [
        ('headers = { X-Key = "env:KEY" }', {}, "headers: X-Key: the environment variable KEY is not set; set it"),
        ('headers = { X-Key = "env:KEY" }', {"KEY": ""}, "the environment variable KEY is empty; set it"),
        ('headers = { X-Key = "env:KEY" }', {"KEY": f"{SECRET}\n"}, "variable KEY holds a control character"),
        ('cookies = { sid = "env:SID" }', {"SID": f"{SECRET};"}, "cookies: sid: the environment variable SID holds a"),
        ('user_agent = "env:UA"', {"UA": SECRET}, "user_agent: the environment variable UA names no contact"),
        ('proxy = "env:PROXY"', {"PROXY": f"ftp://{SECRET}"}, "proxy: the environment variable PROXY is not a proxy"),
        ('login = { user = "a", password = "env:PW" }', {}, "login: password: the environment variable PW is not set"),
        (
            'login = { user = "env:U", password = "b" }',
            {"U": f"{SECRET}:"},
            "login: user: the environment variable U h",
        ),
        ('cookies = "env:JAR"', {"JAR": f"/{SECRET}"}, "the file that JAR names: there is no such file"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_its_source_and_key(
    keys: str, environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        visitor(keys, **environ)
    assert str(caught.value).startswith('cuttings.toml: [[source]] "paper": ')
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "there is no such file"),
        (b"sid=" + SECRET.encode(), "line 1 is no cookie"),
        (b"\xff" + SECRET.encode(), "is not UTF-8 text"),
        (NOW_FILE.replace("paper.test", "other.test").encode(), "the cookies of paper.test are missing"),
        (NOW_FILE.replace("\t0\t", "\t1000\t").encode(), "the cookies of paper.test are over"),
        (b"#" * (1 << 20) + b"#", "is larger than 1 MiB"),
    ],
)
def test_a_file_of_cookies_that_cannot_be_used_is_named(tmp_path: Path, body: bytes | None, said: str) -> None:
    if body is not None:
        (tmp_path / "jar.txt").write_bytes(body)
    with pytest.raises(ConfigError, match=said) as caught:
        visitor('cookies = "jar.txt"', tmp_path)
    assert SECRET not in str(caught.value)


def test_all_that_is_missing_is_said_at_once() -> None:
    config = parse(
        f'{TOP}[[source]]\nurl = "https://a.test/"\nheaders = {{ X = "env:ONE" }}\n'
        '[[source]]\nurl = "https://b.test/"\nproxy = "env:TWO"\n[[source]]\nurl = "https://c.test/"\n',
        Path("cuttings.toml"),
    )
    with pytest.raises(ConfigError) as caught:
        visitors_of(config.sources, environ={})
    assert "ONE is not set" in str(caught.value)
    assert "TWO is not set" in str(caught.value)
    assert visitors_of(config.sources[2:], environ={}).keys() == {"c.test"}


# ---- Who is sent what ------------------------------------------------------------------------------------------------


def paper(url: str = "https://www.paper.co.uk/", *feeds: str) -> Visitor:
    own = Source(id="paper", url=url, name="Paper", feeds=feeds)
    return visitor_of(own)


@pytest.mark.parametrize(
    ("url", "owned", "trusted"),
    [
        ("https://www.paper.co.uk/a", True, True),
        ("https://paper.co.uk/a", True, True),
        ("https://m.paper.co.uk/a", True, True),
        ("https://www.paper.co.uk:443/a", True, True),
        ("http://www.paper.co.uk/a", True, False),  # without TLS, where the source has it
        ("https://www.paper.co.uk:8443/a", False, False),
        ("https://shop.paper.co.uk/a", False, False),
        ("https://feeds.paper.co.uk/a", True, True),  # named as a listing, and of one owner
        ("https://feeds.burner.test/a", True, False),
        ("https://www.burner.test/a", False, False),
        ("https://wire.paper.co.uk:8443/a", True, True),
        ("https://wire.paper.co.uk/a", False, False),
        ("https://evil.co.uk/a", False, False),
        ("https://paper.co.uk.evil.test/a", False, False),
        ("https://notpaper.co.uk/a", False, False),
        ("https://paper.co.uk@evil.test/a", False, False),
        ("https://evil.test/https://www.paper.co.uk/", False, False),
        ("https://www.paper.co.uk:99999999/a", False, False),
    ],
)
def test_own_hosts_are_those_of_the_site_and_of_its_listings(url: str, owned: bool, trusted: bool) -> None:  # noqa: FBT001 - a case
    visitor = paper(
        "https://www.paper.co.uk/", "https://feeds.paper.co.uk/f", "https://feeds.burner.test/f",
        "https://wire.paper.co.uk:8443/f",
    )  # fmt: skip
    assert (visitor.owns(url), visitor.owns(url) and visitor.trusts(url)) == (owned, trusted)


def test_papers_of_one_platform_have_many_owners() -> None:
    visitor = paper("https://harbour.github.io/", "https://meridian.github.io/feed")
    assert visitor.owns("https://meridian.github.io/feed")
    assert not visitor.trusts("https://meridian.github.io/feed")


def test_a_source_without_tls_tells_its_host_what_it_needs() -> None:
    visitor = paper("http://paper.test:8080/")
    assert visitor.trusts("http://paper.test:8080/a")
    assert not visitor.trusts("http://paper.test/a")


def test_a_stranger_keeps_cookies_of_the_site_it_asked_and_of_no_other() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    who = stranger("https://paper.test/a")
    jar = who.jar_after((), ["a=1; Path=/"], "https://paper.test/a", now)
    assert who.jar_after(jar, ["b=2; Path=/"], "https://other.test/a", now) == jar
    assert who.headers_for("https://paper.test/b", jar, now) == {"Cookie": "a=1"}
    assert who.headers_for("https://other.test/b", jar, now) == {}
    assert who.bare.jar_after((), ["a=1"], "https://paper.test/a", now) == ()
