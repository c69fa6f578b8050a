"""The vocabulary of the tables: what a server may answer. An answer is a function that is given the request.

`@HTTP@`, `@TLS@`, `@INTERNAL@` and `@CLOSED@` in a text are the ports of this run, `@CANARY@` a file's path.
"""

import contextlib
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event

from tests.robustness.hostile import prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, and the connection it came on. `ended` is set when the server goes."""

    host: str
    target: str
    headers: Mapping[str, str]
    port: int
    connection: socket.socket = field(repr=False)
    ended: Event = field(repr=False)
    fill: Callable[[bytes], bytes] = field(repr=False)
    number: int = 1  # of the requests for this address

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def wait(self, seconds: float) -> None:
        self.ended.wait(seconds)


# True where the connection may be used again.
Answer = Callable[[Asked], bool]
# Key -> outcome and answer. A key is `/path` on the family's own host, or `//other.hostile.test/path`, or begins with
# `https:`; it may end in `*`. An outcome of "" means that no list names it; two outcomes are those of two tries.
Table = dict[str, tuple[str, Answer]]

HTML = "text/html; charset=utf-8"
REASONS = {200: "OK", 206: "Partial Content", 301: "Moved", 302: "Found", 304: "Not Modified", 404: "Not Found"}


def reply(
    body: bytes | str = b"", *, status: int = 200, kind: str | None = HTML, headers: Iterable[tuple[str, str]] = ()
) -> Answer:
    """A whole and honest answer."""

    def answer(asked: Asked) -> bool:
        content = asked.fill(body.encode() if isinstance(body, str) else body)
        asked.send(asked.fill(head(status, kind, (*headers, ("Content-Length", str(len(content)))))) + content)
        return True

    return answer


def story(key: str, **how: object) -> Answer:
    """An article of our own."""
    return reply(prose.html(key), **how)  # type: ignore[arg-type]  # passed on


def redirect(to: str, *headers: tuple[str, str], status: int = 302) -> Answer:
    return reply(status=status, headers=(("Location", to), *headers))


def raw(*parts: bytes) -> Answer:
    """These bytes, whatever they are, and then the end."""

    def answer(asked: Asked) -> bool:
        for part in parts:
            asked.send(asked.fill(part))
        return False

    return answer


def endless(*start: bytes, again: bytes, every: float = 0.0, most: int = 512 << 20) -> Answer:
    """A beginning, and then the same for as long as the client listens (but for a bound of our own)."""

    def answer(asked: Asked) -> bool:
        for part in start:
            asked.send(part)
        sent = 0
        while sent < most and not asked.ended.is_set():
            asked.send(again)
            sent += len(again)
            if every:
                asked.wait(every)
        return False

    return answer


def stall(*start: bytes, seconds: float = 60) -> Answer:
    def answer(asked: Asked) -> bool:
        for part in start:
            asked.send(part)
        asked.wait(seconds)
        return False

    return answer


def slam(_: Asked) -> bool:
    """Hang up with a reset, not with an end."""
    return False


def reset(asked: Asked) -> bool:
    with contextlib.suppress(OSError):
        asked.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    return False


def in_turn(*answers: Answer) -> Answer:
    """The first time this, the second time that; the last for ever."""
    return lambda asked: answers[min(asked.number, len(answers)) - 1](asked)


def head(status: int = 200, kind: str | None = HTML, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
    if kind is not None:
        lines.append(f"Content-Type: {kind}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
