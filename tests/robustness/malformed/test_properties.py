"""What holds for any input that hypothesis can make of the pieces that formats are made of."""

import json
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.config import toml as config_toml
from archive.errors import ConfigError
from archive.model.listing import ListingKind
from archive.web import urls
from spiders import discovery
from spiders.discovery import listing_dates
from tests.robustness.malformed.formats import FORMATS, HOME, NOW, SOURCES, kept
from tests.robustness.malformed.mutations import Chance

many = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
some = settings(many, max_examples=100)


def mixtures(pieces: str, *more: str, most: int = 30) -> st.SearchStrategy[str]:
    """Any order of some pieces (`~` in one is a space), with any text in between."""
    known = st.sampled_from(
        [*(piece.replace("~", " ") for piece in pieces.split()), " ", "\n", "\x00", "\ufeff", *more]
    )
    return st.lists(known | st.text(max_size=5), max_size=most).map("".join)


# ---- Addresses -------------------------------------------------------------------------------------------------------

ADDRESSES = mixtures(
    r"""http: https: HTTP:// https:// // / \ ? # @ : [ ] % %2e %2F %zz %41 .. . ./ ../ ; & = utm_source=x fbclid= xn-- -
    www. m. paper.test PAPER.TEST 127.0.0.1 0x7f.1 2130706433 [::1] [::ffff:7f00:1] [fe80::1%25x] :80 :443 :0 :99999 :x
    ß ü。 ０ ① ﷺ ſ K \u00ad user:secret@ javascript: file:/// data:, mailto: a b index.html en/""",
    "\ud800", "\t", "\r", "\u2028", "\u00a0", "a" * 300,
)  # fmt: skip
BASES = st.sampled_from([None, HOME, HOME + "a/b?c#d", "https://paper.test/\u00fc/", "http://[bad", "", "//x", "x"])


@given(ADDRESSES, BASES)
@many
def test_any_text_is_a_normal_address_or_a_bad_one(written: str, base: str | None) -> None:
    FORMATS["address"].judge(written.encode("utf-8", "surrogatepass"), Chance(repr(base)))
    try:
        normal = urls.normalize(written, base)
    except urls.BadURLError:
        return
    assert urls.normalize(normal) == normal
    assert urls.normalize(urls.resolve(written, base)) == normal


# ---- Listings --------------------------------------------------------------------------------------------------------

MARKUP = mixtures(
    """<?xml?> <rss> <channel> <item> </item> <title> </title> <link> </link> <link~href='/a'/> <guid> </guid> <entry>
    <feed~xmlns='http://www.w3.org/2005/Atom'> </feed> </rss> <urlset> <url> <loc> </loc> </url> <sitemapindex>
    <sitemap> </sitemapindex> <news:news> <lastmod> <html> <body> <a~href='/2026/11/the-mill-turns-again'> </a>
    <base~href='//['> <link~rel=alternate~type=application/rss+xml~href=/feed>
    <nav> <![CDATA[ ]]> <!-- --> <!DOCTYPE~html> <![ & &nbsp;
    &#xD800; &amp;amp; /a https://paper.test/2026/11/02/the-mill-turns-again http://[bad javascript:1 2026-11-02
    sitemap: xml:base='//[x' xmlns:a='' < > = ' " #""",
    "\ud800", "\ufffe", "\x85", "\r",
)  # fmt: skip
KINDS = st.sampled_from([*ListingKind])
NAMES = st.sampled_from(["feed", "robots.txt", "sitemap.xml"])


@given(MARKUP, KINDS, NAMES, st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]), st.sampled_from(SOURCES))
@many
def test_any_markup_is_a_listing_or_a_failure(
    text: str, kind: ListingKind, name: str, charset: str, source: object
) -> None:
    body = text.encode(charset, "replace")
    kept(discovery.read(kind, body, HOME + name, None, source, NOW))  # type: ignore[arg-type]  # one of SOURCES
    kept(discovery.home(body, HOME, "text/html", source, NOW))  # type: ignore[arg-type]  # one of SOURCES


VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=20) | ADDRESSES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("id", "url", "external_url", "title", "date_published", "date_modified", "language")
ITEMS = st.lists(VALUES | st.dictionaries(st.sampled_from(FIELDS), VALUES), max_size=5)
HEADS = st.dictionaries(st.sampled_from(["version", "title", "home_page_url", "language", "feed_url"]), VALUES)


