"""The lines below the title for people to read: who wrote it, and the day. For pages that say it to no machine.

Knows where such lines are and what they look like; nothing of the article's text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import Final

from archive.model.article import Dated
from archive.text import fold
from pipelines.compare import key
from pipelines.metadata.dates import before_date, read_written_date, without_dates
from pipelines.metadata.names import AGENCIES, clean_names, looks_like_person
from pipelines.page.parse import Element
from pipelines.phrases import pattern, phrase_set

_A_TITLE: Final = 10  # letters; less may be the name of the site
_APART: Final = frozenset({"aside", "nav"})
_NEAR: Final = 6  # levels whose marks speak of the element; further up they speak of the page
_OTHERS: Final = pattern(r"""
    caption
    carousel
    comment
    credit
    foto
    gallery
    image
    latest
    photo
    picture
    popular
    promo
    recirc
    recommend
    related
""")
_LINES: Final = ("a", "address", "div", "li", "p", "span", "time")
_HEADINGS: Final = frozenset({"h2", "h3", "h4"})
_HOLDERS: Final = (*_LINES, *_HEADINGS, "article", "footer", "header", "section", "ul")
_WHOLE: Final = frozenset({"article", "body", "html", "main"})
_ELSEWHERE: Final = re.compile(r"share|social|teaser", re.IGNORECASE)
_CLIMB: Final = 3
_MOST: Final = 60  # lines below the title, with a standfirst and a picture between it and the byline
_LONG: Final = 160
_BESIDE_DAY: Final = 60
_UPDATED: Final = pattern(
    r"""
    actualizado
    aggiornato
    ak?tuali[sz]\w+
    atualizado
    bijgewerkt
    güncel\w+
    last (?:change|edit|modifi|updat)\w*
    mis à jour
    modifi\w+
    o(?:pdateret|ppdatert)
    päivitetty
    stand\b
    up(?:date|pdater)\w*
    обновл\w+
    оновл\w+
    更新
    수정
    업데이트
    """
)
_BY_INITIALS: Final = re.compile(r"(?:By|Por|Par|Von|Di|Av|Af|Door)\s+([A-ZÀ-Þ]{2,5})\W*")
_EAST_ASIAN: Final = re.compile("[\u3400-\u9fff]{3,5}|[\uac00-\ud7af]{3}")  # a word as often: only where all are such
_ACCOUNT: Final = re.compile(r"/author/(?:admin|administrator|editor|newsroom|root|staff|webmaster)/?$")
_PIECES: Final = 12
_EDGES: Final = " ,;|/·•–—-:"
_BETWEEN: Final = frozenset({"and", "e", "en", "et", "i", "ja", "og", "och", "und", "y", "и"})
_BY: Final = pattern(
    r"""
    a(?:f|v)
    auth?or(?:e|in|a|es|en|ka)?
    by
    d(?:i|oor)
    kirjoittanut
    người đăng
    oleh
    par
    por
    przez
    tác giả
    report(?:ed)? by
    story by
    te(?:k|x)sto?
    von
    words(?: by)?
    written by
    écrit par
    автор
    """,
    before=r"\W*",
    after=r"\s*[:：]?\s+",
)
_BYLINE: Final = re.compile(r"(?:^|[\s_-])(?:author|autor|byline|by-line)s?(?:$|[\s_-])", re.IGNORECASE)
_TOP: Final = 4  # paragraphs before the text: standfirst, bullet points, byline
# Cities of two words that have the form of a name and head a dateline, from the capitals and the largest cities.
_CITIES: Final = phrase_set("""
    abu dhabi | addis ababa | baton rouge | belo horizonte | bloomfontein | buenos aires | cape town | ciudad de méxico
    corpus christi | dar es salaam | den haag | east london | el paso | fort worth | frankfurt am main | guatemala city
    ho chi minh | hong kong | kansas city | kuala lumpur | kuwait city | las palmas | las vegas | le havre | long beach
    los angeles | mar del plata | mexico city | new delhi | new orleans | new york | oklahoma city | panama city
    phnom penh | port elizabeth | port louis | port moresby | porto alegre | quebec city | rio de janeiro
    saint louis | salt lake city | san antonio | san diego | san francisco | san josé | san juan | san salvador
    santa cruz | santa fe | santo domingo | sao paulo | são paulo | south bend | sri lanka | st louis | st petersburg
    st. gallen | st. louis | st. petersburg | tel aviv | washington dc | west bank | white house
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideTitle:
    """The byline and the day below the title, as far as there are any."""

    authors: tuple[str, ...] = ()
    published: Dated | None = None


