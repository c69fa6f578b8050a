"""Addresses in full. Most on a page are: told at a glance, that takes a tenth of the time."""

import re
from typing import Final

from archive.text import scrub
from archive.web.urls import join

_WHOLE: Final = re.compile(r"https?://[\w.-]+/[\w./~%@,:+=!*&-]*(?:\?[\w./~%@,:+=!*&-]+)?")
_BREAKS: Final = re.compile(r"[\t\n]")


def absolute(url: str, base: str) -> str:
    """An address as the one it stands for on a page, without control characters. Raises ValueError where it is none."""
    whole = url if _WHOLE.fullmatch(url) else join(url, base)
    return whole if whole.isprintable() else _BREAKS.sub("", scrub(whole))
