"""Bodies that are not what their label says: told by the bytes."""

import gzip
import io
import zipfile
import zlib

from tests.robustness.hostile.answers import Table, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import html


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("page.html", html("in a zip"))
    return file.getvalue()


_PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(13) + b"<html><body><p>" * 50
_MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0" + bytes(5_000)
_PDF = b"%PDF-1.7\n" + b"\0\x01\x02" * 400 + html("in a pdf").encode()
_RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
    "<item><title>One</title><link>http://kinds.hostile.test:@HTTP@/never</link></item></channel></rss>"
)
_TABLE: Table = {
    "/pdf": ("not_html", reply(_PDF)),
    "/zip": ("not_html", reply(_zip())),
    "/png": ("not_html", reply(_PNG)),
    "/mp4": ("not_html", reply(_MP4)),
    "/gzip-file": ("not_html", reply(gzip.compress(html("in a file").encode()))),
    "/zlib-file": ("not_html", reply(zlib.compress(html("in a zlib file").encode()))),
    "/noise": ("not_html", reply(bytes(range(256)) * 40)),
    "/feed": ("not_html", reply(_RSS)),
    "/json": ("not_html", reply('{"a": "<p>text</p>"}', kind="application/json")),
    "/script": ("not_html", reply("let a = '<p>'; alert(a);\n" * 50, kind="text/javascript")),
    "/octets": ("saved", story("called octets", kind="application/octet-stream")),
    "/plain": ("saved", story("called plain text", kind="text/plain")),
    "/xml": ("saved", story("called XML", kind="application/xml")),
    "/png-label": ("saved", story("called a picture", kind="image/png")),
    "/no-label": ("saved", story("without a label", kind=None)),
    "/label-nonsense": ("saved", story("with a label of no sense", kind=";;;=\\x00,,text")),
}
FAMILY = Family(name="kinds", table=_TABLE)
