"""Cookies: those a person gives for a site, and those that a chain of redirects sets for itself. Pure.

After RFC 6265, and narrower: nothing is remembered but within one chain, and never for a whole public suffix. Who may
be sent a cookie is not told here alone: `archive.crawl.visitors` asks it for a source's own hosts only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import mktime_tz, parsedate_tz
from typing import Final
from urllib.parse import urlsplit

from archive.web.urls import host, is_address, is_public_suffix, same_site

MOST_IN_A_JAR: Final = 50
MOST_BYTES: Final = 4_096  # of name and value: what browsers keep
MOST_BYTES_IN_A_JAR: Final = 16_384  # servers refuse longer heads
_LONGEST_ATTRIBUTE: Final = 1_024  # what RFC 6265bis reads
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")
_FIELDS: Final = 7  # of a line of a cookies.txt
_HTTP_ONLY: Final = "#HttpOnly_"  # how browsers mark a cookie that no script may read


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie of a host, or with `wide` of those below it too; of no host in particular where that is None.

    `expires` is a POSIX time, None for the session's end. `value` is never shown.
    """

    name: str
    value: str = field(repr=False)
    host: str | None = None
    wide: bool = False
    path: str = "/"
    secure: bool = False
    expires: float | None = None
    set_by: str | None = None  # the URL whose answer set it; it is sent to that site alone

    @property
    def size(self) -> int:
        """What it weighs in a head."""
        return len(self.name) + len(self.value)

    def goes_to(self, url: str, now: datetime) -> bool:
        """Whether a request for a URL takes it along (RFC 6265, section 5.4)."""
        if self.expires is not None and self.expires <= now.timestamp():
            return False
        if self.secure and not url.startswith("https:"):
            return False
        if self.set_by is not None and not same_site(self.set_by, url):
            return False
        return self.is_for(host(url)) and _path_matches(urlsplit(url).path or "/", self.path)

    def is_for(self, name: str) -> bool:
        """Whether it is a cookie of a host (section 5.1.3)."""
        if self.host is None or name == self.host:
            return True
        return self.wide and name.endswith(f".{self.host}") and not is_address(name)


Jar = tuple[Cookie, ...]  # the cookies of one chain of redirects


def written(own: Sequence[Cookie], jar: Jar, url: str, now: datetime) -> str:
    """The value of the header Cookie of a request: a chain's own before those a person gave, longer paths first.

    Of two with one name the first is sent alone: a person gave it for the time before the site set it anew.
    """
    found: dict[str, Cookie] = {}
    for group in (jar, own):
        for cookie in sorted(group, key=lambda cookie: -len(cookie.path)):
            if cookie.goes_to(url, now):
                found.setdefault(cookie.name, cookie)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in found.values())


def kept(jar: Jar, set_cookies: Iterable[str], url: str, now: datetime) -> Jar:
    """The jar after an answer of `url` with these Set-Cookie headers. What is past the bounds is left out."""
    found = {(cookie.name, cookie.host, cookie.path): cookie for cookie in jar}
    for text in set_cookies:
        cookie = _read(text, url, now)
        if cookie is None:
            continue
        found.pop((cookie.name, cookie.host, cookie.path), None)
        has_ended = cookie.expires is not None and cookie.expires <= now.timestamp()
        weight = cookie.size + sum(other.size for other in found.values())
        if not has_ended and len(found) < MOST_IN_A_JAR and weight <= MOST_BYTES_IN_A_JAR:
            found[cookie.name, cookie.host, cookie.path] = cookie
    return tuple(found.values())


def read_file(text: str) -> tuple[Cookie, ...]:
    """The cookies of a cookies.txt (Netscape's format). Raises ValueError that names the line, never its values."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[Cookie]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        plain = line.removeprefix(_HTTP_ONLY)
        if not plain.strip() or plain.startswith("#"):
            continue
        fields = plain.split("\t")
        if len(fields) != _FIELDS or not _NUMBER.fullmatch(fields[4].partition(".")[0]):
            raise ValueError(f"line {number} is no cookie: it has not seven fields with tabs between them")
        domain, wide, path, secure, expires, name, value = fields
        if not name or _CONTROL.search(name + value) or ";" in name + value or "=" in name:
            raise ValueError(f"line {number} has a cookie with a sign that no header can carry")
        bare = domain.removeprefix(".").lower()
        yield Cookie(
            name=name, value=value, host=bare, wide=wide.upper() == "TRUE" and not is_public_suffix(bare),
            path=path if path.startswith("/") else "/", secure=secure.upper() == "TRUE",
            expires=float(expires.partition(".")[0]) or None,
        )  # fmt: skip


# ---- Set-Cookie ------------------------------------------------------------------------------------------------------


def _read(text: str, url: str, now: datetime) -> Cookie | None:
    """The cookie of a header; None where it is none, too large, or for hosts that it cannot be for."""
    pair, *rest = text.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not (name and equals) or len(name) + len(value) > MOST_BYTES or _CONTROL.search(name + value):
        return None
    attributes = dict(_attributes(rest))
    scope = _scope(attributes.get("domain", ""), host(url))
    if scope is None:
        return None
    path = attributes.get("path", "")
    return Cookie(
        name=name, value=value, host=scope[0], wide=scope[1], set_by=url, secure="secure" in attributes,
        path=path if path.startswith("/") else _default_path(url), expires=_expires(attributes, now),
    )  # fmt: skip


def _attributes(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        name, _, value = part.partition("=")
        if len(value) <= _LONGEST_ATTRIBUTE:
            yield name.strip().lower(), value.strip()


def _scope(domain: str, name: str) -> tuple[str, bool] | None:
    """For which host a cookie is, and whether for those below it; None where that cannot be (section 5.3)."""
    wanted = domain.removeprefix(".").lower()
    if not wanted or wanted == name:
        return name, bool(wanted) and not is_public_suffix(name) and not is_address(name)
    if is_address(name) or not name.endswith(f".{wanted}") or is_public_suffix(wanted):
        return None
    return wanted, True


def _expires(attributes: Mapping[str, str], now: datetime) -> float | None:
    """When it ends; Max-Age is more than Expires (section 5.3)."""
    if _NUMBER.fullmatch(attributes.get("max-age", "")):
        seconds = int(attributes["max-age"])
        return now.timestamp() + seconds if seconds > 0 else 0.0
    return _moment(attributes.get("expires", ""))


def _moment(text: str) -> float | None:
    """A date as servers write it; None where it is none: then the cookie ends with its session."""
    try:
        parts = parsedate_tz(text)
        return float(mktime_tz(parts)) if parts else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _default_path(url: str) -> str:
    """The folder of a URL's path (section 5.1.4)."""
    return urlsplit(url).path.rpartition("/")[0] or "/"


def _path_matches(path: str, folder: str) -> bool:
    return path == folder or (path.startswith(folder) and (folder.endswith("/") or path[len(folder)] == "/"))
