"""The command `coverage`: what became of every URL that the sources listed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.common import Day, Invocation, archive_option, json_option, options_as, print_json
from archive.cli.endings import one_line
from archive.cli.reading import TROUBLE
from archive.errors import UsageError
from archive.health.coverage import Coverage, Listed, Part, Span, latest, sources, urls
from archive.health.coverage import coverage as covered
from archive.storage.connection import open_reader

if TYPE_CHECKING:
    from rich.table import Table

_A_FEW: Final = 5  # URLs of a source that were joined, or are unaccounted for
_COLUMNS: Final = ("listed", "filed", "joined", "refused", "due", "excluded", "forms")
_LEAST_WIDTH: Final = 88  # columns; in fewer a table shows nothing but dots
_HEADINGS: Final = {
    Part.JOINED: "Joined to an article",
    Part.REFUSED: "Refused, URL by URL",
    Part.DUE: "Due",
    Part.EXCLUDED: "Excluded",
    Part.FORMS: "Other forms of known URLs",
    Part.UNACCOUNTED: "Unaccounted for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Argument and options of `coverage`."""

    source: str | None
    since: date | None
    until: date | None
    every_url: bool
    archive: Path | None
    as_json: bool


@click.command(short_help="Show what became of every URL that was listed.")
@click.argument("source", required=False)
@click.option("--from", "since", type=Day(), help="Listed on or after this day (UTC).")
@click.option("--to", "until", type=Day(), help="Listed on or before this day (UTC).")
@click.option("--urls", "every_url", is_flag=True, help="Name every URL that filed no article, not only a few.")
@archive_option
@json_option
@click.pass_context
@options_as(Options)
def coverage(ctx: click.Context, options: Options) -> None:
    """Show what became of every URL that a source listed, by the day (UTC) it was listed first [the last 7 of them].

    filed: it filed an article; joined: its page is that of an article which another URL filed; refused: it was
    attempted, and there is nothing to file; due: it waits for its first attempt; excluded: passed over by include or
    exclude; forms: another form of a known URL, never requested. They add up to what was listed; a URL that is none of
    them is a fault, and the command ends with 3.
    """
    call: Invocation = ctx.obj
    path = call.archive(options.archive)
    with closing(open_reader(path)) as conn:
        keys = _chosen(conn, path, options.source)
        span = _span(conn, keys, options.since, options.until)
        days = list(covered(conn, keys, span))
        if options.as_json:
            print_json(_record(conn, keys, span, days))
        else:
            _print(conn, keys, span, days, every_url=options.every_url)
    ctx.exit(0 if all(day.adds_up for day in days) else TROUBLE)


def _chosen(conn: sqlite3.Connection, path: Path, named: str | None) -> list[str]:
    known = sources(conn)
    if named is not None and named not in known:
        raise UsageError(f'there is no source "{named}" in {path}; its sources are: {", ".join(known) or "none"}')
    return [named] if named is not None else known


def _span(conn: sqlite3.Connection, keys: Sequence[str], since: date | None, until: date | None) -> Span:
    if since and until and since > until:
        raise UsageError(f"--from {since} is after --to {until}; give the earlier day to --from")
    return Span(since=since, until=until) if since else latest(conn, keys, until)


def _record(conn: sqlite3.Connection, keys: Sequence[str], span: Span, days: Sequence[Coverage]) -> dict[str, Any]:
    return {
        "from": span.since,
        "to": span.until,
        "adds_up": all(day.adds_up for day in days),
        "days": [asdict(day) | {"refused": dict(day.refused), "adds_up": day.adds_up} for day in days],
        "urls": [asdict(each) for each in urls(conn, keys, span, tuple(Part))],
    }


# For a person ---------------------------------------------------------------------------------------------------------


def _print(
    conn: sqlite3.Connection, keys: Sequence[str], span: Span, days: Sequence[Coverage], *, every_url: bool
) -> None:
    from rich.console import Console

    if not days:
        when = f" from {span.since}" if span.since else ""
        click.echo(f"Nothing was listed{when}{f' up to {span.until}' if span.until else ''}.")
        return
    Console(highlight=False, width=max(Console().width, _LEAST_WIDTH)).print(_table(days))
    click.echo(_sum(days))
    _print_lines("Refused", _refused_lines(urls(conn, keys, span, (Part.REFUSED,))))
    shown = [part for part in Part if part is not Part.FILED] if every_url else [Part.JOINED, Part.UNACCOUNTED]
    for part in shown:
        lines = map(_line, urls(conn, keys, span, (part,), -1 if every_url else _A_FEW))
        _print_lines(_HEADINGS[part], lines)


def _table(days: Sequence[Coverage]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    columns = (*_COLUMNS, *(("unaccounted",) if any(day.unaccounted for day in days) else ()))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("source", "day"):
        table.add_column(title)
    for title in columns:
        table.add_column(title, justify="right")
    for day in days:
        amounts = asdict(day) | {"refused": day.refusals}
        table.add_row(Text(one_line(day.source)), day.day, *(f"{amounts[title]:,}" for title in columns))
    return table


def _sum(days: Sequence[Coverage]) -> str:
    """Return the line of totals that add up."""
    total = {title: sum(getattr(day, title) for day in days) for title in _COLUMNS if title != "refused"}
    total["refused"] = sum(day.refusals for day in days)
    parts = " + ".join(f"{total[title]:,} {title}" for title in _COLUMNS[1:])
    lost = sum(day.unaccounted for day in days)
    ending = f" + {lost:,} unaccounted for: `cuttings doctor` says what to do" if lost else ""
    return f"{total['listed']:,} listed = {parts}{ending}"


def _refused_lines(refused: Iterable[Listed]) -> Iterator[str]:
    """Yield a line for each source and outcome: how many, and when the next of them is attempted or why none is."""
    groups: dict[tuple[str, str], list[Listed]] = {}
    for each in refused:
        groups.setdefault((each.source, each.outcome or ""), []).append(each)
    for (source, outcome), found in sorted(groups.items()):
        yield f"{source}: {len(found):,} {outcome}; {_prospect(found)}"


def _prospect(refused: Sequence[Listed]) -> str:
    waiting = [each.next_at for each in refused if each.next_at]
    ended = [each for each in refused if not each.next_at]
    said = (
        [f"next attempt {min(waiting)}" + (f" ({len(waiting):,} wait)" if len(waiting) > 1 else "")] if waiting else []
    )
    if ended:
        which = f" of {len(ended):,}" if waiting else ""
        said.append(f"no further attempt{which}: {ended[0].why}" + (", for one" if len(ended) > 1 else ""))
    return "; ".join(said)


def _line(each: Listed) -> str:
    if each.part is Part.JOINED:
        return f"{each.url} to article {each.article_id}: {each.why}"
    if each.part is Part.REFUSED:
        then = f"next attempt {each.next_at}" if each.next_at else "no further attempt"
        return f"{each.url} {each.outcome}; {then}: {each.why}"
    if each.part is Part.DUE:
        return f"{each.url} at {each.next_at}" + (f": {each.why}" if each.why else "")
    return f"{each.url}: {each.why}" if each.why else each.url


def _print_lines(heading: str, lines: Iterable[str]) -> None:
    """Print lines under a heading, if there are any."""
    for number, line in enumerate(lines):
        if number == 0:
            click.echo(f"{heading}:")
        click.echo(f"  {one_line(line)}")
