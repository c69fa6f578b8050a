"""The article and nothing but the article, and what extraction makes of a capture. Values, picklable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model.outcome import Outcome
from archive.rights.signals import Signal


class PageKind(StrEnum):
    """What a page is. Only the first six are filed as articles."""

    ARTICLE = "article"
    LIVEBLOG = "liveblog"
    GALLERY = "gallery"
    VIDEO = "video"
    OPINION = "opinion"
    WIRE = "wire"  # a news agency's report, printed by somebody else
    HOME = "home_redirect"  # the address of an article that leads to a front page now
    INDEX = "index"
    SOFT_404 = "soft_404"
    CONSENT = "consent"
    WALL = "wall"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


LEADS_ON = "leads_on"  # note of a page that is no article and sends its readers to another at once


FILED_KINDS = frozenset(
    {PageKind.ARTICLE, PageKind.LIVEBLOG, PageKind.GALLERY, PageKind.VIDEO, PageKind.OPINION, PageKind.WIRE}
)


class Access(StrEnum):
    """How a reader without an account gets at the page."""

    OPEN = "open"
    METERED = "metered"
    REGISTRATION = "registration"
    PAYWALLED = "paywalled"
    UNKNOWN = "unknown"


class ClutterKind(StrEnum):
    """What a block that was cut out of an article is."""

    ADVERT = "advert"
    BIO = "bio"  # "X is a reporter at Y"
    BYLINE = "byline"
    CAPTION = "caption"
    COMMENT = "comment"  # reader comments and their forms
    CONSENT = "consent"
    CORRECTION = "correction"
    CREDIT = "credit"  # photo credit
    DATELINE = "dateline"  # date and time of publication repeated in the body
    FACT_BOX = "fact_box"  # background beside the article
    GALLERY = "gallery"
    LIVE_POST = "live_post"  # a post of a live blog that shows its newest ones
    NAVIGATION = "navigation"
    NEWSLETTER = "newsletter"
    OTHER = "other"  # what trafilatura itself dropped inside the body, and what no kind fits
    PROMO = "promo"  # app and subscription promotion
    PULL_QUOTE = "pull_quote"  # a sentence of the text, repeated beside it
    RELATED = "related"
    SHARE = "share"
    STANDFIRST = "standfirst"
    TITLE = "title"
    WIDGET = "widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date with its source (jsonld, og, meta, html, url, feed, sitemap) and precision (second, minute, day).

    `zoned` is False where the page gave a local time without a zone; it was then read as UTC.
    """

    when: datetime
    source: str
    precision: str = "second"
    zoned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article. `after_paragraph` counts kept paragraphs: 0 stands before the first."""

    url: str
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None
    after_paragraph: int = 0
    lead: bool = False  # the picture the article opens with


@dataclass(frozen=True, slots=True, kw_only=True)
class Clutter:
    """A block that was cut: what it is, the rule that cut it, and after how many kept paragraphs it stood."""

    kind: ClutterKind
    text: str
    rule: str
    after_paragraph: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article and nothing but the article. `sources` pairs each metadata field with where its value came from."""

    url: str
    canonical_url: str | None = None
    title: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published: Dated | None = None
    modified: Dated | None = None
    language: str | None = None  # BCP 47, lower case primary subtag: "en", "zh"
    section: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    paragraphs: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    kind: PageKind = PageKind.ARTICLE
    access: Access = Access.UNKNOWN
    amp_url: str | None = None
    next_url: str | None = None
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What extraction made of a capture. `outcome` is SAVED where the page is to be filed, else why it is not.

    `notes` are quality flags and evidence for the verdict: short machine-readable words, some with `: detail`.
    `charset` is the encoding that decoded the page and `charset_source` which signal won (bom, header, meta, detector).
    """

    article: Article
    clutter: tuple[Clutter, ...] = ()
    notes: tuple[str, ...] = ()
    outcome: Outcome = Outcome.SAVED
    rights: tuple[Signal, ...] = ()  # what the page and its headers say of the use of it
    charset: str = "utf-8"
    charset_source: str = "header"
