"""The command `check`: whether cuttings.toml is good, its listings respond, and its fixtures hold."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.check_fixtures import Checked, check_fixture, short
from archive.cli.common import json_option, print_json
from archive.cli.endings import one_line
from archive.config import toml
from archive.config.edit import Move, Moved, relocate
from archive.crawl.moves import moved as sentence
from archive.crawl.moves import remembered
from archive.crawl.visitors import Visitor, visitors_of
from archive.errors import UsageError
from archive.model.outcome import Failure
from archive.model.source import Source
from archive.times import stamp

if TYPE_CHECKING:
    from spiders.site.survey import Look
_RETIRED: Final = """
    SELECT s.key, f.kind, f.url, f.detail FROM frontier AS f JOIN sources AS s ON s.id = f.source_id
    WHERE f.state = 'retired' ORDER BY s.key, f.url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A listing of a source that was polled. `detail` says what is wrong with it, if anything is."""

    source: str
    kind: str
    url: str
    found: str  # configured, or where it is named
    articles: int
    newest: str | None
    detail: str
    ok: bool
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A listing that the archive knows, and that is not polled any more. `detail` says why."""

    source: str
    kind: str
    url: str
    detail: str


@click.command(short_help="Check cuttings.toml, its feeds and sitemaps, and its fixtures.")
@click.argument("sources", nargs=-1)
@click.option("--offline", is_flag=True, help="Fetch nothing: check the configuration and its fixtures only.")
@click.option("--fix", is_flag=True, help="Write into cuttings.toml where feeds and sitemaps have moved for good.")
@json_option
@click.pass_context
def check(ctx: click.Context, sources: tuple[str, ...], offline: bool, fix: bool, as_json: bool) -> None:
    """Check cuttings.toml: its keys, the feeds and sitemaps of SOURCES (of all if none is named), and their fixtures.

    Feeds, sitemaps and section pages are fetched, as politely as in a crawl, and no article. An environment variable
    that a source needs and that is not set is named, with --offline too. A fixture is a [[source.fixture]]: a page, and
    what its text contains and excludes. Learned lines do not count here: the result depends on the configuration and
    the saved pages only. Listings of the archive that cuttings.toml no longer names are named as retired.

    A listing that has moved for good is named with its new URL. With --fix the new URL replaces the old one in
    cuttings.toml, and the next crawl goes on there with what it knows.
    """
    from archive.crawl.run import choose

    if fix and offline:
        raise UsageError("--fix writes what feeds and sitemaps say of themselves; leave --offline out")
    settings = toml.load(ctx.obj.config_path)
    toml.refuse_shared_listings(settings)
    chosen = choose(settings, sources) if sources else settings.sources
    visitors = visitors_of([source for source in chosen if source.enabled], settings.private_hosts)
    discovered = [] if offline else _discovered(settings, chosen, visitors, quiet=as_json)
    checked: list[Checked] = []
    for source in chosen:
        for fixture in source.fixtures:
            checked.append(check_fixture(settings.archive, source, fixture))
            if not as_json:
                _say(checked[-1])
    retired = _retired(settings, chosen if sources else None)
    moves = _remembered(settings, chosen) if offline else _moves(discovered)
    moved = relocate(ctx.obj.config_path, moves) if fix else Moved()
    if as_json:
        listings = {} if offline else {"listings": [asdict(each) for each in discovered]}
        named = {"retired": [asdict(each) for each in retired], "moved": [asdict(each) for each in moves]}
        if fix:
            named["fixed"] = [asdict(move) | {"key": key} for key, move in moved.written]
        print_json(_record(ctx.obj.config_path, chosen, checked) | named | listings)
    else:
        for each in retired:
            click.echo(f"retired {one_line(each.source)}  " + one_line(f"{each.kind} {each.url}: {each.detail}"))
        _say_moves(ctx.obj.config_path, moves, moved)
        if not offline:
            bad = sum(not each.ok for each in discovered)
            click.echo(f"{len(discovered):,} listings = {len(discovered) - bad:,} ok, {bad:,} failed")
        click.echo(_summary(ctx.obj.config_path, chosen, checked))
    ctx.exit(int(any(each.complaints for each in checked) or not all(each.ok for each in discovered)))


# ---- Discovery -------------------------------------------------------------------------------------------------------


def _discovered(
    settings: toml.Config, sources: Sequence[Source], visitors: Mapping[str, Visitor], *, quiet: bool
) -> list[Discovered]:
    """Fetch the listings of the enabled sources, one after the other."""
    from spiders.http.network import configured
    from spiders.site.fetch_few import AskAs, Manners, Render, converse
    from spiders.site.survey import Surveyor

    found: list[Discovered] = []

    async def talk(ask: AskAs, render: Render) -> None:
        for source in wanted:
            surveyor = Surveyor(source, partial(ask, source=source.id), render, settings.user_agent, lambda _url: None)
            for look in await surveyor.listings():
                found.append(_of_look(source, look))
                if not quiet:
                    _say_listing(found[-1])

    wanted = [source for source in sources if source.enabled]
    if wanted:
        network = configured(settings, visitors.values())
        converse(
            talk, Manners(user_agent=settings.user_agent, network=network, delay=_delay(wanted), visitors=visitors)
        )
    return found


