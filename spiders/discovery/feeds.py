"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1 and 1.1 -> entries.

It knows what the elements mean, by their local names, since feeds mix the versions. It does not know which addresses
are good (`entries`) or how bytes become XML (`document`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urljoin

import orjson

from archive.model.article import Dated
from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.rights.signals import Signal
from archive.text import fold, unescape
from archive.web import urls
from pipelines.page.rsl import element_signals
from spiders.discovery import listing_dates, polling
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

# Elements of other vocabularies that mean the same wherever they come from (Dublin Core, its terms, Atom in RSS, PRISM,
# schema.org, FeedBurner). Any other foreign element is not ours.
_SHARED_NAMES: Final = frozenset({
    "available", "created", "date", "datemodified", "datepublished", "issued", "language", "modificationdate",
    "modified", "origlink", "pubdate", "publicationdate", "published", "updated",
})  # fmt: skip
# A foreign title is the entry's only where it has none of its own, and by vocabulary: namespace, or prefix where the
# feed forgot to declare it. Of media:title only a child of the entry: within media:content it is a picture's.
_TITLE_SPACES: Final[Mapping[str, str]] = {
    **dict.fromkeys(_ATOM, "title of atom"),
    "http://purl.org/dc/elements/1.0/": "title of dc",
    "http://purl.org/dc/elements/1.1/": "title of dc",
    "http://purl.org/dc/terms/": "title of dc",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "title of itunes",
    "http://search.yahoo.com/mrss": "title of media",
    "http://search.yahoo.com/mrss/": "title of media",
    "dc": "title of dc",
    "dcterms": "title of dc",
    "itunes": "title of itunes",
    "media": "title of media",
}

# Best first.
_TITLES: Final = ("title", "title of atom", "title of dc", "title of itunes", "title of media")
_PUBLISHED: Final = (
    "pubdate", "published", "issued", "datepublished", "publicationdate", "date", "available", "created",
)  # fmt: skip
_MODIFIED: Final = ("updated", "modified", "datemodified", "modificationdate")

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
    channel = _channel(tree.root, origin)
    notes = _notes(
        cut="the end of the feed is missing" + (", its last entry was dropped" if tree.torn else "")
        if tree.cut
        else None,
        recovered=tree.fault,
        empty=None if nodes else "the feed has no entries",
    )
    listing = gather(ListingKind.FEED, (_entry(node, channel) for node in nodes), origin, notes, channel.title)
    asked = channel.wishes
    return replace(listing, moved_to=asked.moved_to, at_least=asked.at_least, skip_hours=asked.skip_hours)


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


_Fields = Mapping[str, list[Element]]
_Link = tuple[str, Element | None]  # as it is written, and where
_NO_LINK: Final[_Link] = ("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    """What the feed says for all its entries. `has_bases`: somewhere in it stands an xml:base.

    Months are read in `written_in`: the language of the feed, else that of its source in the configuration.
    """

    title: str | None
    language: str | None
    written_in: str | None
    base: str
    has_bases: bool
    wishes: polling.Wishes
    rights: tuple[Signal, ...]


def _channel(root: Element, origin: Origin) -> _Channel:
    head = next((node for node in root if isinstance(node.tag, str) and split_tag(node.tag)[1] == "channel"), root)
    fields = _fields(head)
    language = _language(_first(fields, ("language",)) or head.get(f"{_XML}lang") or root.get(f"{_XML}lang"))
    return _Channel(
        title=_title(_first(fields, _TITLES)),
        language=language,
        written_in=language or origin.source.language,
        base=_base_of_feed(root, head, fields, origin.url),
        has_bases=next(root.iterfind(f".//*[@{_XML}base]"), None) is not None,
        wishes=polling.read(head, origin.url),
        rights=element_signals(head),
    )


def _base_of_feed(root: Element, head: Element, fields: _Fields, url: str) -> str:
    """What links of the feed are relative to: its xml:base, if it has one; in Atom else the document (RFC 4287).

    RSS knows no relative links and says nothing of them. Those who write one mean a path of the site, and the feed may
    stand on the host of a service: there it is the channel's link, which is the site.
    """
    bases = [written for node in dict.fromkeys((root, head)) if (written := node.get(f"{_XML}base"))]
    if bases or split_tag(root.tag)[1] == "feed":
        return _refined(url, bases)
    return _base_of_site(_link(fields)[0], url)


def _entry(node: Element, channel: _Channel) -> Entry:
    fields = _fields(node)
    link, element = next((found for found in (_link(fields), _link(_fields_below(node))) if found[0]), _NO_LINK)
    own = _language(_first(fields, ("language",)) or node.get(f"{_XML}lang"))
    written_in = own or channel.written_in
    return Entry(
        link=link or node.get(f"{{{_RDF}}}about") or "",
        base=_base(node, element, channel),
        title=_title(_first(fields, _TITLES)),
        published=_date(fields, _PUBLISHED, written_in),
        modified=_date(fields, _MODIFIED, written_in),
        language=own or channel.language,
        guid=fold(_first(fields, ("guid", "id")))[:500] or None,
        rights=element_signals(node),
        rights_of_all=channel.rights,
    )


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
        elif name == "title" and child_space in _TITLE_SPACES:
            fields.setdefault(_TITLE_SPACES[child_space], []).append(child)
    return fields


def _first(fields: _Fields, names: Iterable[str]) -> str:
    for name in names:
        for element in fields.get(name, ()):
            if found := text_of(element):
                return found
    return ""


def _date(fields: _Fields, names: Iterable[str], language: str | None) -> Dated | None:
    written = (text_of(node) for name in names for node in fields.get(name, ()))
    return next((dated for text in written if (dated := listing_dates.parse(text, language=language))), None)


def _link(fields: _Fields) -> _Link:
    """The URL of what the entry is about; see the order of the candidates."""
    return next((link for link in _links(fields) if link[0]), _NO_LINK)


def _links(fields: _Fields) -> Iterator[_Link]:
    yield from ((_http(text_of(node)), node) for node in fields.get("origlink", ()))  # FeedBurner counts in its link
    yield from (((node.get("href") or "").strip(), node) for node in _alternates(fields))
    yield from ((text_of(node), node) for node in fields.get("link", ()))
    yield from ((_http(text_of(node)), node) for node in fields.get("guid", ()) if _is_permalink(node))
    yield from ((_http(text_of(node)), node) for node in fields.get("id", ()))


def _alternates(fields: _Fields) -> list[Element]:
    """The Atom links to the page itself, before other forms of it. An enclosure or a comment is not the page."""
    pages = [
        node for node in fields.get("link", ()) if node.get("href") and node.get("rel", "alternate") == "alternate"
    ]
    return sorted(pages, key=lambda node: "html" not in (node.get("type") or "html"))


def _is_permalink(guid: Element) -> bool:
    return (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false"


def _http(text: str) -> str:
    return text if _HTTP.match(text) else ""


def _base(entry: Element, link: Element | None, channel: _Channel) -> str:
    """What the entry's link is relative to: each xml:base on the way from the root to it refines the one before.

    That of the entry's content is about the links in the content.
    """
    if not channel.has_bases:
        return channel.base
    own = (node.get(f"{_XML}base") for node in (entry, link) if node is not None)
    return _refined(channel.base, filter(None, own))


def _refined(base: str, bases: Iterable[str]) -> str:
    for written in bases:
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
        published=listing_dates.parse(_text(item, "date_published")),
        modified=listing_dates.parse(_text(item, "date_modified")),
        language=_language(_text(item, "language")) or language,
        guid=fold(_text(item, "id"))[:500] or None,
    )


def _text(values: Mapping[str, Any], key: str) -> str:
    """A text; a number, which some programs use as id, as text."""
    value = values.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
