"""A press that prints small articles, and more whenever a test wants some: work for a crawl that is to be interrupted.

It stands behind the demonstration's server, so that a crawl reaches it as it reaches any site behind a proxy.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.demo.newspaper import Request, Response
from archive.demo.server import DemoServer, serve
from tests.newsroom import Newsroom
from tests.robustness.hostile import prose

_LATEST: Final = 120  # entries of a feed: those of several issues, since a killed crawl may not have read it
_CONFIG: Final = """\
[project]
archive = "cuttings.db"
user_agent = "cuttings-test/0.1 (+mailto:desk@press.test)"
proxy = "{proxy}"
workers = 2
allow_private = [{hosts}]

[defaults]
delay = "0s"
autodiscover = false
"""
_SOURCE: Final = """
[[source]]
url = "http://{host}/"
feeds = ["http://{host}/feed.xml"]
sitemaps = ["http://{host}/sitemap.xml"]
"""
_GONE: Final = 23  # of so many addresses one answers 404 ...
_AGAIN: Final = 19  # ... and one is a second address of the article before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An address in the listings of an outlet, and what it answers."""

    host: str
    number: int
    more: str = ""  # markup at the end of the page

    @property
    def url(self) -> str:
        return f"http://{self.host}/news/{self.number}"

    @property
    def is_gone(self) -> bool:
        return self.number % _GONE == _GONE - 1

    @property
    def is_second_address(self) -> bool:
        return self.number % _AGAIN == _AGAIN - 1 and not Printed(host=self.host, number=self.number - 1).is_gone

    @property
    def key(self) -> str:
        return f"{self.host} {self.number - self.is_second_address}"

    @property
    def text(self) -> str:
        return "\n".join(prose.paragraphs(self.key, 4))

    def html(self) -> str:
        first, *rest = (f"<p>{line}</p>" for line in prose.paragraphs(self.key, 4))
        caption = f"<figcaption>{self.key}. Photo: A Reader</figcaption>"
        picture = f'<figure><img src="/{self.number}.jpg" alt="">{caption}</figure>'
        share = '<ul class="share-buttons"><li><a href="/s">Share on Facebook</a></li></ul>'
        return prose.document(prose.title(self.key), f"{share}{first}{picture}{''.join(rest)}{self.more}")


class Press:
    """Some outlets, what they have printed so far, and which of it was asked for.

    `on_request` is told of every address before it is answered, and may answer itself.
    """

    def __init__(self, outlets: int = 4) -> None:
        self.hosts = tuple(f"outlet-{number}.press.test" for number in range(outlets))
        self.printed: dict[str, Printed] = {}
        self.asked: set[str] = set()
        self.on_request: Callable[[str], Response | None] = lambda _url: None

    @property
    def articles(self) -> dict[str, str]:
        """Address -> text of every page. An archive should file each text once, under one of its addresses."""
        return {each.url: each.text for each in self.printed.values() if not each.is_gone}

    def publish(self, count: int, more: str = "") -> None:
        """Print so many addresses more, the outlets in turn."""
        for index in range(len(self.printed), len(self.printed) + count):
            host = self.hosts[index % len(self.hosts)]
            page = Printed(host=host, number=index // len(self.hosts), more=more)
            self.printed[page.url] = page

    def respond(self, request: Request) -> Response:
        """Answer a request, as the server wants it of a newspaper."""
        url = f"http://{request.host}{request.target}"
        special = self.on_request(url)
        self.asked.add(url)
        if special is not None:
            return special
        if request.target == "/feed.xml":
            items = "".join(f"<item><link>{each.url}</link></item>" for each in self._latest(request.host))
            return _answer(f"<rss><channel><title>{request.host}</title>{items}</channel></rss>", "text/xml")
        if request.target == "/sitemap.xml":
            urls = "".join(f"<url><loc>{each.url}</loc></url>" for each in self._latest(request.host))
            return _answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', "text/xml")
        page = self.printed.get(url)
        return _answer("", status=404) if page is None or page.is_gone else _answer(page.html())

    def _latest(self, host: str) -> list[Printed]:
        return [each for each in self.printed.values() if each.host == host][-_LATEST:]

    def config(self, proxy: str) -> str:
        hosts = ", ".join(f'"{host}"' for host in self.hosts)
        return _CONFIG.format(proxy=proxy, hosts=hosts) + "".join(_SOURCE.format(host=host) for host in self.hosts)


def _answer(text: str, kind: str = "text/html; charset=utf-8", status: int = 200) -> Response:
    body = text.encode()
    return Response(status=status, headers=(("Content-Type", kind), ("Content-Length", str(len(body)))), body=body)


class Office(Newsroom):
    """A newsroom whose paper is a press."""

    def __init__(self, folder: Path, server: DemoServer, press: Press) -> None:
        super().__init__(folder, server, press.config(server.proxy_url))
        self.press = press

    def filed(self) -> dict[str, str]:
        """Address -> text of every article in the archive."""
        return dict(self.rows(FILED))


FILED: Final = """
SELECT u.url, v.text FROM articles AS a JOIN versions AS v ON v.id = a.version_id
JOIN urls AS u ON u.article_id = a.id AND u.kind IN ('own', 'led')
"""


@contextmanager
def office(folder: Path, press: Press) -> Iterator[Office]:
    """Open an office in a folder."""
    with serve(press) as server:  # type: ignore[arg-type]  # it responds as a newspaper does
        server.handle_error = _say_nothing  # type: ignore[method-assign]  # clients that are killed hang up
        yield Office(folder, server, press)


def _say_nothing(*_: object) -> None:
    pass
