"""A server with a password: nobody sees anything before logging in, guesses are slow, and the owner gets in."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import lxml.html
import pytest
from datasette_auth_passwords.utils import hash_password  # type: ignore[import-untyped]

from archive.browse.safety.door import MOST_WAITING, Door, Verdict
from archive.browse.safety.passwords import Failures, PasswordHash, client_of
from archive.browse.serve import datasette
from archive.errors import UsageError
from tests.archive.browse.guest import close

PASSWORD: Final = "seven tides"  # noqa: S105 - of an archive of the tests
HASH: Final = hash_password(PASSWORD, iterations=1_000)
HTML: Final = (
    "/",
    "/search?q=ferry",
    "/article/1",
    "/sample/articles",
    "/sample?sql=select+1",
    "/-/databases",
    "/nothing",
)
FILES: Final = ("/feed.atom", "/search.csv?q=ferry", "/sample/articles.json", "/article/1.txt", "/-/static/app.css")


@pytest.fixture(scope="module")
def closed(archive: Path) -> Iterator[Any]:
    app = datasette(archive, password_hash=HASH)
    yield app
    close(app)


@asynccontextmanager
async def guest(app: Any, base: str = "http://localhost") -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at an address where nobody has failed yet."""
    address = f"192.0.2.{next(_ADDRESSES)}"
    transport = httpx.ASGITransport(app=app.client.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


_ADDRESSES: Final = itertools.count(1)


def fields(page: httpx.Response) -> dict[str, str]:
    (form,) = lxml.html.fromstring(page.text).forms
    return {name: value or "" for name, value in form.form_values()}


async def log_in(client: httpx.AsyncClient, password: str = PASSWORD, **sent: str) -> httpx.Response:
    return await client.post("/-/login", data={"username": "root", "password": password, **sent})


@pytest.mark.parametrize("path", HTML)
async def test_who_has_not_logged_in_is_shown_the_form_and_led_back(closed: Any, path: str) -> None:
    async with guest(closed) as client:
        page = await client.get(path)
        assert page.status_code == 403
        assert "Night ferry" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "script" not in page.text
        sent = fields(page) | {"password": PASSWORD}
        assert sent["username"] == "root"
        led = await client.post("/-/login", data=sent)
        assert (led.status_code, led.headers["location"]) == (303, path)
        assert (await client.get(path)).status_code == (404 if path == "/nothing" else 200)


@pytest.mark.parametrize("path", FILES)
async def test_programs_are_told_in_a_sentence(closed: Any, path: str) -> None:
    async with guest(closed) as client:
        answer = await client.get(path)
        assert answer.status_code == 403
        assert "Log in first, at /-/login" in answer.text
        assert "<form" not in answer.text
        told = await client.get(path, headers={"Authorization": "Basic " + base64.b64encode(b"root:x").decode()})
        assert told.status_code == 403


async def test_a_session_is_of_this_site_alone_and_ends(closed: Any) -> None:
    async with guest(closed) as client:
        cookies = (await log_in(client)).headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["ds_actor", "cuttings_known"]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Max-Age=" in cookie
        assert "Secure" not in cookie
    signed = closed.unsign(cookies[0].split(";")[0].partition("=")[2], "actor")
    assert {"a", "e"} <= set(signed)


async def test_behind_https_a_session_is_sent_by_https_alone(closed: Any, archive: Path) -> None:
    async with guest(closed, base="https://localhost") as client:
        assert all("; Secure" in cookie for cookie in (await log_in(client)).headers.get_list("set-cookie"))
    under = datasette(archive, password_hash=HASH, base_url="https://news.example/desk/")
    async with guest(under) as client:
        led = await client.post("/desk/-/login", data={"username": "root", "password": PASSWORD, "next": "/desk/runs"})
        assert led.headers["location"] == "/desk/runs"
        assert all("Path=/desk/;" in each and "; Secure" in each for each in led.headers.get_list("set-cookie"))
    close(under)


@pytest.mark.parametrize(
    "back",
    [
        *(
            "https://tides.example/",
            "//tides.example/",
            "/\\tides.example",
            "\\\\tides.example",
            "javascript:alert(1)",
            "",
        ),
        *("/a b", "/a\nSet-Cookie: x=y", "/\t/tides.example", "tides.example", "/-/login?next=/", "/-/logout", "/ü"),
    ],
)
async def test_nobody_is_led_elsewhere(closed: Any, back: str) -> None:
    async with guest(closed) as client:
        assert fields(await client.get("/-/login", params={"next": back}))["next"] == "/"
        assert (await log_in(client, next=back)).headers["location"] == "/"
        assert (await client.get("/-/login", params={"next": back})).headers["location"] == "/"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://tides.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8001"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://LOCALHOST"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({}, 303),
    ],
)
async def test_a_form_of_another_page_logs_nobody_in_or_out(closed: Any, headers: dict[str, str], status: int) -> None:
    async with guest(closed) as client:
        sent = {"username": "root", "password": PASSWORD}
        answer = await client.post("/-/login", data=sent, headers=headers)
        assert answer.status_code == status
        assert ("set-cookie" in answer.headers) == (status == 303)
        if status == 303:
            return
        await log_in(client)
        assert (await client.post("/-/logout", headers=headers)).status_code in {200, 403}  # asked for, or refused
        assert (await client.get("/runs")).status_code == 200


