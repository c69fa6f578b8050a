"""The guard around Datasette: what every answer of an archive carries, what is refused, and what passes untouched."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
import lxml.html
import pytest

from archive.browse.look.render import CONTENT_SECURITY_POLICY
from archive.browse.safety import response_headers
from archive.browse.table_metadata import metadata
from archive.export.cells import starts_formula
from tests.archive import sample
from tests.archive.browse.poison import ARTICLES, PAYLOADS

ROUTES: Final = {  # path -> status
    "/": 200,
    "/.json": 200,
    "/search?q=alert": 200,
    "/search?page=x": 400,
    f"/article/{ARTICLES}": 200,
    f"/article/{ARTICLES}?removed=inline": 200,
    f"/article/{ARTICLES}.txt": 200,
    f"/article/{ARTICLES}.md": 200,
    f"/article/{ARTICLES}.json": 200,
    "/article/999": 404,
    "/-/cuttings/cuttings.css": 200,
    "/-/cuttings/data.css": 200,
    "/-/static/app.css": 200,
    "/-/static/table.js": 200,
    "/-/static/nothing.js": 404,
    "/-/metadata": 200,
    "/-/settings.json": 200,
    "/-/permissions": 403,
    "/poison": 200,
    "/poison.json": 200,
    "/poison.db": 403,
    "/poison?sql=select+1": 200,
    "/poison.json?sql=select+1": 200,
    "/poison.csv?sql=select+1": 200,
    "/poison.csv?sql=select+nothing": 400,
    "/poison.blob?sql=select+x'3c'+as+b&_blob_column=b": 200,
    "/poison?sql=drop+table+articles": 400,
    "/poison/articles": 200,
    "/poison/articles?_search=alert": 200,
    "/poison/articles?_ttl=86400": 200,
    "/poison/articles.json": 200,
    "/poison/articles.csv": 200,
    "/poison/articles.csv?_stream=on": 200,
    "/poison/articles.csv?_dl=on": 200,
    "/poison/articles.csv?_trace=1": 200,
    "/poison/articles.jsono": 302,
    "/poison/articles/1": 200,
    "/poison/articles/1.json": 200,
    "/poison/articles/999": 404,
    "/poison/search?q=alert": 200,
    "/poison/nothing": 404,
    "/nothing": 404,
    "/%3Cscript%3E": 302,
    "//evil.example/": 302,
}


@pytest.mark.parametrize("path", ROUTES)
async def test_every_answer_carries_what_keeps_it_harmless(serving: Any, path: str) -> None:
    response = await asked(serving, path)
    assert response.status_code == ROUTES[path], response.text[:500]
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers
    assert (
        not re.search("public|max-age", headers["cache-control"]) or path.startswith("/-/cuttings/") or "_ttl" in path
    )
    if not path.startswith("/-/cuttings/"):
        assert headers["cross-origin-resource-policy"] == "same-origin"
        policies = headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert policies[0].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policies[0]
    assert headers.get("location", "/").startswith("/poison" if "jsono" in path else "/")
    assert not headers.get("location", "/").startswith("//")


async def asked(datasette: Any, path: str, **options: Any) -> httpx.Response:
    """The answer to a path as it is, without the tidying of clients."""
    transport = httpx.ASGITransport(app=datasette.client.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request("GET", f"http://localhost{path}", **options)


async def test_scripts_of_our_pages_are_none_and_of_datasettes_its_own(serving: Any) -> None:
    ours = (await asked(serving, "/search")).headers["content-security-policy"]
    datas = (await asked(serving, "/poison/articles")).headers["content-security-policy"]
    assert ours == CONTENT_SECURITY_POLICY
    assert "script-src" not in ours
    (allowed,) = re.findall(r"script-src ([^;]*)", datas)
    assert allowed.startswith("'self' 'sha256-")
    assert "unsafe-inline" not in allowed
    assert "unsafe-eval" not in allowed


async def test_every_script_in_a_page_of_datasette_is_one_that_the_policy_knows(serving: Any) -> None:
    for path in (
        "/poison",
        "/poison/articles",
        "/poison/articles/1",
        "/poison?sql=select+1",
        "/-/metadata",
        "/nothing",
    ):
        response = await asked(serving, path)
        for script in lxml.html.fromstring(response.text).xpath("//script[not(@src)]/text()"):
            assert f"'sha256-{response_headers._digest(script)}'" in response.headers["content-security-policy"], script


# What comes out -------------------------------------------------------------------------------------------------------


async def test_no_page_turns_the_direction_of_writing_around_and_json_is_exact(serving: Any) -> None:
    number = 1 + PAYLOADS.index("\u2066\u2067\u2068\u2069\u2069\u2069 gniht")
    for path in ("/", "/search?q=gniht", f"/article/{number}", "/poison/articles", f"/poison/articles/{number}"):
        text = (await asked(serving, path)).text
        assert "gniht" in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), path
    article = (await asked(serving, f"/article/{number}.json")).json()
    assert article["title"] == PAYLOADS[number - 1]


@pytest.mark.parametrize(
    "path",
    [
        "/poison/articles.csv?_size=max",
        "/poison/articles.csv?_stream=on&_labels=on",
        "/poison/articles.csv?_dl=on",
        "/poison/versions.csv?_size=max",
        "/poison/removed.csv?_size=max&_labels=on",
        "/poison/authors.csv?_size=max",
        "/poison/article_texts.csv?_size=max",
        "/poison/boilerplate.csv?_size=max",
        "/poison/runs.csv",
        "/poison.csv?sql=select+title,url,byline+from+articles",
        "/poison.csv?sql=select+'=1'+as+[=2],+'%0A=3',+'a,%22=4',+'\"=5'",
        "/poison/captions.csv?part=",
        "/poison/search.csv?q=alert",
    ],
)
async def test_no_cell_of_a_csv_of_datasette_starts_a_formula(serving: Any, path: str) -> None:
    response = await asked(serving, path)
    assert response.status_code == 200
    records = list(csv.reader(io.StringIO(response.text, newline="")))
    assert len(records) > 1
    assert {len(record) for record in records} == {len(records[0])}, "no cell has become two"
    assert not [cell for record in records for cell in record if starts_formula(cell) and not cell.startswith("'")]


async def test_a_csv_of_datasette_says_the_same_as_its_json_but_for_our_apostrophes(serving: Any) -> None:
    asked_for = "?_size=max&_col=title&_col=byline&_col=url&_sort=id"
    records = csv.DictReader(io.StringIO((await asked(serving, f"/poison/articles.csv{asked_for}")).text, newline=""))
    rows = (await asked(serving, f"/poison/articles.json{asked_for}&_shape=array")).json()
    names = ("title", "byline", "url")
    shown = [tuple(record[name] for name in names) for record in records]
    stored = [tuple(f"'{row[name]}" if starts_formula(row[name]) else row[name] for name in names) for row in rows]
    assert len(shown) == ARTICLES
    assert shown == stored


@pytest.mark.parametrize(
    "path",
    [
        "/poison.csv?sql=select+nothing",
        "/poison.csv?sql=select+zeroblob(15000000)+from+versions",
        "/poison.csv?sql=select+nothing&_stream=on",
        "/poison.csv?sql=delete+from+articles",
    ],
)
async def test_a_query_that_fails_is_no_empty_csv(serving: Any, path: str) -> None:
    response = await asked(serving, path)
    assert response.status_code == 400
    assert "cannot be run" in response.text or "must be a SELECT" in response.text


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/search?q=" + "a" * 10_001, 414, "too long"),
        ("/poison/articles?" + "&".join(["_facet=id"] * 6), 400, "5 facets"),
        ("/poison/articles?_facet=id&_facet_array=id&_facet_date=id&_facet=a&_facet=b&_facet=c", 400, "5 facets"),
        ("/poison/articles?" + "&".join(["_where=1"] * 61), 400, "60 things"),
        ("/poison/articles?" + "&".join(f"title__contains=x{n}" for n in range(61)), 400, "60 things"),
    ],
)
async def test_who_asks_for_too_much_is_told_so_at_once(serving: Any, path: str, status: int, sentence: str) -> None:
    response = await asked(serving, path)
    assert response.status_code == status
    assert sentence in response.text
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_five_facets_and_a_long_query_are_not_too_much(serving: Any) -> None:
    facets = "&".join(f"_facet={name}" for name in ("section", "language", "byline", "kind", "access"))
    assert (await asked(serving, f"/poison/articles?{facets}&_facet_size=3")).status_code == 200
    assert (await asked(serving, "/search", params={"q": "語" * 1_000})).status_code == 200


async def test_who_brings_megabytes_is_not_listened_to(serving: Any) -> None:
    sent: list[dict[str, Any]] = []
    for headers in ([(b"content-length", b"100001")], [(b"content-length", b"9" * 40)], [(b"content-length", b"-1")],
                    [(b"transfer-encoding", b"chunked")]):  # fmt: skip
        sent.clear()
        await serving.client.app(scope("POST", "/-/messages", headers), never, collecting(sent))
        assert sent[0]["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert (b"connection", b"close") in sent[0]["headers"]


def scope(method: str, path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"localhost"), *headers],
    }  # fmt: skip


async def never() -> Any:
    raise AssertionError("the body was asked for")


def collecting(sent: list[dict[str, Any]]) -> Callable[[Any], Any]:
    async def send(message: Any) -> None:
        sent.append(message)

    return send


@pytest.mark.parametrize(
    ("fetch", "path", "status"),
    [
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}, "/article/1", 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}, "/search?q=alert", 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}, "/poison?sql=select+1", 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}, "/poison/articles?_where=1", 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-dest": "document"}, "/poison?sql=select+1", 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}, "/", 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"}, "/search?q=alert", 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "script"}, "/poison/articles.json", 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "empty"}, "/poison/articles.json", 403),
        ({"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}, "/poison?sql=select+1", 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-dest": "script"}, "/-/static/table.js", 200),
        ({"sec-fetch-site": "none", "sec-fetch-dest": "document"}, "/poison?sql=select+1", 200),
        ({}, "/poison.json?sql=select+1", 200),
    ],
)
async def test_another_site_may_link_here_and_no_more(
    serving: Any, fetch: dict[str, str], path: str, status: int
) -> None:
    assert (await asked(serving, path, headers=fetch)).status_code == status


# Other databases in the same Datasette --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of another program, in which nothing is as an archive would have it."""
    path = tmp_path_factory.mktemp("other") / "other.db"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, article_id INTEGER, rule TEXT, body)")
        conn.execute("INSERT INTO articles VALUES (1, '\u202e=1+1 \x02x\x03', 7, 'r', zeroblob(17000000))")
    return path


