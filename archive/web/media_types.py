"""What a body is, told by its bytes: bytes + declared media type -> media type. Pure; knows no HTTP and no parser.

After the WHATWG MIME Sniffing Standard (https://mimesniff.spec.whatwg.org/), with one difference: a signature in the
bytes always beats the label, because news servers do send PDF as text/html and HTML as application/octet-stream.
"""

import re
from collections.abc import Iterable
from typing import Final

HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
BINARY: Final = "application/octet-stream"
HTML_TYPES: Final = frozenset({HTML, XHTML})
# What servers say in the place of a page while something is wrong; a PDF or a picture is what was meant.
STOPGAPS: Final = frozenset({"text/plain", "application/json", "application/problem+json"})

_HEAD = 1445  # bytes a sniffer looks at, section 5.1 of the standard

# Sections 6.1 to 6.4: (offset, signature, media type).
_SIGNATURES: Final = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS-Adobe-", "application/postscript"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (8, b"WEBPVP", "image/webp"),
    (8, b"WAVE", "audio/wave"),
    (8, b"AVI ", "video/avi"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS\x00", "application/ogg"),
    (0, b"MThd\x00\x00\x00\x06", "audio/midi"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"(\xb5/\xfd", "application/zstd"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
    (0, b"\x00asm", "application/wasm"),
    (0, b"\x7fELF", BINARY),
    (0, b"MZ", BINARY),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
)
# Short signatures that are also the beginning of words: only where the body is not text.
_ALSO_WORDS: Final = frozenset({b"BM", b"MZ", b"ID3", b"BZh"})

# Section 7.1, with the elements a page without doctype begins with in practice.
_HTML_START: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|script|iframe|h[1-6]|div|font|table|a|style|title|b|body|br|p|meta|link|base|"
    rb"article|section|main|header|nav|ul|ol|span|center|form|noscript)(?=[\s>/])",
    re.IGNORECASE,
)
_SKIPPED: Final = re.compile(rb"(?:\s+|<!--.*?-->|<\?xml[^>]*\?>|<\?[^>]*>)*", re.DOTALL)
_XML_START: Final = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!doctype\s+(?!html)\w+[^>\[]*(?:\[.*?\]\s*)?>\s*", re.IGNORECASE | re.DOTALL)
_ROOT: Final = re.compile(rb"<(?:\w+:)?([A-Za-z]+)(?=[\s>/])")
_ROOT_TYPES: Final = {
    b"feed": "application/atom+xml",
    b"html": XHTML,
    b"rdf": "application/rss+xml",
    b"rss": "application/rss+xml",
    b"sitemapindex": "application/xml",
    b"svg": "image/svg+xml",
    b"urlset": "application/xml",
}
_WIDE: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Without a mark: `<` and a letter of markup, each beside a NUL, as in XML 1.0, appendix F.
_WIDE_UNMARKED: Final = ((re.compile(rb"<\0[!-~]\0"), "utf-16-le"), (re.compile(rb"\0<\0[!-~]"), "utf-16-be"))
_UNTEXT: Final = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])  # "binary data byte" of the standard
_UNTRUSTED: Final = frozenset({"", BINARY, "unknown/unknown", "application/unknown", "*/*"})


def sniff(body: bytes, declared: str | None = None) -> str:
    """Return the media type of a body, lower case, without parameters. `declared` is the Content-Type, if any."""
    label = _essence(declared or "")
    head = _narrow(body[: 4 * _HEAD])
    binary = _is_binary(head)
    return _by_signature(body[:64], binary) or _by_markup(head) or _by_label(head, label, binary)


def content_type(headers: Iterable[tuple[str, str]]) -> str | None:
    """The Content-Type among the headers of an answer, given as pairs; None without a usable one.

    Of several, in one line or in many, the last that names a type counts; a charset said for the same type before
    still holds (https://fetch.spec.whatwg.org/#concept-header-extract-mime-type).
    """
    lines = (value.split(",") for name, value in headers if name.lower() == "content-type")
    said = [each.strip() for line in lines for each in line if _TYPE.match(each)]
    if not said:
        return None
    same = [each for each in said if _essence(each) == _essence(said[-1])]
    return next((each for each in reversed(same) if "charset=" in each.lower()), said[-1])


_TYPE: Final = re.compile(r"\s*[^\s/;*]+/[^\s/;*]+")


def _essence(label: str) -> str:
    return label.partition(";")[0].strip().lower()


def is_html(body: bytes, declared: str | None = None) -> bool:
    """Tell whether a body is a page that the extraction stage can read."""
    return sniff(body, declared) in HTML_TYPES


def other_than_html(body: bytes, headers: Iterable[tuple[str, str]]) -> str | None:
    """The media type of an answer that is no page; None for one that the extraction stage can read."""
    found = sniff(body, content_type(headers))
    return None if found in HTML_TYPES else found


def unmarked_utf16(body: bytes) -> str | None:
    """The encoding of markup in UTF-16 without a byte order mark, which nothing else looks like; None otherwise."""
    return next((name for start, name in _WIDE_UNMARKED if start.match(body)), None)


def _narrow(head: bytes) -> bytes:
    """UTF-16 as UTF-8, so that one set of patterns does; anything else as it is, without a byte order mark."""
    for mark, name in _WIDE:
        if head.startswith(mark):
            return head[2:].decode(name, "ignore").encode("utf-8", "ignore")
    if unmarked := unmarked_utf16(head):
        return head.decode(unmarked, "ignore").encode("utf-8", "ignore")
    return head.removeprefix(b"\xef\xbb\xbf")


def _is_binary(head: bytes) -> bool:
    """One control byte in fifty: a stray NUL does not make a page binary, a picture has far more."""
    sample = head[:_HEAD]
    return (len(sample) - len(sample.translate(None, _UNTEXT))) * 50 > len(sample)


def _by_signature(start: bytes, binary: bool) -> str | None:  # noqa: FBT001 - a fact, not a switch
    for offset, signature, kind in _SIGNATURES:
        if start.startswith(signature, offset) and (binary or signature not in _ALSO_WORDS):
            return kind
    return None


def _by_markup(head: bytes) -> str | None:
    start = _SKIPPED.match(head)
    rest = head[start.end() :] if start else head
    if _HTML_START.match(rest):
        return XHTML if _XML_START.match(head) and b"xhtml" in rest[:400].lower() else HTML
    doctype = _DOCTYPE.match(rest)
    root = _ROOT.match(rest, doctype.end() if doctype else 0)
    if root and root[1].lower() in _ROOT_TYPES:
        return _ROOT_TYPES[root[1].lower()]
    return "application/xml" if _XML_START.match(head) else None


def _by_label(head: bytes, label: str, binary: bool) -> str:  # noqa: FBT001 - a fact, not a switch
    if binary:
        return label if label and not label.startswith("text/") and label not in HTML_TYPES else BINARY
    if label in _UNTRUSTED or label == "text/plain":
        return "application/json" if head.lstrip()[:1] in (b"{", b"[") and label != "text/plain" else "text/plain"
    return label
