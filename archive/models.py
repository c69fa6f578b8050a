"""The nouns of the archive, as values. They know nothing of where they are stored or how they were made.

All are frozen, slotted, keyword-only and picklable (they cross process borders). Times are aware and in UTC, text is
`str` without NUL or surrogates (see `archive.text.scrub`), collections are tuples.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from archive.needs import NOTHING, Needs
from archive.schedule import AUTO, Schedule
from archive.signals import Signal


class Outcome(StrEnum):
    """How one try of one URL ended. Every try ends in exactly one; a run's summary is the count of them."""

    SAVED = "saved"  # a new article was filed
    UPDATED = "updated"  # a known article had changed: a new version was filed
    UNCHANGED = "unchanged"  # fetched again, nothing new (304, same bytes, or same text)
    DUPLICATE = "duplicate"  # another URL of an article that is filed already
    PART = "part"  # a further page of an article, joined to it
    LISTED = "listed"  # a feed, sitemap, section page or list was read
    ROBOTS = "robots"  # robots.txt forbids it
    RESERVED = "reserved"  # its publisher reserves its use by machines, and `rights = "skip"` heeds that
    SITE_FILE = "site_file"  # a file that says what may be done with a site: tdmrep.json, ai.txt
    EXCLUDED = "excluded"  # cuttings.toml passes it over (include, exclude); it is not asked for
    NOT_ARTICLE = "not_article"  # index page, soft 404, wall, gallery without text ...
    TOO_SHORT = "too_short"  # an article page with less text than an article has
    NOT_HTML = "not_html"
    TOO_BIG = "too_big"
    BAD_URL = "bad_url"  # cannot be requested: malformed, or a scheme that is not http(s)
    BAD_LISTING = "bad_listing"  # a feed or sitemap that cannot be read as one
    PRIVATE = "private"  # leads to an address that is not public: into this machine or its network
    TRAP = "trap"  # an address that a page makes without end, such as /a/b/a/b/a/b/a/b; it is not asked for
    RATE_LIMITED = "rate_limited"  # 429, or 503 with Retry-After: asked to come back later
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"  # refused, reset, or closed in the middle
    REDIRECT = "redirect"  # loop, too many hops, or a target that cannot be requested
    QUARANTINED = "quarantined"  # two workers were lost: too slow, too big, or it crashed; the raw page is kept
    ERROR = "error"  # anything else; the detail says what


# Tries that got nothing and say nothing of the page: the server, the network or the program failed.
FAILED = frozenset(
    {
        *(Outcome.BAD_LISTING, Outcome.CONNECTION, Outcome.DNS, Outcome.ERROR, Outcome.HTTP_4XX, Outcome.HTTP_5XX),
        *(Outcome.PRIVATE, Outcome.QUARANTINED, Outcome.RATE_LIMITED, Outcome.REDIRECT, Outcome.TIMEOUT, Outcome.TLS),
    }
)


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


class Rights(StrEnum):
    """What is done where a publisher reserves text and data mining, or use by AI."""

    RECORD = "record"  # its pages are filed with what is reserved; exports leave them out unless asked
    SKIP = "skip"  # they are not filed
    IGNORE = "ignore"  # filed and exported; what is reserved is written down all the same


