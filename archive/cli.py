"""The command line: reads what a person asks for, calls the parts, and says what came of it. The composition root.

Exit codes: 0 done; 1 it could not be done; 2 the command line or cuttings.toml is wrong; 3 a crawl ended early or could
not read a listing; 4 another run holds the archive; 5 the disk is full; 130 interrupted.
"""

import asyncio
import errno
import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import config
from archive.errors import CuttingsError, StorageFullError, UsageError
from archive.reader import open_reader
from archive.times import utc_now

if TYPE_CHECKING:
    from archive.run import Run, Summary

PARTIAL: Final = 3
INTERRUPTED: Final = 130
_DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DEFAULT_URL: Final = "http://page.invalid/page"  # RFC 2606: what relative links resolve against without an address


@dataclass(slots=True)
class Invocation:
    """What the options before the command say."""

    config_path: Path = Path(config.DEFAULT_NAME)
    debug: bool = False

    def archive(self, named: Path | None) -> Path:
        """The archive a command reads: the one named with --archive, or the configuration's."""
        return named or config.load(self.config_path).archive


def main() -> None:
    """Entry point of `cuttings`."""
    call = Invocation()
    try:
        code = cli.main(prog_name="cuttings", standalone_mode=False, obj=call)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except Exception as error:
        if call.debug:
            raise
        code = _explain(error)
    sys.exit(code if isinstance(code, int) else 0)


def _explain(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        error = StorageFullError("the disk is full: what was to be written is not complete")
    if isinstance(error, CuttingsError):
        click.echo(f"cuttings: {error}", err=True)
        return error.exit_code
    click.echo(f"cuttings: {type(error).__name__}: {error} (run `cuttings --debug ...` to see where)", err=True)
    return 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=__doc__.split("\n\n")[1])
@click.option("-c", "--config", "config_path", type=click.Path(path_type=Path), help="File to read [cuttings.toml].")
@click.option("--debug", is_flag=True, help="Show a traceback where the program fails.")
@click.version_option(package_name="cuttings", prog_name="cuttings")
@click.pass_obj
def cli(call: Invocation, config_path: Path | None, debug: bool) -> None:
    """Crawl news sites, cut the article out of each page, file it, find it again."""
    call.config_path = config_path or call.config_path
    call.debug = debug


_archive_option = click.option(
    "--archive", type=click.Path(path_type=Path, dir_okay=False), help="Archive file [the configuration's]."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


# Crawling ------------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a cuttings.toml to start from into DIRECTORY."""
    path = directory / config.DEFAULT_NAME
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(config.TEMPLATE)
    except FileExistsError as error:
        raise CuttingsError(f"{path}: is there already; it is left as it is") from error
    click.echo(f"Wrote {path}. Put your contact into user_agent and your sources below it, then run `cuttings crawl`.")


@cli.command()
@click.argument("sources", nargs=-1)
@click.option("--limit", type=click.IntRange(min=0), help="Fetch at most this many articles.")
@click.option("--dry-run", is_flag=True, help="Read feeds and sitemaps, list what would be fetched, keep nothing.")
@_json_option
@click.pass_context
def crawl(ctx: click.Context, sources: tuple[str, ...], limit: int | None, dry_run: bool, as_json: bool) -> None:
    """Fetch what is new from SOURCES (all of them if none is named) and file it."""
    from archive.run import Plan, Run, choose

    settings = config.load(ctx.obj.config_path)
    plan = Plan(sources=choose(settings, sources), limit=limit, rehearsal=dry_run)
    run = Run.start(settings, plan)
    would_fetch: list[str] = []
    summary = _crawl(run, would_fetch)
    if as_json:
        _print_json(_summary_record(summary) | ({"would_fetch": would_fetch} if dry_run else {}))
    else:
        for url in would_fetch:
            click.echo(url)
        if dry_run:
            click.echo(f"Dry run, nothing kept: {len(would_fetch):,} articles would be fetched.", err=True)
        click.echo(summary.line(), err=as_json or dry_run)
    ctx.exit(_exit_code(summary))


def _crawl(run: "Run", would_fetch: list[str] | None = None) -> "Summary":
    """Crawl for a run that has begun, and finish it whatever happens."""
    from archive.progress import watch

    state = "interrupted"
    try:
        from spiders.crawl import crawl as crawl_with_scrapy

        with watch(run):
            state = crawl_with_scrapy(run, run.config.archive.with_suffix(".log"))
        if run.plan.rehearsal and would_fetch is not None:
            would_fetch += run.due_articles()[: run.plan.limit]
    finally:
        summary = run.finish(state)
    if run.error:
        click.echo(summary.line(), err=True)
        raise run.error
    return summary


def _exit_code(summary: "Summary") -> int:
    return 0 if summary.state == "finished" and not summary.listings_failed else PARTIAL


def _summary_record(summary: "Summary") -> dict[str, Any]:
    return {
        "run": summary.run_id,
        "state": summary.state,
        "new": summary.new,
        "known": summary.known,
        "tried": summary.tried,
        "outcomes": summary.outcomes,
        "seconds": round(summary.seconds, 1),
    }


@cli.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), default="cuttings-demo",
              show_default=True, help="Where its archive is kept.")  # fmt: skip
