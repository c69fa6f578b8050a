"""Faults that a crawled program is started with: variables for its environment, see `hooks/sitecustomize.py`."""

import json
import os
from pathlib import Path

from tests.newsroom import ROOT


def setting(module: str, **values: object) -> dict[str, str]:
    """Other values for the constants of a module."""
    return _faults(set={module: values})


def pages_that_kill(*, cpu: float, wall: float) -> dict[str, str]:
    """Let pages do to their worker what they say, see `tests.pipelines.jobs`; each has so many seconds."""
    return _faults(pages={"cpu": cpu, "wall": wall})


def broken_library(name: str) -> dict[str, str]:
    """A library that workers cannot import."""
    return _faults(broken=name)


def stillborn_workers() -> dict[str, str]:
    """Workers that die before they say a word."""
    return _faults(stillborn=True)


def wrong_clock(file: Path) -> dict[str, str]:
    """A clock that is wrong by as many seconds as the file says at that moment."""
    return _faults(clock=str(file))


def _faults(**faults: object) -> dict[str, str]:
    path = os.pathsep.join([str(Path(__file__).parent / "hooks"), str(ROOT)])
    return {"FAULTS": json.dumps(faults), "PYTHONPATH": path}
