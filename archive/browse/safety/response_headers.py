"""What every answer passes on its way out, Datasette's own pages included: headers, plain direction, inert cells.

The plugin is loaded by every Datasette in the same environment: what belongs to other databases passes untouched.

- Headers: a policy under which nothing runs but Datasette's own scripts, for errors and streams as for pages.
- HTML loses the characters that turn the direction of writing around (U+202A to U+202E, U+2066 to U+2069): one title
  with an open override would reverse what the page says beside it. Languages need none of them; JSON has them all.
- CSV gets the apostrophes of `archive.export.cells`, as an export has them.
- A request that brings or asks for too much is refused: there is nothing to be uploaded, and ten thousand facets in one
  address take a quarter of a second each. So is one that a page of another site makes behind its reader's back, and SQL
  of its writing: links from elsewhere lead to pages, and no further.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from datasette.utils import tilde_decode  # type: ignore[import-untyped]  # Datasette ships no types

from archive.browse import bridge
from archive.browse.look.render import HEADERS
from archive.browse.pages.page_request import is_archive
from archive.browse.safety.asgi import Application, Message, Receive, Refusal, Send, refuse
from archive.export.cells import inert

MOST_BODY: Final = 100_000  # bytes of a request: Datasette's forms have a few hundred
MOST_QUERY: Final = 10_000  # bytes behind the question mark: SQL by hand has a few hundred
MOST_PARAMETERS: Final = 60  # a form of Datasette with ten filters has 40
MOST_FACETS: Final = 5  # besides those that a table shows anyway
_DIGITS: Final = 9  # of a length that is worth reading
_OWN_SQL: Final = frozenset({"sql", "_where"})
_OWN_PAGES: Final = frozenset(
    {"", "article", "captions", "clutter", "edits", "feed", "runs", "search", "source", "sources"}
)  # first pieces of paths; "" is the front page

_ALWAYS: Final = {name.lower().encode(): value.encode() for name, value in HEADERS.items()} | {
    b"cross-origin-resource-policy": b"same-origin"
}
_TURNS: Final = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
# What Datasette's templates leave out for those who do not see a page or use no mouse: its language, and a way into the
# list of columns, which scrolls (data.css).
_ACCESSIBLE: Final = (
    (b"<html>", b'<html lang="en">'),
    (b'<dl class="column-descriptions">', b'<dl class="column-descriptions" tabindex="0">'),
)
_CELL: Final = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"|[^",\r\n]+')
_NO_COLUMNS: Final = b"\r\n"  # what Datasette makes of a query that failed, with 200: a file that looks like no results
_FAILED: Final = {
    "type": "http.response.start",
    "status": HTTPStatus.BAD_REQUEST.value,
    "headers": [(b"content-type", b"text/plain; charset=utf-8")],
}
_WHY: Final = b"This query cannot be run; the same address without .csv says why.\n"
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_TABLE_SETTING: Final = "{{ datasette_allow_facet }}"


def guarded(app: Application, datasette: Any) -> Application:
    """Return Datasette's application with the guard around it."""

    @cache
    def policy() -> bytes:
        return data_policy(bridge.templates(datasette)).encode()

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not await _is_of_an_archive(datasette, scope):
            await app(scope, receive, send)
            return
        answer = _Answer(str(scope["path"]), policy(), send)
        if refusal := refused(dict(scope["headers"]), scope["query_string"]):
            await refuse(scope, receive, answer.send, *refusal)
        else:
            await app(scope, receive, answer.send)

    return guard


async def _is_of_an_archive(datasette: Any, scope: Message) -> bool:
    """Whether the answer may hold something of an archive: any may, where nothing but archives is attached."""
    archives, others = set(), set()
    for database in datasette.databases.values():
        if await is_archive(database):
            archives.add(database.route)
        elif not database.is_memory:  # Datasette keeps one for itself
            others.add(database.route)
    return bool(archives) and (not others or _first_piece(datasette, scope) in {*archives, *_OWN_PAGES})


def _first_piece(datasette: Any, scope: Message) -> str:
    """What a path begins with, as Datasette routes it: by the path as it was sent."""
    path = bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    inside = path.removeprefix(datasette.setting("base_url").rstrip("/"))
    return str(tilde_decode(re.split(r"[/.]", inside.removeprefix("/"), maxsplit=1)[0]))


# Requests ------------------------------------------------------------------------------------------------------------


