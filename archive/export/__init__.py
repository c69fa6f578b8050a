"""Exports: the archive as clean text, one file a format, all listed in `FORMATS`."""

from archive.export.writing import FORMATS, count, export, left_out, reasons, snapshot
from archive.search.filters import Selection

__all__ = ["FORMATS", "Selection", "count", "export", "left_out", "reasons", "snapshot"]
