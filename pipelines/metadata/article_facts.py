"""The facts a page states about its article: title, authors, dates, language, access ... each value with its source.

Read before anything is cut. Sources in the order they are believed: JSON-LD (`jsonld`), OpenGraph (`og`), other meta
elements (`meta`), the visible page (`html`), the URL (`url`). JSON-LD's date was right on 100 % of labelled pages that
have one. Knows nothing of the main text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from archive.model.article import Access, Dated
from archive.text import fold
from pipelines.compare import key
from pipelines.metadata.authors import choose, publisher_of, stated_authors
from pipelines.metadata.byline import read_beside_title
from pipelines.metadata.language import declared_language
from pipelines.metadata.stated_dates import ARTICLE_DATES, Beside, modified_stamps, published_stamps, stated_dates
from pipelines.metadata.titles import all_titles, own_titles, stated_titles
from pipelines.page.head import Head, read_head
from pipelines.page.jsonld import ARTICLE_TYPES, long_text_of, text_of, texts_of, types
from pipelines.page.links import amp_url, canonical_url, read_parts
from pipelines.page.parse import Element, Page

_MACHINES: Final = frozenset({"jsonld", "meta", "og"})
_SCOPES: Final = etree.XPath("descendant::*[@itemtype and @itemscope]")
_SECTION: Final = 50  # characters in the name of a section
_MOST_TAGS: Final = 40
_LONGEST_TAG: Final = 60  # characters
_TIERS: Final = {
    "free": Access.OPEN,
    "metered": Access.METERED,
    "locked": Access.PAYWALLED,
    "paid": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
    "registration": Access.REGISTRATION,
}
_POST_FORMAT: Final = re.compile(r"\bsingle-format-(\w+)")  # WordPress's body_class()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A value that a page gives for a field of `Signals`, as written, and its source."""

    field: str
    source: str
    value: str


_Found = Iterator[tuple[str | None, str]]  # value, source; the most believed first


def read_signals(head: Head, fetched_at: datetime) -> Signals:
    """Choose among what a page says to machines and to people."""
    beside: Beside = cache(lambda: read_beside_title(head.tree))
    site, site_source = _pick(_site_names(head))
    publisher = publisher_of(head, site)
    stated = stated_titles(head)
    title, title_source = _pick(own_titles(head, stated, site))
    authors, author_source = choose(stated_authors(head, publisher, beside), publisher)
    published, modified, date_notes = stated_dates(head, fetched_at, beside)
    language, language_source = _pick(_languages(head))
    section, section_source = _pick(_sections(head, title))
    standfirst, standfirst_source = _pick(_standfirsts(head))
    tags, tag_source = _tags(head)
    canonical, link_notes = canonical_url(head)
    kinds = _types(head)
    is_stated = {author_source, published and published.source} <= _MACHINES
    is_article = _is_article(head, kinds) or (not is_stated and bool(beside().authors and beside().published))
    parts = read_parts(head)
    amp, following = amp_url(head), parts.following or (parts.paged if is_article else None)
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
        "canonical_url": canonical and "html",
        "amp_url": amp and "html",
        "next_url": following and "html",
    }
    return Signals(
        title=title,
        titles=all_titles(head, title, stated),
        standfirst=standfirst,
        authors=authors,
        published=published,
        modified=modified,
        language=language,
        section=section,
        tags=tags,
        site_name=site,
        canonical_url=canonical,
        amp_url=amp,
        next_url=following,
        image=head.absolute(head.first("og:image", "og:image:url", "twitter:image")),
        access=_access(head),
        types=kinds,
        og_type=head.first("og:type"),
        body=long_text_of(head.node.get("articleBody")),
        is_article=is_article,
        is_part=bool(parts.following or parts.before),
        post_format=_post_format(head.tree),
        sources=tuple((field, source) for field, source in sources.items() if source),
        notes=(*date_notes, *link_notes),
    )


def candidates(page: Page) -> tuple[Candidate, ...]:
    """Return every value the page gives for a field, the most believed first: `read_signals` chose from these.

    Takes a page as it was parsed. Values are as the page has them; names are those that could be names.
    """
    head = read_head(page)
    beside: Beside = cache(lambda: read_beside_title(page.tree))
    site, _ = _pick(_site_names(head))
    parts = read_parts(head)
    found: dict[str, _Found] = {
        "title": iter(stated_titles(head)),
        "standfirst": _standfirsts(head),
        "authors": (
            (", ".join(names), source) for names, source in stated_authors(head, publisher_of(head, site), beside)
        ),
        "published": ((stamp.text, stamp.source) for stamp in published_stamps(head, beside)),
        "modified": ((stamp.text, stamp.source) for stamp in modified_stamps(head)),
        "language": _languages(head),
        "section": _sections(head, None),
        "tags": ((", ".join(tags), source) for tags, source in _stated_tags(head)),
        "site_name": _site_names(head),
        "canonical_url": ((link, "html") for link in head.links.get("canonical", ())),
        "amp_url": ((link, "html") for link in head.links.get("amphtml", ())),
        "next_url": ((url, "html") for url in (parts.following, parts.paged)),
    }
    return tuple(
        dict.fromkeys(
            Candidate(field=field, source=source, value=value)
            for field, values in found.items()
            for value, source in values
            if value
        )
    )


