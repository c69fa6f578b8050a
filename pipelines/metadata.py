"""What a page says about its article: title, authors, dates, language, access ... each value with where it came from.

Read before anything is cut. Sources in the order they are believed: JSON-LD (`jsonld`), OpenGraph (`og`), other meta
elements (`meta`), the visible page (`html`), the URL (`url`). JSON-LD's date was right on 100 % of labelled pages that
have one. Knows nothing of the main text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from archive.models import Access, Dated
from archive.text import fold
from pipelines.beside_title import BesideTitle, read_beside_title
from pipelines.clutter.draft import key
from pipelines.dates import is_credible, read_date, read_url_date
from pipelines.jsonld import ARTICLE_TYPES, Node, article_node, page_node, read_nodes, text_of, texts_of, types
from pipelines.names import clean_names
from pipelines.page import Element, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Everything read from a page before cutting. `titles` are all forms of the title; `types` the schema.org types."""

    title: str | None = None
    titles: tuple[str, ...] = ()
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published: Dated | None = None
    modified: Dated | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    next_url: str | None = None
    image: str | None = None
    access: Access = Access.UNKNOWN
    types: frozenset[str] = frozenset()
    og_type: str | None = None
    body: str | None = None  # JSON-LD articleBody
    is_article: bool = False
    is_part: bool = False  # of an article, or of anything else that is split over several pages
    post_format: str | None = None  # of WordPress: gallery, video, audio, standard ...
    sources: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """The raw material: meta elements by name, links by relation, JSON-LD."""

    page: Page
    meta: dict[str, list[str]]
    links: dict[str, list[str]]
    node: Node
    page_node: Node
    nodes: tuple[Node, ...]

    def first(self, *names: str) -> str | None:
        """The first value among these meta names, in this order."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


_Found = tuple[str, str]  # value, source


def read_signals(page: Page, fetched_at: datetime) -> Signals:
    """Read a parsed page."""
    read = _gather(page)
    site, site_source = _pick(_site_names(read))
    title, title_source = _pick(_titles(read, site))
    authors, author_source = _authors(read, site)
    published, modified, notes = _dates(read, fetched_at)
    beside = BesideTitle() if authors and published else read_beside_title(page.tree)
    authors, author_source = (authors, author_source) if authors else _first_of(beside.authors, read, site)
    if published is None and beside.published and is_credible(beside.published, fetched_at):
        published = beside.published
    language, language_source = _pick(_languages(read))
    section, section_source = _pick(_sections(read))
    tags, tag_source = _tags(read)
    standfirst, standfirst_source = _pick(_standfirsts(read))
    sources = {
        "title": title_source,
        "authors": author_source,
        "language": language_source,
        "section": section_source,
        "tags": tag_source,
        "site_name": site_source,
        "standfirst": standfirst_source,
        "published": published and published.source,
        "modified": modified and modified.source,
    }
    kinds = frozenset(name for node in read.nodes for name in types(node)) | _microdata_types(page.tree)
    og_type = read.first("og:type")
    return Signals(
        title=title,
        titles=_all_titles(read, title),
        standfirst=standfirst,
        authors=authors,
        published=published,
        modified=modified,
        language=language,
        section=section,
        tags=tags,
        site_name=site,
        canonical_url=_link(read, "canonical"),
        amp_url=_link(read, "amphtml"),
        next_url=_next_url(read),
        image=_absolute(page.url, read.first("og:image", "og:image:url", "twitter:image")),
        access=_access(read),
        types=kinds,
        og_type=og_type,
        body=text_of(read.node.get("articleBody")),
        is_article=bool(kinds & ARTICLE_TYPES)
        or og_type in ("article", "news.article")
        or bool(read.first(*_PUBLISHED_META[:2]))
        or bool(beside.authors and beside.published),
        is_part=_next_url(read) is not None or _part_before(read) is not None,
        post_format=_post_format(page.tree),
        sources=tuple((field, source) for field, source in sources.items() if source),
        notes=notes,
    )


def _microdata_types(tree: Element) -> frozenset[str]:
    found = (
        element.get("itemtype", "").rstrip("/").rsplit("/", 1)[-1]
        for element in tree.xpath(".//*[@itemscope][@itemtype]")
    )
    return frozenset(name for name in found if name in ARTICLE_TYPES)


def _gather(page: Page) -> _Read:
    meta: dict[str, list[str]] = defaultdict(list)
    links: dict[str, list[str]] = defaultdict(list)
    for element in page.tree.iter("meta", "link"):
        if element.tag == "meta":
            name = (
                element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            )
            value = fold(element.get("content") or "")
            if name and value:
                meta[name.strip().lower()].append(value)
        elif element.get("href"):
            for relation in (element.get("rel") or "").lower().split():
                links[relation].append(element.get("href").strip())
    nodes = read_nodes(page.tree)
    return _Read(page, meta, links, article_node(nodes) or {}, page_node(nodes) or {}, nodes)


def _pick(found: Iterator[tuple[str | None, str]]) -> tuple[str | None, str | None]:
    return next(((value, source) for value, source in found if value), (None, None))


# ------------------------------------------------------------------------------------------------ title
def _titles(read: _Read, site: str | None) -> Iterator[tuple[str | None, str]]:
    for value, source in _raw_titles(read):
        if value:
            yield _without_site(value, site, read), source


_LONGEST_TITLE: Final = 500  # characters; what is longer is no title, and every part of it would be compared


def _raw_titles(read: _Read) -> Iterator[tuple[str | None, str]]:
    return ((value[:_LONGEST_TITLE] if value else None, source) for value, source in _said_titles(read))


def _said_titles(read: _Read) -> Iterator[tuple[str | None, str]]:
    yield text_of(read.node.get("headline")), "jsonld"
    yield read.first("og:title"), "og"
    yield read.first("twitter:title", "dc.title", "title", "parsely-title", "sailthru.title"), "meta"
    for heading in _headings(read.page.tree):
        yield heading, "html"
    yield fold(read.page.tree.findtext(".//title") or ""), "html"


def _headings(tree: Element) -> list[str]:
    found = (fold(heading.text_content())[:_LONGEST_TITLE] for heading in tree.iter("h1"))
    return [text for text in found if text][:_MOST_HEADINGS]


_MOST_HEADINGS: Final = 5  # more headings of the first rank are no titles


def _all_titles(read: _Read, title: str | None) -> tuple[str, ...]:
    said = [title, text_of(read.page_node.get("name")), *(value for value, _ in _raw_titles(read))]
    return tuple(dict.fromkeys(value for value in said if value))


_JOINT: Final = re.compile(r"\s+[|–—·»•:-]\s+|\s*\|\s*| - ")


def _without_site(title: str, site: str | None, read: _Read) -> str:
    """Drop "| Site name" where the rest is a heading of the page, or what is dropped is the site's name."""
    joints = list(_JOINT.finditer(title))
    if not joints:
        return title
    headings = {key(text) for text in _headings(read.page.tree)} | {key(text_of(read.node.get("headline")) or "")}
    host = key(urlsplit(read.page.url).netloc.removeprefix("www."))
    for joint in joints:
        before, after = title[: joint.start()].strip(), title[joint.end() :].strip()
        said = key(after)
        if len(before) >= 10 and (
            key(before) in headings or (site and said == key(site)) or (len(said) >= 4 and said in host)
        ):
            return before
    return title


