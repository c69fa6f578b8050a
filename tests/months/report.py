"""What a month came to: how much was found and how soon, against who polls every listing once an hour. Pure reading."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean

from archive.model.listing import Listing, ListingKind
from archive.model.source import Source
from archive.times import parse_stamp
from archive.web.urls import host
from spiders import discovery
from tests.months.press import BEGIN, HOUR, Press

# The listings that the demonstration's configuration names or leads to. Who polls hourly reads all of them.
LISTINGS: Mapping[str, ListingKind] = {
    "http://harbour-post.test/feed/": ListingKind.FEED,
    "http://harbour-post.test/wp-sitemap.xml": ListingKind.SITEMAP,
    "http://harbour-post.test/wp-sitemap-posts-post-1.xml": ListingKind.SITEMAP,
    "http://meridian-times.test/sitemap-index.xml": ListingKind.SITEMAP,
    "http://meridian-times.test/news-sitemap.xml": ListingKind.SITEMAP,
    "http://meridian-times.test/sitemaps/2026-11.xml.gz": ListingKind.SITEMAP,
    "http://vale-courier.test/": ListingKind.SECTION,
    "http://vale-courier.test/atom.xml": ListingKind.FEED,
    "http://neuhafen-bote.test/de/": ListingKind.SECTION,
    "http://neuhafen-bote.test/ar/": ListingKind.SECTION,
    "http://ferry-lane.test/feed.json": ListingKind.FEED,
    "http://ferry-lane.test/urls.txt": ListingKind.URLS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Requests made, stories printed and found, and the mean time from their printing to their finding in hours."""

    requests: int
    revisits: int = 0  # of the requests: second looks, which who polls hourly does not have
    printed: int
    found: int
    delay: float

    def line(self) -> str:
        looks = f"{self.requests - self.revisits:,} requests" + (
            f" + {self.revisits:,} revisits" if self.revisits else ""
        )
        return f"{looks}, {self.found:,} of {self.printed:,} found, mean delay {self.delay:.2f} h"


def ours(archive: Path, press: Press) -> Found:
    """What the archive holds of the month."""
    with closing(sqlite3.connect(archive)) as conn:
        seen = dict(conn.execute("SELECT url, found_at FROM frontier WHERE kind = 'article'").fetchall())
        filed = dict(conn.execute("SELECT url, first_seen_at FROM articles").fetchall())
        (requests, revisits) = conn.execute(
            "SELECT count(*), sum(planned) FROM fetches WHERE outcome <> 'dns'"  # those reached nobody
        ).fetchone()
    stories = [life.first for _, life in press.stories()]
    delays = [parse_stamp(seen[story.url]) - story.published for story in stories if story.url in filed]
    return Found(requests=requests, revisits=revisits, printed=len(stories), found=len(delays), delay=_hours(delays))


def naive(press: Press, sources: Sequence[Source]) -> Found:
    """What comes of polling every listing at every hour and asking once for each new story, by the same machine."""
    by_host = {host(source.url): source for source in sources}
    printed = {life.first.url: life.first.published for _, life in press.stories()}
    delays: dict[str, timedelta] = {}
    polls = 0
    for now in _hours_awake(press):
        for url, kind in LISTINGS.items():
            polls += 1
            answer = press.answer(url, {}, now)
            if answer is None or answer.status != 200:
                continue
            read = discovery.read(kind, answer.body, url, dict(answer.headers)["Content-Type"], by_host[host(url)])
            for found in read.found if isinstance(read, Listing) else ():
                if found.url in printed:
                    delays.setdefault(found.url, now - printed[found.url])
    return Found(requests=polls + len(delays), printed=len(printed), found=len(delays), delay=_hours(delays.values()))


def _hours(delays: Iterable[timedelta]) -> float:
    return fmean(delay / HOUR for delay in delays)


def _hours_awake(press: Press) -> Iterator[datetime]:
    now = BEGIN
    while now < press.end:
        if not press.plan.asleep.holds(now):
            yield now
        now += HOUR
