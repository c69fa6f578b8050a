"""Pages as they are once their scripts have run: a browser without a network of its own, for sources with `render`.

The page has been fetched as every page is. A browser gets that answer, and every further request of its scripts comes
back to us: it is made by the crawl's own downloader or not at all. So the address guard, robots.txt, the bounds and the
proxy hold for scripts as they hold for pages, and what they brought stands in the WARC file. That is also why this is
no scrapy-playwright, where the browser itself connects wherever a page wants it to.

Only scripts and what they ask for (GET) are fetched: no pictures, styles, fonts, frames, sockets, downloads.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.http import Request, Response

from archive.crawl.visitors import Visitor
from archive.model.capture import Capture
from archive.web.urls import BadURLError, host, normalize
from pipelines.answers import VISITOR

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Route

logger = logging.getLogger(__name__)

SECONDS: Final = 20.0  # for a page, from its beginning to its text
SETTLE_SECONDS: Final = 6.0  # without any request: then its scripts are taken to be done
MOST_REQUESTS: Final = 60  # of the scripts of one page
MOST_BYTES: Final = 20 * 1024 * 1024  # of what they bring
_CLOSE_SECONDS: Final = 5.0
_WANTED: Final = frozenset({"script", "xhr", "fetch"})
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_LEFT_OUT: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
_ARGUMENTS: Final = (
    # A proxy where nobody listens: whatever a page finds to connect with, it connects to nothing.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # What one site's scripts may read of another's answers is no secret here: there are no cookies, and no user.
    "--disable-web-security",
    "--js-flags=--max-old-space-size=512",
)

Download = Callable[[Request], Awaitable[Response]]


def missing() -> str | None:
    """What has to be installed before pages can be rendered, as a sentence; None where nothing has."""
    if find_spec("playwright") is None:
        return "playwright is not installed; install cuttings[render]"
    if _executable() is None and not _own_browser():
        return "there is no Chromium; install your system's chromium, or run `playwright install chromium`"
    return None


def _executable() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _own_browser() -> bool:
    """Whether Playwright has downloaded a Chromium."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return any(folder.glob("chromium*"))


class Renderer:
    """A browser that is started when the first page needs it. `download` fetches what scripts ask for."""

    def __init__(self, download: Download) -> None:
        self._download = download
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._one_at_a_time = asyncio.Lock()

    async def render(self, capture: Capture, visitor: Visitor | None = None) -> tuple[Capture, str, int]:
        """Return the page after its scripts have run, the reason if that could not be done, and the requests made.

        A page that cannot be rendered is returned as it came; the reason is empty for one that was. Scripts ask as the
        visitor that the page was asked for, but get none of its secrets: they are anybody's.
        """
        async with self._one_at_a_time:
            visit = _Visit(capture, self._download, visitor and visitor.bare)
            try:
                body = await asyncio.wait_for(self._visited(visit), SECONDS)
            except Exception as error:  # noqa: BLE001 - the border: a browser that hangs or crashes costs one page
                await self._drop()
                reason = "it took too long" if isinstance(error, TimeoutError) else str(error).split("\n", 1)[0][:200]
                logger.warning("not rendered: %s: %s", capture.final_url, reason)
                return capture, reason or type(error).__name__, visit.requests
            return replace(capture, body=body.encode("utf-8", "replace"), headers=_as_utf8(capture)), "", visit.requests

    async def close(self) -> None:
        """End the browser."""
        await self._drop()
        if self._playwright is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._playwright.stop(), _CLOSE_SECONDS)
            self._playwright = None

    async def _visited(self, visit: "_Visit") -> str:
        browser = await self._started()
        context = await browser.new_context(accept_downloads=False, service_workers="block", java_script_enabled=True)
        try:
            page = await context.new_page()
            context.on("page", lambda other: asyncio.ensure_future(other.close()))
            return await visit.text(page)
        finally:
            with suppress(Exception):  # what hangs is dropped with its browser
                await asyncio.wait_for(context.close(), _CLOSE_SECONDS)

    async def _started(self) -> "Browser":
        from playwright.async_api import async_playwright

        if self._playwright is None:
            self._playwright = await async_playwright().start()
        if self._browser is None or not self._browser.is_connected():
            # As root Chromium's own sandbox cannot work; it starts only without.
            alone = ["--no-sandbox"] if os.geteuid() == 0 else []
            self._browser = await self._playwright.chromium.launch(
                executable_path=_executable(), args=[*_ARGUMENTS, *alone], handle_sigint=False, handle_sigterm=False
            )
        return self._browser

    async def _drop(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Exception):
                await asyncio.wait_for(browser.close(), _CLOSE_SECONDS)