def title_element(tree: Element) -> Element | None:
    """Return the heading of the first rank that the window's title repeats, else the first: a logo may be one too."""
    found = [heading for heading in tree.iter("h1") if heading.text_content().strip()]
    if len(found) > 1:
        window = key(tree.findtext("head/title") or "")
        said = ((heading, key(heading.text_content())) for heading in found)
        return next((heading for heading, text in said if len(text) >= _A_TITLE and text in window), found[0])
    return next(iter(found), None)


def around(title: Element | None) -> frozenset[Element]:
    """Return the elements that hold the title."""
    return frozenset() if title is None else frozenset(title.iterancestors())


def stands_apart(element: Element, own: frozenset[Element]) -> bool:
    """Tell whether an element belongs to something else than the title's article: a teaser, a comment, a picture.

    `own` are the elements that hold the title, see `around`.
    """
    for level, holder in enumerate(chain((element,), element.iterancestors())):
        if holder in own or holder.tag in _WHOLE:
            return holder.tag == "article" and holder not in own and not _is_first_article(holder, own)
        if holder.tag in _APART or (level < _NEAR and _OTHERS.search(f"{holder.get('class')} {holder.get('id')}")):
            return True
    return False


def _is_first_article(article: Element, own: frozenset[Element]) -> bool:
    """Tell whether this is the article of a title outside any article; one headed by a link is a teaser."""
    if any(holder.tag == "article" for holder in own) or article is not next(article.getroottree().iter("article")):
        return False
    heading = next(article.iter("h2", "h3", "h4"), None)
    return heading is None or next(heading.iter("a"), None) is None


def read_beside_title(tree: Element) -> BesideTitle:
    """Read the few short lines below the title."""
    title = title_element(tree)
    if title is None:
        return BesideTitle()
    lines = tuple(_short_lines(title))
    found = (_byline(tree, element, text) for element, text in lines)
    dates = (read_written_date(text, "html") for _, text in lines if _is_dateline(text))
    return BesideTitle(
        authors=next((names for names in found if names), ()),
        published=next((dated for dated in dates if dated), None),
    )


def _short_lines(title: Element) -> Iterator[tuple[Element, str]]:
    """Elements below the title with a line of text, up to the first paragraph of the article."""
    own = around(title)
    for line in islice(_below(title), _MOST):
        if line.tag in _HEADINGS:
            if _is_linked(line):
                return  # the first of a list of other articles
            continue
        if _ELSEWHERE.search(line.get("class") or "") or stands_apart(line, own):
            continue
        text = _short_text(line)
        if text is None and line.tag == "p":
            return
        if text:
            if any(_is_linked(heading) for heading in line.iter(*_HEADINGS)):
                return
            yield line, text


def _is_linked(heading: Element) -> bool:
    return next(heading.iter("a"), None) is not None or heading.getparent().tag == "a"


def _short_text(element: Element) -> str | None:
    """Return the text of an element, None if it is longer than a line. Reads no further than that."""
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece.strip())
        if length > _LONG:
            return None
    return fold(" ".join(pieces))


def _below(title: Element) -> Iterator[Element]:
    """Yield the elements below the title, in page order, as far as the header goes that holds it."""
    for holder in (title, *islice(title.iterancestors(), _CLIMB)):
        if holder.tag in _WHOLE:
            return
        for element in holder.itersiblings(*_HOLDERS):
            yield from element.iter(*_LINES, *_HEADINGS)


