"""Sites that lie, in any order: what they listed adds up, and every story they served is filed as itself, once.

A script for each lie says what it must not do. The machine below mixes them all; a failure is shrunk to a few actions.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Final

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from archive.storage.store import Store
from tests.archive.lying_server import on_loopback
from tests.archive.lying_sites import Newsroom, Story

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_OUTLETS: Final = st.sampled_from(["paper", "wire"])
_AT_FIRST: Final = st.sampled_from(["whole", "whole", "whole", "missing", "a stub"])
_WAITS: Final = st.sampled_from([timedelta(minutes=11), HOUR + timedelta(minutes=1), 7 * HOUR, DAY + HOUR, 8 * DAY])


@lru_cache(maxsize=1)
def _empty() -> bytes:
    """An archive without anything: to make its tables anew for each example takes most of the time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(path).close()
        with closing(sqlite3.connect(path)) as conn:
            conn.execute("PRAGMA journal_mode = DELETE")
        return path.read_bytes()


def newsroom(folder: Path) -> Newsroom:
    """A newsroom with an empty archive."""
    path = folder / "cuttings.db"
    path.write_bytes(_empty())
    return Newsroom(path)


def mended(room: Newsroom) -> None:
    """All sites are as they should be; a month goes by with crawls in it."""
    room.web.mend()
    for wait in (timedelta(0), 2 * HOUR, 2 * DAY, 40 * DAY):
        room.web.now += wait
        room.crawl()
    room.check_nothing_is_left_out()


# A lie at a time ------------------------------------------------------------------------------------------------------


def _revisited(room: Newsroom) -> None:
    room.web.now += 2 * HOUR
    room.crawl()


def all_canonicals_name_the_section(room: Newsroom) -> None:
    room.web.outlets["paper"].canonical = "/news"
    room.web.publish("paper"), room.web.publish("paper")
    room.crawl()


def all_canonicals_name_one_story(room: Newsroom) -> None:
    first, _ = room.web.publish("paper"), room.web.publish("paper")
    room.web.outlets["paper"].canonical = first
    room.crawl()


def all_canonicals_name_a_story_that_is_listed_later(room: Newsroom) -> None:
    room.web.publish("paper")
    later = room.web.publish("paper")
    room.web.outlets["paper"].canonical = later
    room.web.outlets["paper"].listed.remove(later)
    room.crawl()
    room.web.outlets["paper"].listed.append(later)
    _revisited(room)


def all_pages_share_one_amp_url(room: Newsroom) -> None:
    room.web.outlets["paper"].shares_amp = True
    room.web.publish("paper"), room.web.publish("paper")
    room.crawl()


def all_redirects_share_one_hop(room: Newsroom) -> None:
    room.web.outlets["paper"].shares_hop = True
    room.web.publish("paper"), room.web.publish("paper")
    room.crawl()


def a_filed_story_leads_to_another_that_is_filed(room: Newsroom) -> None:
    gone, other = room.web.publish("paper"), room.web.publish("paper")
    room.crawl()
    room.web.redirect(gone, other, for_good=True)
    _revisited(room)


def a_filed_story_leads_to_a_new_one(room: Newsroom) -> None:
    gone = room.web.publish("paper")
    room.crawl()
    room.web.redirect(gone, room.web.publish("paper"), for_good=True)
    _revisited(room)


def a_story_leads_to_another_for_a_while(room: Newsroom) -> None:
    away, other = room.web.publish("paper"), room.web.publish("paper")
    room.web.redirect(away, other, for_good=False)
    room.crawl()
    room.web.end_redirect(away)
    _revisited(room)


def a_page_is_there_later_than_its_listing(room: Newsroom) -> None:
    story = room.web.publish("paper", "missing")
    room.crawl()
    room.web.arrive(story)


def a_stub_becomes_a_story(room: Newsroom) -> None:
    story = room.web.publish("paper", "a stub")
    room.crawl()
    room.web.arrive(story)


def a_host_challenges_for_a_while(room: Newsroom) -> None:
    for _ in range(6):
        room.web.publish("paper")
    room.web.outlets["paper"].challenges = True
    room.crawl()
    room.web.end_challenge("paper")


def a_source_is_renamed(room: Newsroom) -> None:
    room.web.publish("paper")
    room.crawl()
    room.web.rename("paper")
    room.web.publish("paper")
    _revisited(room)


def a_site_moves_and_a_word_changes(room: Newsroom) -> None:
    story = room.web.publish("paper")
    room.crawl()
    room.web.move("paper")
    room.web.edit(story)
    room.crawl()