@pytest.fixture(scope="module")
def plain(attach: Callable[..., Any], other: Path) -> Any:
    return attach(other)


@pytest.fixture(scope="module")
def mixed(attach: Callable[..., Any], other: Path, archive: Path) -> Any:
    return attach(archive, other, about=metadata("sample"))


UNTOUCHED: Final = (
    "/other",
    "/other.json",
    "/other/articles",
    "/other/articles.json?_col=title",
    "/other/articles.csv?_col=title",
    "/other/articles/1",
    "/other?sql=select+title,+article_id,+rule+from+articles",
    "/other.csv?sql=select+title,+rule+from+articles",
    "/other.csv?sql=select+nothing",
    "/other?sql=select+nothing",
    "/other.json?sql=select+length(body),+printf('%2525d',+1),+format('%2525d',+2)+from+articles",
    "/other/nothing",
    "/other/articles?" + "&".join(["_facet=title"] * 8),
    "/other.json?sql=select+1" + "+" * 11_000,
    "/-/static/app.css",
    "/-/versions.json",
)


@pytest.mark.parametrize("path", UNTOUCHED)
async def test_a_database_beside_an_archive_is_served_as_without_it(plain: Any, mixed: Any, path: str) -> None:
    elsewhere = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "empty"}
    alone, beside = [await asked(datasette, path, headers=elsewhere) for datasette in (plain, mixed)]
    assert beside.status_code == alone.status_code
    assert {**beside.headers, "content-length": ""} == {**alone.headers, "content-length": ""}
    assert told(beside) == told(alone)


