"""The raw material of a page's metadata: meta elements by name, links by relation, JSON-LD. Decides nothing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive.text import fold
from pipelines.page.full_urls import absolute
from pipelines.page.jsonld import Node, article_node, page_node, read_nodes
from pipelines.page.parse import Element, Page
from pipelines.page.rsl import MEDIA_TYPE

_AT_ONCE: Final = 5  # seconds; what waits longer is read, such as a page that loads itself anew
_REFRESH: Final = re.compile(r"\s*(\d{1,6})(?:\.[\d.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?[\"']?([^\"'\s]+)", re.IGNORECASE)
_TAGS: Final = ("a", "h1", "input", "link", "meta", "script", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says to machines, and the elements that more than one field is read from.

    Names and relations are lower case; a value is listed once for each element. `node` is the article's JSON-LD,
    `page_node` the page's.
    """

    page: Page
    meta: dict[str, list[str]]
    links: dict[str, list[str]]
    node: Node
    page_node: Node
    nodes: tuple[Node, ...]
    window_title: str
    headings: tuple[Element, ...]  # of the first rank
    anchors: tuple[Element, ...]
    metas: tuple[Element, ...]
    inputs: tuple[Element, ...]
    licences: tuple[str, ...]  # in RSL, as they are in scripts
    licence_links: tuple[str, ...]  # to files in RSL, as they are written

    @property
    def tree(self) -> Element:
        """The root element of the page."""
        return self.page.tree

    def first(self, *names: str) -> str | None:
        """Return the first value among these meta names, in this order."""
        return next((value for name in names for value in self.meta.get(name, ())), None)

    def every(self, *names: str) -> Iterator[str]:
        """Return every value of these meta names, in this order."""
        return (value for name in names for value in self.meta.get(name, ()))

    def absolute(self, url: str | None) -> str | None:
        """Return the absolute URL, or None if it cannot be requested."""
        if not url:
            return None
        try:
            whole = absolute(url, self.page.url)
            parts = urlsplit(whole)
        except ValueError:
            return None
        return whole if parts.scheme in ("http", "https") and parts.netloc else None

    def link(self, relation: str) -> str | None:
        """Return the first link of the head with this relation, as an absolute URL."""
        return self.absolute(next(iter(self.links.get(relation, ())), None))

    @property
    def leads_on(self) -> str | None:
        """Where the page sends its readers at once, as a redirect would; None where it lets them read.

        https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh, for readers with scripts.
        """
        for element in self.metas:
            match = _REFRESH.match(element.get("content") or "")
            if match is None or (element.get("http-equiv") or "").strip().lower() != "refresh":
                continue
            target = self.absolute(match[2].strip())
            without_scripts = next(element.iterancestors("noscript"), None) is not None
            if int(match[1]) <= _AT_ONCE and target != self.page.url and not without_scripts:
                return target
        return None


def read_head(page: Page) -> Head:
    """Gather it in one pass over the page."""
    found: dict[str, list[Element]] = {tag: [] for tag in _TAGS}
    for element in page.tree.iter(*_TAGS):
        found[element.tag].append(element)
    nodes = read_nodes(found["script"])
    return Head(
        page=page,
        meta=_meta(found["meta"]),
        links=_links(found["link"]),
        node=article_node(nodes) or {},
        page_node=page_node(nodes) or {},
        nodes=nodes,
        window_title=fold(found["title"][0].text or "") if found["title"] else "",
        headings=tuple(found["h1"]),
        anchors=tuple(found["a"]),
        metas=tuple(found["meta"]),
        inputs=tuple(found["input"]),
        licences=tuple("".join(each.itertext()) for each in found["script"] if _is_rsl(each)),
        licence_links=tuple(each.get("href") for each in found["link"] if each.get("href") and _is_licence(each)),
    )


def _meta(elements: list[Element]) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        value = fold(element.get("content") or "")
        if name and value:
            meta[name.strip().lower()].append(value)
    return dict(meta)


def _is_rsl(element: Element) -> bool:
    return (element.get("type") or "").partition(";")[0].strip().lower() == MEDIA_TYPE


def _is_licence(element: Element) -> bool:
    """Tell whether a link leads to a licence in RSL; other licences are links like any."""
    return _is_rsl(element) and "license" in (element.get("rel") or "").lower().split()


def _links(elements: list[Element]) -> dict[str, list[str]]:
    links: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        if element.get("href") and not _is_licence(element):
            for relation in (element.get("rel") or "").lower().split():
                links[relation].append(element.get("href").strip())
    return dict(links)
