"""From a capture to an article: pure functions run in worker processes, and thin Scrapy adapters. The middle layer."""
