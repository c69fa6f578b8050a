"""The command `export`: datasets."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from archive.cli.common import DISK_FULL, Invocation, archive_option, day
from archive.errors import CuttingsError
from archive.reader import open_reader


@click.command()
@click.option("--format", "format_name", default="jsonl", show_default=True, help="jsonl or csv.")
@click.option("--source", multiple=True, help="Only this source; may be given more than once.")
@click.option("--language", multiple=True, help="Only this language; may be given more than once.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Published on or after this day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Published on or before this day.")
@click.option("--min-words", type=click.IntRange(min=0), help="Only articles of at least this many words.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write [standard output]."
)
@archive_option
@click.pass_obj
def export(call: Invocation, format_name: str, source: tuple[str, ...], language: tuple[str, ...],
           since: datetime | None, until: datetime | None, min_words: int | None, output: Path | None,
           archive: Path | None) -> None:  # fmt: skip
    """Write articles as a dataset, one a line, by id."""
    from archive import export as exports

    conn = open_reader(call.archive(archive))
    selection = exports.Selection(source=source, language=language, since=day(since), until=day(until),
                                  min_words=min_words)  # fmt: skip
    with exports.snapshot(conn):
        total = exports.count(conn, selection)
        if output is None:
            done = exports.export(conn, selection, format_name, sys.stdout.buffer)
        else:
            done = _export_to(output, total, lambda out, step: exports.export(conn, selection, format_name, out, step))
    click.echo(f"{done:,} articles" + (f" written to {output}" if output else ""), err=True)


def _export_to(output: Path, total: int, write: Any) -> int:
    """Write beside the file and rename when complete, so that a file under its name is always whole."""
    from archive.progress import bar

    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as stream, bar("Exporting", total) as (display, task):
            out: BinaryIO = stream
            done = int(write(out, lambda count: display.update(task, completed=count)))
        part.replace(output)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise
        raise CuttingsError(f"{output}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
    return done