# ------------------------------------------------------------------------------------------------ authors
_AUTHOR_META: Final = (
    "article:author",
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
    "citation_author",
    "dcsext.author",
)


def _authors(read: _Read, site: str | None) -> tuple[tuple[str, ...], str | None]:
    for raw, source in _raw_authors(read):
        names = clean_names(raw, site)
        if names and len(names) <= 12:
            return names, source
    return (), None


def _raw_authors(read: _Read) -> Iterator[tuple[list[str], str]]:
    yield _jsonld_authors(read.node), "jsonld"
    yield [value for name in _AUTHOR_META for value in read.meta.get(name, ())], "meta"
    yield _visible_authors(read.page.tree), "html"


def _first_of(beside: tuple[str, ...], read: _Read, site: str | None) -> tuple[tuple[str, ...], str | None]:
    names = clean_names(beside, site)
    if names:
        return names, "html"
    names = clean_names(_jsonld_authors(read.node, organisations=True))
    return (names, "jsonld") if 0 < len(names) <= 3 else ((), None)


def _jsonld_authors(node: Node, *, organisations: bool = False) -> list[str]:
    found: list[str] = []
    for field in ("author", "creator"):
        value = node.get(field)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and not organisations and types(item) & _ORGANISATIONS:
                continue
            names = texts_of(item.get("name") if isinstance(item, dict) else item)
            found += names
        if found:
            break
    return found


_ORGANISATIONS: Final = frozenset({"Corporation", "NewsMediaOrganization", "Organization"})


