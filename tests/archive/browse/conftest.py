"""The sample archive in a Datasette, and served on loopback by a process of its own."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette  # type: ignore[import-untyped]

from archive.browse.metadata import metadata
from archive.browse.serve import settings
from tests.archive import sample

_SERVE = """
import sys
from pathlib import Path
from archive.browse.serve import serve
serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))
"""


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.build(tmp_path_factory.mktemp("browse") / "sample.db")


@pytest.fixture
async def attach() -> AsyncIterator[Callable[..., Any]]:
    """Make a Datasette of files, with metadata and settings; it is closed afterwards."""
    made: list[Any] = []

    def make(*files: Path, about: dict[str, Any] | None = None, **changed: object) -> Any:
        made.append(
            Datasette([str(file) for file in files], metadata=about, settings={**settings("127.0.0.1"), **changed})
        )
        return made[-1]

    yield make
    for datasette in made:
        for database in datasette.databases.values():
            database.close()
        datasette.executor.shutdown()


@pytest.fixture
def browsed(attach: Callable[..., Any], archive: Path) -> Any:
    """A Datasette on the sample archive as `cuttings browse` makes it."""
    return attach(archive, about=metadata("sample"))


@pytest.fixture(scope="session")
def start() -> Callable[[Path], subprocess.Popen[str]]:
    """Start a process that serves an archive on a free port; its first line is the address."""

    def started(path: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _SERVE, str(path)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return started


@pytest.fixture(scope="session")
def served(archive: Path, start: Callable[[Path], subprocess.Popen[str]]) -> Iterator[str]:
    """The address of the sample archive, served by a process of its own."""
    process = start(archive)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address, process.communicate()[1]
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)
