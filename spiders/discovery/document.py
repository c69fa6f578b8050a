"""The bytes of a listing -> text, and what kind of document it is. Told by the bytes: labels are often wrong.

Knows gzip, encodings, and how to parse broken XML and HTML safely. Does not know what the entries of a listing are.
"""

import html
import re
import zlib
from bisect import bisect_left
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from html.entities import html5
from itertools import islice, pairwise
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from archive.text import fold, scrub, unescape
from archive.web.charsets import is_of_pages
from archive.web.media_types import sniff
from pipelines.page.parse import detect

Element = Any  # lxml ships no types
XMLError: Final[type[SyntaxError]] = etree.XMLSyntaxError

# What a sitemap may have at most (https://www.sitemaps.org/protocol.html), unpacked; feeds never come near.
MAX_BYTES: Final = 50 * 1024 * 1024
# What is held as a tree at once, of a feed or a page or of the start of a broken sitemap: so many characters, with so
# many marks of an element, an attribute or a value among them. A million elements with text between them take 250 MB.
MAX_TREE: Final = 16 * 1024 * 1024
MAX_NODES: Final = 1_000_000


class Shape(StrEnum):
    """What a document is; the value is how a message calls it."""

    FEED = "a feed"
    SITEMAP = "a sitemap"
    JSON = "JSON"
    HTML = "a web page"
    TEXT = "plain text"
    XML = "XML of another kind"
    BINARY = "a file"
    EMPTY = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A listing as text. `start` is where its root element begins; `cut`: the end is known to be missing."""

    shape: Shape
    text: str = ""
    start: int = 0
    cut: bool = False
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Parsed XML: its root, what the parser had to forgive (None: nothing), whether the last entry is incomplete."""

    root: Element
    fault: str | None = None
    cut: bool = False
    torn: bool = False


def read(body: bytes, content_type: str | None) -> Document:
    """Unpack, decode and classify. Never raises: what cannot be unpacked is BINARY."""
    unpacked, cut = _unpack(body)
    plain = _narrow(unpacked)
    if not plain.strip(b"\0 \t\r\n"):
        return Document(shape=Shape.EMPTY)
    media_type = sniff(plain, content_type)
    if media_type.startswith(_BINARY_TYPES):
        return Document(shape=Shape.BINARY, media_type=media_type)
    text = scrub(_decode(plain, content_type)).lstrip("\ufeff \n\t")
    if not text:
        return Document(shape=Shape.EMPTY)
    shape, start = _look(text)
    return Document(shape=shape, text=text, start=start, cut=cut, media_type=media_type)


def describe(document: Document) -> str:
    """What came, for a message: `a web page ("Not found")`."""
    if document.shape is Shape.BINARY:
        return f"a file ({document.media_type})"
    if document.shape is not Shape.HTML:
        return str(document.shape)
    title = _TITLE.search(document.text, 0, 200_000)
    name = fold(unescape(title[1]))[:100] if title else ""
    return f'{document.shape} ("{name}")' if name else str(document.shape)


# ---- Bytes -----------------------------------------------------------------------------------------------------------

_GZIP: Final = b"\x1f\x8b\x08"
# Bytes unpacked at once. What follows a member is copied out of them, and 50 MB can be two million empty members.
_PACKED: Final = 1024
# What `sniff` says of bytes that no listing begins with.
_BINARY_TYPES: Final = (
    "application/gzip",
    "application/octet-stream",
    "application/ogg",
    "application/pdf",
    "application/postscript",
    "application/vnd.sqlite3",
    "application/wasm",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-rar-compressed",
    "application/x-xz",
    "application/zip",
    "application/zstd",
    "audio/",
    "font/",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/",
)


def _unpack(body: bytes) -> tuple[bytes, bool]:
    """The bytes out of their gzip (twice where a server packed a .gz again), and whether their end is missing."""
    plain, cut = body, False
    for _ in range(2):
        if not plain.startswith(_GZIP):
            break
        plain, short = _gunzip(plain)
        cut = cut or short
    return plain[:MAX_BYTES], cut or len(plain) > MAX_BYTES


def _gunzip(body: bytes) -> tuple[bytes, bool]:
    """All members, bounded; what stands before a fault or a cut is kept, since the first entries are the newest."""
    parts: list[bytes] = []
    room, at = MAX_BYTES + 1, 0
    member = None
    while at < len(body) and room > 0:
        if member is None:
            if not body.startswith(_GZIP, at):
                break
            member = zlib.decompressobj(wbits=31)
        packed = body[at : at + _PACKED]
        try:
            part = member.decompress(packed, room)
        except zlib.error:
            return b"".join(parts), True
        parts.append(part)
        room -= len(part)
        at += len(packed) - len(member.unused_data)
        if member.eof:
            member = None
    return b"".join(parts), member is not None or room <= 0


