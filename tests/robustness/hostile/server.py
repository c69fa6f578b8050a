"""A hostile server on loopback: raw sockets, so that it can break every rule of HTTP. One serves all hosts.

It knows how requests are read, counted and handed to an answer; what is answered stands in `families`.
"""

import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import NamedTuple

from tests.robustness.hostile.answers import Answer, Asked, reply

_MISSING = reply(b"", status=404, kind=None)
_LONGEST_HEAD = 64 * 1024
_HANDSHAKE = b"\x16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are in this run. Nobody may connect to `internal`, nothing listens at `closed`."""

    http: int
    tls: int
    internal: int
    closed: int
    canary: Path

    def fill(self, data: bytes) -> bytes:
        """Put the places into an answer."""
        if b"@" not in data:
            return data
        for mark in ("http", "tls", "internal", "closed", "canary"):
            data = data.replace(f"@{mark.upper()}@".encode(), str(getattr(self, mark)).encode())
        return data


class Visit(NamedTuple):
    """A request that came."""

    host: str
    target: str
    when: float  # monotonic seconds
    headers: Mapping[str, str]  # names in lower case
    connection: int  # the client's port


class Listener:
    """A port with a thread for each connection. `connections` counts them as they are accepted."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self.connections = 0
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        # The client hangs up on most of what is said here.
        with contextlib.suppress(OSError), connection:
            self._serve(connection)


class HostileServer:
    """Answers by host and target. `asked` counts the requests of each (host, target), `visits` has them in order."""

    def __init__(self, answers: Mapping[tuple[str, str], Answer], canary: Path, tls: ssl.SSLContext) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.visits: list[Visit] = []
        self.ended = Event()
        self._exact = {key: answer for key, answer in answers.items() if not key[1].endswith("*")}
        self._begin = {(host, path[:-1]): answer for (host, path), answer in answers.items() if path.endswith("*")}
        self._lock = Lock()
        self._tls = tls
        self.http = Listener(self._plain)
        self.https = Listener(self._encrypted)
        self.internal = Listener(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\ninternal"))
        self.places = Places(
            http=self.http.port, tls=self.https.port, internal=self.internal.port, closed=_closed(), canary=canary
        )

    def close(self) -> None:
        self.ended.set()
        for listener in (self.http, self.https, self.internal):
            listener.close()

    def _plain(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        if connection.recv(1, socket.MSG_PEEK) == _HANDSHAKE:  # as a web server answers who speaks TLS to it
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        self._converse(connection, self.http.port)

    def _encrypted(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with self._tls.wrap_socket(connection, server_side=True) as wrapped:
            self._converse(wrapped, self.https.port)

    def _converse(self, connection: socket.socket, port: int) -> None:
        connection.settimeout(60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection.makefile("rb") as lines:
            while (request := _read(lines)) is not None:
                target, headers = request
                if not self._answer(self._asked(connection, port, target, headers)):
                    return

    def _asked(self, connection: socket.socket, port: int, target: str, headers: Mapping[str, str]) -> Asked:
        host = headers.get("host", "").partition(":")[0].lower()
        target = target.removeprefix(f"http://{headers.get('host', '')}")  # a proxy is asked for the whole address
        with self._lock:
            self.asked[host, target] += 1
            self.visits.append(Visit(host, target, monotonic(), headers, connection.getpeername()[1]))
            number = self.asked[host, target]
        return Asked(
            host=host,
            target=target,
            headers=headers,
            port=port,
            connection=connection,
            ended=self.ended,
            fill=self.places.fill,
            number=number,
        )

    def _answer(self, asked: Asked) -> bool:
        exact = self._exact.get((asked.host, asked.target))
        if exact is not None:
            return exact(asked)
        begun = (
            answer
            for (host, start), answer in self._begin.items()
            if host == asked.host and asked.target.startswith(start)
        )
        return next(begun, _MISSING)(asked)


def _read(lines: socket.SocketIO) -> tuple[str, dict[str, str]] | None:
    """The target and the headers of a request; None where the client has gone."""
    first = lines.readline(_LONGEST_HEAD).split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while (line := lines.readline(_LONGEST_HEAD)).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return first[1].decode("latin-1"), headers


def _closed() -> int:
    """A port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(answers: Mapping[tuple[str, str], Answer], canary: Path, tls: ssl.SSLContext) -> Iterator[HostileServer]:
    server = HostileServer(answers, canary, tls)
    try:
        yield server
    finally:
        server.close()
