"""CSV as RFC 4180 describes it, UTF-8, with a header. Images are left out: a cell cannot hold a list of things.

Text from the web must not become a formula in a spreadsheet: a cell that would start one gets an apostrophe in front,
see `archive.export.cells`. Control characters are left out: a NUL makes some programs refuse the whole file. Every
other text is exact; programs that want all of them exact read JSON Lines.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from typing import BinaryIO, Final

from archive.export.article_row import Row
from archive.export.cells import inert
from archive.text import scrub

COLUMNS: Final = tuple(field.name for field in fields(Row) if field.name != "images")


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
    text = "; ".join(value) if isinstance(value, tuple) else value
    return inert(scrub(text)) if isinstance(text, str) else text
