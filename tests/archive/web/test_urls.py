"""Addresses: one normal form, and nothing in it that a server could answer differently to."""

import re
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archive.web import urls
from archive.web.urls import BadURLError, normalize

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
        # https://url.spec.whatwg.org/#special-authority-slashes-state and the states before it
        ("///other.example/a", "https://news.example/x", "https://other.example/a"),
        ("/////other.example", "http://news.example/x", "http://other.example/"),
        ("/\\/other.example/a", "https://news.example/x", "https://other.example/a"),
        ("\\\\\\other.example\\a", "https://news.example/x", "https://other.example/a"),
        ("https:///other.example/a", "https://news.example/x", "https://other.example/a"),
        ("HTTPS:////other.example/a", "http://news.example/x", "https://other.example/a"),
        ("http:/other.example/a", "https://news.example/x", "http://other.example/a"),
        ("http:other.example/a", "https://news.example/x", "http://other.example/a"),
        ("https:/a", "https://news.example/x/y", "https://news.example/a"),
        ("https:a", "https://news.example/x/y", "https://news.example/x/a"),
        ("/a///b", "https://news.example/x", "https://news.example/a///b"),
        ("?to=///b", "https://news.example/x", "https://news.example/x?to=///b"),
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


# ---- Redirects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://news.example/b"),
        ("b?utm_source=x&once=1", "https://news.example/x/b?utm_source=x&once=1"),
        ("https://Other.Example.:443", "https://other.example/"),
        ("///other.example/b", "https://other.example/b"),
        ("https://b\u00fccher.example/%7Ea", "https://xn--bcher-kva.example/%7Ea"),
        ("/b?" + "x" * 3_000, "https://news.example/b?" + "x" * 3_000),
        (" /b\n", "https://news.example/b"),
        ("/b#part", "https://news.example/b#part"),
    ],
)
def test_a_redirect_leads_to_a_normal_host_and_to_what_the_server_wrote(location: str, target: str) -> None:
    assert urls.redirect_target(location, "https://news.example/x/y") == target


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "is empty"),
        ("http://127.0.0.1%25:1/", "has a host that cannot exist"),
        ("http://two..dots.example/", "has a host that cannot exist"),
        ("http://news.example:99999/", "cannot be read"),
        ("http://[bad", "cannot be read"),
        ("///", "has no host"),
        ("http://desk:secret@news.example/", "names a user"),
        ("ftp://news.example/", "not an http or https"),
        ("/a\x00b", "control character"),
    ],
)
def test_a_redirect_for_which_no_request_can_be_made_has_a_reason(location: str, reason: str) -> None:
    with pytest.raises(BadURLError, match=reason):
        urls.redirect_target(location, "https://news.example/x/y")


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
@example("http://127.0.0.1%25:1/")
@example("http://10.0.0.1\u200b/")
@settings(deadline=None)
def test_a_redirect_leads_to_no_host_that_a_link_may_not_name_and_to_the_same(written: str) -> None:
    """All of these are short: a length is the one thing that is refused of a link alone."""
    try:
        host = urls.host(normalize(written, HOME))
    except BadURLError as refused:
        with pytest.raises(BadURLError, match=re.escape(str(refused))):
            urls.redirect_target(written, HOME)
        return
    assert urls.host(urls.redirect_target(written, HOME)) == host


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
        ("https://WWW.News.Example./a", "www.news.example"),
        ("HTTPS://desk@news.example/a@b", "news.example"),
        ("//news.example?x", "news.example"),
        ("http://[bad", ""),
        ("/a//b", ""),
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
    ("url", "domain"),
    [
        ("https://news.gazette.test/a", "gazette.test"),
        ("https://www.gazette.test:8443/", "gazette.test"),
        ("https://gazette.test", "gazette.test"),
        ("HTTPS://Sport.GAZETTE.Test./", "gazette.test"),
        ("https://sport.gazette.co.uk/a", "gazette.co.uk"),
        ("https://gazette.co.uk/", "gazette.co.uk"),
        ("https://www.paper.com.au/", "paper.com.au"),
        ("https://news.shimbun.co.jp/", "shimbun.co.jp"),
        ("https://www.diario.gob.mx/", "diario.gob.mx"),
        ("https://news.govt.nz/a", "news.govt.nz"),
        ("https://com.de/", "com.de"),
        ("//cdn.gazette.test/x.png", "gazette.test"),
        ("http://127.0.0.1:8000/a", "127.0.0.1"),
        ("http://[2001:db8::1]/a", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("/town/mill", ""),
        ("mailto:desk@gazette.test", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_a_registered_domain_is_what_one_owner_has(url: str, domain: str) -> None:
    assert urls.registered_domain(url) == domain


@pytest.mark.parametrize(
    "suffix", ["ac.uk", "co.in", "co.jp", "co.uk", "com.au", "com.br", "gob.es", "gouv.fr", "org.nz"]
)
def test_common_suffixes_of_countries_are_those_of_the_public_suffix_list(suffix: str) -> None:
    from tldextract import TLDExtract

    offline = TLDExtract(suffix_list_urls=(), cache_dir=None)
    url = f"https://news.paper.{suffix}/a"
    assert urls.registered_domain(url) == offline(url).top_domain_under_public_suffix


# ---- Front pages -----------------------------------------------------------------------------------------------------

FRONT_PAGES = (
    "https://news.example",
    "https://news.example/",
    "https://news.example//",
    "https://NEWS.example/",
    "HTTP://news.example:8080/",
    "https://news.example/#top",
    "https://news.example/?",
    "https://news.example/?utm_source=feed&fbclid=x",
    "https://news.example/?lang=fi",
    "https://news.example/index.html?edition=us",
    "https://news.example/index.html",
    "https://news.example/index.php",
    "https://news.example/INDEX.PHP",
    "https://news.example/index",
    "https://news.example/index.shtml",
    "https://news.example/index.jsp;jsessionid=0AF3",
    "https://news.example/default.aspx",
    "https://news.example/home",
    "https://news.example/home/",
    "https://news.example/home/index.html",
    "https://news.example/home.stm",
    "https://news.example/homepage",
    "https://news.example/main.php",
    "https://news.example/welcome.html",
    "https://news.example/start",
    "https://news.example/startseite.html",
    "https://news.example/accueil",
    "https://news.example/etusivu",
    "https://news.example/portada.html",
    "https://news.example/strona-glowna",
    "https://news.example/%D0%B3%D0%BB%D0%B0%D0%B2%D0%BD%D0%B0%D1%8F",
    "https://news.example/international",
    "https://news.example/international/index.html",
    "https://news.example/en",
    "https://news.example/de/",
    "https://news.example/en-gb/",
    "https://news.example/pt_BR",
    "https://news.example/zh-hant",
    "https://news.example/sr-latn-rs/",
    "https://news.example/es-419/",
    "https://news.example/us/en/",
    "https://news.example/en/index.html",
    "https://news.example/ch/de/startseite",
    "https://news.example/en.html",
    "https://news.example/index.php/en/",
)
OTHER_PAGES = (
    "https://news.example/a",
    "https://news.example/12",
    "https://news.example/world/",
    "https://news.example/eng/",
    "https://news.example/2026/",
    "https://news.example/welcome",
    "https://news.example/welcome/",
    "https://news.example/en/welcome",
    "https://news.example/welcome-back.html",
    "https://news.example/?p=7",
    "https://news.example/?lang=en&p=7",
    "https://news.example/?7",
    "https://news.example/index.php?id=5",
    "https://news.example/index.php/2026/the-mill",
    "https://news.example/index.html/the-mill",
    "https://news.example/index-of-prices",
    "https://news.example/index.xml",
    "https://news.example/index.rss",
    "https://news.example/home.pdf",
    "https://news.example/home-sweet-home",
    "https://news.example/home/garden-of-the-year",
    "https://news.example/start-up-of-the-year",
    "https://news.example/main-street-reopens",
    "https://news.example/international-aid-arrives",
    "https://news.example/international/harbour-opens",
    "https://news.example/news/index.html",
    "https://news.example/2026/03/01/index.html",
    "https://news.example/the-mill/index.html",
    "https://news.example/en/a-story",
    "https://news.example/en/us/de/fr",
    "https://news.example/en-123",
    "https://news.example/%2Fen",
    "/",
    "/index.html",
    "news.example/",
    "ftp://news.example/",
    "https:///",
    "http://",
    "",
)


@pytest.mark.parametrize("url", FRONT_PAGES)
def test_front_pages_are_known(url: str) -> None:
    assert urls.is_home(url)


@pytest.mark.parametrize("url", OTHER_PAGES)
def test_other_pages_are_not_front_pages(url: str) -> None:
    assert not urls.is_home(url)


@pytest.mark.parametrize("part", ["/", "/index.php", "/en/"])
def test_a_page_that_was_asked_for_and_led_to_a_front_page_did(part: str) -> None:
    assert urls.leads_home("https://news.example/2026/the-mill", f"https://www.news.example{part}")
    assert not urls.leads_home("https://news.example/", f"https://www.news.example{part}")
    assert not urls.leads_home("https://news.example/2026/the-mill", f"https://news.example{part}the-mill-of-harbour")
