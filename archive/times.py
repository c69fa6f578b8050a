"""Times as the archive writes them: aware, UTC, whole seconds, ISO 8601 with a Z, so that text sorts as time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now. The one clock of the program; pass times in everywhere else."""
    return datetime.now(UTC)


def stamp(when: datetime) -> str:
    """Return `2026-11-23T08:05:00Z` for an aware time; fractions of a second are dropped."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def parse_stamp(text: str) -> datetime:
    """Return the aware UTC time of a stamp. Raises ValueError for any other text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
