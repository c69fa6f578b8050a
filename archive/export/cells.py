"""Text that is safe in a cell of a spreadsheet and in a line of JSON. Pure: it knows no format and no table.

Whoever opens a CSV file of the web's titles in Excel, LibreOffice or Google Sheets must read them, not run them
(https://owasp.org/www-community/attacks/CSV_Injection). Some readers of JSON Lines end a line at U+2028 or U+0085, and
terminals take U+009B for the beginning of a command: JSON writes such characters as escapes (RFC 8259, section 7).
"""

import re
from typing import Final

import orjson

# The full-width and small forms are read as the plain ones by spreadsheets set to Japanese or Chinese. Spaces, control,
# invisible and quotation marks in front of them are trimmed by one program or another.
_BEFORE: Final = "\\s\\x00-\\x1f\\x7f-\\x9f'\"\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_FORMULA: Final = re.compile(f"[{_BEFORE}]*[=+\\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n]")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")

# DEL and the C1 controls; the line and paragraph separators; what turns the direction of writing around.
_ESCAPED: Final = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


def inert(cell: str) -> str:
    """Return the text with an apostrophe in front where it would start a formula; a number alone starts none.

    Nothing is lost: where a text starts with an apostrophe and would start a formula, the apostrophe is ours, since
    a text that came with one of its own got a second.
    """
    return "'" + cell if starts_formula(cell) else cell


def starts_formula(cell: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return _FORMULA.match(cell) is not None and _NUMBER.fullmatch(cell) is None


def encode(value: object) -> bytes:
    """Return one line of JSON with its newline. Raises orjson.JSONEncodeError for what is no text or no JSON."""
    return _ESCAPED.sub(_escape, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def _escape(character: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(character[0].decode())
