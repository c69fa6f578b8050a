"""One crawl of all families at once, a second right after it, and one a day later: what the tests here look at."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import connect

import pytest

from archive.times import stamp, utc_now
from tests.robustness.hostile.families import FAMILIES, stale
from tests.robustness.hostile.project import Ended, HostileProject, hostile_project
from tests.robustness.hostile.server import Visit

# Seconds for an answer instead of thirty: what stalls would cost a minute each.
_PATIENCE = ("-s", "DOWNLOAD_TIMEOUT=8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One crawl: how it ended, and what it asked for."""

    run: int
    ended: Ended
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What the crawls left behind. The third, a day later, is one of the stale listings alone."""

    project: HostileProject
    first: Crawl
    second: Crawl
    third: Crawl


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with hostile_project(tmp_path_factory.mktemp("hostile"), FAMILIES) as project:
        first = _crawl(project, 1)
        second = _crawl(project, 2)
        _let_a_day_pass(project)
        third = _crawl(project, 3, "-a", f"source={stale.FAMILY.name}")
        yield Crawled(project=project, first=first, second=second, third=third)


def _crawl(project: HostileProject, run: int, *arguments: str) -> Crawl:
    before = len(project.server.visits)
    ended = project.crawl(*_PATIENCE, *arguments)
    return Crawl(run=run, ended=ended, visits=tuple(project.server.visits[before:]))


def _let_a_day_pass(project: HostileProject) -> None:
    """As far as listings know it."""
    with closing(connect(project.folder / "cuttings.db")) as conn, conn:
        conn.execute("UPDATE feeds SET full_at = ?", (stamp(utc_now() - timedelta(hours=25)),))
