"""Fetches a few pages, as politely as a crawl does, and keeps nothing: no run, no archive, no log file.

A Twisted reactor starts once in a process, so this does as well.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings

from archive.models import Capture, Failure, Outcome
from archive.visitors import Visitor, stranger
from pipelines.addon import DOWNLOADER_MIDDLEWARES
from pipelines.answers import VISITOR, capture_of, fetch_of, led_home
from pipelines.rendering import SLOT_SETTINGS, Renderer, missing
from spiders.network import Network
from spiders.outcomes import of_answer, of_exception

_OF_A_RUN: Final = ("spiders.middlewares.pauses.PauseMiddleware", "spiders.middlewares.raw.RawMiddleware")
MAXSIZE: Final = 50 * 1024 * 1024  # bytes of a feed or sitemap


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """As whom pages are asked for, in what network, and how many seconds after each other."""

    user_agent: str
    network: Network = field(default_factory=Network)
    delay: float = 2.0
    visitors: Mapping[str, Visitor] = field(default_factory=dict)  # by the id of their sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a fetch, and the addresses that led on to the last one. `moved_to` is that of `Fetch`."""

    result: Capture | Failure
    redirects: tuple[str, ...] = ()
    status: int | None = None
    moved_to: str | None = None


Ask = Callable[[str], Awaitable[Answer]]  # raises nothing: what went wrong is a Failure


class AskAs(Protocol):
    """Asks as the visitor of a source of the configuration, named by its id; as a stranger where none is named."""

    def __call__(self, url: str, source: str | None = None) -> Awaitable[Answer]:
        """Ask for a URL. Raises nothing: what went wrong is a Failure."""


Render = Callable[[Capture], Awaitable[Capture | None]]  # a page after its scripts have run; None where that cannot be

Talk = Callable[[AskAs, Render], Awaitable[None]]


def fetch(url: str, manners: Manners, source: str | None = None) -> Answer:
    """Fetch a page of an article, as a visitor of a source's; robots.txt is asked first.

    Raises nothing: what went wrong is a Failure.
    """
    box: list[Answer] = []

    async def talk(ask: AskAs, _render: Render) -> None:
        box.append(_as_article(await ask(url, source)))

    converse(talk, manners)
    failure = Failure(url=url, stage="fetch", outcome=Outcome.ERROR, detail="no answer came")
    return box[0] if box else Answer(result=failure)


def _as_article(answer: Answer) -> Answer:
    """An answer of a site's front page in place of an article is none."""
    failure = led_home(answer.result) if isinstance(answer.result, Capture) else None
    return replace(answer, result=failure) if failure else answer


def converse(talk: Talk, manners: Manners) -> None:
    """Let a coroutine ask for one address after the other, and render pages. What it raises is raised here."""
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "ADDONS": {},
            "DOWNLOADER_MIDDLEWARES": _middlewares(),
            "DOWNLOAD_DELAY": manners.delay,
            "DOWNLOAD_MAXSIZE": MAXSIZE,
            "LOG_ENABLED": False,
            "SPIDER_MODULES": [],
            "USER_AGENT": manners.user_agent,
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    errors: list[BaseException] = []
    process.crawl(process.create_crawler(ConversationSpider), talk=talk, errors=errors, manners=manners)
    process.start()
    if errors:
        raise errors[0]


def _middlewares() -> dict[str, int | None]:
    """A crawl's own, but for those that share its run: what hosts have asked for, and the WARC file."""
    return {path: order for path, order in DOWNLOADER_MIDDLEWARES.items() if path not in _OF_A_RUN}


class ConversationSpider(scrapy.Spider):
    """Asks for what a coroutine wants to know."""

    name = "conversation"

    def __init__(
        self,
        talk: Talk,
        errors: list[BaseException],
        manners: Manners,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.network = manners.network
        self._visitors = manners.visitors
        self._talk = talk
        self._errors = errors
        self._renderer = Renderer(self._download)

    async def start(self) -> AsyncIterator[Request]:
        """The conversation; there is nothing for Scrapy's own loop."""
        try:
            await self._talk(self.ask, self.render)
        except Exception as error:  # noqa: BLE001 - the border: it is raised again where the process has ended
            self._errors.append(error)
        await self._renderer.close()
        no_requests: tuple[Request, ...] = ()
        for request in no_requests:  # what makes this a generator
            yield request

    async def ask(self, url: str, source: str | None = None) -> Answer:
        """Ask for one address, through all middlewares."""
        visitor = self._visitors.get(source or "") or stranger(url)
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("there is no engine to ask with")
        try:
            request = Request(url, callback=NO_CALLBACK, meta={VISITOR: visitor}, dont_filter=True)
            response = await engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is an outcome
            outcome, detail = of_exception(error)
            return Answer(result=Failure(url=url, stage="fetch", outcome=outcome, detail=detail))
        return _answer(response, url)

    async def render(self, capture: Capture) -> Capture | None:
        """A page after its scripts have run; None where there is no browser, or it could not be done."""
        if missing():
            return None
        rendered, trouble, _ = await self._renderer.render(capture)
        return None if trouble else rendered

    async def _download(self, request: Request) -> Response:
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("there is no engine to ask with")
        engine.downloader.per_slot_settings.setdefault(request.meta["download_slot"], dict(SLOT_SETTINGS))
        return await engine.download_async(request)


def _answer(response: Response, url: str) -> Answer:
    fetched = fetch_of(response, url)
    refused = of_answer(response)
    failure = refused and Failure(url=url, stage="fetch", outcome=refused[0], detail=refused[1])
    return Answer(
        result=failure or capture_of(response, fetched), redirects=fetched.redirects, status=fetched.status,
        moved_to=fetched.moved_to,
    )  # fmt: skip
