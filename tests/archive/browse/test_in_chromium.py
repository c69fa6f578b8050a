"""Our pages in a real browser: nothing runs, nothing is fetched from elsewhere, nothing sticks out on a phone."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.archive import sample

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

PAGES = (
    "/",
    "/search",
    "/search?q=harbour",
    "/search?q=nothing-like-it",
    f"/article/{sample.FERRY_ID}",
    f"/article/{sample.FERRY_ID}?removed=inline",
    f"/article/{sample.HOSTILE_ID}",
    f"/article/{sample.HOSTILE_ID}?removed=inline",
    f"/article/{sample.ARABIC_ID}",
    f"/article/{sample.JAPANESE_ID}",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page with everything about it that should not happen."""

    def __init__(self, chromium: Browser, **options: Any) -> None:
        self.page: Page = chromium.new_context(**options).new_page()
        self.troubles: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.hosts.add("/".join(request.url.split("/")[:3])))

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def unfold(self) -> None:
        for summary in self.page.locator("summary").all():
            summary.click()

    def close(self) -> None:
        self.page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(chromium: Browser, served: str, scripts: bool) -> None:  # noqa: FBT001
    watched = Watched(chromium, viewport=DESKTOP, java_script_enabled=scripts)
    for path in PAGES:
        watched.page.goto(served + path)
        watched.unfold()
        assert "owned" not in watched.page.title()
    assert watched.troubles == []
    assert watched.hosts == {served}
    watched.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(chromium: Browser, served: str, scheme: str) -> None:
    watched = Watched(chromium, viewport=PHONE, color_scheme=scheme)
    for path in PAGES:
        watched.page.goto(served + path)
        watched.unfold()
        wide = watched.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], path
    assert watched.troubles == []
    watched.close()


def test_a_reader_searches_and_reads_without_scripts(chromium: Browser, served: str) -> None:
    watched = Watched(chromium, viewport=PHONE, java_script_enabled=False)
    page = watched.page
    page.goto(served)
    page.get_by_label("Search").fill("ferry lanterns")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Night ferry is back").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Night ferry is back in the old harbour"
    page.locator("summary", has_text="What was cut").click()
    assert page.get_by_text("Get the tides in your inbox").is_visible()
    page.get_by_role("link", name="Show what was cut").click()
    assert page.locator("aside").count() == len(sample.FERRY_CLUTTER)
    watched.close()


def test_arabic_is_set_from_right_to_left(chromium: Browser, served: str) -> None:
    watched = Watched(chromium, viewport=DESKTOP)
    watched.page.goto(f"{served}/article/{sample.ARABIC_ID}")
    heading, column = (watched.page.locator(which).bounding_box() for which in ("h1", ".reading"))
    assert heading is not None
    assert column is not None
    assert watched.page.evaluate("getComputedStyle(document.querySelector('.text')).direction") == "rtl"
    assert watched.page.evaluate("getComputedStyle(document.querySelector('.dates')).direction") == "ltr"
    watched.close()
