"""A project that crawls hostile families, and what became of it."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from archive.warc import warc_files
from archive.web.urls import BadURLError, normalize
from tests.newsroom import ROOT, environment
from tests.robustness.hostile.families import guarded, tls
from tests.robustness.hostile.families.family import ENDING, Family
from tests.robustness.hostile.server import HostileServer, serving

NAMES: dict[str, list[str]] = {f"*.{ENDING}": ["127.0.0.1"], **guarded.NAMES}
_SCRAPY = (sys.executable, "-m", "scrapy", "crawl", "news")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a crawl ended. `peak` is the most memory its main process had, in MiB; 0 where the system does not tell."""

    code: int
    output: str
    peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A row of `fetches`, with the address as the tables write it."""

    run: int
    kind: str
    url: str
    outcome: str
    detail: str


class HostileProject:
    """A folder with a cuttings.toml for some families, and the server that answers for them."""

    def __init__(
        self, folder: Path, families: Sequence[Family], server: HostileServer, canary: bytes, project: str
    ) -> None:
        self.folder = folder
        self.families = families
        self.server = server
        self.canary = canary
        self.log = folder / "scrapy.log"
        self._looked_up = folder / "names.txt"
        (folder / "scrapy.cfg").write_text("[settings]\ndefault = spiders.settings\n")
        (folder / "cuttings.toml").write_text(self.fill(_config(families, project)))

    def fill(self, text: str) -> str:
        """The text with the places of this run."""
        return self.server.places.fill(text.encode()).decode()

    def normal(self, url: str) -> str:
        """The address as the archive writes it."""
        try:
            return normalize(self.fill(url))
        except BadURLError:
            return self.fill(url)

    def crawl(
        self,
        *arguments: str,
        names: Mapping[str, Sequence[str]] = NAMES,
        routes: Mapping[str, int] | None = None,
        timeout: float = 200,
    ) -> Ended:
        """Crawl to the end, in a world of these names (see names/sitecustomize.py) and routes."""
        command = [*_SCRAPY, "-s", f"LOG_FILE={self.log}", *arguments]
        variables = environment() | {
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "names"), str(ROOT)]),
            "HOSTILE_ASKED": str(self._looked_up),
            "HOSTILE_NAMES": json.dumps(names),
            "HOSTILE_ROUTES": json.dumps(routes or {}),
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
            "TLDEXTRACT_CACHE": str(self.folder / "suffixes"),  # empty: who asks for a list has to fetch it
        }
        process = subprocess.Popen(
            command, cwd=self.folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with _watched(process.pid) as peak:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)
                output, _ = process.communicate(timeout=30)
                raise AssertionError(f"the crawl did not end by itself: {output}") from None
        return Ended(code=process.returncode, output=output, peak=peak[0])

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the archive."""
        with closing(sqlite3.connect(self.folder / "cuttings.db")) as conn:
            return conn.execute(sql, values).fetchall()

    def looked_up(self) -> set[str]:
        """Every name whose address anybody wanted to know."""
        return set(self._looked_up.read_text().split("\n")) - {""}

    def tries(self, run: int) -> list[Try]:
        rows = self.rows("SELECT run_id, kind, url, outcome, detail FROM fetches WHERE run_id = ? ORDER BY id", run)
        return [Try(run=run, kind=kind, url=url, outcome=how, detail=why or "") for run, kind, url, how, why in rows]

    def differences(self, family: Family, run: int = 1) -> list[str]:
        """Where a run's tries of a family's addresses did not end as its tables say, a line for each."""
        ended: defaultdict[str, list[Try]] = defaultdict(list)
        for each in self.tries(run):
            ended[each.url].append(each)
        return [
            f"{url}: {outcome}, not {found or 'tried'}"
            for url, outcome in ((self.normal(url), outcome) for url, outcome in family.outcomes())
            if " ".join(each.outcome for each in ended[url]) != outcome
            for found in ["; ".join(f"{each.outcome} ({each.detail})" for each in ended[url])]
        ]

    def raw(self) -> Iterator[tuple[str, bytes]]:
        """Address and body, as it came, of every raw answer that was kept, in their order."""
        for path in sorted(warc_files.folder_of(self.folder / "cuttings.db").iterdir()):
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    if record.rec_type == "response":
                        yield record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read()


def _config(families: Sequence[Family], project: str) -> str:
    hosts = sorted(set().union(*(family.hosts() for family in families)))
    allowed = ", ".join(f'"{host}:@{port}@"' for host in hosts for port in ("HTTP", "TLS", "CLOSED"))
    return (
        '[project]\nuser_agent = "Cuttings/0.1 (+mailto:desk@cuttings.test)"\nworkers = 2\n'
        f"allow_private = [{allowed}]\n{project}\n" + "".join(family.config() for family in families)
    )


@contextmanager
def _watched(process: int) -> Iterator[list[float]]:
    """The peak of a process's memory in MiB; the system counts it, and it is read until the end."""
    peak, ended = [0.0], Event()

    def watch() -> None:
        status = Path(f"/proc/{process}/status")
        while not ended.wait(0.1):
            try:
                lines = status.read_text().splitlines()
            except OSError:
                return
            peak[0] = max([peak[0], *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))])

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


@contextmanager
def hostile_project(folder: Path, families: Sequence[Family], project: str = "") -> Iterator[HostileProject]:
    """Serve these families, in a folder that knows how to crawl them; `project` holds more lines of [project]."""
    canary = secrets.token_hex(24).encode()
    secret = folder / "canary.txt"
    secret.write_bytes(canary)
    authority = tls.authority()
    authority.write(folder / "authority.pem")
    answers = {key: answer for family in families for key, answer in family.answers().items()}
    with serving(answers, secret, tls.context(folder, authority)) as server:
        yield HostileProject(folder, families, server, canary, project)