async def test_who_logs_out_is_out_even_with_the_old_cookie(closed: Any) -> None:
    async with guest(closed) as client:
        session = (await log_in(client)).cookies["ds_actor"]
        assert "You are logged in as" in (await client.get("/-/logout")).text
        out = await client.post("/-/logout")
        assert (out.status_code, out.headers["location"]) == (303, "/-/login")
        assert "Max-Age=0" in out.headers["set-cookie"]
        client.cookies.set("ds_actor", session)
        assert (await client.get("/runs")).status_code == 403


async def test_a_wrong_password_is_said_and_the_next_one_has_to_wait(closed: Any) -> None:
    async with guest(closed) as client:
        wrong = await log_in(client, "six tides", next="/runs")
        assert wrong.status_code == 403
        assert "This is not the user name and password" in wrong.text
        assert fields(wrong)["next"] == "/runs"
        assert "six tides" not in wrong.text
        early = await log_in(client)
        assert early.status_code == 429
        assert early.headers["retry-after"] == "1"
        assert "try again in 1 second." in early.text
    async with guest(closed) as other:
        assert (await log_in(other)).status_code == 303


async def test_basic_authorization_passes_the_same_door(closed: Any) -> None:
    async with guest(closed) as client:
        right = {"Authorization": "Basic " + base64.b64encode(f"root:{PASSWORD}".encode()).decode()}
        assert (await client.get("/feed.atom", headers=right)).status_code == 200
        assert (await client.get("/article/1.json", headers=right)).status_code == 200
        for broken in ("Basic %%%", "Basic", "Basic " + base64.b64encode(b"\xff").decode(), "Bearer x"):
            answer = await client.get("/feed.atom", headers={"Authorization": broken})
            assert answer.status_code in {403, 429}, broken
        assert (await client.get("/feed.atom", headers=right)).status_code == 200  # known: it is not checked again


async def test_pages_that_hash_for_anybody_are_not_there(closed: Any, browsed: Any) -> None:
    for app in (closed, browsed):
        async with guest(app) as client:
            assert (await client.post("/-/password-tool", data={"password": "x"})).status_code in {403, 404}
    async with guest(browsed) as client:
        assert (await client.get("/-/login")).status_code == 404


@pytest.mark.parametrize("form", [b"", b"\xff=%ff", b"a=1&" * 100, b"password=" + b"x" * 90_000])
async def test_what_is_no_form_is_an_answer(closed: Any, form: bytes) -> None:
    async with guest(closed) as client:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.post("/-/login", content=form, headers=kind)).status_code in {400, 403, 429}
        assert (await client.post("/-/login", json={"password": PASSWORD})).status_code == 400
        assert (await client.put("/-/login", data={"password": PASSWORD})).status_code == 400


