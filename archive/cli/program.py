"""The composition root: the commands, each from its module, and the handling of errors around them."""

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import click

from archive.cli import (
    add,
    backup,
    browse,
    check,
    clean,
    coverage,
    crawl,
    demo,
    doctor,
    export,
    extract,
    init,
    learned,
    publish,
    reading,
    restore,
    schedule,
    streams,
    try_page,
)
from archive.cli.common import Invocation, cli
from archive.cli.endings import INTERRUPTED, explain, misused, one_line

_COMMANDS: Final[tuple[click.Command, ...]] = (
    demo.demo,
    init.init,
    add.add,
    check.check,
    crawl.crawl,
    schedule.schedule,
    extract.extract,
    try_page.try_,
    clean.clean,
    reading.search,
    reading.show,
    reading.status,
    coverage.coverage,
    learned.learned,
    restore.restore,
    export.export,
    browse.browse,
    publish.publish,
    backup.backup,
    doctor.doctor,
)
for _command in _COMMANDS:
    cli.add_command(_command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (None: the process's own). Returns the exit code."""
    streams.open_closed_ones()
    streams.write_every_character()
    try:
        with streams.ended_by_sigterm():
            return _run(arguments, Invocation())
    finally:
        streams.drop_what_cannot_be_written()


def _run(arguments: Sequence[str] | None, call: Invocation) -> int:
    try:
        code = cli.main(arguments, prog_name="cuttings", standalone_mode=False, obj=call)
        sys.stdout.flush()  # while a full disk can still be reported
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _say(misused(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:  # who reads has had enough
        return 1
    except Exception as error:  # noqa: BLE001 - the last border: all that is left is to say it
        if call.debug:
            traceback.print_exc()
        return _say(*explain(error, call.path))
    return code if isinstance(code, int) else 0


def _say(sentence: str, code: int) -> int:
    with suppress(OSError):  # where nobody listens the code alone has to do
        click.echo(f"cuttings: {one_line(sentence)}", err=True)
    return code
