"""What every answer passes on its way out, Datasette's own pages included: headers, plain direction, inert cells.

Nothing here may change an answer where no archive is attached: the plugin is loaded by every Datasette in the same
environment.

- Headers: a policy under which nothing runs but Datasette's own scripts, for errors and streams as for pages.
- HTML loses the characters that turn the direction of writing around (U+202A to U+202E, U+2066 to U+2069): one title
  with an open override would reverse what the page says beside it. Languages need none of them; JSON has them all.
- CSV gets the apostrophes of `archive.spreadsheet`, as an export has them.
- A request that brings megabytes is refused: there is nothing to be uploaded. So is one that a page of another site
  makes behind its reader's back, and SQL of its writing: links from elsewhere lead to pages, and no further.
"""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

from archive.browse.pages import find_archive
from archive.browse.render import CONTENT_SECURITY_POLICY
from archive.spreadsheet import inert

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BODY: Final = 100_000  # bytes of a request: Datasette's forms have a few hundred
_DIGITS: Final = 9  # of a length that is worth reading
_OWN_SQL: Final = frozenset({"sql", "_where"})

_ALWAYS: Final = {
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
_TURNS: Final = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_CELL: Final = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"|[^",\r\n]+')
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_TABLE_SETTING: Final = "{{ datasette_allow_facet }}"
# Stands in Datasette's code, not in a template: it fits the box with a query that took too long.
_AFTER_INTERRUPTION: Final = """
let ta = document.querySelector("textarea");
ta.style.height = ta.scrollHeight + "px";
"""


def guarded(app: Application, datasette: Any) -> Application:
    """Return Datasette's application with the guard around it."""
    policy = ""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal policy
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if not policy and await find_archive(datasette) is not None:
            policy = data_policy(datasette.jinja_env)
        if not policy:
            await app(scope, receive, send)
            return
        answer = _Answer(str(scope["path"]), policy, send)
        headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
        if _brings_too_much(headers):
            await _refuse(answer.send, 413, "This server takes no uploads.")
        elif _is_made_elsewhere(headers, scope["query_string"]):
            await _refuse(answer.send, 403, "Another site asked for this: type the address yourself to see it.")
        else:
            await app(scope, receive, answer.send)

    return guard


def data_policy(templates: Any) -> str:
    """Return the Content-Security-Policy for Datasette's own pages: of scripts in a page, those in its templates alone.

    They are known by their digests, so a `<script>` that came in with a text would not run even if it were not escaped.
    """
    digests = sorted({f"'sha256-{_digest(script)}'" for script in _inline_scripts(templates)})
    return (
        f"default-src 'none'; script-src 'self' {' '.join(digests)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def inert_cells(records: str) -> str:
    """Return CSV records with an apostrophe in every cell that would start a formula."""
    return _CELL.sub(_inert_cell, records)


class _Answer:
    """One answer on its way out. Datasette sends a page in one piece, and CSV in pieces of whole records."""

    def __init__(self, path: str, policy: str, send: Send) -> None:
        self._is_csv = path.endswith(".csv")
        self._policy = policy
        self._send = send
        self._rewrite: Callable[[bytes], bytes] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(self._headers(message.get("headers", ())))}
        elif self._rewrite is not None and message.get("body"):
            message = {**message, "body": self._rewrite(message["body"])}
        await self._send(message)

    def _headers(self, given: Any) -> Iterator[tuple[bytes, bytes]]:
        headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
        kind = dict(headers).get(b"content-type", b"").split(b";")[0].strip()
        if kind == b"text/html":
            self._rewrite = _plain_page
        elif self._is_csv and kind in {b"text/csv", b"text/plain"}:
            self._rewrite = _inert_body
        policy = self._policy if kind == b"text/html" else CONTENT_SECURITY_POLICY
        wanted = {**_ALWAYS, b"content-security-policy": policy.encode()}
        there = {name for name, _ in headers}
        for name, value in headers:
            if name != b"content-length" or self._rewrite is None:
                yield name, value
        yield from ((name, value) for name, value in wanted.items() if name not in there)


def _plain_page(body: bytes) -> bytes:
    return _TURNS.sub(b"", body)


def _inert_body(body: bytes) -> bytes:
    return inert_cells(body.decode("utf-8", "replace")).encode()


def _inert_cell(cell: re.Match[str]) -> str:
    if cell[1] is None:
        return inert(cell[0])
    return f'"{inert(cell[1])}"'  # whether quotation marks in it are doubled makes no difference to `inert`


def _inline_scripts(templates: Any) -> Iterator[str]:
    yield _AFTER_INTERRUPTION
    for name in templates.list_templates(extensions=["html"]):
        source, _, _ = templates.loader.get_source(templates, name)
        for script in _SCRIPT.findall(source):
            for setting in ("true", "false"):
                written = script.replace(_TABLE_SETTING, setting)
                if "{{" not in written and "{%" not in written:
                    yield written


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _brings_too_much(headers: dict[bytes, bytes]) -> bool:
    if b"transfer-encoding" in headers:
        return True  # of unknown length; no browser sends a form so
    length = headers.get(b"content-length", b"0")
    return not length.isdigit() or len(length) > _DIGITS or int(length) > MOST_BODY


def _is_made_elsewhere(headers: dict[bytes, bytes], query: bytes) -> bool:
    """Whether a page of another site asks for more than to be shown one of ours (https://www.w3.org/TR/fetch-metadata/).

    Browsers say so, also to 127.0.0.1. Without this, a page anywhere could keep the server busy with queries.
    """
    if headers.get(b"sec-fetch-site", b"none") in {b"none", b"same-origin"}:
        return False
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return headers.get(b"sec-fetch-dest") != b"document" or any(name in _OWN_SQL for name, _ in asked)


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
