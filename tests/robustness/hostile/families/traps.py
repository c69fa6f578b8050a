"""Sites without end: calendars, sessions, paths that grow, sitemaps that breed. A crawl of them ends all the same."""

from collections.abc import Iterable
from datetime import date, timedelta

from tests.robustness.hostile.answers import Answer, Asked, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import document, html

DAYS = 3_000
MAPS = 600
BUDGET = 40  # requests of the source that lists sixty thousand addresses
CHILDREN = 3  # sitemaps that each sitemap of a family without end names


def _section(links: list[str]) -> Answer:
    return reply(
        document("Contents", "".join(f'<p><a href="{link}">What happened on {link}</a></p>' for link in links))
    )


def _calendar() -> list[str]:
    return [f"/events/{date(2026, 1, 1) + timedelta(days=n):%Y/%m/%d}/what-is-on-today" for n in range(DAYS)]


def _day(asked: Asked) -> bool:
    return reply(document("Calendar", f"<p>No events on {asked.target}.</p>"))(asked)


def _map(locations: str) -> Answer:
    return reply(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>', kind="text/xml")


def _index(links: list[str]) -> Answer:
    entries = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    return reply(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>', kind="text/xml"
    )


def _list(links: Iterable[str]) -> Answer:
    return reply("\n".join(links), kind="text/plain")


def _breed(asked: Asked) -> bool:
    """An index of indexes that nobody has seen before."""
    return _index([f"http://{asked.host}:@HTTP@{asked.target}{n}/" for n in range(CHILDREN)])(asked)


def _continued(asked: Asked) -> bool:
    """A part of a story, and where the next one stands."""
    story_name, _, part = asked.target.removeprefix("/stories/").partition("/")
    following = f'<link rel="next" href="/stories/{story_name}/{int(part or 1) + 1}"><title>'
    return reply(html(asked.target).replace("<title>", following))(asked)


def _sixty_thousand(asked: Asked) -> bool:
    base = f"http://{asked.host}:{asked.port}/e"
    return _map("".join(f"<url><loc>{base}/{n}</loc></url>" for n in range(60_000)))(asked)


def _site(name: str) -> str:
    return f"http://{name}.hostile.test:@HTTP@"


CALENDAR = Family(
    name="calendar",
    table={"/": ("", _section([*_calendar(), "/news/a-real-article"])), "/events/*": ("", _day),
           "/news/a-real-article": ("saved", story("beside the calendar"))},
    source='sections = ["/"]',
)  # fmt: skip
SESSIONS = Family(
    name="sessions",
    table={
        "/list.txt": ("", _list(f"{_site('sessions')}/news/one?sid={n:x}" for n in range(1_000))),
        "/news/one*": ("", story("one article of many sessions")),
    },
    source='urls = ["/list.txt"]',
)  # fmt: skip
# What a relative link to a folder grows into, on a site that answers every address with the same page.
GROWN = ["/a/b/" * count for count in range(1, 60)]
PATHS = Family(
    name="paths",
    table={
        "/list.txt": ("", _list(f"{_site('paths')}{path}" for path in GROWN)),
        "/a/*": ("", story("the same page everywhere")),
    },
    source='urls = ["/list.txt"]',
)
BREEDING = Family(name="breeding", table={"/map/": ("", _breed), "/map/*": ("", _breed)}, source='sitemaps = ["/map/"]')
MANY_MAPS = Family(
    name="many-maps",
    table={
        "/index.xml": ("", _index([f"{_site('many-maps')}/map/{n}.xml" for n in range(MAPS)])),
        "/map/*": ("", _map("<url><loc>http://many-maps.hostile.test:@HTTP@/only</loc></url>")),
        "/only": ("saved", story("the only article of many maps")),
    },
    source='sitemaps = ["/index.xml"]',
)
MANY_ENTRIES = Family(
    name="many-entries",
    table={"/all.xml": ("", _sixty_thousand), "/e/*": ("", lambda asked: reply(html(asked.target))(asked))},
    source=f'sitemaps = ["/all.xml"]\nbudget = {BUDGET}',
)
STORIES = "abcdefghij"
PARTS_BUDGET = 30
ENDLESS_PARTS = Family(
    name="endless-parts",
    table={
        "/list.txt": ("", _list(f"{_site('endless-parts')}/stories/{name}" for name in STORIES)),
        "/stories/*": ("", _continued),
    },
    source=f'urls = ["/list.txt"]\nbudget = {PARTS_BUDGET}',
)
FAMILIES = (CALENDAR, SESSIONS, PATHS, BREEDING, MANY_MAPS, MANY_ENTRIES, ENDLESS_PARTS)
