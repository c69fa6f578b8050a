"""The configuration that `cuttings demo` crawls with. Its sources show the ways of discovery, one or two each."""

_CONFIG = """\
# The demonstration: five invented newspapers behind one proxy on this machine.
[project]
archive = "cuttings.db"
user_agent = "cuttings-demo/0.1 (+https://cuttings.test/about)"
proxy = "{proxy_url}"
allow_private = [
  "harbour-post.test", "meridian-times.test", "vale-courier.test", "neuhafen-bote.test", "ferry-lane.test",
]

[defaults]
delay = "100ms"  # these outlets are on this machine; real ones are asked far less often

[[source]]
id = "harbour-post"
name = "The Harbour Post"
url = "http://harbour-post.test/"
language = "en"
feeds = ["http://harbour-post.test/feed/"]
sitemaps = ["http://harbour-post.test/wp-sitemap.xml"]
exclude = ["/comments/feed/"]

[[source]]
id = "meridian-times"
name = "The Meridian Times"
url = "http://meridian-times.test/"
sitemaps = ["http://meridian-times.test/sitemap-index.xml"]
autodiscover = false

[[source]]
id = "vale-courier"
name = "The Vale Courier"
url = "http://vale-courier.test/"  # its feed is named in the head of its front page

[[source]]
id = "neuhafen-bote"
name = "Neuhafener Bote"
url = "http://neuhafen-bote.test/"
sections = ["http://neuhafen-bote.test/de/", "http://neuhafen-bote.test/ar/"]
links = ["main h2 a[href]", "main h3 a[href]"]
include = ['/\\d+$']
autodiscover = false

[[source]]
id = "ferry-lane"
name = "Ferry Lane Wire"
url = "http://ferry-lane.test/"
feeds = ["http://ferry-lane.test/feed.json"]
urls = ["http://ferry-lane.test/urls.txt"]
min_words = 30
"""


def config_text(proxy_url: str) -> str:
    """Return the text of the `cuttings.toml` that crawls the demonstration through this proxy."""
    return _CONFIG.format(proxy_url=proxy_url)
