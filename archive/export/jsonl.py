"""JSON Lines: an article a line, every field, UTF-8."""

from collections.abc import Iterable
from typing import BinaryIO

import orjson

from archive.export.rows import Row


def write(rows: Iterable[Row], out: BinaryIO) -> None:
    """Write a JSON object a line."""
    out.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
