"""What stands on a news page and is not the article: captions, comments, and the lines of its widgets.

Read from the markup, and from a table of phrases, so that leaks are counted without asking any extractor. The table is
not the program's own (`pipelines.phrases`): a ruler that shares its words with what it measures sees nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml import html as lxml_html

from archive.text import fold

Element = Any  # lxml ships no types


@dataclass(frozen=True, slots=True)
class Furniture:
    """Texts of a page that are captions or credits, and such as stand among its comments."""

    captions: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


SHORTEST: Final = 25  # characters; shorter texts stand in a page by chance
LONGEST: Final = 1500  # a "caption" beyond that is a box of text

_UNSEEN: Final = frozenset({"head", "iframe", "noscript", "script", "style", "svg", "template"})
_NO_CAPTION: Final = frozenset(
    {"body", "button", "form", "head", "html", "img", "input", "link", "meta", "script", "style", "track", "video"}
)
_NO_COMMENTS: Final = frozenset({"a", "article", "body", "button", "head", "html", "main", "span"})
_BLOCKS: Final = frozenset(
    {"article", "aside", "blockquote", "cite", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"label", "li", "p", "pre", "section", "td", "th"}
)

# Parts of class, id, itemprop and data-testid. "accredit", "credit-card" and "creditor" are none of a picture.
_CAPTION_NAMES: Final = (
    "bildunterschrift",
    "caption",
    r"(?<!ac)credit(?!-?card|or)",
    "didascalia",
    r"legende\b",
    "photo-?by",
    "pie-?(?:de-?)?foto",
)
_CAPTION: Final = re.compile("|".join(_CAPTION_NAMES), re.IGNORECASE)

# Whole class names and ids.
_COMMENT_NAMES: Final = (
    "comments?",
    "comments?-(?:area|container|form|list|section|wrapper)",
    "comment-?form",
    "commentlist",
    "disqus_thread",
    "livefyre",
    "reader-comments?",
    "respond",
    "wc-comment",
    "wpd-comment",
)
_COMMENTS: Final = re.compile(rf"(?:^|\s)(?:{'|'.join(_COMMENT_NAMES)})(?:\s|$)", re.IGNORECASE)


def find_furniture(body: bytes) -> Furniture:
    """The captions and comments of a page; none where it cannot be parsed."""
    try:
        tree = lxml_html.fromstring(body, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError):
        return Furniture()
    return Furniture(tuple(dict.fromkeys(_captions(tree))), tuple(dict.fromkeys(_comments(tree))))


def _captions(tree: Element) -> Iterator[str]:
    """The innermost elements that are called captions or credits, as far as they have text of their own."""
    called = {element: seen_text(element) for element in tree.iter(etree.Element) if _is_caption(element)}
    for element, text in called.items():
        inner = any(len(called.get(below, "")) >= SHORTEST for below in element.iterdescendants())
        if not inner and SHORTEST <= len(text) <= LONGEST and sum(1 for _ in element.iter("p")) <= 3:
            yield text


def _is_caption(element: Element) -> bool:
    if element.tag in _NO_CAPTION:
        return False
    names = (element.get(name) or "" for name in ("class", "itemprop", "id", "data-testid"))
    return element.tag == "figcaption" or bool(_CAPTION.search(" ".join(names)))


def _comments(tree: Element) -> Iterator[str]:
    """The lowest blocks of what is called comments."""
    for area in tree.iter(etree.Element):
        if area.tag in _NO_COMMENTS or not any(_COMMENTS.search(area.get(name) or "") for name in ("class", "id")):
            continue
        for block in area.iter(*_BLOCKS):
            if not any(child.tag in _BLOCKS for child in block):
                text = seen_text(block)
                if len(text) >= SHORTEST:
                    yield text


def seen_text(element: Element) -> str:
    """The text of an element that a reader sees."""
    pieces: list[str] = []
    waiting: list[Any] = [element]  # elements, and the text between them; no recursion: pages nest a thousand deep
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif isinstance(node.tag, str) and node.tag not in _UNSEEN:
            parts = [node.text or ""]
            for child in node:
                parts += [child, child.tail or ""]
            waiting.extend(reversed(parts))
    return fold(" ".join(pieces))


_NETWORKS: Final = "e-?mail|facebook|linkedin|pinterest|reddit|telegram|twitter|whatsapp|x"
# Whole lines, in lower case and without what surrounds their words. By what they are, then by language.
_WIDGETS: Final[dict[str, tuple[str, ...]]] = {
    "advertisement": (
        r"ad|advertisements?|sponsored(?: content)?",
        r"anzeige|werbung",
        "advertentie",
        "annonce|publicité",
        r"annons|annonse|mainos|reklama?",
        "pubblicità|publicidad",
        "реклама|広告",
    ),
    "comments": (
        r"(?:\d+ |no )?(?:comments?|responses?)|no comments yet|be the first to comment",
        r"cancel reply|leave a (?:comment|reply)(?: cancel reply)?|post (?:a )?comment",
        r"notify me of .*|required fields are marked.*|save my name, email.*",
        r"your email address will not be published.*",
        r"kommentare?(?: .{0,20})?|schreibe? einen kommentar",
        "commentaires?|laisser un commentaire",
        "comentarios?|deja (?:un comentario|una respuesta)",
        "commenti|lascia un commento",
        "dodaj komentarz|komentarze?|reacties|reageer|комментарии",
    ),
    "follow us": (
        r"follow (?:us|on .{0,30}|.{0,40} on .{0,40})",
        r"folgen sie uns.*|seguici.*|síguenos.*|suivez-nous.*|volg ons.*",
    ),
    "likes": (r"like loading.*|like this|loading|(?:%d|\d+) bloggers? like this",),
    "newsletters": (
        r"get (?:our|the) .{0,40}newsletter.*|newsletter",
        r"sign up (?:for|to) .{0,80}(?:alert|briefing|inbox|newsletter|update)s?.*",
        r"subscribe(?: (?:now|today|to .{0,60}))?",
        r".{0,40}newsletter abonnieren.*|jetzt abonnieren|zum newsletter.*",
        r"abonnez-vous.*|iscriviti.{0,60}|suscríbe(?:se|te).{0,60}",
    ),
    "page": (
        r"accept(?: all)?(?: cookies)?|cookie (?:policy|settings).{0,20}|image (?:credit|source):.*",
        r"(?:click|tap) here.{0,60}|load more.{0,20}|(?:show|view) comments.{0,20}|show more.{0,20}|view all.{0,20}",
        r"close|log ?in|menu|register|search|sign in",
        r"filed under:?.*|posted in:?.*|tags?",
        r"listen(?: to (?:this )?(?:article|story))?.{0,15}|play video|watch (?:live|more|now).{0,10}",
        r"(?:next|previous) (?:article|post|story)|skip (?:advertisement|past .{0,20}|to .{0,20})",
    ),
    "related": (
        r"also read|don.t miss|read (?:also|more|next)(?: (?:here|on.{0,30}))?|see also|up next",
        r"related(?: (?:articles?|content|coverage|links?|news|posts?|stories|topics?))?",
        r"editor.s (?:choice|picks?)|more (?:from|in|on) .{0,40}|more stories|most (?:popular|read|viewed)|top stories",
        r"recommended(?: (?:articles|for you|reading|stories))?|trending(?: (?:now|stories))?",
        r"what to (?:know|read) next",
        r"you (?:may|might) (?:also )?(?:be interested in|like).{0,20}",
        r"das könnte (?:dich|sie) (?:auch )?interessieren.{0,10}|lesen sie auch:?.{0,5}",
        r"mehr (?:artikel|dazu|lesen|zum thema).{0,30}",
        r"(?:à )?lire (?:aussi|également|la suite)|sur le même (?:sujet|thème)",
        "lea también|leer (?:más|también)|noticias relacionadas|(?:también )?te puede interesar",
        r"lees meer.{0,20}|lees ook|leggi anche|leia (?:mais|também)|veja também",
        "czytaj (?:też|także|więcej|również)|zobacz (?:też|także|również)|читайте (?:также|ещё)",
        "les også|lue (?:lisää|myös)|læs også|läs (?:mer|också|även)",
        "もっと見る|延伸阅读|相关阅读|続きを読む|関連記事",
    ),
    "share": (
        r"copy link|e-?mail this.*|link copied|print(?: this)?|share options",
        rf"share(?: (?:on|this|via))?(?: (?:article|page|post|story))?(?: (?:on |via |with )?(?:{_NETWORKS}))?",
        "(?:artikel )?teilen|partager(?: (?:cet article|sur .*))?",
        r"compart(?:e|ilhar|ilhe|ir)(?: .{0,25})?|condividi(?: .{0,25})?",
        r"dela|del(?: artikel.*)?|delen|jaa|paylaş|podziel się.*|udostępnij|поделиться.*|シェア(?:する)?",
    ),
    "to the top": (
        r"back to top.*|(?:back )?to (?:the )?top(?: button)?|scroll to top",
        "(?:zurück )?nach oben|retour en haut|torna su|volver arriba",
    ),
}
_WIDGET: Final = re.compile(rf"\W*(?:{'|'.join(row for rows in _WIDGETS.values() for row in rows)})\W*", re.IGNORECASE)


def is_widget(line: str) -> bool:
    """Tell whether a line is one of a page's widgets."""
    return bool(_WIDGET.fullmatch(line))
