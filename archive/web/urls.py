"""Addresses in the one form in which we request, compare and file them. Pure: no network, no public suffix list.

The normal form changes nothing that a server could answer differently to, with one exception: parameters that only
say where a reader came from are dropped (see `TRACKING`), because the same article is listed under dozens of them.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

# Servers cut or refuse longer ones; sitemaps allow 2,048.
MAX_LENGTH: Final = 2_000


class BadURLError(ValueError):
    """An address that cannot be requested. The text is a predicate: `"ftp://h/x" is not an http or https address`."""


# Parameters that carry nothing but the reader's way to the page. Generic names (ref, source, from, cmp, id) are not
# here, because on other sites they choose what is shown; see TRACKING_OF_SITE.
TRACKING: Final[Mapping[str, str]] = {
    "__twitter_impression": "Twitter, links to AMP pages",
    "_ga": "Google Analytics, cross-domain linker",
    "_gl": "Google Analytics 4, cross-domain linker",
    "_hsenc": "HubSpot e-mail",
    "_hsmi": "HubSpot e-mail",
    "_openstat": "Openstat",
    "at_bbc_team": "BBC, on AT Internet",
    "at_campaign": "AT Internet (Piano); BBC feeds",
    "at_campaign_type": "BBC, on AT Internet",
    "at_creation": "AT Internet",
    "at_custom1": "AT Internet; BBC",
    "at_custom2": "AT Internet; BBC",
    "at_custom3": "AT Internet; BBC",
    "at_custom4": "AT Internet; BBC",
    "at_format": "BBC, on AT Internet",
    "at_link_id": "BBC, on AT Internet",
    "at_link_origin": "BBC, on AT Internet",
    "at_link_type": "BBC, on AT Internet",
    "at_medium": "AT Internet (Piano); BBC feeds",
    "at_ptr_name": "BBC, on AT Internet",
    "at_variant": "AT Internet",
    "cmpid": "Adobe Analytics campaign; Bloomberg, Politico",
    "dclid": "Google Display",
    "dicbo": "Outbrain",
    "epik": "Pinterest",
    "fb_action_ids": "Facebook Open Graph",
    "fb_action_types": "Facebook Open Graph",
    "fb_ref": "Facebook",
    "fb_source": "Facebook",
    "fbclid": "Facebook",
    "gad_source": "Google Ads",
    "gbraid": "Google Ads, iOS",
    "gclid": "Google Ads",
    "gclsrc": "Google Ads",
    "guccounter": "Yahoo consent page, on the way back",
    "guce_referrer": "Yahoo consent page, on the way back",
    "guce_referrer_sig": "Yahoo consent page, on the way back",
    "igsh": "Instagram",
    "igshid": "Instagram",
    "li_fat_id": "LinkedIn",
    "mc_cid": "Mailchimp campaign",
    "mc_eid": "Mailchimp reader",
    "mkt_tok": "Marketo e-mail",
    "ml_subscriber": "MailerLite",
    "ml_subscriber_hash": "MailerLite",
    "msclkid": "Microsoft Ads",
    "ocid": "Microsoft, MSN feeds",
    "oly_anon_id": "Omeda e-mail",
    "oly_enc_id": "Omeda e-mail",
    "sara_ecid": "Spiegel, Manager Magazin",
    "srsltid": "Google Merchant results",
    "ttclid": "TikTok",
    "twclid": "Twitter",
    "vero_conv": "Vero e-mail",
    "vero_id": "Vero e-mail",
    "wbraid": "Google Ads, iOS",
    "wt_mc": "Webtrekk; German newspapers",
    "wt_zmc": "Webtrekk; ZEIT feeds",
    "xtor": "AT Internet, older form; French and Swiss newspapers",
    "yclid": "Yandex Direct",
    "ysclid": "Yandex Search",
}

# Families of the same: what the name begins with.
TRACKING_PREFIXES: Final[Mapping[str, str]] = {
    "hsa_": "HubSpot Ads",
    "matomo_": "Matomo campaign",
    "mtm_": "Matomo campaign",
    "ns_": "comScore campaign; Daily Mail, older BBC links",
    "piwik_": "Piwik campaign",
    "pk_": "Piwik campaign",
    "utm_": "Urchin, now Google Analytics campaign",
}

# Generic names that are known to choose nothing on one site: site without www. -> names.
TRACKING_OF_SITE: Final[Mapping[str, frozenset[str]]] = {
    "bloomberg.com": frozenset({"srnd"}),
    "cbsnews.com": frozenset({"ftag"}),
    "dailymail.co.uk": frozenset({"ico", "ito"}),
    "inews.co.uk": frozenset({"ico"}),
    "nytimes.com": frozenset({"emc", "partner", "smid", "smtyp"}),
    "reuters.com": frozenset({"feedname", "feedtype"}),
    "theguardian.com": frozenset({"cmp"}),
    "wsj.com": frozenset({"mod"}),
}

# Hosts that serve the same site: with and without www., for phones, for AMP.
_TWIN_PREFIXES: Final = ("www.", "m.", "amp.", "mobile.")

_BREAKS = re.compile(r"[\t\n\r]")  # https://url.spec.whatwg.org/#concept-basic-url-parser
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME = re.compile(r"(https?):(/*)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Most of what is listed is normal already: told at a glance it takes a tenth of the time. Without port and `%`.
_NORMAL = re.compile(
    r"https?://(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,3}[a-z][a-z0-9-]{0,20}[a-z0-9])"
    r"(?P<path>/[A-Za-z0-9._~/:@!$&'()*+,;=-]*)(?:\?(?P<query>[A-Za-z0-9._~/:@!$&()*+,;=?-]+))?"
)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_DOT_SEGMENT = re.compile(r"/\.{1,2}(?:/|$)")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE: Final = "/:@!$&'()*+,;=~%"  # RFC 3986, pchar
_QUERY_SAFE: Final = "/:@!$&()*+,;=~%?"  # the apostrophe is encoded there, as browsers do and Scrapy will
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST = re.compile(r"(?:https?:)?//(?:[^/?#]*@)?(?:\[([^/\]?#]*)\]|([^/\[?#:]*))", re.IGNORECASE)

# Second labels below which names are registered in a country: gazette.co.uk, paper.com.au, diario.gob.mx. After the
# public suffix list, those that newspapers and authorities have; only where the last label has two letters.
_SECOND_LEVEL: Final = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "in", "ne", "net", "or", "org"}
)

# Platforms below which everybody may have a name, as the public suffix list has them or should.
_PLATFORMS: Final = frozenset(
    {
        *("appspot.com", "azurewebsites.net", "blogspot.com", "cloudfront.net", "firebaseapp.com", "fly.dev"),
        *("ghost.io", "github.io", "gitlab.io", "herokuapp.com", "medium.com", "myshopify.com", "neocities.org"),
        *("netlify.app", "onrender.com", "pages.dev", "substack.com", "tumblr.com", "vercel.app", "web.app"),
        *("webflow.io", "weebly.com", "wixsite.com", "wordpress.com", "workers.dev"),
    }
)

# Words that are the whole path of a front page, as content management systems and newspapers write them. None can be
# the slug of an article: "welcome" is missing, since that is what the first post of many a blog is called.
_HOME_NAMES: Final = frozenset(
    {
        *("accueil", "anasayfa", "default", "esileht", "etusivu", "forside", "forsiden", "frontpage", "front-page"),
        *("home", "home-page", "homepage", "index", "inicio", "international", "main", "naslovna", "naslovnica"),
        *("pagina-inicial", "portada", "start", "startseite", "startsida", "startside", "strona-glowna"),
        *("titulni-strana", "trang-chu", "voorpagina", "главная", "首页", "首頁"),
    }
)
_HOME_FILES: Final = _HOME_NAMES | {"welcome"}  # with the ending of a page: welcome.html, main.php
_HOME_FILE = re.compile(r"(.+)\.(?:aspx?|cfm|cgi|do|html?|jspx?|php[3-5]?|phtml|shtml?|stm|xhtml)")
# A language, a country, or both: /en, /de-ch, /pt_br, /zh-hans, /sr-latn-rs, /es-419.
_LOCALE = re.compile(r"[a-z]{2}(?:[-_](?:arab|cyrl|hans|hant|latn))?(?:[-_](?:[a-z]{2}|419))?")
_HOME_QUERY: Final = frozenset({"edition", "lang", "language", "locale"})  # parameters that choose a front page
_HOME_DEPTH: Final = 3  # parts of the path of a front page: /us/en/index.html
_PATH = re.compile(r"https?://[^/?#\\]+([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)


def normalize(url: str, base: str | None = None) -> str:
    """Return the address as we request it; a relative one is resolved against `base`.

    Scheme and host in lower case (an international host as punycode), no default port, no fragment, dot segments
    resolved, `/` for an empty path, percent-encoding as in RFC 3986 section 6.2.2, tracking parameters dropped, the
    others in their order. `normalize(normalize(u)) == normalize(u)`. Raises BadURLError.
    """
    written = _read(url)
    if _is_normal(written):
        return written
    try:
        parts = urlsplit(join(written, base))
    except ValueError as error:
        raise BadURLError("cannot be read as an address") from error
    front = f"{parts.scheme}://{_authority(parts)}"
    query = _without_tracking(_encode(parts.query, _QUERY_SAFE), site(front)) if parts.query else ""
    normal = f"{front}{_normal_path(parts.path)}{'?' if query else ''}{query}"
    if len(normal) > MAX_LENGTH:
        raise BadURLError(f"is longer than {MAX_LENGTH:,} characters")
    return normal


def resolve(url: str, base: str | None = None) -> str:
    """The whole address as it was written, read as `normalize` reads it: a request for either goes to one host.

    Raises BadURLError.
    """
    written = _read(url)
    try:
        return join(written, base)
    except ValueError as error:
        raise BadURLError("cannot be read as an address") from error


def redirect_target(location: str, base: str) -> str:
    """Where a redirect leads: scheme, host and port in their normal form, path and query as the server wrote them.

    What `normalize` drops may be what the server asks for (a parameter that says where the reader has been): without it
    the redirect would never end. No length is refused either. Raises BadURLError.
    """
    written = _clean(location.strip())
    try:
        parts = urlsplit(join(written, base))
    except ValueError as error:
        raise BadURLError("cannot be read as an address") from error
    return parts._replace(netloc=_authority(parts), path=parts.path or "/").geturl()


def join(written: str, base: str | None = None) -> str:
    """The whole URL, as browsers put it together (https://url.spec.whatwg.org/, "special authority slashes state").

    Before the query a backslash is a slash. However many slashes stand before a host, they mean two: `///h/a` is the
    path `/a` of another host. A scheme without two slashes is followed by a path where the base has the same scheme, by
    a host elsewhere. Without a base it is no link, but what a person wrote, and nothing is made of a slip: it stays
    `http:///a`, without a host. Raises ValueError where it is no URL.
    """
    slashed = _with_slashes(written)
    if base is None:
        return slashed
    match = _SCHEME.match(slashed)
    if match is None:
        return _join_relative(slashed, base)
    if len(match[2]) < 2 and base.lower().startswith(f"{match[1].lower()}:"):
        return urljoin(base, slashed[len(match[1]) + 1 :])
    return f"{match[1]}://{slashed[match.end() :]}"


def _join_relative(written: str, base: str) -> str:
    if not written.startswith("//"):
        return urljoin(base, written)
    scheme = _SCHEME.match(base)
    return f"{f'{scheme[1]}:' if scheme else ''}//{written.lstrip('/')}"


def host(url: str) -> str:
    """The host of an address in lower case, without user, port, brackets and the dot of a full name; "" without one."""
    match = _HOST.match(url)  # a fifth of urlsplit's time: discovery asks for every entry
    return (match[1] or match[2] or "").lower().rstrip(".") if match else ""


def site(url: str) -> str:
    """The host without the prefixes that lead to the same site (`www.`, `m.`, `amp.`, `mobile.`)."""
    return _site_of(host(url))


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one site: the same host but for `www.`, `m.`, `amp.` or `mobile.`.

    The narrow sense: what one server answers under several names. See `registered_domain` for what has one owner.
    """
    return site(a) == site(b)


def registered_domain(url: str) -> str:
    """What its owner has registered, near enough: `gazette.co.uk` for `https://news.gazette.co.uk/a`; "" without host.

    The wide sense of a site: all hosts of one publisher. An IP address is its own.
    """
    name = host(url)
    if is_address(name):
        return name
    labels = name.split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if second else -2 :])


