"""The gate of `cuttings browse --auth`: whoever has not logged in sees a form to do it with, and nothing else.

The form leads back to the page that was asked for. It is taken from our own pages only: browsers say where a form comes
from (Sec-Fetch-Site, else Origin), and what says nothing of it is no browser that somebody could be tricked in. A
session is Datasette's own cookie, signed, with an end; to log out is to strike it out. `Authorization: Basic` is taken
too, for programs: it passes the same door.
"""

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson
from datasette.plugins import pm  # type: ignore[import-untyped]  # Datasette ships no types
from datasette.utils import await_me_maybe, baseconv  # type: ignore[import-untyped]
from datasette.utils.asgi import Request  # type: ignore[import-untyped]
from itsdangerous import BadSignature

from archive.browse import bridge
from archive.browse.look.render import HEADERS, page, plural, style_address
from archive.browse.safety import response_headers
from archive.browse.safety.asgi import ACTOR, Application, Message, Receive, Send, refuse
from archive.browse.safety.door import Door, Verdict
from archive.browse.safety.hosts import host_of
from archive.browse.safety.passwords import USER, client_of

SESSION_SECONDS: Final = 7 * 86_400
_KNOWN_SECONDS: Final = 365 * 86_400
_SESSION: Final = "ds_actor"
_KNOWN: Final = "cuttings_known"
_IN: Final = "/-/login"
_OUT: Final = "/-/logout"
_OPEN: Final = "/-/cuttings/cuttings.css"  # what the form looks like
_FORM: Final = b"application/x-www-form-urlencoded"
_READ: Final = frozenset({"GET", "HEAD"})
# Endings of what is read by programs: a form would be no answer to them.
_FILES: Final = (".json", ".jsono", ".jsonl", ".csv", ".atom", ".txt", ".md", ".blob", ".db", ".css", ".js")
_MOST_NEXT: Final = 8_000  # characters of a path to go back to
_MOST_ENDED: Final = 10_000  # sessions that were logged out of
_HEADERS: Final = {
    **HEADERS,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers do not say where a form comes from
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Cookie",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request, as far as the gate reads it."""

    scope: Message
    method: str
    path: str  # inside the base URL
    query: str
    headers: Mapping[bytes, bytes]
    cookies: Mapping[str, str]

    @classmethod
    def read(cls, scope: Message, base: str) -> "_Asked":
        path = bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        headers = {name.lower(): value for name, value in scope["headers"]}
        return cls(
            scope=scope,
            method=scope["method"],
            path=path.removeprefix(base.rstrip("/")) or "/",
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            cookies=_cookies(headers.get(b"cookie", b"")),
        )

    @property
    def is_from_here(self) -> bool:
        """Whether a form comes from a page of ours, or from no browser at all."""
        site = self.headers.get(b"sec-fetch-site")
        if site is not None:
            return site in {b"same-origin", b"none"}
        origin = self.headers.get(b"origin")
        return origin is None or _netloc(origin) == _netloc(b"//" + self.headers.get(b"host", b""))

    @property
    def client(self) -> str:
        client = self.scope.get("client")
        return client_of(client[0] if client else None)


class Gate:
    """Stands before a Datasette, and lets those in who have logged in."""

    def __init__(self, app: Application, datasette: Any, door: Door) -> None:
        self._app = app
        self._datasette = datasette
        self._door = door
        self._base = str(datasette.setting("base_url"))
        self._ended: dict[str, None] = {}
        self._basic: bytes | None = None  # a digest of the last header that was right: it is not checked again
        self._salt = secrets.token_bytes(16)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await refuse(scope, receive, send, HTTPStatus.FORBIDDEN, "There is nothing here for a socket.")
            return
        asked = _Asked.read(scope, self._base)
        if refusal := response_headers.refused(dict(asked.headers), scope["query_string"]):
            await refuse(scope, receive, send, *refusal)
        elif asked.path in {_IN, _OUT}:
            await (self._log_in if asked.path == _IN else self._log_out)(asked, receive, send)
        elif asked.path == _OPEN:
            await self._app(scope, receive, send)
        else:
            await self._pass(asked, receive, send)

    # Who it is -------------------------------------------------------------------------------------------------------

    async def _pass(self, asked: _Asked, receive: Receive, send: Send) -> None:
        verdict, scope = await self._told_by_header(asked)
        if await self._actor(scope, receive):
            await self._app(scope, receive, send)
        elif verdict is not None and verdict.wait:
            more = [(b"retry-after", str(verdict.wait).encode())]
            await refuse(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, _later(verdict.wait), more)
        elif asked.method not in _READ or asked.path.endswith(_FILES):
            await self._refuse_file(asked, receive, send)
        else:
            back = self._base.rstrip("/") + asked.path + (f"?{asked.query}" if asked.query else "")
            await self._send_form(send, HTTPStatus.FORBIDDEN, back=back, asked_for=True)

    async def _actor(self, scope: Message, receive: Receive) -> Any:
        """Who Datasette will take the request to be from."""
        for found in pm.hook.actor_from_request(datasette=self._datasette, request=Request(scope, receive)):
            if actor := await await_me_maybe(found):
                return actor
        return None

    async def _told_by_header(self, asked: _Asked) -> tuple[Verdict | None, Message]:
        """What is to be said of `Authorization: Basic`, and the request without it and without a session that ended."""
        dropped = {b"authorization"} if (given := _basic(asked.headers)) is not None else set()
        session = self._session(asked.cookies)
        if session is None or session.get("s") in self._ended:
            dropped.add(b"cookie")
        kept = [(name, value) for name, value in asked.scope["headers"] if name.lower() not in dropped]
        scope = {**asked.scope, "headers": kept}
        if given is None:
            return None, scope
        digest = hashlib.sha256(self._salt + given.encode()).digest()
        verdict = Verdict(is_right=True) if digest == self._basic else None
        if verdict is None:
            user, _, password = given.partition(":")
            verdict = await self._door.knock(asked.client, user, password)
        if verdict.is_right:
            self._basic = digest
            scope[ACTOR] = {"id": USER}
        return verdict, scope

    def _session(self, cookies: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            read = self._datasette.unsign(cookies.get(_SESSION, ""), "actor")
        except BadSignature:
            return None
        return read if isinstance(read, dict) else None

    # Logging in and out ----------------------------------------------------------------------------------------------

    async def _log_in(self, asked: _Asked, receive: Receive, send: Send) -> None:
        if asked.method in _READ:
            back = parse_qs(asked.query).get("next", [""])[0]
            _, scope = await self._told_by_header(asked)
            if await self._actor(scope, receive):
                await self._lead(send, self._own(back))
            else:
                await self._send_form(send, HTTPStatus.OK, back=back)
            return
        form = await _form(asked, receive)
        if form is None:
            await refuse(asked.scope, receive, send, HTTPStatus.BAD_REQUEST, "This is not the form to log in with.")
            return
        back, user = form.get("next", ""), form.get("username", "")
        if not asked.is_from_here:
            await self._send_form(send, HTTPStatus.FORBIDDEN, back=back, problem=_ELSEWHERE)
            return
        verdict = await self._door.knock(asked.client, user, form.get("password", ""), asked.cookies.get(_KNOWN, ""))
        if verdict.is_right:
            await self._lead(send, self._own(back), self._admitted(asked))
        elif verdict.wait:
            more = {"Retry-After": str(verdict.wait)}
            status, problem = HTTPStatus.TOO_MANY_REQUESTS, _later(verdict.wait)
            await self._send_form(send, status, back=back, user=user, problem=problem, more=more)
        else:
            await self._send_form(send, HTTPStatus.FORBIDDEN, back=back, user=user, problem=_WRONG)

    def _admitted(self, asked: _Asked) -> list[str]:
        ends = baseconv.base62.encode(int(time.time()) + SESSION_SECONDS)
        session = self._datasette.sign({"a": {"id": USER}, "e": ends, "s": secrets.token_hex(8)}, "actor")
        return [
            self._cookie(asked, _SESSION, session, SESSION_SECONDS),
            self._cookie(asked, _KNOWN, self._door.known(), _KNOWN_SECONDS),
        ]

    def _cookie(self, asked: _Asked, name: str, value: str, seconds: int) -> str:
        secure = "; Secure" if asked.scope.get("scheme") == "https" else ""
        return f"{name}={value}; Path={self._base}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"

    async def _log_out(self, asked: _Asked, _receive: Receive, send: Send) -> None:
        session = self._session(asked.cookies)
        if session is None or session.get("s") in self._ended:
            await self._lead(send, self._datasette.urls.path(_IN))
        elif asked.method in _READ or not asked.is_from_here:
            await self._send_page(send, HTTPStatus.OK, "logout.html", user=session.get("a", {}).get("id", USER))
        else:
            self._ended[str(session.get("s"))] = None
            while len(self._ended) > _MOST_ENDED:
                del self._ended[next(iter(self._ended))]
            await self._lead(send, self._datasette.urls.path(_IN), [self._cookie(asked, _SESSION, "", 0)])

    def _own(self, path: str) -> str:
        """A path to go back to, if it is one of ours; else the front page."""
        is_path = path.isascii() and path.isprintable() and not {"\\", " "} & set(path) and not path.startswith("//")
        inside = path.partition("?")[0].removeprefix(self._base.rstrip("/"))
        if is_path and len(path) <= _MOST_NEXT and path.startswith(self._base) and inside not in {_IN, _OUT}:
            return path
        return self._base

    # Answers ---------------------------------------------------------------------------------------------------------

    async def _send_form(
        self,
        send: Send,
        status: HTTPStatus,
        *,
        back: str,
        user: str = USER,
        problem: str = "",
        asked_for: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> None:
        shown = {"back": self._own(back), "user": user[:100], "problem": problem, "asked_for": asked_for}
        await self._send_page(send, status, "login.html", more, **shown)

    async def _send_page(
        self, send: Send, status: HTTPStatus, template: str, more: Mapping[str, str] | None = None, **shown: object
    ) -> None:
        urls = self._datasette.urls
        body = page(
            template,
            name=await bridge.title(self._datasette) or "News archive",
            path=urls.path,
            style=urls.path(style_address("cuttings")),
            **shown,
        )
        await _send(send, status, {**_HEADERS, **(more or {})}.items(), body.encode())

    async def _refuse_file(self, asked: _Asked, receive: Receive, send: Send) -> None:
        told = f"Log in first, at {self._datasette.urls.path(_IN)}"
        if not asked.path.endswith((".json", ".jsono")):
            await refuse(asked.scope, receive, send, HTTPStatus.FORBIDDEN, told)
            return
        headers = _HEADERS | {"Content-Type": "application/json; charset=utf-8"}
        body = orjson.dumps({"ok": False, "error": told, "status": 403, "title": None})
        await _send(send, HTTPStatus.FORBIDDEN, headers.items(), body)

    async def _lead(self, send: Send, path: str, cookies: Iterable[str] = ()) -> None:
        headers = [*_HEADERS.items(), ("Location", path), *(("Set-Cookie", cookie) for cookie in cookies)]
        await _send(send, HTTPStatus.SEE_OTHER, headers, b"")


_WRONG: Final = "This is not the user name and password of the archive."
_ELSEWHERE: Final = "This form was sent by another page; send it from here."


def _later(seconds: int) -> str:
    return f"Too many wrong passwords, or too many at once: try again in {plural(seconds, 'second')}."


async def _send(send: Send, status: HTTPStatus, headers: Iterable[tuple[str, str]], body: bytes) -> None:
    head = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    head.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status.value, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _form(asked: _Asked, receive: Receive) -> dict[str, str] | None:
    """The fields of a form; None for what is none. Its length was looked at before."""
    if asked.method != "POST" or asked.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _FORM:
        return None
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        if len(body) > response_headers.MOST_BODY:
            return None
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=response_headers.MOST_PARAMETERS)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


def _cookies(header: bytes) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header.decode("latin-1")).items()}
    except CookieError:
        return {}


def _basic(headers: Mapping[bytes, bytes]) -> str | None:
    """User and password as `Authorization: Basic` has them (RFC 7617); "" for what cannot be read, None without."""
    scheme, _, encoded = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _netloc(url: bytes) -> tuple[str | None, int | None] | None:
    """Host and port of an origin; None for what is none, such as `null`. Default ports are no ports."""
    parts = urlsplit(url.decode("latin-1"))
    try:
        port = parts.port
    except ValueError:
        return None
    return (host_of(parts.netloc), None if port in {80, 443} else port) if parts.netloc else None