class ListingKind(StrEnum):
    """What a discovery page is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    URLS = "urls"  # a plain list of addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where a WARC record stands: file name relative to the WARC folder, byte offset and length of its gzip member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer of a server, as it was: the input of extraction.

    `body` is the payload after content decoding; `where` points at the record with the bytes as they came.
    """

    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    where: Locator | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A try that ended without anything to file. `stage` is where: lease, fetch, discover, extract or file.

    `url` is what failed, which may be where a redirect led. With `retry_at` it is no fault of this URL (its host asks
    for a pause, its robots.txt cannot be read): it is due again at that time, however often. With `may_pass` a page may
    stand there later (the body is empty, or an error in plain text): it is looked at again as filed articles are.
    """

    url: str
    stage: str
    outcome: Outcome
    detail: str = ""
    when: datetime | None = None
    retry_at: datetime | None = None
    may_pass: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """The facts of one try of one URL, for the table `fetches`. `ms` is the wait for the answer's head."""

    url: str
    fetched_at: datetime
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    status: int | None = None
    ms: int | None = None
    bytes: int | None = None
    digest: str | None = None
    where: Locator | None = None
    etag: str | None = None  # validators of an answer with a body (RFC 9110, section 8.8)
    last_modified: str | None = None
    moved_to: str | None = None  # where permanent redirects (301, 308) led before any that was not
    max_age: timedelta | None = None  # for which the answer is good, see archive.freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A URL that discovery found, with what the listing says about it. The hints are claims, not facts.

    Precision and zone of the dates are those of `Dated`: a date whose zone is not known stands for its day alone.
    """

    url: str  # as it will be requested: archive.urls.normalize
    listed_url: str | None = None  # as the listing has it, where that differs
    kind: ListingKind | None = None  # None: an article; else another listing to read
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    published_precision: str = "second"  # second, minute, day
    modified_precision: str = "second"
    published_zoned: bool = True  # False: the listing names no zone, the time was read as UTC
    modified_zoned: bool = True
    language: str | None = None
    guid: str | None = None
    excluded: str | None = None  # the pattern of the source that passes it over: "exclude: /video/", "not in include"
    rights: tuple[Signal, ...] = ()  # what a feed says in RSL of the use of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What discovery read in one feed, sitemap, section page or list.

    `failures` are entries with an address that cannot be requested (BAD_URL); `notes` say what else was odd (cut off,
    recovered from broken XML, entries without a link). `excluded` are not among `found`.

    The rest is what a feed says of its polling. `at_least` is the shortest interval it asks for. `skip_hours` are the
    hours of the week in which it asks to be left alone: 24 * weekday + hour, in UTC, 0 being Monday at midnight.
    """

    kind: ListingKind
    found: tuple[Found, ...] = ()
    excluded: tuple[Found, ...] = ()  # articles that include and exclude of cuttings.toml pass over
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None
    moved_to: str | None = None  # where the feed says it stands now
    at_least: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """CSS selectors for one site: where its body is, what never and what always belongs to it, where captions stand.

    `boilerplate` are keys (`pipelines.clutter.draft.key`) of blocks that stand on many pages of the site. Rules with
    `until` hold for pages fetched before that day: the site looks otherwise since.
    """

    body: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    until: date | None = None


def rules_digest(rules: SiteRules) -> str:
    """What tells one set of a person's rules from another, in hex. What the program has learned is no part of it."""
    written = "\0".join("\1".join(each) for each in (rules.body, rules.remove, rules.keep, rules.captions))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def rules_on(generations: Iterable[SiteRules], when: datetime) -> SiteRules:
    """The first rules that hold for a page fetched at this time; empty rules where all of them have ended."""
    return next((rules for rules in generations if rules.until is None or when.date() < rules.until), SiteRules())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """What extraction must make of one page of a source. What is None may be anything.

    `html` is the saved page; without it the archive's own copy is meant. `fetched` is the day it was saved.
    """

    url: str
    html: Path | None = None
    fetched: date | None = None
    contains: tuple[str, ...] = ()  # strings that stand in the text
    excludes: tuple[str, ...] = ()  # strings that do not
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: date | None = None
    outcome: Outcome | None = None


DELAY: Final = 2.0  # seconds between two requests to one host, where nothing else is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet to crawl, as the configuration describes it. Durations are seconds."""

    id: str
    url: str
    name: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    links: tuple[str, ...] = ("a[href]",)  # CSS selector of the links of a section page
    include: tuple[str, ...] = ()  # regular expressions an article's URL must match one of
    exclude: tuple[str, ...] = ()  # ... and must not match any of
    autodiscover: bool = True
    delay: float = DELAY
    language: str | None = None
    min_words: int = 25
    enabled: bool = True
    learn: bool = True  # lines that stand on many of its pages are learned, and cut from pages read later
    budget: int = 10_000  # requests in 24 hours
    allow_private: tuple[str, ...] = ()  # hosts that may be asked though their addresses are not public
    verify_tls: bool = True
    needs: Needs = NOTHING  # headers, cookies, user agent, proxy and login of its own
    every: Schedule = AUTO  # how often its listings are looked at
    revisit: tuple[float, ...] = (3_600.0, 21_600.0, 86_400.0, 604_800.0)  # when filed articles are, after their filing
    rights: Rights = Rights.RECORD
    render: bool = False  # its pages are read after a browser has run their scripts
    rules: tuple[SiteRules, ...] = ()  # generations, the earliest `until` first
    fixtures: tuple[Fixture, ...] = ()
    was: str | None = None  # the id it had before, where that cannot be guessed

    @property
    def listings(self) -> tuple[tuple[ListingKind, str], ...]:
        """The listings that the configuration names. A source that names none starts at its home page."""
        named = (
            *((ListingKind.FEED, url) for url in self.feeds),
            *((ListingKind.SITEMAP, url) for url in self.sitemaps),
            *((ListingKind.SECTION, url) for url in self.sections),
            *((ListingKind.URLS, url) for url in self.urls),
        )
        return named or ((ListingKind.SECTION, self.url),)

    def rules_on(self, when: datetime) -> SiteRules:
        """The rules for a page of this source that was fetched at this time."""
        return rules_on(self.rules, when)
