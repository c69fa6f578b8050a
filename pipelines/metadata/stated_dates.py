"""Where a page states its dates: JSON-LD, meta elements, time elements near the title, the URL. `dates` reads them.

Sources in the order they are believed. JSON-LD's date was right on 100 % of labelled pages that have one.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from archive.model.article import Dated
from archive.text import fold
from pipelines.metadata.byline import BesideTitle, around, stands_apart, title_element
from pipelines.metadata.dates import Stamp, decide, read_stamp
from pipelines.page.head import Head
from pipelines.page.jsonld import text_of
from pipelines.page.parse import Element

Beside = Callable[[], BesideTitle]  # read when it is first needed

ARTICLE_DATES: Final = ("article:published_time", "article:published")  # a page that has one calls itself an article
_PUBLISHED_META: Final = (
    *ARTICLE_DATES,
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
_MODIFIED_ELEMENTS: Final = etree.XPath("descendant::*[@itemprop='dateModified']")
_DATE_ELEMENTS: Final = etree.XPath(
    "descendant::*[@itemprop='datePublished' or @pubdate or contains(@class, 'published') "
    "or contains(@property, 'datePublished') or contains(@property, 'dc:date')]"
)


def stated_dates(
    head: Head, fetched_at: datetime, beside: Beside
) -> tuple[Dated | None, Dated | None, tuple[str, ...]]:
    """Return when the article was published and modified, with notes on dates that lie in the future."""
    published, early = decide(published_stamps(head, beside), fetched_at)
    modified, late = decide(modified_stamps(head), fetched_at)
    if published and modified and modified.when < published.when:
        modified = None
    notes = [
        f"future_date: {what} {text[:40]}"
        for what, texts in (("published", early), ("modified", late))
        for text in texts
    ]
    return published, modified, tuple(dict.fromkeys(notes))


def published_stamps(head: Head, beside: Beside) -> Iterator[Stamp]:
    """Yield every statement of the day of publication, the most believed first."""
    yield from _jsonld_dates(head, ("node", "datePublished"))
    yield from _meta_dates(head, _PUBLISHED_META)
    yield from _jsonld_dates(
        head,
        ("page_node", "datePublished"),
        ("page_node", "uploadDate"),
        ("page_node", "dateCreated"),
        ("node", "uploadDate"),
        ("node", "dateCreated"),
    )
    yield from (read_stamp(value, "html") for value in _visible_dates(head.tree))
    if written := beside().published:
        yield Stamp(text=written.when.date().isoformat(), source="html", dated=written)
    for url in (head.page.url, head.link("canonical")):
        if url and (stamp := read_stamp(url, "url")).dated:
            yield stamp


def modified_stamps(head: Head) -> Iterator[Stamp]:
    """Yield every statement of the last change, the most believed first."""
    yield from _jsonld_dates(head, ("node", "dateModified"))
    yield from _meta_dates(head, _MODIFIED_META)
    yield from _jsonld_dates(head, ("page_node", "dateModified"))
    for element in _MODIFIED_ELEMENTS(head.tree):
        yield from (read_stamp(value, "html") for name in ("datetime", "content") if (value := element.get(name)))


def _jsonld_dates(head: Head, *places: tuple[str, str]) -> Iterator[Stamp]:
    nodes = {"node": head.node, "page_node": head.page_node}
    said = (text_of(nodes[node].get(field)) for node, field in places)
    return (read_stamp(text, "jsonld") for text in said if text)


def _meta_dates(head: Head, names: tuple[str, ...]) -> Iterator[Stamp]:
    for name in names:
        source = "og" if name.startswith(("og:", "article:")) else "meta"
        yield from (read_stamp(value, source) for value in head.meta.get(name, ()))


def _visible_dates(tree: Element) -> Iterator[str]:
    """Yield machine-readable dates in the body: microdata, then the first time element near the article's head."""
    own = around(title_element(tree))
    for element in _DATE_ELEMENTS(tree):
        if not stands_apart(element, own):
            yield from (value for name in ("datetime", "content", "title") if (value := element.get(name)))
    scope = next(iter(tree.xpath(".//article[.//h1]") or tree.xpath(".//main") or ()), tree)
    times = (one for one in scope.iter("time") if not stands_apart(one, own))
    yield from (one.get("datetime") or fold(one.text_content()) for one in islice(times, 1))
