"""A project with an archive of three articles, and `cuttings` run in it.

Most cases are run in this process, as `cuttings` runs them; what hangs on the process itself has one of its own.
"""

import io
import shutil
import sys
from pathlib import Path

import pytest

from archive.cli import main
from tests.archive.kept import build
from tests.pipelines.pages import page, prose
from tests.robustness.errors.desk import PROJECT, SOURCE, Cuttings, Said


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an archive of three articles; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    build(folder / "cuttings.db")
    (folder / "cuttings.toml").write_text(PROJECT + SOURCE, encoding="utf-8")
    (folder / "page.html").write_text(page(prose()), encoding="utf-8")
    return folder


@pytest.fixture
def project(kept: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "project"))


@pytest.fixture
def cuttings(project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cuttings:
    """Runs the program in the project, in this process."""

    def run(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, out, err)

    return run
