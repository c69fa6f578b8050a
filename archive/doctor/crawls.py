"""What crawls left behind: runs that were killed, addresses that were given up, articles read by older versions."""

from collections.abc import Iterator

from archive.doctor.findings import EXAMPLES, Finding, Visit, note, ok, warning
from archive.following import unpolled
from archive.run import TOOLS


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
    if retired:
        yield note("listings", f"{retired:,} are retired: cuttings.toml no longer names them",
                   "`cuttings check` lists them; one that the file names again is polled again")  # fmt: skip
    if not without:
        yield ok("listings", "every source has something to poll")


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
