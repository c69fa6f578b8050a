"""Faults in the crawled program alone: Python imports this file at its start where its folder is on PYTHONPATH.

FAULTS is JSON; `tests.robustness.faults.hooking` says what it may hold. Nothing of the program knows of it.
"""

import datetime as dt
import importlib
import json
import os
import sys
import time
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import NoReturn

_FAULTS = json.loads(os.environ.get("FAULTS", "{}"))
# The server that workers are forked from, and thereby the workers.
_IS_WORKER = any("multiprocessing.forkserver" in word for word in sys.orig_argv)
_CLOCK = _FAULTS.get("clock")


class _Broken(MetaPathFinder):
    """Fails to import a library as a broken installation does."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == _FAULTS["broken"]:
            raise ImportError(f"{name}: cannot open shared object file")


class _Jumping(dt.datetime):
    """The clock on the wall, which somebody sets while the program runs: a file has the seconds it is wrong by."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return _datetime.now(tz) + dt.timedelta(seconds=_offset())

    @classmethod
    def strptime(cls, *how: str) -> dt.datetime:
        return _datetime.strptime(*how)


def _offset() -> float:
    try:
        return float(Path(_CLOCK).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):  # not set yet, or at this moment
        return 0.0


def _jumping_time() -> float:
    return _time() + _offset()


def _die() -> NoReturn:
    os._exit(9)


_time, _datetime = time.time, dt.datetime

for _module, _values in _FAULTS.get("set", {}).items():
    for _name, _value in _values.items():
        setattr(importlib.import_module(_module), _name, _value)
if _CLOCK:
    time.time = _jumping_time
    dt.datetime = _Jumping
    import archive.times  # noqa: F401 - the one clock of the program

    dt.datetime = _datetime
if _IS_WORKER and "broken" in _FAULTS:
    sys.meta_path.insert(0, _Broken())
if _IS_WORKER and _FAULTS.get("stillborn"):
    import pipelines.workers.worker

    pipelines.workers.worker._refusal = _die
if _FAULTS.get("pages"):
    import pipelines.workers.pool
    from pipelines.workers.worker import Bounds

    pipelines.workers.pool.Workers.__init__.__kwdefaults__["bounds"] = Bounds(**_FAULTS["pages"])
    if _IS_WORKER:
        import pipelines.workers.worker
        from tests.pipelines import jobs

        pipelines.workers.worker.extract_page = jobs.job
