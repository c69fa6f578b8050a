"""`cuttings crawl --due`, the line for cron: it does what is due, says what comes next, and asks for nothing else."""

import json
from pathlib import Path

from archive.crawl.run import locked
from tests.robustness.faults.press import Press, office


def test_what_is_due_is_done_and_then_nothing_is(tmp_path: Path) -> None:
    press = Press(outlets=2)
    press.publish(6)
    with office(tmp_path, press) as room:
        first = room.run("crawl", "--due", "--json")
        press.asked.clear()
        again = room.run("crawl", "--due")
        as_json = room.run("crawl", "--due", "--json")

    assert (first.returncode, json.loads(first.stdout)["new"]) == (0, 6)
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing is due; next is outlet-")
    assert press.asked == set()
    said = json.loads(as_json.stdout)
    assert said["run"] is None
    assert said["next"].keys() == {"outlet-0.press.test", "outlet-1.press.test"}


def test_another_run_that_holds_the_archive_is_exit_code_4(tmp_path: Path) -> None:
    press = Press(outlets=1)
    with office(tmp_path, press) as room:
        lock = locked(room.database)
        try:
            done = room.run("crawl", "--due")
        finally:
            lock.release()

    assert done.returncode == 4
    assert "another run is writing to" in done.stderr


def test_a_listing_that_cannot_be_read_is_exit_code_3(tmp_path: Path) -> None:
    from archive.demo.newspaper import Response

    press = Press(outlets=1)
    press.publish(2)
    press.on_request = lambda url: Response(status=404, headers=(("Content-Length", "0"),)) if "feed" in url else None
    with office(tmp_path, press) as room:
        assert room.run("crawl", "--due").returncode == 3


def test_a_source_that_is_new_is_due_though_the_others_are_not(tmp_path: Path) -> None:
    press = Press(outlets=2)
    press.publish(4)
    with office(tmp_path, press) as room:
        file = room.folder / "cuttings.toml"
        both = file.read_text()
        file.write_text(both.rpartition("[[source]]")[0])
        room.run("crawl", "--due")
        file.write_text(both)
        press.asked.clear()
        done = room.run("crawl", "--due", "--json")

    assert json.loads(done.stdout)["new"] == 2
    assert not any("outlet-0" in url for url in press.asked)
