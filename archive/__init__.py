"""The archive: nouns, storage, browsing and export. The lowest layer; it knows no Scrapy, Twisted or trafilatura."""
