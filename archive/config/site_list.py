"""Reads lists of sites (`cuttings add --from`): a URL or a host a line, # begins a comment. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from archive.web.urls import BadURLError, normalize

MOST_BYTES: Final = 10 * 1024 * 1024
_LONGEST_LINE: Final = 10_000  # bytes
_QUOTED: Final = 80  # characters of a line in a message
_COMMENT: Final = re.compile(r"(?:^|\s)#.*", re.DOTALL)  # `#` within a word is the fragment of a URL
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A site in a list, and where it stands there; or why there is none in this line (`fault`, a predicate)."""

    number: int
    text: str
    url: str | None = None
    fault: str | None = None


def read(stream: BinaryIO) -> Iterator[Line]:
    """The lines that are not empty, one by one, so that a pipe is read as far as it goes. A bad one costs itself alone.

    Raises ValueError, whose text is a predicate, at what is too large for a list.
    """
    left = MOST_BYTES
    number = 0
    while body := stream.readline(_LONGEST_LINE + 1):
        number += 1
        left -= len(body)
        is_long = len(body) > _LONGEST_LINE
        while not body.endswith(b"\n") and len(body) > _LONGEST_LINE:
            body = stream.readline(_LONGEST_LINE + 1)
            left -= len(body)
            if left < 0:
                break
        if left < 0:
            raise ValueError(f"is larger than {MOST_BYTES >> 20} MiB, and no list of sites")
        if is_long:
            yield Line(number=number, text="", fault=f"is longer than {_LONGEST_LINE:,} bytes")
        elif line := _line(number, body.removeprefix(_MARK) if number == 1 else body):
            yield line


def _line(number: int, body: bytes) -> Line | None:
    try:
        text = _COMMENT.sub("", body.decode("utf-8")).strip()
    except UnicodeDecodeError:
        return Line(number=number, text=body.decode("utf-8", "replace").strip()[:_QUOTED], fault="is not UTF-8 text")
    if not text:
        return None
    try:
        return Line(number=number, text=text, url=address(text))
    except BadURLError as error:
        return Line(number=number, text=text[:_QUOTED], fault=str(error))


def address(written: str) -> str:
    """The URL that a person means who wrote a URL, or a host alone. Raises BadURLError, whose text is a predicate."""
    if len(written.split()) > 1:
        raise BadURLError("has a space in it; write one URL or host a line")
    return normalize(written if "://" in written else f"https://{written}")
