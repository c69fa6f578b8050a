"""How good the extraction is on labelled news pages, and how its CPU time compares; other extractors beside it.

    uv run python tests/benchmarks/quality.py --aeb DIR --fundus-evaluation DIR --fundus DIR
        [--extractor NAME] [--extractor NAME ...] [--split] [--rounds N] [--save DIR] [--worst N | --json]

DIR is a clone of the corpus (see `corpora.py`; one is enough). Extractors: cuttings and trafilatura (both unless others
are named), newspaper4k, readability-lxml, goose3, news-please, or all. First comes a table of the main numbers, then
one for each corpus, then CPU time. What the columns say stands in `metrics.py`; all but pages, failed and widgets are
in per cent.

    --split    two more tables for each corpus, A and B, by site: fit on the one, then look at the other
    --worst    the N pages with the lowest rl F of the first extractor, with the paragraphs lost and the lines added
    --rounds   read all pages so many times; the CPU time of a page is the least [1]
    --save     write what each extractor made of the pages to DIR/NAME.jsonl
    --json     one object for each row instead of tables

CPU time is that of the extraction alone, in a single process of each, warm, on the same pages in the same run.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.corpora import CorpusError, Page
from tests.benchmarks.extractors import EXTRACTORS, read_all, running
from tests.benchmarks.furniture import find_furniture
from tests.benchmarks.metrics import METRICS, Judge, Prediction, Score
from tests.benchmarks.options import add_corpora, folders_of, pages_of

_BASE: Final = "trafilatura"  # what CPU time is compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A page, what an extractor made of it, and how good that is."""

    page: Page
    prediction: Prediction
    score: Score


Results = Mapping[str, Sequence[Scored]]  # by extractor


def main() -> None:
    """Measure and print."""
    asked, pages = _asked()
    names = list(EXTRACTORS) if "all" in asked.extractor else list(dict.fromkeys(asked.extractor))
    with running([EXTRACTORS[name] for name in names]) as processes:
        results = _scored(pages, read_all(processes, pages, asked.rounds))
        versions = {process.name: process.version for process in processes}
    if not results:
        raise SystemExit("none of these extractors can be run here")
    if asked.save:
        _save(asked.save, results)
    show = _print_json if asked.json else _print_tables
    show(list(_tables(pages, results, split=asked.split)), list(_costs(results, versions)))
    if asked.worst:
        _print_worst(next(iter(results.values())), asked.worst)


def _asked() -> tuple[argparse.Namespace, list[Page]]:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_corpora(options)
    options.add_argument("--extractor", action="append", choices=[*EXTRACTORS, "all"], metavar="NAME")
    options.add_argument("--split", action="store_true")
    output = options.add_mutually_exclusive_group()
    output.add_argument("--worst", type=int, default=0, metavar="N")
    output.add_argument("--json", action="store_true")
    options.add_argument("--rounds", type=int, default=1, metavar="N")
    options.add_argument("--save", type=Path, metavar="DIR")
    asked = options.parse_args()
    asked.extractor = asked.extractor or ["cuttings", _BASE]
    try:
        return asked, pages_of(folders_of(asked))
    except CorpusError as error:
        options.error(str(error))


