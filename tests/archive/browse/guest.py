"""Somebody who opens pages in Chromium, and notes whatever on them acts by itself."""

import shutil
from collections.abc import Iterable
from typing import Any, Final, Self

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CHROMIUM: Final = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1280, "height": 900}

# Everything in a page that could act: what is found is what should not be there. Datasette's own scripts may be.
_ALIVE: Final = r"""(page, base, scripts) => {
    const found = [];
    const never = ['iframe', 'object', 'embed', 'base', 'img', 'math', ...(scripts ? [] : ['script', 'style', 'svg'])];
    const leading = ['action', 'data', 'formaction', 'href', 'src', 'srcdoc', 'xlink:href'];
    for (const element of page.querySelectorAll('*')) {
        const name = element.localName;
        if (never.includes(name) && !element.matches('svg.plot')) found.push(name);
        if (name === 'meta' && element.httpEquiv) found.push('meta ' + element.httpEquiv);
        for (const attribute of element.attributes) {
            if (attribute.name.startsWith('on')) found.push(name + ' ' + attribute.name);
            if (leading.includes(attribute.name)
                && !['http:', 'https:'].includes(new URL(attribute.value, base).protocol))
                found.push(name + ' ' + attribute.name + '=' + attribute.value);
        }
    }
    if (/[\u202a-\u202e\u2066-\u2069]/.test(page.documentElement.outerHTML)) found.push('turned around');
    if (page.title.startsWith('owned')) found.push('owned');
    return found;
}"""
# A document that was only parsed: Chromium's reading of a page in a hundredth of the time that opening it takes.
_ALIVE_WHEN_PARSED: Final = (
    f"([html, base]) => ({_ALIVE})(new DOMParser().parseFromString(html, 'text/html'), base, false)"
)
_ALIVE_WHEN_OPEN: Final = f"() => ({_ALIVE})(document, location.href, true)"


class Guest:
    """A window of its own. `troubles` are what acted: scripts, dialogs, requests that lead elsewhere, the console."""

    def __init__(self, chromium: Browser, served: str, **options: Any) -> None:
        self._context = chromium.new_context(**{"viewport": DESKTOP, **options})
        self.page: Page = self._context.new_page()
        self.served = served
        self.troubles: list[str] = []
        self.page.on("console", lambda message: self._note(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("dialog", self._dismiss)
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("popup", lambda popup: self._note(f"popup: {popup.url}"))
        self.page.on("download", lambda download: self._note(f"download: {download.url}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._context.close()

    def open(self, path: str, statuses: Iterable[int] = (200,)) -> None:
        """Open a page, unfold what is folded, and look it through."""
        response = self.page.goto(self.served + path)
        assert response is not None
        assert response.status in statuses, path
        assert response.headers["content-security-policy"].startswith("default-src 'none'"), path
        self.page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
        assert not self.page.evaluate(_ALIVE_WHEN_OPEN), path
        assert self.page.url.removeprefix(self.served).partition("?")[0] == path.partition("?")[0], "it led elsewhere"

    def read(self, path: str, statuses: Iterable[int] = (200,)) -> None:
        """Look a page of ours through without opening it: nothing in it can run, and nothing but links lead on."""
        response = self.page.request.get(self.served + path)
        assert response.status in statuses, path
        assert "script-src" not in response.headers["content-security-policy"], path
        assert not self.page.evaluate(_ALIVE_WHEN_PARSED, [response.text(), self.served]), path

    def width(self) -> int:
        """How wide the page is, with what sticks out."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def _note(self, trouble: str) -> None:
        # A page that says what is wrong was asked for here, and Chromium writes of each.
        if "Failed to load resource: the server responded with a status of" not in trouble:
            self.troubles.append(f"{self.page.url[:200]}: {trouble}")

    def _dismiss(self, dialog: Any) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, url: str) -> None:
        if not url.startswith(f"{self.served}/"):
            self._note(f"request: {url}")


def close(datasette: Any) -> None:
    """Close a Datasette that was asked without a server."""
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
