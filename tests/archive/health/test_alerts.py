"""A source is held against its own 28 days: figures a day, alerts that open and close, people who are told once."""

import email
import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from archive.config.toml import Alerts, Config
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run, Summary
from archive.health.alerts import Alert, AlertKind
from archive.health.notify import tell
from archive.health.status import Plans, report, trouble
from archive.model.article import Article, Dated, Extraction, PageKind
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.connection import open_reader

BEGIN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAPER = Source(
    id="paper", url="http://paper.example/", name="The Paper", feeds=("http://paper.example/feed",), revisit=()
)

End = Callable[[Run, Lease, datetime], None]


def good(run: Run, lease: Lease, now: datetime) -> None:
    file(run, lease, now)


def file(run: Run, lease: Lease, now: datetime, *, words: int = 300, author: bool = True, dated: bool = True) -> None:
    article = Article(
        url=lease.url, title=lease.url, paragraphs=(f"{lease.url} " + " ".join(["word"] * words),),
        authors=("Ada Kern",) if author else (), published=Dated(when=now, source="meta") if dated else None,
    )  # fmt: skip
    run.file(lease, Fetch(url=lease.url, fetched_at=now, status=200), Extraction(article=article), extractor="1")


def short(run: Run, lease: Lease, now: datetime) -> None:
    file(run, lease, now, words=60)


def unsigned(run: Run, lease: Lease, now: datetime) -> None:
    file(run, lease, now, author=False)


def undated(run: Run, lease: Lease, now: datetime) -> None:
    file(run, lease, now, dated=False)


def empty(run: Run, lease: Lease, now: datetime) -> None:
    index = Article(url=lease.url, kind=PageKind.INDEX)
    fetch = Fetch(url=lease.url, fetched_at=now, status=200)
    run.file(lease, fetch, Extraction(article=index, outcome=Outcome.NOT_ARTICLE), extractor="1")


def walled(run: Run, lease: Lease, now: datetime) -> None:
    wall = Article(url=lease.url, kind=PageKind.WALL)
    fetch = Fetch(url=lease.url, fetched_at=now, status=200)
    run.file(lease, fetch, Extraction(article=wall, outcome=Outcome.NOT_ARTICLE), extractor="1")


def broken(run: Run, lease: Lease, now: datetime) -> None:
    failure = Failure(url=lease.url, stage="fetch", outcome=Outcome.HTTP_5XX, detail="HTTP 500")
    run.fail(lease, Fetch(url=lease.url, fetched_at=now, status=500), failure)


def refused(run: Run, lease: Lease, now: datetime) -> None:
    failure = Failure(url=lease.url, stage="fetch", outcome=Outcome.HTTP_4XX, detail="HTTP 403")
    run.fail(lease, Fetch(url=lease.url, fetched_at=now, status=403), failure)


