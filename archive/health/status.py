"""What an archive holds and how its crawls go, as plain values for the command line. Reads only."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from archive.crawl.following import NOTHING_READ, NOTHING_TO_POLL, unpolled, unread
from archive.crawl.moves import remembered
from archive.health.alerts import Alert, open_alerts
from archive.storage.tables.rights import shut_out
from archive.times import stamp

_SOURCES = """
SELECT s.key AS id, s.id AS number, s.name, s.url, s.retired_at, s.former,
    (SELECT count(*) FROM articles WHERE source_id = s.id) AS articles,
    (SELECT coalesce(sum(words), 0) FROM articles WHERE source_id = s.id) AS words,
    (SELECT max(published_at) FROM articles WHERE source_id = s.id) AS latest,
    (SELECT max(fetched_at) FROM fetches WHERE source_id = s.id) AS fetched,
    (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'pending' AND due_at <= :now) AS due,
    (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'retired') AS retired,
    (SELECT count(*) FROM frontier WHERE source_id = s.id AND state = 'dead') AS dead,
    (SELECT count(*) FROM boilerplate WHERE source_id = s.id AND state = 'cut') AS learned,
    (SELECT f.outcome || ' ' || f.url || coalesce(': ' || f.detail, '') FROM feeds AS f
     WHERE f.source_id = s.id AND f.outcome NOT IN ('listed', 'unchanged')
        AND NOT EXISTS (SELECT 1 FROM frontier WHERE frontier.url = f.url AND frontier.state = 'retired')
     ORDER BY f.checked_at DESC LIMIT 1) AS problem
FROM sources AS s
"""
_EVENTS = """
SELECT e.happened_at AS at, e.since, e.kind, s.key AS source, e.amount, e.article_id AS article, e.detail
FROM events AS e LEFT JOIN sources AS s ON s.id = e.source_id
WHERE e.happened_at >= ? ORDER BY e.happened_at DESC, e.id DESC LIMIT 20
"""
_NEWS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """What the configuration says: when each source is looked at next, which it names, and which are switched on."""

    next: Mapping[str, datetime]
    named: frozenset[str]
    enabled: frozenset[str]


def report(conn: sqlite3.Connection, now: datetime, plans: Plans | None = None) -> dict[str, Any]:
    """Return what there is to say of an archive: totals, its sources, the worst first, and what happened.

    Without `plans`, what the file names is taken to be what it named when it was crawled last.
    """
    totals = conn.execute(
        """
        SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM versions) AS versions,
               (SELECT count(*) FROM removed) AS removed,
               (SELECT count(*) FROM articles WHERE reserved IS NOT NULL) AS reserved
        """
    ).fetchone()
    run = conn.execute(
        """
        SELECT id, started_at, ended_at, state, command, new, known, tried, summary, events
        FROM runs ORDER BY id DESC LIMIT 1
        """
    ).fetchone()
    paused = conn.execute(
        """
        SELECT name, paused_until, reason, pauses > 0 AS refused FROM hosts WHERE paused_until > ? ORDER BY name
        """,
        (stamp(now),),
    )
    alerts = open_alerts(conn)
    return {
        **dict(totals),
        "sources": _sources(conn, alerts, plans, now),
        "alerts": [_alert(alert) for alert in alerts],
        "events": [dict(row) for row in conn.execute(_EVENTS, (stamp(now - _NEWS),))],
        "paused": [dict(row) | {"refused": bool(row["refused"])} for row in paused],
        "last_run": _run(run) if run else None,
    }


def trouble(facts: Mapping[str, Any]) -> list[str]:
    """What a monitor is to be told of a report.

    Open alerts, sources that have no listing or whose listings all failed, hosts that refuse us, a run cut short.
    """
    found = [f"{alert['source']}: {alert['detail']}" for alert in facts["alerts"]]
    found += [f"{source['id']}: {NOTHING_TO_POLL}" for source in facts["sources"] if source["unpolled"]]
    found += [f"{source['id']}: {NOTHING_READ}: {source['problem']}" for source in facts["sources"] if source["unread"]]
    found += [
        f"{host['name']} refuses us and is left alone until {host['paused_until']}: {host['reason']}"
        for host in facts["paused"]
        if host["refused"]
    ]
    last = facts["last_run"]
    if last is None:
        return [*found, "nothing was crawled yet"]
    if last["state"] in {"killed", "interrupted"}:
        found.append(f"run {last['id']} was {last['state']}")
    return found


def _sources(
    conn: sqlite3.Connection, alerts: Sequence[Alert], plans: Plans | None, now: datetime
) -> list[dict[str, Any]]:
    """The sources, the worst first: open alerts, nothing to poll, listings that cannot be read, URLs given up.

    Those that have left the file come last: nothing is due of them.
    """
    without, failed = frozenset(unpolled(conn)), frozenset(unread(conn))
    moves: dict[str, list[dict[str, str]]] = {}
    for key, url, target in remembered(conn):
        moves.setdefault(key, []).append({"url": url, "moved_to": target})
    by_source: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_source.setdefault(alert.source, []).append(alert)
    today = {row["key"]: dict(row) for row in conn.execute(_TODAY, (stamp(now)[:10],))}
    found = []
    for row in conn.execute(_SOURCES, {"now": stamp(now)}):
        source = dict(row)
        key = source["id"]
        source["configured"] = source["retired_at"] is None if plans is None else key in plans.named
        source["shuts_out"] = shut_out(conn, source.pop("number"))
        source["moved"] = moves.get(key, [])
        source["former"] = orjson.loads(source["former"])
        source["due"] = source["due"] if source["configured"] else 0
        source["next"] = stamp(plans.next[key]) if plans and key in plans.next else None
        polled = source["configured"] and (plans is None or key in plans.enabled)
        source["unpolled"] = polled and key in without
        source["unread"] = polled and key in failed
        source["today"] = {name: today.get(source["id"], {}).get(name, 0) for name in _OF_TODAY}
        source["alerts"] = [_alert(alert) for alert in by_source.get(source["id"], ())]
        found.append(source)
    return sorted(found, key=_by_weight)


def _by_weight(source: dict[str, Any]) -> tuple[Any, ...]:
    problem = source["problem"] if source["configured"] else None
    return (
        not source["configured"], -len(source["alerts"]), not source["unpolled"], problem is None, -source["dead"],
        source["id"],
    )  # fmt: skip


_OF_TODAY: Final = ("tried", "seen", "new", "updated", "empty", "blocked", "errors")
_TODAY: Final = "SELECT s.key, h.* FROM health AS h JOIN sources AS s ON s.id = h.source_id WHERE h.day = ?"


def _alert(alert: Alert) -> dict[str, str]:
    return {
        "source": alert.source, "kind": str(alert.kind), "since": stamp(alert.opened_at), "detail": alert.detail
    }  # fmt: skip


def _run(row: sqlite3.Row) -> dict[str, Any]:
    facts = dict(row)
    summary, events = facts.pop("summary"), facts.pop("events")
    return facts | {"outcomes": orjson.loads(summary) if summary else None, "events": (events or "").splitlines()}
