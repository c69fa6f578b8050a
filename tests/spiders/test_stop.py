"""A crawl that is asked to end ends, however long a server would have it wait, and what was under way is due again."""

import contextlib
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.newsroom import CUTTINGS, environment

pytestmark = pytest.mark.timeout(120)


class SlowServer(ThreadingHTTPServer):
    """Lists pages, and answers none of them, or nothing at all."""

    daemon_threads = True

    def __init__(self, stalls_at: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.stalls_at = stalls_at
        self.stalled = Event()
        self.ended = Event()


class _Answer(BaseHTTPRequestHandler):
    server: SlowServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith(self.server.stalls_at):
            self.server.stalled.set()
            self.server.ended.wait(60)
            return
        pages = f"http://{self.headers['Host']}/page/1\nhttp://{self.headers['Host']}/page/2\n"
        body = pages.encode() if self.path == "/list.txt" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def stalling(at: str) -> Iterator[SlowServer]:
    with SlowServer(at) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.ended.set()
        server.shutdown()


def project(folder: Path, port: int) -> None:
    (folder / "cuttings.toml").write_text(
        '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\nworkers = 1\n'
        f'allow_private = ["127.0.0.1:{port}"]\n'
        f'[[source]]\nurl = "http://127.0.0.1:{port}/"\nurls = ["/list.txt"]\ndelay = "0s"\n'
    )


@pytest.mark.parametrize(
    ("at", "number"), [("/page/", signal.SIGINT), ("/robots.txt", signal.SIGTERM), ("/list.txt", signal.SIGTERM)]
)
def test_a_server_that_stalls_holds_up_no_end(tmp_path: Path, at: str, number: signal.Signals) -> None:
    with stalling(at) as server:
        project(tmp_path, server.server_port)
        crawl = subprocess.Popen([*CUTTINGS, "crawl"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)  # fmt: skip
        assert server.stalled.wait(30)
        time.sleep(0.2)
        crawl.send_signal(number)
        out, _ = crawl.communicate(timeout=20)  # the server would take sixty seconds, the timeout is thirty

    assert crawl.returncode == 3, out
    assert out.splitlines()[-1].startswith("Run 1 (interrupted): 0 new")
    conn = sqlite3.connect(tmp_path / "cuttings.db")
    rows = conn.execute("SELECT kind, state, tries FROM frontier WHERE state <> 'done' OR kind = 'article'").fetchall()
    paused = conn.execute("SELECT count(*) FROM hosts").fetchone()
    conn.close()
    assert set(rows) <= {("article", "pending", 0)}
    assert paused == (0,)
    assert "Traceback" not in out + (tmp_path / "cuttings.log").read_text()
