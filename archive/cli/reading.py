"""Commands that read the archive: `search`, `show`, `status`."""

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.common import Day, Invocation, Number, OnceOnly, archive_option, json_option, print_json
from archive.cli.endings import one_line
from archive.config.toml import load
from archive.crawl.following import NOTHING_READ, NOTHING_TO_POLL
from archive.crawl.moves import moved
from archive.errors import CuttingsError, UsageError
from archive.storage.connection import open_reader
from archive.text import scrub, shown
from archive.times import utc_now

if TYPE_CHECKING:
    from rich.table import Table

    from archive.health.status import Plans
    from archive.model.capture import Capture
    from archive.storage.read_article import StoredRecord


class _Query(OnceOnly):
    """A command whose words may begin with a hyphen, which looks like an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Called by click."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name.startswith("--"):
                raise
            advice = "words that begin with a hyphen come after --, as in: cuttings search council -- -football"
            raise click.UsageError(f"{error.format_message().rstrip('.')}; {advice}", ctx) from error


@click.command(cls=_Query)
@click.argument("query", nargs=-1, required=True)
@click.option("--source", multiple=True, help="Only articles of this source; may be given more than once.")
@click.option("--language", multiple=True, help="Only in this language, such as en; may be given more than once.")
@click.option("--from", "since", type=Day(), help="Published on or after this day.")
@click.option("--to", "until", type=Day(), help="Published on or before this day.")
@click.option("--limit", type=Number(min=1), default=20, show_default=True, help="Most hits to show.")
@archive_option
@json_option
@click.pass_obj
def search(call: Invocation, query: tuple[str, ...], source: tuple[str, ...], language: tuple[str, ...],
           since: date | None, until: date | None, limit: int, archive: Path | None,
           as_json: bool) -> None:  # fmt: skip
    """Find articles: words, "a phrase", begin*, -not, AND, OR, NOT and brackets. Best first; newest first for words
    that are everywhere.

    Fields narrow it: title:ferry, author:calder, source:gazette, language:en, year:2026, kind:liveblog, tag:schools,
    section:local. A source is named by its id, its name or its host.
    A shell takes quotation marks away, so put the whole query into others: cuttings search '"city council" mayor'.
    Words that begin with a hyphen come after `--`: cuttings search council -- -football.
    """
    from archive.search import search as finder

    conn = open_reader(call.archive(archive))
    typed = " ".join(query)
    if not typed.strip():
        raise UsageError("the query is empty; give words to look for")
    words = scrub(typed)  # bytes of a command line that are no UTF-8 cannot be in a text
    found = finder.Search(conn, finder.Question(text=typed, source=source, language=language, since=since, until=until))
    hits, total = found.hits(limit), found.total
    if as_json:
        shown_hits = [_hit_record(hit) for hit in hits]
        print_json(
            {"query": words, "count": total, "whole": found.is_whole, "undated": found.undated, "hits": shown_hits}
        )
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for hit in hits:
        console.print(Text.assemble((f"{hit.id:>6}  ", "dim"), *_marked(hit.title, "bold")))
        facts = " · ".join(filter(None, (hit.source_name, (hit.published or "")[:10], hit.byline)))
        console.print(Text(f"        {one_line(facts)}", "dim"))
        console.print(Text.assemble("        ", *_marked(hit.snippet, "")))
    which = "best" if found.is_ranked else "newest"
    at_least = "" if found.is_whole else "more than "
    click.echo(f"{at_least}{total:,} articles" + (f", the {which} {len(hits)} shown" if total > len(hits) else ""))
    if not found.is_whole:
        click.echo("There are too many articles for one search: those filed last are shown; add a word, or narrow it")
    if found.undated and found.leaves_out_undated:
        click.echo(f"{found.undated:,} more fit, but are not dated, and in no span of time (year:none finds them)")
    elif found.undated and not (found.is_of_time or found.is_ranked):
        click.echo(f"{found.undated:,} of them are not dated; they stand at the end")


def _marked(text: str, style: str) -> Iterator[tuple[str, str]]:
    from archive.search.highlight import spans

    for piece, matched in spans(text):
        yield shown(piece), f"{style} reverse".strip() if matched else style


def _hit_record(hit: Any) -> dict[str, Any]:
    from dataclasses import asdict

    from archive.search.highlight import spans

    plain = {key: "".join(piece for piece, _ in spans(getattr(hit, key))) for key in ("title", "snippet")}
    return asdict(hit) | plain


class _Between(click.ParamType["tuple[int | None, int | None]"]):
    """Two versions: `N..M`, `N` (and the next one), or nothing (the last two)."""

    name = "versions"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> "tuple[int | None, int | None]":
        """Called by click with what was typed."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(?:([0-9]{1,9})(?:\.\.([0-9]{1,9}))?)?", value)
        if found is None:
            self.fail(f"{value!r} names no versions; write two of them as in 2..3", param, ctx)
        first, second = (int(group) if group else None for group in found.groups())
        return first, second


