"""Extraction in other processes: a page that harms its worker costs itself and no other."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pipelines.workers.pool
from archive.errors import CuttingsError
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from pipelines.extract import extract
from pipelines.workers.pool import Workers
from pipelines.workers.worker import PAGE_BYTES, Bounds
from tests.newsroom import environment
from tests.pipelines import jobs
from tests.pipelines.pages import PROSE, capture, page, prose

BOUNDS = Bounds(cpu=0.75, wall=120)  # by the clock as long as the busiest machine takes
GOOD = capture(page(prose()))
NO_RULES = SiteRules()

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(2, bounds=BOUNDS) as workers:
        yield workers


@pytest.fixture(autouse=True)
def dangerous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages do what they say; any other page is extracted."""
    monkeypatch.setattr(pipelines.workers.pool, "extract_page", jobs.job)


async def asked(pool: Workers, function: Callable[..., Any], *arguments: object) -> Any:
    return await pool.call(function, *arguments, url="http://paper.test/")


async def test_a_page_is_extracted_in_another_process_as_it_is_in_this_one(pool: Workers) -> None:
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)
    process, _ = await asked(pool, jobs.modules_of_worker)
    assert process != os.getpid()


async def test_rules_reach_the_worker(pool: Workers) -> None:
    rules = SiteRules(remove=("p:first-of-type",))
    result = await pool.extract(GOOD, rules)
    assert isinstance(result, Extraction)
    assert result.article.paragraphs == PROSE[1:]


async def test_a_worker_has_everything_loaded_and_knows_no_scrapy(pool: Workers) -> None:
    await pool.extract(GOOD, NO_RULES)
    _, modules = await asked(pool, jobs.modules_of_worker)
    assert {"lxml.etree", "pipelines.extract", "trafilatura"} <= set(modules)
    assert not {"scrapy", "twisted", "datasette"} & set(modules)


@pytest.mark.parametrize(
    ("body", "how"), [(jobs.KILLED, "signal SIGKILL"), (jobs.SEGFAULT, "signal SIGSEGV"), (jobs.EXIT, "exit code 3")]
)
async def test_a_page_that_kills_its_worker_is_quarantined_and_its_neighbours_land(
    pool: Workers, body: bytes, how: str
) -> None:
    pages = [GOOD] * 4 + [capture(body)] + [GOOD] * 4
    results = await asyncio.gather(*(pool.extract(each, NO_RULES) for each in pages))

    lost = results.pop(4)
    assert isinstance(lost, Failure)
    assert (lost.stage, lost.outcome) == ("extract", Outcome.QUARANTINED)
    assert lost.detail == f"the worker of this page died ({how}); tried twice"
    assert results == [extract(GOOD)] * 8


async def test_of_hundreds_of_pages_the_one_in_a_hundred_that_is_deadly_is_lost_and_no_other(pool: Workers) -> None:
    deadly = {37: jobs.SEGFAULT, 119: jobs.HUNGRY, 233: jobs.ENDLESS, 399: jobs.EXIT}
    pages = ((str(number), capture(deadly[number]) if number in deadly else GOOD) for number in range(400))

    good = extract(GOOD)
    lost = [int(name) async for name, _, result in pool.extract_all(pages, NO_RULES) if result != good]

    assert lost == list(deadly)


@pytest.mark.parametrize("body", [jobs.ENDLESS, jobs.DEAF])
async def test_a_page_that_never_ends_is_stopped_at_the_bound(pool: Workers, body: bytes) -> None:
    stopped, *others = await asyncio.gather(
        pool.extract(capture(body), NO_RULES), *(pool.extract(GOOD, NO_RULES) for _ in range(6))
    )

    assert isinstance(stopped, Failure)
    assert stopped.outcome == Outcome.QUARANTINED
    assert stopped.detail == "extraction took longer than 0.75 s of CPU time; tried twice"
    assert others == [extract(GOOD)] * 6


async def test_what_is_bounded_is_cpu_time_at_each_of_two_attempts(pool: Workers, tmp_path: Path) -> None:
    stopped = await asked(pool, jobs.burning, tmp_path / "book")

    assert stopped.detail == "extraction took longer than 0.75 s of CPU time; tried twice"
    lines = [line.split() for line in (tmp_path / "book").read_text().splitlines() if line.count(" ") == 1]
    taken = {process: float(seconds) for process, seconds in lines}
    assert len(taken) == 2  # each in a process of its own
    assert all(BOUNDS.cpu / 2 < seconds < BOUNDS.cpu + 2 for seconds in taken.values()), taken


