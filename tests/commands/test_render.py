"""`render = true`: pages whose text comes by script, and pages that would use a browser to get elsewhere."""

import json
import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.demo.newspaper import Response
from pipelines.rendering import missing
from tests.robustness.faults.press import Office, Press, office
from tests.robustness.hostile import prose

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(missing() is not None, reason="no Chromium"),
    pytest.mark.timeout(240),
]

HOST = "outlet-0.press.test"
SHELL = """<!doctype html><html><head><title>{title}</title></head><body><div id="app"></div>{more}
<script src="/app.js"></script></body></html>"""
APP = """
fetch("/api" + location.pathname + ".json").then(answer => answer.json()).then(story => {
  document.getElementById("app").innerHTML =
    "<article><h1>" + story.title + "</h1>" + story.text.map(each => "<p>" + each + "</p>").join("") + "</article>";
});
"""


def answer(body: str, kind: str = "text/html; charset=utf-8", status: int = 200) -> Response:
    raw = body.encode()
    return Response(status=status, headers=(("Content-Type", kind), ("Content-Length", str(len(raw)))), body=raw)


def story(number: int) -> str:
    key = f"{HOST} {number}"
    return json.dumps({"title": prose.title(key), "text": list(prose.paragraphs(key, 4))})


class Scripted(Press):
    """A press whose pages have no text before their scripts have run. `more` is added to each."""

    def __init__(self, more: str = "") -> None:
        super().__init__(outlets=1)
        self.more = more
        self.requested: list[str] = []
        self.on_request = self.scripted

    def scripted(self, url: str) -> Response | None:
        self.requested.append(url)
        path = url.split(HOST, 1)[-1]
        if path == "/app.js":
            return answer(APP, "text/javascript")
        if path.startswith("/api/news/"):
            return answer(story(int(path.split("/")[-1].removesuffix(".json"))), "application/json")
        if path.startswith("/news/"):
            return answer(SHELL.format(title=prose.title(f"{HOST} {path.split('/')[-1]}"), more=self.more))
        return None


@pytest.fixture
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    press = Scripted(getattr(request, "param", ""))
    press.publish(2)
    with office(tmp_path, press) as opened:
        file = opened.folder / "cuttings.toml"
        file.write_text(file.read_text().replace("[defaults]\n", "[defaults]\nrender = true\n"))
        yield opened


def texts(room: Office) -> list[str]:
    return sorted(room.filed().values())


EXPECTED = sorted("\n".join(prose.paragraphs(f"{HOST} {number}", 4)) for number in range(2))


def test_an_article_that_comes_by_script_is_filed_and_the_page_as_it_came_is_kept(room: Office) -> None:
    summary = room.crawl()

    assert summary["new"] == 2, summary
    assert texts(room) == EXPECTED
    assert [notes for (notes,) in room.rows("SELECT notes FROM versions") if '"rendered"' not in notes] == []
    kinds: dict[str, list[str]] = {}
    for file in sorted((room.folder / "cuttings-warc").glob("*.warc.gz")):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                kinds.setdefault(record.rec_type, []).append(record.rec_headers.get_header("WARC-Target-URI"))
    assert sorted(kinds["conversion"]) == [f"http://{HOST}/news/0", f"http://{HOST}/news/1"]
    assert f"http://{HOST}/app.js" in kinds["response"]
    assert room.run("doctor").returncode == 0


def test_without_rendering_there_is_no_article(room: Office) -> None:
    file = room.folder / "cuttings.toml"
    file.write_text(file.read_text().replace("render = true\n", ""))

    summary = room.crawl()

    assert summary["new"] == 0
    assert "/app.js" not in " ".join(room.press.asked)


def test_add_finds_out_that_a_site_needs_it(room: Office) -> None:
    file = room.folder / "cuttings.toml"
    file.write_text(file.read_text().partition("[defaults]")[0])

    done = room.run("add", f"http://{HOST}/feed.xml", "--yes")

    assert done.returncode == 0, done.stderr
    assert "after its scripts have run, with render = true" in done.stdout
    assert "render = true" in file.read_text()


