"""A good site of two hundred pages, crawled beside everything that a server may do to a crawler.

Each address ends as its table says (see `families`), the good ones word for word; nothing leads inside; and a person
reads in one line what happened.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

import pytest

from archive.model.capture import Locator
from archive.model.outcome import Outcome
from archive.times import parse_stamp
from archive.warc import warc_files
from spiders.middlewares.robots import MAX_BYTES
from tests.robustness.hostile import prose
from tests.robustness.hostile.conftest import Crawl, Crawled
from tests.robustness.hostile.families import (
    FAMILIES,
    charsets,
    good,
    heavy,
    listings,
    pauses,
    redirects,
    robots,
    stale,
    wire,
)
from tests.robustness.hostile.families.family import ENDING, Family
from tests.robustness.hostile.server import Visit

pytestmark = pytest.mark.timeout(300)  # the crawls are made by the first test that asks for them

MOST_MEMORY = 400  # MiB of the main process
MOST_HOPS = 8  # requests of a chain of redirects
TRIES = 2  # of one address in a run


def named(family: Family) -> str:
    return family.name


def pages(visits: Sequence[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.target != "/robots.txt"]


def of(visits: Sequence[Visit], host: str) -> list[str]:
    return [visit.target for visit in visits if visit.host == host]


# ---- What becomes of each address ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_each_address_ends_as_its_table_says(crawled: Crawled, family: Family) -> None:
    assert crawled.project.differences(family) == []


def test_all_good_articles_are_filed_word_for_word(crawled: Crawled) -> None:
    filed = dict(crawled.project.rows("SELECT u.url, v.text FROM urls AS u JOIN versions AS v USING (article_id)"))

    assert good.COUNT == 200
    for number in range(good.COUNT):
        url = crawled.project.normal(good.FAMILY.url(f"/news/{number}-harbour"))
        assert filed.get(url) == prose.text(f"good {number}"), url


@pytest.mark.parametrize("key", charsets.PAGES)
def test_a_text_is_what_was_meant_and_which_signal_told_is_kept(crawled: Crawled, key: str) -> None:
    (row,) = crawled.project.rows(
        "SELECT v.text, v.charset_source FROM urls AS u JOIN versions AS v USING (article_id) WHERE u.url = ?",
        crawled.project.normal(charsets.FAMILY.url(key)),
    )

    page = charsets.PAGES[key]
    assert row == ("\n".join(page.paragraphs(key)), page.source)


def test_what_stands_beside_hostile_paragraphs_is_kept_word_for_word(crawled: Crawled) -> None:
    for number, name in enumerate(heavy.PATTERNS):
        ((text,),) = crawled.project.rows(
            "SELECT v.text FROM urls AS u JOIN versions AS v USING (article_id) WHERE u.url = ?",
            crawled.project.normal(heavy.FAMILY.url(f"/pattern/{number}")),
        )
        assert text.startswith(prose.text(name)), name


def test_a_page_that_cost_its_worker_is_kept_raw(crawled: Crawled) -> None:
    ((url, file, offset, length),) = crawled.project.rows(
        "SELECT url, warc_file, warc_offset, warc_length FROM fetches WHERE outcome = 'quarantined'"
    )

    folder = warc_files.folder_of(crawled.project.folder / "cuttings.db")
    capture = warc_files.read(folder, Locator(file=file, offset=offset, length=length))
    assert (capture.url, capture.status) == (url, 200)
    assert b"a149999=1" in capture.body


def test_a_page_that_its_server_cuts_short_is_filed_with_a_note(crawled: Crawled) -> None:
    """Too small a Content-Length is obeyed; too large a one is a failed attempt (`/length-long`)."""
    notes = {
        key: crawled.project.rows(
            "SELECT v.notes FROM urls AS u JOIN versions AS v USING (article_id) WHERE u.url = ?",
            crawled.project.normal(wire.FAMILY.url(key)),
        )
        for key in ("/length-cut", "/length-short")
    }

    assert notes == {"/length-cut": [('["cut_short"]',)], "/length-short": [("[]",)]}


def test_every_try_that_brought_nothing_says_why(crawled: Crawled) -> None:
    good_ends = {"listed", "part", "saved"}
    silent = [each for each in crawled.project.tries(1) if not each.detail and each.outcome not in good_ends]

    assert silent == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "s3://bucket/key", "http://[bad"])
def test_a_redirect_that_is_not_followed_is_told_with_where_it_leads(crawled: Crawled, target: str) -> None:
    url = crawled.project.normal(redirects.FAMILY.url(f"/odd/{list(redirects.TARGETS).index(target)}"))
    (detail,) = [each.detail for each in crawled.project.tries(1) if each.url == url]

    assert detail.startswith(f"leads to {target}, which ")


# ---- Nothing leads inside --------------------------------------------------------------------------------------------


def test_nothing_connects_to_the_internal_port(crawled: Crawled) -> None:
    refused = [each for each in crawled.project.tries(1) if each.outcome == Outcome.PRIVATE]

    assert len(refused) > 60
    assert crawled.project.server.internal.connections == 0


def test_not_a_byte_of_a_local_file_is_kept(crawled: Crawled) -> None:
    folder = crawled.project.folder
    files = [path for path in folder.iterdir() if path.name.startswith(("cuttings.db", "scrapy.log"))]
    kept = [path.read_bytes() for path in files]
    kept += [gzip.decompress(path.read_bytes()) for path in (folder / "cuttings-warc").iterdir()]
    kept += [body for _, body in crawled.project.raw()]

    assert (folder / "canary.txt").read_bytes() == crawled.project.canary
    assert len(kept) > 500
    assert not [each[:100] for each in kept if crawled.project.canary in each]


def test_no_name_is_looked_up_that_no_page_names(crawled: Crawled) -> None:
    """A cookie would make Scrapy's middleware ask for the public suffix list."""
    asked = {name.rstrip(".") for name in crawled.project.looked_up()}

    strangers = {name for name in asked if not name.endswith((f".{ENDING}", ".example.net"))}
    assert strangers <= {"127.0.0.1"}  # the address that the families' names were found to have