def is_address(host_name: str) -> bool:
    """Whether a host is an IP address, as `host` gives it."""
    return ":" in host_name or host_name.rpartition(".")[2].isdecimal()


def is_public_suffix(host_name: str) -> bool:
    """Whether anybody may have a name below this one: `com`, `co.uk`, `github.io`.

    Near enough, without the public suffix list: a top-level domain, the second labels of countries, and the platforms
    where papers and blogs have a name of their own.
    """
    if is_address(host_name):
        return False
    labels = host_name.split(".")
    of_country = len(labels) == 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return len(labels) == 1 or of_country or host_name in _PLATFORMS


def is_home(url: str) -> bool:
    """Whether this is the front page of a site, or of one of its languages or editions.

    Every part of the path must be a language (`/en`, `/pt-br`), a name of a front page (`/startseite`,
    `/international`) or its file (`/index.html`); a query may choose a language and nothing else. Listings pass such an
    URL over, and a page that leads to one is not read: so only what can never be the URL of an article is on the list.
    `/welcome` or `/?p=7` may be one, and are no front page. `/world` or `/news/index.html` is a section: it is no
    article either, but what a page shows there is a verdict's to tell.
    """
    match = _PATH.fullmatch(url.partition("#")[0])
    if not match:
        return False
    path, query = match[1], match[2]
    if query and not _is_home_query(query, url):
        return False
    parts = [part for part in path.split("/") if part]
    return len(parts) <= _HOME_DEPTH and all(map(_is_home_part, parts))


