"""From the bytes of a capture to one parsed tree: decode, then parse once. Knows nothing of articles.

The order of decoding: byte order mark, declared encoding (header, then meta), detector. A declared encoding that cannot
decode the bytes is passed over, and valid UTF-8 beats any other label: text in another encoding is next to never valid
UTF-8, while servers that say ISO-8859-1 by default are many. Which signal won is kept.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml.html import HtmlElement, HTMLParser  # type: ignore[import-untyped]  # lxml ships no types
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from archive.web.charsets import is_of_pages
from archive.web.media_types import unmarked_utf16

Element = Any  # an lxml element; lxml ships no types

_SAMPLE: Final = 10_000  # bytes the detector reads: it takes 10 ms for that, and seconds for a long page
_DEPTH: Final = 255  # libxml2 drops what is nested deeper, unless huge_tree is set; then 2,048
# What is read from the tree is scrubbed (`archive.text.fold`); here go only what a parser stops at. On bytes that costs
# a tenth of doing it to the text.
_LINES: Final = bytes.maketrans(b"\r", b"\n")
_NOTHING: Final = bytes(set(range(32)) - set(b"\t\n\r"))
# References to control characters: they mean nothing in HTML, and trafilatura gives up a page that has one.
_CONTROL: Final = re.compile(
    r"&#(?:0*(?:[1-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[1-8bcef]|1[0-9a-f]|fff[ef]))(?:;|(?![0-9a-f]))", re.IGNORECASE
)
_CODE: Final = (
    "audio", "canvas", "embed", "iframe", "link", "meta", "object", "rp", "rt", "style", "svg", "template", "video",
)  # fmt: skip
_XML_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*>")
_DOCTYPE: Final = re.compile(r"<!doctype", re.IGNORECASE)
_BEFORE: Final = 80
_BROKEN_OFF: Final = re.compile(rb"[<>\n]")
_FOREIGN: Final = re.compile(rb"[\x80-\xff][^<>\n]{0,200}")
_NESTING: Final = frozenset({"blockquote", "dd", "dl", "dt", "li", "ol", "table", "tbody", "td", "th", "tr", "ul"})
_NESTED: Final = 60
_CLOSED: Final = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
_CONTAINER: Final = re.compile(r"<(/?)(article|aside|div|main|section)\b", re.IGNORECASE)
_OPEN: Final = 2  # elements: one may be a slip of the template


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A body as text, the encoding that decoded it, and which signal won: bom, header, meta, detector or default."""

    text: str
    charset: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page. The tree may be changed by its owner."""

    url: str
    tree: Element
    decoded: Decoded


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the body as text. Never fails: what cannot be decoded becomes U+FFFD."""
    bom, mark = read_bom(body)
    if bom and mark:
        return Decoded(text=to_unicode(body[len(mark) :], bom), charset=bom, source="bom")
    if wide := unmarked_utf16(body):
        said = (http_content_type_encoding(content_type) or "").startswith("utf-16")
        return Decoded(text=to_unicode(body, wide), charset=wide, source="header" if said else "detector")
    declared = _declared(body, content_type)
    utf8 = _strict(body, "utf-8")
    if utf8 is not None and not (b"\x1b" in body and "iso2022_jp" in declared):
        return Decoded(text=utf8, charset="utf-8", source=declared.get("utf-8", _unlabelled(body)))
    for charset, source in declared.items():
        text = _lenient(body, charset)
        if text is not None:
            return Decoded(text=text, charset=charset, source=source)
    charset = detect(body)
    return Decoded(text=to_unicode(body, charset), charset=charset, source="detector")