def _is_dateline(text: str) -> bool:
    """Tell a dateline, which has a place or a name beside the day and no more, from a sentence with a day in it."""
    if _UPDATED.search(before_date(text)):
        return False
    return len(without_dates(text)) <= _BESIDE_DAY and not text.endswith((".", "!", "?", "。"))


# ------------------------------------------------------------------------------------------------ bylines
def _byline(tree: Element, element: Element, text: str) -> tuple[str, ...]:
    """Return the names in "By Jane Doe and John Roe"; in "Jane Doe | May 4, 2024" if a mark or the day supports it."""
    if _BY.match(text) or _BYLINE.search(element.get("class") or ""):
        return names_in(element) or _initials_in(text)
    beside_day = len(text) <= _BESIDE_DAY and read_written_date(text, "html") is not None
    names = names_in(element) if beside_day else ()
    return tuple(name for name in names if looks_like_person(name) and _stands_out(tree, name))


def _initials_in(text: str) -> tuple[str, ...]:
    """Tell the publisher or an agency by its initials: "By TPN"."""
    match = _BY_INITIALS.fullmatch(text)
    return (match[1],) if match else ()


def names_in(element: Element) -> tuple[str, ...]:
    """Return the full names at the beginning of a byline, up to the first text that is none.

    Each text of an element is taken for itself: `<a>Jane Doe</a><span>Staff Writer</span>` is a name and no name.
    """
    if links_to_site_account(element):
        return ()
    found: list[str] = []
    pieces = tuple(islice(_pieces(element), _PIECES))
    for piece in pieces:
        said = clean_names([piece])
        names = tuple(takewhile(_is_name, said))
        found += names
        if len(names) < len(said) or (found and not said and piece.lower() not in _BETWEEN):
            break
    if any(key(name) not in AGENCIES for name in found):
        return tuple(dict.fromkeys(found))
    east_asian = clean_names(pieces)
    return east_asian if all(_EAST_ASIAN.fullmatch(name) for name in east_asian) else ()


def _is_name(text: str) -> bool:
    return looks_like_person(text) or key(text) in AGENCIES


def is_site_account(url: str) -> bool:
    """Tell whether this is the page of the account a site was set up with, no matter what name it was given."""
    return _ACCOUNT.search(url) is not None


def links_to_site_account(element: Element) -> bool:
    """Tell whether a byline is that of such an account."""
    return any(is_site_account(link.get("href") or "") for link in element.iter("a"))


def _pieces(element: Element) -> Iterator[str]:
    for text in element.itertext():
        said = fold(text)
        piece = without_dates(said).strip(_EDGES)
        if piece and not said.endswith((":", "：")) and not _BY.fullmatch(f"{piece} "):  # a label is no name
            yield piece


def bold_byline(tree: Element) -> tuple[str, ...]:
    """Return the names that are all of a bold paragraph before the text: "<p><strong>Jane Doe</strong></p>"."""
    title = title_element(tree)
    for paragraph in () if title is None else islice(_paragraphs_after(tree, title), _TOP):
        text = fold(paragraph.text_content())
        if len(text) > _LONG:
            return ()
        bold = next(iter(paragraph.iter("strong", "b")), None)
        if bold is not None and fold(bold.text_content()) == text and len(text) <= _BESIDE_DAY:
            names = clean_names([text])
            if names and all(looks_like_person(name) and _stands_out(tree, name) for name in names):
                return names
    return ()


def _paragraphs_after(tree: Element, title: Element) -> Iterator[Element]:
    below = False
    for element in tree.iter("h1", "p"):
        below = below or element is title
        if below and element.tag == "p" and element.text_content().strip():
            yield element


def _stands_out(tree: Element, name: str) -> bool:
    """Tell a name by what it is not: a well-known city, nor words that the page also writes small ("Key Points")."""
    if name.lower() in _CITIES:
        return False
    said = " ".join(paragraph.text_content() for paragraph in tree.iter("p", "h2", "h3", "li", "a"))
    return not any(re.search(rf"\b{re.escape(word.lower())}\b", said) for word in name.split() if word.lower() != word)
