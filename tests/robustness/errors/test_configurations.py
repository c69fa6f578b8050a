"""A cuttings.toml that is none: named with its place, in one sentence, and nothing is written."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.errors.desk import SOURCE, Cuttings, Prepare, config, contents, is_one_sentence, write


def no_configuration(folder: Path) -> None:
    (folder / "cuttings.toml").unlink()


def a_folder_for_a_configuration(folder: Path) -> None:
    no_configuration(folder)
    (folder / "cuttings.toml").mkdir()


_NO_CONFIGURATION: dict[str, tuple[Prepare, str]] = {
    "none": (no_configuration, "cuttings.toml: there is no such file; `cuttings init` writes one to start from"),
    "a folder": (a_folder_for_a_configuration, "cuttings.toml: cannot be read: Is a directory"),
    "empty": (write("cuttings.toml", " \n"), "cuttings.toml: is empty; `cuttings init` writes a file to start from"),
    "binary": (write("cuttings.toml", b"\n\x80\xff"), r"cuttings.toml: is not UTF-8 text \(line 2\); save it as UTF-8"),
    "UTF-16": (write("cuttings.toml", "[project]\n".encode("utf-16")), "cuttings.toml: is not UTF-8 text .*"),
    "huge": (write("cuttings.toml", b"# x\n" * 3_000_000), "cuttings.toml: is larger than 10 MiB, .*"),
    "no TOML": (config("feeds = ["), r"cuttings.toml: is not TOML: .*"),
    "no TOML at a line": (config("a b\n"), r"cuttings.toml: is not TOML: .*\(at line 3, column 3\)"),
    "too deep": (write("cuttings.toml", "a = " + "[" * 9000), "cuttings.toml: is nested too deeply"),
    "a number too long": (write("cuttings.toml", "a = " + "9" * 9000), "cuttings.toml: is not TOML: .*"),
    "a table nobody knows": (config("[sauce]\n"), 'cuttings.toml: unknown table "sauce"; did you mean "source".*'),
    "a key nobody knows": (config("sauce = 1\n"), r'.*: \[project\] unknown key "sauce"; known are .*, user_agent, .*'),
    "a key elsewhere": (config("delay = 2\n"), r'.*: \[project\] unknown key "delay"; it belongs under .*\[defaults\]'),
    "a near miss": (config(f"{SOURCE}fedds = []\n"), r'.*"paper": unknown key "fedds"; did you mean "feeds"\?'),
    "a negative time": (config('[defaults]\ndelay = "-1s"\n'), r'.*: \[defaults\] delay: "-1s" is below 0'),
    "a time in parsecs": (config('[defaults]\ndelay = "1 parsec"\n'), '.* "1 parsec" is not a length of time .*'),
    "a time that is no number": (config("[defaults]\ndelay = nan\n"), ".* delay: nan is not text; put it in quotes"),
    "two of one name": (config(SOURCE + SOURCE), '.*"paper": id is the same for .*; give one of them another id'),
    "a bad expression": (config(f'{SOURCE}exclude = ["("]\n'), r'.* exclude: "\(" is not a regular expression: .*'),
    "a bad selector": (
        config(f'{SOURCE}[source.extract]\nbody = "div["\n'),
        r'.* extract: body: "div\[" is not a CSS selector: .*',
    ),
    "a bad address": (config('[[source]]\nurl = "ftp:a"\n'), '.* url: "ftp:a" is not an http or https address'),
    "a number for text": (config("[[source]]\nurl = 3\n"), ".* number 1: url: 3 is not text; put it in quotes"),
    "too many workers": (config("workers = 99999\n"), ".* workers: 99999 is above 1,024"),
    "an archive without a name": (config('archive = ""\n'), '.* archive: "" is empty; leave the key out instead'),
}  # fmt: skip


@pytest.mark.parametrize("command", [("check",), ("status",), ("crawl",)], ids=" ".join)
@pytest.mark.parametrize("case", _NO_CONFIGURATION)
def test_a_configuration_that_is_none_is_named_with_the_place(
    cuttings: Cuttings, project: Path, case: str, command: tuple[str, ...]
) -> None:
    prepare, sentence = _NO_CONFIGURATION[case]
    prepare(project)
    before = contents(project)

    said = cuttings(*command)

    assert is_one_sentence(said.err), said.err
    assert re.fullmatch(f"cuttings: (?:{sentence})\n", said.err), said.err
    assert (said.code, said.out, contents(project)) == (2, "", before)


@pytest.mark.parametrize("mangle", [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")])
def test_a_configuration_written_elsewhere_is_read_all_the_same(
    cuttings: Cuttings, project: Path, mangle: Callable[[bytes], bytes]
) -> None:
    path = project / "cuttings.toml"
    path.write_bytes(mangle(path.read_bytes()))

    assert cuttings("check", "--offline").code == 0
