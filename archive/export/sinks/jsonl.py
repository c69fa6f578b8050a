"""JSON Lines: an article a line, every field, UTF-8."""

from collections.abc import Iterable
from typing import BinaryIO

from archive.export.article_row import Row
from archive.export.cells import encode


def write(rows: Iterable[Row], out: BinaryIO) -> None:
    """Write a JSON object a line."""
    out.writelines(map(encode, rows))
