"""A source to crawl, as the configuration describes it, with its rules and fixtures. Values, picklable."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from archive.model.listing import ListingKind
from archive.model.needs import NOTHING, Needs
from archive.model.outcome import Outcome
from archive.model.schedule import AUTO, Schedule


class Rights(StrEnum):
    """What is done where a publisher reserves text and data mining, or use by AI."""

    RECORD = "record"  # its pages are filed with what is reserved; exports leave them out unless asked
    SKIP = "skip"  # they are not filed
    IGNORE = "ignore"  # filed and exported; what is reserved is written down all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """CSS selectors for one site: where its body is, what never and what always belongs to it, where captions stand.

    `boilerplate` are keys (`pipelines.compare.key`) of blocks that stand on many pages of the site. Rules with
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
