"""From a capture to an article: pure functions run in worker processes, and thin Scrapy adapters. The middle layer."""

from typing import Final

# Of the extraction stage. It goes into every version filed: a text that changes with it is no edit by the publisher.
VERSION: Final = "1"
