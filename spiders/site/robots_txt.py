"""robots.txt read after RFC 9309, within bounds that a hostile file cannot leave.

Our own reader: protego hands every rule of a group to each of its agents, so that 500 KiB with thousands of both hold
up the whole process for minutes; and it compares addresses with their octets encoded, so that `Disallow: /*3` forbids
every address with a question mark (%3F).
"""

import codecs
import math
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Self
from urllib.parse import unquote_to_bytes, urlsplit

from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

from archive.web.media_types import is_html

MAX_BYTES: Final = 500 * 1024  # what a crawler has to read (RFC 9309, section 2.5)

_AGENT: Final = "user-agent"
_ALLOW: Final = "allow"
_DELAY: Final = "crawl-delay"
_DISALLOW: Final = "disallow"
_FIELDS: Final = {name[:1].encode(): name for name in (_AGENT, _ALLOW, _DELAY, _DISALLOW)}
_EVERYBODY: Final = "*"
# With the separators and misspellings that Google's reader forgives, and protego's.
_LINE: Final = re.compile(
    rb"[ \t]*(?P<field>allow|crawl[- ]delay|user[- ]?agent|dis+al+ow|diasllow|disallaw)[ \t]*[: \t](?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_STARS: Final = re.compile(rb"\*{2,}")
_ENCODED_SLASH: Final = re.compile(rb"%2f", re.IGNORECASE)
_SLASH_SIGN: Final = "\u0100"  # beyond all octets

_Line = tuple[str, bytes]  # one of the four fields, and its value without the comment


class Rule(NamedTuple):
    """A line that allows or forbids. In the order of the fields it is above all it wins against (section 2.2.2)."""

    length: int  # octets of the pattern
    allows: bool
    pieces: tuple[str, ...]  # what stands between the stars
    ends: bool  # with `$`

    def matches(self, path: str) -> bool:
        """Whether the pattern fits. Each piece is taken where it comes first: that finds a match where there is one."""
        first, *others = self.pieces
        if not path.startswith(first):
            return False
        if not others:
            return not self.ends or len(path) == len(first)
        at = len(first)
        last = others.pop()
        for piece in others:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        if self.ends:
            return path.endswith(last) and len(path) - len(last) >= at
        return path.find(last, at) >= 0


class RobotsParser(RobotParser):
    """The rules of one robots.txt for the crawl's user agent."""

    def __init__(self, robotstxt_body: bytes, user_agent: str) -> None:
        lines = list(_lines_for(product_token(user_agent), _text(robotstxt_body)))
        rules = {_rule(field, value) for field, value in lines if field != _DELAY}
        delays = (_seconds(value) for field, value in lines if field == _DELAY)
        self._rules = sorted(rules, reverse=True)
        self._delay = max((seconds for seconds in delays if seconds is not None), default=None)

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        """Scrapy's constructor."""
        return cls(robotstxt_body, crawler.settings["USER_AGENT"])

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:  # noqa: ARG002 - there is one for the crawl
        """True where an address may be asked for. What is no address may not."""
        address = url.decode("utf-8", "replace") if isinstance(url, bytes) else url
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        if parts.path == "/robots.txt":
            return True
        query = f"?{parts.query}" if "?" in address.partition("#")[0] else ""
        path = _octets(f"{parts.path or '/'}{query}".encode("utf-8", "replace"))
        return next((rule.allows for rule in self._rules if rule.matches(path)), True)

    def crawl_delay(self, user_agent: str | bytes) -> float | None:  # noqa: ARG002 - there is one for the crawl
        """Seconds that are asked for between two requests; None where none are, or none that can be waited."""
        return self._delay


def product_token(user_agent: str) -> str:
    """What a robots.txt calls us: the name in the first word of the user agent (RFC 9309, section 2.2.1)."""
    match = _TOKEN.search(user_agent.strip().partition(" ")[0])
    return match[0].lower() if match else "cuttings"


def _text(body: bytes) -> bytes:
    """What there is to read: nothing of a web page, nothing past the bound or of the line that it cuts."""
    if is_html(body):
        return b""
    read = body
    if len(body) > MAX_BYTES:
        read = body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES), 0)]
    if read.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        read = read.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return read.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")  # of UTF-16 without a mark ASCII is left


def _lines_for(token: str, text: bytes) -> Iterable[_Line]:
    """The lines of all groups that name us; where none does, of those for everybody. Each once, in their order."""
    found: dict[str, dict[_Line, None]] = {_EVERYBODY: {}}
    named: set[str] = set()  # whom of interest the group being read is for
    in_lines = True
    for field, value in _lines(text):
        if field == _AGENT:
            named = set() if in_lines else named
            in_lines = False
            if (agent := _agent(value)) in {token, _EVERYBODY}:
                named.add(agent)
                found.setdefault(agent, {})  # a group without rules allows all, whatever everybody else is told
            continue
        in_lines = True
        if value:
            for agent in named:
                found[agent][field, value] = None
    return found.get(token, found[_EVERYBODY])


def _lines(text: bytes) -> Iterator[_Line]:
    """Each line that we know. Others (Sitemap, Host) end no group (section 2.2.4)."""
    for line in text.splitlines():
        if match := _LINE.match(line):
            value = match["value"].lstrip(b" \t:").partition(b"#")[0].strip()
            yield _FIELDS[match["field"][:1].lower()], value


def _agent(value: bytes) -> str:
    """The name in a line: `Cuttings/0.1` and `cuttings *` are `cuttings`."""
    if value.split()[:1] == [b"*"]:
        return _EVERYBODY
    match = _TOKEN.match(value.decode("latin-1"))
    return match[0].lower() if match else ""


def _seconds(value: bytes) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def _rule(field: str, pattern: bytes) -> Rule:
    """`*` stands for any octets, `$` at the end for the end; both are looked for before anything is decoded."""
    plain = _STARS.sub(b"*", pattern)
    ends = plain.endswith(b"$")
    pieces = tuple(_octets(piece) for piece in plain.removesuffix(b"$").split(b"*"))
    length = sum(map(len, pieces)) + len(pieces) - 1 + ends
    return Rule(length, field == _ALLOW, pieces, ends)


def _octets(written: bytes) -> str:
    """A character for each octet, be it written as itself or as %41. An encoded slash gets a sign of its own."""
    if b"%" not in written:
        return written.decode("latin-1")
    return _SLASH_SIGN.join(unquote_to_bytes(part).decode("latin-1") for part in _ENCODED_SLASH.split(written))
