"""A [[source.fixture]] for `cuttings check`: whether extraction does what it says of its page."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from archive.cli.extract import UNREADABLE, read_file, reason, saved_page
from archive.errors import ArchiveError
from archive.model.article import Extraction
from archive.model.capture import Capture, Locator
from archive.model.outcome import Failure
from archive.model.source import Fixture, Source
from archive.text import fold

_NEWEST: Final = """
    SELECT warc_file, warc_offset, warc_length FROM fetches
    WHERE kind = 'article' AND status = 200 AND warc_file IS NOT NULL
        AND (url = :url OR final_url = :url OR article_id = (SELECT article_id FROM urls WHERE url = :url))
    ORDER BY id DESC LIMIT 1
"""
_MOST: Final = 160  # characters of a paragraph in a complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An expectation of a fixture (`about` is its key) that the page does not meet."""

    about: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A fixture that was run; it holds if there are no complaints."""

    source: str
    url: str
    complaints: tuple[Complaint, ...]


def check_fixture(archive: Path, source: Source, fixture: Fixture) -> Checked:
    """Extract the page of a fixture, saved or from the archive, and compare the result with what the fixture says."""
    capture = _saved(fixture) if fixture.html else _archived(archive, fixture.url)
    complaints = (capture,) if isinstance(capture, Complaint) else tuple(_complaints(source, fixture, capture))
    return Checked(source=source.id, url=fixture.url, complaints=complaints)


def _saved(fixture: Fixture) -> Capture | Complaint:
    path = fixture.html or Path()
    try:
        capture = saved_page(fixture.url, read_file(path))
    except UNREADABLE as error:
        return Complaint(about="html", expected=str(path), found=f"cannot be read ({reason(error)})")
    if fixture.fetched is None:
        return capture
    return replace(capture, fetched_at=datetime.combine(fixture.fetched, time(12), UTC))


def _archived(archive: Path, url: str) -> Capture | Complaint:
    """Read the archive's newest response for a page."""
    from archive.storage.connection import open_reader
    from archive.warc import warc_files

    try:
        with closing(open_reader(archive)) as conn:
            row = conn.execute(_NEWEST, {"url": url}).fetchone()
        if row is not None:
            return warc_files.read(warc_files.folder_of(archive), Locator(file=row[0], offset=row[1], length=row[2]))
        found = "has no raw page of this URL"
    except (ArchiveError, sqlite3.Error) as error:
        found = f"has no raw page of this URL ({error})"
    return Complaint(about="html", expected=str(archive), found=f"{found}; save the page and name it with html")


def _complaints(source: Source, fixture: Fixture, capture: Capture) -> Iterator[Complaint]:
    from pipelines.extract import extract
    from pipelines.rules.bounds import measured

    result = measured(extract(capture, source.rules_on(capture.fetched_at)), source.min_words)
    if fixture.outcome and result.outcome is not fixture.outcome:
        yield Complaint(about="outcome", expected=fixture.outcome.value, found=f"is {_how(result)}")
    if isinstance(result, Failure):
        if not fixture.outcome:
            yield Complaint(about="outcome", expected="a page that can be extracted", found=f"is {_how(result)}")
        return
    yield from _about_metadata(fixture, result)
    body = fold(result.article.text)
    for text in map(fold, fixture.contains):
        if text not in body:
            yield Complaint(about="contains", expected=text, found=f"is missing: {_where_to(text, result, capture)}")
    for text in map(fold, fixture.excludes):
        if text in body:
            yield Complaint(about="excludes", expected=text, found=f"is in {_paragraph(text, result)}")


def _how(result: Extraction | Failure) -> str:
    said = [result.detail] if isinstance(result, Failure) else [result.article.kind.value, *result.notes]
    return f"{result.outcome.value} ({', '.join(filter(None, said))})"


def _about_metadata(fixture: Fixture, result: Extraction) -> Iterator[Complaint]:
    article = result.article
    published = article.published.when.date() if article.published else None
    for about, expected, found in (
        ("title", fixture.title, article.title),
        ("authors", fixture.authors, article.authors),
        ("published", fixture.published, published),
    ):
        if expected is not None and expected != found:
            origin = dict(article.sources).get(about)
            yield Complaint(
                about=about,
                expected=_shown(expected),
                found=f'is "{_shown(found)}"' + (f", by {origin}" if origin else ""),
            )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(str, value)) or "nobody"
    return "unknown" if value is None else str(value)


def _where_to(text: str, result: Extraction, capture: Capture) -> str:
    """Say where a text is that is not in the article: cut, in another field, outside the body, or not on the page."""
    article = result.article
    for cut in result.clutter:
        if text in fold(cut.text):
            return f'rule "{cut.rule}" cut it as {cut.kind.value} after paragraph {cut.after_paragraph}'
    places = {"title": article.title, "standfirst": article.standfirst}
    places |= {"caption of an image": " ".join(image.caption or "" for image in article.images)}
    for name, said in places.items():
        if text in fold(said or ""):
            return f"it is in the {name}"
    if text in _page_text(capture):
        return "no rule cut it, it is outside the extracted body; name the body in [source.extract]"
    return "the page does not have it"


def _page_text(capture: Capture) -> str:
    from pipelines.extract import read
    from pipelines.page.parse import drop_code

    page = read(capture)
    if page is None:
        return ""
    drop_code(page.tree)
    return fold(" ".join(page.tree.itertext()))


def _paragraph(text: str, result: Extraction) -> str:
    for number, paragraph in enumerate(result.article.paragraphs, start=1):
        if text in fold(paragraph):
            return f'paragraph {number}: "{short(paragraph)}"'
    return "several paragraphs"


def short(text: str) -> str:
    """Shorten a paragraph for a complaint."""
    return text if len(text) <= _MOST else text[: _MOST - 1].rstrip() + "…"
