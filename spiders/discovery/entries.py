"""What readers take out of a listing -> Listing: URLs unwrapped and made normal, bad ones reported, twins folded, all
of it bounded.

Every kind of listing ends here, so the rules for addresses stand here once. It knows no file format.

An entry may lie on another host than its source: outlets list articles on sister sites, and the feeds of aggregators
hold nothing else. Such entries are kept; the note `other_hosts` counts them, so that adverts can be seen and excluded.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from archive.model.article import Dated
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.rights.licences import holds_for
from archive.rights.signals import Signal
from archive.text import scrub
from archive.web import urls, wrappers

# The limit of the sitemap protocol for one file; a feed with more is not meant to be read as one.
MAX_ENTRIES: Final = 50_000

# A clock that is wrong, or an article announced for tomorrow; later than that is not a date of publication.
_FUTURE: Final = timedelta(days=2)
_MOST_HOSTS: Final = 10  # named in a note
_EXACT: Final = "second"  # the precision of what has no date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a listing. `link` is as written, to be resolved against `base`; empty where the entry has none."""

    link: str
    base: str
    kind: ListingKind | None = None
    title: str | None = None
    published: Dated | None = None
    modified: Dated | None = None
    language: str | None = None
    guid: str | None = None
    rights: tuple[Signal, ...] = ()  # what is said in RSL of this entry ...
    rights_of_all: tuple[Signal, ...] = ()  # ... and of the parts of the site it may lie in, where nothing is of itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The listing that is being read: its own address, the source it belongs to, and the time now."""

    url: str
    source: Source
    now: datetime


def bad_listing(origin: Origin, detail: str) -> Failure:
    """A document that cannot be read as the listing it was taken for. A broken one must not look like an empty one."""
    return Failure(url=origin.url, stage="discover", outcome=Outcome.BAD_LISTING, detail=detail, when=origin.now)