_AUTHOR_ELEMENTS: Final = (
    ".//*[@itemprop='author' or @rel='author' or contains(@class, 'author-name') or contains(@class, 'byline__name')]"
)


def _visible_authors(tree: Element) -> list[str]:
    found: dict[str, None] = {}
    for element in tree.xpath(_AUTHOR_ELEMENTS):
        names = element.xpath(".//*[@itemprop='name']")
        text = fold((names[0] if names else element).text_content()) or element.get("content") or ""
        if 0 < len(text) <= 60:
            found[text] = None
    return list(found)


# ------------------------------------------------------------------------------------------------ dates
_PUBLISHED_META: Final = (
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "article.published",
    "datepublished",
    "date.issued",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "published-date",
    "citation_publication_date",
    "citation_date",
    "rnews:datepublished",
    "date_published",
    "datecreated",
    "date",
    "release_date",
    "ptime",
    "vr:published_time",
    "dcsext.articlefirstpublished",
    "article_date_original",
    "originalpublicationdate",
    "uploaddate",
    "creation_date",
    "created",
)
_MODIFIED_META: Final = (
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
    "cxenseparse:recs:modifiedtime",
    "revised",
    "date_modified",
)


def _dates(read: _Read, fetched_at: datetime) -> tuple[Dated | None, Dated | None, tuple[str, ...]]:
    notes: list[str] = []

    def credible(found: Iterator[_Found], what: str) -> Dated | None:
        for text, source in found:
            dated = read_url_date(text) if source == "url" else read_date(text, source)
            if dated and is_credible(dated, fetched_at):
                return dated
            if dated and dated.when > fetched_at and source != "url":
                notes.append(f"future_date: {what} {text[:40]}")
        return None

    published = credible(_published(read), "published")
    modified = credible(_modified(read), "modified")
    if published and modified and modified.when < published.when:
        modified = None
    return published, modified, tuple(dict.fromkeys(notes))


def _published(read: _Read) -> Iterator[_Found]:
    if value := text_of(read.node.get("datePublished")):
        yield value, "jsonld"
    for name in _PUBLISHED_META:
        yield from (
            (value, "og" if name.startswith(("og:", "article:")) else "meta") for value in read.meta.get(name, ())
        )
    for node in (read.page_node, read.node):
        for field in ("datePublished", "uploadDate", "dateCreated"):
            if value := text_of(node.get(field)):
                yield value, "jsonld"
    yield from ((value, "html") for value in _visible_dates(read.page.tree))
    yield read.page.url, "url"
    if canonical := _link(read, "canonical"):
        yield canonical, "url"


_DATE_ELEMENTS: Final = (
    ".//*[@itemprop='datePublished' or @pubdate or contains(@class, 'published') "
    "or contains(@property, 'datePublished') or contains(@property, 'dc:date')]"
)


def _visible_dates(tree: Element) -> Iterator[str]:
    """Machine-readable dates in the page's body: microdata, then the first time element near the article's head."""
    for element in tree.xpath(_DATE_ELEMENTS):
        yield from (value for name in ("datetime", "content", "title") if (value := element.get(name)))
    scope = next(iter(tree.xpath(".//article[.//h1]") or tree.xpath(".//main") or ()), tree)
    times = [element.get("datetime") for element in scope.iter("time") if element.get("datetime")]
    yield from times[:1]


def _modified(read: _Read) -> Iterator[_Found]:
    if value := text_of(read.node.get("dateModified")):
        yield value, "jsonld"
    for name in _MODIFIED_META:
        yield from (
            (value, "og" if name.startswith(("og:", "article:")) else "meta") for value in read.meta.get(name, ())
        )
    if value := text_of(read.page_node.get("dateModified")):
        yield value, "jsonld"
    for element in read.page.tree.xpath(".//*[@itemprop='dateModified']"):
        yield from ((value, "html") for name in ("datetime", "content") if (value := element.get(name)))


# ------------------------------------------------------------------------------------------------ the rest
def _site_names(read: _Read) -> Iterator[tuple[str | None, str]]:
    yield read.first("og:site_name"), "og"
    yield text_of(read.node.get("publisher")), "jsonld"
    yield read.first("application-name", "al:android:app_name", "publisher", "dc.publisher"), "meta"


