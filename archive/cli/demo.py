"""The command `demo`: a newspaper of our own, crawled and opened."""

from collections.abc import Iterator
from pathlib import Path

import click

from archive.cli.browse import serve
from archive.cli.common import Number, make_folder, writing
from archive.cli.crawl import exit_code, run_crawl
from archive.config import toml
from archive.errors import CuttingsError
from archive.storage.connection import open_reader
from archive.times import utc_now


@click.command(short_help="Try it all on a built-in newspaper.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), default="cuttings-demo",
              show_default=True, help="Where its archive is kept.")  # fmt: skip
@click.option("--browse/--no-browse", default=True, help="Open the archive in the browser when done, or end.")
@click.option(
    "--port", type=Number(0, 65535), default=8001, show_default=True, help="For browsing; 0 takes a free one."
)
@click.pass_context
def demo(ctx: click.Context, directory: Path, browse: bool, port: int) -> None:
    """Crawl a built-in demonstration newspaper on this machine and browse the result.

    Run it twice: the second time nothing is new, one article was edited and one has gone.
    """
    from archive.crawl.run import Plan, Run, choose
    from archive.demo import crawl_config as demo_config
    from archive.demo import newspaper, server

    make_folder(directory)
    path = directory / toml.DEFAULT_NAME
    database = directory / "cuttings.db"
    if not _is_ours(path) and (path.exists() or database.exists()):
        raise CuttingsError(f"{directory}: holds a project of its own; name another folder with --dir")
    edition = newspaper.edition(2 if _has_articles(database) else 1, utc_now())
    with server.serve(edition) as paper:
        with writing(path):
            path.write_text(demo_config.config_text(paper.proxy_url), encoding="utf-8")
        click.echo(f"The demonstration newspaper is served at {paper.proxy_url}; crawling it into {database}")
        settings = toml.load(path)
        ctx.obj.path = settings.archive
        run = Run.start(settings, Plan(sources=choose(settings, ()), command="demo"))
        summary = run_crawl(run)
    click.echo(summary.line())
    for line in _changes_of(settings.archive, summary.run_id):
        click.echo(f"  {line}")
    if not browse:
        click.echo(f"Browse it with: cuttings --config {path} browse")
        ctx.exit(exit_code(summary))
    serve(settings.archive, "127.0.0.1", port)


def _is_ours(path: Path) -> bool:
    """Tell whether an earlier demonstration wrote a configuration."""
    from archive.demo.crawl_config import config_text

    heading = config_text("").splitlines()[0]
    try:
        return path.read_text(encoding="utf-8").startswith(heading)
    except (OSError, UnicodeDecodeError):
        return False


def _has_articles(database: Path) -> bool:
    if not database.exists():
        return False
    conn = open_reader(database)
    try:
        return bool(conn.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0])
    finally:
        conn.close()


def _changes_of(database: Path, run_id: int) -> Iterator[str]:
    """Yield a line for each article that a run found edited or gone."""
    conn = open_reader(database)
    rows = conn.execute(
        """
        SELECT f.outcome, f.status, a.id, a.title, a.versions, v.change
        FROM fetches AS f JOIN articles AS a ON a.id = f.article_id JOIN versions AS v ON v.id = a.version_id
        WHERE f.run_id = ? AND (f.outcome = 'updated' OR f.status IN (404, 410)) ORDER BY f.id
        """,
        (run_id,),
    ).fetchall()
    conn.close()
    for row in rows:
        if row["outcome"] == "updated":
            yield f"edited: article {row['id']} “{row['title']}” is now version {row['versions']} ({row['change']})"
        else:
            yield f"gone: article {row['id']} “{row['title']}” answers {row['status']}; the archive keeps it"
