"""What the tests of this folder share: what a command said, and projects that are prepared for it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROJECT = '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n'
SOURCE = '[[source]]\nid = "paper"\nurl = "http://paper.test/"\n'
Prepare = Callable[[Path], None]


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Cuttings = Callable[..., Said]  # runs a command line in the project


def is_one_sentence(said: str) -> bool:
    return said.startswith("cuttings: ") and said.endswith("\n") and said.count("\n") == 1 and "Traceback" not in said


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file, but for what SQLite and a lock leave beside an archive that was opened."""
    passing = ("-wal", "-shm", ".lock")
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing)}


def write(name: str, text: str | bytes) -> Prepare:
    """A preparation: a file in the project."""
    return lambda folder: [None, (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())][0]


def config(text: str) -> Prepare:
    return write("cuttings.toml", PROJECT + text)
