"""Scrapy item pipelines: await extraction in the workers, then land the result in the run. Thin on purpose.

`process_item` is awaited by Scrapy, so its own back-pressure (SCRAPER_SLOT_MAX_ACTIVE_SIZE) holds while pages wait.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from archive.crawl.frontier import Lease
from archive.crawl.run import Run
from archive.errors import CuttingsError
from archive.model.article import Extraction
from archive.model.capture import Capture, Fetch
from archive.model.listing import Listing
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules, Source
from archive.times import utc_now
from pipelines import VERSION
from pipelines.addon import run_of, stop
from pipelines.answers import VISITOR, capture_of, fetch_of
from pipelines.body.next_pages import MAX_PARTS, is_next_part, join
from pipelines.rendering import SLOT_SETTINGS, Renderer
from pipelines.rules.bounds import measured
from pipelines.rules.learn import learn
from pipelines.workers.pool import Workers
from pipelines.workers.worker import Bounds

logger = logging.getLogger(__name__)

LISTING_BOUNDS: Final = Bounds(cpu=30.0, wall=300.0)  # to read a listing: 50,000 entries take two seconds of CPU time


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to extract and file."""

    lease: Lease
    fetch: Fetch
    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A page with what extraction made of it."""

    lease: Lease
    fetch: Fetch
    result: Extraction | Failure
    parts: tuple[Fetch, ...] = ()  # further pages of the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A listing that came, with the function that reads it; it can be called in another process."""

    lease: Lease
    fetch: Fetch
    read: Callable[[], Listing | Failure]
    validators: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A listing that was read, with its validators (ETag, Last-Modified); None where it has not changed."""

    lease: Lease
    fetch: Fetch
    listing: Listing | None
    validators: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A try that ended without anything to file."""

    lease: Lease
    fetch: Fetch
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """A lease whose URL was not asked for: its host wants to be left alone until then."""

    lease: Lease
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A look at a filed article that found it as it was."""

    lease: Lease
    fetch: Fetch


Item = Page | Extracted | Unread | Listed | Failed | Postponed | Same


class ExtractPipeline:
    """Page -> Extracted and Unread -> Listed or Failed, in a worker process. Everything else passes."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._workers: Workers | None = None
        self._renderer = Renderer(self._download)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Start the workers."""
        self._workers = Workers(run_of(self._crawler).config.workers)

    async def close_spider(self) -> None:
        """End the workers, and the browser if there was one."""
        if self._workers:
            self._workers.close()
        await self._renderer.close()

    async def process_item(self, item: Item) -> Item:
        """Extract a page, or read a listing. Where no worker can do it the crawl ends, and both are due again."""
        if self._workers is None:
            return item
        try:
            if isinstance(item, Unread):
                return await _read(item, self._workers)
            return await self._extract(item, self._workers) if isinstance(item, Page) else item
        except CuttingsError as error:
            stop(self._crawler, error)
            raise DropItem(f"not read, and due again: {item.lease.url}", log_level="DEBUG") from error

    async def _extract(self, item: Page, workers: Workers) -> Item:
        run = run_of(self._crawler)
        source = run.sources[item.lease.source_id]
        rules = run.rules(item.lease.source_id, item.capture.fetched_at)
        capture, notes = await self._rendered(run, item, source)
        made = Extracted(lease=item.lease, fetch=item.fetch, result=await workers.extract(capture, rules))
        if isinstance(made.result, Failure):
            return made
        read = replace(made.result, notes=(*made.result.notes, *notes))
        made = replace(made, result=read)
        if read.outcome is Outcome.SAVED and read.article.next_url:
            made = await self._with_parts(item, read, workers, rules)
        return replace(made, result=measured(made.result, source.min_words))

    async def _rendered(self, run: Run, item: Page, source: Source) -> tuple[Capture, tuple[str, ...]]:
        """The page after its scripts have run, where its source wants that and it can be done; else as it came."""
        if not source.render:
            return item.capture, ()
        capture, trouble, requests = await self._renderer.render(item.capture, run.visitors.get(source.id))
        run.note_scripts(item.lease.source_id, requests)
        if trouble:
            return capture, (f"not_rendered: {trouble}",)
        run.keep_rendered(capture)
        return capture, ("rendered",)

    async def _download(self, request: Request) -> Response:
        """Fetch for a page's scripts, through all the middlewares."""
        engine = self._crawler.engine
        if engine is None:
            raise RuntimeError("there is no engine to fetch with")
        engine.downloader.per_slot_settings.setdefault(request.meta["download_slot"], dict(SLOT_SETTINGS))
        return await engine.download_async(request)

    async def _with_parts(self, item: Page, first: Extraction, workers: Workers, rules: SiteRules) -> Extracted:
        """Fetch and extract the further pages of an article, and join them to the first."""
        read, fetches, missing = [first], list[Fetch](), None
        seen = {item.capture.final_url}
        following = first.article.next_url
        while following and following not in seen and is_next_part(item.capture.final_url, following):
            if len(read) >= MAX_PARTS:
                missing = f"more than {MAX_PARTS} pages"
                break
            seen.add(following)
            fetch, capture = await self._fetch(following, item.lease)
            fetches.append(fetch)
            part = await workers.extract(capture, rules) if capture else None
            if not isinstance(part, Extraction):
                missing = part.detail if part else f"HTTP {fetch.status}" if fetch.status else "no answer"
                break
            read.append(part)
            following = part.article.next_url
        return Extracted(lease=item.lease, fetch=item.fetch, result=join(read, missing=missing), parts=tuple(fetches))

    async def _fetch(self, url: str, lease: Lease) -> tuple[Fetch, Capture | None]:
        """Fetch a further page, as politely as any other: it goes through all the middlewares."""
        engine = self._crawler.engine
        if engine is None:
            raise RuntimeError("there is no engine to fetch with")
        run = run_of(self._crawler)
        visitor = run.visitors.get(run.sources[lease.source_id].id)
        request = Request(url, callback=NO_CALLBACK, meta={VISITOR: visitor}, dont_filter=True)
        try:
            response = await engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - the article is filed without it, which its notes say
            logger.warning("next page not read: %s: %s: %s", url, type(error).__name__, error)
            return Fetch(url=url, fetched_at=utc_now()), None
        fetch = fetch_of(response, url)
        return fetch, capture_of(response, fetch) if response.status == 200 else None


