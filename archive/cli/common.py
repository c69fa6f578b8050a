"""What every command shares: the root command, the options before a command, and how results are printed."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import orjson

from archive.config import toml
from archive.errors import DISK_FULL, CuttingsError
from archive.export.cells import encode

_EXIT_CODES: Final = """\
Exit codes: 0 done; 1 it could not be done; 2 the command line, cuttings.toml or a file it was given is wrong; 3 a crawl
ended early or could not read a listing, `status --check` found something wrong, or `coverage` a URL that is not
accounted for; 4 another run holds the archive; 5 the disk is full; 130 interrupted.
"""
_BILLION: Final = 1_000_000_000
_State = TypeVar("_State")
_Options = TypeVar("_Options")


@dataclass(slots=True)
class Invocation:
    """The options before the command."""

    config_path: Path = Path(toml.DEFAULT_NAME)
    debug: bool = False
    path: Path | None = None  # of the archive that a command works with, once it has opened one

    def archive(self, named: Path | None) -> Path:
        """Return the path of the archive that a command reads: that of --archive, or the configuration's."""
        self.path = named or toml.load(self.config_path).archive
        return self.path


class _InOrder(click.Group):
    """Lists the commands in the order in which a person needs them, as they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Return the names for the help; click calls it."""
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
@click.option("-c", "--config", "config_path", type=click.Path(path_type=Path), help="File to read [cuttings.toml].")
@click.option("--debug", is_flag=True, help="Show a traceback where the program fails.")
@click.version_option(package_name="cuttings", prog_name="cuttings")
@click.pass_obj
def cli(call: Invocation, config_path: Path | None, debug: bool) -> None:
    """Crawl news sites, cut the article out of each page, file it, find it again.

    `cuttings demo` shows it all on a newspaper of its own; `cuttings init` begins a project in this folder.
    """
    call.config_path = config_path or call.config_path
    call.debug = debug


archive_option = click.option(
    "--archive", type=click.Path(path_type=Path, dir_okay=False), help="Archive file [the configuration's]."
)


def options_as(
    kind: Callable[..., _Options],
) -> Callable[[Callable[[_State, _Options], None]], Callable[..., None]]:
    """Pass the arguments and options of a command to it as one value of this kind."""

    def decorate(command: Callable[[_State, _Options], None]) -> Callable[..., None]:
        @wraps(command)
        def run(state: _State, **given: Any) -> None:
            command(state, kind(**given))

        return run

    return decorate


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


class OnceOnly(click.Command):
    """A command that refuses an option which is given twice, of which click would silently take the last."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse repeated options; click calls it."""
        left = super().parse_args(ctx, list(args))
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for param, times in Counter(given).items():
            if isinstance(param, click.Option) and times > 1 and not (param.multiple or param.is_flag):
                raise click.UsageError(f"{max(param.opts, key=len)} is given {times} times; give it once", ctx)
        return left


def make_folder(path: Path) -> None:
    """Make a folder if it is missing. Raises CuttingsError."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of writing a file or folder into a CuttingsError; a full disk and a broken pipe pass."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL or isinstance(error, BrokenPipeError):
            raise
        raise CuttingsError(f"{path}: cannot be written ({error.strerror})") from error


class Number(click.IntRange):
    """A whole number, at most a billion: SQLite does not take every number that can be typed."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Convert what was typed; click calls it."""
        return min(int(super().convert(value, param, ctx)), _BILLION)


class Day(click.ParamType[date]):
    """A day, written as the archive writes it: 2026-03-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Convert what was typed; click calls it."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is not a day; write one as in 2026-03-01", param, ctx)


def print_json(value: object) -> None:
    """Print one JSON value and a newline."""
    sys.stdout.buffer.write(_json(value))
    sys.stdout.buffer.flush()


def _json(value: object) -> bytes:
    try:
        return encode(value)
    except orjson.JSONEncodeError:  # bytes of a command line or a file name that are no UTF-8: they can only be escapes
        return json.dumps(value).encode("ascii") + b"\n"
