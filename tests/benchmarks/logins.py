"""How long a reader waits for a page of a `cuttings browse --auth` while others try to log in.

    uv run python tests/benchmarks/logins.py --logins 8

So many log in at once, each from another address and with a wrong password, while a reader who has logged in asks for
one page after the other. His slowest page is printed, beside his slowest while nobody logs in, and what became of the
logins. The archive is the sample of the tests.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlencode, urlsplit

import lxml.html
from datasette_auth_passwords.utils import hash_password  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.archive import sample

PASSWORD: Final = "high water at noon"  # noqa: S105 - of an archive that is thrown away
PAGES: Final = ("/", "/article/1", "/search?q=ferry", "/sources")
_SECONDS: Final = 120


class Browser:
    """Somebody's browser: it keeps cookies, and sends a form with what is hidden in it."""

    def __init__(self, address: str, number: int) -> None:
        self._host = urlsplit(address).netloc
        self._from = f"198.18.{number // 250}.{number % 250 + 1}"  # as a proxy on this machine would say it
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a page."""
        return self._ask("GET", path)

    def log_in(self, password: str) -> int:
        """Fill in the form, and return the status of the answer."""
        form = lxml.html.fromstring(self.get("/-/login")[1]).forms[-1]
        fields = {name: value or "" for name, value in form.form_values()}
        sent = urlencode({**fields, "username": "root", "password": password})
        return self._ask("POST", form.action or "/-/login", sent)[0]

    def logged_in(self) -> Self:
        """Log in with the right password."""
        if self.log_in(PASSWORD) not in {302, 303}:
            raise SystemExit("the right password was refused")
        return self

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"X-Forwarded-For": self._from}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._host, timeout=_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read()
        finally:
            connection.close()


def main() -> None:
    """Serve an archive, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--logins", type=int, default=8, help="how many log in at once")
    options.add_argument("--rounds", type=int, default=1, help="how often they do")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(sample.build(Path(folder) / "sample.db")) as address:
        reader = Browser(address, 0).logged_in()
        alone = pages_until(reader, lambda: False, least=20)
        statuses: Counter[int] = Counter()
        beside: list[float] = []
        begun = time.monotonic()
        for number in range(asked.rounds):
            numbers = range(1 + number * asked.logins, 1 + (number + 1) * asked.logins)
            guests = [threading.Thread(target=_guess, args=(address, each, statuses)) for each in numbers]
            for guest in guests:
                guest.start()
            beside += pages_until(reader, lambda waiting=tuple(guests): any(guest.is_alive() for guest in waiting))
        print(f"alone:  {len(alone):>4} pages, half within {statistics.median(alone) * 1000:6.0f} ms, "
              f"slowest {max(alone) * 1000:6.0f} ms")  # fmt: skip
        print(f"beside: {len(beside):>4} pages, half within {statistics.median(beside) * 1000:6.0f} ms, "
              f"slowest {max(beside) * 1000:6.0f} ms")  # fmt: skip
        print(f"{asked.rounds * asked.logins} logins in {time.monotonic() - begun:.1f} s: "
              + ", ".join(f"{count} answered {status}" for status, count in sorted(statuses.items())))  # fmt: skip


def pages_until(reader: Browser, more: Callable[[], bool], least: int = 1) -> list[float]:
    """How many seconds each page took, while there is more to wait for."""
    took: list[float] = []
    while len(took) < least or more():
        begun = time.monotonic()
        status, _ = reader.get(PAGES[len(took) % len(PAGES)])
        took.append(time.monotonic() - begun)
        if status != 200:
            raise SystemExit(f"the reader was answered {status}")
    return took


def _guess(address: str, number: int, statuses: Counter[int]) -> None:
    statuses[Browser(address, number).log_in("low water")] += 1


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """Serve an archive with a password, and give its address."""
    command = [sys.executable, "-P", "-m", "archive.cli", "browse", "--auth", "--port", "0", "--archive", str(archive)]
    environment = {**os.environ, "CUTTINGS_PASSWORD_HASH": hash_password(PASSWORD)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield next(word for word in process.stdout.readline().split() if word.startswith("http"))
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