def parse(decoded: Decoded, url: str) -> Page | None:
    """Parse once, for every later step; None where there is no element at all."""
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8", collect_ids=False)
    # Costs 0.91 of lxml.html's own lookup, which asks for the class of every element by its tag.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    text = _CONTROL.sub("", decoded.text)
    if declaration := _XML_DECLARATION.match(text):
        text = text[declaration.end() :]
    text = _without_doctype(text)
    if not text.strip():
        return None
    try:
        tree = etree.fromstring(text.encode("utf-8", "ignore").translate(_LINES, _NOTHING), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if tree is None or not isinstance(tree.tag, str):
        return None
    return Page(url=url, tree=tree, decoded=decoded)


def drop_code(tree: Element) -> None:
    """Take out what is no text of the page: scripts, styles, drawings, frames, players, and how characters are read.

    JSON-LD stays.
    """
    etree.strip_elements(tree, *_CODE, with_tail=False)
    for script in list(tree.iter("script")):
        if script.getparent() is not None and "ld+json" not in (script.get("type") or ""):
            script.drop_tree()


def _without_doctype(text: str) -> str:
    """libxml2 takes quotation marks in some doctypes for the whole page (lxml bug 1955915)."""
    start = _DOCTYPE.search(text)
    end = text.find(">", start.end()) if start else -1
    return text[: start.start()] + text[end + 1 :] if start and end >= 0 else text


def _declared(body: bytes, content_type: str | None) -> dict[str, str]:
    """Encodings the page is said to have, in the order they are believed, each with who says so."""
    found: dict[str, str] = {}
    for charset, source in (
        (http_content_type_encoding(content_type), "header"),
        (html_body_declared_encoding(body), "meta"),
    ):
        if charset and is_of_pages(charset):
            found.setdefault(charset, source)
    return found


def _unlabelled(body: bytes) -> str:
    return "default" if body.isascii() else "detector"


def _strict(body: bytes, charset: str) -> str | None:
    try:
        return codecs.decode(body, charset)
    except (LookupError, ValueError):
        return None


def _lenient(body: bytes, charset: str) -> str | None:
    """Decode with a few bad bytes allowed: a page cut in the middle of a character is still in its encoding."""
    text = to_unicode(body, charset)
    foreign = len(body) - len(body.translate(None, bytes(range(128, 256))))
    return text if text.count("\ufffd") * 20 <= foreign else None


def detect(body: bytes) -> str:
    """Guess the encoding of a text without a true label from its bytes. Works best with a paragraph of it."""
    from charset_normalizer import from_bytes

    best = from_bytes(_foreign_sample(body)).best()
    return best.encoding if best else "utf-8"


def _foreign_sample(body: bytes) -> bytes:
    """Collect the stretches that are not plain ASCII markup: only they tell a detector anything."""
    sample = bytearray()
    at = 0
    while found := _FOREIGN.search(body, at):
        before = _BROKEN_OFF.split(body[max(at, found.start() - _BEFORE) : found.start()])[-1]
        sample += before + found[0] + b"\n"
        at = found.end()
        if len(sample) >= _SAMPLE:
            break
    return bytes(sample[:_SAMPLE])


def flatten(tree: Element) -> None:
    """Make lists and tables that are nested beyond any sense plain blocks: the main text is found by recursion."""
    nested: list[bool] = []  # of each open element: is it one of those
    depth = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= nested.pop()
            continue
        nested.append(element.tag in _NESTING)
        depth += nested[-1]
        if nested[-1] and depth > _NESTED:
            element.tag = "div"


def is_too_deep(depth: int) -> bool:
    """Tell whether a page is nested so deeply that parsers without `huge_tree` lose its end."""
    return depth >= _DEPTH


def is_cut_short(text: str) -> bool:
    """Tell whether a page stops in the middle: it closes neither its body nor its article, or two other elements.

    HTTP does not tell where a server says too small a Content-Length, or closes a connection that was to end with the
    body. Of 1,154 real pages 9 do not close their body, and this is true of one of those.
    """
    if _CLOSED.search(text):
        return False
    left = Counter[str]()
    for closes, name in _CONTAINER.findall(text):
        left[name.lower()] += -1 if closes else 1
    return left["article"] > 0 or left["main"] > 0 or left.total() >= _OPEN
