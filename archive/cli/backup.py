"""Commands that keep an archive safe: `backup`, `doctor`."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.common import Invocation, archive_option, json_option, print_json

if TYPE_CHECKING:
    from archive.doctor import Finding
    from archive.doctor.mending import Mended

_LINE_SECONDS: Final = 10.0  # between two lines in a log
_MIB: Final = 1 << 20
Watch = Callable[[str, int, int | None], None]
_ORDER: Final = ("fault", "warning", "note", "ok")


@click.command(short_help="Copy the archive, even during a crawl.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--warc", "raw", is_flag=True, help="Bring the raw pages along; files already there are skipped.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@archive_option
@json_option
@click.pass_obj
def backup(call: Invocation, file: Path, raw: bool, force: bool, archive: Path | None, as_json: bool) -> None:
    """Copy the archive to FILE, even during a crawl.

    The copy is checked before it gets its name: FILE is whole or not there. With --warc the raw pages go to the folder
    beside it, those of news-backup.db to news-backup-warc/. To go back to a backup, put both in the place of the
    archive while no crawl is running.
    """
    from archive.copies.backup import Order, back_up

    with _watching() as watch:
        made = back_up(Order(archive=call.archive(archive), target=file, force=force, raw=raw), watch)
    for name in made.raw.shorter if made.raw else ():
        click.echo(
            f"{name} is shorter in the archive than in the backup, which keeps its own; see `cuttings doctor`", err=True
        )
    if as_json:
        print_json(_backup_record(made))
        return
    click.echo(made.line())


def _backup_record(made: Any) -> dict[str, Any]:
    record = asdict(made) | {"archive": str(made.archive), "target": str(made.target)}
    if made.raw:
        record["raw"] |= {"folder": str(made.raw.folder), "files": made.raw.files}
    return record


@click.command(
    epilog="Exit codes: 0 no fault was found; 1 a fault was, or, with --strict, a warning; 4 another run holds the "
    "archive that is to be mended."
)
@click.option("--quick", is_flag=True, help="Do not read the raw pages, nor every word of the search index.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--mend", "mending", is_flag=True, help="First make again what follows from the rest of the archive.")
@archive_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, quick: bool, strict: bool, mending: bool, archive: Path | None, as_json: bool) -> None:
    """Find what is wrong, and say what to do.

    Looks at the configuration, the archive, its raw pages and the machine. Changes nothing, and does not hold up a
    crawl that is running, unless it is to mend: triggers, indexes and views that are missing are then made again, the
    counts and the search indexes too. All of that follows from the articles, which are not touched.
    """
    mended = _mend(ctx.obj.archive(archive)) if mending else None
    if mended and not as_json:
        _print_mended(mended)
    findings = sorted(_examined(ctx.obj, archive, quick=quick), key=_by_weight)
    counts = Counter(str(finding.severity) for finding in findings)
    if as_json:
        listed = [asdict(finding) for finding in findings]
        facts = {"ok": not counts["fault"], "counts": {name: counts[name] for name in _ORDER}, "findings": listed}
        print_json(facts | ({"mended": asdict(mended)} if mended else {}))
    else:
        _print(findings)
        each = ", ".join(f"{counts[name]:,} {name}" for name in _ORDER)
        click.echo(f"{len(findings):,} findings = {each}")
    ctx.exit(1 if counts["fault"] or (strict and counts["warning"]) else 0)


def _mend(archive: Path) -> "Mended":
    from archive.doctor.mending import mend

    with _watching() as watch:
        return mend(archive, watch)


def _print_mended(mended: "Mended") -> None:
    click.echo(mended.line())
    for part in (*mended.made, *mended.lost):
        click.echo(f"- {part}")
    click.echo()


def _by_weight(finding: "Finding") -> int:
    return _ORDER.index(finding.severity)


def _examined(call: Invocation, named: Path | None, *, quick: bool) -> Iterator["Finding"]:
    from archive.config import toml
    from archive.doctor import Patient, examine
    from archive.doctor.findings import note
    from archive.doctor.machine import configuration
    from archive.errors import ConfigError
    from pipelines import VERSION

    # Without a configuration an archive that is named can be looked at all the same.
    if named and not call.config_path.exists() and call.config_path == Path(toml.DEFAULT_NAME):
        yield note("configuration", f"there is no {toml.DEFAULT_NAME} here", "a crawl needs one: `cuttings init`")
    else:
        yield from configuration(call.config_path)
    try:
        archive, enabled = call.archive(named), _enabled(call, named)
    except ConfigError:  # it has been told already
        yield note("archive", "is not looked at, as no configuration says where it is", "name it with --archive")
        return
    with _watching() as watch:
        yield from examine(Patient(archive=archive, extractor=VERSION, enabled=enabled, quick=quick), watch)


def _enabled(call: Invocation, named: Path | None) -> frozenset[str] | None:
    """Ids of the sources that the configuration has switched on; None for an archive that may be another project's."""
    from archive.config import toml

    if named:
        return None
    return frozenset(source.id for source in toml.load(call.config_path).sources if source.enabled)


# ---- What is printed -------------------------------------------------------------------------------------------------


_COLOURS: Final = {"fault": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}


def _print(findings: Sequence["Finding"]) -> None:
    if not sys.stdout.isatty():
        for finding in findings:
            first, *more = _lines(finding)
            click.echo(f"{finding.severity:<9}{finding.check:<15}{first}")
            for line in more:
                click.echo(f"{'':<24}{line}")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        first, *more = _lines(finding)
        told = Text.assemble(first, *((f"\n{line}", "dim") for line in more))
        table.add_row(Text(finding.severity, _COLOURS[finding.severity]), Text(finding.check), told)
    Console(highlight=False).print(table)


def _lines(finding: "Finding") -> Iterator[str]:
    yield finding.what
    yield from (f"- {example}" for example in finding.examples)
    if finding.remedy:
        yield f"> {finding.remedy}"


# ---- Progress --------------------------------------------------------------------------------------------------------


@contextmanager
def _watching() -> Iterator[Watch]:
    """Show on standard error what is being read: a bar on a terminal, a line every ten seconds in a log. In MiB."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    from archive.cli.progress import bar

    with bar("") as (display, task):

        def show(what: str, done: int, total: int | None) -> None:
            display.update(task, description=what, completed=done // _MIB, total=total and -(-total // _MIB),
                           detail="MiB" if total else "")  # fmt: skip

        yield show


class _Lines:
    def __init__(self) -> None:
        self._shown = time.monotonic()

    def show(self, what: str, done: int, total: int | None) -> None:
        if time.monotonic() - self._shown < _LINE_SECONDS:
            return
        self._shown = time.monotonic()
        click.echo(f"{what}: {done // _MIB:,} of {total // _MIB:,} MiB" if total else what, err=True)
