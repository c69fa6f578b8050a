"""A snapshot holds nothing by which a reserved article is known, and is not made where it would."""

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.copies import snapshot as publishing
from archive.copies.snapshot import NAME, publish
from archive.copies.withheld import Withheld, disclosed
from archive.errors import CuttingsError
from tests.archive import sample

RESERVED = sample.FERRY
URL = RESERVED.url
STAMP = "2026-11-24T06:00:00Z"
NEVER = "https://harbour.example/news/never-filed"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The ferry is reserved by now, and named wherever an archive can name it."""
    path = sample.build(tmp_path / "sample.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        (ferry,) = conn.execute("SELECT id FROM articles WHERE url = ?", (URL,)).fetchone()
        (other, version) = conn.execute(
            "SELECT id, version_id FROM articles WHERE id <> ? LIMIT 1", (ferry,)
        ).fetchone()
        (title,) = conn.execute("SELECT title FROM articles WHERE id = ?", (ferry,)).fetchone()
        conn.execute("UPDATE articles SET reserved = 'tdm-header' WHERE id = ?", (ferry,))
        for url, final, outcome, article in (
            (URL, None, "http_5xx", None),
            (f"{URL}/amp/", None, "timeout", None),
            (f"{URL}?utm_source=post", None, "connection", None),
            (URL.replace("https://", "http://www."), None, "dns", None),
            ("https://harbour.example/short/7", URL, "redirect", None),
            (NEVER, None, "http_5xx", None),
            (NEVER, None, "reserved", None),
            (f"{NEVER}-too", f"{NEVER}/", "not_article", other),
        ):
            conn.execute(
                "INSERT INTO fetches (fetched_at, kind, outcome, url, final_url, article_id, stage, detail) "
                "VALUES (?, 'article', ?, ?, ?, ?, 'fetch', ?)",
                (STAMP, outcome, url, final, article, f"see {URL}, it says"),
            )
        conn.execute(
            "INSERT INTO claims (article_id, url, kind, first_seen_at, seen_at) VALUES (?, ?, 'canonical', ?, ?)",
            (other, URL, STAMP, STAMP),
        )
        conn.execute("UPDATE articles SET canonical_url = ? WHERE id = ?", (f"{URL}#top", other))
        conn.execute(
            "INSERT INTO events (happened_at, kind, detail) VALUES (?, 'contradicted', ?)", (STAMP, f"at {URL}.")
        )
        conn.execute("UPDATE runs SET events = ?", (f"a pause\n{URL} is a trap",))
        conn.execute(
            "INSERT INTO removed (article_id, version_id, position, kind, rule, after_paragraph, words, text) "
            "VALUES (?, ?, 90, 'related', 'x', 0, 9, ?)",
            (other, version, f"Read more\n{title.upper()}"),
        )
    return path


@pytest.fixture
def snapshot(archive: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    publish(archive, tmp_path / "snapshot", sql=False)
    with closing(sqlite3.connect(tmp_path / "snapshot" / NAME)) as conn:
        yield conn


def test_neither_url_nor_title_nor_text_of_a_reserved_article_is_in_any_file(
    snapshot: sqlite3.Connection, tmp_path: Path
) -> None:
    for file in (tmp_path / "snapshot").iterdir():
        if file.suffix == ".whl":
            continue
        content = file.read_bytes()
        for secret in (
            URL,
            "news/ferry",
            "never-filed",
            RESERVED.title,
            "had brought lanterns",
            "the bell is from 1931",
        ):
            assert secret.encode() not in content, (file.name, secret)
    assert snapshot.execute("SELECT count(*) FROM fetches WHERE outcome = 'reserved'").fetchone() == (0,)
    assert snapshot.execute("SELECT DISTINCT events FROM runs").fetchall() in ([("a pause",)], [])


def test_everything_else_is_still_there(snapshot: sqlite3.Connection, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as conn:
        (articles,) = conn.execute("SELECT count(*) FROM articles WHERE reserved IS NULL").fetchone()
        (fetches,) = conn.execute("SELECT count(*) FROM fetches WHERE article_id IN "
                                  "(SELECT id FROM articles WHERE reserved IS NULL)").fetchone()  # fmt: skip
    assert snapshot.execute("SELECT count(*) FROM articles").fetchone() == (articles,)
    assert snapshot.execute("SELECT count(*) FROM fetches WHERE article_id IS NOT NULL").fetchone() == (fetches - 1,)
    assert snapshot.execute("SELECT count(*) FROM removed").fetchone() > (0,)


@pytest.mark.parametrize(
    ("where", "value", "statement"),
    [
        ("fetches.url", f"{URL}/print", "UPDATE fetches SET url = ? WHERE id = (SELECT min(id) FROM fetches)"),
        ("sources.language", f"see {URL}!", "UPDATE sources SET language = ?"),
        ("removed.text", f"x\n{RESERVED.title}", "UPDATE removed SET text = ?"),
        (
            "runs.command",
            RESERVED.paragraphs[1],
            "INSERT INTO runs (started_at, state, command, program) VALUES ('', '', ?, '')",
        ),
    ],
)
def test_a_place_that_was_not_thought_of_is_seen(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, value: str, statement: str
) -> None:
    take_out = publishing.take_out

    def forgetful(conn: sqlite3.Connection, withheld: Withheld) -> None:
        take_out(conn, withheld)
        conn.execute(statement, (value,))

    monkeypatch.setattr(publishing, "take_out", forgetful)
    with pytest.raises(CuttingsError, match=rf"nothing was published.*{where} names reserved articles"):
        publish(archive, tmp_path / "snapshot", sql=False)
    assert not [path for path in tmp_path.iterdir() if "snapshot" in path.name]


def test_a_front_page_that_a_reserved_article_claims_takes_nobody_elses_rows(tmp_path: Path) -> None:
    path = sample.build(tmp_path / "sample.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        (url, number) = conn.execute("SELECT url, id FROM articles WHERE url <> ? LIMIT 1", (URL,)).fetchone()
        conn.execute("UPDATE articles SET reserved = 'x', canonical_url = ? WHERE url = ?", (url, URL))
        (before,) = conn.execute("SELECT count(*) FROM fetches WHERE article_id = ?", (number,)).fetchone()
    publish(path, tmp_path / "snapshot", sql=False)
    with closing(sqlite3.connect(tmp_path / "snapshot" / NAME)) as conn:
        assert conn.execute("SELECT count(*) FROM fetches WHERE article_id = ?", (number,)).fetchone() == (before,)


def test_an_archive_without_anything_reserved_is_not_looked_through() -> None:
    nothing = Withheld(ids=frozenset(), urls=frozenset(), keys=frozenset(), lines=frozenset())
    with closing(sqlite3.connect(":memory:")) as conn:
        assert list(disclosed(conn, nothing)) == []


def test_a_container_installs_the_wheel_beside_it_and_no_name(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(archive, tmp_path / "one", sql=False)
    (wheel,) = (tmp_path / "one").glob("cuttings-*.whl")
    assert zipfile.is_zipfile(wheel)
    dockerfile = (tmp_path / "one" / "Dockerfile").read_text()
    assert f"COPY {wheel.name} ./\nRUN pip install --no-cache-dir ./{wheel.name}\n" in dockerfile
    assert "cuttings==" not in dockerfile
    assert f"pip install ./{wheel.name}" in (tmp_path / "one" / "README.md").read_text()

    monkeypatch.setattr(publishing, "make_wheel", lambda _folder: None)
    publish(archive, tmp_path / "two", sql=False)
    dockerfile = (tmp_path / "two" / "Dockerfile").read_text()
    assert "pip install" not in dockerfile
    assert "No wheel of cuttings could be made" in dockerfile
