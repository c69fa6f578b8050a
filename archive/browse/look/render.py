"""HTML from our templates, and the headers that every page of ours carries. It knows nothing of SQLite.

The templates are read from the package, so they are found from a wheel as from a checkout. Everything in them is
escaped: no filter here returns markup.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import jinja2

from archive.browse.look.article_blocks import direction, web_address
from archive.search.highlight import spans

# Nothing is loaded but our own style sheet (and the icon); nothing runs, whatever is stored.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The live file changes with every crawl: a page may be kept, but is asked for again.
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
FOR_EVER: Final = "public, max-age=31536000, immutable"  # for addresses that change with their content

_DATE_SOURCES: Final = {
    "feed": "the feed",
    "html": "the page's text",
    "jsonld": "JSON-LD",
    "meta": "a meta tag",
    "og": "Open Graph",
    "sitemap": "the sitemap",
    "url": "the address",
}


def page(template: str, **facts: object) -> str:
    """Return the HTML of a page, or the XML of a feed."""
    return _environment().get_template(template).render(facts)


@cache
def style_sheet(name: str) -> str:
    """Return a style sheet of ours: "cuttings" for our pages, "data" for what we add to Datasette's own."""
    return (files("archive.browse.look") / "static" / f"{name}.css").read_text(encoding="utf-8")


@cache
def style_address(name: str) -> str:
    """Return the path of a style sheet, with a digest: it changes when the sheet does."""
    digest = hashlib.sha256(style_sheet(name).encode()).hexdigest()
    return f"/-/cuttings/{name}.css?{digest[:12]}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("archive.browse.look"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "bare": lambda marked: "".join(piece for piece, _ in spans(marked)),
        "date_source": lambda source: _DATE_SOURCES.get(source, source),
        "day": day,
        "direction": direction,
        "host": _host,
        "moment": moment,
        "number": number,
        "plural": plural,
        "rfc3339": lambda stamp: f"{stamp}T00:00:00Z" if len(stamp) == 10 else stamp,
        "spans": spans,
        "web": web_address,
    }
    return environment


def number(value: int) -> str:
    """Return 12,345 for 12345."""
    return f"{value:,}"


def plural(count: int, noun: str) -> str:
    """Return "1 article", "12,345 articles"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def moment(stamp: str) -> str:
    """Return a stored time as people read it: 2026-11-23 08:05 UTC; a day alone stays as it is."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if len(stamp) > 10 else stamp


def day(typed: str) -> str:
    """Return a day as the date field of a form takes it; what is none leaves the field empty."""
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        return ""


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