@dataclass
class Desk:
    """One paper, crawled three times a day, whose pages end as they are told to."""

    folder: Path
    alerts: Alerts = field(default_factory=Alerts)
    now: datetime = BEGIN
    printed: int = 0
    summaries: list[Summary] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "cuttings.db"

    def crawl(self, stories: int, end: End = good) -> Summary:
        settings = Config(
            path=None, archive=self.archive, user_agent="test (+mailto:desk@paper.example)", sources=(PAPER,),
            alerts=self.alerts,
        )  # fmt: skip
        run = Run.start(settings, Plan(sources=(PAPER,)), lambda: self.now)
        (feed,) = run.lease(1, 1)
        self.printed += stories
        newest = range(max(0, self.printed - stories - 1), self.printed)  # one that was there before: no gap
        found = tuple(Found(url=f"http://paper.example/{n}") for n in newest)
        listing = Listing(kind=ListingKind.FEED, found=found)
        run.file_listing(feed, Fetch(url=feed.url, fetched_at=self.now, status=200), listing, (None, None))
        while leases := run.lease(1, 1):
            end(run, leases[0], self.now)
        self.summaries.append(run.finish())
        return self.summaries[-1]

    def days(self, count: int, stories: int = 4, end: End = good) -> None:
        for _ in range(count):
            for _ in range(3):
                self.crawl(stories, end)
                self.now += DAY / 3

    def open(self) -> list[tuple[str, str]]:
        """Kinds of the alerts, and whether they are open."""
        return [
            (kind, "open" if closed is None else "closed")
            for kind, closed in self.rows("SELECT kind, closed_at FROM alerts")
        ]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(open_reader(self.archive)) as conn:
            return [tuple(row) for row in conn.execute(sql)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# Health --------------------------------------------------------------------------------------------------------------


def test_a_day_of_a_source_is_a_row_whatever_the_number_of_runs(desk: Desk) -> None:
    desk.crawl(4)
    desk.now += timedelta(hours=1)
    desk.crawl(2, unsigned)
    desk.crawl(3, empty)
    desk.crawl(1, walled)
    desk.crawl(2, broken)

    ((day, *figures, words, authors, dates),) = desk.rows(
        """
        SELECT day, tried, seen, new, updated, pages, empty, blocked, errors, median_words, author_share, date_share
        FROM health
        """
    )
    assert day == "2026-10-01"
    assert figures == [5 + 12, 12, 6, 0, 9, 3, 1, 2]
    assert words == pytest.approx(302, abs=5)
    assert (authors, dates) == (pytest.approx(4 / 6), 1.0)


def test_a_day_without_a_new_article_has_no_median(desk: Desk) -> None:
    desk.crawl(1, empty)

    assert desk.rows("SELECT new, median_words, author_share, date_share FROM health") == [(0, None, None, None)]


def test_a_dry_run_measures_nothing(desk: Desk) -> None:
    desk.crawl(1)
    settings = Config(path=None, archive=desk.archive, user_agent="x", sources=(PAPER,))
    Run.start(settings, Plan(sources=(PAPER,), rehearsal=True), lambda: desk.now + DAY).finish()

    assert len(desk.rows("SELECT day FROM health")) == 1


# Alerts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (empty, "empty"), (walled, "blocked"), (refused, "blocked"), (broken, "errors"), (short, "short"),
        (unsigned, "authors"), (undated, "dates"),
    ],
)  # fmt: skip
def test_what_departs_from_its_usual_is_an_alert_until_it_is_as_before(desk: Desk, end: End, kind: str) -> None:
    desk.days(8)
    assert desk.open() == []

    desk.days(1, end=end)
    assert desk.open() == [(kind, "open")]
    (told,) = [summary for summary in desk.summaries if summary.events]
    assert told.events[0].startswith("alert: paper: ")

    desk.days(3)
    assert desk.open() == [(kind, "closed")]
    assert desk.summaries[-1].events == ()


def test_what_was_always_so_is_no_alert(desk: Desk) -> None:
    desk.days(20, end=unsigned)

    assert desk.open() == []


def test_a_source_that_is_dead_for_weeks_is_not_found_well_for_having_been_so_long(desk: Desk) -> None:
    desk.days(8)
    desk.days(16, end=broken)

    assert desk.open() == [("errors", "open")]


def test_too_short_a_history_tells_nothing(desk: Desk) -> None:
    desk.days(3)
    desk.days(1, end=empty)

    assert desk.open() == []


def test_a_source_that_falls_silent_is_an_alert_and_one_that_speaks_again_closes_it(desk: Desk) -> None:
    desk.days(10)
    desk.days(2, stories=0)

    assert desk.open() == [("quiet", "open")]
    (detail,) = desk.rows("SELECT detail FROM alerts")[0]
    assert detail == "nothing new for 2.0 days, 11.6 a day are usual"
    desk.days(1)
    assert desk.open() == [("quiet", "closed")]


def test_a_paper_that_rests_at_weekends_is_not_silent(desk: Desk) -> None:
    for _ in range(4):
        desk.days(5)
        desk.days(2, stories=0)

    assert desk.open() == []


def test_a_source_that_never_named_an_article_is_an_alert_after_two_days(desk: Desk) -> None:
    desk.days(2, stories=0)
    assert desk.open() == []

    desk.days(1, stories=0)
    assert desk.open() == [("quiet", "open")]
    assert "check its url, feeds and sitemaps" in desk.rows("SELECT detail FROM alerts")[0][0]


def test_pages_without_an_article_are_asked_for_again_when_the_alert_closes(desk: Desk) -> None:
    desk.days(8)
    desk.days(1, end=empty)
    (lost,) = desk.rows("SELECT count(*) FROM frontier WHERE kind = 'article' AND article_id IS NULL")

    desk.days(3)

    assert lost == (12,)
    assert desk.rows("SELECT count(*) FROM frontier WHERE kind = 'article' AND article_id IS NULL") == [(0,)]


# Telling -------------------------------------------------------------------------------------------------------------


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted, and answers as its server was told."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.got.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.status = [], 204
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/hook"


