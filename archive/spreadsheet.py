"""Text that a spreadsheet would run as a formula, and how it is kept from it. Pure: it knows no format and no table.

Whoever opens a CSV file of the web's titles in Excel, LibreOffice or Google Sheets must read them, not run them
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

import re
from typing import Final

# The full-width and small forms are read as the plain ones by spreadsheets set to Japanese or Chinese. Spaces, control,
# invisible and quotation marks in front of them are trimmed by one program or another.
_BEFORE: Final = "\\s\\x00-\\x1f\\x7f-\\x9f'\"\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_FORMULA: Final = re.compile(f"[{_BEFORE}]*[=+\\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n]")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def inert(cell: str) -> str:
    """Return the text with an apostrophe in front where it would start a formula; a number alone starts none.

    Nothing is lost: where a text starts with an apostrophe and would start a formula, the apostrophe is ours, since
    a text that came with one of its own got a second.
    """
    return "'" + cell if starts_formula(cell) else cell


def starts_formula(cell: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return _FORMULA.match(cell) is not None and _NUMBER.fullmatch(cell) is None
