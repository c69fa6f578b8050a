"""A wheel of this very program, so that a container installs it and not what a registry has under its name.

From a checkout it is built; an installation is put together again from the list of its files (RECORD); of what is
neither there is none.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.errors import UsageError

NAME: Final = "cuttings"
_SECONDS: Final = 120  # for a build
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same files make the same wheel
# Of an installation alone: who installed it, from where, and what was compiled.
_OF_INSTALLATION: Final = frozenset(
    {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_build.json", "uv_cache.json"}
)


def make_wheel(folder: Path) -> Path | None:
    """Put a wheel of this program into a folder; None where nothing tells what belongs to it. Raises OSError."""
    try:
        ours = distribution(NAME)
    except PackageNotFoundError:
        return None
    checkout = _checkout(ours)
    if checkout is not None and (built := _built(checkout, folder)) is not None:
        return built
    files = _of_checkout(checkout) if checkout is not None else _of_installation(ours)
    return _packed(ours, files, folder) if files else None


def check_wheel(path: Path) -> Path:
    """Return a file that a person says is a wheel of this program. Raises UsageError for what is none."""
    if not path.name.startswith(f"{NAME}-") or path.suffix != ".whl" or not zipfile.is_zipfile(path):
        raise UsageError(f"{path}: is no wheel of {NAME}; `uv build --wheel` makes one of a checkout")
    return path


def _checkout(ours: Distribution) -> Path | None:
    """The folder that an editable installation (PEP 660) takes its files from."""
    origin = json.loads(ours.read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return None
    folder = Path(unquote(urlsplit(origin["url"]).path))
    return folder if (folder / "pyproject.toml").is_file() else None


def _built(checkout: Path, folder: Path) -> Path | None:
    """The wheel that the project's own build makes, with what is on this machine: nothing is fetched for it."""
    commands = [["uv", "build", "--quiet", "--wheel", "--offline", "--out-dir"]] if shutil.which("uv") else []
    if find_spec("build") and find_spec("hatchling"):
        commands.append([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"])
    for command in commands:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                subprocess.run([*command, place, str(checkout)], check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - our own words and folders
            except (subprocess.SubprocessError, OSError):
                continue  # what it is built with is not there: it is put together by hand
            for made in Path(place).glob(f"{NAME}-*.whl"):
                return made.rename(folder / made.name)
    return None


def _of_checkout(checkout: Path) -> dict[str, Path]:
    """Name in the wheel -> file, as the project's own configuration picks them."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    found = (path for package in packages for path in sorted((checkout / package).rglob("*")) if path.is_file())
    return {path.relative_to(checkout).as_posix(): path for path in found if "__pycache__" not in path.parts}


def _of_installation(ours: Distribution) -> dict[str, Path]:
    """The same of an installation; empty where a file of it is not there, or was changed."""
    found: dict[str, Path] = {}
    for file in ours.files or ():
        path = Path(str(ours.locate_file(file)))
        if ".." in file.parts or "__pycache__" in file.parts or _is_metadata(file.parts[0]):
            continue  # commands are made anew wherever it is installed
        if not path.is_file() or (file.hash and file.hash.value != _digest(path.read_bytes())):
            return {}
        found[file.as_posix()] = path
    return found


def _is_metadata(folder: str) -> bool:
    return folder.endswith(".dist-info")


def _packed(ours: Distribution, files: Mapping[str, Path], folder: Path) -> Path | None:
    """Write a wheel (https://packaging.python.org/en/latest/specifications/binary-distribution-format/)."""
    if ours.read_text("METADATA") is None or ours.read_text("WHEEL") is None:
        return None
    target = folder / f"{NAME}-{ours.version}-py3-none-any.whl"
    record: list[str] = []
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in _contents(ours, files):
            wheel.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
            record.append(f"{name},sha256={_digest(content)},{len(content)}\n")
        name = f"{NAME}-{ours.version}.dist-info/RECORD"
        wheel.writestr(zipfile.ZipInfo(name, _EPOCH), "".join([*record, f"{name},,\n"]), zipfile.ZIP_DEFLATED)
    return target


def _contents(ours: Distribution, files: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    for name, path in files.items():
        yield name, path.read_bytes()
    for file in ours.files or ():
        if _is_metadata(file.parts[0]) and file.name not in _OF_INSTALLATION:
            yield file.as_posix(), Path(str(ours.locate_file(file))).read_bytes()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
