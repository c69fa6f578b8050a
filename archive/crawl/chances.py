"""Second chances: when a URL that brought no article is asked for again. Pure.

A feed may name a story before its page is out, a host may be down for a night, a page may be a stub for an hour. Every
answer is taken at its word for a while, never for ever; and never more often than a person would look.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from archive.errors import UsageError
from archive.model.article import PageKind
from archive.model.outcome import Outcome

# After the first refusal, the second ... of a URL that was never answered with a page, while a listing names it.
LADDER: Final = (timedelta(minutes=10), timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
# Refusals that may pass. What a robots.txt forbids, what is reserved, private or malformed is never asked for again.
REFUSALS: Final = frozenset({401, 403, 404, 410})
A_DAY: Final = 50  # second chances of one host in 24 hours
# Pages in the place of a story that is not out yet: they are looked at again as filed articles are (`revisit`).
_PLACEHOLDERS: Final = frozenset(
    {PageKind.SOFT_404, PageKind.HOME, PageKind.INDEX, PageKind.CONSENT, PageKind.WALL, PageKind.UNKNOWN}
)

DEAD: Final = "dead"  # what was given up after three failed attempts, however they ended
# Nothing is gained by asking again for what was filed, and what the file excludes it excludes still.
_NOT_AGAIN: Final = frozenset(
    {
        *(Outcome.SAVED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.PART, Outcome.LISTED, Outcome.SITE_FILE),
        *(Outcome.EXCLUDED, Outcome.BAD_URL, Outcome.BAD_LISTING, Outcome.TRAP),
    }
)
AGAIN: Final = tuple(sorted({*Outcome} - _NOT_AGAIN))


def again(written: str) -> tuple[str, ...]:
    """What a person wants to be asked for again: outcomes, and `dead`. Raises UsageError for what cannot be."""
    names = tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
    for name in names:
        if name != DEAD and name not in AGAIN:
            raise UsageError(f"--again {name}: is no outcome that is asked for again; those are: {_listed(AGAIN)}")
    if not names:
        raise UsageError(f"--again: names no outcome; write one or more of: {_listed(AGAIN)}")
    return names


def _listed(outcomes: Iterable[Outcome]) -> str:
    return ", ".join((DEAD, *outcomes))


def next_chance(outcome: Outcome, status: int | None, chances: int) -> timedelta | None:
    """How long to wait before a URL is asked for again that was refused after so many chances; None for never."""
    if outcome is not Outcome.HTTP_4XX or status not in REFUSALS or chances >= len(LADDER):
        return None
    return LADDER[chances]


def revival(chances: int) -> timedelta | None:
    """How long a URL that was given up rests before a listing that names it revives it; None for ever."""
    return LADDER[chances] if chances < len(LADDER) else None


def is_placeholder(outcome: Outcome, kind: PageKind) -> bool:
    """Whether a page stands where a story may stand later."""
    return outcome is Outcome.TOO_SHORT or (outcome is Outcome.NOT_ARTICLE and kind in _PLACEHOLDERS)
