"""Pages that kill their worker, in a real crawl: each costs itself alone. Workers that cannot start end the crawl."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.newsroom import CUTTINGS, environment
from tests.pipelines import jobs
from tests.robustness.faults import audit
from tests.robustness.faults.audit import Damage
from tests.robustness.faults.hooking import broken_library, pages_that_kill, setting, stillborn_workers
from tests.robustness.faults.press import Office

pytestmark = pytest.mark.timeout(300)

DEADLY = {
    jobs.SEGFAULT: "the worker of this page died (signal SIGSEGV); tried twice",
    jobs.EXIT: "the worker of this page died (exit code 3); tried twice",
    jobs.ENDLESS: "extraction took longer than 1.5 s of CPU time; tried twice",
    jobs.HUNGRY: "extraction needed more than 1024 MiB; tried twice",
}
START = {
    "broken": (broken_library("trafilatura"), "ImportError: trafilatura: cannot open shared object file"),
    "stillborn": (stillborn_workers(), "3 attempts, the last ended with exit code 9"),
}


def test_a_page_that_kills_its_worker_costs_itself_alone_until_another_version_reads_it(room: Office) -> None:
    good = room.press.articles
    for mark in DEADLY:
        room.press.publish(1, f"<!-- {mark.decode()} -->")
    deadly = {
        page.url: said
        for page in room.press.printed.values()
        for mark, said in DEADLY.items()
        if mark.decode() in page.more
    }
    room.variables |= pages_that_kill(cpu=1.5, wall=120)

    summary = room.crawl()

    quarantined = "SELECT url, detail FROM fetches WHERE outcome = 'quarantined' AND warc_file IS NOT NULL"
    assert dict(room.rows(quarantined)) == deadly
    assert summary["outcomes"]["quarantined"] == len(DEADLY)
    assert audit.at_the_end(room.database, good) == Damage()
    assert room.crawl()["new"] == 0  # the same program would fare no better

    room.variables = setting("archive.versions", TOOLS="cuttings/9 lxml/9 trafilatura/9")
    assert room.crawl()["new"] == len(DEADLY)
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


@pytest.mark.parametrize("fault", START)
def test_workers_that_cannot_start_end_a_crawl_with_one_sentence_and_no_page_bears_it(room: Office, fault: str) -> None:
    variables, why = START[fault]
    room.variables = variables

    crawl = room.run("crawl")

    assert crawl.returncode == 1, crawl
    assert crawl.stderr.splitlines()[1:] == [told(why)]
    assert room.rows("SELECT outcome FROM fetches WHERE run_id = 2") == []
    room.variables = {}
    room.crawl()
    assert audit.at_the_end(room.database, room.press.articles) == Damage()


def test_workers_that_cannot_start_end_extract_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>A page.</p>")
    (tmp_path / "pages.jsonl").write_text(json.dumps({"id": 1, "html": "page.html"}))
    variables, why = START["broken"]

    extract = subprocess.run(
        [*CUTTINGS, "extract", "--batch", "pages.jsonl"], cwd=tmp_path, env=environment() | variables,
        capture_output=True, text=True, timeout=90,
    )  # fmt: skip

    assert (extract.returncode, extract.stdout) == (1, "")
    assert extract.stderr.splitlines() == [told(why)]


def told(why: str) -> str:
    return (
        f"cuttings: no page can be read: a worker process does not start ({why}); `cuttings doctor` checks the "
        "installation and this machine"
    )
