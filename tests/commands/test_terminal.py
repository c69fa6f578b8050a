"""What is printed to a terminal: whatever was stored or stands on a page steers nothing and turns nothing around."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.archive.browse import poison
from tests.archive.browse.poison import ARTICLES, PAYLOADS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

STEERING: Final = 1 + PAYLOADS.index(next(payload for payload in PAYLOADS if payload.startswith("\x1b[2J")))
# Colours, and how rich draws a bar again and hides the cursor, are ours. The payloads have more than colours.
OURS: Final = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\r?\x1b\[(?:2K|1A)|\r\n?")
NEVER: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COMMANDS: Final = (
    ("show", str(STEERING)),
    ("show", str(ARTICLES)),
    ("show", str(ARTICLES), "--removed"),
    ("show", str(STEERING), "--json"),
    ("search", "separator"),
    ("search", "separator", "--json"),
    ("search", "x", "--source", "\x1b]0;owned\x07"),
    ("status",),
    ("status", "--json"),
    ("learned",),
    ("learned", "--json"),
    ("doctor",),
    ("export",),
)
_RUN: Final = """
import ast, sys
from archive.cli import main
for arguments in ast.literal_eval(sys.argv[1]):
    print("begins:", arguments[0], flush=True)
    try:
        main(arguments)
    except SystemExit as ended:
        print("ends:", ended.code, flush=True)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return poison.build(tmp_path_factory.mktemp("poison") / "poison.db")


def printed(commands: list[list[str]], folder: Path) -> list[str]:
    """What each command prints to a terminal of its own, errors too."""
    terminal, end = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, repr(commands)],
        stdin=subprocess.DEVNULL, stdout=end, stderr=end, cwd=folder, env=environment,
    )  # fmt: skip
    os.close(end)
    text = b"".join(_read(terminal)).decode()
    os.close(terminal)
    process.wait(timeout=60)
    return text.split("begins:")[1:]


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # Linux says so where the other end is closed
            return
        if not piece:
            return
        yield piece


def test_nothing_that_is_stored_steers_the_terminal(archive: Path, tmp_path: Path) -> None:
    shown = printed([[*command, "--archive", str(archive)] for command in COMMANDS], tmp_path)
    assert len(shown) == len(COMMANDS)
    for command, text in zip(COMMANDS, shown, strict=True):
        assert not NEVER.findall(OURS.sub("", text)), command
        assert f"ends: {2 if '--source' in command else 0}" in text, command
    assert "red" in shown[0], "what can be read of it is there"


def test_nothing_on_a_page_steers_the_terminal(tmp_path: Path) -> None:
    attack = "\u202eabc\u2066\x1b[2J\x1b]0;owned\x07\x9b31m"
    sentence = f"The council met on Monday{attack} and spoke about the harbour wall, which has stood for many years."
    (tmp_path / "page.html").write_text(
        f"<html><head><title>A wall {attack}</title><meta name=author content='{attack} Ines Calder'>"
        f"<meta property='og:site_name' content='{attack}'><link rel=canonical href='https://a.example/{attack}'>"
        f"</head><body><article><h1>A wall {attack}</h1>{f'<p>{sentence}</p>' * 8}<figure><img src='/{attack}.jpg'>"
        f"<figcaption>{attack}</figcaption></figure></article></body></html>",
        encoding="utf-8",
    )
    commands = [["try", "page.html"], ["try", "page.html", "--explain"], ["try", "page.html", "--json"]]
    for command, text in zip(commands, printed(commands, tmp_path), strict=True):
        assert "The council met on Monday" in text, command
        assert not NEVER.findall(OURS.sub("", text)), command
