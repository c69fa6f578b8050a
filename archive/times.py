"""Times as the archive writes them: aware, UTC, whole seconds, ISO 8601 with a Z, so that text sorts as time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Clock = Callable[[], datetime]  # says what time it is: utc_now, or a clock of a simulation


def _elapsed() -> float:
    """Seconds on a clock that nobody sets; it goes on while the machine sleeps, where the system has such a clock."""
    return time.clock_gettime(_UNSET) if _UNSET is not None else time.monotonic()


_UNSET: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
_BEGAN: Final = datetime.now(UTC), _elapsed()


def utc_now() -> datetime:
    """The time now. The one clock of the program; pass times in everywhere else.

    It is set when the program starts and never again: a machine's clock that is put back an hour in the middle of a
    crawl would make all that is due in that hour wait for it, and a pause of a minute last an hour.
    """
    when, elapsed = _BEGAN
    return when + timedelta(seconds=_elapsed() - elapsed)


def stamp(when: datetime) -> str:
    """Return `2026-11-23T08:05:00Z` for an aware time; fractions of a second are dropped."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def parse_stamp(text: str) -> datetime:
    """Return the aware UTC time of a stamp. Raises ValueError for any other text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
