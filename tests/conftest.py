"""What tests of several modules look at: the demonstration newspaper after one crawl of it all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom, newsroom


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsroom, dict[str, Any]]]:
    """A newsroom after its first crawl of every outlet, and the summary of that; not to be changed."""
    with newsroom(tmp_path_factory.mktemp("first")) as room:
        yield room, room.crawl()


@pytest.fixture
def crawled(first: tuple[Newsroom, dict[str, Any]], tmp_path: Path) -> Path:
    """A folder with the demonstration newspaper's archive, to be changed."""
    shutil.copytree(first[0].folder, tmp_path / "crawled")
    return tmp_path / "crawled"
