"""Fetches a few pages, as politely as a crawl does, and keeps nothing: no run, no archive, no log file.

A Twisted reactor starts once in a process, so this does as well.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import scrapy
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings

from archive.crawl.visitors import Visitor, stranger
from archive.errors import CuttingsError
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.service.interruption import Interruption, noted
from pipelines.addon import DOWNLOADER_MIDDLEWARES
from pipelines.answers import VISITOR, capture_of, fetch_of, led_home
from pipelines.challenges import guard_of
from pipelines.rendering import SLOT_SETTINGS, Renderer, missing
from spiders.http.handler import HANG_UP
from spiders.http.network import Network
from spiders.http.outcomes import of_answer, of_exception

_OF_A_RUN: Final = ("spiders.middlewares.pauses.PauseMiddleware", "spiders.middlewares.raw.RawMiddleware")
MAXSIZE: Final = 50 * 1024 * 1024  # bytes of a feed or sitemap


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """As whom pages are asked for, in what network, and how many seconds at least after each other from one host."""

    user_agent: str
    network: Network = field(default_factory=Network)
    delay: float = 2.0
    visitors: Mapping[str, Visitor] = field(default_factory=dict)  # by the id of their sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a fetch, and the addresses that led on to the last one. `moved_to` is that of `Fetch`.

    `guard` is what a guard's page asks that came with a refusal.
    """

    result: Capture | Failure
    redirects: tuple[str, ...] = ()
    status: int | None = None
    moved_to: str | None = None
    guard: str | None = None


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


def converse(talk: Talk, manners: Manners, interruption: Interruption | None = None) -> None:
    """Let a coroutine ask for addresses, and render pages. What it raises is raised here.

    It may ask several hosts at once; each gets one request at a time. Raises KeyboardInterrupt where Ctrl-C or SIGTERM
    ended it, CuttingsError where Scrapy did: the coroutine was cancelled then. With an `interruption` the signals are
    noted there, one that came before this began too.
    """
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "ADDONS": {},
            "DOWNLOADER_MIDDLEWARES": _middlewares(),
            "DOWNLOAD_DELAY": manners.delay,
            "DOWNLOAD_DELAY_JITTER": 0.0,  # a lower bound: half of it would be too soon
            "DOWNLOAD_MAXSIZE": MAXSIZE,
            "LOG_ENABLED": False,
            "SPIDER_MODULES": [],
            "USER_AGENT": manners.user_agent,
        },
        priority="cmdline",
    )
    with nullcontext(interruption) if interruption else noted() as noticed:
        process = AsyncCrawlerProcess(settings)
        conversation = _Conversation(talk=talk, interruption=noticed)
        crawler = process.create_crawler(ConversationSpider)
        process.crawl(crawler, conversation=conversation, manners=manners)
        with _stopped(crawler, conversation):
            process.start(install_signal_handlers=False)
        noticed.raise_if_came()
    if conversation.error is not None:
        raise conversation.error
    if not conversation.done:
        reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
        raise CuttingsError(f"what was under way ended before it was done ({reason or 'no reason is given'})")


@dataclass(slots=True, kw_only=True)
class _Conversation:
    """What is to be talked of, and how that ended."""

    talk: Talk
    interruption: Interruption
    task: asyncio.Future[None] | None = None
    error: BaseException | None = None
    done: bool = False


@contextmanager
def _stopped(crawler: Crawler, conversation: _Conversation) -> Iterator[None]:
    """End what is under way when an end is asked for: at once, since nothing of it is filed."""
    from twisted.internet import reactor

    def stop() -> None:
        crawler.signals.send_catch_log(HANG_UP)
        if conversation.task is not None:
            conversation.task.cancel()

    with conversation.interruption.told_to(lambda: reactor.callFromThread(stop)):
        yield


def _middlewares() -> dict[str, int | None]:
    """A crawl's own, but for those that share its run: what hosts have asked for, and the WARC file."""
    return {path: order for path, order in DOWNLOADER_MIDDLEWARES.items() if path not in _OF_A_RUN}


class ConversationSpider(scrapy.Spider):
    """Asks for what a coroutine wants to know."""

    name = "conversation"

    def __init__(self, conversation: _Conversation, manners: Manners, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = manners.network
        self._visitors = manners.visitors
        self._conversation = conversation
        self._renderer = Renderer(self._download)

    async def start(self) -> AsyncIterator[Request]:
        """The conversation; there is nothing for Scrapy's own loop."""
        conversation = self._conversation
        if not conversation.interruption.came:
            conversation.task = asyncio.ensure_future(conversation.talk(self.ask, self.render))
            try:
                await conversation.task
                conversation.done = True
            except asyncio.CancelledError:
                if not conversation.task.cancelled():  # it is the spider that was told to end
                    conversation.task.cancel()
            except Exception as error:  # noqa: BLE001 - the border: it is raised again where the process has ended
                conversation.error = error
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
    capture = capture_of(response, fetched)
    refused = of_answer(response)
    guard = guard_of(capture) if refused else None
    failure = None
    if refused:
        outcome, detail = refused
        failure = Failure(url=url, stage="fetch", outcome=outcome, detail=f"{detail}: {guard}" if guard else detail)
    return Answer(
        result=failure or capture, redirects=fetched.redirects, status=fetched.status, moved_to=fetched.moved_to,
        guard=guard,
    )  # fmt: skip
