"""Labelled news pages: three public corpora, each read in the layout its repository has.

    article-extraction-benchmark   github.com/scrapinghub/article-extraction-benchmark: body, by hand
    fundus-evaluation              github.com/dobbersc/fundus-evaluation: paragraphs, by hand; [in brackets]: optional
    fundus                         github.com/flairNLP/fundus, its parsers' test data: body, title, authors and day, by
                                   parsers written for each site; lists and fact boxes are often left out of the body

A folder is a clone, or the part of it that holds the pages.
"""

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import tldextract

from archive.text import fold


class CorpusError(Exception):
    """A folder that does not hold the corpus it was given as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the true text. An optional one is right with it and without it."""

    text: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and what is true of it. `days` are ISO days, any of which is right; empty: not known."""

    id: str
    corpus: str
    url: str
    file: Path
    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def read(self) -> bytes:
        """The page as it was saved."""
        return gzip.decompress(self.file.read_bytes())

    @property
    def half(self) -> str:
        """A or B, by the site: what is fitted to the pages of one can be looked at on sites it has not seen."""
        site = _SITES(self.url).top_domain_under_public_suffix or urlsplit(self.url).netloc
        return "A" if hashlib.sha256(site.encode()).digest()[0] < 128 else "B"


_SITES: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list it brings; it asks nobody


def read_article_benchmark(folder: Path) -> Iterator[Page]:
    """Pages of a clone of article-extraction-benchmark."""
    truths = _read_json(folder, "ground-truth.json")
    for page_id, truth in truths.items():
        yield Page(
            id=page_id,
            corpus="aeb",
            url=truth["url"],
            file=_existing(folder / "html" / f"{page_id}.html.gz"),
            paragraphs=_paragraphs(truth["articleBody"].split("\n")),
        )


def read_fundus_evaluation(folder: Path) -> Iterator[Page]:
    """Pages of a clone of fundus-evaluation, or of its folder `dataset`."""
    folder = _within(folder, "dataset")
    truths = _read_json(folder, "ground_truth.json")
    for name, truth in truths.items():
        yield Page(
            id=name,
            corpus="fundus-evaluation",
            url=truth["url"],
            file=_existing(folder / "html" / name),
            paragraphs=tuple(map(_bracketed, truth["body"])),
        )


def read_fundus(folder: Path) -> Iterator[Page]:
    """Pages of a clone of fundus, or of its folder tests/resources/parser/test_data, or of what holds that."""
    folder = _within(folder, "tests/resources/parser/test_data", "test_data")
    indexes = sorted(folder.glob("*/meta.info"))
    if not indexes:
        raise CorpusError(f"{folder}: no */meta.info in it: is it a clone of fundus?")
    for index in indexes:
        known = json.loads(index.read_text(encoding="utf-8"))
        for truths in sorted(index.parent.glob("*.json")):
            yield from _read_publisher(truths, known)


def _read_publisher(truths: Path, known: Mapping[str, Any]) -> Iterator[Page]:
    """Pages of one site. Its parsers succeed one another, and so do their pages: V1, V1_1, V2 by day of the page."""
    saved = re.compile(re.escape(truths.stem) + r"_\d{4}_\d\d_\d\d\.html\.gz")
    pages = sorted(
        path for path in truths.parent.glob("*.html.gz") if saved.fullmatch(path.name) and path.name in known
    )
    by_version = json.loads(truths.read_text(encoding="utf-8"))
    versions = sorted(by_version, key=lambda version: [int(number) for number in re.findall(r"\d+", version)])
    if len(pages) != len(versions):
        print(f"{truths}: left out: {len(versions)} versions, but {len(pages)} pages beside it", file=sys.stderr)
        return
    for page, version in zip(pages, versions, strict=True):
        truth = by_version[version]
        yield Page(
            id=page.name.removesuffix(".html.gz"),
            corpus="fundus",
            url=known[page.name]["url"],
            file=page,
            paragraphs=tuple(_fundus_body(truth["body"])),
            title=truth.get("title") or "",
            authors=tuple(truth.get("authors") or ()),
            days=_days(truth.get("publishing_date")),
        )


def _fundus_body(body: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Its summary is the standfirst, which some count as text and some do not."""
    yield from _paragraphs(body["summary"], optional=True)
    for section in body["sections"]:
        yield from _paragraphs([*section["headline"], *section["paragraphs"]])


def _paragraphs(texts: Iterable[str], *, optional: bool = False) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text=text, optional=optional) for text in map(fold, texts) if text)


def _bracketed(text: str) -> Paragraph:
    text = fold(text)
    if text.startswith("[") and text.endswith("]"):
        return Paragraph(text=text[1:-1], optional=True)
    return Paragraph(text=text)


def _days(published: str | None) -> tuple[str, ...]:
    """The day where it was published, and in UTC."""
    if not published:
        return ()
    moment = datetime.fromisoformat(published)
    return tuple(dict.fromkeys((moment.date().isoformat(), moment.astimezone(UTC).date().isoformat())))


def _within(folder: Path, *parts: str) -> Path:
    return next((folder / part for part in parts if (folder / part).is_dir()), folder)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise CorpusError(f"{path}: the page is missing")
    return path


def _read_json(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    try:
        truths: dict[str, dict[str, Any]] = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"{folder}: no {name} in it") from error
    return truths


READERS: Final[Mapping[str, Callable[[Path], Iterator[Page]]]] = {
    "aeb": read_article_benchmark,
    "fundus-evaluation": read_fundus_evaluation,
    "fundus": read_fundus,
}
