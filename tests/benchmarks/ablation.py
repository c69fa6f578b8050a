"""What each part of the cleaning is worth: the corpora once more with that part left out.

    uv run python tests/benchmarks/ablation.py --aeb DIR --fundus-evaluation DIR --fundus DIR
        [--rules] [--costs] [--only WORD] [--processes N] [--json]

Parts are: all line steps or all element rules; all of a kind (a module of `pipelines.clutter`); each line step; the
element rules of each kind; with --rules each element rule; and what else can be switched off (`SWITCHES`). For each
corpus: how leaving the part out changes shingle F1, ROUGE-LSum F1, perfect pages and true paragraphs lost (in points),
and how many captions, comments and widget lines leak more. So -0.40 under "sh F" says that the part is worth 0.40.

"texts" and "ledgers" count the pages that come out differently. The last column says `no effect` where no number
changes, and `better without` where some get better and none gets worse. One part may stand in for another: of two that
show no effect perhaps only one can go. A part that changes the ledger alone says what was cut; another cuts it too.

With --costs, each part is followed by the pages that come out better without it, and the lines it takes there.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.model.article import Clutter, Extraction
from archive.model.capture import Capture
from archive.times import utc_now
from pipelines import clutter
from pipelines.clutter.prune import ElementRule, Matcher
from pipelines.extract import extract
from tests.benchmarks.corpora import CorpusError, Page
from tests.benchmarks.furniture import find_furniture
from tests.benchmarks.metrics import METRICS, Judge, Prediction, Score
from tests.benchmarks.options import add_corpora, folders_of, pages_of

_RATES: Final = ("sh F", "rl F", "perfect", "lost")
_COLUMNS: Final = (*_RATES, "leaks")
_LESS_IS_BETTER: Final = frozenset({"leaks", "lost"})
_SEEN: Final = 0.005  # points; a change below that is not shown
Numbers = Mapping[str, Mapping[str, float]]  # by corpus, then column
Patches = tuple[tuple[str, str, object], ...]  # module, attribute, what stands there instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that can be left out, and how."""

    group: str
    name: str
    patches: Patches


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A page that comes out better without a part, by so many points of rl F, and the lines that it has then."""

    page: str
    points: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What leaving a part out does: pages whose text and whose ledger change, and the change of each number."""

    group: str
    name: str
    texts: int
    ledgers: int
    change: Numbers
    costs: tuple[Cost, ...]

    @property
    def verdict(self) -> str:
        """`no effect`, `better without`, or nothing."""
        changes = [
            -change if column in _LESS_IS_BETTER else change
            for numbers in self.change.values()
            for column, change in numbers.items()
            if abs(change) >= _SEEN
        ]
        if not changes:
            return "no effect"
        return "better without" if min(changes) > 0 else ""


def _first(*values: object) -> object:
    return values[0]


def _none(*_: object) -> tuple[()]:
    return ()


def _no_elements(*_: object) -> dict[str, str]:
    return {}


# Name, module, attribute, and what stands there instead.
SWITCHES: Final = (
    ("paragraphs put back: all of it", "pipelines.body.align", "_rescued", _first),
    ("paragraphs put back: among kept ones", "pipelines.body.rescue", "_between", _none),
    ("paragraphs put back: the opening", "pipelines.body.rescue", "_opening", _none),
    ("paragraphs put back: beyond the last", "pipelines.body.rescue", "_beyond", _none),
    ("lines marked that stand apart", "pipelines.body.align", "_set_apart", _first),
    ("sign-up forms found by their fields", "pipelines.extract", "find_signups", _no_elements),
    ("layout tables unwrapped", "pipelines.extract", "unwrap_layout_tables", _none),
)


def parts_of(groups: Sequence[str]) -> Iterator[Part]:
    """Everything in these groups that can be left out."""
    return (part for group in groups for part in GROUPS[group]())


def _layers() -> Iterator[Part]:
    yield Part(group="all", name="line steps", patches=_without_steps(clutter.STEPS))
    yield Part(group="all", name="element rules", patches=_without_rules(clutter.ELEMENTS))
    both = (*_without_steps(clutter.STEPS), *_without_rules(clutter.ELEMENTS))
    yield Part(group="all", name="line steps and element rules", patches=both)


