"""The made-up outlet that the tests of discovery read, and short ways to read its listings."""

from datetime import UTC, datetime

from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from spiders import discovery

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOME = "https://www.gazette.example/"
FEED = HOME + "feeds/news.xml"
SITEMAP = HOME + "sitemap.xml"
GAZETTE = Source(id="gazette", url=HOME, name="The Gazette")


def outcome_of(
    kind: ListingKind,
    body: bytes | str,
    url: str = FEED,
    content_type: str | None = None,
    source: Source = GAZETTE,
) -> Listing | Failure:
    """What discovery makes of a body; text is sent as UTF-8."""
    sent = body.encode() if isinstance(body, str) else body
    return discovery.read(kind, sent, url, content_type, source, NOW)


def feed(body: bytes | str, **more: object) -> Listing:
    """Read a feed that must be readable."""
    return listing(ListingKind.FEED, body, **more)


def sitemap(body: bytes | str, **more: object) -> Listing:
    """Read a sitemap that must be readable."""
    return listing(ListingKind.SITEMAP, body, **{"url": SITEMAP, **more})


def listing(kind: ListingKind, body: bytes | str, **more: object) -> Listing:
    """Read a listing that must be readable."""
    result = outcome_of(kind, body, **more)  # type: ignore[arg-type]  # passed through
    assert isinstance(result, Listing), result
    return result


def complaint(kind: ListingKind, body: bytes | str, **more: object) -> str:
    """What the failure says of a listing that must not be readable."""
    result = outcome_of(kind, body, **more)  # type: ignore[arg-type]  # passed through
    assert isinstance(result, Failure), result
    assert (result.stage, result.outcome, result.when) == ("discover", Outcome.BAD_LISTING, NOW)
    return result.detail


def addresses(found: Listing) -> list[str]:
    """The addresses found, without the site's own beginning."""
    return [one.url.removeprefix(HOME.rstrip("/")) for one in found.found]


def rss(items: str, channel: str = "", declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> str:
    """An RSS 2.0 document."""
    return (
        f'{declaration}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>The Gazette</title>{channel}{items}</channel></rss>"
    )


def item(link: str, rest: str = "") -> str:
    """One item of an RSS document."""
    return f"<item><link>{link}</link>{rest}</item>"


def atom(entries: str, attributes: str = "") -> str:
    """An Atom 1.0 document."""
    start = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" {attributes}>'
    return f"{start}<title>The Gazette</title>{entries}</feed>"


def urlset(entries: str) -> str:
    """A sitemap."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        f'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{entries}</urlset>'
    )


def location(path: str, rest: str = "", name: str = "url") -> str:
    """One entry of a sitemap."""
    return f"<{name}><loc>{HOME}{path}</loc>{rest}</{name}>"
