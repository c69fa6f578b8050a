"""The command `add`: a site's evidence, then a [[source]] for it in cuttings.toml."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from archive import config, urls
from archive.cli.common import Invocation, json_option, print_json
from archive.cli.ending import one_line
from archive.errors import CuttingsError, UsageError
from archive.models import Extraction, Failure, ListingKind, Outcome, Source
from archive.text import shown
from archive.times import stamp

if TYPE_CHECKING:
    from spiders.survey import Look, Sample, Survey

_INDENT: Final = "  "
_WORDS_SHOWN: Final = 160  # characters of a sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A site that was looked at, and what would be written for it; no entry where there is nothing to crawl."""

    survey: "Survey"
    entry: dict[str, Any] | None
    refusal: str | None = None  # why there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a list of subscriptions brings: entries, and how its feeds are counted (new, known, unusable)."""

    path: Path
    entries: tuple[dict[str, Any], ...]
    counts: dict[str, int]


@click.command(short_help="Look at a site, and add it to cuttings.toml.")
@click.argument("addresses", metavar="URL...", nargs=-1)
@click.option("--opml", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Add the feeds of a list that a feed reader has exported; nothing is fetched.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Add it without a question.")
@json_option
@click.pass_obj
def add(call: Invocation, addresses: tuple[str, ...], opml: Path | None, yes: bool, as_json: bool) -> None:
    """Look at each site, show the evidence, and add it as a [[source]] to cuttings.toml.

    The evidence: feeds, sitemaps and front page, new articles a day, three articles as a crawl would file them with
    what was cut, what robots.txt and the publisher allow, and how often the site would be looked at. Some fifteen
    requests a site, as polite as a crawl. URL is a front page or a feed. Comments and order of the file survive.
    """
    if not addresses and opml is None:
        raise UsageError("name a site, as in: cuttings add https://www.your-paper.net/")
    settings = config.load(call.config_path)
    imported = _imported(settings, opml) if opml else None
    proposals = _surveyed(settings, [_normal(address) for address in addresses])
    entries = list(imported.entries) if imported else []
    for proposal in proposals:
        if proposal.entry:
            entries.append(_with_free_id(settings, proposal.entry, entries))
    if not as_json:
        _show_all(proposals, imported)
    added = bool(entries) and _wanted(entries, yes=yes, as_json=as_json)
    if added:
        _write(call.config_path, entries)
    if as_json:
        counts = {"opml": imported.counts} if imported else {}
        print_json(counts | {"sites": [_record(each) for each in proposals], "sources": entries, "added": added})
    elif added:
        click.echo(f"Added to {call.config_path}. `cuttings crawl` fetches what is new.")
    refused = [f"{each.survey.url}: {each.refusal}" for each in proposals if each.refusal]
    if refused:
        raise CuttingsError("; ".join(refused))
    if entries and not (added or as_json):
        raise CuttingsError("nothing was written" + ("" if sys.stdin.isatty() else "; add --yes to write it"))


def _show_all(proposals: Sequence[Proposal], imported: "Imported | None") -> None:
    for proposal in proposals:
        _show(proposal)
    if imported:
        counts = imported.counts
        click.echo(
            f"{imported.path}: {counts['new']:,} feeds new, {counts['known']:,} known, {counts['unusable']:,} unusable"
        )


def _normal(address: str) -> str:
    named = address if "://" in address else f"https://{address}"
    try:
        return urls.normalize(named)
    except urls.BadURLError as error:
        raise UsageError(f"{address}: {error}") from error


def _wanted(entries: Sequence[dict[str, Any]], *, yes: bool, as_json: bool) -> bool:
    """Whether they are to be written; asks where somebody is there to say."""
    from archive.enrolment import table

    if yes:
        return True
    if as_json:
        return False
    click.echo("\n" + "\n".join(shown(table(entry)) for entry in entries))
    return sys.stdin.isatty() and click.confirm("Add this?" if len(entries) == 1 else f"Add these {len(entries)}?")


def _write(path: Path, entries: Sequence[dict[str, Any]]) -> None:
    from archive.enrolment import add as enrol

    enrol(path, entries)


# ---- Looking ---------------------------------------------------------------------------------------------------------


def _surveyed(settings: config.Config, addresses: Sequence[str]) -> list[Proposal]:
    """Look at the sites, one after the other, in one conversation: a Twisted reactor starts once in a process."""
    from archive.enrolment import known
    from spiders.network import configured
    from spiders.single import Ask, Manners, Render, converse
    from spiders.survey import Surveyor

    found: list[Proposal] = []
    for address in addresses:
        if there := known(settings, address):
            raise CuttingsError(f'{address}: "{there.id}" in {settings.path} reads that site; change it there')

    async def talk(ask: Ask, render: Render) -> None:
        for address in addresses:
            source = Source(id=config.id_of(address) or "site", url=address, name=urls.host(address))
            surveyor = Surveyor(source, ask, render, settings.user_agent, _watch)
            found.append(_proposal(await surveyor.survey(), address))

    if addresses:
        converse(talk, Manners(user_agent=settings.user_agent, network=configured(settings), delay=1.0))
    return found


def _watch(url: str) -> None:
    click.echo(one_line(f"asking for {url}"), err=True)


def _proposal(survey: "Survey", address: str) -> Proposal:
    if survey.failure:
        why = survey.failure.detail or survey.failure.outcome.value
        return Proposal(survey=survey, entry=None, refusal=f"cannot be read: {why.removeprefix(f'{address}: ')}")
    if not survey.allowed:
        return Proposal(survey=survey, entry=None, refusal="robots.txt forbids what would be asked for")
    if not survey.good:
        what = "no listing names an article" if not survey.samples else "in none of the samples an article was found"
        return Proposal(survey=survey, entry=None, refusal=f"{what}; see `cuttings try` and [[source.extract]]")
    return Proposal(survey=survey, entry=_entry(survey))


def _entry(survey: "Survey") -> dict[str, Any]:
    """The least that a source needs: what is found from its front page is not written down."""
    from spiders.survey import NAMED

    entry: dict[str, Any] = {"url": survey.url}
    if survey.needs_rendering:
        entry["render"] = True
    news = [look.url for look in survey.sitemaps if look.is_news]
    if not (news or any(look.origin != NAMED for look in survey.feeds)):
        return entry
    # Whoever names one listing names them all.
    if feeds := [look.url for look in survey.feeds]:
        entry["feeds"] = feeds
    if news:
        entry["sitemaps"] = news
    return entry


def _with_free_id(settings: config.Config, entry: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    from archive.enrolment import free_id

    taken = [other.get("id") or config.id_of(other["url"]) for other in others]
    other_id = free_id(settings, entry["url"], taken)
    return {"id": other_id, **entry} if other_id else entry


def _imported(settings: config.Config, path: Path) -> Imported:
    """A source for each site of an OPML file that none reads yet, and the count of its feeds."""
    from archive import opml
    from archive.enrolment import known

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
    entries: list[dict[str, Any]] = []
    for entry in by_site.values():
        entries.append(_with_free_id(settings, entry, entries))
    counts = {"new": len(subscriptions) - there, "known": there, "unusable": unusable}
    return Imported(path=path, entries=tuple(entries), counts=counts)


# ---- The evidence ----------------------------------------------------------------------------------------------------


def _show(proposal: Proposal) -> None:
    survey = proposal.survey
    click.echo(one_line(f"{survey.url}" + (f"  {survey.title}" if survey.title else "")))
    if survey.failure:
        return
    for name, line in _lines(survey):
        click.echo(f"{_INDENT}{name:<11}{one_line(line)}")
    for number, sample in enumerate(survey.samples, start=1):
        for line in _of_sample(number, sample):
            click.echo(f"{_INDENT}{line}")


def _lines(survey: "Survey") -> Iterator[tuple[str, str]]:
    delay = f"; it asks for {survey.crawl_delay:g} s between requests" if survey.crawl_delay else ""
    yield "robots.txt", ("allows it" if survey.allowed else "forbids it") + delay
    for line in _rights(survey):
        yield "rights", line
    for look in survey.looks:
        yield look.kind.value, _of_look(look)
    rate = "unknown, its listings name no dates" if survey.rate is None else f"about {survey.rate:,.1f} a day"
    yield "articles", rate
    yield "every", f'"auto": every {_span(survey.interval)}, once that is learned'


def _rights(survey: "Survey") -> list[str]:
    reserving = [signal for signal in survey.signals if signal.reserves]
    others = [signal for signal in survey.signals if not signal.reserves]
    lines = [f"reserved by {signal.kind}: {signal.value}" for signal in reserving[:_MOST_SIGNALS]]
    lines = lines or ["nothing is reserved, as far as it says"]
    if others:
        lines.append("said besides: " + ", ".join(f"{each.kind} {each.value}" for each in others[:_MOST_SIGNALS]))
    return lines


_MOST_SIGNALS: Final = 5


def _of_look(look: "Look") -> str:
    if isinstance(look.result, Failure):
        return f"{look.url} ({look.origin}): {look.result.detail or look.result.outcome.value}"
    facts = [f"{len(look.entries):,} articles"]
    if look.children:
        facts.append(f"{len(look.children):,} listings")
    if look.rate is not None:
        facts.append(f"{look.rate:,.1f} a day")
    if look.newest:
        facts.append(f"newest {look.newest:%Y-%m-%d %H:%M}")
    if look.kind is ListingKind.SITEMAP and look.entries and not look.is_news:
        facts.append("of all ages: name it in sitemaps to fetch them all")
    return f"{look.url} ({look.origin}): {', '.join(facts)}"


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def _of_sample(number: int, sample: "Sample") -> Iterator[str]:
    result = sample.result
    yield f"{number}  {one_line(sample.url)}"
    if isinstance(result, Failure) or result.outcome is not Outcome.SAVED:
        yield "   " + one_line(f"no article: {_why(result)}")
        return
    article = result.article
    when = f"{article.published.when:%Y-%m-%d}" if article.published else "no date"
    if sample.rendered:
        yield "   after its scripts have run, with render = true:"
    facts = (f"{sum(map(_count, article.paragraphs)):,} words", when, "; ".join(article.authors) or "no author")
    yield "   " + one_line(f"{article.title or 'no title'} ({', '.join(facts)})")
    yield "   " + one_line(f"“{_short(article.text)}”")
    kinds = Counter(cut.kind.value for cut in result.clutter)
    if kinds:
        yield "   " + one_line("cut: " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()))
        longest = max(result.clutter, key=lambda cut: len(cut.text))
        yield "   " + one_line(f"✂ [{longest.kind.value}: {longest.rule}] {_short(longest.text)}")


def _count(text: str) -> int:
    from archive.text import count_words

    return count_words(text)


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _WORDS_SHOWN else folded[: _WORDS_SHOWN - 1].rstrip() + "…"


def _why(result: Extraction | Failure) -> str:
    said = [result.detail] if isinstance(result, Failure) else [result.article.kind.value, *result.notes]
    return f"{result.outcome.value} ({', '.join(filter(None, said))})"


def _record(proposal: Proposal) -> dict[str, Any]:
    from archive.records import record

    survey = proposal.survey
    return {
        "url": survey.url,
        "title": survey.title,
        "refusal": proposal.refusal,
        "robots": {"allowed": survey.allowed, "crawl_delay": survey.crawl_delay},
        "rights": [{"signal": each.kind, "value": each.value, "reserves": each.reserves} for each in survey.signals],
        "listings": [_look_record(look) for look in survey.looks],
        "articles_a_day": None if survey.rate is None else round(survey.rate, 2),
        "interval_minutes": None if survey.failure else round(survey.interval / timedelta(minutes=1)),
        "samples": [record(each.url, each.result) for each in survey.samples],
        "source": proposal.entry,
    }


def _look_record(look: "Look") -> dict[str, Any]:
    result = look.result
    outcome, detail = (
        (result.outcome, result.detail) if isinstance(result, Failure) else (Outcome.LISTED, "; ".join(result.notes))
    )
    return {
        "kind": look.kind,
        "url": look.url,
        "found": look.origin,
        "articles": len(look.entries),
        "listings": len(look.children),
        "articles_a_day": look.rate and round(look.rate, 2),
        "newest": look.newest and stamp(look.newest),
        "outcome": outcome,
        "detail": detail,
    }
