"""Pages that list articles -> entries: the links that a CSS selector finds, or those that look like articles.

A selector of one's own is trusted with every link it finds. The default one, every link of the page, is not: it also
finds menus, tags, logins and adverts. Of those we take links of the same site, outside <nav> and <footer>, and only
with evidence that they lead to an article (see `is_article_like`), or where a source's `include` says what one is.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit

from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]  # lxml ships no types

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure
from archive.text import count_words, fold
from archive.web import urls
from spiders.discovery.document import Document, Element, is_too_long, parse_html
from spiders.discovery.entries import Entry, Origin, address, bad_listing, gather, is_near

DEFAULT_LINKS: Final = ("a[href]",)  # as in archive.model.source.Source
MAX_LINKS: Final = 20_000  # looked at; the front pages of newspapers have 200 to 1,500

# fmt: off
# Segments of a path below which stand lists, accounts and shops. English first of all, then what European and Latin
# American newspapers write.
NOT_ARTICLES: Final = frozenset({
    "abo", "abonnement", "abonnements", "account", "accounts", "anmelden", "auteur", "auteurs", "author", "authors",
    "autor", "autoren", "autores", "buscar", "cart", "categoria", "categorias", "categorie", "categories",
    "category", "checkout", "datenschutz", "donate", "faq", "faqs", "feed", "feeds", "hilfe", "impressum",
    "imprint", "keyword", "keywords", "konto", "login", "logout", "mein-konto", "members",
    "membership", "my-account", "myaccount", "newsletter", "newsletters", "preferences",
    "puzzles", "recherche", "register", "registration", "registrieren", "rss", "search", "shop", "sign-in",
    "sign-up", "signin", "signup", "sitemap", "sitemaps", "stellenmarkt", "store", "subscribe", "subscription",
    "subscriptions", "suche", "suscripcion", "tag", "tags", "tema", "temas", "thema", "themen", "tickets", "topic",
    "topics", "user", "users", "widgets", "wp-admin", "wp-content", "wp-json",
})
# Last segments of house pages that look like an article's slug.
HOUSE_PAGES: Final = frozenset({
    "about-our-newsletters", "advertise-with-us", "advertising-and-sponsorship", "aviso-legal",
    "code-of-conduct-and-ethics", "cookie-and-privacy-policy", "cookie-policy", "do-not-sell-my-info",
    "do-not-sell-my-personal-information", "do-not-sell-or-share-my-personal-information",
    "editorial-code-of-conduct", "frequently-asked-questions", "how-to-contact-us", "mentions-legales",
    "politica-de-privacidad", "politique-de-confidentialite", "privacy-and-cookie-policy", "privacy-policy",
    "report-an-error", "send-us-a-news-tip", "send-us-a-tip", "terms-and-conditions", "terms-and-conditions-of-use",
    "terms-of-service", "terms-of-use", "terms-of-use-and-privacy", "work-with-us", "write-for-us",
    "your-california-privacy-rights", "your-privacy-choices",
})
# A segment before the last that says: what follows is an article.
ARTICLE_PARENTS: Final = frozenset({
    "a", "article", "articles", "articoli", "articolo", "articulo", "articulos", "artikel", "berita", "haber",
    "haberler", "meldung", "news-story", "newsstory", "noticia", "noticias", "post", "posts", "stories", "story",
})
# fmt: on

# What is not read as a page.
_FILE = re.compile(
    r"\.(?:7z|apk|atom|avi|css|csv|docx?|epub|exe|gif|gz|ico|ics|jpe?g|js|json|m3u8|m4a|mov|mp[34]|ogg|pdf|png|pptx?|"
    r"rar|rdf|rss|svg|tar|txt|vcf|wav|webm|webp|xlsx?|xml|zip)$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"/(?:19|20)\d\d(?:[/-](?:0?[1-9]|1[0-2]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
    r"(?:[/-](?:0?[1-9]|[12]\d|3[01]))?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?=[/_-])",
    re.IGNORECASE,
)
_PAGE_SUFFIX = re.compile(r"\.(?:[xs]?html?|phtml|php\d?|aspx?|jsp|cms|ece|amp|shtml)$", re.IGNORECASE)
_WORD = re.compile(r"[^-_+. ,]+")
_ID = re.compile(r"\d{5,}")
_MIXED_ID = re.compile(r"(?=(?:\D*\d){2})(?=(?:[^a-z]*[a-z]){2})[a-z0-9]{8,}", re.IGNORECASE)
_QUERY_ID = re.compile(
    r"(?:^|&)(?:p|id|aid|nid|sid|idx|no|article|articleid|article_id|artid|newsid|news_id|story|storyid)=[a-z]*\d{2,}",
    re.IGNORECASE,
)
_WEB_LINK = re.compile(r"\s*(?:https?:|(?![a-z][a-z0-9+.-]*:))(?!\s*#)", re.IGNORECASE)


def read(document: Document, origin: Origin) -> Listing | Failure:
    """Read a page that lists articles."""
    page = parse_html(document)
    links = _select(page, origin.source.links) if page is not None else []
    if not links:
        return bad_listing(origin, f"no link on the page matches {', '.join(origin.source.links)}")
    articles = articles_among(links, page, origin)
    return gather(ListingKind.SECTION, articles, origin, left_out(document, links), title_of(page))


def left_out(document: Document, links: list[Element]) -> list[str]:
    """Notes on what of a page was not looked at."""
    said = {
        "cut: the page is too long, its end was left out": is_too_long(document),
        f"more_links_than: {MAX_LINKS}": len(links) > MAX_LINKS,
    }
    return [note for note, holds in said.items() if holds]


def articles_among(links: list[Element], page: Element, origin: Origin) -> Iterator[Entry]:
    """The links that are taken for articles; see the module's first lines."""
    base = base_of(page, origin.url)
    custom = origin.source.links != DEFAULT_LINKS
    for link in islice(links, MAX_LINKS):
        written = (link.get("href") or "").strip()
        if not written or not _WEB_LINK.match(written):
            continue  # mailto:, javascript:, #top: ordinary on a page, no fault of the listing
        text = _text(link)
        if custom or _is_taken(link, written, text, base, origin):
            yield Entry(link=written, base=base, title=text[:300] or None)


