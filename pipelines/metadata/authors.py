"""The authors: the names in JSON-LD, meta elements and beside the title, and which of them are believed.

The first source that names a person wins, with the wire services it names beside; only if no source does, the first
that names a desk, a wire service or the publisher itself. A page that says "Staff" in one place and "Jane Doe" in
another was written by Jane Doe.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from archive.text import fold
from archive.web.urls import host
from pipelines.compare import key
from pipelines.metadata.byline import (
    BesideTitle,
    around,
    bold_byline,
    is_site_account,
    links_to_site_account,
    names_in,
    stands_apart,
    title_element,
)
from pipelines.metadata.names import Credited, clean_names, credited, publisher_keys
from pipelines.page.head import Head
from pipelines.page.jsonld import Node, listed, text_of, texts_of, types
from pipelines.page.parse import Element

Found = tuple[tuple[str, ...], str]  # clean names, source
_PUBLISHER_META: Final = ("publisher", "dc.publisher", "application-name", "copyright")
_NAME: Final = 40  # characters in what a site calls itself
_BELIEF: Final = ("jsonld", "meta", "html")
_MOST: Final = 12  # a list of more is everybody of the house
_FEW: Final = 3
ORGANISATIONS: Final = frozenset({"Corporation", "NewsMediaOrganization", "Organization"})
_TAGS: Final = (
    "a", "address", "b", "cite", "dd", "div", "em", "h2", "h3", "h4", "li", "p", "section", "span", "strong", "td",
)  # fmt: skip
_PROFILE: Final = re.compile(r"/aut(?:h?or|eur)(?:[ei][ns])?/")
_NAME_LINE: Final = 60


def publisher_of(head: Head, site: str | None) -> frozenset[str]:
    """Return keys of all that the publisher calls itself on this page."""
    said = (
        site,
        text_of(head.node.get("publisher")),
        *head.every("og:site_name", *_PUBLISHER_META),
        _last_part(head.window_title),
    )
    return publisher_keys(tuple(name for name in said if name), host(head.page.url))


def _last_part(title: str) -> str | None:
    """Return the text behind the last bar or dash of the window's title: mostly the name of the site."""
    parts = re.split(r"\s+[|–—-]\s+|\s*[|｜：]\s*", title)
    return parts[-1] if len(parts) > 1 and len(parts[-1]) <= _NAME else None


def choose(found: Iterable[Found], publisher: frozenset[str]) -> tuple[tuple[str, ...], str | None]:
    """Choose the authors among what was found, in the order of belief; return them with their source."""
    spare: list[Found] = []
    for names, source in found:
        if len(names) > _MOST or (source == "html" and _is_wire_copy(spare)):
            continue
        kinds = {name: credited(name, publisher) for name in names}
        if Credited.PERSON in kinds.values():
            return tuple(name for name in names if kinds[name] <= Credited.AGENCY), source
        if 0 < len(names) <= _FEW:
            spare.append((names, source))
    return min(spare, key=lambda one: _BELIEF.index(one[1]), default=((), None))


def _is_wire_copy(spare: list[Found]) -> bool:
    """Tell whether the page has named a wire service: then a name on it is that of a teaser or of an editor."""
    return any(_is_wire(name) for names, _ in spare for name in names)


def stated_authors(head: Head, publisher: frozenset[str], beside: Callable[[], BesideTitle]) -> Iterator[Found]:
    """Yield every statement about the authors, the most believed first."""
    yield clean_names(_jsonld_people(head.node)), "jsonld"
    yield clean_names(_meta_authors(head)), "meta"
    yield clean_names(_jsonld_people(_with_accounts(head, head.node))), "jsonld"
    yield clean_names(_jsonld_people(_with_accounts(head, head.page_node))), "jsonld"
    yield _marked_authors(head.tree), "html"
    yield beside().authors, "html"
    yield bold_byline(head.tree), "html"
    yield _organisations(head, publisher), "jsonld"


# ------------------------------------------------------------------------------------------------ JSON-LD
def _jsonld_people(node: Node) -> Iterator[str]:
    """Yield the people among `author`, or else among `creator`, with the wire services beside them."""
    for field in ("author", "creator"):
        names = [name for author in listed(node.get(field)) for name in _people_in(author)]
        if names:
            yield from names
            return


def _people_in(author: object) -> Iterator[str]:
    if not isinstance(author, dict):
        yield from texts_of(author)
        return
    people = not (_is_nobody(author) or types(author) & ORGANISATIONS)
    yield from (name for name in texts_of(author.get("name")) if people or _is_wire(name))


