"""Which names of codecs are encodings of pages."""

import codecs
from encodings.aliases import aliases

import pytest

from archive.web.charsets import is_of_pages
from pipelines.page.parse import decode
from spiders.discovery import document

NAMES = sorted({*aliases, *aliases.values(), "undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})
TEXT = "<p>Die Größe der Übung über alles</p>"


@pytest.mark.parametrize(
    "name", ["undefined", "zlib", "hex", "rot13", "idna", "punycode", "unicode_escape", "cp037", "utf-7"]
)
def test_what_no_page_is_written_in_is_not_believed(name: str) -> None:
    assert not is_of_pages(name)


@pytest.mark.parametrize(
    "name",
    ["utf-8", "cp1252", "iso8859-2", "koi8-r", "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "mac-roman", "hz"],
)
def test_what_pages_are_written_in_is(name: str) -> None:
    assert is_of_pages(codecs.lookup(name).name)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_page_says_it_is_in_it_becomes_text(name: str) -> None:
    """Python knows names that are not for text, and raises where one decodes with them."""
    body = f"<meta charset={name}>{TEXT}".encode("latin-1")
    label = f"text/html; charset={name}"
    assert decode(body, label).text
    assert document.read(body, label).text


@pytest.mark.parametrize("name", ["undefined", "unicode_escape", "punycode", "utf-7", "idna"])
def test_a_page_with_a_label_that_is_none_is_read_by_its_bytes(name: str) -> None:
    assert TEXT in decode(TEXT.encode(), f"text/html; charset={name}").text
    assert TEXT in document.read(TEXT.encode(), f"text/html; charset={name}").text
    assert TEXT in document.read(TEXT.encode("cp1252"), f"text/html; charset={name}").text
