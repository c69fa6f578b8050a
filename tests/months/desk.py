"""Crawls the month of the demonstration newspaper with a clock of its own: the run, the spider's reading of answers and
extraction are the real ones, and so is the archive; only the network and the time are not.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from scrapy.http import HtmlResponse, Request

from archive.config import toml
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run, Summary
from archive.demo import crawl_config as demo_config
from archive.model.capture import Fetch
from archive.model.outcome import Failure, Outcome
from pipelines.answers import WHEN
from pipelines.extract import extract
from pipelines.items import Extracted, Failed, Item, Listed, Page, Unread, land
from spiders.http import conditions
from spiders.news import NewsSpider
from tests.months.press import BEGIN, Press

REQUEST = timedelta(seconds=2)  # what a request takes, with the delay before it


@dataclass(slots=True)
class Clock:
    """Says what time it is."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """A machine that looks for what is due as often as the plan says, but while it is asleep."""

    folder: Path
    press: Press
    clock: Clock = field(default_factory=lambda: Clock(BEGIN))
    asked: Counter[str] = field(default_factory=Counter)  # requests by kind
    summaries: list[Summary] = field(default_factory=list)

    @cached_property
    def settings(self) -> toml.Config:
        text = demo_config.config_text("http://127.0.0.1:1")
        return replace(toml.parse(text, self.folder / "cuttings.toml"), archive=self.folder / "cuttings.db")

    def work(self) -> None:
        """Work through the month."""
        every = self.press.plan.wakes
        while self.clock.now < self.press.end:
            if not self.press.plan.asleep.holds(self.clock.now):
                self.crawl()
            wakes = self.clock.now - BEGIN
            self.clock.now = BEGIN + (wakes // every + 1) * every

    def crawl(self) -> None:
        """Do what is due."""
        settings = self.settings
        plan = Plan(sources=settings.sources, command="crawl --due", due=True)
        run = Run.start(settings, plan, self.clock)
        spider = NewsSpider(run=run)
        while leases := [lease for source in run.sources for lease in run.lease(source, 4)]:
            for lease in leases:
                self.clock.now += REQUEST
                for item in self._items(run, spider, lease):
                    land(run, _read(run, item))
        self.summaries.append(run.finish())

    def _items(self, run: Run, spider: NewsSpider, lease: Lease) -> Iterator[Item]:
        now = self.clock.now
        headers = conditions.of(lease)
        answer = self.press.answer(lease.url, {name.lower(): value for name, value in headers.items()}, now)
        self.asked[lease.kind or "article"] += 1
        if answer is None:
            failure = Failure(url=lease.url, stage="fetch", outcome=Outcome.DNS, detail="no such name")
            yield Failed(lease=lease, fetch=Fetch(url=lease.url, fetched_at=now), failure=failure)
            return
        request = Request(lease.url, headers=headers, meta={"lease": lease, WHEN: now})
        response = HtmlResponse(
            lease.url, status=answer.status, headers=dict(answer.headers), body=answer.body, request=request
        )
        parse: Any = spider.parse_listing if lease.kind else spider.parse_page
        for item in parse(response):
            if isinstance(item, Request):  # for a file that says what may be done with the site
                self._site_file(spider, item)
            else:
                yield item

    def _site_file(self, spider: NewsSpider, request: Request) -> None:
        now = self.clock.now
        self.asked["site_file"] += 1
        answer = self.press.answer(request.url, {}, now)
        assert answer is not None  # its host has just answered
        request.meta[WHEN] = now
        spider.parse_site_file(HtmlResponse(request.url, status=answer.status, body=answer.body, request=request))


def _read(run: Run, item: Item) -> Item:
    """What the worker processes do."""
    match item:
        case Page():
            rules = run.rules(item.lease.source_id, item.fetch.fetched_at)
            return Extracted(lease=item.lease, fetch=item.fetch, result=extract(item.capture, rules))
        case Unread():
            read = item.read()
            if isinstance(read, Failure):
                return Failed(lease=item.lease, fetch=item.fetch, failure=read)
            return Listed(lease=item.lease, fetch=item.fetch, listing=read, validators=item.validators)
        case _:
            return item
