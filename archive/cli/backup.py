"""The command `backup`: a checked copy of the archive, with its raw pages if wanted."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from archive.cli.byte_progress import watching
from archive.cli.common import Invocation, archive_option, json_option, options_as, print_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments and options of `backup`."""

    file: Path
    raw: bool
    force: bool
    archive: Path | None
    as_json: bool


@click.command(short_help="Copy the archive, even during a crawl.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--warc", "raw", is_flag=True, help="Copy the raw pages too; files already there are skipped.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@archive_option
@json_option
@click.pass_obj
@options_as(Options)
def backup(call: Invocation, options: Options) -> None:
    """Copy the archive to FILE, even during a crawl.

    The copy is checked before it gets its name: FILE is complete or missing. With --warc the raw pages go to the folder
    beside it, those of news-backup.db to news-backup-warc/. To restore a backup, put both in the place of the archive
    while no crawl is running.
    """
    from archive.copies.backup import Order, back_up

    order = Order(archive=call.archive(options.archive), target=options.file, force=options.force, raw=options.raw)
    with watching() as watch:
        made = back_up(order, watch)
    for name in made.raw.shorter if made.raw else ():
        click.echo(
            f"{name} is shorter in the archive than in the backup, which keeps its own; see `cuttings doctor`", err=True
        )
    if options.as_json:
        print_json(_backup_record(made))
        return
    click.echo(made.line())


def _backup_record(made: Any) -> dict[str, Any]:
    record = asdict(made) | {"archive": str(made.archive), "target": str(made.target)}
    if made.raw:
        record["raw"] |= {"folder": str(made.raw.folder), "files": made.raw.files}
    return record
