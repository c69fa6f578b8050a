"""What tests of several modules look at: the demonstration newspaper after one crawl of it all."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.newsroom import Newsroom, newsroom


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsroom, dict[str, Any]]]:
    """A newsroom after its first crawl of every outlet, and the summary of that; not to be changed."""
    with newsroom(tmp_path_factory.mktemp("first")) as room:
        yield room, room.crawl()