def leads_home(asked: str, answered: str) -> bool:
    """Whether a page was asked for and a front page answered: what publishers do with articles they withdraw."""
    return is_home(answered) and not is_home(asked)


def _is_home_part(part: str) -> bool:
    name = unquote(part).casefold().partition(";")[0]  # ";jsessionid=..."
    file = _HOME_FILE.fullmatch(name)
    known = file[1] in _HOME_FILES if file else name in _HOME_NAMES
    return known or _LOCALE.fullmatch(file[1] if file else name) is not None


def _is_home_query(query: str, url: str) -> bool:
    pairs = _without_tracking(query, site(url)).split("&")
    return all(pair.partition("=")[0].lower() in _HOME_QUERY for pair in pairs if pair)


def _read(url: str) -> str:
    """What was written, without the line breaks that an editor put into it; browsers leave them out too."""
    written = url.strip()
    if len(written) > MAX_LENGTH:
        raise BadURLError(f"is longer than {MAX_LENGTH:,} characters")
    return _clean(written)


def _clean(written: str) -> str:
    if not written.isprintable():
        written = _BREAKS.sub("", written)
    if not written:
        raise BadURLError("is empty")
    if _FORBIDDEN.search(written):
        raise BadURLError("holds a control character")
    return written


def _is_normal(written: str) -> bool:
    match = _NORMAL.fullmatch(written)
    if not match or _DOT_SEGMENT.search(match["path"]):
        return False
    query = match["query"]
    return not query or query == _without_tracking(query, _site_of(match["host"]))


