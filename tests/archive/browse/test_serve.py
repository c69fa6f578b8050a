"""Serving: it says where it is, what is wrong, and ends when it is told to."""

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette_auth_passwords.utils import hash_password  # type: ignore[import-untyped]

from archive.browse.serve import datasette, is_loopback, serve, settings
from archive.errors import ArchiveError, UsageError
from tests.archive import sample
from tests.archive.browse.guest import close

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_once_it_says_so_and_ends_quietly(
    archive: Path, start: Callable[[Path], subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = start(archive)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        with urllib.request.urlopen(address + "/article/1", timeout=10) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
        for nothing in ("/article/999", "/nowhere", "/sample/nothing"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address + nothing, timeout=10)  # noqa: S310 - our own server
        process.send_signal(number)
        out, err = process.communicate(timeout=5)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "", "")


def test_a_port_in_use_is_named_with_the_way_out(archive: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port} on 127\.0\.0\.1 is in use.*--port"):
            serve(archive, port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_an_address_that_cannot_be_had_is_named(archive: Path, host: str, port: int) -> None:
    with pytest.raises(UsageError, match=r"--host|--port"):
        serve(archive, host=host, port=port)


def test_only_an_archive_is_served(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here yet"):
        serve(tmp_path / "none.db", port=0)
    (tmp_path / "text.db").write_text("This is a text, and long enough to be looked at." * 20)
    with pytest.raises(ArchiveError, match="cannot be read"):
        serve(tmp_path / "text.db", port=0)


@pytest.mark.parametrize(
    ("how", "may"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
        ({"base_url": "/news/"}, True),
        ({"host": "0.0.0.0"}, False),  # noqa: S104 - only its settings are asked for
        ({"host": "archive.example"}, False),
        ({"allowed": ("archive.example",)}, False),
        ({"base_url": "https://archive.example/news/"}, False),
        ({"allowed": ("archive.example",), "sql": True}, True),
    ],
)
def test_own_sql_is_for_this_machine_only(archive: Path, how: dict[str, Any], may: bool) -> None:  # noqa: FBT001
    served = datasette(archive, **how)
    try:
        assert served.setting("default_allow_sql") is may
    finally:
        close(served)


def test_every_address_of_all_is_no_address_of_this_machine() -> None:
    assert not is_loopback("::")


def test_the_file_cannot_be_downloaded_and_queries_are_bounded() -> None:
    chosen = settings(sql=True)
    assert not chosen["allow_download"]
    assert not chosen["suggest_facets"]
    assert (chosen["sql_time_limit_ms"], chosen["max_returned_rows"]) == (1000, 1000)


def test_starting_needs_no_datasette_before_it_serves() -> None:
    code = "import sys, archive.browse.serve, archive.browse.table_metadata; print('datasette' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


async def test_articles_filed_while_it_serves_are_shown(attach, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "sample.db"
    live = attach(sample.build_empty(path))
    assert (await live.client.get("/article/1")).status_code == 404
    sample.build(path)
    assert (await live.client.get("/article/1")).status_code == 200


async def test_with_a_password_nobody_sees_anything_who_has_not_logged_in(archive: Path) -> None:
    app = datasette(archive, host="0.0.0.0", password_hash=hash_password("tides"))  # noqa: S104 - it is not listened on
    try:
        for path in (
            "/",
            "/search?q=ferry",
            "/article/1",
            "/feed.atom",
            "/sample/articles.json",
            "/search.csv?q=ferry",
        ):
            closed = await app.client.get(path)
            assert (closed.status_code, "Night ferry" in closed.text) == (403, False), path
        sent = {"username": "root", "password": "tides"}
        logged_in = await app.client.post("/-/login", data=sent)
        assert logged_in.status_code == 303
        seen = await app.client.get("/article/1", cookies={"ds_actor": logged_in.cookies["ds_actor"]})
        assert "Night ferry" in seen.text
        assert "Log out" in seen.text
    finally:
        close(app)


@pytest.mark.slow
def test_the_pages_answer_in_the_newest_datasette_too(archive: Path, tmp_path: Path) -> None:
    """An environment of its own, with the newest 1.0 alpha: what is pinned here is the last release."""
    newest = tmp_path / "override.txt"
    newest.write_text("datasette>=1.0a0\n", encoding="utf-8")
    python = tmp_path / "venv" / "bin" / "python"
    for command in (
        ["uv", "venv", "-q", str(python.parents[1])],
        [
            *["uv", "pip", "install", "-q", "--prerelease", "allow", "--python"],
            str(python),
            "--override",
            str(newest),
            str(ROOT),
        ],
    ):
        subprocess.run(command, check=True, timeout=110)
    asked = subprocess.run(
        [python, "-c", _ASK, archive, "/", "/search?q=ferry", "/article/1", "/sources", "/clutter", "/sample/articles"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert asked.stdout.split() == ["1", "200", "200", "200", "200", "200", "200"], asked.stderr


_ASK = """
import asyncio, sys
from datasette.app import Datasette
from datasette.version import __version__
async def ask(archive, *paths):
    app = Datasette([archive], immutables=[])
    await app.invoke_startup()
    print(__version__.split(".")[0], *[(await app.client.get(path)).status_code for path in paths])
asyncio.run(ask(*sys.argv[1:]))
"""
