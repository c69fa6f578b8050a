"""`cuttings restore` and `cuttings publish`, run as a user runs them, on the demonstration newspaper's archive."""

import sqlite3
from contextlib import closing
from pathlib import Path

from datasette.app import Datasette  # type: ignore[import-untyped]

from archive.config.toml import load
from archive.model.article import Extraction
from archive.model.capture import Locator
from archive.text import fold
from archive.warc import warc_files
from pipelines.extract import extract
from tests.archive.browse.guest import close
from tests.newsroom import cuttings


def cut(folder: Path, rule: str) -> tuple[int, int, str, str]:
    """Article, number, text and source of a cut."""
    with closing(sqlite3.connect(folder / "cuttings.db")) as conn:
        found: tuple[int, int, str, str] = conn.execute(
            "SELECT r.article_id, r.id, r.text, s.key "
            "FROM removed AS r JOIN articles AS a ON a.version_id = r.version_id "
            "JOIN sources AS s ON s.id = a.source_id WHERE r.rule = ? AND length(r.text) > 30 ORDER BY r.id",
            (rule,),
        ).fetchone()
    return found


def test_a_wrong_cut_becomes_a_rule_that_keeps_it(crawled: Path) -> None:
    article, number, text, source = cut(crawled, "signup-form")
    before = (crawled / "cuttings.toml").read_text(encoding="utf-8")
    rehearsed = cuttings(crawled, "restore", str(article), str(number), "--dry-run")
    assert (rehearsed.returncode, rehearsed.stderr) == (0, "")
    assert (crawled / "cuttings.toml").read_text(encoding="utf-8") == before
    done = cuttings(crawled, "restore", str(article), str(number))
    assert done.returncode == 0, done.stderr
    kept = next(each for each in load(crawled / "cuttings.toml").sources if each.id == source)
    (selector,) = kept.rules[0].keep
    assert f'keep = ["{selector}"] is now a rule of {source}' in done.stdout
    with closing(sqlite3.connect(crawled / "cuttings.db")) as conn:
        where = conn.execute(_RAW, (article,)).fetchone()
    capture = warc_files.read(
        warc_files.folder_of(crawled / "cuttings.db"), Locator(file=where[0], offset=where[1], length=where[2])
    )
    read = extract(capture, kept.rules_on(capture.fetched_at))
    assert isinstance(read, Extraction)
    assert fold(text) in fold(read.article.text)


_RAW = """
    SELECT f.warc_file, f.warc_offset, f.warc_length FROM articles AS a
    JOIN versions AS v ON v.id = a.version_id JOIN fetches AS f ON f.id = v.fetch_id WHERE a.id = ?
"""


def test_a_cut_that_is_none_is_said(crawled: Path) -> None:
    for arguments, said in (
        (("1", "999999"), "article 1 has no cut 999999 in its current version; "),
        (("9999", "1"), "there is no article 9999 in "),
    ):
        done = cuttings(crawled, "restore", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


async def test_a_snapshot_is_served_by_plain_datasette_without_what_is_reserved(crawled: Path) -> None:
    article, *_ = cut(crawled, "signup-form")
    with closing(sqlite3.connect(crawled / "cuttings.db")) as conn, conn:
        conn.execute("UPDATE articles SET reserved = 'tdm-header' WHERE id = ?", (article,))
        (title, articles) = conn.execute(
            "SELECT title, (SELECT count(*) FROM articles) FROM articles WHERE id = ?", (article,)
        ).fetchone()
    done = cuttings(crawled, "publish", "snapshot")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{articles - 1} articles, ")
    assert "1 left out, reserved by their publishers" in done.stdout
    snapshot = crawled / "snapshot"
    app = Datasette([], config_dir=snapshot)
    try:
        assert (await app.client.get(f"/article/{article}")).status_code == 404
        assert f"{articles - 1} articles" in (await app.client.get("/")).text
        assert (await app.client.get("/search?q=harbour")).status_code == 200
        assert (await app.client.get("/archive.json?sql=select+1")).status_code == 403
        (database,) = (await app.client.get("/-/databases.json")).json()
        assert not database["is_mutable"]
        assert (await app.client.get("/archive/articles.json")).json()["filtered_table_rows_count"] == articles - 1
    finally:
        close(app)
    with closing(sqlite3.connect(snapshot / "archive.db")) as conn:
        conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        assert conn.execute("SELECT amount FROM table_counts WHERE name = 'articles'").fetchone() == (articles - 1,)
        for table in ("versions", "removed", "images", "urls", "fetches", "article_authors", "article_tags"):
            left = conn.execute(f"SELECT count(*) FROM {table} WHERE article_id = ?", (article,)).fetchone()  # noqa: S608
            assert left == (0,), table
        phrase = '{title} : "' + title.replace('"', '""') + '"'
        assert conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (phrase,)).fetchall() == []
    again = cuttings(crawled, "publish", "snapshot")
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