def _scored(pages: Sequence[Page], read: Mapping[str, Sequence[Prediction]]) -> Results:
    judges = [Judge(page, find_furniture(page.read())) for page in pages]
    return {
        name: [
            Scored(page=judge.page, prediction=prediction, score=judge.score(prediction))
            for judge, prediction in zip(judges, predictions, strict=True)
        ]
        for name, predictions in read.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of one corpus or half, or of all pages (corpus ""): by extractor, then metric."""

    corpus: str
    half: str
    rows: Mapping[str, Mapping[str, float | None]]


def _tables(pages: Sequence[Page], results: Results, *, split: bool) -> Iterator[Table]:
    for corpus in [*dict.fromkeys(page.corpus for page in pages), ""]:
        for half in ("", "A", "B") if split and corpus else ("",):
            chosen = {
                name: [one.score for one in scored if corpus in ("", one.page.corpus) and half in ("", one.page.half)]
                for name, scored in results.items()
            }
            rows = {
                name: {**_numbers(scores), **dict.fromkeys(EXTRACTORS[name].lacks)} for name, scores in chosen.items()
            }
            yield Table(corpus=corpus, half=half, rows=rows)


def _numbers(scores: Sequence[Score]) -> dict[str, float | None]:
    return {metric.name: metric.of(scores) if scores else None for metric in METRICS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU time of an extractor: milliseconds of the median page, seconds of all, and both as multiples of the base."""

    extractor: str
    version: str
    median: float
    total: float
    median_ratio: float | None
    total_ratio: float | None


def _costs(results: Results, versions: Mapping[str, str]) -> Iterator[Cost]:
    base = _times(results[_BASE]) if _BASE in results else None
    for name, scored in results.items():
        median, total = _times(scored)
        yield Cost(
            extractor=name,
            version=versions[name],
            median=1000 * median,
            total=total,
            median_ratio=median / base[0] if base and base[0] else None,
            total_ratio=total / base[1] if base and base[1] else None,
        )


def _times(scored: Sequence[Scored]) -> tuple[float, float]:
    """CPU seconds of the median page and of all; a page at which the process died took none that could be measured."""
    took = [one.prediction.cpu or 0.0 for one in scored]
    return statistics.median(took), sum(took)


def _print_json(tables: Sequence[Table], costs: Sequence[Cost]) -> None:
    for table in tables:
        for name, numbers in table.rows.items():
            print(
                json.dumps({"corpus": table.corpus or "all", "half": table.half or None, "extractor": name, **numbers})
            )
    for cost in costs:
        print(json.dumps({"extractor": cost.extractor, "version": cost.version, "cpu": _cpu(cost)}))


def _cpu(cost: Cost) -> dict[str, float | None]:
    return {
        "median_ms": cost.median,
        "total_s": cost.total,
        "median_ratio": cost.median_ratio,
        "total_ratio": cost.total_ratio,
    }


def _print_tables(tables: Sequence[Table], costs: Sequence[Cost]) -> None:
    _print_overview(tables, costs)
    for table in tables:
        if not table.corpus:
            continue
        print(f"\n### {table.corpus}{f', half {table.half}' if table.half else ''}\n")
        _print_table(
            ["extractor", *(metric.name for metric in METRICS)],
            [
                [name, *(_cell(numbers[metric.name], metric.unit) for metric in METRICS)]
                for name, numbers in table.rows.items()
            ],
        )
    print("\n### CPU time\n")
    _print_table(
        ["extractor", "version", "median page, ms", "all pages, s", f"median / {_BASE}", f"all / {_BASE}"],
        [
            [
                cost.extractor,
                cost.version,
                f"{cost.median:.1f}",
                f"{cost.total:.2f}",
                _ratio(cost.median_ratio),
                _ratio(cost.total_ratio),
            ]
            for cost in costs
        ],
    )


def _print_overview(tables: Sequence[Table], costs: Sequence[Cost]) -> None:
    """The main numbers in one table: each corpus for itself, what leaked on all pages, and CPU time."""
    whole = [table for table in tables if not table.half]
    wanted = [(table, name) for table in whole for name in (_OF_EACH if table.corpus else _OF_ALL)]
    units = {metric.name: metric.unit for metric in METRICS}
    _print_table(
        ["extractor", *(f"{table.corpus} {name}".strip() for table, name in wanted), "CPU"],
        [
            [
                cost.extractor,
                *(_cell(table.rows[cost.extractor][name], units[name]) for table, name in wanted),
                _ratio(cost.total_ratio),
            ]
            for cost in costs
        ],
    )


_OF_EACH: Final = ("sh F", "perfect")
_OF_ALL: Final = ("lost", "captions", "comments", "widgets")


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """In Markdown, the columns aligned."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    rule = ["-" * (widths[0] + 1), *("-" * width + ":" for width in widths[1:])]
    for cells in (heads, *rows):
        first, *rest = cells
        print(
            f"| {first:<{widths[0]}} |", *(f"{cell:>{width}} |" for cell, width in zip(rest, widths[1:], strict=True))
        )
        if cells is heads:
            print(f"|{'-|'.join(rule)}|".replace(":-|", "-:|"))


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if unit == "%" else f"{value:.0f}"


def _print_worst(scored: Sequence[Scored], most: int) -> None:
    for one in sorted(scored, key=lambda one: one.score.rouge.f1)[:most]:
        page, score = one.page, one.score
        print(f"\n## {page.corpus} {page.id}: rl F {100 * score.rouge.f1:.1f}\n   {page.url}\n   {page.file}")
        if one.prediction.error:
            print(f"   FAILED {one.prediction.error}")
        for text in score.lost:
            print(f"   LOST   {text[:160]}")
        for text in score.added:
            print(f"   ADDED  {text[:160]}")


def _save(folder: Path, results: Results) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, scored in results.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            for one in scored:
                stream.write(json.dumps(_row(one), ensure_ascii=False) + "\n")


def _row(one: Scored) -> dict[str, object]:
    return {
        "id": one.page.id,
        "corpus": one.page.corpus,
        "url": one.page.url,
        "text": one.prediction.text,
        "title": one.prediction.title,
        "authors": one.prediction.authors,
        "published": one.prediction.published,
        "cpu": one.prediction.cpu,
        "err": one.prediction.error,
    }


if __name__ == "__main__":
    main()
