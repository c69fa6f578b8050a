"""Serves the demonstration newspaper on loopback: a forward proxy and all its origins in one. It never goes out.

A client that names it as its HTTP proxy asks in absolute form (`GET http://harbour-post.test/feed/`); the host decides
the outlet. Origin form with a Host header is answered too.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

from archive.demo.newspaper import Newspaper, Request

_IDLE = 30.0  # seconds a kept connection may say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came and the status it got. `when` is seconds of the monotonic clock."""

    method: str
    host: str
    target: str
    status: int
    when: float
    user_agent: str
    if_none_match: str
    if_modified_since: str

    @property
    def url(self) -> str:
        """The address that was asked for."""
        return f"http://{self.host}{self.target}"


class DemoServer(ThreadingHTTPServer):
    """The server. `newspaper` may be replaced by the next edition while it runs; `requests` is what was asked."""

    request_queue_size = 128

    def __init__(self, newspaper: Newspaper, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.newspaper = newspaper
        self.requests: list[Asked] = []
        self.connections: set[socket.socket] = set()

    @property
    def proxy_url(self) -> str:
        """Where a client finds it."""
        return f"http://127.0.0.1:{self.server_port}"

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for connection in tuple(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was first


class _Conversation(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    timeout = _IDLE
    # Head and body leave in one packet; else Nagle's algorithm holds the body back for 40 ms on a kept connection.
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        try:
            request = self._request()
        except ValueError:  # an address that is none, such as http://[
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        response = self.server.newspaper.respond(request)
        self.server.requests.append(_asked(request, response.status))
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    do_HEAD = do_GET  # noqa: N815  # the name http.server asks for

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            host=parts.hostname or urlsplit(f"//{self.headers.get('Host', '')}").hostname or "",
            target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            headers={name.lower(): value for name, value in self.headers.items()},
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: `DemoServer.requests` is the log."""


def _asked(request: Request, status: int) -> Asked:
    return Asked(
        method=request.method,
        host=request.host,
        target=request.target,
        status=int(status),  # HTTPStatus would show in a log as what it is called
        when=monotonic(),
        user_agent=request.headers.get("user-agent", ""),
        if_none_match=request.headers.get("if-none-match", ""),
        if_modified_since=request.headers.get("if-modified-since", ""),
    )


@contextmanager
def serve(newspaper: Newspaper, port: int = 0) -> Iterator[DemoServer]:
    """Serve on 127.0.0.1, at a free port if `port` is 0, until the context ends."""
    with DemoServer(newspaper, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo newspaper", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            server.hang_up()
            thread.join()