def gather(
    kind: ListingKind,
    entries: Iterable[Entry],
    origin: Origin,
    notes: Iterable[str] = (),
    title: str | None = None,
) -> Listing:
    """Return the listing. Entries keep their order; of two with one address the first stays, with the hints of both."""
    gathered = _Gathered(origin=origin, kind=kind)
    for number, entry in enumerate(entries):
        if number == MAX_ENTRIES:
            gathered.passed_over["more_than"] = MAX_ENTRIES
            break
        gathered.take(entry)
    return Listing(
        kind=kind,
        found=tuple(gathered.found.values()),
        failures=tuple(gathered.failures.values()),
        notes=(*notes, *gathered.notes()),
        title=title,
        excluded=tuple(gathered.excluded.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """Why an entry is passed over: the word of a note, and the pattern of the source where one says so."""

    word: str
    pattern: str | None = None


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """What has been taken so far, by URL."""

    origin: Origin
    kind: ListingKind
    found: dict[str, Found] = field(default_factory=dict)
    excluded: dict[str, Found] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)
    fragments: dict[str, set[str]] = field(default_factory=dict)  # of each URL that was listed twice
    refuse: Callable[[Found], _Refusal | None] = field(init=False)

    def __post_init__(self) -> None:
        self.refuse = _refusing(self.origin)

    def take(self, entry: Entry) -> None:
        if not entry.link:
            self.passed_over["no_link"] += 1
            return
        try:
            one = _found(entry, self.origin)
        except urls.BadURLError as error:
            failure = _bad_url(entry, self.origin, str(error))
            self.failures.setdefault(failure.url, failure)
            return
        refusal = self.refuse(one)
        if refusal is None:
            self._keep(one)
            return
        self.passed_over[refusal.word] += 1
        if refusal.pattern:
            self.excluded.setdefault(one.url, replace(one, excluded=refusal.pattern))

    def _keep(self, one: Found) -> None:
        first = self.found.get(one.url)
        if first is None:
            self.found[one.url] = one
            return
        self.found[one.url] = _joined(first, one)
        self.fragments.setdefault(one.url, {_fragment(first)}).add(_fragment(one))

    def notes(self) -> Iterator[str]:
        yield from (f"{word}: {n}" for word, n in self.passed_over.items())
        folded = sum(len(each) for each in self.fragments.values() if len(each) > 1)
        if folded and self.kind is not ListingKind.SECTION:  # every page links to the comments of its articles
            yield f"same_page: {folded} entries differ in their #fragment alone"
        yield from _wrapped_notes(self.found)
        yield from _hosts_note(self.found, self.origin)


def address(link: str, base: str) -> str:
    """The whole URL that a link of a listing leads to, as it was written, out of the wrapper of a redirect service.

    Raises BadURLError.
    """
    short = wrappers.unwrap(link.strip()) if len(link) > urls.MAX_LENGTH else link  # what is inside may be short enough
    return wrappers.unwrap(urls.resolve(short, base))


def _found(entry: Entry, origin: Origin) -> Found:
    listed = address(entry.link, entry.base)
    url = urls.normalize(listed)  # whole now: against a base of 900 parts an address is resolved in 0.2 ms
    published, modified = (_not_future(dated, origin.now) for dated in (entry.published, entry.modified))
    return Found(
        url=url,
        listed_url=None if listed == url or scrub(listed) != listed else listed,
        kind=entry.kind,
        title=entry.title,
        published=published.when if published else None,
        modified=modified.when if modified else None,
        published_precision=published.precision if published else _EXACT,
        modified_precision=modified.precision if modified else _EXACT,
        published_zoned=published is None or published.zoned,
        modified_zoned=modified is None or modified.zoned,
        language=entry.language,
        guid=entry.guid,
        rights=entry.rights or tuple(each for each in entry.rights_of_all if holds_for(each.location or "", url)),
    )


def _fragment(found: Found) -> str:
    return (found.listed_url or "").partition("#")[2]


def _bad_url(entry: Entry, origin: Origin, reason: str) -> Failure:
    shown = scrub(entry.link).strip()[: urls.MAX_LENGTH]
    return Failure(url=shown, stage="discover", outcome=Outcome.BAD_URL, detail=reason, when=origin.now)


def _not_future(dated: Dated | None, now: datetime) -> Dated | None:
    return dated if dated and dated.when <= now + _FUTURE else None


def _joined(first: Found, second: Found) -> Found:
    """The first, with what the second says besides; a date comes with its precision."""
    published = first if first.published else second
    modified = first if first.modified else second
    return replace(
        first,
        title=first.title or second.title,
        published=published.published,
        published_precision=published.published_precision,
        published_zoned=published.published_zoned,
        modified=modified.modified,
        modified_precision=modified.modified_precision,
        modified_zoned=modified.modified_zoned,
        language=first.language or second.language,
        guid=first.guid or second.guid,
        rights=first.rights or second.rights,
    )


def _refusing(origin: Origin) -> Callable[[Found], _Refusal | None]:
    """What tells why an entry is passed over. The patterns of a source are about articles alone."""
    include = [re.compile(pattern) for pattern in origin.source.include]
    exclude = [re.compile(pattern) for pattern in origin.source.exclude]

    def refuse(found: Found) -> _Refusal | None:
        if found.url == origin.url:
            return _Refusal(word="lists_itself")
        if found.kind is not None:
            return None
        if urls.is_home(found.url):
            return _Refusal(word="front_page")
        if include and not any(pattern.search(found.url) for pattern in include):
            return _Refusal(word="not_included", pattern="not in include")
        if matching := next((pattern for pattern in exclude if pattern.search(found.url)), None):
            return _Refusal(word="excluded", pattern=f"exclude: {matching.pattern}")
        return None

    return refuse


def _wrapped_notes(found: Iterable[str]) -> Iterator[str]:
    hosts = Counter(urls.host(url) for url in found if wrappers.is_wrapped(url))
    yield from (f"wrapped: {n} links of {host} cannot be unwrapped" for host, n in hosts.most_common(_MOST_HOSTS))


def _hosts_note(found: Iterable[str], origin: Origin) -> Iterator[str]:
    hosts = Counter(urls.host(url) for url in found)
    far = [f"{host} {n}" for host, n in hosts.most_common() if not is_near(f"//{host}", origin)]
    if far:
        yield "other_hosts: " + ", ".join(far[:_MOST_HOSTS])


def is_near(url: str, origin: Origin) -> bool:
    """Whether an address lies on the site of the source or of the listing, or on a part of it (sport.example.org)."""
    host = urls.host(url)
    sites = (urls.site(origin.source.url), urls.site(origin.url))
    return any(host == site or host.endswith(f".{site}") for site in sites)
