"""The commands `schedule run` and `schedule print`: crawls by themselves."""

import json
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from archive.cli.common import Invocation, make_folder, writing
from archive.cli.crawl import check_browser, nothing_due
from archive.config import toml
from archive.errors import CuttingsError

if TYPE_CHECKING:
    from archive.service.unit_files import Installation

_INSTALLING: Final = ("github", "docker")
_FORMATS: Final = ("systemd", "cron", "github", "docker")


@click.group(short_help="Crawl by itself, at the times the sources want.")
def schedule() -> None:
    """Crawl by itself: in a process that stays, or by systemd, cron, GitHub Actions or Docker.

    `every` sets how often a feed or sitemap is polled; all of these run `cuttings crawl --due`.
    """


@schedule.command("run", short_help="Stay, and crawl whenever something is due.")
@click.pass_obj
def run(call: Invocation) -> None:
    """Stay, and crawl whenever something is due, one crawl at a time.

    Ctrl-C or SIGTERM ends it within seconds. A change of the configuration takes effect at the next poll. Polls that
    the machine slept through are caught up with by one crawl.
    """
    from archive.crawl.run import choose
    from archive.service.loop import Timetable

    path = call.config_path.absolute()
    settings = toml.load(path)
    call.path = settings.archive
    check_browser(choose(settings, ()))  # what no crawl can do is said at once, not at every wake
    command = (*program(), "--config", str(path), "crawl", "--due")
    Timetable(path, command, _idle, _say).work()


def _idle(settings: toml.Config, now: datetime) -> Mapping[str, datetime] | None:
    from archive.crawl.run import Plan, choose

    return nothing_due(settings, Plan(sources=choose(settings, ())), now)


def _say(line: str) -> None:
    from archive.service.loop import now_here

    click.echo(f"{now_here():%Y-%m-%d %H:%M:%S} {line}", err=True)


@schedule.command("print", short_help="Print what has systemd, cron, GitHub or Docker do it.")
@click.argument("format_", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Write the files into this folder."
)
@click.option(
    "--wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="For docker and github: install the program from this file (`uv build --wheel` makes it).",
)
@click.pass_obj
def print_(call: Invocation, format_: str, output: Path | None, wheel: Path | None) -> None:
    """Print what has FORMAT (systemd, cron, github or docker) crawl by itself, with the paths of this installation.

    A container, or GitHub, installs the program from the origin of this installation, or from a wheel beside the
    configuration; never by its name alone.
    """
    from archive.service.unit_files import FORMATS

    files = FORMATS[format_](_installation(call, wheel))
    if output is None:
        for name, text in files.items():
            click.echo((f"# ---- {name}\n" if len(files) > 1 else "") + text)
        return
    taken = [name for name in files if (output / name).exists()]
    if taken:
        raise CuttingsError(f"{output / taken[0]}: is there already; it is left as it is")
    for name, text in files.items():
        path = output / name
        make_folder(path.parent)
        with writing(path):
            path.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {path}.")
    if wheel and format_ in _INSTALLING:
        _copy(wheel, output / wheel.name)


def _copy(wheel: Path, target: Path) -> None:
    if target.exists() and target.samefile(wheel):
        return
    with writing(target):
        shutil.copyfile(wheel, target)
    click.echo(f"Wrote {target}.")


def program() -> tuple[str, ...]:
    """Return the command that starts this program from any folder."""
    script = Path(sys.executable).with_name("cuttings")
    # -P: a folder `archive` where it is started must not take the place of ours.
    return (str(script),) if script.exists() else (sys.executable, "-P", "-m", "archive.cli")


def _installation(call: Invocation, wheel: Path | None) -> "Installation":
    from archive.copies.wheel import check_wheel
    from archive.service.unit_files import Installation, minutes_of

    settings = toml.load(call.config_path)
    return Installation(
        program=program(), config=call.config_path.absolute(), archive=settings.archive.absolute(),
        requirement=check_wheel(wheel).name if wheel else _requirement(), wheel=wheel is not None,
        minutes=minutes_of(settings.sources),
    )  # fmt: skip


def _requirement() -> str | None:
    """Return what pip installs this program from (PEP 610); None for this machine, or a bare name."""
    origin = json.loads(distribution("cuttings").read_text("direct_url.json") or "{}")
    if vcs := origin.get("vcs_info"):
        return f"cuttings @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    url = str(origin.get("url", ""))
    return f"cuttings @ {url}" if url.startswith(("https:", "http:")) else None
