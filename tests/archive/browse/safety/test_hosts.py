"""Who the server answers as: its own hosts, whatever is asked for, and nobody else's name."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from archive.browse.safety.hosts import Hosts, checked, host_of, is_loopback, named
from archive.browse.serve import datasette
from archive.cli.browse import browse
from archive.cli.common import Invocation
from archive.errors import UsageError
from tests.archive.browse.guest import close
from tests.archive.browse.safety.test_response_headers import collecting, never

PATHS = (
    "/",
    "/search?q=ferry",
    "/search.jsonl?q=ferry",
    "/feed.atom",
    "/article/1.json",
    "/-/cuttings/cuttings.css",
    "/-/static/app.css",
    "/sample/articles.json",
    "/sample.json?sql=select+1",
    "/nothing",
)
LOOPBACK = Hosts(bound="127.0.0.1")


async def answer(app: Any, path: str, host: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app.client.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(f"http://localhost{path}", headers={"Host": host, "Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize("path", PATHS)
async def test_a_name_that_was_led_here_gets_nothing_whatever_it_asks_for(browsed: Any, path: str) -> None:
    refused = await answer(browsed, path, "tides.example:8001")
    assert refused.status_code == 421
    assert refused.text.count("\n") == 1
    assert "--allow-host tides.example" in refused.text
    assert "ferry" not in refused.text
    assert refused.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await answer(browsed, path, "127.0.0.1:8001")).status_code != 421


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LocalHost:8001", "localhost.", "localhost.:8001", "desk.localhost:1", "a.b.LOCALHOST."),
        *("127.0.0.1", "127.0.0.1:65535", "127.8.9.10", "127.0.0.1.", "[::1]", "[::1]:8001", "[0:0::1]", "127.0.0.1:"),
        "[::ffff:127.0.0.1]",
    ],
)
def test_this_machine_is_meant_by_many_names(host: str) -> None:
    assert LOOPBACK.refusal([host.encode()], "127.0.0.1") is None


@pytest.mark.parametrize(
    "host",
    [
        *("tides.example", "localhost.tides.example", "127.0.0.1.tides.example", "notlocalhost", "xlocalhost:80"),
        *(
            "192.0.2.7",
            "10.0.0.1:8001",
            "0.0.0.0",  # noqa: S104 - asked for, not bound
            "[::]",
            "[2001:db8::1]",
            "[::ffff:192.0.2.7]",
            "2130706433",
            "0x7f.1",
        ),
    ],
)
def test_every_other_host_is_misdirected(host: str) -> None:
    refusal = LOOPBACK.refusal([host.encode()], "127.0.0.1")
    assert refusal is not None
    assert refusal[0] == 421


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["localhost", "localhost"],
        ["localhost", "tides.example"],
        *([host] for host in ("", ":8001", "localhost:port", "localhost:99999", "localhost:8001:1", "a@localhost")),
        *([host] for host in ("localhost, tides.example", " localhost", "localhost/x", "local\xa0host", "[::1", "::1")),
        *([host] for host in ("[127.0.0.1]x", "[::g]", "[fe80::1%25lo]", "a..b", ".", "x" * 64, "a." * 200 + "a")),
    ],
)
def test_what_names_no_host_is_a_bad_request(given: list[str]) -> None:
    refusal = LOOPBACK.refusal([host.encode("latin-1") for host in given], "127.0.0.1")
    assert refusal is not None
    assert refusal[0] == 400


def test_beyond_loopback_its_own_address_and_names_that_were_given_are_meant_and_no_other() -> None:
    everywhere = Hosts(bound="0.0.0.0", named=frozenset({"news.example"}))  # noqa: S104 - it is not listened on
    for host in ("192.0.2.7:8001", "localhost", "NEWS.example.:443"):
        assert everywhere.refusal([host.encode()], "192.0.2.7") is None
    for host in ("tides.example", "192.0.2.8", "0.0.0.0", "www.news.example"):  # noqa: S104
        refused = everywhere.refusal([host.encode()], "192.0.2.7")
        assert (refused is not None) == (host != "0.0.0.0")  # noqa: S104 - what it was bound to
    assert Hosts(bound="Desk.example").refusal([b"desk.example:80"], "192.0.2.7") is None


def test_a_name_that_is_allowed_is_a_name() -> None:
    assert named("News.Example.") == "news.example"
    assert named("::1") == "::1"
    assert named("news.example:8443") == "news.example"
    for wrong in ("*.example", "https://news.example", "", "a b", "news.example/x"):
        with pytest.raises(UsageError, match="is not a host"):
            named(wrong)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.255.0.9", "x.localhost"])
def test_loopback_is_told_from_the_rest(host: str) -> None:
    assert is_loopback(host)
    assert not is_loopback(f"{host}.example")


def test_a_port_is_no_part_of_a_host() -> None:
    assert host_of("News.Example:8001") == "news.example"
    assert host_of("[2001:DB8:0::1]:1") == "2001:db8::1"


async def test_a_socket_is_refused_as_a_page_is() -> None:
    async def connect() -> Any:
        return {"type": "websocket.connect"}

    for extensions, kinds in (
        ({"websocket.http.response": {}}, ["websocket.http.response.start", "websocket.http.response.body"]),
        ({}, ["websocket.close"]),
    ):
        sent: list[dict[str, Any]] = []
        scope = {"type": "websocket", "headers": [(b"host", b"tides.example")], "extensions": extensions}
        await checked(never, LOOPBACK)(scope, connect, collecting(sent))  # type: ignore[arg-type]
        assert [message["type"] for message in sent] == kinds
        assert sent[0].get("status", 421) == 421


@pytest.fixture
def proxied(archive: Path) -> Iterator[Any]:
    app = datasette(archive, base_url="https://news.example:8443/desk/", allowed=["tides.example"])
    yield app
    close(app)


async def test_links_of_a_feed_name_the_host_that_was_checked(browsed: Any, proxied: Any) -> None:
    plain = (await answer(browsed, "/feed.atom", "desk.localhost:8001")).text
    assert "http://desk.localhost:8001/article/1" in plain
    for host in ("news.example:8443", "tides.example", "127.0.0.1"):
        behind = (await answer(proxied, "/desk/feed.atom", host)).text
        assert "https://news.example:8443/desk/article/1" in behind
        assert "http://" not in behind.replace("http://www.w3.org", "")
    assert (await answer(proxied, "/desk/", "www.news.example")).status_code == 421


async def test_where_the_file_lies_is_nobodys_business(browsed: Any, archive: Path) -> None:
    shown = (await answer(browsed, "/-/databases.json", "localhost")).json()
    assert [database["path"] for database in shown] == [archive.name]


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--allow-host", "*.example"], "--allow-host"),
        (["--base-url", "news.example/x"], "--base-url"),
        (["--base-url", "https:///x"], "--base-url"),
        (["--base-url", "ftp://news.example/"], "--base-url"),
        (["--base-url", "https://me@news.example/"], "--base-url"),
    ],
)
def test_options_that_name_no_host_are_said(options: list[str], wrong: str) -> None:
    done = CliRunner().invoke(browse, options, obj=Invocation())
    assert wrong in done.output or wrong in str(done.exception)
    assert done.exit_code != 0


def test_the_command_answers_as_the_hosts_that_it_was_given(archive: Path) -> None:
    command = [sys.executable, "-P", "-m", "archive.cli", "browse", "--port", "0", "--archive", str(archive)]
    allowed = ["--allow-host", "news.example", "--allow-host", "desk.example"]
    process = subprocess.Popen([*command, *allowed], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().split(" on ")[1].split()[0]).port
        for head, status in (
            ("1.1\r\nHost: news.example", 200),
            ("1.1\r\nHost: desk.example:443", 200),
            ("1.1\r\nHost: tides.example", 421),
            ("1.1\r\nHost: localhost\r\nHost: tides.example", 400),
            ("1.0\r\nX: y", 400),
        ):
            with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
                connection.sendall(f"GET /runs HTTP/{head}\r\nConnection: close\r\n\r\n".encode())
                first = connection.recv(4096).split(b"\r\n")[0]
            assert first.startswith(f"HTTP/1.1 {status} ".encode()), (head, first)
    finally:
        process.terminate()
        process.communicate(timeout=20)