@click.command()
@click.argument("article_id", type=int)
@click.option("--removed", is_flag=True, help="Show what was cut, in its place, with kind and rule.")
@click.option("--raw", is_flag=True, help="Print the page as it came, from the WARC file.")
@click.option("--versions", is_flag=True, help="List its versions, and what kind of change each is.")
@click.option("--diff", type=_Between(), is_flag=False, flag_value="", metavar="[N[..M]]",
              help="Show what version M (the last) changed in N (the one before it), word by word.")  # fmt: skip
@archive_option
@json_option
@click.pass_obj
def show(call: Invocation, article_id: int, removed: bool, raw: bool, versions: bool,
         diff: "tuple[int | None, int | None] | None", archive: Path | None, as_json: bool) -> None:  # fmt: skip
    """Show the article with this id, which `cuttings search` names."""
    from archive.storage import read_article

    if raw and (removed or as_json or versions or diff):
        raise UsageError("--raw prints the page and nothing else; leave the other options out")
    if removed and (versions or diff):
        raise UsageError("--removed shows the current version; leave --versions and --diff out")
    path = call.archive(archive)
    conn = open_reader(path)
    record = stored_article(conn, path, article_id)
    if raw:
        _print_raw(raw_page(path, record).body)
    elif versions or diff:
        _print_history(conn, record, diff, list_them=versions, as_json=as_json)
    elif as_json:
        print_json(record)
    else:
        click.echo(shown(_with_removed(record) if removed else read_article.plain(record)))
        if record["reserved"]:
            click.echo(f"Its publisher reserves its use by machines: {record['reserved']}.", err=True)
        for each in record["denied"]:
            click.echo(f"  not to {', '.join(each['uses'])}: {one_line(each['reason'])}", err=True)


def _print_history(
    conn: sqlite3.Connection,
    record: Any,
    between: "tuple[int | None, int | None] | None",
    *,
    list_them: bool,
    as_json: bool,
) -> None:
    from archive.changes.word_diff import Fold, differences, folded, marked

    found: dict[str, Any] = {"id": record["id"], "versions": record["versions"]}
    lines = None
    if between:
        first, second = _chosen(record, between)
        from archive.storage.read_article import version_text

        lines = differences(version_text(conn, record["id"], first), version_text(conn, record["id"], second))
        pieces = [[{"kind": str(piece.kind), "text": piece.text} for piece in line] for line in lines]
        found["diff"] = {"from": first, "to": second, "paragraphs": pieces}
    if as_json:
        print_json(found)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if list_them or not lines:
        console.print(_versions_table(record["versions"]))
    for line in folded(lines) if lines else ():
        if isinstance(line, Fold):
            console.print(Text(f"… {line.paragraphs:,} paragraphs unchanged", "dim"))
        elif console.is_terminal:
            console.print(Text.assemble(*((shown(piece.text), _STYLES[piece.kind]) for piece in line)))
        else:
            click.echo(shown(marked(line)))


_STYLES: Final = {"same": "", "removed": "red strike", "added": "green underline"}


def _chosen(record: Any, between: "tuple[int | None, int | None]") -> tuple[int, int]:
    """Numbers of the two versions that are meant."""
    count = len(record["versions"])
    if count < 2:
        raise CuttingsError(f"article {record['id']} has one version; there is nothing to hold it against")
    first, second = between
    second = second if second is not None else (first + 1 if first and first < count else count)
    first = first if first is not None else second - 1
    for number in (first, second):
        if not 1 <= number <= count:
            raise UsageError(f"article {record['id']} has no version {number}; it has 1 to {count}")
    return first, second


