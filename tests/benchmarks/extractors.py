"""The extractors that can be compared, each in a process of its own that is asked page by page.

cuttings and trafilatura run in this environment. The others bring versions of lxml and of trafilatura that do not go
with ours, so uv makes each an environment of its own, which needs the internet the first time.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tests.benchmarks.corpora import Page
from tests.benchmarks.metrics import Prediction

_READER: Final = Path(__file__).with_name("reader.py")
_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"


class UnavailableError(Exception):
    """An extractor that cannot be run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """What to run.

    `needs` are the requirements for an environment of its own (none: it is in ours), `lacks` the columns for which it
    gives nothing by design.
    """

    name: str
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def command(self) -> list[str]:
        """How its process is started."""
        if not self.needs:
            return [sys.executable, str(_READER), self.name]
        uv = shutil.which("uv")
        if uv is None:
            raise UnavailableError("uv is not installed")
        environment = [uv, "run", "--quiet", "--isolated", "--no-project", "--python", _PYTHON]
        wanted = (part for need in self.needs for part in ("--with", need))
        return [*environment, *wanted, "python", str(_READER), self.name]


_NEWSPAPER: Final = (
    "newspaper4k[all]>=0.9.3,<0.10"  # all: without its tokenizers it fails on Japanese, Korean and Hindi
)

EXTRACTORS: Final = {
    extractor.name: extractor
    for extractor in (
        Extractor(name="cuttings"),
        Extractor(name="trafilatura"),
        Extractor(name="newspaper4k", needs=(_NEWSPAPER,)),
        Extractor(name="readability-lxml", needs=("readability-lxml>=0.8.4,<0.10",), lacks=("day", "authors")),
        Extractor(name="goose3", needs=("goose3[all]>=3.1.19,<3.2",)),
        Extractor(name="news-please", needs=("news-please>=1.6.14,<1.7", _NEWSPAPER)),
    )
}


class Process:
    """A running extractor. `cpu` in its answers is in seconds."""

    def __init__(self, extractor: Extractor, complaints: IO[bytes]) -> None:
        self.name = extractor.name
        self._complaints = complaints
        self._child = subprocess.Popen(
            extractor.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
        self.version: str = self._answer()["version"]

    def read(self, page: Page) -> Prediction:
        """What it makes of a page. Where its process has died, an error for this page and each one after."""
        try:
            answer = self._ask({"url": page.url, "file": str(page.file.resolve())})
        except UnavailableError as error:
            return Prediction(error=str(error))
        return Prediction(
            text=answer.get("text") or "",
            title=answer.get("title") or "",
            authors=tuple(filter(None, answer.get("authors") or ())),
            published=answer.get("published") or "",
            cpu=answer.get("cpu"),
            error=answer.get("error") or "",
        )

    def end(self) -> None:
        """Let it go."""
        self._child.kill()
        self._child.communicate()

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(question) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise UnavailableError(self._complaint()) from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            self._child.wait()
            raise UnavailableError(self._complaint())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _complaint(self) -> str:
        """The last thing it said that is not blank."""
        self._complaints.seek(0)
        said = [line.strip() for line in self._complaints.read().decode(errors="replace").splitlines() if line.strip()]
        return said[-1] if said else "it ended without a word"


@contextmanager
def running(extractors: Sequence[Extractor]) -> Iterator[list[Process]]:
    """The extractors that can be run, started one after another; what cannot is told on standard error."""
    with ExitStack() as stack:
        started: list[Process] = []
        for extractor in extractors:
            complaints = stack.enter_context(tempfile.TemporaryFile())
            try:
                process = Process(extractor, complaints)
            except UnavailableError as error:
                print(f"{extractor.name}: left out, it cannot be run here: {error}", file=sys.stderr)
                continue
            stack.callback(process.end)
            started.append(process)
        yield started


def read_all(processes: Sequence[Process], pages: Sequence[Page], rounds: int) -> dict[str, list[Prediction]]:
    """What each makes of each page. CPU time of a page is the least of the rounds.

    They are asked in turn, page by page, so that whatever else the machine does slows all of them alike.
    """
    for process in processes:
        for page in pages[:_WARM]:
            process.read(page)
    read: dict[str, list[Prediction]] = {process.name: [] for process in processes}
    for page in pages:
        for process in processes:
            read[process.name].append(process.read(page))
    for _ in range(1, rounds):
        for at, page in enumerate(pages):
            for process in processes:
                read[process.name][at] = _quicker(read[process.name][at], process.read(page))
    return read


_WARM: Final = 10  # pages read before the clock counts: tables are built and caches filled by the first


def _quicker(first: Prediction, second: Prediction) -> Prediction:
    return second if second.cpu is not None and first.cpu is not None and second.cpu < first.cpu else first
