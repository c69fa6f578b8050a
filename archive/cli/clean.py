"""The command `clean`: cut clutter out of text without markup, as in dumps that others have scraped."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.reading import with_cuts
from archive.errors import CuttingsError, UsageError

if TYPE_CHECKING:
    from pipelines.clutter.flat import FlatText

STDIN: Final = Path("-")
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@click.command(short_help="Cut clutter out of plain text.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--jsonl", is_flag=True, help="Read JSON objects, one a line, and print them with their text cleaned.")
@click.option("--field", default="text", show_default=True, help="With --jsonl: the field that holds the text.")
@click.option("--removed", is_flag=True, help="Show what was cut, with kind and rule; in JSON as a list `removed`.")
def clean(files: tuple[Path, ...], jsonl: bool, field: str, removed: bool) -> None:
    """Cut captions, share bars, comment forms and the like out of plain text; print what is left. Needs no archive.

    One text a file, its paragraphs on lines of their own; standard input where no file (or `-`) is named. A line that
    could be the article's own stays: without markup there is less evidence.
    """
    if not files and sys.stdin.isatty():
        raise UsageError("name a file or give a text on standard input, as in: cuttings clean < article.txt")
    left_out = _LeftOut()
    for number, path in enumerate(files or (STDIN,)):
        if jsonl:
            _clean_rows(path, field, _with_list if removed else _without_list, left_out)
        else:
            heading = f"{chr(10) * (number > 0)}==> {path} <==\n" if len(files) > 1 else ""
            _write(heading + _cleaned(b"".join(_lines(path)), _marked if removed else _plain))
    sys.stdout.buffer.flush()
    left_out.report()


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, or of standard input. Raises CuttingsError if they cannot be read."""
    try:
        if path == STDIN:
            yield from sys.stdin.buffer
            return
        with path.open("rb") as stream:
            yield from stream
    except OSError as error:
        raise CuttingsError(f"{_name(path)}: cannot be read ({error.strerror or error})") from error


def _name(path: Path) -> str:
    return "standard input" if path == STDIN else str(path)


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))  # a file's name may hold bytes that are no UTF-8


# ---- One text --------------------------------------------------------------------------------------------------------


def _cleaned(body: bytes, show: "Callable[[FlatText], str]") -> str:
    from pipelines.clutter.flat import clean_text
    from pipelines.page.parse import decode

    shown = show(clean_text(decode(body, "text/plain; charset=utf-8").text))
    return shown and shown + "\n"


def _plain(flat: "FlatText") -> str:
    return flat.text


def _marked(flat: "FlatText") -> str:
    cuts = [(cut.after_paragraph, cut.kind.value, cut.rule, cut.text) for cut in flat.clutter]
    return with_cuts(flat.title, flat.paragraphs, cuts)


# ---- Rows of a dump --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _LeftOut:
    """Rows that cannot be cleaned: each costs itself alone, and the first of them is reported."""

    count: int = 0
    first: UsageError | None = None

    def add(self, error: UsageError) -> None:
        self.count += 1
        self.first = self.first or error

    def report(self) -> None:
        """Raise UsageError if there is any."""
        if self.first:
            these = f"this and {self.count - 1:,} more lines were" if self.count > 1 else "the line was"
            raise UsageError(f"{self.first}; {these} left out") from self.first


def _clean_rows(path: Path, field: str, fill: "_Fill", left_out: _LeftOut) -> None:
    """Clean row by row: a dump may be larger than memory. All fields but the text pass unchanged."""
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip(_BLANK):
            continue
        try:
            row = _clean_row(line, field, fill, f"{_name(path)}: line {number}")
        except UsageError as error:
            left_out.add(error)
            continue
        sys.stdout.buffer.write(row)


def _clean_row(line: bytes, field: str, fill: "_Fill", where: str) -> bytes:
    from pipelines.clutter.flat import clean_text

    row = _row(line, where)
    text = _text_of(row, field, where)
    if text is not None:
        fill(row, field, clean_text(text), where)
    return _line_of(row)


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        # Bytes that are no UTF-8 survive as they are; numbers keep every digit, which faster readers do not promise.
        row = json.loads(line.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: is not JSON ({error})") from error
    if not isinstance(row, dict):
        raise UsageError(f'{where}: is not a JSON object; each line is one, as in {{"text": "..."}}')
    return row


def _text_of(row: dict[str, Any], field: str, where: str) -> str | None:
    """Return the text of a row; None if the row has null there. Raises UsageError for a missing field or no text."""
    if field not in row:
        known = ", ".join(list(row)[:8]) or "none"
        raise UsageError(f'{where}: has no field "{field}"; name the text\'s with --field (its fields are: {known})')
    text = row[field]
    if text is not None and not isinstance(text, str):
        raise UsageError(f'{where}: "{field}" is not text; name the text\'s field with --field')
    return _SURROGATES.sub("\ufffd", text) if text else text


_Fill = Callable[[dict[str, Any], str, "FlatText", str], None]


def _without_list(row: dict[str, Any], field: str, flat: "FlatText", _where: str) -> None:
    row[field] = flat.text


def _with_list(row: dict[str, Any], field: str, flat: "FlatText", where: str) -> None:
    if "removed" in row:
        raise UsageError(f'{where}: has a field "removed" already; leave --removed out or rename the field')
    row[field] = flat.text
    row["removed"] = [
        {"kind": cut.kind.value, "text": cut.text, "rule": cut.rule, "after_paragraph": cut.after_paragraph}
        for cut in flat.clutter
    ]


def _line_of(row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
    except UnicodeEncodeError:  # half a character, written as an escape: it can only be an escape again
        return json.dumps(row).encode("ascii") + b"\n"
