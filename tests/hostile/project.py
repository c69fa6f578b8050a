"""A project that crawls hostile families, and what became of it."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from archive.urls import BadURLError, normalize
from tests.hostile.families import guarded, tls
from tests.hostile.families.family import ENDING, Family
from tests.hostile.server import HostileServer, serving
from tests.newsroom import ROOT, environment

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

    def __init__(self, folder: Path, families: Sequence[Family], server: HostileServer, canary: bytes) -> None:
        self.folder = folder
        self.families = families
        self.server = server
        self.canary = canary
        self.log = folder / "scrapy.log"
        (folder / "scrapy.cfg").write_text("[settings]\ndefault = spiders.settings\n")
        (folder / "cuttings.toml").write_text(self.fill(_config(families)))

    def fill(self, text: str) -> str:
        """The text with the places of this run."""
        return self.server.places.fill(text.encode()).decode()

    def normal(self, url: str) -> str:
        """The address as the archive writes it."""
        try:
            return normalize(self.fill(url))
        except BadURLError:
            return self.fill(url)

    def crawl(self, *arguments: str, timeout: float = 200) -> Ended:
        """Crawl to the end."""
        command = [*_SCRAPY, "-s", f"LOG_FILE={self.log}", *arguments]
        names = {f"*.{ENDING}": ["127.0.0.1"], **guarded.NAMES}
        variables = environment() | {
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "names"), str(ROOT)]),
            "HOSTILE_NAMES": json.dumps(names),
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
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

    def tries(self) -> list[Try]:
        rows = self.rows("SELECT run_id, kind, url, outcome, detail FROM fetches ORDER BY id")
        return [Try(run=run, kind=kind, url=url, outcome=how, detail=why or "") for run, kind, url, how, why in rows]

    def expected(self) -> dict[str, str]:
        """Address -> outcome, as the tables of all families have it."""
        return {self.normal(url): outcome for family in self.families for url, outcome in family.outcomes()}


def _config(families: Sequence[Family]) -> str:
    hosts = sorted(set().union(*(family.hosts() for family in families)))
    allowed = ", ".join(f'"{host}:@{port}@"' for host in hosts for port in ("HTTP", "TLS", "CLOSED"))
    return (
        '[project]\nuser_agent = "Cuttings/0.1 (+mailto:desk@cuttings.test)"\nworkers = 2\n'
        f"allow_private = [{allowed}]\n" + "".join(family.config() for family in families)
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
def hostile_project(folder: Path, families: Sequence[Family]) -> Iterator[HostileProject]:
    """Serve these families, in a folder that knows how to crawl them."""
    canary = secrets.token_hex(24).encode()
    secret = folder / "canary.txt"
    secret.write_bytes(canary)
    authority = tls.authority()
    authority.write(folder / "authority.pem")
    answers = {key: answer for family in families for key, answer in family.answers().items()}
    with serving(answers, secret, tls.context(folder, authority)) as server:
        yield HostileProject(folder, families, server, canary)