def _narrow(body: bytes) -> bytes:
    """UTF-16 without a mark as UTF-8; by its first bytes it would pass for a binary file."""
    wide = _WIDE_STARTS.get(body[:4].lower())
    return body.decode(wide, "replace").encode("utf-8", "replace") if wide else body


def _decode(body: bytes, content_type: str | None) -> str:
    """BOM, then what the bytes prove, then what the document says, then what the server says.

    Text that is valid UTF-8 and not ASCII is UTF-8, whatever is declared: by chance that does not happen. Encodings
    that write everything in ASCII bytes (ISO-2022-JP) prove themselves by their escapes.
    """
    encoding, mark = read_bom(body)
    if encoding and mark:
        return body[len(mark) :].decode(encoding, "replace")
    said = (
        html_body_declared_encoding(body[:4096]),
        http_content_type_encoding(content_type) if content_type else None,
    )
    named = [name for name in said if name and name != "utf-8" and is_of_pages(name)]
    for name in _candidates(body, named):
        try:
            return _slim(body, name).decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return _decode_damaged(body, named)


def _slim(body: bytes, encoding: str) -> bytes:
    """A long text without characters beyond 16 bits: a single one makes Python hold all others in four bytes each."""
    if encoding != "utf-8" or len(body) <= MAX_TREE:
        return body
    return b"".join(_ASTRAL.sub(b"\xef\xbf\xbd", piece) for piece in _pieces(body))


def _pieces(body: bytes) -> Iterator[bytes]:
    """UTF-8 cut between characters: a substitution takes 100 bytes for each place that it finds."""
    at = 0
    while at < len(body):
        end = next((end for end in range(at + _PIECE, at + _PIECE - 4, -1) if _begins(body, end)), at + _PIECE)
        yield body[at:end]
        at = end


def _begins(body: bytes, at: int) -> bool:
    return at >= len(body) or not 0x80 <= body[at] < 0xC0


def _candidates(body: bytes, named: list[str]) -> Iterator[str]:
    if b"\x1b" in body:
        yield from (name for name in named if name.startswith("iso2022"))
    if b"\x1b$B" in body or b"\x1b$@" in body:
        yield "iso2022_jp"
    yield "utf-8"
    yield from named


def _decode_damaged(body: bytes, named: list[str]) -> str:
    """Some bytes fit no candidate: as UTF-8 where most do fit (one bad entry), else as named, else as they look.

    The detector of pages is sure of scripts that are written in runs of such bytes. Of a few accents among ASCII, which
    is all that a feed of titles has, it makes Polish of Spanish: they are Windows Latin.
    """
    text = _slim(body, "utf-8").decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if 10 * text.count("\ufffd") <= beyond_ascii:
        return text
    if named:
        return body.decode(named[0], "replace")
    return body.decode(detect(body) if _is_in_runs(body) else "cp1252", "replace")


def _is_in_runs(body: bytes) -> bool:
    """Whether most bytes beyond ASCII stand beside another one, as in Cyrillic or Kanji, and not alone, as accents."""
    sample = body[:_SAMPLE]
    alone = sum(1 for _ in _ALONE.finditer(sample))
    return 2 * alone < len(sample) - len(sample.translate(None, _BEYOND_ASCII))


_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_SAMPLE: Final = 1024 * 1024
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_ASTRAL = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_WIDE_STARTS: Final = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be", b"<\0r\0": "utf-16-le", b"\0<\0r": "utf-16-be"}


# ---- Shape -----------------------------------------------------------------------------------------------------------

_ROOT = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:(?P<FEED>rss|rdf|feed|channel)|(?P<SITEMAP>urlset|sitemapindex)|(?P<HTML>html|head|body)|"
    r"(?P<XML>opml|svg))(?=[\s>/])",
    re.IGNORECASE,
)
_DOCTYPE_HTML = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:a|div|p|h[1-6]|ul|li|table|article|main|section|script)(?=[\s>])", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)


def _look(text: str) -> tuple[Shape, int]:
    """The first element that decides. What stands before it (warnings of PHP, entity bombs in a DOCTYPE) does not."""
    if text[0] in "{[":
        return Shape.JSON, 0
    root = _root(text)
    if _DOCTYPE_HTML.search(text, 0, root.start() if root else len(text)):
        return Shape.HTML, 0
    if root and root.lastgroup:
        return Shape[root.lastgroup], root.start()
    if _MARKUP.search(text):
        return Shape.HTML, 0
    return (Shape.XML if text.startswith("<") else Shape.TEXT), 0


def _root(text: str) -> re.Match[str] | None:
    """The first element that can decide and is not named in a comment; a comment without an end is none."""
    root = _ROOT.search(text)
    at = 0
    while root and (comment := text.find("<!--", at, root.start())) >= 0:
        end = text.find("-->", comment + 4)
        if end < 0:
            break
        at = end + 3
        if at > root.start():
            root = _ROOT.search(text, at)
    return root


