"""The command `crawl`: fetch what is new or due, and file it."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.common import Number, json_option, options_as, print_json
from archive.config import toml
from archive.errors import CuttingsError, cannot_be_written
from archive.storage.connection import log_of
from archive.times import stamp, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.crawl.run import Plan, Run, Summary
    from archive.model.source import Source

PARTIAL: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments and options of `crawl`."""

    sources: tuple[str, ...]
    due: bool
    limit: int | None
    again: str | None
    dry_run: bool
    as_json: bool


@click.command(short_help="Fetch what is new, and file it.")
@click.argument("sources", nargs=-1)
@click.option("--due", is_flag=True, help="Do only what is due by now: the line for cron. See `cuttings schedule`.")
@click.option("--limit", type=Number(min=0), help="Fetch at most this many articles.")
@click.option(
    "--again", metavar="OUTCOME[,OUTCOME]", help="Fetch again URLs with these outcomes, such as http_4xx,dead."
)
@click.option("--dry-run", is_flag=True, help="Read feeds and sitemaps, list what would be fetched, keep nothing.")
@json_option
@click.pass_context
@options_as(Options)
def crawl(
    ctx: click.Context,
    options: Options,
) -> None:
    """Fetch what is new from SOURCES (all of them if none is named) and file it.

    Feeds and sitemaps come first, then the articles they name. Ctrl-C ends it within seconds; the next crawl goes on
    from there. The line at the end counts how each URL ended; a log is written beside the archive.

    With --again URLs with these outcomes are fetched once more, before their next attempt is due; robots.txt and rights
    are obeyed as ever. `--again duplicate` fetches again what was joined to an article by another URL of it.

    With --due a feed or sitemap is polled when its `every` says so, or its own pace. Exit codes: 0 done, 3 a listing
    could not be read or the crawl ended early, 4 another run holds the archive.
    """
    from archive.crawl import chances
    from archive.crawl.run import Plan, Run, choose

    revived = chances.again(options.again) if options.again is not None else ()
    settings = toml.load(ctx.obj.config_path)
    ctx.obj.path = settings.archive
    plan = Plan(
        sources=choose(settings, options.sources),
        command="crawl --due" if options.due else "crawl",
        limit=options.limit,
        rehearsal=options.dry_run,
        due=options.due,
        again=revived,
    )
    check_browser(plan.sources)
    if plan.due and not revived and (idle := nothing_due(settings, plan, utc_now())):
        _say_idle(idle, as_json=options.as_json)
        return
    run = Run.start(settings, plan)
    would_fetch: list[str] = []
    summary = run_crawl(run, would_fetch)
    if options.as_json:
        print_json(_summary_record(summary) | ({"would_fetch": would_fetch} if plan.rehearsal else {}))
    else:
        for url in would_fetch:
            click.echo(url)
        if plan.rehearsal:
            click.echo(f"Dry run, nothing kept: {len(would_fetch):,} articles would be fetched.", err=True)
        click.echo(summary.line(), err=options.as_json or plan.rehearsal)
    ctx.exit(exit_code(summary))


def check_browser(sources: "Sequence[Source]") -> None:
    """Raise CuttingsError if a source wants its pages rendered, and no browser is installed."""
    wanting = [source.id for source in sources if source.render]
    if not wanting:
        return
    from pipelines.rendering import missing

    if reason := missing():
        raise CuttingsError(f'"{wanting[0]}" has render = true, but {reason}')


def nothing_due(settings: toml.Config, plan: "Plan", now: datetime) -> dict[str, datetime] | None:
    """Return when each source has something due next; None if something is due now."""
    from archive.crawl.due import agenda, articles_due
    from archive.crawl.following import is_behind
    from archive.storage.connection import open_reader

    if not settings.archive.exists():
        return None
    wanted = frozenset(source.id for source in plan.sources)
    with closing(open_reader(settings.archive)) as conn:
        looks = agenda(conn, settings, now).next()
        articles = articles_due(conn, wanted, now)
        behind = is_behind(conn, settings.sources, wanted)
    if behind or not wanted <= looks.keys():  # the file was edited, or a source was never polled
        return None
    following = {key: min(looks[key], articles.get(key, looks[key])) for key in wanted}
    return following if min(following.values()) > now else None


def _say_idle(following: dict[str, datetime], *, as_json: bool) -> None:
    source, when = min(following.items(), key=lambda item: (item[1], item[0]))
    if as_json:
        print_json({"run": None, "next": {key: stamp(due) for key, due in sorted(following.items())}})
    else:
        click.echo(f"Nothing is due; next is {source} at {when:%Y-%m-%d %H:%M:%S} UTC.")


def run_crawl(run: "Run", would_fetch: list[str] | None = None) -> "Summary":
    """Crawl for a run that has begun, and finish it under any error. Raises the run's error, if it has one."""
    from archive.cli.progress import watch

    state = "interrupted"
    try:
        from spiders.crawl import crawl as crawl_with_scrapy

        with watch(run):
            state = crawl_with_scrapy(run, _log(run.config.archive))
        if run.plan.rehearsal and would_fetch is not None:
            would_fetch += run.due_articles()[: run.plan.limit]
    finally:
        summary = run.finish(state)
    if run.error:
        click.echo(summary.line(), err=True)
        raise run.error
    return summary


def _log(archive: Path) -> Path:
    """Return the path of the log. Raises CuttingsError if it cannot be written."""
    path = log_of(archive)
    try:
        path.open("ab").close()
    except OSError as error:
        raise cannot_be_written(path, error) from error
    return path


def exit_code(summary: "Summary") -> int:
    """Return the exit code of a crawl that has ended."""
    return 0 if summary.state == "finished" and not summary.listings_failed else PARTIAL


def _summary_record(summary: "Summary") -> dict[str, Any]:
    return {
        "run": summary.run_id,
        "state": summary.state,
        "new": summary.new,
        "known": summary.known,
        "tried": summary.tried,
        "outcomes": summary.outcomes,
        "learned": summary.learned,
        "events": list(summary.events),
        "seconds": round(summary.seconds, 1),
    }
