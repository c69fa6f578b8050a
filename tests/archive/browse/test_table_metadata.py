"""Datasette's own pages explain the archive: every table and column, labels, units, facets, and the canned queries."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import lxml.html
import pytest

from archive.browse.table_metadata import metadata
from archive.storage.connection import open_reader
from tests.archive import sample

ABOUT = metadata("sample")["databases"]["sample"]
INTERNAL = ("articles_fts", "images_fts", "_sqlite_migrations")


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_reader(sample.build(tmp_path_factory.mktemp("metadata") / "sample.db"))) as opened:
        yield opened


def tables(conn: sqlite3.Connection) -> dict[str, list[str]]:
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    ours = [name for name in names if not name.startswith((*INTERNAL, "sqlite_"))]
    return {name: [row["name"] for row in conn.execute(f"PRAGMA table_xinfo([{name}])")] for name in ours}


def test_every_table_and_every_column_is_described(conn: sqlite3.Connection) -> None:
    described = {name: about for name, about in ABOUT["tables"].items() if not name.startswith(INTERNAL)}
    assert {name: sorted(about["columns"]) for name, about in described.items()} == {
        name: sorted(columns) for name, columns in tables(conn).items()
    }
    assert all(about["title"] and about["description"] for about in described.values())


def test_facets_and_default_order_stand_on_indexes(conn: sqlite3.Connection) -> None:
    for name, about in ABOUT["tables"].items():
        indexed = {
            conn.execute(f"PRAGMA index_info([{index['name']}])").fetchone()["name"]
            for index in conn.execute(f"PRAGMA index_list([{name}])")
        }
        wanted = {*about.get("facets", ()), *filter(None, [about.get("sort"), about.get("sort_desc")])} - {"id"}
        unindexed = wanted - indexed
        assert not unindexed or name == "sources", f"{name}: {unindexed}"


def test_facets_labels_and_units_name_columns_that_exist(conn: sqlite3.Connection) -> None:
    found = tables(conn)
    for name, about in ABOUT["tables"].items():
        named = {*about.get("facets", ()), *about.get("units", ())} | {
            about[key] for key in ("label_column", "sort", "sort_desc") if key in about
        }
        assert named <= set(found.get(name, ())), name


async def test_every_table_page_answers(browsed: Any, conn: sqlite3.Connection) -> None:
    for name in tables(conn):
        response = await browsed.client.get(f"/sample/{name}")
        assert response.status_code == 200, name
        assert ABOUT["tables"][name]["description"] in lxml.html.fromstring(response.text).text_content()


async def test_internals_are_hidden_and_tables_for_people_are_not(browsed: Any) -> None:
    found = (await browsed.client.get("/sample.json")).json()["tables"]
    hidden = {table["name"] for table in found if table["hidden"]}
    assert {"_sqlite_migrations", "articles_fts", "articles_fts_data", "listed"} <= hidden
    assert not {"articles", "versions", "removed", "images", "fetches", "sources"} & hidden


async def test_foreign_keys_show_names_and_articles_lead_to_their_page(browsed: Any) -> None:
    page = lxml.html.fromstring((await browsed.client.get("/sample/articles")).text)
    assert page.xpath(f"//a[@href='/article/{sample.FERRY_ID}']")
    assert page.xpath("//td[contains(@class, 'col-source_id')]/a[text()='The Harbour Post']")
    page = lxml.html.fromstring((await browsed.client.get("/sample/removed")).text)
    link = page.xpath(f"//td[contains(@class, 'col-article_id')]/a[@href='/article/{sample.FERRY_ID}']")[0]
    assert link.text_content() == "Night ferry is back in the old harbour"


async def test_the_newest_articles_come_first(browsed: Any) -> None:
    rows = (await browsed.client.get("/sample/articles.json?_shape=array")).json()
    times = [row["published_at"] or "" for row in rows]
    assert times == sorted(times, reverse=True)


async def test_the_box_above_the_table_searches_the_text(browsed: Any) -> None:
    rows = (await browsed.client.get("/sample/articles.json?_search=lanterns&_shape=array")).json()
    assert [row["id"] for row in rows] == [sample.FERRY_ID]


async def test_times_and_sizes_have_units(browsed: Any) -> None:
    page = lxml.html.fromstring((await browsed.client.get("/sample/fetches")).text)
    cells = {" ".join(cell.text_content().split()) for cell in page.xpath("//td")}
    assert {"120 ms", "20.48 kB"} <= cells


async def rows_of(browsed: Any, query: str, **params: str) -> list[dict[str, Any]]:
    response = await browsed.client.get(f"/sample/{query}.json", params={"_shape": "objects", **params})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["rows"]
    return found


async def test_the_search_query_ranks_and_marks(browsed: Any) -> None:
    (row,) = await rows_of(browsed, "search", q="ferry lanterns")
    assert row["article_id"] == sample.FERRY_ID
    page = lxml.html.fromstring((await browsed.client.get("/sample/search?q=ferry+lanterns")).text)
    assert page.xpath("//td//mark/text()") == ["ferry", "ferry", "lanterns"]
    assert page.xpath(f"//td[contains(@class, 'col-article_id')]/a[@href='/article/{sample.FERRY_ID}']")
    (title,) = page.xpath(f"//td[contains(@class, 'col-title')]/a[@href='/article/{sample.FERRY_ID}']")
    assert title.text_content() == "Night ferry is back in the old harbour"
    assert title.xpath(".//mark/text()") == ["ferry"]


async def test_what_is_marked_is_still_only_text(browsed: Any) -> None:
    page = lxml.html.fromstring((await browsed.client.get("/sample/search?q=script")).text)
    assert "<script>alert('title')</script>" in page.xpath("//table")[0].text_content()
    assert not page.xpath("//td//script")


@pytest.mark.parametrize("typed", ['"', "zzz AND", "*", "(", "colour:red"])
@pytest.mark.parametrize(("query", "parameter", "column"), [("search", "q", "title"), ("captions", "words", "caption")])
async def test_a_query_never_fails_and_says_what_it_does_not_understand(
    browsed: Any, query: str, parameter: str, column: str, typed: str
) -> None:
    (row,) = await rows_of(browsed, query, **{parameter: typed})
    assert row[column].startswith("Not understood: ")
    assert row["article_id"] is None


async def test_the_search_query_of_nothing_finds_nothing(browsed: Any) -> None:
    assert await rows_of(browsed, "search", q="") == []
    assert await rows_of(browsed, "search", q="zzz AND yyy") == []


async def test_captions_are_found_by_a_part(browsed: Any) -> None:
    assert [row["caption"] for row in await rows_of(browsed, "captions", words="BELL")] == ["The bell of 1931."]
    assert [row["article_id"] for row in await rows_of(browsed, "captions", words="jo marsh")] == [sample.FERRY_ID]
    every = await rows_of(browsed, "captions", words="")
    assert len(every) == 4, "two of the ferry's current version, not of both"


async def test_clutter_is_counted_by_rule_and_leads_to_the_cuts(browsed: Any) -> None:
    rows = {row["rule"]: row for row in await rows_of(browsed, "clutter_by_rule")}
    assert rows["sharing.links"]["cuts"] == 2
    assert rows["sharing.links"]["latest_cut"] == "Share on Pigeon Share by post"
    page = lxml.html.fromstring((await browsed.client.get("/sample/clutter_by_rule")).text)
    assert "/sample/removed?rule__exact=sharing.links" in page.xpath("//td/a/@href")


async def test_outcomes_are_counted_by_source(browsed: Any) -> None:
    rows = await rows_of(browsed, "outcomes_by_source")
    harbour = {row["outcome"]: row["tries"] for row in rows if row["source"] == "The Harbour Post"}
    assert harbour == {"saved": 2, "robots": 2, "updated": 1, "http_4xx": 1, "listed": 1}


def test_counting_queries_read_indexes_alone(conn: sqlite3.Connection) -> None:
    for name, index in (("clutter_by_rule", "removed_rule"), ("outcomes_by_source", "fetches_source_outcome")):
        plan = [row["detail"] for row in conn.execute("EXPLAIN QUERY PLAN " + ABOUT["queries"][name]["sql"])]
        assert any(f"USING COVERING INDEX {index}" in step for step in plan), plan


async def test_a_huge_value_is_refused_at_once(browsed: Any) -> None:
    response = await browsed.client.get("/sample.json?sql=select+length(randomblob(1000000000))")
    assert response.status_code == 400
    assert "too big" in response.text


async def test_datasettes_pages_lead_back_to_ours(browsed: Any) -> None:
    page = lxml.html.fromstring((await browsed.client.get("/sample/articles")).text)
    assert {"/", "/search"} <= set(page.xpath("//nav//a/@href"))
