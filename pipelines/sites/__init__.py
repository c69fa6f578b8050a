"""What is known of single sites, where the general rules do not do: a table of CSS selectors by registered domain.

An entry here is the last resort. It needs a fixture that shows why, and goes when a general rule covers it.
"""

from typing import Final
from urllib.parse import urlsplit

from archive.models import SiteRules

SITES: Final[dict[str, SiteRules]] = {}

_NONE: Final = SiteRules()


def rules_for(url: str) -> SiteRules:
    """The rules of the site a URL belongs to: the longest matching domain."""
    labels = (urlsplit(url).hostname or "").split(".")
    domains = (".".join(labels[at:]) for at in range(len(labels)))
    return next((SITES[domain] for domain in domains if domain in SITES), _NONE)


def combined(first: SiteRules, second: SiteRules) -> SiteRules:
    """Both sets of rules together."""
    return SiteRules(
        body=first.body + second.body,
        remove=first.remove + second.remove,
        keep=first.keep + second.keep,
        captions=first.captions + second.captions,
    )