@pytest.mark.parametrize("served", ["plain", "mixed"])
async def test_another_database_keeps_sqlites_own_bounds_and_functions(
    request: pytest.FixtureRequest, served: str
) -> None:
    sql = "SELECT length(body || ''), printf('%d', 1), format('%d', 2) FROM articles"
    response = await asked(request.getfixturevalue(served), "/other.json", params={"sql": sql, "_shape": "arrays"})
    assert response.json()["rows"] == [[0, "1", "2"]]
    columns = ", ".join(["1"] * 200)
    assert (await asked(request.getfixturevalue(served), f"/other.json?sql=SELECT+{columns}")).status_code == 200
    large = await asked(request.getfixturevalue(served), "/other.json?sql=SELECT+hex(body)+AS+large+FROM+articles")
    assert len(large.json()["rows"][0][0]) == 34_000_000


@pytest.mark.parametrize("served", ["plain", "mixed"])
async def test_cells_of_another_database_lead_nowhere_and_keep_their_characters(
    request: pytest.FixtureRequest, served: str
) -> None:
    datasette = request.getfixturevalue(served)
    for path in ("/other/articles", "/other/articles/1", "/other?sql=select+title,+article_id,+rule+from+articles"):
        text = (await asked(datasette, path)).text
        assert "/article/" not in text, path
        assert "rule__exact" not in text, path
        assert "\x02x\x03" in text, path
        assert "\u202e" in text, path