def _kinds() -> Iterator[Part]:
    """All that a module of `pipelines.clutter` does, so that its steps do not stand in for its element rules."""
    for name, module in _modules().items():
        steps = [step for step in clutter.STEPS if step.__module__ == module.__name__]
        rules = getattr(module, "ELEMENTS", ())
        yield Part(group="kind", name=name, patches=(*_without_steps(steps), *_without_rules(rules)))


def _steps() -> Iterator[Part]:
    """Each line step, wherever it stands in the lists."""
    for step in dict.fromkeys(clutter.STEPS):
        name = f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
        yield Part(group="step", name=name, patches=_without_steps([step]))


def _element_kinds() -> Iterator[Part]:
    """The element rules of each module."""
    for name, module in _modules().items():
        if rules := getattr(module, "ELEMENTS", ()):
            yield Part(group="elements", name=name, patches=_without_rules(rules))


def _element_rules() -> Iterator[Part]:
    for rule in clutter.ELEMENTS:
        yield Part(group="rule", name=rule.name, patches=_without_rules([rule]))


def _switches() -> Iterator[Part]:
    for name, module, attribute, instead in SWITCHES:
        yield Part(group="other", name=name, patches=((module, attribute, instead),))


def _modules() -> dict[str, ModuleType]:
    """The modules of `pipelines.clutter` that the tables are made of."""
    made_of = {step.__module__ for step in clutter.STEPS}
    found = {name: module for name, module in sorted(vars(clutter).items()) if isinstance(module, ModuleType)}
    return {name: one for name, one in found.items() if one.__name__ in made_of or hasattr(one, "ELEMENTS")}


def _without_steps(gone: Sequence[clutter.Step]) -> Patches:
    lists = (("STEPS", clutter.STEPS), ("GENTLE_STEPS", clutter.GENTLE_STEPS))
    return tuple(("pipelines.extract", name, tuple(one for one in steps if one not in gone)) for name, steps in lists)


def _without_rules(gone: Sequence[ElementRule]) -> Patches:
    rest = tuple(rule for rule in clutter.ELEMENTS if not any(rule is other for other in gone))
    return (("pipelines.extract", "MATCHER", Matcher(rest)),)


GROUPS: Final = {
    "all": _layers,
    "kinds": _kinds,
    "steps": _steps,
    "elements": _element_kinds,
    "rules": _element_rules,
    "other": _switches,
}


@contextmanager
def left_out(part: Part) -> Iterator[None]:
    """The program without a part, while it lasts. Raises AttributeError where the part is not where it was."""
    places = [(import_module(module), attribute, instead) for module, attribute, instead in part.patches]
    before = [getattr(module, attribute) for module, attribute, _ in places]
    for module, attribute, instead in places:
        setattr(module, attribute, instead)
    try:
        yield
    finally:
        for (module, attribute, _), value in zip(places, before, strict=True):
            setattr(module, attribute, value)


