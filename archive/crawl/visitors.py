"""As whom a source's hosts are asked: its needs with their values read, and to which URLs each of them goes.

The one place that decides who is sent what. A source's own hosts are those of its site (`urls.same_site`), and those of
the listings that cuttings.toml names for it; the port must be theirs too. Its user agent and proxy hold there. Headers,
cookies and the login go to its site, and to a listing's host only where that has the same owner.
"""

import base64
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from archive.errors import ConfigError
from archive.model import needs
from archive.model.source import Source
from archive.times import utc_now
from archive.web import cookies
from archive.web.cookies import Cookie, Jar
from archive.web.public_hosts import is_named
from archive.web.urls import host, is_public_suffix, registered_domain, same_site

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MOST_BYTES: Final = 1024 * 1024  # of a cookies.txt


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks for the pages of a source. Without needs it is everybody: then a chain's own cookies are all it has.

    `private` are the hosts that may be asked though they are not public: a login goes to them without TLS too.
    """

    url: str  # of the source
    listings: tuple[str, ...] = ()
    user_agent: str | None = None
    proxy: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    authorization: str | None = field(default=None, repr=False)
    private: frozenset[str] = frozenset()
    keeps_cookies: bool = True  # within a chain of redirects

    @property
    def bare(self) -> "Visitor":
        """The same without anything that only the publisher's leave gives, for what everybody may read."""
        return replace(self, headers=(), cookies=(), authorization=None, keeps_cookies=False)

    @property
    def secret_names(self) -> frozenset[str]:
        """Names of headers, in lower case, whose values nobody is shown."""
        return frozenset({"authorization", "cookie", *(name.lower() for name, _ in self.headers)})

    @property
    def has_secrets(self) -> bool:
        """Whether there is anything that only its own hosts may be told."""
        return bool(self.headers or self.cookies or self.authorization)

    def owns(self, url: str) -> bool:
        """Whether a URL is of one of the source's own hosts."""
        return _is_of_site(url, self.url) or any(_is_of_host(url, listing) for listing in self.listings)

    def trusts(self, url: str) -> bool:
        """Whether a URL may be told secrets. Where the source's own URL has TLS, what has none is not."""
        if not url.startswith("https:") and self.url.startswith("https:"):
            return False
        if _is_of_site(url, self.url):
            return True
        return _have_one_owner(url, self.url) and any(_is_of_host(url, listing) for listing in self.listings)

    def logs_in(self, url: str) -> bool:
        """Whether the login goes along: by https, or to a host that cuttings.toml names in allow_private."""
        by_tls = url.startswith("https:") or is_named(url, self.private)
        return self.authorization is not None and by_tls and self.trusts(url)

    def headers_for(self, url: str, jar: Jar, now: datetime) -> dict[str, str]:
        """The headers of a request for a URL, with what the chain of redirects before it has set."""
        if not self.owns(url):
            return {}
        sent = {"User-Agent": self.user_agent} if self.user_agent else {}
        if self.trusts(url):
            sent |= self.headers
        if self.authorization is not None and self.logs_in(url):
            sent["Authorization"] = self.authorization
        own = self.cookies if self.trusts(url) else ()
        if cookie := cookies.written(own, jar, url, now):
            sent["Cookie"] = cookie
        return sent

    def jar_after(self, jar: Jar, set_cookies: Iterable[str], url: str, now: datetime) -> Jar:
        """The cookies of a chain of redirects after an answer of `url`: none that another host sets."""
        return cookies.kept(jar, set_cookies, url, now) if self.keeps_cookies and self.owns(url) else jar


def stranger(url: str) -> Visitor:
    """Who asks for a URL that no source of the configuration has."""
    return Visitor(url=url)


