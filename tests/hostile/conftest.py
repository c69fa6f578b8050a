"""One crawl of all families at once and a second right after it, for every test that looks at what came of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.hostile.families import FAMILIES
from tests.hostile.project import Ended, HostileProject, hostile_project

# Seconds for an answer instead of thirty: what stalls would cost a minute each.
_PATIENCE = ("-s", "DOWNLOAD_TIMEOUT=3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What two crawls left behind. `first_asked` is the number of requests that the first one made."""

    project: HostileProject
    first: Ended
    first_asked: int
    second: Ended


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with hostile_project(tmp_path_factory.mktemp("hostile"), FAMILIES) as project:
        first = project.crawl(*_PATIENCE)
        asked = len(project.server.order)
        second = project.crawl(*_PATIENCE)
        yield Crawled(project=project, first=first, first_asked=asked, second=second)
