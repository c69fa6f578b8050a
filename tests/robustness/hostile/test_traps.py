"""Sites without end: a crawl of them ends by itself after so many requests, finds what is good, and says the rest."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from archive.crawl.bounds.limits import MAX_LISTINGS
from archive.crawl.bounds.traps import MAX_BARREN, MAX_REPEATS
from archive.crawl.frontier import MAX_DEPTH
from archive.crawl.run import LEASE_BATCH
from pipelines.body.next_pages import MAX_PARTS
from spiders.news import IN_FLIGHT
from tests.robustness.hostile.families import traps
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.project import Ended, HostileProject, hostile_project

pytestmark = pytest.mark.timeout(300)  # the crawls are made by the first test that asks for them

# What has been leased before a pattern is known for a trap is asked for.
MOST_OF_A_PATTERN = MAX_BARREN + LEASE_BATCH
SITE_FILES = 2  # tdmrep.json and ai.txt, once a week
AGAIN = ("calendar", "sessions", "many-entries", "endless-parts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trapped:
    """What a crawl of all traps left behind, and a second one of some of them. Requests are by host."""

    project: HostileProject
    first: Ended
    asked: Counter[str]
    asked_again: Counter[str]

    def targets(self, family: Family) -> list[str]:
        return [visit.target for visit in self.project.server.visits if visit.host == family.host]

    def events(self) -> str:
        ((told,),) = self.project.rows("SELECT events FROM runs WHERE id = 1")
        return str(told)


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with hostile_project(tmp_path_factory.mktemp("traps"), traps.FAMILIES) as project:
        first = project.crawl()
        asked = Counter(visit.host for visit in project.server.visits if visit.target != "/robots.txt")
        project.crawl("-a", f"source={','.join(AGAIN)}")
        in_all = Counter(visit.host for visit in project.server.visits if visit.target != "/robots.txt")
        yield Trapped(project=project, first=first, asked=asked, asked_again=in_all - asked)


def test_a_crawl_of_sites_without_end_ends_by_itself(trapped: Trapped) -> None:
    assert (trapped.first.code, trapped.first.output) == (0, "")
    assert trapped.project.rows("SELECT state FROM runs") == [("finished",), ("finished",)]
    assert "Traceback" not in trapped.project.log.read_text()


@pytest.mark.parametrize("family", traps.FAMILIES, ids=lambda family: family.name)
def test_what_is_good_beside_a_trap_lands(trapped: Trapped, family: Family) -> None:
    assert trapped.project.differences(family) == []


def test_a_calendar_is_left_after_so_many_days_without_an_article(trapped: Trapped) -> None:
    days = [target for target in trapped.targets(traps.CALENDAR) if target.startswith("/events/")]

    assert MAX_BARREN <= len(days) <= MOST_OF_A_PATTERN
    assert f"{traps.DAYS - len(days):,} put off, a trap by the look of it: calendar.hostile.test:" in trapped.events()


def test_one_article_under_a_thousand_sessions_is_one_article(trapped: Trapped) -> None:
    host = traps.SESSIONS.host

    assert MAX_BARREN < trapped.asked[host] <= MOST_OF_A_PATTERN + 1  # and its list
    assert trapped.project.rows("SELECT count(*) FROM articles WHERE url LIKE ?", f"http://{host}:%") == [(1,)]


def test_a_path_that_grows_is_not_followed_for_long(trapped: Trapped) -> None:
    grown = [target for target in trapped.targets(traps.PATHS) if target.startswith("/a/")]
    told = [each for each in trapped.project.tries(1) if each.outcome == "trap" and "//paths." in each.url]

    assert grown == traps.GROWN[: MAX_REPEATS - 1]
    assert len(told) == len(traps.GROWN) - len(grown)


def test_sitemaps_that_breed_are_read_so_many_deep(trapped: Trapped) -> None:
    assert (
        trapped.asked[traps.BREEDING.host] == sum(traps.CHILDREN**depth for depth in range(MAX_DEPTH + 1)) + SITE_FILES
    )


def test_of_many_sitemaps_so_many_are_read_in_a_run(trapped: Trapped) -> None:
    assert trapped.asked[traps.MANY_MAPS.host] == MAX_LISTINGS + 1 + SITE_FILES  # and the one article
    assert traps.MAPS > MAX_LISTINGS


def test_a_budget_holds_for_whatever_is_asked_of_a_source(trapped: Trapped) -> None:
    assert trapped.asked[traps.MANY_ENTRIES.host] == traps.BUDGET
    # The articles that are under way when it is used up are read to their ends.
    most = traps.PARTS_BUDGET + IN_FLIGHT * MAX_PARTS
    assert traps.PARTS_BUDGET <= trapped.asked[traps.ENDLESS_PARTS.host] <= most
    for family, budget in ((traps.MANY_ENTRIES, traps.BUDGET), (traps.ENDLESS_PARTS, traps.PARTS_BUDGET)):
        assert f'the budget of "{family.name}" is used up, {budget} requests a day' in trapped.events()


def test_the_next_run_goes_into_no_trap_again(trapped: Trapped) -> None:
    assert trapped.asked_again == {traps.CALENDAR.host: 1, traps.SESSIONS.host: 1}  # what lists their addresses
