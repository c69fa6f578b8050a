"""Addresses: one normal form, and nothing in it that a server could answer differently to."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archive import urls
from archive.urls import BadURLError, normalize

HOME = "https://news.example/"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://News.Example", "https://news.example/"),
        ("  https://news.example/a \n", "https://news.example/a"),
        ("https://news.exa\r\nmple/the-\t\nmill", "https://news.example/the-mill"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "http://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("http://news.example:/a", "http://news.example/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?#x", "https://news.example/a"),
        ("https://news.example/a/../b/./c/", "https://news.example/b/c/"),
        ("https://news.example/../../a", "https://news.example/a"),
        ("https://news.example/a/b/..", "https://news.example/a/"),
        ("https://news.example/a/%2E%2E/b", "https://news.example/b"),
        ("https://news.example/a//b", "https://news.example/a//b"),
        ("https://news.example/a b", "https://news.example/a%20b"),
        ("https://news.example/caf\u00e9", "https://news.example/caf%C3%A9"),
        ("https://news.example/caf%c3%a9", "https://news.example/caf%C3%A9"),
        ("https://news.example/%7Euser/%41", "https://news.example/~user/A"),
        ("https://news.example/a%2Fb%3Fc", "https://news.example/a%2Fb%3Fc"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example/?q=a+b&z=%26&a=1", "https://news.example/?q=a+b&z=%26&a=1"),
        ("https://news.example?page[2]='x'", "https://news.example/?page%5B2%5D=%27x%27"),
        ("https://news.example\\world\\a.html?x=\\", "https://news.example/world/a.html?x=%5C"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("https://stra\u00dfe.example/", "https://xn--strae-oqa.example/"),
        ("https://\u65b0\u805e.example/", "https://xn--efvv70d.example/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://[0:0::1]/a", "http://[::1]/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("http://localhost/a", "http://localhost/a"),
    ],
)
def test_an_address_has_one_normal_form(written: str, normal: str) -> None:
    assert normalize(written) == normal


@pytest.mark.parametrize(
    ("written", "base", "normal"),
    [
        ("/a", "https://news.example/x/y", "https://news.example/a"),
        ("a", "https://news.example/x/y", "https://news.example/x/a"),
        ("../a", "https://news.example/x/y/", "https://news.example/x/a"),
        ("//other.example/a", "https://news.example/", "https://other.example/a"),
        ("?p=7", "https://news.example/x", "https://news.example/x?p=7"),
        ("\\a\\b", "https://news.example/x", "https://news.example/a/b"),
        ("https://other.example/a", "https://news.example/", "https://other.example/a"),
    ],
)
def test_a_relative_address_is_resolved(written: str, base: str, normal: str) -> None:
    assert normalize(written, base) == normal


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("/a", "not an http or https"),
        ("news.example/a", "not an http or https"),
        ("ftp://news.example/a", "not an http or https"),
        ("file:///etc/passwd", "not an http or https"),
        ("javascript:alert(1)", "not an http or https"),
        ("data:text/html,x", "not an http or https"),
        ("mailto:a@news.example", "not an http or https"),
        ("http://[bad", "cannot be read"),
        ("http://[1::g]/", "cannot be read|cannot exist"),
        ("http://[fe80::1%25eth0]/", "cannot be read|cannot exist"),
        ("http://", "has no host"),
        ("http:///a", "has no host"),
        ("http://:80/a", "has no host"),
        ("http://news.example:99999/", "cannot be read"),
        ("http://news.example:0/", "cannot be read"),
        ("http://news.example:x/", "cannot be read"),
        ("http://user@news.example/", "names a user"),
        ("http://user:secret@news.example/", "names a user"),
        ("http://news .example/", "cannot exist"),
        ("http://news..example/", "cannot exist"),
        ("http://-news.example/", "cannot exist"),
        ("http://" + "a" * 64 + ".example/", "cannot exist"),
        ("http://\u2665\u2028.example/", "cannot exist|cannot be read"),
        ("http://news.example/a\x00b", "control character"),
        ("http://news.example/a\x85b", "control character"),
        ("http://news.example/\ud800", "control character"),
        ("http://news.example/" + "a" * 2_000, "longer than 2,000"),
        ("http://news.example/" + "\u65b0" * 300, "longer than 2,000"),
    ],
)
def test_what_cannot_be_requested_is_refused_with_a_reason(written: str, reason: str) -> None:
    with pytest.raises(BadURLError, match=reason):
        normalize(written)


def test_a_scheme_is_refused_also_where_a_base_is_given() -> None:
    with pytest.raises(BadURLError, match="not an http"):
        normalize("javascript:void(0)", HOME)


def test_a_slash_that_is_written_backwards_does_not_hide_the_host() -> None:
    assert urls.host(normalize("http://news.example\\@evil.example/")) == "news.example"


# ---- Tracking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(urls.TRACKING))
def test_each_tracking_parameter_is_dropped_and_its_neighbours_stay(name: str) -> None:
    assert normalize(f"{HOME}a?x=1&{name}=abc&y=2") == f"{HOME}a?x=1&y=2"
    assert normalize(f"{HOME}a?{name.upper()}=abc") == f"{HOME}a"
    assert normalize(f"{HOME}a?{name}x=abc") == f"{HOME}a?{name}x=abc"


@pytest.mark.parametrize("prefix", sorted(urls.TRACKING_PREFIXES))
def test_each_tracking_family_is_dropped(prefix: str) -> None:
    assert normalize(f"{HOME}a?{prefix}anything=1&x=1") == f"{HOME}a?x=1"


@pytest.mark.parametrize(
    ("site", "name"), [(s, n) for s, names in urls.TRACKING_OF_SITE.items() for n in sorted(names)]
)
def test_a_generic_name_is_dropped_on_the_site_where_it_is_known_only(site: str, name: str) -> None:
    assert normalize(f"https://www.{site}/a?{name}=rss&x=1") == f"https://www.{site}/a?x=1"
    assert normalize(f"{HOME}a?{name}=rss&x=1") == f"{HOME}a?{name}=rss&x=1"


@pytest.mark.parametrize("name", ["ref", "source", "from", "cmp", "id", "p", "page", "lang", "edition", "campaign"])
def test_names_that_choose_a_page_somewhere_stay(name: str) -> None:
    assert normalize(f"{HOME}a?{name}=rss") == f"{HOME}a?{name}=rss"


def test_tracking_is_seen_through_ampersands_that_were_escaped_twice() -> None:
    assert normalize(f"{HOME}a?x=1&amp;utm_source=rss&amp;utm_medium=feed") == f"{HOME}a?x=1"


def test_tracking_is_seen_through_percent_encoding() -> None:
    assert normalize(f"{HOME}a?%75tm_source=rss") == f"{HOME}a"


@pytest.mark.parametrize("table", [urls.TRACKING, urls.TRACKING_PREFIXES, urls.TRACKING_OF_SITE])
def test_the_tables_are_sorted_and_each_name_has_its_origin(table: dict[str, object]) -> None:
    assert list(table) == sorted(table)
    assert all(table.values())
    assert [name.lower() for name in table] == list(table)


# ---- Properties ------------------------------------------------------------------------------------------------------

# fmt: off
_PIECES = st.sampled_from([
    "http://", "HTTPS://", "//", "news.example", "N\u00e9ws.Example", ":80", ":443", "/", "..", ".", "%", "%2e",
    "%2F", "%41", "%c3%a9",
    "?", "&", "=", "#", "utm_source=x", "amp;", "[", "]", "@", "\\", " ", "\u65b0", ";", "a", "+", "%%61", "4", "'",
])
# fmt: on
_ADDRESSES = st.one_of(
    st.lists(_PIECES, max_size=14).map("".join),
    st.lists(_PIECES, max_size=14).map(lambda pieces: "http://news.example/" + "".join(pieces)),
    st.text(max_size=60).map(lambda text: "https://news.example/" + text),
    st.text(max_size=60),
)


@given(_ADDRESSES)
@example("http://news.example/%%614")
@example("http://news.example/%25%36%31")
@example("https://a.b.c/./x")
@settings(deadline=None)
def test_normal_twice_is_normal_once(written: str) -> None:
    try:
        normal = normalize(written, HOME)
    except BadURLError:
        return
    assert normalize(normal) == normal
    assert normal.isascii()
    assert urls.host(normal)


@given(_ADDRESSES)
@settings(deadline=None)
def test_the_crawler_requests_the_normal_form_as_it_is(written: str) -> None:
    """Scrapy puts every address through this function: what it changed would be filed under another name."""
    try:
        normal = normalize(written, HOME)
    except BadURLError:
        return
    assert safe_url_string(normal) == normal


@given(_ADDRESSES, _ADDRESSES)
@settings(deadline=None)
def test_whatever_is_written_the_result_is_an_address_or_a_bad_url_error(written: str, base: str) -> None:
    with suppress(BadURLError):
        assert normalize(written, base).startswith(("http://", "https://"))


@given(
    st.from_regex(
        r"https://[a-z0-9.-]{1,12}\.example/[a-z0-9/._%-]{0,20}(\?([a-z]|utm_|amp;|[=&/.%]){0,9})?", fullmatch=True
    )
)
@settings(deadline=None)
@example("https://0.example/.?a")
def test_the_quick_look_at_normal_addresses_agrees_with_the_long_way(written: str) -> None:
    try:
        short = normalize(written)
    except BadURLError as error:
        short = str(error)
    try:
        long = normalize(written + "#fragment")
    except BadURLError as error:
        long = str(error)
    assert short == long


# ---- Sites -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.news.example/a", "www.news.example"),
        ("https://www.news.example:8443/a:b", "www.news.example"),
        ("http://[::1]:8000/a", "::1"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("no address", ""),
    ],
)
def test_the_host_stands_without_its_port(url: str, host: str) -> None:
    assert urls.host(url) == host


@pytest.mark.parametrize(
    "twin", ["www.news.example", "m.news.example", "amp.news.example", "mobile.news.example", "www.m.news.example"]
)
def test_hosts_with_a_well_known_prefix_are_one_site(twin: str) -> None:
    assert urls.same_site(f"https://{twin}/a", "http://news.example/b")


@pytest.mark.parametrize("other", ["sport.news.example", "mnews.example", "news.test", "www.example"])
def test_other_hosts_are_other_sites(other: str) -> None:
    assert not urls.same_site(f"https://{other}/a", "https://news.example/a")


def test_a_host_that_is_nothing_but_a_prefix_and_a_top_level_domain_stays_whole() -> None:
    assert urls.site("https://m.com/") == "m.com"
    assert urls.site("https://www.amp.dev/") == "amp.dev"


@pytest.mark.parametrize(
    "path", ["", "index.html", "index.php", "en/", "de", "en-gb/", "en/index.html", "default.aspx"]
)
def test_front_pages_are_known(path: str) -> None:
    assert urls.is_home(HOME + path)


@pytest.mark.parametrize("path", ["a", "world/", "?p=7", "index-of-prices", "eng/", "2026/", "en/a-story"])
def test_other_pages_are_not_front_pages(path: str) -> None:
    assert not urls.is_home(HOME + path)
