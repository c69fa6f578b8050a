"""Which addresses of one site name the same article, told before any of them is asked for. Pure.

The key leaves out what servers answer the same article to: scheme, `www.` and its like, the AMP and the print form, a
slash or an index file at the end, and the identifier of a reader's session. The request keeps all of them. The key is
compared within a source only; what two URLs really hold is told by their texts when both have been read
(`archive.storage.matching`).
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from archive.web.urls import site

# Parts of a path that ask for another form of the same article, each with who writes it so.
_FORMS: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (re.compile(r"/amp/?$"), "", "WordPress AMP plugin: /story/amp/"),
    (re.compile(r"^/amp/(?=.*[^/])"), "/", "Google News publishers: /amp/story"),
    (re.compile(r"\.amp(?=\.html?$)"), "", "Adobe Experience Manager: /story.amp.html"),
    (re.compile(r"\.amp$"), "", "Hearst, Axel Springer: /story.amp"),
    (re.compile(r"-amp(?=\.html?$)"), "", "Escenic: /story-amp.html"),
    (re.compile(r"/print/?$"), "", "Drupal print module: /story/print"),
    (re.compile(r"^/print/(?=.*[^/])"), "/", "Drupal print module: /print/story"),
    (re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$"), "", "web servers: an index file names its folder"),
    (re.compile(r"/+$"), "", "web servers: a slash at the end of a folder"),
)
# Parameters that do, with the values that are meant; any where there are none.
_PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "amp": frozenset({"", "1", "true", "yes"}),
    "amp_js_v": frozenset(),
    "outputtype": frozenset({"amp", "print"}),
    "print": frozenset({"", "1", "true", "yes"}),
    "printable": frozenset({"", "1", "true", "yes"}),
    "view": frozenset({"amp", "print"}),
}

# Identifiers of sessions, which servers put into URLs for readers without cookies: by their names ...
_SESSIONS: Final[Mapping[str, str]] = {
    "cfid": "ColdFusion",
    "cftoken": "ColdFusion",
    "asp.net_sessionid": "ASP.NET",
    "bv_sessionid": "BroadVision",
    "ci_session": "CodeIgniter",
    "jsessionid": "Java servlets",
    "oscsid": "osCommerce",
    "phpsessid": "PHP",
    "phpsessionid": "PHP, renamed",
    "sessid": "many",
    "zenid": "Zen Cart",
}
_SESSION_FAMILIES: Final = ("aspsessionid",)  # ASP adds letters of its own to the name
# ... and by names that mean other things as well, where the value is long and random.
_PERHAPS_SESSIONS: Final = frozenset(
    {"s", "sess", "sess_id", "session", "session-id", "session_id", "sessionid", "sid", "token"}
)
_RANDOM: Final = re.compile(
    r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[a-z0-9]{16,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE
)
_COOKIELESS: Final = re.compile(r"/\((?:[A-Z]\([A-Za-z0-9_-]{10,}\))+\)(?=/)")  # ASP.NET: /(S(4hnh3b55km))/story
_PARAMETER: Final = re.compile(r";([^;/]*)")  # of a path, RFC 3986, section 3.3; some servers put it behind the query
_BETWEEN_PAIRS: Final = re.compile(r"&(?:amp;)?")  # in a listing that was escaped twice


def is_form(one: str, other: str) -> bool:
    """Whether two URLs of one key are surely forms of one page: what differs is no parameter of many meanings."""
    return _key(one, _is_surely_session) == _key(other, _is_surely_session)


def key(url: str) -> str:
    """What URLs of one article have in common: `paper.test/2026/story?id=4`."""
    return _key(url, _is_session)


def _key(url: str, is_session: Callable[[str], bool]) -> str:
    parts = urlsplit(url)

    def without_sessions(text: str) -> str:
        return _PARAMETER.sub(lambda parameter: "" if is_session(parameter[1]) else parameter[0], text)

    path = without_sessions(_COOKIELESS.sub("", parts.path))
    for pattern, instead, _who in _FORMS:
        path = pattern.sub(instead, path)
    pairs = map(without_sessions, _BETWEEN_PAIRS.split(parts.query))
    query = "&".join(pair for pair in pairs if pair and not _is_form(pair) and not is_session(pair))
    return f"{site(url)}{path}" + (f"?{query}" if query else "")


def _is_form(pair: str) -> bool:
    name, _, value = pair.partition("=")
    values = _PARAMETERS.get(name.lower())
    return values is not None and (not values or value.lower() in values)


def _is_surely_session(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _SESSIONS or name.startswith(_SESSION_FAMILIES)


def _is_session(pair: str) -> bool:
    name, _, value = pair.partition("=")
    random = name.lower() in _PERHAPS_SESSIONS and _RANDOM.fullmatch(value) is not None
    return random or _is_surely_session(pair)


_HEX: Final = "[0-9a-f]"
_GLOBAL_GUID: Final = re.compile(rf"tag:|urn:|https?://|{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}$", re.IGNORECASE)


def is_global(guid: str | None) -> bool:
    """Whether a feed's guid can be unique in the world: a tag, URN or web address, or a UUID; `post 7` cannot."""
    return guid is not None and _GLOBAL_GUID.match(guid) is not None
