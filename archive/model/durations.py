"""Lengths of time as people write them in a configuration: `200ms`, `2s`, `15m`, `1h30m`, `7d`."""

import re
from typing import Final

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
_BARE_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# Nothing a crawler waits for is longer; it also keeps every sum finite.
_LONGEST: Final = 10 * 365 * 86_400.0


def seconds(text: str) -> float:
    """Return the length of time in seconds. Raises ValueError whose text is a predicate: `"2" has no unit ...`."""
    compact = text.strip().lower().replace(" ", "")
    if compact.startswith("-"):
        raise ValueError("is below 0")
    if _BARE_NUMBER.fullmatch(compact):
        raise ValueError(f'has no unit; write "{compact}s" for seconds')
    if not _WHOLE.fullmatch(compact):
        raise ValueError('is not a length of time such as "2s", "15m", "1h30m" or "7d"')
    total = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(compact))
    if total > _LONGEST:
        raise ValueError("is longer than ten years")
    return total
