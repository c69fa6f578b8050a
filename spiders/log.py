"""The log of crawls: a JSON object a line (https://jsonlines.org), for the person at 3 a.m. and for programs.

Each has `time` (UTC), `level`, `logger` and `event`; a try adds `run`, `source`, `url`, `kind` and `outcome`. All of it
is ASCII, so that nothing a server says can act upon a terminal. A file that has grown is put aside and begun anew.
"""

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

MOST_BYTES: Final = 10 * 1024 * 1024  # some 40,000 tries: a log that nobody clears must not fill the disk in years
OLDER_ONES: Final = 4  # files put aside that are kept: NAME.log.1 is the newest
_NAMES: Final = {"levelname": "level", "name": "logger", "message": "event"}


class Log(RotatingFileHandler):
    """The file. Where the disk is full it falls silent: what a person has to know of that is said once, elsewhere."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", maxBytes=MOST_BYTES, backupCount=OLDER_ONES)
        self.setFormatter(
            JsonFormatter(
                "{levelname}{name}{message}",
                style="{",
                rename_fields=_NAMES,
                timestamp="time",
                reserved_attrs=[*RESERVED_ATTRS, "spider"],  # Scrapy hands the object over
                json_default=str,
            )
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without this line."""

    def close(self) -> None:
        """Close the file; lines that could not be written are given up."""
        with suppress(OSError):
            super().close()