class _Visit:
    """One page in the browser, and what its scripts have asked for."""

    def __init__(self, capture: Capture, download: Download, visitor: Visitor | None) -> None:
        self._capture = capture
        self._visitor = visitor
        self._download = download
        self._is_there = False
        self._bytes = 0
        self.requests = 0

    async def text(self, page: "Page") -> str:
        """The page's own HTML after its scripts have come to rest."""
        await page.route("**/*", self._answer)
        await page.route_web_socket("**/*", lambda socket: asyncio.ensure_future(socket.close()))
        await page.goto(self._capture.final_url, wait_until="domcontentloaded", timeout=SECONDS * 1000)
        with suppress(Exception):  # one that never rests is taken as it is
            await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
        return await page.content()

    async def _answer(self, route: "Route") -> None:
        try:
            await self._decide(route)
        except Exception as error:  # noqa: BLE001 - the page has gone, or what it asked for cannot be had
            logger.debug("not fetched for a page: %s: %s", route.request.url, error)
            with suppress(Exception):
                await route.abort()

    async def _decide(self, route: "Route") -> None:
        request = route.request
        if request.is_navigation_request() and not self._is_there:
            self._is_there = True
            headers = {name: value for name, value in self._capture.headers if name.lower() not in _LEFT_OUT}
            # The page is to be read, not to protect its readers.
            headers = {name: value for name, value in headers.items() if name.lower() != "content-security-policy"}
            await route.fulfill(status=200, headers=headers, body=self._capture.body)
            return
        if request.method != "GET" or request.resource_type not in _WANTED or not self._has_room():
            await route.abort()
            return
        self.requests += 1
        response = await self._download(_request(request.url, self._visitor))
        self._bytes += len(response.body)
        await route.fulfill(status=response.status, headers=_headers(response), body=response.body)

    def _has_room(self) -> bool:
        return self.requests < MOST_REQUESTS and self._bytes < MOST_BYTES


def _request(url: str, visitor: Visitor | None) -> Request:
    """A request on behalf of a script. A page that is shown asks for all of it at once, and so do its readers."""
    try:
        address = normalize(url)
    except BadURLError as error:
        raise ValueError(str(error)) from error
    slot = f"{SLOT}{host(address)}"
    meta = {"download_slot": slot, "autothrottle_dont_adjust_delay": True, VISITOR: visitor}
    return Request(address, dont_filter=True, meta=meta)


SLOT: Final = "scripts of "  # begins the name of a host's slot in the downloader for what scripts ask for
SLOT_SETTINGS: Final = {"delay": 0.0, "concurrency": 2, "jitter": 0.0}  # of such a slot


def _headers(response: Response) -> dict[str, str]:
    kept = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.decode("latin-1").lower() not in _LEFT_OUT
    }
    return kept | {"Access-Control-Allow-Origin": "*"}


def _as_utf8(capture: Capture) -> tuple[tuple[str, str], ...]:
    """The headers of the page as it is now: the browser has decoded it."""
    kept = tuple((name, value) for name, value in capture.headers if name.lower() != "content-type")
    return (*kept, ("Content-Type", "text/html; charset=utf-8"))