def refused(headers: dict[bytes, bytes], query: bytes) -> Refusal | None:
    """Return why a request is refused, if it is. The names of headers are in lower case, as ASGI has them."""
    if _brings_too_much(headers):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This server takes no uploads."
    if len(query) > MOST_QUERY:
        return HTTPStatus.REQUEST_URI_TOO_LONG, f"The address is too long: {MOST_QUERY:,} characters are enough."
    asked = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    if _is_made_elsewhere(headers, asked):
        return HTTPStatus.FORBIDDEN, "Another site asked for this: type the address yourself to see it."
    if len(asked) > MOST_PARAMETERS or sum(map(_is_facet, asked)) > MOST_FACETS:
        return (
            HTTPStatus.BAD_REQUEST,
            f"This asks for too much: {MOST_PARAMETERS} things at once, {MOST_FACETS} facets.",
        )
    return None


def _brings_too_much(headers: dict[bytes, bytes]) -> bool:
    if b"transfer-encoding" in headers:
        return True  # of unknown length; no browser sends a form so
    length = headers.get(b"content-length", b"0")
    return not length.isdigit() or len(length) > _DIGITS or int(length) > MOST_BODY


def _is_made_elsewhere(headers: dict[bytes, bytes], asked: list[str]) -> bool:
    """Whether a page of another site asks for more than to be shown one of ours (https://www.w3.org/TR/fetch-metadata/).

    Browsers say so, also to 127.0.0.1. Without this, a page anywhere could keep the server busy with queries.
    """
    if headers.get(b"sec-fetch-site", b"none") in {b"none", b"same-origin"}:
        return False
    return headers.get(b"sec-fetch-dest") != b"document" or not _OWN_SQL.isdisjoint(asked)


def _is_facet(name: str) -> bool:
    return name.startswith("_facet") and name != "_facet_size"


# Answers -------------------------------------------------------------------------------------------------------------


class _Answer:
    """One answer on its way out. Datasette sends a page in one piece, and CSV in pieces of whole records."""

    def __init__(self, path: str, policy: bytes, send: Send) -> None:
        self._is_csv = path.endswith(".csv")
        self._policy = policy
        self._send = send
        self._start: Message | None = None
        self._rewrite: Callable[[bytes], bytes] = bytes

    async def send(self, message: Message) -> None:
        """Send a piece; the head goes with the first piece of the body, which may belie it."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = bytes(message.get("body", b""))
        if self._start is not None:
            if self._is_csv and body == _NO_COLUMNS:
                self._start, body = _FAILED, _WHY
            start, self._start = self._start, None
            await self._send({**start, "headers": list(self._headers(start.get("headers", ())))})
        await self._send({**message, "body": self._rewrite(body)} if body else message)

    def _headers(self, given: Any) -> Iterator[tuple[bytes, bytes]]:
        headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
        there = dict(headers)
        kind = there.get(b"content-type", b"").split(b";")[0].strip()
        if kind == b"text/html":
            self._rewrite = _plain_page
        elif self._is_csv:
            self._rewrite = _inert_body
        policy = {b"content-security-policy": self._policy} if kind == b"text/html" else {}
        yield from ((name, value) for name, value in (_ALWAYS | policy).items() if name not in there)
        for name, value in headers:
            if name != b"content-length" or self._rewrite is bytes:
                yield name, value


def data_policy(templates: Any) -> str:
    """Return the Content-Security-Policy for Datasette's own pages: of scripts in a page, those in its templates alone.

    They are known by their digests, so a `<script>` that came in with a text would not run even if it were not escaped.
    """
    digests = sorted({f"'sha256-{_digest(script)}'" for script in _inline_scripts(templates)})
    return (
        f"default-src 'none'; script-src 'self' {' '.join(digests)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _inline_scripts(templates: Any) -> Iterator[str]:
    for name in templates.list_templates(extensions=["html"]):
        source, _, _ = templates.loader.get_source(templates, name)
        for script in _SCRIPT.findall(source):
            for setting in ("true", "false"):
                written = script.replace(_TABLE_SETTING, setting)
                if "{{" not in written and "{%" not in written:
                    yield written


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _plain_page(body: bytes) -> bytes:
    for written, meant in _ACCESSIBLE:
        body = body.replace(written, meant, 1)
    return _TURNS.sub(b"", body)


def _inert_body(body: bytes) -> bytes:
    return inert_cells(body.decode("utf-8", "replace")).encode()


def inert_cells(records: str) -> str:
    """Return CSV records with an apostrophe in every cell that would start a formula."""
    return _CELL.sub(_inert_cell, records)


def _inert_cell(cell: re.Match[str]) -> str:
    if cell[1] is None:
        return inert(cell[0])
    return f'"{inert(cell[1])}"'  # whether quotation marks in it are doubled makes no difference to `inert`
