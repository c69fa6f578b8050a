"""Runs the news spider for a run, in this process, until nothing is due. Outside the checkout too.

A Twisted reactor starts once in a process, so this does as well.
"""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro

from archive.crawl.run import Run
from spiders.http.handler import HANG_UP
from spiders.log import Log
from spiders.news import NewsSpider

logger = logging.getLogger(__name__)

GRACE: Final = 4.0  # seconds for what is under way when a person, or the machine, asks for an end
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def crawl(run: Run, log_file: Path) -> str:
    """Crawl. Returns how it ended: `finished` or `interrupted`. Scrapy's log is appended to the file."""
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {"USER_AGENT": run.config.user_agent, "LOG_INSTALL_ROOT_HANDLER": False},
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    _log_to(log_file, settings)
    crawler = process.create_crawler(NewsSpider)
    process.crawl(crawler, run=run)
    with _stopped_by_signals(process, crawler, run):
        process.start(install_signal_handlers=False)
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    ended = reason == "finished" and run.error is None and not run.stopping
    return "finished" if ended else "interrupted"


def _log_to(path: Path, settings: Settings) -> None:
    """Append what is logged to a file, as Scrapy would do it; its own handler ends the crawl where the disk is full."""
    log = Log(path)
    log.setLevel(settings.get("LOG_LEVEL"))
    logging.root.setLevel(logging.NOTSET)
    logging.root.addHandler(log)


@contextmanager
def _stopped_by_signals(process: AsyncCrawlerProcess, crawler: Crawler, run: Run) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the crawl: what is under way gets a moment to land, the rest stays due.

    A second signal ends what is under way at once.
    """
    from twisted.internet import reactor

    def hang_up() -> None:
        crawler.signals.send_catch_log(HANG_UP)

    def stop() -> None:
        if run.stopping:
            hang_up()
            return
        logger.info("stopping: what is under way has %g seconds", GRACE)
        run.stopping = True
        # Scrapy that is told while it opens the spider would never end. The spider looks for itself when it starts.
        if crawler.engine is not None and crawler.engine.running:
            deferred_from_coro(process.stop())
        asyncio.get_running_loop().call_later(GRACE, hang_up)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        reactor.callFromThread(stop)

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
