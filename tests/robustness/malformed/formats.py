"""What comes from outside, format by format: where mutants are bred from, and what must hold of whatever is read.

A judge reads one body and says in a word how that ended. It raises AssertionError where a promise is broken; any other
exception that escapes it is a crash of ours.
"""

import gzip
import pickle
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from archive.config import toml
from archive.crawl.bounds import traps
from archive.demo.crawl_config import config_text
from archive.demo.newspaper import edition
from archive.errors import ArchiveError, ConfigError
from archive.model.article import Extraction
from archive.model.capture import Locator
from archive.model.listing import Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.text import scrub
from archive.warc import warc_files
from archive.web import urls
from archive.web.media_types import sniff
from pipelines.extract import extract
from pipelines.page.parse import decode
from spiders import discovery
from spiders.discovery import listing_dates
from spiders.discovery.entries import MAX_ENTRIES
from spiders.http.retry_after import LONGEST, retry_at
from spiders.site.robots_txt import RobotsParser
from tests.pipelines.pages import CASES, FIXTURES, capture, promised, texts_in
from tests.robustness.malformed.mutations import MUTATIONS, Chance, Mutation
from tests.robustness.malformed.page_mutations import PAGE_MUTATIONS

Seeds = tuple[tuple[str, bytes], ...]

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOME: Final = "http://harbour-post.test/"
SOURCES: Final = (
    Source(id="post", url=HOME, name="The Harbour Post"),
    Source(id="post", url=HOME, name="The Harbour Post", links=("h2", "article a"), include=(r"/20\d\d/",)),
)
USER_AGENT: Final = "Cuttings/0.1 (+mailto:desk@harbour-post.test)"
_CONTENT_TYPES: Final = (
    None, "", "text/html", "application/rss+xml", "text/xml; charset=iso-8859-1", "text/plain; charset=utf-16",
    "application/octet-stream", "text/html; charset=undefined", "text/html; charset=\x00", ";;charset=", "charset=idna",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format: seeds by name, what is done to them, and who judges what becomes of them."""

    seeds: Callable[[], Seeds]
    judge: Callable[[bytes, Chance], str]
    mutations: tuple[Mutation, ...] = MUTATIONS


# ---- Listings --------------------------------------------------------------------------------------------------------


@cache
def _printed() -> Seeds:
    """Everything the demonstration newspaper prints for a machine to read."""
    outlets = edition(1, NOW).pages
    return tuple(
        (host + path, page.printed())
        for host, pages in outlets.items()
        for path, page in pages.items()
        if page.listing or path == "/robots.txt"
    )


def _ending(*endings: str) -> Callable[[], Seeds]:
    return lambda: tuple((name, body) for name, body in _printed() if name.endswith(endings))


@cache
def _front_pages() -> Seeds:
    outlets = edition(1, NOW).pages
    return tuple((host, pages["/"].printed()) for host, pages in outlets.items() if "/" in pages)


def _listing(kind: ListingKind, name: str) -> Callable[[bytes, Chance], str]:
    def judge(body: bytes, chance: Chance) -> str:
        sent = gzip.compress(body, mtime=0) if chance.random() < 0.1 else body
        url = HOME + chance.choice((name, name, f"{name}?{'q' * 3000}"))
        return kept(discovery.read(kind, sent, url, chance.choice(_CONTENT_TYPES), chance.choice(SOURCES), NOW))

    return judge


def _home(body: bytes, chance: Chance) -> str:
    return kept(discovery.home(body, HOME, chance.choice(_CONTENT_TYPES), chance.choice(SOURCES), NOW))


def kept(result: Listing | Failure) -> str:
    """See that what was read of a listing keeps its promises, and say how it ended."""
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own
    for text in texts_in(result):
        assert text == scrub(text)
    if isinstance(result, Failure):
        assert (result.stage, result.outcome, result.when) == ("discover", Outcome.BAD_LISTING, NOW)
        assert result.detail
        return result.outcome.value
    assert len(result.found) + len(result.failures) <= MAX_ENTRIES
    assert len({found.url for found in result.found}) == len(result.found)
    for found in result.found:
        assert urls.normalize(found.url) == found.url
        assert urls.normalize(found.listed_url or found.url) == found.url, found
        assert len(found.title or "") <= 1_000
        assert all(when is None or when.tzinfo is UTC for when in (found.published, found.modified))
    assert all((failed.outcome, bool(failed.detail)) == (Outcome.BAD_URL, True) for failed in result.failures)
    return "listed" if result.found else "listed nothing"


# ---- robots.txt, addresses, headers ----------------------------------------------------------------------------------


def _robots(body: bytes, chance: Chance) -> str:
    rules = RobotsParser(body, USER_AGENT)
    delay = rules.crawl_delay(USER_AGENT)
    assert delay is None or 0 <= delay < float("inf")
    assert rules.allowed(HOME + "robots.txt", USER_AGENT)
    paths = ("", "news/harbour-opens?a=1", "wp-admin/%41", "\u65b0\u805e/*$", "a" * 1_900)
    answers = {rules.allowed(HOME + path, USER_AGENT) for path in paths}
    assert answers <= {True, False}
    return "some forbidden" if False in answers else "all allowed"


def _address_seeds() -> Seeds:
    written = """
        https://www.harbour-post.test/news/2026/11/the-mill.html?utm_source=rss&id=7#top
        HTTP://News.Harbour-Post.TEST:80/a/../b/%7Edesk/./c?b=2&a=1
        //m.harbour-post.test/a?fbclid=1&amp;x=y
        /relative/path;param?query=%C3%A9
        ../up/one?x#y
        https://[2001:db8::1]:8443/x
        https://bücher.test/straße?q=ü
        http://xn--bcher-kva.test/
        http://127.1/ http://0x7f.1/ http://2130706433/ http://[::ffff:127.0.0.1]/
        http://user:secret@harbour-post.test/ file:///etc/passwd javascript:alert(1) data:,x mailto:a@b.test
        http:\\\\harbour-post.test\\@evil.test\\a http:/one-slash.test/ https:no-slash.test
    """
    return tuple((line, line.encode()) for line in written.split())


def _address(body: bytes, chance: Chance) -> str:
    base = chance.choice((None, HOME, HOME + "a/b?c", "http://[bad", "", "//x"))
    written = body.decode("utf-8", chance.choice(("replace", "surrogateescape")))
    try:
        normal = urls.normalize(written, base)
    except urls.BadURLError:
        return "bad_url"
    assert urls.normalize(normal) == normal
    assert normal == safe_url_string(normal), "Scrapy asks for another address"
    assert normal.isascii()
    assert len(normal) <= urls.MAX_LENGTH
    parts = urlsplit(normal)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname == urls.host(normal) != ""
    assert urlsplit(urls.resolve(written, base)).hostname, "what was written leads to no host"
    assert urls.normalize(urls.resolve(written, base)) == normal
    assert urls.same_site(normal, normal)
    traps.reason(normal)
    assert traps.pattern(normal)
    return "home" if urls.is_home(normal) else "address"


def _retry_after(body: bytes, chance: Chance) -> str:
    wait = retry_at(body.decode("latin-1"), NOW) - NOW
    assert timedelta(0) < wait <= LONGEST
    return {LONGEST: "longest", timedelta(hours=1): "unsaid"}.get(wait, "said")


def _date(body: bytes, chance: Chance) -> str:
    dated = listing_dates.parse(body.decode("utf-8", "surrogateescape"))
    assert dated is None or (dated.when.tzinfo is UTC and dated.when.year >= 1600)
    return "none" if dated is None else "date"


def _moments() -> Seeds:
    written = (
        "Mon, 02 Nov 2026 10:00:00 GMT", "Monday, 02-Nov-26 10:00:00 GMT", "Mon Nov  2 10:00:00 2026", "120", "86400",
        "2026-11-02T10:00:00.123+05:30", "2026/11/02 10:00", "Nov 2, 2026 10:00 PM EST", "2026-11",
    )  # fmt: skip
    return tuple((text, text.encode()) for text in written)


# ---- Bytes and pages -------------------------------------------------------------------------------------------------


def _spellings() -> Seeds:
    text = "<p>Größe Ärger naïve — „Zitat“ Ελλάδα Россия 日本語 한국어 ไทย</p>" * 8
    charsets = (
        "utf-8",
        "utf-16",
        "cp1252",
        "koi8-r",
        "shift_jis",
        "gb18030",
        "euc-kr",
        "iso2022_jp",
        "cp874",
        "utf-32",
    )
    return tuple((name, f"<meta charset={name}>{text}".encode(name, "replace")) for name in charsets)


def _bytes(body: bytes, chance: Chance) -> str:
    content_type = chance.choice(_CONTENT_TYPES)
    media_type = sniff(body, content_type)
    assert media_type == media_type.lower().strip()
    assert ";" not in media_type
    decoded = decode(body, content_type)
    assert decoded.source in {"bom", "header", "meta", "detector", "default"}
    assert isinstance(decoded.text, str)
    opened = discovery.document.read(body, content_type)
    assert opened.text == scrub(opened.text)
    return decoded.source


def _pages() -> Seeds:
    return tuple((name, (FIXTURES / name / "page.html").read_bytes()) for name in CASES)


_HEADERS: Final[tuple[dict[str, str], ...]] = (
    {}, {}, {"Content-Type": "text/html"}, {"Content-Type": "text/html; charset=iso-8859-1"},
    {"content-type": "\x00;;charset="}, {"Content-Type": "application/xhtml+xml; charset=utf-16"},
    {"Content-Type": "text/plain"}, {"Content-Type": "text/html; charset=undefined"},
)  # fmt: skip


def _page(body: bytes, chance: Chance) -> str:
    result = promised(extract(capture(body, headers=chance.choice(_HEADERS))))
    return result.article.kind.value if isinstance(result, Extraction) else result.outcome.value


# ---- Files of our own ------------------------------------------------------------------------------------------------


@cache
def _folder() -> Path:
    """A folder for what can only be read from a file; it goes when the process does."""
    made = tempfile.TemporaryDirectory(prefix="cuttings-malformed-")
    _kept_open.append(made)
    return Path(made.name)


_kept_open: list[tempfile.TemporaryDirectory[str]] = []


def _configurations() -> Seeds:
    template = toml.TEMPLATE.replace("you@example.org", "desk@harbour-post.test").replace("example.org", "paper.test")
    everything = "\n".join(line.removeprefix("# ") for line in template.splitlines())
    small = f"""
        [project]
        user_agent = "{USER_AGENT}"
        [defaults.extract]
        remove = "div.promo"
        [[source]]
        url = "https://www.paper.test/"
        delay = "1m30s"
        include = ['/20\\d\\d/']
    """
    demo = config_text("http://127.0.0.1:8080")
    return tuple(
        (name, text.encode())
        for name, text in (("init", everything), ("demo", demo), ("small", textwrap.dedent(small)))
    )


def _config(body: bytes, chance: Chance) -> str:
    path = _folder() / "cuttings.toml"
    path.write_bytes(body)
    try:
        toml.load(path)
    except ConfigError as error:
        message = str(error)
        assert message.startswith(f"{path}: "), message
        assert message == scrub(message)
        assert "\n" not in message
        assert len(message) < len(str(path)) + 500, message
        return "refused"
    return "config"


@cache
def _raw_pages() -> Seeds:
    folder = _folder() / "made"
    writer = warc_files.Writer(folder, 1, software="cuttings/test", operator="tests")
    for name, body in _printed()[:6]:
        writer.append(
            warc_files.Exchange(
                url=f"http://{name}", fetched_at=NOW, method="GET", request_headers=(("Host", "h.test"),), status=200,
                reason="OK", headers=(("Content-Type", "text/xml"),), body=body[:3_000],
            )
        )  # fmt: skip
    writer.close()
    (file,) = folder.iterdir()
    plain = gzip.decompress(file.read_bytes())
    return (("whole", file.read_bytes()), ("in one member", gzip.compress(plain, mtime=0)))


def _warc(body: bytes, chance: Chance) -> str:
    """A damaged file is cut back to whole members, all of them still there; a record is read, or said to be bad."""
    folder = _folder() / "raw"
    folder.mkdir(exist_ok=True)
    file = folder / f"a{warc_files.SUFFIX}"
    file.with_name(f"{file.name}.open").write_bytes(body)
    (done,) = warc_files.repair(folder)
    assert done.kept + done.cut == len(body)
    if not done.kept:
        assert not any(folder.iterdir())
        return "nothing whole"
    assert file.read_bytes() == body[: done.kept]
    gzip.decompress(body[: done.kept])
    with file.open("rb") as stream:
        ends = list(warc_files.member_ends(stream))
    read = [_read_back(folder, start, end) for start, end in zip([0, *ends], ends, strict=False)]
    file.unlink()
    return "records" if any(read) else "no record"


def _read_back(folder: Path, start: int, end: int) -> bool:
    try:
        read = warc_files.read(folder, Locator(file=f"a{warc_files.SUFFIX}", offset=start, length=end - start))
    except ArchiveError:
        return False
    assert read.fetched_at.tzinfo
    return True


FORMATS: Final[dict[str, Format]] = {
    "address": Format(seeds=_address_seeds, judge=_address),
    "bytes": Format(seeds=_spellings, judge=_bytes),
    "config": Format(seeds=_configurations, judge=_config),
    "date": Format(seeds=_moments, judge=_date),
    "feed": Format(seeds=_ending("feed/", "atom.xml", "feed.json"), judge=_listing(ListingKind.FEED, "feed")),
    "home": Format(seeds=_front_pages, judge=_home),
    "list": Format(seeds=_ending("urls.txt"), judge=_listing(ListingKind.URLS, "urls.txt")),
    "page": Format(seeds=_pages, judge=_page, mutations=PAGE_MUTATIONS),
    "retry-after": Format(seeds=_moments, judge=_retry_after),
    "robots": Format(seeds=_ending("robots.txt"), judge=_robots),
    "section": Format(seeds=_front_pages, judge=_listing(ListingKind.SECTION, "news/")),
    "sitemap": Format(seeds=_ending(".xml", ".gz"), judge=_listing(ListingKind.SITEMAP, "sitemap.xml")),
    "sitemaps of robots": Format(seeds=_ending("robots.txt"), judge=_listing(ListingKind.SITEMAP, "robots.txt")),
    "warc": Format(seeds=_raw_pages, judge=_warc),
}
