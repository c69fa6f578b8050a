"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1 and 1.1 -> entries.

It knows what the elements mean, by their local names, since feeds mix the versions. It does not know which addresses
are good (`entries`) or how bytes become XML (`document`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import orjson

from archive import urls
from archive.models import Failure, Listing, ListingKind
from archive.text import fold, unescape
from spiders.discovery import dates
from spiders.discovery.document import (
    MAX_NODES,
    MAX_TREE,
    Document,
    Element,
    entries_in,
    parse_xml,
    split_tag,
    text_of,
    xml_of,
)
from spiders.discovery.entries import Entry, Origin, bad_listing, gather

_ENTRY_NAMES: Final = ("item", "entry")

_ATOM: Final = frozenset({"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "atom", "atom10", "a10"})
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"

# Elements of other vocabularies that mean the same wherever they come from (Dublin Core, its terms, FeedBurner). Any
# other foreign element is not ours: media:title is the title of a picture.
_SHARED_NAMES: Final = frozenset({"created", "date", "issued", "language", "modified", "origlink", "updated"})

# Best first.
_PUBLISHED: Final = ("pubdate", "published", "issued", "date", "created")
_MODIFIED: Final = ("updated", "modified")

# Where the title or the text of something else stands; never searched for an entry's own link.
_NOT_OF_ENTRY: Final = frozenset(
    {"content", "contributor", "description", "encoded", "group", "source", "summary", *_ENTRY_NAMES}
)

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
_HTTP = re.compile(r"\s*https?://", re.IGNORECASE)
_JSON_FEED: Final = "https://jsonfeed.org/version/"


def read(document: Document, origin: Origin) -> Listing | Failure:
    """Read an RSS or Atom document."""
    tree = parse_xml(xml_of(document), _ENTRY_NAMES, cut=document.cut)
    if tree is None:
        return bad_listing(origin, "the XML of the feed cannot be read")
    nodes = entries_in(tree, _ENTRY_NAMES)
    if not nodes and (tree.cut or tree.fault):
        return bad_listing(origin, f"the feed is broken before its first entry: {tree.fault or 'its end is missing'}")
    channel = _channel(tree.root, origin.url)
    notes = _notes(
        cut="the end of the feed is missing" + (", its last entry was dropped" if tree.torn else "")
        if tree.cut
        else None,
        recovered=tree.fault,
        empty=None if nodes else "the feed has no entries",
    )
    return gather(ListingKind.FEED, (_entry(node, channel) for node in nodes), origin, notes, channel.title)


def read_json(document: Document, origin: Origin) -> Listing | Failure:
    """Read a JSON Feed (https://jsonfeed.org/version/1.1/)."""
    if len(document.text) > MAX_TREE or sum(map(document.text.count, "{[,")) > MAX_NODES:
        return bad_listing(origin, "the JSON is too long to be a feed")
    try:
        feed = orjson.loads(document.text)
    except ValueError as error:
        return bad_listing(origin, f"the JSON cannot be read: {fold(str(error))[:200]}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return bad_listing(origin, "JSON that is not a JSON Feed: it has no list of items")
    base = _base_of_site(_text(feed, "home_page_url"), origin.url)
    language = _language(_text(feed, "language"))
    entries = (_json_entry(item if isinstance(item, dict) else {}, base, language) for item in items)
    notes = _notes(
        empty=None if items else "the feed has no entries",
        version=None if _text(feed, "version").startswith(_JSON_FEED) else "the JSON does not call itself a JSON Feed",
    )
    return gather(ListingKind.FEED, entries, origin, notes, _title(_text(feed, "title")))


def _notes(**said: str | None) -> list[str]:
    return [f"{word}: {detail}" for word, detail in said.items() if detail is not None]


# ---- RSS and Atom ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    """What the feed says for all its entries. `bases` is None where nothing in the feed has an xml:base."""

    title: str | None
    language: str | None
    base: str
    has_bases: bool


def _channel(root: Element, url: str) -> _Channel:
    head = next((node for node in root if isinstance(node.tag, str) and split_tag(node.tag)[1] == "channel"), root)
    fields = _fields(head)
    own_base = head.get(f"{_XML}base") or root.get(f"{_XML}base")
    home = urljoin_or(url, own_base) if own_base else _base_of_site(_link(fields), url)
    return _Channel(
        title=_title(_first(fields, ("title",))),
        language=_language(_first(fields, ("language",)) or head.get(f"{_XML}lang") or root.get(f"{_XML}lang")),
        base=home,
        has_bases=next(root.iterfind(f".//*[@{_XML}base]"), None) is not None,
    )


def _entry(node: Element, channel: _Channel) -> Entry:
    fields = _fields(node)
    return Entry(
        link=_link(fields) or _link(_fields_below(node)) or node.get(f"{{{_RDF}}}about") or "",
        base=_base(node, channel),
        title=_title(_first(fields, ("title",))),
        published=_date(fields, _PUBLISHED),
        modified=_date(fields, _MODIFIED),
        language=_language(_first(fields, ("language",)) or node.get(f"{_XML}lang")) or channel.language,
        guid=fold(_first(fields, ("guid", "id")))[:500] or None,
    )


_Fields = Mapping[str, list[Element]]


def _fields(node: Element) -> _Fields:
    """The children that belong to the entry, by name."""
    return _by_name(node, node)


def _fields_below(node: Element) -> _Fields:
    """The same, of all descendants that can be the entry's: a tag that was not closed swallows what follows it."""
    return _by_name(_descendants(node), node)


def _descendants(node: Element) -> Iterator[Element]:
    waiting = list(reversed(node))
    while waiting:
        one = waiting.pop()
        if isinstance(one.tag, str) and split_tag(one.tag)[1] not in _NOT_OF_ENTRY:
            yield one
            waiting.extend(reversed(one))


def _by_name(children: Iterable[Element], owner: Element) -> _Fields:
    space = split_tag(owner.tag)[0]
    fields: dict[str, list[Element]] = {}
    for child in children:
        if not isinstance(child.tag, str):
            continue
        child_space, name = split_tag(child.tag)
        if child_space in (space, "") or name in _SHARED_NAMES or (name == "link" and child_space in _ATOM):
            fields.setdefault(name, []).append(child)
    return fields


def _first(fields: _Fields, names: Iterable[str]) -> str:
    for name in names:
        for element in fields.get(name, ()):
            if found := text_of(element):
                return found
    return ""


def _date(fields: _Fields, names: Iterable[str]) -> Any:
    return next((when for name in names for node in fields.get(name, ()) if (when := dates.parse(text_of(node)))), None)


def _link(fields: _Fields) -> str:
    """The address of what the entry is about; see the order of the candidates."""
    candidates = (
        _http(_first(fields, ("origlink",))),  # FeedBurner puts its own counter into link
        _alternate(fields),
        _first(fields, ("link",)),
        _permalink(fields),
        _http(_first(fields, ("id",))),
    )
    return next((link for link in candidates if link), "")


def _alternate(fields: _Fields) -> str:
    """The href of an Atom link: the page itself before other forms of it. An enclosure or a comment is not the page."""
    pages = [
        node for node in fields.get("link", ()) if node.get("href") and node.get("rel", "alternate") == "alternate"
    ]
    pages.sort(key=lambda node: "html" not in (node.get("type") or "html"))
    return (pages[0].get("href") or "").strip() if pages else ""


def _permalink(fields: _Fields) -> str:
    return next(
        (
            _http(text_of(guid))
            for guid in fields.get("guid", ())
            if (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false"
        ),
        "",
    )


def _http(text: str) -> str:
    return text if _HTTP.match(text) else ""


def _base(node: Element, channel: _Channel) -> str:
    """What the entry's links are relative to: each xml:base on the way from the root refines the one before."""
    if not channel.has_bases:
        return channel.base
    own = [each.get(f"{_XML}base") for each in (node, *(link for link in node if isinstance(link.tag, str)))]
    base = channel.base
    for written in own:
        if written:
            base = urljoin_or(base, written)
    return base


def _base_of_site(written: str, url: str) -> str:
    """The site's address as the feed names it, if it can be one; else the feed's."""
    try:
        return urls.normalize(written, url)
    except urls.BadURLError:
        return url


def urljoin_or(base: str, written: str) -> str:
    """The address resolved, or `base` where it cannot be or where no address below it could be asked for."""
    if len(written) > urls.MAX_LENGTH:
        return base
    try:
        resolved = urljoin(base, written.strip())
    except ValueError:
        return base
    return resolved if len(resolved) <= urls.MAX_LENGTH else base


def _title(text: str) -> str | None:
    """A title as text: in most feeds it is HTML, escaped."""
    return fold(unescape(_TAG.sub("", text)))[:1_000] or None


def _language(text: str | None) -> str | None:
    tag = (text or "").strip().lower().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


# ---- JSON Feed -------------------------------------------------------------------------------------------------------


def _json_entry(item: Mapping[str, Any], base: str, language: str | None) -> Entry:
    return Entry(
        link=_text(item, "url") or _text(item, "external_url") or _http(_text(item, "id")),
        base=base,
        title=_title(_text(item, "title")),
        published=dates.parse(_text(item, "date_published")),
        modified=dates.parse(_text(item, "date_modified")),
        language=_language(_text(item, "language")) or language,
        guid=fold(_text(item, "id"))[:500] or None,
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    """A text; a number, which some programs use as id, as text."""
    value = values.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
