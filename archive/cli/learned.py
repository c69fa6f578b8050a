"""The command `learned`: lines cut because they repeat across a source's pages, and a person's decisions on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import Invocation, archive_option, json_option, options_as, print_json
from archive.errors import CuttingsError, UsageError
from archive.storage.connection import open_reader
from archive.text import shown

if TYPE_CHECKING:
    from archive.storage.tables.learned_lines import Learned, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Argument and options of `learned`."""

    source: str | None
    keep: int | None
    cut: int | None
    archive: Path | None
    as_json: bool


@click.command(short_help="List lines cut because they repeat across pages.")
@click.argument("source", required=False)
@click.option(
    "--keep", type=int, metavar="ID", help="Leave this line in articles from now on; it is never learned again."
)
@click.option("--cut", type=int, metavar="ID", help="Cut this line after all: takes back --keep.")
@archive_option
@json_option
@click.pass_obj
@options_as(Options)
def learned(call: Invocation, options: Options) -> None:
    """List lines cut because they repeat across the pages of SOURCE (of every source if none is named).

    They were learned at the end of crawls, and are cut from pages that are read afterwards.
    """
    from archive.storage.tables.learned_lines import State, listed

    source = options.source
    if options.keep is not None and options.keep == options.cut:
        raise UsageError(f"--keep {options.keep} and --cut {options.cut} contradict each other; give one of them")
    path = call.archive(options.archive)
    conn = open_reader(path)
    if source is not None and not conn.execute("SELECT 1 FROM sources WHERE key = ?", (source,)).fetchone():
        raise UsageError(f'there is no source "{source}" in {path}; `cuttings status` lists the sources')
    for line_id, state in ((options.keep, State.KEPT), (options.cut, State.CUT)):
        if line_id is not None:
            _decide(path, line_id, state)
    lines = listed(conn, source)
    if options.as_json:
        print_json([_record(line) for line in lines])
        return
    for line in lines:
        click.echo(shown(_described(line)))
    click.echo(_total(lines))


def keep_line(path: Path, line_id: int) -> None:
    """Keep a learned line in articles for good. Raises CuttingsError if there is no such line."""
    from archive.storage.tables.learned_lines import State

    _decide(path, line_id, State.KEPT)


def _decide(path: Path, line_id: int, state: "State") -> None:
    from archive.crawl.run import locked
    from archive.storage.store import Store
    from archive.times import utc_now

    with locked(path):
        store = Store.open(path)
        try:
            if not store.decide_learned(line_id, state, utc_now()):
                raise CuttingsError(f"there is no learned line {line_id} in {path}; `cuttings learned` lists them")
        finally:
            store.close()


def _described(learned: "Learned") -> str:
    line = learned.line
    share = f"{line.pages:,} of {line.of:,} pages ({_percent(line.pages, line.of)} %)"
    examples = ", ".join(map(str, line.examples))
    facts = f"{learned.state}, {line.kind}; at the {line.place} of {share}; since {learned.learned_at[:10]}"
    return f"{learned.id:>6}  {line.text}\n        {learned.source}: {facts}; as in {examples}"


def _total(lines: "tuple[Learned, ...]") -> str:
    if not lines:
        return "Nothing was learned yet: it takes five pages of a source that begin or end with the same line."
    kept = sum(line.state == "kept" for line in lines)
    return f"Lines learned: {len(lines):,}, kept of them: {kept:,}; `cuttings learned --keep ID` leaves one in articles"


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _record(learned: "Learned") -> dict[str, Any]:
    line = learned.line
    return {
        "id": learned.id,
        "source": learned.source,
        "text": line.text,
        "kind": line.kind,
        "place": line.place,
        "pages": line.pages,
        "of": line.of,
        "share": round(line.pages / line.of, 3),
        "state": learned.state,
        "in_force": learned.state == "cut",
        "learned": learned.learned_at,
        "seen": learned.seen_at,
        "decided": learned.decided_at,
        "examples": list(line.examples),
    }
