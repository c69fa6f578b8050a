"""What every command shares: the root command, what the options before a command say, and how results are printed."""

import errno
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
import orjson

from archive import config

DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_EXIT_CODES: Final = """\
Exit codes: 0 done; 1 it could not be done; 2 the command line or cuttings.toml is wrong; 3 a crawl ended early or could
not read a listing; 4 another run holds the archive; 5 the disk is full; 130 interrupted.
"""


@dataclass(slots=True)
class Invocation:
    """What the options before the command say."""

    config_path: Path = Path(config.DEFAULT_NAME)
    debug: bool = False

    def archive(self, named: Path | None) -> Path:
        """The archive a command reads: the one named with --archive, or the configuration's."""
        return named or config.load(self.config_path).archive


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
@click.option("-c", "--config", "config_path", type=click.Path(path_type=Path), help="File to read [cuttings.toml].")
@click.option("--debug", is_flag=True, help="Show a traceback where the program fails.")
@click.version_option(package_name="cuttings", prog_name="cuttings")
@click.pass_obj
def cli(call: Invocation, config_path: Path | None, debug: bool) -> None:
    """Crawl news sites, cut the article out of each page, file it, find it again."""
    call.config_path = config_path or call.config_path
    call.debug = debug


archive_option = click.option(
    "--archive", type=click.Path(path_type=Path, dir_okay=False), help="Archive file [the configuration's]."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def print_json(value: object) -> None:
    """Print one JSON value and a newline."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def day(moment: datetime | None) -> date | None:
    """The day of an option that names one."""
    return moment.date() if moment else None