@click.option("--browse/--no-browse", default=True, help="Open the archive in the browser when done, or end.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="For browsing.")
@click.pass_context
def demo(ctx: click.Context, directory: Path, browse: bool, port: int) -> None:
    """Crawl a built-in demonstration newspaper on this machine and browse the result.

    Run it twice: the second time nothing is new, one article was edited and one has gone.
    """
    from archive.demo import config as demo_config
    from archive.demo import newspaper, server
    from archive.run import Plan, Run, choose

    directory.mkdir(parents=True, exist_ok=True)
    path = directory / config.DEFAULT_NAME
    database = directory / "cuttings.db"
    edition = newspaper.edition(2 if _has_articles(database) else 1, utc_now())
    with server.serve(edition) as paper:
        path.write_text(demo_config.config_text(paper.proxy_url), encoding="utf-8")
        click.echo(f"The demonstration newspaper is served at {paper.proxy_url}; crawling it into {database}")
        settings = config.load(path)
        run = Run.start(settings, Plan(sources=choose(settings, ()), command="demo"))
        summary = _crawl(run)
    click.echo(summary.line())
    for line in _changes_of(settings.archive, summary.run_id):
        click.echo(f"  {line}")
    if not browse:
        click.echo(f"Browse it with: cuttings --config {path} browse")
        ctx.exit(_exit_code(summary))
    _serve(settings.archive, "127.0.0.1", port)


def _has_articles(database: Path) -> bool:
    if not database.exists():
        return False
    conn = open_reader(database)
    try:
        return bool(conn.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0])
    finally:
        conn.close()


def _changes_of(database: Path, run_id: int) -> Iterator[str]:
    """A line for each article that a run found edited or gone."""
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


# Extraction ----------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--url", help="Address of the page on standard input.")
@click.option("--batch", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="JSONL file with lines {id, url, html}; html is a path to .html or .html.gz.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Processes for --batch [one a core].")
def extract(url: str | None, batch: Path | None, workers: int | None) -> None:
    """Cut the article out of a page on standard input; print one JSON object. Needs no archive.

    With --batch, print one object a line, with the line's id, in the order of the file.
    """
    if batch:
        asyncio.run(_extract_batch(batch, workers))
        return
    if sys.stdin.isatty():
        raise UsageError("give a page on standard input, as in: cuttings extract --url URL < page.html")
    from archive.records import record
    from pipelines.extract import extract as cut_out

    capture = _capture(url or _DEFAULT_URL, sys.stdin.buffer.read())
    _print_json(record(url or "", cut_out(capture)))


async def _extract_batch(manifest: Path, workers: int | None) -> None:
    from archive.models import Failure, Outcome, SiteRules
    from archive.records import record
    from pipelines.workers import Workers

    for _ in _manifest(manifest):
        pass  # a line that is none is told before any page is read
    unread: dict[str, Failure] = {}

    def pages() -> Iterator[tuple[str, Any]]:
        for page_id, url, path in _manifest(manifest):
            try:
                yield page_id, _capture(url, _read_page(path))
            except (OSError, EOFError, gzip.BadGzipFile) as error:
                detail = f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})"
                unread[page_id] = Failure(url=url, stage="fetch", outcome=Outcome.ERROR, detail=detail)
                yield page_id, _capture(url, b"")

    with Workers(workers) as pool:
        async for page_id, capture, result in pool.extract_all(pages(), SiteRules()):
            outcome = unread.pop(page_id, result)
            _print_json({"id": orjson.loads(page_id), **record(capture.url, outcome)})


