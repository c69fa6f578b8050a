"""Families of hostile answers: for each address what is answered, and beside it how a crawl's try of it must end."""

from tests.robustness.hostile.families import (
    bombs,
    charsets,
    good,
    guarded,
    heavy,
    kinds,
    listings,
    pauses,
    redirects,
    robots,
    stale,
    tls,
    wire,
)

FAMILIES = (
    good.FAMILY,
    heavy.FAMILY,
    *wire.SLOW,
    robots.FAMILY,
    pauses.FAMILY,
    redirects.FAMILY,
    bombs.FAMILY,
    wire.FAMILY,
    charsets.FAMILY,
    kinds.FAMILY,
    listings.FAMILY,
    guarded.FAMILY,
    stale.FAMILY,
    tls.FAMILY,
    tls.EXCUSED,
)
