"""The true paragraphs of the labelled pages, as flat text: what cleaning without markup costs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.text import fold
from pipelines.clutter.flat import clean_text

GOLD = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "gold"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not GOLD.is_dir(), reason="there are no labelled pages beside the checkout"),
]
MOST_LOST = 0.001  # of the paragraphs
# One page is labelled with the bare words that stood before its photographers' names: no paragraphs to anybody.
NO_PARAGRAPHS = frozenset({"Фото:"})


def pages(wanted: Callable[[dict[str, Any]], object]) -> Iterator[list[str]]:
    for path in sorted(GOLD.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line).get("gold")
            if gold:
                texts = [fold(each["text"]) for each in gold["paragraphs"] if wanted(each)]
                yield [text for text in texts if text and text not in NO_PARAGRAPHS]


@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["lines", "blank lines"])
@pytest.mark.parametrize(
    "wanted",
    [lambda each: each["text"], lambda each: not each["optional"], lambda each: len(each["text"]) >= 40],
    ids=["all", "without optional ones", "long ones"],
)
def test_next_to_no_true_paragraph_is_lost(wanted: Callable[[dict[str, Any]], object], between: str) -> None:
    count = lost = 0
    for paragraphs in pages(wanted):
        count += len(paragraphs)
        lost += len(clean_text(between.join(paragraphs)).clutter)
    assert count > 3_000
    assert lost <= MOST_LOST * count
