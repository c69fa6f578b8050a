"""What discovery reads in a feed, sitemap, section page or list. Values, picklable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.model.outcome import Failure
from archive.rights.signals import Signal


class ListingKind(StrEnum):
    """What a discovery page is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    URLS = "urls"  # a plain list of addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A URL that discovery found, with what the listing says about it. The hints are claims, not facts.

    Precision and zone of the dates are those of `Dated`: a date whose zone is not known stands for its day alone.
    """

    url: str  # as it will be requested: archive.web.urls.normalize
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