# ---- XML -------------------------------------------------------------------------------------------------------------

_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)")
# A reference that is not one of XML's own five: named after HTML, or a number.
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#[0-9a-fA-FxX]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});")
# Where a parser sees no CDATA (in an attribute, after a cut) it makes text of these that Python cannot read.
_SURROGATE = re.compile(r"&#(?:0*5[5-7][0-9]{3}|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});")
# No DTD, no network; with neither there is nothing that grows, so depth and size need no limit of the parser's own.
_SAFE: Final[Mapping[str, bool]] = {
    "huge_tree": True,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
    "resolve_entities": False,
}
_PIECE: Final = 128 * 1024  # characters
_LONGEST_ENTRY: Final = 4 * 1024 * 1024  # characters; a sitemap's entry with a thousand pictures has a tenth
_LONGEST_TEXT: Final = 64 * 1024  # characters of a field; the longest that is kept, a title, has 1,000 without markup
_MOST_PIECES: Final = 50_000  # as many entries as are read of one listing
_START_TAG = re.compile(r"<([\w.:-]+)([^>]*)>?")


def xml_of(document: Document) -> Iterator[str]:
    """The XML from the root element on, with its references mended, in pieces.

    With the DOCTYPE go all entity definitions, so there is nothing to expand or to fetch, and huge_tree is safe.
    References that XML does not know (&nbsp;) and bare ampersands are written so that it does: a forgiving parser drops
    them, and with them half of an address. CDATA is left alone.
    """
    waiting: list[str] = []
    length = 0
    for part in _mended_parts(document.text, document.start):
        waiting.append(part)
        length += len(part)
        if length >= _PIECE:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)


def stream(xml: Iterable[str], names: Iterable[str]) -> Iterator[Element]:
    """Each complete element of these names; it is emptied when the next is asked for. Raises XMLError where broken.

    A sitemap of 50,000 entries takes 200 MB as a tree, and next to nothing so; one in which no entry ends is broken.
    """
    parser = etree.XMLPullParser(events=("end",), tag=[f"{{*}}{name}" for name in names], **_SAFE)
    room = _LONGEST_ENTRY
    for piece in xml:
        parser.feed(piece.encode("utf-8"))
        room -= len(piece)
        for _, node in parser.read_events():
            room = _LONGEST_ENTRY
            yield node
            node.clear(keep_tail=False)
            while node.getprevious() is not None:
                del node.getparent()[0]
        if room < 0:
            raise etree.XMLSyntaxError("no entry ends", 0, 0, 0)
    parser.close()


def parse_xml(xml: Iterable[str], names: Collection[str], *, cut: bool) -> Tree | None:
    """The tree of what can be made of broken XML; None where that is nothing. `cut`: its end is known to be missing."""
    start = _start_of(xml)
    text = _bounded(start, "<=")
    root, fault = _forgiving(text)
    if fault:
        root = _with_all_entries(root, text, names)
    if root is None:
        return None
    missing = cut or len(text) < len(start) or not _is_closed(text)
    return Tree(root=root, fault=fault, cut=missing, torn=missing and _is_torn(text, names))


def _forgiving(text: str) -> tuple[Element | None, str | None]:
    """The root of what the parser makes of a text, and what it had to forgive."""
    parser = etree.XMLParser(encoding="utf-8", recover=True, **_SAFE)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (XMLError, ValueError) as error:
        return None, fold(str(error))[:200]
    return root, fold(parser.error_log[0].message)[:200] if len(parser.error_log) else None


def _with_all_entries(root: Element | None, text: str, names: Collection[str]) -> Element | None:
    """The root, or where the parser gave up before the last entry (a quotation mark too few), each read by itself."""
    tag = rf"<(?:[\w.-]{{1,40}}:)?(?:{'|'.join(names)})(?=[\s>/])"
    starts = [match.start() for match in islice(re.finditer(tag, text, re.IGNORECASE), _MOST_PIECES)]
    if not starts or (root is not None and len(_entries(root, names)) >= len(starts)):
        return root
    head, _ = _forgiving(text[: starts[0]])
    whole = etree.Element("entries") if head is None else head
    for start, end in pairwise([*starts, len(text)]):
        piece, _ = _forgiving(f"<entries>{text[start:end]}")
        if piece is not None:
            whole.extend(list(piece))
    return whole


def _start_of(xml: Iterable[str]) -> str:
    """All, or a little more than is held as a tree."""
    parts: list[str] = []
    room = MAX_TREE
    for piece in xml:
        parts.append(piece)
        room -= len(piece)
        if room < 0:
            break
    return "".join(parts)


