"""What there is to know of a site before it is crawled: its listings, how much they bring, samples, what it allows.

A survey asks for the front page, robots.txt, a few listings, the files about rights and three articles: some fifteen
requests, one after the other, through the middlewares of a crawl. Surveys of several hosts go on side by side.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from archive.crawl.moves import GONE, GONE_STATUS
from archive.crawl.pace import Pace, interval
from archive.model.article import Extraction, PageKind
from archive.model.capture import Capture
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules, Source
from archive.rights.signals import Signal, SignalKind
from archive.web.media_types import content_type
from archive.web.urls import is_home, same_site
from pipelines.answers import led_home
from pipelines.challenges import guard_of
from pipelines.extract import extract
from pipelines.metadata.reservations import robots_signals
from pipelines.page.rsl import licence_signals, unreadable
from pipelines.rules.bounds import measured
from spiders import discovery
from spiders.http.outcomes import of_exception
from spiders.site import site_files
from spiders.site.fetch_few import Answer, Ask, Render
from spiders.site.robots_txt import RobotsParser, product_token

# Where a site has them that names none, on the platforms that most papers use: WordPress, Arc, Drupal, Ghost, Blogger.
_FEED_PATHS: Final = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/index.xml", "/atom.xml", "/arc/outboundfeeds/rss/")
_SITEMAP_PATHS: Final = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml")
MOST_LISTINGS: Final = 8  # that are asked for, of those a site names
_MOST_GUESSES: Final = 7
SAMPLES: Final = 3
NAMED: Final = "named by the front page"
CONFIGURED: Final = "configured"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A listing that was asked for, how it was found, and what came."""

    kind: ListingKind
    url: str
    origin: str  # named by the page, robots.txt, a well-known path, the configuration ...
    result: Listing | Failure
    moved_to: str | None = None  # where it stands now, by a redirect or its own word, and can be read

    @property
    def entries(self) -> tuple[Found, ...]:
        """The articles it names."""
        return (
            tuple(each for each in self.result.found if each.kind is None) if isinstance(self.result, Listing) else ()
        )

    @property
    def children(self) -> tuple[Found, ...]:
        """The listings it names."""
        return tuple(each for each in self.result.found if each.kind) if isinstance(self.result, Listing) else ()

    @property
    def newest(self) -> datetime | None:
        """The latest date of its entries."""
        return max(_dates(self.entries), default=None)

    @property
    def is_news(self) -> bool:
        """Whether a sitemap is one of news: of the newest articles alone. No other has titles."""
        return self.kind is ListingKind.SITEMAP and bool(self.entries) and all(each.title for each in self.entries)

    @property
    def rate(self) -> float | None:
        """Entries a day, by their dates; None where they tell nothing."""
        dates = _dates(self.entries)
        if len(dates) < _TELLING:
            return None
        span = (max(dates) - min(dates)) / _DAY
        return (len(dates) - 1) / span if span > 0 else None


