"""Feeds, sitemaps, section pages and lists that attack their reader. What is good in them lands all the same."""

import gzip
from collections.abc import Iterable

from tests.robustness.hostile.answers import Answer, Asked, Table, reply, story
from tests.robustness.hostile.families import bombs
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import html

_SITE = "http://listings.hostile.test:@HTTP@"
_XML = "application/xml"

# Entries that no crawl may ask for -> their outcome.
EVIL = {
    "file:///etc/passwd": "bad_url",
    "file://@CANARY@": "bad_url",
    "data:text/html,<p>data</p>": "bad_url",
    "ftp://127.0.0.1:@INTERNAL@/a": "bad_url",
    "javascript:alert(document.domain)": "bad_url",
    "http://[bad": "bad_url",
    "http://": "bad_url",
    "http://good.hostile.test@127.0.0.1:@INTERNAL@/a": "bad_url",
    "http://127.0.0.1:@INTERNAL@/a": "private",
    "http://127.1:@INTERNAL@/b": "private",
    "http://0x7f000001:@INTERNAL@/c": "private",
    "http://[::1]:@INTERNAL@/d": "private",
    "http://[::ffff:127.0.0.1]:@INTERNAL@/e": "private",
    "http://localhost:@INTERNAL@/f": "private",
    "http://169.254.169.254/latest/meta-data/": "private",
    "http://metadata.google.internal/latest/": "private",
    "http://listings.hostile.test:@HTTP@/a/b/a/b/a/b/a/b/": "trap",
    "http://listings.hostile.test:@INTERNAL@/allowed-host-other-port": "private",
}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _feed(links: Iterable[str], *, before: str = "", title: str = "News") -> Answer:
    items = "".join(f"<item><title>{title}</title><link>{_escaped(link)}</link></item>" for link in links)
    return reply(
        f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>',
        kind=_XML,
    )


def _urlset(links: Iterable[str], end: str = "</urlset>") -> str:
    entries = "".join(f"<url><loc>{_escaped(link)}</loc></url>" for link in links)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}{end}'


def _index(links: Iterable[str]) -> Answer:
    entries = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    return reply(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>', kind=_XML
    )


def _between(good: str) -> list[str]:
    """Bad entries, with a good one before, between and after."""
    links = [f"{_SITE}/{good}/first"]
    for number, evil in enumerate(EVIL):
        links += [evil, f"{_SITE}/{good}/{number}"]
    return [*links, f"{_SITE}/{good}/last"]


def _good(name: str) -> Table:
    keys = ["first", *map(str, range(len(EVIL))), "last"]
    return {f"/{name}/{key}": ("saved", story(f"{name} {key}")) for key in keys}


def _one(name: str) -> Table:
    return {f"/{name}/1": ("saved", story(f"listed in {name}"))}


_LAUGHS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_QUADRATIC = f'<!ENTITY a "{"a" * 100_000}">'
_OUTSIDE = (
    '<!ENTITY file SYSTEM "file://@CANARY@"><!ENTITY net SYSTEM "http://127.0.0.1:@INTERNAL@/entity">'
    '<!ENTITY % remote SYSTEM "http://127.0.0.1:@INTERNAL@/dtd"> %remote;'
)


def _packed(asked: Asked) -> bool:
    body = gzip.compress(asked.fill(_urlset([f"{_SITE}/packed/1"]).encode()))
    return reply(body, kind="application/gzip")(asked)


def _bomb_file(asked: Asked) -> bool:
    return reply(bombs.gzipped(), kind="application/gzip")(asked)


