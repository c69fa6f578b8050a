"""What crawls left behind: runs that were killed, addresses that were given up, articles read by older versions."""

import shlex
from collections.abc import Iterator
from typing import Final

from archive.crawl.following import NOTHING_READ, unpolled, unread
from archive.doctor.findings import EXAMPLES, Finding, Visit, fault, note, ok, warning
from archive.health import coverage
from archive.health.coverage import Part, Span
from archive.versions import TOOLS

_MAKE_DUE: Final = (
    "while no crawl is running, make them due again with SQLite's own program: sqlite3 {archive} "
    "\"UPDATE frontier SET state = 'pending', tries = 0, outcome = NULL WHERE {condition}\"; the next crawl "
    "fetches them, and `cuttings coverage --urls` lists what is left"
)


def runs(visit: Visit) -> Iterator[Finding]:
    """Runs that never ended, and what they still hold."""
    conn = visit.conn
    unended = [
        f"run {number}, begun {begun}"
        for number, begun in conn.execute("SELECT id, started_at FROM runs WHERE state = 'running' ORDER BY id DESC")
    ]
    (leased,) = conn.execute("SELECT count(*) FROM frontier WHERE state = 'leased'").fetchone()
    if visit.running:
        yield note("crawls", f"a crawl is writing to the archive ({unended[0] if unended else 'just begun'})",
                   "it is not held up; what it files now is looked at next time")  # fmt: skip
        return
    if unended:
        yield note(
            "crawls", f"{len(unended):,} runs were killed", "the next crawl goes on from there", unended[:EXAMPLES]
        )
    if leased:
        yield note("crawls", f"{leased:,} addresses are held by a run that died", "they are due at the next crawl")
    if not unended and not leased:
        yield ok("crawls", "every run has ended, none holds an address")


def addresses(visit: Visit) -> Iterator[Finding]:
    """Addresses that were given up, with the reason that counts most."""
    dead = visit.conn.execute(
        """
        SELECT coalesce(outcome, 'unknown'), count(*) FROM frontier WHERE state = 'dead'
        GROUP BY 1 ORDER BY 2 DESC, 1
        """
    ).fetchall()
    if not dead:
        yield ok("addresses", "none was given up")
        return
    total = sum(count for _, count in dead)
    counted = ", ".join(f"{count:,} {outcome}" for outcome, count in dead)
    name = visit.patient.archive.stem
    yield note("addresses", f"given up: {total:,} = {counted}",
               f"`cuttings browse` lists them with the reason: /{name}/frontier?state=dead&_facet=outcome")  # fmt: skip


def listings(visit: Visit) -> Iterator[Finding]:
    """Sources that have nothing to poll, and listings that are polled no more."""
    columns = {name for (name,) in visit.conn.execute("SELECT name FROM pragma_table_info('sources')")}
    if "retired_at" not in columns:  # made by an older version, which another check says
        return
    (retired,) = visit.conn.execute("SELECT count(*) FROM frontier WHERE state = 'retired'").fetchone()
    enabled = visit.patient.enabled
    without = [key for key in unpolled(visit.conn) if enabled is None or key in enabled]
    if without:
        yield warning("listings", f"{len(without):,} sources have nothing to poll",
                      "see their url, feeds, sitemaps and sections in cuttings.toml; the next crawl follows it",
                      without[:EXAMPLES])  # fmt: skip
    failed = [key for key in unread(visit.conn) if enabled is None or key in enabled]
    if failed:
        yield warning("listings", f"{len(failed):,} sources: {NOTHING_READ}",
                      "`cuttings status` says why; `cuttings check` asks for them now", failed[:EXAMPLES])  # fmt: skip
    if retired:
        yield note("listings", f"{retired:,} are retired: cuttings.toml no longer names them",
                   "`cuttings check` lists them; one that the file names again is polled again")  # fmt: skip
    if not without and not failed:
        yield ok("listings", "every source has something to poll, and was read at its last poll")


def listed(visit: Visit) -> Iterator[Finding]:
    """What was listed adds up, for every source and day: each URL was filed, joined, refused, or is due."""
    if not visit.conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'sightings'").fetchone():
        return  # made by an older version, which another check says
    keys = coverage.sources(visit.conn)
    days = list(coverage.coverage(visit.conn, keys, Span()))
    wrong = [day for day in days if not day.adds_up]
    if not wrong:
        total = sum(day.listed for day in days)
        yield ok("coverage", f"{total:,} listed URLs are accounted for, on {len(days):,} days of {len(keys):,} sources")
        yield from _joined_earlier(visit)
        return
    lost = coverage.urls(visit.conn, sorted({day.source for day in wrong}), Span(), (Part.UNACCOUNTED,), EXAMPLES)
    examples = [f"{each.source}: {each.url}: {each.why}" for each, _ in zip(lost, range(EXAMPLES), strict=False)]
    condition = " ".join(coverage.UNACCOUNTED.split())
    yield fault(
        "coverage", f"{sum(day.unaccounted for day in wrong):,} listed URLs vanished: nothing is filed for them, and "
        f"nothing says why ({len(wrong):,} days do not add up)",
        _MAKE_DUE.format(archive=shlex.quote(str(visit.patient.archive)), condition=condition), examples,
    )  # fmt: skip


def _joined_earlier(visit: Visit) -> Iterator[Finding]:
    """What an older version took for another URL of an article: some of it on a mere claim of the page."""
    (count,) = visit.conn.execute(
        """
        SELECT count(*) FROM frontier
        WHERE kind = 'article' AND outcome = 'duplicate' AND state = 'done' AND joined IS NULL AND same_as IS NULL
        """
    ).fetchone()
    if count:
        yield note("coverage", f"{count:,} URLs were joined to an article by an older version, which kept no reason",
                   "`cuttings crawl --again duplicate` asks for them again, and lets their text decide")  # fmt: skip


def versions(visit: Visit) -> Iterator[Finding]:
    """What the articles and the last run were made with, against what is installed."""
    last = visit.conn.execute("SELECT id, program FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if last and last[1] != TOOLS:
        yield note("versions", f"run {last[0]} was made with {last[1]}, installed is {TOOLS}")
    if visit.patient.quick:
        return
    older = visit.conn.execute(
        """
        SELECT v.extractor, count(*) FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE v.extractor <> ? GROUP BY v.extractor ORDER BY 2 DESC, 1
        """,
        (visit.patient.extractor,),
    ).fetchall()
    if older:
        total = sum(count for _, count in older)
        counted = ", ".join(f"{count:,} by version {extractor}" for extractor, count in older)
        yield note("versions", f"{total:,} articles were extracted by other versions: {counted}; "
                   f"this is version {visit.patient.extractor}", "they are read anew where pages change")  # fmt: skip
        return
    yield ok("versions", f"every article was extracted by this version ({visit.patient.extractor})")
