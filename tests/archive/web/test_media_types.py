"""What a body is, told by its bytes and not by its label."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.media_types import HTML, XHTML, content_type, is_html, other_than_html, sniff

PAGE = b"<!doctype html><html><head><title>x</title></head><body><p>y</p></body></html>"


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("page.html", PAGE)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        b"\n\n  " + PAGE,
        b"\xef\xbb\xbf" + PAGE,
        b"\xff\xfe" + PAGE.decode().encode("utf-16-le"),
        b"\xfe\xff" + PAGE.decode().encode("utf-16-be"),
        PAGE.decode().encode("utf-16-le"),
        PAGE.decode().encode("utf-16-be"),
        b"<!-- printed by hand -->\n" + PAGE,
        b"<!-- a --><!-- b -->" + PAGE,
        b"<HTML><BODY>x",
        b"<DIV class=x>x",
        b"<p>x",
        b"<article>x",
        b"<h1>x</h1>",
        b"<script>var a = 1;</script>",
        b"<?php ?>" + PAGE,
        PAGE[:60] + b"\x00" + PAGE[60:] * 3,
        b"<!-- " + b"long " * 300 + b"-->" + PAGE,
    ],
)
@pytest.mark.parametrize(
    "label",
    [None, "", "text/html", "application/octet-stream", "application/pdf", "text/xml", "text/plain; charset=x"],
)
def test_a_page_is_a_page_whatever_it_is_called(body: bytes, label: str | None) -> None:
    assert sniff(body, label) == HTML
    assert is_html(body, label)


def test_an_xhtml_page_is_a_page() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
    assert sniff(body) == XHTML
    assert is_html(body, "application/octet-stream")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42\x00", "video/mp4"),
        (b"\x00\x00\x00\x1cftypavif\x00", "image/avif"),
        (b"\x1aE\xdf\xa3\x01\x00", "video/webm"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", "audio/mpeg"),
        (gzip.compress(PAGE, mtime=0), "application/gzip"),
        (archive(), "application/zip"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "application/x-7z-compressed"),
        (b"(\xb5/\xfd\x04\x00", "application/zstd"),
        (b"wOF2\x00\x01\x00\x00", "font/woff2"),
        (b"SQLite format 3\x00\x10\x00", "application/vnd.sqlite3"),
        (b"\x7fELF\x02\x01\x01\x00", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("label", [None, "text/html; charset=utf-8", "application/xhtml+xml", "text/plain"])
def test_a_signature_in_the_bytes_beats_the_label(body: bytes, kind: str, label: str | None) -> None:
    assert sniff(body, label) == kind
    assert not is_html(body, label)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "application/rss+xml"),
        (b"<rss version='2.0'>", "application/rss+xml"),
        (
            b'<?xml version="1.0"?>\n<!-- by hand -->\n<feed xmlns="http://www.w3.org/2005/Atom"/>',
            "application/atom+xml",
        ),
        (b'<?xml version="1.0"?><urlset xmlns="x"/>', "application/xml"),
        (b'<?xml version="1.0"?><sitemapindex/>', "application/xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b'<?xml version="1.0"?><anything/>', "application/xml"),
    ],
)
@pytest.mark.parametrize("label", [None, "text/html"])
def test_xml_is_told_by_its_root(body: bytes, kind: str, label: str | None) -> None:
    assert sniff(body, label) == kind
    assert not is_html(body, label)


@pytest.mark.parametrize(
    ("body", "label", "kind"),
    [
        (b"The mill turns again.", "text/plain", "text/plain"),
        (b"The mill turns again.", None, "text/plain"),
        (b"BMW opens a plant, says the mayor.", None, "text/plain"),
        (b"MZ is a motorcycle.", "application/octet-stream", "text/plain"),
        (b"ID3 is a tag in music files.", None, "text/plain"),
        (b'{"title": "x"}', None, "application/json"),
        (b'[{"title": "x"}]', "application/octet-stream", "application/json"),
        (b'{"title": "x"}', "application/feed+json; charset=utf-8", "application/feed+json"),
        (b"BM\x00\x01\x02\x03\x04\x05\x06\x07\x08", "text/html", "image/bmp"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "text/html", "application/octet-stream"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "image/x-unknown", "image/x-unknown"),
        (b"", None, "text/plain"),
        (b"", "", "text/plain"),
    ],
)
def test_without_signature_or_markup_the_label_decides_what_it_can(body: bytes, label: str | None, kind: str) -> None:
    assert sniff(body, label) == kind


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_any_body_has_a_media_type(body: bytes, label: str | None) -> None:
    kind = sniff(body, label)
    assert kind == kind.strip().lower()
    assert ";" not in kind


@pytest.mark.timeout(10)
@pytest.mark.parametrize("body", [b"<!--" * 100_000, b"<?" * 200_000, b" " * 1_000_000, b"<!doctype " * 100_000])
def test_a_body_built_to_take_for_ever_is_told_at_once(body: bytes) -> None:
    assert sniff(body)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], None),
        (["text/html"], "text/html"),
        (["text/html; charset=utf-8"], "text/html; charset=utf-8"),
        (["text/plain", "text/html"], "text/html"),
        (["text/html, application/pdf"], "application/pdf"),
        (["text/html; charset=gbk", "text/html"], "text/html; charset=gbk"),
        (["text/html; charset=gbk", "TEXT/HTML; charset=utf-8"], "TEXT/HTML; charset=utf-8"),
        (["text/html; charset=gbk", "text/plain"], "text/plain"),
        (["text/html", "*/*"], "text/html"),
        (["text/html", "nonsense", ""], "text/html"),
        (["nonsense"], None),
        ([""], None),
    ],
)
def test_the_content_type_is_the_last_usable_one_among_the_headers(values: list[str], told: str | None) -> None:
    headers = [("Server", "press/1.0"), *(("content-TYPE", value) for value in values), ("X-Type", "image/png")]
    assert content_type(headers) == told


@pytest.mark.parametrize(
    ("body", "label", "other"),
    [
        (b"<!doctype html><p>News", "text/html", None),
        (b"<!doctype html><p>News", "application/octet-stream", None),
        (b"%PDF-1.7\n", "text/html", "application/pdf"),
        (b"<rss version='2.0'></rss>", "text/html", "application/rss+xml"),
        (b'{"a": 1}', "application/json", "application/json"),
        (b"", "text/html", None),
    ],
)
def test_an_answer_that_is_no_page_is_told_by_its_type(body: bytes, label: str, other: str | None) -> None:
    assert other_than_html(body, [("Content-Type", label)]) == other
