"""The Scrapy add-on: one ADDONS line wires pipelines and middlewares, which share the run that the spider carries."""

import logging

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro

from archive.crawl.run import Run
from archive.errors import CuttingsError

logger = logging.getLogger(__name__)

PIPELINES: dict[str, int | None] = {
    "pipelines.items.ExtractPipeline": 100,
    "pipelines.items.LandPipeline": 900,
}
# Scrapy's own order: 100 robots, 550 retry, 590 decompression, 600 redirect, 750 proxy; the largest meets the wire.
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "spiders.middlewares.guard.GuardMiddleware": 50,
    "spiders.middlewares.pauses.PauseMiddleware": 60,
    "spiders.middlewares.needs.NeedsMiddleware": 70,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "spiders.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "spiders.middlewares.compression.CompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "spiders.middlewares.redirects.RedirectMiddleware": 600,
    "spiders.middlewares.proxy.ProxyMiddleware": 740,
    "spiders.middlewares.raw.RawMiddleware": 950,
}


class CuttingsAddon:
    """Wires the parts of Cuttings into a Scrapy project."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Add what a crawl needs; a project's own settings win."""
        for name, components in (("ITEM_PIPELINES", PIPELINES), ("DOWNLOADER_MIDDLEWARES", DOWNLOADER_MIDDLEWARES)):
            for path, order in components.items():
                settings[name].setdefault(path, order)


def run_of(crawler: Crawler) -> Run:
    """The run that a crawl belongs to: its spider carries it."""
    run = getattr(crawler.spider, "run", None)
    if not isinstance(run, Run):
        raise TypeError(f"the spider {crawler.spider} carries no run; crawl with the spider `news`")
    return run


def stop(crawler: Crawler, error: CuttingsError) -> None:
    """End a crawl because it cannot go on; what is in flight stays due."""
    run = run_of(crawler)
    if run.error is None and crawler.engine is not None:
        logger.error("the crawl stops: %s", error)
        run.error = error
        deferred_from_coro(crawler.engine.close_spider_async(reason="cannot go on"))
