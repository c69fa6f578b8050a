"""An archive with some articles in it, and more printed than it has: what most tests of faults begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.warc import warc_files
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.press import Office, Press, office

FILED = 24  # addresses that are in it
NEW = 36


@pytest.fixture(scope="session")
def archive_of_a_press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with all that a press has printed so far; not to be changed."""
    folder = tmp_path_factory.mktemp("press")
    press = Press()
    press.publish(FILED)
    with office(folder, press) as opened:
        opened.crawl()
        assert audit.at_the_end(opened.database, press.articles) == Damage()
        return opened.database


@pytest.fixture
def room(tmp_path: Path, archive_of_a_press: Path) -> Iterator[Office]:
    """An office with a copy of that archive, whose press has printed more."""
    press = Press()
    press.publish(FILED + NEW)
    with office(tmp_path, press) as opened:
        shutil.copy(archive_of_a_press, opened.database)
        shutil.copytree(warc_files.folder_of(archive_of_a_press), warc_files.folder_of(opened.database))
        yield opened
