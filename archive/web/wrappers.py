"""Redirect and alert services: which they are, and where in their URLs stands the URL they lead to. Pure.

A wrapper counts what is clicked and leads on. Taken for the article's own URL it is one that a robots.txt forbids, and
another one in each listing. Only services that are known are looked into: `url=` on any other site is the site's own.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.web import urls

# Host and path -> the parameters in which the URL stands, best first. A host stands for all below it (`eur01.` and
# other machines of Outlook's), `google` for google.com, google.de, google.co.uk and their like.
_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "baidu.com/link": ("url",),
    "bing.com/ck/a": ("u",),
    "bing.com/news/apiclick.aspx": ("url",),
    "douban.com/link2": ("url",),
    "duckduckgo.com/l": ("uddg",),
    "exit.sc": ("url",),  # SoundCloud
    "facebook.com/l.php": ("u",),
    "flipboard.com/redirect": ("url",),
    "gate.sc": ("url",),  # SoundCloud
    "getpocket.com/redirect": ("url",),
    "go.redirectingat.com": ("url",),  # Skimlinks
    "go.skimresources.com": ("url",),
    "google/news/url": ("url", "q"),
    "google/url": ("url", "q"),  # Google Alerts, and results of a search
    "l.instagram.com": ("u",),
    "l.messenger.com/l.php": ("u",),
    "l.threads.com": ("u",),
    "l.threads.net": ("u",),
    "l.wl.co/l": ("u",),  # WhatsApp
    "link.juejin.cn": ("target",),
    "link.zhihu.com": ("target",),
    "linkedin.com/redir/redirect": ("url",),
    "linkedin.com/safety/go": ("url",),
    "medium.com/r": ("url",),
    "news.google.com": ("url",),
    "out.reddit.com": ("url",),
    "safelinks.protection.outlook.com": ("url",),
    "slack-redir.net/link": ("url",),
    "steamcommunity.com/linkfilter": ("url", "u"),
    "t.me/iv": ("url",),
    "t.umblr.com/redirect": ("z",),
    "vk.com/away.php": ("to",),
    "weibo.cn/sinaurl": ("u", "toasturl"),
    "youtube.com/redirect": ("q",),
}
# Any path below these holds one in its query: out.reddit.com/t3_1abc?url=...
_ANY_PATH: Final = frozenset({"news.google.com", "out.reddit.com", "safelinks.protection.outlook.com"})
# Where it stands in the path, or is the whole query.
_IN_PATH: Final = (
    re.compile(r"(?:https?:)?//(?:[\w-]+\.)*search\.yahoo\.com/\S*?/RU=([^/?#]+)", re.IGNORECASE),
    re.compile(r"(?:https?:)?//(?:[\w-]+\.)*rd\.yahoo\.com/\S*?\*+(https?(?::|%3a)\S+)", re.IGNORECASE),
    re.compile(r"(?:https?:)?//(?:www\.)?(?:anon\.to|href\.li|nullrefer\.com)/\?(\S+)", re.IGNORECASE),
)
# What the hosts of all these end with: told at a glance, since a sitemap has 50,000 URLs of other sites.
_DOMAINS: Final = frozenset(
    {".".join(place.partition("/")[0].split(".")[-2:]) for place in _PARAMETERS}
    | {"anon.to", "href.li", "nullrefer.com", "yahoo.com"}
)
# Where it cannot be read at all: the portal alone knows what the link stands for.
_OPAQUE: Final = re.compile(
    r"https?://(?:news\.google\.com/(?:__i/)?(?:rss/)?(?:articles|read|rd)/|feedproxy\.google\.com/~r/|"
    r"feeds\.feedburner\.com/~r/)",
    re.IGNORECASE,
)
_GOOGLE: Final = re.compile(r"(?:[\w-]+\.)*google\.(?:com?\.)?[a-z]{2,3}")
_ENCODED: Final = re.compile(r"https?%(?:25)*3a", re.IGNORECASE)
_BASE64: Final = re.compile(r"a1(aHR0c[\w-]+)=*")  # Bing: "a1" and the URL
_DEEPEST: Final = 5  # an alert of a post of a mail is three


def unwrap(url: str) -> str:
    """Return the URL that a link of a known service leads to, as it stands there; any other URL as it is.

    Nothing that cannot be requested comes out of a wrapper: it stays then. Takes any text.
    """
    for _ in range(_DEEPEST):
        inner = next((each for each in _inside(url) if _is_good(each)), None)
        if inner is None:
            break
        url = inner
    return url


def is_wrapped(url: str) -> bool:
    """Whether a URL, unwrapped as far as it can be, still is a link of such a service."""
    return bool(_OPAQUE.match(url)) or any(True for _ in _inside(url))


def _inside(url: str) -> Iterator[str]:
    """What may be the URL inside, best first."""
    host = urls.host(url)
    if "google." not in host and ".".join(host.split(".")[-2:]) not in _DOMAINS:
        return
    for form in _IN_PATH:
        if match := form.match(url):
            yield _plain(match[1])
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    names = _parameters(host, parts.path)
    values = dict(_pairs(parts.query)) if names else {}
    yield from (_plain(values[name]) for name in names if values.get(name))


def _parameters(host: str, path: str) -> tuple[str, ...]:
    labels = ("google",) if _GOOGLE.fullmatch(host) and host != "news.google.com" else tuple(host.split(".")[-6:])
    for at in range(len(labels)):
        name = ".".join(labels[at:])
        place = name if name in _ANY_PATH else name + path.lower().rstrip("/")
        if names := _PARAMETERS.get(place):
            return names
    return ()


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """The parameters, last first, so that the first of a name counts: a URL inside may have its own behind it."""
    for pair in reversed(query.split("&")):
        name, _, value = pair.partition("=")
        yield name.removeprefix("amp;"), value


def _plain(value: str) -> str:
    """A URL as it was before it was made a parameter. A plus stays one: in a URL it is no space."""
    if packed := _BASE64.fullmatch(value):
        return _unpacked(packed[1])
    plain = unquote(value)
    while _ENCODED.match(plain):
        plain = unquote(plain)
    return plain


def _unpacked(packed: str) -> str:
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_good(inner: str) -> bool:
    """Whether it is a whole URL that can be requested."""
    if not inner.lower().startswith(("http://", "https://")):
        return False
    try:
        urls.normalize(inner)
    except urls.BadURLError:
        return False
    return True
