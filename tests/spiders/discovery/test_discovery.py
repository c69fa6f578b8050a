"""Encodings, and the one promise of discovery: whatever comes, the result is a Listing or a Failure."""

import gzip

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.web import urls
from spiders import discovery
from tests.spiders.discovery.outlet import FEED, GAZETTE, HOME, NOW, addresses, atom, feed, item, location, rss, urlset

TITLE = "\u041f\u043e\u0440\u0442 \u043e\u0442\u043a\u0440\u044b\u0442"
ACCENTS = "Caf\u00e9 \u2013 \u00fcber \u20ac"


def declared(encoding: str, title: str) -> str:
    return rss(item("/one", f"<title>{title}</title>"), declaration=f'<?xml version="1.0" encoding="{encoding}"?>\n')


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (declared("utf-8", TITLE).encode("utf-8"), None, TITLE),
        (declared("windows-1251", TITLE).encode("cp1251"), None, TITLE),
        (declared("koi8-r", TITLE).encode("koi8-r"), "text/xml; charset=utf-8", TITLE),
        (declared("utf-8", TITLE).encode("cp1251"), "text/xml; charset=windows-1251", TITLE),
        (declared("iso-8859-1", TITLE).encode("utf-8"), "text/xml; charset=iso-8859-1", TITLE),
        (declared("us-ascii", TITLE).encode("utf-8"), None, TITLE),
        (declared("utf-8", TITLE).encode("utf-8-sig"), None, TITLE),
        (declared("utf-16", TITLE).encode("utf-16"), None, TITLE),
        (declared("utf-16", TITLE).encode("utf-16-le"), None, TITLE),
        (declared("utf-16", TITLE).encode("utf-16-be"), None, TITLE),
        (declared("utf-16", TITLE).encode("utf-8"), "text/xml; charset=utf-16", TITLE),
        (declared("utf-8", ACCENTS).encode("cp1252"), None, ACCENTS),
        (declared("iso-8859-1", ACCENTS).encode("cp1252"), None, ACCENTS),
        (declared("iso-utf-8", ACCENTS).encode("cp1252"), None, ACCENTS),
        (declared("", ACCENTS).encode("utf-8"), None, ACCENTS),
        (declared("gb2312", "\u65b0\u805e").encode("gb18030"), None, "\u65b0\u805e"),
        (declared("shift_jis", "\u65b0\u805e").encode("shift_jis"), None, "\u65b0\u805e"),
        (declared("iso-2022-jp", "\u65b0\u805e").encode("iso-2022-jp"), None, "\u65b0\u805e"),
        (b"\n \n" + declared("utf-8", TITLE).encode(), None, TITLE),
        (b"\xef\xbb\xbf\n\xef\xbb\xbf" + declared("utf-8", TITLE).encode(), None, TITLE),
    ],
)
def test_a_title_survives_its_encoding_and_wrong_labels(body: bytes, content_type: str | None, title: str) -> None:
    assert feed(body, content_type=content_type).found[0].title == title


# What a feed of a few titles has of its language, without a label or with a false one.
_TITLES = {
    "shift_jis": "港の橋が月曜日に閉鎖される。新しい図書館が開館、市長が挨拶",
    "euc_jp": "港の橋が月曜日に閉鎖される。新しい図書館が開館、市長が挨拶。台風15号、九州に接近か、学校は休校",
    "iso2022_jp": "港の橋が月曜日に閉鎖される",
    "gb18030": "港口大桥周一关闭，市长宣布新图书馆开放时间",
    "big5": "港口大橋週一關閉，市長宣佈新圖書館開放時間",
    "euc_kr": "항구 다리 월요일 폐쇄, 새 도서관 개관",
    "cp1251": "Мост в порту закрыт в понедельник, новая библиотека открыта",
    "cp1253": "Η γέφυρα κλείνει τη Δευτέρα, νέα βιβλιοθήκη ανοίγει στο κέντρο",
    "cp1256": "الجسر يغلق يوم الاثنين والمكتبة الجديدة تفتح أبوابها",
    "cp874": "สะพานปิดวันจันทร์ ห้องสมุดใหม่เปิดแล้ว",
    "cp1252": "El puente cerrará el lunes; el señor alcalde abrió la “nueva” biblioteca en la región",
    "latin-1": "Le pont fermé dès lundi, une bibliothèque où l'été se prête",
}


@pytest.mark.parametrize("label", ["", "utf-8", "undefined"])
@pytest.mark.parametrize("encoding", _TITLES)
def test_a_feed_without_a_true_label_is_read_as_its_bytes_look(encoding: str, label: str) -> None:
    title = _TITLES[encoding]
    assert feed(declared(label, title).encode(encoding)).found[0].title == title


def test_one_entry_in_another_encoding_does_not_spoil_the_others() -> None:
    good, bad = f"<title>{TITLE}</title>".encode(), "<title>caf\u00e9</title>".encode("latin-1")
    body = rss(item("/one", "GOOD") + item("/two", "BAD") + item("/three", "GOOD")).encode()
    read = feed(body.replace(b"GOOD", good).replace(b"BAD", bad))
    assert [one.title for one in read.found] == [TITLE, "caf\ufffd", TITLE]


