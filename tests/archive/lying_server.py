"""The sites of `lying_sites` on loopback, crawled by the program as a user runs it."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from archive.demo.newspaper import Request, Response
from archive.demo.server import serve
from archive.storage.connection import open_reader
from archive.times import stamp, utc_now
from tests import newsroom
from tests.archive.lying_sites import Newsroom, Page
from tests.robustness.hostile import prose

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
revisit = ["1h", "2h"]
"""
_SOURCE: Final = """
[[source]]
id = "{key}"
url = "http://{host}/"
feeds = ["{feed}"]
"""
_PAGES: Final = ("saved", "updated", "unchanged", "duplicate")


class LoopbackNewsroom(Newsroom):
    """A newsroom whose sites answer on loopback. A crawl is a process of its own, which a kill ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "cuttings.db")
        self.folder = folder
        self.proxy = ""
        self.offered: dict[str, set[str]] = {}  # outlet -> URLs that its feed named in this run

    def respond(self, request: Request) -> Response:
        """Answer a request, as the server wants it of a newspaper."""
        url = f"http://{request.host}{request.target}"
        if request.target == "/feed.xml":
            return self._feed(url)
        page = self.web.get(url)
        if page.final_url != url:
            location = page.redirects[0] if page.redirects else page.final_url
            return _answer("", status=301 if page.moved_to else 302, location=location)
        if page.story is None or page.status != 200:
            return _answer("no such page", status=page.status)
        return _answer(self._html(page))

    def _feed(self, url: str) -> Response:
        found = self.web.listing(url, self.runs)
        if found is None:
            return _answer("no such page", status=404)
        name = next(
            each.name for each in self.web.outlets.values() if urlsplit(url).hostname in (each.host, *each.former)
        )
        self.offered[name] = {each.url for each in found}
        entries = "".join(
            f'<entry><title>{escape(each.title or "")}</title><link href="{escape(each.url)}"/>'
            f"<id>{escape(each.url)}</id><updated>{stamp(each.modified or utc_now())}</updated></entry>"
            for each in found
        )
        head = f"<title>{name}</title><id>{url}</id><updated>{stamp(self.web.now)}</updated>"
        return _answer(f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>', "application/atom+xml")

    def _html(self, page: Page) -> str:
        article = self.web.extraction(page).article
        links = [("canonical", article.canonical_url), ("amphtml", article.amp_url)]
        head = "".join(f'<link rel="{kind}" href="{escape(url)}">' for kind, url in links if url)
        body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in article.paragraphs)
        return prose.document(article.title or "", body).replace("</head>", f"{head}</head>")

    def crawl(self, killed_after: int | None = None) -> None:
        """Crawl as a user does; killed after so many tenths of a second if it is not done by then."""
        self.runs += 1
        self.web.now = utc_now()
        self.offered.clear()
        self._configure()
        self._hasten()
        process = subprocess.Popen(
            [*newsroom.CUTTINGS, "crawl"], cwd=self.folder, env=newsroom.environment(), process_group=0,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        killed = killed_after is not None and _kill(process, killed_after / 10)
        said = process.communicate(timeout=90)[1]
        assert killed or process.returncode == 0, said
        if not self.archive.exists():
            return
        self._take_account()
        if not killed:
            for name, offered in self.offered.items():
                self.named[name] |= offered
            self._check_polled({self.web.outlets[name].feed for name in self.offered})
            self._check_run()
        self.check()

    def _configure(self) -> None:
        outlets = self.web.outlets.values()
        hosts = ", ".join(f'"{host}"' for outlet in outlets for host in (outlet.host, *outlet.former))
        sources = (_SOURCE.format(key=each.key, host=each.host, feed=each.feed) for each in outlets)
        text = _CONFIG.format(proxy=self.proxy, hosts=hosts) + "".join(sources)
        (self.folder / "cuttings.toml").write_text(text, encoding="utf-8")

    def _hasten(self) -> None:
        """Make due now what is planned for later: revisits, and second chances."""
        if self.archive.exists():
            with closing(sqlite3.connect(self.archive)) as conn:
                conn.execute("UPDATE frontier SET due_at = ? WHERE state = 'pending'", (stamp(self.web.now),))
                conn.commit()

    def _take_account(self) -> None:
        """Note which pages the last run read. Nothing changes on the sites while it goes on."""
        marks = ", ".join("?" * len(_PAGES))
        with closing(open_reader(self.archive)) as conn:
            read = conn.execute(
                f"""
                SELECT url, coalesce(final_url, url) FROM fetches
                WHERE kind = 'article' AND outcome IN ({marks}) AND run_id = (SELECT max(id) FROM runs)
                """,  # noqa: S608 - question marks
                _PAGES,
            ).fetchall()
        for url, final in read:
            story = self.web.story_at(final)
            assert story is not None, f"{final} was read, but is nobody's"
            self.served[story.body] = url
            self.stories_at[url].add(story)


def _kill(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill a crawl after so long; False where it had ended before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    if process.poll() is not None:
        return False
    process.send_signal(signal.SIGKILL)
    return True


def _answer(text: str, kind: str = "text/html; charset=utf-8", status: int = 200, location: str = "") -> Response:
    body = text.encode()
    headers = (("Content-Type", kind), ("Content-Length", str(len(body))))
    return Response(status=status, headers=(*headers, *((("Location", location),) if location else ())), body=body)


@contextmanager
def on_loopback(folder: Path) -> Iterator[LoopbackNewsroom]:
    """Open a newsroom in a folder, and its sites on loopback."""
    room = LoopbackNewsroom(folder)
    with serve(room) as server:  # type: ignore[arg-type]  # it responds as a newspaper does
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that are killed hang up
        room.proxy = server.proxy_url
        yield room