def _versions_table(versions: Sequence[Any]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("n", "seen", "change", "words", "changed", "title"):
        table.add_column(title, justify="right" if title in {"n", "words", "changed"} else "left")
    for each in versions:
        changed = "" if each["changed_words"] is None else f"{each['changed_words']:,}"
        table.add_row(
            str(each["n"]),
            each["created_at"],
            each["change"],
            f"{each['words']:,}",
            changed,
            Text(one_line(each["title"])),
        )
    return table


def _print_raw(page: bytes) -> None:
    if sys.stdout.isatty():  # a page may hold commands for terminals; a file gets it as it came
        click.echo(shown(page.decode("utf-8", "replace")))
    else:
        sys.stdout.buffer.write(page)


def stored_article(conn: sqlite3.Connection, path: Path, article_id: int) -> "StoredRecord":
    """Return an article of the archive at `path`. Raises CuttingsError where there is none with this id."""
    from archive.storage.read_article import stored

    record = stored(conn, article_id)
    if record is None:
        raise CuttingsError(
            f"there is no article {article_id} in {path}; `cuttings search` lists articles with their ids"
        )
    return record


def raw_page(archive: Path, record: "StoredRecord") -> "Capture":
    """Return the page that an article's current version was cut from. Raises CuttingsError where it is not kept."""
    from archive.model.capture import Locator
    from archive.warc import warc_files

    where = record["provenance"]
    file, offset, length = where["warc_file"], where["warc_offset"], where["warc_length"]
    if file is None or offset is None or length is None:
        raise CuttingsError(f"article {record['id']} has no raw page in the archive")
    return warc_files.read(warc_files.folder_of(archive), Locator(file=file, offset=offset, length=length))


def with_cuts(title: str | None, paragraphs: Sequence[str], cuts: Iterable[tuple[int, str, str, str]]) -> str:
    """The text with every cut where it stood. A cut is the paragraphs before it, its kind, its rule and its text."""
    placed: dict[int, list[str]] = {}
    for after, kind, rule, text in cuts:
        placed.setdefault(after, []).append(f"  ✂ [{kind}: {rule}] {text}")
    lines = [*([title] if title else []), *placed.get(0, ())]
    for number, paragraph in enumerate(paragraphs, start=1):
        lines += [paragraph, *placed.get(number, ())]
    return "\n\n".join(lines)


def _with_removed(record: Any) -> str:
    cuts = ((cut["after_paragraph"], cut["kind"], cut["rule"], cut["text"]) for cut in record["removed"])
    return with_cuts(record["title"], record["paragraphs"], cuts)


_LEAST_WIDTH: Final = 64  # columns; in fewer a table shows nothing but dots


@click.command(short_help="Show what is there, what is due, what went wrong.")
@click.option("--check", is_flag=True, help="For a monitor: say what is wrong, and end with 3 if anything is.")
@archive_option
@json_option
@click.pass_context
def status(ctx: click.Context, check: bool, archive: Path | None, as_json: bool) -> None:
    """Show what the archive holds, source by source, what is due, and how the last run ended. The worst comes first.

    today: articles that were new (UTC); latest: day of the newest article; due: URLs that the next crawl asks for;
    next: when `crawl --due` looks at the source again; dead: URLs that were given up, after three tries or for good.
    Below the table: how a source departs from its usual, feeds or sitemaps that could not be read, and what
    cuttings.toml no longer names.

    With --check nothing is said but what is wrong: an open alert, a source that has nothing to poll or none of whose
    listings could be read, a host that refuses us, or a run that did not come to its end.
    """
    from archive.health.status import report, trouble

    call: Invocation = ctx.obj
    path = call.archive(archive)
    with closing(open_reader(path)) as conn:
        now = utc_now()
        facts = report(conn, now, _plans(call, conn, now) if archive is None else None)
    wrong = trouble(facts) if check else []
    if as_json:
        print_json(facts | ({"trouble": wrong} if check else {}))
    elif check:
        for sentence in wrong or ["Nothing is wrong."]:
            click.echo(one_line(sentence))
    else:
        _print_status(facts, path)
    ctx.exit(TROUBLE if wrong else 0)


TROUBLE: Final = 3


def _plans(call: Invocation, conn: sqlite3.Connection, now: datetime) -> "Plans":
    """What the configuration says of its sources."""
    from archive.crawl.due import agenda
    from archive.health.status import Plans

    settings = load(call.config_path)
    return Plans(
        next=agenda(conn, settings, now).next(),
        named=frozenset(source.id for source in settings.sources),
        enabled=frozenset(source.id for source in settings.sources if source.enabled),
    )


def _print_status(facts: dict[str, Any], path: Path) -> None:
    from rich.console import Console

    Console(highlight=False, width=max(Console().width, _LEAST_WIDTH)).print(_sources_table(facts))
    for source in facts["sources"]:
        for trouble in _troubles(source):
            click.echo(one_line(f"{source['id']}: {trouble}"))
    _print_news(facts, path)


def _sources_table(facts: dict[str, Any]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    longest = max((len(source["id"]) for source in facts["sources"]), default=0)
    table.add_column("source", min_width=min(longest, _WIDEST_NAME))
    for title in ("articles", "today", "latest", "due", "next (UTC)", "dead"):
        table.add_column(title, justify="right" if title in {"articles", "today", "due", "dead"} else "left")
    for source in facts["sources"]:
        table.add_row(
            Text(one_line(source["id"])), f"{source['articles']:,}", f"{source['today']['new']:,}",
            (source["latest"] or "-")[:10], f"{source['due']:,}", _clock(source["next"]), f"{source['dead']:,}",
        )  # fmt: skip
    return table


def _print_news(facts: dict[str, Any], path: Path) -> None:
    click.echo(
        f"{facts['articles']:,} articles, {facts['versions']:,} versions, {facts['removed']:,} blocks cut; {path}"
    )
    if facts["reserved"]:
        click.echo(f"{facts['reserved']:,} articles are reserved by their publishers; exports leave them out")
    shutting = [source for source in facts["sources"] if source["shuts_out"]]
    for source in shutting[:_EVENTS]:
        click.echo(one_line(f"{source['id']}: {source['shuts_out']}"))
    if shutting[_EVENTS:]:
        click.echo(f"{len(shutting) - _EVENTS:,} more sources shut out robots by name; --json names them")
    for host in facts["paused"]:
        click.echo(one_line(f"Left alone until {host['paused_until']}: {host['name']} ({host['reason']})"))
    if last := facts["last_run"]:
        counts = ", ".join(f"{count:,} {name}" for name, count in (last["outcomes"] or {}).items())
        began = f"Last run {last['id']} ({last['state']}) began {last['started_at']}"
        click.echo(one_line(f"{began}: {counts or 'nothing tried'}"))
        for event in last["events"]:
            click.echo(f"  {one_line(event)}")
    if facts["events"]:
        click.echo("Of late:")
    for event in facts["events"][:_EVENTS]:
        click.echo(f"  {one_line(' '.join(filter(None, (event['at'], event['source'], event['detail']))))}")


_WIDEST_NAME: Final = 32  # characters of a source's id that are shown in any case
_EVENTS: Final = 8  # lines


def _clock(when: str | None) -> str:
    return when[5:16].replace("T", " ") if when else "-"


def _troubles(source: dict[str, Any]) -> Iterator[str]:
    """How a source departs from its usual, a listing of it that could not be read, and what left cuttings.toml."""
    yield from (alert["detail"] for alert in source["alerts"])
    if source["unpolled"]:
        yield NOTHING_TO_POLL
    if not source["configured"]:
        yield "no longer in cuttings.toml; its articles stay, and it is not crawled"
        return
    if source["retired"]:
        yield f"{source['retired']:,} listings are retired; `cuttings check` names them"
    for move in source["moved"]:
        yield moved(move["url"], move["moved_to"])
    if source["problem"]:
        yield f"{NOTHING_READ if source['unread'] else 'could not be read'}: {source['problem']}"
