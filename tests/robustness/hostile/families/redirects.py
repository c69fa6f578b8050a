"""Redirects that never end, and redirects into the network that the crawler stands in."""

import base64

from tests.robustness.hostile.answers import Asked, Table, in_turn, redirect, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import document, html, paragraphs

# Every notation of an address that is not public, and of names that lead to one.
PRIVATE_HOSTS = (
    "0", "0.0.0.0", "0x7f.1",  # noqa: S104 - what a redirect may lead to
    "0x7f000001", "0X7F000001", "0177.0.0.1", "017700000001", "10.0.0.1", "100.64.0.1",
    "127.0.0.1", "127.0.0.1.", "127.1", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.168.0.1", "2130706433",
    "198.18.0.1", "[0:0:0:0:0:ffff:7f00:1]", "[2001:db8::1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[::]", "[::1]",
    "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[::ffff:127.0.0.1]", "[fc00::1]", "[fe80::1]", "[ff02::1]",
    "broker.internal", "localhost", "localhost.", "LOCALHOST", "printer.local", "x.localhost",
    "①②⑦.0.0.1", "127。0。0。1",
)  # fmt: skip

# Where a redirect leads -> how its URL ends. Only http and https are followed, and nothing that is no address. However
# many slashes, or backslashes, stand before a host, browsers read two.
TARGETS = {
    "": "redirect",
    "   ": "redirect",
    "//": "redirect",
    "///": "redirect",
    "//127.0.0.1:@INTERNAL@/": "private",
    "http:////127.0.0.1:@INTERNAL@/": "private",
    "///127.0.0.1:@INTERNAL@/": "private",
    "https:127.0.0.1:@INTERNAL@/": "private",
    "http:127.0.0.1:@INTERNAL@/": "http_4xx",
    "http://": "redirect",
    "http://[bad": "redirect",
    "http://[::1": "redirect",
    "http://:@INTERNAL@/": "redirect",
    "http://\\127.0.0.1:@INTERNAL@/": "private",
    "http:\\\\127.0.0.1:@INTERNAL@\\": "private",
    "\\\\127.0.0.1:@INTERNAL@\\": "private",
    "http://127.0.0.1:@INTERNAL@\\@good.hostile.test/": "private",
    "http://good.hostile.test\\@127.0.0.1:@INTERNAL@/": "private",
    "http://good.hostile.test@127.0.0.1:@INTERNAL@/": "redirect",
    "http://good.hostile.test:@HTTP@@127.0.0.1:@INTERNAL@/": "redirect",
    "http://127.0.0.1:@INTERNAL@#@good.hostile.test/": "private",
    "http://127.0.0.1%00.hostile.test:@INTERNAL@/": "redirect",
    "http://127.0.0.1%25:@INTERNAL@/": "redirect",
    "http://two words.hostile.test/": "redirect",
    "http://two..dots.hostile.test/": "redirect",
    "http://[fe80::1%25lo]/": "redirect",
    "http://127.0.0.1:99999/": "redirect",
    "http://127.0.0.1:-1/": "redirect",
    "http://127.0.0.1:x/": "redirect",
    "file:///etc/passwd": "redirect",
    "file://@CANARY@": "redirect",
    "FILE://localhost@CANARY@": "redirect",
    "data:text/html,<h1>data</h1>": "redirect",
    f"data:text/html;base64,{base64.b64encode(b'<h1>data</h1>').decode()}": "redirect",
    "ftp://127.0.0.1:@INTERNAL@/": "redirect",
    "javascript:alert(1)": "redirect",
    "gopher://127.0.0.1:@INTERNAL@/_GET": "redirect",
    "s3://bucket/key": "redirect",
    "about:blank": "redirect",
}
_TITLE = "The page that asks to be loaded again"


def _grow(asked: Asked) -> bool:
    return redirect(f"{asked.target}x")(asked)


def _meta_refresh(to: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(f"meta refresh {to}"))
    return document(_TITLE, body).replace("<title>", f'<meta http-equiv="refresh" content="0;url={to}"><title>')


LOOPS: Table = {
    "/self": ("redirect", redirect("/self")),
    **{f"/ring-of-2/{n}": ("" if n else "redirect", redirect(f"/ring-of-2/{1 - n}")) for n in range(2)},
    **{f"/ring-of-12/{n}": ("" if n else "redirect", redirect(f"/ring-of-12/{(n + 1) % 12}")) for n in range(12)},
    **{f"/hops/{n}": ("" if n else "redirect", redirect(f"/hops/{n + 1}", status=301)) for n in range(30)},
    "/hops/30": ("", story("after 30 hops")),
    "/grow?x": ("redirect", _grow),
    "/grow?x*": ("", _grow),
    "/cookie": ("redirect", redirect("/cookie", ("Set-Cookie", "seen=1; Path=/"))),
    "/see-other": ("redirect", redirect("/see-other", status=303)),
    "/permanent": ("redirect", redirect("/permanent", status=308)),
    "/no-location": ("redirect", reply(status=302)),
}
# A loop that is none: a page that names itself as where to go on is a page all the same.
HARMLESS: Table = {
    "/meta": ("saved", reply(_meta_refresh("/meta"))),
    "/meta-private": ("saved", reply(_meta_refresh("http://127.0.0.1:@INTERNAL@/"))),
    "/twice": ("saved", in_turn(redirect("/twice"), story("redirected to itself once"))),
    "/home-again": ("not_article", redirect("/")),
    "/": ("", story("the home page")),
    "/cookies": ("saved", story("a page with cookies", headers=[("Set-Cookie", "a=1; Domain=hostile.test")])),
    "/parts": ("saved", reply(html("in parts").replace("<title>", '<link rel="next" href="/parts/2"><title>'))),
    "/parts/2": ("", redirect("http://127.0.0.1:@INTERNAL@/parts/2")),
    "/three/0": ("saved", redirect("/three/1")),
    "/three/1": ("", redirect("three/../2")),
    "/three/2": ("", redirect("//redirects.hostile.test:@HTTP@/three/3")),
    "/three/3": ("", story("after three hops")),
}
_INWARDS: Table = {
    f"/inwards/{n}": ("private", redirect(f"http://{host}:@INTERNAL@/")) for n, host in enumerate(PRIVATE_HOSTS)
}
_ODD: Table = {f"/odd/{n}": (outcome, redirect(to)) for n, (to, outcome) in enumerate(TARGETS.items())}

FAMILY = Family(name="redirects", table=LOOPS | HARMLESS | _INWARDS | _ODD)
