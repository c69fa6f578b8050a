"""Runs the news spider for a run, in this process, until nothing is due. Outside the checkout too.

A Twisted reactor starts once in a process, so this does as well.
"""

import logging
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.run import Run
from spiders.news import NewsSpider


def crawl(run: Run, log_file: Path) -> str:
    """Crawl. Returns how it ended: `finished` or `interrupted`. Scrapy's log is appended to the file."""
    logging.raiseExceptions = False  # on a full disk the log cannot be written either; one plain message says it all
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "USER_AGENT": run.config.user_agent,
            "LOG_FILE": str(log_file),
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(NewsSpider)
    process.crawl(crawler, run=run)
    process.start()
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    return "finished" if reason == "finished" and run.error is None else "interrupted"
