"""Absolute URLs. Most on a page are: one match that tells so takes a tenth of the time of joining."""

import re
from typing import Final

from archive.text import scrub
from archive.web.urls import join

_WHOLE: Final = re.compile(r"https?://[\w.-]+/[\w./~%@,:+=!*&-]*(?:\?[\w./~%@,:+=!*&-]+)?")
_BREAKS: Final = re.compile(r"[\t\n]")


def absolute(url: str, base: str) -> str:
    """Return the absolute URL of a link, without control characters. Raises ValueError if there is none."""
    whole = url if _WHOLE.fullmatch(url) else join(url, base)
    return whole if whole.isprintable() else _BREAKS.sub("", scrub(whole))
