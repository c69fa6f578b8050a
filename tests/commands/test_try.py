"""`cuttings try`: one page, what is kept beside what is cut, and nothing written."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.model.outcome import Outcome
from archive.storage.read_article import Record
from archive.text import count_words
from tests.newsroom import CUTTINGS, Newsroom, environment, newsroom
from tests.pipelines.pages import FIXTURES, PROSE, TITLE, page

PAGE = FIXTURES / "wordpress-theme" / "page.html"
P = tuple(f"<p>{text}</p>" for text in PROSE)
MILL = page(P[0], "<p>Share this:</p>", '<p class="plea">Bring a lamp.</p>', *P[1:],
            head='<link rel="canonical" href="https://gazette.test/mill">')  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mill.html").write_text(MILL, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A newsroom that is only looked at."""
    with newsroom(tmp_path_factory.mktemp("room")) as opened:
        yield opened


def tried(folder: Path, *arguments: str, columns: int = 130, stdin: bytes = b"") -> str:
    before = files(folder)
    done = subprocess.run([*CUTTINGS, "try", *arguments], cwd=folder, env=environment() | {"COLUMNS": str(columns)},
                          capture_output=True, input=stdin, timeout=60)  # fmt: skip
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert files(folder) == before
    return done.stdout.decode()