def _delay(sources: Sequence[Source]) -> float:
    """Return the seconds between two requests: there is one value for all, so the longest of any source."""
    return max(source.delay for source in sources)


def _of_look(source: Source, look: "Look") -> Discovered:
    result = look.result
    detail = (result.detail or result.outcome.value) if isinstance(result, Failure) else "; ".join(result.notes)
    return Discovered(
        source=source.id, kind=look.kind.value, url=look.url, found=look.origin, articles=len(look.entries),
        newest=stamp(look.newest) if look.newest else None, detail=detail,
        ok=not isinstance(result, Failure), moved_to=look.moved_to,
    )  # fmt: skip


def _say_listing(each: Discovered) -> None:
    mark = click.style("ok    ", fg="green") if each.ok else click.style("FAILED", fg="red")
    facts = [f"{each.articles:,} articles"] if each.ok else []
    facts += [f"newest {each.newest}"] if each.newest else []
    facts += [each.detail] if each.detail else []
    what = ", ".join(facts) or "it names nothing"
    click.echo(f"{mark}  {each.source}  " + one_line(f"{each.kind} {each.url} ({each.found}): {what}"))


def _moves(discovered: Sequence[Discovered]) -> list[Move]:
    """Return the listings that have moved for good, by the responses to this check."""
    return [Move(source=each.source, url=each.url, moved_to=each.moved_to) for each in discovered if each.moved_to]


def _remembered(settings: toml.Config, sources: Sequence[Source]) -> list[Move]:
    """Return the listings that had moved when they were crawled last."""
    from archive.storage.connection import open_reader

    if not settings.archive.exists():
        return []
    listings = {(source.id, url) for source in sources for _, url in source.listings}
    with closing(open_reader(settings.archive)) as conn:
        return [
            Move(source=source, url=url, moved_to=target)
            for source, url, target in remembered(conn)
            if (source, url) in listings
        ]


def _say_moves(path: Path, moves: Sequence[Move], moved: Moved) -> None:
    """Print what was written, what was left to a person, and what else has moved."""
    done = [move for _, move in moved.written] + [move for move, _ in moved.left]
    for key, move in moved.written:
        click.echo(one_line(f"{path}: {move.source}: {key}: {move.url} → {move.moved_to}"))
    for move, why in moved.left:
        click.echo(one_line(f"{path}: {move.source}: {move.url} has moved for good to {move.moved_to}, but {why}"))
    for move in moves:
        if move not in done:
            click.echo(one_line(f"{move.source}: {sentence(move.url, move.moved_to)}"))


def _retired(settings: toml.Config, sources: Sequence[Source] | None) -> list[Retired]:
    """Return the retired listings of the archive: of these sources, or of all (None)."""
    from archive.storage.connection import open_reader

    if not settings.archive.exists():
        return []
    with closing(open_reader(settings.archive)) as conn:
        rows = conn.execute(_RETIRED).fetchall()
    found = [Retired(source=row[0], kind=row[1], url=row[2], detail=row[3] or "") for row in rows]
    wanted = None if sources is None else {source.id for source in sources}
    return [each for each in found if wanted is None or each.source in wanted]


# ---- One fixture -----------------------------------------------------------------------------------------------------


# ---- What is wrong ---------------------------------------------------------------------------------------------------


# ---- What is said ----------------------------------------------------------------------------------------------------


def _say(checked: Checked) -> None:
    holds = not checked.complaints
    click.echo(f"{click.style('ok    ', fg='green') if holds else click.style('FAILED', fg='red')}  "
               f"{checked.source}  {checked.url}")  # fmt: skip
    for complaint in checked.complaints:
        click.echo(f'        {complaint.about} "{short(complaint.expected)}" {complaint.found}')


def _summary(path: Path, sources: Sequence[Source], checked: Sequence[Checked]) -> str:
    failed = sum(bool(each.complaints) for each in checked)
    without = sum(not source.fixtures for source in sources)
    return (
        f"{path} is good; {len(checked):,} fixtures = {len(checked) - failed:,} ok, {failed:,} failed; "
        f"{len(sources):,} sources, {without:,} without a fixture"
    )


def _record(path: Path, sources: Sequence[Source], checked: Sequence[Checked]) -> dict[str, Any]:
    failed = sum(bool(each.complaints) for each in checked)
    return {
        "config": str(path),
        "sources": len(sources),
        "without_fixture": sum(not source.fixtures for source in sources),
        "ok": len(checked) - failed,
        "failed": failed,
        "fixtures": [asdict(each) | {"ok": not each.complaints} for each in checked],
    }