class Mailbox:
    """Keeps every message."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], Message]] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)  # which cannot choose one itself
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_people_are_told_once_of_the_beginning_and_once_of_the_end(
    desk: Desk, hook: Any, mail: tuple[Mailbox, str]
) -> None:
    box, smtp = mail
    to = ("desk@paper.example", "night@paper.example")
    desk.alerts = Alerts(webhook=url(hook), email=to, sender="cuttings@paper.example", smtp=smtp)
    desk.days(8)
    assert not hook.got
    assert not box.got

    desk.days(2, end=broken)
    desk.days(2)

    posted = [json.loads(body) for _, body in hook.got]
    assert [[(each["source"], each["kind"], each["state"]) for each in post["alerts"]] for post in posted] == [
        [("paper", "errors", "open")],
        [("paper", "errors", "closed")],
    ]
    assert posted[0]["text"].startswith("paper: ")
    assert hook.got[0][0]["Content-Type"] == "application/json"
    assert [to for to, _ in box.got] == [list(to), list(to)]
    assert box.got[0][1]["Subject"].startswith("Cuttings: paper: ")
    assert box.got[1][1]["Subject"].startswith("Cuttings: paper: errors no longer, after ")


def test_a_webhook_that_fails_is_said_and_tried_again_at_the_next_run(desk: Desk, hook: Any) -> None:
    desk.alerts = Alerts(webhook=url(hook))
    desk.days(8)
    hook.status = 500
    desk.days(1, end=broken)
    assert any("[alerts] webhook: 127.0.0.1 answered 500" in event for event in desk.summaries[-1].events)

    hook.status = 204
    desk.crawl(4, broken)
    count = len(hook.got)
    desk.crawl(4, broken)

    assert desk.rows("SELECT count(*) FROM alerts WHERE told_at IS NOT NULL") == [(1,)]
    assert len(hook.got) == count


ALERT = Alert(
    id=1,
    source="paper",
    kind=AlertKind.ERRORS,
    opened_at=BEGIN,
    closed_at=None,
    detail="43% of the tries fail, 0% is usual",
)


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_webhook_that_leads_elsewhere_or_nowhere_is_said(hook: Any, status: int) -> None:
    hook.status = status

    (error,) = tell([ALERT], Alerts(webhook=url(hook)), "test")

    assert str(error) == f"[alerts] webhook: 127.0.0.1 answered {status}; is its address right?"
    assert len(hook.got) == 1


def test_what_cannot_be_reached_is_one_sentence_for_each_way() -> None:
    settings = Alerts(
        webhook="http://127.0.0.1:9/", email=("a@b.example",), sender="c@b.example", smtp="smtp://127.0.0.1:9"
    )

    errors = [str(error) for error in tell([ALERT], settings, "test")]

    assert [error.split(" could not be told")[0] for error in errors] == [
        "[alerts] webhook: 127.0.0.1",
        "[alerts] smtp: 127.0.0.1",
    ]


def test_a_password_is_not_sent_without_encryption(mail: tuple[Mailbox, str]) -> None:
    box, smtp = mail
    settings = Alerts(email=("a@b.example",), sender="c@b.example", smtp=smtp, smtp_user="cuttings")

    (error,) = tell([ALERT], settings, "test")

    assert "offers no encryption" in str(error)
    assert not box.got


def test_many_alerts_are_one_message(mail: tuple[Mailbox, str]) -> None:
    box, smtp = mail
    alerts = [replace(ALERT, id=n, source=f"paper-{n}") for n in range(60)]

    assert tell(alerts, Alerts(email=("a@b.example",), sender="c@b.example", smtp=smtp), "test") == []

    ((_, message),) = box.got
    assert message["Subject"].endswith(" (and 59 more)")
    assert "and 10 more" in str(message.get_payload())


# Status and metrics --------------------------------------------------------------------------------------------------


def test_status_shows_the_worst_first_and_tells_a_monitor(desk: Desk) -> None:
    desk.days(8)
    desk.days(1, end=broken)
    with closing(sqlite3.connect(desk.archive)) as conn, conn:
        conn.execute(
            "INSERT INTO sources (key, name, url, added_at) VALUES ('aaa', 'A', 'http://a.example/', '2026-01-01')"
        )

    with closing(open_reader(desk.archive)) as conn:
        named = frozenset({"paper", "aaa"})
        plans = Plans(next={"aaa": desk.now}, named=named, enabled=frozenset({"paper"}))
        facts = report(conn, desk.now, plans)

    assert [source["id"] for source in facts["sources"]] == ["paper", "aaa"]
    assert facts["sources"][0]["alerts"][0]["kind"] == "errors"
    assert [source["next"] for source in facts["sources"]] == [None, "2026-10-10T09:00:00Z"]
    (wrong,) = trouble(facts)
    assert wrong.startswith("paper: ")


def test_nothing_is_wrong_with_a_run_that_came_to_its_end(desk: Desk) -> None:
    desk.crawl(4)

    with closing(open_reader(desk.archive)) as conn:
        assert trouble(report(conn, desk.now)) == []


def test_a_run_that_was_killed_is_trouble(desk: Desk) -> None:
    desk.crawl(4)
    with closing(sqlite3.connect(desk.archive)) as conn, conn:
        conn.execute("UPDATE runs SET state = 'killed'")

    with closing(open_reader(desk.archive)) as conn:
        assert trouble(report(conn, desk.now)) == ["run 1 was killed"]


def test_metrics_are_written_after_each_run(desk: Desk) -> None:
    desk.alerts = Alerts(prometheus=desk.folder / "cuttings.prom")
    desk.days(8)
    desk.days(1, end=broken)

    lines = (desk.folder / "cuttings.prom").read_text().splitlines()

    assert 'cuttings_articles{source="paper"} 96.0' in lines
    assert 'cuttings_alert_open{kind="errors",source="paper"} 1.0' in lines
    assert "cuttings_last_run_finished 1.0" in lines
    assert any(line.startswith('cuttings_today_errors{source="paper"}') for line in lines)


def test_metrics_that_cannot_be_written_are_said_and_nothing_is_lost(desk: Desk) -> None:
    desk.alerts = Alerts(prometheus=desk.folder / "nowhere" / "cuttings.prom")

    settings = Config(path=None, archive=desk.archive, user_agent="x", sources=(PAPER,), alerts=desk.alerts)
    run = Run.start(settings, Plan(sources=(PAPER,)), lambda: desk.now)
    run.finish()

    assert "[alerts] prometheus: " in str(run.error)
    assert desk.rows("SELECT state FROM runs") == [("finished",)]


def test_a_source_whose_listings_all_failed_is_trouble_until_one_is_read(desk: Desk) -> None:
    desk.days(1)
    settings = Config(path=None, archive=desk.archive, user_agent="t (+mailto:desk@paper.example)", sources=(PAPER,))
    desk.now += DAY
    run = Run.start(settings, Plan(sources=(PAPER,)), lambda: desk.now)
    (feed,) = run.lease(1, 1)
    said = "HTML in the place of a feed"
    failure = Failure(url=feed.url, stage="discover", outcome=Outcome.BAD_LISTING, detail=said)
    run.fail(feed, Fetch(url=feed.url, fetched_at=desk.now, status=200), failure)
    run.finish()

    with closing(open_reader(desk.archive)) as conn:
        wrong = trouble(report(conn, desk.now))
        kept = report(conn, desk.now, Plans(next={}, named=frozenset({"paper"}), enabled=frozenset()))
    address = "http://paper.example/feed"
    assert wrong == [f"paper: none of its listings could be read at its last poll: bad_listing {address}: {said}"]
    assert trouble(kept) == []  # it is switched off

    desk.days(1)
    with closing(open_reader(desk.archive)) as conn:
        assert trouble(report(conn, desk.now)) == []


def test_a_host_that_refuses_us_is_trouble_and_one_that_asks_for_rest_is_not(desk: Desk) -> None:
    desk.days(1)
    with sqlite3.connect(desk.archive) as conn:
        conn.executemany(
            "INSERT INTO hosts (name, paused_until, reason, noted_at, refusals, pauses) VALUES (?, ?, ?, ?, 0, ?)",
            [
                ("paper.example", "2099-01-01T00:00:00Z", "a challenge page: HTTP 403", "2026-10-01T00:00:00Z", 1),
                ("other.example", "2099-01-01T00:00:00Z", "HTTP 429", "2026-10-01T00:00:00Z", 0),
            ],
        )
    conn.close()
    with closing(open_reader(desk.archive)) as reader:
        (wrong,) = trouble(report(reader, desk.now))
    assert wrong == (
        "paper.example refuses us and is left alone until 2099-01-01T00:00:00Z: a challenge page: HTTP 403"
    )
