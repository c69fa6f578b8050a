"""Many surveys at once: hosts side by side and bounded, and one that fails costs itself alone."""

import asyncio
from collections import Counter
from typing import ClassVar

import pytest

from archive.model.outcome import Outcome
from archive.model.source import Source
from spiders.site.survey import Survey, Surveyor
from spiders.site.surveys import HOSTS_AT_ONCE, survey_all


def source(url: str) -> Source:
    return Source(id="site", url=url, name="site")


class Slow(Surveyor):
    """Takes a few turns of the loop, and counts who is at work; the sites called `bad` fail."""

    at_work: ClassVar[Counter[str]] = Counter()
    most: ClassVar[Counter[str]] = Counter()

    def __init__(self, source: Source) -> None:
        self._source = source

    async def survey(self) -> Survey:
        host = self._source.url.split("/")[2]
        for who in (host, "all"):
            self.at_work[who] += 1
            self.most[who] = max(self.most[who], self.at_work[who])
        for _ in range(5):
            await asyncio.sleep(0)
        for who in (host, "all"):
            self.at_work[who] -= 1
        if "bad" in self._source.url:
            raise ZeroDivisionError("a bug")
        return Survey(url=self._source.url)


async def test_hosts_are_bounded_and_the_sites_of_one_wait_for_each_other() -> None:
    Slow.at_work.clear()
    Slow.most.clear()
    sources = [source(f"http://h{number // 3}.test/{number}") for number in range(3 * 50)]
    told: dict[int, str] = {}

    await survey_all(sources, Slow, lambda place, survey: told.update({place: survey.url}))

    assert told == {place: each.url for place, each in enumerate(sources)}
    assert Slow.most.pop("all") == HOSTS_AT_ONCE
    assert set(Slow.most.values()) == {1}


async def test_a_survey_that_fails_costs_itself_alone() -> None:
    sources = [source("http://a.test/"), source("http://bad.test/"), source("http://c.test/")]
    told: dict[int, Survey] = {}

    await survey_all(sources, Slow, lambda place, survey: told.update({place: survey}))

    failure = told[1].failure
    assert failure is not None
    assert (failure.outcome, failure.detail) == (Outcome.ERROR, "ZeroDivisionError: a bug")
    assert told[0].failure is told[2].failure is None


async def test_who_cannot_be_told_ends_them_all() -> None:
    def tell(_place: int, _survey: Survey) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await survey_all([source(f"http://h{number}.test/") for number in range(30)], Slow, tell)

    assert len(asyncio.all_tasks()) == 1