def _is_wire(name: str) -> bool:
    return credited(name, frozenset()) is Credited.AGENCY


def _with_accounts(head: Head, node: Node) -> Node:
    """Return the node with mere references looked up in its authors: to the account that posted the article."""
    named = {one["@id"]: one for one in head.nodes if isinstance(one.get("@id"), str) and one.get("name")}
    authors = [named.get(str(one.get("@id")), one) for one in listed(node.get("author")) if isinstance(one, dict)]
    return {"author": [one for one in authors if one.get("name")]} if named else {}


def _is_nobody(author: Node) -> bool:
    """Tell whether this is the account a site was set up with, no matter what name it was given."""
    return any(is_site_account(text_of(author.get(field)) or "") for field in ("url", "@id"))


def _organisations(head: Head, publisher: frozenset[str]) -> tuple[str, ...]:
    """Return what JSON-LD names as author that is no person; a URL is a name if it is the site's own."""
    said = [
        fold(name)
        for node in (head.node, head.page_node)
        for field in ("author", "creator")
        for author in listed(node.get(field))
        for name in texts_of(author.get("name") if isinstance(author, dict) else author)
    ]
    names = clean_names(said)
    return names or tuple(dict.fromkeys(name for name in said if key(name) in publisher))[:1]


# ------------------------------------------------------------------------------------------------ meta
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
_LAST_FIRST: Final = frozenset({"citation_author", "dc.creator", "dcterms.creator"})


def _meta_authors(head: Head) -> Iterator[str]:
    for name in _AUTHOR_META:
        for value in head.meta.get(name, ()):
            yield _in_order(value) if name in _LAST_FIRST else value


def _in_order(name: str) -> str:
    """ "Brandt, Ilse" as "Ilse Brandt", as catalogues write it."""
    last, comma, first = name.partition(",")
    turned = comma and "," not in first and " " not in last.strip()
    return f"{first.strip()} {last.strip()}" if turned else name


# ------------------------------------------------------------------------------------------------ the page
_EXPLICIT: Final = re.compile(r"(?:^|[\s_-])(?:author|byline)[\s_-]{1,2}name(?:$|[\s_-])")
_LINE: Final = 200  # characters in a block that is a byline
_CLIMB: Final = 4


def _marked_authors(tree: Element) -> tuple[str, ...]:
    """Return the names in the byline nearest to the title, by its marks. Bylines of teasers are further away."""
    title = title_element(tree)
    own = around(title)
    levels = {} if title is None else {holder: level for level, holder in enumerate(title.iterancestors())}
    for element in sorted(_marked(tree), key=lambda one: _level(one, levels)):  # stable: else in page order
        if _named(element) and not stands_apart(element, own):
            block = [one for one in _marked(_block_of(element)) if not stands_apart(one, own)]
            return tuple(dict.fromkeys(name for one in (element, *block) for name in _named(one)))
    return ()


def _marked(scope: Element) -> Iterator[Element]:
    """Elements marked as a byline: 2.4 times as fast as the same in XPath."""
    return (element for element in scope.iter(*_TAGS) if _is_marked(element))


def _is_marked(element: Element) -> bool:
    marks = element.get("class") or ""
    if "uthor" in marks or "utor" in marks or "yline" in marks or "author" in (element.get("itemprop") or ""):
        return True
    if element.tag == "a":
        return element.get("rel") == "author" or bool(_PROFILE.search(element.get("href") or ""))
    return element.tag == "address" and next(element.iterancestors("article", "main"), None) is not None


def _level(element: Element, levels: dict[Element, int]) -> int:
    """Return how many levels above the title the lowest element is that holds both."""
    return next((levels[holder] for holder in element.iterancestors() if holder in levels), len(levels))


def _named(element: Element) -> tuple[str, ...]:
    """Return the names an element marked as a byline holds: any if its mark says "name", else full names."""
    marked = element.xpath(".//*[@itemprop='name']")
    text = fold((marked[0] if marked else element).text_content()) or element.get("content") or ""
    if (
        element.get("itemprop") == "author"
        or element.get("rel") == "author"
        or _EXPLICIT.search(element.get("class") or "")
    ):
        return clean_names([text]) if len(text) <= _NAME_LINE and not links_to_site_account(element) else ()
    return names_in(element) if len(text) <= _LINE else ()


def _block_of(element: Element) -> Element:
    """Return the largest block around an element that is no more than a byline."""
    block = element
    for holder in islice(element.iterancestors(), _CLIMB):
        if holder.tag in ("article", "body", "main") or len(holder.text_content()) > _LINE:
            break
        block = holder
    return block