async def test_a_page_that_waits_longer_than_its_cpu_bound_is_read(pool: Workers) -> None:
    took = await asked(pool, jobs.idle, 2 * BOUNDS.cpu)
    assert isinstance(took, float)
    assert took < BOUNDS.cpu


async def test_cpu_time_is_counted_anew_for_each_page(pool: Workers) -> None:
    for _ in range(6):
        assert await asked(pool, jobs.busy, BOUNDS.cpu / 3) >= BOUNDS.cpu / 3


async def test_a_call_that_never_returns_to_python_is_stopped(pool: Workers) -> None:
    stopped = await asked(pool, jobs.backtracking)
    assert stopped.detail == "extraction took longer than 0.75 s of CPU time; tried twice"


async def test_a_page_that_waits_for_ever_is_stopped_by_the_clock() -> None:
    with Workers(1, bounds=Bounds(cpu=30, wall=1)) as workers:
        stopped = await workers.extract(capture(jobs.ASLEEP), NO_RULES)
        good = await workers.call(jobs.idle, 0, url="http://paper.test/", bounds=BOUNDS)

    assert isinstance(stopped, Failure)
    assert stopped.detail == "extraction did not end within 1 s; tried twice"
    assert isinstance(good, float)


async def test_where_a_worker_has_no_timers_the_clock_of_the_parent_stops_it() -> None:
    bounds = Bounds(cpu=0.2, wall=1)
    with Workers(1) as workers:
        stopped = await workers.call(jobs.endless_without_timers, url="http://paper.test/", bounds=bounds)

    assert isinstance(stopped, Failure)
    assert stopped.detail == "extraction did not end within 1 s; tried twice"


async def test_a_page_whose_worker_dies_once_is_read_by_the_next(pool: Workers, tmp_path: Path) -> None:
    assert await asked(pool, jobs.dying, tmp_path / "book", signal.SIGKILL) == 2


async def test_a_page_whose_workers_die_is_quarantined_after_two_attempts(pool: Workers, tmp_path: Path) -> None:
    lost = await asked(pool, jobs.dying, tmp_path / "book", *[signal.SIGKILL] * 9)

    assert (lost.outcome, lost.detail) == (
        Outcome.QUARANTINED, "the worker of this page died (signal SIGKILL); tried twice",
    )  # fmt: skip
    assert len(set((tmp_path / "book").read_text().splitlines())) == 2
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)


async def test_two_attempts_that_end_differently_are_both_told(pool: Workers, tmp_path: Path) -> None:
    lost = await asked(pool, jobs.dying, tmp_path / "book", signal.SIGKILL, signal.SIGABRT)

    assert lost.detail == (
        "the worker of this page died (signal SIGABRT); tried twice; "
        "the first attempt: the worker of this page died (signal SIGKILL)"
    )


async def test_what_a_function_raises_is_its_answer_and_no_reason_to_call_it_again(
    pool: Workers, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="not at attempt 1"):
        await asked(pool, jobs.raising, tmp_path / "book")
    assert len((tmp_path / "book").read_text().splitlines()) == 1


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
    assert result.detail == f"extraction needed more than {PAGE_BYTES >> 20} MiB; tried twice"
    assert other == extract(GOOD)


@pytest.mark.parametrize("body", [jobs.KILLED, jobs.ENDLESS, jobs.HUNGRY])
async def test_after_every_worker_has_died_the_pool_is_usable_again_within_two_seconds(
    pool: Workers, body: bytes
) -> None:
    await asyncio.gather(*(pool.extract(capture(body), NO_RULES) for _ in range(pool.count)))
    began = time.monotonic()
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)
    assert time.monotonic() - began < 2


async def test_a_worker_that_is_killed_while_it_is_idle_costs_no_page(pool: Workers) -> None:
    for _ in range(5):
        pids = {(await asked(pool, jobs.modules_of_worker))[0] for _ in range(4)}
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_to_the_whole_group_are_for_the_parent_alone(pool: Workers, number: signal.Signals) -> None:
    pid, _ = await asked(pool, jobs.modules_of_worker)

    task = asyncio.create_task(pool.extract(capture(page(prose(PROSE * 30))), NO_RULES))
    os.kill(pid, number)

    assert isinstance(await task, Extraction)
    assert {signal.SIGINT, signal.SIGTERM} <= await asked(pool, jobs.blocked_signals)
    assert not {signal.SIGINT, signal.SIGTERM} & jobs.blocked_signals()


