"""The command `init`: a configuration to start from."""

from pathlib import Path

import click

from archive.cli.common import make_folder, writing
from archive.config import toml
from archive.errors import CuttingsError


@click.command(short_help="Write a cuttings.toml to start from.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a cuttings.toml to start from into DIRECTORY."""
    path = directory / toml.DEFAULT_NAME
    make_folder(directory)
    with writing(path):
        try:
            stream = path.open("x", encoding="utf-8")
        except FileExistsError as error:
            raise CuttingsError(f"{path}: is there already; it is left as it is") from error
        try:
            with stream:
                stream.write(toml.TEMPLATE)
        except OSError:
            path.unlink()  # half a file would pass for a configuration
            raise
    click.echo(f"Wrote {path}. Put your contact into user_agent and your sources below it, then run `cuttings crawl`.")
