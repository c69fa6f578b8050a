"""When a source is to be looked at, as a person writes it: `auto`, `15m`, `daily 06:00`, or the five fields of cron.

Pure. Cron is Debian's, daylight saving time included: an hour that does not exist is not skipped, one that comes twice
does not count twice (cronsim).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from archive.model import durations

_SHORTEST: Final = 60.0  # seconds; a feed that is asked for more often than its server makes it anew is asked in vain
_DAILY: Final = re.compile(r"daily\s+(?:at\s+)?([0-9]{1,2}):([0-9]{2})", re.IGNORECASE)
_NICKNAMES: Final = {"hourly": "0 * * * *", "daily": "0 6 * * *", "weekly": "0 6 * * 1"}


@dataclass(frozen=True, slots=True)
class Auto:
    """As often as the listing's own pace makes it worth while (`archive.crawl.pace`)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """So many seconds after the last look."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cron:
    """At the times that five fields name: minute, hour, day of the month, month, day of the week."""

    fields: str


Schedule = Auto | Interval | Cron
AUTO: Final = Auto()


def parse(text: str) -> Schedule:
    """Return the schedule that a text stands for. Raises ValueError whose text is a predicate, as `durations` does."""
    plain = " ".join(text.split())
    if plain.lower() == "auto":
        return AUTO
    fields = _NICKNAMES.get(plain.lower().removeprefix("@"), plain)
    if daily := _DAILY.fullmatch(plain):
        fields = f"{int(daily[2])} {int(daily[1])} * * *"
    if " " in fields:
        return Cron(_checked(fields))
    seconds = durations.seconds(plain)
    if seconds < _SHORTEST:
        raise ValueError("is shorter than a minute")
    return Interval(seconds)


def _checked(fields: str) -> str:
    try:
        next(CronSim(fields, datetime(2026, 1, 1)))  # noqa: DTZ001 - only to see that there is such a time
    except (CronSimError, StopIteration) as error:
        raise ValueError(
            'is no schedule; write "auto", a length of time ("15m"), "daily 06:00", or the five fields of cron'
        ) from error
    return fields


def following(schedule: Interval | Cron, last: datetime, zone: ZoneInfo) -> datetime:
    """The first time after `last` that a schedule names; those of cron are local times of the zone."""
    if isinstance(schedule, Interval):
        return last + timedelta(seconds=schedule.seconds)
    return next(CronSim(schedule.fields, last.astimezone(zone))).astimezone(last.tzinfo)
