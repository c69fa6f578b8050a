"""What the distribution holds, and that the README speaks of the program as it is."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from archive.config import toml
from archive.model.outcome import Outcome
from tests.newsroom import CUTTINGS, ROOT, environment

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def test_the_top_level_is_what_the_project_fixed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")

    top = {name.split("/")[0] for name in tracked}

    assert {name for name in top if not name.startswith(".")} == {
        *("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "scrapy.cfg"),
        *("archive", "pipelines", "spiders", "tests"),
    }
    assert "uv.lock" not in tracked


def test_every_dependency_has_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]

    assert [line for group in groups for line in group if "<" not in line] == []


def test_the_version_is_told() -> None:
    told = subprocess.run([*CUTTINGS, "--version"], env=environment(), capture_output=True, text=True).stdout

    assert version("cuttings") in told


def test_every_command_of_the_readme_exists_with_its_options() -> None:
    lines = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
    used = [line.split("#")[0].split(" < ")[0].split(" > ")[0] for line in lines if line.startswith("cuttings ")]

    assert len(used) > 8
    for line in used:
        _, command, *words = line.split()
        told = subprocess.run([*CUTTINGS, command, "--help"], env=environment(), capture_output=True, text=True)
        assert told.returncode == 0, line
        for word in words:
            assert not word.startswith("-") or word in told.stdout or word.startswith("-football"), line


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    (example,) = [block for kind, block in BLOCKS if kind == "toml"]

    read = toml.parse(example, tmp_path / "cuttings.toml")

    assert [source.id for source in read.sources] == ["your-paper.net", "gazette"]


def test_the_readme_names_every_outcome() -> None:
    told = README[README.index("How the URLs that were tried ended") : README.index("Exit codes")]

    assert set(re.findall(r"`(\w+)`", told)) >= set(Outcome)


def test_a_worker_never_imports_scrapy() -> None:
    script = "import sys, pipelines.extract; print('scrapy' in sys.modules or 'twisted' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_asking_for_help_imports_no_heavy_library() -> None:
    script = (
        "import sys, archive.cli; "
        "print([name for name in ('scrapy', 'twisted', 'trafilatura', 'datasette', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
