"""robots.txt in every way it can fail. Each host has one address, but for those that forbid something."""

import gzip

from tests.robustness.hostile.answers import (
    Answer,
    Asked,
    Table,
    endless,
    head,
    in_turn,
    raw,
    redirect,
    reply,
    slam,
    stall,
    story,
)
from tests.robustness.hostile.families.bombs import gzipped
from tests.robustness.hostile.families.family import ENDING, Family
from tests.robustness.hostile.prose import html

_PLAIN = "text/plain"
_RULES = b"User-agent: *\nDisallow: /forbidden\n"
_COMMENT = b"# " + b"x" * 997 + b"\n"
_GZIP = [("Content-Encoding", "gzip")]


def _bomb(asked: Asked) -> bool:
    return reply(gzipped(400), kind=_PLAIN, headers=_GZIP)(asked)


# Name of the host -> its robots.txt, and how its one address ends.
HOSTS: dict[str, tuple[Answer, str]] = {
    "404": (reply(_RULES, status=404), "saved"),
    "401": (reply(status=401), "saved"),
    "403": (reply("User-agent: *\nDisallow: /\n", status=403), "saved"),
    "410": (reply(status=410), "saved"),
    "500": (reply(status=500), "http_5xx"),
    "503": (reply(status=503), "http_5xx"),
    "503-after": (reply(status=503, headers=[("Retry-After", "3600")]), "rate_limited"),
    "429": (reply(status=429, headers=[("Retry-After", "3600")]), "rate_limited"),
    "206": (reply(_RULES, status=206), "connection"),
    "busy-once": (in_turn(reply(status=429, headers=[("Retry-After", "2")]), reply(status=404)), "rate_limited saved"),
    "stall": (stall(), "timeout"),
    "slam": (slam, "connection"),
    "garbage": (raw(b"garbage\r\n\r\n"), "connection"),
    "loop": (redirect("/robots.txt"), "saved"),
    "to-file": (redirect("file://@CANARY@"), "saved"),
    "to-private": (redirect("http://127.0.0.1:@INTERNAL@/robots.txt"), "private"),
    "empty": (reply(b"", kind=_PLAIN), "saved"),
    "html": (reply(html("no rules") + "\nUser-agent: *\nDisallow: /\n"), "saved"),
    "binary": (reply(bytes(range(256)) * 500, kind=_PLAIN), "saved"),
    "nan": (reply("User-agent: *\nCrawl-delay: nan\n", kind=_PLAIN), "saved"),
    "words": (reply("User-agent: *\nCrawl-delay: a while\nDisallow:\n", kind=_PLAIN), "saved"),
    "stars": (reply(b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*b\n" * 15_000, kind=_PLAIN), "saved"),
    "bomb": (_bomb, "too_big"),
}
LARGE = "robots-large.hostile.test"
PACKED = "robots-packed.hostile.test"
_TABLE: Table = {
    **{f"//robots-{name}.{ENDING}/robots.txt": ("", answer) for name, (answer, _) in HOSTS.items()},
    **{f"//robots-{name}.{ENDING}/page": (outcome, story(f"robots {name}")) for name, (_, outcome) in HOSTS.items()},
    # 90 MB: the rules at its start are obeyed, and no more than their bound is read.
    f"//{LARGE}/robots.txt": ("", endless(head(kind=_PLAIN), _RULES, again=_COMMENT * 20, most=90_000_000)),
    f"//{LARGE}/forbidden/page": ("robots", story("forbidden, large")),
    f"//{LARGE}/allowed": ("saved", story("allowed, large")),
    f"//{PACKED}/robots.txt": ("", reply(gzip.compress(_RULES), kind=_PLAIN, headers=_GZIP)),
    f"//{PACKED}/forbidden/page": ("robots", story("forbidden, packed")),
    f"//{PACKED}/allowed": ("saved", story("allowed, packed")),
    f"//{PACKED}/inwards": ("robots", redirect("/forbidden/page")),
    "//robots-closed.hostile.test:@CLOSED@/page": ("connection", slam),
}
_MOST = {"loop": 8, "slam": 2, "stall": 2, "500": 2, "503": 1, "429": 1, "503-after": 1, "bomb": 1}
FAMILY = Family(
    name="robots",
    table=_TABLE,
    at_most={f"//robots-{name}.{ENDING}/robots.txt": number for name, number in _MOST.items()},
)
