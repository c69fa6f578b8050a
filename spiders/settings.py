"""Scrapy's settings for Cuttings: small, polite, secure. Each line with its why.

What a person may want to change stands in cuttings.toml; what stands here nobody should have to.
"""

BOT_NAME = "cuttings"
SPIDER_MODULES = ["spiders.news"]
ADDONS = {"pipelines.addon.CuttingsAddon": 500}  # the one line that wires the pipelines and middlewares
CUTTINGS_CONFIG = "cuttings.toml"  # read by `scrapy crawl news`; the command line passes its own

# Polite.
ROBOTSTXT_OBEY = True
ROBOTSTXT_PARSER = "spiders.site.robots_txt.RobotsParser"
DOWNLOAD_DELAY = 2.0  # seconds between two requests to a host that no source names (a redirect's target)
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 16  # over all hosts
AUTOTHROTTLE_ENABLED = True  # a host that is slow is asked more slowly ...
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0  # ... one thing after the other, and for as long again nothing
AUTOTHROTTLE_MAX_DELAY = 60.0  # seconds
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "spiders.http.throttle.Throttle": 0}
RETRY_TIMES = 1  # what fails twice is due again at a later run
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # it is an outcome, not an error of ours
RETRY_HTTP_CODES = [500, 502, 504, 520, 521, 522, 524]  # not 429 and 503: they ask to be left alone
COOKIES_ENABLED = False  # no session to follow; the first Set-Cookie would make tldextract call out to the internet
REFERRER_POLICY = "no-referrer"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # What any WARC reader can decode; Scrapy would offer br and zstd too.
    "Accept-Encoding": "gzip, deflate",
}

# Bounded.
DOWNLOAD_TIMEOUT = 30  # seconds
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # bytes of a page, before and after decompression; listings ask for more
DOWNLOAD_FAIL_ON_DATALOSS = True  # an answer shorter than its Content-Length is asked for again, never filed
DOWNLOAD_WARNSIZE = 0  # the bound is an outcome of its own
DNS_TIMEOUT = 10
REDIRECT_MAX_TIMES = 7  # eight requests, of which the last must be an answer
MEMUSAGE_LIMIT_MB = 2048  # Scrapy's default is no limit

# Each answer yields one item; the default of 100 would start a hundred tasks for it.
CONCURRENT_ITEMS = 1
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of a callback anew for every answer; mypy knows better

# Closed.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # new in 2.19, on by default, and runs code
METAREFRESH_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "spiders.http.resolver.PublicResolver"  # the address guard, where connections are made
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "spiders.http.handler.BoundedHandler",
    "https": "spiders.http.handler.BoundedHandler",
}

# The frontier in SQLite is what remembers and what deduplicates; Scrapy's own would only forget half of it.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
HTTPERROR_ALLOW_ALL = True  # every status reaches the spider, which gives it an outcome
LOG_LEVEL = "INFO"
