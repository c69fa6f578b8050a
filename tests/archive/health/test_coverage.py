"""What became of every listed URL: each is in one part, the parts of a day add up, and the reason is a person's."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl.frontier import Lease, Room
from archive.doctor import Finding, Patient, Severity, examine
from archive.health.coverage import (
    EARLIER,
    LATEST_DAYS,
    UNACCOUNTED,
    Coverage,
    Listed,
    Part,
    Span,
    coverage,
    latest,
    urls,
)
from archive.model.article import Article, Extraction
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.connection import open_reader
from archive.storage.store import Store
from archive.times import stamp
from tests.newsroom import CUTTINGS, environment

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BASE = "http://paper.test"
_LOST = "{}, but nothing is filed and no attempt is planned"
# A made-up row of the frontier, as columns -> the part it is in and the reason that is told.
ROWS = [
    ({"state": "pending"}, Part.DUE, ""),
    ({"state": "leased"}, Part.DUE, ""),
    ({"state": "pending", "detail": "Retry-After"}, Part.DUE, "Retry-After"),
    ({"state": "done", "outcome": "excluded", "detail": "exclude: /sport/"}, Part.EXCLUDED, "exclude: /sport/"),
    ({"state": "done", "outcome": "duplicate", "same_as": 1}, Part.FORMS, f"another form of {BASE}/feed"),
    ({"state": "done", "outcome": "saved", "article_id": 1, "own": 1}, Part.FILED, ""),
    ({"state": "pending", "outcome": "http_4xx", "article_id": 1, "own": 1}, Part.FILED, ""),
    ({"state": "done", "outcome": "duplicate", "article_id": 1, "joined": "same text"}, Part.JOINED, "same text"),
    ({"state": "done", "outcome": "duplicate", "article_id": 1}, Part.JOINED, EARLIER),
    ({"state": "done", "outcome": "saved", "article_id": 1, "own": 2}, Part.JOINED, EARLIER),
    ({"state": "done", "outcome": "robots", "detail": "robots.txt forbids it"}, Part.REFUSED, "robots.txt forbids it"),
    ({"state": "done", "outcome": "not_html"}, Part.REFUSED, "ended as not_html"),
    ({"state": "pending", "outcome": "http_5xx", "detail": "HTTP 503"}, Part.REFUSED, "HTTP 503"),
    ({"state": "dead", "outcome": "timeout", "tries": 3}, Part.REFUSED, "given up after 3 attempts"),
    ({"state": "dead", "outcome": "dns", "tries": 3, "detail": "no such host"}, Part.REFUSED,
     "given up after 3 attempts: no such host"),
    ({"state": "dead", "outcome": "bad_url", "detail": "no host in it"}, Part.REFUSED, "no host in it"),
    ({"state": "done"}, Part.UNACCOUNTED, _LOST.format("done (never attempted)")),
    ({"state": "dead"}, Part.UNACCOUNTED, _LOST.format("dead (never attempted)")),
    ({"state": "done", "outcome": "saved"}, Part.UNACCOUNTED, _LOST.format("done (saved)")),
    ({"state": "done", "outcome": "duplicate"}, Part.UNACCOUNTED, _LOST.format("done (duplicate)")),
]  # fmt: skip


class Ledger:
    """An archive with two papers and two articles, whose frontier is written as a test wants it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cuttings.db"
        with closing(Store.open(self.path)) as store:
            self.run = store.start_run("crawl", "cuttings/test", NOW)
            for key in ("paper", "other"):
                store.add_source(_source(key), NOW)
            store.end_run(self.run, state="finished", new=0, known=0, outcomes={}, now=NOW)
        self.write("UPDATE frontier SET state = 'done', outcome = 'listed'")
        for article in (1, 2):
            self.write(
                """
                INSERT INTO articles (id, source_id, title, url, first_seen_at, fetched_at, kind, access, words,
                                      removed_words, images, versions, metadata_sources)
                VALUES (?, 1, 'A', ?, ?, ?, 'article', 'open', 1, 0, 0, 1, '{}')
                """,
                article, f"{BASE}/article/{article}", stamp(NOW), stamp(NOW),
            )  # fmt: skip

    def write(self, sql: str, *values: object) -> None:
        with closing(sqlite3.connect(self.path)) as conn:
            conn.execute(sql, values)
            conn.commit()

    def add(self, name: str, when: datetime = NOW, source: int = 1, **columns: object) -> str:
        """Write a row of the frontier; `own` names the article whose own URL it is."""
        own = columns.pop("own", None)
        facts = {
            "source_id": source, "url": f"{BASE}/{name}", "kind": "article", "state": "pending", "priority": 10,
            "due_at": stamp(when), "found_at": stamp(when),
        } | columns  # fmt: skip
        names, marks = ", ".join(facts), ", ".join("?" * len(facts))
        self.write(f"INSERT INTO frontier ({names}) VALUES ({marks})", *facts.values())  # noqa: S608 - our names
        if own is not None:
            kinds = (own, f"{BASE}/{name}", "own", stamp(when))
            self.write("INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, ?, ?)", *kinds)
        return f"{BASE}/{name}"

    def see(self, url: str, source: int, when: datetime = NOW) -> None:
        """Write down that another source listed a URL too."""
        self.write("INSERT INTO sightings SELECT ?, id, ? FROM frontier WHERE url = ?", source, stamp(when), url)

    def days(self, key: str = "paper", span: Span | None = None) -> list[Coverage]:
        with closing(open_reader(self.path)) as conn:
            return list(coverage(conn, [key], span or Span()))

    def urls(self, *parts: Part, key: str = "paper", most: int = -1) -> list[Listed]:
        with closing(open_reader(self.path)) as conn:
            return list(urls(conn, [key], Span(), parts or tuple(Part), most))

    def latest(self, *keys: str, until: date | None = None) -> Span:
        with closing(open_reader(self.path)) as conn:
            return latest(conn, keys, until)

    def told(self) -> Finding:
        found = examine(Patient(archive=self.path, extractor="1", quick=True))
        (finding,) = [each for each in found if each.check == "coverage"]
        return finding

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*CUTTINGS, "coverage", "--archive", str(self.path), *arguments]
        return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def _source(key: str) -> Source:
    host = BASE if key == "paper" else f"http://{key}.test"
    return Source(id=key, url=f"{host}/", name=f"The {key}", feeds=(f"{host}/feed",))


