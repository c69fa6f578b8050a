"""The command `restore`: a cut that was wrong becomes a rule for its site."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from archive.changes.learned_cuts import RULE
from archive.cli.common import Invocation, archive_option
from archive.cli.learned import keep_line
from archive.cli.reading import raw_page, stored_article
from archive.config.toml import load
from archive.errors import CuttingsError
from archive.storage.connection import open_reader
from archive.storage.rows import first
from archive.text import shown

if TYPE_CHECKING:
    from archive.model.capture import Capture
    from archive.storage.read_article import Cut, StoredCut, StoredRecord
_CUTS_NAMED: Final = 40
_LEARNED: Final = """
    SELECT b.id FROM boilerplate AS b JOIN sources AS s ON s.id = b.source_id
    WHERE s.key = ? AND b.text = ? AND b.state = 'cut'
"""


@click.command()
@click.argument("article_id", metavar="ARTICLE", type=int)
@click.argument("removed_id", metavar="REMOVED", type=int)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@archive_option
@click.pass_obj
def restore(call: Invocation, article_id: int, removed_id: int, dry_run: bool, archive: Path | None) -> None:
    """Take back a wrong cut: REMOVED is its number, which the article's page and `cuttings show --json` name.

    The selector that keeps the text on the page as it was fetched, and restores as little else as possible, becomes a
    `keep` rule of the source in cuttings.toml. It applies to pages that are read from then on. A learned line, which
    was cut because it repeats across pages, is kept for good instead.
    """
    path = call.archive(archive)
    with closing(open_reader(path)) as conn:
        article = stored_article(conn, path, article_id)
        cuts = cast("list[StoredCut]", article["removed"])  # a TypedDict cannot say that those of an archive are such
        cut = next((each for each in cuts if each["id"] == removed_id), None)
        if cut is None:
            raise CuttingsError(_no_such_cut(article_id, cuts, removed_id))
        learned = _learned_line(conn, article, cut) if cut["rule"] == RULE else None
    if learned is None:
        _write_rule(call.config_path, article, cut, raw_page(path, article), dry_run=dry_run)
        return
    if not dry_run:
        keep_line(path, learned)
    click.echo(f"Line {learned}, learned from many pages of {article['source']}, {_will(dry_run)} kept for good.")


def _write_rule(config_path: Path, article: "StoredRecord", cut: "Cut", capture: "Capture", *, dry_run: bool) -> None:
    from archive.config import edit
    from pipelines.suggest_keep import find_keep

    source = next((each for each in load(config_path).sources if each.id == article["source"]), None)
    if source is None:
        raise CuttingsError(f'{config_path}: has no source "{article["source"]}", whose article this is')
    keep = find_keep(capture, cut["text"], source.rules_on(capture.fetched_at))
    if keep is None:
        raise CuttingsError(
            f'no selector of this page brings back what "{shown(cut["rule"])}" cut; read the page '
            f"(`cuttings show {article['id']} --raw`), and write keep under [source.extract] in {config_path}"
        )
    if not dry_run:
        edit.keep(config_path, source.id, keep.selector)
    click.echo(f'keep = ["{keep.selector}"] {_will(dry_run)} a rule of {source.id} in {config_path}.')
    for other in keep.others:
        click.echo(f"  it also keeps: {shown(other[:200])}")
    click.echo("It holds for pages that are read from now on. `cuttings check` holds it to a [[source.fixture]].")


def _will(dry_run: bool) -> str:
    return "would be" if dry_run else "is now"


def _no_such_cut(article_id: int, cuts: "list[StoredCut]", removed_id: int) -> str:
    known = [str(each["id"]) for each in cuts[:_CUTS_NAMED]]
    listed = f"its cuts are {', '.join(known)}" if known else "nothing was cut from it"
    return f"article {article_id} has no cut {removed_id} in its current version; {listed}"


def _learned_line(conn: sqlite3.Connection, article: "StoredRecord", cut: "Cut") -> int:
    row = first(conn, _LEARNED, (article["source"], cut["text"]))
    if row is None:
        raise CuttingsError(f'"{shown(cut["text"][:60])}" is a learned line no more; nothing has to be done')
    return int(row["id"])
