"""The command `browse`: the archive in Datasette."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from archive.cli.common import Invocation, Number, archive_option, options_as
from archive.errors import UsageError
from archive.storage.connection import open_reader

PASSWORD_HASH: Final = "CUTTINGS_PASSWORD_HASH"  # noqa: S105 - the name of a variable
_ORIGIN: Final = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


class _BaseUrl(click.ParamType[str]):
    """A path such as /news/, or a full URL such as https://news.example/desk/."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Convert what was typed; click calls it."""
        from archive.browse.safety.hosts import host_of

        origin = _ORIGIN.match(value)
        front, path = (origin[0], value[origin.end() :] or "/") if origin else ("", value)
        is_known = origin is None or host_of(origin[1]) is not None
        if not is_known or not path.startswith("/") or any(char in path for char in "?# \\"):
            self.fail(f"{value!r} is not a path; write it as /news/ or https://news.example/desk/", param, ctx)
        return front.lower() + (path if path.endswith("/") else f"{path}/")


class _Host(click.ParamType[str]):
    """A host, as a browser names it."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Convert what was typed; click calls it."""
        from archive.browse.safety.hosts import named

        return named(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `browse`."""

    host: str
    port: int
    allowed: tuple[str, ...]
    base_url: str
    sql: bool
    auth: bool
    archive: Path | None


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=Number(0, 65535), default=8001, show_default=True, help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--allow-host",
    "allowed",
    type=_Host(),
    multiple=True,
    help="Name under which others reach it, such as a proxy's; may be given again.",
)
@click.option(
    "--base-url",
    type=_BaseUrl(),
    default="/",
    help="Path under which a proxy serves it, such as /news/, or the full URL.",
)
@click.option("--sql", is_flag=True, help="Let readers write SQL, though other machines can reach it.")
@click.option("--auth", is_flag=True, help=f"Ask for a password, whose hash is in {PASSWORD_HASH} (cuttings[auth]).")
@archive_option
@click.pass_obj
@options_as(Options)
def browse(
    call: Invocation,
    options: Options,
) -> None:
    """Open the archive in Datasette, until Ctrl-C.

    It responds as localhost and as the address it listens on; for every other name, use --allow-host, or --base-url
    with the full URL: else any page in your browser could point its own name here, and read the archive.

    With --auth only a reader who logs in as root sees anything. `datasette hash-password` makes the hash.
    """
    path = call.archive(options.archive)
    open_reader(path).close()
    serve(
        path,
        options.host,
        options.port,
        base_url=options.base_url,
        sql=options.sql,
        password_hash=_password_hash() if options.auth else None,
        allowed=options.allowed,
    )


def serve(path: Path, host: str, port: int, **how: Any) -> None:
    """Serve an archive until Ctrl-C, and print its URL."""
    from archive.browse.serve import serve as serve_archive

    serve_archive(
        path, host=host, port=port, ready=lambda url: click.echo(f"Browse the archive on {url} (Ctrl-C ends)"), **how
    )


def _password_hash() -> str:
    from archive.browse.safety.passwords import PasswordHash

    found = os.environ.get(PASSWORD_HASH, "")
    try:
        PasswordHash.parse(found)
    except UsageError as error:
        raise UsageError(f"--auth: {PASSWORD_HASH} {error}; `datasette hash-password` makes one") from error
    return found
