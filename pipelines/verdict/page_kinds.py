"""The sort of article that a page holds: article, live blog, gallery, video, opinion or wire copy. Pure.

Types of schema.org are believed; a URL, a section or a title that says so is believed together with what the page
looks like.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.model.article import ClutterKind, PageKind
from pipelines.clutter.draft import Cut, Line, is_prose
from pipelines.images.page_images import PageImage
from pipelines.metadata.agencies import agency_of, in_bylines, in_text, is_own_host, is_referred_to
from pipelines.metadata.article_facts import Signals
from pipelines.metadata.claims import Claims
from pipelines.phrases import pattern, phrase_set

_ENTRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Evidence of the sort of an article: the page's statements, and the text with its images.

    `segments` are the parts of the URL's path in lower case; the last of them is the article's own name.
    """

    signals: Signals
    claims: Claims
    lines: tuple[Line, ...]
    cuts: tuple[Cut, ...]
    pictures: tuple[PageImage, ...]
    host: str
    segments: tuple[str, ...]
    words: int

    @property
    def is_marked(self) -> bool:
        """Tell whether schema.org calls it an article, of whichever sort."""
        return any(name.endswith(("Article", "Posting", "Report")) for name in self.signals.types)


# ------------------------------------------------------------------------------------------------ live blog
# Parts of a URL, as news sites of the language name their live blogs and tickers.
_LIVE_URL: Final = re.compile(
    r"(?:^|[/_-])(?:ao-vivo|as-it-happened|diretta(?:-live)?|direct-live|directo|en-direct|en-directo|en-vivo|in-diretta"
    r"|live(?:blog|-?ticker|-?updates?|-?reporting|-?news|-?coverage)?|livestory|liveseite|minuto-a-minuto|na-zywo|news-?blog"
    r"|newsticker|onlayn|relacja-na-zywo|ticker|tempo-reale|tempo-real|zhivo|canli-anlatim)(?:[/_-]|$)"
)
_LIVE_TITLE: Final = pattern(
    r"""
    \W*(?:ao vivo|as it happened|canlı|diretta|direct|directo|live)\s*[:|–—.-]
    \W*(?:en direct|en directo|en vivo|in diretta)\s*[:|–—.-]
    \W*\+\+\+
    .*\b(?:live(?:[ -]?blog|[ -]?ticker| updates)|newsblog|news-?ticker|as it happened)\b
    .*\b(?:minuto a minuto|últimas noticias en directo)\b
    .*\b(?:na żywo|онлайн-трансляция|текстовая трансляция|прямой эфир|suora lähetys|seuraa hetki hetkeltä|liverapport)\b
    .*(?:実況|ライブ速報|直播|滚动更新|실시간 속보)
    """,
    before=r"^",
)
_LIVE_NAMES: Final = re.compile(
    r"live-?(?:blog|entry|event|feed|post|ticker|update)|(?:^|[-_])ticker-?(?:entry|event|item|post)|timeline-?(?:entry|post|item)"
)
_CLOCK: Final = re.compile(
    r"^\W*(?:a las |alle |at |kl\.? ?|um |à )?\d{1,2}[:.h]\d\d(?:\s?(?:uhr|[ap]m|[ap]\.m\.|cet|gmt|bst|et))?\b",
    re.IGNORECASE,
)


def _live_blog(page: Filing) -> str | None:
    if "LiveBlogPosting" in page.signals.types:
        return "LiveBlogPosting"
    said = {
        "address": _LIVE_URL.search("/".join(page.segments)) is not None,
        "title": any(map(_LIVE_TITLE.match, page.signals.titles)),
        "entries": sum(1 for line in page.lines if _LIVE_NAMES.search(line.marks)) >= _ENTRIES,
        "times": sum(1 for line in page.lines if _CLOCK.match(line.text)) >= _ENTRIES,
    }
    evidence = [name for name, holds in said.items() if holds]
    return ", ".join(evidence) if len(evidence) > 1 else None


# ------------------------------------------------------------------------------------------------ opinion
# Sections and parts of URLs, as newspapers of the language name their pages of opinion.
_OPINION: Final = phrase_set("""
    analisis-opinion | chroniques | column | columna | columnas | columnistas | columnists | columns | comment
    commentaire | commentaires | commentary | commentisfree | commenti | dagens ledare | debat | debatt | debatte
    edito | editoriais | editorial | editoriales | editoriali | editorials | editoriaux | editos | elgondolások
    forumi | gastbeitrag | gastbeitraege | gastkommentar | glosse | gorusler | görüşler | hlavní názory | idées
    idees | insandare | insändare | kolumne | kolumnen | kolumnit | kolumnist | kolumnisten | komentar | komentarze
    komentáře | komentari | kommentar | kommentarer | kommentare | kommentarea | koşe-yazarlari | köşe yazarları
    kroniek | kronikk | ledare | leder | ledere | leserbriefe | letters | letters to the editor | meinung | meinungen
    meningar | meninger | mening | mielipide | mielipiteet | mnenia | mneniya | mnenje | nazory | názory | nuomones
    nuomonės | op-ed | op-eds | oped | opiniao | opinião | opinie | opinies | opinii | opinion | opinion & analysis
    opinion-columns | opinione | opiniones | opinioni | opinions | opinión | paakirjoitus | pääkirjoitus | publicystyka
    pontosvista | standpunkt | synspunkt | synspunkter | tribuna | tribunas | tribune | tribunes | tribunen | velemeny
    vélemény | viewpoint | viewpoints | views | viesoji-nuomone | yazarlar | γνώμες | απόψεις | думки | колонки
    колумнистика | мнение | мнения | комментарии | погляд | דעות | آراء | الرأي | رأي | مقالات-الرأي | विचार
    オピニオン | 社説 | 评论 | 社论 | 評論 | 오피니언 | 사설
""")
_OPINION_TITLE: Final = pattern(
    r"""
    (?:commentary|column|editorial|opinion|op-ed|the guardian view on)\s*[:|–—-]?
    (?:gast)?kommentar\s*[:|–—-]
    (?:editorial|opinión|tribuna|columna)\s*[.:|–—-]
    (?:édito|tribune|chronique|opinion)\s*[.:|–—«-]
    (?:leder|ledare|kronikk|debatt|debat|meninger|insändare)\s*[:|–—-]
    (?:komentarz|opinia|felieton)\s*[:|–—-]
    (?:pääkirjoitus|kolumni|mielipide)\s*[:|–—-]
    """,
    before=r"^\W*",
    after=r"\s*\S",
)
_OPINION_TYPES: Final = frozenset({"OpinionNewsArticle"})