def test_no_request_carries_what_a_server_could_know_it_by(crawled: Crawled) -> None:
    for visit in (*crawled.first.visits, *crawled.second.visits):
        assert not visit.headers.keys() & {"authorization", "referer"}, visit
        # A cookie goes back within the chain of redirects that has set it, and nowhere else.
        assert "cookie" not in visit.headers or (visit.host, visit.target) == ("redirects.hostile.test", "/cookie"), (
            visit
        )
        assert visit.headers["user-agent"] == "Cuttings/0.1 (+mailto:desk@cuttings.test)", visit


# ---- Bounds ----------------------------------------------------------------------------------------------------------


def test_the_memory_of_the_main_process_is_bounded(crawled: Crawled) -> None:
    peaks = [crawl.ended.peak for crawl in (crawled.first, crawled.second)]
    if not all(peaks):
        pytest.skip("the system does not tell a process's peak")

    assert max(peaks) < MOST_MEMORY


def test_no_address_is_asked_for_again_and_again(crawled: Crawled) -> None:
    at_most = {family.address(key)[1:]: number for family in FAMILIES for key, number in (family.at_most or {}).items()}
    for crawl in (crawled.first, crawled.second):
        asked = Counter((visit.host, visit.target) for visit in crawl.visits)
        for (host, target), number in asked.items():
            bound = MOST_HOPS if host == redirects.FAMILY.host else at_most.get((host, target), TRIES)
            assert number <= bound, (host, target)


def test_a_chain_of_redirects_ends_after_eight_requests(crawled: Crawled) -> None:
    asked = of(crawled.first.visits, redirects.FAMILY.host)

    assert [target for target in asked if target.startswith("/hops/")] == [f"/hops/{n}" for n in range(MOST_HOPS)]
    assert asked.count("/self") == MOST_HOPS
    assert sum(target.startswith("/grow?x") for target in asked) == MOST_HOPS


def test_of_a_robots_txt_no_more_is_read_than_its_bound(crawled: Crawled) -> None:
    (body,) = [
        body for url, body in crawled.project.raw() if url.endswith("/robots.txt") and f"//{robots.LARGE}:" in url
    ][:1]

    assert MAX_BYTES < len(body) < MAX_BYTES + (1 << 18)


