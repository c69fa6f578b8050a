"""Pages in a real browser: nothing runs but what Datasette brings, nothing sticks out on a phone, and reading works."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.archive import sample
from tests.archive.browse.guest import IN_CHROMIUM, PHONE, Guest

pytestmark = IN_CHROMIUM

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
    f"/article/{sample.FERRY_ID}/versions",
    "/captions",
    "/sources",
    "/source/harbour",
    "/clutter",
    "/clutter?rule=sharing.links",
    "/edits",
    "/runs",
)

IN_THE_DARK = (
    "/search?q=harbour",
    "/search?source=nobody",
    f"/article/{sample.FERRY_ID}?removed=inline",
    f"/article/{sample.FERRY_ID}/versions",
    "/source/harbour",
)


@pytest.fixture
def guest(chromium: Browser, served: str) -> Iterator[Guest]:
    with Guest(chromium, served) as guest:
        yield guest
        assert guest.troubles == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(chromium: Browser, served: str, scripts: bool) -> None:  # noqa: FBT001
    with Guest(chromium, served, java_script_enabled=scripts) as guest:
        for path in PAGES:
            guest.open(path)
        assert guest.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(chromium: Browser, served: str, scheme: str) -> None:
    with Guest(chromium, served, viewport=PHONE, color_scheme=scheme) as guest:
        for path in PAGES:
            guest.open(path)
            assert guest.width() <= PHONE["width"], path
        assert guest.troubles == []


def test_a_reader_searches_and_reads_without_scripts(chromium: Browser, served: str) -> None:
    with Guest(chromium, served, viewport=PHONE, java_script_enabled=False) as guest:
        page = guest.page
        page.goto(served)
        page.get_by_label("Search").fill("ferry lanterns")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Night ferry is back").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Night ferry is back in the old harbour"
        page.locator("summary", has_text="What was cut").click()
        assert page.get_by_text("Get the tides in your inbox").is_visible()
        page.get_by_role("link", name="Show what was cut").click()
        assert page.locator("aside").count() == len(sample.FERRY_CLUTTER)


def test_arabic_is_set_from_right_to_left(guest: Guest) -> None:
    guest.open(f"/article/{sample.ARABIC_ID}")
    assert guest.page.evaluate("getComputedStyle(document.querySelector('.text')).direction") == "rtl"
    assert guest.page.evaluate("getComputedStyle(document.querySelector('.dates')).direction") == "ltr"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_ours_has_a_fault_that_axe_finds(chromium: Browser, served: str, scheme: str) -> None:
    with Guest(chromium, served, color_scheme=scheme, bypass_csp=True) as guest:
        faults = {}
        # In the dark only colours are others: the pages that have them all.
        for path in (*PAGES, "/search?source=nobody", "/article/999") if scheme == "light" else IN_THE_DARK:
            guest.page.goto(served + path)
            guest.page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
            if found := Axe().run(guest.page).response["violations"]:
                faults[path] = [(each["id"], each["nodes"][0]["html"][:120]) for each in found]
        assert faults == {}


def test_datasettes_own_pages_are_no_worse_than_without_us(chromium: Browser, served: str) -> None:
    stock = {"color-contrast", "heading-order", "html-has-lang", "label", "landmark-one-main", "region", "select-name"}
    with Guest(chromium, served, bypass_csp=True) as guest:
        for path in ("/sample", "/sample/articles", "/sample/articles/1"):
            guest.page.goto(served + path)
            found = {each["id"] for each in Axe().run(guest.page).response["violations"]}
            assert found <= stock - {"html-has-lang"}, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_a_reader_finds_a_wrong_rule_and_what_changed(chromium: Browser, served: str, scripts: bool) -> None:  # noqa: FBT001
    with Guest(chromium, served, java_script_enabled=scripts) as guest:
        page = guest.page
        page.goto(served)
        page.get_by_role("link", name="Clutter", exact=True).click()
        page.get_by_role("link", name="newsletters.form").click()
        assert "Get the tides in your inbox" in page.locator("ol").inner_text()
        page.get_by_role("link", name="Night ferry is back").first.click()
        assert page.locator("aside.cut").count() == len(sample.FERRY_CLUTTER)
        page.get_by_role("link", name="2 versions").click()
        assert page.locator(".difference del").inner_text().strip() == "returns to"
        page.get_by_role("link", name="Edits").click()
        page.get_by_label("Sort").select_option("largest")
        page.get_by_role("button", name="Show").click()
        assert page.url.endswith("/edits?sort=largest&change=&source=")
        assert page.get_by_role("link", name="Night ferry is back").is_visible()
        assert guest.troubles == []


# The policy leaves Datasette what it needs ----------------------------------------------------------------------------


def test_the_menu_of_a_column_offers_facets(guest: Guest) -> None:
    guest.page.goto(f"{guest.served}/sample/articles")
    guest.page.locator("th.col-title .dropdown-menu-icon").click()
    guest.page.get_by_text("Facet by this").click()
    guest.page.wait_for_url("**/sample/articles?_facet=title*")
    assert guest.page.locator(".facet-info-name", has_text="title").count() == 1


def test_the_sql_box_edits_formats_and_runs(guest: Guest) -> None:
    guest.page.goto(f"{guest.served}/sample?sql=select+id,title+from+articles+limit+3")
    guest.page.get_by_role("button", name="Format SQL").click()
    written = guest.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    assert written.startswith("select\n  id,\n  title\nfrom")
    guest.page.get_by_role("button", name="Run SQL").click()
    guest.page.locator(".rows-and-columns tbody tr").nth(2).wait_for()


def test_the_menu_of_the_page_closes_behind_a_click(guest: Guest) -> None:
    guest.page.goto(f"{guest.served}/sample")
    guest.page.locator("details.nav-menu > summary").click()
    assert guest.page.get_by_role("link", name="Search the articles").is_visible()
    guest.page.locator("h1").click()
    assert guest.page.locator("details.nav-menu[open]").count() == 0


def test_a_query_that_takes_too_long_stays_in_its_box(guest: Guest) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n)\nselect max(i) from n"
    guest.page.goto(f"{guest.served}/sample?sql={quote(endless)}")
    assert guest.page.locator(".message-error").inner_text() == "the query takes too long; ask for less at once"
    assert "union all" in guest.page.locator(".CodeMirror").inner_text()
