"""Which addresses of one site name the same article, told before any of them is asked for. Pure.

The key leaves out what servers answer the same article to: scheme, `www.` and its like, the AMP and the print form, a
slash or an index file at the end. It is compared within a source only; what two addresses really hold is told by their
texts when both have been read (`archive.landing`).
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from archive.urls import site

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


def key(url: str) -> str:
    """What addresses of one article have in common: `paper.test/2026/story?id=4`."""
    parts = urlsplit(url)
    path = parts.path
    for pattern, instead, _who in _FORMS:
        path = pattern.sub(instead, path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_form(pair))
    return f"{site(url)}{path}" + (f"?{query}" if query else "")


def _is_form(pair: str) -> bool:
    name, _, value = pair.partition("=")
    values = _PARAMETERS.get(name.lower())
    return values is not None and (not values or value.lower() in values)


_HEX: Final = "[0-9a-f]"
_GLOBAL_GUID: Final = re.compile(rf"tag:|urn:|https?://|{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}$", re.IGNORECASE)


def is_global(guid: str | None) -> bool:
    """Whether a feed's guid can be unique in the world: a tag, URN or web address, or a UUID; `post 7` cannot."""
    return guid is not None and _GLOBAL_GUID.match(guid) is not None
