"""A newsroom for tests: the demonstration newspaper on loopback, and the program run against it as a user runs it."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.demo import crawl_config as demo_config
from archive.demo.newspaper import edition
from archive.demo.server import DemoServer, serve
from archive.times import utc_now

ROOT = Path(__file__).resolve().parent.parent
CUTTINGS = (sys.executable, "-m", "archive.cli")


class Newsroom:
    """A folder with a cuttings.toml for the demonstration newspaper, or another, and the newspaper itself.

    `variables` are added to the environment of what is run.
    """

    def __init__(self, folder: Path, paper: DemoServer, config: str | None = None) -> None:
        self.folder = folder
        self.paper = paper
        self.database = folder / "cuttings.db"
        self.variables: dict[str, str] = {}
        text = demo_config.config_text(paper.proxy_url) if config is None else config
        (folder / "cuttings.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
        """Run `cuttings` in the folder and wait for its end."""
        return subprocess.run(
            [*CUTTINGS, *arguments],
            cwd=self.folder,
            env=environment() | self.variables,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `cuttings` in the folder, in a process group of its own."""
        return subprocess.Popen(
            [*CUTTINGS, *arguments],
            cwd=self.folder,
            env=environment() | self.variables,
            process_group=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def crawl(self, *arguments: str) -> dict[str, Any]:
        """Crawl to the end; returns the summary."""
        done = self.run("crawl", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary

    def turn_the_page(self) -> None:
        """Print the second edition."""
        self.paper.newspaper = edition(2, utc_now())

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the archive."""
        conn = sqlite3.connect(self.database)
        try:
            return conn.execute(sql, values).fetchall()
        finally:
            conn.close()


@contextmanager
def newsroom(folder: Path) -> Iterator[Newsroom]:
    """Open a newsroom in a folder, with the first edition."""
    with serve(edition(1, utc_now())) as paper:
        yield Newsroom(folder, paper)


def environment() -> dict[str, str]:
    """The environment without proxies of the machine, and with the checkout on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


def cuttings(folder: Path, *arguments: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder; with a limit, no file can grow beyond it, as on a full disk."""
    # The limit is set in the program's own process: a limit set between fork and exec is not safe with threads.
    run = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); " if limit else ""
    command = [sys.executable, "-c", f"{run}from archive.cli import main; main()"] if limit else list(CUTTINGS)
    return subprocess.run(
        [*command, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, timeout=90
    )
