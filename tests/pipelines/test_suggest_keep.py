"""Selectors that keep what was cut, looked for on the page as its server declared it."""

from datetime import UTC, datetime

from archive.model.capture import Capture
from pipelines.suggest_keep import _selectors


def capture(html: str, charset: str) -> Capture:
    return Capture(
        url="https://harbour.example/1",
        final_url="https://harbour.example/1",
        fetched_at=datetime(2026, 11, 26, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", f"text/html; charset={charset}"),),
        body=html.encode(charset),
    )


def test_the_innermost_elements_are_named_first_and_generated_names_never() -> None:
    page = capture(
        '<main><div class="box css-1a2b3c"><p id="note">Keep this</p></div><p>Other</p><aside><p>Keep this</p></aside>',
        "utf-8",
    )
    assert list(_selectors(page, "Keep this")) == ["p#note", "div.box > p", "div.box"]


def test_a_page_is_read_in_the_encoding_that_its_server_names() -> None:
    page = capture('<main><p class="note">Žluté světlo v přístavu</p></main>', "iso-8859-2")
    assert list(_selectors(page, "Žluté světlo v přístavu")) == ["p.note"]
