"""Retry-After -> when to ask again (RFC 9110, section 10.2.3). Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

UNSAID: Final = timedelta(hours=1)  # where a host wants to be left alone and does not say for how long
LONGEST: Final = timedelta(days=1)
SOON: Final = timedelta(minutes=10)  # where a host cannot be asked and has not said why
_SHORTEST: Final = timedelta(seconds=1)


def retry_at(value: str | None, now: datetime) -> datetime:
    """The moment that a header names in seconds or as a date, at most a day from now; what is neither is unsaid."""
    wait = _wait((value or "").strip(), now)
    return now + min(max(wait, _SHORTEST), LONGEST)


def _wait(value: str, now: datetime) -> timedelta:
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 10**6)) if len(value) < 10 else LONGEST
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return UNSAID
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
