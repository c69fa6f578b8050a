"""A wheel of this program: what is installed from it is this program."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from archive.copies import wheel
from archive.errors import UsageError


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
        return set(read.namelist())


def installed(path: Path, place: Path) -> Distribution:
    """The distribution as an installer lays it out."""
    with zipfile.ZipFile(path) as read:
        read.extractall(place)
    (found,) = Distribution.discover(path=[str(place)])
    return found


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without anything to build with."""
    monkeypatch.setattr(wheel.shutil, "which", lambda _name: None)
    monkeypatch.setattr(wheel, "find_spec", lambda _name: None)


@pytest.mark.usefixtures("by_hand")
def test_a_checkout_and_an_installation_make_the_same_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = wheel.make_wheel(tmp_path / "one")
    assert first is not None
    assert {"archive/cli/__init__.py", "archive/browse/look/templates/login.html", "spiders/news.py"} <= names(first)
    assert not any("__pycache__" in name or name.endswith(("direct_url.json", "INSTALLER")) for name in names(first))

    ours = installed(first, tmp_path / "site")
    assert {name for name in names(first) if not name.endswith("RECORD")} <= {
        file.as_posix() for file in ours.files or ()
    }
    monkeypatch.setattr(wheel, "distribution", lambda _name: ours)
    second = wheel.make_wheel(tmp_path / "two")

    assert second is not None
    assert (second.name, second.read_bytes()) == (first.name, first.read_bytes())
    for damage in ("changed", "lost"):
        module = tmp_path / "site" / "archive" / "web" / "urls.py"
        module.write_text("import os") if damage == "changed" else module.unlink()
        assert wheel.make_wheel(tmp_path / "two") is None, damage


@pytest.mark.usefixtures("by_hand")
def test_what_is_installed_from_the_wheel_is_the_program(tmp_path: Path) -> None:
    made = wheel.make_wheel(tmp_path)
    assert made is not None
    installed(made, tmp_path / "site")
    code = "import sys, archive.web.urls; print(archive.web.urls.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "site", capture_output=True, text=True)
    assert done.stdout.strip() == str(tmp_path / "site" / "archive" / "web" / "urls.py")


@pytest.mark.skipif(shutil.which("uv") is None, reason="there is no uv")
def test_a_build_that_fails_is_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel.shutil, "which", lambda _name: "uv")
    monkeypatch.setattr(wheel.subprocess, "run", fails)
    made = wheel.make_wheel(tmp_path)
    assert made is not None
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def fails(command: list[str], **_options: object) -> None:
    raise subprocess.CalledProcessError(2, command)


def test_a_file_that_is_no_wheel_of_ours_is_named(tmp_path: Path) -> None:
    other = tmp_path / "tides-1.0-py3-none-any.whl"
    with zipfile.ZipFile(other, "w"):
        pass
    text = tmp_path / "cuttings-1.0-py3-none-any.whl"
    text.write_text("not a wheel")
    for path in (other, text):
        with pytest.raises(UsageError, match=path.name):
            wheel.check_wheel(path)
