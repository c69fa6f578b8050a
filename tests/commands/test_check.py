"""`cuttings check`: whether the configuration is good, and whether extraction does what its fixtures say."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import CUTTINGS, environment, newsroom
from tests.pipelines.pages import PROSE, TITLE, page

HEAD = '[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n'
SOURCE = '[[source]]\nid = "gazette"\nurl = "https://gazette.test/"\n'
FIXTURE = '[[source.fixture]]\nurl = "/mill"\nhtml = "pages/mill.html"\n'
P = tuple(f"<p>{text}</p>" for text in PROSE)
MILL = page(P[0], '<p class="plea">Bring a lamp and a friend.</p>', "<p>Share this:</p>", *P[1:],
            head='<meta name="author" content="Ilse Brandt">'
                 '<meta property="article:published_time" content="2026-02-03T10:00:00Z">')  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "mill.html").write_text(MILL, encoding="utf-8")
    return tmp_path


def check(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "cuttings.toml").write_text(text, encoding="utf-8")
    command = [*CUTTINGS, "check", "--offline", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60)


def checked(folder: Path, text: str, *arguments: str) -> dict[str, Any]:
    done = check(folder, text, "--json", *arguments)
    assert done.stderr == ""
    said: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == int(said["failed"] > 0)
    assert len(said["fixtures"]) == said["ok"] + said["failed"]
    return said


def complaints(folder: Path, fixture: str, rules: str = "") -> list[tuple[str, str, str]]:
    (said,) = checked(folder, HEAD + SOURCE + rules + FIXTURE + fixture)["fixtures"]
    assert said["ok"] is not bool(said["complaints"])
    return [(each["about"], each["expected"], each["found"]) for each in said["complaints"]]


def test_a_fixture_that_holds_is_one_line_and_the_summary_adds_up(folder: Path) -> None:
    expected = f"""
        contains = ["volunteers four  summers", '''{PROSE[1]}\n{PROSE[2]}''']
        excludes = ["Share this"]
        title = "{TITLE}"
        authors = ["Ilse Brandt"]
        published = 2026-02-03
        outcome = "saved"
        """
    done = check(folder, HEAD + SOURCE + FIXTURE + expected + '[[source]]\nurl = "https://other.test/"\n')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ok      gazette  https://gazette.test/mill",
        "cuttings.toml is good; 1 fixtures = 1 ok, 0 failed; 2 sources, 1 without a fixture",
    ]


def test_a_fixture_that_fails_says_what_is_missing_and_what_leaked(folder: Path) -> None:
    done = check(folder, HEAD + SOURCE + FIXTURE + 'contains = "Share this"\nexcludes = "a lamp"\n')
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "FAILED  gazette  https://gazette.test/mill",
        '        contains "Share this" is missing: rule "share-line" cut it as share after paragraph 2',
        '        excludes "a lamp" is in paragraph 2: "Bring a lamp and a friend."',
        "cuttings.toml is good; 1 fixtures = 0 ok, 1 failed; 1 sources, 0 without a fixture",
    ]


def test_what_is_missing_is_looked_for_wherever_it_may_be(folder: Path) -> None:
    assert complaints(folder, f'contains = ["{TITLE}", "Nothing of the kind", "The Mill Turns"]') == [
        ("contains", TITLE, 'is missing: rule "title-repeated" cut it as title after paragraph 0'),
        ("contains", "Nothing of the kind", "is missing: the page does not have it"),
        ("contains", "The Mill Turns", 'is missing: rule "title-repeated" cut it as title after paragraph 0'),
    ]


def test_metadata_that_differs_is_named_with_where_it_came_from(folder: Path) -> None:
    found = complaints(folder, 'title = "Another"\nauthors = []\npublished = 2026-02-04\noutcome = "not_article"\n')
    assert [(about, expected) for about, expected, _ in found] == [
        ("outcome", "not_article"),
        ("title", "Another"),
        ("authors", "nobody"),
        ("published", "2026-02-04"),
    ]
    assert found[0][2].startswith("is saved (article")
    assert found[1][2].startswith(f'is "{TITLE}", by ')
    assert found[2][2] == 'is "Ilse Brandt", by meta'
    assert found[3][2].startswith('is "2026-02-03", by ')


def test_the_rules_of_the_source_hold_and_so_does_their_day(folder: Path) -> None:
    rules = '[[source.extract]]\nuntil = 2026-03-01\nremove = "p.plea"\n[[source.extract]]\nkeep = "p.plea"\n'
    assert complaints(folder, 'fetched = 2026-02-11\nexcludes = "a lamp"', rules) == []
    assert complaints(folder, 'contains = "a lamp"', rules) == []
    assert complaints(folder, 'fetched = 2026-02-11\ncontains = "a lamp"', rules) == [
        ("contains", "a lamp", 'is missing: rule "site-remove" cut it as other after paragraph 1')
    ]


def test_the_least_number_of_words_is_the_source_s_own(folder: Path) -> None:
    assert complaints(folder, 'outcome = "too_short"', "min_words = 5000\n") == []


def test_a_page_that_cannot_be_read_fails_its_fixture_alone(folder: Path) -> None:
    (folder / "pages" / "report.html").write_bytes(b"%PDF-1.7")
    text = "".join(
        f'[[source.fixture]]\nurl = "/{number}"\n{html}contains = "summers"\n'
        for number, html in enumerate(('html = "none.html"\n', "", 'html = "pages/report.html"\n'))
    )
    said = checked(folder, HEAD + SOURCE + text + FIXTURE + 'contains = "summers"')
    assert (said["ok"], said["failed"]) == (1, 3)
    found = [each["complaints"][0]["found"] for each in said["fixtures"][:3]]
    assert found[0] == "cannot be read (No such file or directory)"
    assert "there is no archive here yet" in found[1]
    assert found[1].endswith("save the page and name it with html")
    assert found[2] == "is not_html (application/pdf)"


def test_only_the_sources_that_are_named_are_checked(folder: Path) -> None:
    text = HEAD + SOURCE + FIXTURE + 'contains = "nothing"\n[[source]]\nid = "other"\nurl = "https://other.test/"\n'
    assert checked(folder, text, "other")["fixtures"] == []
    assert checked(folder, text, "gazette")["failed"] == 1


def test_a_configuration_that_is_wrong_ends_with_2(folder: Path) -> None:
    done = check(folder, HEAD + SOURCE + "[[source.fixture]]\nurl = 3\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == 'cuttings: cuttings.toml: [[source]] "gazette": fixture number 1: url: 3 is not text; put it in quotes\n'
    )


def test_without_a_saved_page_the_archive_s_own_copy_is_read(tmp_path: Path) -> None:
    with newsroom(tmp_path) as room:
        room.crawl("harbour-post", "--limit", "1")
    ((url, text),) = room.rows("SELECT a.url, v.text FROM articles AS a JOIN versions AS v ON v.id = a.version_id")
    config = room.folder / "cuttings.toml"
    _add_fixture(config, url, contains=text.split("\n")[0])

    done = room.run("check", "--offline", "harbour-post")

    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"ok      harbour-post  {url}\n")


def _add_fixture(config: Path, url: str, *, contains: str) -> None:
    before, mark, after = config.read_text(encoding="utf-8").partition('exclude = ["/comments/feed/"]\n')
    fixture = f"[[source.fixture]]\nurl = {json.dumps(url)}\ncontains = {json.dumps(contains)}\n"
    config.write_text(before + mark + fixture + after, encoding="utf-8")
