"""Saved pages of our own writing, one folder a case: tests/fixtures/CASE/{page.html, meta.json, expected.json}.

expected.json names what must hold: any field of the article (dates as ISO 8601), `removed` cuts that must be in the
ledger (kind and a text that holds theirs), `images` in order with the fields given, `contains` and `absent` paragraphs,
`notes`, `outcome`, `charset`. meta.json holds the URL, and where needed status, headers, site rules, and `xfail`: why a
case that is right is known to fail.
"""

from typing import Any

import pytest

from archive.models import Extraction
from pipelines.extract import extract
from tests.pipelines.pages import CASES, Case, read_case


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return read_case(request.param)


def test_a_page_comes_out_as_expected(case: Case, request: pytest.FixtureRequest) -> None:
    if case.xfail:
        request.applymarker(pytest.mark.xfail(reason=case.xfail, strict=True))
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


def _removed(result: Extraction, _name: str, wanted: list[dict[str, str]]) -> None:
    cuts = [(cut.kind.value, cut.text) for cut in result.clutter]
    missing = [one for one in wanted if not any(kind == one["kind"] and one["text"] in text for kind, text in cuts)]
    assert not missing, cuts


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


_CHECKS = {
    "absent": _absent,
    "contains": _contains,
    "images": _images,
    "modified": _date,
    "notes": _notes,
    "published": _date,
    "published_precision": _precision,
    "removed": _removed,
}