def names(found: list[Listed]) -> list[str]:
    return [each.url.removeprefix(f"{BASE}/") for each in found]


# Each URL is in one part ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "part", "why"), ROWS)
def test_a_listed_url_is_in_one_part_with_its_reason(
    ledger: Ledger, columns: dict[str, object], part: Part, why: str
) -> None:
    ledger.add("story", **columns)

    (day,) = ledger.days()
    (listed,) = ledger.urls()

    amounts = {each: day.refusals if each is Part.REFUSED else getattr(day, each) for each in Part}
    assert amounts == {each: int(each is part) for each in Part}
    assert (day.listed, day.adds_up) == (1, part is not Part.UNACCOUNTED)
    assert (listed.part, listed.why, listed.article_id) == (part, why, columns.get("article_id"))
    waits = part in {Part.DUE, Part.REFUSED} and columns["state"] in {"pending", "leased"}
    assert listed.next_at == (stamp(NOW) if waits else None)


def test_the_condition_for_those_who_mend_is_that_of_the_sums(ledger: Ledger) -> None:
    for number, (columns, _, _) in enumerate(ROWS):
        owned = {"own": columns["own"]} if "own" in columns else {}
        ledger.add(f"story-{number}", **{**columns, **owned})

    with closing(open_reader(ledger.path)) as conn:
        lost = {row["url"] for row in conn.execute(f"SELECT url FROM frontier WHERE {UNACCOUNTED}")}  # noqa: S608

    assert lost == {each.url for each in ledger.urls(Part.UNACCOUNTED)}
    assert len(lost) == 4


def test_refused_urls_are_counted_by_outcome_most_first(ledger: Ledger) -> None:
    for number, outcome in enumerate(("robots", "http_4xx", "http_4xx")):
        ledger.add(f"{number}", state="done", outcome=outcome)

    (day,) = ledger.days()

    assert day.refused == (("http_4xx", 2), ("robots", 1))
    assert day.refusals == 3


def test_listings_themselves_are_no_listed_articles(ledger: Ledger) -> None:
    ledger.add("section", kind="section", state="done")

    assert ledger.days() == []


# Days -----------------------------------------------------------------------------------------------------------------


def test_a_url_counts_on_the_utc_day_on_which_it_was_found(ledger: Ledger) -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    for name, when in {
        "first": midnight,
        "last": midnight + DAY - timedelta(seconds=1),
        "next": midnight + DAY,
    }.items():
        ledger.add(name, when)

    assert [(day.day, day.listed) for day in ledger.days()] == [("2026-11-25", 1), ("2026-11-24", 2)]
    one = Span(since=date(2026, 11, 24), until=date(2026, 11, 24))
    assert [(day.day, day.listed) for day in ledger.days(span=one)] == [("2026-11-24", 2)]


