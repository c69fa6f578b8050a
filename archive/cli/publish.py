"""The command `publish`: a snapshot of the archive for readers elsewhere."""

from pathlib import Path

import click

from archive.cli.common import Invocation, archive_option


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--sql", is_flag=True, help="Let its readers write SQL.")
@archive_option
@click.pass_obj
def publish(call: Invocation, folder: Path, sql: bool, archive: Path | None) -> None:
    """Make a finished snapshot of the archive in DIR, which plain Datasette or a container serves.

    It leaves out, and counts, articles whose publishers reserve their use by machines. It has no raw pages, and nothing
    that only a crawl needs.
    """
    from archive.copies.snapshot import publish as make

    done = make(call.archive(archive), folder, sql=sql, tell=lambda step: click.echo(f"{step} ...", err=True))
    click.echo(f"{done.articles:,} articles, {done.size / 1e6:,.1f} MB, in {done.folder}; "
               f"{done.left_out:,} left out, reserved by their publishers.")  # fmt: skip
    click.echo(f"Serve it with: datasette serve {done.folder}")
