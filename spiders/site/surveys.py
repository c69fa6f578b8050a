"""Surveys of many sites, within one conversation."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.web.urls import host
from spiders.site.survey import Survey, Surveyor

HOSTS_AT_ONCE: Final = 16  # as many as a crawl has requests under way


async def survey_all(
    sources: Sequence[Source], surveyor: Callable[[Source], Surveyor], tell: Callable[[int, Survey], None]
) -> None:
    """Survey the sources: hosts side by side, those of one host one after the other.

    `tell` is given the place of a source among them and its survey, in the order in which they are done. A survey that
    fails by a fault of ours costs itself alone.
    """
    by_host: dict[str, list[int]] = {}
    for place, source in enumerate(sources):
        by_host.setdefault(host(source.url), []).append(place)
    waiting = iter(by_host.values())

    async def work() -> None:
        for places in waiting:
            for place in places:
                tell(place, await _surveyed(surveyor(sources[place]), sources[place].url))

    tasks = [asyncio.ensure_future(work()) for _ in range(min(HOSTS_AT_ONCE, len(by_host)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _surveyed(surveyor: Surveyor, url: str) -> Survey:
    try:
        return await surveyor.survey()
    except Exception as error:  # noqa: BLE001 - the border of a job
        detail = f"{type(error).__name__}: {error}"
        return Survey(url=url, failure=Failure(url=url, stage="discover", outcome=Outcome.ERROR, detail=detail))