def test_the_latest_days_are_those_that_have_anything(ledger: Ledger) -> None:
    for number in range(10):
        ledger.add(f"{number}", NOW - 30 * number * DAY)
    ledger.see(ledger.add("shared", NOW - 400 * DAY), source=2, when=NOW + DAY)

    assert ledger.latest("paper") == Span(since=(NOW - 30 * (LATEST_DAYS - 1) * DAY).date())
    assert ledger.latest("paper", "other") == Span(since=(NOW - 30 * (LATEST_DAYS - 2) * DAY).date())
    until = (NOW - 200 * DAY).date()
    assert ledger.latest("paper", until=until) == Span(since=(NOW - 400 * DAY).date(), until=until)
    assert ledger.latest("nobody") == Span()


# Several sources ------------------------------------------------------------------------------------------------------


def test_a_url_that_two_sources_listed_counts_for_both(ledger: Ledger) -> None:
    url = ledger.add("shared", state="done", outcome="saved", article_id=1, own=1)
    ledger.see(url, source=2, when=NOW + DAY)

    assert [(day.day, day.filed, day.joined) for day in ledger.days("paper")] == [("2026-11-24", 1, 0)]
    assert [(day.day, day.filed, day.joined) for day in ledger.days("other")] == [("2026-11-25", 0, 1)]
    (seen,) = ledger.urls(key="other")
    assert (seen.url, seen.article_id, seen.why) == (url, 1, "listed by this source too; filed by paper")


def test_a_url_that_another_source_listed_and_that_waits_is_due_for_both(ledger: Ledger) -> None:
    ledger.see(ledger.add("shared"), source=2)

    assert [day.due for key in ("paper", "other") for day in ledger.days(key)] == [1, 1]


def test_a_source_that_has_seen_its_own_url_counts_it_once(ledger: Ledger) -> None:
    ledger.see(ledger.add("own"), source=1)

    assert [day.listed for day in ledger.days()] == [1]


# As a crawl leaves it -------------------------------------------------------------------------------------------------


