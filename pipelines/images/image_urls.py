"""The URL that shows an image at its largest, and whether two URLs show the same image. Pure.

Pages name one image many times over: for browsers of different widths (`srcset`, `<source>`), for scripts that load
it when it comes into view (`data-src` and its kin), through a service that resizes it (`?url=`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from archive.text import scrub
from pipelines.page.full_urls import absolute
from pipelines.page.parse import Element

_CLOUDFLARE: Final = re.compile(r"/cdn-cgi/image/[^/]+/(?P<url>.+)")
_JSON_URL: Final = re.compile(r'"((?:https?:)?(?:\\?/){2}[^"\s]+)"')
_STATED: Final = re.compile(
    r"[?&](?:im|max)?(?:w|wid|width)=(\d{2,4})\b|[/_,-]w[_=]?(\d{3,4})\b|\b(\d{2,4})x\d{1,4}\b|/(\d{3,4})(?=/\d{3,4}/)"
)
_NARROW: Final = 400  # pixels: sets of previews, next to the image itself in `src`
_SEPARATORS: Final = re.compile(r"[\s,]*")
_TOKEN: Final = re.compile(r"\S+")
_DESCRIPTORS: Final = re.compile(r"(?:\([^)]*\)|[^,(])*")
_ENDING: Final = re.compile(r"(?:\.(?:avif|gif|jfif|jpe?g|png|tiff?|webp))+$")
_WIDTHS: Final = (
    "320|360|375|400|414|480|500|512|576|600|620|630|640|650|660|700|720|728|750|768|780|800|828|900|960|976|1000|1024"
    "|1080|1100|1200|1280|1300|1366|1400|1440|1500|1536|1600|1800|1920|2000|2048|2400|2560|3000|3200|3840"
)
_SOPHORA: Final = re.compile(r"(?<![~_])[~_]+v-\w+$")  # the rendition's name in the CMS of German broadcasters
_WIDTH: Final = re.compile(_WIDTHS)
_SIZES: Final = re.compile(
    rf"(?:[-_@.](?:[a-z]?\d{{2,4}}x\d{{2,4}}|c\d+(?:-\d+){{3}}|\dx|(?:{_WIDTHS})w?(?:-\d\d)?|\d{{3,4}}w|e\d{{10,}}|full|large|medium|scaled|small"
    r"|thumb(?:nail)?))+$"
)
_SIZE_FOLDER: Final = re.compile(
    rf"\d{{1,4}}x\d{{1,4}}|(?:[a-z]{{1,2}}_[\w.:]+,?)+|{_WIDTHS}|(?:crop|fit|h|height|q|quality|resize|w|width)[-_=]?\d*"
)
_TELLING: Final = 12  # characters: "original", "master", "image-large" and "default_img" are shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of the URLs of an image, with its width in pixels (`640w`) or its density (`2x`); 0 where not given."""

    url: str
    width: int = 0
    density: float = 0.0


# Attributes with one URL, the fullest image first. What a browser shows before any script ran comes last.
_URLS: Final = (
    "data-orig-file",  # Jetpack (WordPress)
    "data-full-src",
    "data-full-url",  # WordPress block gallery
    "data-hi-res-src",
    "data-highres",
    "data-large-file",  # Jetpack
    "data-zoom-image",
    "data-src",  # lazysizes, lozad, vanilla-lazyload
    "data-original",  # jQuery lazyload
    "data-lazy-src",  # WP Rocket, Jetpack
    "data-lazy",  # Slick
    "data-ll-src",
    "data-cfsrc",  # Cloudflare Mirage
    "data-pagespeed-lazy-src",  # mod_pagespeed
    "data-raw-src",
    "data-runner-src",
    "data-echo",
    "data-image",
    "data-image-src",
    "data-img-url",
    "src",
)
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "data-pagespeed-lazy-srcset")
_MOST: Final = 10_000  # characters of an attribute: the longest sets of URLs seen have 6,000


def best(image: Element, base: str) -> Candidate | None:
    """Return the full URL that shows an image at its largest; None if it has none that can be fetched."""
    for candidate in _by_size(_candidates(image)):
        whole = None if is_placeholder(candidate.url) else resolve(candidate.url, base)
        if whole:
            return replace(candidate, url=whole)
    return None


def resolve(url: str, base: str) -> str | None:
    """Return a URL in full, without the service that resizes the image; None for what is no image on the web."""
    try:
        whole = absolute(scrub(url).strip(), base)
        parts = urlsplit(whole)
        if inner := _inner(parts.path, parts.query):
            whole = absolute(inner, whole)
            parts = urlsplit(whole)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.path in ("", "/") or _is_page(whole, base):
        return None
    return None if parts.path.lower().endswith(".svg") or "{" in whole else whole


def _is_page(url: str, base: str) -> bool:
    return url.split("#", 1)[0] == base.split("#", 1)[0]


def _inner(path: str, query: str) -> str | None:
    """Return the URL given to a resizing service: Next.js, Vercel and Netlify in `url=`, Cloudflare in its path."""
    if path.endswith(("/_next/image", "/_vercel/image", "/.netlify/images")):
        return next((value for name, value in parse_qsl(query) if name == "url"), None)
    match = _CLOUDFLARE.match(path)
    return None if match is None else match["url"] if "://" in match["url"] else "/" + match["url"]


