"""Discovery: bytes of feeds, sitemaps, section pages and lists to found URLs. Pure; knows no network and no Scrapy."""
