"""CPU of a whole crawl against a bare loop of trafilatura over the same pages, and the memory it takes. Linux only.

    uv run python tests/benchmarks/crawl_cpu.py [--manifest PAGES.jsonl] [--rounds 3]

The manifest is that of `cuttings extract --batch`: lines {id, url, html}. Its pages are served at their own addresses
by a proxy on loopback and crawled from a plain list, robots.txt of every host included. Without one it crawls the
demonstration newspaper, whose pages are so small that starting up is most of the work.

Both sides are measured in the same run with the same number of busy processes: two processes on one core's threads each
look slower than one alone. The targets are a ratio of at most 1.35, and 600 MB for the main process and two workers.
"""

import argparse
import contextlib
import ctypes
import gzip
import json
import multiprocessing
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.model.capture import Locator
from archive.warc import warc_files
from archive.web.urls import normalize
from tests.newsroom import CUTTINGS, environment, newsroom

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans of the crawl come to us, so that their CPU time is counted
WORKERS = 2

CONFIG = """
[project]
user_agent = "cuttings-benchmark (+mailto:desk@cuttings.test)"
proxy = "{proxy}"
workers = {workers}
[[source]]
url = "http://list.test/"
urls = ["http://list.test/urls.txt"]
delay = "0s"
"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--manifest", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ratios = []
    for number in range(1, asked.rounds + 1):
        with tempfile.TemporaryDirectory() as name, project(Path(name), asked.manifest):
            crawl, memory, summary = crawl_once(Path(name))
            bare, pages = bare_loop(Path(name) / "cuttings.db")
        ratios.append(crawl / bare)
        print(
            f"round {number}: crawl {crawl:.1f} s CPU, trafilatura alone {bare:.1f} s over {pages} pages, "
            f"ratio {crawl / bare:.2f}, memory {memory:.0f} MB, {summary['seconds']} s, {summary['outcomes']}"
        )
    print(f"ratio {sorted(ratios)[len(ratios) // 2]:.2f} (median of {len(ratios)})")


@contextmanager
def project(folder: Path, manifest: Path | None) -> Iterator[None]:
    """A folder with a cuttings.toml, and what it names served while it lasts."""
    if manifest is None:
        with newsroom(folder):
            yield
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), replay(manifest))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    (folder / "cuttings.toml").write_text(CONFIG.format(proxy=proxy, workers=WORKERS))
    yield
    server.shutdown()
    server.server_close()


def replay(manifest: Path) -> type[BaseHTTPRequestHandler]:
    """A proxy that answers with the pages of a manifest, each at its own address."""
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    pages = {normalize(row["url"]).replace("https://", "http://", 1): manifest.parent / row["html"] for row in rows}
    listed = "\n".join(pages).encode()

    class Replay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path in pages:
                body = pages[self.path].read_bytes()
                self.answer(200, "text/html", gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
            elif urlsplit(self.path).path == "/urls.txt":
                self.answer(200, "text/plain", listed)
            else:
                self.answer(404, "text/plain", b"not here")

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Replay


def crawl_once(folder: Path) -> tuple[float, float, dict[str, object]]:
    """Crawl; returns CPU seconds of all its processes, the most memory (MB) they had together, and the summary."""
    before = children_cpu()
    crawl = subprocess.Popen([*CUTTINGS, "crawl", "--json"], cwd=folder, env=environment(), stdout=subprocess.PIPE)
    watch = MemoryWatch(crawl.pid)
    out, _ = crawl.communicate()
    watch.stop()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    return children_cpu() - before, watch.most / 1e6, json.loads(out)


def bare_loop(database: Path) -> tuple[float, int]:
    """CPU seconds of trafilatura alone, metadata included and comments off, over the pages of an archive."""
    conn = sqlite3.connect(database)
    rows = conn.execute(
        "SELECT warc_file, warc_offset, warc_length FROM fetches WHERE kind = 'article' AND status = 200"
    ).fetchall()
    conn.close()
    folder = warc_files.folder_of(database)
    bodies = [
        warc_files.read(folder, Locator(file=file, offset=offset, length=length)).body for file, offset, length in rows
    ]
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        return sum(pool.map(extract_all, [bodies[n::WORKERS] for n in range(WORKERS)], chunksize=1)), len(bodies)


def extract_all(bodies: list[bytes]) -> float:
    """CPU seconds for these pages; what trafilatura loads once is loaded before the clock starts."""
    from trafilatura import bare_extraction

    bare_extraction(bodies[0], with_metadata=True)
    began = time.process_time()
    for body in bodies:
        bare_extraction(body, with_metadata=True, include_comments=False)
    return time.process_time() - began


def children_cpu() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class MemoryWatch:
    """The largest sum of resident memory of a process and its descendants, sampled ten times a second."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        """End the sampling."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, sum(map(resident, family(self._pid))))


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident(pid: int) -> int:
    """Resident memory in bytes."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main()
