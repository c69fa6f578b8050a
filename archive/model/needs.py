"""What a source needs of whoever asks it: headers, cookies, a user agent, a proxy, a login. As cuttings.toml writes it.

A value may be `env:NAME`; then the variable is read when a command needs it (`archive.crawl.visitors`). No message and
no `repr` shows a value: where it stands and what is wrong with it is enough.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from archive.errors import ConfigError

Fault = Callable[[str], str | None]  # what is wrong with a text, as a predicate; None where it can be used

MOST: Final = 50  # headers, or cookies, of a source
LONGEST: Final = 4_096  # characters of a value
_ENV: Final = "env:"
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110, section 5.6.2
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# Headers that are not a source's to set, and what to do instead. Those of a connection are the connection's
# (RFC 9110, section 7.6.1).
_OF_THE_CONNECTION: Final = "belongs to the connection and cannot be set; leave it out"
_CONDITIONAL: Final = "is set where a page was read before; leave it out"
_RESERVED: Final[Mapping[str, str]] = {
    "accept-encoding": "cannot be set: what can be unpacked is asked for already; leave it out",
    "authorization": "cannot be set here; write login = { user = ..., password = ... }",
    "connection": _OF_THE_CONNECTION,
    "content-length": _OF_THE_CONNECTION,
    "cookie": "cannot be set here; write cookies = { name = ... }",
    "cookie2": "cannot be set here; write cookies = { name = ... }",
    "expect": _OF_THE_CONNECTION,
    "host": "cannot be set: it is the host of each URL; leave it out",
    "keep-alive": _OF_THE_CONNECTION,
    "range": "cannot be set: whole pages are asked for; leave it out",
    "te": _OF_THE_CONNECTION,
    "trailer": _OF_THE_CONNECTION,
    "transfer-encoding": _OF_THE_CONNECTION,
    "upgrade": _OF_THE_CONNECTION,
    "user-agent": "cannot be set here; write user_agent = ...",
}
_RESERVED_FAMILIES: Final[Mapping[str, str]] = {
    "if-": _CONDITIONAL,
    "proxy-": "cannot be set here; write proxy = ..., with its user and password",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value, or the environment variable it is read from, and where in cuttings.toml it stands."""

    where: str
    written: str = field(repr=False)

    @property
    def variable(self) -> str | None:
        """The environment variable that holds it; None where the file does."""
        return self.written.removeprefix(_ENV) if self.written.startswith(_ENV) else None

    def read(self, environ: Mapping[str, str], fault: Fault) -> str:
        """The value itself. Raises ConfigError where its variable is not set, or holds what cannot be used."""
        if self.variable is None:
            return self.written
        found = environ.get(self.variable)
        if not found:
            state = "is not set" if found is None else "is empty"
            raise ConfigError(f"{self.where}: the environment variable {self.variable} {state}; set it")
        if wrong := fault(found):
            raise ConfigError(f"{self.where}: the environment variable {self.variable} {wrong}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The five keys. `folder` is the one of the configuration, from where a file of cookies is named."""

    headers: tuple[tuple[str, Value], ...] = ()
    cookies: tuple[tuple[str, Value], ...] = ()
    cookie_file: Value | None = None
    user_agent: Value | None = None
    proxy: Value | None = None
    login: tuple[Value, Value] | None = None  # user and password
    folder: Path = Path()


NOTHING: Final = Needs()


def gather(values: dict[str, Any], folder: Path) -> Needs:
    """Take what was read under the five keys out of a source's values."""
    found = {key: values.pop(key) for key in READERS if key in values}
    if isinstance(found.get("cookies"), Value):
        found["cookie_file"] = found.pop("cookies")
    return Needs(**found, folder=folder) if found else NOTHING


# ---- What is wrong with a text ---------------------------------------------------------------------------------------


def fault_of_header(text: str) -> str | None:
    """What is wrong with the value of a header."""
    if len(text) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    if not text.strip():
        return "is empty; leave it out instead"
    return None if _PRINTABLE.fullmatch(text) else "holds a control character, a line break or what is not ASCII"


def fault_of_cookie(text: str) -> str | None:
    """What is wrong with the value of a cookie."""
    return fault_of_header(text) or ("holds a semicolon, which ends a cookie" if ";" in text else None)


def fault_of_password(text: str) -> str | None:
    """What is wrong with a password."""
    if len(text) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    if not text:
        return "is empty"
    return "holds a control character or a line break" if _CONTROL.search(text) else None


def fault_of_user(text: str) -> str | None:
    """What is wrong with the name of a user."""
    return fault_of_password(text) or ("holds a colon, which ends a user's name" if ":" in text else None)


def fault_of_path(text: str) -> str | None:
    """What is wrong with the name of a file."""
    return fault_of_password(text)


def has_template_contact(user_agent: str) -> bool:
    """Whether nobody has put a contact of their own into a user agent yet."""
    return _PLACEHOLDER.search(user_agent) is not None


def fault_of_user_agent(text: str) -> str | None:
    """What is wrong with a user agent: whoever is asked must be able to reach who asks."""
    if not (text.isascii() and text.isprintable()):
        return "holds a character that a header cannot carry; use plain ASCII"
    if has_template_contact(text):
        return "still has the template's contact; put your own address or page there"
    if not _CONTACT.search(text):
        return "names no contact; add an e-mail address or the address of a page about your project"
    return None


def fault_of_proxy(text: str) -> str | None:
    """What is wrong with the address of a proxy."""
    try:
        parts = urlsplit(text)
        complete = parts.scheme == "http" and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        complete = False
    if complete and not (parts.path.strip("/") or parts.query or parts.fragment or " " in text):
        return None
    return 'is not a proxy; write "http://HOST:PORT"'


_CONTACT: Final = re.compile(r"[^\s@:/(<]+@[^\s@/)>]+\.[a-z]{2,}|https?://[^\s/)>]{2,}", re.IGNORECASE)
# example.* is reserved for documentation (RFC 2606); the others are what templates write.
_PLACEHOLDER: Final = re.compile(
    r"\bexample\.(?:com|net|org|edu)\b|\.example\b|\byou@|\byour-?(?:name|e?-?mail|address)@"
    r"|[/@.]your-(?:company|domain|email|host|name|organi[sz]ation|page|project|site|website)\b",
    re.IGNORECASE,
)


# ---- Keys of [[source]]: each takes where it stands and what was written ---------------------------------------------


def _value(where: str, written: object, fault: Fault) -> Value:
    """A value that is checked now, or named by its variable. No message shows it."""
    if not isinstance(written, str):
        raise ConfigError(f'{where}: is not text; put it in quotes, or write "env:NAME"')
    value = Value(where, written)
    if value.variable is not None:
        if not _VARIABLE.fullmatch(value.variable):
            raise ConfigError(f'{where}: names no environment variable; write "env:NAME" with letters, digits and _')
        return value
    if wrong := fault(written):
        raise ConfigError(f"{where}: {wrong}")
    return value


def _headers(where: str, value: object) -> tuple[tuple[str, Value], ...]:
    found: dict[str, tuple[str, Value]] = {}
    for name, written in _pairs(where, value, '{ "X-Api-Key" = "env:NAME" }'):
        at = f"{where}: {name}"
        if not _TOKEN.fullmatch(name):
            raise ConfigError(f"{where}: {ascii(name)[:80]} is not the name of a header; write one as in X-Api-Key")
        if advice := _reserved(name.lower()):
            raise ConfigError(f"{at} {advice}")
        if name.lower() in found:
            raise ConfigError(f"{at} is named twice; names differ by more than capital letters")
        found[name.lower()] = (name, _value(at, written, fault_of_header))
    return tuple(found.values())


def _reserved(name: str) -> str | None:
    families = (advice for family, advice in _RESERVED_FAMILIES.items() if name.startswith(family))
    return _RESERVED.get(name) or next(families, None)


def _cookies(where: str, value: object) -> tuple[tuple[str, Value], ...] | Value:
    if isinstance(value, str):
        return _value(where, value, fault_of_path)
    found: list[tuple[str, Value]] = []
    for name, written in _pairs(where, value, '{ session = "env:NAME" }, or the name of a cookies.txt'):
        if not _TOKEN.fullmatch(name):
            raise ConfigError(f"{where}: {ascii(name)[:80]} is not the name of a cookie; write one as in session")
        found.append((name, _value(f"{where}: {name}", written, fault_of_cookie)))
    return tuple(found)


def _login(where: str, value: object) -> tuple[Value, Value]:
    found = dict(_pairs(where, value, '{ user = "desk", password = "env:NAME" }'))
    for key in found:
        if key not in _LOGIN:
            raise ConfigError(f"{where}: unknown key {ascii(key)[:80]}; known are {', '.join(_LOGIN)}")
    for key in _LOGIN:
        if key not in found:
            raise ConfigError(f'{where}: {key} is missing; write {{ user = "desk", password = "env:NAME" }}')
    user, password = (_value(f"{where}: {key}", found[key], fault) for key, fault in _LOGIN.items())
    return user, password


_LOGIN: Final[Mapping[str, Fault]] = {"user": fault_of_user, "password": fault_of_password}


def _pairs(where: str, value: object, example: str) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is not a table; write {where.rpartition(' ')[2]} = {example}")
    if not value:
        raise ConfigError(f"{where} is empty; leave the key out instead")
    if len(value) > MOST:
        raise ConfigError(f"{where} has more than {MOST} entries; leave out what the site does not ask for")
    yield from value.items()


def _user_agent(where: str, value: object) -> Value:
    return _value(where, value, fault_of_user_agent)


def _proxy(where: str, value: object) -> Value:
    return _value(where, value, fault_of_proxy)


READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "cookies": _cookies,
    "headers": _headers,
    "login": _login,
    "proxy": _proxy,
    "user_agent": _user_agent,
}
