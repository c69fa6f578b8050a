"""The command `browse`: the archive in Datasette."""

from pathlib import Path

import click

from archive.cli.common import Invocation, Number, archive_option
from archive.reader import open_reader


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=Number(0, 65535), default=8001, show_default=True, help="Port to listen on; 0 takes a free one."
)
@archive_option
@click.pass_obj
def browse(call: Invocation, host: str, port: int, archive: Path | None) -> None:
    """Open the archive in Datasette, until Ctrl-C."""
    path = call.archive(archive)
    open_reader(path).close()
    serve(path, host, port)


def serve(path: Path, host: str, port: int) -> None:
    """Serve an archive until Ctrl-C, and say where."""
    from archive.browse.serve import serve as serve_archive

    serve_archive(
        path, host=host, port=port, ready=lambda url: click.echo(f"Browse the archive on {url} (Ctrl-C ends)")
    )
