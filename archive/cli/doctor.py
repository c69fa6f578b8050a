"""The command `doctor`: what is wrong with the configuration, the archive or the machine, and what to do."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from archive.cli.byte_progress import watching
from archive.cli.common import Invocation, archive_option, json_option, options_as, print_json

if TYPE_CHECKING:
    from archive.doctor import Finding
    from archive.doctor.mending import Mended

_ORDER: Final = ("fault", "warning", "note", "ok")
_COLOURS: Final = {"fault": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `doctor`."""

    quick: bool
    strict: bool
    mending: bool
    archive: Path | None
    as_json: bool


@click.command(
    epilog="Exit codes: 0 no fault was found; 1 a fault was, or, with --strict, a warning; 4 another run holds the "
    "archive that is to be mended."
)
@click.option("--quick", is_flag=True, help="Do not read the raw pages, nor every word of the search index.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--mend", "mending", is_flag=True, help="First rebuild what follows from the rest of the archive.")
@archive_option
@json_option
@click.pass_context
@options_as(Options)
def doctor(ctx: click.Context, options: Options) -> None:
    """Find what is wrong, and say what to do.

    Examines the configuration, the archive, its raw pages and the machine. Without --mend it changes nothing, and does
    not delay a running crawl. With --mend it first rebuilds missing triggers, indexes and views, the counts and the
    search indexes: all of that follows from the articles, which are not touched.
    """
    mended = _mend(ctx.obj.archive(options.archive)) if options.mending else None
    if mended and not options.as_json:
        _print_mended(mended)
    findings = sorted(_examined(ctx.obj, options.archive, quick=options.quick), key=_by_weight)
    counts = Counter(str(finding.severity) for finding in findings)
    if options.as_json:
        listed = [asdict(finding) for finding in findings]
        facts = {"ok": not counts["fault"], "counts": {name: counts[name] for name in _ORDER}, "findings": listed}
        print_json(facts | ({"mended": asdict(mended)} if mended else {}))
    else:
        _print(findings)
        each = ", ".join(f"{counts[name]:,} {name}" for name in _ORDER)
        click.echo(f"{len(findings):,} findings = {each}")
    ctx.exit(1 if counts["fault"] or (options.strict and counts["warning"]) else 0)


def _mend(archive: Path) -> "Mended":
    from archive.doctor.mending import mend

    with watching() as watch:
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

    # Without a configuration an archive that is named can be examined all the same.
    if named and not call.config_path.exists() and call.config_path == Path(toml.DEFAULT_NAME):
        yield note("configuration", f"there is no {toml.DEFAULT_NAME} here", "a crawl needs one: `cuttings init`")
    else:
        yield from configuration(call.config_path)
    try:
        archive, enabled = call.archive(named), _enabled(call, named)
    except ConfigError:  # it is among the findings already
        yield note("archive", "is not examined, as no configuration says where it is", "name it with --archive")
        return
    with watching() as watch:
        yield from examine(Patient(archive=archive, extractor=VERSION, enabled=enabled, quick=quick), watch)


def _enabled(call: Invocation, named: Path | None) -> frozenset[str] | None:
    """Return the ids of the enabled sources; None for an archive that may be another project's."""
    from archive.config import toml

    if named:
        return None
    return frozenset(source.id for source in toml.load(call.config_path).sources if source.enabled)


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
        description = Text.assemble(first, *((f"\n{line}", "dim") for line in more))
        table.add_row(Text(finding.severity, _COLOURS[finding.severity]), Text(finding.check), description)
    Console(highlight=False).print(table)


def _lines(finding: "Finding") -> Iterator[str]:
    yield finding.what
    yield from (f"- {example}" for example in finding.examples)
    if finding.remedy:
        yield f"> {finding.remedy}"
