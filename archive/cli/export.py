"""The command `export`: datasets."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from archive.cli.common import Day, Invocation, Number, OnceOnly, archive_option, writing
from archive.cli.endings import one_line
from archive.errors import CuttingsError, UsageError
from archive.storage.connection import is_part_of, open_reader

if TYPE_CHECKING:
    from archive.search.filters import Selection

STDOUT: Final = Path("-")


@click.command(cls=OnceOnly)
@click.option("--format", "format_name", default="jsonl", show_default=True, help="jsonl or csv.")
@click.option("--search", "query", help="Only what this query finds, as `cuttings search` does.")
@click.option("--source", multiple=True, help="Only this source; may be given more than once.")
@click.option("--language", multiple=True, help="Only this language; may be given more than once.")
@click.option("--from", "since", type=Day(), help="Published on or after this day.")
@click.option("--to", "until", type=Day(), help="Published on or before this day.")
@click.option("--min-words", type=Number(min=0), help="Only articles of at least this many words.")
@click.option("--include-reserved", is_flag=True, help="Also articles whose publishers reserve text and data mining.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    default=STDOUT,
    help="File to write [standard output].",
)
@archive_option
@click.pass_obj
def export(call: Invocation, format_name: str, query: str | None, source: tuple[str, ...], language: tuple[str, ...],
           since: date | None, until: date | None, min_words: int | None, include_reserved: bool, output: Path,
           archive: Path | None) -> None:  # fmt: skip
    """Write articles as a dataset, one a line, by id.

    Articles whose publishers reserve text and data mining or the training of AI are left out, and counted, with the
    words that they are left out for; see the table `rights` for all that is said.
    """
    from archive import export as exports
    from archive.search.search import Question, Search

    path = call.archive(archive)
    conn = open_reader(path)
    if query is not None and not query.strip():
        raise UsageError("--search: the query is empty; leave it out to export everything")
    question = Question(text=query or "", source=source, language=language, since=since, until=until)
    selection = replace(Search(conn, question).export_selection(), min_words=min_words,
                        without_reserved=not include_reserved)  # fmt: skip
    reserved, undated = exports.left_out(conn, selection), _undated(conn, selection)
    if output == STDOUT:
        done = exports.export(conn, selection, format_name, sys.stdout.buffer)
        click.echo(f"{done:,} articles{_left_out(reserved, undated)}", err=True)
        _say_why(conn, selection, reserved)
        return
    with writing(output):
        _refuse(output, call.config_path, path)
    with exports.snapshot(conn), _counted(exports.count(conn, selection)) as step, _written(output) as out:
        done = exports.export(conn, selection, format_name, out, step)
    click.echo(f"{done:,} articles written to {output}{_left_out(reserved, undated)}", err=True)
    _say_why(conn, selection, reserved)


def _undated(conn: sqlite3.Connection, selection: "Selection") -> int:
    """How many articles are left out of a span of time for not being dated."""
    from archive.export import count

    return count(conn, selection.undated()) if selection.since or selection.until else 0


def _left_out(reserved: int, undated: int) -> str:
    said = f"; {reserved:,} left out, reserved by their publishers (--include-reserved)" if reserved else ""
    return said + (f"; {undated:,} left out, not dated and in no span of time" if undated else "")


def _say_why(conn: sqlite3.Connection, selection: "Selection", reserved: int) -> None:
    """Name the words that texts are left out for, and where they stand."""
    from archive import export as exports

    for reason in exports.reasons(conn, selection) if reserved else ():
        click.echo(f"  {one_line(reason)}", err=True)


def _refuse(output: Path, config_path: Path, archive: Path) -> None:
    """Raise CuttingsError where a dataset would take the place of what it is made from."""
    if output.is_dir():
        raise CuttingsError(f"{output}: is a folder; name a file in it")
    if not output.parent.exists():
        raise CuttingsError(f"{output}: there is no folder {output.parent}; make it first")
    if is_part_of(archive, output) or output.resolve() == config_path.resolve():
        raise CuttingsError(f"{output}: belongs to the archive itself; name another file")


@contextmanager
def _written(output: Path) -> Iterator[BinaryIO]:
    """Write to a file, and say in one sentence why that cannot be done."""
    # A pipe or a device is no file that could be replaced by a complete one.
    with writing(output), (_replaced if output.is_file() or not output.exists() else _as_it_stands)(output) as stream:
        yield stream


@contextmanager
def _replaced(output: Path) -> Iterator[BinaryIO]:
    """Write beside the file and rename when complete, so that a file under its name is always whole."""
    part = output.with_name(f"{output.name}.{os.getpid()}.part")  # two exports to one file do not meet
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(output)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def _as_it_stands(output: Path) -> Iterator[BinaryIO]:
    with output.open("wb") as stream:
        yield stream


@contextmanager
def _counted(total: int) -> Iterator[Callable[[int], None]]:
    from archive.cli.progress import bar

    with bar("Exporting", total) as (display, task):
        yield lambda count: display.update(task, completed=count)