async def _read(item: Unread, workers: Workers) -> Item:
    """Read a listing. A reader that fails, or has to be stopped, costs this listing alone."""
    url = item.lease.url
    try:
        read = await workers.call(item.read, url=url, stage="discover", bounds=LISTING_BOUNDS)
    except CuttingsError:
        raise
    except Exception as error:
        logger.exception("discovery failed: %s", url)
        detail = f"{type(error).__name__}: {error}"
        read = Failure(url=url, stage="discover", outcome=Outcome.ERROR, detail=detail)
    if isinstance(read, Failure):
        return Failed(lease=item.lease, fetch=item.fetch, failure=read)
    return Listed(lease=item.lease, fetch=item.fetch, listing=read, validators=item.validators)


class LandPipeline:
    """The end of every try: one transaction in the archive. When all have ended, the run learns from what came."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def close_spider(self) -> None:
        """Let the run learn what stands on many pages."""
        run = run_of(self._crawler)
        if run.error is not None:
            return
        try:
            run.learn(learn)
        except CuttingsError as error:
            run.error = error
        except Exception:
            logger.exception("learning failed")

    def process_item(self, item: Item) -> Item:
        """Land an item. Nothing lands in a run that cannot go on: it is due again."""
        run = run_of(self._crawler)
        if run.error is not None:
            raise DropItem(f"not filed, and due again: {item.lease.url}", log_level="DEBUG")
        try:
            self._land(run, item)
        except CuttingsError as error:
            stop(self._crawler, error)
        return item

    @staticmethod
    def _land(run: Run, item: Item) -> None:
        """Land an item. One that cannot be landed for a reason of its own becomes a failure of its URL."""
        try:
            land(run, item)
        except CuttingsError:
            raise
        except Exception as error:
            logger.exception("filing failed: %s", item.lease.url)
            if isinstance(item, Postponed):
                raise
            detail = f"{type(error).__name__}: {error}"
            failure = Failure(url=item.lease.url, stage="file", outcome=Outcome.ERROR, detail=detail)
            run.fail(item.lease, item.fetch, failure)


def land(run: Run, item: Item) -> None:
    """Hand an item to the run."""
    match item:
        case Extracted(result=Extraction() as extraction):
            run.file(item.lease, item.fetch, extraction, extractor=VERSION, parts=item.parts)
        case Extracted(result=Failure() as failure) | Failed(failure=failure):
            run.fail(item.lease, item.fetch, failure)
        case Same():
            run.file_same(item.lease, item.fetch)
        case Listed(listing=None):
            run.file_unchanged(item.lease, item.fetch)
        case Listed(listing=Listing() as listing):
            run.file_listing(item.lease, item.fetch, listing, item.validators)
        case Postponed():
            run.put_off(item.lease, item.until, item.reason)
        case Page() | Unread():
            raise TypeError("an answer reached landing without being read")
