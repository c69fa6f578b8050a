"""The poisoned archive in a real browser: on no page, ours or Datasette's, does anything that was stored come alive.

Escaping and the policy are two walls, and each is looked at: had a text become markup, the browser would tell on its
console what the policy kept from running.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.archive.browse.guest import DESKTOP, IN_CHROMIUM, PHONE, Guest
from tests.archive.browse.poison import ALL_AT_ONCE, ARTICLES, PAYLOADS

pytestmark = IN_CHROMIUM

TABLES: Final = (
    "article_authors", "article_tags", "article_texts", "articles", "authors", "boilerplate", "feeds", "fetches",
    "frontier", "hosts", "images", "listed", "removed", "runs", "sources", "tags", "urls", "versions",
)  # fmt: skip
WITH_ROW_PAGES: Final = sorted({*TABLES} - {"article_authors", "article_tags", "article_texts", "listed"})
TYPED: Final = [payload for payload in PAYLOADS if len(payload) < 1_000]  # nobody types the word of 10,000 letters
JAVASCRIPT: Final = 1 + PAYLOADS.index("javascript:alert(1)")
LONG_WORD: Final = 1 + PAYLOADS.index("W" * 10_000)
BREAKING_OUT: Final = 1 + PAYLOADS.index('https://evil.example/" onmouseover="alert(1)')
OVERRIDE: Final = 1 + PAYLOADS.index("\u202egnp.exe\u202d\u202a\u202b\u202c")


@pytest.fixture
def guest(chromium: Browser, poison_served: str) -> Iterator[Guest]:
    with Guest(chromium, poison_served) as guest:
        yield guest
        assert guest.troubles == []


def test_nothing_runs_on_the_front_page_and_in_any_article(guest: Guest) -> None:
    for number in range(1, ARTICLES + 1):
        guest.read(f"/article/{number}")
        guest.read(f"/article/{number}?removed=inline")
    for path in ("/", f"/article/{JAVASCRIPT}", f"/article/{ARTICLES}", f"/article/{ARTICLES}?removed=inline"):
        guest.open(path)


def test_nothing_runs_that_is_searched_for(guest: Guest) -> None:
    for payload in TYPED:
        guest.read("/search?" + urlencode({"q": payload}), statuses=(200, 400))  # what nobody can mean is said
        guest.read("/search?" + urlencode({"q": '"' + payload.replace('"', " ") + '"'}), statuses=(200, 400))
    guest.read("/search?" + urlencode({"q": "alert", "source": ALL_AT_ONCE[:2_000]}))  # it is the name of the source
    for name in ("language", "from", "to", "page"):
        guest.read("/search?" + urlencode({"q": "alert", name: ALL_AT_ONCE[:2_000]}), statuses=(400,))
    guest.open("/search?" + urlencode({"q": " ".join(TYPED)}), statuses=(200, 400))
    guest.open("/search?q=alert")


def test_nothing_runs_on_datasettes_pages_of_tables(guest: Guest) -> None:
    guest.open("/poison")
    for table in TABLES:
        guest.open(f"/poison/{table}?_size=10")
    guest.open("/poison/articles?_size=10&_facet=title&_facet=byline&_facet=section&_sort=title")
    for name in ("title__exact", "title__contains", "_search", "_where"):
        guest.open("/poison/articles?" + urlencode({name: "'<img src=x onerror=alert(1)>'"}))


def test_nothing_runs_on_datasettes_pages_of_rows(guest: Guest) -> None:
    for table in WITH_ROW_PAGES:
        newest = guest.page.request.get(f"{guest.served}/poison/{table}.json?_sort_desc=id&_size=1&_shape=array")
        guest.open(f"/poison/{table}/{newest.json()[0]['id']}")


def test_nothing_runs_that_a_query_shows(guest: Guest) -> None:
    guest.open("/poison?sql=select+*+from+versions+limit+20")
    guest.open("/poison?sql=select+title+as+rule,+id+as+article_id,+title+from+articles")
    for start in range(0, len(TYPED), 17):
        payloads = [payload.replace("\0", "") for payload in TYPED[start : start + 17]]
        guest.open("/poison?" + urlencode({"sql": f"SELECT {', '.join(map(_echoed, payloads))}"}))
        guest.open("/poison?" + urlencode({"sql": "SELECT :typed", "typed": " ".join(payloads)}))
    for query in ("search?q=alert", "captions?part=alert", "clutter_by_rule", "outcomes_by_source"):
        guest.open(f"/poison/{query}")
    guest.open("/poison/search?" + urlencode({"q": '"><script>alert(1)</script>'}))


def test_nothing_runs_on_pages_that_say_what_is_wrong(guest: Guest) -> None:
    attack = "<script>alert(1)</script>\u202e\" onmouseover=alert(1) '"
    guest.open("/poison?" + urlencode({"sql": f"SELECT [{attack}] FROM articles"}), statuses=(400,))  # noqa: S608
    guest.open("/poison?" + urlencode({"sql": f"{attack} SELECT"}), statuses=(400,))
    for asked in ("_sort", "_facet", "_col", "_next", "_search_nothing", "_through"):
        guest.open("/poison/articles?" + urlencode({asked: attack}), statuses=(200, 400, 500))
    for path in ("/nothing-~3Cscript~3E", "/poison/~3Cscript~3Ealert(1)", "/poison/articles/~3Cimg~20src=x~3E"):
        guest.open(path, statuses=(404,))


def _echoed(text: str) -> str:
    """A text as a value, and as the name of its column."""
    return "'{}' AS \"{}\"".format(text.replace("'", "''"), text.replace('"', '""'))


def test_a_stored_address_leads_to_the_web_or_nowhere(guest: Guest) -> None:
    guest.open(f"/article/{BREAKING_OUT}")
    leading = guest.page.locator("main a[rel]").evaluate_all("links => links.map(link => link.href)")
    assert leading
    assert all(href.startswith("https://evil.example/") for href in leading)
    guest.open(f"/article/{JAVASCRIPT}")
    assert "Redirected to\njavascript:alert(1)" in guest.page.locator("#provenance").inner_text(), "shown, and no link"


def test_an_open_override_does_not_turn_what_stands_beside_it(guest: Guest) -> None:
    guest.open(f"/poison/articles/{OVERRIDE}")
    left = """name => {
        const cells = [...document.querySelectorAll('td')];
        const walker = document.createTreeWalker(cells.find(td => td.innerText.includes('gnp')), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(name);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + 1);
            return range.getBoundingClientRect().left;
        }
    }"""
    assert guest.page.evaluate(left, "gnp") < guest.page.evaluate(left, "exe")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_text_makes_a_page_of_ours_wider_than_its_window(
    chromium: Browser, poison_served: str, viewport: dict[str, int]
) -> None:
    with Guest(chromium, poison_served, viewport=viewport) as guest:
        for path in (
            "/", "/search", "/search?q=WWW*", f"/search?q={'W' * 900}", f"/article/{LONG_WORD}", f"/article/{ARTICLES}",
            f"/article/{ARTICLES}?removed=inline",
        ):  # fmt: skip
            guest.open(path)
            assert guest.width() <= viewport["width"], path


def test_no_title_pushes_the_others_out_of_sight(guest: Guest) -> None:
    guest.open("/")
    heights = guest.page.locator(".hits li").evaluate_all("hits => hits.map(hit => hit.offsetHeight)")
    assert len(heights) == 10
    assert max(heights) < 300
