"""Command lines that cannot be obeyed: why, in one sentence, and all is left as it was."""

import re
from pathlib import Path

import pytest

from tests.robustness.errors.desk import SOURCE, Cuttings, config, contents, is_one_sentence

_BAD = "bad\udcff"  # what Python makes of a byte on the command line that is no UTF-8
_LONG = "x" * 300

_MISUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("statsu",), 2, r"no such command 'statsu'\. Did you mean 'status'\? \(see `cuttings --help`\)"),
    (("--nonsense",), 2, r"no such option '--nonsense' \(see `cuttings --help`\)"),
    (("status", "--nonsense"), 2, r"no such option '--nonsense' \(see `cuttings status --help`\)"),
    (("status", "more"), 2, r"got unexpected extra argument \(more\) .*"),
    (("-c", "none.toml", "status"), 2, "none.toml: there is no such file; `cuttings init` .*"),
    (("-c", "", "status"), 2, r"\.: cannot be read: Is a directory"),
    (("-c", _BAD, "status"), 2, "bad\ufffd: there is no such file; .*"),
    (("-c", "two\nlines", "status"), 2, "two lines: there is no such file; .*"),
    (("-c", "\x1b]0;owned\x07", "status"), 2, "\ufffd]0;owned\ufffd: there is no such file; .*"),
    (("-c", _LONG, "status"), 2, "x+: cannot be read: File name too long"),
    (("status", "--archive", "none.db"), 1, "none.db: there is no archive here yet; .*"),
    (("status", "--archive", "no/where.db"), 1, "no/where.db: there is no archive here yet; .*"),
    (("status", "--archive", "page.html/x.db"), 1, "page.html/x.db: there is no archive here yet; .*"),
    (("status", "--archive", ""), 1, r"\.: is a folder, not an archive; .*"),
    (("status", "--archive", "."), 2, "invalid value for '--archive': File '.' is a directory .*"),
    (("status", "--archive", _BAD), 1, "bad\ufffd: there is no archive here yet; .*"),
    (("status", "--archive", _LONG), 1, r"x+: cannot be opened \(File name too long\)"),
    (("search",), 2, "missing argument 'QUERY...' .*"),
    (("search", "mill", "-bridge"), 2, "no such option '-b'; words that begin with a hyphen come after --, as in: .*"),
    (("search", "mill", "--limit", "-1"), 2, "invalid value for '--limit': -1 is not in the range x>=1 .*"),
    (("search", "mill", "--limit", "many"), 2, "invalid value for '--limit': 'many' is not a valid number .*"),
    (("search", "mill", "--from", "yesterday"), 2, ".* 'yesterday' is not a day; write one as in 2026-03-01 .*"),
    (("search", "mill", "--to", "2026-02-30"), 2, ".* '2026-02-30' is not a day; write one as in 2026-03-01 .*"),
    (("search", "mill", "--from", "2026-03-01", "--to", "2026-02-01"), 2, r"the period ends \(2026-02-01\) before .*"),
    (("search", "mill", "--source", "papre"), 2, 'there is no source "papre" in this archive; known are paper'),
    (("search", "mill", "--source", _BAD), 2, 'there is no source "bad\ufffd" in this archive; known are paper'),
    (("search", "mill", "--language", "xx"), 2, 'there is no language "xx".*'),
    (("search", "?!"), 2, r'there is no word in "\?!" to look for'),
    (("search", '"'), 2, "a quotation mark is open.*"),
    (("search", "a " * 5000), 2, "the query has 9,999 characters; 1,000 at most can be looked for"),
    (("search", "mill OR"), 2, "OR stands between two things to look for; .*"),
    (("search", "outlet:paper"), 2, 'there is no field "outlet"; the fields are title, author, source, .*'),
    (("search", "tag:mills"), 2, 'there is no tag "mills".*'),
    (("search", "mill", "--limit", "1", "--limit", "2"), 2, "--limit is given 2 times; give it once.*"),
    (("export", "--search", "(mill"), 2, "a bracket is open; .*"),
    (("export", "--search", "mill", "--search", "bridge"), 2, "--search is given 2 times; give it once.*"),
    (("export", "--source", "papre"), 2, 'there is no source "papre" in this archive; known are paper'),
    (("show",), 2, "missing argument 'ARTICLE_ID' .*"),
    (("show", "mill"), 2, "invalid value for 'ARTICLE_ID': 'mill' is not a valid integer .*"),
    (("show", "--", "-1"), 1, "there is no article -1 in .*; `cuttings search` lists articles with their ids"),
    (("show", "4711"), 1, "there is no article 4711 in .*; `cuttings search` lists articles with their ids"),
    (("show", "9" * 30), 1, "there is no article 9+ in .*"),
    (("show", "1", "--raw", "--json"), 2, "--raw prints the page and nothing else; leave the other options out"),
    (("learned", "papre"), 2, 'there is no source "papre" in .*; `cuttings status` lists the sources'),
    (("learned", "--keep", "99"), 1, "there is no learned line 99 in .*; `cuttings learned` lists them"),
    (("learned", "--keep", "9" * 30), 1, "there is no learned line 9+ in .*"),
    (("learned", "--keep", "1", "--cut", "1"), 2, "--keep 1 and --cut 1 contradict each other; give one of them"),
    (("export", "--format", "docx"), 2, 'there is no export format "docx"; known are csv, jsonl'),
    (("export", "--min-words", "-1"), 2, "invalid value for '--min-words': -1 is not in the range x>=0 .*"),
    (("export", "--source", "", "-o", "out"), 2, 'there is no source "".*'),
    (("export", "--language", "xx", "-o", "out"), 2, 'there is no language "xx".*'),
    (("export", "-o", "no/where.jsonl"), 1, "no/where.jsonl: there is no folder no; make it first"),
    (("export", "-o", "page.html/x"), 1, r"page.html/x: cannot be written \(Not a directory\)"),
    (("export", "-o", "."), 1, r"\.: is a folder; name a file in it"),
    (("export", "-o", ""), 1, r"\.: is a folder; name a file in it"),
    (("export", "-o", _LONG), 1, r"x+: cannot be written \(File name too long\)"),
    (("export", "-o", "cuttings.db"), 1, "cuttings.db: belongs to the archive itself; name another file"),
    (("export", "-o", "./cuttings.db-wal"), 1, "cuttings.db-wal: belongs to the archive itself; name another file"),
    (("export", "-o", "cuttings.log"), 1, "cuttings.log: belongs to the archive itself; name another file"),
    (("export", "-o", "cuttings.toml"), 1, "cuttings.toml: belongs to the archive itself; name another file"),
    (("backup",), 2, "missing argument 'FILE' .*"),
    (("backup", "page.html"), 1, "page.html: is there already; --force overwrites it, another name keeps both"),
    (("backup", "cuttings.db", "--force"), 1, "cuttings.db: is the archive itself or a file it works with; .*"),
    (("backup", "cuttings.log", "--force"), 1, "cuttings.log: is the archive itself or a file it works with; .*"),
    (("backup", "."), 1, r"\.: is a folder; name the file the backup is to be written to"),
    (("backup", "/dev/null", "--force"), 1, "/dev/null: is not a file; .*"),
    (("backup", "no/where.db"), 1, "no/where.db: there is no folder no; make it first"),
    (("backup", _LONG), 1, r"x+: cannot be written \(File name too long\)"),
    (("browse", "--port", "99999"), 2, "invalid value for '--port': 99999 is not in the range 0<=x<=65535 .*"),
    (("browse", "--host", "192.0.2.1"), 2, '--host: "192.0.2.1" is not an address of this machine'),
    (("browse", "--host", _BAD), 2, '--host: "bad\ufffd" is not an address of this machine'),
    (("browse", "--host", _LONG), 2, '--host: "x+" is not an address of this machine'),
    (("check", "papre"), 2, 'there is no source "papre" in cuttings.toml; its sources are: paper'),
    (("crawl", "papre"), 2, 'there is no source "papre" in cuttings.toml; its sources are: paper'),
    (("crawl", "--limit", "-1"), 2, "invalid value for '--limit': -1 is not in the range x>=0 .*"),
    (("init",), 1, "cuttings.toml: is there already; it is left as it is"),
    (("init", "page.html"), 2, r"invalid value for '\[DIRECTORY\]': Directory 'page.html' is a file .*"),
    (("init", "page.html/x"), 1, r"page.html/x: cannot be written \(Not a directory\)"),
    (("demo", "--dir", "."), 1, r"\.: holds a project of its own; name another folder with --dir"),
    (("demo", "--dir", "page.html/x"), 1, r"page.html/x: cannot be written \(Not a directory\)"),
    (("try", ""), 2, "the name of the page is empty; name a saved page, or a URL .*"),
    (("try", "none.html"), 2, "none.html: there is no such file; name a saved page, .*"),
    (("try", _BAD, "--json"), 2, "bad\ufffd: there is no such file; name a saved page, .*"),
    (("try", "."), 1, r"\.: cannot be read \(Is a directory\)"),
    (("try", "-"), 1, "standard input: is empty; name a saved page, .*"),
    (("try", "cuttings.db"), 1, "cuttings.db: is no page that can be extracted: .*"),
    (("try", "http://[bad"), 2, r"http://\[bad: cannot be read as an address"),
    (("try", "page.html", "--url", "mill"), 2, "mill: is not an http or https address"),
    (("try", "page.html", "--rules", "none"), 2, "invalid value for '--rules': File 'none' does not exist .*"),
    (("try", "page.html", "--rules", "page.html"), 2, "page.html: is not TOML: .*"),
    (("try", "page.html", "--rules", "cuttings.toml"), 2, "cuttings.toml: has no source of .*; add one of them"),
    (("extract", "page.html"), 2, r"got unexpected extra argument \(page.html\) .*"),
    (("extract", "--batch", "none"), 2, "invalid value for '--batch': File 'none' does not exist .*"),
    (("extract", "--batch", "page.html", "--url", "http://a.test/"), 2, "give --url for a page on .*"),
    (("extract", "--workers", "99999"), 2, "invalid value for '--workers': 99999 is not in the range 1<=x<=1024 .*"),
    (("clean", "none"), 2, r"invalid value for '\[FILES\]...': File 'none' does not exist .*"),
    (("clean", "."), 2, r"invalid value for '\[FILES\]...': File '.' is a directory .*"),
    (("clean", "--jsonl", "page.html"), 2, r"page.html: line 1: is not JSON .*; this and \d+ more lines were .*"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code", "sentence"), _MISUSED, ids=lambda _: None)
def test_a_command_that_cannot_be_obeyed_says_why_and_leaves_all_as_it_was(
    cuttings: Cuttings, project: Path, command: tuple[str, ...], code: int, sentence: str
) -> None:
    before = contents(project)

    said = cuttings(*command)

    assert is_one_sentence(said.err), said.err
    assert re.fullmatch(f"cuttings: (?:{sentence})\n", said.err), said.err
    assert (said.code, said.out, contents(project)) == (code, "", before)


@pytest.mark.parametrize(
    "command",
    [
        ("search", "mill", "--limit", "9" * 30),
        ("search", _BAD, "--json"),
        ("search", "mill", "--", "-bridge"),
        ("export", "--min-words", "9" * 30),
        ("export", "-o", "-"),
        ("backup", f"{_BAD}.db", "--json"),
        ("try", "page.html", "--json"),
        ("clean", "page.html", _BAD),
    ],
    ids=lambda command: " ".join(command)[:20],
)
def test_what_is_odd_but_can_be_obeyed_is(cuttings: Cuttings, project: Path, command: tuple[str, ...]) -> None:
    (project / _BAD).write_text("A text under a name that is no UTF-8.\n")

    said = cuttings(*command)

    assert (said.code, "cuttings: " in said.err) == (0, False), said.err


def test_sources_that_are_all_switched_off_are_told_from_none(cuttings: Cuttings, project: Path) -> None:
    config(f"{SOURCE}enabled = false\n")(project)
    off = cuttings("crawl")
    config("")(project)
    none = cuttings("crawl")

    assert (
        off.err
        == "cuttings: cuttings.toml has enabled = false for all of its sources; name one to crawl it all the same\n"
    )
    assert none.err == "cuttings: cuttings.toml has no source to crawl; add a [[source]] table with a url\n"
    assert (off.code, none.code) == (2, 2)