def visitor_of(source: Source, private: Iterable[str] = (), environ: Mapping[str, str] = os.environ) -> Visitor:
    """As whom a source is asked. Raises ConfigError where a variable is not set, or a file cannot be read."""
    own = source.needs
    made = Visitor(
        url=source.url,
        listings=tuple(url for _, url in source.listings),
        user_agent=own.user_agent.read(environ, needs.fault_of_user_agent) if own.user_agent else None,
        proxy=own.proxy.read(environ, needs.fault_of_proxy) if own.proxy else None,
        headers=tuple((name, value.read(environ, needs.fault_of_header)) for name, value in own.headers),
        authorization=_authorization(own, environ),
        private=frozenset(private),
    )
    return replace(made, cookies=(*_of_table(source, environ), *_of_file(made, own, environ)))


def visitors_of(
    sources: Iterable[Source], private: Iterable[str] = (), environ: Mapping[str, str] = os.environ
) -> dict[str, Visitor]:
    """As whom each source is asked, by its id. Raises one ConfigError for all that is missing."""
    found: dict[str, Visitor] = {}
    missing: list[str] = []
    for source in sources:
        try:
            found[source.id] = visitor_of(source, private, environ)
        except ConfigError as error:
            missing.append(str(error))
    if missing:
        raise ConfigError("; ".join(missing))
    return found


def _authorization(own: needs.Needs, environ: Mapping[str, str]) -> str | None:
    """Basic authentication (RFC 7617), in UTF-8."""
    if own.login is None:
        return None
    user, password = own.login
    pair = f"{user.read(environ, needs.fault_of_user)}:{password.read(environ, needs.fault_of_password)}"
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _of_table(source: Source, environ: Mapping[str, str]) -> tuple[Cookie, ...]:
    """The cookies of the table: they go wherever the source's secrets go."""
    return tuple(
        Cookie(name=name, value=value.read(environ, needs.fault_of_cookie)) for name, value in source.needs.cookies
    )


def _of_file(visitor: Visitor, own: needs.Needs, environ: Mapping[str, str]) -> tuple[Cookie, ...]:
    """The cookies of the file that are for the source's own hosts. One of a browser has those of all sites."""
    if own.cookie_file is None:
        return ()
    where = own.cookie_file.where
    path = own.folder / Path(own.cookie_file.read(environ, needs.fault_of_path)).expanduser()
    shown = path if own.cookie_file.variable is None else f"the file that {own.cookie_file.variable} names"
    try:
        found = cookies.read_file(_text(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{where}: {shown}: there is no such file; save the site's cookies there") from error
    except OSError as error:
        raise ConfigError(f"{where}: {shown}: cannot be read ({error.strerror})") from error
    except ValueError as error:  # UnicodeDecodeError too, whose text has a byte of it
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ConfigError(f"{where}: {shown}: {reason}") from error
    names = {host(url) for url in (visitor.url, *visitor.listings)}
    mine = [cookie for cookie in found if any(_concerns(cookie, name) for name in names)]
    now = utc_now().timestamp()
    good = tuple(cookie for cookie in mine if cookie.expires is None or cookie.expires > now)
    if not good:
        what = "are over" if mine else "are missing"
        raise ConfigError(f"{where}: {shown}: the cookies of {host(visitor.url)} {what}; save them anew")
    return good


def _concerns(cookie: Cookie, name: str) -> bool:
    """Whether a cookie of a file is for a host, or for another name of its site."""
    return cookie.is_for(name) or same_site(f"//{cookie.host}", f"//{name}")


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        body = stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise ValueError(f"is larger than {_MOST_BYTES >> 20} MiB; save the cookies of this site alone")
    return body.decode("utf-8-sig")


# ---- Own hosts -------------------------------------------------------------------------------------------------------


def _is_of_site(url: str, home: str) -> bool:
    return same_site(url, home) and _port(url) == _port(home)


def _is_of_host(url: str, listing: str) -> bool:
    return host(url) == host(listing) and _port(url) == _port(listing)


def _have_one_owner(url: str, home: str) -> bool:
    domain = registered_domain(home)
    return host(url) == host(home) or (registered_domain(url) == domain and not is_public_suffix(domain))


def _port(url: str) -> int | None:
    """The port of a URL, where it is not the usual one: a site has both of those."""
    try:
        parts = urlsplit(url)
        return None if parts.port == _DEFAULT_PORTS.get(parts.scheme) else parts.port
    except ValueError:
        return -1  # no server's
