"""How long an answer says it is good for, by its Cache-Control (RFC 9111, section 5.2.2). Pure: values in, time out."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

_DIRECTIVE: Final = re.compile(r'([a-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;]*)))?', re.IGNORECASE)
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def max_age(values: Iterable[str]) -> timedelta | None:
    """The max-age of an answer, from the values of its Cache-Control headers; None where it names none.

    What must not be kept, or must be asked for again each time, has none. `s-maxage` is for shared caches alone. Of
    several max-age the first counts; one that is no number of seconds is as good as none.
    """
    said: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(",".join(values)):
        said.setdefault(name.lower(), quoted or plain)
    # `no-cache="Set-Cookie"` is about that header alone.
    if "no-store" in said or said.get("no-cache") == "":
        return None
    seconds = said.get("max-age", "")
    return timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else None
