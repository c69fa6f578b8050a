"""Exports: the archive as clean text, one file a format, all listed in `FORMATS`."""

from archive.export.run import FORMATS, count, export, left_out, reasons, snapshot
from archive.selection import Selection

__all__ = ["FORMATS", "Selection", "count", "export", "left_out", "reasons", "snapshot"]