def _is_article(head: Head, kinds: frozenset[str]) -> bool:
    return (
        bool(kinds & ARTICLE_TYPES)
        or head.first("og:type") in ("article", "news.article")
        or bool(head.first(*ARTICLE_DATES))
    )


def _types(head: Head) -> frozenset[str]:
    """Return the schema.org types of the page; microdata is read only if JSON-LD names no article."""
    said = frozenset(name for node in head.nodes for name in types(node))
    if said & ARTICLE_TYPES:
        return said
    marked = (element.get("itemtype").rstrip("/").rsplit("/", 1)[-1] for element in _SCOPES(head.tree))
    return said | (frozenset(marked) & ARTICLE_TYPES)


def _pick(found: _Found) -> tuple[str | None, str | None]:
    return next(((value, source) for value, source in found if value), (None, None))


def _site_names(head: Head) -> _Found:
    yield head.first("og:site_name"), "og"
    yield text_of(head.node.get("publisher")), "jsonld"
    yield head.first("application-name", "al:android:app_name", "publisher", "dc.publisher"), "meta"


def _languages(head: Head) -> _Found:
    tree = head.tree
    for said in (tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), tree.get("xml:lang")):
        yield declared_language(said), "html"
    yield declared_language(text_of(head.node.get("inLanguage") or head.page_node.get("inLanguage"))), "jsonld"
    yield declared_language(head.first("og:locale")), "og"
    yield declared_language(head.first("content-language", "language", "dc.language", "inlanguage")), "meta"
    body = tree.find("body")
    yield declared_language(None if body is None else body.get("lang")), "html"


def _sections(head: Head, title: str | None) -> _Found:
    yield _first_section(text_of(head.node.get("articleSection"))), "jsonld"
    yield _first_section(head.first("article:section", "og:article:section")), "og"
    yield _first_section(head.first("section", "parsely-section", "cxenseparse:section", "dc.subject")), "meta"
    yield _last_crumb(head, title), "jsonld"


def _first_section(text: str | None) -> str | None:
    """Return the first of several: "Town,Front page,Popular" is a list, "Arts, Culture & Life" is none."""
    if text and len(text) > _SECTION:
        return text.split(",", 1)[0].strip()
    return re.split(r",(?=\S)", text, maxsplit=1)[0] if text else None


def _last_crumb(head: Head, title: str | None) -> str | None:
    """Return the last step of the page's breadcrumbs that leads to another page than the home page."""
    trail = next((node for node in head.nodes if "BreadcrumbList" in types(node)), {})
    steps = trail.get("itemListElement")
    named = [_step(step) for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    here = {head.page.url, head.link("canonical")}
    above = [
        name
        for name, url in named[1:]
        if name and not (url and head.absolute(url) in here) and key(name) != key(title or "") and len(name) <= _SECTION
    ]
    return above[-1] if above else None


def _step(step: dict[str, object]) -> tuple[str | None, str | None]:
    item = step.get("item")
    inner = item if isinstance(item, dict) else {"@id": item}
    return text_of(step.get("name")) or text_of(inner.get("name")), text_of(inner.get("@id") or inner.get("url"))


def _tags(head: Head) -> tuple[tuple[str, ...], str | None]:
    return next(((tags[:_MOST_TAGS], source) for tags, source in _stated_tags(head) if tags), ((), None))


def _stated_tags(head: Head) -> Iterator[tuple[tuple[str, ...], str]]:
    yield _split_tags(texts_of(head.node.get("keywords"))), "jsonld"
    yield _split_tags(head.every("article:tag", "og:article:tag")), "og"
    for name in ("news_keywords", "keywords", "parsely-tags", "sailthru.tags"):
        yield _split_tags(head.every(name)), "meta"
    yield (
        _split_tags(fold(link.text_content()) for link in head.tree.xpath(".//article[.//h1]//a[@rel='tag']")),
        "html",
    )


def _split_tags(values: Iterable[str]) -> tuple[str, ...]:
    tags = dict.fromkeys(fold(tag) for value in values for tag in re.split(r"[,;、，]", value))
    return tuple(tag for tag in tags if 0 < len(tag) <= _LONGEST_TAG)


def _standfirsts(head: Head) -> _Found:
    yield text_of(head.node.get("description")), "jsonld"
    yield head.first("og:description"), "og"
    yield head.first("description", "twitter:description", "dc.description"), "meta"


def _post_format(tree: Element) -> str | None:
    body = tree.find("body")
    match = _POST_FORMAT.search((body.get("class") or "") if body is not None else "")
    return match[1] if match else None


def _access(head: Head) -> Access:
    tier = (head.first("article:content_tier", "og:article:content_tier") or "").lower()
    if tier in _TIERS:
        return _TIERS[tier]
    free = head.node.get("isAccessibleForFree", head.page_node.get("isAccessibleForFree"))
    if str(free).strip().lower() in ("true", "1", "yes", "http://schema.org/true", "https://schema.org/true"):
        return Access.OPEN
    if str(free).strip().lower() in ("false", "0", "no", "http://schema.org/false", "https://schema.org/false"):
        return Access.PAYWALLED
    return Access.UNKNOWN
