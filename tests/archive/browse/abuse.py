"""Requests that ask too much of a server, and a `cuttings browse` that is watched while it answers them.

The names say what each tries. `PATHS` are for an archive that is attached as `poison`: a test asks some of them of a
small one, tests/benchmarks/browsing.py all of one of any size.
"""

# ruff: noqa: S608 - all SQL here is of our own making

import http.client
import re
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, urlencode

_ENDLESS: Final = "with recursive n(i) as (select 1 union all select i + 1 from n) select {} from n"
_BIG: Final = "hex(zeroblob(7900000))"  # almost as long as a value may be
_FTS: Final = "select {} from articles_fts where articles_fts match {}"

# Own SQL, each in the SQL box and as JSON and CSV.

_SQL: Final = {
    "one huge value": "select randomblob(1e9)",
    "large values, row by row": "select zeroblob(15000000) from versions",
    "large values that are thrown away": "select sum(length(randomblob(15000000))) from versions",
    "large values side by side": f"select {', '.join(['randomblob(15000000)'] * 50)} from versions",
    "a page of one large text": f"select replace({_BIG}, '0', '<')",
    "text that JSON makes six times as long": f"select replace({_BIG}, '0', char(1))",
    "text that CSV quotes letter by letter": f"select replace({_BIG}, '0', char(34))",
    "text that is all formulas": f"select replace({_BIG}, '0', ',=')",
    "an endless count": _ENDLESS.format("max(i)"),
    "endless rows": _ENDLESS.format("i"),
    "a text that doubles": "with recursive n(i) as (select 'x' union all select i || i from n) select i from n",
    "endless distinct rows": _ENDLESS.replace("union all", "union").format("count(*)"),
    "all texts in one": "select group_concat(a.text) from versions a, versions b",
    "all texts in one JSON": "select json_group_array(a.text) from versions a, versions b",
    "a precision of a billion": "select printf('%.*c', 1000000000, 'x')",
    "a width of a billion": "select format('%1000000000d', 1)",
    "every row with every row": "select count(*) from versions a, versions b, versions c, versions d, versions e",
    "sorting every row with every row": "select a.text from versions a, versions b, versions c order by 1",
    "sorting large values": f"select {_BIG} || id as x from removed order by x",
    "fifty wide columns": f"select {', '.join(['hex(randomblob(60))'] * 50)} from removed a, removed b",
    "five hundred columns": f"select {', '.join(['1'] * 500)}",
    "a deep expression": f"select {'(' * 900}1{')' * 900}",
    "hundreds of selects": " union all ".join(["select 1"] * 490),
    "comments in comments": f"select 1 {'/*' * 4_000}",
    "nothing but quotation marks": f"select 1 {'!' * 9_000}".replace("!", "'"),
    "a pattern of thousands of wildcards": f"select count(*) from versions where text like '{'%a' * 2_000}'",
    "a pattern that is made": "select count(*) from versions where text like replace(hex(zeroblob(20000)), '0', '%a')",
    "a glob that is made": "select count(*) from versions where text glob replace(hex(zeroblob(20000)), '0', '*a')",
    "a pattern on a large text": f"select replace({_BIG}, '0', 'a') like '%a%a%a%a%a%a%a%a%b'",
    "brackets of JSON": "select json(replace(hex(zeroblob(50000)), '0', '['))",
    "an array of millions": "select count(*) from json_each('[' || replace(hex(zeroblob(3000000)), '00', '1,') || 1)",
    "JSON patched key by key": "select json_patch('{}', '{}')",
    "native code": "select load_extension('/nothing.so')",
    "an address that is called": "select fts3_tokenizer('simple', x'4141414141414141') from fts3tokenize('a')",
    "another file": "attach 'other.db' as other",
    "two statements": "select 1; attach 'other.db' as other",
    "a pragma": "pragma writable_schema = 1",
    "a pragma that is selected": "select * from pragma_writable_schema",
    "writing": "with x as (select 1) delete from articles",
    "the index deleted": "with x as (select 1) insert into articles_fts(articles_fts) values ('delete-all')",
    "marks of a megabyte": _FTS.format("highlight(articles_fts, 0, hex(zeroblob(500000)), '')", "'poison'"),
    "snippets of a megabyte": _FTS.format("snippet(articles_fts, 2, hex(zeroblob(500000)), '', '', 64)", "'poison'"),
    "weights that are none": _FTS.format("bm25(articles_fts, 1e308, -1e308, 'x')", "'poison'"),
    "ranks that are none": _FTS.format("rank", "'poison' and rank match 'nothing(1)'"),
    "every word that begins so": _FTS.format("count(*)", f"'{' '.join(f'{letter}*' for letter in 'abcdefghij')}'"),
    "near everything": _FTS.format("count(*)", "'NEAR(a b c d e f, 1000000000)'"),
    "a deep search": _FTS.format("count(*)", f"'{'(' * 3_000}a{')' * 3_000}'"),
    "a search of a million words": _FTS.format("count(*)", "replace(hex(zeroblob(100000)), '0', 'a* ')"),
}
_ASKED: Final = {
    "a megabyte of query": "/search?q=" + "x" * 1_000_000,
    "sixty kilobytes of query": "/search?q=" + "x" * 60_000,
    "thirty-two beginnings of words": "/search?q="
    + quote(" ".join(f"{x}*" for x in "abcdefghijklmnopqrstuvwxyz012345")),
    "all but nothing": "/search?q=-zzzzz",
    "the last page": "/search?q=a*&page=500",
    "an article of five thousand digits": "/article/" + "9" * 5_000,
    "ten thousand facets": "/poison/articles?" + "&".join(["_facet=title"] * 10_000),
    "a hundred facets": "/poison/articles?" + "&".join(["_facet=title"] * 100),
    "facets of texts": "/poison/versions.json?_facet=text&_facet_size=max&_size=max",
    "facets of arrays": "/poison/versions.json?_facet_array=notes&_size=max",
    "five thousand conditions": "/poison/articles?" + "&".join(["_where=1"] * 5_000),
    "a thousand filters": "/poison/articles?" + "&".join(f"title__contains=x{n}" for n in range(1_000)),
    "a condition without end": "/poison/articles?_where=" + quote(f"id in ({_ENDLESS.format('max(i)')})"),
    "a condition of a gigabyte": "/poison/articles?_where=" + quote("id in (select randomblob(1e9))"),
    "a filter of wildcards": "/poison/articles?title__like=" + quote("%a" * 2_000),
    "all rows at once": "/poison/versions?_size=max",
    "all rows at once as JSON": "/poison/versions.json?_size=max",
    "all rows with labels": "/poison/removed.json?_size=max&_labels=on",
    "all rows sorted by text": "/poison/versions.json?_size=max&_sort=text",
    "a deep page of a view": "/poison/article_texts.json?_next=1000000000",
    "a page that is none": "/poison/articles.json?_next=a,b,c,d",
    "JSON in an array": "/poison/versions.json?_size=max&_shape=array",
    "JSON by line": "/poison/versions.json?_size=max&_shape=array&_nl=on",
    "JSON in JSON": "/poison/versions.json?_json=notes&_json=text",
    "a shape that is none": "/poison/versions.json?_shape=nothing",
    "all texts as CSV": "/poison/versions.csv?_stream=on",
    "all cuts as CSV with labels": "/poison/removed.csv?_stream=on&_labels=on",
    "CSV in a page": "/poison/versions.csv?_trace=1&_size=max",
    "a search in its own words": "/poison/articles?_searchmode=raw&_search=" + quote("NEAR("),
    "a row of four keys": "/poison/articles/1,2,3,4",
    "a row of a huge key": "/poison/articles/99999999999999999999999999",
    "the whole file": "/poison.db",
}
PATHS: Final = {
    **_ASKED,
    **{name: "/poison?" + urlencode({"sql": sql}) for name, sql in _SQL.items()},
    **{f"{name} (JSON)": "/poison.json?" + urlencode({"sql": sql}) for name, sql in _SQL.items()},
    **{f"{name} (CSV)": "/poison.csv?" + urlencode({"sql": sql}) for name, sql in _SQL.items()},
}