def _manifest(path: Path) -> Iterator[tuple[str, str, Path]]:
    """The lines of a manifest: id as JSON, url, path of the page relative to the manifest's folder."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
                page = (
                    orjson.dumps(row["id"]).decode(),
                    str(row.get("url") or _DEFAULT_URL),
                    path.parent / row["html"],
                )
            except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(f'{path}: line {number}: is not {{"id": ..., "url": ..., "html": ...}}') from error
            yield page


def _read_page(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _capture(url: str, body: bytes) -> Any:
    from archive.models import Capture

    return Capture(url=url, final_url=url, fetched_at=utc_now(), status=200, headers=(), body=body)


# Reading the archive -------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--source", help="Only articles of this source.")
@click.option("--language", help="Only articles in this language, such as en.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Published on or after this day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Published on or before this day.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most hits to show.")
@_archive_option
@_json_option
@click.pass_obj
def search(call: Invocation, query: tuple[str, ...], source: str | None, language: str | None, since: datetime | None,
           until: datetime | None, limit: int, archive: Path | None, as_json: bool) -> None:  # fmt: skip
    """Find articles: words, "a phrase", begin*, -not. Best first."""
    from archive import search as finder

    conn = open_reader(call.archive(archive))
    words = " ".join(query)
    chosen: dict[str, Any] = {"source": source, "language": language, "since": _day(since), "until": _day(until)}
    hits = finder.search(conn, words, limit=limit, **chosen)
    total = finder.count(conn, words, **chosen)
    if as_json:
        _print_json({"query": words, "count": total, "hits": [_hit_record(hit, finder) for hit in hits]})
        return
    console = Console(highlight=False)
    for hit in hits:
        console.print(Text.assemble((f"{hit.id:>6}  ", "dim"), *_marked(hit.title, "bold", finder)))
        facts = " · ".join(filter(None, (hit.source_name, (hit.published or "")[:10], hit.byline)))
        console.print(Text(f"        {facts}", "dim"))
        console.print(Text.assemble("        ", *_marked(hit.snippet, "", finder)))
    click.echo(f"{total:,} articles" + (f", the best {len(hits)} shown" if total > len(hits) else ""))


def _marked(text: str, style: str, finder: Any) -> Iterator[tuple[str, str]]:
    for piece, matched in finder.spans(text):
        yield piece, f"{style} reverse".strip() if matched else style


def _hit_record(hit: Any, finder: Any) -> dict[str, Any]:
    from dataclasses import asdict

    plain = {key: "".join(piece for piece, _ in finder.spans(getattr(hit, key))) for key in ("title", "snippet")}
    return asdict(hit) | plain


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@cli.command()
@click.argument("article_id", type=int)
@click.option("--removed", is_flag=True, help="Show what was cut, in its place, with kind and rule.")
@click.option("--raw", is_flag=True, help="Print the page as it came, from the WARC file.")
@_archive_option
@_json_option
@click.pass_obj
def show(call: Invocation, article_id: int, removed: bool, raw: bool, archive: Path | None, as_json: bool) -> None:
    """Show an article."""
    from archive import records

    path = call.archive(archive)
    conn = open_reader(path)
    record = records.stored(conn, article_id)
    if record is None:
        raise CuttingsError(
            f"there is no article {article_id} in {path}; `cuttings search` lists articles with their ids"
        )
    if raw:
        sys.stdout.buffer.write(_raw_page(path, record))
    elif as_json:
        _print_json(record)
    else:
        click.echo(_with_removed(record) if removed else records.plain(record))


def _raw_page(archive: Path, record: Any) -> bytes:
    from archive import warc
    from archive.models import Locator

    where = record["provenance"]
    if not where["warc_file"]:
        raise CuttingsError(f"article {record['id']} has no raw page in the archive")
    locator = Locator(file=where["warc_file"], offset=where["warc_offset"], length=where["warc_length"])
    return warc.read(warc.folder_of(archive), locator).body


def _with_removed(record: Any) -> str:
    """The text with every cut where it stood, marked with its kind and rule."""
    cuts: dict[int, list[str]] = {}
    for cut in record["removed"]:
        cuts.setdefault(cut["after_paragraph"], []).append(f"  ✂ [{cut['kind']}: {cut['rule']}] {cut['text']}")
    lines = [record["title"], *cuts.get(0, ())]
    for number, paragraph in enumerate(record["paragraphs"], start=1):
        lines += [paragraph, *cuts.get(number, ())]
    return "\n\n".join(lines)


@cli.command()
@_archive_option
@_json_option
@click.pass_obj
def status(call: Invocation, archive: Path | None, as_json: bool) -> None:
    """Show what the archive holds, source by source, what is due, and how the last run ended."""
    from archive.status import report

    path = call.archive(archive)
    facts = report(open_reader(path))
    if as_json:
        _print_json(facts)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("source", "articles", "words", "latest", "due", "dead", "last problem"):
        table.add_column(title, justify="right" if title in {"articles", "words", "due", "dead"} else "left")
    for source in facts["sources"]:
        table.add_row(source["id"], f"{source['articles']:,}", f"{source['words']:,}", (source["latest"] or "-")[:10],
                      f"{source['due']:,}", f"{source['dead']:,}", source["problem"] or "")  # fmt: skip
    Console(highlight=False).print(table)
    click.echo(
        f"{facts['articles']:,} articles, {facts['versions']:,} versions, {facts['removed']:,} blocks cut; {path}"
    )
    if last := facts["last_run"]:
        counts = ", ".join(f"{count:,} {name}" for name, count in (last["outcomes"] or {}).items())
        click.echo(f"Last run {last['id']} ({last['state']}) began {last['started_at']}: {counts or 'nothing tried'}")


@cli.command()
@click.option("--format", "format_name", default="jsonl", show_default=True, help="jsonl or csv.")
@click.option("--source", multiple=True, help="Only this source; may be given more than once.")
@click.option("--language", multiple=True, help="Only this language; may be given more than once.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Published on or after this day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Published on or before this day.")
@click.option("--min-words", type=click.IntRange(min=0), help="Only articles of at least this many words.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write [standard output]."
)
@_archive_option
@click.pass_obj
def export(call: Invocation, format_name: str, source: tuple[str, ...], language: tuple[str, ...],
           since: datetime | None, until: datetime | None, min_words: int | None, output: Path | None,
           archive: Path | None) -> None:  # fmt: skip
    """Write articles as a dataset, one a line, by id."""
    from archive import export as exports

    conn = open_reader(call.archive(archive))
    selection = exports.Selection(source=source, language=language, since=_day(since), until=_day(until),
                                  min_words=min_words)  # fmt: skip
    with exports.snapshot(conn):
        total = exports.count(conn, selection)
        if output is None:
            done = exports.export(conn, selection, format_name, sys.stdout.buffer)
        else:
            done = _export_to(output, total, lambda out, step: exports.export(conn, selection, format_name, out, step))
    click.echo(f"{done:,} articles" + (f" written to {output}" if output else ""), err=True)


def _export_to(output: Path, total: int, write: Any) -> int:
    """Write beside the file and rename when complete, so that a file under its name is always whole."""
    from archive.progress import bar

    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as stream, bar("Exporting", total) as (display, task):
            out: BinaryIO = stream
            done = int(write(out, lambda count: display.update(task, completed=count)))
        part.replace(output)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise
        raise CuttingsError(f"{output}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
    return done


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port to listen on.")
@_archive_option
@click.pass_obj
def browse(call: Invocation, host: str, port: int, archive: Path | None) -> None:
    """Open the archive in Datasette, until Ctrl-C."""
    path = call.archive(archive)
    open_reader(path).close()
    _serve(path, host, port)


def _serve(path: Path, host: str, port: int) -> None:
    from archive.browse.serve import serve

    serve(path, host=host, port=port, ready=lambda url: click.echo(f"Browse the archive on {url} (Ctrl-C ends)"))


if __name__ == "__main__":
    main()