class Bench:
    """The pages with their judges and what the whole program makes of them. One in each process."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._bodies = [page.read() for page in pages]
        self._judges = [Judge(page, find_furniture(body)) for page, body in zip(pages, self._bodies, strict=True)]
        self._whole = self._read_all()
        self._scores = [judge.score(said) for judge, (said, _) in zip(self._judges, self._whole, strict=True)]
        self.numbers = self._numbers(self._scores)

    def without(self, part: Part) -> Effect:
        """Leave a part out, and compare."""
        with left_out(part):
            read = self._read_all()
        scores = [
            score if said.lines == was.lines else judge.score(said)
            for judge, score, (said, _), (was, _) in zip(self._judges, self._scores, read, self._whole, strict=True)
        ]
        return Effect(
            group=part.group,
            name=part.name,
            texts=sum(said.lines != was.lines for (said, _), (was, _) in zip(read, self._whole, strict=True)),
            ledgers=sum(cuts != were for (_, cuts), (_, were) in zip(read, self._whole, strict=True)),
            change=_difference(self.numbers, self._numbers(scores)),
            costs=tuple(self._costs(scores, [said for said, _ in read])),
        )

    def _costs(self, scores: Sequence[Score], read: Sequence[Prediction]) -> Iterator[Cost]:
        for before, after, (was, _), said in zip(self._scores, scores, self._whole, read, strict=True):
            points = 100 * (after.rouge.f1 - before.rouge.f1)
            if points >= _SEEN:
                lines = tuple(line for line in said.lines if line not in was.lines)
                yield Cost(page=before.page, points=points, lines=lines)

    def _read_all(self) -> list[tuple[Prediction, tuple[Clutter, ...]]]:
        return [_read(judge.page, body) for judge, body in zip(self._judges, self._bodies, strict=True)]

    def _numbers(self, scores: Sequence[Score]) -> Numbers:
        by_corpus: dict[str, list[Score]] = {}
        for judge, score in zip(self._judges, scores, strict=True):
            by_corpus.setdefault(judge.page.corpus, []).append(score)
        return {corpus: _numbers_of(some) for corpus, some in by_corpus.items()}


def _read(page: Page, body: bytes) -> tuple[Prediction, tuple[Clutter, ...]]:
    capture = Capture(url=page.url, final_url=page.url, fetched_at=utc_now(), status=200, headers=(), body=body)
    result = extract(capture)
    if not isinstance(result, Extraction):
        return Prediction(error=result.detail), ()
    article = result.article
    return Prediction(text="\n".join(article.paragraphs), title=article.title or ""), result.clutter


def _numbers_of(scores: Sequence[Score]) -> dict[str, float]:
    rates = {metric.name: 100 * (metric.of(scores) or 0.0) for metric in METRICS if metric.name in _RATES}
    leaks = sum(score.captions.part + score.comments.part + len(score.widgets) for score in scores)
    return {**rates, "leaks": leaks}


def _difference(before: Numbers, after: Numbers) -> Numbers:
    return {
        corpus: {column: after[corpus][column] - numbers[column] for column in _COLUMNS}
        for corpus, numbers in before.items()
    }


_BENCH: list[Bench] = []  # filled once in each process of the pool


def _set_up(pages: Sequence[Page]) -> None:
    _BENCH.append(Bench(pages))


def _numbers() -> Numbers:
    return _BENCH[0].numbers


def _effect(group: str, name: str) -> Effect:
    part = next(part for part in parts_of([group]) if part.name == name)
    return _BENCH[0].without(part)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_corpora(options)
    options.add_argument("--rules", action="store_true", help="each element rule too")
    options.add_argument("--costs", action="store_true", help="the pages that are better without")
    options.add_argument("--only", default="", metavar="WORD", help="parts whose name has it")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--json", action="store_true", help="one object a part")
    asked = options.parse_args()
    try:
        pages = pages_of(folders_of(asked))
    except CorpusError as error:
        options.error(str(error))
    groups = [group for group in GROUPS if asked.rules or group != "rules"]
    wanted = [(group, part.name) for group in groups for part in parts_of([group]) if asked.only in part.name]
    with ProcessPoolExecutor(asked.processes, get_context("spawn"), _set_up, (pages,)) as pool:
        numbers = pool.submit(_numbers).result()
        effects = pool.map(_effect, *zip(*wanted, strict=True)) if wanted else iter(())
        if asked.json:
            _print_json(numbers, effects)
        else:
            _print_table(numbers, effects, _print_costs if asked.costs else None)


def _print_json(numbers: Numbers, effects: Iterator[Effect]) -> None:
    print(json.dumps({"name": "everything", "numbers": numbers}))
    for effect in effects:
        print(json.dumps({**asdict(effect), "verdict": effect.verdict}), flush=True)


def _print_costs(effect: Effect) -> None:
    for cost in effect.costs:
        print(f"    {cost.points:+.2f} {cost.page}")
        for line in cost.lines:
            print(f"          {line[:150]}")


def _print_table(numbers: Numbers, effects: Iterator[Effect], more: Callable[[Effect], None] | None) -> None:
    heads = [f"{corpus}: {column}" if column == _COLUMNS[0] else column for corpus in numbers for column in _COLUMNS]
    print("| left out | texts | ledgers | " + " | ".join(heads) + " | |")
    print("|---|--:|--:" + "|--:" * len(heads) + "|---|")
    whole = [f"{numbers[corpus][column]:.2f}" for corpus in numbers for column in _COLUMNS]
    print("| nothing | | | " + " | ".join(whole) + " | |")
    for effect in effects:
        cells = [_cell(column, effect.change[corpus][column]) for corpus in numbers for column in _COLUMNS]
        name = f"{effect.group}: {effect.name}"
        print(f"| {name} | {effect.texts} | {effect.ledgers} | {' | '.join(cells)} | {effect.verdict} |", flush=True)
        if more:
            more(effect)


def _cell(column: str, change: float) -> str:
    if abs(change) < _SEEN:
        return ""
    return f"{change:+.0f}" if column == "leaks" else f"{change:+.2f}"


if __name__ == "__main__":
    main()