def _languages(read: _Read) -> Iterator[tuple[str | None, str]]:
    yield (
        _subtag(
            read.page.tree.get("lang")
            or read.page.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
            or read.page.tree.get("xml:lang")
        ),
        "html",
    )
    yield _subtag(text_of(read.node.get("inLanguage"))), "jsonld"
    yield _subtag(read.first("og:locale")), "og"
    yield _subtag(read.first("content-language", "language", "dc.language", "inlanguage")), "meta"


def _subtag(text: str | None) -> str | None:
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", text or "")
    subtag = match[1].lower() if match else None
    return None if subtag in _CHARSETS else subtag


_CHARSETS: Final = frozenset({"iso", "utf"})  # lang="utf-8" stands on real pages


def _sections(read: _Read) -> Iterator[tuple[str | None, str]]:
    yield text_of(read.node.get("articleSection")), "jsonld"
    yield read.first("article:section", "og:article:section"), "og"
    yield read.first("section", "parsely-section", "cxenseparse:section", "dc.subject"), "meta"


def _tags(read: _Read) -> tuple[tuple[str, ...], str | None]:
    for values, source in (
        (texts_of(read.node.get("keywords")), "jsonld"),
        (tuple(read.meta.get("article:tag", ())), "og"),
        (
            tuple(
                read.meta.get("news_keywords", ()) or read.meta.get("keywords", ()) or read.meta.get("parsely-tags", ())
            ),
            "meta",
        ),
    ):
        tags = dict.fromkeys(fold(tag) for value in values for tag in re.split(r"[,;、，]", value))
        kept = tuple(tag for tag in tags if 0 < len(tag) <= 60)
        if kept:
            return kept[:40], source
    return (), None


def _standfirsts(read: _Read) -> Iterator[tuple[str | None, str]]:
    yield text_of(read.node.get("description")), "jsonld"
    yield read.first("og:description"), "og"
    yield read.first("description", "twitter:description", "dc.description"), "meta"


def _absolute(base: str, url: str | None) -> str | None:
    if not url:
        return None
    try:
        whole = urljoin(base, url)
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in ("http", "https") and parts.netloc else None


def _link(read: _Read, relation: str) -> str | None:
    return _absolute(read.page.url, next(iter(read.links.get(relation, ())), None))


_PAGE_NUMBER: Final = re.compile(
    r"(?:[/,_-]?(?:page|seite|pagina|p)?[/=_-]?\d{1,2}|[?&](?:page|p|pg|seite|pagina|paged)=\d{1,3})(?:\.html?)?/?$",
    re.IGNORECASE,
)


def _next_url(read: _Read) -> str | None:
    """The next part of the same article: rel=next to an address that differs by a page number only."""
    return next((url for url in _neighbours(read, "next") if _PAGE_NUMBER.search(url)), None)


def _part_before(read: _Read) -> str | None:
    return next(_neighbours(read, "prev"), None) if _PAGE_NUMBER.search(read.page.url) else None


def _neighbours(read: _Read, relation: str) -> Iterator[str]:
    links = read.links.get(relation, []) + [
        element.get("href") for element in read.page.tree.xpath(f".//a[@rel='{relation}'][@href]")
    ]
    here = _stem(read.page.url)
    for link in links:
        url = _absolute(read.page.url, link)
        if url and url != read.page.url and _stem(url) == here:
            yield url


def _post_format(tree: Element) -> str | None:
    body = tree.find("body")
    match = _POST_FORMAT.search((body.get("class") or "") if body is not None else "")
    return match[1] if match else None


_POST_FORMAT: Final = re.compile(r"\bsingle-format-(\w+)")  # WordPress's body_class()


def _stem(url: str) -> str:
    bare = url.split("#", 1)[0].split("://", 1)[-1]
    return re.sub(r"\.html?$|/$", "", _PAGE_NUMBER.sub("", bare))


_TIERS: Final = {
    "free": Access.OPEN,
    "metered": Access.METERED,
    "locked": Access.PAYWALLED,
    "paid": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
    "registration": Access.REGISTRATION,
}


def _access(read: _Read) -> Access:
    tier = (read.first("article:content_tier", "og:article:content_tier") or "").lower()
    if tier in _TIERS:
        return _TIERS[tier]
    free = read.node.get("isAccessibleForFree", read.page_node.get("isAccessibleForFree"))
    if str(free).strip().lower() in ("true", "1", "yes", "http://schema.org/true", "https://schema.org/true"):
        return Access.OPEN
    if str(free).strip().lower() in ("false", "0", "no", "http://schema.org/false", "https://schema.org/false"):
        return Access.PAYWALLED
    return Access.UNKNOWN
