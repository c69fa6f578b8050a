"""What a publisher says of the use of its work by machines: signals, and which of them reserve it. Values and tables.

To reserve is to say that text and data mining, or training AI, is not allowed (Directive (EU) 2019/790, article 4(3)).
What is said to a robot by its name is said to that robot: it is written down, and reserves nothing from us.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SignalKind(StrEnum):
    """Where a signal stands, or in which language it is said."""

    ROBOTS_TXT = "robots.txt"  # robots for AI that it shuts out, by their names (RFC 9309)
    X_ROBOTS_TAG = "x-robots-tag"  # header
    META_ROBOTS = "meta-robots"
    TDM_HEADER = "tdm-header"  # tdm-reservation, tdm-policy (TDM Reservation Protocol, W3C Community Group, 2024)
    TDM_META = "tdm-meta"
    TDMREP = "tdmrep.json"
    AI_TXT = "ai.txt"  # Spawning
    CONTENT_SIGNAL = "content-signal"  # of robots.txt or a header (contentsignals.org), and Content-Usage (IETF aipref)
    LICENCE = "licence"  # a link


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal as it was written, on a page or in a file of its host.

    `location` is the part of its host that it is said of, as a pattern of robots.txt; None: all it can be said of.
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
# Keys of Content-Signal and Content-Usage, and the values that say no.
USES: Final = frozenset({"ai-train", "train-ai", "tdm", "bots", "foundation-model-production"})
NO: Final = frozenset({"no", "n"})
# Robots that gather for AI, by the names that their makers publish.
AI_ROBOTS: Final = frozenset(
    {
        *("ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot", "claude-web", "claudebot"),
        *("cohere-ai", "cohere-training-data-crawler", "diffbot", "duckassistbot", "facebookbot", "google-extended"),
        *("gptbot", "img2dataset", "meta-externalagent", "meta-externalfetcher", "mistralai-user", "oai-searchbot"),
        *(
            "omgili",
            "omgilibot",
            "pangubot",
            "perplexitybot",
            "petalbot",
            "chatgpt-user",
            "timpibot",
            "webzio-extended",
        ),
        *("youbot", "ai2bot-dolma", "kangaroo bot", "semrushbot-ocob", "velenpublicwebcrawler"),
    }
)
LONGEST: Final = 500  # characters of a value that are kept
MOST: Final = 50  # signals of one page or file; what goes on longer says nothing new


def uses(value: str) -> bool:
    """Whether a Content-Signal or Content-Usage says no to training or to text and data mining."""
    for part in re.split(r"[,;]", value):
        key, _, said = part.partition("=")
        if key.strip().lower() in USES and said.strip().lower() in NO:
            return True
    return False


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