# The door -------------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_each_wrong_password_doubles_the_pause_up_to_a_bound_and_is_forgotten() -> None:
    failures = Failures(first=1.0, most=60.0)
    waits = []
    for _ in range(9):
        failures.note("a", 5.0)
        waits.append(failures.wait("a", 5.0))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert failures.wait("b", 5.0) == 0
    assert failures.wait("a", 70.0) == 0
    assert failures.count("a", 70.0) == 9
    assert failures.count("a", 2_000.0) == 0
    failures.forget("a")
    assert failures.wait("a", 5.0) == 0


def test_whose_failures_are_counted_is_bounded() -> None:
    failures = Failures(first=1.0, most=60.0)
    for number in range(5_000):
        failures.note(str(number), 5.0)
    assert failures.count("0", 5.0) == 0
    assert failures.count("4999", 5.0) == 1


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_an_ipv6_network_is_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_a_hash_is_read_whole_or_refused() -> None:
    read = PasswordHash.parse(f" {HASH}\n")
    assert read.admits("root", PASSWORD)
    assert not read.admits("root", PASSWORD + " ")
    assert not read.admits("admin", PASSWORD)
    assert not read.admits("ro\udcffot", PASSWORD)
    changed = (HASH[:-5], HASH.replace("1000", "0"), HASH.replace("256", "1", 1), HASH.replace("1000", "99999999999"))
    for wrong in ("", "x", "pbkdf2_sha256$", HASH + "$x", *changed):
        with pytest.raises(UsageError, match="no hash"):
            PasswordHash.parse(wrong)


async def test_one_password_is_checked_at_a_time_and_every_user_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, hashed = 0, 0, 0

    def hashing(*_args: object, **_options: object) -> bytes:
        nonlocal running, most, hashed
        running, hashed = running + 1, hashed + 1
        most = max(most, running)
        for _ in range(20_000):
            pass
        running -= 1
        return b"x" * 32

    monkeypatch.setattr("archive.browse.safety.passwords.hashlib.pbkdf2_hmac", hashing)
    door = Door(PasswordHash.parse(HASH))
    users = ("root", "admin", "", "nobody", "root", "harbour", "x" * 500, "ü")
    verdicts = await asyncio.gather(*(door.knock(f"192.0.2.{n}", user, "guess") for n, user in enumerate(users)))
    assert set(verdicts) == {Verdict(is_right=False)}
    assert (most, hashed) == (1, len(users))


async def test_whoever_failed_least_is_next_and_whoever_failed_most_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    door = Door(PasswordHash.parse(HASH), clock)
    for number in range(MOST_WAITING):
        assert await door.knock(f"10.0.0.{number}", "root", "guess") == Verdict(is_right=False)
        clock.now += 3
    order: list[str] = []

    def admits(_hash: PasswordHash, user: str, password: str) -> bool:
        order.append(user)
        return password == PASSWORD

    monkeypatch.setattr(PasswordHash, "admits", admits)
    guesses = [asyncio.create_task(door.knock(f"10.0.0.{n}", f"guess {n}", "x")) for n in range(MOST_WAITING)]
    await asyncio.sleep(0)
    owner = asyncio.create_task(door.knock("192.0.2.9", "root", PASSWORD))
    assert await owner == Verdict(is_right=True)
    told = await asyncio.gather(*guesses)
    assert sum(verdict.wait > 0 for verdict in told) == 1, "one gave way"
    assert "root" in order[:2]


async def test_a_browser_that_was_let_in_before_is_not_held_up_by_others_at_its_address() -> None:
    clock = Clock()
    door = Door(PasswordHash.parse(HASH), clock)
    browser = door.known()
    for _ in range(8):
        await door.knock("192.0.2.1", "root", "guess")
    assert (await door.knock("192.0.2.1", "root", PASSWORD)).wait > 0
    assert (await door.knock("192.0.2.1", "root", PASSWORD, f"{'0' * 32}.{'0' * 64}")).wait > 0
    assert await door.knock("192.0.2.1", "root", PASSWORD, browser) == Verdict(is_right=True)
    assert await Door(PasswordHash.parse(HASH)).knock("x", "root", PASSWORD, browser) == Verdict(is_right=True)
