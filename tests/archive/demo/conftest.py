"""The two editions, and a served one."""

from collections.abc import Iterator

import pytest

from archive.demo.newspaper import Newspaper, edition
from archive.demo.server import DemoServer, serve
from tests.archive.demo.asking import NOW, Get, getter


@pytest.fixture(scope="session")
def first() -> Newspaper:
    return edition(1, NOW)


@pytest.fixture(scope="session")
def second() -> Newspaper:
    return edition(2, NOW)


@pytest.fixture
def server(first: Newspaper) -> Iterator[DemoServer]:
    with serve(first) as running:
        yield running


@pytest.fixture(scope="session")
def get(first: Newspaper) -> Get:
    return getter(first)
