"""What publishers reserve is kept, heeded by exports, and not even asked for where that is wanted."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.demo.newspaper import Response
from tests.robustness.faults.press import Office, Press, office

TDMREP = b'[{"location": "/news/1", "tdm-reservation": 1}]'
ALL = b'[{"location": "/", "tdm-reservation": 1}]'
NOAI = '<meta name="robots" content="noai">'


def answer(body: bytes, kind: str = "application/json") -> Response:
    return Response(status=200, headers=(("Content-Type", kind), ("Content-Length", str(len(body)))), body=body)


def with_tdmrep(press: Press, body: bytes) -> None:
    press.on_request = lambda url: answer(body) if url.endswith("/.well-known/tdmrep.json") else None


def policy(room: Office, rights: str) -> None:
    file = room.folder / "cuttings.toml"
    file.write_text(file.read_text().replace("[defaults]\n", f'[defaults]\nrights = "{rights}"\n'))


def exported(room: Office, *options: str) -> tuple[list[str], str]:
    """Addresses of the articles of an export, and what was said."""
    done = room.run("export", *options)
    assert done.returncode == 0, done.stderr
    return sorted(json.loads(line)["url"] for line in done.stdout.splitlines()), done.stderr.strip()


def urls(*numbers: int) -> list[str]:
    return [f"http://outlet-0.press.test/news/{number}" for number in numbers]


def test_exports_leave_out_what_is_reserved_and_count_it(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(4)
    with_tdmrep(press, TDMREP)
    with office(tmp_path, press) as room:
        summary = room.crawl()
        without, said = exported(room)
        everything, _ = exported(room, "--include-reserved")
        ((article_id,),) = room.rows("SELECT id FROM articles WHERE url LIKE '%/news/1'")
        shown = room.run("show", str(article_id))
        ledger = room.rows("SELECT url, signal, value, location, reserves FROM rights")

    assert summary["outcomes"]["site_file"] == 2
    assert summary["new"] == 4
    assert without == urls(0, 2, 3)
    first, *reasons = said.splitlines()
    assert first == "3 articles; 1 left out, reserved by their publishers (--include-reserved)"
    assert len(reasons) == 1
    assert reasons[0].startswith(
        "  1 of outlet-0.press.test: tdmrep.json says tdm-reservation=1 "
        "(http://outlet-0.press.test/.well-known/tdmrep.json, read 20"
    )
    assert everything == urls(0, 1, 2, 3)
    assert "Its publisher reserves its use by machines: tdmrep.json." in shown.stderr
    assert ledger == [
        ("http://outlet-0.press.test/.well-known/tdmrep.json", "tdmrep.json", "tdm-reservation=1", "/news/1", 1)
    ]


def test_a_page_reserves_itself_and_is_exported_where_that_is_ignored(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(2)
    press.publish(1, more=NOAI)
    with office(tmp_path, press) as room:
        policy(room, "ignore")
        room.crawl()
        everything, said = exported(room)
        reserved = room.rows("SELECT url, reserved FROM articles WHERE reserved IS NOT NULL")

    assert everything == urls(0, 1, 2)
    assert said == "3 articles"
    assert reserved == [(urls(2)[0], "meta-robots")]


def test_what_a_page_reserves_is_not_filed_where_that_is_to_be_skipped(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(2)
    press.publish(1, more=NOAI)
    with office(tmp_path, press) as room:
        policy(room, "skip")
        summary = room.crawl()
        ledger = room.rows("SELECT url, article_id FROM rights")

    assert summary["new"] == 2
    assert summary["outcomes"]["reserved"] == 1
    assert ledger == [(urls(2)[0], None)]
    assert summary["tried"] == sum(summary["outcomes"].values())


def test_what_a_host_reserves_is_not_even_asked_for(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(3)
    with_tdmrep(press, ALL)
    with office(tmp_path, press) as room:
        policy(room, "skip")
        room.crawl()
        press.publish(3)
        press.asked.clear()
        summary = room.crawl()

    assert summary["outcomes"]["reserved"] == 3
    assert summary["new"] == 0
    assert not any("/news/" in url for url in press.asked)
    assert not any("tdmrep" in url for url in press.asked)  # once a week


def test_a_page_may_take_itself_out_of_what_its_host_reserves(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(1, more='<meta name="tdm-reservation" content="0">')
    press.publish(1)
    with_tdmrep(press, ALL)
    with office(tmp_path, press) as room:
        room.crawl()
        left, _ = exported(room)

    assert left == urls(0)


@pytest.mark.slow
def test_a_signal_that_is_gone_stays_in_the_ledger(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(1, more=NOAI)
    with office(tmp_path, press) as room:
        room.crawl()
        press.on_request = lambda url: answer(
            press.printed[urls(0)[0]].html().replace(NOAI, "").replace("</p>", " More.</p>", 1).encode(), "text/html"
        ) if url.endswith("/news/0") else None  # fmt: skip
        with closing(sqlite3.connect(room.database)) as conn, conn:
            conn.execute("UPDATE frontier SET state = 'pending', due_at = '2026-01-01T00:00:00Z'")
        room.crawl()
        ledger = room.rows("SELECT value, gone_at IS NOT NULL FROM rights")
        reserved = room.rows("SELECT reserved FROM articles")

    assert ledger == [("noai", 1)]
    assert reserved == [(None,)]


@pytest.mark.parametrize("body", [b"[" * 50_000])
def test_a_broken_file_of_a_host_says_nothing_and_costs_nothing(tmp_path: Path, body: bytes) -> None:
    press = Press(outlets=1)
    press.publish(2)
    press.on_request = lambda url: answer(body) if url.endswith(("tdmrep.json", "ai.txt")) else None
    with office(tmp_path, press) as room:
        summary = room.crawl()

    assert summary["new"] == 2
    assert summary["outcomes"]["site_file"] == 2
