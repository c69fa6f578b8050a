"""The network that a crawl stands in: names that change their minds, a name server that is down, a proxy."""

import json
from collections import Counter
from pathlib import Path

import pytest

from archive.crawl.bounds.outage import NOTICE
from tests.robustness.hostile.answers import Answer, Asked, redirect, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.project import hostile_project

pytestmark = pytest.mark.timeout(120)

PUBLIC = "93.184.216.34"  # nobody is asked there: in these crawls connections to it lead to the hostile server


def over_one_connection(answer: Answer) -> Answer:
    """An answer after which the name has to be looked up again."""

    def closing(asked: Asked) -> bool:
        answer(asked)
        return False

    return closing


def pages(host: str, count: int) -> dict[tuple[str, str], Answer]:
    close = [("Connection", "close")]
    stories = {(host, f"/{n}"): over_one_connection(story(f"{host} {n}", headers=close)) for n in range(count)}
    return {(host, "/robots.txt"): over_one_connection(reply(status=404, headers=close)), **stories}


STEADY, REBOUND, TURNED = (f"{name}.example.net" for name in ("steady", "rebound", "turned"))
REBINDING = Family(
    name="rebinding",
    table={},
    entries={
        # The port is open on loopback, and nobody may connect to it.
        **{f"http://{STEADY}:@INTERNAL@/{n}": "saved" for n in range(3)},
        **{f"http://{REBOUND}:@INTERNAL@/{n}": "private" if n else "saved" for n in range(3)},
        **{f"http://{TURNED}:@INTERNAL@/{n}": "private" for n in range(3)},
    },
    strangers=pages(STEADY, 3) | pages(REBOUND, 3) | pages(TURNED, 3),
)


def test_a_name_that_is_public_when_it_is_looked_at_first_does_not_lead_inside_later(tmp_path: Path) -> None:
    """What a guard looks at and what is connected to must be one answer: here each look-up gets another.

    Scrapy would remember the first answer, so its memory is off.
    """
    names = {
        "*.hostile.test": ["127.0.0.1"],
        STEADY: [PUBLIC],
        REBOUND: [PUBLIC, PUBLIC, "127.0.0.1"],  # for its robots.txt, its first page, and all others
        TURNED: ["127.0.0.1", PUBLIC],
    }
    with hostile_project(tmp_path, [REBINDING]) as project:
        ended = project.crawl("-s", "DNSCACHE_ENABLED=0", names=names, routes={PUBLIC: project.server.http.port})

        assert (ended.code, ended.output) == (0, "")
        assert project.differences(REBINDING) == []
        assert project.server.internal.connections == 0
        assert Counter(visit.host for visit in project.server.visits if visit.target.strip("/").isdecimal()) == {
            STEADY: 3, REBOUND: 1,
        }  # fmt: skip
        details = [each.detail for each in project.tries(1) if REBOUND in each.url and each.outcome == "private"]
        assert all(f"{REBOUND} is at 127.0.0.1, loopback" in detail for detail in details)


def source(name: str) -> Family:
    return Family(name=name, table={f"/{n}": ("saved", story(f"{name} {n}")) for n in range(2)})


def test_where_no_name_can_be_resolved_no_source_is_blamed_and_the_next_run_goes_on(tmp_path: Path) -> None:
    families = [source("paper"), source("herald"), source("bote")]
    with hostile_project(tmp_path, families) as project:
        down = project.crawl(names={})

        assert (down.code, down.output) == (0, "")
        assert project.server.visits == []
        assert project.rows("SELECT summary, events FROM runs") == [
            (json.dumps({"dns": 3}, separators=(",", ":")), NOTICE)
        ]
        assert project.rows("SELECT count(*) FROM feeds WHERE outcome = 'dns'") == [(0,)]
        assert project.rows("SELECT DISTINCT tries, outcome FROM frontier") == [(0, None)]
        assert project.rows("SELECT count(*) FROM hosts") == [(0,)]

        project.crawl()

        assert [project.differences(family, run=2) for family in families] == [[], [], []]


PAPER = "paper.example.org"
# Where the pages of a public site lead that is reached through the proxy.
INWARDS = (
    "127.0.0.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:10.0.0.1]", "10.0.0.1", "169.254.169.254", "localhost",
    "intranet", "router.local", "db.internal",
)  # fmt: skip
PROXIED = Family(
    name="proxied",
    table={},
    entries={
        f"http://{PAPER}/story": "saved",
        **{f"http://{PAPER}/inwards/{n}": "private" for n in range(len(INWARDS))},
        **{f"http://{host}:@INTERNAL@/listed": "private" for host in INWARDS},
        "http://127.0.0.1:@HTTP@/the-proxy-itself": "private",
    },
    strangers={
        (PAPER, "/story"): story("through a proxy"),
        **{(PAPER, f"/inwards/{n}"): redirect(f"http://{host}:@INTERNAL@/") for n, host in enumerate(INWARDS)},
    },
)


def test_a_proxy_is_asked_for_public_names_and_never_for_what_is_local_by_its_spelling(tmp_path: Path) -> None:
    with hostile_project(tmp_path, [PROXIED], 'proxy = "http://127.0.0.1:@HTTP@"') as project:
        ended = project.crawl(names={})

        assert (ended.code, ended.output) == (0, "")
        assert project.differences(PROXIED) == []
        assert project.server.internal.connections == 0
        assert {visit.host for visit in project.server.visits} == {PROXIED.host, PAPER}
        assert project.looked_up() == {"127.0.0.1"}  # the proxy; names are resolved there


def test_without_the_guard_there_is_no_crawl(tmp_path: Path) -> None:
    """A setting that takes the guard's resolver away takes all requests with it."""
    with hostile_project(tmp_path, [source("paper")]) as project:
        project.crawl("-s", "TWISTED_DNS_RESOLVER=scrapy.resolver.CachingThreadedResolver")

        assert project.server.visits == []
        assert "which would connect to private addresses" in project.log.read_text()
