"""What a publisher says of the use of its work by machines: signals, and which of them reserve it. Values and tables.

To reserve is to say that text and data mining, or training AI, is not allowed (Directive (EU) 2019/790, article 4(3)).
What is said to a robot by its name is said to that robot: it is written down, and reserves nothing from us.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SignalKind(StrEnum):
    """Where a signal stands, or in which language it is said."""

    ROBOTS_TXT = "robots.txt"  # robots that it shuts out by their names (RFC 9309)
    X_ROBOTS_TAG = "x-robots-tag"  # header
    META_ROBOTS = "meta-robots"
    TDM_HEADER = "tdm-header"  # tdm-reservation, tdm-policy (TDM Reservation Protocol, W3C Community Group, 2024)
    TDM_META = "tdm-meta"
    TDMREP = "tdmrep.json"
    AI_TXT = "ai.txt"  # Spawning
    CONTENT_SIGNAL = "content-signal"  # of robots.txt or a header (contentsignals.org), and Content-Usage (IETF aipref)
    LICENCE = "licence"  # a link
    RSL = "rsl"  # what a licence in RSL says, in a file or on a page (rslstandard.org), see archive.rights.licences
    RSL_LINK = "rsl-link"  # the address of such a file, in a robots.txt or on a page
    RSL_FEED = "rsl-feed"  # what a feed says in RSL of one of its entries


class Use(StrEnum):
    """What can be done with a text here, and what a publisher may not want done with it."""

    FILE = "file"  # keep a copy of our own
    SHOW = "show"  # to others: pages of it, and what a search of it finds
    EXPORT = "export"  # hand it on in a dataset
    TRAIN = "train"  # a model


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal as it was written, on a page or in a file of its host.

    `location` is the part of its host that it is said of, as a pattern of robots.txt; None: all it can be said of. Of
    RSL_FEED it is the address of the feed.
    """

    kind: SignalKind
    value: str
    reserves: bool = False
    location: str | None = None


# Directives of meta robots and X-Robots-Tag that are about use; those about indexing are none of a crawler of archives.
DIRECTIVES: Final[dict[str, bool]] = {  # -> whether it reserves
    "noai": True,  # DeviantArt, 2022
    "noimageai": False,  # pictures alone, which are not kept
    "noarchive": False,  # no copy is to be shown to others
    "nocache": False,
    "none": False,
}
_MINING: Final = frozenset({Use.EXPORT, Use.TRAIN})
EVERY_USE: Final = frozenset(Use)
# Keys of Content-Signal and Content-Usage, and what they are denied for where the value says no. Each denies exports:
# "any restrictions expressed via content signals are express reservations of rights under article 4 of the European
# Union Directive 2019/790" (contentsignals.org).
USES: Final[Mapping[str, frozenset[Use]]] = {
    "ai-input": frozenset({Use.EXPORT}),
    "ai-train": _MINING,
    "ai-use": _MINING,  # draft-ietf-aipref-vocab-08
    "bots": _MINING,  # the first drafts of aipref
    "foundation-model-production": _MINING,
    "search": frozenset({Use.SHOW, Use.EXPORT}),
    "tdm": _MINING,
    "train-ai": _MINING,
    "train-genai": _MINING,
}
NO: Final = frozenset({"no", "n"})
# Values of the key `use` (Cloudflare, 2026): what may be kept of what was collected, from nothing to all.
CONSUMPTION: Final[Mapping[str, frozenset[Use]]] = {
    "immediate": EVERY_USE,  # nothing is to be kept
    "reference": frozenset({Use.SHOW, Use.EXPORT}),  # links and short excerpts: less than the text
    "full": frozenset(),
}
# Robots that gather for AI, by the names that their makers publish, and those that gather for archives of the web.
AI_ROBOTS: Final = frozenset(
    {
        *("ai2bot", "ai2bot-dolma", "aihitbot", "amazonbot", "andibot", "anthropic-ai", "applebot-extended", "awario"),
        *("bedrockbot", "brightbot", "bytespider", "chatgpt-user", "claude-searchbot", "claude-user", "claude-web"),
        *("claudebot", "cloudvertexbot", "cohere-ai", "cohere-training-data-crawler", "cotoyogi", "crawlspace"),
        *("deepseekbot", "diffbot", "duckassistbot", "echoboxbot", "facebookbot", "factset_spyderbot"),
        *("firecrawlagent", "friendlycrawler", "gemini-deep-research", "google-cloudvertexbot", "google-extended"),
        *("google-notebooklm", "googleagent-mariner", "gptbot", "iaskspider", "icc-crawler", "imagesiftbot"),
        *("img2dataset", "kangaroo bot", "linerbot", "meta-externalagent", "meta-externalfetcher"),
        *("meta-webindexer", "mistralai-user", "novaact", "oai-searchbot", "omgili", "omgilibot", "operator"),
        *("pangubot", "panscient", "perplexity-user", "perplexitybot", "petalbot", "phindbot", "quillbot"),
        *("sbintuitionsbot", "semrushbot-ocob", "sidetrade indexer bot", "tiktokspider", "timpibot"),
        *("velenpublicwebcrawler", "webzio-extended", "wpbot", "yandexadditional", "yandexadditionalbot", "youbot"),
    }
)
ARCHIVING_ROBOTS: Final = frozenset(
    {
        *("archive-it", "archive.org_bot", "archivebot", "arquivo-web-crawler", "arquivo.pt", "ccbot", "heritrix"),
        *("ia_archiver", "ia_archiver-web.archive.org", "internetarchivebot", "nicecrawler", "special_archiver"),
        *("wayback", "waybackarchive"),
    }
)
LONGEST: Final = 500  # characters of a value that are kept
MOST: Final = 50  # signals of one page or file; what goes on longer says nothing new


def denied(kind: SignalKind, value: str) -> frozenset[Use]:
    """What a signal that reserves is denied for, by its words. RSL is read by `archive.rights.licences`."""
    if kind in {SignalKind.CONTENT_SIGNAL, SignalKind.AI_TXT}:
        said = preferences(value.rpartition(": ")[2])  # an ai.txt names the field before them
        return frozenset().union(*(denies(key, answer) for key, answer in said)) or _MINING
    return _MINING


def preferences(value: str) -> Iterator[tuple[str, str]]:
    """Keys and values of a Content-Signal or Content-Usage, in lower case."""
    for part in re.split(r"[,;]", value):
        key, _, said = part.partition("=")
        yield key.strip().lower().replace("_", "-"), said.strip().strip('"').lower()


def denies(key: str, said: str) -> frozenset[Use]:
    """What one preference is denied for."""
    if key == "use":
        return CONSUMPTION.get(said, frozenset())
    return USES.get(key, frozenset()) if said in NO else frozenset()


def uses(value: str) -> bool:
    """Whether a Content-Signal or Content-Usage denies something."""
    return any(denies(key, said) for key, said in preferences(value))


def fits(location: str, path: str) -> bool:
    """Whether a pattern, with * for anything and $ for the end (RFC 9309, section 2.2.3), fits a path with its query.

    Each piece is looked for where it comes first, so that no pattern takes longer than the path.
    """
    ends = location.endswith("$")
    first, *others = re.sub(r"\*+", "*", location.removesuffix("$")).split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not ends or path == first
    at = len(first)
    *middle, last = others
    for piece in middle:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0
