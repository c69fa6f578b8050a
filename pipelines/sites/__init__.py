"""What is known of single sites, where the general rules do not do: tables of CSS selectors by registered domain.

The table is empty: on none of the sites measured did an entry do what a general rule could not. An entry is the last
resort. It is earned by a page whose body or clutter nothing in the markup tells (no name, no place, no share of links)
on a site that many people crawl; it comes with a fixture that fails without it, and goes when a general rule covers it.
A site that changes its layout gets a second set of rules, and its first an `until`: pages of old captures keep theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from archive.models import SiteRules, rules_on

SITES: Final[dict[str, tuple[SiteRules, ...]]] = {}


def rules_for(url: str, when: datetime, table: Mapping[str, tuple[SiteRules, ...]] = SITES) -> SiteRules:
    """The rules of the site a URL belongs to (the longest matching domain) for a page fetched at this time."""
    labels = (urlsplit(url).hostname or "").split(".")
    domains = (".".join(labels[at:]) for at in range(len(labels)))
    return rules_on(next((table[domain] for domain in domains if domain in table), ()), when)


def combined(first: SiteRules, second: SiteRules) -> SiteRules:
    """Both sets of rules together. When they hold has been decided by then, and is left out."""
    return SiteRules(
        body=first.body + second.body,
        remove=first.remove + second.remove,
        keep=first.keep + second.keep,
        captions=first.captions + second.captions,
        boilerplate=first.boilerplate + second.boilerplate,
    )