def links_of(page: Element, selectors: tuple[str, ...] = DEFAULT_LINKS) -> list[Element]:
    """The elements that the selectors find, in their order on the page."""
    return _select(page, selectors)


def base_of(page: Element, url: str) -> str:
    """What the page's links are relative to: its <base>, if it has a good one."""
    written = next((node.get("href") for node in page.iter("base") if node.get("href")), None)
    if not written:
        return url
    try:
        return urls.normalize(written, url)
    except urls.BadURLError:
        return url


def title_of(page: Element) -> str | None:
    """The page's title."""
    node = next(page.iter("title"), None)
    return fold("".join(node.itertext()))[:1_000] or None if node is not None else None


def is_article_like(url: str, text: str) -> bool:
    """Whether a normal address and the text of a link to it speak for an article.

    For it: a date in the path with something after it; a last segment of four words (one above it: five), or with a
    number of five digits or a mixed id; a parent such as /article/; an id in the query; a link text of five words to a
    segment of two.
    Against it: a segment of lists and accounts (`NOT_ARTICLES`), a house page, a file's ending, a front page.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).rstrip("/")
    if urls.is_home(url) or _FILE.search(path):
        return False
    segments = [_PAGE_SUFFIX.sub("", segment) for segment in path.lower().split("/") if segment]
    if segments and segments[-1] in {"default", "index"}:
        del segments[-1]
    dated = _DATE.search(path + "/")
    if dated and dated.end() < len(path) and segments and not segments[-1].isdigit():
        return True
    if not NOT_ARTICLES.isdisjoint(segments) or not HOUSE_PAGES.isdisjoint(segments[-1:]):
        return False
    return bool(_QUERY_ID.search(parts.query)) or (bool(segments) and _is_slug(segments, text))


def _is_slug(segments: list[str], text: str) -> bool:
    *parents, last = segments
    words = len(_WORD.findall(last))
    if words >= 4 or _ID.search(last) or any(len(_WORD.findall(parent)) >= 5 for parent in parents):
        return True
    if not last.isascii() and count_words(last) >= 8:  # scripts without spaces count by character
        return True
    if not parents:
        return False
    named = len(last) > 5 and not ARTICLE_PARENTS.isdisjoint(parents)
    return named or bool(_MIXED_ID.fullmatch(last)) or (words >= 2 and count_words(text) >= 5)


def _select(page: Element, selectors: tuple[str, ...]) -> list[Element]:
    """The links that the selectors name, each once, in the order of the page."""
    chosen = (node for selector in selectors for node in CSSSelector(selector, translator="html")(page))
    named = {link for node in chosen for link in _at(node)}
    return [link for link in page.iter("a") if link in named]


def _at(node: Element) -> list[Element]:
    """The link that is named, or the links in it, or the one around it: "h2" is as good as "h2 a" or "a:has(h2)"."""
    return list(node.iter("a")) or list(node.iterancestors("a"))[:1]


def _is_taken(link: Element, written: str, text: str, base: str, origin: Origin) -> bool:
    if next(link.iterancestors("nav", "footer"), None) is not None:
        return False
    try:
        url = urls.normalize(address(written, base))
    except urls.BadURLError:
        return True  # so that it is reported
    if not is_near(url, origin):
        return False
    return bool(origin.source.include) or is_article_like(url, text)


def _text(link: Element) -> str:
    return fold(" ".join(link.itertext()))
