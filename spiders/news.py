"""The news spider: leases due URLs from the archive's frontier, fetches them, and hands on what came.

It decides nothing about content: listings go to `spiders.discovery`, pages to the extraction workers (see
`pipelines.items`). Every lease ends in exactly one item, whatever happens to its request.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure as TwistedFailure

from archive.config import toml
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run, choose
from archive.crawl.visitors import Visitor
from archive.errors import CuttingsError, UsageError
from archive.model.capture import Capture, Fetch
from archive.model.listing import Listing, ListingKind
from archive.model.needs import NOTHING
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.rights.decisions import is_unreadable
from archive.times import utc_now
from archive.web.media_types import STOPGAPS, content_type, other_than_html
from archive.web.urls import host
from pipelines.addon import stop
from pipelines.answers import AS_LISTED, VISITOR, capture_of, fetch_of, fetch_of_request, headers_of, led_home
from pipelines.items import Failed, Item, Listed, Page, Postponed, Same, Unread
from pipelines.page.rsl import MAX_BYTES as MAX_LICENCE
from pipelines.page.rsl import licence_signals, unreadable
from spiders import discovery
from spiders.http import conditions
from spiders.http.network import configured
from spiders.http.outcomes import CalledOffError, RefusedError, header, of_answer, of_exception
from spiders.http.retry_after import retry_at
from spiders.site import site_files

logger = logging.getLogger(__name__)

# Requests of a source that are under way or wait for its delay. Two keep its host busy; more would only take the places
# of other sources in the downloader.
IN_FLIGHT: Final = 2
# Seconds. Without any, Scrapy sends at once all that has waited for the same robots.txt, not one thing after the other.
_SHORTEST_DELAY: Final = 0.001
LISTING_MAXSIZE: Final = 50 * 1024 * 1024  # bytes of a feed or sitemap: the sitemap protocol's own bound
LICENCE_TIMEOUT: Final = 30.0  # seconds
_LOST_SECONDS: Final = 15.0  # between two looks for requests that the engine has lost
_LOOK_SECONDS: Final = 0.5  # between two looks for an end of the crawl, while it waits for a host alone
_SHORT_PAUSE: Final = 120.0  # seconds that a run waits for a host; what is paused for longer is due at the next run


class NewsSpider(scrapy.Spider):
    """Crawls the sources of cuttings.toml. Arguments of `scrapy crawl news`: `-a source=ID,ID -a limit=N`."""

    name = "news"

    def __init__(self, run: Run, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self.network = configured(run.config, run.visitors.values())
        self._landed = asyncio.Event()
        self._under_way: dict[int, Lease] = {}

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, run: Run | None = None, source: str = "", limit: str = "", **kwargs: Any
    ) -> Self:
        """Scrapy's constructor. Without a run it begins one from CUTTINGS_CONFIG, and ends it when it closes."""
        given = run or _begun(crawler, source, limit)
        spider = super().from_crawler(crawler, *args, run=given, **kwargs)
        if run is None:
            crawler.signals.connect(spider.finish_run, signal=signals.spider_closed)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.on_landed, signal=signal)
        return spider

    def finish_run(self, reason: str) -> None:
        """Close a run that this spider has begun itself."""
        logger.info(self.run.finish("finished" if reason == "finished" else "interrupted").line())

    def on_landed(self, item: Item) -> None:
        """A lease has ended; there is room for another."""
        self._under_way.pop(item.lease.id, None)
        self._landed.set()

    # Work in ---------------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """Lease what is due, source by source, and go on until nothing is due and nothing under way."""
        # What is called off because the run is stopping is due again at once: without a look at that here, for ever.
        while self.run.error is None and not self.run.stopping:
            self._landed.clear()
            self.run.resume()
            for request in self._licences():
                yield request
            for lease in self._due():
                if self.run.is_reserved(lease):
                    self._landed.set()
                    continue
                self._under_way[lease.id] = lease
                yield self._request(lease, self.run.sources[lease.source_id])
            if not self._landed.is_set() and not await self._waited():
                return

    def _due(self) -> Iterator[Lease]:
        """Leases for the sources that have room for another request."""
        held = Counter(lease.source_id for lease in self._under_way.values())
        try:
            for source_id in self.run.sources:
                yield from self.run.lease(source_id, IN_FLIGHT - held[source_id])
        except CuttingsError as error:
            stop(self.crawler, error)

    async def _waited(self) -> bool:
        """Wait until a lease has ended, or a host may be asked again. False where nothing is left to wait for.

        With nothing under way the run waits for a host that asked for a short pause, and for no other.
        """
        until = self.run.next_end_of_a_pause() if self._under_way else self.run.next_resumption()
        left = None if until is None else (until - utc_now()).total_seconds()
        if not self._under_way:
            if self.run.resume():  # it ended while we looked for something due
                return True
            if left is None or left > _SHORT_PAUSE:
                return False
        seconds = _LOST_SECONDS if left is None else min(max(left, 0.0), _LOST_SECONDS)
        if not self._under_way:
            seconds = min(seconds, _LOOK_SECONDS)
        try:
            await asyncio.wait_for(self._landed.wait(), timeout=seconds)
        except TimeoutError:
            if seconds >= _LOST_SECONDS:
                self._end_lost()
        return True

    def _request(self, lease: Lease, source: Source) -> Request:
        url = lease.asked or lease.url
        self._keep_apart(url, source)
        listing = lease.kind is not None
        meta: dict[str, Any] = {"lease": lease, VISITOR: self.run.visitors.get(source.id)}
        if listing:
            meta["download_maxsize"] = LISTING_MAXSIZE
        return Request(
            url,
            callback=self.parse_listing if listing else self.parse_page,
            errback=self.on_error,
            # What a script brings may have changed though the page has not.
            headers={} if source.render and not listing else conditions.of(lease),
            meta=meta,
            dont_filter=True,
        )

    def _keep_apart(self, url: str, source: Source) -> None:
        """Have the delay of a source hold between requests to a host."""
        slots = self.crawler.engine.downloader.per_slot_settings
        slots.setdefault(host(url), {"delay": max(source.delay, _SHORTEST_DELAY)})

    def _end_lost(self) -> None:
        """End leases that the engine no longer knows of, so that a bug elsewhere cannot make a crawl wait for ever."""
        engine = self.crawler.engine
        slot, scheduler = engine.scraper.slot, engine.scheduler
        busy = slot is None or scheduler is None or not slot.is_idle() or scheduler.has_pending_requests()
        if busy or engine.downloader.active:
            return
        for lease in tuple(self._under_way.values()):
            logger.error("request lost in the engine: %s", lease.url)
            failure = Failure(url=lease.url, stage="fetch", outcome=Outcome.ERROR, detail="lost in the engine")
            self.run.fail(lease, Fetch(url=lease.url, fetched_at=utc_now()), failure)
            del self._under_way[lease.id]

    # What came -------------------------------------------------------------------------------------------------------

    def parse_page(self, response: Response) -> Iterator[Item | Request]:
        """An answer for an article's URL."""
        lease = self._lease(response)
        fetch = fetch_of(response, lease.url)
        if not self.run.sources[lease.source_id].render and _is_same(response, lease, fetch):
            yield Same(lease=lease, fetch=fetch)
            return
        capture = capture_of(response, fetch)
        failure = _refusal(response, "fetch") or _not_html(capture) or led_home(capture)
        paused = self.run.pause_of(response.url) is not None
        if failure and lease.listed_url and _refused(response.status) and _first_try(response, lease) and not paused:
            yield self._as_listed(response, lease.listed_url)
            return
        if failure:
            self._call_off(failure)
            yield Failed(lease=lease, fetch=fetch, failure=failure)
            return
        yield Page(lease=lease, fetch=fetch, capture=capture)
        if host(response.url) != host(self.run.sources[lease.source_id].url):
            yield from self._site_files(lease, response.url)

    @staticmethod
    def _as_listed(response: Response, listed_url: str) -> Request:
        """Ask again under the address the listing wrote: here the part we take for tracking was needed."""
        request: Request = response.request  # type: ignore[assignment]  # a response to a request of ours
        meta = {"lease": request.meta["lease"], VISITOR: request.meta[VISITOR], AS_LISTED: True}
        return request.replace(url=listed_url, meta=meta)

    def parse_listing(self, response: Response) -> Iterator[Item | Request]:
        """An answer for a feed, sitemap, section page or list."""
        lease = self._lease(response)
        fetch = fetch_of(response, lease.url)
        if conditions.holds(response):
            yield Listed(lease=lease, fetch=fetch, listing=None)
            return
        if failure := _refusal(response, "fetch"):
            self._call_off(failure)
            yield Failed(lease=lease, fetch=fetch, failure=failure)
            return
        validators = (fetch.etag, fetch.last_modified)
        yield Unread(lease=lease, fetch=fetch, read=self._reader(lease, response), validators=validators)
        yield from self._site_files(lease, self.run.sources[lease.source_id].url)

    def _reader(self, lease: Lease, response: Response) -> Callable[[], Listing | Failure]:
        """What reads a listing. It is called in a worker process: a sitemap may be as hostile as any page."""
        source = replace(self.run.sources[lease.source_id], needs=NOTHING)
        kind = lease.kind or ListingKind.FEED
        label = content_type(headers_of(response))
        if discovery.is_home_section(kind, lease.url, source):
            return partial(discovery.home, response.body, response.url, label, source)
        return partial(discovery.read, kind, response.body, response.url, label, source)

    def _site_files(self, lease: Lease, url: str) -> Iterator[Request]:
        """Requests for the files that say what may be done with the pages of a host, those that are due."""
        for address in site_files.addresses(url):
            if self.run.site_file_due(address, site_files.EVERY):
                yield Request(
                    address,
                    callback=self.parse_site_file,
                    errback=self.on_site_file_error,
                    meta={
                        "source": lease.source_id,
                        "asked": address,
                        "download_maxsize": site_files.MAXSIZE,
                        VISITOR: self._bare_visitor(lease.source_id),
                    },
                    dont_filter=True,
                )

    def _bare_visitor(self, source_id: int) -> Visitor | None:
        """As whom a source's site is asked for what is no page of it: under its user agent, with nothing secret."""
        visitor = self.run.visitors.get(self.run.sources[source_id].id)
        return None if visitor is None else visitor.bare

    def parse_site_file(self, response: Response) -> None:
        """An answer for such a file. That there is none is the rule, and an answer as good as any."""
        source_id, asked = response.meta["source"], response.meta["asked"]
        refused = of_answer(response)
        there = refused is None
        if refused is not None and refused[0] is not Outcome.HTTP_4XX:
            self._file_site_file(source_id, fetch_of(response, asked), *refused)
            return
        kind, signals = site_files.read(asked, response.body if there else b"")
        self._file_site_file(source_id, fetch_of(response, asked), Outcome.SITE_FILE, "" if there else "none")
        self._guarded(lambda: self.run.note_host_rights(source_id, asked, signals, (kind,)))

    def on_site_file_error(self, failure: TwistedFailure) -> None:
        """No usable answer for such a file. What was taken back is asked for at another run."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        error = failure.value or RuntimeError("unknown failure")
        if self.run.error is None and not isinstance(error, CalledOffError):
            fetch = fetch_of_request(request, request.meta["asked"])
            self._file_site_file(request.meta["source"], fetch, *of_exception(error))

    def _licences(self) -> Iterator[Request]:
        """Requests for the licences that robots.txt and pages have named, those that are due (RSL 1.0, section 4)."""
        try:
            due = self.run.licences_due()
        except CuttingsError as error:
            stop(self.crawler, error)
            return
        for source_id, address in due:
            try:
                request = Request(
                    address,
                    callback=self.parse_licence,
                    errback=self.on_licence_error,
                    meta={"source": source_id, "asked": address, "download_maxsize": MAX_LICENCE,
                          "download_timeout": LICENCE_TIMEOUT, VISITOR: self._bare_visitor(source_id)},
                    dont_filter=True,
                )  # fmt: skip
            except ValueError as error:
                fetch = Fetch(url=address, fetched_at=utc_now())
                self._file_licence(source_id, fetch, Outcome.BAD_URL, f"it has no address ({error})")
                continue
            self._keep_apart(address, self.run.sources[source_id])
            yield request

    def parse_licence(self, response: Response) -> None:
        """An answer for a licence. One that cannot be read says that it cannot."""
        source_id, fetch = response.meta["source"], fetch_of(response, response.meta["asked"])
        refused = of_answer(response)
        if refused is not None:
            outcome, detail = refused
            outcome = Outcome.SITE_FILE if outcome is Outcome.HTTP_4XX else outcome
            self._file_licence(source_id, fetch, outcome, detail)
            return
        said = licence_signals(response.body)
        unread = next((each.value for each in said if is_unreadable(each)), "")
        self._guarded(lambda: self.run.file_licence(source_id, fetch, (Outcome.SITE_FILE, unread), said))

    def on_licence_error(self, failure: TwistedFailure) -> None:
        """No usable answer for a licence. What was taken back is asked for at another run."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        error = failure.value or RuntimeError("unknown failure")
        if self.run.error is None and not isinstance(error, CalledOffError):
            fetch = fetch_of_request(request, request.meta["asked"])
            self._file_licence(request.meta["source"], fetch, *of_exception(error))

    def _file_licence(self, source_id: int, fetch: Fetch, outcome: Outcome, reason: str) -> None:
        """Write down that a licence could not be read."""
        answer = (outcome, reason or str(outcome))
        self._guarded(lambda: self.run.file_licence(source_id, fetch, answer, (unreadable(reason or str(outcome)),)))

    def _file_site_file(self, source_id: int, fetch: Fetch, outcome: Outcome, detail: str) -> None:
        self._guarded(lambda: self.run.file_site_file(source_id, fetch, outcome, detail))

    def _guarded(self, write: Callable[[], None]) -> None:
        """Write to the archive; where that cannot be done the crawl ends with a sentence."""
        try:
            write()
        except CuttingsError as error:
            stop(self.crawler, error)

    def _call_off(self, failure: Failure) -> None:
        """Take back the requests that wait for a host which asks to be left alone."""
        if failure.retry_at is None:
            return
        slot = self.crawler.engine.downloader.slots.get(host(failure.url))
        while slot and slot.queue:
            request, waiting = slot.queue.popleft()
            reason = f"{failure.detail}: {request.url} is asked for later"
            waiting.errback(CalledOffError(reason, failure.retry_at))

    def on_error(self, failure: TwistedFailure) -> Iterator[Item]:
        """A request that got no usable answer."""
        if self.run.error is not None:
            self._landed.set()  # the archive cannot be written: the lease returns by itself, and nothing more lands
            return
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        error = failure.value or RuntimeError("unknown failure")
        outcome, detail = of_exception(error)
        lease: Lease = request.meta["lease"]
        if isinstance(error, CalledOffError):
            yield Postponed(lease=lease, until=error.due, reason=detail)
            return
        moment = error.retry_at if isinstance(error, RefusedError) else None
        yield Failed(
            lease=lease,
            fetch=fetch_of_request(request, lease.url),
            failure=Failure(url=request.url, stage="fetch", outcome=outcome, detail=detail, retry_at=moment),
        )

    @staticmethod
    def _lease(response: Response) -> Lease:
        lease: Lease = response.meta["lease"]
        return lease


