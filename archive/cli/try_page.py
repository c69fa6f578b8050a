"""The command `try`: one page, fetched or read from a file; what extraction keeps and what it cuts. Writes nothing."""

import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from archive.cli.common import Invocation, json_option, options_as, print_json
from archive.cli.extract import UNREADABLE, read_file, read_page, reason, saved_page
from archive.config import toml
from archive.crawl.visitors import visitors_of
from archive.errors import ArchiveError, CuttingsError, UsageError
from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure
from archive.model.source import SiteRules, Source, rules_on
from archive.web import urls

STDIN: Final = "-"
_ADVICE: Final = "name a saved page, or a URL that begins with https:// or http://"
_SCHEME: Final = ("http://", "https://")
_MOST: Final = 12  # claims shown for a field


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A page, the source of the configuration that it belongs to, and the URLs that redirected to it."""

    name: str  # URL or file, as the command line names it
    capture: Capture
    source: Source | None = None
    fetched: bool = False
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Argument and options of `try`."""

    page: str
    explain: bool
    rules_path: Path | None
    url: str | None
    as_json: bool


@click.command("try", short_help="Show what is kept and what is cut of one page.")
@click.argument("page", metavar="URL|FILE")
@click.option("--explain", is_flag=True, help="Show the evidence too: rules that fired, the page's claims, whole cuts.")
@click.option("--rules", "rules_path", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="TOML file with an [extract] table, or a cuttings.toml, in place of the project's.")  # fmt: skip
@click.option("--url", help="URL of the page in FILE.")
@json_option
@click.pass_obj
@options_as(Options)
def try_(call: Invocation, options: Options) -> None:
    """Show what extraction makes of one page: the text it keeps beside every cut in its place. Writes nothing.

    A URL is fetched as a crawl would: robots.txt is obeyed, and the user agent, headers, cookies, proxy and login are
    those of cuttings.toml.
    A FILE is a saved page, .html or .html.gz, and `-` is standard input; without --url its URL is the one it names
    itself. If cuttings.toml has a source of the page's host, its rules and learned lines apply.
    """
    page, url = options.page, options.url
    trial = _fetched(call, page, url) if page.lower().startswith(_SCHEME) else _read(call, page, url)
    rules = _rules(call, trial, options.rules_path)

    from pipelines.extract import extract
    from pipelines.rules.bounds import measured

    result = extract(trial.capture, rules)
    if trial.source:
        result = measured(result, trial.source.min_words)
    if isinstance(result, Failure):
        raise CuttingsError(f"{trial.name}: is no page that can be extracted: {_why(result)}")
    report = _report(trial, rules, result) | (_evidence(trial, result) if options.explain else {})
    if options.as_json:
        print_json(report)
        return
    from archive.cli.panes import show

    show(report)


# ---- The page --------------------------------------------------------------------------------------------------------


def _fetched(call: Invocation, page: str, url: str | None) -> Trial:
    if url:
        raise UsageError("--url is the URL of a page in a file; give one of the two")
    target = _normal(page)
    settings = toml.load(call.config_path)
    source = toml.source_of(settings, target)

    from spiders.http.network import configured
    from spiders.site.fetch_few import Manners, fetch

    visitors = visitors_of([source] if source else [], settings.private_hosts)
    manners = Manners(
        user_agent=settings.user_agent, network=configured(settings, visitors.values()), visitors=visitors
    )
    fetched = fetch(target, replace(manners, delay=source.delay) if source else manners, source.id if source else None)
    if isinstance(fetched.result, Failure):
        raise CuttingsError(f"{target}: {_why(fetched.result).removeprefix(f'{target}: ')}")
    return Trial(name=target, capture=fetched.result, source=source, fetched=True, redirects=fetched.redirects)


def _normal(url: str) -> str:
    try:
        return urls.normalize(url)
    except urls.BadURLError as error:
        raise UsageError(f"{url}: {error}") from error


def _read(call: Invocation, page: str, url: str | None) -> Trial:
    if not page:
        raise UsageError(f"the name of the page is empty; {_ADVICE}")
    given = _normal(url) if url else None
    name = "standard input" if page == STDIN else page
    try:
        body = read_page(sys.stdin.buffer) if page == STDIN else read_file(Path(page))
    except FileNotFoundError as error:
        raise UsageError(f"{page}: there is no such file; {_ADVICE}") from error
    except UNREADABLE as error:
        raise CuttingsError(f"{name}: cannot be read ({reason(error)})") from error
    if not body:
        raise CuttingsError(f"{name}: is empty; {_ADVICE}")
    page_url = given or _own_url(body)
    settings = _optional(call)
    source = toml.source_of(settings, page_url) if settings and page_url else None
    return Trial(name=name, capture=saved_page(page_url, body), source=source)


