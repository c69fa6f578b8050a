"""HTTP as nobody should speak it."""

import gzip
import zlib

from tests.robustness.hostile.answers import Table, chunk, endless, head, in_turn, raw, reply, reset, slam, stall, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import html


def _page(key: str) -> bytes:
    return html(key).encode()


def _with_length(key: str, *lengths: object, more: bytes = b"") -> tuple[bytes, bytes]:
    return head(headers=[("Content-Length", str(length)) for length in lengths]), _page(key) + more


_GZIP = ("Content-Encoding", "gzip")
_CHUNKED = ("Transfer-Encoding", "chunked")
_LENGTH = len(_page("length"))
_NINES = "9" * 5_000
_ALL = f"bytes 0-{len(_page('206')) - 1}/{len(_page('206'))}"
_PACKED = gzip.compress(_page("cut gzip"))
_UNTRAILED = gzip.compress(_page("gzip without its trailer"))[:-8]
_DEFLATED = zlib.compress(_page("cut deflate"))

HEADS: Table = {
    "/endless-headers": ("too_big", endless(b"HTTP/1.1 200 OK\r\n", again=b"X-More: of the same\r\n" * 200)),
    "/endless-line": ("connection", endless(b"HTTP/1.1 200 OK\r\nX-Long: ", again=b"x" * 4_096)),
    "/100000-headers": (
        "too_big",
        raw(b"HTTP/1.1 200 OK\r\n", b"".join(b"X-%d: 1\r\n" % n for n in range(100_000)), b"\r\n", _page("headers")),
    ),
    "/endless-status": ("connection", endless(b"HTTP/1.1 200 ", again=b"OK" * 2_048)),
    "/endless-100": ("too_big", endless(again=b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    "/endless-fold": ("too_big", endless(b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n", again=b" folded\r\n" * 300)),
    "/status-garbage": ("connection", raw(b"Welcome to the machine\r\n\r\n", _page("garbage"))),
    "/http-0.9": ("connection", raw(_page("0.9"))),
    "/status-words": ("connection", raw(b"HTTP/1.1 two hundred OK\r\n\r\n", _page("words"))),
    "/status-999": ("http_4xx", reply(_page("999"), status=999)),
    "/status-0": ("http_4xx", reply(_page("0"), status=0)),
    "/binary-head": ("connection", raw(bytes(range(256)) * 4)),
    "/nothing": ("connection", slam),
    "/reset": ("connection", reset),
    "/head-alone": ("not_html", raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")),
    "/nul-in-header": ("saved", raw(head(headers=[("X-Nul", "a\0b")]), _page("nul in a header"))),
    "/not-ascii": (
        "saved",
        raw(b"HTTP/1.1 200 OK\r\nX-Place: caf\xe9\r\nServer: \xff\xfe\r\n\r\n", _page("not ascii")),
    ),
    "/reason-missing": ("saved", raw(b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n", _page("no reason"))),
    "/lf-alone": ("saved", raw(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n", _page("bare line feeds"))),
}
LENGTHS: Table = {
    "/length-short": ("saved", raw(*_with_length("length", _LENGTH, more=b"<p>Behind the end.</p>" * 500))),
    "/length-cut": ("saved", raw(*_with_length("cut length", _LENGTH - 200))),
    "/length-long": ("connection", raw(*_with_length("long", 900_000))),
    "/length-negative": ("connection", raw(*_with_length("negative", -5))),
    "/length-words": ("connection", raw(*_with_length("words", "many"))),
    "/length-huge": ("too_big", raw(*_with_length("huge", 10**30))),
    "/lengths-two": ("connection", raw(*_with_length("two", 10, _LENGTH))),
    "/chunk-size-bad": ("connection", raw(head(headers=[_CHUNKED]), b"zz\r\n", _page("bad chunk"))),
    "/chunk-size-negative": ("connection", raw(head(headers=[_CHUNKED]), b"-5\r\n", _page("negative chunk"))),
    "/chunk-size-huge": ("connection", raw(head(headers=[_CHUNKED]), b"f" * 5_000 + b"\r\n", _page("huge chunk"))),
    "/chunk-size-endless": ("connection", endless(head(headers=[_CHUNKED]), again=b"0" * 4_096)),
    "/chunks-cut": ("connection", raw(head(headers=[_CHUNKED]), chunk(_page("cut chunks")))),
    "/chunked-and-length": (
        "saved",
        raw(head(headers=[_CHUNKED, ("Content-Length", "10")]), chunk(_page("chunked and length")), chunk(b"")),
    ),
}
PACKED: Table = {
    "/gzip-cut": ("connection", reply(_PACKED[:-200], headers=[_GZIP])),
    "/gzip-cut-once": ("saved", in_turn(reply(_PACKED[:-200], headers=[_GZIP]), reply(_PACKED, headers=[_GZIP]))),
    "/deflate-cut": ("connection", reply(_DEFLATED[:-200], headers=[("Content-Encoding", "deflate")])),
    "/gzip-untrailed": ("saved", reply(_UNTRAILED, headers=[_GZIP])),
    "/gzip-plain": ("saved", story("plain, and called gzip", headers=[_GZIP])),
    "/gzip-header-alone": ("connection", reply(_PACKED[:10], headers=[_GZIP])),
    "/gzip-empty": ("connection", reply(b"", headers=[_GZIP])),
    "/coding-unknown": ("saved", story("an unknown coding", headers=[("Content-Encoding", "identity")])),
}
STATUSES: Table = {
    "/empty": ("not_html", reply(b"")),
    "/204": ("not_html", raw(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "/206": ("connection", reply(_page("206")[:900], status=206, headers=[("Content-Range", "bytes 0-899/90000")])),
    "/206-unsaid": ("connection", reply(_page("206 of what")[:900], status=206)),
    "/206-digits": ("connection", story("206 digits", status=206, headers=[("Content-Range", f"bytes 0-{_NINES}/1")])),
    "/206-whole": ("saved", reply(_page("206"), status=206, headers=[("Content-Range", _ALL)])),
    "/200-range": ("saved", story("a range", headers=[("Content-Range", "bytes 0-899/90000")])),
    "/304": ("redirect", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")),
    "/missing": ("http_4xx", story("missing", status=404)),
    "/gone": ("http_4xx", reply(b"gone", status=410)),
    "/teapot": ("http_4xx", reply(b"", status=418)),
    "/legal": ("http_4xx", reply(b"", status=451)),
    "/broken": ("http_5xx", reply(b"oops", status=500)),
    "/down": ("http_5xx", reply(b"", status=503)),
    "/bad-gateway": ("http_5xx", reply(b"", status=502)),
    "/300": ("redirect", reply(b"", status=300)),
}
AT_MOST = {"/gzip-cut": 2, "/gzip-cut-once": 2, "/length-long": 2, "/nothing": 2, "/broken": 2, "/down": 1}
FAMILY = Family(name="wire", table=HEADS | LENGTHS | PACKED | STATUSES, at_most=AT_MOST)

# Each on a host and in a list of its own, so that they are waited for side by side.
_SLOW: Table = {
    "//before-head.hostile.test/a": ("timeout", stall()),
    # What an address is called says nothing of why it failed.
    "//before-head.hostile.test/gift-certificates/ssl-handshake-tls": ("timeout", stall()),
    "//in-head.hostile.test/a": ("timeout", stall(b"HTTP/1.1 200 OK\r\nContent-Type: te")),
    "//in-body.hostile.test/a": ("timeout", stall(*_with_length("stalled", 90_000))),
    "//dripping-body.hostile.test/a": ("timeout", endless(head(), again=b"x", every=0.5)),
    "//dripping-head.hostile.test/a": ("timeout", endless(b"HTTP/1.1 200 OK\r\n", again=b"X: 1\r\n", every=0.5)),
    "//dripping-chunks.hostile.test/a": ("timeout", endless(head(headers=[_CHUNKED]), again=chunk(b"x"), every=0.5)),
    "//closed.hostile.test:@CLOSED@/a": ("connection", slam),
    "https://tls-at-plain.hostile.test:@HTTP@/a": ("tls", slam),
    "//plain-at-tls.hostile.test:@TLS@/a": ("connection", slam),
}
SLOW = tuple(Family(name=f"slow-{n}", table={key: row}) for n, (key, row) in enumerate(_SLOW.items()))