_TELLING: Final = 3  # dates
_MOST_LICENCES: Final = 3  # that are asked for
_EMPTY: Final = frozenset({Outcome.NOT_ARTICLE, Outcome.TOO_SHORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An article that was read, as a crawl would; `rendered` where it is one only once its scripts have run."""

    url: str
    result: Extraction | Failure
    rendered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out about a site."""

    url: str  # its front page
    failure: Failure | None = None  # why nothing could be found out
    title: str | None = None
    allowed: bool = True  # robots.txt lets us read the front page and the samples
    crawl_delay: float | None = None  # seconds
    looks: tuple[Look, ...] = ()
    samples: tuple[Sample, ...] = ()
    signals: tuple[Signal, ...] = ()
    refused: tuple[Failure, ...] = ()  # samples, and listings that it names, that were refused to us

    @property
    def feeds(self) -> tuple[Look, ...]:
        """The feeds that can be read."""
        return tuple(look for look in self.looks if look.kind is ListingKind.FEED and look.entries)

    @property
    def sitemaps(self) -> tuple[Look, ...]:
        """The sitemaps that can be read, indexes too."""
        good = (look for look in self.looks if look.kind is ListingKind.SITEMAP)
        return tuple(look for look in good if look.entries or look.children)

    @property
    def rate(self) -> float | None:
        """New articles a day: as the quickest of its listings tells, since the others may be about a part of it."""
        return max((look.rate for look in self.looks if look.rate is not None), default=None)

    @property
    def interval(self) -> timedelta:
        """How often `auto` would look at it, once it has learned that."""
        window = max((len(look.entries) for look in self.feeds), default=0)
        return interval(Pace(fresh=(self.rate or 0.0) * 7, watched=7.0, window=window))

    @property
    def needs_rendering(self) -> bool:
        """Whether most of its articles are there only once their scripts have run."""
        return 2 * sum(each.rendered for each in self.samples) > len(self.samples)

    @property
    def good(self) -> tuple[Sample, ...]:
        """The samples with an article."""
        return tuple(each for each in self.samples if each.result.outcome is Outcome.SAVED)


Watch = Callable[[str], None]  # is told what is being asked for


class Surveyor:
    """Asks. `source` says what a configuration knows of the site already; its address alone will do."""

    def __init__(self, source: Source, ask: Ask, render: Render, user_agent: str, watch: Watch) -> None:
        self._source = source
        self._ask = ask
        self._render = render
        self._user_agent = user_agent
        self._watch = watch
        self._refused: dict[str, Failure] = {}

    async def survey(self) -> Survey:
        """All there is to find out."""
        home = await self._get(self._source.url)
        if isinstance(home, Failure):
            return Survey(url=self._source.url, failure=home)
        looks: list[Look] = []
        front: Capture | Failure = home
        if (feed := self._look(ListingKind.FEED, home, "given")).entries:
            looks.append(feed)
            front = await self._get(_at(home.final_url, "/"))
        page: Listing | Failure
        if isinstance(front, Failure):  # a feed will do without
            url, page = _at(home.final_url, "/"), front
        else:
            url, page = front.final_url, self._home(front)
        if isinstance(front, Capture) and not looks and not _names(page) and (said := guard_of(front)):
            return Survey(url=self._source.url, failure=_guarded(url, said))
        named = {each.url for each in page.found} if isinstance(page, Listing) else set()
        looks = [replace(look, origin=NAMED) if look.url in named else look for look in looks]
        looks.append(Look(kind=ListingKind.SECTION, url=url, origin="front page", result=page))
        robots = await self._get(_at(url, "/robots.txt"))
        rules = RobotsParser(robots.body if isinstance(robots, Capture) else b"", self._user_agent)
        looks += [look async for look in self._listings(looks, page, robots, url)]
        samples = [await self._sample(each) for each in _newest(looks)[:SAMPLES]]
        return Survey(
            url=url,
            title=page.title if isinstance(page, Listing) else None,
            allowed=all(rules.allowed(each, "") for each in (url, *(sample.url for sample in samples))),
            crawl_delay=rules.crawl_delay(""),
            looks=tuple(looks),
            samples=tuple(samples),
            signals=tuple(dict.fromkeys([signal async for signal in self._signals(url, robots, samples)])),
            refused=self._refused_among([*(each.url for each in samples), *(each.url for each in looks)]),
        )

    def _refused_among(self, addresses: Sequence[str]) -> tuple[Failure, ...]:
        return tuple(self._refused[each] for each in addresses if each in self._refused)

    async def listings(self) -> tuple[Look, ...]:
        """The listings of a configured source, those that its front page leads to among them; no article."""
        looks: list[Look] = []
        for kind, url in self._source.listings:
            look = await self._configured(kind, url)
            looks.append(look)
            if discovery.is_home_section(kind, url, self._source):
                looks += [
                    await self._look_at(found.kind or ListingKind.FEED, found.url, NAMED)
                    for found in look.children[:MOST_LISTINGS]
                ]
        return tuple(looks)

    async def _configured(self, kind: ListingKind, url: str) -> Look:
        """A listing of the configuration, and where it stands now if that is elsewhere."""
        answer = await self._answer(url)
        if isinstance(answer.result, Failure):
            failure = replace(answer.result, detail=GONE) if answer.status == GONE_STATUS else answer.result
            return Look(kind=kind, url=url, origin=CONFIGURED, result=failure)
        if discovery.is_home_section(kind, url, self._source):
            look = Look(kind=kind, url=url, origin=CONFIGURED, result=self._home(answer.result))
        else:
            look = self._look(kind, answer.result, CONFIGURED)
        if not isinstance(look.result, Listing):
            return look
        named = look.result.moved_to
        if named is None or named == url:
            return replace(look, moved_to=answer.moved_to)
        # A feed may name what it likes: it is believed where that can be read.
        there = await self._look_at(kind, named, CONFIGURED)
        return replace(look, moved_to=named if isinstance(there.result, Listing) else answer.moved_to)

    async def _listings(
        self, known: Sequence[Look], page: Listing | Failure, robots: Capture | Failure, url: str
    ) -> AsyncIterator[Look]:
        """Those the page and robots.txt name; where there is none of a kind, those at well-known paths."""
        named: dict[str, tuple[ListingKind, str]] = {}
        for found in page.found if isinstance(page, Listing) else ():
            if found.kind:
                named.setdefault(found.url, (found.kind, NAMED))
        if isinstance(robots, Capture):
            read = discovery.read(ListingKind.SITEMAP, robots.body, robots.final_url, "text/plain", self._source)
            for found in read.found if isinstance(read, Listing) else ():
                named.setdefault(found.url, (ListingKind.SITEMAP, "robots.txt"))
        # News sitemaps say most; a site may name hundreds of others.
        order = sorted(
            named.items(), key=lambda item: (item[1][0] is ListingKind.SITEMAP, "news" not in item[0].lower())
        )
        looks = list(known)
        there = {look.url for look in known}
        for address, (kind, origin) in [item for item in order if item[0] not in there][:MOST_LISTINGS]:
            looks.append(await self._look_at(kind, address, origin))
            yield looks[-1]
        for kind, paths in ((ListingKind.FEED, _FEED_PATHS), (ListingKind.SITEMAP, _SITEMAP_PATHS)):
            for path in () if any(_is_good(look, kind) for look in looks) else paths[:_MOST_GUESSES]:
                look = await self._look_at(kind, _at(url, path), "a well-known path")
                if _is_good(look, kind):
                    looks.append(look)
                    yield look
                    break
        for look in [each for each in looks if each.kind is ListingKind.SITEMAP and each.children][:1]:
            newest = max(look.children, key=lambda child: ("news" in child.url, str(child.modified or ""), child.url))
            yield await self._look_at(ListingKind.SITEMAP, newest.url, "named by a sitemap")

    def _home(self, page: Capture) -> Listing | Failure:
        return discovery.home(page.body, page.final_url, content_type(page.headers), self._source)

    async def _look_at(self, kind: ListingKind, url: str, origin: str) -> Look:
        answer = await self._get(url)
        if isinstance(answer, Failure):
            return Look(kind=kind, url=url, origin=origin, result=answer)
        return self._look(kind, answer, origin)

    def _look(self, kind: ListingKind, answer: Capture, origin: str) -> Look:
        label = content_type(answer.headers)
        result = discovery.read(kind, answer.body, answer.final_url, label, self._source)
        return Look(kind=kind, url=answer.url, origin=origin, result=result)

    async def _sample(self, found: Found) -> Sample:
        answer = await self._get(found.url)
        if isinstance(answer, Capture):
            answer = led_home(answer) or answer
        if isinstance(answer, Failure):
            return Sample(url=found.url, result=answer)
        result = self._extract(answer)
        if _is_blocked(result) and (said := guard_of(answer)):
            self._refused[found.url] = _guarded(found.url, said)
        if result.outcome in _EMPTY and (page := await self._render(answer)):
            rendered = self._extract(page)
            if rendered.outcome is Outcome.SAVED:
                return Sample(url=found.url, result=rendered, rendered=True)
        return Sample(url=found.url, result=result)

    def _extract(self, page: Capture) -> Extraction | Failure:
        rules = self._source.rules_on(page.fetched_at) if self._source.rules else SiteRules()
        return measured(extract(page, rules), self._source.min_words)

    async def _signals(self, url: str, robots: Capture | Failure, samples: Sequence[Sample]) -> AsyncIterator[Signal]:
        """What is said of the use of its pages."""
        named: list[Signal] = []
        if isinstance(robots, Capture):
            for signal in robots_signals(robots.body, product_token(self._user_agent), robots.url):
                named.append(signal)
                yield signal
        for address in site_files.addresses(url):
            answer = await self._get(address)
            for signal in site_files.read(address, answer.body)[1] if isinstance(answer, Capture) else ():
                yield signal
        for sample in samples:
            for signal in sample.result.rights if isinstance(sample.result, Extraction) else ():
                named.append(signal)
                yield signal
        links = dict.fromkeys(signal.value for signal in named if signal.kind is SignalKind.RSL_LINK)
        for address in tuple(links)[:_MOST_LICENCES]:
            for signal in await self._licence(address):
                yield signal

    async def _licence(self, address: str) -> tuple[Signal, ...]:
        answer = await self._get(address)
        return licence_signals(answer.body) if isinstance(answer, Capture) else (unreadable(answer.detail),)

    async def _get(self, url: str) -> Capture | Failure:
        return (await self._answer(url)).result

    async def _answer(self, url: str) -> Answer:
        self._watch(url)
        try:
            answer = await self._ask(url)
        except ValueError as error:  # an address that no request can be made for
            outcome, detail = of_exception(error)
            return Answer(result=Failure(url=url, stage="fetch", outcome=outcome, detail=detail))
        if isinstance(answer.result, Failure) and _is_for_us(answer, answer.result):
            self._refused[url] = answer.result
        return answer


_REFUSING: Final = frozenset({Outcome.PRIVATE, Outcome.RATE_LIMITED, Outcome.ROBOTS})
_REFUSING_STATUSES: Final = frozenset({401, 403, 407, 451})


def _is_for_us(answer: Answer, failure: Failure) -> bool:
    """Whether a failure says that we may not have it: not that nobody may (404), or that it passes (500, timeout)."""
    return failure.outcome in _REFUSING or answer.status in _REFUSING_STATUSES or answer.guard is not None


def _is_blocked(page: Extraction | Failure) -> bool:
    return isinstance(page, Extraction) and page.article.kind is PageKind.BLOCKED


def _guarded(url: str, said: str) -> Failure:
    return Failure(url=url, stage="extract", outcome=Outcome.NOT_ARTICLE, detail=said)


def _names(page: Listing | Failure) -> bool:
    """Whether a front page names anything to be read."""
    return isinstance(page, Listing) and bool(page.found)


def _is_good(look: Look, kind: ListingKind) -> bool:
    return look.kind is kind and bool(look.entries or look.children)


def _newest(looks: Sequence[Look]) -> list[Found]:
    """The articles that the listings name: those with dates first, newest first; feeds before the others."""
    found: dict[str, Found] = {}
    for look in sorted(looks, key=lambda look: look.kind is not ListingKind.FEED):
        for each in look.entries:
            if same_site(each.url, look.url) and not is_home(each.url):
                found.setdefault(each.url, each)
    dated = [each for each in found.values() if each.published or each.modified]
    dated.sort(key=lambda each: str(each.published or each.modified), reverse=True)
    return [*dated, *(each for each in found.values() if not (each.published or each.modified))]


def _dates(entries: Sequence[Found]) -> list[datetime]:
    return [when for each in entries if (when := each.published or each.modified)]


def _at(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"
