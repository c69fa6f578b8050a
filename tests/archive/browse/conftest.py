"""The sample archive and the poisoned one in a Datasette, and served on loopback by processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from archive.browse.serve import datasette, settings
from tests.archive import sample
from tests.archive.browse import poison
from tests.archive.browse.guest import CHROMIUM, close

_SERVE = """
import sys
from pathlib import Path
from archive.browse.serve import serve
serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))
"""


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.build(tmp_path_factory.mktemp("browse") / "sample.db")


@pytest.fixture(scope="session")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive in which every text is an attack."""
    return poison.build(tmp_path_factory.mktemp("poison") / "poison.db")


@pytest.fixture(scope="module")
def attach() -> Iterator[Callable[..., Any]]:
    """Make a Datasette of files, with metadata and settings; it is closed afterwards."""
    made: list[Any] = []

    def make(*files: Path, about: dict[str, Any] | None = None, **changed: object) -> Any:
        made.append(
            Datasette([str(file) for file in files], metadata=about, settings={**settings(sql=True), **changed})
        )
        return made[-1]

    yield make
    for app in made:
        close(app)


@pytest.fixture(scope="module")
def serving(poisoned: Path) -> Iterator[Any]:
    """The poisoned archive in the Datasette that `cuttings browse` serves."""
    app = datasette(poisoned)
    yield app
    close(app)


@pytest.fixture(scope="module")
def browsed(archive: Path) -> Iterator[Any]:
    """A Datasette on the sample archive as `cuttings browse` makes it."""
    app = datasette(archive)
    yield app
    close(app)


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
    with _address(start(archive)) as address:
        yield address


@pytest.fixture(scope="session")
def poison_served(poisoned: Path, start: Callable[[Path], subprocess.Popen[str]]) -> Iterator[str]:
    """The address of the poisoned archive, served by a process of its own."""
    with _address(start(poisoned)) as address:
        yield address


@pytest.fixture(scope="module")  # while it is open, no event loop of another test can run
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def _address(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address, process.communicate()[1]
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)