def _own_url(body: bytes) -> str | None:
    """Return the URL that a saved page names as its own."""
    from pipelines.page.head import read_head
    from pipelines.page.parse import decode, parse

    page = parse(decode(body, None), "")
    head = read_head(page) if page else None
    return (head.link("canonical") or head.absolute(head.first("og:url"))) if head else None


def _optional(call: Invocation) -> toml.Config | None:
    """Load the configuration, if there is one: a saved page needs none."""
    if call.config_path == Path(toml.DEFAULT_NAME) and not call.config_path.exists():
        return None
    return toml.load(call.config_path)


def _why(failure: Failure) -> str:
    outcome = failure.outcome.value
    return f"{failure.detail} ({outcome})" if failure.detail else outcome


# ---- The rules -------------------------------------------------------------------------------------------------------


def _rules(call: Invocation, trial: Trial, path: Path | None) -> SiteRules:
    """Return the rules for the page: those of the named file, or the configured ones with the learned lines."""
    when = trial.capture.fetched_at
    if path is not None:
        return rules_on(toml.load_rules(path, trial.capture.final_url), when)
    if trial.source is None:
        return SiteRules()
    rules = trial.source.rules_on(when)
    return replace(rules, boilerplate=_learned(toml.load(call.config_path).archive, trial.source))


def _learned(archive: Path, source: Source) -> tuple[str, ...]:
    from archive.storage.connection import open_reader
    from archive.storage.tables.learned_lines import keys_in_force

    if not source.learn:
        return ()
    try:
        with closing(open_reader(archive)) as conn:
            row = conn.execute("SELECT id FROM sources WHERE key = ?", (source.id,)).fetchone()
            return keys_in_force(conn, row[0]) if row else ()
    except (ArchiveError, sqlite3.Error):  # no archive yet, or one that has not learned: nothing to add
        return ()


# ---- The report: one dict, printed as JSON or shown in the terminal --------------------------------------------------


def _report(trial: Trial, rules: SiteRules, result: Extraction) -> dict[str, Any]:
    from archive.storage.read_article import record

    article = result.article
    return {
        **record(trial.capture.url, result),
        "final_url": trial.capture.final_url,
        "redirects": list(trial.redirects),
        "status": trial.capture.status if trial.fetched else None,
        "bytes": len(trial.capture.body),
        "charset": result.charset,
        "charset_source": result.charset_source,
        "canonical_url": article.canonical_url,
        "amp_url": article.amp_url,
        "next_url": article.next_url,
        "site_name": article.site_name,
        "metadata_sources": dict(article.sources),
        "source": trial.source.id if trial.source else None,
        "rules": _in_force(rules),
    }


def _in_force(rules: SiteRules) -> dict[str, Any]:
    selectors = {name: list(getattr(rules, name)) for name in ("body", "remove", "keep", "captions")}
    set_ones: dict[str, Any] = {name: values for name, values in selectors.items() if values}
    if rules.until:
        set_ones["until"] = rules.until.isoformat()
    return set_ones | ({"learned": len(rules.boilerplate)} if rules.boilerplate else {})


def _evidence(trial: Trial, result: Extraction) -> dict[str, Any]:
    """Return the evidence: each rule that fired with what it cut, and the page's claims about itself."""
    from archive.text import count_words

    blocks = Counter((cut.rule, cut.kind.value) for cut in result.clutter)
    words = Counter[tuple[str, str]]()
    for cut in result.clutter:
        words[cut.rule, cut.kind.value] += count_words(cut.text)
    return {
        "fired": [
            {"rule": rule, "kind": kind, "blocks": count, "words": words[rule, kind]}
            for (rule, kind), count in blocks.most_common()
        ],
        "claims": {field: list(said) for field, said in _claims(trial.capture).items() if said},
    }


def _claims(capture: Capture) -> dict[str, list[dict[str, str]]]:
    """Return a page's claims about itself: the candidates for each field, the most trusted first, with their places."""
    from pipelines.extract import read
    from pipelines.metadata.article_facts import candidates

    page = read(capture)
    found: dict[str, list[dict[str, str]]] = {}
    for said in candidates(page) if page else ():
        found.setdefault(said.field, []).append({"by": said.source, "value": said.value})
    return {field: values[:_MOST] for field, values in found.items()}