# ---- Politeness ------------------------------------------------------------------------------------------------------


def test_a_host_is_asked_one_thing_at_a_time(crawled: Crawled) -> None:
    """Without a delay too: what comes over one connection comes one by one."""
    connections = {visit.connection for visit in crawled.first.visits if visit.host == good.FAMILY.host}

    assert len(connections) == 1


@pytest.mark.parametrize("name", pauses.HOSTS)
def test_a_host_that_asks_for_a_pause_is_left_alone_in_this_run_and_the_next(crawled: Crawled, name: str) -> None:
    host = f"{name}.{ENDING}"
    _, least, most = pauses.HOSTS[name]

    assert len(of(pages(crawled.first.visits), host)) == 1
    assert of(crawled.second.visits, host) == []
    ((until, noted),) = crawled.project.rows("SELECT paused_until, noted_at FROM hosts WHERE name = ?", host)
    assert least <= (parse_stamp(until) - parse_stamp(noted)) / timedelta(seconds=1) <= most
    waiting = crawled.project.rows("SELECT DISTINCT state, tries FROM frontier WHERE url LIKE ?", f"http://{host}:%")
    assert waiting == [("pending", 0)]


def test_a_host_that_leads_to_one_that_is_left_alone_is_not(crawled: Crawled) -> None:
    """Nor are the pages lost that led there, however they spelled its name."""
    assert f"/{len(pauses.SPELLINGS) - 1}" in of(crawled.first.visits, pauses.LINKS)
    assert crawled.project.rows("SELECT count(*) FROM hosts WHERE name = ?", pauses.LINKS) == [(0,)]
    waiting = crawled.project.rows(
        "SELECT state, tries, count(*) FROM frontier WHERE url LIKE ? AND url NOT LIKE '%/own'",
        f"http://{pauses.LINKS}:%",
    )
    assert waiting == [("pending", 0, len(pauses.SPELLINGS))]


def test_a_short_pause_is_waited_for(crawled: Crawled) -> None:
    first, *rest = [visit.when for visit in pages(crawled.first.visits) if visit.host == pauses.SHORT]
    tries = [each.outcome for each in crawled.project.tries(1) if f"//{pauses.SHORT}:" in each.url]

    assert Counter(tries) == {"rate_limited": 1, "saved": pauses.WAITING, "site_file": 2}
    assert min(rest) - first >= 1.0  # of two seconds: moments are kept in whole ones


def test_what_robots_txt_forbids_is_not_asked_for(crawled: Crawled) -> None:
    for host in (robots.LARGE, robots.PACKED):
        asked = of(crawled.first.visits, host)
        assert "/allowed" in asked
        assert "/forbidden/page" not in asked


@pytest.mark.parametrize("name", [name for name, (_, outcome) in robots.HOSTS.items() if "saved" not in outcome])
def test_where_robots_txt_cannot_be_had_nothing_is_asked_for(crawled: Crawled, name: str) -> None:
    assert set(of(crawled.first.visits, f"robots-{name}.{ENDING}")) == {"/robots.txt"}


def test_a_second_crawl_asks_for_listings_and_their_robots_txt_alone(crawled: Crawled) -> None:
    asked = Counter((visit.host, visit.target) for visit in crawled.second.visits)
    read = {url for (url,) in crawled.project.rows("SELECT url FROM fetches WHERE run_id = 2 AND kind <> 'article'")}
    hosts = {family.host for family in FAMILIES}

    assert {host for host, target in asked if target == "/robots.txt"} == hosts
    assert {f"http://{host}" for host, target in asked if target != "/robots.txt"} == {
        "http://" + url.partition("://")[2].partition(":")[0] for url in read
    }
    assert asked.total() == len(hosts) + len(read)
    assert crawled.project.rows("SELECT count(*) FROM fetches WHERE run_id = 2 AND kind = 'article'") == [(0,)]