def listed_urls_have_session_ids(room: Newsroom) -> None:
    room.web.outlets["paper"].puts_session_ids = room.web.outlets["paper"].names_no_canonical = True
    story = room.web.publish("paper")
    room.crawl()
    room.web.edit(story)
    room.crawl()


def stories_differ_in_their_query_alone(room: Newsroom) -> None:
    room.web.publish("paper", is_log=True), room.web.publish("paper", is_log=True)
    room.crawl()


def two_sources_list_one_url(room: Newsroom) -> None:
    room.web.outlets["wire"].listed.append(room.web.publish("paper"))
    room.crawl()


def two_sources_list_new_forms_of_one_url(room: Newsroom) -> None:
    room.web.outlets["wire"].listed.append(room.web.publish("paper"))
    for outlet in room.web.outlets.values():
        outlet.puts_session_ids = True
    room.crawl()
    room.crawl()


def a_run_is_killed(room: Newsroom) -> None:
    room.web.publish("paper"), room.web.publish("wire")
    for answers in range(4):
        room.crawl(killed_after=answers)


LIES: Final = (
    all_canonicals_name_the_section, all_canonicals_name_one_story, all_canonicals_name_a_story_that_is_listed_later,
    all_pages_share_one_amp_url, all_redirects_share_one_hop, a_filed_story_leads_to_another_that_is_filed,
    a_filed_story_leads_to_a_new_one, a_story_leads_to_another_for_a_while, a_page_is_there_later_than_its_listing,
    a_stub_becomes_a_story, a_host_challenges_for_a_while, a_source_is_renamed, a_site_moves_and_a_word_changes,
    listed_urls_have_session_ids, stories_differ_in_their_query_alone, two_sources_list_one_url,
    two_sources_list_new_forms_of_one_url, a_run_is_killed,
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__.replace("_", " "))
def test_no_lie_costs_a_story(tmp_path: Path, lie: Callable[[Newsroom], None]) -> None:
    room = newsroom(tmp_path)
    lie(room)
    mended(room)


# All of them, in any order --------------------------------------------------------------------------------------------