def files(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


def folded(text: str) -> str:
    return " ".join(text.split())


# In the terminal ------------------------------------------------------------------------------------------------------


def test_kept_and_cut_stand_beside_each_other_in_page_order(folder: Path) -> None:
    lines = tried(folder, "mill.html").rstrip().splitlines()
    first, cut, lamp = (
        next(at for at, line in enumerate(lines) if text in line)
        for text in ("The water mill", "✂ share · share-line Share this:", "2 Bring a lamp.")
    )
    assert first < cut < lamp
    assert lines[cut].index("✂") > 70  # on the other side
    words = count_words(" ".join((*PROSE, "Bring a lamp.")))
    assert lines[-1] == f"5 paragraphs kept, {words} words; 2 blocks cut = 1 title, 1 share"


def test_in_a_narrow_terminal_cuts_stand_below_what_they_stood_below(folder: Path) -> None:
    said = tried(folder, "mill.html", columns=60)
    assert max(map(len, said.splitlines())) <= 60
    assert folded(f"{PROSE[0]} ✂ share · share-line Share this: 2 Bring a lamp. 3 {PROSE[1]}") in folded(said)


def test_metadata_stands_with_where_it_came_from(folder: Path) -> None:
    said = tried(folder, str(PAGE), "--url", "https://maren-observer.test/ferry", columns=200)
    facts = {line.split()[0]: folded(line) for line in said.splitlines() if line and not line.startswith(" ")}
    assert facts["outcome"].startswith("outcome saved: article")
    assert facts["url"] == "url https://maren-observer.test/ferry"
    assert facts["title"].endswith("jsonld")
    assert facts["authors"] == "authors Marta O’Leary jsonld"
    assert facts["published"] == "published 2026-02-04T06:45:00Z jsonld"
    assert facts["standfirst"] == "standfirst -"


def test_the_evidence_names_each_rule_with_what_it_cut_and_what_the_page_claims(folder: Path) -> None:
    said = [folded(line) for line in tried(folder, str(PAGE), "--explain", columns=200).splitlines()]
    assert "share-element share 3 4" in said
    assert "published jsonld 2026-02-04T07:45:00+01:00" in said
    assert "og 2026-02-04T07:45:00+01:00" in said
    assert any(line.startswith("a saved page, ") and "utf-8 (by " in line for line in said)


def test_long_cuts_are_shortened_unless_the_evidence_is_asked_for(folder: Path) -> None:
    long = "A caption of many words, " * 40
    html = page(P[0], f"<figure><img src=a><figcaption>{long}</figcaption></figure>", *P[1:])
    (folder / "long.html").write_text(html, encoding="utf-8")
    assert "characters more)" in folded(tried(folder, "long.html"))
    assert folded(long) in folded(tried(folder, "long.html", "--explain", columns=60))


def test_what_a_page_writes_cannot_steer_the_terminal(folder: Path) -> None:
    html = page(P[0], "<p>[bold]\x1b[31m red \x9b2J and [/bold] [link=x]so on[/link].</p>", *P[1:])
    (folder / "sly.html").write_text(html, encoding="utf-8")
    said = tried(folder, "sly.html")
    assert not {"\x1b", "\x9b"} & set(said)
    assert "[link=x]so on[/link]." in said


# As JSON --------------------------------------------------------------------------------------------------------------


def as_json(folder: Path, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    said: dict[str, Any] = json.loads(tried(folder, *arguments, "--json", stdin=stdin))
    return said


def test_json_is_the_record_of_extract_and_more(folder: Path) -> None:
    said = as_json(folder, "mill.html")
    assert list(said)[: len(Record.__annotations__)] == list(Record.__annotations__)
    assert (said["title"], said["outcome"], len(said["paragraphs"])) == (TITLE, "saved", 5)
    assert said["metadata_sources"]["title"]
    assert "fired" not in said
    explained = as_json(folder, "mill.html", "--explain")
    assert {"rule": "share-line", "kind": "share", "blocks": 1, "words": 2} in explained["fired"]
    assert sum(rule["blocks"] for rule in explained["fired"]) == len(explained["removed"])
    assert [{"by": by, "value": TITLE} for by in ("og", "html")] == explained["claims"]["title"]


def test_a_page_may_come_compressed_or_on_standard_input(folder: Path) -> None:
    (folder / "mill.html.gz").write_bytes(gzip.compress(MILL.encode()))
    plain = as_json(folder, "mill.html")
    assert as_json(folder, "mill.html.gz") == plain
    assert as_json(folder, "-", stdin=MILL.encode()) == plain


def test_a_saved_page_has_the_address_that_is_said_else_the_one_it_gives_itself(folder: Path) -> None:
    assert as_json(folder, "mill.html")["url"] == "https://gazette.test/mill"
    assert as_json(folder, "mill.html", "--url", "https://gazette.test/m/")["url"] == "https://gazette.test/m/"


# Rules ----------------------------------------------------------------------------------------------------------------

CONFIG = """
[project]
user_agent = "test (+mailto:desk@cuttings.test)"
[[source]]
id = "gazette"
url = "https://gazette.test/"
min_words = 5000
[[source.extract]]
until = 2020-01-01
remove = "p"
[[source.extract]]
remove = "p.plea"
"""


def test_rules_of_a_file_hold_and_are_shown(folder: Path) -> None:
    (folder / "rules.toml").write_text('[extract]\nremove = "p.plea"\n', encoding="utf-8")
    said = as_json(folder, "mill.html", "--rules", "rules.toml")
    assert said["paragraphs"] == list(PROSE)
    assert said["rules"] == {"remove": ["p.plea"]}
    assert "site-remove" in tried(folder, "mill.html", "--rules", "rules.toml")


def test_the_project_s_own_rules_hold_for_a_page_of_its_source(folder: Path) -> None:
    (folder / "cuttings.toml").write_text(CONFIG, encoding="utf-8")
    said = as_json(folder, "mill.html")
    assert (said["source"], said["paragraphs"], said["outcome"]) == ("gazette", list(PROSE), "too_short")
    elsewhere = as_json(folder, "mill.html", "--url", "https://other.test/mill")
    assert (elsewhere["source"], len(elsewhere["paragraphs"]), elsewhere["outcome"]) == (None, 5, "saved")


def test_a_whole_configuration_may_be_the_file_of_rules(folder: Path) -> None:
    (folder / "theirs.toml").write_text(CONFIG, encoding="utf-8")
    assert as_json(folder, "mill.html", "--rules", "theirs.toml")["paragraphs"] == list(PROSE)


# Fetched --------------------------------------------------------------------------------------------------------------


def test_a_page_is_fetched_as_a_crawl_would_and_nothing_is_kept(room: Newsroom) -> None:
    story = room.paper.newspaper.articles[0]
    before = files(room.folder)

    done = room.run("try", story.url, "--json")

    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["outcome"], said["title"], said["status"]) == ("saved", story.title, 200)
    assert said["source"] is not None
    assert files(room.folder) == before


def test_redirects_are_followed_and_shown(room: Newsroom) -> None:
    old = next(oddity for oddity in room.paper.newspaper.oddities if oddity.outcome is Outcome.DUPLICATE)
    done = room.run("try", old.url, "--json")
    said = json.loads(done.stdout)
    assert said["redirects"][0] == old.url
    assert said["final_url"] not in said["redirects"]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.ROBOTS, "robots.txt forbids it (robots)"),
        (Outcome.HTTP_4XX, "HTTP 404 (http_4xx)"),
        (Outcome.HTTP_5XX, "HTTP 503 (http_5xx)"),
        (Outcome.NOT_HTML, "is no page that can be extracted: application/pdf (not_html)"),
    ],
)
def test_a_page_that_cannot_be_had_is_answered_in_one_sentence(room: Newsroom, outcome: Outcome, said: str) -> None:
    oddity = next(oddity for oddity in room.paper.newspaper.oddities if oddity.outcome is outcome)
    done = room.run("try", oddity.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"cuttings: {oddity.url}: {said}\n"


def test_a_home_page_in_place_of_the_article_is_none(room: Newsroom) -> None:
    done = room.run("try", "http://harbour-post.test/", "--json")
    assert json.loads(done.stdout)["outcome"] != "saved"