def test_a_listing_that_says_for_ever_that_nothing_is_new_is_read_whole_once_a_day(crawled: Crawled) -> None:
    asked = [
        "if-none-match" in visit.headers
        for crawl in (crawled.first, crawled.second, crawled.third)
        for visit in crawl.visits
        if (visit.host, visit.target) == (stale.FAMILY.host, stale.FEED)
    ]
    ended = {each.url: each.outcome for run in (2, 3) for each in crawled.project.tries(run)}

    assert asked == [False, True, False]
    assert ended[crawled.project.normal(stale.FAMILY.url("/new"))] == "saved"


# ---- What a person is told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_run_adds_up(crawled: Crawled, number: int) -> None:
    counted = dict(
        crawled.project.rows(
            """
            SELECT outcome, count(*) FROM fetches
            WHERE id IN (SELECT max(id) FROM fetches WHERE run_id = ? GROUP BY url) GROUP BY outcome
            """,
            number,
        )
    )
    ((state, tried, summary),) = crawled.project.rows("SELECT state, tried, summary FROM runs WHERE id = ?", number)

    assert json.loads(summary) == counted
    assert (state, tried) == ("finished", sum(counted.values()))
    (line,) = [line for line in crawled.project.log.read_text().splitlines() if f" Run {number}: " in line]
    parts = ", ".join(f"{count:,} {outcome}" for outcome, count in json.loads(summary).items())
    assert f"{tried:,} URLs tried = {parts}; " in line


def test_one_try_is_one_row(crawled: Crawled) -> None:
    tried = Counter(each.url for each in crawled.project.tries(1))
    asked_again = {each.url for each in crawled.project.tries(1) if each.outcome == Outcome.RATE_LIMITED}

    assert {url for url, count in tried.items() if count > 1} <= asked_again


@pytest.mark.parametrize("which", ["first", "second", "third"])
def test_a_crawl_of_hostile_servers_is_no_error_of_ours(crawled: Crawled, which: str) -> None:
    crawl: Crawl = getattr(crawled, which)
    assert (crawl.ended.code, crawl.ended.output) == (0, "")


def test_the_log_holds_no_traceback_and_no_error(crawled: Crawled) -> None:
    log = crawled.project.log.read_text()

    assert "Traceback" not in log
    assert [line for line in log.splitlines() if " ERROR: " in line or " CRITICAL: " in line] == []


def test_a_host_is_told_of_once(crawled: Crawled) -> None:
    ((events,),) = crawled.project.rows("SELECT events FROM runs WHERE id = 1")
    hosts = Counter(event.partition(" is left alone until ")[0] for event in events.split("\n"))

    assert {f"{name}.{ENDING}" for name in pauses.HOSTS} < hosts.keys()
    assert hosts.most_common(1)[0][1] == 1


# ---- What is kept ----------------------------------------------------------------------------------------------------


def test_the_raw_files_hold_every_answer_redirects_among_them(crawled: Crawled) -> None:
    kept = Counter(url for url, _ in crawled.project.raw())
    hops = [crawled.project.normal(redirects.FAMILY.url(f"/ring-of-12/{n}")) for n in range(MOST_HOPS)]

    assert [kept[url] for url in hops] == [1] * MOST_HOPS
    for key in (f"/three/{n}" for n in range(4)):
        assert kept[crawled.project.normal(redirects.FAMILY.url(key))] == 1


def test_every_row_finds_its_raw_answer(crawled: Crawled) -> None:
    folder = warc_files.folder_of(crawled.project.folder / "cuttings.db")
    rows = crawled.project.rows(
        "SELECT url, final_url, status, warc_file, warc_offset, warc_length FROM fetches "
        "WHERE status IS NOT NULL AND outcome <> 'too_big'"
    )

    assert len(rows) > 400
    for url, final_url, status, file, offset, length in rows:
        capture = warc_files.read(folder, Locator(file=file, offset=offset, length=length))
        assert (capture.url, capture.status) == (final_url or url, status)


def test_what_is_good_in_an_evil_listing_lands_and_what_is_not_is_told_once(crawled: Crawled) -> None:
    told: defaultdict[str, int] = defaultdict(int)
    for run in (1, 2, 3):
        for each in crawled.project.tries(run):
            told[each.url] += each.kind == "article"

    for url in listings.EVIL:
        assert told[crawled.project.normal(url)] == 1, url
