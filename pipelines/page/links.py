"""Other URLs of a page: canonical, AMP twin, next part. Knows how URLs are written, not what they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive.text import fold
from archive.web.urls import host, leads_home, registered_domain, same_site
from pipelines.page.head import Head
from pipelines.page.parse import Element
from pipelines.phrases import phrase_set

_SCRIPT: Final = re.compile(r"/[^/\d]*\.(?:aspx?|cgi|jsp|php)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"=\w*\d")
_TAIL: Final = 8  # characters at the end of a URL that hold the number: "2.html", "=12"
_NEXT: Final = phrase_set("""
    avanti | continue | continue reading | dalej | következő | next | next page | next part | następna strona | nächste
    nächste seite | nästa | nästa sida | neste | neste side | page suivante | pagina seguente | pagina successiva
    página seguinte | página siguiente | próxima | próxima página | seguente | siguiente | sljedeća | sonraki
    sonraki sayfa | suivant | suivante | volgende | volgende pagina | weiter | weiterlesen | další | næste | næste side
    seuraava | seuraava sivu | următoarea | επόμενη | вперёд | далее | наступна | следваща | следующая
    следующая страница | التالي | अगला | ถัดไป | 下一页 | 下一頁 | 次へ | 次のページ | 다음
""")


def canonical_url(head: Head) -> tuple[str | None, tuple[str, ...]]:
    """Return the URL the page says is its own, and notes on one that may not be.

    A home page or a bare script ("/article.php" for "/article.php?id=5") is a slip of the template: it would be the
    URL of every article. One on another site is mostly where the text was first published: it is given, and noted.
    """
    said = head.link("canonical")
    if said is None or said == head.page.url or not head.page.url:
        return said, ()
    if leads_home(head.page.url, said):
        return None, ("canonical_home",)
    if not _is_related(said, head.page.url):
        return said, (f"canonical_elsewhere: {host(said)}",)
    return (None, ("canonical_bare",)) if _is_bare(said, head.page.url) else (said, ())


def _is_related(one: str, other: str) -> bool:
    """Tell whether two URLs are of one site, of two hosts below one domain, or one is in a cache of AMP pages."""
    cached = any(host(url).endswith((".ampproject.org", ".ampproject.net")) for url in (one, other))
    return same_site(one, other) or cached or registered_domain(one) == registered_domain(other)


def _is_bare(said: str, url: str) -> bool:
    """Tell a script without the query that says which article it is to show."""
    one, other = urlsplit(said), urlsplit(url)
    return not one.query and one.path == other.path and bool(_SCRIPT.search(one.path) and _NUMBER.search(other.query))


def amp_url(head: Head) -> str | None:
    """Return the URL of the page's AMP twin; its own if the page is the twin."""
    if any(name in head.tree.attrib for name in ("amp", "⚡")):
        return head.page.url
    said = head.link("amphtml")
    return said if said and said != head.page.url and _is_related(said, head.page.url) else None


# ------------------------------------------------------------------------------------------------ parts
_PAGE_NUMBER: Final = re.compile(
    r"(?:[/,_-]?(?:page|seite|pagina|p)?[/=_-]?\d{1,2}|[?&](?:page|p|pg|seite|pagina|paged)=\d{1,3})(?:\.html?)?/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Other parts of what a page shows: the next and the one before by rel, the next by the pager's numbers."""

    following: str | None = None
    before: str | None = None
    paged: str | None = None


def read_parts(head: Head) -> Parts:
    """Read the links to other parts: URLs that differ from this one by a page number only.

    A pager's link counts where the number has a place of its own ("/story-2" is another story as often as a second
    part) and is that of the next part.
    """
    here, number = _stem(head.page.url), _number_of(head.page.url)
    following_number = str(number + 1)
    found = {relation: list(head.links.get(relation, ())) for relation in ("next", "prev", "")}
    for link in head.anchors:
        href, relation = link.get("href") or "", link.get("rel") or ""
        if relation in ("next", "prev") or (following_number in href[-_TAIL:] and _says_next(link, href, number + 1)):
            found[relation if relation in found else ""].append(href)
    following, before, paged = (_other_parts(head, links, here) for links in found.values())
    numbered = bool(found["prev"]) and _PAGE_NUMBER.search(head.page.url)
    return Parts(
        following=next((url for url in following if _PAGE_NUMBER.search(url)), None),
        before=next(before, None) if numbered else None,
        paged=next((url for url in paged if _number_of(url) == number + 1), None),
    )


def _other_parts(head: Head, links: list[str], here: str) -> Iterator[str]:
    for link in links:
        url = head.absolute(link)
        if url and url != head.page.url and _stem(url) == here:
            yield url


def _stem(url: str) -> str:
    bare = url.split("#", 1)[0].split("://", 1)[-1]
    return re.sub(r"\.html?$|/$", "", _PAGE_NUMBER.sub("", bare))


_PART: Final = re.compile(
    r"(?:/(?:page|seite|pagina|p)?[/_-]?|[?&](?:page|pg|seite|pagina|paged)=|[,_])(\d{1,2})(?:\.html?)?/?$",
    re.IGNORECASE,
)


_LONGEST_PART: Final = 24  # characters that the pattern spans: from the end of a URL it is found sooner


def _number_of(url: str) -> int:
    match = _PART.search(url, max(0, len(url) - _LONGEST_PART))
    return int(match[1]) if match else 1


def _says_next(link: Element, href: str, following: int) -> bool:
    if not _PART.search(href, max(0, len(href) - _LONGEST_PART)):
        return False
    said = fold(link.text_content()).lower().strip(" ›»>→.")
    return said == str(following) or said in _NEXT
