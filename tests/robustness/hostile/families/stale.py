"""Listings that say for ever that nothing is new."""

from tests.robustness.hostile.answers import Asked, Table, raw, reply, story
from tests.robustness.hostile.families.family import Family

_NOT_MODIFIED = raw(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
_SITE = "http://stale.hostile.test:@HTTP@"


def _feed(*names: str) -> str:
    items = "".join(f"<item><title>{name}</title><link>{_SITE}/{name}</link></item>" for name in names)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Stale</title>{items}</channel></rss>'


def _whatever_is_new(asked: Asked) -> bool:
    """To a question with conditions always 304, though there is a new article since the first."""
    if "if-none-match" in asked.headers:
        return _NOT_MODIFIED(asked)
    names = ("old",) if asked.number == 1 else ("old", "new")
    return reply(_feed(*names), kind="application/rss+xml", headers=[("ETag", '"1"')])(asked)


FEED = "/304.rss"
_TABLE: Table = {
    FEED: ("listed", _whatever_is_new),
    "/304-unasked.rss": ("redirect", _NOT_MODIFIED),
    "/old": ("saved", story("an old article")),
    "/new": ("", story("a new article")),
}
FAMILY = Family(name="stale", table=_TABLE, source=f'feeds = ["{FEED}", "/304-unasked.rss"]')
