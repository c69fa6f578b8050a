"""A press that answers for every host through a proxy of ours, and remembers what it was asked with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answer = tuple[int, list[tuple[str, str]], str]
Asked = tuple[str, dict[str, str]]  # a URL, and the headers of its request in lower case


@dataclass
class Press:
    """Answers by URL, the requests in their order, and the address of the proxy."""

    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]]
    asked: list[Asked]
    proxy: str

    def headers(self, url: str, name: str) -> list[str | None]:
        """What each request for a URL said in a header."""
        return [headers.get(name) for asked, headers in self.asked if asked == url]


@contextmanager
def press() -> Iterator[Press]:
    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = {}
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked.append((self.path, headers))
            found = answers.get(self.path, (404, [], ""))
            status, fields, text = found(headers) if callable(found) else found
            body = text.encode()
            self.send_response(status)
            for name, value in (*fields, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Press(answers, asked, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def page(name: str) -> Answer:
    """A page with an article."""
    sentences = (f"Ward {name} voted on item {number} of its list, and {name} paid for it." for number in range(30))
    body = "".join(f"<p>{sentence} Nobody spoke against it in the end.</p>" for sentence in sentences)
    text = (
        f"<html lang=en><title>{name} votes</title><body><article><h1>{name} votes</h1>{body}</article></body></html>"
    )
    return 200, [("Content-Type", "text/html"), ("ETag", f'"{name}"')], text


def feed(*urls: str) -> Answer:
    """A feed of these."""
    items = "".join(f"<item><title>{url}</title><link>{url}</link></item>" for url in urls)
    text = f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>"
    return 200, [("Content-Type", "application/rss+xml")], text


def led(url: str, *cookies: str) -> Answer:
    """A redirect, with cookies."""
    return 302, [("Location", url), *(("Set-Cookie", cookie) for cookie in cookies)], ""


def robots(*lines: str) -> Answer:
    """A robots.txt."""
    return 200, [("Content-Type", "text/plain")], "\n".join(lines)