def _begun(crawler: Crawler, source: str, limit: str) -> Run:
    """Begin a run for `scrapy crawl news`. What keeps it from beginning is said in one sentence, and Scrapy ends."""
    try:
        return _begin(crawler, source, limit)
    except CuttingsError as error:
        raise SystemExit(f"cuttings: {error}") from error


def _begin(crawler: Crawler, source: str, limit: str) -> Run:
    if limit and not limit.isdecimal():
        raise UsageError(f"limit={limit}: is not a whole number; write -a limit=20")
    settings = toml.load(Path(crawler.settings["CUTTINGS_CONFIG"]))
    crawler.settings.set("USER_AGENT", settings.user_agent, priority="cmdline")
    names = [name for name in source.split(",") if name]
    plan = Plan(sources=choose(settings, names), command="scrapy crawl news", limit=int(limit) if limit else None)
    return Run.start(settings, plan)


def _refusal(response: Response, stage: str) -> Failure | None:
    """The failure of an answer that carries no page."""
    refused = of_answer(response)
    if refused is None:
        return None
    outcome, detail = refused
    moment = retry_at(header(response, "Retry-After"), utc_now()) if outcome is Outcome.RATE_LIMITED else None
    return Failure(url=response.url, stage=stage, outcome=outcome, detail=detail, retry_at=moment)


def _is_same(response: Response, lease: Lease, fetch: Fetch) -> bool:
    """Whether a filed article's page is what it was: by its server's word, or by its bytes."""
    if lease.article_id is None:
        return False
    if response.status == 304:
        return conditions.holds(response)
    return response.status == 200 and lease.digest is not None and fetch.digest == lease.digest


def _first_try(response: Response, lease: Lease) -> bool:
    """True where an article's address was never answered with a page, and not asked for as it was listed."""
    return lease.article_id is None and not response.meta.get(AS_LISTED)


def _refused(status: int) -> bool:
    return 400 <= status <= 499 and status != 429


def _not_html(capture: Capture) -> Failure | None:
    other = other_than_html(capture.body, capture.headers)
    if other is None:
        return None
    return Failure(
        url=capture.final_url, stage="fetch", outcome=Outcome.NOT_HTML, detail=other, may_pass=other in STOPGAPS
    )
