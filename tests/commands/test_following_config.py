"""What a person reads after an edit of cuttings.toml: in `crawl`, `check`, `status` and `doctor`."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.newsroom import CUTTINGS, environment
from tests.robustness.faults.press import Office, Press, office

HEAD = '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n'
PAPER = "http://outlet-0.press.test/"


def edit(room: Office, before: str, after: str) -> None:
    file = room.folder / "cuttings.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_dropped_listing_is_asked_for_no_more_and_every_command_says_so(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(2)
    with office(tmp_path, press) as room:
        room.run("crawl")
        edit(room, f'sitemaps = ["{PAPER}sitemap.xml"]\n', "")
        press.asked.clear()
        crawled = room.run("crawl", "--due", "--json")
        checked = room.run("check", "--json")
        told = room.run("check")
        status = json.loads(room.run("status", "--json").stdout)
        shown = room.run("status").stdout
        doctor = room.run("doctor", "--quick").stdout

    assert f"{PAPER}sitemap.xml" not in press.asked
    (event,) = json.loads(crawled.stdout)["events"]
    assert event.startswith(
        f"outlet-0.press.test: {PAPER}sitemap.xml is retired: cuttings.toml no longer names it, since "
    )
    (retired,) = json.loads(checked.stdout)["retired"]
    assert (retired["source"], retired["url"]) == ("outlet-0.press.test", f"{PAPER}sitemap.xml")
    assert f"retired outlet-0.press.test  sitemap {PAPER}sitemap.xml: cuttings.toml no longer names it" in told.stdout
    assert [(each["retired"], each["configured"], each["unpolled"]) for each in status["sources"]] == [(1, True, False)]
    assert "outlet-0.press.test: 1 listings are retired" in shown
    assert "1 are retired: cuttings.toml no longer names them" in doctor


def test_a_new_id_takes_effect_under_due_though_nothing_is_due(tmp_path: Path) -> None:
    press = Press(outlets=1)
    press.publish(2)
    with office(tmp_path, press) as room:
        room.run("crawl", "--due")
        edit(room, "[[source]]\n", '[[source]]\nid = "courier"\n')
        said = json.loads(room.run("crawl", "--due", "--json").stdout)
        again = room.run("crawl", "--due").stdout
        owners = room.rows("SELECT DISTINCT s.key FROM articles AS a JOIN sources AS s ON s.id = a.source_id")

    assert said["events"][0].startswith('courier: was "outlet-0.press.test" in cuttings.toml; its 2 articles stay')
    assert again.startswith("Nothing is due; next is courier")
    assert owners == [("courier",)]


def test_a_source_that_left_is_shown_as_such_and_one_without_a_listing_is_wrong(tmp_path: Path) -> None:
    press = Press(outlets=2)
    press.publish(2)
    with office(tmp_path, press) as room:
        room.run("crawl")
        text = (room.folder / "cuttings.toml").read_text(encoding="utf-8")
        edit(room, text, text.rpartition("[[source]]")[0])
        before = room.run("status").stdout
        room.run("crawl")
        good = room.run("status", "--check")
        break_listings(room.database)
        wrong = room.run("status", "--check")
        crawled = json.loads(room.run("crawl", "--json").stdout)
        doctor = json.loads(room.run("doctor", "--quick", "--json").stdout)

    assert "outlet-1.press.test: no longer in cuttings.toml" in before
    assert (good.returncode, good.stdout) == (0, "Nothing is wrong.\n")
    assert (wrong.returncode, wrong.stdout.split(";")[0]) == (
        3, "outlet-0.press.test: nothing to poll: the archive has no listing of it"
    )  # fmt: skip
    assert any(event.startswith("outlet-0.press.test: nothing to poll") for event in crawled["events"])
    assert [each["severity"] for each in doctor["findings"] if "nothing to poll" in each["what"]] == ["warning"]


def break_listings(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute("UPDATE frontier SET state = 'dead' WHERE kind <> 'article' AND state <> 'retired'")


@pytest.mark.parametrize("command", [["check", "--offline"], ["crawl"], ["crawl", "--due"], ["schedule", "run"]])
@pytest.mark.parametrize(
    ("a", "b", "url"),
    [
        ('feeds = ["/f.xml"]', 'feeds = ["https://a.test/f.xml"]', "https://a.test/f.xml"),
        ('feeds = ["/f.xml"]', 'sitemaps = ["https://a.test/f.xml"]\nenabled = false', "https://a.test/f.xml"),
        ("", 'sections = ["https://a.test/"]', "https://a.test/"),
    ],
)
def test_two_sources_that_name_one_listing_are_refused(
    tmp_path: Path, command: list[str], a: str, b: str, url: str
) -> None:
    sources = "".join(
        f'[[source]]\nid = "{key}"\nurl = "https://{key}.test/"\n{listings}\n' for key, listings in (("a", a), ("b", b))
    )
    (tmp_path / "cuttings.toml").write_text(HEAD + sources, encoding="utf-8")

    done = subprocess.run(
        [*CUTTINGS, *command], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(
        f'cuttings.toml: [[source]] "a" and "b" both name {url}; '
        "a listing belongs to one source, take it out of one of them\n"
    )
    assert done.stderr.count("\n") == 1
