"""Fetches one page once, as politely as a crawl does, and keeps nothing: no run, no archive, no log file.

A Twisted reactor starts once in a process, so this does as well.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure as TwistedFailure

from archive.models import Capture, Failure, Outcome
from archive.urls import is_home
from pipelines.addon import DOWNLOADER_MIDDLEWARES
from pipelines.answers import capture_of, fetch_of
from spiders.network import Network
from spiders.outcomes import of_answer, of_exception

_OF_A_RUN: Final = ("spiders.middlewares.pauses.PauseMiddleware", "spiders.middlewares.raw.RawMiddleware")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """As whom a page is asked for, in what network, and how many seconds after robots.txt."""

    user_agent: str
    network: Network = field(default_factory=Network)
    delay: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a fetch, and the addresses that led on to the last one."""

    result: Capture | Failure
    redirects: tuple[str, ...] = ()


def fetch(url: str, manners: Manners) -> Answer:
    """Fetch a page; robots.txt is asked first. Raises nothing: what went wrong is a Failure."""
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "ADDONS": {},
            "DOWNLOADER_MIDDLEWARES": _middlewares(),
            "DOWNLOAD_DELAY": manners.delay,
            "LOG_ENABLED": False,
            "SPIDER_MODULES": [],
            "USER_AGENT": manners.user_agent,
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    box = _Box()
    process.crawl(process.create_crawler(SingleSpider), url=url, box=box, network=manners.network)
    process.start()
    return box.answer or Answer(result=Failure(url=url, stage="fetch", outcome=Outcome.ERROR, detail="no answer came"))


def _middlewares() -> dict[str, int | None]:
    """A crawl's own, but for those that share its run: what hosts have asked for, and the WARC file."""
    return {path: order for path, order in DOWNLOADER_MIDDLEWARES.items() if path not in _OF_A_RUN}


@dataclass(slots=True)
class _Box:
    """Where the spider leaves what came."""

    answer: Answer | None = field(default=None)


class SingleSpider(scrapy.Spider):
    """Asks for one address."""

    name = "single"

    def __init__(self, url: str, box: _Box, network: Network, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network
        self._url = url
        self._box = box

    async def start(self) -> AsyncIterator[Request]:
        """The one request."""
        yield Request(self._url, callback=self.parse_page, errback=self.on_error, dont_filter=True)

    def parse_page(self, response: Response) -> Iterator[Any]:
        """Keep the answer."""
        fetch_ = fetch_of(response, self._url)
        refused = _refusal(response)
        failure = refused and Failure(url=self._url, stage="fetch", outcome=refused[0], detail=refused[1])
        self._box.answer = Answer(result=failure or capture_of(response, fetch_), redirects=fetch_.redirects)
        yield from ()

    def on_error(self, failure: TwistedFailure) -> None:
        """Keep why there is none."""
        outcome, detail = of_exception(failure.value or RuntimeError("unknown failure"))
        self._box.answer = Answer(result=Failure(url=self._url, stage="fetch", outcome=outcome, detail=detail))


def _refusal(response: Response) -> tuple[Outcome, str] | None:
    """Why an answer is no page of the article, where its status or a redirect says so."""
    if refused := of_answer(response):
        return refused
    if response.meta.get("redirect_urls") and is_home(response.url):
        return Outcome.NOT_ARTICLE, "redirected to the home page"
    return None
