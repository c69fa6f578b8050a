"""CSV as RFC 4180 describes it, UTF-8, with a header. Images are left out: a cell cannot hold a list of things.

Text from the web must not become a formula in a spreadsheet: a cell that begins with a character that would start one
gets an apostrophe in front, as OWASP's page on CSV injection advises.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from typing import BinaryIO, Final

from archive.export.rows import Row

COLUMNS: Final = tuple(field.name for field in fields(Row) if field.name != "images")

# The full-width forms are read as the plain ones by spreadsheets set to Japanese or Chinese.
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(rows: Iterable[Row], out: BinaryIO) -> None:
    """Write the header and a record an article; lists are joined with "; "."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(row, name)) for name in COLUMNS] for row in rows)
    finally:
        text.detach()  # flushes, and leaves the stream open for whoever opened it


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return _cell("; ".join(value))
    if isinstance(value, str) and value.startswith(_STARTS_FORMULA):
        return "'" + value
    return value