@pytest.mark.parametrize("kind", list(ListingKind))
@pytest.mark.parametrize(
    "body", [rss(item("/one")), atom('<entry><link href="/one"/></entry>'), '{"items": [{"url": "/one"}]}']
)
def test_a_feed_is_read_as_a_feed_in_every_place_and_under_every_label(kind: ListingKind, body: str) -> None:
    for content_type in (None, "text/html", "text/plain", "application/octet-stream", "nonsense", "application/x-json"):
        read = discovery.read(kind, body.encode(), FEED, content_type, GAZETTE, NOW)
        assert isinstance(read, Listing)
        assert (read.kind, addresses(read)) == (ListingKind.FEED, ["/one"])


def test_the_time_now_is_taken_where_none_is_passed() -> None:
    failure = discovery.read(ListingKind.FEED, b"", FEED, None, GAZETTE)
    assert isinstance(failure, Failure)
    assert failure.when is not None


def test_an_address_of_a_listing_that_is_too_long_is_still_good_as_a_base() -> None:
    read = discovery.read(ListingKind.FEED, rss(item("/one")).encode(), FEED + "?" + "x" * 3_000, None, GAZETTE, NOW)
    assert isinstance(read, Listing)
    assert addresses(read) == ["/one"]


# ---- Whatever comes --------------------------------------------------------------------------------------------------

_PAGE = (
    f'<!doctype html><html><head><base href="/x/"><link rel=alternate type="application/rss+xml" href="f"></head>{HOME}'
)
_SPECIMENS = [
    rss(
        item("/one", "<title>A &amp; B</title><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>") * 3, "<link>/</link>"
    ).encode(),
    atom(
        '<entry xml:base="a/"><link rel="alternate" href="one"/><updated>2026-11-02</updated></entry>', 'xml:base="/b/"'
    ).encode(),
    urlset(location("one", "<lastmod>2026-11-02</lastmod>") * 3).encode(),
    gzip.compress(urlset(location("one")).encode()),
    orjson.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"url": "/one", "id": 3, "title": None}]}),
    (_PAGE + '<body><a href="/a-story-of-four-words">A</a><a href="../b">B</a></body></html>').encode(),
    f"# list\n{HOME}one\n{HOME}two # x\n".encode(),
    b'<!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel><item><link>/&c;</link></item></channel></rss>',
    '<?xml version="1.0" encoding="utf-16"?><rss><channel><item><link>/one</link></item></channel></rss>'.encode(
        "utf-16"
    ),
]
# fmt: off
_SCRAPS = st.sampled_from([
    b"<", b">", b"&", b"\x00", b"\xff\xfe", b"<![CDATA[", b"]]>", b"<!--", b"&#x;", b"&#99999999;", b"&#xD800;",
    b"<item>",
    b"</item>", b"<rss ", b"xml:base='http://['", b"\xed\xa0\x80", b"http://[", b"\x1b$B", b"{", b"\n", b'"', b"<html>",
])
# fmt: on


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(_SPECIMENS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(body)))
        end = draw(st.integers(at, min(len(body), at + 12)))
        body = body[:at] + draw(st.one_of(_SCRAPS, st.binary(max_size=6))) + body[end:]
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


_BODIES = st.one_of(_mutated(), st.binary(max_size=200), st.binary(max_size=60).map(lambda end: b"\x1f\x8b\x08" + end))
_LABELS = st.one_of(
    st.none(), st.sampled_from(["text/xml; charset=utf-7", "text/html; charset=\xff", "a/b; charset=idna"]), st.text()
)


def check(result: Listing | Failure) -> None:
    """What holds for every result."""
    if isinstance(result, Failure):
        assert result.outcome is Outcome.BAD_LISTING
        assert result.detail
        return
    found = [one.url for one in result.found]
    assert len(found) == len(set(found))
    assert all(urls.normalize(url) == url for url in found)
    assert all(one.outcome is Outcome.BAD_URL and one.detail for one in result.failures)
    for text in (*result.notes, *(one.url for one in result.failures), *(one.title or "" for one in result.found)):
        text.encode()


@given(_BODIES, st.sampled_from(ListingKind), _LABELS)
@settings(max_examples=400, deadline=None)
def test_any_bytes_make_a_listing_or_a_failure(body: bytes, kind: ListingKind, content_type: str | None) -> None:
    check(discovery.read(kind, body, FEED, content_type, GAZETTE, NOW))


@given(_BODIES, _LABELS)
@settings(max_examples=200, deadline=None)
def test_any_bytes_make_a_front_page_or_a_failure(body: bytes, content_type: str | None) -> None:
    check(discovery.home(body, HOME, content_type, GAZETTE, NOW))
    check(discovery.read(ListingKind.SITEMAP, body, HOME + "robots.txt", content_type, GAZETTE, NOW))
