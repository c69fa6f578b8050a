"""The command `restore`: a cut that was wrong becomes a rule for its site."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.boilerplate import RULE
from archive.cli.common import Invocation, archive_option
from archive.cli.learning import keep_line
from archive.config import load
from archive.errors import CuttingsError
from archive.reader import open_reader
from archive.rows import first, rows
from archive.text import shown

if TYPE_CHECKING:
    from archive.models import Capture


@click.command()
@click.argument("article_id", metavar="ARTICLE", type=int)
@click.argument("removed_id", metavar="REMOVED", type=int)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@archive_option
@click.pass_obj
def restore(call: Invocation, article_id: int, removed_id: int, dry_run: bool, archive: Path | None) -> None:
    """Take back a wrong cut: REMOVED is its number, which the article's page and `cuttings show --json` name.

    A selector is looked for that keeps the text on the page as it was fetched, and that brings back as little else as
    possible; it becomes a `keep` rule of the source in cuttings.toml. It holds for pages that are read from then on. A
    line that was cut for standing on many pages is kept for good instead.
    """
    path = call.archive(archive)
    with closing(open_reader(path)) as conn:
        cut = first(conn, _CUT, {"article": article_id, "removed": removed_id})
        if cut is None:
            raise CuttingsError(_no_such_cut(conn, article_id, removed_id, path))
        learned = _learned_line(conn, cut) if cut["rule"] == RULE else None
    if learned is not None:
        if not dry_run:
            keep_line(path, learned)
        click.echo(f"Line {learned}, learned from many pages of {cut['source']}, {_will(dry_run)} kept for good.")
        return
    _write_rule(call, path, cut, dry_run=dry_run)


def _write_rule(call: Invocation, path: Path, cut: Any, *, dry_run: bool) -> None:
    from archive import enrolment
    from pipelines.keeping import find_keep

    settings = load(call.config_path)
    source = next((each for each in settings.sources if each.id == cut["source"]), None)
    if source is None:
        raise CuttingsError(f'{call.config_path}: has no source "{cut["source"]}", whose article this is')
    capture = _capture(path, cut)
    keep = find_keep(capture, cut["text"], source.rules_on(capture.fetched_at))
    if keep is None:
        raise CuttingsError(
            f'no selector of this page brings back what "{shown(cut["rule"])}" cut; look at the page '
            f"(`cuttings show {cut['article_id']} --raw`), and write keep under [source.extract] in {call.config_path}"
        )
    if not dry_run:
        enrolment.keep(call.config_path, source.id, keep.selector)
    click.echo(f'keep = ["{keep.selector}"] {_will(dry_run)} a rule of {source.id} in {call.config_path}.')
    for other in keep.others:
        click.echo(f"  it also keeps: {shown(other[:200])}")
    click.echo("It holds for pages that are read from now on. `cuttings check` holds it to a [[source.fixture]].")


def _will(dry_run: bool) -> str:
    return "would be" if dry_run else "is now"


def _capture(path: Path, cut: Any) -> "Capture":
    from archive import warc
    from archive.models import Locator

    if not cut["warc_file"]:
        raise CuttingsError(
            f"article {cut['article_id']} has no raw page in the archive, on which a rule could be tried"
        )
    locator = Locator(file=cut["warc_file"], offset=cut["warc_offset"], length=cut["warc_length"])
    return warc.read(warc.folder_of(path), locator)


def _no_such_cut(conn: sqlite3.Connection, article_id: int, removed_id: int, path: Path) -> str:
    if first(conn, "SELECT 1 FROM articles WHERE id = ?", (article_id,)) is None:
        return f"there is no article {article_id} in {path}; `cuttings search` lists articles with their ids"
    known = [str(row["id"]) for row in rows(conn, _CUTS, (article_id,))]
    listed = f"its cuts are {', '.join(known)}" if known else "nothing was cut from it"
    return f"article {article_id} has no cut {removed_id} in its current version; {listed}"


def _learned_line(conn: sqlite3.Connection, cut: Any) -> int:
    row = first(conn, _LEARNED, (cut["source"], cut["text"]))
    if row is None:
        raise CuttingsError(f'"{shown(cut["text"][:60])}" is a learned line no more; nothing has to be done')
    return int(row["id"])


_CUT = """
    SELECT r.id, r.article_id, r.text, r.rule, s.key AS source, f.warc_file, f.warc_offset, f.warc_length
    FROM removed AS r
    JOIN articles AS a ON a.id = r.article_id AND a.version_id = r.version_id
    JOIN sources AS s ON s.id = a.source_id
    JOIN versions AS v ON v.id = r.version_id
    LEFT JOIN fetches AS f ON f.id = v.fetch_id
    WHERE r.id = :removed AND r.article_id = :article
"""
_CUTS = """
    SELECT r.id FROM removed AS r JOIN articles AS a ON a.version_id = r.version_id
    WHERE a.id = ? ORDER BY r.position LIMIT 40
"""
_LEARNED = """
    SELECT b.id FROM boilerplate AS b JOIN sources AS s ON s.id = b.source_id
    WHERE s.key = ? AND b.text = ? AND b.state = 'cut'
"""
