"""Extraction in other processes: whatever a page does to its worker costs that page and no other."""

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

import pipelines.workers
from archive.models import Capture, Extraction, Failure, Outcome, SiteRules
from pipelines.extract import extract
from pipelines.workers import PAGE_BYTES, Workers
from tests.pipelines import jobs
from tests.pipelines.pages import PROSE, capture, page, prose

SECONDS = 1.5
GOOD = capture(page(prose()))
NO_RULES = SiteRules()

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(2, seconds=SECONDS) as workers:
        yield workers


@pytest.fixture(autouse=True)
def dangerous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages do what they say; any other page is extracted."""
    monkeypatch.setattr(pipelines.workers, "_extract", jobs.job)


async def test_a_page_is_extracted_in_another_process_as_it_is_in_this_one(pool: Workers) -> None:
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)
    process, _ = await asyncio.wrap_future(pool._pool.schedule(jobs.modules_of_worker))
    assert process != os.getpid()


async def test_rules_reach_the_worker(pool: Workers) -> None:
    rules = SiteRules(remove=("p:first-of-type",))
    result = await pool.extract(GOOD, rules)
    assert isinstance(result, Extraction)
    assert result.article.paragraphs == PROSE[1:]


async def test_a_worker_has_everything_loaded_and_knows_no_scrapy(pool: Workers) -> None:
    await pool.extract(GOOD, NO_RULES)
    _, modules = await asyncio.wrap_future(pool._pool.schedule(jobs.modules_of_worker))
    assert {"lxml.etree", "pipelines.extract", "trafilatura"} <= set(modules)
    assert not {"scrapy", "twisted", "datasette"} & set(modules)


@pytest.mark.parametrize("body", [jobs.KILLED, jobs.SEGFAULT, jobs.EXIT])
async def test_a_page_that_kills_its_worker_is_quarantined_and_its_neighbours_land(pool: Workers, body: bytes) -> None:
    pages = [GOOD] * 4 + [capture(body)] + [GOOD] * 4
    results = await asyncio.gather(*(pool.extract(each, NO_RULES) for each in pages))

    lost = results.pop(4)
    assert isinstance(lost, Failure)
    assert (lost.stage, lost.outcome) == ("extract", Outcome.QUARANTINED)
    assert lost.detail.startswith("the worker of this page died")
    assert results == [extract(GOOD)] * 8


@pytest.mark.parametrize("body", [jobs.ENDLESS, jobs.DEAF])
async def test_a_page_that_never_ends_is_stopped_at_the_bound(pool: Workers, body: bytes) -> None:
    began = time.monotonic()
    stopped, *others = await asyncio.gather(
        pool.extract(capture(body), NO_RULES), *(pool.extract(GOOD, NO_RULES) for _ in range(6))
    )

    assert isinstance(stopped, Failure)
    assert (stopped.outcome, stopped.detail) == (Outcome.QUARANTINED, "extraction took longer than 1.5 s")
    assert others == [extract(GOOD)] * 6
    assert SECONDS <= time.monotonic() - began < 15


@pytest.mark.parametrize(
    "body",
    [
        jobs.HUNGRY,
        jobs.HUNGRY_LATE,
    ],
)
async def test_a_page_that_eats_memory_is_stopped_at_the_bound(pool: Workers, body: bytes) -> None:
    result, other = await asyncio.gather(pool.extract(capture(body), NO_RULES), pool.extract(GOOD, NO_RULES))

    assert isinstance(result, Failure)
    assert result.outcome == Outcome.QUARANTINED
    assert result.detail == f"extraction needed more than {PAGE_BYTES >> 20} MiB"
    assert other == extract(GOOD)


async def test_after_every_worker_has_died_the_pool_is_usable_again_within_seconds(pool: Workers) -> None:
    await asyncio.gather(*(pool.extract(capture(jobs.KILLED), NO_RULES) for _ in range(4)))
    began = time.monotonic()
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)
    assert time.monotonic() - began < 5


async def test_pages_come_back_in_their_order_however_long_each_takes(pool: Workers) -> None:
    long = capture(page(prose(PROSE * 30)))
    bodies = [long, GOOD, capture(jobs.KILLED), GOOD, long, capture(b"no page"), GOOD]
    named = [(str(number), each) for number, each in enumerate(bodies)]

    found = [(name, each, type(result)) async for name, each, result in pool.extract_all(named, NO_RULES)]

    kinds = [Extraction, Extraction, Failure, Extraction, Extraction, Failure, Extraction]
    assert found == [(name, each, kind) for (name, each), kind in zip(named, kinds, strict=True)]


async def test_no_more_than_three_pages_a_worker_are_read_ahead(pool: Workers) -> None:
    read, done, ahead = 0, 0, []

    def pages() -> Iterator[tuple[str, Capture]]:
        nonlocal read
        for number in range(30):
            read += 1
            yield str(number), GOOD

    async for _ in pool.extract_all(pages(), NO_RULES):
        done += 1
        ahead.append(read - done)

    assert done == 30
    assert max(ahead) <= 3 * pool.count


async def test_nothing_is_extracted_from_no_pages(pool: Workers) -> None:
    assert [each async for each in pool.extract_all([], NO_RULES)] == []


async def test_closing_gives_up_the_page_in_work_and_those_that_wait() -> None:
    workers = Workers(1, seconds=60)
    await workers.extract(GOOD, NO_RULES)
    pages = [capture(jobs.ENDLESS), GOOD, GOOD, GOOD]
    tasks = [asyncio.create_task(workers.extract(each, NO_RULES)) for each in pages]
    await asyncio.sleep(0.5)

    assert await _closed(workers, *tasks) == [Outcome.QUARANTINED] * 4


async def _closed(workers: Workers, *tasks: asyncio.Task[Extraction | Failure]) -> list[Outcome]:
    """Close the pool; how the pages that were in it ended."""
    await asyncio.wait_for(asyncio.to_thread(workers.close), 10)
    return [result.outcome for result in await asyncio.wait_for(asyncio.gather(*tasks), 3)]