def told(response: httpx.Response) -> str:
    """What an answer says, without the time it took and the menu of Datasette, which leads to our pages."""
    return re.sub(r"<header>.*?</header>|[0-9.]+ms|\"query_ms\": [0-9.]+", "", response.text, flags=re.DOTALL)


@pytest.mark.parametrize("path", ["/", "/search", "/article/1", "/sample", "/sample/articles", "/sample/nothing"])
async def test_an_archive_beside_another_database_is_guarded_as_alone(mixed: Any, path: str) -> None:
    response = await asked(mixed, path)
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    refused = await asked(mixed, path, headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": "empty"})
    assert refused.status_code == 403


async def test_the_guard_stands_under_a_base_url_too(attach: Callable[..., Any], other: Path, archive: Path) -> None:
    under = attach(archive, other, base_url="/news/desk/")
    assert "content-security-policy" in (await asked(under, "/news/desk/sample/articles")).headers
    assert "content-security-policy" in (await asked(under, "/news/desk/article/1")).headers
    assert "content-security-policy" not in (await asked(under, "/news/desk/other/articles")).headers


async def test_an_archive_of_any_name_is_guarded(attach: Callable[..., Any], other: Path, tmp_path: Path) -> None:
    named = attach(sample.build_empty(tmp_path / "the news, of 2026.db"), other)
    (path,) = [database.route for database in named.databases.values() if "news" in database.name]
    response = await named.client.get(named.urls.database(path))
    assert response.status_code == 200
    assert "content-security-policy" in response.headers


def test_quoted_cells_stay_quoted_and_numbers_stay_numbers() -> None:
    written = '"=a""b",=1,"x\n=y",-5,"-5",+x,"a,""=b"\r\n'
    assert response_headers.inert_cells(written) == '"\'=a""b",\'=1,"x\n=y",-5,"-5",\'+x,"a,""=b"\r\n'
    assert response_headers.inert_cells("") == ""


def test_a_cell_of_megabytes_is_read_in_one_go() -> None:
    quotes = '"' + '""' * 2_000_000 + '=1"\r\n'
    assert response_headers.inert_cells(quotes) == "\"'" + quotes[1:]
    unfinished = '"' + '""' * 200_000
    assert response_headers.inert_cells(unfinished) == unfinished
