"""The labelled real pages beside the checkout: the first case of all, word for word, and a floor of quality."""

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from archive.model.article import Extraction
from archive.model.source import SiteRules
from pipelines.clutter.flat import clean_text
from pipelines.workers.pool import Workers
from pipelines.workers.worker import Bounds
from tests.pipelines.pages import capture, extracted

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not SHARED.is_dir(), reason="there are no labelled pages beside the checkout"),
]
# Shingle F1 of trafilatura 2.3.1 without comments: what no change may fall to.
FLOORS = {"aeb": 0.960, "fundus_eval": 0.957, "fundus": 0.953}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SHARED / "seed" / "expected.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def ruler() -> ModuleType:
    spec = importlib.util.spec_from_file_location("quality", SHARED / "tools" / "quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["wordpress-theme", "pasted-content"])
def test_the_first_case_comes_out_word_for_word(name: str, expected: dict[str, Any]) -> None:
    result = extracted((SHARED / "seed" / f"{name}.html").read_bytes(), "https://repost.example.org/2022/04/12/siding/")

    assert result.article.title == expected["title"]
    assert list(result.article.paragraphs) == expected["paragraphs"]
    cuts = {(cut.kind.value, cut.text) for cut in result.clutter}
    kinds = {text: kind for kind, text in cuts}
    assert {(one["kind"], one["text"]) for one in expected["removed"] if one["text"] in kinds} <= cuts
    if name == "pasted-content":
        wanted = [one for one in expected["removed"] if one["kind"] in {"caption", "credit", "gallery"}]
        assert {(one["kind"], one["text"]) for one in wanted} <= cuts


def test_the_first_case_as_flat_text_comes_out_word_for_word(expected: dict[str, Any]) -> None:
    flat = clean_text((SHARED / "seed" / "dirty-article.txt").read_text(encoding="utf-8"))

    assert flat.title == expected["title"]
    assert list(flat.paragraphs) == expected["paragraphs"]
    cuts = [(cut.kind.value, cut.text) for cut in flat.clutter]
    assert cuts == [(one["kind"], one["text"]) for one in expected["removed"]]


async def test_no_corpus_falls_to_what_the_main_building_block_reaches_alone(ruler: ModuleType) -> None:
    with Workers(2, bounds=Bounds(cpu=30, wall=300)) as workers:
        reached = {corpus: await _shingle_f1(ruler, workers, corpus) for corpus in FLOORS}

    assert {corpus: round(f1, 4) for corpus, f1 in reached.items() if f1 <= FLOORS[corpus]} == {}, reached


async def _shingle_f1(ruler: ModuleType, workers: Workers, corpus: str) -> float:
    """The ruler's first measure alone: the harmonic mean of mean precision and mean recall over pages."""
    gold = (SHARED / "corpora" / "gold" / f"{corpus}.jsonl").read_text(encoding="utf-8")
    pages = {page["id"]: page for page in map(json.loads, gold.splitlines())}
    captures = ((page["id"], capture(_body(page["html"]), page["url"])) for page in pages.values())
    scores = []
    async for name, _, result in workers.extract_all(captures, SiteRules()):
        text = result.article.text if isinstance(result, Extraction) else ""
        true = "\n".join(ruler.effective_gold(pages[name]["gold"]["paragraphs"], text))
        token = ruler.AEB_TOKEN if corpus == "aeb" else ruler.TOKEN
        scores.append(ruler.prf(*ruler.shingle_match(true, text, token)))
    precision, recall = (sum(score[at] for score in scores) / len(scores) for at in (0, 1))
    return float(2 * precision * recall / (precision + recall))


def _body(path: str) -> bytes:
    return gzip.decompress((SHARED / "corpora" / path).read_bytes())