_BEGINNING: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How a request was answered: the status, seconds to the head, bytes of the body, and how that begins."""

    status: int
    seconds: float
    size: int = 0
    text: str = ""


class Watched:
    """A `cuttings browse` of its own process. It reads what Linux tells of a process under /proc."""

    def __init__(self, archive: Path) -> None:
        command = [sys.executable, "-m", "archive.cli", "browse", "--port", "0", "--archive", str(archive)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        found = re.search(r"http://(127\.0\.0\.1:\d+)", said)
        assert found, self._process.communicate()[1]
        self._address = found[1]
        self._proc = Path(f"/proc/{self._process.pid}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self.said = self._process.communicate(timeout=60)[1]

    def ask(self, path: str, timeout: float = 60) -> Answered:
        """Ask for a path and read the answer to its end. A head that is too long for HTTP is cut off: status 0."""
        begun = time.perf_counter()
        with closing(http.client.HTTPConnection(self._address, timeout=timeout)) as client:
            try:
                client.request("GET", path)
                response = client.getresponse()
                seconds = time.perf_counter() - begun
                beginning = response.read(_BEGINNING)
                size = len(beginning)
                while piece := response.read(1 << 20):
                    size += len(piece)
            except (ConnectionResetError, BrokenPipeError):
                return Answered(status=0, seconds=time.perf_counter() - begun)
        return Answered(status=response.status, seconds=seconds, size=size, text=beginning.decode("utf-8", "replace"))

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def cpu(self) -> float:
        """Seconds of CPU time it has taken."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def peak(self) -> int:
        """Megabytes of memory it has held at most since the last `forget`."""
        status = (self._proc / "status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024

    def forget(self) -> None:
        """Let `peak` begin anew."""
        (self._proc / "clear_refs").write_text("5")