def _opinion(page: Filing) -> str | None:
    if page.signals.types & _OPINION_TYPES:
        return "OpinionNewsArticle"
    if page.claims.opinion:
        return "article:opinion"
    section = (page.signals.section or "").casefold().strip()
    if section in _OPINION:
        return f"section {section}"
    named = next((part for part in page.segments[:-1] if part in _OPINION), None)
    if named:
        return f"address {named}"
    titled = next((title for title in page.signals.titles if _OPINION_TITLE.match(title)), None)
    return f"title {titled[:40]}" if titled and not titled[0].islower() and ":" in titled[:30] else None


# ------------------------------------------------------------------------------------------------ gallery, video
_GALLERY_URL: Final = phrase_set("""
    bilder | bildergalerie | bildergalerien | bilderstrecke | diaporama | diaporamas | en-images | foto | foto-galeri
    foto-galerie | fotogaleri | fotogaleria | fotogalerias | fotogalerie | fotogalerien | fotogallery | fotorelacion
    fotos | fotostrecke | fotostrecken | galeri | galeria | galerias | galerie | galerien | galerija | galleri
    galleries | gallery | galería | image-gallery | images | imagenes | in-pictures | kuvagalleria | media-gallery
    photo-essay | photo-gallery | photogallery | photos | picture-gallery | picturegalleries | pictures | slideshow
    slideshows | фото | фотогалерея
""")
_GALLERY_TYPES: Final = frozenset({"Gallery", "ImageGallery", "MediaGallery"})
_VIDEO_URL: Final = phrase_set("""
    filmy | mediathek | podgladvideo | reels | tv | video | video-news | video-sendungen | videogaleri | videos | videot
    vidéo | vidéos | watch | wideo | βίντεο | видео | відео | فيديو | 動画 | 视频 | 동영상
""")
_VIDEO_TYPES: Final = frozenset({"Clip", "Movie", "TVEpisode", "VideoObject"})
_MANY: Final = 4  # pictures, from which a page may be a gallery
_BRIEF: Final = 200  # words up to which the text beside a video or a gallery is no article of its own


def _gallery(page: Filing) -> str | None:
    if page.signals.post_format == "gallery" or (not page.is_marked and page.signals.types & _GALLERY_TYPES):
        return "it says so"
    captioned = [picture for picture in page.pictures if picture.caption]
    if len(captioned) < _MANY:
        return None
    said = next((part for part in page.segments[:-1] if part in _GALLERY_URL), None)
    if said and page.words < 2 * _BRIEF:
        return f"address {said}, {len(captioned)} captions"
    prose = sum(1 for line in page.lines if is_prose(line))
    typed = page.signals.types & _GALLERY_TYPES or (page.signals.og_type or "").endswith("gallery")
    return f"{len(captioned)} captions, {prose} paragraphs" if typed and prose < len(captioned) else None


def _video(page: Filing) -> str | None:
    if page.words >= _BRIEF:
        return None
    if (page.signals.og_type or "").startswith("video"):
        return "og:type"
    if page.signals.post_format == "video":
        return "it says so"
    if page.signals.types & _VIDEO_TYPES:
        if not page.is_marked:
            return "VideoObject"
        said = next((part for part in page.segments[:-1] if part in _VIDEO_URL), None)
        return f"VideoObject, address {said}" if said else None
    return None


# ------------------------------------------------------------------------------------------------ wire copy
def wire(page: Filing) -> str | None:
    """Return the agency whose report a page prints; None on the agency's own site."""
    named = in_bylines(page.claims.bylines or page.signals.authors) or next(
        filter(None, map(agency_of, page.claims.sources)), None
    )
    if named is None and not page.claims.bylines:
        named = in_bylines(cut.text for cut in page.cuts if cut.kind == ClutterKind.BYLINE)
    if named is None and page.lines:
        named = in_text(page.lines[0].text, page.lines[-1].text)
    if named is None and any(is_referred_to(cut.text) for cut in page.cuts):
        named = "dpa"
    return named if named and not is_own_host(page.host, named) else None


# The first that holds: a live blog of an agency's reports is a live blog.
_CHECKS: Final[tuple[tuple[PageKind, Callable[[Filing], str | None]], ...]] = (
    (PageKind.LIVEBLOG, _live_blog),
    (PageKind.OPINION, _opinion),
    (PageKind.GALLERY, _gallery),
    (PageKind.VIDEO, _video),
    (PageKind.WIRE, wire),
)


def sort_of(page: Filing) -> tuple[PageKind, str | None]:
    """Return the sort of an article and the evidence; a plain article needs none."""
    for kind, check in _CHECKS:
        evidence = check(page)
        if evidence:
            return kind, evidence
    return PageKind.ARTICLE, None