async def test_what_a_function_raises_is_raised_here_and_says_where(pool: Workers) -> None:
    with pytest.raises(ValueError, match="no such thing") as raised:
        await asked(pool, jobs.failing, "plain")
    assert "in failing" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    ("function", "argument", "said"),
    [(jobs.failing, "odd", "OddError: this and that"), (jobs.unusable, None, "pickle")],
)
async def test_what_cannot_travel_between_processes_is_told_in_words(
    pool: Workers, function: Callable[..., Any], argument: str | None, said: str
) -> None:
    with pytest.raises((RuntimeError, AttributeError), match=said):
        await asked(pool, function, *([argument] if argument else []))
    assert await pool.extract(GOOD, NO_RULES) == extract(GOOD)


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


async def test_closing_gives_up_the_page_in_work_and_those_that_wait_and_blames_none_of_them() -> None:
    workers = Workers(1, bounds=Bounds(cpu=60, wall=600))
    await workers.extract(GOOD, NO_RULES)
    pages = [capture(jobs.ENDLESS), GOOD, GOOD, GOOD]
    tasks = [asyncio.create_task(workers.extract(each, NO_RULES)) for each in pages]
    await asyncio.sleep(0.5)

    await asyncio.wait_for(asyncio.to_thread(workers.close), 10)
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 3)

    assert [str(each) for each in ended] == ["the workers were stopped before this page was read"] * 4
    with pytest.raises(CuttingsError, match="the workers were stopped"):
        await workers.extract(GOOD, NO_RULES)


async def test_closing_during_the_second_attempt_gives_the_page_up_and_blames_it_for_nothing(tmp_path: Path) -> None:
    workers, book = Workers(1, bounds=Bounds(cpu=60, wall=600)), tmp_path / "book"
    task = asyncio.create_task(asked(workers, jobs.dying_then_asleep, book))
    await asyncio.to_thread(jobs.wait_for_attempts, book, 2)

    await asyncio.wait_for(asyncio.to_thread(workers.close), 60)
    with pytest.raises(CuttingsError, match="the workers were stopped before this page was read"):
        await asyncio.wait_for(task, 30)


async def test_closing_while_every_page_kills_its_workers_ends_all_that_wait() -> None:
    for wait in (0.0, 0.1, 0.3, 0.5):
        workers = Workers(2, bounds=BOUNDS)
        tasks = [asyncio.create_task(workers.extract(capture(jobs.KILLED), NO_RULES)) for _ in range(120)]
        await asyncio.sleep(wait)
        await asyncio.wait_for(asyncio.to_thread(workers.close), 60)
        ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
        assert {type(each) for each in ended} <= {CuttingsError, Failure}
        assert CuttingsError in {type(each) for each in ended}


async def test_a_pool_can_be_closed_at_any_moment_of_its_start() -> None:
    for wait in (0.0, 0.02, 0.1, 0.3):
        workers = Workers(2)
        task = asyncio.create_task(workers.extract(GOOD, NO_RULES))
        await asyncio.sleep(wait)
        await asyncio.wait_for(asyncio.to_thread(workers.close), 10)
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(ended, CuttingsError | Extraction)


ORPHANED = """
import asyncio, signal, sys
import pipelines.workers.pool
from pipelines.workers.worker import Bounds
from tests.pipelines import jobs
from tests.pipelines.pages import capture, page, prose
from archive.model.source import SiteRules

PAGES = {"busy": jobs.DEAF, "asleep": jobs.ASLEEP}

async def main(what):
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_IGN)  # what a parent ignores its children ignore
    pipelines.workers.pool.extract_page = jobs.job
    with pipelines.workers.pool.Workers(2, bounds=Bounds(cpu=1, wall=2)) as workers:
        await workers.extract(capture(page(prose())), SiteRules())
        task = asyncio.create_task(workers.extract(capture(PAGES[what]), SiteRules())) if what in PAGES else None
        await asyncio.sleep(0.5)
        print("ready", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("what", ["idle", "busy", "asleep"])
def test_workers_do_not_outlive_their_parent_for_long(what: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANED, what], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    with parent.stdout as out:
        assert out.readline() == b"ready\n"
        parent.kill()
        began = time.monotonic()
        assert out.read() == b""  # ends when the last process has ended that the parent has started
        lived = time.monotonic() - began
    parent.wait()

    assert lived < 90  # its page would go on for an hour
