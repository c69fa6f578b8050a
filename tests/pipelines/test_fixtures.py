"""Saved pages of our own writing, one folder a case: tests/fixtures/CASE/{page.html, meta.json, expected.json}.

expected.json names what must hold: any field of the article (dates as ISO 8601), `removed` cuts that must be in the
ledger (a text that holds theirs, with `kind` and `after_paragraph` where they are given), `images` in order with the
fields given, `contains` and `absent` paragraphs, `notes`, `outcome`, `charset`. meta.json holds the URL, and where
needed the URL that redirects led to, status, headers and site rules.
"""

from collections.abc import Callable
from typing import Any

import pytest

from archive.model.article import Clutter, Extraction
from pipelines.extract import extract
from tests.pipelines.pages import CASES, Case, read_case

# Cases that are right and fail, each with what is wrong.
KNOWN_TO_FAIL: dict[str, str] = {
    "br-paragraphs-ru": "the author's name below the text is kept, where nothing else says whose the text is",
    "captions-in-paragraphs-it": "a short line below a picture in one paragraph with it is not its caption",
    "dcr-islands-en": "a newsletter form in a figure is called a caption",
    "listicle-en": "a credit in a box around a picture is called a caption",
    "related-cards-en": "a dateline in an element of its own is kept",
    "table-layout-cs": "of an old page laid out by tables a date, a row of links and a heading are kept",
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return read_case(request.param)


def test_a_page_comes_out_as_expected(case: Case, request: pytest.FixtureRequest) -> None:
    if case.name in KNOWN_TO_FAIL:
        request.applymarker(pytest.mark.xfail(reason=KNOWN_TO_FAIL[case.name], strict=True))
    result = extract(case.capture, case.rules)
    assert isinstance(result, Extraction), result

    for name, wanted in case.expected.items():
        _CHECKS.get(name, _equal)(result, name, wanted)


def test_every_case_says_what_must_hold(case: Case) -> None:
    assert {"outcome", "paragraphs", "contains"} & case.expected.keys()


def _equal(result: Extraction, name: str, wanted: Any) -> None:
    said = getattr(result.article if hasattr(result.article, name) else result, name)
    if isinstance(wanted, list):
        said = list(said)
    assert said == wanted, name


def _date(result: Extraction, name: str, wanted: str | None) -> None:
    dated = getattr(result.article, name)
    assert (dated.when.isoformat() if dated else None) == wanted, name


def _precision(result: Extraction, _name: str, wanted: str) -> None:
    assert result.article.published is not None
    assert result.article.published.precision == wanted


def _removed(result: Extraction, _name: str, wanted: list[dict[str, Any]]) -> None:
    missing = [one for one in wanted if not any(_is_cut(cut, **one) for cut in result.clutter)]
    assert not missing, [(cut.kind.value, cut.text) for cut in result.clutter]


def _is_cut(cut: Clutter, *, text: str, kind: str | None = None, after_paragraph: int | None = None) -> bool:
    """Tell whether a cut is the one wanted; a box that fits several kinds is wanted as any."""
    return text in cut.text and kind in (None, cut.kind.value) and after_paragraph in (None, cut.after_paragraph)


def _images(result: Extraction, _name: str, wanted: list[dict[str, Any]]) -> None:
    said = [{key: getattr(image, key) for key in one} for image, one in zip(result.article.images, wanted, strict=True)]
    assert said == wanted


def _contains(result: Extraction, _name: str, wanted: list[str]) -> None:
    places = [result.article.paragraphs.index(text) for text in wanted if text in result.article.paragraphs]
    assert [text for text in wanted if text not in result.article.paragraphs] == []
    assert len(places) == len(set(places))


def _absent(result: Extraction, _name: str, unwanted: list[str]) -> None:
    assert [text for text in unwanted if text in result.article.text] == []


def _notes(result: Extraction, _name: str, wanted: list[str]) -> None:
    assert set(wanted) <= set(result.notes)


_CHECKS: dict[str, Callable[[Extraction, str, Any], None]] = {
    "absent": _absent,
    "contains": _contains,
    "images": _images,
    "modified": _date,
    "notes": _notes,
    "published": _date,
    "published_precision": _precision,
    "removed": _removed,
}