def _with_slashes(written: str) -> str:
    """Backslashes before the query as slashes: browsers read `\\news\\a.html` so, and `http://good\\@evil` as good."""
    if "\\" not in written:
        return written
    cut = min((at for at in (written.find("?"), written.find("#")) if at >= 0), default=len(written))
    return written[:cut].replace("\\", "/") + written[cut:]


def _authority(parts: SplitResult) -> str:
    """Host and port in their normal form. Raises BadURLError for what cannot be requested."""
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadURLError("is not an http or https address")
    if "@" in parts.netloc:
        raise BadURLError("names a user or a password")
    try:
        port = parts.port
    except ValueError as error:
        raise BadURLError("cannot be read as an address") from error
    return _normal_host(parts.hostname) + _normal_port(parts.scheme, port)


def _normal_host(name: str | None) -> str:
    if not name:
        raise BadURLError("has no host")
    if ":" in name:
        return _normal_ipv6(name)
    plain = (name if name.isascii() else _punycode(name)).removesuffix(".")
    if len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in plain.split(".")):
        raise BadURLError("has a host that cannot exist")
    return plain


def _normal_ipv6(name: str) -> str:
    if "%" in name:  # a zone means something on one machine only
        raise BadURLError("has a host that cannot exist")
    try:
        return f"[{ipaddress.IPv6Address(name)}]"
    except ValueError as error:
        raise BadURLError("has a host that cannot exist") from error


def _punycode(name: str) -> str:
    """As browsers do it (UTS 46): the standard library's codec knows only IDNA 2003, where `ß` becomes another host."""
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise BadURLError("has a host that cannot exist") from error


def _normal_port(scheme: str, port: int | None) -> str:
    if port == 0:
        raise BadURLError("cannot be read as an address")
    return "" if port is None or port == _DEFAULT_PORTS[scheme] else f":{port}"


def _normal_path(path: str) -> str:
    encoded = _encode(path, _PATH_SAFE)
    if not encoded.startswith("/"):
        encoded = "/" + encoded
    return _without_dots(encoded) if _DOT_SEGMENT.search(encoded) else encoded


def _encode(text: str, safe: str) -> str:
    quoted = quote(text, safe=safe)
    return _PERCENT.sub(_normal_percent, quoted) if "%" in quoted else quoted


def _normal_percent(match: re.Match[str]) -> str:
    """Upper-case digits, plain what needs no encoding, a lone `%` encoded. Nothing reserved is decoded."""
    digits = match[1]
    if digits is None:
        return "%25"
    char = chr(int(digits, 16))
    return char if char in _UNRESERVED else f"%{digits.upper()}"


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4. Empty segments stay: `/a//b` may be another page than `/a/b`."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str, site_name: str) -> str:
    of_site = TRACKING_OF_SITE.get(site_name, frozenset())
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair, of_site))


def _is_tracking(pair: str, of_site: frozenset[str]) -> bool:
    # "amp;": the feed escaped its ampersands twice.
    name = pair.partition("=")[0].lower().removeprefix("amp;")
    return name in TRACKING or name in of_site or name.startswith(tuple(TRACKING_PREFIXES))


def _site_of(host_name: str) -> str:
    short = host_name
    while (cut := next((p for p in _TWIN_PREFIXES if short.startswith(p)), None)) and "." in short.removeprefix(cut):
        short = short.removeprefix(cut)
    return short