@pytest.mark.slow
def test_a_second_look_finds_it_unchanged_and_asks_its_scripts_again(room: Office) -> None:
    room.crawl()
    with closing(sqlite3.connect(room.database)) as conn, conn:
        conn.execute("UPDATE frontier SET due_at = '2026-01-01T00:00:00Z' WHERE article_id IS NOT NULL")
    room.press.asked.clear()

    summary = room.crawl()

    assert summary["outcomes"]["unchanged"] >= 2
    assert summary["new"] == 0
    assert f"http://{HOST}/api/news/0.json" in room.press.asked


@pytest.fixture
def inside() -> Iterator[tuple[int, list[bytes]]]:
    """A server in this machine's own network, and what reached it."""
    reached: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    guest, _ = server.accept()
                except TimeoutError:
                    continue
                with guest:
                    reached.append(b"somebody")

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], reached
        done.set()
        thread.join()


def test_no_page_reaches_inside_through_the_browser(room: Office, inside: tuple[int, list[bytes]]) -> None:
    port, reached = inside
    press = room.press
    assert isinstance(press, Scripted)
    for target in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", f"2130706433:{port}"):
        press.more += (
            f'<img src="http://{target}/img"><iframe src="http://{target}/frame"></iframe><script src="http://{target}/s.js">'
            f'</script><script>fetch("http://{target}/fetch",{{mode:"no-cors"}}).catch(()=>0);'
            f'try{{new WebSocket("ws://{target}/ws")}}catch(e){{}};navigator.sendBeacon("http://{target}/beacon","x");'
            f'new EventSource("http://{target}/events");</script>'
        )
    press.more += f'<script>setTimeout(()=>{{location.href="http://127.0.0.1:{port}/away"}},300)</script>'
    press.more += "<script>alert('hello'); window.open('/popup')</script>"

    summary = room.crawl()

    assert reached == []
    assert summary["tried"] == sum(summary["outcomes"].values())
    assert summary["outcomes"].get("quarantined", 0) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "room",
    [
        "<script>while (true) {}</script>",
        pytest.param("<script>let a = []; while (true) a.push(Array(1e6).fill(7))</script>", marks=pytest.mark.slow),
    ],
    indirect=True,
)
def test_an_endless_script_costs_its_page_alone(room: Office) -> None:
    summary = room.crawl("--limit", "1")

    assert summary["state"] == "finished"
    assert summary["new"] == 0
    assert summary["outcomes"].get("too_short", 0) + summary["outcomes"].get("not_article", 0) == 1


@pytest.mark.slow
def test_a_browser_that_dies_costs_one_page_and_not_the_crawl(room: Office) -> None:
    def kill(url: str) -> Response | None:
        if url.endswith("/app.js") and not killed:
            killed.append(url)
            for pid in chromiums(crawl.pid):
                os.kill(pid, signal.SIGKILL)
        return scripted(url)

    killed: list[str] = []
    assert isinstance(room.press, Scripted)
    scripted, room.press.on_request = room.press.scripted, kill
    crawl = room.begin("crawl", "--json")
    said, _ = crawl.communicate(timeout=200)

    assert killed
    assert crawl.returncode == 0, said
    assert len(texts(room)) >= 1


def chromiums(ancestor: int) -> list[int]:
    """Processes of Chromium that descend from a process."""
    parents: dict[int, int] = {}
    named: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "comm").read_text()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
            if "chrom" in command:
                named.append(int(folder.name))

    def descends(pid: int) -> bool:
        while pid in parents:
            if pid == ancestor:
                return True
            pid = parents[pid]
        return False

    return [pid for pid in named if descends(pid)]


@pytest.mark.slow
def test_nothing_of_the_browser_is_left_when_the_crawl_has_ended(room: Office) -> None:
    def look(url: str) -> Response | None:
        if url.endswith("/app.js"):
            seen.update(chromiums(crawl.pid))
        return scripted(url)

    seen: set[int] = set()
    assert isinstance(room.press, Scripted)
    scripted, room.press.on_request = room.press.scripted, look
    crawl = room.begin("crawl")
    crawl.communicate(timeout=200)

    assert seen
    end = time.monotonic() + 10
    while left := {pid for pid in seen if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < end, left
        time.sleep(0.1)