FEEDS: Table = {
    "/evil.rss": ("listed", _feed(_between("evil"))),
    "/laughs.rss": ("listed", _feed([f"{_SITE}/laughs/1"], before=f"<!DOCTYPE rss [{_LAUGHS}]>", title="News &l9;")),
    "/quadratic.rss": (
        "listed",
        _feed([f"{_SITE}/quadratic/1"], before=f"<!DOCTYPE rss [{_QUADRATIC}]>", title="&a;" * 10_000),
    ),
    "/outside.rss": (
        "listed",
        _feed([f"{_SITE}/outside/1"], before=f"<!DOCTYPE rss [{_OUTSIDE}]>", title="News &file; and &net;"),
    ),
    "/stylesheet.rss": (
        "listed",
        _feed([f"{_SITE}/stylesheet/1"], before='<?xml-stylesheet href="http://127.0.0.1:@INTERNAL@/style"?>'),
    ),
    "/html.rss": ("bad_listing", reply(html("no feed"), kind="application/rss+xml")),
    "/empty.rss": ("bad_listing", reply(b"", kind=_XML)),
    "/bomb.rss": ("too_big", bombs.packed(bombs.gzipped, "gzip", _XML)),
    "/unclosed.rss": ("listed", reply(b"<rss><channel>" + b"<item>" * 800_000, kind=_XML)),
    "/nested.rss": ("bad_listing", reply(b"<rss>" + b"<a>" * (20 << 20 >> 2), kind=_XML)),
    "/moved.rss": ("redirect", reply(status=302, headers=[("Location", "file://@CANARY@")])),
    "/inwards.rss": ("private", reply(status=302, headers=[("Location", "http://127.0.0.1:@INTERNAL@/feed")])),
}
SITEMAPS: Table = {
    "/evil.xml": ("listed", reply(_urlset(_between("mapped")), kind=_XML)),
    "/laughs.xml": (
        "listed",
        reply(
            f"<!DOCTYPE urlset [{_LAUGHS}]>" + _urlset([f"{_SITE}/laughed/1"]).partition("?>")[2] + "&l9;", kind=_XML
        ),
    ),
    "/outside.xml": (
        "listed",
        reply(
            f"<!DOCTYPE urlset [{_OUTSIDE}]>"
            + _urlset([f"{_SITE}/outsider/1"]).partition("?>")[2].replace("/outsider/1", "/outsider/1?&file;"),
            kind=_XML,
        ),
    ),
    "/itself.xml": ("listed", _index([f"{_SITE}/itself.xml", f"{_SITE}/itself.xml?again"])),
    "/itself.xml?again": ("listed", _index([f"{_SITE}/itself.xml?again", f"{_SITE}/itself.xml"])),
    "/cut.xml": (
        "listed",
        reply(
            _urlset([f"{_SITE}/cut/1", f"{_SITE}/cut/2-and-something"])[: -len("and-something</loc></url></urlset>")],
            kind=_XML,
        ),
    ),
    "/no-map.xml": ("bad_listing", reply(html("no map"), kind=_XML)),
    "/packed.xml.gz": ("listed", _packed),
    "/bomb.xml.gz": ("bad_listing", _bomb_file),
    "/binary.xml": ("bad_listing", reply(bytes(range(256)) * 100, kind=_XML)),
    **{f"/depth-{n}.xml": ("listed" if n <= 3 else "", _index([f"{_SITE}/depth-{n + 1}.xml"])) for n in range(6)},
}
_ENTRIES: Table = {
    **_good("evil"),
    **_good("mapped"),
    **_one("laughs"),
    **_one("quadratic"),
    **_one("outside"),
    **_one("stylesheet"),
    **_one("laughed"),
    **_one("cut"),
    **_one("packed"),
    "/outsider/1?file;": ("http_4xx", reply(b"", status=404)),  # the entity is not known, so its name is the address's
}
_NAMED = [key for key in SITEMAPS if key not in {"/itself.xml?again", *(f"/depth-{n}.xml" for n in range(1, 6))}]


def _list(keys: Iterable[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


FAMILY = Family(
    name="listings",
    table=FEEDS | SITEMAPS | _ENTRIES,
    source=f"feeds = [{_list(FEEDS)}]\nsitemaps = [{_list(_NAMED)}]",
    entries=EVIL,
)
