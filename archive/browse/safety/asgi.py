"""What the layers around Datasette share: the types of ASGI (https://asgi.readthedocs.io), and how to refuse a request.

It knows no Datasette.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from archive.browse.look.render import HEADERS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Refusal = tuple[HTTPStatus, str]
ACTOR: Final = "cuttings.actor"  # in the scope: whose a request is, where no cookie says it
Headers = Iterable[tuple[bytes, bytes]]

_SOCKET_ANSWER: Final = "websocket.http.response"  # an extension: without it a refused socket is only closed
_POLICY_VIOLATION: Final = 1008  # RFC 6455, section 7.4.1


async def refuse(
    scope: Message, receive: Receive, send: Send, status: HTTPStatus, sentence: str, more: Headers = ()
) -> None:
    """Answer with a sentence alone, and close the connection."""
    head = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"connection", b"close"),
        *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
        (b"cross-origin-resource-policy", b"same-origin"),
        *more,
    ]
    kind = "http"
    if scope["type"] == "websocket":
        await receive()  # that it wants to connect
        if _SOCKET_ANSWER not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": sentence[:120]})
            return
        kind = _SOCKET_ANSWER.removesuffix(".response")
    await send({"type": f"{kind}.response.start", "status": status.value, "headers": head})
    await send({"type": f"{kind}.response.body", "body": f"{sentence}\n".encode()})
