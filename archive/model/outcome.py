"""How an attempt ended, and what is known of one that failed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