def _candidates(image: Element) -> Iterator[Candidate]:
    """Yield everything an image offers, with the sources of the `<picture>` around it.

    libxml2 does not know that `<source>` is empty, and nests what follows in it.
    """
    yield from _in_sets(image)
    around = next((one for one in image.iterancestors() if one.tag != "source"), None)
    for source in around.iter("source") if around is not None and around.tag == "picture" else ():
        yield from _in_sets(source)
    for name in _URLS:
        if value := (image.get(name) or "").strip():
            yield from (Candidate(url=url) for url in (_in_json(value) if value.startswith("{") else [value]))


def _in_sets(element: Element) -> Iterator[Candidate]:
    for name in _SETS:
        if value := element.get(name):
            yield from parse_srcset(value[:_MOST])


def _in_json(value: str) -> list[str]:
    """Return the URLs in an attribute that holds JSON, as MSN's `data-src` does, the last named first."""
    return [found.replace("\\/", "/") for found in _JSON_URL.findall(value[:_MOST])][::-1]


def _by_size(candidates: Iterator[Candidate]) -> list[Candidate]:
    """Sort by width: the widest first, the narrow last, between them those of unknown width in the table's order."""
    return sorted(candidates, key=_rank)


def _rank(one: Candidate) -> tuple[float, ...]:
    width = one.width or stated_width(one.url)
    return (0 < width < _NARROW, -width, -one.density)


def stated_width(url: str) -> int:
    """Return the width in pixels that a URL states, 0 if it states none: `?w=640`, `w_640`, `640x360`, `/640/360/`."""
    said = [next(filter(None, match.groups())) for match in _STATED.finditer(url)]
    return int(said[-1]) if said else 0


def parse_srcset(text: str) -> Iterator[Candidate]:
    """Read a `srcset` as the HTML standard does (4.8.4.3.10): a URL may hold commas, but not at its ends."""
    at = 0
    while True:
        at = _SEPARATORS.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string too
        url = _TOKEN.match(text, at)
        if url is None:
            return
        at = url.end()
        descriptors = ""
        if not url[0].endswith(","):
            rest = _DESCRIPTORS.match(text, at)
            descriptors, at = (rest[0], rest.end()) if rest else ("", at)
        yield _described(url[0].rstrip(","), descriptors)


_DESCRIPTOR: Final = re.compile(r"(?P<number>\d{1,5}(?:\.\d{1,4})?)(?P<unit>[wx])$")


def _described(url: str, descriptors: str) -> Candidate:
    for word in descriptors.split():
        match = _DESCRIPTOR.match(word)
        if match and match["unit"] == "w":
            return Candidate(url=url, width=int(float(match["number"])))
        if match:
            return Candidate(url=url, density=float(match["number"]))
    return Candidate(url=url)


# Stand-ins for an image until a script puts the real one there, and what was never an image.
_PLACEHOLDER: Final = re.compile(
    r"^(?:about|blob|data|javascript):"
    r"|placeholder|[/_.-]1x1\.|/[bgpstx]\.gif\b"
    r"|(?:^|/)(?:blank|clear|default[-_]?(?:image|img|thumb)|dummy|empty|gr[ae]y|lazy(?:[-_]?load\w*)?|loader|loading|pixel|px|spacer|white"
    r"|trans(?:parent)?)(?:[-_.]?(?:\d+x\d+|\d|bg|gif|image|img|thumb))?\.(?:gif|jpe?g|png|svg|webp)\b"
    r"|[/_-]no[-_]?(?:image|img|photo|picture|thumb)(?:[-_]available)?\."
    r"|//(?:[\w-]+\.)*(?:doubleclick\.net|facebook\.com/tr|google-analytics\.com|gravatar\.com|quantserve\.com"
    r"|scorecardresearch\.com|pixel\.wp\.com|feedburner\.com|feedsportal\.com)(?:[/?]|$)"
)


def is_placeholder(url: str) -> bool:
    """Tell whether a URL is a stand-in, a tracking pixel or a portrait from a directory of users."""
    return _PLACEHOLDER.search(url.strip().lower()) is not None


def image_key(url: str) -> str:
    """Return what all sizes of an image have in common in their URLs: equal for the same image.

    Sizes are in the query (`?w=640`), at the end of the name (`-640x360`, `_1200`, `@2x`, `-scaled`) or are parts of
    the path (`/w_640,q_80/`, `/thumbnail/640x360/`, `/master/1000.jpg`).
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    *folders, name = [part for part in unquote(parts.path).casefold().split("/") if part] or [""]
    bare = _ENDING.sub("", name)
    stem = _SIZES.sub("", _SOPHORA.sub("", bare)) or bare
    if _is_telling(stem):
        return stem
    kept = [folder for folder in folders if not _SIZE_FOLDER.fullmatch(folder)]
    number = "" if _WIDTH.fullmatch(stem) and any(map(_is_telling, kept)) else stem
    named = _named(parts.query) if not kept or not _is_telling("/".join(kept)) else ""
    return "/".join((*kept, number, named))


def _named(query: str) -> str:
    """Return the values of a query that say which image it is, for a path that does not."""
    return "&".join(value for name, value in parse_qsl(query) if name.lower() in ("file", "id", "image", "src", "url"))


def _is_telling(stem: str) -> bool:
    """Tell whether a name is an image's own: long, and made of more than a number or a common word."""
    return len(stem) >= _TELLING and not stem.isdecimal()