class LyingSites(RuleBasedStateMachine):
    """What sites, the network and a person may do between two crawls."""

    stories = Bundle("stories")

    def __init__(self) -> None:
        super().__init__()
        memory = Path("/dev/shm")  # noqa: S108 - only where it is: each commit waits for the disk else
        self.folder = Path(mkdtemp(dir=memory if memory.is_dir() else None))
        self.room = newsroom(self.folder)
        self.web = self.room.web

    def teardown(self) -> None:
        """Called by hypothesis."""
        shutil.rmtree(self.folder)

    @initialize(target=stories)
    def begin(self) -> Story:
        return self.web.publish("paper")

    @rule(target=stories, outlet=_OUTLETS, at_first=_AT_FIRST)
    def publish(self, outlet: str, at_first: str) -> Story:
        return self.web.publish(outlet, at_first)

    @rule(target=stories, outlet=_OUTLETS)
    def publish_a_police_log(self, outlet: str) -> Story:
        return self.web.publish(outlet, is_log=True)

    @rule(story=stories)
    def edit(self, story: Story) -> None:
        self.web.edit(story)

    @rule(story=stories)
    def rewrite(self, story: Story) -> None:
        self.web.rewrite(story)

    @rule(story=stories)
    def put_up_the_whole_page(self, story: Story) -> None:
        assume(story.is_missing or story.is_stub)
        self.web.arrive(story)

    @rule(outlet=_OUTLETS)
    def let_all_canonicals_name_the_section(self, outlet: str) -> None:
        self.web.outlets[outlet].canonical = "/news"

    @rule(story=stories)
    def let_all_canonicals_of_its_site_name(self, story: Story) -> None:
        story.outlet.canonical = story

    @rule(outlet=_OUTLETS)
    def let_no_page_name_a_canonical(self, outlet: str) -> None:
        self.web.outlets[outlet].names_no_canonical = True

    @rule(outlet=_OUTLETS, share=st.booleans())
    def share_one_amp_url(self, outlet: str, *, share: bool) -> None:
        self.web.outlets[outlet].shares_amp = share

    @rule(outlet=_OUTLETS, share=st.booleans())
    def share_one_hop(self, outlet: str, *, share: bool) -> None:
        self.web.outlets[outlet].shares_hop = share

    @rule(story=stories, to=stories, for_good=st.booleans())
    def redirect(self, story: Story, to: Story, *, for_good: bool) -> None:
        assume(story is not to and to.leads_to is None)
        assume(all(each.leads_to is not story for each in self.web.stories))
        self.web.redirect(story, to, for_good=for_good)

    @rule(story=stories)
    def end_the_redirect(self, story: Story) -> None:
        assume(story.leads_to)
        self.web.end_redirect(story)

    @rule(outlet=_OUTLETS)
    def challenge(self, outlet: str) -> None:
        self.web.outlets[outlet].challenges = True

    @rule(outlet=_OUTLETS)
    def end_the_challenge(self, outlet: str) -> None:
        assume(self.web.outlets[outlet].challenges)
        self.web.end_challenge(outlet)

    @rule(outlet=_OUTLETS)
    def rename_the_source(self, outlet: str) -> None:
        self.web.rename(outlet)

    @rule(outlet=_OUTLETS)
    def move_to_another_domain(self, outlet: str) -> None:
        self.web.move(outlet)

    @rule(outlet=_OUTLETS, put=st.booleans())
    def put_session_ids_into_listed_urls(self, outlet: str, *, put: bool) -> None:
        self.web.outlets[outlet].puts_session_ids = put

    @rule(outlet=_OUTLETS, story=stories)
    def list_it_too(self, outlet: str, story: Story) -> None:
        listed = self.web.outlets[outlet].listed
        assume(story not in listed)
        listed.append(story)

    @rule(outlet=_OUTLETS, story=stories)
    def list_it_no_more(self, outlet: str, story: Story) -> None:
        listed = self.web.outlets[outlet].listed
        assume(story in listed)
        listed.remove(story)

    @rule(wait=_WAITS)
    def wait(self, wait: timedelta) -> None:
        self.web.now += wait

    @rule()
    def crawl(self) -> None:
        self.room.crawl()

    @rule(wait=_WAITS)
    def wait_and_crawl(self, wait: timedelta) -> None:
        self.web.now += wait
        self.room.crawl()

    @rule(answers=st.integers(0, 8))
    def crawl_until_it_is_killed(self, answers: int) -> None:
        self.room.crawl(killed_after=answers)

    @rule()
    def mend_everything_and_wait_for_a_month(self) -> None:
        mended(self.room)


_SLOW_CHECKS: Final = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)


@pytest.mark.timeout(420)  # a failure is shrunk for up to five minutes; without one it takes less than one
def test_nothing_vanishes_whatever_sites_do() -> None:
    few = settings(
        max_examples=40, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=_SLOW_CHECKS
    )
    run_state_machine_as_test(LyingSites, settings=few)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_nothing_vanishes_whatever_sites_do_for_long() -> None:
    many = settings(
        max_examples=600, stateful_step_count=50, deadline=None, print_blob=True, suppress_health_check=_SLOW_CHECKS
    )
    run_state_machine_as_test(LyingSites, settings=many)


# On loopback ----------------------------------------------------------------------------------------------------------


def _lie(room: Newsroom, chance: random.Random) -> None:
    """Do one thing that a site or a person may do, and that a crawl a moment later can see."""
    web, name = room.web, chance.choice(["paper", "wire"])
    outlet, story, other = web.outlets[name], chance.choice(web.stories), chance.choice(web.stories)
    match chance.randrange(9):
        case 0:
            outlet.canonical = chance.choice([None, "/news", story])
        case 1:
            outlet.shares_amp = not outlet.shares_amp
        case 2:
            outlet.puts_session_ids = not outlet.puts_session_ids
        case 3 if story is not other and not other.leads_to and all(each.leads_to is not story for each in web.stories):
            web.redirect(story, other, for_good=chance.random() < 0.5)
        case 4:
            web.edit(story)
        case 5:
            web.rewrite(story)
        case 6 if story not in outlet.listed:
            outlet.listed.append(story)
        case 7:
            web.rename(name)
        case _:
            web.publish(name, chance.choice(["whole", "missing", "a stub"]), is_log=chance.random() < 0.3)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(4))
def test_nothing_vanishes_in_crawls_of_real_pages(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with on_loopback(tmp_path) as room:
        for _ in range(4):
            for outlet in ("paper", "wire"):
                room.web.publish(outlet), room.web.publish(outlet)
            for _ in range(4):
                _lie(room, chance)
            room.crawl(killed_after=chance.choice([None, None, 15, 25]))
        room.crawl()