def test_what_a_crawl_did_adds_up(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.db"
    with closing(Store.open(path)) as store:
        _crawl(store)
    with closing(open_reader(path)) as conn:
        (day,) = coverage(conn, ["paper"], Span())

    assert day == Coverage(
        source="paper", day="2026-11-24", listed=6, filed=1, refused=(("bad_url", 1), ("http_5xx", 1)), due=2, forms=1
    )
    assert day.adds_up


def _crawl(store: Store) -> None:
    """List six URLs: one is filed, one fails, one cannot be requested, one is another form, two wait."""
    run = store.start_run("crawl", "cuttings/test", NOW)
    source = store.add_source(_source("paper"), NOW)
    (feed,) = store.lease(run, source, Room(most=1, listings=1, articles=0), NOW)
    found = tuple(Found(url=f"{BASE}/{name}") for name in ("a", "b", "c", "d", "a/amp"))
    unusable = Failure(url="http://", stage="discover", outcome=Outcome.BAD_URL, detail="no host")
    listing = Listing(kind=ListingKind.FEED, found=found, failures=(unusable,))
    store.file_listing(run, feed, Fetch(url=feed.url, fetched_at=NOW), listing, (None, None), NOW)
    a, b = store.lease(run, source, Room(most=2, listings=0, articles=2), NOW)
    store.file(run, a, Fetch(url=a.url, fetched_at=NOW), _page(a), extractor="1")
    failure = Failure(url=b.url, stage="fetch", outcome=Outcome.HTTP_5XX)
    store.fail(run, b, Fetch(url=b.url, fetched_at=NOW, status=503), failure, NOW)
    store.end_run(run, state="finished", new=1, known=0, outcomes={}, now=NOW)


def _page(lease: Lease) -> Extraction:
    return Extraction(article=Article(url=lease.url, title="A", paragraphs=("Some words of a story.",)))


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(ledger: Ledger) -> Ledger:
    """A paper with something in every part, and another with one URL."""
    ledger.add("filed", state="done", outcome="saved", article_id=1, own=1)
    for number in range(7):
        ledger.add(f"joined-{number}", state="done", outcome="duplicate", article_id=1, joined="the same text")
    ledger.add("later", NOW + timedelta(hours=1), outcome="http_5xx", detail="HTTP 503")
    ledger.add("forbidden", state="done", outcome="robots", detail="robots.txt forbids it")
    ledger.add("waits")
    ledger.add("sport", state="done", outcome="excluded", detail="exclude: /sport")
    ledger.add("form", state="done", outcome="duplicate", same_as=1)
    ledger.add("else", source=2)
    return ledger


def test_the_command_shows_the_sums_the_refused_and_a_few_that_were_joined(told: Ledger) -> None:
    done = told.run_it("paper")

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["source", "day", "listed", "filed", "joined", "refused", "due", "excluded", "forms"]
    assert lines[1].split() == ["paper", "2026-11-24", "13", "1", "7", "2", "1", "1", "1"]
    assert lines[2] == "13 listed = 1 filed + 7 joined + 2 refused + 1 due + 1 excluded + 1 forms"
    assert lines[3:7] == [
        "Refused:",
        "  paper: 1 http_5xx; next attempt 2026-11-24T09:00:00Z",
        "  paper: 1 robots; no further attempt: robots.txt forbids it",
        "Joined to an article:",
    ]
    assert lines[7:] == [f"  {BASE}/joined-{number} to article 1: the same text" for number in range(5)]


def test_the_command_names_every_url_where_it_is_asked_to(told: Ledger) -> None:
    said = told.run_it("paper", "--urls").stdout

    assert [
        name for name in ("later", "forbidden", "waits", "sport", "form", "joined-6") if f"/{name}" not in said
    ] == []
    assert f"{BASE}/filed" not in said


def test_the_command_says_everything_as_json(told: Ledger) -> None:
    said = json.loads(told.run_it("--json").stdout)

    assert [(day["source"], day["listed"], day["adds_up"]) for day in said["days"]] == [
        ("other", 1, True), ("paper", 13, True),
    ]  # fmt: skip
    assert said["days"][1]["refused"] == {"http_5xx": 1, "robots": 1}
    assert len(said["urls"]) == 14
    assert {each["part"] for each in said["urls"]} == set(Part) - {Part.UNACCOUNTED}
    assert (said["adds_up"], said["from"]) == (True, "2026-11-24")


def test_the_command_ends_with_3_where_a_url_is_unaccounted_for(told: Ledger) -> None:
    url = told.add("lost", state="done")

    done = told.run_it("paper")

    assert done.returncode == 3
    assert f"Unaccounted for:\n  {url}: done (never attempted)" in done.stdout
    assert "14 listed = 1 filed" in done.stdout
    assert "+ 1 unaccounted for: `cuttings doctor` says what to do" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], 'there is no source "nobody" in '),
        (["--from", "2026-31-12"], "'2026-31-12' is not a day; write one as in 2026-03-01"),
        (["--from", "2026-12-02", "--to", "2026-12-01"], "--from 2026-12-02 is after --to 2026-12-01"),
    ],
)
def test_the_command_refuses_what_it_cannot_mean_in_one_sentence(
    told: Ledger, arguments: list[str], sentence: str
) -> None:
    done = told.run_it(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cuttings: ")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2027-01-01"], "Nothing was listed from 2027-01-01.\n"),
        (["--to", "2025-01-01"], "Nothing was listed up to 2025-01-01.\n"),
        (["--from", "0001-01-01", "--to", "9999-12-31", "other"], "1 listed = 0 filed"),
    ],
)
def test_the_command_takes_any_days(told: Ledger, arguments: list[str], said: str) -> None:
    done = told.run_it(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


# The doctor -----------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_every_listed_url_accounted_for(told: Ledger) -> None:
    finding = told.told()

    assert finding.severity is Severity.OK
    assert finding.what == "14 listed URLs are accounted for, on 2 days of 2 sources"


def test_the_doctor_names_what_vanished_and_what_it_advises_brings_it_back(told: Ledger) -> None:
    lost = [told.add(f"lost-{number}", state="done", outcome="saved") for number in range(5)]

    finding = told.told()

    assert finding.severity is Severity.FAULT
    assert finding.what.startswith("5 listed URLs vanished")
    assert [each.split(": ")[1] for each in finding.examples] == lost[:3]
    statement = finding.remedy.split('"')[1]
    assert statement.startswith("UPDATE frontier")
    told.write(statement)
    assert told.told().severity is Severity.OK
    assert {each.url for each in told.urls(Part.DUE)} >= set(lost)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs SQLite's own program")
def test_what_the_doctor_advises_can_be_given_to_a_shell(told: Ledger) -> None:
    told.add("lost", state="done")
    command = told.told().remedy.split("program: ")[1].split("; the next crawl")[0]

    subprocess.run(command, shell=True, check=True, timeout=30)  # noqa: S602 - it is what is tested

    assert told.told().severity is Severity.OK
