"""robots.txt read after RFC 9309, by protego, within bounds that a hostile file cannot leave.

protego matches in linear time, but applies each rule of a group to each of its agents: 500 KiB of both would make a
hundred million rules. We ask for one agent alone, so the names of all others are made one before it reads.
"""

import re
from typing import Final, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.robotstxt import ProtegoRobotParser

MAX_BYTES: Final = 500 * 1024  # what a crawler has to read (RFC 9309, section 2.5)
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_AGENT: Final = re.compile(rb"^[ \t]*user[- ]?agent[ \t]*[: \t][ \t]*([^\r\n#]*)", re.IGNORECASE | re.MULTILINE)
_OTHER: Final = b"User-agent: another-crawler"


class RobotsParser(ProtegoRobotParser):
    """The rules of one robots.txt for us."""

    def __init__(self, robotstxt_body: bytes, spider: Spider | None, user_agent: str) -> None:
        self._token = product_token(user_agent)
        super().__init__(_of_concern(_bounded(robotstxt_body), self._token), spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        """Scrapy's constructor."""
        return cls(robotstxt_body, crawler.spider, crawler.settings["USER_AGENT"])

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:  # noqa: ARG002 - there is one for the crawl
        """True where an address may be asked for."""
        return super().allowed(url, self._token)

    def crawl_delay(self, user_agent: str | bytes) -> float | None:  # noqa: ARG002 - there is one for the crawl
        """Seconds that are asked for between two requests."""
        return super().crawl_delay(self._token)


def product_token(user_agent: str) -> str:
    """What a robots.txt calls us: the name at the beginning of the user agent (RFC 9309, section 2.2.1)."""
    match = _TOKEN.match(user_agent.strip())
    return match[0].lower() if match else "cuttings"


def _bounded(body: bytes) -> bytes:
    """The beginning of a file that is too long, without the line that the bound cuts through."""
    if len(body) <= MAX_BYTES:
        return body
    end = max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES))
    return body[: max(end, 0)]


def _of_concern(body: bytes, token: str) -> bytes:
    """The file with one name for all agents that are neither us nor everybody."""
    ours = token.encode("ascii")

    def renamed(match: re.Match[bytes]) -> bytes:
        name = match[1].strip().lower()
        if name == b"*":
            return match[0]
        return b"User-agent: " + ours if name.partition(b"/")[0].strip(b" *") == ours else _OTHER

    return _AGENT.sub(renamed, body.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
