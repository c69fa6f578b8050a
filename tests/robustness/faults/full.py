"""Disks that are full: a limit on the size of files, and a small disk where one may be mounted."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import pytest

from tests.newsroom import CUTTINGS, environment
from tests.robustness.faults.press import Office

# What comes after is run with a limit on the size of files, which it and all it starts inherit.
_LIMITED: Final = (
    "import os, resource, sys; most = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)); os.execv(sys.argv[2], sys.argv[2:])"
)


def crawl_limited(room: Office, most: int) -> subprocess.CompletedProcess[str]:
    """Crawl where no file may have more than so many bytes."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITED, str(most), *CUTTINGS, "crawl"],
        cwd=room.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


class SmallDisk:
    """A disk in memory, mounted in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, kilobytes: int) -> None:
        """Make it larger or smaller; what is on it keeps its room."""
        _mount("-o", f"remount,size={kilobytes}k", self.folder)

    def protect(self, how: Literal["ro", "rw"]) -> None:
        """Let nobody write to it (ro), or everybody again (rw): the superuser asks no file for permission."""
        assert _mount("-o", f"remount,{how}", self.folder)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of so many kilobytes; the test is skipped where that is not allowed."""
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", folder):
        pytest.skip("no disk may be mounted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)


def _mount(*arguments: str | Path) -> bool:
    try:
        return subprocess.run(["mount", *arguments], capture_output=True).returncode == 0
    except FileNotFoundError:  # no such command here
        return False
