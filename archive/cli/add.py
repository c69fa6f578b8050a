"""The command `add`: a site's evidence, then a [[source]] for it in cuttings.toml."""

import shutil
import sys
import textwrap
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from archive.cli.add_evidence import recorded, shown
from archive.cli.add_proposals import judge, source, with_free_ids
from archive.cli.add_sites import Fate, Site, gather, read_by
from archive.cli.common import Invocation, json_option, options_as
from archive.cli.endings import one_line
from archive.config import toml
from archive.errors import CuttingsError, StoppedError, UsageError
from archive.export.cells import encode
from archive.service.interruption import Interruption, heeding, noted
from archive.text import shown as printable
from archive.web import urls

if TYPE_CHECKING:
    from archive.cli.progress import Count
    from spiders.site.survey import Survey

_MOST_NAMED: Final = 3  # sites in the last sentence; all of them are above it
_WIDTH: Final = 100  # characters of a line where there is no terminal
_IN_A_SUM: Final = {Fate.FOUND: "found but not added", Fate.UNSEEN: "not examined"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The entries of a list of subscriptions, and the counts of its feeds (new, known, unusable)."""

    path: Path
    entries: tuple[dict[str, Any], ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments and options of `add`."""

    urls: tuple[str, ...]
    listed: Path | None
    opml: Path | None
    yes: bool
    force: bool
    as_json: bool


@click.command(short_help="Examine a site, and add it to cuttings.toml.")
@click.argument("urls", metavar="URL...", nargs=-1)
@click.option("--from", "listed", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
              help="Read sites from a file: a URL or host a line, # for comments; - is standard input.")  # fmt: skip
@click.option("--opml", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Add the feeds of a list that a feed reader has exported; nothing is fetched.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Add it without a question.")
@click.option("--force", is_flag=True, help="Add it though no listing, or no article in the samples, was found.")
@json_option
@click.pass_obj
@options_as(Options)
def add(call: Invocation, options: Options) -> None:
    """Examine each site, show the evidence, and add it as a [[source]] to cuttings.toml.

    The evidence: feeds, sitemaps and front page, new articles a day, three articles as a crawl would file them with
    what was cut, what robots.txt and the publisher allow, and how often the site would be polled. Some fifteen requests
    a site, as polite as a crawl: hosts are fetched from side by side, each one request at a time, with the `delay` of
    [defaults] between. URL is a front page or a feed. Comments and order of the file survive.

    Ctrl-C ends it at once: what was found by then is added with --yes, and sites not examined are named (exit code
    130). --force adds nothing against robots.txt, and no site that cannot be reached or refuses us.
    """
    if not options.urls and options.opml is None and options.listed is None:
        raise UsageError("name a site, as in: cuttings add https://www.your-paper.net/")
    with noted() as interruption:
        settings = toml.load(call.config_path)
        imported = _imported(settings, options.opml) if options.opml else None
        sites = gather(settings, options.urls, options.listed, interruption)
        work = Round(settings, sites, imported, force=options.force, as_json=options.as_json)
        trouble = work.look(interruption)
        trouble = work.write(call.config_path, interruption, trouble, yes=options.yes)
        work.say(call.config_path, interruption)
        work.end(interruption, trouble)


class Round:
    """One round through the given sites. Results are printed in the order given, as soon as they are known."""

    def __init__(
        self, settings: toml.Config, sites: Sequence[Site], imported: Imported | None, *, force: bool, as_json: bool
    ) -> None:
        self._settings = settings
        self._sites = sites
        self._imported = imported
        self._force = force
        self._as_json = as_json
        self._said = 0  # of the sites, from the first on
        self._entries: list[dict[str, Any]] = list(imported.entries) if imported else []
        self._added: list[dict[str, Any]] = []
        self._wanted = [site for site in sites if site.fate is Fate.UNSEEN]
        self._done = 0

    # ---- Looking -----------------------------------------------------------------------------------------------------

    def look(self, interruption: Interruption) -> CuttingsError | None:
        """Survey the sites until all are done or the user interrupts. Returns the error that ended it, if any."""
        trouble = None
        count = None
        try:
            if self._wanted:
                from archive.cli.progress import Count

                interruption.raise_if_came()
                count = Count(len(self._wanted), "sites examined")
                self._survey(interruption, count)
        except KeyboardInterrupt:
            pass  # it is noted: sites that were not surveyed are named at the end
        except CuttingsError as error:
            trouble = error
        if count:
            count.clear()
        for site in self._sites[self._said :]:
            self._report(site)
        return trouble

    def _survey(self, interruption: Interruption, count: "Count") -> None:
        """Survey all sites in one conversation: a Twisted reactor starts once in a process."""
        from spiders.http.network import configured
        from spiders.site.fetch_few import Ask, Manners, Render, converse
        from spiders.site.survey import Surveyor
        from spiders.site.surveys import survey_all

        sources = [source(site.url) for site in self._wanted if site.url]
        watch = self._watch(count)

        def report(place: int, survey: "Survey") -> None:
            self._done += 1
            self._settle(self._wanted[place], survey)
            count.clear()
            self._report_in_order()
            if not self._is_verbose(count):
                count.show(self._done, "")

        async def talk(ask: Ask, render: Render) -> None:
            await survey_all(sources, lambda source: Surveyor(source, ask, render, agent, watch), report)

        agent = self._settings.user_agent
        manners = Manners(user_agent=agent, network=configured(self._settings), delay=self._settings.delay)
        interruption.raise_if_came()  # while all that was imported
        converse(talk, manners, interruption)

    def _watch(self, count: "Count") -> Callable[[str], None]:
        """Return what reports each request: a line of its own, or the line of progress."""
        if self._is_verbose(count):
            return lambda url: click.echo(one_line(f"fetching {url}"), err=True)
        return lambda url: count.show(self._done, one_line(f"fetching {url}"))

    def _is_verbose(self, count: "Count") -> bool:
        """Tell whether each request has a line of its own: for a single site, in a log."""
        return len(self._wanted) == 1 and not count.is_live

    def _settle(self, site: Site, survey: "Survey") -> None:
        """Keep the result of a survey, not the survey: it holds whole sitemaps."""
        verdict = judge(survey, str(site.url), force=self._force)
        if self._as_json:
            evidence = recorded(survey, verdict.refusal, verdict.lacking) | {"source": verdict.entry}
            site.record = zlib.compress(encode(evidence), 1)
        else:
            site.lines = tuple(shown(survey, verdict.refusal, verdict.lacking))
        if verdict.entry:
            site.entry = verdict.entry
            site.end(Fate.FOUND)
        else:
            site.end(Fate.REFUSED, verdict.refusal or "")

    def _report_in_order(self) -> None:
        while self._said < len(self._sites) and self._sites[self._said].fate is not Fate.UNSEEN:
            self._report(self._sites[self._said])
            self._said += 1

    def _report(self, site: Site) -> None:
        """Print the result for a site; one that turns out to be another one is already there."""
        if site.fate is Fate.FOUND:
            self._accept(site)
        if site.fate is Fate.THERE:  # its evidence was printed before
            site.lines, site.record = (one_line(f"{site.name}: already there: {site.why}"),), b""
        if site.is_bad_line:
            click.echo(one_line(f"{site.name}: {site.why}"), err=True)
        elif not self._as_json:
            for line in site.lines:
                click.echo(line)

    def _accept(self, site: Site) -> None:
        from archive.config.edit import known, listings_of, repeated

        if there := known(self._settings, site.entry["url"], listings_of(site.entry)):
            site.end(Fate.THERE, read_by(self._settings, there.id))
        elif other := repeated(self._entries, site.entry):
            site.end(Fate.THERE, f"one given before it leads to {other['url']} too")
        else:
            self._entries.append(site.entry)

    # ---- Writing -----------------------------------------------------------------------------------------------------

    def write(
        self, path: Path, interruption: Interruption, trouble: CuttingsError | None, *, yes: bool
    ) -> CuttingsError | None:
        """Add what was found, if that is wanted. Returns the error that occurred now, or before."""
        try:
            if self._entries and self._is_wanted(interruption, yes=yes):
                self._enrol(path)
        except CuttingsError as error:
            return error
        return trouble

    def _is_wanted(self, interruption: Interruption, *, yes: bool) -> bool:
        """Return whether to write the entries; prompt if stdin is a terminal."""
        from archive.config.edit import table

        if yes:
            return True
        if self._as_json or interruption.came:
            return False
        entries = with_free_ids(self._settings, self._entries)
        click.echo("\n" + "\n".join(printable(table(entry)) for entry in entries))
        question = "Add this?" if len(entries) == 1 else f"Add these {len(entries):,}?"
        if not sys.stdin.isatty():
            return False
        click.echo(f"{question} [y/N]: ", nl=False)
        try:
            said = heeding(sys.stdin.fileno(), interruption).readline()
        except KeyboardInterrupt:
            click.echo()
            return False
        return said.strip().lower() in {b"y", b"yes"}

    def _enrol(self, path: Path) -> None:
        """Write the entries into the file as it is now: it may have changed since."""
        from archive.config.edit import add as enrol
        from archive.config.edit import known, listings_of

        settings = toml.load(path)
        for site in self._sites:
            there = known(settings, site.entry["url"], listings_of(site.entry)) if site.fate is Fate.FOUND else None
            if there:
                self._entries.remove(site.entry)
                site.end(Fate.THERE, read_by(settings, there.id))
        entries = with_free_ids(settings, self._entries)
        if entries:
            enrol(path, entries)
        self._added = entries
        for site in self._sites:
            if site.fate is Fate.FOUND:
                site.fate = Fate.ADDED

    # ---- Saying ------------------------------------------------------------------------------------------------------

    def say(self, path: Path, interruption: Interruption) -> None:
        """Print what was added, what was not surveyed, and the totals of the sites."""
        unseen = self._names(Fate.UNSEEN)
        if self._as_json:
            self._print_json(interruption)
        else:
            if self._imported:
                click.echo(_of_opml(self._imported))
            if self._sites:
                click.echo(_sum(self._counts()))
            if self._added:
                click.echo(f"Added to {path}:\n{_wrapped(entry['url'] for entry in self._added)}")
                click.echo("`cuttings crawl` fetches what is new.")
        if unseen:
            click.echo(f"Not examined:\n{_wrapped(unseen)}", err=True)

    def _print_json(self, interruption: Interruption) -> None:
        """Print one JSON object; the records of sites are decompressed one by one."""
        rest = {
            "already_there": [{"url": each.name, "why": each.why} for each in self._of(Fate.THERE)],
            "bad_lines": [{"line": each.name, "why": each.why} for each in self._sites if each.is_bad_line],
            "not_looked_at": self._names(Fate.UNSEEN),
            "counts": {"given": len(self._sites)} | self._counts(),
            "interrupted": interruption.came,
            "sources": self._added or with_free_ids(self._settings, self._entries),
            "added": bool(self._added),
        } | ({"opml": self._imported.counts} if self._imported else {})
        out = sys.stdout.buffer
        out.write(b'{"sites":[')
        for number, site in enumerate(site for site in self._sites if site.record):
            out.write((b"," if number else b"") + zlib.decompress(site.record).rstrip())
        out.write(b"]," + encode(rest)[1:])
        out.flush()

    def end(self, interruption: Interruption, trouble: CuttingsError | None) -> None:
        """Raise the error with which the command ends, if it does with one: a sentence, and the exit code."""
        said = [str(trouble)] if trouble else []
        code = trouble.exit_code if trouble else 0
        unseen = self._names(Fate.UNSEEN)
        if unseen and not interruption.came:
            said.append(f"{len(unseen):,} of {len(self._sites):,} sites were not examined")
        said += self._shortcomings()
        if self._entries and not (self._added or self._as_json or interruption.came):
            said.append("nothing was written" + ("" if sys.stdin.isatty() else "; add --yes to write it"))
        if any(site.is_bad_line for site in self._sites):
            code = code or UsageError.exit_code
        if interruption.came:
            left = f"{len(unseen):,} of {len(self._sites):,} sites were not examined" if unseen else ""
            nothing = "" if self._added else "nothing was added"
            raise StoppedError("; ".join(filter(None, ("interrupted", left, nothing, *said))))
        if said:
            error = CuttingsError("; ".join(said))
            error.exit_code = code or CuttingsError.exit_code
            raise error

    def _shortcomings(self) -> list[str]:
        """Return in sentences why surveyed sites were not added."""
        said = []
        bad = sum(site.is_bad_line for site in self._sites)
        if bad:
            said.append(f"{bad:,} line{'s' if bad > 1 else ''} of the list name{'' if bad > 1 else 's'} no site")
        refused = [site for site in self._of(Fate.REFUSED) if not site.is_bad_line]
        said += _named(refused, "refused")
        if not self._entries and not refused:
            said += _named(self._of(Fate.THERE), "already there")
        return said

    def _of(self, fate: Fate) -> list[Site]:
        return [site for site in self._sites if site.fate is fate]

    def _names(self, fate: Fate) -> list[str]:
        return [site.name for site in self._of(fate)]

    def _counts(self) -> dict[str, int]:
        counts = Counter(site.fate for site in self._sites)
        return {fate.value: counts[fate] for fate in Fate}


def _named(sites: Sequence[Site], what: str) -> list[str]:
    """Return the sites of a fate and why, the first of them by name."""
    said = [f"{site.name}: {site.why}" for site in sites[:_MOST_NAMED]]
    more = len(sites) - len(said)
    return [*said, f"and {more:,} more {'is' if more == 1 else 'are'} {what}"] if more > 0 else said


def _sum(counts: Mapping[str, int]) -> str:
    """Return the line of totals; sites found and not added are in it if there are any."""
    shown_ones = [fate for fate in Fate if fate is not Fate.FOUND or counts[fate]]
    parts = ", ".join(f"{counts[fate]:,} {_IN_A_SUM.get(fate, fate.value.replace('_', ' '))}" for fate in shown_ones)
    return f"{sum(counts.values()):,} given = {parts}"


def _of_opml(imported: Imported) -> str:
    counts = imported.counts
    return f"{imported.path}: {counts['new']:,} feeds new, {counts['known']:,} known, {counts['unusable']:,} unusable"


def _wrapped(names: Iterable[str]) -> str:
    """Wrap URLs, with spaces between, to be copied into another command line."""
    width = max(40, shutil.get_terminal_size((_WIDTH, 24)).columns)
    text = " ".join(map(one_line, names))
    return textwrap.fill(
        text, width, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


# ---- A list of subscriptions -----------------------------------------------------------------------------------------


def _imported(settings: toml.Config, path: Path) -> Imported:
    """Return an entry for each site of an OPML file that no source reads yet, and the counts of its feeds."""
    from archive.config import opml
    from archive.config.edit import known

    if path.stat().st_size > opml.MOST_BYTES:
        raise UsageError(f"{path}: is larger than {opml.MOST_BYTES >> 20} MiB, and no list of subscriptions")
    try:
        subscriptions, unusable = opml.read(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    by_site: dict[str, dict[str, Any]] = {}
    there = 0
    for each in subscriptions:
        parts = urlsplit(each.feed)
        site = each.site or f"{parts.scheme}://{parts.netloc}/"
        if known(settings, site, [each.feed]):
            there += 1
            continue
        entry = by_site.setdefault(urls.host(site), {"url": site, "feeds": []})
        entry["feeds"].append(each.feed)
        if each.title and len(entry["feeds"]) == 1:
            entry["name"] = each.title
    counts = {"new": len(subscriptions) - there, "known": there, "unusable": unusable}
    return Imported(path=path, entries=tuple(by_site.values()), counts=counts)
