"""Servers as they are in the wild: whatever one answers, its URL ends in one outcome, and the good page lands."""

import gzip
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from archive.reader import open_reader
from tests.newsroom import environment

pytestmark = pytest.mark.timeout(120)

PARAGRAPH = "The council met on Tuesday evening and agreed, after two hours, to mend the bridge before the winter. " * 3
GOOD = (
    "<!doctype html><html lang=en><head><title>Bridge to be mended</title></head><body><article>"
    f"<h1>Bridge to be mended</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p><p>{PARAGRAPH.upper()}</p>"
    "</article></body></html>"
).encode()
MEGA = 1 << 20

# path -> (status, headers, body). A body of None: the answer is the handler's own.
ANSWERS: dict[str, tuple[int, dict[str, str], bytes | None]] = {
    "/good": (200, {"Content-Type": "text/html; charset=utf-8"}, GOOD),
    "/octets": (200, {"Content-Type": "application/octet-stream"}, GOOD.replace(b"mended", b"painted")),
    "/pdf": (200, {"Content-Type": "text/html"}, b"%PDF-1.7\n" + b"\x00\x01\x02" * 400),
    "/empty": (200, {"Content-Type": "text/html"}, b""),
    "/big": (200, {"Content-Type": "text/html"}, b"<p>" + b"x" * (11 * MEGA)),
    "/bomb": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"x" * (64 * MEGA))),
    "/not-gzip": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, GOOD.replace(b"winter", b"summer")),
    "/gone": (410, {}, b"gone"),
    "/missing": (404, {"Content-Type": "text/html"}, GOOD),
    "/teapot": (418, {}, b""),
    "/broken": (500, {}, b"oops"),
    "/busy": (429, {"Retry-After": "3600"}, b""),
    "/maintenance": (503, {"Retry-After": "3600"}, b""),
    "/down": (503, {}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/ring-a": (301, {"Location": "/ring-b"}, b""),
    "/ring-b": (301, {"Location": "/ring-a"}, b""),
    "/nowhere": (301, {}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/home-again": (302, {"Location": "/"}, b""),
    "/": (200, {"Content-Type": "text/html"}, GOOD),
    "/robots.txt": (404, {}, b""),
    "/odd-headers": (200, {"Content-Type": "text/html", "X-Place": "caf\xe9"}, GOOD.replace(b"bridge", b"tunnel")),
    "/cut": (200, {}, None),
    "/stall": (200, {}, None),
    "/slam": (200, {}, None),
}
OUTCOMES = {
    "/good": "saved",
    "/octets": "saved",
    "/pdf": "not_html",
    "/empty": "not_html",
    "/big": "too_big",
    "/bomb": "too_big",
    "/not-gzip": "saved",
    "/gone": "http_4xx",
    "/missing": "http_4xx",
    "/teapot": "http_4xx",
    "/broken": "http_5xx",
    "/busy": "rate_limited",
    "/maintenance": "rate_limited",
    "/down": "http_5xx",
    "/loop": "redirect",
    "/ring-a": "redirect",
    "/nowhere": "redirect",
    "/to-file": "redirect",
    "/home-again": "not_article",
    "/odd-headers": "saved",
    "/cut": "connection",
    "/stall": "timeout",
    "/slam": "connection",
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/urls.txt":
            base = f"http://{self.headers['Host']}"
            return self.answer(
                200, {"Content-Type": "text/plain"}, "\n".join(base + path for path in OUTCOMES).encode()
            )
        status, headers, body = ANSWERS.get(path, (404, {}, b""))
        if body is not None:
            return self.answer(status, headers, body)
        self.close_connection = True
        if path == "/stall":
            time.sleep(8)
        elif path == "/cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n" + GOOD)
        return None

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str | None]]:
    """path -> (outcome, detail) after one crawl of the server."""
    folder = tmp_path_factory.mktemp("hard")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    write_project(folder, base)
    crawl = [sys.executable, "-m", "scrapy", "crawl", "news", "-s", "DOWNLOAD_TIMEOUT=2"]
    done = subprocess.run(crawl, cwd=folder, env=environment(), capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    conn = open_reader(folder / "cuttings.db")
    rows = conn.execute("SELECT url, outcome, detail FROM fetches").fetchall()
    conn.close()
    server.shutdown()
    server.server_close()
    assert len(rows) == len({row["url"] for row in rows})
    return {row["url"].removeprefix(base): (row["outcome"], row["detail"]) for row in rows}


def write_project(folder: Path, base: str) -> None:
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = spiders.settings\n")
    (folder / "cuttings.toml").write_text(
        '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n'
        f'[[source]]\nid = "hard"\nurl = "{base}/"\nurls = ["{base}/urls.txt"]\ndelay = "0s"\n'
    )


@pytest.mark.parametrize(("path", "outcome"), OUTCOMES.items())
def test_a_url_ends_in_its_outcome(outcomes: dict[str, tuple[str, str | None]], path: str, outcome: str) -> None:
    assert outcomes[path][0] == outcome, outcomes[path]


def test_what_went_wrong_is_said_in_words(outcomes: dict[str, tuple[str, str | None]]) -> None:
    assert "robots" not in {outcome for outcome, _ in outcomes.values()}
    for path, (outcome, detail) in outcomes.items():
        assert detail or outcome in {"saved", "listed"}, path