def _bounded(text: str, marks: str) -> str:
    """The text, or as much of its beginning as may be held as a tree."""

    def nodes(end: int) -> int:
        return sum(text.count(mark, 0, end) for mark in marks)

    end = min(len(text), MAX_TREE)
    return text[: end if nodes(end) <= MAX_NODES else bisect_left(range(end), MAX_NODES, key=nodes)]


def entries_in(tree: Tree, names: Container[str]) -> list[Element]:
    """The elements of these names, wherever they stand, without a last one that is torn."""
    found = _entries(tree.root, names)
    return found[:-1] if tree.torn else found


def _entries(root: Element, names: Container[str]) -> list[Element]:
    return [node for node in root.iter() if isinstance(node.tag, str) and split_tag(node.tag)[1] in names]


def _mended_parts(text: str, start: int) -> Iterator[str]:
    at = start
    for cdata in _CDATA.finditer(text, start):
        yield from _mended(text, at, cdata.start())
        yield _SURROGATE.sub("&#65533;", cdata[0]) if "&#" in cdata[0] else cdata[0]
        at = cdata.end()
    yield from _mended(text, at, len(text))


def _mended(text: str, start: int, end: int) -> Iterator[str]:
    """By pieces, cut before a tag where there is one: a substitution takes 100 bytes for each place that it finds."""
    at = start
    while at < end:
        tag = text.rfind("<", at + 1, at + _PIECE) if end - at > _PIECE else -1
        until = tag if tag > 0 else min(at + _PIECE, end)
        part = text[at:until]
        yield _REFERENCE.sub(_resolved, _BARE_AMPERSAND.sub("&amp;", part)) if "&" in part else part
        at = until


def _resolved(match: re.Match[str]) -> str:
    return _meant(match[0])


@lru_cache(maxsize=1024)
def _meant(reference: str) -> str:
    """Kept, because a hostile file has ten million of them."""
    if not reference.startswith("&#") and reference[1:] not in html5:
        return "&amp;" + reference[1:]
    return html.escape(scrub(unescape(reference)))


def _is_closed(text: str) -> bool:
    start = _START_TAG.match(text)
    return start is None or start[2].endswith("/") or f"</{start[1]}" in text


def _is_torn(text: str, entry_names: Iterable[str]) -> bool:
    """Whether the last entry was opened and not closed."""
    names = "|".join(entry_names)
    slashes = re.findall(rf"<(/?)(?:[\w.-]+:)?(?:{names})(?=[\s>/]|\Z)", text, re.IGNORECASE)
    return bool(slashes) and not slashes[-1]


@lru_cache(maxsize=512)
def split_tag(tag: str) -> tuple[str, str]:
    """Namespace (or the prefix, where the document forgot to declare it) and local name in lower case."""
    space, _, local = tag.rpartition("}")
    if not space and ":" in local:
        space, _, local = local.partition(":")
    return space.removeprefix("{"), local.lower()


def text_of(element: Element) -> str:
    """The text in an element, trimmed; of one that is too long for any field, its beginning.

    A thousand titles in one another, each of them 15 MB, took minutes.
    """
    if len(element) == 0:
        return (element.text or "")[:_LONGEST_TEXT].strip()
    parts: list[str] = []
    room = _LONGEST_TEXT
    for part in element.itertext():
        parts.append(part[:room])
        room -= len(part)
        if room <= 0:
            break
    return "".join(parts).strip()


# Tags as HTML5 reads them; an attribute is counted twice where it has a value in quotation marks.
_TAGS = re.compile(
    r"""<!--.*?(?:-->|\Z)|"""
    r"""(?P<tag><(?=[a-z])(?:(?P<code>script|style)(?=[\s/>]))?+(?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?+)*+>?)"""
    r"""(?(code).*?(?=</(?P=code)|\Z))""",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""=\s*+(?:"[^"]*+"?|'[^']*+'?)|[\s/]++[^\s/>=]?""")
_MAX_ATTRIBUTES: Final = 1_000
# What can make an element or an attribute of a page.
_HTML_MARKS: Final = "<= \t\n/"


def parse_html(document: Document) -> Element | None:
    """Parse a page, forgiving, as far as it may be held; None where there is no element in it."""
    text = _TAGS.sub(_without_monstrous, _bounded(document.text, _HTML_MARKS))
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (XMLError, ValueError):
        return None


def is_too_long(document: Document) -> bool:
    """Whether the end of a page is left out when it is parsed."""
    return len(_bounded(document.text, _HTML_MARKS)) < len(document.text)


def _without_monstrous(match: re.Match[str]) -> str:
    """50,000 attributes in one tag take the parser 3 s, twice as many four times that; no link has a thousand."""
    tag = match["tag"] or ""
    monstrous = len(tag) > _MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(tag)) > _MAX_ATTRIBUTES
    return "" if monstrous else match[0]
