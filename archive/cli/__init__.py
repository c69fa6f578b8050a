"""The command line: reads what a person asks for, calls the parts, and says what came of it. The composition root.

Exit codes: 0 done; 1 it could not be done; 2 the command line or cuttings.toml is wrong; 3 a crawl ended early or could
not read a listing; 4 another run holds the archive; 5 the disk is full; 130 interrupted.
"""

import sys
from typing import Final

import click

from archive.cli import (
    browsing,
    checking,
    cleaning,
    crawling,
    demonstration,
    exporting,
    extraction,
    keeping,
    learning,
    reading,
    trying,
)
from archive.cli.common import DISK_FULL, Invocation, cli
from archive.errors import CuttingsError, StorageFullError

INTERRUPTED: Final = 130
_COMMANDS: Final[tuple[click.Command, ...]] = (
    demonstration.demo,
    crawling.init,
    checking.check,
    crawling.crawl,
    extraction.extract,
    trying.try_,
    cleaning.clean,
    reading.search,
    reading.show,
    reading.status,
    learning.learned,
    exporting.export,
    browsing.browse,
    keeping.backup,
    keeping.doctor,
)
for _command in _COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Entry point of `cuttings`."""
    call = Invocation()
    try:
        code = cli.main(prog_name="cuttings", standalone_mode=False, obj=call)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except Exception as error:
        if call.debug:
            raise
        code = _explain(error)
    sys.exit(code if isinstance(code, int) else 0)


def _explain(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        error = StorageFullError("the disk is full: what was to be written is not complete")
    if isinstance(error, CuttingsError):
        click.echo(f"cuttings: {error}", err=True)
        return error.exit_code
    click.echo(f"cuttings: {type(error).__name__}: {error} (run `cuttings --debug ...` to see where)", err=True)
    return 1