@given(HEADS, VALUES | ITEMS)
@many
def test_json_of_any_shape_is_a_listing_or_a_failure(head: dict[str, object], items: object) -> None:
    body = json.dumps({**head, "items": items}).encode()
    kept(discovery.read(ListingKind.FEED, body, HOME + "feed.json", None, SOURCES[0], NOW))


@given(st.lists(st.sampled_from(["a", "b/c", "2026/11/02/x", "d?e=1"]), unique=True, min_size=1), st.data())
@some
def test_what_is_broken_in_one_entry_loses_none_before_it(paths: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(paths) - 1))
    broken = data.draw(MARKUP)
    entries = [f"<item><link>/{path}</link></item>" for path in paths]
    body = "<rss><channel>" + "".join(entries[: at + 1]) + "<item><title>" + broken
    read = discovery.read(ListingKind.FEED, body.encode("utf-8", "replace"), HOME + "feed", None, SOURCES[0], NOW)
    kept(read)
    found = {found.url for found in getattr(read, "found", ())}
    assert found >= {urls.normalize(f"/{path}", HOME) for path in paths[: at + 1]}


@given(st.text(max_size=90) | mixtures("Mon, 02 Nov 2026 10:00:00 GMT T Z + - / . : 99 9999 am EST -0000 ٣ ² 1e9"))
@many
def test_any_text_is_a_moment_or_none(text: str) -> None:
    dated = listing_dates.parse(text)
    assert dated is None or dated.when.year >= 1600
    FORMATS["retry-after"].judge(text.encode("utf-8", "surrogatepass"), Chance(1))


# ---- cuttings.toml ---------------------------------------------------------------------------------------------------


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, str):
        return orjson.dumps(value).decode().replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(each)}" for key, each in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["2s", "-1s", "9" * 5000 + "s", "h2 a", ":not(", "a::b", "(", "[[", "a{99999999999}", "en", "~x/y", "~\x00",
     "x" * 20_000, "https://paper.test/", "http://[bad", "http://a:1", "saved",
     "Desk (+https://paper.test/about)", "{", "\\", "\u202e"]
)  # fmt: skip
SCALARS = TEXTS | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.dates() | st.datetimes() | st.times()
SETTINGS: st.SearchStrategy[object] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(lambda key: len(key) < 20), inner, max_size=3)
    ),
    max_leaves=4,
)
KEYS = {
    "[project]": [*config_toml._PROJECT, "nothing"],
    "[defaults]": [*config_toml._SHARED, "url"],
    "[[source]]": [*(config_toml._SHARED | config_toml._OWN), "workers"],
    "[source.extract]": [*(config_toml._EXTRACT | config_toml._UNTIL), "delay"],
    "[[source.fixture]]": [*config_toml._FIXTURE, "feeds"],
}
PLACES = st.sampled_from([(table, key) for table, keys in KEYS.items() for key in keys])
GOOD = {
    "[project]": {"user_agent": "Desk (+https://paper.test/about)"},
    "[defaults]": {},
    "[[source]]": {"url": "https://paper.test/"},
    "[source.extract]": {"body": "main"},
    "[[source.fixture]]": {"url": "/a", "contains": "x"},
}


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    path = tmp_path_factory.mktemp("config") / "cuttings.toml"

    def written(text: str) -> Path:
        path.write_bytes(text.encode())
        return path

    return written


@given(PLACES, SETTINGS)
@settings(many, max_examples=500)
def test_a_value_is_good_or_the_error_names_its_file_table_and_key(
    write: Callable[[str], Path], place: tuple[str, str], value: object
) -> None:
    table, key = place
    tables = {name: dict(known) for name, known in GOOD.items()}
    tables[table][key] = value
    path = write(
        "\n".join(f"{name}\n" + "\n".join(f"{k} = {toml(v)}" for k, v in rows.items()) for name, rows in tables.items())
    )
    try:
        config_toml.load(path)
    except ConfigError as error:
        message = str(error)
        assert message.startswith(f"{path}: "), message
        assert "\n" not in message
        assert message.isprintable()
        assert len(message) < len(str(path)) + 500, message
        if "is not TOML" not in message:
            assert table.strip("[]").rpartition(".")[0] in message, message
            assert key in message, message
