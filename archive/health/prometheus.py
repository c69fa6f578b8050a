"""What a monitor wants to know, in the Prometheus text format, for node_exporter's textfile collector. Reads only."""

import sqlite3
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from archive.errors import cannot_be_written
from archive.times import parse_stamp

_OF_SOURCES: Final = (  # name, help, and SQL for a row a source: its key and the number
    (
        "articles", "Articles in the archive",
        "SELECT key, (SELECT count(*) FROM articles WHERE source_id = s.id) FROM sources AS s",
    ),
    (
        "due", "URLs that are due by the end of the last run",
        """
        SELECT key, (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'pending' AND due_at <= :now)
        FROM sources AS s
        """,
    ),
    (
        "dead", "URLs that were given up",
        "SELECT key, (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'dead') FROM sources AS s",
    ),
)  # fmt: skip
_OF_TODAY: Final = {  # columns of health
    "tried": "Tries today (UTC)",
    "seen": "Addresses that listings named for the first time today (UTC)",
    "new": "Articles filed today (UTC)",
    "updated": "Articles with a new version today (UTC)",
    "empty": "Pages without an article today (UTC)",
    "blocked": "Tries that were refused today (UTC)",
    "errors": "Tries that failed today (UTC)",
}


def write(conn: sqlite3.Connection, path: Path, now: str) -> None:
    """Write the metrics file anew, whole or not at all. `now` is a stamp. Raises CuttingsError."""
    registry = collect(conn, now)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise cannot_be_written(f"[alerts] prometheus: {path}", error) from error


def collect(conn: sqlite3.Connection, now: str) -> CollectorRegistry:
    """All metrics of an archive."""
    registry = CollectorRegistry()
    _sources(conn, registry, now)
    _alerts(conn, registry)
    _last_run(conn, registry)
    return registry


def _sources(conn: sqlite3.Connection, registry: CollectorRegistry, now: str) -> None:
    for name, text, sql in _OF_SOURCES:
        gauge = Gauge(f"cuttings_{name}", text, ["source"], registry=registry)
        for source, value in conn.execute(sql, {"now": now} if ":now" in sql else {}):
            gauge.labels(source).set(value)
    today = {
        name: Gauge(f"cuttings_today_{name}", text, ["source"], registry=registry) for name, text in _OF_TODAY.items()
    }
    sql = f"SELECT s.key, {', '.join(_OF_TODAY)} FROM health AS h JOIN sources AS s ON s.id = h.source_id WHERE day = ?"  # noqa: S608 - our own names
    for source, *values in conn.execute(sql, (now[:10],)):
        for gauge, value in zip(today.values(), values, strict=True):
            gauge.labels(source).set(value)
    newest = Gauge(
        "cuttings_last_new_timestamp_seconds", "When an article was filed last", ["source"], registry=registry
    )
    for source, when in conn.execute(
        "SELECT key, (SELECT max(first_seen_at) FROM articles WHERE source_id = s.id) FROM sources AS s"
    ):
        if when:
            newest.labels(source).set(parse_stamp(when).timestamp())


def _alerts(conn: sqlite3.Connection, registry: CollectorRegistry) -> None:
    gauge = Gauge(
        "cuttings_alert_open", "1 while a source departs from its usual", ["source", "kind"], registry=registry
    )
    for source, kind in conn.execute(
        "SELECT s.key, a.kind FROM alerts AS a JOIN sources AS s ON s.id = a.source_id WHERE a.closed_at IS NULL"
    ):
        gauge.labels(source, kind).set(1)


def _last_run(conn: sqlite3.Connection, registry: CollectorRegistry) -> None:
    row = conn.execute(
        "SELECT id, started_at, ended_at, state FROM runs WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return
    run_id, began, ended, state = row
    Gauge("cuttings_last_run_timestamp_seconds", "When the last run ended", registry=registry).set(
        parse_stamp(ended).timestamp()
    )
    Gauge("cuttings_last_run_seconds", "How long it took", registry=registry).set(
        (parse_stamp(ended) - parse_stamp(began)).total_seconds()
    )
    Gauge("cuttings_last_run_finished", "1 where it came to its end by itself", registry=registry).set(
        state == "finished"
    )
    tries = Gauge("cuttings_last_run_tries", "How its tries ended", ["outcome"], registry=registry)
    for outcome, count in conn.execute(
        "SELECT outcome, count(*) FROM fetches WHERE run_id = ? GROUP BY outcome", (run_id,)
    ):
        tries.labels(outcome).set(count)
